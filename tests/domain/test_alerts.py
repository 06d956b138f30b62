"""At most one alert per account, window, threshold and cycle, ever."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usagetray.domain.alerts import Alert, AlertKind, Seen, Told, due, one_stop_per_account, room
from usagetray.domain.states import Level, WindowState

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
THRESHOLDS = (0.5, 0.75, 0.9)
RESET = NOW + 5 * HOUR


def seen(
    used: float | None,
    after: timedelta = timedelta(),
    *,
    resets_at: datetime | None = RESET,
    paying: bool = False,
    may_alert: bool = True,
    length: timedelta = 5 * HOUR,
) -> Seen:
    full = used is not None and used >= 1.0
    stop = Level.PAYING if paying else Level.LOCKED
    state = WindowState.NOT_STARTED if used == 0 and resets_at is None else WindowState.OK
    return Seen(
        provider="p",
        account="a",
        window="five_hour",
        used=used,
        state=state,
        level=stop if full else Level.NORMAL,
        resets_at=resets_at,
        length=length,
        captured_at=NOW + after,
        may_alert=may_alert,
    )


def announced(readings: Iterable[Seen], thresholds: tuple[float, ...] = THRESHOLDS) -> list[object]:
    """Thresholds as numbers, the rest as words; memory goes only through what is kept."""
    told: Told | None = None
    said: list[object] = []
    for each in readings:
        alert, told = due(each, told, thresholds)
        if alert is not None:
            said.append(alert.kind.value if alert.threshold is None else alert.threshold)
    return said


def test_swinging_round_a_threshold_alerts_once() -> None:
    """79 and 81 % two hundred times round 80 %."""
    swings = (seen(0.79 if number % 2 else 0.81, number * MINUTE) for number in range(200))

    assert announced(swings, (0.8,)) == [0.8]


def test_an_end_told_by_a_clock_that_was_ahead_does_not_end_alerting() -> None:
    """A year ahead for one reading: nothing is announced twice in this cycle, and the next ones alert as ever."""
    ahead = 365 * DAY
    readings = [
        seen(0.60, ahead, resets_at=RESET + ahead),
        seen(0.60, MINUTE),
        seen(0.95, 2 * MINUTE),
        seen(0.02, 5 * HOUR + 5 * MINUTE, resets_at=RESET + 5 * HOUR),
        seen(0.95, 6 * HOUR, resets_at=RESET + 5 * HOUR),
    ]

    assert announced(readings) == [0.5, 0.9, 0.9]


def test_one_step_over_several_thresholds_announces_the_highest_only() -> None:
    """10 -> 97 %, the reset, 3 %, and 97 % again: once each."""
    readings = [
        seen(0.10),
        seen(0.97, MINUTE),
        seen(0.97, 5 * HOUR + 2 * MINUTE),  # a reading that does not agree: same reset, same figure
        seen(0.03, 5 * HOUR + 5 * MINUTE, resets_at=RESET + 5 * HOUR),
        seen(0.97, 6 * HOUR, resets_at=RESET + 5 * HOUR),
    ]

    assert announced(readings, (0.5, 0.8, 0.95)) == [0.95, 0.95]


def test_a_figure_without_a_reset_is_announced_anew_once_it_has_clearly_fallen() -> None:
    """A budget that is raised, a window that rolls: 92 %, down to 60 %, up again; small falls are no recovery."""
    shares = (0.92, 0.88, 0.91, 0.83, 0.92, 0.6, 0.72, 0.78, 0.92, 0.2, 0.55)

    readings = (seen(used, number * HOUR, resets_at=None) for number, used in enumerate(shares))

    assert announced(readings) == [0.9, 0.75, 0.9, 0.5]


def test_a_lock_without_a_reset_is_over_when_there_is_room_and_can_come_again() -> None:
    shares = (1.0, 1.0, 0.97, 1.0, 0.5, 0.5, 1.0)

    readings = (seen(used, number * HOUR, resets_at=None) for number, used in enumerate(shares))

    assert announced(readings) == ["locked", "back", "locked"]


def test_the_day_from_half_to_locked_and_back() -> None:
    readings = [
        *(seen(used, number * MINUTE) for number, used in enumerate((0.4, 0.51, 0.51, 0.76, 0.92, 1.0, 1.0))),
        seen(0.0, 5 * HOUR + MINUTE, resets_at=None),
        seen(0.02, 5 * HOUR + 6 * MINUTE, resets_at=RESET + 5 * HOUR),
        seen(0.55, 6 * HOUR, resets_at=RESET + 5 * HOUR),
    ]

    assert announced(readings) == [0.5, 0.75, 0.9, "locked", "back", 0.5]


@pytest.mark.parametrize("minutes", [1, 3, 9])
def test_small_moves_of_the_reset_are_the_same_cycle(minutes: int) -> None:
    """To and fro before the reset, and still so when it has passed."""
    moved = [RESET + (minutes * MINUTE if number % 2 else -minutes * MINUTE) for number in range(100)]
    readings = [seen(0.8, number * 3 * MINUTE, resets_at=at) for number, at in enumerate(moved)]

    assert announced(readings) == [0.75]


def test_a_reset_restated_late_is_no_new_cycle() -> None:
    """The reset has passed, the vendor has not noticed yet: the same figure, the reset a minute later."""
    readings = [seen(0.8), *(seen(0.8, 5 * HOUR + number * MINUTE, resets_at=RESET + MINUTE) for number in range(5))]

    assert announced(readings) == [0.75]


def test_a_reset_that_jumps_early_alerts_again_only_after_the_old_one() -> None:
    """The vendor resets everybody two hours early: 3 % and a new reset. Nothing twice until the old reset passes."""
    early = RESET + 3 * HOUR
    readings = [
        seen(0.92),
        seen(0.03, 3 * HOUR, resets_at=early),
        seen(0.80, 4 * HOUR, resets_at=early),
        seen(0.81, 5 * HOUR + MINUTE, resets_at=early),
    ]

    assert announced(readings) == [0.9, 0.75]


def test_a_reset_stated_a_little_late_does_not_announce_the_next_cycle_twice() -> None:
    """The next cycle's first reading comes a second before the old reset as it was stated: locked once, not twice."""
    late = RESET + SECOND
    readings = [
        seen(0.1, resets_at=late),
        seen(1.0, 5 * HOUR, resets_at=RESET + 5 * HOUR),
        seen(1.0, 5 * HOUR + MINUTE, resets_at=RESET + 5 * HOUR),
    ]

    assert announced(readings) == ["locked"]


