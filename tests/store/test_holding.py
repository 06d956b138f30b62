"""What can be had again comes to the disk with the next lasting write, or when it is settled; lost, it is had again."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from tests.logs.desk import Desk, told
from tests.logs.lines import answer
from tests.support import NOW
from usagetray.edges.store import Store, open_reader, open_writer
from usagetray.edges.store.database import MOST_HELD
from usagetray.edges.store.ledger import Ledger


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_writer(tmp_path / "own" / "usagetray.db")
    opened.database.holds = True
    yield opened
    opened.close()


def seen(store: Store, key: str) -> str | None:
    """By another process."""
    (_, _, file), *_ = store.database.stored("PRAGMA database_list")
    reader = open_reader(Path(file))
    assert reader is not None
    try:
        return reader.meta(key)
    finally:
        reader.close()


def fill(store: Store) -> None:
    """No page can be added any more."""
    ((pages,),) = store.database.rows("PRAGMA page_count")
    store.database.rows(f"PRAGMA max_page_count = {pages}")


def make_room(store: Store) -> None:
    store.database.stored("PRAGMA max_page_count = 1000000")


def test_what_is_held_is_known_here_and_comes_with_the_next_lasting_write(store: Store) -> None:
    store.keep("held", "1")
    before = store.meta("held"), seen(store, "held")
    store.set_meta("lasting", "1")

    assert before == ("1", None)
    assert (seen(store, "held"), seen(store, "lasting")) == ("1", "1")


def test_settling_and_closing_bring_it_to_the_disk(store: Store) -> None:
    store.keep("settled", "1")
    store.settle()
    assert seen(store, "settled") == "1"

    store.keep("closed", "1")
    (_, _, file), *_ = store.database.stored("PRAGMA database_list")
    store.close()
    reader = open_reader(Path(file))
    assert reader is not None
    assert reader.meta("closed") == "1"
    reader.close()


def test_no_more_is_held_than_stays_in_memory(store: Store) -> None:
    for number in range(MOST_HELD):
        store.keep(f"key {number}", "1")

    assert seen(store, "key 0") == "1"


def test_who_does_not_hold_finds_all_on_the_disk_at_once(store: Store) -> None:
    store.database.holds = False
    store.keep("kept", "1")

    assert seen(store, "kept") == "1"


def test_writes_that_belong_together_are_seen_together(store: Store) -> None:
    with store.database.together():
        store.set_meta("one", "1")
        store.keep("two", "2")
        within = seen(store, "one")
        store.set_meta("three", "3")

    assert within is None
    assert [seen(store, each) for each in ("one", "two", "three")] == ["1", "2", "3"]


def test_what_was_written_before_a_surprise_is_kept(store: Store) -> None:
    with suppress(ZeroDivisionError), store.database.together():
        store.set_meta("one", "1")
        store.set_meta("two", str(1 // 0))

    assert seen(store, "one") == "1"


def test_a_statement_that_is_wrong_takes_nothing_along(store: Store) -> None:
    store.keep("held", "1")
    with pytest.raises(sqlite3.IntegrityError, match="NOT NULL"):
        store.database.write(("INSERT INTO meta VALUES ('none', NULL)", [()]))
    store.settle()

    assert seen(store, "held") == "1"
    assert store.database.lost == 0


def test_what_belongs_together_waits_together_while_the_disk_is_full(store: Store) -> None:
    """The second of two needs a page that there is not."""
    fill(store)
    with store.database.together():
        store.set_meta("one", "1")
        store.set_meta("two", "2" * 100_000)
        here = store.meta("one"), len(store.meta("two") or "")
    while_full = store.database.is_full, seen(store, "one")
    make_room(store)
    store.set_meta("three", "3")

    assert here == ("1", 100_000)
    assert while_full == (True, None)
    assert [seen(store, each) for each in ("one", "three")] == ["1", "3"]
    assert not store.database.is_full


def test_counts_that_could_not_be_kept_are_counted_again(tmp_path: Path) -> None:
    """Read and held, then the disk is full for what else is to be held: once there is room, they are read anew."""
    desk = Desk(tmp_path)
    desk.write("-work/s1.jsonl", answer("msg_0", 10, request="req_0", at=0))
    with desk.running() as it:
        it.store.database.holds = True
        it.indexing.look(5.0)
        desk.append("-work/s1.jsonl", *(answer(f"msg_{n}", 10, request=f"req_{n}", at=n) for n in range(1, 50)))
        it.indexing.look(5.0)
        counted = told(it.store).total()
        fill(it.store)
        it.store.keep("more", "x" * 100_000)
        lost = it.store.database.lost, told(it.store).total()
        make_room(it.store)
        it.indexing.look(5.0)

        assert (counted, lost) == (50, (1, 1))
        assert told(it.store).total() == 50


def test_marks_that_were_left_for_later_are_read_again_by_the_next_start_and_change_nothing(tmp_path: Path) -> None:
    """Killed before they were written: the counts are there, and stay what they are."""
    desk = Desk(tmp_path)
    desk.write("-work/s1.jsonl", *(answer(f"msg_{n}", 10, request=f"req_{n}", at=n) for n in range(5)))
    with desk.running() as it:
        it.indexing.look(5.0)
        desk.append("-work/s1.jsonl", answer("msg_5", 10, request="req_5", at=5))
        it.indexing.look(5.0)
        known, written = it.store.ledger.marks(), Ledger(it.store.database).marks()
        copy = tmp_path / "killed"
        shutil.copytree(desk.store_file.parent, copy)
    (path,) = known
    assert known[path].offset > written[path].offset

    desk.store_file.unlink()
    shutil.copytree(copy, desk.store_file.parent, dirs_exist_ok=True)
    before = desk.told()
    desk.index()

    assert before.total() == 6
    assert desk.told() == before


def test_what_is_held_comes_to_the_disk_by_itself_when_nothing_was_written_for_two_minutes(store: Store) -> None:
    """A lasting write in between has taken along what was held before it, and the time begins anew."""
    found = []
    for second in range(0, 400, 10):
        if second == 60:
            store.set_meta("lasting", "1")
        store.keep("held", str(second))
        store.settle_in_time(NOW + timedelta(seconds=second))
        found.append(seen(store, "held"))

    assert list(dict.fromkeys(found)) == [None, "50", "180", "300"]
