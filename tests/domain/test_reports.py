"""Sums of the ledger grouped, priced one by one and totalled; and one week looked at closely."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report_build import AT, TABLE, usage
from usagetray.domain.pricing import uncached
from usagetray.domain.reports import Report, by_cost, by_last_use, model_name, priced, report
from usagetray.domain.weekly import Week, week
from usagetray.usage import Attempt, UsageSum

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


def of(*sums: UsageSum) -> Report:
    return report(priced(sums, TABLE))


# ---- rows --------------------------------------------------------------------------------------------------


def test_sums_of_one_period_are_one_row_and_rows_keep_their_order() -> None:
    """1M in and 100k out of large is $3 + $1.50; 1M in of small is $1."""
    found = of(
        usage("2026-11-18", input_=1_000_000, output=100_000),
        usage("2026-11-19", "small", input_=1_000_000, provider="q"),
        usage("2026-11-18", "small", input_=1_000_000, responses=4),
    )

    assert [(each.key, each.figures.cost.usd, each.figures.responses) for each in found.rows] == [
        ("2026-11-18", Decimal("5.5"), 5),
        ("2026-11-19", Decimal(1), 1),
    ]
    assert found.total.cost.usd == Decimal("6.5")
    assert found.total.tokens.total == 3_100_000


def test_models_stand_in_the_order_of_their_first_use_and_can_be_had_by_cost() -> None:
    """Of two without a price, the one with more tokens comes first."""
    (row,) = of(
        usage(model="other", input_=5, at=AT + HOUR),
        usage(model="another", input_=7, at=AT + 2 * HOUR),
        usage(model="small", input_=1_000_000, at=AT + 3 * HOUR),
        usage(model="large", input_=1_000_000, at=AT),
    ).rows

    assert [each.model for each in row.models] == ["large", "other", "another", "small"]
    assert [each.model for each in row.by_cost] == ["large", "small", "another", "other"]


def test_what_was_served_fast_is_a_model_of_its_own() -> None:
    """1M tokens in: $3 as usual, $30 fast."""
    (row,) = of(usage(input_=1_000_000), usage(input_=1_000_000, speed="fast")).rows

    assert {each.model: each.figures.cost.usd for each in row.models} == {"large": 3, "large-fast": 30}


def test_a_model_without_a_price_makes_the_cost_a_lower_bound() -> None:
    found = of(usage(input_=1_000_000), usage(model="other", input_=400, output=100)).total

    assert found.cost.usd == 3
    assert found.cost.is_lower_bound
    assert dict(found.cost.unpriced) == {"other": 500}


def test_an_assumed_model_is_told_apart() -> None:
    (row,) = of(usage(input_=1, flags=frozenset({"assumed_model"})), usage(model="small", input_=1)).rows

    assert {each.model: each.is_assumed for each in row.models} == {"large": True, "small": False}


def test_the_hit_rate_is_the_share_of_the_prompt_that_was_read() -> None:
    """5,123,456 of 8,234,567 tokens."""
    found = of(usage(input_=3_111_111, read=5_123_456, output=9)).total

    assert found.hit_rate == pytest.approx(0.6222, abs=0.0001)


def test_nothing_adds_up_to_nothing_and_has_no_hit_rate() -> None:
    found = of()

    assert found.rows == ()
    assert (found.total.cost.usd, found.total.hit_rate, found.total.first_at) == (0, None, None)


def test_rows_can_be_put_in_order_of_cost_or_of_last_use() -> None:
    rows = of(
        usage("a", input_=1, at=AT, last_at=AT + 9 * HOUR),
        usage("b", input_=1_000_000, at=AT + HOUR),
        usage("c", input_=500_000, at=AT + 2 * HOUR),
    ).rows

    assert [each.key for each in by_cost(rows)] == ["b", "c", "a"]
    assert [each.key for each in by_last_use(rows)] == ["b", "c", "a"]
    assert (rows[0].figures.first_at, rows[0].figures.last_at) == (AT, AT + 9 * HOUR)


COUNT = st.integers(0, 10**9)
SUMS = st.lists(
    st.builds(
        usage,
        st.sampled_from(["2026-11-17", "2026-11-18"]),
        st.sampled_from(["large", "small", "other"]),
        input_=COUNT,
        read=COUNT,
        output=COUNT,
        provider=st.sampled_from(["p", "q"]),
        speed=st.sampled_from(["", "fast"]),
    ),
    max_size=12,
)


@settings(max_examples=50, deadline=None)
@given(SUMS)
def test_rows_and_models_add_up_to_the_total_whatever_the_grouping(sums: list[UsageSum]) -> None:
    lines = priced(sums, TABLE)
    by_period, by_model = report(lines), report(lines, lambda each: model_name(each.attempt))

    assert by_period.total.cost.usd == by_model.total.cost.usd == sum((line.price.usd or 0) for line in lines)
    assert sum(row.figures.tokens.total for row in by_period.rows) == by_model.total.tokens.total
    for row in by_period.rows:
        assert sum(each.figures.cost.usd for each in row.models) == row.figures.cost.usd
        assert sum(each.figures.cost.unpriced_tokens for each in row.models) == row.figures.cost.unpriced_tokens


# ---- a week ------------------------------------------------------------------------------------------------


def without_cache(attempt: Attempt) -> Decimal | None:
    return uncached(attempt, TABLE).usd


def week_of(*sums: UsageSum, now: datetime = MONDAY + 30 * DAY) -> Week:
    return week(priced(sums, TABLE), without_cache, starts_at=MONDAY, ends_at=MONDAY + 7 * DAY, now=now)


A_WEEK = (
    usage("2026-11-17", input_=3_111_111, read=5_123_456, output=2_156_789, project="/work/a"),
    usage("2026-11-18", "small", input_=3_456_789, output=890_123, project="/work/b"),
)
"""Large: 9.333333 + 1.5370368 + 32.351835 = 43.2222048. Small: 3.456789 + 4.450615 = 7.907404."""


def test_a_week_tells_what_each_model_and_project_cost_dearest_first() -> None:
    found = week_of(*A_WEEK)

    assert [(row.models[0].model, row.figures.cost.usd) for row in found.models.rows] == [
        ("large", Decimal("43.2222048")),
        ("small", Decimal("7.907404")),
    ]
    assert [(row.key, row.figures.cost.usd) for row in found.projects.rows] == [
        ("/work/a", Decimal("43.2222048")),
        ("/work/b", Decimal("7.907404")),
    ]
    assert found.total.cost.usd == Decimal("51.1296088")


def test_a_month_is_52_twelfths_of_a_week() -> None:
    """51.1296088 x 52 / 12 = 221.5616..., and not 204.52 for four weeks."""
    found = week_of(*A_WEEK)

    assert found.is_over
    assert found.month_usd is not None
    assert round(found.month_usd, 6) == Decimal("221.561638")


def test_an_unfinished_week_is_taken_at_its_pace_so_far() -> None:
    """After three and a half days the week would come to twice as much."""
    found = week_of(*A_WEEK, now=MONDAY + 3.5 * DAY)

    assert not found.is_over
    assert found.month_usd is not None
    assert round(found.month_usd, 6) == Decimal("443.123276")


def test_a_week_with_a_clock_change_is_one_week() -> None:
    lines = priced(A_WEEK, TABLE)
    shorter = week(lines, without_cache, starts_at=MONDAY, ends_at=MONDAY + 7 * DAY - HOUR, now=MONDAY + 9 * DAY)

    assert shorter.month_usd == week_of(*A_WEEK).month_usd


def test_before_a_day_has_passed_no_month_is_told() -> None:
    assert week_of(*A_WEEK, now=MONDAY + 23 * HOUR).month_usd is None


def test_caching_saved_what_the_prompt_would_have_cost_at_the_input_rate() -> None:
    """5,123,456 x (3 - 0.30) a million = 13.8333312."""
    assert week_of(*A_WEEK).saved_usd == Decimal("13.8333312")


def test_writing_to_the_cache_without_reading_from_it_costs_more() -> None:
    """1M tokens written at 3.75 instead of 3."""
    assert week_of(usage(write=1_000_000)).saved_usd == Decimal("-0.75")


def test_what_has_no_price_saves_nothing() -> None:
    found = week_of(usage(input_=1_000_000), usage(model="other", read=1_000_000))

    assert found.saved_usd == 0


def test_output_has_its_share_of_the_cost() -> None:
    """32.351835 + 4.450615 of 51.1296088."""
    assert week_of(*A_WEEK).output_share == pytest.approx(0.71979, abs=0.00001)


def test_days_with_use_are_compared_and_averaged() -> None:
    found = week_of(*A_WEEK, usage("2026-11-18", "small", input_=1_000_000))

    assert found.cheapest is not None
    assert found.dearest is not None
    assert (found.cheapest.day, found.cheapest.usd) == ("2026-11-18", Decimal("8.907404"))
    assert (found.dearest.day, found.dearest.usd) == ("2026-11-17", Decimal("43.2222048"))
    assert found.mean_day_usd == Decimal("52.1296088") / 2


def test_a_day_of_which_nothing_has_a_price_is_not_the_cheapest() -> None:
    found = week_of(*A_WEEK, usage("2026-11-19", "other", input_=9))

    assert [each.day for each in found.days] == ["2026-11-17", "2026-11-18"]


def test_a_week_of_which_nothing_has_a_price_says_nothing_of_money() -> None:
    found = week_of(usage(model="other", input_=9, output=1))

    assert (found.month_usd, found.saved_usd, found.output_share) == (None, None, None)
