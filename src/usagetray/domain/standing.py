"""From facts to one word: in which state is a source, and the account it serves (P4, P5, P11, P12, P21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from usagetray.domain.attempts import Attempt, refused_twice
from usagetray.domain.states import State
from usagetray.errors import Cause

STATE_OF = {
    Cause.NOT_ALLOWED: State.NOT_ALLOWED,
    Cause.RATE_LIMITED: State.RATE_LIMITED,
    Cause.TIMEOUT: State.SERVER_ERROR,
    Cause.OFFLINE: State.OFFLINE,
    Cause.DNS: State.DNS,
    Cause.TLS: State.TLS,
    Cause.PROXY: State.PROXY,
    Cause.PORTAL: State.PORTAL,
    Cause.SERVER_ERROR: State.SERVER_ERROR,
    Cause.BAD_DATA: State.BAD_DATA,
    Cause.EXPIRED: State.EXPIRED,
    Cause.NOT_CONNECTED: State.NOT_CONNECTED,
    Cause.STORE_LOCKED: State.SECRET_STORE_LOCKED,
    Cause.STORE_MISSING: State.SECRET_STORE_MISSING,
    Cause.CREDENTIAL_MALFORMED: State.CREDENTIAL_MALFORMED,
}

WAKE_GRACE = timedelta(minutes=5)
WAKE_TRIES = 3
"""After a resume, failures are not shown before this many tries or this much time (P21)."""

CLOCK_TOLERANCE = timedelta(minutes=10)
"""A difference to the server's clock beyond this makes ages and countdowns doubtful."""


def source_state(attempts: Sequence[Attempt], now: datetime, woke_at: datetime | None = None) -> State:
    """The state of one strategy from its attempts, oldest first.

    One refusal, a changed sign-in, and failures just after a resume leave the state as it was before.
    """
    finished = [each for each in attempts if each.ended_at is not None]
    if not finished:
        return State.NOT_CONNECTED
    last = finished[-1]
    if last.answered:
        return State.FRESH
    if refused_twice(finished):
        return State.SIGNED_OUT
    if last.cause is Cause.REFUSED or last.cause is Cause.CHANGED:
        return _before(finished, now)
    if woke_at is not None and now - woke_at < WAKE_GRACE:
        tries = [each for each in finished if each.at >= woke_at]
        earlier = [each for each in finished if each.at < woke_at]
        if 0 < len(tries) < WAKE_TRIES and earlier:
            return source_state(earlier, now)
    return STATE_OF[last.cause] if last.cause is not None else State.FRESH


def _before(finished: Sequence[Attempt], now: datetime) -> State:
    earlier = finished[:-1]
    if not earlier:
        return State.STALE  # nothing was ever said, and a single refusal proves nothing
    return source_state(earlier, now)


def account_state(
    *,
    shown: Sequence[tuple[str, bool, bool]],
    sources: Mapping[str, State],
    has_figures: bool,
    clock_off: timedelta | None,
    store: State | None = None,
    refused: bool = False,
) -> State:
    """The one state of an account.

    `shown`: per window (strategy it came from, stale, ended). `sources`: state of each strategy that is in use.
    `store`: what is wrong with our own store, said where nothing is wrong with the figures. `refused`: a source was
    told to sign in again since the newest of the figures was taken, whichever source that came from.
    """
    if clock_off is not None and abs(clock_off) > CLOCK_TOLERANCE:
        return State.CLOCK_SUSPECT
    if not has_figures:
        worst = worst_of(sources)
        return State.NOT_CONNECTED if worst in QUIET else worst  # answered, but had nothing to say
    if shown and all(ended for _, _, ended in shown):
        stuck = {strategy: state for strategy, _, _ in shown if (state := sources.get(strategy)) in UP_TO_THE_USER}
        if stuck:
            return worst_of(stuck)
        return State.SIGNED_OUT if refused else State.WINDOW_ENDED
    current = [(strategy, stale) for strategy, stale, ended in shown if not ended]
    failing = {strategy: sources.get(strategy, State.FRESH) for strategy, _ in current} if current else dict(sources)
    failing = {strategy: state for strategy, state in failing.items() if state not in QUIET}
    if failing:
        return worst_of(failing)
    if refused:
        return State.SIGNED_OUT
    if current and all(stale for _, stale in current):
        return State.STALE
    return store or State.FRESH


UP_TO_THE_USER = (
    State.SIGNED_OUT,
    State.CREDENTIAL_MALFORMED,
    State.SECRET_STORE_LOCKED,
    State.SECRET_STORE_MISSING,
    State.NOT_ALLOWED,
    State.EXPIRED,
)
"""No new figure comes by waiting for it, so a window's end does not cover these up."""
QUIET = frozenset({State.FRESH, State.STALE, State.NOT_CONNECTED})
"""States of a source that say nothing against figures which are there."""

GRAVITY = (
    *UP_TO_THE_USER,
    State.TLS,
    State.PROXY,
    State.PORTAL,
    State.DNS,
    State.OFFLINE,
    State.RATE_LIMITED,
    State.SERVER_ERROR,
    State.BAD_DATA,
    State.STALE,
    State.FRESH,
    State.NOT_CONNECTED,
)
"""What the user can mend comes first; "nothing there" last, for another strategy may well have something."""


def worst_of(sources: Mapping[str, State]) -> State:
    present = set(sources.values())
    return next((state for state in GRAVITY if state in present), State.NOT_CONNECTED)
