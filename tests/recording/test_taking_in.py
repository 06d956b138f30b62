"""What programs record is counted once, whatever is killed, and deleted only after that."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.recording import recorders
from tests.recording.conftest import Recorded
from tests.support import ManualClock, wait_until
from usagetray import log_usage
from usagetray.app import build_headless
from usagetray.edges import own_calls
from usagetray.edges.store import open_reader
from usagetray.edges.store.counting_again import added_up
from usagetray.model import Account, Money, Snapshot, SpendDay
from usagetray.spine import own_programs
from usagetray.spine.indexing_once import verify

PROGRAM = Path(recorders.__file__)
WRITER = """
import os
from usagetray.profile import open_profile
from usagetray.spine.indexing_once import bring_up_to_date
while True:
    bring_up_to_date(open_profile(os.environ), ())
"""


def counted(recorded: Recorded) -> int:
    """As a reader sees it, while somebody writes."""
    store = open_reader(recorded.profile.paths.store_file)
    if store is None:
        return 0
    try:
        return int(store.database.rows("SELECT coalesce(sum(responses), 0) FROM usage")[0][0])
    finally:
        store.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the programs are forks")
def test_eight_programs_and_a_writer_killed_twice_come_to_exactly_what_was_called(
    recorded: Recorded, tmp_path: Path
) -> None:
    """8 x 500 calls, a fifth of them recorded twice: 4,000 responses of 3 and 2 tokens."""
    environ = {**os.environ, **recorded.environ}
    programs = subprocess.Popen([sys.executable, str(PROGRAM), "8", "500", str(tmp_path)], env=environ)
    try:
        for seen in (0, 1000):
            writer = subprocess.Popen([sys.executable, "-c", WRITER], env=environ)
            try:
                wait_until(lambda: counted(recorded) > seen, f"more than {seen} calls were counted")  # noqa: B023
            finally:
                writer.send_signal(signal.SIGKILL)
                writer.wait()
            wait_until(lambda: len(list(tmp_path.glob("half-*"))) == 8, "half of all calls were made")
            (tmp_path / "go").touch()
        assert programs.wait(30) == 0
    finally:
        programs.kill()
        programs.wait()

    recorded.take_in()

    responses = recorded.counted()
    assert Counter(each.app for each in responses) == {f"app {number}": 500 for number in range(8)}
    assert {each.attempts[0].tokens.total for each in responses} == {5}
    assert len(recorded.lines) == 4800
    with recorded.store() as store:
        assert verify(recorded.profile, (), store).none
        assert store.index_state().aside == {}  # so many in a second are no copies here
        assert sum(row[4] for row in added_up(store.database)) == 4000


def test_a_call_recorded_again_counts_once_wherever_its_record_lies(recorded: Recorded) -> None:
    """In the same spool, in another one, taken in before or after; within its program only."""
    folder = recorded.folder
    for app in ("one", "one", "other"):
        assert log_usage(model="m", input=9, output=1, app=app, id="41", strict=True)
    recorded.take_in()
    (spool,) = recorded.spools
    (folder / "2026-11-19-7.jsonl").write_bytes(spool.read_bytes())
    recorded.take_in()

    assert [(each.app, each.attempts[0].tokens.total) for each in recorded.counted()] == [("one", 10), ("other", 10)]


# ---- deleting ----------------------------------------------------------------------------------------------

LATER = timedelta(days=4)


def spool_of(recorded: Recorded, count: int = 3) -> Path:
    """Written today, by this computer's clock, as every spool is."""
    for _ in range(count):
        log_usage(model="m", input=7, app="a", strict=True)
    return recorded.spools[-1]


def ends_of(spool: Path) -> datetime:
    """The last instant of the day after the one after its own."""
    return datetime.combine(date.fromisoformat(spool.stem), time.max, UTC) + timedelta(days=2)


def test_a_spool_goes_once_it_is_counted_and_its_day_long_over(recorded: Recorded) -> None:
    spool = spool_of(recorded)
    recorded.take_in()
    with recorded.store() as store:
        assert own_programs.clear(store, recorded.folder, ends_of(spool)) == 0
        assert spool.exists()

        assert own_programs.clear(store, recorded.folder, ends_of(spool) + timedelta(seconds=1)) == 1

        assert not spool.exists()
        assert str(spool) not in store.ledger.marks()
    recorded.take_in()
    assert len(recorded.counted()) == 3


def test_what_is_not_counted_yet_stays(recorded: Recorded) -> None:
    """Never taken in; and taken in, but for the line that came after. Half a line is nobody's call."""
    spool = spool_of(recorded)
    with recorded.store() as store:
        assert own_programs.clear(store, recorded.folder, datetime.now(UTC) + LATER) == 0
    recorded.take_in()
    log_usage(model="m", input=1, strict=True)

    with recorded.store() as store:
        assert own_programs.clear(store, recorded.folder, datetime.now(UTC) + LATER) == 0
    recorded.take_in()
    with spool.open("ab") as file:
        file.write(b'{"usagetray_call":1,"key":"call-')
    recorded.take_in()
    with recorded.store() as store:
        assert own_programs.clear(store, recorded.folder, datetime.now(UTC) + LATER) == 1
    assert len(recorded.counted()) == 4


def test_a_writer_killed_before_it_deletes_counts_nothing_twice(recorded: Recorded) -> None:
    spool = spool_of(recorded)
    recorded.take_in()
    with recorded.store() as store:
        assert store.ledger.forget([str(spool)])  # here it was killed

    recorded.take_in()

    assert len(recorded.counted()) == 3


