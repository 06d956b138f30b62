"""A damaged store: what can still be read of the ledger is kept, and nothing is counted twice or made up."""

from __future__ import annotations

import random
import shutil
import sqlite3
import statistics
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.logs.desk import Desk
from tests.logs.lines import answer
from tests.logs.second_count import second_count
from usagetray.edges.store import open_writer
from usagetray.edges.store.opening import PAGE


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A ledger of 600 responses from three sessions, some set aside."""
    made = Desk(tmp_path)
    for session in ("s1", "s2", "s3"):
        told = [
            answer(f"m_{session}_{n:04}", 10, request=f"r_{session}_{n}", at=n * 9, session=session) for n in range(200)
        ]
        made.write(f"-work/{session}.jsonl", *told)
    made.write("-work/s4.jsonl", answer("m_big", 5_000_000, request="r_big", session="s4"))
    made.index()
    with closing(sqlite3.connect(made.store_file)) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return made


def ruin(path: Path, content: bytes, damage: Callable[[bytearray], None]) -> None:
    broken = bytearray(content)
    damage(broken)
    path.write_bytes(broken)
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def test_rows_whose_logs_are_gone_survive_where_the_damage_spares_them(desk: Desk) -> None:
    """Every third page of the file in turn becomes zeros: most cost few rows or none, and none makes up any."""
    before = desk.told()
    shutil.rmtree(desk.tree)
    desk.tree.mkdir()
    content = desk.store_file.read_bytes()
    kept = []
    for at in range(PAGE, len(content), 3 * PAGE):
        ruin(desk.store_file, content, lambda broken, at=at: broken.__setitem__(slice(at, at + PAGE), bytes(PAGE)))
        after = desk.told()
        assert after - before == {}
        kept.append(after.total() / before.total())

    assert statistics.median(kept) > 0.9


@pytest.mark.parametrize("seed", range(12))
def test_logs_that_are_still_there_are_read_again_after_any_damage_and_counted_once(desk: Desk, seed: int) -> None:
    """A page of zeros anywhere: the totals are what the logs tell, neither more nor less."""
    expected = second_count(desk.logs(), desk.times())
    del expected[next(each for each in expected if each.output == 5_000_000)]
    at = random.Random(seed).randrange(1, desk.store_file.stat().st_size // PAGE) * PAGE

    def zeros(content: bytearray) -> None:
        content[at : at + PAGE] = bytes(PAGE)

    ruin(desk.store_file, desk.store_file.read_bytes(), zeros)
    open_writer(desk.store_file).close()

    desk.index()

    assert desk.told() == expected
