"""Out of a damaged store, what can still be read: row by row, from both ends, into a fresh one."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

TYPES: dict[str, tuple[type, ...]] = {"INTEGER": (int,), "REAL": (float,), "TEXT": (str,), "BLOB": (bytes,)}
UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
LARGEST = 10**16
"""Instants in microseconds stay below this for three hundred years."""
WIDE = frozenset({"place_rank", "place_tie"})
"""Columns of larger numbers, of which nothing but their order matters."""
MADE_ANEW = frozenset({"usage", "aside", "log_file", "record_key"})
"""Tables that say again what others say. Without the marks of how far logs were read, they are read again."""
ORPHANS = (
    "DELETE FROM record WHERE place NOT IN (SELECT id FROM place) OR terms NOT IN (SELECT id FROM terms)",
    "DELETE FROM meta WHERE key IN ('logs_seen', 'ledger_keys')",
)
"""What cannot be understood alone, or is true no more."""


def salvage(damaged: Path, fresh: sqlite3.Connection) -> int:
    """Copies every readable row of the tables that `fresh` has; returns how many. What cannot be read is no error."""
    copied = 0
    try:
        old = sqlite3.connect(f"{damaged.as_uri()}?mode=ro", uri=True, isolation_level=None)
    except sqlite3.Error:
        return 0
    with contextlib.closing(old):
        old.text_factory = lambda text: text.decode("utf-8", "replace")
        tables = [name for (name,) in fresh.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for table in (each for each in tables if each not in MADE_ANEW):
            copied += _copy(old, fresh, table)
        for sql in ORPHANS:
            fresh.execute(sql)
    log.info("%d rows were read out of the damaged store", copied)
    return copied


def _copy(old: sqlite3.Connection, fresh: sqlite3.Connection, table: str) -> int:
    known = _columns(fresh, table)
    try:
        columns = [name for name in _columns(old, table) if name in known]
    except UNREADABLE:
        return 0
    if not columns:
        return 0
    kinds = ["WIDE" if name in WIDE else known[name] for name in columns]
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    copied = 0
    fresh.execute("BEGIN IMMEDIATE")
    for row in _rows(old, table, names, by_id="id" in columns):
        if not all(_fits(value, kind) for value, kind in zip(row, kinds, strict=True)):
            continue
        with contextlib.suppress(sqlite3.Error):  # a flipped bit can also make a row that the table would not take
            copied += fresh.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", row).rowcount
    fresh.execute("COMMIT")
    return copied


def _columns(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    """Name and declared type."""
    return {row[1]: row[2] for row in connection.execute(f"PRAGMA table_info({table})")}


def _fits(value: Any, kind: str) -> bool:
    if kind == "WIDE":
        return isinstance(value, int)
    if kind == "INTEGER" and isinstance(value, int):
        return abs(value) < LARGEST
    return value is None or isinstance(value, TYPES[kind])


def _rows(old: sqlite3.Connection, table: str, names: str, *, by_id: bool) -> Iterator[tuple[Any, ...]]:
    """Up to the first damage from the beginning, then from the end down; where rows are numbered."""
    for order in ("ORDER BY id", "ORDER BY id DESC") if by_id else ("",):
        try:
            yield from old.execute(f"SELECT {names} FROM {table} {order}")
        except UNREADABLE as error:
            log.info("table %s is damaged: %s", table, error)
        else:
            return
