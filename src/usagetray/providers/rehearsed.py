"""A made-up user at work, for rehearsals: what is used when, so that a vendor's figures move as its tool's logs say.

Times are minutes since the demo's day began, negative before; amounts are percents of a short window's allowance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

EVERY = 3.0
"""Minutes between two answers while somebody works."""
UNEVEN = (0.7, 1.25, 1.0, 0.85, 1.2)
"""No two answers are alike; together they come to the pace."""
DAY, WEEK = 1440.0, 7 * 1440.0
DAYS_OFF = (5, 6)
"""Of seven days, counted backwards from today."""


class Spell(NamedTuple):
    """Work without a break."""

    begins: float
    ends: float
    pace: float  # percent a minute


class Turn(NamedTuple):
    """One answer of the tool."""

    at: float
    used: float


class Window(NamedTuple):
    """One that is running."""

    begun: float
    used: float


def days_before(days: int, usual: Sequence[Sequence[Spell]]) -> list[Spell]:
    """So many days before today, which go by turns like the usual ones; two of seven are off. Oldest first."""
    found: list[Spell] = []
    for back in range(days, 0, -1):
        if back % 7 not in DAYS_OFF:
            for begins, ends, pace in usual[back % len(usual)]:
                found.append(Spell(begins - back * DAY, ends - back * DAY, pace))
    return found


def turns(spells: Iterable[Spell]) -> tuple[Turn, ...]:
    """In order of time, where the spells are. The first answer comes at a spell's beginning."""
    found = []
    for begins, ends, pace in spells:
        for number in range(int((ends - begins) / EVERY)):
            used = pace * EVERY * UNEVEN[number % len(UNEVEN)]
            found.append(Turn(begins + EVERY * number, used))
    return tuple(found)


def running(said: Iterable[Turn], at: float, length: float) -> Window | None:
    """The short window at an instant: it begins with the first use after the one before. None: none is running."""
    begun = used = None
    for turn in said:
        if turn.at > at:
            break
        if begun is None or used is None or turn.at >= begun + length:
            begun, used = turn.at, 0.0
        used += turn.used
    return None if begun is None or used is None or at >= begun + length else Window(begun, used)


def used_since(said: Iterable[Turn], begun: float, at: float) -> float:
    """Of a long window that began at an instant, in percents of the short one."""
    return sum(turn.used for turn in said if begun <= turn.at <= at)
