"""A new version opens what every old one left, row for row; an old one leaves what a new one wrote alone."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from usagetray.edges.store import open_reader, open_writer
from usagetray.edges.store.migrations import STEPS, NewerStoreError

RECORD = Path(__file__).with_name("steps.json")
"""The digest of each step as it was released. A new step adds a line; a line that is there never changes."""
ROWS = 3
Rows = dict[str, list[tuple[Any, ...]]]


def digest(step: str) -> str:
    return hashlib.sha256(" ".join(step.split()).encode()).hexdigest()


def tables(connection: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """Name -> columns with their declared types."""
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {
        name: {column[1]: column[2] for column in connection.execute(f"PRAGMA table_info({name})")} for name in names
    }


def value(kind: str, number: int) -> object:
    return {"INTEGER": number, "REAL": number + 0.25, "TEXT": f"text {number} é", "BLOB": b'{"n": %d}' % number}[kind]


def left_by(path: Path, version: int) -> Rows:
    """A store as the program of that schema left it, with rows in each of its tables; and those rows."""
    path.parent.mkdir(mode=0o700, parents=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        for number, step in enumerate(STEPS[:version], 1):
            connection.executescript(f"BEGIN; {step} PRAGMA user_version = {number}; COMMIT;")
        known = tables(connection)
        for name, columns in known.items():
            marks = ", ".join("?" * len(columns))
            rows = [[value(kind, row) for kind in columns.values()] for row in range(1, ROWS + 1)]
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
        connection.commit()
        return {name: read(connection, name, columns) for name, columns in known.items()}


def read(connection: sqlite3.Connection, table: str, columns: dict[str, str]) -> list[tuple[Any, ...]]:
    names = ", ".join(columns)
    return connection.execute(f"SELECT {names} FROM {table} ORDER BY {names}").fetchall()


@pytest.mark.parametrize("version", range(1, len(STEPS) + 1))
def test_what_a_program_of_an_older_schema_left_is_all_there_after_the_update(tmp_path: Path, version: int) -> None:
    """Every row of every table, in every column it had, and no damage is claimed."""
    path = tmp_path / "own" / "usagetray.db"
    before = left_by(path, version)
    assert all(len(rows) == ROWS for rows in before.values())
    with closing(sqlite3.connect(path)) as connection:
        columns = tables(connection)

    for _ in range(2):
        store = open_writer(path)
        assert store.notice is None
        store.close()

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(STEPS),)
        assert {name: read(connection, name, own) for name, own in columns.items()} == before
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert [each.name for each in path.parent.iterdir() if "damaged" in each.name] == []


@pytest.mark.parametrize("version", range(1, len(STEPS)))
def test_an_update_that_was_broken_off_goes_on_at_the_next_start(tmp_path: Path, version: int) -> None:
    """The first statement of the next step had run, in its transaction, when the machine went down."""
    path = tmp_path / "own" / "usagetray.db"
    before = left_by(path, version)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(STEPS[version].split(";")[0])

    store = open_writer(path)

    try:
        for name in before:
            assert store.database.rows(f"SELECT count(*) FROM {name}") == [(ROWS,)]
    finally:
        store.close()


def test_a_step_that_was_released_is_never_edited() -> None:
    """Whoever has run it already would never see the change. Add a step instead, and its digest at the end."""
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))

    assert [digest(step) for step in STEPS] == recorded


# ---- a newer one -------------------------------------------------------------------------------------------


def newer(path: Path, journal: str = "DELETE") -> bytes:
    """A store of a schema nobody here has heard of, in which even the tables have other names."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA journal_mode = {journal}")
        connection.executescript("CREATE TABLE later (id INTEGER, text); INSERT INTO later VALUES (1, 'precious');")
        connection.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    return path.read_bytes()


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
@pytest.mark.parametrize("opened", [open_writer, open_reader], ids=["to write", "to read"])
def test_a_newer_store_is_refused_and_left_as_it_is(
    tmp_path: Path, opened: Callable[[Path], object], journal: str
) -> None:
    path = tmp_path / "own" / "usagetray.db"
    before = newer(path, journal)

    with pytest.raises(NewerStoreError, match="update usagetray"):
        opened(path)

    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir() if "damaged" in each.name] == []
