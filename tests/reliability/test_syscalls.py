"""What the kernel sees of a day with the program: private from creation, own folders only, no listener, no child."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.logs.lines import answer, text
from tests.reliability.fake_provider import BY_FILE
from tests.reliability.traced import Call, trace
from tests.support import ManualClock, Vendor

HARMLESS = ("/dev/null", "/dev/tty", "/proc/self/", "/proc/thread-self/")
TOKEN = "made-up-token-a"

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace (apt install strace)")


class Machine:
    """A home with tools signed in, a profile that is not there yet, and all that was done."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home, self.own = folder, folder / "home", folder / "own"
        self.cwd = folder / "project"
        self.calls: list[tuple[str, Call]] = []
        self.runs = 0
        self.home.mkdir()
        self.cwd.mkdir()
        self.tmp = folder / "shared-tmp"
        self.tmp.mkdir(mode=0o777)
        ends = datetime.now(UTC) + timedelta(days=30)
        for kind in BY_FILE:
            assert kind.file is not None
            kind.file(self.home, TOKEN, ends)
        log = self.home / ".claude" / "projects" / "-work" / "s1.jsonl"
        log.parent.mkdir(parents=True)
        log.write_bytes(text(*(answer(f"m{n}", 5, request=f"r{n}", at=n) for n in range(200))))
        self.env = {
            "HOME": str(self.home), "USAGETRAY_HOME": str(self.own), "PATH": os.defpath, "LANG": "C.UTF-8",
            "TMPDIR": str(self.tmp), "SQLITE_TMPDIR": str(self.tmp), "PYTHONDONTWRITEBYTECODE": "1", "TZ": "UTC",
        }  # fmt: skip

    def run(self, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "usagetray", *words]
        out = self.folder / "trace"
        self.runs += 1
        calls, done = trace(command, self.env, self.cwd, out, stdin)
        self.calls += [(words[-1], call) for call in calls]
        assert b"Traceback" not in done.stderr, done.stderr
        return done

    def is_own(self, path: str) -> bool:
        return path == str(self.own) or path.startswith(f"{self.own}/")


def wrong(machine: Machine) -> list[str]:
    """Each call that breaks a promise."""
    found: list[str] = []
    made: set[str] = set()
    for verb, call in machine.calls:
        said = f"{verb}: {call.name}({call.args})"
        if not call.done:
            continue
        if call.writes:
            strange = [path for path in call.paths if not machine.is_own(path) and not path.startswith(HARMLESS)]
            if strange:
                found.append(f"outside: {said}")
        making = call.name in ("mkdir", "mkdirat", "creat") or "O_CREAT" in call.args or "O_TMPFILE" in call.args
        if making and call.paths[-1] not in made:
            made.update(call.paths)
            if call.mode is None or call.mode & 0o077:
                found.append(f"open to others: {said}")
        if call.name in ("chmod", "fchmod", "fchmodat") and call.mode is not None and call.mode & 0o077:
            found.append(f"opened to others: {said}")
        if call.name in ("unlink", "unlinkat", "rename", "renameat", "renameat2", "rmdir"):
            made.difference_update(call.paths[:1])
        if call.name == "listen" and "UNIX" not in call.args:
            found.append(f"listens: {said}")
        if call.name == "bind" and "AF_UNIX" not in call.args and "AF_NETLINK" not in call.args:
            found.append(f"binds: {said}")
        if call.name == "connect" and "AF_INET" in call.args and not ("127.0.0.1" in call.args or '"::1"' in call.args):
            found.append(f"connects: {said}")
        if call.name in ("fork", "vfork", "execveat") or (
            call.name in ("clone", "clone3") and "CLONE_THREAD" not in call.args
        ):
            found.append(f"child: {said}")
    executed = sum(call.name == "execve" for _, call in machine.calls if call.done)
    if machine.runs and executed != machine.runs:
        found.append(f"{executed} programs started in {machine.runs} runs")
    return found


def listing(*folders: Path) -> dict[str, tuple[int, int, bytes]]:
    """Everything in these folders: its mode, its time, and its content."""
    return {
        str(path): (found.st_mode, found.st_mtime_ns, path.read_bytes() if stat.S_ISREG(found.st_mode) else b"")
        for folder in folders
        for path in sorted(folder.rglob("*"))
        for found in [path.lstat()]
    }


def served(machine: Machine) -> tuple[list[str], list[Vendor]]:
    """A server for each provider, in real time; the words that lead there."""
    clock = ManualClock(datetime.now(UTC))
    vendors = [Vendor(clock, kind.healthy(96)) for kind in BY_FILE]
    words = [f"--origin={kind.provider}={vendor.origin}" for kind, vendor in zip(BY_FILE, vendors, strict=True)]
    return words, vendors


DAY: Sequence[tuple[Sequence[str], bytes]] = (
    (("status",), b""),
    (("connect", "deepseek", "--yes"), b"sk-made-up-key-0123456789\n"),
    (("run", "--headless", "--once"), b""),
    (("run", "--headless", "--once"), b""),
    (("statusline",), json.dumps({"rate_limits": {"five_hour": {"used_percentage": 42.0}}}).encode()),
    (("report", "session", "--json"), b""),
    (("log", "--model", "m", "--input", "5", "--app", "a"), b""),
    (("index", "--rebuild"), b""),
    (("config", "set", "poll_minutes", "7"), b""),
    (("export", "usage"), b""),
    (("alerts", "list"), b""),
    (("bar", "waybar"), b""),
)


