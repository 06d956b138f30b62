"""From attempts to the one word that is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from usagetray.domain.attempts import Attempt
from usagetray.domain.standing import GRAVITY, STATE_OF, UP_TO_THE_USER, account_state, source_state
from usagetray.domain.states import State
from usagetray.errors import Cause

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def ended(cause: Cause | None, ago: timedelta = timedelta(), token: str = "a") -> Attempt:
    return Attempt(at=NOW - ago, ended_at=NOW - ago, cause=cause, credential=token)


STATES = {
    Cause.NOT_ALLOWED: "not_allowed",
    Cause.RATE_LIMITED: "rate_limited",
    Cause.TIMEOUT: "server_error",
    Cause.OFFLINE: "offline",
    Cause.DNS: "dns",
    Cause.TLS: "tls",
    Cause.PROXY: "proxy",
    Cause.PORTAL: "portal",
    Cause.SERVER_ERROR: "server_error",
    Cause.BAD_DATA: "bad_data",
    Cause.EXPIRED: "expired",
    Cause.NOT_CONNECTED: "not_connected",
    Cause.STORE_LOCKED: "secret_store_locked",
    Cause.STORE_MISSING: "secret_store_missing",
    Cause.CREDENTIAL_MALFORMED: "credential_malformed",
}


@pytest.mark.parametrize("cause", Cause)
def test_each_cause_is_one_state_and_no_single_one_is_a_sign_out(cause: Cause) -> None:
    """401 and a changed sign-in leave the former state; every other cause has its own."""
    state = source_state((ended(None, HOUR), ended(cause)), NOW)

    assert state == STATES.get(cause, "fresh")
    assert set(STATE_OF) == set(STATES)


def test_what_was_never_tried_is_not_connected() -> None:
    assert source_state((), NOW) is State.NOT_CONNECTED
    assert source_state((Attempt(at=NOW),), NOW) is State.NOT_CONNECTED  # still under way


REFUSALS = [
    ((HOUR, "a"), (timedelta(), "a"), True),
    ((60 * SECOND, "a"), (timedelta(), "a"), True),
    ((59 * SECOND, "a"), (timedelta(), "a"), False),
    ((HOUR, "a"), (timedelta(), "b"), False),
]


@pytest.mark.parametrize(("first", "second", "is_out"), REFUSALS)
def test_a_sign_out_needs_two_refusals_of_one_token_a_minute_apart(
    first: tuple[timedelta, str], second: tuple[timedelta, str], is_out: bool
) -> None:
    attempts = (ended(None, 2 * HOUR), ended(Cause.REFUSED, *first), ended(Cause.REFUSED, *second))

    assert (source_state(attempts, NOW) is State.SIGNED_OUT) is is_out


def test_an_answer_between_two_refusals_starts_the_count_anew() -> None:
    attempts = (ended(Cause.REFUSED, HOUR), ended(None, 30 * MINUTE), ended(Cause.REFUSED))

    assert source_state(attempts, NOW) is State.FRESH


def test_a_first_refusal_keeps_the_failure_that_was_shown_before() -> None:
    assert source_state((ended(Cause.OFFLINE, HOUR), ended(Cause.REFUSED)), NOW) is State.OFFLINE


def test_after_a_resume_nothing_is_said_before_the_third_try_or_five_minutes() -> None:
    """Fresh before the sleep; offline since."""
    before = ended(None, 8 * HOUR)
    woke_at = NOW - MINUTE
    tries = [ended(Cause.OFFLINE, seconds * SECOND) for seconds in (50, 30, 0)]

    assert source_state((before, *tries[:1]), NOW, woke_at) is State.FRESH
    assert source_state((before, *tries[:2]), NOW, woke_at) is State.FRESH
    assert source_state((before, *tries), NOW, woke_at) is State.OFFLINE
    assert source_state((before, *tries[:1]), NOW + 5 * MINUTE, woke_at) is State.OFFLINE


# ---- accounts ----------------------------------------------------------------------------------------------


def judged(
    *shown: tuple[str, bool, bool],
    sources: dict[str, State],
    has_figures: bool = True,
    clock_off: timedelta | None = None,
    store: State | None = None,
) -> State:
    return account_state(shown=shown, sources=sources, has_figures=has_figures, clock_off=clock_off, store=store)


CURRENT, STALE, ENDED = ("s", False, False), ("s", True, False), ("s", True, True)


@pytest.mark.parametrize("state", [each for each in State if each in GRAVITY])
def test_a_source_s_failure_is_the_account_s_where_its_figures_are_shown(state: State) -> None:
    """States that say nothing against figures which are there leave them fresh; without figures nothing is fresh."""
    is_quiet = state in (State.FRESH, State.STALE, State.NOT_CONNECTED)

    assert judged(CURRENT, sources={"s": state}) is (State.FRESH if is_quiet else state)
    assert judged(sources={"s": state}, has_figures=False) is (State.NOT_CONNECTED if is_quiet else state)


def test_a_source_that_shows_nothing_does_not_matter_while_another_does() -> None:
    assert judged(CURRENT, sources={"s": State.FRESH, "other": State.SIGNED_OUT}) is State.FRESH


def test_only_stale_figures_make_a_stale_account() -> None:
    assert judged(STALE, sources={"s": State.FRESH}) is State.STALE
    assert judged(STALE, CURRENT, sources={"s": State.FRESH}) is State.FRESH


def test_only_ended_windows_make_an_ended_account() -> None:
    assert judged(ENDED, sources={"s": State.OFFLINE}) is State.WINDOW_ENDED
    assert judged(ENDED, CURRENT, sources={"s": State.OFFLINE}) is State.OFFLINE


@pytest.mark.parametrize("state", sorted(UP_TO_THE_USER))
def test_an_ended_window_does_not_cover_up_what_only_the_user_can_mend(state: State) -> None:
    """ "Waiting for a new figure" would be waited for in vain."""
    assert judged(ENDED, sources={"s": state}) is state
    assert judged(ENDED, sources={"s": State.FRESH, "other": state}) is State.WINDOW_ENDED


@pytest.mark.parametrize("minutes", [11, -11])
def test_a_wrong_clock_is_said_before_all_else(minutes: int) -> None:
    assert judged(CURRENT, sources={"s": State.SIGNED_OUT}, clock_off=minutes * MINUTE) is State.CLOCK_SUSPECT
    assert judged(CURRENT, sources={"s": State.FRESH}, clock_off=minutes / 2 * MINUTE) is State.FRESH


@pytest.mark.parametrize("trouble", [State.DISK_FULL, State.STORE_DAMAGED])
def test_the_store_s_own_trouble_is_said_where_nothing_is_worse(trouble: State) -> None:
    assert judged(CURRENT, sources={"s": State.FRESH}, store=trouble) is trouble
    assert judged(CURRENT, sources={"s": State.OFFLINE}, store=trouble) is State.OFFLINE


def test_every_state_of_the_closed_list_can_be_reached() -> None:
    """What a source can be in, and what only an account can."""
    only_accounts = {State.STALE, State.CLOCK_SUSPECT, State.WINDOW_ENDED, State.DISK_FULL, State.STORE_DAMAGED}

    assert {*STATE_OF.values(), State.FRESH, State.SIGNED_OUT, *only_accounts} == set(State)
