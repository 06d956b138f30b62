"""The row of a sum of money: what was billed, what is left of it, or what takes over when a plan is used up."""

from __future__ import annotations

from datetime import datetime

from usagetray.domain.states import Level
from usagetray.language import inside, tr
from usagetray.model import Money, MoneyKind, MoneyLine
from usagetray.overview import AccountView, Overview
from usagetray.views.figures import ago, money
from usagetray.views.labels import label
from usagetray.views.plain import plain
from usagetray.views.popup.spec import Event, Row, Spoken
from usagetray.views.popup.spoken import sentences
from usagetray.views.popup.window_rows import heard_percent
from usagetray.views.words import account_name, money_note, money_text, money_words

SET_BUDGET: Event = (("event", "settings"), ("page", "work"))
"""The page of the settings on which budgets stand."""


def money_row(key: str, line: MoneyLine, account: AccountView, overview: Overview) -> Row | None:
    """None for a sum that is switched off or says nothing."""
    said, now = money_words(line), overview.generated_at
    if said is None:
        return None
    share = None
    if line.used is not None and line.limit is not None and line.limit.amount > 0:
        share = float(line.used.amount / line.limit.amount)
    wants_budget = _may_have_budget(line, account, overview)
    colour = "pay" if account.level is Level.PAYING and line.covers else "ok"
    note = money_note(account, now)
    is_said = line.period is None or line.period in line.label.lower()
    scope = "" if is_said else inside(label(plain(line.period, 24).capitalize()))
    return Row(
        key=key,
        name=said.label,
        scope=tr("no budget set") if wants_budget else scope,
        figure=said.amount,
        unit=said.unit,
        figure_colour="text3" if account.stale else "text",
        share=share,
        fill=("dash" if wants_budget else "none") if share is None else ("stale" if account.stale else "solid"),
        fill_colour="text3" if account.stale else colour,
        lefts=_lefts(said.kind, account, now, wants_budget=wants_budget),
        rights=() if wants_budget else _rights(line, note, account, now),
        action=tr("Set a budget ›") if wants_budget else "",
        event=SET_BUDGET if wants_budget else (),
        why="\n".join(filter(None, (tr("{name}: {sum}", name=said.label, sum=money_text(line)), note))),
        spoken=Spoken(
            name=f"{account_name(account, (account,))} {said.label}",
            percent=heard_percent(share, left=False),
            description=sentences(money_text(line) or "", note),
        ),
    )


def _may_have_budget(line: MoneyLine, account: AccountView, overview: Overview) -> bool:
    """A bill without an end, of somebody who has set no budget at all yet."""
    is_open = line.kind is MoneyKind.BILLED and line.used is not None and line.limit is None and not line.unlimited
    return is_open and not overview.budgets and not account.money_stale


def _lefts(kind: str, account: AccountView, now: datetime, *, wants_budget: bool) -> tuple[str, ...]:
    if wants_budget and account.money_captured_at is not None:
        when = ago(account.money_captured_at, now)
        return (tr("{kind}, {when}", kind=kind[:1].upper() + kind[1:], when=when),)
    # Where there are no limits, the head of the section says it of all sums.
    return (kind[:1].upper() + kind[1:],) if kind and account.windows else ()


def _rights(line: MoneyLine, note: str, account: AccountView, now: datetime) -> tuple[str, ...]:
    """What is left of it; without an end, where the sum is from. Both stand in the hint."""
    is_bounded = line.used is not None and line.limit is not None and line.used.currency == line.limit.currency
    if is_bounded and line.used and line.limit and line.used.amount < line.limit.amount:
        rest = Money(amount=line.limit.amount - line.used.amount, currency=line.limit.currency)
        return (tr("{sum} left", sum=money(rest)),)
    return (note, ago(account.money_captured_at, now)) if note and account.money_captured_at else ()
