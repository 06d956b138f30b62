"""The SQLite file itself: opened, checked, written whole or not at all, set aside when damaged."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from usagetray.edges.files import open_private, private_dir
from usagetray.edges.store.essence import essence
from usagetray.edges.store.mending import BROKEN, DAMAGE, is_damage, is_half_mended, mend
from usagetray.edges.store.migrations import NewerStoreError, known_version, migrate
from usagetray.edges.store.salvage import salvage
from usagetray.errors import UserError

log = logging.getLogger(__name__)

BUSY_S = 5.0
MOST_PAGES_CHECKED_WHOLE = 2000
"""8 MiB, some 20 ms."""
PAGES_IN_JOURNAL, MOST_PAGES_IN_JOURNAL = 1000, 16_000
"""4 MiB as is usual, or 64 MiB."""
MOST_PENDING = 10_000
"""Writes kept in memory while the disk refuses them."""

T = TypeVar("T")
Statement = tuple[str, Sequence[Sequence[Any]]]
"""SQL and the rows of values it is run with."""


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

    def write(self, *statements: Statement) -> int | None:
        """Runs the statements as one transaction, after those that had to wait. Returns the last row's number.

        What the disk refuses is kept in memory, where it is read from too, and written at a later call. Statements
        that are wrong in themselves raise `sqlite3.Error`.
        """
        with self._lock:
            self._catch_up()
            if self._memory is None:
                try:
                    rowid = self._on_disk(lambda disk: self._transact(disk, statements))
                except sqlite3.OperationalError as error:
                    log.warning("the store cannot be written: %s", error)
                    self._memory = essence(self._disk)
                else:
                    return rowid
            rowid = self._transact(self._memory, statements)
            self._pending.append(statements)
            del self._pending[:-MOST_PENDING]
            return rowid

    def transact(self, *statements: Statement) -> int | None:
        """Like `write`, for what can be had again: where the disk refuses, `StoreBusyError`, kept nowhere."""
        with self._lock:
            self._catch_up()
            if self._pending:
                raise StoreBusyError("what was said before is still waiting to be written")
            # Whole after a crash like all else, but perhaps not the last one: then it is had again.
            self._disk.execute("PRAGMA synchronous = NORMAL")
            try:
                return self._on_disk(lambda disk: self._transact(disk, statements))
            except sqlite3.OperationalError as error:
                raise StoreBusyError(str(error)) from error
            finally:
                self._disk.execute("PRAGMA synchronous = FULL")

    @contextlib.contextmanager
    def in_one_go(self) -> Iterator[None]:
        """For many transactions after each other: their pages go to their place in the file once, not each time.

        The ledger of a gigabyte of logs waits for the disk half as long, and takes a sixteenth less processor time.
        """
        self._disk.execute(f"PRAGMA wal_autocheckpoint = {MOST_PAGES_IN_JOURNAL}")
        try:
            yield
        finally:
            self._disk.execute(f"PRAGMA wal_autocheckpoint = {PAGES_IN_JOURNAL}")

    def _catch_up(self) -> None:
        """Writes what had to wait, as far as the disk lets it."""
        if self._reopen is not None:
            self._disk.close()  # first: it alone may have the file open
            self._disk, writes = self._reopen()
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

    def _transact(self, connection: sqlite3.Connection, statements: tuple[Statement, ...]) -> int | None:
        rowid, written = None, 0
        self._writes += 1
        connection.execute("BEGIN IMMEDIATE")
        try:
            for sql, rows in statements:
                if len(rows) == 1:
                    rowid = connection.execute(sql, rows[0]).lastrowid
                else:
                    connection.executemany(sql, rows)
                written += len(rows)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        if connection is self._disk:
            self.rows_written += written
        return rowid

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
            (others,) = (0,) if in_memory else self._disk.execute("PRAGMA data_version").fetchone()
            stamp = (self._writes, others, in_memory)
            if self._known[0] != stamp:
                self._known = (stamp, {})
            answers = self._known[1]
            if sql not in answers:
                answers[sql] = self.rows(sql)
            return answers[sql]

    def stored(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What is on the disk, without what waits to be written."""
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
            self.mended += 1
            self._writes += 1
            return do(self._disk)

    def close(self) -> None:
        """Tries once more to write what had to wait."""
        with self._lock:
            try:
                self._catch_up()
            except sqlite3.ProgrammingError:
                pass  # closed before
            finally:
                self._disk.close()
                if self._memory is not None:
                    self._memory.close()


