"""Small pieces of probability, without a library."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

ROOT_2 = math.sqrt(2.0)


class Outlook(NamedTuple):
    """What may come of a window until its reset."""

    times: tuple[float, ...]  # seconds ahead
    chances: list[float]  # that it is used up by each of them
    near: float  # chance of coming near the limit
    tokens: float  # weighted, expected until the reset


def normal(z: float) -> float:
    return 0.5 * (1.0 + math.erf(z / ROOT_2))


def quantile(times: Sequence[float], chances: Sequence[float], share: float) -> float:
    """When `share` of the last chance is reached; `times` and `chances` rise together from (0, 0)."""
    goal = share * chances[-1]
    before_t, before_c = 0.0, 0.0
    for time, chance in zip(times, chances, strict=True):
        if chance >= goal and chance > before_c:
            return before_t + (time - before_t) * (goal - before_c) / (chance - before_c)
        before_t, before_c = time, max(chance, before_c)
    return times[-1]


def reached(times: Sequence[float], chances: Sequence[float], time: float) -> float:
    """The chance by this time; what `quantile` tells the other way round."""
    before_t, before_c = 0.0, 0.0
    for each, chance in zip(times, chances, strict=True):
        if each >= time:
            return before_c + (chance - before_c) * (time - before_t) / (each - before_t) if each > before_t else chance
        before_t, before_c = each, chance
    return before_c


def shifted(chance: float, by: float) -> float:
    """With `by` added to its log odds."""
    if by == 0.0 or not 1e-9 < chance < 1.0 - 1e-9:
        return chance
    return 1.0 / (1.0 + math.exp(-by) * (1.0 - chance) / chance)
