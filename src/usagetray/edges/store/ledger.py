"""The ledger's writing side: what logs told goes in once, and the sums of it change by the difference.

All of a call is one transaction, the marks of how far each log was read included: a killed program reads the last
part again, and the same records change nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from usagetray.domain.ledger import AGENT, SIDE, Names, Record, joined
from usagetray.edges.store.booking import COLUMNS, Booking
from usagetray.edges.store.database import Database, Statement
from usagetray.edges.store.rows import to_us
from usagetray.usage import EventPlace, EventTerms, UsageEvent

Place = tuple[str, str, str, str, str, str, str, str, str]
"""provider, account, machine, project, folder, session, agent, app, task"""
Terms = tuple[str, str, str, str, str]
"""model, tier, speed, geo, flags"""
MOST_REMEMBERED = 300_000
"""Keys of a first scan; some 20 MB."""
PLACE = ("provider", "account", "machine", "project", "folder", "session", "agent", "app", "task")
TERMS = ("model", "tier", "speed", "geo", "flags")

CHANGES = "ledger_changes"
"""In `meta`: how often a count changed, ever, for processes that only read."""
CHANGED: Statement = (
    f"INSERT INTO meta VALUES ('{CHANGES}', '1') ON CONFLICT DO UPDATE SET value = CAST(value AS INTEGER) + 1",
    [()],
)

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
    """What was read of one log, or of a part of it."""

    mark: Mark
    where: tuple[str, str, str, str]  # provider, account, machine, folder
    events: list[UsageEvent]  # one for each key, part and side


class Ledger:
    """Used by the one process that writes the store, from one thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._places: dict[Place, int] = {}
        self._terms: dict[Terms, int] = {}
        self._terms_by_id: dict[int, Terms] = {}
        self._last: dict[str, int] = {}
        self._first: dict[str, int] = {}
        self._fresh: set[int] | bool | None = None
        """Hashes of the keys written by us, while there are no others; False: there are. None: not yet looked."""
        self._new: dict[str, list[tuple[int | str, ...]]] = {"place": [], "terms": []}
        self.changes = 0
        """How often a count changed since this was made."""

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

    def forget(self, paths: Iterable[str]) -> bool:
        """Forgets logs that are about to be deleted. True: this, and all that was booked before, is on the disk."""
        self._database.write(("DELETE FROM log_file WHERE path = ?", [(path,) for path in paths]))
        return not self._database.is_full

    def take_in(self, reads: Iterable[LogRead]) -> int:
        """Books what was read. Returns how many responses are new or differ. Raises `sqlite3.OperationalError`.

        Nothing is booked then, and the marks stay, so that the same is read again once the store can be written.
        """
        marks, told, several = [], dict[str, Record](), dict[str, list[Record]]()
        for read in reads:
            marks.append(read.mark)
            for record in self._records(read):
                former = told.setdefault(record[0], record)
                if former is not record:
                    _add(several.setdefault(record[0], [former]), record, self._names)
        doubtful = frozenset(number for terms, number in self._terms.items() if terms[-1])
        booking = Booking(self._names, self._term_like, doubtful)
        known = self._known(told)
        for key, record in told.items():
            if key in known or key in several:
                booking.book(known.get(key, ()), several.get(key, [record]))
            else:
                booking.book_new(record)
        numbers = [
            (f"INSERT INTO {table} VALUES ({_marks_of(rows)})", rows) for table, rows in self._new.items() if rows
        ]
        try:
            changed = [CHANGED] if booking.changed else []
            self._database.transact(*numbers, *booking.statements(), *changed, _marks_statement(marks))
        except BaseException:
            self._forget_numbers()
            raise
        finally:
            self._new = {"place": [], "terms": []}
        self.changes += bool(booking.changed)
        return booking.changed

    def _forget_numbers(self) -> None:
        """What was not written has no number."""
        self._places, self._terms, self._terms_by_id, self._last = {}, {}, {}, {}

    def add_up_again(self) -> None:
        """Makes the sums anew from the ledger's rows."""
        from usagetray.edges.store.counting_again import added_up  # deferred: for repairs only

        rows = list(added_up(self._database))
        marks = ", ".join("?" * (4 + len(COLUMNS)))
        self._database.transact(("DELETE FROM usage", [()]), (f"INSERT INTO usage VALUES ({marks})", rows), CHANGED)
        self.changes += 1

    def _records(self, read: LogRead) -> Iterator[Record]:
        """The events as rows, with the numbers of their places and terms."""
        provider, account, machine, folder = read.where
        tie = read.mark.modified
        place: EventPlace | None = None
        terms: EventTerms | None = None
        place_number = terms_number = 0
        for event in read.events:
            key, part, side, at, its_place, its_terms = event[:6]
            if its_place is not place and its_place != place:
                place, (project, session, agent, app, task) = its_place, its_place
                place_number = self._place((provider, account, machine, project, folder, session, agent, app, task))
            if its_terms is not terms and its_terms != terms:
                terms = its_terms
                terms_number = self._term((*its_terms,))
            rank = at
            if side or its_place[2]:
                rank |= (SIDE if side else 0) | (AGENT if its_place[2] else 0)
            attempts = json.dumps(event[13]) if event[13] else ""
            row = (key, part, int(side), at, place_number, rank, tie, terms_number, *event[6:13], attempts)
            yield tuple.__new__(Record, row)  # a third of the time of the class's own way

    # ---- numbers of places and terms -------------------------------------------------------------------------

    def _place(self, place: Place) -> int:
        found = self._places.get(place)
        if found is None:
            found = self._places[place] = self._number("place", PLACE, place)
        return found

    def _term(self, terms: Terms) -> int:
        found = self._terms.get(terms)
        if found is None:
            found = self._terms[terms] = self._number("terms", TERMS, terms)
            self._terms_by_id[found] = terms
        return found

    def _number(self, table: str, columns: tuple[str, ...], values: tuple[str, ...]) -> int:
        """The number of a row, which is made, together with what needs it, if there is none."""
        last = self._last.get(table)
        if last is None:
            ((last,),) = self._database.stored(f"SELECT coalesce(max(id), 0) FROM {table}")
            self._last[table] = self._first[table] = last
        if self._first[table]:  # else all there are have been made here, and are known
            where = " AND ".join(f"{each} = ?" for each in columns)
            found = self._database.stored(f"SELECT id FROM {table} WHERE {where}", *values)
            if found:
                return int(found[0][0])
        self._last[table] = last + 1
        self._new[table].append((last + 1, *values))
        return last + 1

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
        if self._fresh is None:
            self._fresh = set() if not self._database.stored("SELECT 1 FROM record LIMIT 1") else False
        if isinstance(self._fresh, set):  # a first scan: what is there was written by us, and mostly nothing is
            asked = [key for key in keys if hash(key) in self._fresh]
            self._fresh.update(map(hash, keys))
            if len(self._fresh) > MOST_REMEMBERED:
                self._fresh = False
        else:
            asked = list(keys)
        found: dict[str, list[Record]] = {}
        if asked:
            # In C for all keys at once: a statement for each would take as long as reading the logs.
            rows = self._database.stored(
                "SELECT r.* FROM json_each(?) AS j CROSS JOIN record AS r ON r.key = j.value", json.dumps(asked)
            )
            for row in rows:
                found.setdefault(row[0], []).append(Record._make(row))
        return found


def _add(records: list[Record], record: Record, names: Names) -> None:
    """Among records of one key: joined to the one of its part, or beside them."""
    for at, each in enumerate(records):
        if each[1:3] == record[1:3]:
            records[at] = joined(each, record, names)
            return
    records.append(record)


def _marks_of(rows: Sequence[Sequence[object]]) -> str:
    return ", ".join("?" * len(rows[0]))


def _marks_statement(marks: Sequence[Mark]) -> Statement:
    places = ", ".join("?" * len(Mark._fields))
    return f"INSERT OR REPLACE INTO log_file ({MARK}, gone_at) VALUES ({places}, NULL)", marks
