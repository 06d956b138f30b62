"""Short windows: when the tokens still allowed will have been used, told by what followed moments like this one."""

from __future__ import annotations

import math
from datetime import datetime
from itertools import accumulate, chain

from usagetray.domain.forecast.chances import normal
from usagetray.domain.forecast.habits import EPOCH, QUARTER_S, QUARTERS, THOUSAND, rush_now
from usagetray.domain.forecast.memory import Habit, Prior
from usagetray.quick_dataclass import dataclass

Locks = tuple[tuple[int, int], ...]

SHIFTS = ((-4, 0.6), (-2, 0.9), (0, 1.0), (2, 0.9), (4, 0.6))
"""Quarters earlier and later that count as the same time of day, and their weight."""
SAME_WEEKDAY, SAME_KIND, OTHER_KIND = 1.0, 0.6, 0.2
FADING = 0.96
"""Weight of a day against the day after it."""
MISMATCH = 0.3
"""Weight of a moment at which there was work where there is none now, or the other way round."""
LEVEL_BASE, LEVEL_POWER = 4.0, 0.5
"""Quarters of usual work that the last hours are averaged with, and how much of their difference stays."""
GENERIC_WEIGHT, GENERIC_SHARE, GENERIC_IDLE = 2.5, 0.75, 0.2
GENERIC_HOURS = (0.25, 0.75, 1.75, 4.0)
OFF_HOURS = 0.6
"""What anybody might do: work on for so long, with breaks; as heavy as some days of one's own."""
NOW_SHARE, NOW_QUARTERS = 0.4, 5.0
RUSH_SHARE, RUSH_QUARTERS = 1.0, 1.5
"""How much of what the last quarter, and the last minutes, were above the usual goes on, and for how long."""
LEAST = 0.3
LONGEST_FILL, FILL_HALF = 20, 10.0
SPREAD = 0.7
"""No moment repeats: each course is this wide, in logarithms."""
STEPS = (0.04, 0.08, 0.14, 0.22, 0.33, 0.48, 0.7, 1.0)
"""Shares of the time to the reset at which the chances are worked out."""


@dataclass(frozen=True, slots=True)
class Course:
    """One way in which the next hours may go: its weight, and thousands of tokens used by each of the instants."""

    weight: float
    tokens: tuple[float, ...]


