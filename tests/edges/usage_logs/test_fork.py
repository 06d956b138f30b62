"""The second process of a first scan: it shares the work, writes nothing, and may be killed at any time."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.logs.desk import Desk
from tests.logs.lines import answer
from tests.logs.second_count import second_count
from usagetray.edges.store.ledger import LogRead, Mark
from usagetray.edges.usage_logs import fork

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process reads")


def a_read(number: int) -> LogRead:
    mark = Mark(f"/{number}", "p", "/", "1:1", 1, 1, 1, b"\xff", b"\x00", "")
    told = [(f"key-{n}", "r", 0, n, 0, n, 0, 0, n, 0, 0, 0, 1, 0, 0, "") for n in range(number)]
    return LogRead(mark, ("p", "", "", ""), [], [], told)  # type: ignore[arg-type]


def taken(worker: fork.Worker) -> list[LogRead]:
    told: list[LogRead] = []
    while not worker.is_over:
        told += worker.take(wait=True)
    return told


def test_what_it_reads_arrives_as_it_was_told() -> None:
    """Also what is larger than the pipe."""
    reads = [a_read(number) for number in (0, 1, 3000, 5)]

    worker = fork.Worker(lambda: iter(reads))

    assert [tuple(each) for each in taken(worker)] == [tuple(each) for each in reads]
    assert worker.has_finished


def test_one_that_breaks_down_is_known_not_to_have_finished() -> None:
    def reads() -> Iterator[LogRead]:
        yield a_read(2)
        os.kill(os.getpid(), signal.SIGKILL)
        yield a_read(3)

    worker = fork.Worker(reads)

    assert len(taken(worker)) <= 1
    assert worker.is_over
    assert not worker.has_finished


def test_it_holds_none_of_our_files(tmp_path: Path) -> None:
    """Were we killed, the lock of the one writer and the store would be free at once."""
    told = tmp_path / "handles"
    kept = os.open(tmp_path / "lock", os.O_CREAT | os.O_RDWR)

    def reads() -> Iterator[LogRead]:
        try:
            os.fstat(kept)
        except OSError:
            told.write_text("closed")
        yield a_read(1)

    taken(fork.Worker(reads))
    os.close(kept)

    assert told.read_text() == "closed"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Twelve logs, which two processes share though they are small."""
    monkeypatch.setattr(fork, "PAYS_FROM", 0)
    monkeypatch.setattr(fork.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(fork.threading, "active_count", lambda: 1)
    made = Desk(tmp_path)
    for number in range(12):
        lines = [answer(f"msg_{number}_{n}", 1 + n, request=f"r_{number}_{n}", at=n) for n in range(number + 3)]
        copied = [answer("msg_shared", number, request="req_shared", at=500)]
        made.write(f"-work/s{number}.jsonl", *lines, *copied)
    return made


def test_two_processes_count_what_one_does(desk: Desk) -> None:
    with desk.running() as it:
        it.indexing._walk()
        mine, others = fork.shared_out(it.indexing._waiting)
    assert mine
    assert others

    desk.index()

    assert desk.told() == second_count(desk.logs(), desk.times())


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_second_process_that_is_killed_costs_no_count(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """What it did not tell is read by the first."""
    worker = fork.Worker

    def fragile(reads: object) -> fork.Worker:
        def some() -> Iterable[LogRead]:
            for number, each in enumerate(reads()):  # type: ignore[operator]
                if number == after:
                    os.kill(os.getpid(), signal.SIGKILL)
                yield each

        return worker(some)

    monkeypatch.setattr(fork, "Worker", fragile)

    desk.index()

    assert desk.told() == second_count(desk.logs(), desk.times())


def test_progress_reaches_its_end_though_two_processes_read(desk: Desk) -> None:
    with desk.running() as it:
        seen: list[tuple[int, int]] = []
        it.indexing.catch_up(lambda progress: seen.append((progress.done, progress.total)))

    assert seen[-1][0] == seen[-1][1] == sum(len(each) for each in desk.logs().values())
    assert seen == sorted(seen)


def test_a_little_is_read_by_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("-work/s1.jsonl", answer())
    with desk.running() as it:
        it.indexing._walk()

        assert fork.shared_out(it.indexing._waiting) == (it.indexing._waiting, [])
