"""Costs to date in words: always "at list prices", never as if they had been billed, never $0 for want of a price.

What was used is sure, what it would have cost is reckoned: a plan may have covered all of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from usagetray.model import Money
from usagetray.overview import AccountView, BilledBeside, Overview
from usagetray.views import figures
from usagetray.views.amounts import tokens
from usagetray.views.figures import ago, money
from usagetray.views.plain import plain

if TYPE_CHECKING:
    from usagetray.domain.cost import Cost
    from usagetray.domain.cost_to_date import CostToDate

LABEL = "at list prices"
LEAST_SHOWN = Decimal("0.005")
MOST_MODELS = 3

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November"),
    "December",
)
MEGABYTE = 1_000_000


# ---- one sum -----------------------------------------------------------------------------------------------


def amount(cost: Cost, *, short: bool = False) -> str | None:
    """ "$3.20", "at least $3.20" (short: "≥ $3.20"); None where nothing worth a cent of it has a price."""
    if not cost.is_lower_bound:
        return figures.cost(cost.usd)
    if cost.usd < LEAST_SHOWN:
        return None
    return figures.cost(cost.usd, at_least=True) if short else f"at least {figures.cost(cost.usd)}"


def amount_or_why(cost: Cost, *, short: bool = False) -> str:
    """ "$3.20", or "no price" for what no price is known of."""
    return amount(cost, short=short) or "no price"


def month_name(cost: CostToDate) -> str:
    return _MONTHS[cost.day.month - 1]


def _phrase(cost: Cost, when: str) -> str:
    if not cost.tokens:
        return f"nothing {when}"
    return f"{amount_or_why(cost)} {when}" if amount(cost) else f"no price for {tokens(cost.tokens)} tokens {when}"


# ---- today and the month -----------------------------------------------------------------------------------


def today(cost: CostToDate, overview: Overview) -> str:
    """ "$3.20 today at list prices"."""
    return _labelled([_phrase(cost.of_day, _so_far("today", overview))], cost.of_day)


def newest(cost: CostToDate, overview: Overview) -> str:
    """Today's, or of a day without use the month's: "$48.10 in November at list prices"."""
    if cost.of_day.tokens:
        return today(cost, overview)
    return _labelled([_phrase(cost.of_month, _so_far(f"in {month_name(cost)}", overview))], cost.of_month)


def to_date(cost: CostToDate, overview: Overview) -> str:
    """ "$3.20 today, $48.10 in November at list prices"; "so far" until the logs have been read."""
    month = f"in {month_name(cost)}"
    phrases = [_phrase(cost.of_day, _so_far("today", overview)), _phrase(cost.of_month, _so_far(month, overview))]
    return _labelled(phrases, cost.of_day, cost.of_month)


def _so_far(when: str, overview: Overview) -> str:
    return when if overview.is_counted else f"so far {when}"


def _labelled(phrases: list[str], *costs: Cost) -> str:
    """The label stands by amounts; where there is none, there is nothing to label."""
    text = ", ".join(phrases)
    return f"{text} {LABEL}" if any(each.tokens and amount(each) for each in costs) else text


# ---- what is to be known of it -----------------------------------------------------------------------------


def meaning(account: AccountView) -> str:
    """What the sum is: "what Max 5x replaced"; for use that no plan is known of, "an estimate, not a bill"."""
    if account.plan:
        return f"what {plain(account.plan, 24)} replaced"
    return "what your plan replaced" if account.windows else "an estimate, not a bill"


def missing(cost: CostToDate) -> str:
    """ "no price for 12k tokens of house-model"; "" where all has one."""
    unpriced = cost.of_month.unpriced
    if not unpriced:
        return ""
    named = [f"{tokens(count)} tokens of {plain(name, 40)}" for name, count in list(unpriced.items())[:MOST_MODELS]]
    more = len(unpriced) - len(named)
    return f"no price for {', '.join(named)}" + (f" and {more} more models" if more else "")


def source(cost: CostToDate) -> str:
    """ "this computer’s logs", "the logs of this computer and laptop"."""
    if not cost.machines:
        return "this computer’s logs"
    names = ["this computer", *(plain(each, 24) for each in cost.machines)]
    return f"the logs of {', '.join(names[:-1])} and {names[-1]}"


def note(account: AccountView, cost: CostToDate) -> str:
    """ "what Max 5x replaced · from this computer’s logs · no price for 12k tokens of house-model"."""
    return " · ".join(filter(None, (meaning(account), f"from {source(cost)}", missing(cost))))


def details(account: AccountView, cost: CostToDate, overview: Overview) -> tuple[str, ...]:
    """Whole sentences for those who ask why: how it was reckoned, and why a bill says something else."""
    counted = ago(overview.counted_at, overview.generated_at) if overview.counted_at else "not yet to their ends"
    lines = [f"Tokens in {source(cost)}, last read {counted}, times the list prices of their day."]
    if without := missing(cost):
        lines.append(f"{without[:1].upper()}{without[1:]}: the sum is at least what is shown.")
    if account.billed_beside:
        lines.append(
            f"{_billed(account.billed_beside)}. The two are never added: a bill has UTC days and every computer and "
            "program in it, and leaves out what a plan covers, prepaid tiers and credits."
        )
    return tuple(lines)


def _billed(beside: Iterable[BilledBeside]) -> str:
    """ "Anthropic API billed $12.66 today and $214.37 this month"."""
    by_name: dict[str, list[str]] = {}
    for each in beside:
        when = "today" if each.period == "today" else "this month"
        by_name.setdefault(plain(each.name, 40), []).append(f"{money(each.amount)} {when}")
    return "; ".join(f"{name} billed {' and '.join(amounts)}" for name, amounts in by_name.items())


# ---- all of it ---------------------------------------------------------------------------------------------


def all_together(overview: Overview) -> str:
    """ "All logs: $5.40 today, $60.25 in November at list prices", where one account's line does not say it."""
    shown = [account.cost for account in overview.accounts if account.cost is not None]
    if overview.cost is None or (len(shown) == 1 and shown[0].of_month.tokens == overview.cost.of_month.tokens):
        return ""
    return f"All logs: {to_date(overview.cost, overview)}"


def reading(overview: Overview) -> str:
    """ "Reading logs: 312 of 1,000 MB"; "" where there is nothing worth waiting for."""
    if overview.reading is None:
        return ""
    done, total = overview.reading.done // MEGABYTE, -(-overview.reading.total // MEGABYTE)
    return f"Reading logs: {min(done, total):,} of {total:,} MB"


def status_line(cost: CostToDate, *, is_counted: bool) -> str:
    """ "≈ $3.20 today at list prices", for one line among others; "" where there is no sum to show."""
    found = amount(cost.of_day)
    if found is None or not cost.of_day.tokens:
        return ""
    about = "" if cost.of_day.is_lower_bound else "≈ "
    return f"{about}{found} {'' if is_counted else 'so far '}today {LABEL}"


def exact(cost: Cost) -> str | None:
    """For scripts: "3.20", "0.00012" below half a cent; None where nothing of it has a price."""
    if amount(cost) is None:
        return None
    return (
        f"{cost.usd:f}" if 0 < cost.usd < LEAST_SHOWN else figures.exact_amount(Money(amount=cost.usd, currency="USD"))
    )
