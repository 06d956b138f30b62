"""Ways between: a smaller plan with the API behind it, and the same plan paid by the year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from usagetray.domain.advice.holding import Holding, cautious, cents, confidence_in, missing
from usagetray.domain.advice.hybrid import Hybrid, Windows, bounded, measured, walk
from usagetray.domain.advice.items import Advice, Amount, Flip, Kind, Verdict
from usagetray.domain.advice.plan_choice import Fit, Sufficiency
from usagetray.domain.advice.plans import Plan, PlanTable, session_ratio, week_ratio
from usagetray.domain.advice.ranking import differs

WEEK, FIVE_HOURS = timedelta(days=7), timedelta(hours=5)


def with_overflow(
    held: Holding, owned: Plan, fee: Decimal, others: Sequence[Plan], fits: Mapping[str, Fit]
) -> Iterator[Advice]:
    """A smaller plan that would have run out, with what came after on the API at list prices."""
    offers = []
    for plan in others:
        smaller_fee = plan.monthly
        if (
            smaller_fee is None
            or smaller_fee >= fee
            or fits[plan.key].verdict
            not in (
                Sufficiency.NOT,
                Sufficiency.MAY,
            )
        ):
            continue
        found = _overflow(held, owned, plan, smaller_fee)
        if found is not None:
            offers.append((found.high, plan, found))
    if not offers:
        return
    most, plan, found = min(offers, key=lambda each: (each[0], each[1].key))
    confidence = confidence_in(held.grounds, owned, plan)
    verdict = Verdict.UNCLEAR if not differs(most, fee) else Verdict.YES if most < fee else Verdict.NO
    yield Advice(
        kind=Kind.HYBRID,
        about=plan.key,
        verdict=cautious(confidence, verdict),
        figures={
            "owned": owned.key,
            "fee_month_usd": cents(found.low),
            "overflow_month_usd": cents(most - found.low),
            "all_month_usd": cents(most),
            "fee_now_usd": cents(fee),
        },
        method="plan_with_overflow",
        monthly=Amount(point=fee - most, low=fee - most, high=fee - found.low) if most < fee else None,
        confidence=confidence,
        days=held.grounds.days,
        missing=missing(held),
        flips=Flip(what="overflow_month", at=cents(fee - found.low)),
    )


def _overflow(held: Holding, owned: Plan, plan: Plan, fee: Decimal) -> Hybrid | None:
    spent = held.use.spent()
    weeks = [each for each in held.cycles if not each.is_short and each.model is None]
    shorts = [each for each in held.cycles if each.is_short and each.model is None]
    by_week, by_session = week_ratio(owned, plan), session_ratio(owned, plan)
    if by_week is None or by_session is None or not weeks:
        return None
    week, short = measured(weeks, spent), measured(shorts, spent) if shorts else None
    if week is None:
        return bounded(fee, held.use.month, weeks, by_week.strict)
    windows = Windows(
        short=shorts[0].length if shorts else FIVE_HOURS, week=WEEK, anchor=max(each.ends_at for each in weeks)
    )
    over = walk(
        spent,
        None if short is None else short.point / by_session.strict,
        week.point / by_week.strict,
        windows,
    )
    return Hybrid(low=fee, high=fee + held.use.monthly(over.usd))


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
