"""What was said before a disk filled up stays, what is said meanwhile is shown, and all of it is kept later.

The disk is a real one, of 8 MiB, on which the profile lies; mounting it takes root.
"""

from __future__ import annotations

import itertools
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from tests.logs.lines import answer, text
from tests.support import World, account, always, limits, ok, own_world, window
from usagetray.edges.files import write_atomic
from usagetray.edges.settings_file import set_value
from usagetray.edges.store import open_reader
from usagetray.edges.store.opening import PAGE
from usagetray.errors import SettingsError, UserError

MINUTE = timedelta(minutes=1)
EIGHT_MIB = "8m"


class Disk:
    """A file system of its own that can be filled to the last byte."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "of somebody else"
        folder.mkdir(mode=0o700)
        command = ["mount", "-t", "tmpfs", "-o", f"size={EIGHT_MIB},mode=700", "tmpfs", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"a disk of its own can be mounted by root only: {done.stderr.strip()}")

    def fill(self) -> None:
        with self._filler.open("ab", buffering=0) as file:
            for size in (65536, 1):
                try:
                    while file.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue

    def free(self) -> None:
        self._filler.unlink()

    def lock(self) -> None:
        """From now on it can be read only."""
        subprocess.run(["mount", "-o", "remount,ro", str(self.folder)], check=True)

    def close(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=False)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path / "profile")
    yield made
    made.close()


@pytest.fixture
def world(disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with own_world(tmp_path, monkeypatch) as made:
        yield made


def snapshots(world: World) -> list[float]:
    """The session's figures on the disk, in the order in which they were said, each once."""
    with closing(sqlite3.connect(world.profile / "usagetray.db")) as store:
        bodies = [json.loads(body) for (body,) in store.execute("SELECT body FROM snapshot ORDER BY id")]
        assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    said = [next(each["utilization"] for each in body["windows"] if each["key"] == "five_hour") for body in bodies]
    return [used for used, _ in itertools.groupby(said)]


def log_of(world: World, output: int) -> None:
    """Claude Code worked: one more response of so many tokens."""
    with (world.home.path / ".claude" / "projects" / "p" / "session.jsonl").open("ab") as file:
        file.write(text(answer(f"msg_{output}", output, request=f"req_{output}")))


def test_r29_a_disk_that_fills_up_during_a_run_costs_no_figure_no_row_and_no_setting(world: World, disk: Disk) -> None:
    """42 % is kept; 78 and 83 % come on the full disk, are shown and announced, and kept once there is space."""
    core = world.start()
    core.tick()
    disk.fill()
    settings = (world.profile / "config.toml").read_bytes()
    before = len(world.vendor.asked)
    for used in (78, 83):
        world.vendor.answer = always(ok(limits(used)))
        log_of(world, used)
        world.run(core, 30 * MINUTE)
        assert (account(core)["state"], window(core)["used_percent"]) == ("disk_full", used)

    with pytest.raises(SettingsError, match="it is as it was"):
        set_value(world.profile / "config.toml", "icon.label", True)

    assert (world.profile / "config.toml").read_bytes() == settings
    assert not list(world.profile.glob(".config.toml*"))
    assert 10 <= len(world.vendor.asked) - before <= 61
    assert [each.threshold for each in world.alerts.alerts] == [0.75]
    with closing(open_reader(world.profile / "usagetray.db")) as popup:  # type: ignore[type-var]
        assert popup.latest_snapshots()  # type: ignore[union-attr]

    disk.free()
    world.run(core, 10 * MINUTE)
    assert account(core)["state"] == "fresh"
    world.stop(core)

    assert snapshots(world) == [0.42, 0.78, 0.83]
    core = world.start()
    world.run(core, 10 * MINUTE)
    assert [each.threshold for each in world.alerts.alerts] == [0.75]
    assert sorted(each.attempts[0].tokens.output for each in core.store.responses()) == [78, 83]


def test_r29_a_start_on_a_full_disk_shows_what_is_known_and_goes_on_asking(world: World, disk: Disk) -> None:
    """As after a night in which something else filled it: the tray comes up, and keeps what it hears later."""
    core = world.start()
    core.tick()
    world.stop(core)
    disk.fill()
    world.clock.advance(timedelta(hours=1))

    core = world.start()
    first = window(core)
    world.vendor.answer = always(ok(limits(78)))
    world.run(core, 10 * MINUTE)

    assert first["used_percent"] == 42
    assert (account(core)["state"], window(core)["used_percent"]) == ("disk_full", 78)
    assert any("disk is full" in each for each in core.overview().notices)
    disk.free()
    world.run(core, 10 * MINUTE)
    assert account(core)["state"] == "fresh"
    world.stop(core)
    assert snapshots(world) == [0.42, 0.78]
    assert [each.threshold for each in world.alerts.alerts] == [0.75]


