"""Which alerts wait, until when, and what of them is still true then."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usagetray.domain.alerts import Alert, AlertKind
from usagetray.domain.holding_back import (
    ALL,
    Decision,
    Held,
    LeftOut,
    Snooze,
    Standing,
    Waiting,
    decide,
    hold,
    quiet_until,
    snooze_until,
)
from usagetray.domain.states import Level

BERLIN, KATHMANDU, NEW_YORK = (ZoneInfo(name) for name in ("Europe/Berlin", "Asia/Kathmandu", "America/New_York"))
QUIET = (time(22), time(7))
SESSION, WEEK = ("example", "a", "session"), ("example", "a", "week")
HOUR = timedelta(hours=1)


def at(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> datetime:
    """An instant, by what a clock shows there."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def alert(kind: AlertKind = AlertKind.THRESHOLD, of: tuple[str, str, str] = SESSION, threshold: float = 0.75) -> Alert:
    return Alert(kind=kind, provider=of[0], account=of[1], window=of[2], threshold=threshold)


def waiting(number: int, what: Alert, due: str, held_for: Held | None = None) -> Waiting:
    return Waiting(id=number, alert=what, due_at=at(due), held_for=held_for)


def decided(
    *rows: Waiting,
    now: str,
    quiet: tuple[time, time] | None = QUIET,
    **windows: float,
) -> Decision:
    """`windows`: by key, how much of each is used now."""
    standing = {("example", "a", key): Standing(used=used) for key, used in windows.items()}
    return decide(rows, at(now), BERLIN, quiet=quiet, snoozes=(), standing=standing)


# ---- quiet hours -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-11-20 21:59", None),
        ("2026-11-20 22:00", "2026-11-21 07:00"),
        ("2026-11-21 00:30", "2026-11-21 07:00"),
        ("2026-11-21 06:59", "2026-11-21 07:00"),
        ("2026-11-21 07:00", None),
    ],
)
def test_quiet_hours_begin_and_end_by_the_clock(now: str, ends: str | None) -> None:
    assert quiet_until(at(now), BERLIN, QUIET) == (at(ends) if ends else None)


def test_quiet_hours_of_a_day_do_not_pass_midnight() -> None:
    lunch = (time(12), time(13, 30))

    assert quiet_until(at("2026-11-20 12:10"), BERLIN, lunch) == at("2026-11-20 13:30")
    assert quiet_until(at("2026-11-20 23:00"), BERLIN, lunch) is None


def test_a_night_on_which_the_clock_is_set_forward_is_an_hour_shorter() -> None:
    """29 March 2026, 02:00 to 03:00: eight hours instead of nine."""
    begins = at("2026-03-28 22:00")

    assert quiet_until(begins, BERLIN, QUIET) == begins + 8 * HOUR == at("2026-03-29 07:00")


def test_a_night_on_which_the_clock_is_set_back_is_an_hour_longer() -> None:
    """25 October 2026, 03:00 to 02:00."""
    begins = at("2026-10-24 22:00")

    assert quiet_until(begins, BERLIN, QUIET) == begins + 10 * HOUR == at("2026-10-25 07:00")


def test_an_end_that_the_clock_shows_twice_is_the_second_and_quiet_hours_come_once() -> None:
    """02:30 on 25 October: between the two nothing is told, and after it nothing is held back again."""
    quiet = (time(22), time(2, 30))
    ends = at("2026-10-25 02:30", fold=1)

    minutes = [at("2026-10-24 22:00") + timedelta(minutes=each) for each in range(600)]
    held = [each for each in minutes if quiet_until(each, BERLIN, quiet)]
    assert held == [each for each in minutes if each < ends]


def test_an_end_that_no_clock_shows_keeps_the_usual_length() -> None:
    """02:30 on 29 March is passed over: the end is 03:30, four and a half hours after 22:00."""
    begins = at("2026-03-28 22:00")

    assert quiet_until(begins, BERLIN, (time(22), time(2, 30))) == begins + 4.5 * HOUR == at("2026-03-29 03:30")


def test_a_traveller_has_quiet_hours_where_they_are() -> None:
    """03:00 in Berlin is 21:00 in New York: nothing is held back there yet."""
    now = at("2026-11-21 03:00")

    assert quiet_until(now, BERLIN, QUIET) is not None
    assert quiet_until(now, NEW_YORK, QUIET) is None
    assert quiet_until(now, KATHMANDU, QUIET) is None  # 07:45