def test_a_spool_that_a_program_is_writing_to_is_left_alone(recorded: Recorded) -> None:
    import fcntl

    spool = spool_of(recorded)
    recorded.take_in()
    with spool.open("ab") as held, recorded.store() as store:
        fcntl.flock(held, fcntl.LOCK_EX)

        assert own_programs.clear(store, recorded.folder, datetime.now(UTC) + LATER) == 0
        assert log_usage(model="m", input=1, strict=True)

    assert [path.name for path in recorded.spools] == [f"{spool.stem}-1.jsonl", spool.name]


def test_a_line_for_a_spool_that_is_just_being_deleted_goes_into_another(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is gone between its opening and its locking."""
    spool = spool_of(recorded)
    real = own_calls.open_private

    def opened(path: Path, flags: int) -> int:
        handle = real(path, flags)
        if path == spool:
            spool.unlink(missing_ok=True)
        return handle

    monkeypatch.setattr(own_calls, "open_private", opened)

    assert log_usage(model="m", input=1, strict=True)

    assert len(recorded.lines) == 1


def test_a_disk_that_is_full_keeps_the_spool(recorded: Recorded) -> None:
    spool = spool_of(recorded)
    recorded.take_in()
    with recorded.store() as store:
        store.database._disk.execute("PRAGMA query_only = ON")  # every write is refused

        assert own_programs.clear(store, recorded.folder, datetime.now(UTC) + LATER) == 0

        store.database._disk.execute("PRAGMA query_only = OFF")
    assert spool.exists()


# ---- what stands in a spool --------------------------------------------------------------------------------


def sound(**fields: object) -> dict[str, object]:
    counts = {"input": 1, "cache_write_5m": 0, "cache_write_1h": 0, "cache_read": 0, "output": 0}
    return {"usagetray_call": 1, "key": "call-" + "0" * 32, "at_us": 1795165200000000, "model": "m", **counts, **fields}


BROKEN = {
    "half a line": b'{"usagetray_call":1,"key":"call-00000000',
    "a negative count": json.dumps(sound(input=-1)).encode(),
    "a count beyond all": json.dumps(sound(output=10**15)).encode(),
    "no time": json.dumps(sound(at_us=0)).encode(),
    "a key of another kind": json.dumps(sound(key="msg_01")).encode(),
    "a name without an end": json.dumps(sound(app="x" * 10_000)).encode(),
    "half a character": json.dumps(sound(app="\ud800")).encode(),
    "no text": b'{"usagetray_call":1,"app":"\xff\xfe"}',
    "a list": b'["usagetray_call"]',
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN)
def test_a_line_that_no_program_of_ours_wrote_costs_only_itself(recorded: Recorded, line: bytes) -> None:
    spool = spool_of(recorded, 1)
    spool.write_bytes(line + b"\n" + spool.read_bytes())

    recorded.take_in()

    assert len(recorded.counted()) == 1
    with recorded.store() as store:
        assert store.index_state().skipped == {own_programs.NOT_A_CALL: 1}


def test_a_program_killed_within_a_line_spoils_no_other(recorded: Recorded) -> None:
    spool = spool_of(recorded, 1)
    with spool.open("ab") as file:
        file.write(b'{"usagetray_call":1,"key":"call-')

    spool_of(recorded, 1)
    recorded.take_in()

    assert len(recorded.counted()) == 2


@pytest.mark.parametrize("line", [sound(usagetray_call=2), {"usagetray_call": 2, "who": "knows"}])
def test_what_a_newer_version_recorded_is_kept_for_it(recorded: Recorded, line: dict[str, object]) -> None:
    spool = spool_of(recorded, 1)
    with spool.open("ab") as file:
        file.write(json.dumps(line).encode() + b"\n")
    recorded.take_in()

    with recorded.store() as store:
        assert own_programs.clear(store, recorded.folder, datetime.now(UTC) + LATER) == 0
        assert store.index_state().skipped == {own_programs.NEWER: 1}


# ---- who takes it in ---------------------------------------------------------------------------------------


def test_the_tray_takes_in_what_is_recorded_while_it_runs(recorded: Recorded) -> None:
    """At its next look, with or without a spool of that day before."""
    clock = ManualClock(datetime.now(UTC))
    core = build_headless(Path(recorded.environ["USAGETRAY_HOME"]), clock=clock, keychain="ok")
    try:
        for number in (1, 2):
            log_usage(model="m", input=1, app="a", strict=True)
            clock.advance(timedelta(seconds=10))
            core.look()
            core.settle()
            assert counted(recorded) == number
        clock.advance(LATER)
        core.tidy()
        assert recorded.spools == []
    finally:
        core.close()


def test_pruning_drops_no_count_and_no_bill(recorded: Recorded) -> None:
    """The history of what was used and billed is for ever."""
    spool_of(recorded)
    recorded.take_in()
    with recorded.store() as store:
        bill = SpendDay(day=date(2020, 1, 1), amount=Money(amount=Decimal("1.5"), currency="USD"))
        snapshot = Snapshot(
            provider_id="p", strategy_id="s", account=Account(id="a"), captured_at=datetime.now(UTC), spend=(bill,)
        )
        store.save_snapshot(snapshot, "/h", datetime.now(UTC))

        store.prune(datetime.now(UTC) + timedelta(days=4000))

        assert len(store.spend(date(2019, 1, 1), date(2030, 1, 1))) == 1
        assert len(list(store.responses())) == 3
        assert store.database.rows("SELECT sum(responses) FROM usage") == [(3,)]
