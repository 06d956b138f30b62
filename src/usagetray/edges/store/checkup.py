"""How the store is, looked at from outside: nothing is written, moved or mended."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from usagetray.edges.store.migrations import STEPS
from usagetray.quick_dataclass import dataclass

FULL_BELOW = 16 * 1024 * 1024
"""Bytes: with less free space, writing fails sooner or later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreAnswers:
    exists: bool
    schema: int | None = None
    known_schema: int = len(STEPS)
    size: int = 0  # bytes, with the journal
    problem: str | None = None  # SQLite's words; None: sound
    is_damaged: bool = False
    notice: str | None = None  # what the writer had to say about it
    free: int | None = None  # bytes on its disk; None: cannot be told
    set_aside: tuple[str, ...] = ()  # names of damaged files kept beside it

    @property
    def is_readable(self) -> bool:
        """Sound, and of the schema this program reads."""
        return self.problem is None and self.schema == self.known_schema


def check_up(path: Path) -> StoreAnswers:
    aside = tuple(
        sorted(each.name for each in path.parent.glob(f"{path.name}.damaged-*") if each.suffix[-1:].isdigit())
    )
    free = _free(path.parent)
    if not path.exists():
        return StoreAnswers(exists=False, free=free, set_aside=aside)
    size = sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*") if each.name.endswith(ENDS))
    schema, notice, problem, damaged = None, None, None, False
    try:
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=2.0)
        try:
            (schema,) = connection.execute("PRAGMA user_version").fetchone()
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            problem, damaged = (None, False) if verdict == "ok" else (str(verdict), True)
            is_ours = 0 < schema <= len(STEPS)  # of a newer one nothing is known, not even that it has this table
            rows = connection.execute("SELECT value FROM meta WHERE key = 'notice'").fetchone() if is_ours else None
            notice = str(rows[0]) if rows and rows[0] else None
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        problem = str(error)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        problem, damaged = str(error), True
    return StoreAnswers(
        exists=True,
        schema=schema,
        size=size,
        problem=problem,
        is_damaged=damaged,
        notice=notice,
        free=free,
        set_aside=aside,
    )


ENDS = (".db", "-wal", "-shm")


def _free(folder: Path) -> int | None:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
