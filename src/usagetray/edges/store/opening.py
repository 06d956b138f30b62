"""Opening the SQLite file: checked, brought to the newest schema, set aside and mended where it is damaged."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
from pathlib import Path

from usagetray.edges.files import open_private, private_dir
from usagetray.edges.store.database import BUSY_S, JOURNAL, Database, limit_journal
from usagetray.edges.store.mending import BROKEN, is_damage, is_half_mended, mend
from usagetray.edges.store.migrations import NewerStoreError, known_version, migrate
from usagetray.edges.store.salvage import salvage
from usagetray.errors import UserError

log = logging.getLogger(__name__)

PAGE = 512
"""Bytes: a reading, or a response, is a small change on a few pages, and each of them is written whole."""
MOST_CHECKED_WHOLE = 8 * 1024 * 1024
"""Bytes: some 20 ms."""


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
    with contextlib.closing(sqlite3.connect(fresh, isolation_level=None)) as made:
        made.execute(f"PRAGMA page_size = {PAGE}")
        copied = salvage(aside, made)
    database = Database(_connect(fresh))
    try:
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
            # On a disk that can only be read nobody changes the file, and SQLite has to be told so: it can put nothing
            # beside it. What a journal still holds is not seen then.
            connection = _alone(path) if os.access(path.parent, os.W_OK) else _shared(path, "&immutable=1")
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


def _shared(path: Path, how: str = "") -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode=ro{how}", uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False
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
        connection.execute(f"PRAGMA page_size = {PAGE}")  # of one that is being made
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        limit_journal(connection, JOURNAL)
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
    # Some builds of SQLite overwrite what is deleted, at the price of writing pages that would not be written else.
    connection.execute("PRAGMA secure_delete = FAST")


def _text(found: bytes) -> str:
    return found.decode("utf-8", "replace")


def _check(connection: sqlite3.Connection) -> None:
    """Raises `sqlite3.DatabaseError` for a damaged file. The whole check, indexes too, only where it is soon done."""
    (pages,), (page,) = (connection.execute(f"PRAGMA {each}").fetchone() for each in ("page_count", "page_size"))
    check = "integrity_check" if pages * page <= MOST_CHECKED_WHOLE else "quick_check"
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
