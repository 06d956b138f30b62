"""When a source is asked next: pure, so whole days of it are played here in a moment."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usagetray.domain.attempts import Attempt
from usagetray.domain.cadence import Decision, Signals, next_attempt
from usagetray.errors import Cause

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
KEY = "p/home/s"

Answer = Callable[[int, datetime], Attempt]
"""(how manieth request, when) -> how it ended."""


def ended(cause: Cause | None, at: datetime = NOW, **more: object) -> Attempt:
    return Attempt(at=at, ended_at=at + SECOND, cause=cause, **more)  # type: ignore[arg-type]


def always(cause: Cause | None, **more: object) -> Answer:
    return lambda number, at: ended(cause, at, **more)


def play(
    answer: Answer,
    span: timedelta,
    signals: Callable[[datetime], Signals] = lambda now: Signals(),
    *,
    key: str = KEY,
    before: tuple[Attempt, ...] = (),
    begins: datetime = NOW,
) -> list[Attempt]:
    """Asks whenever it is due; only stored attempts are remembered from one decision to the next."""
    attempts = list(before)
    now = begins
    while now < begins + span:
        decision = next_attempt(tuple(attempts[-40:]), signals(now), now, key=key)
        if decision.at is None:
            break
        if decision.at <= now:
            attempts.append(answer(len(attempts), now))
            now += SECOND
        else:
            now = decision.at
    return attempts[len(before) :]


def gaps(attempts: list[Attempt]) -> list[timedelta]:
    return [later.at - earlier.at for earlier, later in itertools.pairwise(attempts)]


def decided(*attempts: Attempt, now: datetime | None = None, **signals: object) -> Decision:
    """What is decided a second after the last attempt."""
    now = now or attempts[-1].at + SECOND
    return next_attempt(attempts, Signals(**signals), now, key=KEY)  # type: ignore[arg-type]


# ---- the ordinary interval ---------------------------------------------------------------------------------

INTERVALS = [
    ({}, 5),
    ({"near_threshold": True}, 2),
    ({"idle": True}, 15),
    ({"idle": True, "near_threshold": True}, 15),
    ({"saving": True}, 10),
    ({"saving": True, "near_threshold": True}, 4),
    ({"idle": True, "saving": True}, 30),
    ({"every": 30 * MINUTE, "idle": True}, 30),
    ({"every": MINUTE}, 2),
]


@pytest.mark.parametrize(("signals", "minutes"), INTERVALS)
def test_the_interval_follows_use_thresholds_and_battery(signals: dict[str, object], minutes: int) -> None:
    """Between 2 and 30 minutes; the next request within a tenth of it."""
    decision = decided(ended(None), **signals)

    assert decision.interval == minutes * MINUTE
    assert decision.at is not None
    assert abs(decision.at - NOW - minutes * MINUTE) <= minutes * MINUTE * 0.1


def test_a_throttling_server_is_not_asked_faster_near_a_threshold() -> None:
    """A 429 within the last hour: 5 minutes instead of 2."""
    former = ended(Cause.RATE_LIMITED, NOW - 30 * MINUTE)

    assert decided(former, ended(None), near_threshold=True).interval == 5 * MINUTE
    assert decided(replace(former, at=NOW - 2 * HOUR), ended(None), near_threshold=True).interval == 2 * MINUTE


def test_many_sources_do_not_ask_in_the_same_second() -> None:
    due = {next_attempt((ended(None),), Signals(), NOW, key=f"source {number}").at for number in range(50)}

    assert len(due) == 50


def test_a_decision_does_not_change_while_nothing_happens() -> None:
    """Rolled anew at each look, a random wait would end at its shortest."""
    looks = {decided(ended(None), now=NOW + second * SECOND).at for second in range(1, 200)}

    assert len(looks) == 1


# ---- rate limits -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_an_endless_429_costs_four_requests_in_an_hour_and_thirty_in_a_day(seed: int) -> None:
    """Waits of 5, 10, 20, 40, 60, 60 ... minutes, each up to a fifth longer."""
    attempts = play(always(Cause.RATE_LIMITED), 24 * HOUR, key=f"source {seed}")

    waits = [gap / MINUTE for gap in gaps(attempts)]
    assert len([each for each in attempts if each.at < NOW + HOUR]) <= 4
    assert len(attempts) <= 30
    for wait, least in zip(waits, (5, 10, 20, 40, *[60] * 30), strict=False):
        assert least <= wait <= least * 1.2 + 0.1


@pytest.mark.parametrize(
    ("asked", "least"), [(2 * MINUTE, 5 * MINUTE), (2 * HOUR, 2 * HOUR), (24 * HOUR, 6 * HOUR), (None, 5 * MINUTE)]
)
def test_a_server_s_wait_is_a_lower_bound_of_at_most_six_hours(asked: timedelta | None, least: timedelta) -> None:
    decision = decided(ended(Cause.RATE_LIMITED, retry_after=asked))

    assert decision.at is not None
    assert least <= decision.at - NOW <= max(least, 6 * MINUTE) + SECOND


CAUSES = st.sampled_from([Cause.RATE_LIMITED, Cause.SERVER_ERROR, Cause.OFFLINE, Cause.TIMEOUT, Cause.BAD_DATA])


@given(st.lists(CAUSES, min_size=40, max_size=40), st.booleans())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_other_failures_after_a_429_do_not_loosen_the_limit(causes: list[Cause], clicking: bool) -> None:
    """From the first 429 on, whatever comes but an answer, clicks and all: 4 in an hour, 30 in a day."""
    causes = [Cause.RATE_LIMITED, *causes]
    attempts = play(
        lambda number, at: ended(causes[number % len(causes)], at),
        24 * HOUR,
        lambda now: Signals(near_threshold=True, clicked_at=now if clicking else None),
    )

    assert len([each for each in attempts if each.at < NOW + HOUR]) <= 4
    assert len(attempts) <= 30


def test_a_killed_program_s_request_counts() -> None:
    """429, then requests that never ended because the program was killed each time: the wait still doubles."""
    cut_off = tuple(Attempt(at=NOW + minutes * MINUTE) for minutes in (6, 17))

    decision = decided(ended(Cause.RATE_LIMITED), *cut_off)

    assert decision.at is not None
    assert decision.at >= NOW + 37 * MINUTE


def test_an_answer_ends_the_wait() -> None:
    decision = decided(ended(Cause.RATE_LIMITED, NOW - 6 * MINUTE), ended(None))

    assert decision.reason == "interval"


def test_a_renewed_token_has_its_own_budget() -> None:
    """Vendors count per token: the new one is asked a minute later, and waits for itself alone."""
    former = [ended(Cause.RATE_LIMITED, NOW - minutes * MINUTE, credential="a") for minutes in (35, 15, 0)]

    changed = decided(*former, credential="b")
    own = decided(*former, ended(Cause.RATE_LIMITED, NOW + MINUTE, credential="b"), credential="b")

    assert (changed.at, changed.reason) == (NOW + MINUTE, "the sign-in changed")
    assert own.at is not None
    assert 5 * MINUTE <= own.at - (NOW + MINUTE) <= 6 * MINUTE + SECOND


@given(st.lists(st.integers(1, 20), min_size=1, max_size=40))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_restarts_shorten_nothing(minutes: list[int]) -> None:
    """Decisions read nothing but stored attempts: made anew after any pauses, they are those of one long run."""
    one_run = play(always(Cause.RATE_LIMITED), 10 * HOUR)

    attempts: list[Attempt] = []
    now = NOW
    for pause in minutes:
        attempts += play(always(Cause.RATE_LIMITED), pause * MINUTE, before=tuple(attempts), begins=now)
        now += pause * MINUTE

    assert [each.at for each in attempts] == [each.at for each in one_run if each.at < now][: len(attempts)]


# ---- refusals ----------------------------------------------------------------------------------------------


def test_two_refusals_of_one_token_end_the_asking() -> None:
    """At 0 and 61-65 s; then never, until the token changes."""
    attempts = play(always(Cause.REFUSED, credential="a"), 24 * HOUR)

    assert len(attempts) == 2
    assert 60 <= gaps(attempts)[0].total_seconds() <= 66
    assert decided(*attempts, credential="a").at is None
    assert decided(*attempts, credential="b").at == attempts[-1].at + MINUTE


def test_a_missing_right_is_asked_about_once_an_hour() -> None:
    attempts = play(always(Cause.NOT_ALLOWED, credential="a"), 24 * HOUR)

    assert set(gaps(attempts)) == {HOUR}


def test_without_anything_to_ask_with_it_is_looked_for_each_minute() -> None:
    """No request goes out for that."""
    for cause in (Cause.EXPIRED, Cause.NOT_CONNECTED, Cause.CREDENTIAL_MALFORMED, Cause.STORE_LOCKED):
        assert decided(ended(cause)).at == NOW + MINUTE


# ---- failures ----------------------------------------------------------------------------------------------


def test_a_failing_server_gets_two_quick_retries_and_then_longer_and_longer_waits() -> None:
    attempts = play(always(Cause.SERVER_ERROR), 6 * HOUR)

    minutes = [gap / MINUTE for gap in gaps(attempts)]
    assert all(1 <= each <= 1.2 for each in minutes[:2])
    for wait, expected in zip(minutes[2:], (5, 10, 20, 30, 30, 30), strict=False):
        assert expected * 0.9 - 0.1 <= wait <= expected * 1.1 + 0.1


# ---- clicks, resets, resumes -------------------------------------------------------------------------------


def test_clicks_are_twenty_seconds_apart_and_other_requests_a_minute() -> None:
    """Clicking all the time for ten minutes: 31 requests at most."""
    attempts = play(always(None), 10 * MINUTE, lambda now: Signals(clicked_at=now))

    assert min(gaps(attempts)) >= 20 * SECOND
    assert len(attempts) <= 31


def test_a_click_before_the_last_request_asks_for_nothing() -> None:
    assert decided(ended(None), clicked_at=NOW - SECOND).reason == "interval"


@pytest.mark.parametrize("minutes", [0.5, 1, 2.9, 3.1, 4, 4.9, 5, 5.4, 7])
@pytest.mark.parametrize("number", range(5))
def test_a_known_reset_brings_one_request_five_to_sixty_seconds_after_it(minutes: float, number: int) -> None:
    """Wherever the ordinary poll would have fallen, also if that is just before the reset."""
    reset = NOW + minutes * MINUTE

    attempts = play(
        always(None), 12 * MINUTE, lambda now: Signals(resets=(reset,)), key=f"source {number}", before=(ended(None),)
    )

    after = [each.at - reset for each in attempts if timedelta() <= each.at - reset <= 61 * SECOND]
    assert len(after) == 1
    assert after[0] >= 5 * SECOND or minutes == 0.5
    assert min(gaps([ended(None), *attempts])) >= MINUTE


def test_a_reset_asked_about_in_vain_is_not_asked_about_again() -> None:
    """The server is gone: one request after the reset, then what any failing server gets."""
    reset = NOW + 3 * MINUTE

    attempts = play(always(Cause.OFFLINE), 20 * MINUTE, lambda now: Signals(resets=(reset,)), before=(ended(None),))

    assert len([each for each in attempts if reset <= each.at <= reset + MINUTE]) == 1
    assert len(attempts) <= 4


def test_a_reset_does_not_bypass_a_rate_limit() -> None:
    decision = decided(ended(Cause.RATE_LIMITED, retry_after=HOUR), resets=(NOW + MINUTE,))

    assert decision.at == NOW + SECOND + HOUR


@pytest.mark.parametrize("cause", [None, Cause.OFFLINE, Cause.SERVER_ERROR])
def test_after_a_resume_it_asks_within_half_a_minute_and_thrice_in_five(cause: Cause | None) -> None:
    """Before it had failed ten times in a row, or not at all: the network is another one now."""
    before = tuple(ended(cause, NOW - (10 - each) * 31 * MINUTE) for each in range(10))

    attempts = play(always(Cause.OFFLINE), 5 * MINUTE, lambda now: Signals(woke_at=NOW), before=before)

    assert 3 * SECOND <= attempts[0].at - NOW <= 20 * SECOND
    assert len(attempts) == 3


def test_a_resume_does_not_bypass_a_rate_limit() -> None:
    decision = decided(ended(Cause.RATE_LIMITED, retry_after=6 * HOUR), now=NOW + HOUR, woke_at=NOW + HOUR)

    assert decision.at == NOW + SECOND + 6 * HOUR


# ---- clocks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cause", [None, Cause.RATE_LIMITED, Cause.REFUSED])
def test_attempts_of_a_clock_that_was_wrong_hold_nothing_up(cause: Cause | None) -> None:
    """Noted two days ahead; a resume noted there is forgotten as well."""
    ahead = ended(cause, NOW + 48 * HOUR)

    decision = decided(ended(None, NOW - 10 * MINUTE), ahead, now=NOW, woke_at=NOW + 48 * HOUR)

    assert decision.at is not None
    assert decision.at <= NOW


def test_a_clock_put_back_a_little_only_waits_a_little_longer() -> None:
    decision = decided(ended(None, NOW + 90 * SECOND), now=NOW)

    assert decision.at is not None
    assert MINUTE <= decision.at - NOW <= 8 * MINUTE


# ---- anything at all ---------------------------------------------------------------------------------------


ANY_CAUSE = st.sampled_from([None, *Cause])
STEPS = st.lists(st.tuples(ANY_CAUSE, st.sampled_from(["a", "b"]), st.integers(0, 2)), min_size=5, max_size=60)


@given(STEPS, st.integers(0, 10**6))
@settings(max_examples=80, deadline=None, derandomize=True)
def test_whatever_happens_automatic_requests_are_a_minute_apart(
    steps: list[tuple[Cause | None, str, int]], seed: int
) -> None:
    """Random answers, tokens, resets, resumes, idling and saving, for six hours."""
    chance = random.Random(seed)
    woke = [NOW + chance.randrange(360) * MINUTE for _ in range(3)]
    resets = tuple(NOW + chance.randrange(360) * MINUTE for _ in range(4))

    def signals(now: datetime) -> Signals:
        return Signals(
            resets=tuple(each for each in resets if each <= now + 5 * MINUTE),
            woke_at=max((each for each in woke if each <= now), default=None),
            near_threshold=bool(seed % 2),
            idle=bool(seed % 3 == 0),
            saving=bool(seed % 5 == 0),
            credential="b" if now > NOW + 3 * HOUR else "a",
        )

    def answer(number: int, at: datetime) -> Attempt:
        cause, credential, _ = steps[number % len(steps)]
        return ended(cause, at, credential=credential)

    attempts = play(answer, 6 * HOUR, signals)

    assert all(gap >= MINUTE for gap in gaps(attempts))