def test_r39_every_file_and_folder_is_private_from_creation_and_in_a_place_of_our_own(tmp_path: Path) -> None:
    """Under umask 000: polls, reports, keys, settings. Nothing of another tool's is written, locked or made."""
    machine = Machine(tmp_path)
    words, vendors = served(machine)
    before = listing(machine.home, machine.cwd)
    try:
        allowed = [("connect", kind.provider, "--only", kind.strategy.replace("_", "-"), "--yes") for kind in BY_FILE]
        words += ["--keychain", "ok", "--notify-to", str(machine.own / "alerts.jsonl")]
        failed = {
            verb: done.stderr
            for verb, stdin in (*((each, b"") for each in allowed), *DAY)
            if (done := machine.run(*words, *verb, stdin=stdin)).returncode not in (0, 1)
        }
    finally:
        for vendor in vendors:
            vendor.close()

    assert wrong(machine) == []
    assert listing(machine.home, machine.cwd) == before
    assert list(machine.tmp.iterdir()) == []
    modes = {str(path): stat.S_IMODE(path.lstat().st_mode) for path in (machine.own, *machine.own.rglob("*"))}
    assert {path: oct(mode) for path, mode in modes.items() if mode not in (0o700, 0o600)} == {}
    assert sum(len(vendor.asked) for vendor in vendors) >= len(BY_FILE)
    assert failed == {}
    assert (machine.own / "usagetray.db").exists()


def test_r39_polls_start_no_child_and_open_no_port(tmp_path: Path) -> None:
    """The background loop for some seconds, ended by a signal: one process, threads only."""
    machine = Machine(tmp_path)
    words, vendors = served(machine)
    machine.own.mkdir(mode=0o700)
    allow = "".join(f'[providers.{kind.provider}]\nallow = ["{kind.strategy}"]\n' for kind in BY_FILE)
    (machine.own / "config.toml").write_text(f"welcomed = true\n{allow}")
    (machine.own / "config.toml").chmod(0o600)
    before = listing(machine.home, machine.cwd)
    try:
        out = ["timeout", "--signal=TERM", "--preserve-status", "2.5"]
        command = [*out, sys.executable, "-m", "usagetray", *words, "--keychain", "ok", "run", "--headless"]
        calls, _ = trace(command, machine.env, machine.cwd, tmp_path / "trace")
    finally:
        for vendor in vendors:
            vendor.close()

    machine.calls = [("loop", call) for call in calls]
    started = [call.args for call in calls if call.name == "execve" and call.done]
    found = wrong(machine)
    assert len(started) == 2, started  # `timeout`, and the program
    assert len([each for each in found if each.startswith("child")]) <= 1, found  # the one that `timeout` made
    assert [each for each in found if not each.startswith("child")] == []
    assert listing(machine.home, machine.cwd) == before
    assert all(vendor.asked for vendor in vendors)


def test_r39_a_history_of_any_size_makes_no_file_in_a_shared_folder(tmp_path: Path) -> None:
    """Fifteen thousand sessions sorted and added up: SQLite's own temporary files would stand in a shared folder."""
    machine = Machine(tmp_path)
    log = machine.home / ".claude" / "projects" / "-big"
    log.mkdir(parents=True)
    for part in range(3):
        lines = [
            answer(
                f"b{part}-{n}", 5, request=f"q{part}-{n}", at=n * 60, session=f"session-{part}-{n}", cwd=f"/work/{n}"
            )
            for n in range(5000)
        ]
        (log / f"s{part}.jsonl").write_bytes(text(*lines))

    for words in (("index",), ("report", "session", "--json", "--no-scan"), ("export", "usage", "--no-scan")):
        assert machine.run(*words).returncode == 0

    assert [each for each in wrong(machine) if not each.startswith("child")] == []  # a second one reads the logs
    assert list(machine.tmp.iterdir()) == []


def test_r39_a_planted_link_in_our_folder_is_not_followed(tmp_path: Path) -> None:
    """Links that somebody put where our files will stand lead nowhere: what they point at is as it was."""
    machine = Machine(tmp_path)
    target = tmp_path / "precious"
    target.write_text("precious")
    for name in ("usagetray.db", "run/writer.lock", "log/usagetray.log", "alerts.jsonl", "state/spool/x.jsonl"):
        shutil.rmtree(machine.own, ignore_errors=True)
        place = machine.own / name
        place.parent.mkdir(parents=True, mode=0o700)
        machine.own.chmod(0o700)
        place.symlink_to(target)
        command = [
            sys.executable,
            "-m",
            "usagetray",
            "--notify-to",
            str(machine.own / "alerts.jsonl"),
            "alerts",
            "test",
        ]
        for verb in (command, [sys.executable, "-m", "usagetray", "run", "--headless", "--once"]):
            done = subprocess.run(verb, env=machine.env, capture_output=True, check=False)
            assert done.returncode != -signal.SIGSEGV
            assert b"Traceback" not in done.stderr, done.stderr

        assert target.read_text() == "precious", name
        assert stat.S_IMODE(target.stat().st_mode) == 0o644 or os.geteuid() != 0