def test_a_new_cycle_that_begins_over_a_threshold_says_so() -> None:
    """Long away: the next reading is of the next window, already at 60 %."""
    assert announced([seen(0.6), seen(0.6, 9 * HOUR, resets_at=RESET + 6 * HOUR)]) == [0.5, 0.5]


def test_a_window_not_started_in_between_is_a_new_cycle_once() -> None:
    idle = [seen(0.0, 5 * HOUR + number * MINUTE, resets_at=None) for number in range(5)]

    assert announced([seen(1.0), *idle, seen(0.5, 6 * HOUR, resets_at=RESET + 6 * HOUR)]) == ["locked", "back", 0.5]


def test_not_started_before_the_reset_is_no_new_cycle() -> None:
    """A placeholder in the middle of the window announces nothing, and neither does its end."""
    readings = [seen(0.8), seen(0.0, HOUR, resets_at=None), seen(0.8, 2 * HOUR)]

    assert announced(readings) == [0.75]


def test_figures_that_may_not_alert_leave_no_trace() -> None:
    """Stale, back-filled or doubtful: the fresh one after it alerts all the same."""
    assert announced([seen(0.8, may_alert=False)]) == []
    assert announced([seen(0.8, may_alert=False), seen(0.8, MINUTE)]) == [0.75]
    assert announced([seen(None), seen(0.6, MINUTE)]) == [0.5]


def test_locked_and_paying_are_said_once_each() -> None:
    readings = [seen(1.0), seen(1.0, MINUTE, paying=True), seen(1.1, 2 * MINUTE), seen(1.2, 3 * MINUTE, paying=True)]

    assert announced(readings) == ["locked", "paying"]


def test_only_a_lockout_is_followed_by_back() -> None:
    after = seen(0.01, 5 * HOUR + MINUTE, resets_at=RESET + 5 * HOUR)

    assert announced([seen(1.0), after]) == ["locked", "back"]
    assert announced([seen(1.0, paying=True), after]) == ["paying"]
    assert announced([seen(0.95), after]) == [0.9]


