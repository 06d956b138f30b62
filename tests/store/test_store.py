"""The store: what is acknowledged is kept, whatever the disk, the file or another process does."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support import ACCOUNT, NOW
from usagetray.domain.alerts import Alert, AlertKind, Told
from usagetray.domain.attempts import Attempt
from usagetray.edges.store import AlertRow, Source, Store, open_reader, open_writer
from usagetray.errors import Cause, UserError
from usagetray.model import Account, Snapshot, UsageWindow

SOURCE = Source(provider="p", home="/h", strategy="s")
WINDOW = ("p", ACCOUNT, "five_hour")


def snapshot(used: float = 0.42, minutes: int = 0) -> Snapshot:
    return Snapshot(
        provider_id="p",
        strategy_id="s",
        account=Account(id=ACCOUNT),
        captured_at=NOW + timedelta(minutes=minutes),
        windows=(
            UsageWindow(key="five_hour", label="Session", utilization=used, resets_at=NOW, length=timedelta(hours=5)),
        ),
    )


def alert(threshold: float = 0.5) -> AlertRow:
    made = Alert(kind=AlertKind.THRESHOLD, provider="p", account=ACCOUNT, window="five_hour", threshold=threshold)
    return AlertRow(
        due_at=NOW,
        kind=made.kind,
        provider=made.provider,
        account=made.account,
        window=made.window,
        threshold=threshold,
        title="t",
        body="b",
        urgency="normal",
    )


@contextmanager
def opened(path: Path) -> Iterator[Store]:
    store = open_writer(path)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "own" / "usagetray.db"


# ---- keeping -----------------------------------------------------------------------------------------------


def test_everything_written_is_read_back_alike(path: Path) -> None:
    told = Told(cycle_ends_at=NOW, used=0.92, threshold=0.9, stops=frozenset({AlertKind.LOCKED}), used_up_at=NOW)
    attempt = Attempt(
        at=NOW, ended_at=NOW, cause=Cause.RATE_LIMITED, retry_after=timedelta(hours=1), credential="f", detail="d"
    )
    with opened(path) as store:
        store.save_snapshot(snapshot(), "/h", NOW)
        store.end_attempt(store.begin_attempt(SOURCE, NOW, "f"), attempt, SOURCE)
        store.save_told({WINDOW: told}, [alert()])

    with opened(path) as store:
        assert store.latest_snapshots() == ((snapshot(), "/h"),)
        assert store.attempts(SOURCE) == (attempt,)
        assert store.told() == {WINDOW: told}
        assert [each.threshold for each in store.held_alerts()] == [0.5]


def test_what_was_said_already_is_not_written_again(path: Path) -> None:
    with opened(path) as store:
        news = [store.save_snapshot(each, "/h", NOW) for each in (snapshot(), snapshot(), snapshot(0.43), snapshot())]

        assert news == [True, False, True, True]
        assert store.database.rows("SELECT count(*) FROM snapshot") == [(3,)]


def test_an_acknowledged_row_outlives_the_kill_of_its_writer(path: Path) -> None:
    """A child writes as fast as it can, says each number it was given, and is killed: all said ones are there."""
    program = f"""
import sys
from datetime import timedelta
from pathlib import Path
from tests.store.test_store import NOW, snapshot
from usagetray.edges.store import open_writer
store = open_writer(Path({str(path)!r}))
for number in range(100_000):
    store.save_snapshot(snapshot(minutes=number), "/h", NOW)
    print(number, flush=True)
