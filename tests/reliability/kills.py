"""Writers killed by signal 9, each at a random moment: one store, one settings file and one spool, used by all of them.

    python -m tests.reliability.kills COUNT FOLDER [SEED]

A writer says each thing after the program has acknowledged it. What was said is looked for after the kill, by the next
start of the program. Forks of one process, so that a thousand writers do not cost a thousand imports.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import sys
import time
import tomllib
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from usagetray.domain.alerts import AlertKind, Told
from usagetray.domain.attempts import Attempt
from usagetray.edges import spool
from usagetray.edges.channel import InstanceLock
from usagetray.edges.files import private_dir
from usagetray.edges.settings_file import set_value
from usagetray.edges.store import AlertRow, Source, open_writer
from usagetray.model import Account, Snapshot, UsageWindow

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SOURCE = Source(provider="p", home="/h", strategy="s")
MOST_TOLD = 60
"""Rows after which a writer is killed at the latest, a moment later."""
MOMENT_S = 0.004
START_S = 0.06
"""Of the start, in which one in seven is killed."""


@dataclass
class Tally:
    kills: int = 0
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    damaged: int = 0  # integrity checks that failed
    slowest_start_s: float = 0.0
    broken_settings: int = 0


def write(folder: Path, first: int, said: int) -> None:
    """Runs until it is killed. `said`: where each acknowledged row is told."""
    lock = InstanceLock(folder / "writer.lock")
    assert lock.acquire()
    store = open_writer(folder / "usagetray.db")
    os.write(said, b"open 0\n")
    for number in range(first, first + 100_000):
        at = NOW + timedelta(seconds=number)
        window = UsageWindow(
            key="five_hour", label="Session", utilization=0.5, resets_at=NOW, length=timedelta(hours=5)
        )
        store.save_snapshot(
            Snapshot(
                provider_id="p", strategy_id="s", account=Account(id="a"), captured_at=at, windows=(window,)
            ),
            "/h",
            at,
        )  # fmt: skip
        os.write(said, b"snapshot %d\n" % number)
        attempt = store.begin_attempt(SOURCE, at, None)
        os.write(said, b"attempt %d\n" % number)
        store.end_attempt(attempt, Attempt(at=at, ended_at=at, detail=str(number)), SOURCE)
        os.write(said, b"ended %d\n" % number)
        row = AlertRow(
            due_at=at, kind=AlertKind.THRESHOLD, provider="p", account="a", window="w", threshold=0.5,
            title=str(number), body="", urgency="normal",
        )  # fmt: skip
        store.save_told({("p", "a", f"w{number}"): Told(threshold=0.5)}, [row])
        os.write(said, b"told %d\n" % number)
        store.set_meta(f"key {number}", "value")
        os.write(said, b"meta %d\n" % number)
        spool.append(folder, "spool", json.dumps({"number": number, "long": "x" * 200}).encode())
        os.write(said, b"spool %d\n" % number)
        if number % 5 == 0:
            set_value(folder / "config.toml", "alerts.enabled", bool(number % 2))
            os.write(said, b"settings %d\n" % number)


def one(folder: Path, first: int, chance: random.Random) -> list[tuple[str, int]]:
    """A writer's life and death; what it had acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            write(folder, first, writing)
        finally:
            os._exit(1)
    os.close(writing)
    told = b""
    if chance.random() < 1 / 7:
        time.sleep(chance.uniform(0, START_S))
    else:
        wanted = chance.randint(0, MOST_TOLD)
        while told.count(b"\n") <= wanted:
            told += os.read(reading, 4096)
        time.sleep(chance.uniform(0, MOMENT_S))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as rest:
        told += rest.read()
    lines = [line.split() for line in told.decode().split("\n")[:-1]]
    return [(what, int(number)) for what, number in lines if what != "open"]


LOOKED_FOR = {
    "snapshot": "SELECT stored_at / 1000000 FROM snapshot",
    "attempt": "SELECT at / 1000000 FROM attempt",
    "ended": "SELECT ended_at / 1000000 FROM attempt WHERE ended_at IS NOT NULL",
    "told": "SELECT substr(window, 2) + 0 FROM told",
    "meta": "SELECT substr(key, 5) + 0 FROM meta WHERE key LIKE 'key %'",
}
ALERTS = "SELECT title + 0 FROM alert"


def looked_at(folder: Path, expected: list[tuple[str, int]], tally: Tally) -> None:
    """Starts as the program does, and looks for everything."""
    began = time.monotonic()
    lock = InstanceLock(folder / "writer.lock")
    if not lock.acquire():
        tally.lost.append("the lock is still held")
    store = open_writer(folder / "usagetray.db")
    tally.slowest_start_s = max(tally.slowest_start_s, time.monotonic() - began)
    if store.notice is not None:
        tally.damaged += 1
    store.close()
    lock.release()
    zero = int(NOW.timestamp())
    with closing(sqlite3.connect(folder / "usagetray.db")) as disk:
        tally.damaged += disk.execute("PRAGMA integrity_check").fetchall() != [("ok",)]
        for what, sql in LOOKED_FOR.items():
            found = {int(number) for (number,) in disk.execute(sql)}
            if what in ("snapshot", "attempt", "ended"):
                found = {number - zero for number in found}
            tally.lost += [f"{what} {number}" for kind, number in expected if kind == what and number not in found]
        alerts, told = {number for (number,) in disk.execute(ALERTS)}, LOOKED_FOR["told"]
        tally.lost += [f"alert {number}" for (number,) in disk.execute(told) if number not in alerts]
    whole = [line for line in spool.read(folder, "spool") if line.endswith(b"}")]  # one may be torn
    kept = {json.loads(line)["number"] for line in whole}
    tally.lost += [f"spool {number}" for what, number in expected if what == "spool" and number not in kept]
    config = folder / "config.toml"
    if config.exists():
        try:
            tomllib.loads(config.read_text())
        except (ValueError, OSError):
            tally.broken_settings += 1


def kills(count: int, folder: Path, seed: int = 1) -> Tally:
    chance, tally = random.Random(seed), Tally()
    private_dir(folder)
    (folder / "config.toml").write_text("# mine\nunknown = 5\n")
    for number in range(count):
        if number % 50 == 0:  # a store of ordinary size, not one of all that was ever written
            for each in (*folder.glob("usagetray.db*"), *folder.glob("spool.jsonl*")):
                each.unlink()
        said = one(folder, number * 1_000, chance)
        tally.kills += 1
        tally.acknowledged += len(said)
        looked_at(folder, said, tally)
    kept = (folder / "config.toml").read_text()
    tally.broken_settings += not kept.startswith("# mine\nunknown = 5\n")
    return tally


if __name__ == "__main__":
    done = kills(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    sys.stdout.write(json.dumps(asdict(done)) + "\n")
