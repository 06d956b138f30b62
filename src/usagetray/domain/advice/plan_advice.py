"""Advice on plans: whether the one in use pays, whether a smaller or a larger one fits, a plan with API overflow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from usagetray.domain.advice.break_even import Pays, break_even, pays
from usagetray.domain.advice.confidence import Doubt
from usagetray.domain.advice.holding import Holding, cautious, cents, confidence_in, missing
from usagetray.domain.advice.items import Advice, Amount, Figure, Flip, Kind, Verdict
from usagetray.domain.advice.months import prorated
from usagetray.domain.advice.own_use import Use
from usagetray.domain.advice.plan_alternatives import by_the_year, with_overflow
from usagetray.domain.advice.plan_choice import Cycle, Fit, Sufficiency, fit, lockouts
from usagetray.domain.advice.plans import Plan, PlanTable
from usagetray.domain.advice.ranking import differs

RECENT = timedelta(days=92)


def plan_advice(held: Holding, table: PlanTable) -> Iterator[Advice]:
    fee = held.owned.monthly if held.owned is not None else None
    if held.owned is None or fee is None:
        yield from _without_plan(held, table)
        return
    yield _pays(held, held.owned, fee)
    others = [plan for plan in table.for_one(held.vendor) if plan.period == "month" and plan.key != held.owned.key]
    fits = {plan.key: fit(held.cycles, held.owned, plan, held.at) for plan in others}
    yield from _lower(held, held.owned, fee, others, fits)
    yield from _higher(held, held.owned, fee, others, fits)
    yield from with_overflow(held, held.owned, fee, others, fits)
    yield from by_the_year(held, held.owned, table)


def use_figures(use: Use) -> dict[str, Figure]:
    return {
        "equivalent_month_usd": cents(use.month),
        "tokens": use.tokens,
        "cached_share": use.cached_share,
        "active_days": use.active_days,
        "sessions": use.sessions,
        "first_day": use.first,
        "last_day": use.until,
    }


def even_figures(fee: Decimal, use: Use) -> dict[str, Figure]:
    """Where a fee and the own use meet, in every unit it can be told in."""
    even = break_even(
        fee, usd=use.usd, tokens=use.tokens - use.unpriced_tokens, active_days=use.active_days, sessions=use.sessions
    )
    return {
        "blended_usd_per_mtok": even.rate,
        "break_even_tokens_month": even.tokens,
        "break_even_tokens_week": even.tokens_week,
        "break_even_active_days_month": even.active_days,
        "break_even_sessions_month": even.sessions,
    }


# ---- does it pay -------------------------------------------------------------------------------------------


def _pays(held: Holding, owned: Plan, fee: Decimal) -> Advice:
    worth = cents(held.use.month)
    answer = pays(worth, cents(fee))
    gap = abs(worth - fee)
    is_yes = answer is Pays.YES
    even = even_figures(fee, held.use)
    tokens = even["break_even_tokens_month"]
    return Advice(
        kind=Kind.PLAN_PAYS,
        about=owned.key,
        verdict=Verdict(answer.value),
        figures={
            **use_figures(held.use),
            "fee_month_usd": cents(fee),
            "fee_of_these_days_usd": cents(prorated(fee, held.use.first, held.use.until)),
            "equivalent_of_these_days_usd": cents(held.use.usd),
            "difference_usd": cents(gap),
            **even,
            **_without_busiest_week(held),
        },
        method="plan_against_api",
        monthly=Amount(point=gap, low=gap if is_yes else Decimal(0), high=None if is_yes else gap),
        confidence=confidence_in(held.grounds, owned),
        days=held.grounds.days,
        missing=missing(held),
        flips=Flip(what="tokens_month", at=tokens) if isinstance(tokens, int) else None,
    )


def _without_busiest_week(held: Holding) -> dict[str, Figure]:
    """Where one week is more than half of everything, the answer without it too."""
    if Doubt.ONE_WEEK not in held.grounds.doubts:
        return {}
    return {"without_busiest_week_usd": cents(held.use.month_without_busiest_week)}


def _without_plan(held: Holding, table: PlanTable) -> Iterator[Advice]:
    """No plan is known: each plan's fee against the use. Which one is large enough cannot be told."""
    worth = cents(held.use.month)
    for plan in table.for_one(held.vendor):
        fee = plan.monthly
        if fee is None or plan.period != "month":
            continue
        even = even_figures(fee, held.use)
        tokens = even["break_even_tokens_month"]
        is_close = worth != cents(fee) and not differs(worth, fee)
        answer = Verdict.UNCLEAR if is_close else Verdict(pays(worth, cents(fee)).value)
        confidence = confidence_in(held.grounds, plan)
        yield Advice(
            kind=Kind.API_OR_PLAN,
            about=plan.key,
            verdict=cautious(confidence, answer),
            figures={
                **use_figures(held.use),
                "fee_month_usd": cents(fee),
                "difference_usd": cents(abs(worth - fee)),
                **even,
            },
            method="plan_against_api",
            monthly=Amount(point=max(Decimal(0), worth - fee), low=None, high=None),
            confidence=confidence,
            days=held.grounds.days,
            missing=missing(held, "owned_plan", "window_readings"),
            flips=Flip(what="tokens_month", at=tokens) if isinstance(tokens, int) else None,
        )


