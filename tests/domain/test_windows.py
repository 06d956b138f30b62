"""Which reading of a window is shown, and what may still be said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from usagetray.domain import windows
from usagetray.domain.states import Level, WindowState
from usagetray.model import Account, Money, MoneyKind, MoneyLine, Snapshot, UsageWindow

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def window(key: str = "five_hour", used: float | None = 0.4, resets_in: timedelta | None = HOUR) -> UsageWindow:
    resets_at = None if resets_in is None else NOW + resets_in
    return UsageWindow(key=key, label="Session", utilization=used, resets_at=resets_at, length=5 * HOUR)


def said(*stated: UsageWindow, ago: timedelta = timedelta(), by: str = "s", dropped: tuple[str, ...] = ()) -> Snapshot:
    return Snapshot(
        provider_id="p",
        strategy_id=by,
        account=Account(id="a"),
        captured_at=NOW - ago,
        windows=stated,
        dropped=dropped,
    )


COVER = MoneyLine(kind=MoneyKind.OVERAGE, label="Credits", used=Money(amount=Decimal(1), currency="USD"), covers=True)


# ---- the newest of several ---------------------------------------------------------------------------------


def test_each_window_is_shown_as_last_stated_by_anybody() -> None:
    """The status line is newer but knows no week of one model: that one stays as the endpoint said it."""
    line = said(window(used=0.5), ago=MINUTE, by="status_line")
    endpoint = said(window(used=0.4), window("model"), ago=10 * MINUTE, by="endpoint")

    shown = windows.newest(((line, "/h"), (endpoint, "/h")), NOW)

    assert [(each.window.key, each.window.utilization, each.strategy_id) for each in shown] == [
        ("five_hour", 0.5, "status_line"),
        ("model", 0.4, "endpoint"),
    ]


def test_at_equal_age_the_preferred_source_speaks() -> None:
    shown = windows.newest(((said(by="x"), "/h"), (said(window(), by="a"), "/h"), (said(window(), by="b"), "/h")), NOW)

    assert [each.strategy_id for each in shown] == ["a"]


def test_a_running_window_wins_over_a_newer_telling_of_one_that_has_ended() -> None:
    """A session left open repeats the former window."""
    old = said(window(used=1.0, resets_in=-HOUR), by="status_line")
    running = said(window(used=0.1), ago=20 * MINUTE, by="endpoint")

    assert windows.newest(((old, "/h"), (running, "/h")), NOW)[0].strategy_id == "endpoint"


@pytest.mark.parametrize(
    ("line", "minutes", "shown"),
    [
        (0.40, 1, 0.55),  # an idle session, whose status line was drawn again
        (0.60, 1, 0.60),  # one that goes on
        (0.545, 1, 0.545),  # the same, rounded otherwise
        (0.40, -1, 0.55),
    ],
)
def test_a_session_left_open_does_not_take_back_what_the_server_answered(
    line: float, minutes: int, shown: float
) -> None:
    endpoint = (said(window(used=0.55), ago=5 * MINUTE, by="endpoint"), "/h")
    status = (said(window(used=line), ago=(5 - minutes) * MINUTE, by="status_line"), "/h")

    for both in ((endpoint, status), (status, endpoint)):
        (found,) = windows.newest(both, NOW, {"endpoint"})
        assert found.window.utilization == shown


def test_a_lower_figure_counts_when_the_server_says_it_or_has_said_nothing_for_long_or_in_a_later_cycle() -> None:
    lower = (said(window(used=0.2), by="status_line"), "/h")
    long_ago = (said(window(used=0.55), ago=HOUR, by="endpoint"), "/h")
    before = (said(window(used=0.55, resets_in=10 * MINUTE), ago=5 * MINUTE, by="endpoint"), "/h")
    answered = (said(window(used=0.2), by="endpoint"), "/h")
    higher = (said(window(used=0.55), ago=5 * MINUTE, by="status_line"), "/h")

    for both in ((lower, long_ago), (lower, before), (higher, answered)):
        assert windows.newest(both, NOW, {"endpoint"})[0].window.utilization == 0.2


def test_a_window_with_its_own_time_is_as_old_as_that() -> None:
    late = said(replace(window(used=0.2), captured_at=NOW - HOUR), by="a")

    shown = windows.newest(((late, "/h"), (said(window(used=0.3), ago=MINUTE, by="b"), "/h")), NOW)

    assert [each.window.utilization for each in shown] == [0.3]


# ---- unreadable fields -------------------------------------------------------------------------------------


def test_a_lost_figure_is_carried_over_with_its_time() -> None:
    former = said(window(used=0.4), window("week", 0.3), ago=5 * MINUTE)

    whole = windows.carried_over(said(window(used=None), dropped=("x",)), former, NOW)

    assert [(each.key, each.utilization, each.captured_at) for each in whole.windows] == [
        ("five_hour", 0.4, NOW - 5 * MINUTE),
        ("week", 0.3, NOW - 5 * MINUTE),
    ]


NOT_CARRIED = {
    "nothing was unreadable": (said(window(used=None)), said(window())),
    "a new figure": (said(window(used=0.5), dropped=("x",)), said(window())),
    "a later cycle": (said(window(used=None, resets_in=6 * HOUR), dropped=("x",)), said(window())),
    "the old one has ended": (said(window(used=None), dropped=("x",)), said(window(resets_in=-HOUR))),
    "there never was one": (said(window(used=None), dropped=("x",)), said(window(used=None))),
    "unlimited by now": (said(replace(window(used=None), unlimited=True), dropped=("x",)), said(window())),
    "no former answer": (said(window(used=None), dropped=("x",)), None),
}


@pytest.mark.parametrize(("new", "former"), NOT_CARRIED.values(), ids=NOT_CARRIED)
def test_nothing_else_is_carried_over(new: Snapshot, former: Snapshot | None) -> None:
    assert windows.carried_over(new, former, NOW) == new


def test_a_figure_carried_twice_keeps_its_first_time() -> None:
    first = said(window(used=0.4), ago=10 * MINUTE)
    second = windows.carried_over(said(window(used=None), ago=5 * MINUTE, dropped=("x",)), first, NOW)

    third = windows.carried_over(said(window(used=None), dropped=("x",)), second, NOW)

    assert third.windows[0].captured_at == NOW - 10 * MINUTE


# ---- state and level ---------------------------------------------------------------------------------------

STATES = [
    (window(), (), WindowState.OK, Level.NORMAL),
    (window(used=0.7499), (), WindowState.OK, Level.NORMAL),
    (window(used=0.75), (), WindowState.OK, Level.WARNING),
    (window(used=0.90), (), WindowState.OK, Level.CRITICAL),
    (window(used=1.0), (), WindowState.LOCKED, Level.LOCKED),
    (window(used=1.05), (), WindowState.LOCKED, Level.LOCKED),
    (window(used=1.05), (COVER,), WindowState.OK, Level.PAYING),
    (replace(window(used=1.0), locks=False), (), WindowState.LOCKED, Level.CRITICAL),
    (window(used=None), (), WindowState.UNKNOWN, Level.NORMAL),
    (window(used=0.0, resets_in=None), (), WindowState.NOT_STARTED, Level.NORMAL),
    (window(used=0.0), (), WindowState.OK, Level.NORMAL),
    (replace(window(used=None), unlimited=True), (), WindowState.UNLIMITED, Level.NORMAL),
    (window(used=1.0, resets_in=-60 * SECOND), (), WindowState.ENDED, Level.NORMAL),
    (window(used=1.0, resets_in=-59 * SECOND), (), WindowState.LOCKED, Level.LOCKED),
]


@pytest.mark.parametrize(("stated", "money", "state", "level"), STATES)
def test_a_window_s_state_and_level(
    stated: UsageWindow, money: tuple[MoneyLine, ...], state: WindowState, level: Level
) -> None:
    judged = windows.state(stated, money, NOW)

    assert judged is state
    assert windows.level(stated, judged) is level


# ---- age ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "stale_after"), [(2, 10), (4, 10), (5, 10), (15, 30), (30, 60)])
def test_a_polled_figure_is_stale_after_twice_its_interval_and_ten_minutes_at_least(
    minutes: int, stale_after: int
) -> None:
    at = windows.stale_at(NOW, interval=minutes * MINUTE, active_at=NOW)

    assert at == NOW + stale_after * MINUTE
    assert not windows.is_stale(NOW, at, at - SECOND)
    assert windows.is_stale(NOW, at, at)


PASSIVE = [
    (None, 30),  # there are no logs to go by
    (-60 * MINUTE, None),  # nobody worked since: it still holds
    (5 * SECOND, None),  # the very message that brought it
    (MINUTE, 11),
    (15 * MINUTE, 25),
    (25 * MINUTE, 30),
]


@pytest.mark.parametrize(("active", "stale_after"), PASSIVE)
def test_a_passive_figure_is_stale_after_half_an_hour_or_ten_minutes_of_newer_work(
    active: timedelta | None, stale_after: int | None
) -> None:
    """A machine at rest is not stale merely because nobody worked."""
    at = windows.stale_at(NOW, interval=None, active_at=None if active is None else NOW + active)

    assert at == (None if stale_after is None else NOW + stale_after * MINUTE)


def test_a_figure_from_the_future_is_stale_at_once() -> None:
    """Its age means nothing: it was made under another clock."""
    assert windows.is_stale(NOW + 3 * MINUTE, NOW + HOUR, NOW)
    assert not windows.is_stale(NOW + MINUTE, NOW + HOUR, NOW)
