"""When to ask a source again: a pure function of what happened so far (promises P1, P2, P5, P21).

All triggers (timer, click, wake, reset) come through here, so that no two of them add up to a burst,
and since it reads only stored attempts, a wait survives a restart.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from usagetray.domain.attempts import Attempt, refused_twice, since_success, throttled
from usagetray.errors import Cause
from usagetray.quick_dataclass import dataclass

MINUTE = timedelta(minutes=1)
FASTEST = 2 * MINUTE
SLOWEST = 30 * MINUTE
APART = MINUTE
"""Between two automatic requests of one account."""
FIRST_WAIT, LONGEST_WAIT = 5 * MINUTE, 60 * MINUTE
"""After a 429: first wait, and where its doubling ends."""
WAIT_JITTER = 0.2
MOST_ASKED_WAIT = timedelta(hours=6)
"""However long a server asks us to wait."""
NOT_ALLOWED_WAIT = 60 * MINUTE
"""A missing right comes back with a new sign-in, which is noticed at once; this is for a server's slip."""
QUICK_RETRIES = 2
AFTER_RESET = (5.0, 48.0)
"""Seconds after a known reset between which one extra request is due; looked for each 10 s, so sent within 60."""
AFTER_WAKE = (3.0, 18.0)
"""Seconds after a resume was noticed within which the first attempt is due: the network is rarely there at once.

A resume is noticed up to 10 s late, and so is what is due: all in all within 30 s.
"""
QUIET_HOUR = timedelta(hours=1)
"""Without a 429 in this time, a source near a threshold may be asked more often."""
IDLE_FACTOR, SAVING_FACTOR = 3, 2
AHEAD = 2 * MINUTE
"""An attempt noted later than this after now was made under another clock: waiting for it could take years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What else bears on the moment of the next request."""

    every: timedelta = 5 * MINUTE  # the source's ordinary interval
    resets: tuple[datetime, ...] = ()  # known resets of its windows
    near_threshold: bool = False
    idle: bool = False  # the vendor's tool has not been used for a while
    only_in_use: bool = False  # by itself the source is asked at `every`, and never while idle
    clicks_apart: timedelta = timedelta(seconds=20)
    may_be_throttled: bool = False  # the vendor is known to answer programs like ours with 429 for good
    refusal_is_final: bool = False  # a missing right is not asked about again, but at the user's click
    saving: bool = False  # battery saver
    clicked_at: datetime | None = None  # of a click that nothing was asked for yet
    woke_at: datetime | None = None
    credential: str | None = None  # fingerprint of the token as it is now


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    at: datetime | None  # None: not before the sign-in changes
    reason: str  # for the log and `status --verbose`
    interval: timedelta  # the ordinary interval now in force


def interval(attempts: Sequence[Attempt], signals: Signals, now: datetime) -> timedelta:
    """The ordinary time between two answers, 2 to 30 min."""
    limited = any(each.cause is Cause.RATE_LIMITED and now - each.at < QUIET_HOUR for each in attempts)
    chosen = signals.every
    if signals.idle:
        chosen *= IDLE_FACTOR
    elif signals.near_threshold and not limited:
        chosen = min(chosen, FASTEST)
    if signals.saving:
        chosen *= SAVING_FACTOR
    return min(max(chosen, FASTEST), SLOWEST)


def next_attempt(attempts: Sequence[Attempt], signals: Signals, now: datetime, *, key: str) -> Decision:
    """When the source named `key` may and should be asked next. The instant may lie in the past: then it is due."""
    attempts = [each for each in attempts if each.at <= now + AHEAD]
    ordinary = signals.every if signals.only_in_use else interval(attempts, signals, now)
    if not attempts and not (signals.only_in_use and signals.idle and signals.clicked_at is None):
        return Decision(at=now, reason="never asked", interval=ordinary)
    if not attempts:
        return Decision(at=None, reason="not in use", interval=ordinary)
    last = attempts[-1]
    changed = last.asked and signals.credential is not None and signals.credential != last.credential
    if changed and last.cause in SETTLED_BY_SIGN_IN:
        return Decision(at=last.at + APART, reason="the sign-in changed", interval=ordinary)

    blocked_until = _rate_limit_ends(attempts, key, hourly=signals.may_be_throttled and throttled(attempts))
    due_at, reason = _ordinary_due(attempts, signals, ordinary, key, now)
    if blocked_until is None:
        due_at, reason = _sooner_on_click(due_at, reason, last, signals)
    if due_at is None:
        return Decision(at=None, reason=reason, interval=ordinary)
    if blocked_until is not None and due_at < blocked_until:
        return Decision(at=blocked_until, reason="rate limited", interval=ordinary)
    return Decision(at=due_at, reason=reason, interval=ordinary)


SETTLED_BY_SIGN_IN = frozenset({Cause.REFUSED, Cause.NOT_ALLOWED, Cause.RATE_LIMITED, Cause.CHANGED})
"""What a new token makes void: each of these was said to one token."""


