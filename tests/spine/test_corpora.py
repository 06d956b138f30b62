"""Whole homes of made-up logs, with totals known beforehand: every day, model, project and session exact."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from tests.bench.corpus import generate
from tests.logs.desk import Desk, told
from usagetray.edges.store import Store, open_reader

SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three homes of a megabyte each."""
    folder = tmp_path_factory.mktemp("corpora")
    for seed in SEEDS:
        (folder / str(seed)).mkdir()
        generate(folder / str(seed), megabytes=1, seed=seed, median_kb=60)
    return folder


def expected(corpora: Path, seed: int) -> Any:
    return json.loads((corpora / str(seed) / "expected.json").read_text())


def agree(store: Store, expected: Mapping[str, Any]) -> None:
    for provider in ("claude", "codex"):
        for name in ("day", "model", "project", "session"):
            found: dict[str, Counter[str]] = {}
            for row in store.usage(by=(name,), zone=UTC, provider=provider):
                tokens = row.attempt.tokens
                counts = {"input": tokens.input, "output": tokens.output, "cache_read": tokens.cache_read}
                counts |= {"cache_write": tokens.cache_write_5m + tokens.cache_write_1h, "responses": row.responses}
                found.setdefault(row.period, Counter()).update(counts)
            assert found == expected[provider][f"by_{name}"], f"{provider} by {name}"


def desk_at(home: Path, folder: Path) -> Desk:
    desk = Desk(folder)
    desk.environ["HOME"] = str(home)
    return desk


@pytest.mark.parametrize("seed", SEEDS)
def test_every_day_model_project_and_session_is_exact(corpora: Path, tmp_path: Path, seed: int) -> None:
    desk = desk_at(corpora / str(seed) / "home", tmp_path)
    desk.index()

    with desk.running() as it:
        agree(it.store, expected(corpora, seed))
        told(it.store)
        assert it.store.index_state().aside == {}


def test_the_corpora_hold_what_makes_logs_hard_to_count(corpora: Path) -> None:
    """Else the test above would say little."""
    kinds: Counter[str] = Counter()
    for seed in SEEDS:
        kinds.update(expected(corpora, seed)["kinds"])

    hard = ("lost sub-agents", "copies in a parent's log", "side questions", "resumed sessions", "totals written again")
    assert [each for each in hard if not kinds[each]] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_totals_are_exact_after_any_split_of_the_scan(corpora: Path, tmp_path: Path, seed: int) -> None:
    """Logs that appear in any order and grow by pieces cut anywhere, with a restart now and then."""
    chance, source, home = random.Random(seed), corpora / str(seed) / "home", tmp_path / "home"
    desk = desk_at(home, tmp_path)
    pieces = []
    for path in sorted(source.rglob("*.jsonl")):
        content = path.read_bytes()
        cuts = sorted(chance.sample(range(len(content)), 2))
        parts = zip([0, *cuts], [*cuts, len(content)], strict=True)
        pieces.append((path, [content[start:stop] for start, stop in parts]))
    while pieces:
        with desk.running() as it:
            for _ in range(12):
                if pieces:
                    path, left = chance.choice(pieces)
                    target = home / path.relative_to(source)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with target.open("ab") as file:
                        file.write(left.pop(0))
                    shutil.copystat(path, target)  # so that a session's age is what it was
                    pieces = [each for each in pieces if each[1]]
            it.look()

    with desk.running() as it:
        it.look()
        agree(it.store, expected(corpora, seed))


@pytest.mark.parametrize("number", range(5))
def test_a_first_scan_that_is_killed_ends_right_when_it_is_begun_again(
    corpora: Path, tmp_path: Path, number: int
) -> None:
    """The real program, killed at a random moment and started anew. The bench does it 200 times."""
    home, own = corpora / "1" / "home", tmp_path / "own"
    environ = {
        "HOME": str(home),
        "USAGETRAY_HOME": str(own),
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    program = [sys.executable, "-c", SMALL_STEPS]
    scan = subprocess.Popen(program, env=environ, stdout=subprocess.PIPE)
    assert scan.stdout is not None
    scan.stdout.read(1)  # it has begun to book
    time.sleep(0.004 * number)
    scan.send_signal(signal.SIGKILL)
    scan.communicate()

    subprocess.run([*program[:2], "from usagetray.__main__ import main; import sys; sys.argv[1:] = ['index']; main()"],
                   env=environ, check=True, capture_output=True)  # fmt: skip

    store = open_reader(next(own.rglob("usagetray.db")))
    assert store is not None
    try:
        agree(store, expected(corpora, 1))
    finally:
        store.close()


SMALL_STEPS = """
import sys
from usagetray.edges.store.ledger import Ledger
from usagetray.edges.usage_logs import fork
from usagetray.spine import indexing
fork.PAYS_FROM, indexing.TOGETHER = 0, 20
take_in = Ledger.take_in
def telling(self, reads):
    changed = take_in(self, reads)
    sys.stdout.write("."); sys.stdout.flush()
    return changed
Ledger.take_in = telling
from usagetray.__main__ import main
sys.argv[1:] = ["index"]
main()
"""
"""The program, but with small transactions, of which each is told, and with the second process from the first byte."""