@settings(max_examples=60, deadline=None)
@given(
    minutes=st.integers(0, 2 * 365 * 1440),
    zone=st.sampled_from([BERLIN, KATHMANDU, NEW_YORK, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Pacific/Apia")]),
    quiet=st.tuples(st.times(), st.times()).filter(lambda each: each[0] != each[1]),
)
def test_quiet_hours_always_end_within_a_day_or_so(minutes: int, zone: ZoneInfo, quiet: tuple[time, time]) -> None:
    now = at("2026-01-01 00:00") + timedelta(minutes=minutes)
    ends_at = quiet_until(now, zone, quiet)

    assert ends_at is None or now < ends_at < now + timedelta(hours=26)
    if ends_at is not None:
        again = quiet_until(ends_at, zone, quiet)
        assert again is None or again > ends_at


# ---- snoozes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "now", "quiet", "until"),
    [
        ("1h", "2026-11-20 20:20", None, "2026-11-20 21:20"),
        ("reset", "2026-11-20 20:20", None, "2026-11-20 21:00"),
        ("tomorrow", "2026-11-20 20:20", None, "2026-11-21 08:00"),
        ("tomorrow", "2026-11-20 20:20", QUIET, "2026-11-21 07:00"),
        ("tomorrow", "2026-11-20 20:20", (time(12), time(13, 30)), "2026-11-21 08:00"),
        ("tomorrow", "2026-11-21 01:00", None, "2026-11-21 08:00"),
        ("tomorrow", "2026-11-21 06:00", None, "2026-11-22 08:00"),
        ("tomorrow", "2026-11-21 06:00", QUIET, "2026-11-21 07:00"),
        ("tomorrow", "2026-11-21 07:30", QUIET, "2026-11-22 07:00"),
    ],
)
def test_a_snooze_ends_when_its_words_say(choice: str, now: str, quiet: tuple[time, time] | None, until: str) -> None:
    """Resets at 21:00 tonight, and on Monday. In the small hours "tomorrow" is the morning to come."""
    resets = [at("2026-11-23 09:00"), at("2026-11-20 21:00"), at("2026-11-20 19:00"), None]

    assert snooze_until(choice, at(now), BERLIN, quiet, resets) == at(until)


def test_without_a_reset_ahead_there_is_no_snooze_until_it() -> None:
    assert snooze_until("reset", at("2026-11-20 20:20"), BERLIN, None, [None, at("2026-11-20 19:00")]) is None
    assert snooze_until("for ever", at("2026-11-20 20:20"), BERLIN, None, []) is None


@pytest.mark.parametrize("kind", AlertKind)
def test_only_a_stop_a_payment_and_a_key_come_through_quiet_hours_and_a_snooze_of_all(kind: AlertKind) -> None:
    comes_through = kind in (
        *(AlertKind.LOCKED, AlertKind.PAYING, AlertKind.PAYING_AMOUNT),
        AlertKind.BILLING_ROUTE,
    )
    night, evening = at("2026-11-20 23:00"), at("2026-11-20 20:00")

    assert (hold(alert(kind), night, BERLIN, QUIET) is None) is comes_through
    assert (hold(alert(kind), evening, BERLIN, None, [Snooze(until_at=night)]) is None) is comes_through


def test_a_snooze_of_one_limit_holds_all_of_it_back_and_nothing_else() -> None:
    now, until = at("2026-11-20 20:00"), at("2026-11-20 21:00")
    snoozes = [Snooze(of=SESSION, until_at=until)]

    for kind in (AlertKind.LOCKED, AlertKind.THRESHOLD):
        found = hold(alert(kind), now, BERLIN, None, snoozes)
        assert found is not None
        assert (found.why, found.until_at) == (Held.SNOOZED, until)
    assert hold(alert(of=WEEK), now, BERLIN, None, snoozes) is None
    assert hold(alert(), until, BERLIN, None, snoozes) is None


def test_of_two_that_hold_it_back_the_later_end_counts() -> None:
    found = hold(alert(), at("2026-11-20 23:00"), BERLIN, QUIET, [Snooze(of=ALL, until_at=at("2026-11-20 23:30"))])

    assert found is not None
    assert (found.why, found.until_at) == (Held.QUIET, at("2026-11-21 07:00"))


# ---- the morning -------------------------------------------------------------------------------------------


def test_in_quiet_hours_it_is_held_and_in_the_morning_told_with_the_rest() -> None:
    """A threshold of the night, and one that is new at 07:00: one digest of both."""
    night = waiting(1, alert(), "2026-11-21 02:00", Held.QUIET)
    fresh = waiting(2, alert(of=WEEK), "2026-11-21 07:00")

    assert set(decided(night, now="2026-11-21 02:00", session=0.8).hold) == {1}
    assert decided(night, fresh, now="2026-11-21 07:00", session=0.8, week=0.8) == Decision(digest=(1, 2))


@pytest.mark.parametrize(
    ("what", "standing", "still"),
    [
        (alert(threshold=0.75), Standing(used=0.80), True),
        (alert(threshold=0.75), Standing(used=0.03), False),
        (alert(threshold=0.75), Standing(used=None), False),
        (alert(threshold=0.75), Standing(used=1.0, level=Level.LOCKED, is_locked=True), False),
        (alert(threshold=0.75), None, False),
        (alert(threshold=0.75), Standing(used=0.80, resets_at=at("2026-11-21 07:00") + timedelta(seconds=3)), False),
        (alert(threshold=0.75), Standing(used=0.80, resets_at=at("2026-11-21 07:11")), True),
        (alert(AlertKind.LOCKED), Standing(used=1.0, is_locked=True, resets_at=at("2026-11-21 07:01")), False),
        (alert(AlertKind.BACK), Standing(used=0.1), True),
        (alert(AlertKind.BACK), Standing(used=1.0, is_locked=True), False),
        (alert(AlertKind.LOCKED), Standing(used=1.0, is_locked=True), True),
        (alert(AlertKind.LOCKED), Standing(used=0.0), False),
        (alert(AlertKind.PAYING), Standing(used=1.0, is_paid=True), True),
        (alert(AlertKind.PAYING_AMOUNT), Standing(used=1.0), False),
        (alert(AlertKind.BUDGET, threshold=1.0), Standing(used=1.1), True),
        (alert(AlertKind.FORECAST), Standing(used=0.8, runs_out=True), True),
        (alert(AlertKind.FORECAST, threshold=0.75), Standing(used=0.8), True),
        (alert(AlertKind.FORECAST, threshold=0.75), Standing(used=0.03), False),
        (alert(AlertKind.FORECAST), Standing(used=1.0, level=Level.LOCKED, runs_out=True), False),
        (alert(AlertKind.SPIKE), None, True),
        (alert(AlertKind.BILLING_ROUTE), None, True),
    ],
)
def test_what_is_no_longer_so_is_left_out(what: Alert, standing: Standing | None, still: bool) -> None:
    night = Waiting(id=1, alert=what, due_at=at("2026-11-21 02:00"), held_for=Held.SNOOZED)
    there = {} if standing is None else {SESSION: standing}

    found = decide([night], at("2026-11-21 07:00"), BERLIN, quiet=QUIET, snoozes=(), standing=there)

    assert found == (Decision(digest=(1,)) if still else Decision(leave_out={1: LeftOut.OVERTAKEN}))


def test_of_several_thresholds_of_one_limit_the_last_speaks() -> None:
    rows = [
        waiting(number, alert(threshold=threshold), f"2026-11-21 0{number}:00", Held.QUIET)
        for number, threshold in enumerate((0.5, 0.75, 0.9), 1)
    ]

    found = decided(*rows, now="2026-11-21 07:00", session=0.92)

    assert found == Decision(digest=(3,), leave_out={1: LeftOut.OVERTAKEN, 2: LeftOut.OVERTAKEN})


def test_a_forecast_and_a_later_threshold_of_one_limit_are_one_figure() -> None:
    foreseen = waiting(1, alert(AlertKind.FORECAST), "2026-11-21 01:00", Held.QUIET)
    passed = waiting(2, alert(threshold=0.9), "2026-11-21 02:00", Held.QUIET)

    found = decided(foreseen, passed, now="2026-11-21 07:00", session=0.92)

    assert found == Decision(digest=(2,), leave_out={1: LeftOut.OVERTAKEN})


def test_a_spike_of_the_day_before_yesterday_is_no_news() -> None:
    spike = waiting(1, alert(AlertKind.SPIKE), "2026-11-19 02:00", Held.QUIET)

    assert decided(spike, now="2026-11-21 07:00").leave_out == {1: LeftOut.OVERTAKEN}


def test_one_earned_in_quiet_hours_just_before_a_crash_is_told_in_the_morning_all_the_same() -> None:
    """Nothing noted why it waits; at any other time it would be too late for it."""
    night = waiting(1, alert(), "2026-11-21 02:00")

    assert decided(night, now="2026-11-21 07:00", session=0.8) == Decision(digest=(1,))
    assert decided(night, now="2026-11-21 07:00", quiet=None, session=0.8).leave_out == {1: LeftOut.LATE}


def test_what_does_not_wait_stands_beside_the_digest() -> None:
    night = waiting(1, alert(), "2026-11-21 02:00", Held.QUIET)
    stop = waiting(2, alert(AlertKind.LOCKED, WEEK), "2026-11-21 07:00")

    assert decided(night, stop, now="2026-11-21 07:00", session=0.8) == Decision(show=(2,), digest=(1,))


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(list(AlertKind)),
            st.sampled_from([SESSION, WEEK]),
            st.integers(0, 4000),
            st.sampled_from([None, *Held]),
        ),
        max_size=8,
    ),
    used=st.none() | st.floats(0, 1.2),
    snoozed=st.sampled_from([(), (ALL,), (SESSION,), (SESSION, ALL)]),
    hour=st.integers(0, 23),
)
def test_each_alert_that_waits_has_exactly_one_fate(
    rows: list[tuple[AlertKind, tuple[str, str, str], int, Held | None]],
    used: float | None,
    snoozed: tuple[tuple[str, str, str], ...],
    hour: int,
) -> None:
    now = at(f"2026-11-21 {hour:02}:00")
    there = [
        Waiting(id=number, alert=alert(kind, of), due_at=now - timedelta(minutes=minutes), held_for=held)
        for number, (kind, of, minutes, held) in enumerate(rows)
    ]

    found = decide(
        there,
        now,
        BERLIN,
        quiet=QUIET,
        snoozes=[Snooze(of=of, until_at=now + HOUR) for of in snoozed],
        standing={SESSION: Standing(used=used), WEEK: Standing(used=used)},
    )

    fates = [*found.show, *found.digest, *found.hold, *found.leave_out]
    assert sorted(fates) == [each.id for each in there]
