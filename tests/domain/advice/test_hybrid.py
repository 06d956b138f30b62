"""A smaller plan with the API behind it, walked through in time order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.advice.made_up import NOW, SESSION, WEEK, week
from usagetray.domain.advice.hybrid import Spent, Windows, bounded, measured, walk

WINDOWS = Windows(short=SESSION, week=WEEK, anchor=None)


def spent(*hours_and_usd: tuple[float, str]) -> list[Spent]:
    return [Spent(at=NOW + timedelta(hours=hours), usd=Decimal(usd)) for hours, usd in hours_and_usd]


def test_what_comes_after_a_full_window_overflows_until_its_reset() -> None:
    """$10 a session: the third request finds it full, the fourth starts a new one."""
    over = walk(spent((0, "6"), (1, "5"), (2, "7"), (5, "3")), Decimal(10), None, WINDOWS)

    assert (over.usd, over.responses) == (8, 2)  # $1 of the second and all of the third
    assert over.waited == timedelta(hours=4)


def test_the_week_holds_on_when_sessions_come_and_go() -> None:
    rows = spent(*((6 * count, "4") for count in range(10)))

    over = walk(rows, Decimal(5), Decimal(20), WINDOWS)

    assert over.usd == 40 - 20


def test_the_week_starts_at_the_reset_that_was_read() -> None:
    """Two requests half an hour before and after a reset never share a week."""
    windows = Windows(short=SESSION, week=WEEK, anchor=NOW)

    over = walk(spent((-0.5, "9"), (0.5, "9")), None, Decimal(10), windows)

    assert over.usd == 0


def test_a_plan_without_limits_never_overflows() -> None:
    assert walk(spent((0, "1000"), (1, "1000")), None, None, WINDOWS).usd == 0


def test_the_capacity_is_what_was_used_by_how_far_the_window_moved() -> None:
    """$30 within a week that reached 60 %, $20 within one that reached 20 %: $50 to $100 a week."""
    cycles = [week(NOW, "0.6"), week(NOW - WEEK, "0.2")]
    rows = spent((-100, "30"), (-100 - 168, "20"))

    found = measured(cycles, rows)

    assert found is not None
    assert (found.low, found.point, found.high) == (50, 75, 100)


def test_a_window_that_hardly_moved_measures_nothing() -> None:
    assert measured([week(NOW, "0.09")], spent((-100, "30"))) is None


def test_without_a_measure_the_share_of_weeks_above_the_limit_bounds_it() -> None:
    """Weeks at 60 and 40 % of 5x are 300 and 200 % of Pro: all of it may overflow."""
    found = bounded(Decimal(20), Decimal(90), [week(NOW, "0.6"), week(NOW - WEEK, "0.1")], Decimal(5))

    assert found.low == 20
    assert found.high == 20 + Decimal(90) * Decimal(3) / Decimal("3.5")


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(0, 500), st.integers(1, 40)), max_size=40),
    capacity=st.integers(1, 60),
    more=st.integers(0, 60),
)
def test_a_larger_capacity_never_overflows_more_and_order_changes_nothing(
    rows: list[tuple[int, int]], capacity: int, more: int
) -> None:
    use = spent(*((hours, str(usd)) for hours, usd in rows))
    windows = Windows(short=SESSION, week=WEEK, anchor=NOW)

    small = walk(use, None, Decimal(capacity), windows)
    large = walk(reversed(use), None, Decimal(capacity + more), windows)

    assert large.usd <= small.usd <= sum((row.usd for row in use), Decimal(0))
    assert walk(reversed(use), None, Decimal(capacity), windows) == small
