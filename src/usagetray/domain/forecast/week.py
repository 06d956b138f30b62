"""Long windows: the sum of the hours to come, by what was done on days like them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from usagetray.domain.forecast.chances import Outlook, normal
from usagetray.domain.forecast.habits import EPOCH, QUARTERS, THOUSAND
from usagetray.domain.forecast.memory import Habit, Prior
from usagetray.domain.forecast.session import alike

BLOCK_S, BLOCK_QUARTERS = 3 * 3600, 12
DAY_S = 86400
FADING = 0.98
"""Weight of a day against the day after it."""
ROUGHER = 3.0
"""Blocks of one day go together, so that their sum varies more than that of independent ones."""
LEVEL, NEWCOMERS_LEVEL = 0.15, 1.0
"""Weeks differ by this much from what the days before them say; with few days known by that much more, over the root
of their number."""


class Usual(NamedTuple):
    """Thousands of weighted tokens in one block of a weekday."""

    mean: float
    variance: float  # with what is not known of the mean


def outlook(habit: Habit, now: datetime, left_s: float, allowed: float, to_near: float, prior: Prior) -> Outlook:
    """`allowed`, `to_near`: tokens that use it up, and that bring it near."""
    begin = (now - EPOCH).total_seconds()
    end = begin + left_s
    days = _blocks(habit, int(begin // DAY_S))
    used_in = tuple(zip(*days, strict=True)) or ((),) * (QUARTERS // BLOCK_QUARTERS)
    usual: dict[tuple[int, int], Usual] = {}
    alikes: dict[tuple[int, int], list[float]] = {}
    level = LEVEL**2 + NEWCOMERS_LEVEL**2 / max(1, len(days))
    times, found, near, mean, variance = list[float](), list[float](), 0.0, 0.0, 0.0
    for block in range(int(begin // BLOCK_S), math.ceil(end / BLOCK_S)):
        opens, closes = max(begin, block * BLOCK_S), min(end, (block + 1) * BLOCK_S)
        day, place = divmod(block, QUARTERS // BLOCK_QUARTERS)
        weekday = (int((block * BLOCK_S + BLOCK_S / 2 + prior.utc_offset.total_seconds()) // DAY_S) + 3) % 7
        if (weekday, place) not in usual:
            if (weekday, day) not in alikes:
                alikes[weekday, day] = _alikes(len(days), habit.first_day, day, weekday)
            usual[weekday, place] = _usual(alikes[weekday, day], used_in[place])
        each, part = usual[weekday, place], (closes - opens) / BLOCK_S
        mean += part * each.mean
        variance += part * part * each.variance
        spread = math.sqrt(ROUGHER * variance + level * mean**2) + 1e-9
        times.append(closes - begin)
        found.append(max(found[-1] if found else 0.0, normal((mean - allowed / THOUSAND) / spread)))
        near = max(near, normal((mean - to_near / THOUSAND) / spread))
    return Outlook(tuple(times), found, 1.0 if to_near <= 0 else near, mean * THOUSAND)


def _blocks(habit: Habit, today: int) -> list[list[int]]:
    """What each whole day before this one used in its blocks."""
    whole = habit.days[: max(0, today - habit.first_day)]
    return [[sum(day[at : at + BLOCK_QUARTERS]) for at in range(0, QUARTERS, BLOCK_QUARTERS)] for day in whole]


def _alikes(count: int, first: int, day: int, weekday: int) -> list[float]:
    """How much each of so many days from `first` on tells of a day with this weekday."""
    return [alike(weekday, day - first - index) * FADING ** (count - index) for index in range(count)]


def _usual(alikes: Sequence[float], used: Sequence[int]) -> Usual:
    """`used`: in one block of each day."""
    weights = total = squares = weights_2 = 0.0
    for weight, each in zip(alikes, used, strict=True):
        weights += weight
        weights_2 += weight * weight
        total += weight * each
        squares += weight * each**2
    if weights <= 0:
        return Usual(0.0, 0.0)
    mean = total / weights
    return Usual(mean, max(0.0, squares / weights - mean * mean) * (1.0 + weights_2 / weights**2))
