"""A made-up user for the forecast's tests: works the same hours every day, and the vendor tells whole percents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from usagetray.domain.forecast import Memory, Prior, WindowReading, Work, step

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SESSION, WEEK = 5 * HOUR, 7 * DAY
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
PRIOR = Prior()
PER_MINUTE = 10_000.0
"""Weighted tokens of one minute of work."""


def work(begin: datetime, end: datetime, weight: float = PER_MINUTE) -> Iterator[Work]:
    """A request each minute."""
    while begin < end:
        yield Work(at=begin, model="opus", weight=weight)
        begin += MINUTE


def reading(at: datetime, used: float | None, resets_at: datetime | None, window: str = "session") -> WindowReading:
    length = SESSION if window == "session" else WEEK
    return WindowReading(window=window, used=used, resets_at=resets_at, length=length, captured_at=at)


def accustomed(days: int = 14, hours: tuple[int, int] = (9, 17)) -> Memory:
    """Old logs only: work without a pause between two hours of each of the days before MONDAY."""
    memory = Memory()
    for back in range(days, 0, -1):
        day = MONDAY - back * DAY
        memory = step(memory, [*work(day + hours[0] * HOUR, day + hours[1] * HOUR)], day + DAY)
    return memory


def worked(memory: Memory, begin: datetime, end: datetime, per_minute: float, used: float = 0.0) -> Memory:
    """Work from `begin` on, the start of a session, with a reading every 5 minutes; `per_minute`: share."""
    at = begin
    while at < end:
        observed = [*work(at, at + 5 * MINUTE)]
        at += 5 * MINUTE
        used += 5 * per_minute
        stated = reading(at, min(1.0, round(used, 2)), begin + SESSION)
        memory = step(memory, [*observed, stated], at)
    return memory