@pytest.mark.parametrize("killed", [False, True], ids=["ended", "killed before"])
def test_r29_a_look_on_a_full_disk_shows_what_is_kept(world: World, disk: Disk, killed: bool) -> None:
    """`usagetray status` needs no room; nor where a killed program left its journal."""
    core = world.start()
    core.tick()
    journal = world.profile / "usagetray.db-wal"
    kept = journal.read_bytes(), (world.profile / "usagetray.db").read_bytes()
    world.stop(core)
    if killed:
        journal.write_bytes(kept[0])
        (world.profile / "usagetray.db").write_bytes(kept[1])
    disk.fill()

    env = {"HOME": str(world.home.path), "USAGETRAY_HOME": str(world.profile), "PATH": os.defpath, "LANG": "C.UTF-8"}
    for words in (["status", "--no-scan", "--json"], ["status", "--json"], ["bar", "json"], ["doctor", "--json"]):
        done = subprocess.run([sys.executable, "-m", "usagetray", *words], env=env, capture_output=True, check=False)
        assert done.returncode in (0, 1), (words, done.stderr)
        assert b"Traceback" not in done.stderr
        said = done.stdout.decode()
        assert json.loads(said)
        if words[0] == "status":
            assert done.returncode == 0, done.stderr
            (window,) = [each for each in json.loads(said)["accounts"][0]["windows"] if each["key"] == "five_hour"]
            assert window["captured_at"] == "2026-11-20T09:00:00Z"


@pytest.mark.parametrize("killed", [False, True], ids=["ended", "killed before"])
def test_r29_a_look_on_a_disk_that_can_only_be_read_shows_what_is_kept(world: World, disk: Disk, killed: bool) -> None:
    """As after an error of the disk, which the system then closes: one sentence says why nothing is newer."""
    core = world.start()
    core.tick()
    core.store.settle()
    kept = {each: each.read_bytes() for each in world.profile.glob("usagetray.db*")}
    world.stop(core)
    if killed:
        for each, content in kept.items():
            each.write_bytes(content)
    disk.lock()

    env = {"HOME": str(world.home.path), "USAGETRAY_HOME": str(world.profile), "PATH": os.defpath, "LANG": "C.UTF-8"}
    for words in (["status", "--json"], ["report", "--json"], ["run", "--headless", "--once"]):
        done = subprocess.run([sys.executable, "-m", "usagetray", *words], env=env, capture_output=True, check=False)

        assert done.returncode == 0, (words, done.stderr)
        assert json.loads(done.stdout)
        assert done.stderr.decode().count("\n") == 1
        assert "Read-only file system" in done.stderr.decode()


def test_r29_a_damaged_store_on_a_full_disk_is_salvaged_once_there_is_space(world: World, disk: Disk) -> None:
    core = world.start()
    core.tick()
    world.stop(core)
    store = world.profile / "usagetray.db"
    broken = bytearray(store.read_bytes())
    with closing(sqlite3.connect(store)) as whole:
        ((root,),) = whole.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'said_newest'")
    broken[(root - 1) * PAGE : root * PAGE] = b"\xff" * PAGE
    store.write_bytes(broken)
    disk.fill()
    with suppress(UserError):  # one sentence is enough, where nothing at all can be written; nothing may be lost
        world.stop(world.start())
    disk.free()

    core = world.start()

    assert window(core)["used_percent"] == 42
    assert (world.profile / "usagetray.db.damaged-1").read_bytes() == bytes(broken)
    assert any("damaged-1" in each for each in core.overview().notices)


def test_r29_a_file_that_is_replaced_on_a_full_disk_is_as_it_was(disk: Disk) -> None:
    path = disk.folder / "kept.json"
    write_atomic(path, b"old" * 5000)
    disk.fill()

    with pytest.raises(OSError, match="No space left"):
        write_atomic(path, b"new" * 5000)

    assert path.read_bytes() == b"old" * 5000
    assert sorted(each.name for each in disk.folder.iterdir()) == ["kept.json", "of somebody else"]
