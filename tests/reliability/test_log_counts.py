"""What is counted of session logs: each response once, whatever became of the files it is told in, and for good."""

from __future__ import annotations

import json
import random
import re
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.logs.desk import Desk, Running
from tests.logs.lines import answer, text
from tests.logs.second_count import second_count
from tests.reliability.started import usagetray


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# ---- one response, told many times ----------------------------------------------------------------------------

GROWING = (3, 8, 15, 21, 34, 47, 60, 72, 88, 101, 117, 130, 144, 159)


def growing(*, request: str | None, session: str = "s1") -> list[dict[str, Any]]:
    return [
        answer("msg_1", output, request=request, at=n, session=session, side=False) for n, output in enumerate(GROWING)
    ]


@pytest.mark.parametrize("seed", range(6))
def test_r22_a_response_told_forty_times_counts_once_with_its_last_figures(desk: Desk, seed: int) -> None:
    """Fourteen lines with output from 3 to 159, with and without the request's id, in two files and a resumed copy.

    In any order of lines and files, read in any pieces; reading again changes nothing.
    """
    chance = random.Random(seed)
    told = [*growing(request="req_1"), *growing(request=None), *growing(request="req_1", session="s2")]
    chance.shuffle(told)
    files = [told[:14], told[14:28], told[28:]]
    chance.shuffle(files)
    with desk.running() as it:
        for number, lines in enumerate(files):
            whole, name = text(*lines), f"-work/s{number}.jsonl"
            cuts = sorted(chance.sample(range(1, len(whole)), 3))
            desk.write(name, raw=b"")
            for start, stop in zip([0, *cuts], [*cuts, len(whole)], strict=True):
                desk.append(name, raw=whole[start:stop])
                it.look()
        for _ in range(2):
            assert [(each.output, each.input, each.read) for each in it.told()] == [(159, 10, 1000)]
            it.indexing.read_anew()
            it.look()
    desk.index()
    assert sum(desk.told().values()) == 1


# ---- files that are written, cut, replaced, moved and deleted ------------------------------------------------


class Life:
    """A tree of logs that a rough user mistreats, and all that was ever in it as a whole line when it was looked at."""

    def __init__(self, desk: Desk, chance: random.Random) -> None:
        self.desk, self.chance, self.made = desk, chance, 0
        self.half: dict[Path, bytes] = {}
        self.seen: dict[str, bytes] = {}

    def lines(self, count: int) -> bytes:
        """Some are told again, with more output; none is older than those before."""
        found = []
        for _ in range(count):
            new = self.chance.random() < 0.8 or not self.made
            self.made += new
            number = self.made if new else self.chance.randint(1, self.made)
            output = self.chance.randint(1, 1000)
            found.append(answer(f"m{number}", output, request=f"r{number}", at=number * 7, session="s"))
        return text(*found)

    def logs(self) -> list[Path]:
        return sorted(self.desk.tree.rglob("*.jsonl"))

    def step(self) -> str:
        logs, chance = self.logs(), self.chance
        whole = [path for path in logs if path not in self.half]
        what = chance.choice(["new", "append", "half", "rest", "shorter", "longer", "move", "delete"])
        if what == "new" or not logs:
            self.desk.write(f"-p{chance.randint(0, 2)}/f{len(self.seen)}-{self.made}.jsonl", raw=self.lines(5))
        elif what == "rest" and self.half:
            path, rest = self.half.popitem()
            self.desk.append(str(path.relative_to(self.desk.tree)), raw=rest)
        elif what in ("append", "half") and whole:
            path, line = chance.choice(whole), self.lines(1)
            at = chance.randrange(1, len(line)) if what == "half" else len(line)
            self.desk.append(str(path.relative_to(self.desk.tree)), raw=line[:at])
            if line[at:]:
                self.half[path] = line[at:]
        elif what in ("shorter", "longer") and whole:
            path = chance.choice(whole)
            size = path.stat().st_size
            content = self.lines(1)
            while what == "longer" and len(content) <= size:
                content += self.lines(3)
            self.desk.write(str(path.relative_to(self.desk.tree)), raw=content)
        elif what == "move" and whole:
            path = chance.choice(whole)
            target = self.desk.tree / "archive" / path.name
            target.parent.mkdir(exist_ok=True)
            path.rename(target)
        elif what == "delete" and len(whole) > 1:
            chance.choice(whole).unlink()
        return what

    def expected(self, step: int) -> object:
        """All versions of all files, as they were at each look, counted once more and plainly."""
        for path, content in self.desk.logs().items():
            self.seen[f"{path}@{step}"] = content
        return _tokens(second_count(self.seen))


