"""What is said while use is paid for on top of a plan."""

from __future__ import annotations

from datetime import datetime, tzinfo

from usagetray.domain.paying import Paid
from usagetray.language import inside, tr
from usagetray.overview import AccountView, WindowView
from usagetray.views.figures import instant, money
from usagetray.views.labels import label
from usagetray.views.plain import plain
from usagetray.views.words import money_text, overage, window_name


def took_over(account: AccountView, window: WindowView, paid: Paid | None) -> str:
    """ "The session is used up and usage credits took over: $0.42 so far, $41.32 of $50 this month." """
    line = overage(account)
    source = inside(label(plain(line.label, 40))) if line else tr("extra usage")
    spent = money_text(line) if line else None
    parts = [
        tr("{money} so far", money=money(paid.amount)) if paid and paid.amount is not None else "",
        (tr("{sum} this month", sum=spent) if line and line.period == "month" else spent) if spent else "",
    ]
    told = ", ".join(filter(None, parts))
    said = tr("The {window} is used up and {source} took over", window=window_name(window), source=source)
    return f"{said}: {told}." if told else f"{said}."


def since(account: AccountView, now: datetime, zone: tzinfo) -> str:
    """ "$3.12 since 20:04, when the session was used up"; "" where that is not known."""
    paid = account.paid
    if paid is None or paid.amount is None:
        return ""
    window = next((each for each in account.windows if each.key == paid.window), None)
    amount, at = money(paid.amount), instant(paid.began_at, now, zone)
    if window is None:
        return tr("{amount} since {time}", amount=amount, time=at)
    return tr(
        "{amount} since {time}, when the {window} was used up", amount=amount, time=at, window=window_name(window)
    )


def more(account: AccountView, window: WindowView, paid: Paid, now: datetime, zone: tzinfo) -> tuple[str, str]:
    """Title and first sentence when a sum is reached: "$12.40 paid for Claude", and since when."""
    amount = money(paid.amount) if paid.amount is not None else tr("More")
    line = overage(account)
    spent = money_text(line) if line else None
    source = f" {label(plain(line.label, 40))}: {spent}." if line and spent else ""
    when = instant(paid.began_at, now, zone)
    said = tr("On top of the plan since {time}, when the {window} was used up.", time=when, window=window_name(window))
    return tr("{amount} paid", amount=amount), said + source
