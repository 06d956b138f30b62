"""The user's budgets in words: what of each is spent, where its period will end, and what is behind today's use.

A sum at list prices says so each time, and "billed" or "spent" is said of a bill only. What is to come is a range.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from decimal import Decimal

from usagetray.domain.budgets import Basis, BudgetState
from usagetray.domain.spending import Share
from usagetray.domain.states import Level
from usagetray.language import tr, tr_later
from usagetray.model import Money, MoneyKind, MoneyLine
from usagetray.overview import Overview
from usagetray.views import figures
from usagetray.views.amounts import share, tokens
from usagetray.views.figures import ago, instant, old, percent
from usagetray.views.plain import plain

TITLE = tr_later("Budgets")
BASES = {Basis.ESTIMATE: tr_later("at list prices"), Basis.BILLED: tr_later("billed")}
PERIODS = {"day": tr_later("today"), "week": tr_later("this week"), "month": tr_later("this month")}
WORTH_NAMING = 0.3
"""Below this share nothing is behind the most of it."""
_SHORT_SESSION = 8


def level_of(state: BudgetState) -> Level:
    """How bad it is, with where it is heading: sure to pass the budget is worth a warning before it has."""
    heads_over = not state.stale and state.forecast is not None and state.forecast.low >= state.budget.amount
    return max(state.level, Level.WARNING if heads_over else Level.NORMAL)


def line(state: BudgetState) -> MoneyLine:
    """As one sum among others."""
    budget = state.budget
    return MoneyLine(
        kind=MoneyKind.BUDGET,
        label=budget.name,
        used=state.spent,
        limit=Money(amount=budget.amount, currency=budget.currency),
        period=budget.period,
        ends_at=state.ends_at,
    )


def name(state: BudgetState) -> str:
    return plain(state.budget.name, 40)


def limit(state: BudgetState) -> str:
    return figures.money(Money(amount=state.budget.amount, currency=state.budget.currency), trim=True)


def spent(state: BudgetState, *, short: bool = False) -> str:
    """ "$214.37", "at least $214.37" (short: "≥ $214.37"); why there is no sum (short: "–")."""
    if state.spent is None and short:
        return figures.DASH
    if state.spent is None:
        if state.unpriced:
            return tr("no price for {tokens} tokens", tokens=tokens(state.unpriced))
        return tr("no bill yet") if state.basis is Basis.BILLED else tr("nothing counted yet")
    return _least(figures.money(state.spent), state, short=short)


def of_limit(state: BudgetState) -> str:
    """ "$214.37 of $300 at list prices"."""
    said = tr("{spent} of {limit}", spent=spent(state), limit=limit(state))
    return said if state.spent is None else f"{said} {tr(BASES[state.basis])}"


def used(state: BudgetState) -> str:
    """ "71 % used", "at least 71 % used", "–"."""
    shown = percent(state.share)
    return shown if state.share is None else tr("{share} used", share=_least(shown, state))


def used_share(state: BudgetState) -> str:
    """ "71 %", "at least 71 %"."""
    return _least(percent(state.share), state)


def _least(shown: str, state: BudgetState, *, short: bool = False) -> str:
    """ "at least $214.37", where something has no price."""
    if not state.is_least:
        return shown
    return f"≥{figures.NBSP}{shown}" if short else tr("at least {cost}", cost=shown)


def forecast(state: BudgetState) -> str:
    """ "heading for $290 to $350", never a bare figure for what nobody knows; "" where nothing was counted."""
    found = state.forecast
    if state.spent is None or state.stale:
        return ""
    if found is None:
        return tr("too early for a forecast")
    low, high = (_whole(each, state) for each in (found.low, found.high))
    low = _least(low, state)
    if low == high:
        return tr("heading for about {low}", low=low)
    return tr("heading for {low} to {high}", low=low, high=high)


def outlook(state: BudgetState) -> str:
    """What the range means for the budget; "" without one, and for a budget that is used up already."""
    found = state.forecast
    if found is None or state.spent is None or state.stale or state.spent.amount >= state.budget.amount:
        return ""
    if found.low >= state.budget.amount:
        return tr("more than the budget")
    if found.high > state.budget.amount:
        return tr("perhaps more than the budget")
    return "" if state.is_least else tr("within the budget")


def heading(state: BudgetState) -> str:
    """ "heading for $290 to $350, perhaps more than the budget"."""
    return ", ".join(filter(None, (forecast(state), outlook(state))))


def cause(state: BudgetState) -> str:
    """ "61 % of today: webshop"; "" where nothing stands out."""
    if state.lead is None or state.lead[1].share < WORTH_NAMING:
        return ""
    kind, found = state.lead
    return tr("{share} of today: {cause}", share=share(found.share), cause=cause_name(kind, found))


def cause_name(kind: str, found: Share) -> str:
    """ "webshop", "session 01234567", "claude-opus-5-5"."""
    if kind == "session":
        return tr("session {name}", name=plain(found.name[:_SHORT_SESSION]))
    if kind == "project":
        return folder_name(found.name)
    return plain(found.name, 40)


def folder_name(path: str) -> str:
    parts = [part for part in plain(path, 400).replace("\\", "/").split("/") if part]
    return plain(parts[-1], 40) if parts else tr("no project")


def until(state: BudgetState, now: datetime, zone: tzinfo) -> str:
    """ "until Mon 00:00"; a bill's periods end at midnight UTC, which is some hour of the user's."""
    return tr("until {time}", time=instant(state.ends_at, now, zone, with_day=True))


def age(state: BudgetState, now: datetime) -> str:
    """Of what was billed: "as of 4 m ago", "3 h old"; "" for what we count ourselves."""
    if state.as_of is None:
        return ""
    return old(state.as_of, now) if state.stale else tr("as of {ago}", ago=ago(state.as_of, now))


def details(state: BudgetState) -> tuple[str, ...]:
    """Whole sentences for those who ask why."""
    if state.basis is Basis.BILLED:
        said = [tr("What the vendor billed, by its own days, from midnight to midnight UTC.")]
    else:
        said = [tr("Our count of the logs at list prices: for what a plan covers, no bill.")]
    if state.unpriced:
        said.append(
            tr("No price is known for {tokens} tokens, so it is the least it can be.", tokens=tokens(state.unpriced))
        )
    for kind, found in state.causes:
        named = ", ".join(f"{cause_name(kind, each)} {share(each.share)}" for each in found[:3])
        if named:
            said.append(tr("Today by {kind}: {named}.", kind=kind, named=named))
    if state.forecast is not None:
        days = state.forecast.active_days_left
        how = (
            tr("the 10th to the 90th percentile")
            if state.forecast.is_percentile
            else tr("the pace of the last week and of all")
        )
        said.append(f"The range is {how}, with about {days:.1f} days of use still to come.")
    return tuple(said)


def notice_of_count(overview: Overview) -> str:
    """Said once where sums will still grow."""
    return tr("Logs are being read: the sums will grow.") if overview.is_counting and overview.budgets else ""


def _whole(amount: Decimal, state: BudgetState) -> str:
    whole = amount.quantize(Decimal(1), rounding="ROUND_HALF_UP") if amount >= 10 else amount
    return figures.money(Money(amount=whole, currency=state.budget.currency), trim=amount >= 10)


# ---- in the menu, and above all ----------------------------------------------------------------------------


def menu_rows(overview: Overview) -> list[str]:
    """ "Shop: $214.37 of $300 at list prices, heading for $290 to $350", under their title; none without a budget."""
    rows = [
        "   " + ", ".join(filter(None, (f"{name(each)}: {of_limit(each)}", forecast(each), _aged(each, overview))))
        for each in overview.budgets
    ]
    return [tr(TITLE), *rows] if rows else []


def _aged(state: BudgetState, overview: Overview) -> str:
    return age(state, overview.generated_at) if state.stale else ""


def tightest(overview: Overview) -> BudgetState | None:
    """The fullest of those that are nearly used up, or more; None where all have room."""
    tight = [each for each in overview.budgets if each.level > Level.NORMAL]
    return max(tight, key=lambda each: each.share or 0.0, default=None)
