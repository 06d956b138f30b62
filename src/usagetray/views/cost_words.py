"""Costs to date in words: always "at list prices", never as if they had been billed, never $0 for want of a price.

What was used is sure, what it would have cost is reckoned: a plan may have covered all of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from usagetray.language import tr, tr_later
from usagetray.model import Money
from usagetray.overview import AccountView, BilledBeside, Overview
from usagetray.views import figures
from usagetray.views.amounts import tokens
from usagetray.views.figures import ago, money
from usagetray.views.plain import plain

if TYPE_CHECKING:
    from usagetray.domain.cost import Cost
    from usagetray.domain.cost_to_date import CostToDate

LABEL = tr_later("at list prices")
LEAST_SHOWN = Decimal("0.005")
MOST_MODELS = 3

MEGABYTE = 1_000_000


# ---- one sum -----------------------------------------------------------------------------------------------


def amount(cost: Cost, *, short: bool = False) -> str | None:
    """ "$3.20", "at least $3.20" (short: "≥ $3.20"); None where nothing worth a cent of it has a price."""
    if not cost.is_lower_bound:
        return figures.cost(cost.usd)
    if cost.usd < LEAST_SHOWN:
        return None
    return figures.cost(cost.usd, at_least=True) if short else tr("at least {cost}", cost=figures.cost(cost.usd))


def amount_or_why(cost: Cost, *, short: bool = False) -> str:
    """ "$3.20", or "no price" for what no price is known of."""
    return amount(cost, short=short) or tr("no price")


def month_name(cost: CostToDate) -> str:
    return tr(figures.MONTHS[cost.day.month - 1])


def _phrase(cost: Cost, when: str) -> str:
    if not cost.tokens:
        return tr("nothing {when}", when=when)
    if amount(cost) is None:
        return tr("no price for {tokens} tokens {when}", tokens=tokens(cost.tokens), when=when)
    return tr("{cost} {when}", cost=amount_or_why(cost), when=when)


# ---- today and the month -----------------------------------------------------------------------------------


def today(cost: CostToDate, overview: Overview) -> str:
    """ "$3.20 today at list prices"."""
    return _labelled([_phrase(cost.of_day, _so_far(tr("today"), overview))], cost.of_day)


def newest(cost: CostToDate, overview: Overview) -> str:
    """Today's, or of a day without use the month's: "$48.10 in November at list prices"."""
    if cost.of_day.tokens:
        return today(cost, overview)
    return _labelled(
        [_phrase(cost.of_month, _so_far(tr("in {month}", month=month_name(cost)), overview))], cost.of_month
    )


def to_date(cost: CostToDate, overview: Overview) -> str:
    """ "$3.20 today, $48.10 in November at list prices"; "so far" until the logs have been read."""
    month = tr("in {month}", month=month_name(cost))
    phrases = [_phrase(cost.of_day, _so_far(tr("today"), overview)), _phrase(cost.of_month, _so_far(month, overview))]
    return _labelled(phrases, cost.of_day, cost.of_month)


def _so_far(when: str, overview: Overview) -> str:
    return when if overview.is_counted else tr("so far {when}", when=when)


def _labelled(phrases: list[str], *costs: Cost) -> str:
    """The label stands by amounts; where there is none, there is nothing to label."""
    text = ", ".join(phrases)
    return f"{text} {tr(LABEL)}" if any(each.tokens and amount(each) for each in costs) else text


# ---- what is to be known of it -----------------------------------------------------------------------------


def meaning(account: AccountView) -> str:
    """What the sum is: "what Max 5x replaced"; for use that no plan is known of, "an estimate, not a bill"."""
    if account.plan:
        return tr("what {name} replaced", name=plain(account.plan, 24))
    return tr("what your plan replaced") if account.windows else tr("an estimate, not a bill")


def missing(cost: CostToDate) -> str:
    """ "no price for 12k tokens of house-model"; "" where all has one."""
    unpriced = cost.of_month.unpriced
    if not unpriced:
        return ""
    named = [
        tr("{tokens} tokens of {name}", tokens=tokens(count), name=plain(name, 40))
        for name, count in list(unpriced.items())[:MOST_MODELS]
    ]
    more = len(unpriced) - len(named)
    if more:
        return tr("no price for {models} and {more} more models", models=", ".join(named), more=more)
    return tr("no price for {models}", models=", ".join(named))


def source(cost: CostToDate) -> str:
    """ "this computer’s logs", "the logs of this computer and laptop"."""
    if not cost.machines:
        return tr("this computer’s logs")
    names = [tr("this computer"), *(plain(each, 24) for each in cost.machines)]
    return tr("the logs of {names} and {last}", names=", ".join(names[:-1]), last=names[-1])


def note(account: AccountView, cost: CostToDate) -> str:
    """ "what Max 5x replaced · from this computer’s logs · no price for 12k tokens of house-model"."""
    return " · ".join(filter(None, (meaning(account), tr("from {source}", source=source(cost)), missing(cost))))


def details(account: AccountView, cost: CostToDate, overview: Overview) -> tuple[str, ...]:
    """Whole sentences for those who ask why: how it was reckoned, and why a bill says something else."""
    counted = ago(overview.counted_at, overview.generated_at) if overview.counted_at else tr("not yet to their ends")
    lines = [
        tr(
            "Tokens in {source}, last read {counted}, times the list prices of their day.",
            source=source(cost),
            counted=counted,
        )
    ]
    if without := missing(cost):
        lines.append(tr("{missing}: the sum is at least what is shown.", missing=f"{without[:1].upper()}{without[1:]}"))
    if account.billed_beside:
        lines.append(
            tr(
                "{billed}. The two are never added: a bill has UTC days and every computer and "
                "program in it, and leaves out what a plan covers, prepaid tiers and credits.",
                billed=_billed(account.billed_beside),
            )
        )
    return tuple(lines)


def _billed(beside: Iterable[BilledBeside]) -> str:
    """ "Anthropic API billed $12.66 today and $214.37 this month"."""
    by_name: dict[str, list[str]] = {}
    for each in beside:
        when = tr("today") if each.period == "today" else tr("this month")
        by_name.setdefault(plain(each.name, 40), []).append(f"{money(each.amount)} {when}")
    return "; ".join(
        tr("{name} billed {amounts}", name=name, amounts=tr(" and ").join(amounts)) for name, amounts in by_name.items()
    )


# ---- all of it ---------------------------------------------------------------------------------------------


def all_together(overview: Overview) -> str:
    """ "All logs: $5.40 today, $60.25 in November at list prices", where one account's line does not say it."""
    shown = [account.cost for account in overview.accounts if account.cost is not None]
    if overview.cost is None or (len(shown) == 1 and shown[0].of_month.tokens == overview.cost.of_month.tokens):
        return ""
    return tr("All logs: {costs}", costs=to_date(overview.cost, overview))


def reading(overview: Overview) -> str:
    """ "Reading logs: 312 of 1,000 MB"; "" where there is nothing worth waiting for."""
    if overview.reading is None:
        return ""
    done, total = overview.reading.done // MEGABYTE, -(-overview.reading.total // MEGABYTE)
    return tr("Reading logs: {done} of {total} MB", done=figures.number(min(done, total)), total=figures.number(total))


def status_line(cost: CostToDate, *, is_counted: bool) -> str:
    """ "≈ $3.20 today at list prices", for one line among others; "" where there is no sum to show."""
    found = amount(cost.of_day)
    if found is None or not cost.of_day.tokens:
        return ""
    about = "" if cost.of_day.is_lower_bound else "≈ "
    when = tr("today") if is_counted else tr("so far {when}", when=tr("today"))
    total = tr("{cost} {when}", cost=found, when=when)
    return f"{about}{total} {tr(LABEL)}"


def exact(cost: Cost) -> str | None:
    """For scripts: "3.20", "0.00012" below half a cent; None where nothing of it has a price."""
    if amount(cost) is None:
        return None
    return (
        f"{cost.usd:f}" if 0 < cost.usd < LEAST_SHOWN else figures.exact_amount(Money(amount=cost.usd, currency="USD"))
    )
