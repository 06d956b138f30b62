"""What stated use comes to: sections of figures, each with the rule it follows; the words are the views'."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from usagetray.domain.advice import months
from usagetray.domain.advice import rules_of_thumb as rules
from usagetray.domain.advice import what_if_savings as savings
from usagetray.domain.advice.break_even import blended, break_even, pays
from usagetray.domain.advice.caching import share_that_flips
from usagetray.domain.advice.costs import cost, without_cache
from usagetray.domain.advice.hybrid import hybrid
from usagetray.domain.advice.models import ModelFacts
from usagetray.domain.advice.ranking import cheapest
from usagetray.domain.advice.sections import Section, one
from usagetray.domain.advice.stated import Stated, whole
from usagetray.domain.rates import Rates


def what_if(stated: Stated, models: ModelFacts, tiers: Mapping[str, Rates]) -> tuple[Section, ...]:
    """`tiers`: rates of the models that the own mix is compared on, largest first."""
    makers = (_month, _cost, _plans, _cheapest, _overflow, *savings.MAKERS, _value, _projection)
    found = [section for make in makers for section in make(stated)]
    found += savings.smallest(stated, models)
    found += savings.routing(stated, models)
    found += _price_list(stated, models, tiers)
    found += _rules_of_thumb(stated)
    return tuple(found)


def _month(stated: Stated) -> Iterator[Section]:
    tokens = stated.tokens
    yield one(
        "month",
        stated_per=stated.period,
        convention={"week": "x 52/12"}.get(stated.period, "as stated"),
        prompt_tokens=whole(stated.monthly(Decimal(tokens.prompt))),
        output_tokens=whole(stated.monthly(Decimal(tokens.output))),
        total_tokens=whole(stated.monthly(Decimal(tokens.total))),
        cached_share=Decimal(tokens.cache_read) / tokens.prompt if tokens.prompt else None,
    )


def _cost(stated: Stated) -> Iterator[Section]:
    by_model = tuple({"model": each.model, "usd": stated.monthly(each.usd)} for each in stated.models)
    output = stated.by_category.get("output", Decimal(0))
    yield one(
        "cost",
        usd=stated.month_usd,
        by_category=stated.by_category,
        by_model=by_model,
        blended_usd_per_mtok=blended(stated.usd, stated.tokens.total),
        output_share=output / stated.month_usd if stated.month_usd else None,
        stated_bill_usd=stated.bill,
        unexplained_usd=None if stated.bill is None else stated.bill - stated.month_usd,
        per_active_day_usd=stated.usd / stated.active_days if stated.active_days else None,
        per_session_usd=stated.usd / stated.sessions if stated.sessions else None,
    )


# ---- plans -------------------------------------------------------------------------------------------------


def _plans(stated: Stated) -> Iterator[Section]:
    """Each plan against the API, in both directions, with the use at which they meet."""
    rows = []
    worth = stated.month_usd
    without = stated.monthly(sum((each.without_usd for each in stated.models), Decimal(0)))
    floor = stated.monthly(sum((each.all_read_usd for each in stated.models), Decimal(0)))
    for plan in stated.plans:
        low, high = plan.monthly_range
        fee = plan.monthly
        row: dict[str, Any] = {
            "plan": plan.key,
            "name": plan.name,
            "fee_month_usd": fee if fee is None else fee * stated.seats,
            "fee_low_usd": low if low is None else low * stated.seats,
            "fee_high_usd": high if high is None else high * stated.seats,
            "seats": stated.seats,
            "paid_at_once_usd": plan.fee if plan.period == "year" else None,
            "is_owned": stated.owned is not None and plan.key == stated.owned.key,
            "confidence": plan.confidence,
        }
        if fee is not None:
            fee *= stated.seats
            even = break_even(fee, usd=stated.usd, tokens=stated.tokens.total)
            row |= {
                "pays": pays(worth, fee).value,
                "plan_cheaper_by_usd": max(Decimal(0), worth - fee),
                "api_cheaper_by_usd": max(Decimal(0), fee - worth),
                "break_even_usd_month": fee,
                "break_even_usd_week": fee * 12 / 52,
                "break_even_tokens_month": even.tokens,
                "break_even_tokens_week": even.tokens_week,
                "break_even_active_days_month": _per(fee, stated.active_days, stated.usd),
                "break_even_sessions_month": _per(fee, stated.sessions, stated.usd),
                "flips_at_cached_share": share_that_flips(without, floor, fee),
            }
        elif low is not None and high is not None:
            row |= {
                "pays_at_low": pays(worth, low * stated.seats).value,
                "pays_at_high": pays(worth, high * stated.seats).value,
            }
        rows.append(row)
    if rows:
        yield Section(name="plans", rows=tuple(rows), is_list=True)


def _per(fee: Decimal, count: Decimal | None, usd: Decimal) -> Decimal | None:
    return fee * count / usd if count and usd > 0 else None


def _cheapest(stated: Stated) -> Iterator[Section]:
    """API or plan by money alone. Which plan is large enough the file cannot say."""
    costs = {"api": stated.month_usd}
    for plan in stated.plans:
        if plan.monthly is not None:
            costs[plan.key] = plan.monthly * stated.seats
    found = cheapest(costs)
    if found is None or len(costs) == 1:
        return
    largest = max((usd, name) for name, usd in costs.items() if name != "api")
    yield one(
        "cheapest",
        by_money_alone=found.name,
        is_clear=found.is_clear,
        against_largest="api" if stated.month_usd < largest[0] else largest[1],
        largest=largest[1],
        names={plan.key: plan.name for plan in stated.plans},
        order=[{"what": name, "usd": usd} for name, usd in found.order],
        lacking="window_readings",
    )


def _overflow(stated: Stated) -> Iterator[Section]:
    """A plan with the rest on the API: with the API dollars stated, and up to how many it is worth it.

    How much a plan takes over the file cannot say. It has to be worth its fee for the two to beat the API alone; and
    overflow beyond the next plan's extra fee makes that one cheaper.
    """
    monthly = [plan for plan in stated.plans if plan.monthly is not None and plan.period == "month"]
    ordered = sorted(monthly, key=lambda plan: plan.monthly or 0)
    rows = []
    for plan, following in zip_longest(ordered, ordered[1:]):
        fee = (plan.monthly or Decimal(0)) * stated.seats
        most = None if following is None else (following.monthly or Decimal(0)) * stated.seats - fee
        both = None if stated.overflow is None else hybrid(fee, *stated.overflow)
        rows.append(
            {
                "plan": plan.key,
                "name": plan.name,
                "low_usd": both.low if both else None,
                "high_usd": both.high if both else None,
                "plan_must_cover_usd": fee,
                "next_plan": following.key if following else None,
                "next_name": following.name if following else None,
                "overflow_until_next_usd": most,
            }
        )
    if rows:
        yield Section(name="hybrid", rows=tuple(rows), is_list=True)


# ---- value, lists, rules of thumb --------------------------------------------------------------------------


def _value(stated: Stated) -> Iterator[Section]:
    """Cost as a share of what the work is worth to the user."""
    if stated.value is None:
        return
    costs = {"api": stated.month_usd}
    names = {"api": "API"}
    for plan in stated.plans:
        names[plan.key] = plan.name
        if plan.monthly is not None:
            costs[plan.key] = plan.monthly * stated.seats
    yield Section(
        name="value",
        rows=tuple(
            {
                "what": name,
                "name": names[name],
                "cost_month_usd": usd,
                "value_low_usd": stated.value.low,
                "value_high_usd": stated.value.high,
                "share_low": usd / stated.value.high if stated.value.high else None,
                "share_high": usd / stated.value.low if stated.value.low else None,
                "return_low": (stated.value.low - usd) / usd if usd else None,
                "return_high": (stated.value.high - usd) / usd if usd else None,
            }
            for name, usd in costs.items()
        ),
        is_list=True,
    )


def _projection(stated: Stated) -> Iterator[Section]:
    week = stated.usd if stated.period == "week" else stated.month_usd * 12 / 52
    yield one(
        "projection",
        week_usd=week,
        month_x52_12_usd=months.from_week(week),
        month_x4_usd=months.four_weeks(week),
        year_usd=stated.month_usd * 12,
    )


def _price_list(stated: Stated, models: ModelFacts, tiers: Mapping[str, Rates]) -> Iterator[Section]:
    tokens = stated.tokens
    rows = tuple(
        {
            "model": model,
            "vendor": models.vendor_of(model),
            "as_used_usd": stated.monthly(cost(tokens, rates)),
            "without_caching_usd": stated.monthly(cost(without_cache(tokens), rates)),
        }
        for model, rates in tiers.items()
    )
    if rows:
        yield Section(name="price_list", rows=rows, is_list=True)


def _rules_of_thumb(stated: Stated) -> Iterator[Section]:
    month = whole(stated.monthly(Decimal(stated.tokens.total)))
    week = whole(Decimal(month) * 12 / 52)
    rows: list[dict[str, Any]] = [
        {
            "rule": "weekly_matrix",
            "tokens": week,
            "band": rules.weekly_matrix(week),
            "published_usd": rules.WEEKLY_MATRIX_USD[rules.weekly_matrix(week)],
        },
        {
            "rule": "monthly_matrix",
            "tokens": month,
            "band": rules.monthly_matrix(month),
            "published_usd": rules.MONTHLY_MATRIX_USD[rules.monthly_matrix(month)],
        },
    ]
    if stated.hours is not None:
        hours = stated.hours if stated.period == "week" else stated.hours * 12 / 52
        band = rules.weekly_tree(hours, week)
        rows.append(
            {"rule": "weekly_tree", "tokens": week, "band": band, "published_usd": rules.WEEKLY_TREE_USD.get(band)}
        )
    if stated.sessions is not None and stated.active_days:
        sessions = stated.monthly(stated.sessions)
        band = rules.by_sessions(sessions, stated.monthly(stated.active_days))
        rows.append({"rule": "sessions", "sessions": sessions, "band": band, "published_usd": None})
    yield Section(name="rules_of_thumb", rows=tuple(rows), is_list=True)
