"""Responses that are told again under new names, set aside: what `domain/retelling.py` judges, found and written.

That few days are looked at keeps this quick: one sum over all days, and on a day far beyond them its own rows and those
of former days that could be the same.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any

from usagetray.domain.ledger import RETOLD, Record
from usagetray.domain.retelling import Told, far_beyond, retold
from usagetray.edges.store.booking import Booking
from usagetray.edges.store.database import Database, Statement
from usagetray.edges.store.numbering import Numbering

DAY_US = 86_400 * 1_000_000
TOKENS_BY_DAY = (
    "SELECT bucket / 96, sum(input + cache_write_5m + cache_write_1h + cache_read + output) FROM usage GROUP BY 1"
)
TOLD = "key, at, place, terms, input, cache_write_5m, cache_write_1h, cache_read, output"
MOST = 60_000
"""Responses held against as many former ones, the newest: some 50 MB. Of more than that some are missed."""
OF_DAY = f"SELECT {TOLD} FROM record WHERE at >= ? AND at < ? ORDER BY at DESC LIMIT {MOST}"
OLDER = (
    f"SELECT {TOLD} FROM record WHERE at < ? AND output IN (SELECT value FROM json_each(?))"
    " AND cache_read IN (SELECT value FROM json_each(?)) AND input IN (SELECT value FROM json_each(?))"
    f" ORDER BY at DESC LIMIT {MOST}"
)
OF_KEYS = f"SELECT {', '.join(Record._fields)} FROM record WHERE key IN (SELECT value FROM json_each(?)) ORDER BY key"
MARK = "UPDATE record SET terms = ? WHERE terms = ? AND key IN (SELECT value FROM json_each(?))"


def to_set_aside(database: Database, numbering: Numbering) -> frozenset[str]:
    """Keys of the responses that tell again of what older ones told."""
    days = far_beyond(dict(database.stored(TOKENS_BY_DAY)))
    return frozenset(key for day in days for key in _of_day(database, numbering, day))


def statements(database: Database, numbering: Numbering, keys: Collection[str]) -> tuple[Statement, ...]:
    """What takes these responses out of the sums and keeps them, with the reason."""
    told = json.dumps(sorted(keys))
    records = [Record._make(row) for row in database.stored(OF_KEYS, told)]
    flagged: dict[int, int] = {}
    for each in records:
        *said, flags = numbering.names.terms(each.terms)
        flagged[each.terms] = numbering.terms.number((*said, f"{flags} {RETOLD}".strip()))
    tells = bool(database.stored("SELECT 1 FROM foresight LIMIT 1"))
    booking = Booking(numbering.names, numbering.term_like, numbering.replayed(), tells=tells)
    for _, group in groupby(records, key=lambda each: each.key):
        known = list(group)
        booking.replace(known, [each._replace(terms=flagged[each.terms]) for each in known])
    marked = [(now, before, told) for before, now in flagged.items()]
    return (*numbering.statements(), (MARK, marked), *booking.statements())


def undoing(numbering: Numbering) -> tuple[Statement, ...]:
    """What makes all of them count again, in the rows; the sums have to be made anew."""
    numbering.terms.read_all()
    plain = {
        number: (*said, " ".join(word for word in flags.split() if word != RETOLD))
        for (*said, flags), number in numbering.terms.known().items()
        if RETOLD in flags.split()
    }
    marked = [(numbering.terms.number(texts), number) for number, texts in plain.items()]
    return (*numbering.statements(), ("UPDATE record SET terms = ? WHERE terms = ?", marked))


def _of_day(database: Database, numbering: Numbering, day: int) -> frozenset[str]:
    of_day = _told(numbering, database.stored(OF_DAY, day * DAY_US, (day + 1) * DAY_US))
    kinds = (sorted({each.counts[column] for each in of_day}) for column in (5, 4, 1))
    older = database.stored(OLDER, day * DAY_US, *map(json.dumps, kinds))
    return retold(of_day, _told(numbering, older))


def _told(numbering: Numbering, rows: Sequence[Sequence[Any]]) -> list[Told]:
    """Those that stand in a conversation; a program's own calls stand in none, and may well repeat themselves."""
    numbers: dict[tuple[str, str, str], int] = {}
    found = []
    for key, at, place, terms, *counts in rows:
        provider, *_, session, agent, app, _ = numbering.places.texts(place)
        model, *_, flags = numbering.terms.texts(terms)
        if session and not app and RETOLD not in flags.split():
            conversation = numbers.setdefault((provider, session, agent), place)
            given, write_5m, write_1h, read, output = counts
            found.append(Told(key, at, conversation, (model, given, write_5m, write_1h, read, output)))
    return found
