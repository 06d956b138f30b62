"""The open store: written whole or not at all, read from by several threads, kept in memory while the disk is full."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from usagetray.edges.store.essence import essence
from usagetray.edges.store.mending import DAMAGE

log = logging.getLogger(__name__)

BUSY_S = 5.0
JOURNAL, MOST_JOURNAL = 4 * 1024 * 1024, 64 * 1024 * 1024
"""Bytes of it before its pages go to their places in the file."""
MOST_PENDING = 10_000
"""Writes kept in memory while the disk refuses them."""
MOST_HELD = 2000
"""Rows left in an open transaction: their pages stay within SQLite's cache."""

T = TypeVar("T")
Statement = tuple[str, Sequence[Sequence[Any]]]
"""SQL and the rows of values it is run with."""


def limit_journal(connection: sqlite3.Connection, size: int) -> None:
    (page,) = connection.execute("PRAGMA page_size").fetchone()
    connection.execute(f"PRAGMA wal_autocheckpoint = {size // page}")


class StoreBusyError(OSError):
    """The disk refuses to be written, or another process holds the store; nothing was changed."""


class Database:
    """A connection shared by the threads of one process. A write is durable, or waits in memory in its order."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        reopen: Callable[[], tuple[sqlite3.Connection, bool]] | None = None,
        heal: Callable[[], tuple[sqlite3.Connection, str]] | None = None,
    ) -> None:
        """`reopen`: where the disk had no room even to open the file for writing. Makes another connection, and says
        whether that one writes. `heal`: puts a mended store in the place of a damaged one, with a sentence about it.
        """
        self._disk = connection
        self._reopen = reopen
        self._heal = heal
        self._is_broken = False
        self.mended = 0
        """How often damage was found and mended since this was opened: who remembers rows looks at them again."""
        self.notice = ""
        self.holds = False
        """What can be had again waits for the next `write`, or for `settle`: a page that changes every other second
        goes to the disk now and then. For who writes all day and settles now and then."""
        self.lost = 0
        """How often what was held could not be kept: who remembers rows of it looks at them again."""
        self._held = 0
        self._waits = True
        self.commits = 0
        """With each of them nothing is held any more."""
        self._is_joining = False
        self._joined: list[Statement] = []
        """What was written inside of `together`, until it is committed."""
        self._memory: sqlite3.Connection | None = None  # stands in while writes are pending
        self._lock = threading.RLock()
        self._pending: list[tuple[Statement, ...]] = []
        self._writes = 0  # ever, to memory as well
        self._known: tuple[object, dict[str, list[tuple[Any, ...]]]] = (None, {})
        self.rows_written = 0

    @property
    def is_full(self) -> bool:
        """The disk refuses to be written; what was said since is kept in memory only."""
        return bool(self._pending) or self._reopen is not None

    # ---- written -------------------------------------------------------------------------------------------

    def write(self, *statements: Statement) -> int | None:
        """Runs the statements as one transaction, after those that had to wait. Returns the last row's number.

        What the disk refuses is kept in memory, where it is read from too, and written at a later call. Statements
        that are wrong in themselves raise `sqlite3.Error`.
        """
        with self._lock:
            self._catch_up()
            if not self._is_joining:
                self.settle()
            self._wait(True)
            return self._write(statements)

    def note(self, *statements: Statement) -> int | None:
        """Like `write`, and as safe from an end of this process, but not from one of the whole machine."""
        with self._lock:
            self._catch_up()
            self._wait(self._is_joining)
            return self._write(statements)

    def _write(self, statements: tuple[Statement, ...]) -> int | None:
        if self._memory is None:
            try:
                return self._on_disk(lambda disk: self._add(disk, statements))
            except sqlite3.OperationalError as error:
                log.warning("the store cannot be written: %s", error)
                self._drop()
                self._memory = essence(self._disk)
                statements = (*self._joined, *statements)
                self._joined.clear()
        rowid = self._transact(self._memory, statements)
        self._pending.append(statements)
        del self._pending[:-MOST_PENDING]
        return rowid

    def transact(self, *statements: Statement) -> None:
        """Like `write`, for what can be had again: where the disk refuses, `StoreBusyError`, kept nowhere."""
        with self._lock:
            self._catch_up()
            if self._pending:
                raise StoreBusyError("what was said before is still waiting to be written")
            self._wait(self._is_joining)
            try:
                self._on_disk(lambda disk: self._transact(disk, statements, commits=False))
                self._held += sum(len(rows) for _, rows in statements)
                if not self._is_joining and (not self.holds or self._held >= MOST_HELD):
                    self._commit(self._disk)
            except sqlite3.OperationalError as error:
                self._drop()
                raise StoreBusyError(str(error)) from error

    def settle(self) -> None:
        """Commits what is held. What the disk refuses is had again, by those who look at `lost`."""
        with self._lock:
            if self._disk.in_transaction and not self._is_joining:
                try:
                    self._commit(self._disk)
                except sqlite3.OperationalError as error:
                    log.warning("what was held could not be kept: %s", error)
                    self._drop()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """All writes within are one transaction. Other threads wait for its end: nothing within may wait."""
        with self._lock:
            if self._is_joining:
                yield
                return
            self.settle()
            self._is_joining = True
            try:
                yield
            finally:
                self._is_joining = False
                try:
                    if self._joined:
                        self._write(())
                    elif not self.holds:
                        self.settle()
                finally:
                    self._joined.clear()

    @contextlib.contextmanager
    def in_one_go(self) -> Iterator[None]:
        """For many transactions after each other: their pages go to their place in the file once, not each time.

        The ledger of a gigabyte of logs waits for the disk half as long, and takes a sixteenth less processor time.
        """
        limit_journal(self._disk, MOST_JOURNAL)
        try:
            yield
        finally:
            limit_journal(self._disk, JOURNAL)

    def _wait(self, waits: bool) -> None:
        """Whether the next commit waits for the disk. Without, all is whole after a crash of the machine, but what
        was said last may be missing. Within a transaction nothing of that can be changed.
        """
        if waits != self._waits and not self._disk.in_transaction:
            self._on_disk(lambda disk: disk.execute(f"PRAGMA synchronous = {'FULL' if waits else 'NORMAL'}"))
            self._waits = waits

    def _catch_up(self) -> None:
        """Writes what had to wait, as far as the disk lets it."""
        if self._reopen is not None:
            self._disk.close()  # first: it alone may have the file open
            self._disk, writes = self._reopen()
            self._waits = True
            if not writes:
                return
            self._reopen = None
        while self._pending:
            try:
                self._transact(self._disk, self._pending[0])
            except sqlite3.OperationalError:
                return
            del self._pending[0]
        if self._memory is not None:
            log.info("the store can be written again")
            self._memory.close()
            self._memory = None

    def _add(self, disk: sqlite3.Connection, statements: tuple[Statement, ...]) -> int | None:
        """Runs them after those they are joined to, which may have been taken back with others meanwhile."""
        whole = statements if disk.in_transaction else (*self._joined, *statements)
        rowid = self._transact(disk, whole, commits=not self._is_joining)
        if self._is_joining:
            self._joined += statements
        return rowid

    def _transact(
        self, connection: sqlite3.Connection, statements: Sequence[Statement], *, commits: bool = True
    ) -> int | None:
        rowid, written = None, 0
        self._writes += 1
        begun = connection.in_transaction
        connection.execute("SAVEPOINT latest" if begun else "BEGIN IMMEDIATE")
        try:
            for sql, rows in statements:
                if len(rows) == 1:
                    rowid = connection.execute(sql, rows[0]).lastrowid
                else:
                    connection.executemany(sql, rows)
                written += len(rows)
            if begun:
                connection.execute("RELEASE latest")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK TO latest" if begun else "ROLLBACK")
            raise
        if commits:
            self._commit(connection)
        if connection is self._disk:
            self.rows_written += written
        return rowid

    def _commit(self, connection: sqlite3.Connection) -> None:
        try:
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        if connection is self._disk:
            self._held = 0
            self.commits += 1

    def _drop(self) -> None:
        """Takes back all that is not committed yet."""
        if self._disk.in_transaction:
            self._disk.execute("ROLLBACK")
        if self._held:
            self._held = 0
            self.lost += 1
            self._writes += 1

    # ---- read ----------------------------------------------------------------------------------------------

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            if self._memory is not None:
                return self._memory.execute(sql, values).fetchall()
            return self._on_disk(lambda disk: disk.execute(sql, values).fetchall())

    def known_rows(self, sql: str) -> list[tuple[Any, ...]]:
        """`rows` of a question that is asked many times in a row: worked out anew once anybody has written.

        What costs a look at all of a long history is then done once for each reading, and not at all at rest.
        """
        with self._lock:
            in_memory = self._memory is not None
            ((others,),) = ((0,),) if in_memory else self.stored("PRAGMA data_version")
            stamp = (self._writes, others, in_memory)
            if self._known[0] != stamp:
                self._known = (stamp, {})
            answers = self._known[1]
            if sql not in answers:
                answers[sql] = self.rows(sql)
            return answers[sql]

    def stored(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What is on the disk, or on its way there, without what waits until it can be written."""
        with self._lock:
            return self._on_disk(lambda disk: disk.execute(sql, values).fetchall())

    def _on_disk(self, do: Callable[[sqlite3.Connection], T]) -> T:
        """Does it; where the file turns out to be damaged, once more with what could be saved of it."""
        try:
            return do(self._disk)
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            if self._heal is None or not (self._is_broken or code in DAMAGE):
                raise
            log.warning("the store was damaged while in use: %s", error)
            self._is_broken = True
            self._disk.close()
            self._disk, self.notice = self._heal()
            self._is_broken = False
            self._waits = True
            self._held = 0
            self.mended += 1
            self._writes += 1
            return do(self._disk)

    def close(self) -> None:
        """Tries once more to write what had to wait."""
        with self._lock:
            try:
                self._catch_up()
                self.settle()
            except sqlite3.ProgrammingError:
                pass  # closed before
            finally:
                self._disk.close()
                if self._memory is not None:
                    self._memory.close()
