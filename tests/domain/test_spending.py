"""Quarters of an hour: cut into the user's own days, summed, shared out, and carried on to the period's end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.spent import spend
from usagetray.domain.spending import (
    QUARTER,
    by_quarter,
    local,
    matches,
    period_forecast,
    period_of,
    quarter_of,
    rest_of_day,
    shares,
    total,
)

KIRITIMATI, KATHMANDU, BERLIN = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("Europe/Berlin")
SANTIAGO = ZoneInfo("America/Santiago")
NOW = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)


def test_a_period_begins_at_the_user_s_midnight_however_far_from_utc() -> None:
    """In Kiritimati, 14 hours ahead, it is already Saturday the 21st."""
    day, week, month = (period_of(each, NOW, KIRITIMATI) for each in ("day", "week", "month"))

    assert (day.starts_at, day.ends_at) == (
        datetime(2026, 11, 20, 10, tzinfo=UTC),
        datetime(2026, 11, 21, 10, tzinfo=UTC),
    )
    assert (week.first, week.last) == (date(2026, 11, 16), date(2026, 11, 22))
    assert (month.starts_at, month.last) == (datetime(2026, 10, 31, 10, tzinfo=UTC), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("now", "hours"), [(datetime(2026, 10, 22, tzinfo=UTC), 169), (datetime(2026, 3, 25, tzinfo=UTC), 167)]
)
def test_a_week_with_a_clock_change_is_an_hour_longer_or_shorter(now: datetime, hours: int) -> None:
    week = period_of("week", now, BERLIN)

    assert week.ends_at - week.starts_at == timedelta(hours=hours)


def test_a_day_without_a_midnight_begins_when_its_clocks_do() -> None:
    """In Santiago clocks went from 23:59 on Saturday to 01:00 on Sunday, 6 September 2026."""
    day = period_of("day", datetime(2026, 9, 6, 15, tzinfo=UTC), SANTIAGO)

    assert day.starts_at == datetime(2026, 9, 6, 4, tzinfo=UTC)
    assert day.ends_at - day.starts_at == timedelta(hours=23)


@given(
    st.integers(0, 2 * 365 * 96).map(lambda quarters: datetime(2026, 1, 1, tzinfo=UTC) + quarters * QUARTER),
    st.sampled_from((KIRITIMATI, KATHMANDU, BERLIN, SANTIAGO, UTC)),
    st.sampled_from(("day", "week", "month")),
)
def test_periods_cover_time_without_gap_or_overlap(now: datetime, zone: ZoneInfo, kind: str) -> None:
    period = period_of(kind, now, zone)

    assert period.starts_at <= now < period.ends_at
    assert period_of(kind, period.ends_at, zone).starts_at == period.ends_at
    assert period_of(kind, period.ends_at - QUARTER, zone) == period
    assert local(quarter_of(period.starts_at), zone)[0] == period.first
    assert local(quarter_of(period.ends_at), zone)[0] == period.last + timedelta(days=1)


def test_what_was_used_right_before_midnight_counts_for_the_day_before() -> None:
    day = period_of("day", NOW, KATHMANDU)  # 18:15 UTC to 18:15 UTC
    rows = [spend(day.starts_at - QUARTER, 1), spend(day.starts_at, 2), spend(day.ends_at - QUARTER, 4)]

    assert total(by_quarter([*rows, spend(day.ends_at, 8)]), day.starts_at, day.ends_at).usd == 6


def test_what_has_no_price_is_counted_beside_the_sum_and_never_as_nothing() -> None:
    sums = by_quarter([spend(NOW, 3), spend(NOW, 0, model="new", unpriced=500)])

    assert total(sums, NOW - QUARTER, NOW + QUARTER) == (Decimal(3), 500, True)


def test_shares_name_the_largest_first_and_count_what_has_no_name() -> None:
    rows = [spend(NOW, 61, project="/a/webshop"), spend(NOW, 29, project="/a/docs"), spend(NOW, 10, project="")]

    assert shares(rows, lambda row: row.project) == (("/a/webshop", 0.61), ("/a/docs", 0.29))
    assert shares([spend(NOW, 0)], lambda row: row.project) == ()


@pytest.mark.parametrize(
    ("folder", "project", "is_it"),
    [
        ("/home/me/webshop", "webshop", True),
        ("/home/me/webshop/", "/home/me/webshop", True),
        (r"C:\work\webshop", "webshop", True),
        ("/home/me/webshop-old", "webshop", False),
        ("/home/webshop/docs", "webshop", False),
        ("", "webshop", False),
    ],
)
def test_a_project_is_a_folder_or_the_last_part_of_its_name(folder: str, project: str, is_it: bool) -> None:
    assert matches(folder, project) is is_it


# ---- what is to come ---------------------------------------------------------------------------------------


def used(days: int, usd: object = 10, *, until: datetime = NOW) -> dict[int, Decimal]:
    """So much on each of so many days before, at that hour."""
    return {quarter_of(until - timedelta(days=each)): Decimal(str(usd)) for each in range(1, days + 1)}


def test_the_month_s_end_is_told_from_days_like_the_user_s_own() -> None:
    """28 days of $10 at 11:30 UTC: $190 by the 19th, $20 today, and today's hour is over; 10 days are left."""
    amounts = {**used(28), quarter_of(NOW - timedelta(hours=1)): Decimal(20)}

    found = period_forecast(amounts, NOW + timedelta(hours=2), UTC)

    assert found is not None
    assert [found.so_far, found.point, found.low, found.high] == [210, 310, 310, 310]
    assert found.is_percentile


