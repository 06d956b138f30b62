"""What is damage, and how a damaged store is replaced by what can be saved of it.

Killed in between, the next start goes on with it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from usagetray.edges.files import open_private

BROKEN = (sqlite3.DatabaseError, UnicodeDecodeError)
"""SQLite quotes a damaged schema in its errors, which then are no text themselves."""

DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
"""What is said of a file that was well when it was opened."""

TROUBLE = frozenset(
    {
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOMEM),
        *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_NOLFS),
    }
)
"""Results that speak of the machine, not of the file: the file stays where it is."""


def is_damage(error: Exception, path: Path) -> bool:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    if code == sqlite3.SQLITE_READONLY:
        return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)  # a header that claims so
    return code not in TROUBLE


COMPANIONS = ("-wal", "-shm")
"""SQLite's files beside a store."""


def mend(path: Path, fill: Callable[[Path, Path], int]) -> tuple[Path, int]:
    """Sets the damaged store aside and puts a new one in its place; where the old one is kept, and how many rows.

    `fill(damaged, fresh)` makes the new one. Whatever it raises, the next start finds the old one and tries again.
    """
    fresh = _under_way(path)
    if is_half_mended(path):
        aside = _asides(path)[-1]
    else:
        _remove(fresh)
        os.close(open_private(fresh, os.O_WRONLY | os.O_CREAT))  # the sign of what is going on
        aside = _next_aside(path)
        path.rename(aside)
    for ending in COMPANIONS:
        companion = _beside(path, ending)
        if companion.exists():
            companion.rename(_beside(aside, ending))
    _remove(fresh, but_itself=True)
    os.truncate(fresh, 0)
    copied = fill(aside, fresh)
    fresh.rename(path)
    return aside, copied


def is_half_mended(path: Path) -> bool:
    """The damaged store was set aside, and no new one is in its place."""
    return not path.exists() and _under_way(path).exists() and bool(_asides(path))


def _under_way(path: Path) -> Path:
    return path.with_name(f"{path.name}.mending")


def _asides(path: Path) -> list[Path]:
    """Damaged stores that are kept, oldest first."""
    found = []
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        found.append(aside)
        number += 1
    return found


def _next_aside(path: Path) -> Path:
    return path.with_name(f"{path.name}.damaged-{len(_asides(path)) + 1}")


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _remove(path: Path, *, but_itself: bool = False) -> None:
    for each in (*(_beside(path, ending) for ending in COMPANIONS), *(() if but_itself else (path,))):
        each.unlink(missing_ok=True)
