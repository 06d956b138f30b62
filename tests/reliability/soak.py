"""Weeks of a laptop's life in minutes: five plans fill up and reset, the lid closes, tokens change, servers fail.

    python -m tests.reliability.soak DAYS FOLDER [SEED [PLANS [FAULTS]]]        prints the figures as JSON

The program is the real one with everything but the display; the servers it asks answer from the same process, so its
figures of processor time and memory hold theirs as well.
"""

from __future__ import annotations

import json
import logging
import math
import random
import sqlite3
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.logs.lines import answer, text
from tests.reliability.fake_provider import CLAUDE, CODEX, KIMI, MINIMAX, ZAI, Kind
from tests.reliability.sim import DAY, HOUR, MINUTE, NOW, TOKEN, Sim
from tests.support import Asked, ok, refused
from usagetray.edges.files import open_handles
from usagetray.edges.logs import configure
from usagetray.edges.notify import AlertText
from usagetray.providers.contract import Reply

KINDS = (CLAUDE, CODEX, KIMI, MINIMAX, ZAI)
ROTATED = (CLAUDE, KIMI, MINIMAX, ZAI)
CYCLE = 5 * HOUR
PEAKS = (10, 45, 60, 80, 95, 100, 100)
"""Percent at the end of a cycle."""
FAULTS: tuple[Reply, ...] = (
    refused(429),
    refused(429, Retry_After="120"),
    refused(500),
    refused(503),
    refused(404),
    refused(302, Location="http://127.0.0.1:9/elsewhere"),
    Reply(
        status=200, body=b"<!DOCTYPE html><title>Sign in to the Wi-Fi</title>", headers={"Content-Type": "text/html"}
    ),
    Reply(status=200, body=b""),
    Reply(status=200, body=b'{"limits": [{"kind": "sess'),
    Reply(status=200, body=b"[1, NaN]"),
)


@dataclass
class Figures:
    days: float
    polls: int = 0
    faults: int = 0
    sleeps: int = 0
    rotations: int = 0
    errors: list[str] = field(default_factory=list)  # logged as such, or raised in a thread
    signed_out: int = 0  # looks at which a provider was said to be signed out
    handles_at_100: int = 0
    handles_most_off: int = 0
    threads_at_100: int = 0
    threads_most_off: int = 0
    rss_mib: list[float] = field(default_factory=list)  # at the end of each day
    rss_slope_mib_a_week: float = 0.0  # after the first week
    rss_most_mib: float = 0.0
    cpu_s: float = 0.0
    written_mib: float = 0.0
    store_mib: float = 0.0
    logs_mib: float = 0.0
    alerts: int = 0
    notifications: int = 0
    duplicates: list[str] = field(default_factory=list)
    most_in_ten_minutes: int = 0
    most_in_a_day: int = 0
    requests_an_hour: dict[str, float] = field(default_factory=dict)
    most_requests_in_an_hour: dict[str, int] = field(default_factory=dict)
    least_s_apart: float = math.inf


