"""What is remembered of past attempts: the facts that pacing and standing are judged from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from usagetray.errors import Cause
from usagetray.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt of one strategy. Sequences of them run from oldest to newest."""

    at: datetime
    ended_at: datetime | None = None  # None: still under way, or cut off by a crash
    cause: Cause | None = None  # None with `ended_at`: it answered
    retry_after: timedelta | None = None  # asked for by the server, already checked
    credential: str | None = None  # fingerprint of the token that was sent
    detail: str = ""

    @property
    def answered(self) -> bool:
        return self.ended_at is not None and self.cause is None

    @property
    def asked(self) -> bool:
        """A request went out; the other causes are found out without one."""
        return self.cause not in FOUND_LOCALLY


FOUND_LOCALLY = frozenset(
    {Cause.EXPIRED, Cause.NOT_CONNECTED, Cause.CREDENTIAL_MALFORMED, Cause.STORE_LOCKED, Cause.STORE_MISSING}
)

SECOND_REFUSAL = timedelta(seconds=60)
"""A 401 counts as a sign-out only when another, this much later, says the same of the same token (P5)."""


def since_success(attempts: Sequence[Attempt]) -> Sequence[Attempt]:
    """The attempts after the last one that answered."""
    for index in range(len(attempts) - 1, -1, -1):
        if attempts[index].answered:
            return attempts[index + 1 :]
    return attempts


THROTTLED_AFTER = 3
"""So many 429 answers to one token, with no success between, are no burst of ours: programs like us are meant."""


def throttled(attempts: Sequence[Attempt]) -> bool:
    """The vendor has answered the token sent last with 429 again and again."""
    asked = [each for each in since_success(attempts) if each.asked]
    limited = [each for each in asked if each.cause is Cause.RATE_LIMITED]
    return len([each for each in limited if each.credential == asked[-1].credential]) >= THROTTLED_AFTER


def refused_twice(attempts: Sequence[Attempt]) -> bool:
    """The newest attempts are refusals of one unchanged token, at least a minute apart."""
    refusals: list[Attempt] = []
    for attempt in reversed(attempts):
        if attempt.cause is not Cause.REFUSED or (refusals and attempt.credential != refusals[0].credential):
            break
        refusals.append(attempt)
    return len(refusals) >= 2 and refusals[0].at - refusals[-1].at >= SECOND_REFUSAL
