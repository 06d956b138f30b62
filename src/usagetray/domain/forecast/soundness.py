"""Whether a memory that was read again can be one: a damaged disk makes numbers of numbers, and the forecast fail."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from usagetray.domain.forecast.memory import Habit, Memory, WindowMemory

QUARTERS_A_DAY = 96
MOST_DAYS = 60
LAST_DAY = 50_000
"""Days since 1970: beyond it no clock goes."""
MOST = 1e15
"""Of tokens, however weighted; of quarters, thousands of them."""
LEAST = 1e-12
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=400)


def is_sound(memory: Memory) -> bool:
    """Every number of a size that it can have, every instant of a zone and of these decades."""
    return (
        all(map(_is_window, memory.windows))
        and all(map(_is_habit, memory.habits))
        and all(0 <= begun <= ended <= LAST_DAY * QUARTERS_A_DAY for begun, ended in memory.locks)
        and all(map(_is_instant, _instants(memory)))
    )


def _is_window(window: WindowMemory) -> bool:
    meter = window.meter
    counts = (window.used, window.since, window.seen, window.unseen, window.ended, window.used_up, window.stated or 0.0)
    bands = [number for each in meter.history for number in (each.tokens, each.low, each.high)]
    return (
        SHORTEST <= window.length <= LONGEST
        and all(0 <= each <= MOST for each in (*counts, *bands))
        and window.used_up <= window.ended * (1 + LEAST) + LEAST
        and all(each == 0 or LEAST <= each <= MOST for each in (meter.share, meter.weight))
        and all(math.isfinite(each) and abs(each) <= MOST for each in (meter.open_share, meter.open_weight))
        and all(abs(each) < math.log(MOST) * 2 for each in meter.ratios)
        and all(0 <= each.day <= LAST_DAY for each in meter.history)
    )


def _is_habit(habit: Habit) -> bool:
    return (
        0 <= habit.first_day <= LAST_DAY
        and len(habit.days) <= MOST_DAYS
        and all(len(day) == QUARTERS_A_DAY and all(0 <= each <= MOST for each in day) for day in habit.days)
        and 0 <= habit.rush <= MOST
    )


def _instants(memory: Memory) -> Iterator[datetime | None]:
    yield memory.worked_at
    for habit in memory.habits:
        yield habit.rush_at
    for window in memory.windows:
        yield window.resets_at
        yield window.stated_at
        if window.episode is not None:
            yield window.episode.ends_at
            yield window.episode.alerted_at


def _is_instant(at: datetime | None) -> bool:
    return at is None or (at.tzinfo is not None and EARLIEST <= at < LATEST)