class Errors(logging.Handler):
    def __init__(self, found: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._found = found

    def emit(self, record: logging.LogRecord) -> None:
        self._found.append(self.format(record)[:2000])


class Announced:
    """A notifier that keeps when it was asked to show something."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.at: list[datetime] = []

    def send(self, alert: AlertText) -> bool:
        self.at.append(self._now())
        return True

    def close(self) -> None:
        """Nothing is held open."""


class Soak:
    def __init__(self, folder: Path, days: float, seed: int = 1, plans: int = len(KINDS), faulty: int = 1) -> None:
        """`plans`: how many of the five are used. `faulty`: answers of a hundred that are none."""
        self.faulty = faulty / 100
        self.kinds = KINDS[:plans]
        self.chance = random.Random(seed)
        self.span = timedelta(days=days)
        self.figures = Figures(days=days)
        self.sim = Sim(folder, *self.kinds)
        self.announced = Announced(self.sim.clock.now)
        self.sim.notifier = self.announced
        self.tokens = {kind.provider: TOKEN for kind in self.kinds}
        self.unreachable_until = NOW
        self.per_hour: Counter[tuple[str, int]] = Counter()
        self.last_asked: dict[str, datetime] = {}
        self.lines = 0
        for kind in self.kinds:
            self.sim.vendors[kind.provider].answer = self.answers_of(kind)

    # ---- the vendors -----------------------------------------------------------------------------------------

    def answers_of(self, kind: Kind) -> Callable[[Asked], Reply]:
        offset = KINDS.index(kind) * 50 * MINUTE
        own = random.Random(kind.provider)
        peaks: dict[int, int] = {}

        def reply(asked: Asked) -> Reply:
            if asked.at < self.unreachable_until:
                return refused(503)
            token = self.tokens[kind.provider]
            if kind in ROTATED and not any(token in value for value in asked.headers.values()):
                return refused(401)
            if self.chance.random() < self.faulty:
                self.figures.faults += 1
                return self.chance.choice(FAULTS)
            since = asked.at - NOW + offset
            cycle = since // CYCLE
            peak = peaks.setdefault(cycle, own.choice(PEAKS))
            used = min(peak, round(peak * ((since - cycle * CYCLE) / (4 * HOUR))))
            ends = NOW - offset + (cycle + 1) * CYCLE + timedelta(seconds=self.chance.uniform(-20, 20))
            return ok(kind.body(asked.path.partition("?")[0], used, ends))

        return reply

    # ---- what happens ------------------------------------------------------------------------------------------

    def sleep(self) -> None:
        self.sim.clock.jump(timedelta(hours=self.chance.uniform(0.2, 9)))
        self.unreachable_until = self.sim.clock.now() + 2 * MINUTE
        self.figures.sleeps += 1

    def rotate(self) -> None:
        """The server takes another token from now on; whoever signs in writes it down a little later."""
        kind = self.chance.choice([each for each in self.kinds if each in ROTATED])
        self.figures.rotations += 1
        new = self.tokens[kind.provider] = f"made-up-token-{self.figures.rotations:04}"
        self.sim.run(timedelta(seconds=self.chance.uniform(0, 50)))
        self.sim.sign_in(kind, new)

    def work(self) -> None:
        log = self.sim.home / ".claude" / "projects" / "p" / f"s{self.lines // 500}.jsonl"
        log.parent.mkdir(parents=True, exist_ok=True)
        at = self.sim.clock.now()
        with log.open("ab") as file:
            for _ in range(self.chance.randint(1, 6)):
                self.lines += 1
                stamp = at.isoformat().replace("+00:00", "Z")
                file.write(text(answer(f"m{self.lines}", 50, request=f"r{self.lines}", timestamp=stamp)))

    # ---- looking -----------------------------------------------------------------------------------------------

    def drain(self) -> None:
        """Takes what the servers were asked out of their memory, and into figures."""
        for provider, vendor in self.sim.vendors.items():
            asked, vendor.asked[:] = list(vendor.asked), []
            for at in sorted({each.at for each in asked}):
                self.figures.polls += 1
                self.per_hour[provider, (at - NOW) // HOUR] += 1
                if provider in self.last_asked:
                    apart = (at - self.last_asked[provider]).total_seconds()
                    self.figures.least_s_apart = min(self.figures.least_s_apart, apart)
                self.last_asked[provider] = at
        self.figures.signed_out += sum(state == "signed_out" for state in self.sim.states().values())

    def measure(self, *, first: bool = False) -> None:
        until = time.monotonic() + 2.0
        while threading.active_count() > self.figures.threads_at_100 and time.monotonic() < until and not first:
            time.sleep(0.005)  # a server's thread may still be ending
        if first:
            time.sleep(0.3)
            self.figures.handles_at_100, self.figures.threads_at_100 = open_handles() or 0, threading.active_count()
            return
        handles = abs((open_handles() or 0) - self.figures.handles_at_100)
        threads = abs(threading.active_count() - self.figures.threads_at_100)
        self.figures.handles_most_off = max(self.figures.handles_most_off, handles)
        self.figures.threads_most_off = max(self.figures.threads_most_off, threads)

    def play(self) -> Figures:
        figures, sim = self.figures, self.sim
        errors = Errors(figures.errors)
        logging.getLogger().addHandler(errors)
        threading.excepthook = lambda raised: figures.errors.append(f"in a thread: {raised.exc_value!r}")
        configure(sim.profile_dir / "log", verbose=True)
        events = self.events()
        cpu, written = time.process_time(), _written()
        sim.start()
        sim.tick()
        next_day, first = NOW + DAY, True
        for at, event in events:
            if at > sim.clock.now():
                sim.run(at - sim.clock.now())
            event()
            self.drain()
            if first and figures.polls >= 100:
                self.measure(first=True)
                first = False
            if sim.clock.now() >= next_day:
                next_day = sim.clock.now() + DAY
                sim.core.tidy()  # type: ignore[union-attr]
                figures.rss_mib.append(_rss_mib())
                if not first:
                    self.measure()
        figures.cpu_s, figures.written_mib = time.process_time() - cpu, (_written() - written) / 1024**2
        sim.close()
        self.conclude()
        logging.getLogger().removeHandler(errors)
        return figures

    def events(self) -> list[tuple[datetime, Callable[[], None]]]:
        days = self.span / DAY
        plan: list[tuple[float, Callable[[], None]]] = []
        for event, count in ((self.sleep, days * 200 / 56), (self.rotate, days * 100 / 56), (self.work, days * 60)):
            plan += [(self.chance.random(), event) for _ in range(math.ceil(count))]
        plan.append((1.0, lambda: None))
        return [(NOW + share * self.span, event) for share, event in sorted(plan, key=lambda each: each[0])]

    def conclude(self) -> None:
        figures = self.figures
        figures.rss_most_mib = _rss_mib("VmHWM")
        settled = figures.rss_mib[7:]
        if len(settled) > 7:
            figures.rss_slope_mib_a_week = 7 * _slope(settled)
        own = self.sim.profile_dir
        figures.store_mib = (own / "usagetray.db").stat().st_size / 1024**2
        figures.logs_mib = sum(each.stat().st_size for each in (own / "log").iterdir()) / 1024**2
        figures.notifications = len(self.announced.at)
        figures.most_in_ten_minutes = _most_within(self.announced.at, 10 * MINUTE)
        figures.most_in_a_day = _most_within(self.announced.at, DAY)
        hours = self.span / HOUR
        for provider in self.sim.vendors:
            counts = [count for (name, _), count in self.per_hour.items() if name == provider]
            figures.requests_an_hour[provider] = round(sum(counts) / hours, 2)
            figures.most_requests_in_an_hour[provider] = max(counts, default=0)
        with closing(sqlite3.connect(own / "usagetray.db")) as store:
            rows = store.execute("SELECT kind, provider, window, threshold, due_at FROM alert").fetchall()
        figures.alerts = len(rows)
        seen: Counter[tuple[Any, ...]] = Counter()
        for kind, provider, window, threshold, due_us in rows:
            if window == CLAUDE.window or provider in {each.provider for each in KINDS}:
                index = next(n for n, each in enumerate(KINDS) if each.provider == provider)
                since = timedelta(microseconds=due_us) - (NOW - datetime.fromisoformat("1970-01-01T00:00:00+00:00"))
                cycle = (since + index * 50 * MINUTE + timedelta(seconds=30)) // CYCLE
                seen[kind, provider, window, threshold, cycle] += 1
        figures.duplicates = [str(each) for each, count in seen.items() if count > 1]


def _slope(values: list[float]) -> float:
    """Of the line through them, by step."""
    middle, mean = (len(values) - 1) / 2, sum(values) / len(values)
    spread = sum((at - middle) ** 2 for at in range(len(values)))
    return sum((at - middle) * (value - mean) for at, value in enumerate(values)) / spread


def _most_within(times: list[datetime], span: timedelta) -> int:
    return max((sum(at <= each < at + span for each in times) for at in times), default=0)


def _rss_mib(what: str = "VmRSS") -> float:
    """The system's other figure of a process's most would count what started it as well."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(what))) / 1024


def _written() -> int:
    """Bytes this process gave to the system to write, sockets included."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("write_bytes")))


if __name__ == "__main__":
    done = Soak(Path(sys.argv[2]), float(sys.argv[1]), *map(int, sys.argv[3:])).play()
    sys.stdout.write(json.dumps(asdict(done)) + "\n")