def courses(
    habit: Habit, locks: Locks, now: datetime, hours: float, prior: Prior
) -> tuple[tuple[float, ...], list[Course]]:
    """Seconds ahead, and the ways things may go until `hours` from now."""
    position = (now - EPOCH).total_seconds() / QUARTER_S
    first = habit.first_day * QUARTERS
    here, gone = int(position) - first, position % 1.0
    flat = list(chain.from_iterable(habit.days))
    flat += [0] * (here + 1 - len(flat))
    fill(flat, locks, first, here)
    ahead = [share * hours * 4 for share in STEPS]
    active, lately = state_at(flat, here)
    level, usual = levels(flat, here, gone)
    recent = flat[here] + (1.0 - gone) * flat[here - 1] if here else flat[here]
    above = recent - level * usual * GENERIC_SHARE if active else 0.0
    extras = _going_on(above, max(0.0, rush_now(habit, now) - recent), ahead)
    weekday = (int((now + prior.utc_offset - EPOCH).total_seconds()) // 86400 + 3) % 7
    found = _generic(level * usual, lately, ahead, extras, now, prior)
    for back in range(1, len(habit.days) + 1):
        weight = FADING**back * alike(weekday, back)
        found += _of_day(flat, here - QUARTERS * back, gone, weight, level, (active, lately), ahead, extras)
    return tuple(share * hours * 3600 for share in STEPS), found


def _going_on(above: float, rush: float, ahead: list[float]) -> list[float]:
    """Thousands more than the usual, because of what goes on right now, by each of the instants."""
    return [
        NOW_SHARE * above * NOW_QUARTERS * (1.0 - math.exp(-each / NOW_QUARTERS))
        + RUSH_SHARE * rush * RUSH_QUARTERS * (1.0 - math.exp(-each / RUSH_QUARTERS))
        for each in ahead
    ]


def _generic(
    pace: float, lately: bool, ahead: list[float], extras: list[float], now: datetime, prior: Prior
) -> list[Course]:
    """Until days like this one are known: work on for a while, rarely past the end of the working hours."""
    hour = ((now + prior.utc_offset - EPOCH).total_seconds() / 3600) % 24
    at_work = prior.work_begins <= hour < prior.work_ends
    pace *= GENERIC_SHARE if lately else GENERIC_IDLE
    found = []
    for hours in GENERIC_HOURS:
        lasts = min(hours, prior.work_ends - hour + 0.5) if at_work else hours * OFF_HOURS
        usual = [pace * min(each, 4 * lasts) for each in ahead]
        tokens = tuple(max(each + more, LEAST * each) for each, more in zip(usual, extras, strict=True))
        found.append(Course(GENERIC_WEIGHT / len(GENERIC_HOURS), tokens))
    return found


def _of_day(
    flat: list[int],
    start: int,
    gone: float,
    weight: float,
    level: float,
    state: tuple[bool, bool],
    ahead: list[float],
    extras: list[float],
) -> list[Course]:
    """What followed this time of day on one day, and a little earlier and later; `start`: its quarter in `flat`."""
    if start + SHIFTS[-1][0] < 4:
        return []
    low = max(0, start + SHIFTS[0][0] - 4)
    sums = [0, *accumulate(flat[low : start + SHIFTS[-1][0] + int(ahead[-1]) + 3])]
    found = []
    for shift, closeness in SHIFTS:
        at = start + shift - low
        if at < 4:
            continue
        fit = 1.0 if (sums[at + 1] > sums[at - 1]) == state[0] else MISMATCH
        fit *= 1.0 if (sums[at + 1] > sums[at - 4]) == state[1] else MISMATCH
        begun = sums[at] + gone * (sums[at + 1] - sums[at])
        tokens = []
        for each, more in zip(ahead, extras, strict=True):
            place = at + gone + each
            whole = int(place)
            told = level * (sums[whole] + (place - whole) * (sums[whole + 1] - sums[whole]) - begun)
            tokens.append(max(told + more, LEAST * told))
        found.append(Course(weight * closeness * fit, tuple(tokens)))
    return found


def fill(flat: list[int], locks: Locks, first: int, here: int) -> None:
    """Puts what was kept from happening where a used up window stopped the work: what one would have done."""
    if not locks:
        return
    worked = [each for each in flat if each > 0]
    usual = sum(worked) / len(worked) if worked else 0.0
    for begun, ended in locks:
        for quarter in range(max(begun, first), min(ended, begun + LONGEST_FILL, first + here)):
            if not flat[quarter - first]:
                flat[quarter - first] = int(usual * GENERIC_SHARE * 0.5 ** ((quarter - begun) / FILL_HALF))


def state_at(flat: list[int], here: int) -> tuple[bool, bool]:
    """Whether there was work in this quarter or the one before, and within the hour."""
    return any(flat[max(0, here - 1) : here + 1]), any(flat[max(0, here - 4) : here + 1])


def levels(flat: list[int], here: int, gone: float) -> tuple[float, float]:
    """How hard the work of the last hours was against the usual, and the usual tokens of a quarter with work."""
    worked = [each for each in flat if each > 0]
    if not worked:
        return 1.0, 0.0
    usual = sum(worked) / len(worked)
    lately = flat[max(0, here - 8) : here]
    current = flat[here]
    count = sum(each > 0 for each in lately) + (gone if current else 0.0)
    level = ((sum(lately) + current + LEVEL_BASE * usual) / (count + LEVEL_BASE) / usual) ** LEVEL_POWER
    return level, usual


def alike(weekday: int, back: int) -> float:
    """How much a day tells of this one: weekday 0 is Monday."""
    other = (weekday - back) % 7
    if other == weekday:
        return SAME_WEEKDAY
    return SAME_KIND if (other >= 5) == (weekday >= 5) else OTHER_KIND


def chances(found: list[Course], times: tuple[float, ...], allowed: float) -> list[float]:
    """The chance that the allowed tokens have been used by each of the instants."""
    if allowed <= 0:
        return [1.0] * len(times)
    everything = sum(each.weight for each in found)
    goal = math.log(allowed / THOUSAND)
    result, before = [], 0.0
    for place in range(len(times)):
        sum_ = 0.0
        for each in found:
            tokens = each.tokens[place]
            if tokens > 0:
                z = (math.log(tokens) - goal) / SPREAD
                if z > 3.0:
                    sum_ += each.weight
                elif z > -3.0:
                    sum_ += each.weight * normal(z)
        before = max(before, sum_ / everything)
        result.append(before)
    return result


def chance_at_end(found: list[Course], times: tuple[float, ...], allowed: float) -> float:
    """The chance that the allowed tokens have been used by the last of the instants."""
    return chances([Course(each.weight, each.tokens[-1:]) for each in found], times[-1:], allowed)[-1]


def expected(found: list[Course]) -> float:
    """Thousands of tokens by the last of the instants: half of the courses, by their weights, use more."""
    half = sum(each.weight for each in found) / 2
    gone = 0.0
    for tokens, weight in sorted((each.tokens[-1], each.weight) for each in found):
        gone += weight
        if gone >= half:
            return tokens
    return 0.0
