"""What a command costs: time, processor time of all its processes, and their memory together."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
EVERY_S = 0.005


@dataclass(frozen=True, slots=True)
class Cost:
    wall_s: float
    cpu_s: float  # of the command and everything it started
    output: bytes
    status: int


def run(command: Sequence[str], environ: Mapping[str, str]) -> Cost:
    with tempfile.TemporaryFile() as out:
        began = time.perf_counter()
        child = subprocess.Popen(command, env=dict(environ), stdout=out, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        return Cost(wall, used.ru_utime + used.ru_stime, out.read(), child.returncode)


@dataclass(slots=True)
class Memory:
    """The most that all processes of a command held at one moment, in MiB."""

    proportional: float = 0.0  # what they share counts once
    resident: float = 0.0  # what they share counts for each


def memory(command: Sequence[str], environ: Mapping[str, str]) -> Memory:
    """A run of its own, for the looking takes time too."""
    found, over = Memory(), threading.Event()
    child = subprocess.Popen(command, env=dict(environ), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def look() -> None:
        while not over.wait(EVERY_S):
            sums = [_held(pid) for pid in _family(child.pid)]
            found.proportional = max(found.proportional, sum(each[0] for each in sums))
            found.resident = max(found.resident, sum(each[1] for each in sums))

    watcher = threading.Thread(target=look)
    watcher.start()
    child.wait()
    over.set()
    watcher.join()
    return found


def _family(pid: int) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        each = waiting.pop()
        found.append(each)
        with contextlib.suppress(OSError):
            for task in (PROC / str(each) / "task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
    return found


def _held(pid: int) -> tuple[float, float]:
    fields: dict[str, float] = {}
    with contextlib.suppress(OSError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]:
            name, amount, *_ = line.split()
            fields[name] = int(amount) / 1024
    return fields.get("Pss:", 0.0), fields.get("Rss:", 0.0)
