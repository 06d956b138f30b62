"""A few words that the store keeps, had without the rest of it: for those who may be done when they have read them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

SCHEMA = "schema"
"""Stands for the number of the schema."""
BUSY_S = 1.0


def metas(store_file: Path, keys: tuple[str, ...]) -> Mapping[str, str] | None:
    """The values of those there are, and `SCHEMA`; None where the store cannot be read just now, or is not there."""
    try:
        address = f"{store_file.as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=BUSY_S, isolation_level=None)) as connection:
            (schema,) = connection.execute("PRAGMA user_version").fetchone()
            marks = ", ".join("?" * len(keys))
            found = connection.execute(f"SELECT key, value FROM meta WHERE key IN ({marks})", keys)  # noqa: S608 - marks
            return {**dict(found), SCHEMA: str(schema)}
    except (sqlite3.Error, UnicodeDecodeError, ValueError):
        return None
