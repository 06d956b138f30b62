"""Logs and files that are not as they should be: bounded memory and time, no hang, and no good line is lost."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.log_trials import long_line
from tests.edges.usage_logs.test_reading import BAD, FINE
from tests.logs.desk import Desk, totals
from tests.logs.lines import answer, text
from tests.reliability.fake_provider import BY_FILE
from tests.reliability.started import usagetray

MIB = 1024 * 1024
FILES_IN_TREE = 1500
"""A sixth of the long form's."""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# ---- large ones ------------------------------------------------------------------------------------------------


def test_r24_a_line_of_forty_mebibytes_costs_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    """In a file of 64 MiB; 300 MiB in one of 1 GiB in the long form. What comes before and after it counts."""
    assert long_line(tmp_path, line=40 * MIB, whole=64 * MIB).more_mib <= 64


def test_r24_a_huge_log_never_holds_the_program_up_for_long(desk: Desk) -> None:
    """Looks of a twentieth of a second, while 48 MiB are read: none takes half a second of processor time."""
    path = desk.write("-work/s1.jsonl", answer("m1", 1, request="r1"))
    filler = text({"type": "user", "message": {"role": "user", "content": "x" * 100_000}})
    with path.open("ab") as file:
        file.write(b"x" * 20 * MIB + b"\n" + filler * 280 + text(answer("m2", 10, request="r2")))
    longest = 0.0
    with desk.running() as it:
        it.indexing.look(0)
        while it.indexing.progress is not None:
            began = time.thread_time()
            it.indexing.look(0.05)
            longest = max(longest, time.thread_time() - began)

        assert totals(it.store).output == 11
    assert longest < 0.5


def test_r24_an_unchanged_tree_is_not_read_again(desk: Desk) -> None:
    """Next to nothing of 1500 logs is read by a second process, in a sixth of a second of processor time."""
    for number in range(FILES_IN_TREE):
        path = desk.tree / f"-p{number % 30}" / f"s{number}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text(answer(f"m{number}", 1, request=f"r{number}", at=number)))
    desk.index()
    with desk.running() as it:
        before, began = read_bytes(), time.process_time()
        it.indexing.catch_up()
        spent, read = time.process_time() - began, read_bytes() - before

        assert totals(it.store).output == FILES_IN_TREE
    assert read < MIB
    assert spent < 1.0


def read_bytes() -> int:
    """By this process until now."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("rchar")).split()[1])


# ---- lines and files that are not as they should be ------------------------------------------------------------


def test_r25_each_bad_line_is_skipped_with_its_reason_and_no_good_one_is_lost(desk: Desk) -> None:
    """All kinds between two good lines each, a hundred times over, in two tools' trees at once."""
    chance, good, content = random.Random(7), 0, []
    skipped: dict[str, int] = {}
    for _ in range(25):
        for name, (line, reason) in BAD.items():
            if "deep" in name or "nested" in name:
                line = line[:2000] + b"\n"  # a deep one costs milliseconds, and is tried on its own
            content.append(line.replace(b"msg_", b"msg_%d_" % good).replace(b"req_", b"req_%d_" % good))
            skipped[reason] = skipped.get(reason, 0) + 1
            good += 1
            content.append(text(answer(f"g{good}", 1, request=f"g{good}", at=good)))
        for make in FINE.values():
            good += 1
            content.append(make(text(answer(f"g{good}", 1, request=f"g{good}", at=good))))
    chance.shuffle(content)
    desk.write("-work/s1.jsonl", raw=b"".join(content))

    desk.index()

    with desk.running() as it:
        assert it.output == good
        assert it.store.index_state().skipped == skipped