def test_before_three_days_have_passed_nothing_is_said_of_the_end() -> None:
    assert period_forecast(used(2), NOW, UTC) is None
    assert period_forecast(used(3), NOW, UTC) is not None
    assert period_forecast({}, NOW, UTC) is None


def test_after_four_weeks_of_rest_nothing_is_said_of_the_end() -> None:
    assert period_forecast(used(3, until=NOW - timedelta(days=30)), NOW, UTC) is None


def test_a_day_s_end_is_told_from_the_hours_that_are_usually_still_to_come() -> None:
    """Half of the user's days is spent by noon: $20 by then is heading for 20 + 10 / 2."""
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    amounts = {
        quarter_of(noon - timedelta(days=day) + timedelta(hours=hour)): Decimal(5)
        for day in range(1, 29)
        for hour in (-3, 3)
    }
    amounts[quarter_of(noon - timedelta(hours=1))] = Decimal(20)

    found = period_forecast(amounts, noon, UTC, "day")

    assert found is not None
    assert [found.so_far, found.point] == [20, 25]


def test_where_no_hours_are_known_a_day_is_left_by_the_clock() -> None:
    assert rest_of_day([Decimal(0)] * 24, datetime(2026, 11, 20, 18, tzinfo=UTC)) == Decimal("0.25")


amounts_of_days = st.dictionaries(st.integers(0, 40 * 96), st.decimals(0, 500, places=2), min_size=1, max_size=40).map(
    lambda found: {quarter_of(NOW) - back: usd for back, usd in found.items()}
)


@given(amounts_of_days, st.sampled_from(("day", "week", "month")), st.sampled_from((KIRITIMATI, BERLIN, UTC)))
def test_the_band_holds_what_was_spent_and_what_is_expected(
    amounts: dict[int, Decimal], kind: str, zone: ZoneInfo
) -> None:
    found = period_forecast(amounts, NOW, zone, kind)

    if found is not None:
        period = period_of(kind, NOW, zone)
        assert found.so_far <= found.low <= found.point <= found.high
        assert found.so_far == sum(
            (usd for quarter, usd in amounts.items() if quarter >= quarter_of(period.starts_at)), Decimal(0)
        )
