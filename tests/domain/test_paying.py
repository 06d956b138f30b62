"""What is paid on top of a plan: since when, because of which window, and how much."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usagetray.domain.alerts import Seen
from usagetray.domain.paying import Episode, Spent, amount_crossed, episode, spent_since
from usagetray.domain.states import Level, WindowState
from usagetray.model import Money

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def seen(window: str = "five_hour", used: float | None = 1.0, *, ends_in: timedelta = 2 * HOUR, **more: object) -> Seen:
    level = Level.NORMAL if used is None or used < 1 else Level.PAYING
    base = Seen(
        provider="p", account="a", window=window, used=used, state=WindowState.OK, level=level, resets_at=NOW + ends_in,
        length=5 * HOUR, captured_at=NOW, may_alert=True,
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


WEEK = seen("seven_day", ends_in=50 * HOUR)
RUNNING = Episode(window="five_hour", began_at=NOW - HOUR, ends_at=NOW + 2 * HOUR, told=Decimal(10))


def spent(amount: str, minutes: float, currency: str = "USD") -> Spent:
    return Spent(NOW + minutes * MINUTE, Money(amount=Decimal(amount), currency=currency))


# ---- episodes ----------------------------------------------------------------------------------------------


def test_the_window_that_was_used_up_first_began_it() -> None:
    found = episode([WEEK, seen()], None, {"seven_day": NOW - MINUTE, "five_hour": NOW - HOUR}, NOW)

    assert found == Episode(window="five_hour", began_at=NOW - HOUR, ends_at=NOW + 50 * HOUR)


def test_of_two_that_were_used_up_together_the_one_that_lasts_longer_did() -> None:
    found = episode([seen(), WEEK], None, {}, NOW)

    assert found is not None
    assert found.window == "seven_day"


def test_it_goes_on_while_another_window_is_full() -> None:
    found = episode([seen(used=0.02), WEEK], RUNNING, {}, NOW)

    assert found == replace(RUNNING, ends_at=NOW + 50 * HOUR)


@pytest.mark.parametrize(
    ("now", "windows"),
    [
        (NOW, [seen(used=0.03)]),  # a fresh figure says so
        (NOW, [seen(level=Level.LOCKED)]),  # nothing is paid for any more, and nothing goes on
        (NOW + 3 * HOUR, [seen(used=None)]),  # its reset has passed, whatever is known of the new one
        (NOW + 3 * HOUR, []),
    ],
)
def test_it_ends_when_the_window_comes_back(now: datetime, windows: list[Seen]) -> None:
    assert episode(windows, RUNNING, {}, now) is None


@pytest.mark.parametrize("windows", [[], [seen(used=None, may_alert=False)], [seen(used=0.03, may_alert=False)]])
def test_what_is_not_known_for_the_moment_ends_nothing(windows: list[Seen]) -> None:
    assert episode(windows, RUNNING, {}, NOW) == RUNNING


# ---- sums --------------------------------------------------------------------------------------------------


def test_what_was_paid_is_counted_from_the_last_sum_before_it_began() -> None:
    """$38.20 before, $38.62 in the reading that found the window full, $41.32 now."""
    said = [spent("41.32", 30), spent("38.20", -5), spent("38.62", 0)]

    assert spent_since(said, NOW) == Money(amount=Decimal("3.12"), currency="USD")


def test_without_a_sum_before_the_first_one_is_where_it_began() -> None:
    assert spent_since([spent("38.62", 0), spent("41.32", 30)], NOW) == Money(amount=Decimal("2.70"), currency="USD")


def test_a_new_month_begins_the_vendor_s_sum_anew_and_not_ours() -> None:
    said = [spent("38", -5), spent("40", 5), spent("1", 10), spent("1.50", 20)]

    assert spent_since(said, NOW) == Money(amount=Decimal("3.50"), currency="USD")


def test_nothing_is_added_over_currencies_or_out_of_nothing() -> None:
    assert spent_since([spent("38", -5)], NOW) is None
    assert spent_since([spent("38", -5), spent("40", 5, "EUR")], NOW) is None


@given(
    st.lists(st.tuples(st.decimals(0, 500, places=2), st.integers(-60, 300)), min_size=1, max_size=20),
    st.integers(0, 9),
)
@settings(max_examples=60, deadline=None)
def test_what_was_paid_is_never_negative_and_knows_no_order(said: list[tuple[Decimal, int]], seed: int) -> None:
    told = [spent(str(amount), minutes) for amount, minutes in said]

    found = spent_since(told, NOW)

    assert found is None or found.amount >= 0
    assert spent_since(random.Random(seed).sample(told, len(told)), NOW) == found


def test_the_highest_sum_that_was_reached_is_announced_once() -> None:
    sums = (Decimal(5), Decimal(10), Decimal(50))
    twelve = Money(amount=Decimal("12.40"), currency="USD")

    assert amount_crossed(twelve, sums, Decimal(0)) == Decimal(10)
    assert amount_crossed(twelve, sums, Decimal(10)) is None
    assert amount_crossed(twelve, (), Decimal(0)) is None