def open_for_writing(path: Path) -> tuple[Database, str | None]:
    """Opens or makes the file; with a sentence for the user where a damaged one had to be set aside.

    Raises `NewerStoreError` for one written by a newer program, `UserError` where it cannot be opened at all: a file
    that is only busy, or on a disk that fails, is never moved.
    """
    private_dir(path.parent)
    try:
        if not is_half_mended(path):
            return Database(_connect(path), heal=lambda: _mended(path)), None
        log.warning("mending the store was broken off, and is begun anew")
    except BROKEN as error:
        if not is_damage(error, path):
            return _without_room(path, error), None
        log.warning("the store is damaged (%s)", error)
    except OSError as error:
        raise _cannot_open(path, error.strerror or "no reason given") from None
    connection, notice = _mended(path)
    return Database(connection, heal=lambda: _mended(path)), notice


def _mended(path: Path) -> tuple[sqlite3.Connection, str]:
    """What could be saved, opened, and a sentence for the user. Raises `UserError`; nothing is lost then."""
    try:
        aside, copied = mend(path, _fill_from)
        return _connect(path), f"The history was damaged: {copied} entries could be saved, and {aside} holds the rest."
    except (sqlite3.Error, OSError) as error:
        raise _cannot_open(path, error) from None


def _fill_from(aside: Path, fresh: Path) -> int:
    """Makes a whole store out of what can be read of a damaged one; how many rows that were."""
    database = Database(_connect(fresh))
    try:
        copied = salvage(aside, database._disk)
        if copied:
            from usagetray.edges.store.adding_up import anew  # deferred: it needs this module

            database._transact(database._disk, tuple(anew(database)))
    finally:
        database.close()
    return copied


def _cannot_open(path: Path, why: object) -> UserError:
    return UserError(f"{path} cannot be opened ({why}): check the disk and the folder's permissions.")


def _without_room(path: Path, error: Exception) -> Database:
    """A store that can be read though the disk has no room for what goes with writing. Raises `UserError`."""

    def reopen() -> tuple[sqlite3.Connection, bool]:
        try:
            return _connect(path), True
        except (sqlite3.OperationalError, OSError):
            return _alone(path), False

    try:
        connection = _alone(path)
        try:
            _check(connection)
            _check_schema(connection)
        except BaseException:
            connection.close()
            raise
    except BROKEN:
        raise _cannot_open(path, error) from None
    log.warning("the store cannot be opened for writing: %s", error)
    return Database(connection, reopen, heal=lambda: _mended(path))


def _alone(path: Path) -> sqlite3.Connection:
    """Reads only, and needs nothing beside the file: SQLite's shared memory is a file, for which there may be no room.

    Nobody else can open the store meanwhile.
    """
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode=rw", uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False
    )
    _prepare(connection)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT count(*) FROM sqlite_schema")
    except BaseException:
        connection.close()
        raise
    return connection


def open_for_reading(path: Path) -> Database | None:
    """Opens an existing file; None where there is none yet. Raises `UserError` if it cannot be read, or is newer."""
    if not path.exists():
        return None
    try:
        try:
            connection = _shared(path)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            connection = _alone(path)
        version = _version(connection)
    except BROKEN as error:
        raise UserError(f"{path} cannot be read ({error}); start usagetray once, it mends its history.") from None
    if version == 0:
        connection.close()
        return None
    return Database(connection)


def _version(connection: sqlite3.Connection) -> int:
    try:
        return known_version(connection)
    except NewerStoreError:
        connection.close()
        raise


def _shared(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode=ro", uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False
    )
    _prepare(connection)
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema")
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    os.close(open_private(path, os.O_RDWR | os.O_CREAT))
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    _prepare(connection)
    try:
        known_version(connection)  # first: what comes next may write into the file
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        _check(connection)
        migrate(connection)
        _check_schema(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    # One flipped bit in a text must not make its whole table unreadable.
    connection.text_factory = _text
    # What does not fit into its cache SQLite would sort in a file of its own, in a folder shared with everybody.
    connection.execute("PRAGMA temp_store = MEMORY")


def _text(found: bytes) -> str:
    return found.decode("utf-8", "replace")


def _check(connection: sqlite3.Connection) -> None:
    """Raises `sqlite3.DatabaseError` for a damaged file. The whole check, indexes too, only where it is soon done."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    check = "integrity_check" if pages <= MOST_PAGES_CHECKED_WHOLE else "quick_check"
    (verdict,) = connection.execute(f"PRAGMA {check}(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def _check_schema(connection: sqlite3.Connection) -> None:
    """A flipped bit in a column's name passes every check of SQLite's, and every statement fails."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        migrate(fresh)
        right = set(fresh.execute("SELECT name, sql FROM sqlite_schema"))
    if right - set(connection.execute("SELECT name, sql FROM sqlite_schema")):
        raise sqlite3.DatabaseError("its schema is not the one that was written")