def _tokens(counted: object) -> list[tuple[str, int, int]]:
    """Without the place, which a copy in the archive may share."""
    return sorted((each.day, each.output, each.input) for each in counted)  # type: ignore[attr-defined]


def agree(it: Running, life: Life, step: int, what: str) -> None:
    it.desk.clock.sleep(400)  # so long that all folders are listed anew
    it.look()
    it.look()
    assert _tokens(it.told()) == life.expected(step), what


@pytest.mark.parametrize("seed", range(6))
def test_r23_after_each_of_forty_rough_steps_the_totals_are_those_of_an_independent_count(
    desk: Desk, seed: int
) -> None:
    """Half lines and their rest, written shorter, replaced by a longer file, moved, deleted; restarts between."""
    life = Life(desk, random.Random(seed))
    for _ in range(4):
        with desk.running() as it:
            for _ in range(10):
                what = life.step()
                agree(it, life, len(life.seen), what)


def test_r23_what_is_appended_while_a_scan_runs_is_counted_once(desk: Desk) -> None:
    """A second thread writes three hundred responses in pieces of any size while the first one reads on and on."""
    whole = text(*(answer(f"m{n}", 1, request=f"r{n}", at=n) for n in range(300)))
    path = desk.write("-work/s1.jsonl", raw=b"")
    over = threading.Event()

    def append() -> None:
        chance, at = random.Random(1), 0
        with path.open("ab", buffering=0) as file:
            while at < len(whole):
                size = chance.randint(1, 4000)
                file.write(whole[at : at + size])
                at += size
        over.set()

    with desk.running() as it:
        worker = threading.Thread(target=append)
        worker.start()
        while not over.is_set():
            it.look()
        worker.join()
        desk.written(path)
        it.look()
        assert it.output == 300


# ---- what was counted stays counted ---------------------------------------------------------------------------


def reported(desk: Desk, kind: str) -> str:
    """Without what is projected of a week that goes on, which changes by the second."""
    told = usagetray(desk, "report", kind, "--json").stdout.decode()
    return re.sub(r'"projectedMonthCost": [\d.]+', "", told)


def test_r27_what_was_counted_stays_counted_when_every_source_is_deleted(desk: Desk) -> None:
    """Day, model, project, session and block, as the program prints them, before and after; the warning came once."""
    for number in range(40):
        project = f"-work-{number % 3}"
        told = [
            answer(f"m{number}-{n}", n + 1, request=f"r{number}-{n}", at=number * 9000 + n, cwd=f"/work/{number % 3}")
            for n in range(5)
        ]
        desk.write(f"{project}/s{number}.jsonl", *told)
    (desk.home / ".claude" / "settings.json").write_text('{"cleanupPeriodDays": 2}')
    kinds = ("daily", "weekly", "monthly", "session", "project", "model", "block")
    said = usagetray(desk, "status").stdout.decode()
    before = {kind: reported(desk, kind) for kind in kinds}

    shutil.rmtree(desk.tree)
    for again in (False, True):
        after = {kind: reported(desk, kind) for kind in kinds}
        assert after == before, again
        if not again:
            desk.tree.mkdir()
            assert usagetray(desk, "index").returncode == 0

    assert json.loads(before["daily"])["totals"]["outputTokens"] == 40 * 15
    assert said.count("deletes its logs after 2 days") == 1
    assert (desk.home / ".claude" / "settings.json").read_text() == '{"cleanupPeriodDays": 2}'
