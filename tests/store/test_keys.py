"""The ledger finds its rows by their keys, whether the index knows them yet or not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zlib import crc32

import pytest

from tests.store.test_ledger import read, row, state
from tests.store.test_upgrades import left_by
from usagetray.edges.store import Store, keys, open_writer
from usagetray.edges.store.adding_up import added_up
from usagetray.edges.store.counting_again import SUMS


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_writer(tmp_path / "usagetray.db")
    yield opened
    opened.close()


def tell(store: Store, *names: str, output: int = 1) -> int:
    return store.ledger.take_in([read([row(name, output=output) for name in names])])


def indexed(store: Store) -> int:
    return int(store.database.stored("SELECT count(*) FROM record_key")[0][0])


def test_rows_are_found_in_memory_in_the_index_and_after_a_restart(tmp_path: Path, store: Store) -> None:
    """Told again with more output each time: never a second row, and sums that are those of the rows."""
    tell(store, "a", "b")
    tell(store, "a", "b", output=2)
    store.ledger._keys.index()
    tell(store, "a", "c", output=3)
    store.close()
    again = open_writer(tmp_path / "usagetray.db")
    try:
        assert indexed(again) == 2
        assert tell(again, "a", "b", "c", output=4) == 3
        assert again.database.stored("SELECT key, output FROM record ORDER BY id") == [("a", 4), ("b", 4), ("c", 4)]
        assert added_up(again.database) == again.database.stored(SUMS)
    finally:
        again.close()


def test_two_keys_of_one_hash_are_two_responses(store: Store) -> None:
    one, other = "plumless", "buckeroo"
    assert crc32(one.encode()) == crc32(other.encode())

    told = [tell(store, one), tell(store, other), tell(store, other, output=5)]
    store.ledger._keys.index()
    told += [tell(store, one, other, output=5), tell(store, one, other, output=5)]

    assert told == [1, 1, 1, 1, 0]
    assert store.database.stored("SELECT key, output FROM record ORDER BY id") == [(one, 5), (other, 5)]


def test_the_index_follows_once_enough_is_new(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MOST_AT_FIRST", 10)
    monkeypatch.setattr(keys, "MOST_LATEST", 4)
    known = []
    for number in range(20):
        tell(store, f"key {number}")
        known.append(indexed(store))

    assert known == [0] * 9 + [10] * 4 + [14] * 4 + [18] * 3
    for number in range(20, 22):
        tell(store, f"key {number}")
    assert indexed(store) == 22
    assert tell(store, *(f"key {number}" for number in range(20))) == 0


def test_the_index_follows_at_the_end_of_a_first_scan_so_that_the_next_start_need_not_read_all(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "MOST_LATEST", 4)
    tell(store, *(f"key {number}" for number in range(9)))
    before = indexed(store)
    store.ledger.keep_marks()

    assert (before, indexed(store)) == (0, 9)


def test_the_rows_of_an_older_version_are_indexed_a_part_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That version had no index of them; its three rows are found all the same, and none is told twice."""
    monkeypatch.setattr(keys, "MOST_AT_FIRST", 2)
    path = tmp_path / "own" / "usagetray.db"
    left_by(path, 6)
    with closing(sqlite3.connect(path)) as former:
        rows = former.execute("SELECT key, part, side FROM record ORDER BY key").fetchall()
    store = open_writer(path)
    try:
        known = store.ledger._keys.known({key for key, _, _ in rows})

        assert sorted(known) == rows
        assert indexed(store) == 2
    finally:
        store.close()


def test_what_could_not_be_written_is_not_known_either(store: Store) -> None:
    tell(store, "a")
    ((pages,),) = store.database.stored("PRAGMA page_count")
    store.database.stored(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OSError, match="full"):
        tell(store, *(f"key {number:060}" for number in range(500)))
    store.database.stored("PRAGMA max_page_count = 1000000")
    before = state(store)

    assert tell(store, "a", f"key {1:060}") == 1
    assert len(state(store)[0]) == len(before[0]) + 1  # type: ignore[arg-type]
