"""Days, weeks and months: means over what was covered, and where a month will end."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usagetray.domain.advice.months import four_weeks, from_week, month_end, monthly, prorated

FIRST = date(2026, 9, 1)


def flat(first: date, days: int, usd: str) -> dict[date, Decimal]:
    return {first + timedelta(days=count): Decimal(usd) for count in range(days)}


def test_a_week_is_52_12_of_a_month_and_four_of_them_are_28_days() -> None:
    assert from_week(Decimal("67.05")) == Decimal("290.55")
    assert four_weeks(Decimal("67.05")) == Decimal("268.20")


def test_a_fee_is_prorated_by_the_days_of_its_months() -> None:
    """Ten of September's thirty days and all of October: a third of a fee and a whole one."""
    assert prorated(Decimal(30), date(2026, 9, 21), date(2026, 10, 31)) == Decimal(40)


def test_few_days_are_stretched_by_their_mean() -> None:
    """Ten days of $2, five of them idle: $1 a day, 30.4375 days a month."""
    assert monthly(flat(FIRST, 5, "2"), FIRST, FIRST + timedelta(days=9)) == Decimal("30.4375")


def test_whole_months_give_their_mean() -> None:
    """$30 in September, $62 in October: $46, whatever the number of days in each."""
    by_day = flat(FIRST, 30, "1") | flat(date(2026, 10, 1), 31, "2")

    assert monthly(by_day, FIRST, date(2026, 10, 31)) == Decimal(46)


def test_no_day_is_no_figure() -> None:
    assert monthly({}, FIRST, FIRST - timedelta(days=1)) is None


@settings(max_examples=60, deadline=None)
@given(amounts=st.lists(st.integers(0, 500), min_size=1, max_size=120), shift=st.integers(0, 365))
def test_an_idle_day_never_raises_the_monthly_mean(amounts: list[int], shift: int) -> None:
    first = FIRST + timedelta(days=shift)
    last = first + timedelta(days=len(amounts) - 1)
    by_day = {first + timedelta(days=index): Decimal(usd) for index, usd in enumerate(amounts)}

    before = monthly(by_day, first, last)
    after = monthly(by_day, first, last + timedelta(days=1))

    assert before is not None
    assert after is not None
    assert after <= before


# ---- where the month ends ----------------------------------------------------------------------------------


def test_a_month_ends_where_equal_days_lead() -> None:
    """$3 every day from 1 October; on 20 November 19 days are over, and 10 and today's half are to come: $88.50."""
    today = date(2026, 11, 20)
    end = month_end(flat(date(2026, 10, 1), 50, "3"), date(2026, 10, 1), today, Decimal("0.5"))

    assert end is not None
    assert end.so_far == 57
    assert end.point == end.low == end.high == Decimal("88.5")
    assert end.is_percentile


def test_free_weekends_are_not_projected() -> None:
    """$10 on workdays: of the ten days after Friday, 20 November, six are workdays, so 14 x 10 + 6 x 10 = $200."""
    today = date(2026, 11, 20)
    past = [today - timedelta(days=back) for back in range(1, 57)]
    by_day = {day: Decimal(10) for day in past if day.weekday() < 5}

    end = month_end(by_day, past[-1], today, Decimal(0))

    assert end is not None
    assert (end.so_far, end.point) == (140, 200)


def test_few_active_days_show_two_paces_instead_of_a_spread() -> None:
    """$2 a day three weeks ago, $8 in the last week: between the last week's pace and that of all."""
    today = date(2026, 11, 20)
    by_day = {date(2026, 10, 30): Decimal(2), date(2026, 10, 31): Decimal(2), date(2026, 11, 19): Decimal(8)}

    end = month_end(by_day, date(2026, 10, 25), today, Decimal(0))

    assert end is not None
    assert not end.is_percentile
    assert end.point == end.low
    assert end.high == end.so_far + Decimal(8) * end.active_days_left


def test_unequal_days_give_a_band_around_the_mean() -> None:
    today = date(2026, 11, 20)
    by_day = {today - timedelta(days=back): Decimal(back % 5) for back in range(1, 29)}

    end = month_end(by_day, today - timedelta(days=28), today, Decimal(1))

    assert end is not None
    assert end.so_far < end.low < end.point < end.high


@pytest.mark.parametrize("first", [date(2026, 11, 20), date(2026, 11, 25)])
def test_without_a_day_before_today_there_is_no_forecast(first: date) -> None:
    assert month_end({}, first, date(2026, 11, 20), Decimal(1)) is None
