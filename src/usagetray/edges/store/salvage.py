"""Out of a damaged store, what can still be read: row by row, from both ends, into a fresh one."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from usagetray.edges.store.migrations import STEPS, migrate

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
    "DELETE FROM attempted WHERE source NOT IN (SELECT id FROM source)",
    "DELETE FROM said WHERE speaker NOT IN (SELECT id FROM speaker)",
    "DELETE FROM meta WHERE key IN ('logs_seen', 'ledger_keys')",
)
"""What cannot be understood alone, or is true no more."""


def salvage(damaged: Path, fresh: sqlite3.Connection) -> int:
    """Copies every readable row into `fresh`, which is empty, and brings that to the newest schema.

    Returns how many. What cannot be read is no error.
    """
    copied = _salvage(damaged, fresh)
    migrate(fresh)
    for sql in ORPHANS:
        fresh.execute(sql)
    log.info("%d rows were read out of the damaged store", copied)
    return copied


def _salvage(damaged: Path, fresh: sqlite3.Connection) -> int:
    copied = 0
    try:
        old = sqlite3.connect(f"{damaged.as_uri()}?mode=ro", uri=True, isolation_level=None)
    except sqlite3.Error:
        return 0
    with contextlib.closing(old):
        old.text_factory = lambda text: text.decode("utf-8", "replace")
        migrate(fresh, _version(old))
        for table in (each for each in _tables(fresh) if each not in MADE_ANEW):
            copied += _copy(old, fresh, table)
    return copied


def _version(old: sqlite3.Connection) -> int:
    """Of the schemas there were the newest with the most of the tables: the number that says it may be damaged."""
    try:
        there = set(_tables(old))
    except UNREADABLE:
        return len(STEPS)
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        shared = []
        for version in range(1, len(STEPS) + 1):
            migrate(made, version)
            shared.append((len(there.intersection(_tables(made))), version))
    return max(shared)[1]


def _tables(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]


def _copy(old: sqlite3.Connection, fresh: sqlite3.Connection, table: str) -> int:
    known = _columns(fresh, table)
    try:
        columns = [name for name in _columns(old, table) if name in known]
        orders = _orders(old, table)
    except UNREADABLE:
        return 0
    if not columns:
        return 0
    kinds = ["WIDE" if name in WIDE else known[name] for name in columns]
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    copied = 0
    fresh.execute("BEGIN IMMEDIATE")
    for row in _rows(old, table, names, orders):
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


def _orders(connection: sqlite3.Connection, table: str) -> list[str]:
    """In which its rows can be read: from either end, and out of an index that has all of their columns."""
    columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
    key = [name for place, name in sorted((row[5], row[1]) for row in columns) if place]
    found = [", ".join(f"{each} {direction}" for each in key) for direction in ("ASC", "DESC")]
    for _, index, is_unique, origin, _ in connection.execute(f"PRAGMA index_list({table})").fetchall():
        names = [row[2] for row in connection.execute(f"PRAGMA index_info({index})")]
        if is_unique and origin == "u" and len(names) + len(key) == len(columns):
            found.append(", ".join(names))
    return found


def _rows(old: sqlite3.Connection, table: str, names: str, orders: list[str]) -> Iterator[tuple[Any, ...]]:
    """Up to the first damage, in each of the orders; all of them in the first that is spared."""
    for order in orders:
        try:
            yield from old.execute(f"SELECT {names} FROM {table} ORDER BY {order}")
        except UNREADABLE as error:
            log.info("table %s is damaged: %s", table, error)
        else:
            return
