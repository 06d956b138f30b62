"""One response is one row of the books, whatever the order, copies, restarts and forks in which logs tell of it.

The rules, for Claude Code's logs as read in 2026-11, hold for other logs as well, whose records mostly come alone:
a message id is one response; only where two records outside side-chains name different requests is each request a
response of its own. Side-chain records and those that name no request join the response of their request, else the
only one there is, else they are dropped. Of several records the one with most output counts, since early ones hold
placeholders; where that is equal, the larger of each count.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import NamedTuple

from usagetray.usage import Attempts

SIDE = 1 << 61
AGENT = 1 << 60
"""A place named by a side-chain, or inside a sub-agent's log, yields to one that is not; then the earlier record's
stands. Below these bits lies the instant, in microseconds."""

MOST_TOKENS = 4_000_000
"""Of one request: twice the largest context window on sale in 2026-11."""
MOST_IN_A_SECOND = 40
"""Responses in one log: no conversation is so fast, but a copy of old records stamped anew looks like that."""

REPLAYED = "replayed"
"""The flag of a record that came after so many others of its second."""

RETOLD = "retold"
"""The flag of a record that tells again, under a new name, of what an older one told."""

TOO_LARGE = "larger than any context window"
TOO_MANY = "more in one second than a conversation can have"
TOLD_AGAIN = "older responses told again under new names"


class Record(NamedTuple):
    """What is known of a response from the records of one part: a row of the ledger, its columns in their order."""

    key: str
    part: str
    side: int
    at: int  # microseconds since 1970 UTC
    place: int
    place_rank: int
    place_tie: int  # when the log was written last, in nanoseconds: of two copies the older log's place stands
    terms: int
    input: int
    cache_write_5m: int
    cache_write_1h: int
    cache_read: int
    output: int
    reasoning: int
    web_searches: int
    attempts: str


Row = tuple[str, str, int, int, int, int, int, int, int, int, int, int, int, int, int, str]
"""A `Record` before anybody asks for its fields by name: made, and handed to the disk, in half the time."""


class Names(NamedTuple):
    """The texts that numbers stand for. Numbers depend on the order of reading, so nothing is decided by them."""

    terms: Callable[[int], tuple[str, ...]]
    place: Callable[[int], tuple[str, ...]]


def joined(one: Record, other: Record, names: Names) -> Record:
    """What two records of the same response come to. Key, part and side are the first one's."""
    counts: tuple[int, ...]
    if one.output != other.output:
        winner = one if one.output > other.output else other
        counts, terms = winner[8:15], winner.terms
    elif one.attempts != other.attempts:
        # Several requests are told as a whole: parts of two tellings would not add up.
        winner = max(one, other, key=lambda each: (len(each.attempts), each.attempts))
        counts, terms = winner[8:15], winner.terms
    else:
        winner, counts = one, tuple(map(max, one[8:15], other[8:15]))
        terms = one.terms if one.terms == other.terms else _fuller(one.terms, other.terms, names.terms)
    if one[5:7] != other[5:7]:
        placed = one if one[5:7] < other[5:7] else other
    else:
        placed = one if one.place == other.place else min(one, other, key=lambda each: names.place(each.place))
    at = one.at if one.at < other.at else other.at
    return Record._make((*one[:3], at, *placed[4:7], terms, *counts, winner.attempts))


def attempts_text(attempts: Attempts) -> str:
    """How the requests of a response stand in the ledger; "" where it took one."""
    return json.dumps(attempts) if attempts else ""


def attempts_of(text: str) -> list[tuple[str, int, int, int, int, int]]:
    return [(model, given, five, hour, read, output) for model, given, five, hour, read, output in json.loads(text)]


def _fuller(one: int, other: int, names: Callable[[int], tuple[str, ...]]) -> int:
    """Of two readings of the terms the one that says more; then the one for which less had to be assumed."""
    *said, assumed = names(one)
    *said_there, assumed_there = names(other)
    if RETOLD in assumed.split() or RETOLD in assumed_there.split():
        return one if RETOLD in assumed.split() else other
    if said != said_there:
        return one if said > said_there else other
    return one if assumed < assumed_there else other


def responses(records: Sequence[Record], names: Names) -> list[Record]:
    """The responses that the records of one key come to."""
    if len(records) == 1:
        return list(records)
    parts = sorted({each.part for each in records if not each.side and each.part})
    if len(parts) < 2:
        return [_all_joined(records, parts[0] if parts else "", names)]
    return [_all_joined([each for each in records if each.part == part], part, names) for part in parts]


def _all_joined(records: Sequence[Record], part: str, names: Names) -> Record:
    whole, *others = sorted(records, key=lambda each: (each.side, each.part != part, each.part))
    for other in others:
        whole = joined(whole, other, names)
    return whole._replace(part=part) if whole.part != part else whole


def implausible(response: Record, names: Names) -> str:
    """Why a response cannot be true; "" for one that can."""
    flags = names.terms(response.terms)[-1].split()
    if REPLAYED in flags or RETOLD in flags:
        return TOLD_AGAIN if RETOLD in flags else TOO_MANY
    requests = attempts_of(response.attempts) if response.attempts else [("", *response[8:13])]
    largest = max(max(sum(prompt), output) for _, *prompt, output in requests)
    return TOO_LARGE if largest > MOST_TOKENS else ""
