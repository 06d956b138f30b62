"""The spine's other half: what is new in the tools' logs goes into the ledger, the newest log first.

While somebody works, only the logs written to lately and their folders are looked at, and in turn some of the
others; all folders are walked rarely. A look takes a set time at most and goes on where it stopped at the next.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from usagetray.edges.clock import Clock
from usagetray.edges.store import Store
from usagetray.edges.store.ledger import LogRead, Mark
from usagetray.edges.usage_logs import fork
from usagetray.edges.usage_logs.lines import Lines
from usagetray.edges.usage_logs.reading import Origin, read_log
from usagetray.edges.usage_logs.walk import Found, folder_stamp, logs_in, look_at, walk
from usagetray.overview import ReadingLogs
from usagetray.providers.contract import Home, Provider
from usagetray.settings import Settings
from usagetray.spine.sources import tools
from usagetray.spine.store_state import INDEXED_AT, READING

log = logging.getLogger(__name__)

TOGETHER = 8000
"""Records booked in one transaction."""
HOT = timedelta(hours=2)
"""A log written to since then is looked at on every tick; the others in turn."""
BUSY = timedelta(minutes=10)
"""After something was written to a log."""
IN_TURN = 200
"""Logs at rest looked at on a tick."""
WALK_EVERY_S = 300.0
MOMENT = 32 * 1024 * 1024
"""Bytes that are read before anybody has looked."""
TELL_EVERY_S = 1.0

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
        self._marks: dict[str, Mark] | None = None
        self._logs: dict[str, Origin] = {}
        self._folders: dict[str, int] = {}
        self._origin_of_folder: dict[str, Origin] = {}
        self._turn = 0
        self._waiting: list[Waiting] = []
        self._under_way: Iterator[LogRead] | None = None
        self._walked_at: float | None = None
        self._done, self._total = 0, 0
        self._moved_at: datetime | None = None
        self._told: tuple[str | None, float] = (None, 0.0)
        self.counted_at: datetime | None = None
        """When there was nothing left to read; None: not since this was made."""

    @property
    def progress(self) -> Progress | None:
        """None when there is nothing left to read."""
        return Progress(self._done, self._total) if self._waiting or self._under_way is not None else None

    @property
    def reading(self) -> ReadingLogs | None:
        """The same, where it takes more than a moment."""
        found = self.progress
        return None if found is None or found.total < MOMENT else ReadingLogs(done=found.done, total=found.total)

    def look(self, budget_s: float) -> bool:
        """Takes in what is new, for this long at most in real time. True if a count changed."""
        until = time.monotonic() + budget_s
        if not self._waiting and self._under_way is None:
            walked_at = self._walked_at
            if walked_at is None or self._clock.monotonic() - walked_at >= WALK_EVERY_S:
                self._walk()
            else:
                self._glance()
        return self._read(until)

    def look_if_busy(self, budget_s: float) -> bool:
        """A look while logs grow, or are still to be read; a machine at rest is left to rest."""
        moved_at = self._moved_at
        is_busy = self.progress is not None or (moved_at is not None and self._clock.now() - moved_at < BUSY)
        return is_busy and self.look(budget_s)

    def catch_up(self, progress: Callable[[Progress], None] | None = None) -> bool:
        """Takes in all there is, with a second process where that pays. True if a count changed."""
        self._walk()
        worker = None
        if progress is None:
            self._waiting, others = fork.shared_out(self._waiting)
            worker = fork.Worker(lambda: self._reads_of(others)) if others else None
        changed = self._take_all(worker, progress or (lambda _: None))
        if worker is not None and not worker.has_finished:  # it was killed: what it did not tell is still to be read
            self._walk()
            changed |= self._take_all(None, progress or (lambda _: None))
        return changed

    def _take_all(self, worker: fork.Worker | None, progress: Callable[[Progress], None]) -> bool:
        changed, reads, records = False, list[LogRead](), 0
        while True:
            own = self._next()
            told = [own] if own is not None else []
            if worker is not None:
                told += worker.take(wait=own is None)
            reads += told
            records += sum(len(each.events) for each in told)
            is_over = own is None and (worker is None or worker.is_over)
            if records >= TOGETHER or is_over:
                changed |= self._book(reads)
                reads, records = [], 0
                progress(Progress(self._done, self._total))
            if is_over:
                self._note_end()
                return changed

    def read_anew(self) -> None:
        """The next look reads every log from its beginning. No count is lost: the ledger knows each response."""
        self._store.ledger.forget_marks()
        self._marks = None
        self._walked_at = None

    # ---- which logs there are ----------------------------------------------------------------------------------

    def origins(self) -> Iterator[Origin]:
        """Every tree of logs that is to be read."""
        settings = self._settings()
        for tool in tools(self._providers, settings, self._environ):
            account = "" if tool.home.is_default else str(tool.home.path)
            yield from self._trees(tool.provider, tool.home, account, "")
        for provider in self._providers:
            own = settings.of(provider.id)
            for machine, folder in own.logs if own.enabled else ():
                yield from self._trees(provider, Home(path=folder, is_default=False), "", machine)
        yield from self._further

    def _trees(self, provider: Provider, home: Home, account: str, machine: str) -> Iterator[Origin]:
        if provider.logs is not None:
            for tree in provider.logs.trees(home):
                yield Origin(provider.id, account, machine, home, provider.logs, str(tree))

    def _walk(self) -> None:
        """Lists every log, and those that are new or changed as waiting."""
        marks = self._known()
        self._logs, self._folders, self._origin_of_folder = {}, {}, {}
        self._waiting, self._under_way = [], None
        for origin in self.origins():
            folders: dict[str, int] = {}
            for found in walk(Path(origin.tree), origin.source.suffixes, folders):
                if found.path not in self._logs and not origin.source.skips(found.below):
                    self._logs[found.path] = origin
                    self._await_if_new(found, origin, marks)
            for folder, stamp in folders.items():
                self._folders[folder] = stamp
                self._origin_of_folder[folder] = origin
        gone = [path for path, mark in marks.items() if path not in self._logs and mark.tree in self._folders]
        if gone:
            self._store.ledger.note_gone(gone, self._clock.now())
        self._walked_at = self._clock.monotonic()
        self._begin()

    def _glance(self) -> None:
        """Looks at what was written lately, at the folders above it, and at some of the rest."""
        marks = self._known()
        since = (self._clock.now() - HOT).timestamp() * 1e9
        hot = [path for path, mark in marks.items() if mark.modified >= since and path in self._logs]
        all_paths = list(self._logs)
        if all_paths:
            turn = [all_paths[(self._turn + step) % len(all_paths)] for step in range(min(IN_TURN, len(all_paths)))]
            self._turn = (self._turn + IN_TURN) % len(all_paths)
        else:
            turn = []
        for path in dict.fromkeys((*hot, *turn)):
            origin = self._logs[path]
            found = look_at(path, origin.tree)
            if found is not None:
                self._await_if_new(found, origin, marks)
        for folder in list(self._folders_to_watch(hot)):  # a look into one may find new ones
            self._look_into(folder, marks)
        self._begin()

    def _folders_to_watch(self, hot: Iterable[str]) -> Iterator[str]:
        """Those of hot logs, and of every tree the two uppermost levels: there new sessions appear."""
        watched = {path.rpartition("/")[0].rpartition("\\")[0] or path.rpartition("/")[0] for path in hot}
        for folder, origin in self._origin_of_folder.items():
            below = folder[len(origin.tree) :]
            if folder in watched or below.count("/") + below.count("\\") < 2:
                yield folder

    def _look_into(self, folder: str, marks: Mapping[str, Mark]) -> None:
        stamp = folder_stamp(folder)
        if stamp == self._folders.get(folder):
            return
        origin = self._origin_of_folder[folder]
        self._folders[folder] = stamp
        logs, folders = logs_in(folder, origin.tree, origin.source.suffixes)
        for found in logs:
            if not origin.source.skips(found.below):
                self._logs[found.path] = origin
                self._await_if_new(found, origin, marks)
        for each in folders:
            if each not in self._folders:
                self._folders[each], self._origin_of_folder[each] = 0, origin
                self._look_into(each, marks)

    def _await_if_new(self, found: Found, origin: Origin, marks: Mapping[str, Mark]) -> None:
        mark = marks.get(found.path)
        if mark is None or mark[3:6] != (found.identity, found.size, found.modified):
            self._waiting.append((found, origin))

    def _begin(self) -> None:
        self._waiting.sort(key=lambda each: each[0].modified)  # the newest last: it is read first
        self._done, self._total = 0, sum(each.size for each, _ in self._waiting)
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
            records += len(read.events)
            if records >= TOGETHER:
                changed |= self._book(reads)
                reads, records = [], 0
        changed |= self._book(reads)
        self._tell_progress()
        if self.progress is None:
            self._note_end()
        return changed

    def _note_end(self) -> None:
        self.counted_at = self._clock.now()
        self._store.set_meta(INDEXED_AT, self.counted_at.isoformat())
        self._tell_progress()

    def _tell_progress(self) -> None:
        """Now and then, for those who only read the store."""
        found = self.reading
        text = f"{found.done}/{found.total}" if found is not None else ""
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
                self._done += found.size
                self._under_way = read_log(found, self._known().get(found.path), origin, self._lines, self._siblings)
            for read in self._under_way:
                return read
            self._under_way = None

    def _reads_of(self, waiting: Sequence[Waiting]) -> Iterator[LogRead]:
        for found, origin in waiting:
            yield from read_log(found, self._known().get(found.path), origin, self._lines, self._siblings)

    def _book(self, reads: Sequence[LogRead]) -> bool:
        if not reads:
            return False
        try:
            changed = self._store.ledger.take_in(reads)
        except sqlite3.OperationalError as error:
            log.warning("counts could not be kept: %s", error)
            self._waiting, self._under_way, self._walked_at = [], None, None  # read again once the disk lets us
            return False
        for read in reads:
            self._known()[read.mark.path] = read.mark
        self._moved_at = self._clock.now()
        return bool(changed)

    def _siblings(self, text: str) -> Iterator[str]:
        return (path for path in self._logs if text in path.rpartition("/")[2])
