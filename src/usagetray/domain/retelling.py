"""Which responses are old ones, told again under new names.

A tool that copies a conversation into a new log under new ids tells of use that never was. Nothing names such a copy,
and a busy day is no fault; so only a day far beyond all others is looked at, and in it only a whole stretch of
responses that an older conversation holds too: with the very same counts, each at the same place in the order. Their
counts are as good as a fingerprint: how long an answer is, and how much was read from the cache, chance decides each
time anew. What does not stand in such a stretch counts, however large the day is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

LEAST_DAYS = 7
"""Other days with use; before that nobody knows what is usual here."""
THE_MOST_BUT = 2
"""Of the other days so many may be as far beyond as this one: a fault rarely comes alone."""
FAR = 2.0
"""Times the largest of the rest: further beyond than any day before was."""
LEAST_STRETCH = 20
"""Responses in a row. Fewer could be the opening of two conversations that began alike."""
LEAST_LENGTHS = 15
"""Different lengths of answers among them: a machine that says yes or no all day repeats itself by chance."""
IN_ORDER = 0.9
"""Of the steps from one to the next; several written at one instant are in no order."""

Counts = tuple[str, int, int, int, int, int]
"""Model; input, writes (5 min, 1 h), read, output."""


class Told(NamedTuple):
    """A response as far as it can be told from others."""

    key: str
    at: int  # microseconds since 1970 UTC
    conversation: int
    counts: Counts


def far_beyond(tokens_by_day: Mapping[int, int]) -> tuple[int, ...]:
    """The days whose use is far beyond what is usual here."""
    largest = sorted(tokens_by_day.values(), reverse=True)
    if len(largest) <= LEAST_DAYS:
        return ()
    found = []
    for day, tokens in sorted(tokens_by_day.items()):
        place = THE_MOST_BUT + (tokens >= largest[THE_MOST_BUT])  # without the day itself
        if tokens > FAR * largest[place]:
            found.append(day)
    return tuple(found)


def retold(of_day: Sequence[Told], older: Sequence[Told]) -> frozenset[str]:
    """Keys of the responses of a day that conversations of former days hold too. `older`: those days' responses."""
    wanted = {each.counts for each in of_day}
    before = [[each for each in conversation if each.counts in wanted] for conversation in _conversations(older)]
    former = [_places(each) for each in before if len(each) >= LEAST_STRETCH]
    return frozenset(
        each.key
        for conversation in _conversations(of_day)
        for places in former
        for stretch in _stretches(conversation, places)
        for each in stretch
    )


def _conversations(told: Sequence[Told]) -> Iterator[list[Told]]:
    in_order = sorted(told, key=lambda each: (each.conversation, each.at, each.key))
    return (list(group) for _, group in groupby(in_order, key=lambda each: each.conversation))


def _places(conversation: Sequence[Told]) -> dict[Counts, int]:
    """Of each kind of response the place of its first in the order of time; alike for those of one instant."""
    found: dict[Counts, int] = {}
    place = 0
    for index, each in enumerate(conversation):
        if index and each.at != conversation[index - 1].at:
            place = index
        found.setdefault(each.counts, place)
    return found


def _stretches(conversation: Sequence[Told], places: Mapping[Counts, int]) -> Iterator[list[Told]]:
    for is_known, group in groupby(conversation, key=lambda each: each.counts in places):
        stretch = list(group)
        if is_known and len(stretch) >= LEAST_STRETCH and _is_copy(stretch, places):
            yield stretch


def _is_copy(stretch: Sequence[Told], places: Mapping[Counts, int]) -> bool:
    if len({each.counts[-1] for each in stretch}) < LEAST_LENGTHS:
        return False
    steps = [(places[one.counts], places[two.counts]) for one, two in pairwise(stretch) if two.at > one.at]
    return sum(one <= two for one, two in steps) >= IN_ORDER * len(steps)
