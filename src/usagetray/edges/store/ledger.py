"""The ledger's writing side: what logs told goes in once, and the sums of it change by the difference.

All of a call is one transaction, the marks of how far each log was read included: a killed program reads the last
part again, and the same records change nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from usagetray.domain.ledger import Names, Record, Row, joined
from usagetray.edges.store.booking import Booking
from usagetray.edges.store.database import Database, Statement, StoreBusyError
from usagetray.edges.store.keys import Keys
from usagetray.edges.store.numbering import Numbering
from usagetray.edges.store.rows import to_us
from usagetray.usage import EventPlace, EventTerms

MARKS_APART_S = 300.0
"""How far a log has been read is written this often while it grows; a killed program reads so much again."""
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


Told = Row
"""With the places of `LogRead.places` and `.terms` for the numbers the ledger gives them."""


class LogRead(NamedTuple):
    """What was read of one log, or of a part of it."""

    mark: Mark
    where: tuple[str, str, str, str]  # provider, account, machine, folder
    places: list[EventPlace]
    terms: list[EventTerms]
    told: list[Told]  # one for each key, part and side


class Ledger:
    """Used by the one process that writes the store, from one thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._numbering = Numbering(database)
        self._keys = Keys(database)
        self._later: dict[str, Mark] = {}
        """Marks that are not written yet; by path."""
        self._marks_at = 0.0
        self.changes = 0
        """How often a count changed since this was made."""

    def marks(self) -> dict[str, Mark]:
        """By path; of logs that have gone too, for they may come back."""
        stored = self._database.stored(f"SELECT {MARK} FROM log_file")
        return {row[0]: Mark(*row) for row in stored} | self._later

    def gone(self) -> set[str]:
        """Paths of logs that were read once and are not there any more."""
        return {path for (path,) in self._database.stored("SELECT path FROM log_file WHERE gone_at IS NOT NULL")}

    def note_gone(self, paths: Collection[str], at: datetime) -> None:
        """Their counts stay."""
        if paths:
            self.keep_marks()
            values = [(to_us(at), path) for path in paths]
            self._database.transact(("UPDATE log_file SET gone_at = ? WHERE path = ?", values))

    def note_back(self, paths: Collection[str]) -> None:
        if paths:
            values = [(path,) for path in paths]
            self._database.transact(("UPDATE log_file SET gone_at = NULL WHERE path = ?", values))

    def forget_marks(self) -> None:
        """Every log is read again from its beginning at the next look; no count is lost."""
        self._later.clear()
        self._database.transact(("DELETE FROM log_file", [()]))

    def forget(self, paths: Iterable[str]) -> bool:
        """Forgets logs that are about to be deleted. True: this, and all that was booked before, is on the disk."""
        paths = list(paths)
        for each in paths:
            self._later.pop(each, None)
        self._database.write(("DELETE FROM log_file WHERE path = ?", [(path,) for path in paths]))
        return not self._database.is_full

    def keep_marks(self, at_s: float | None = None) -> None:
        """Writes those that were left for later, if that is not too soon; where the disk refuses, another time.

        To be called whenever all has been read: the index of the keys follows, too.
        """
        self._keys.follow()
        if self._later and (at_s is None or not 0 <= at_s - self._marks_at < MARKS_APART_S):
            with suppress(StoreBusyError):
                self._database.transact(_marks_statement([*self._later.values()]))
                self._later.clear()
                self._marks_at = at_s or 0.0

    def take_in(self, reads: Iterable[LogRead], *, marks_later: bool = False) -> int:
        """Books what was read. Returns how many responses are new or differ. Raises `StoreBusyError`.

        Nothing is booked then, and the marks stay, so that the same is read again once the store can be written.
        `marks_later`: they are left for `keep_marks`. A killed program reads the same again, which changes nothing.
        """
        marks, told, several = list[Mark](), dict[str, Row](), dict[str, list[Record]]()
        numbering = self._numbering
        for read in reads:
            marks.append(read.mark)
            places, terms = self._numbers(read)
            for key, part, side, at, place, rank, tie, term, a, b, c, d, e, f, g, several_requests in read.told:
                row: Row = (
                    key, part, side, at, places[place], rank, tie, terms[term], a, b, c, d, e, f, g, several_requests,
                )  # fmt: skip
                former = told.setdefault(key, row)
                if former is not row:
                    if key not in several:
                        several[key] = [Record._make(former)]
                    _add(several[key], Record._make(row), numbering.names)
        if marks_later and not told:
            self._later |= {each.path: each for each in marks}
            return 0
        found = self._keys.known(told.keys())
        known: dict[str, list[Record]] = {}
        for _, record in found.values():
            known.setdefault(record.key, []).append(record)
        tells = bool(self._database.stored("SELECT 1 FROM foresight LIMIT 1"))
        booking = Booking(numbering.names, numbering.term_like, numbering.replayed(), tells=tells)
        for key in dict.fromkeys((*known, *several)):
            row = told.pop(key)
            booking.book(known.get(key, ()), several.get(key) or [Record._make(row)])
        booking.book_new(told.values())
        try:
            changed = [CHANGED] if booking.changed else []
            booked = booking.statements({part: number for part, (number, _) in found.items()})
            written = () if marks_later else (_marks_statement(marks),)
            self._database.transact(*numbering.statements(), *booked, *changed, *written)
        except BaseException:
            numbering.forget()
            self._keys.forget()
            raise
        numbering.written()
        self._keys.wrote(booking.new)
        for each in marks:
            if marks_later:
                self._later[each.path] = each
            else:
                self._later.pop(each.path, None)
        self.changes += bool(booking.changed)
        return booking.changed

    def set_aside_retold(self) -> bool:
        """Sets aside what older responses told already, under other names. True where there was any."""
        from usagetray.edges.store import retelling  # deferred: for who reads many at once

        numbering = self._numbering
        keys = retelling.to_set_aside(self._database, numbering)
        if not keys:
            return False
        try:
            self._database.transact(*retelling.statements(self._database, numbering, keys), CHANGED)
        except BaseException:
            numbering.forget()
            raise
        numbering.written()
        self.changes += 1
        return True

    def add_up_again(self) -> None:
        """Makes the sums anew from the ledger's rows, of which none is taken for told again."""
        from usagetray.edges.store import retelling  # deferred: for repairs only
        from usagetray.edges.store.adding_up import anew

        self._database.transact(*retelling.undoing(self._numbering))
        self._numbering.written()
        self._database.transact(*anew(self._database), CHANGED)
        self.changes += 1

    def _numbers(self, read: LogRead) -> tuple[list[int], list[int]]:
        """The ledger's numbers of a log's places and terms, in their order."""
        provider, account, machine, folder = read.where
        places = [
            self._numbering.places.number((provider, account, machine, project, folder, session, agent, app, task))
            for project, session, agent, app, task in read.places
        ]
        return places, [self._numbering.terms.number((*each,)) for each in read.terms]


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
