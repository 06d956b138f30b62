"""The ledger's writing side: what logs told goes in once, and the sums of it change by the difference.

All of a call is one transaction, the marks of how far each log was read included: a killed program reads the last
part again, and the same records change nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from usagetray.domain.ledger import Names, Record, joined
from usagetray.edges.store.booking import COLUMNS, Booking
from usagetray.edges.store.database import Database, Statement
from usagetray.edges.store.rows import to_us

Place = tuple[str, str, str, str, str, str, str, str, str]
"""provider, account, machine, project, folder, session, agent, app, task"""
Terms = tuple[str, str, str, str, str]
"""model, tier, speed, geo, flags"""

MARK = "path, provider, tree, identity, size, modified, offset, ending, state, skipped"


class Mark(NamedTuple):
    """How far a log has been read, and what it was then."""

    path: str
    provider: str
    tree: str
    identity: str  # device and number: what the file is, whatever its name
    size: int
    modified: int  # nanoseconds
    offset: int  # after the last whole line taken
    ending: bytes  # the bytes before offset
    state: bytes  # the decoder's
    skipped: str  # JSON: lines that could not be read, by reason, since the beginning of the file


class LogRead(NamedTuple):
    """What was read of one log, or of a part of it. Places and terms are numbered by their position."""

    mark: Mark
    places: list[Place]
    terms: list[Terms]
    records: list[Record]


class Ledger:
    """Used by the one process that writes the store, from one thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._places: dict[Place, int] = {}
        self._terms: dict[Terms, int] = {}
        self._terms_by_id: dict[int, Terms] = {}

    def marks(self) -> dict[str, Mark]:
        """By path; of logs that have gone too, for they may come back."""
        return {row[0]: Mark(*row) for row in self._database.stored(f"SELECT {MARK} FROM log_file")}

    def note_gone(self, paths: Sequence[str], at: datetime) -> None:
        """Their counts stay."""
        values = [(to_us(at), path) for path in paths]
        self._database.transact(("UPDATE log_file SET gone_at = ? WHERE path = ? AND gone_at IS NULL", values))

    def forget_marks(self) -> None:
        """Every log is read again from its beginning at the next look; no count is lost."""
        self._database.transact(("DELETE FROM log_file", [()]))

    def take_in(self, reads: Iterable[LogRead]) -> int:
        """Books what was read. Returns how many responses are new or differ. Raises `sqlite3.OperationalError`.

        Nothing is booked then, and the marks stay, so that the same is read again once the store can be written.
        """
        marks, incoming = [], dict[str, list[Record]]()
        for read in reads:
            marks.append(read.mark)
            places = [self._place(each) for each in read.places]
            terms = [self._term(each) for each in read.terms]
            for each in read.records:
                record = each._replace(place=places[each.place], terms=terms[each.terms])
                former = incoming.setdefault(each[0], [record])
                if former[0] is not record:
                    _add(former, record, self._names)
        booking = Booking(self._names, self._term_like)
        known = self._known(incoming)
        for key, records in incoming.items():
            booking.book(known.get(key, ()), records)
        self._database.transact(*booking.statements(), _marks_statement(marks))
        return booking.changed

    def add_up_again(self) -> None:
        """Makes the sums anew from the ledger's rows."""
        from usagetray.edges.store.counting_again import added_up  # deferred: for repairs only

        rows = list(added_up(self._database))
        marks = ", ".join("?" * (4 + len(COLUMNS)))
        self._database.transact(("DELETE FROM usage", [()]), (f"INSERT INTO usage VALUES ({marks})", rows))

    # ---- numbers of places and terms -------------------------------------------------------------------------

    def _place(self, place: Place) -> int:
        found = self._places.get(place)
        if found is None:
            found = self._places[place] = self._number(
                "place", "provider, account, machine, project, folder, session, agent, app, task", place
            )
        return found

    def _term(self, terms: Terms) -> int:
        found = self._terms.get(terms)
        if found is None:
            found = self._terms[terms] = self._number("terms", "model, tier, speed, geo, flags", terms)
            self._terms_by_id[found] = terms
        return found

    def _number(self, table: str, columns: str, values: Sequence[str]) -> int:
        where = " AND ".join(f"{each} = ?" for each in columns.split(", "))
        found = self._database.stored(f"SELECT id FROM {table} WHERE {where}", *values)
        if found:
            return int(found[0][0])
        marks = ", ".join("?" * len(values))
        made = self._database.transact((f"INSERT INTO {table} ({columns}) VALUES ({marks})", [values]))
        assert made is not None  # noqa: S101 - a row that was inserted has a number
        return made

    def _names(self, number: int) -> tuple[str, ...]:
        if number not in self._terms_by_id:
            found = self._database.stored("SELECT model, tier, speed, geo, flags FROM terms WHERE id = ?", number)
            model, tier, speed, geo, flags = found[0]
            self._terms_by_id[number] = (model, tier, speed, geo, flags)
            self._terms[self._terms_by_id[number]] = number
        return self._terms_by_id[number]

    def _term_like(self, model: str, number: int) -> int:
        """The same terms with another model."""
        _, tier, speed, geo, flags = self._names(number)
        return self._term((model, tier, speed, geo, flags))

    # ---- what is known ---------------------------------------------------------------------------------------

    def _known(self, keys: Iterable[str]) -> Mapping[str, list[Record]]:
        found: dict[str, list[Record]] = {}
        # In C for all keys at once: a statement for each would take as long as reading the logs.
        rows = self._database.stored(
            "SELECT r.* FROM json_each(?) AS j CROSS JOIN record AS r ON r.key = j.value",
            json.dumps(list(keys)),
        )
        for row in rows:
            found.setdefault(row[0], []).append(Record(*row))
        return found


def _add(records: list[Record], record: Record, names: Names) -> None:
    """Among records of one key: joined to the one of its part, or beside them."""
    for at, each in enumerate(records):
        if each[1:3] == record[1:3]:
            records[at] = joined(each, record, names)
            return
    records.append(record)


def _marks_statement(marks: Sequence[Mark]) -> Statement:
    places = ", ".join("?" * len(Mark._fields))
    return f"INSERT OR REPLACE INTO log_file ({MARK}, gone_at) VALUES ({places}, NULL)", marks
