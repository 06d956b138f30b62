"""A heavy working day: what the program costs while several sessions write, and in the hours of rest after it.

    python -m tests.bench.day [--megabytes 300] [--grown 40] [--work 8] [--rest 16] [--sessions 4]

The real program with everything but the display, at a simulated clock: a tick each 10 s, a look at busy logs each 2 s,
as the tray makes them. Five plans are asked on loopback servers; they answer from the same process, so the processor
time holds theirs as well. The logs lie there counted when the day begins, all but `--grown`, which a process of its
own appends line by line over the working hours, in several sessions at once, so that its writing is not ours. Linux.
Ends with 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import multiprocessing
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from tests.bench.corpus import generate
from tests.reliability.fake_provider import CLAUDE, CODEX, KIMI, MINIMAX, ZAI, Kind
from tests.reliability.sim import HOUR, MINUTE, NOW, Sim
from tests.support import Asked, ok
from usagetray.app import INDEX, INDEX_S, TICK, TIDY
from usagetray.edges.logs import configure
from usagetray.providers.contract import Reply

KINDS = (CLAUDE, CODEX, KIMI, MINIMAX, ZAI)
CPU_MIN, NETWORK_MB, DISK_MB = 10.0, 5.0, 20.0
BUSY = 50 * MINUTE
"""Of each working hour; in the rest of it nothing is written."""
HANDSHAKE = 6000
"""Bytes of a TLS handshake with its certificates, had each request a connection of its own: the most it can be."""
STAMP = re.compile(rb'"timestamp":"[^"]{10,40}"')
CYCLE = 5 * HOUR


# ---- the sessions ------------------------------------------------------------------------------------------


def lines_due(source: Path, work: timedelta, sessions: int, seed: int) -> Iterator[tuple[float, Path, bytes]]:
    """Every line of the logs below `source` with the second of the day it is written at, in that order."""
    chance = random.Random(seed)
    files = sorted(path for path in source.rglob("*") if path.is_file())
    chance.shuffle(files)
    lanes = [files[number::sessions] for number in range(sessions)]
    return heapq.merge(*(_lane(lane, source, work) for lane in lanes if lane), key=lambda each: each[0])


def _lane(files: list[Path], source: Path, work: timedelta) -> Iterator[tuple[float, Path, bytes]]:
    """One session after the other, evenly by their bytes over the busy minutes of the working hours."""
    whole = sum(path.stat().st_size for path in files)
    busy_s = work / HOUR * BUSY.total_seconds()
    written = 0
    for path in files:
        for line in path.read_bytes().splitlines(keepends=True):
            hours, within = divmod(written / whole * busy_s, BUSY.total_seconds())
            yield hours * 3600 + within, path.relative_to(source), line
            written += len(line)


def append(told: Connection, source: Path, home: Path, began: datetime, work: timedelta, sessions: int) -> None:
    """Appends what is due up to each instant it is sent; answers how many bytes that were. Ends at None."""
    due = lines_due(source, work, sessions, seed=1)
    waiting = next(due, None)
    while (now := told.recv()) is not None:
        pieces: dict[Path, list[bytes]] = {}
        while waiting is not None and began + timedelta(seconds=waiting[0]) <= now:
            at = began + timedelta(seconds=waiting[0])
            stamp = f'"timestamp":"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"'.encode()
            pieces.setdefault(home / waiting[1], []).append(STAMP.sub(stamp, waiting[2]))
            waiting = next(due, None)
        for path, lines in pieces.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write(b"".join(lines))
            os.utime(path, (now.timestamp(),) * 2)
        told.send(sum(len(line) for lines in pieces.values() for line in lines))


# ---- what it costs -----------------------------------------------------------------------------------------


@dataclass
class Cost:
    cpu_s: float = 0.0
    disk: int = 0  # bytes handed to the disk
    requests: int = 0
    network: int = 0  # bytes of them, both ways, without TLS
    logs: int = 0  # bytes that were appended

    def __sub__(self, other: Cost) -> Cost:
        return Cost(**{name: getattr(self, name) - getattr(other, name) for name in self.__dataclass_fields__})

    def __add__(self, other: Cost) -> Cost:
        return Cost(**{name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__})

    @property
    def most_network(self) -> int:
        return self.network + self.requests * HANDSHAKE

    def row(self, name: str) -> str:
        return (
            f"| {name} | {self.logs / 1e6:.1f} MB | {self.cpu_s / 60:.2f} min | {self.requests} |"
            f" {self.network / 1e6:.2f} MB ({self.most_network / 1e6:.2f} with TLS) | {self.disk / 1e6:.1f} MB |"
        )


HEAD = "| | logs appended | processor | requests | network | written to disk |\n|---|---:|---:|---:|---:|---:|"


@dataclass
class Day:
    folder: Path
    sessions: int
    work: timedelta
    told: Connection
    requests: int = 0
    network: int = 0
    logs: int = 0
    sim: Sim = field(init=False)

    def __post_init__(self) -> None:
        self.sim = Sim(self.folder, *KINDS)
        for kind in KINDS:
            self.sim.vendors[kind.provider].answer = self.answers_of(kind)

    def answers_of(self, kind: Kind) -> Callable[[Asked], Reply]:
        """A plan that fills up while somebody works, and again every five hours; what is sent both ways is counted."""
        offset = KINDS.index(kind) * 50 * MINUTE

        def reply(asked: Asked) -> Reply:
            cycle = (asked.at - NOW + offset) // CYCLE
            began = cycle * CYCLE - offset
            worked = max(min(asked.at - NOW, self.work) - max(began, timedelta()), timedelta())
            said = ok(kind.body(asked.path.partition("?")[0], round(95 * (worked / CYCLE)), NOW + began + CYCLE))
            heads = sum(len(name) + len(value) + 4 for name, value in asked.headers.items())
            self.requests += 1
            self.network += len(asked.path) + 20 + heads + len(asked.body) + len(said.body) + 200
            return said

        return reply

    def cost(self) -> Cost:
        return Cost(time.process_time(), _written(), self.requests, self.network, self.logs)

    def play(self, span: timedelta) -> Cost:
        before, sim, core = self.cost(), self.sim, self.sim.core
        assert core is not None
        ends_at = sim.clock.now() + span
        for number in itertools.count(1):
            if sim.clock.now() >= ends_at:
                break
            sim.clock.advance(INDEX)
            self.told.send(sim.clock.now())
            self.logs += self.told.recv()
            if number % (TICK // INDEX) == 0:
                sim.tick()
            elif core.indexing.is_busy and core.indexing.look_if_busy(INDEX_S):
                core.announce()
            if number % (TIDY // INDEX) == 0:
                core.tidy()
        return self.cost() - before


def _written() -> int:
    told = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(told["write_bytes"]) - int(told["cancelled_write_bytes"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=300, help="of logs at the end of the day")
    parser.add_argument("--grown", type=float, default=40, help="of them, written on this day")
    parser.add_argument("--work", type=float, default=8, help="hours")
    parser.add_argument("--rest", type=float, default=16, help="hours after it")
    parser.add_argument("--sessions", type=int, default=4, help="that write at once")
    asked = parser.parse_args()
    work, rest = asked.work * HOUR, asked.rest * HOUR
    print(f"{datetime.now(UTC):%Y-%m-%d}, load {os.getloadavg()[0]:.1f}, {asked.sessions} sessions, {len(KINDS)} plans")
    with tempfile.TemporaryDirectory() as scratch:
        made, folder = Path(scratch) / "made", Path(scratch) / "day"
        folder.mkdir()
        made.mkdir()
        generate(made, megabytes=asked.grown, seed=7)
        generate(folder / "lying", megabytes=asked.megabytes - asked.grown, seed=1)
        ours, theirs = multiprocessing.Pipe()
        at_work = NOW + timedelta(seconds=10)
        arguments = (theirs, made / "home", folder / "home", at_work, work, asked.sessions)
        writer = multiprocessing.get_context("fork").Process(target=append, args=arguments)
        writer.start()
        theirs.close()
        day = Day(folder, asked.sessions, work, ours)
        for lying in (folder / "lying" / "home").iterdir():
            target = day.sim.home / lying.name
            for path in [each for each in lying.rglob("*") if each.is_file()]:
                (target / path.relative_to(lying)).parent.mkdir(parents=True, exist_ok=True)
                path.rename(target / path.relative_to(lying))
        configure(day.sim.profile_dir / "log", verbose=False)
        core = day.sim.start()
        core.store.database.holds = True  # as the tray does
        core.indexing.catch_up()
        day.sim.tick()
        os.sync()  # what the first scan wrote is not this day's
        print(HEAD, flush=True)
        worked = day.play(work)
        print(worked.row(f"{asked.work:g} h of work"), flush=True)
        rested = day.play(rest)
        print(rested.row(f"{asked.rest:g} h of rest"), flush=True)
        whole = worked + rested
        print(whole.row("the day"))
        print(f"bars: {CPU_MIN:g} min, {NETWORK_MB:g} MB with TLS, {DISK_MB:g} MB to the disk")
        ours.send(None)
        writer.join()
        day.sim.close()
    is_met = (whole.cpu_s <= CPU_MIN * 60, whole.most_network <= NETWORK_MB * 1e6, whole.disk <= DISK_MB * 1e6)
    return 0 if all(is_met) else 1


if __name__ == "__main__":
    sys.exit(main())
