"""The ledger's sums made anew from its rows: for repairs, and to hold the sums against."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from usagetray.domain.ledger import Record
from usagetray.edges.store.booking import COLUMNS, Booking
from usagetray.edges.store.database import Database, Statement
from usagetray.edges.store.numbering import Numbering


def added_up(database: Database) -> list[tuple[int, ...]]:
    """The rows that the table of sums should hold, in its order."""
    return _booked(database).sums()


def anew(database: Database) -> list[Statement]:
    """What puts the sums, and the list of what is set aside, in order with the rows."""
    booking = _booked(database)
    marks = ", ".join("?" * (4 + len(COLUMNS)))
    return [
        ("DELETE FROM usage", [()]),
        ("DELETE FROM aside", [()]),
        (f"INSERT INTO usage VALUES ({marks})", booking.sums()),
        booking.set_aside(),
    ]


def by_key(database: Database) -> Iterator[list[Record]]:
    rows = map(Record._make, database.stored(f"SELECT {', '.join(Record._fields)} FROM record ORDER BY key, id"))
    return (list(group) for _, group in itertools.groupby(rows, key=lambda each: each.key))


def _booked(database: Database) -> Booking:
    numbering = Numbering(database, whole=True)
    booking = Booking(numbering.names, numbering.term_like, numbering.replayed())
    for records in by_key(database):
        booking.book((), records)
    return booking