def hostile(folder: Path, suffix: str, good: bytes) -> None:
    """Everything that is no log, under names of logs."""
    folder.mkdir(parents=True, exist_ok=True)
    outside = folder.parents[1] / f"outside{suffix}"
    outside.write_bytes(good.replace(b"msg_", b"out_"))
    (folder / f"itself{suffix}").symlink_to(f"itself{suffix}")
    (folder / f"dangling{suffix}").symlink_to(f"nowhere{suffix}")
    (folder / f"outside{suffix}").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    (folder / "up").symlink_to("/")
    os.mkfifo(folder / f"pipe{suffix}")
    (folder / f"zero{suffix}").symlink_to("/dev/zero")
    (folder / f"tty{suffix}").symlink_to("/dev/stdin")
    (folder / f"folder{suffix}").mkdir()
    closed = folder / "closed"
    closed.mkdir()
    (closed / f"c{suffix}").write_bytes(good.replace(b"msg_", b"cls_"))
    closed.chmod(0)
    (folder / f"mine{suffix}").write_bytes(good.replace(b"msg_", b"min_"))
    (folder / f"mine{suffix}").chmod(0)
    if os.geteuid() == 0:
        os.mknod(folder / f"device{suffix}", 0o600 | 0o020000, os.makedev(1, 5))  # /dev/zero, a character device
    here = os.open(folder, os.O_RDONLY)
    for _ in range(20):  # to 4000 characters
        os.mkdir("d" * 200, dir_fd=here)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    deep = os.open(f"deep{suffix}", os.O_WRONLY | os.O_CREAT, dir_fd=here)
    os.write(deep, good.replace(b"msg_", b"dep_"))
    os.close(deep)
    os.close(here)


@pytest.fixture
def reopened(tmp_path: Path) -> Iterator[None]:
    yield
    for folder in (tmp_path / "home/.claude/projects/-work", tmp_path / "home/.codex/sessions/2026"):
        (folder / "closed").chmod(0o700)


@pytest.mark.usefixtures("reopened")
def test_r26_nothing_that_is_no_log_stops_a_scan_or_is_followed_out_of_the_tree(desk: Desk) -> None:
    """Loops, pipes, devices, closed folders, endless paths, in both tools' trees: a scan ends, the good ones count."""
    good = text(answer("msg_good", 50))
    desk.write("-work/good.jsonl", raw=good)
    hostile(desk.tree / "-work", ".jsonl", good)
    sessions = desk.home / ".codex" / "sessions" / "2026"
    hostile(sessions, ".jsonl", b"{}\n")

    done = usagetray(desk, "index", bound=True)
    told = json.loads(usagetray(desk, "report", "session", "--json", "--no-scan", bound=True).stdout)

    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert told["totals"]["outputTokens"] in (50, 100)  # the deep one may be reached or not
    assert b"closed" not in done.stdout


FILES = (
    *(".claude.json", ".claude/.credentials.json", ".claude/settings.json", ".claude/stats-cache.json"),
    *(".codex/auth.json", ".codex/config.toml", ".gemini/oauth_creds.json", ".gemini/settings.json"),
    *(".kimi-code/credentials/kimi-code.json", ".config/github-copilot/apps.json", ".config/gh/hosts.yml"),
    *(".config/Cursor/User/globalStorage/state.vscdb", ".bashrc", ".profile", ".zshrc"),
)
"""What sources read besides logs."""


@pytest.mark.parametrize("kind", ["pipe", "folder", "loop", "device", "huge"])
def test_r26_no_file_that_a_source_reads_can_hold_the_program_up(desk: Desk, kind: str) -> None:
    """Each sign-in and settings file of every tool is a pipe nobody writes to, a folder, a link to itself, endless."""
    for name in FILES:
        path = desk.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "folder":
            path.mkdir()
        elif kind == "loop":
            path.symlink_to(path.name)
        elif kind == "device":
            path.symlink_to("/dev/zero")
        else:
            with path.open("wb") as file:
                file.truncate(300 * MIB)
    desk.write("-work/good.jsonl", answer("msg_good", 50))
    config = desk.folder / "profile" / "config.toml"
    config.parent.mkdir(mode=0o700)
    config.write_text(
        "welcomed = true\n" + "".join(f'[providers.{each.provider}]\nallow = ["{each.strategy}"]\n' for each in BY_FILE)
    )

    origins = [f"--origin={each.provider}=http://127.0.0.1:9" for each in BY_FILE]
    done = usagetray(desk, *origins, "--keychain", "ok", "run", "--headless", "--once", bound=True)
    told = json.loads(usagetray(desk, "report", "daily", "--json", "--no-scan").stdout)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["schema"] == 1
    assert done.stderr == b""
    assert told["totals"]["outputTokens"] == 50
    log = desk.folder / "profile" / "log" / "usagetray.log"
    assert not log.exists() or "Traceback" not in log.read_text()
