"""What the forecast remembers of each account, and the changes of the ledger that it has not taken in yet.

Both are written in one transaction, so that no response is ever taken in twice, nor lost between two starts.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from usagetray.domain.forecast.habits import EPOCH
from usagetray.domain.forecast.memory import Memory
from usagetray.domain.forecast.soundness import is_sound
from usagetray.domain.ledger import attempts_of
from usagetray.edges.store.database import Database, Statement
from usagetray.usage import BANDS, Attempt, TokenCounts

log = logging.getLogger(__name__)

MOST_BYTES = 64 * 1024
"""Of one account's memory; of a larger one the oldest days are dropped."""
QUARTER = timedelta(minutes=15)
TERMS = "place.provider, place.account, machine, model, tier, speed, geo, flags"
COUNTS = "input, cache_write_5m, cache_write_1h, cache_read, output, web_searches"

Place = tuple[str, str]
"""A provider's id, and an account's."""


class News(NamedTuple):
    """A response that counts since lately, or counts no more, or as it was before it changed."""

    id: int
    sign: int  # 1: counts; -1: does not any more
    at: datetime
    provider: str
    account: str  # as the ledger names it: a home, or "" for the tool's own place
    machine: str
    attempts: tuple[Attempt, ...]


# ---- memories ----------------------------------------------------------------------------------------------


def memories(database: Database) -> dict[Place, Memory]:
    """Of every account that has one. What cannot be read is left out, and learned anew."""
    found = {}
    for provider, account, written in database.rows("SELECT provider, account, memory FROM foresight"):
        try:
            memory = msgspec.json.decode(written, type=Memory)
        except (msgspec.DecodeError, UnicodeDecodeError, TypeError, RecursionError):
            memory = None
        if memory is not None and is_sound(memory):
            found[provider, account] = memory
        else:
            log.warning("what was learned of an account of %s could not be read", provider)
    return found


def kept(changed: Mapping[Place, Memory], taken_in: int) -> tuple[Statement, ...]:
    """What writes these memories. `taken_in`: up to which of the news they know of."""
    return (
        (
            "INSERT INTO foresight (provider, account, memory) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET memory = excluded.memory",
            [(*place, body(memory)) for place, memory in changed.items()],
        ),
        ("DELETE FROM unforeseen WHERE id <= ?", [(taken_in,)]),
    )


def forgotten(place: Place) -> Statement:
    """What drops a memory that goes on under another name."""
    return ("DELETE FROM foresight WHERE provider = ? AND account = ?", [place])


def body(memory: Memory) -> bytes:
    """As JSON, never larger than `MOST_BYTES`."""
    written = msgspec.json.encode(memory)
    while len(written) > MOST_BYTES and any(each.days for each in memory.habits):
        habits = tuple(replace(each, first_day=each.first_day + 1, days=each.days[1:]) for each in memory.habits)
        memory = replace(memory, habits=habits)
        written = msgspec.json.encode(memory)
    return written


# ---- what the ledger tells ---------------------------------------------------------------------------------


def news(database: Database, after: int, most: int) -> list[News]:
    """The oldest of those that came after this one."""
    rows = database.rows(
        f"SELECT unforeseen.id, sign, at, {TERMS}, {COUNTS}, attempts FROM unforeseen"
        " JOIN place ON place.id = unforeseen.place JOIN terms ON terms.id = unforeseen.terms"
        " WHERE unforeseen.id > ? ORDER BY unforeseen.id LIMIT ?",
        after,
        most,
    )
    found = []
    for number, sign, us, provider, account, machine, *others in rows:
        at = EPOCH + timedelta(microseconds=us)
        attempts = tuple(_requests(at, others[:5], others[5:11], others[11]))
        found.append(News(number, sign, at, provider, account, machine, attempts))
    return found


def quarters(database: Database, provider: str, since: datetime, until: datetime) -> Iterator[News]:
    """What the ledger adds up to between two instants, by quarters of an hour; each as one response in its middle."""
    first, last = ((at - EPOCH) // QUARTER for at in (since, until))
    rows = database.stored(
        f"SELECT bucket, {TERMS}, {COUNTS}, band FROM usage"
        " JOIN place ON place.id = usage.place JOIN terms ON terms.id = usage.terms"
        " WHERE bucket >= ? AND bucket < ? AND place.provider = ? ORDER BY bucket",
        first,
        last,
        provider,
    )
    for bucket, of, account, machine, *others, band in rows:
        at = EPOCH + bucket * QUARTER + QUARTER / 2
        attempt = _request(at, others[:5], others[5:], BANDS[band] + 1 if band else 0)
        yield News(0, 1, at, of, account, machine, (attempt,))


def _requests(at: datetime, terms: Sequence[str], counts: Sequence[int], several: str) -> Iterator[Attempt]:
    if not several:
        yield _request(at, terms, counts, sum(counts[:4]))
        return
    for number, (model, *tokens) in enumerate(attempts_of(several)):
        named, searches = (model or terms[0], *terms[1:]), 0 if number else counts[5]
        yield _request(at, named, (*tokens, searches), sum(tokens[:4]))


def _request(at: datetime, terms: Sequence[str], counts: Sequence[int], prompt: int) -> Attempt:
    model, tier, speed, geo, flags = terms
    given, write_5m, write_1h, read, output, searches = counts
    return Attempt(
        model=model,
        at=at,
        tokens=TokenCounts(
            input=given, cache_write_5m=write_5m, cache_write_1h=write_1h, cache_read=read, output=output
        ),
        prompt=prompt,
        tier=tier,
        speed=speed,
        geo=geo,
        web_searches=searches,
        flags=frozenset(flags.split()),
    )