"""
    for _ in range(3):
        child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        said = [int(child.stdout.readline()) for _ in range(random.randrange(3, 40))]
        child.send_signal(signal.SIGKILL)
        said += [int(line) for line in child.stdout.read().split("\n")[:-1] if line]
        child.wait()
        child.stdout.close()

        with opened(path) as store:
            ((last,),) = store.database.rows("SELECT body FROM snapshot ORDER BY id DESC LIMIT 1")
            ((kept,),) = store.database.rows("SELECT count(*) FROM snapshot")
            assert store.notice is None
        assert kept >= len(said)
        assert last is not None
        path.unlink()


def test_readers_read_on_while_the_writer_writes(path: Path) -> None:
    """Another connection sees each written row, and never waits for the writer."""
    with opened(path) as store:
        store.save_snapshot(snapshot(), "/h", NOW)
        reader = open_reader(path)
        assert reader is not None
        with closing(reader):
            worker = threading.Thread(
                target=lambda: [store.save_snapshot(snapshot(minutes=each), "/h", NOW) for each in range(1, 100)]
            )
            worker.start()
            seen = [reader.latest_snapshots()[0][0].captured_at for _ in range(200)]
            worker.join()

            assert seen == sorted(seen)
            assert reader.latest_snapshots() == ((snapshot(minutes=99), "/h"),)
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                reader.database._disk.execute("DELETE FROM said")


def test_where_nothing_was_written_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert open_reader(tmp_path / "usagetray.db") is None
    assert list(tmp_path.iterdir()) == []


def test_nobody_else_can_read_the_store_whatever_the_umask(path: Path) -> None:
    former = os.umask(0)
    try:
        with opened(path) as store:
            store.save_snapshot(snapshot(), "/h", NOW)
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    finally:
        os.umask(former)

    assert modes == {"usagetray.db": 0o600, "usagetray.db-wal": 0o600, "usagetray.db-shm": 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_newest_of_each_source_is_kept_for_ever(path: Path) -> None:
    with opened(path) as store:
        for number in range(3):
            store.save_snapshot(snapshot(minutes=number), "/h", NOW)
            store.end_attempt(None, Attempt(at=NOW + timedelta(minutes=number), ended_at=NOW), SOURCE)

        store.prune(NOW + timedelta(days=500))

        assert store.latest_snapshots() == ((snapshot(minutes=2), "/h"),)
        assert [each.at for each in store.attempts(SOURCE)] == [NOW + timedelta(minutes=2)]


# ---- other versions ----------------------------------------------------------------------------------------


def test_a_store_of_a_newer_program_is_refused_and_left_untouched(path: Path) -> None:
    with opened(path) as store:
        store.save_snapshot(snapshot(), "/h", NOW)
        store.database._disk.execute("PRAGMA user_version = 99")
    before = path.read_bytes()

    with pytest.raises(UserError, match="newer usagetray"):
        open_writer(path)

    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == ["usagetray.db"]


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    path.parent.mkdir()
    path.touch()

    with opened(path) as store:
        assert store.save_snapshot(snapshot(), "/h", NOW)
        assert store.notice is None


# ---- damage ------------------------------------------------------------------------------------------------


def filled(path: Path, count: int = 150) -> bytes:
    """A store of many pages; its bytes."""
    with opened(path) as store:
        for number in range(count):
            store.save_snapshot(snapshot(minutes=number), "/h", NOW)
            store.end_attempt(None, Attempt(at=NOW, ended_at=NOW, cause=Cause.OFFLINE, detail=str(number)), SOURCE)
        store.save_told({WINDOW: Told(cycle_ends_at=NOW, threshold=0.9)}, [alert()])
    return path.read_bytes()


def test_rows_that_can_still_be_read_are_saved_and_the_old_file_is_kept(path: Path) -> None:
    """Two pages in the middle are zeros: most of 150 snapshots and what was announced come over."""
    whole = filled(path)
    middle = len(whole) // 4096 // 2 * 4096
    broken = whole[:middle] + bytes(8192) + whole[middle + 8192 :]
    path.write_bytes(broken)

    with opened(path) as store:
        ((kept,),) = store.database.rows("SELECT count(*) FROM snapshot")
        aside = path.with_name("usagetray.db.damaged-1")
        assert kept > 75
        assert store.told()[WINDOW].threshold == 0.9
        assert aside.read_bytes() == broken
        assert store.notice is not None
        assert str(aside) in store.notice
        assert store.save_snapshot(snapshot(0.5), "/h", NOW)


def zeros(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + bytes(min(4096, len(content) - at)) + content[at + 4096 :]


def flipped(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 8, 64, 512))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(1, len(content))]


def text(content: bytes, chance: random.Random) -> bytes:
    return b"this is a letter to my aunt\n" * chance.randrange(1, 500)


@pytest.mark.parametrize("damage", [zeros, flipped, cut, text])
def test_a_damaged_store_never_stops_the_start(path: Path, damage: Callable[[bytes, random.Random], bytes]) -> None:
    """60 times each: it opens, everything can be read and written, and a file set aside is kept byte for byte."""
    whole = filled(path)
    for seed in range(60):
        for each in path.parent.iterdir():
            each.unlink()
        broken = damage(whole, random.Random(seed))
        if broken[60:64] != whole[60:64] and damage is not text:
            continue  # the schema's number itself: cannot be told from a newer program's
        path.write_bytes(broken)

        with opened(path) as store:
            store.latest_snapshots()
            store.attempts(SOURCE)
            store.told()
            store.held_alerts()
            store.meta("notice")
            assert store.save_snapshot(snapshot(0.77, minutes=seed), "/new", NOW)
            asides = list(path.parent.glob("*.damaged-1"))
            assert (store.notice is not None) == bool(asides)
            assert all(each.read_bytes()[200:] == broken[200:] for each in asides)


def test_a_store_that_is_only_busy_is_not_touched(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(path, 3)
    monkeypatch.setattr("usagetray.edges.store.database.BUSY_S", 0.1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("UPDATE told SET threshold = 0.1")

        with pytest.raises(UserError, match=r"usagetray\.db cannot be opened \(database is locked\)"):
            open_writer(path)

        other.execute("ROLLBACK")
    assert not list(path.parent.glob("*.damaged*"))


def test_a_folder_in_the_store_s_place_is_one_sentence(path: Path) -> None:
    path.mkdir(parents=True)

    with pytest.raises(UserError, match=r"usagetray\.db cannot be opened"):
        open_writer(path)

    assert path.is_dir()


# ---- a full disk -------------------------------------------------------------------------------------------


def fill_disk(store: Store) -> None:
    """The real connection may not grow any more."""
    disk = store.database._disk
    (pages,) = disk.execute("PRAGMA page_count").fetchone()
    disk.execute(f"PRAGMA max_page_count = {pages}")
    for _ in range(200):
        store.database.write(("INSERT INTO meta VALUES (hex(randomblob(16)), hex(randomblob(1000)))", [()]))
        if store.database.is_full:
            return
    raise AssertionError("the disk did not fill up")


def test_on_a_full_disk_the_program_goes_on_and_writes_once_there_is_space(path: Path) -> None:
    """What was said, tried and announced meanwhile is read back at once, and is on the disk after the next write."""
    with opened(path) as store:
        store.save_snapshot(snapshot(0.1), "/h", NOW)
        store.end_attempt(None, Attempt(at=NOW, ended_at=NOW), SOURCE)
        fill_disk(store)

        attempt = Attempt(at=NOW, ended_at=NOW, cause=Cause.RATE_LIMITED)
        store.end_attempt(store.begin_attempt(SOURCE, NOW, None), attempt, SOURCE)
        store.save_told({WINDOW: Told(threshold=0.75)}, [alert(0.75)])
        assert store.save_snapshot(snapshot(0.2), "/h", NOW)
        assert not store.save_snapshot(snapshot(0.2), "/h", NOW)
        assert store.database.is_full
        assert store.latest_snapshots() == ((snapshot(0.2), "/h"),)
        assert store.attempts(SOURCE)[-1] == attempt
        assert store.told()[WINDOW].threshold == 0.75
        assert [each.threshold for each in store.held_alerts()] == [0.75]

        store.database._disk.execute("PRAGMA max_page_count = 1000000")
        store.set_meta("after", "space")
        assert not store.database.is_full

    with opened(path) as store:
        assert store.latest_snapshots() == ((snapshot(0.2), "/h"),)
        assert store.attempts(SOURCE) == (Attempt(at=NOW, ended_at=NOW), attempt)
        assert store.told()[WINDOW].threshold == 0.75
        assert [each.threshold for each in store.held_alerts()] == [0.75]
        assert store.meta("after") == "space"
        assert store.notice is None


def test_a_write_that_is_wrong_in_itself_does_not_block_those_after_it(path: Path) -> None:
    with opened(path) as store:
        with pytest.raises(sqlite3.Error):
            store.database.write(("INSERT INTO meta VALUES (?, ?)", [("key", None)]))

        store.set_meta("key", "value")

        assert store.meta("key") == "value"
        assert not store.database.is_full
