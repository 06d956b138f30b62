"""What each kind of page costs when it is lost, and a store of an older version that was damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.store.test_upgrades import ROWS, left_by
from tests.support import NOW
from usagetray.domain.attempts import Attempt
from usagetray.edges.store import Source, Store, open_writer
from usagetray.edges.store.opening import PAGE
from usagetray.model import Account, Snapshot

SOURCES = [Source(provider=f"p{number}", home=f"/home/{number}", strategy="s") for number in range(3)]


def lose(path: Path, table: str) -> None:
    """The first page of it becomes zeros."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
        (page,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(path.read_bytes())
    content[(root - 1) * page : root * page] = bytes(page)
    path.write_bytes(content)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Three sources, of each an attempt and what it said."""
    made = tmp_path / "own" / "usagetray.db"
    store = open_writer(made)
    for number, source in enumerate(SOURCES):
        at = NOW + timedelta(minutes=number)
        store.end_attempt(store.begin_attempt(source, at, None), Attempt(at=at, ended_at=at), source)
        said = Snapshot(provider_id=source.provider, strategy_id="s", account=Account(id="a"), captured_at=at)
        store.save_snapshot(said, source.home, at)
    store.close()
    return made


@pytest.fixture
def mended(path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    lose(path, request.param)
    store = open_writer(path)
    assert store.notice is not None
    yield store
    store.close()


def told(store: Store) -> tuple[list[str], list[str]]:
    attempts = [each.provider for each in SOURCES if store.attempts(each)]
    return attempts, [snapshot.provider_id for snapshot, home in store.latest_snapshots() if home[-1] in "012"]


@pytest.mark.parametrize("mended", ["source", "speaker", "sqlite_autoindex_source_1", "said_newest"], indirect=True)
def test_names_stand_in_two_places_so_that_losing_one_loses_nothing(mended: Store) -> None:
    assert told(mended) == (["p0", "p1", "p2"], ["p0", "p1", "p2"])


@pytest.mark.parametrize(
    ("mended", "left"),
    [("attempted", ([], ["p0", "p1", "p2"])), ("said", (["p0", "p1", "p2"], []))],
    indirect=["mended"],
)
def test_rows_that_are_lost_take_no_others_along(mended: Store, left: tuple[list[str], list[str]]) -> None:
    assert told(mended) == left


def test_what_lost_its_name_is_taken_for_nobody_else_s(path: Path) -> None:
    """Both places of the sources' names are gone: the attempts go too, and new ones begin at one."""
    lose(path, "source")
    content = bytearray(path.read_bytes())
    for number in range(1, len(content) // PAGE):
        page = content[number * PAGE : (number + 1) * PAGE]
        if page[0] == 10 and b"/home/0" in page and b"p0" in page:  # a leaf of an index that has the names
            content[number * PAGE : (number + 1) * PAGE] = bytes(PAGE)
    path.write_bytes(content)
    store = open_writer(path)
    try:
        assert [store.attempts(each) for each in SOURCES] == [(), (), ()]
        assert [store.begin_attempt(each, NOW, None) for each in reversed(SOURCES)] == [1, 1, 1]
    finally:
        store.close()


@pytest.mark.parametrize("version", range(1, 9))
def test_a_damaged_store_of_an_older_version_is_salvaged_as_what_it_was(tmp_path: Path, version: int) -> None:
    """The page of what was announced is lost; every reading and attempt is there, in the newest schema."""
    path = tmp_path / "own" / "usagetray.db"
    before = left_by(path, version)
    if "record" in before:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE record SET attempts = ''")
            connection.commit()
    lose(path, "told")

    store = open_writer(path)

    try:
        assert store.notice is not None
        for table in before.keys() - {"told", "usage", "aside", "log_file", "record_key"}:
            assert store.database.rows(f"SELECT count(*) FROM {table}") == [(ROWS,)], table
    finally:
        store.close()
