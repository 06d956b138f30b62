"""The spine's other half: what is new in the tools' logs goes into the ledger, the newest log first.

While somebody works, only the logs written to lately and their folders are looked at, and in turn some of the
others; all folders are walked rarely. A look takes a set time at most and goes on where it stopped at the next.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from usagetray.domain.retelling import LEAST_STRETCH
from usagetray.edges.clock import Clock
from usagetray.edges.store import Store, StoreBusyError
from usagetray.edges.store.ledger import Ledger, LogRead, Mark
from usagetray.edges.usage_logs import fork
from usagetray.edges.usage_logs.lines import Lines
from usagetray.edges.usage_logs.reading import Origin, read_log
from usagetray.edges.usage_logs.walk import Found, folder_stamp, logs_in, look_at, walk
from usagetray.providers.contract import Provider
from usagetray.quick_dataclass import dataclass
from usagetray.settings import Settings
from usagetray.spine import retaining
from usagetray.spine.log_trees import log_trees
from usagetray.spine.rota import Rota
from usagetray.spine.store_state import INDEXED_AT, READING
from usagetray.spine.unchanged import Fingerprint

if TYPE_CHECKING:
    from usagetray.overview import ReadingLogs

log = logging.getLogger(__name__)

TOGETHER = 8000
"""Records booked in one transaction."""
IN_USE = timedelta(hours=2)
"""A log written to since then is looked at on every tick; the others in turn."""
BUSY = timedelta(minutes=1)
"""After something was written to a log: who works writes on within it, or is seen at the next tick."""
WALK_EVERY_S = 300.0
MOMENT = 32 * 1024 * 1024
"""Bytes that are read before anybody has looked."""
TELL_EVERY_S = 1.0
NOTE_EVERY_S = 60.0

Waiting = tuple[Found, Origin]


@dataclass(frozen=True, slots=True)
class Progress:
    """Of the reading that is under way, in bytes of logs."""

    done: int
    total: int


class Indexing:
    """Knows how far each log has been read. Used by the process that writes the store, from one thread."""

    def __init__(
        self,
        store: Store,
        providers: Sequence[Provider],
        settings: Callable[[], Settings],
        environ: Mapping[str, str],
        clock: Clock,
        further: Sequence[Origin] = (),
    ) -> None:
        """`further`: trees of logs beside those of the providers' tools."""
        self._store = store
        self._providers = [each for each in providers if each.logs is not None]
        self._settings = settings
        self._environ = environ
        self._clock = clock
        self._further = further
        self._lines = Lines()
        self._ledger: Ledger | None = None
        self._marks: dict[str, Mark] | None = None
        self._logs: dict[str, Origin] = {}
        self._folders: dict[str, tuple[int, Origin]] = {}
        """With the time each last changed."""
        self._gone: set[str] | None = None
        self._rota = Rota()
        self._folder_rota = Rota()
        self._waiting: list[Waiting] = []
        self._under_way: Iterator[LogRead] | None = None
        self._walked_at: float | None = None
        self._done, self._total = 0, 0
        self._moved_at: datetime | None = None
        """When the log was written to that was written to last, of those that were read since this was made."""
        self._told: tuple[str | None, float] = (None, 0.0)
        self._noted_at: float | None = None
        self._new = 0
        """Responses since it was looked whether any are told again."""
        self.fingerprint: Fingerprint | None = None
        """Of what was listed last, where one was put here."""
        self.counted_at: datetime | None = None
        """When there was nothing left to read; None: not since this was made."""
        self.looks = 0
        """How often logs were looked at since this was made."""

    @property
    def progress(self) -> Progress | None:
        """None when there is nothing left to read."""
        return Progress(self._done, self._total) if self._waiting or self._under_way is not None else None

    @property
    def has_read_all(self) -> bool:
        """Nothing is left, and nothing was refused by the disk."""
        return self.progress is None and self._walked_at is not None

    @property
    def reading(self) -> ReadingLogs | None:
        """The same, where it takes more than a moment."""
        from usagetray.overview import ReadingLogs  # deferred: a command that reads and ends shows none

        found = self.progress
        return None if found is None or found.total < MOMENT else ReadingLogs(done=found.done, total=found.total)

    def look(self, budget_s: float) -> bool:
        """Takes in what is new, for this long at most in real time. True if a count changed."""
        until = time.monotonic() + budget_s
        self.looks += 1
        self._follow_ledger()
        if not self._waiting and self._under_way is None:
            if self._walked_at is None or self._clock.monotonic() - self._walked_at >= WALK_EVERY_S:
                self._walk()
            else:
                self._glance()
        return self._read(until)

    @property
    def is_busy(self) -> bool:
        """Logs grow, or are still to be read."""
        rests_for = None if self._moved_at is None else self._clock.now() - self._moved_at  # < 0: it was set back
        return self.progress is not None or (rests_for is not None and timedelta() <= rests_for < BUSY)

    def look_if_busy(self, budget_s: float) -> bool:
        """A look while logs grow, or are still to be read; a machine at rest is left to rest."""
        return self.is_busy and self.look(budget_s)

    def catch_up(self, progress: Callable[[Progress], None] | None = None) -> bool:
        """Takes in all there is, with a second process where that pays. True if a count changed."""
        report = progress or (lambda _: None)
        self._walk()
        self._waiting, others = fork.shared_out(self._waiting)
        worker = fork.Worker(lambda: self._reads_of(others)) if others else None
        with self._store.database.in_one_go():
            changed = self._take_all(worker, report)
            if worker is not None and not worker.has_finished:  # it was killed: what it did not tell is to be read yet
                self._walk()
                changed |= self._take_all(None, report)
        report(Progress(self._total, self._total))
        return changed

    def _take_all(self, worker: fork.Worker | None, report: Callable[[Progress], None]) -> bool:
        changed, reads, records = False, list[LogRead](), 0
        while True:
            own = self._next()
            told = [own] if own is not None else []
            if worker is not None:
                told += worker.take(wait=own is None)
            reads += told
            records += sum(len(each.told) for each in told)
            is_over = own is None and (worker is None or worker.is_over)
            if records >= TOGETHER or is_over:
                changed |= self._book(reads)
                reads, records = [], 0
                report(Progress(self._done, self._total))
            if is_over:
                if self.has_read_all:
                    changed |= self._set_aside()
                    self._note_end()
                return changed

    def read_anew(self) -> None:
        """The next look reads every log from its beginning. No count is lost: the ledger knows each response."""
        self._store.ledger.forget_marks()
        self._new = LEAST_STRETCH
        self._marks = self._gone = None
        self._walked_at = None

    def _follow_ledger(self) -> None:
        """What was read since the store lost rows, or was mended, is read again."""
        ledger = self._store.ledger
        if self._ledger is not ledger:
            self._ledger, self._marks, self._gone = ledger, None, None
            self._waiting, self._under_way, self._walked_at = [], None, None

    # ---- which logs there are ----------------------------------------------------------------------------------

    def trees(self) -> Iterator[Origin]:
        yield from log_trees(self._providers, self._settings(), self._environ)
        yield from self._further

    def _walk(self) -> None:
        """Lists every log, and those that are new or changed as waiting."""
        retaining.warn(self._store, self._providers, self._settings(), self._environ, self._clock.now())
        marks = self._known()
        self._logs, self._folders, self._waiting, self._under_way = {}, {}, [], None
        if self.fingerprint is not None:
            self.fingerprint = Fingerprint()
        since = self._in_use_since()
        in_use: list[tuple[int, str]] = []
        for origin in self.trees():
            stamps: dict[str, int] = {}
            for found in walk(Path(origin.tree), origin.source.suffixes, stamps):
                if self.fingerprint is not None:
                    self.fingerprint.add(found)
                if found.path not in self._logs and not origin.source.skips(found.below):
                    self._logs[found.path] = origin
                    if found.modified >= since:
                        in_use.append((found.modified, found.path))
                    self._await_if_new(found, origin, marks)
            self._folders.update((folder, (stamp, origin)) for folder, stamp in stamps.items())
        changed_last = sorted((stamp, folder) for folder, (stamp, _) in self._folders.items() if stamp >= since)
        self._rota = Rota(self._logs, (path for _, path in sorted(in_use)))
        self._folder_rota = Rota(self._folders, (folder for _, folder in changed_last))
        self._note_gone(marks)
        self._walked_at = self._clock.monotonic()
        self._begin()

    def _note_gone(self, marks: Mapping[str, Mark]) -> None:
        """A log that was not listed is gone, if its tree is there at all; it may come back."""
        ledger = self._store.ledger
        if self._gone is None:
            self._gone = ledger.gone()
        gone = {path for path, mark in marks.items() if path not in self._logs and mark.tree in self._folders}
        with suppress(StoreBusyError):
            ledger.note_gone(gone - self._gone, self._clock.now())
            ledger.note_back(back := self._gone & self._logs.keys())
            self._gone = (self._gone | gone) - back

    def _glance(self) -> None:
        """Looks at what is in use, and at some of the rest in turn; in folders for new logs as well."""
        marks, since = self._known(), self._in_use_since()
        for path in self._rota.due():
            origin = self._logs[path]
            found = look_at(path, origin.tree)
            if found is not None and not self._await_if_new(found, origin, marks) and found.modified < since:
                self._rota.rest(path)
        for folder in self._folder_rota.due():
            self._look_into(folder, marks, since)
        self._begin()

    def _in_use_since(self) -> int:
        """In nanoseconds, as files have it."""
        return int((self._clock.now() - IN_USE).timestamp() * 1e9)

    def _look_into(self, folder: str, marks: Mapping[str, Mark], since: int) -> None:
        former, origin = self._folders[folder]
        stamp = folder_stamp(folder)
        if stamp == former:
            if stamp < since:
                self._folder_rota.rest(folder)
            return
        self._folders[folder] = (stamp, origin)
        self._folder_rota.use(folder)
        logs, folders = logs_in(folder, origin.tree, origin.source.suffixes)
        for found in logs:
            if not origin.source.skips(found.below):
                if found.path not in self._logs:
                    self._logs[found.path] = origin
                    self._rota.add(found.path)
                self._await_if_new(found, origin, marks)
        for each in folders:
            if each not in self._folders:
                self._folders[each] = (0, origin)
                self._folder_rota.add(each)
                self._look_into(each, marks, since)

    def _await_if_new(self, found: Found, origin: Origin, marks: Mapping[str, Mark]) -> bool:
        mark = marks.get(found.path)
        if mark is not None and mark[3:6] == (found.identity, found.size, found.modified):
            return False
        self._waiting.append((found, origin))
        self._rota.use(found.path)
        return True

    def _begin(self) -> None:
        self._waiting.sort(key=lambda each: each[0].modified)  # the newest last: it is read first
        self._done, self._total = 0, sum(self._to_read(each) for each, _ in self._waiting)
        self._tell_progress()
        if not self._waiting and self._walked_at is not None:
            self.counted_at = self._clock.now()
            if self._store.meta(INDEXED_AT) is None:
                self._note_end()

    def _known(self) -> dict[str, Mark]:
        if self._marks is None:
            self._marks = self._store.ledger.marks()
        return self._marks

    # ---- what they tell ----------------------------------------------------------------------------------------

    def _read(self, until: float) -> bool:
        if not self._waiting and self._under_way is None:
            return False
        changed, reads, records = False, list[LogRead](), 0
        while time.monotonic() < until or not reads:
            read = self._next()
            if read is None:
                break
            reads.append(read)
            records += len(read.told)
            if records >= TOGETHER:
                changed |= self._book(reads)
                reads, records = [], 0
        changed |= self._book(reads, marks_later=self._total < MOMENT)
        self._tell_progress()
        if self.has_read_all:
            changed |= self._set_aside()
            self._note_end()
        return changed

    def _set_aside(self) -> bool:
        """Of many that came since the last time, what is only told again does not count."""
        if self._new < LEAST_STRETCH:
            return False
        try:
            found = self._store.ledger.set_aside_retold()
        except StoreBusyError as error:
            log.warning("what is told again could not be set aside: %s", error)
            return False
        self._new = 0
        return found

    def _note_end(self) -> None:
        """For others to read, now and then: while somebody works, all is read to its end every two seconds."""
        self.counted_at = self._clock.now()
        noted_at = self._noted_at
        if noted_at is None or self._clock.monotonic() - noted_at >= NOTE_EVERY_S:
            self._store.keep(INDEXED_AT, self.counted_at.isoformat())
            self._noted_at = self._clock.monotonic()
        self._tell_progress()
        if noted_at is None:
            self._store.settle()  # others wait for just this
        self._store.ledger.keep_marks(self._clock.monotonic())

    def _tell_progress(self) -> None:
        """Now and then, for those who only read the store."""
        found = self.progress
        text = f"{found.done}/{found.total}" if found is not None and found.total >= MOMENT else ""
        told, at = self._told
        if told is None:
            told = self._store.meta(READING) or ""
        if text != told and not (text and told and time.monotonic() - at < TELL_EVERY_S):
            self._store.set_meta(READING, text)
            told, at = text, time.monotonic()
        self._told = (told, at)

    def _next(self) -> LogRead | None:
        while True:
            if self._under_way is None:
                if not self._waiting:
                    return None
                found, origin = self._waiting.pop()
                self._under_way = read_log(found, self._known().get(found.path), origin, self._lines, self._siblings)
            for read in self._under_way:
                return read
            self._under_way = None

    def _reads_of(self, waiting: Sequence[Waiting]) -> Iterator[LogRead]:
        for found, origin in waiting:
            yield from read_log(found, self._known().get(found.path), origin, self._lines, self._siblings)

    def _book(self, reads: Sequence[LogRead], *, marks_later: bool = False) -> bool:
        if not reads:
            return False
        try:
            changed = self._store.ledger.take_in(reads, marks_later=marks_later)
        except StoreBusyError as error:
            log.warning("counts could not be kept: %s", error)
            self._waiting, self._under_way, self._walked_at = [], None, None  # read again once the disk lets us
            return False
        self._new += changed
        marks = self._known()
        for read in reads:
            former = marks.get(read.mark.path)
            self._done += max(read.mark.offset - (former.offset if former is not None else 0), 0)
            marks[read.mark.path] = read.mark
            self._note_move(read.mark.modified)
        return bool(changed)

    def _note_move(self, modified_ns: int) -> None:
        at = min(datetime.fromtimestamp(modified_ns / 1e9, UTC), self._clock.now())
        self._moved_at = at if self._moved_at is None else max(self._moved_at, at)

    def _to_read(self, found: Found) -> int:
        """Bytes, as far as can be said before it is looked into."""
        mark = self._known().get(found.path)
        return found.size - mark.offset if mark is not None and mark.offset <= found.size else found.size

    def _siblings(self, text: str) -> Iterator[str]:
        return (path for path in self._logs if text in path.rpartition("/")[2])
