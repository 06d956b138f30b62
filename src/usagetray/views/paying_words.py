"""What is said while use is paid for on top of a plan."""

from __future__ import annotations

from datetime import datetime, tzinfo

from usagetray.domain.paying import Paid
from usagetray.overview import AccountView, WindowView
from usagetray.views.figures import instant, money
from usagetray.views.words import money_text, overage, window_name


def took_over(account: AccountView, window: WindowView, paid: Paid | None) -> str:
    """ "The session is used up and usage credits took over: $0.42 so far, $41.32 of $50 this month." """
    line = overage(account)
    source = line.label.lower() if line else "extra usage"
    spent = money_text(line) if line else None
    period = f" this {line.period}" if line and line.period == "month" else ""
    parts = [
        f"{money(paid.amount)} so far" if paid and paid.amount is not None else "",
        f"{spent}{period}" if spent else "",
    ]
    told = ", ".join(filter(None, parts))
    return f"The {window_name(window)} is used up and {source} took over{f': {told}' if told else ''}."


def since(account: AccountView, now: datetime, zone: tzinfo) -> str:
    """ "$3.12 since 20:04, when the session was used up"; "" where that is not known."""
    paid = account.paid
    if paid is None or paid.amount is None:
        return ""
    window = next((each for each in account.windows if each.key == paid.window), None)
    when = f", when the {window_name(window)} was used up" if window is not None else ""
    return f"{money(paid.amount)} since {instant(paid.began_at, now, zone)}{when}"


def more(account: AccountView, window: WindowView, paid: Paid, now: datetime, zone: tzinfo) -> tuple[str, str]:
    """Title and first sentence when a sum is reached: "$12.40 paid for Claude", and since when."""
    amount = money(paid.amount) if paid.amount is not None else "More"
    line = overage(account)
    spent = money_text(line) if line else None
    source = f" {line.label}: {spent}." if line and spent else ""
    when = instant(paid.began_at, now, zone)
    return f"{amount} paid", f"On top of the plan since {when}, when the {window_name(window)} was used up.{source}"
