"""When and how much the user works, by quarters of an hour: what was done on other days at this time of day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from usagetray.domain.forecast.memory import Habit, Work

QUARTER_S, QUARTERS = 900, 96
THOUSAND = 1000.0
KEPT_DAYS = 28
RUSH_S = 300.0
"""Time over which the present rush is averaged: a burst of agents shows within minutes."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def quarter_of(at: datetime) -> int:
    return int((at - EPOCH).total_seconds() // QUARTER_S)


def worked(habit: Habit, work: Sequence[Work]) -> Habit:
    """With newly counted tokens, in order of time."""
    sums: dict[int, float] = {}
    rush, rush_at = habit.rush, habit.rush_at
    for each in work:
        quarter = quarter_of(each.at)
        thousands = each.weight / THOUSAND
        sums[quarter] = sums.get(quarter, 0.0) + thousands
        if rush_at is not None:
            rush *= math.exp(-max(0.0, (each.at - rush_at).total_seconds()) / RUSH_S)
        rush += thousands * QUARTER_S / RUSH_S
        rush_at = each.at if rush_at is None else max(rush_at, each.at)
    return replace(added(habit, sums), rush=rush, rush_at=rush_at)


def rush_now(habit: Habit, now: datetime) -> float:
    """Thousands of weighted tokens per quarter at the pace of the last minutes."""
    if habit.rush_at is None:
        return 0.0
    return habit.rush * math.exp(-max(0.0, (now - habit.rush_at).total_seconds()) / RUSH_S)


def added(habit: Habit, thousands: dict[int, float]) -> Habit:
    """With more put on quarters since 1970. What is older than all that is kept is left out."""
    if not thousands:
        return habit
    newest = max(thousands) // QUARTERS
    newest = max(newest, habit.first_day + len(habit.days) - 1) if habit.days else newest
    oldest = min(thousands) // QUARTERS
    first = min(oldest, habit.first_day) if habit.days else oldest
    first = max(first, newest - KEPT_DAYS + 1)
    empty = (0,) * QUARTERS
    kept = {habit.first_day + place: day for place, day in enumerate(habit.days)}
    changed: dict[int, list[int]] = {}
    for quarter, sum_ in thousands.items():
        day, place = divmod(quarter, QUARTERS)
        if day >= first:
            changed.setdefault(day, list(kept.get(day, empty)))[place] += round(sum_)
    days = tuple(tuple(changed[day]) if day in changed else kept.get(day, empty) for day in range(first, newest + 1))
    return replace(habit, first_day=first, days=days)


def total(habit: Habit, since: datetime, until: datetime) -> float:
    """Weighted tokens between two instants; of the quarters in which they lie, all."""
    first, last = max(quarter_of(since), habit.first_day * QUARTERS), quarter_of(until)
    thousands = 0
    for quarter in range(first, min(last + 1, (habit.first_day + len(habit.days)) * QUARTERS)):
        day, place = divmod(quarter, QUARTERS)
        thousands += habit.days[day - habit.first_day][place]
    return thousands * THOUSAND


def covers(habit: Habit, since: datetime) -> bool:
    """The logs reach back to this instant."""
    return bool(habit.days) and habit.first_day * QUARTERS <= quarter_of(since)