def test_no_threshold_is_announced_below_a_lockout() -> None:
    """Full, then a little back after a correction: 95 % in the same cycle is no news."""
    assert announced([seen(1.0), seen(0.95, MINUTE), seen(0.6, 2 * MINUTE), seen(0.8, 3 * MINUTE)]) == ["locked"]


def test_when_it_was_used_up_is_remembered_for_the_cycle() -> None:
    _, told = due(seen(1.0, MINUTE), None, THRESHOLDS)
    _, told = due(seen(1.0, 9 * MINUTE), told, THRESHOLDS)

    assert told.used_up_at == NOW + MINUTE

    _, told = due(seen(0.1, 5 * HOUR + MINUTE, resets_at=RESET + 5 * HOUR), told, THRESHOLDS)

    assert told.used_up_at is None


def test_thresholds_changed_by_the_user_apply_from_then_on() -> None:
    alert, told = due(seen(0.6), None, (0.5,))
    again, told = due(seen(0.6, MINUTE), told, (0.55, 0.8))

    assert alert is not None
    assert again is not None
    assert again.threshold == 0.55


READINGS = st.lists(
    st.tuples(
        st.floats(0, 1.2),
        st.integers(1, 90),  # minutes since the one before
        st.integers(-300, 300),  # seconds by which the reset is restated
        st.booleans(),
    ),
    min_size=1,
    max_size=80,
)


@given(READINGS)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_no_threshold_is_ever_announced_twice_in_one_cycle(steps: list[tuple[float, int, int, bool]]) -> None:
    """Cycles of five hours, each with any figures in any order and a reset that wobbles by up to 5 minutes."""
    told: Told | None = None
    said: dict[tuple[int, object], int] = {}
    at = timedelta()
    for used, minutes, wobble, may_alert in steps:
        at += minutes * MINUTE
        cycle = at // (5 * HOUR)
        resets_at = NOW + (cycle + 1) * 5 * HOUR + wobble * SECOND
        alert, told = due(seen(used, at, resets_at=resets_at, may_alert=may_alert), told, THRESHOLDS)
        if alert is not None:
            what = (cycle, alert.threshold or alert.kind)
            said[what] = said.get(what, 0) + 1

    assert all(count == 1 for count in said.values())


# ---- how many ----------------------------------------------------------------------------------------------


def test_three_in_ten_minutes_and_twenty_a_day() -> None:
    assert room([], NOW) == 3
    assert room([NOW - MINUTE] * 2, NOW) == 1
    assert room([NOW - MINUTE] * 3, NOW) == 0
    assert room([NOW - 10 * MINUTE] * 3, NOW) == 3
    assert room([NOW - HOUR] * 19, NOW) == 1
    assert room([NOW - HOUR] * 20, NOW) == 0
    assert room([NOW - DAY] * 20, NOW) == 3


def test_notifications_of_a_clock_that_was_ahead_take_no_room_for_ever() -> None:
    """Three sent when it was said to be next year; only those of the next minutes may be of this moment."""
    assert room([NOW + 365 * DAY] * 30, NOW) == 3
    assert room([NOW + 2 * MINUTE] * 3, NOW) == 0


def stop(window: str, kind: AlertKind = AlertKind.LOCKED, account: str = "a") -> Alert:
    return Alert(kind=kind, provider="p", account=account, window=window)


def test_of_two_windows_that_lock_at_once_the_longer_one_speaks() -> None:
    ends = {("p", "a", "five_hour"): NOW + HOUR, ("p", "a", "week"): NOW + DAY, ("p", "b", "five_hour"): NOW + HOUR}
    threshold = Alert(kind=AlertKind.THRESHOLD, provider="p", account="a", window="model", threshold=0.5)

    kept = one_stop_per_account([stop("five_hour"), stop("week"), threshold, stop("five_hour", account="b")], ends)

    assert kept == [threshold, stop("week"), stop("five_hour", account="b")]


def test_one_whose_end_is_unknown_counts_as_the_longest() -> None:
    ends = {("p", "a", "five_hour"): NOW + HOUR, ("p", "a", "week"): None}

    assert one_stop_per_account([stop("week"), stop("five_hour")], ends) == [stop("week")]