def _ordinary_due(
    attempts: Sequence[Attempt], signals: Signals, ordinary: timedelta, key: str, now: datetime
) -> tuple[datetime | None, str]:
    """Without clicks and rate limits: by how the last attempt ended, drawn nearer by a reset or a resume."""
    last = attempts[-1]
    if signals.only_in_use:
        return (None, "not in use") if signals.idle else (last.at + ordinary, "interval")
    if refused_twice(attempts):
        return None, "signed out"
    due_at, reason = last.at + _spread(ordinary, key, last), "interval"
    if last.cause is Cause.REFUSED:
        due_at, reason = last.at + APART + _within((1.0, 5.0), key, last.at), "refused once"
    elif last.cause is Cause.NOT_ALLOWED:
        return None if signals.refusal_is_final else last.at + NOT_ALLOWED_WAIT, "not allowed"
    elif not last.asked:
        return last.at + APART, "nothing to ask with"
    elif not last.answered and last.cause is not Cause.RATE_LIMITED:
        failures = _failures(attempts, signals.woke_at)
        if failures <= QUICK_RETRIES:
            due_at, reason = last.at + APART + _within((1.0, 10.0), key, last.at), "quick retry"
        else:
            slower = min(ordinary * (1 << min(failures - QUICK_RETRIES - 1, 4)), SLOWEST)
            due_at, reason = last.at + _spread(slower, key, last), "failing"
    boundary = _boundary(last, signals.resets, key)
    # One that is due just before is put off: it would learn nothing, and forbid the next for a minute.
    if boundary is not None and due_at > boundary - APART:
        due_at, reason = max(boundary, last.at + APART), "a window was reset"
    if signals.woke_at is not None and last.at < signals.woke_at <= now:
        woken = signals.woke_at + _within(AFTER_WAKE, key, signals.woke_at)
        due_at, reason = max(woken, last.at + APART), "the machine woke"
    return due_at, reason


def _failures(attempts: Sequence[Attempt], woke_at: datetime | None) -> int:
    """Requests in a row without an answer; a resume begins the count anew, for it brings another network."""
    failed = [each for each in since_success(attempts) if each.asked]
    return len([each for each in failed if woke_at is None or each.at >= woke_at]) or len(failed)


def _boundary(last: Attempt, resets: Sequence[datetime], key: str) -> datetime | None:
    """When the first reset that nobody has asked about since should be asked about."""
    open_resets = [reset for reset in resets if last.at < reset + timedelta(seconds=AFTER_RESET[0])]
    return min((reset + _within(AFTER_RESET, key, reset) for reset in open_resets), default=None)


def _rate_limit_ends(attempts: Sequence[Attempt], key: str, *, hourly: bool) -> datetime | None:
    """The end of the wait earned by a 429 answer since the last success (P2); None without any.

    From the first one on every request counts, whatever it met: a server that fails in between has not allowed more.
    The count is that of one token, as the vendors' is.
    """
    asked = [each for each in since_success(attempts) if each.asked]
    mine = [each for each in asked if each.credential == asked[-1].credential]
    causes = [each.cause for each in mine]
    if Cause.RATE_LIMITED not in causes:
        return None
    counted = mine[causes.index(Cause.RATE_LIMITED) :]
    last = counted[-1]
    doubled = LONGEST_WAIT if hourly else min(FIRST_WAIT * (1 << min(len(counted) - 1, 8)), LONGEST_WAIT)
    own = (last.ended_at or last.at) + doubled * (1 + WAIT_JITTER * _fraction(key, last.at))
    told = [(each.ended_at or each.at) + min(each.retry_after, MOST_ASKED_WAIT) for each in counted if each.retry_after]
    return max([own, *told])


def _sooner_on_click(
    due_at: datetime | None, reason: str, last: Attempt, signals: Signals
) -> tuple[datetime | None, str]:
    if signals.clicked_at is None or signals.clicked_at < last.at:
        return due_at, reason
    # Where nothing was asked, for want of a key or a sign-in, there is nothing to be apart from.
    at = max(signals.clicked_at, last.at + signals.clicks_apart) if last.asked else signals.clicked_at
    return (at, "asked for by the user") if due_at is None or at < due_at else (due_at, reason)


def _spread(span: timedelta, key: str, last: Attempt) -> timedelta:
    """The span within a tenth either way, so that many sources do not ask in the same second."""
    return max(span * (0.9 + 0.2 * _fraction(key, last.at)), APART)


def _within(seconds: tuple[float, float], key: str, at: datetime) -> timedelta:
    low, high = seconds
    return timedelta(seconds=low + (high - low) * _fraction(key, at))


def _fraction(key: str, at: datetime) -> float:
    """0 to 1, the same each time it is asked: a random number would be rolled again by every restart."""
    return zlib.crc32(f"{key} {at.isoformat()}".encode()) / 2**32
