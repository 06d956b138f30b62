"""Ways between: a smaller plan with the API behind it, and the same plan paid by the year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from usagetray.domain.advice.holding import Holding, cautious, cents, confidence_in, missing
from usagetray.domain.advice.hybrid import Capacity, Spent, Windows, bounded, measured, walk
from usagetray.domain.advice.items import Advice, Amount, Flip, Kind, Verdict
from usagetray.domain.advice.plan_choice import Cycle, Fit, Sufficiency
from usagetray.domain.advice.plans import Plan, PlanTable, session_ratio, week_ratio
from usagetray.domain.advice.ranking import differs
from usagetray.quick_dataclass import dataclass

WEEK, FIVE_HOURS = timedelta(days=7), timedelta(hours=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """What the windows of the plan one has were measured to hold."""

    spent: tuple[Spent, ...]
    weeks: tuple[Cycle, ...]
    week: Capacity | None  # None: no week moved enough to tell
    short: Capacity | None
    windows: Windows


def meter(held: Holding) -> Meter | None:
    """None without a reading of a week."""
    spent = held.use.spent()
    weeks = tuple(each for each in held.cycles if not each.is_short and each.model is None)
    shorts = tuple(each for each in held.cycles if each.is_short and each.model is None)
    if not weeks:
        return None
    return Meter(
        spent=spent,
        weeks=weeks,
        week=measured(weeks, spent),
        short=measured(shorts, spent) if shorts else None,
        windows=Windows(
            short=shorts[0].length if shorts else FIVE_HOURS, week=WEEK, anchor=max(each.ends_at for each in weeks)
        ),
    )


def with_overflow(
    held: Holding, owned: Plan, fee: Decimal, others: Sequence[Plan], fits: Mapping[str, Fit]
) -> Iterator[Advice]:
    """A smaller plan that would have run out, with what came after on the API at list prices."""
    ran_out = (Sufficiency.NOT, Sufficiency.MAY)
    smaller = [plan for plan in others if (plan.monthly or fee) < fee and fits[plan.key].verdict in ran_out]
    read = meter(held) if smaller else None
    offers = [(plan, found) for plan in smaller if read and (found := overflow(held, read, owned, plan)) is not None]
    if not offers:
        return
    plan, found = min(offers, key=lambda each: (each[1].point, each[0].key))
    confidence = confidence_in(held.grounds, owned, plan)
    verdict = Verdict.UNCLEAR if not differs(found.point, fee) else Verdict.YES if found.point < fee else Verdict.NO
    if found.low < fee < found.high:
        verdict = Verdict.UNCLEAR  # the band of what the window holds is wider than the difference
    saves = found.point < fee
    yield Advice(
        kind=Kind.HYBRID,
        about=plan.key,
        verdict=cautious(confidence, verdict),
        figures={
            "owned": owned.key,
            "fee_month_usd": cents(found.fee),
            "overflow_month_usd": cents(found.point - found.fee),
            "all_month_usd": cents(found.point),
            "all_low_usd": cents(found.low),
            "all_high_usd": cents(found.high),
            "fee_now_usd": cents(fee),
        },
        method="plan_with_overflow",
        monthly=Amount(point=fee - found.point, low=fee - found.high, high=fee - found.low) if saves else None,
        confidence=confidence,
        days=held.grounds.days,
        missing=missing(held),
        flips=Flip(what="overflow_month", at=cents(fee - found.fee)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """Fee and overflow together a month, if all of the overflow goes on at list prices; else the fee alone."""

    fee: Decimal
    low: Decimal  # if the windows hold as much as the most generous cycle said
    point: Decimal
    high: Decimal


def overflow(held: Holding, read: Meter, owned: Plan, plan: Plan) -> Both | None:
    """None where the multiples of the two plans are not known."""
    by_week, by_session, fee = week_ratio(owned, plan), session_ratio(owned, plan), plan.monthly
    if by_week is None or by_session is None or fee is None:
        return None
    if read.week is None:
        bound = bounded(fee, held.use.month, read.weeks, by_week.strict)
        return Both(fee=fee, low=bound.low, point=bound.high, high=bound.high)
    week = read.week.scaled(1 / by_week.strict)
    short = None if read.short is None else read.short.scaled(1 / by_session.strict)

    def month(end: str) -> Decimal:
        over = walk(read.spent, None if short is None else getattr(short, end), getattr(week, end), read.windows)
        return fee + held.use.monthly(over.usd)

    return Both(fee=fee, low=month("high"), point=month("point"), high=month("low"))


def by_the_year(held: Holding, owned: Plan, table: PlanTable) -> Iterator[Advice]:
    """The same plan paid by the year."""
    if owned.period != "month" or owned.monthly is None:
        return
    same = (
        plan
        for plan in table.for_one(held.vendor)
        if plan.period == "year" and (plan.base, plan.session) == (owned.base, owned.session) and plan.session
    )
    for plan in same:
        if plan.monthly is None or plan.fee is None or plan.monthly >= owned.monthly:
            continue
        saving = owned.monthly - plan.monthly
        yield Advice(
            kind=Kind.YEARLY,
            about=plan.key,
            verdict=cautious(confidence_in(held.grounds, plan), Verdict.YES),
            figures={
                "owned": owned.key,
                "fee_month_usd": cents(plan.monthly),
                "paid_at_once_usd": cents(plan.fee),
                "year_saving_usd": cents(saving * 12),
            },
            method="year_by_twelve",
            monthly=Amount(point=saving, low=saving, high=saving),
            confidence=confidence_in(held.grounds, plan),
            days=held.grounds.days,
            flips=Flip(what="months_kept", at=_ceil(plan.fee / owned.monthly)),
        )


def _ceil(value: Decimal) -> int:
    return int(-(-value // 1))
