"""Today and this month at list prices: "large" costs 3 and 15 dollars a million tokens, "other" has no price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.report_build import TABLE, usage
from usagetray.domain.cost_to_date import cost_to_date, together

TODAY = date(2026, 11, 20)


def test_today_is_a_part_of_the_month() -> None:
    """1M in today is $3; 2M in and 1M out two days before $21 more."""
    sums = [usage("2026-11-20", input_=1_000_000), usage("2026-11-18", input_=2_000_000, output=1_000_000)]

    found = cost_to_date(sums, TABLE, TODAY)

    assert found is not None
    assert (found.of_day.usd, found.of_month.usd) == (Decimal(3), Decimal(24))
    assert (found.day, found.of_month.is_lower_bound, found.machines) == (TODAY, False, ())


def test_a_month_without_use_is_no_cost_of_zero() -> None:
    assert cost_to_date([], TABLE, TODAY) is None
    assert cost_to_date([usage("2026-11-20")], TABLE, TODAY) is None


def test_a_day_without_use_in_a_month_with_some_costs_nothing() -> None:
    found = cost_to_date([usage("2026-11-18", input_=1_000_000)], TABLE, TODAY)

    assert found is not None
    assert (found.of_day.tokens, found.of_day.usd, found.of_day.is_lower_bound) == (0, Decimal(0), False)


def test_what_has_no_price_makes_a_lower_bound_and_is_named() -> None:
    sums = [usage("2026-11-20", input_=1_000_000), usage("2026-11-20", model="other", input_=700, output=300)]

    found = cost_to_date(sums, TABLE, TODAY)

    assert found is not None
    assert found.of_day.usd == Decimal(3)
    assert found.of_day.is_lower_bound
    assert dict(found.of_day.unpriced) == {"other": 1000}


def test_estimates_of_several_accounts_may_be_added_up() -> None:
    one = cost_to_date([usage("2026-11-20", input_=1_000_000)._replace(machine="laptop")], TABLE, TODAY)
    other = cost_to_date([usage("2026-11-19", model="other", input_=5)], TABLE, TODAY)
    assert one is not None
    assert other is not None

    found = together([one, other])

    assert found is not None
    assert (found.of_day.usd, found.of_month.usd, found.machines) == (Decimal(3), Decimal(3), ("laptop",))
    assert (found.of_day.is_lower_bound, found.of_month.is_lower_bound) == (False, True)
    assert together([]) is None