# ---- smaller and larger ------------------------------------------------------------------------------------


def fit_figures(found: Fit) -> dict[str, Figure]:
    window = found.tightest
    if window is None:
        return {}
    return {
        "window": window.key,
        "peak": window.peak,
        "p95": window.p95,
        "peak_there_strict": window.strict,
        "peak_there_mild": window.mild,
        "is_assumed_multiple": window.is_assumed,
        "windows_read": window.cycles,
        "windows_above_80": window.tight,
        "windows_above_100": window.over,
        "hours_waited": _hours(window.waited),
    }


def _hours(span: timedelta) -> Decimal:
    return (Decimal(str(span.total_seconds())) / 3600).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _lower(
    held: Holding, owned: Plan, fee: Decimal, others: Sequence[Plan], fits: Mapping[str, Fit]
) -> Iterator[Advice]:
    """The cheapest plan that would have sufficed; where none would, the nearest one with what was against it."""
    smaller = [plan for plan in others if (plan.monthly or fee) < fee and fits[plan.key].windows]
    good = [plan for plan in smaller if fits[plan.key].verdict in (Sufficiency.SUFFICES, Sufficiency.JUST)]
    may = [plan for plan in smaller if fits[plan.key].verdict is Sufficiency.MAY]
    chosen = next(iter(good + may), smaller[-1] if smaller else None)
    if chosen is None or chosen.monthly is None:
        return
    found = fits[chosen.key]
    verdict = {
        Sufficiency.SUFFICES: Verdict.YES,
        Sufficiency.JUST: Verdict.YES,
        Sufficiency.MAY: Verdict.MAY,
        Sufficiency.NOT: Verdict.NO,
        Sufficiency.UNKNOWN: Verdict.UNKNOWN,
    }[found.verdict]
    saving = fee - chosen.monthly
    confidence = confidence_in(held.grounds, owned, chosen)
    worst = found.tightest
    flips = Flip(what="peak", at=1 / (worst.strict / worst.peak)) if worst is not None and worst.peak > 0 else None
    yield Advice(
        kind=Kind.LOWER_PLAN,
        about=chosen.key,
        verdict=cautious(confidence, verdict),
        figures={
            **fit_figures(found),
            "sufficiency": found.verdict.value,
            "fee_month_usd": cents(chosen.monthly),
            "credit_lost_usd": (owned.credit or Decimal(0)) - (chosen.credit or Decimal(0)),
            "owned": owned.key,
        },
        method="peaks_carried_over",
        monthly=Amount(point=saving, low=saving, high=saving) if verdict in (Verdict.YES, Verdict.MAY) else None,
        confidence=confidence,
        days=held.grounds.days,
        missing=found.missing,
        flips=flips,
    )


def _higher(
    held: Holding, owned: Plan, fee: Decimal, others: Sequence[Plan], fits: Mapping[str, Fit]
) -> Iterator[Advice]:
    """The next larger plan, where the one in use ran out: hours lost against the difference in fees."""
    lost = lockouts(held.cycles, held.at - RECENT, held.at)
    larger = [plan for plan in others if (plan.monthly or fee) > fee and fits[plan.key].windows]
    if not lost.count or not larger:
        return
    chosen = larger[0]
    more = (chosen.monthly or fee) - fee
    months = max(Decimal(1), Decimal((held.at - _first(held.cycles, held.at)).days) / Decimal("30.4375"))
    hours = _hours(lost.waited) / months
    value = None if held.hour_value is None else hours * held.hour_value
    verdict = Verdict.UNKNOWN if value is None else Verdict.YES if value > more else Verdict.NO
    confidence = confidence_in(held.grounds, owned, chosen)
    yield Advice(
        kind=Kind.HIGHER_PLAN,
        about=chosen.key,
        verdict=cautious(confidence, verdict),
        figures={
            "owned": owned.key,
            "lockouts": lost.count,
            "lockouts_of_the_week": lost.weeks,
            "hours_lost_month": hours,
            "value_lost_month_usd": None if value is None else cents(value),
            "more_a_month_usd": cents(more),
            "fee_month_usd": cents(chosen.monthly or fee),
        },
        method="hours_locked_out",
        monthly=Amount(point=value - more, low=None, high=None) if value is not None and value > more else None,
        confidence=confidence,
        days=held.grounds.days,
        missing=("demand_after_lockout", *(["hour_value"] if value is None else [])),
        flips=Flip(what="hour_value", at=cents(more / hours)) if hours > 0 else None,
    )


def _first(cycles: Sequence[Cycle], now: datetime) -> datetime:
    return max(now - RECENT, min((point.at for each in cycles for point in each.points), default=now))
