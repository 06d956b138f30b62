"""Counts big made-up logs beside another counter, and puts the indexer through what may befall it.

    python -m tests.bench.logs [speed] [ticks] [kills] [lines] [files] [long] [--megabytes 1000 100] [--rounds 7]

Without a word it does all. `speed` runs beside `ccusage` (npm i -g ccusage@20.0.24) where that is installed, in turn,
and prints medians of each round's ratios; a wrong total voids a timing. The corpora take as much room as they are
large; with --keep they stay for the next time. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import log_trials, spoilt_logs
from tests.bench.corpus import generate
from tests.bench.measured import Cost, Memory, memory, run

PROGRAM = [sys.executable, "-m", "usagetray"]
PEER = ["daily", "--json", "--offline"]
BARS = {"wall": {1000: 0.45, 100: 0.60}, "cpu": {1000: 0.40}, "memory": {1000: 0.50}, "warm": {1000: 0.05}}
TOKENS = ("inputTokens", "outputTokens", "cacheCreationTokens", "cacheReadTokens")


def main() -> int:
    trials: dict[str, Callable[[Path], list[str]]] = {
        "ticks": log_trials.ticks,
        "kills": log_trials.kills,
        "lines": log_trials.lines,
        "files": spoilt_logs.files,
        "long": lambda folder: [str(log_trials.long_line(folder))],
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", help=f"speed, {', '.join(trials)}")
    parser.add_argument("--megabytes", type=int, nargs="+", default=[1000, 100])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--keep", type=Path, help="a folder for the corpora")
    arguments = parser.parse_args()
    wanted = arguments.what or ["speed", *trials]
    if set(wanted) - {"speed", *trials}:
        parser.error(f"one of speed, {', '.join(trials)}")
    cores, load = os.cpu_count(), os.getloadavg()[0]
    print(f"{datetime.now(UTC):%Y-%m-%d}, {cores} cores, load {load:.1f}, Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory() as scratch:
        if "speed" in wanted:
            for size in arguments.megabytes:
                speed(corpus(arguments.keep or Path(scratch), size), size, arguments.rounds, Path(scratch))
        for name, trial in trials.items():
            if name in wanted:
                for line in trial(Path(scratch)):
                    print(line)
    return 0


def corpus(folder: Path, megabytes: int) -> Path:
    """Made once, of seed 1."""
    made = folder / f"{megabytes}mb"
    if not (made / "expected.json").exists():
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        generate(made, megabytes=megabytes)
    return made


# ---- speed -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Round:
    first: Cost
    report: Cost  # the first one after it
    warm: Cost  # the same asked for again
    peer: Cost | None
    native: Cost | None  # the peer without the interpreter that starts it


def speed(made: Path, megabytes: int, rounds: int, scratch: Path) -> None:
    expected = json.loads((made / "expected.json").read_text())
    own = scratch / "own"
    environ = {**os.environ, "HOME": str(made / "home"), "TZ": "UTC", "USAGETRAY_HOME": str(own)}
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_CONFIG_HOME"):
        environ.pop(name, None)
    peer = _peer()
    done = [_round(environ, own, peer, expected) for _ in range(rounds + 1)][1:]  # the first warms the page cache
    print(f"\n{megabytes} MB, {expected['files']} files, {expected['claude']['totals']['responses']} + "
          f"{expected['codex']['totals']['responses']} responses; totals exact in every round")  # fmt: skip
    _row("first scan, wall", [each.first.wall_s for each in done], "s")
    _row("first scan, processor", [each.first.cpu_s for each in done], "s")
    _row("first report after it, wall", [each.report.wall_s for each in done], "s")
    _row("report again, wall", [each.warm.wall_s for each in done], "s")
    shutil.rmtree(own, ignore_errors=True)
    held = memory([*PROGRAM, "index"], environ)
    print(f"{'first scan, memory':<28} {held.proportional:8.1f} MiB  ({held.resident:.1f} with what is shared twice)")
    if peer is not None:
        _beside(done, held, memory([*peer, *PEER], environ), megabytes)


def _beside(done: list[Round], held: Memory, of_peer: Memory, megabytes: int) -> None:
    pairs = [(each, each.peer) for each in done if each.peer is not None]
    _row("ccusage, wall", [peer.wall_s for _, peer in pairs], "s")
    _row("ccusage, processor", [peer.cpu_s for _, peer in pairs], "s")
    print(f"{'ccusage, memory':<28} {of_peer.proportional:8.1f} MiB")
    ratios = {
        "wall": [ours.first.wall_s / peer.wall_s for ours, peer in pairs],
        "cpu": [ours.first.cpu_s / peer.cpu_s for ours, peer in pairs],
        "memory": [held.proportional / of_peer.proportional],
        "warm": [ours.warm.wall_s / peer.wall_s for ours, peer in pairs],
    }
    native = [(each.first, each.native) for each in done if each.native is not None]
    if native:
        ratios["wall, native"] = [ours.wall_s / other.wall_s for ours, other in native]
        ratios["cpu, native"] = [ours.cpu_s / other.cpu_s for ours, other in native]
    for name, each in ratios.items():
        bar = BARS.get(name, {}).get(megabytes)
        middle = statistics.median(each)
        verdict = "" if bar is None else f"   bar {bar:.2f}: {'kept' if middle <= bar else 'MISSED'}"
        print(f"{f'{name}, ours / ccusage':<28} {middle:8.3f}{verdict}")


def _peer() -> list[str] | None:
    found = shutil.which("ccusage")
    return None if found is None else [found]


def _native(peer: list[str]) -> list[str] | None:
    package = next((each for each in Path(peer[0]).resolve().parents if each.name == "ccusage"), None)
    found = sorted(package.glob("node_modules/@ccusage/*/bin/ccusage")) if package is not None else []
    return [str(found[0])] if found else None


def _round(environ: Mapping[str, str], own: Path, peer: list[str] | None, expected: Any) -> Round:
    shutil.rmtree(own, ignore_errors=True)
    first = run([*PROGRAM, "index"], environ)
    report, warm = (run([*PROGRAM, "report", "daily", "--json"], environ) for _ in range(2))
    other = run([*peer, *PEER], environ) if peer is not None else None
    binary = _native(peer) if peer is not None else None
    native = run([*binary, *PEER], environ) if binary is not None else None
    right = [sum(expected[tool]["totals"][each] for tool in ("claude", "codex")) for each in log_trials.KINDS]
    for each in (report, warm, other) if other is not None else (report, warm):
        told = json.loads(each.output)["totals"]
        if [told[name] for name in TOKENS] != right:
            raise SystemExit(f"wrong totals, no timing: {told} instead of {right}")
    if first.status:
        raise SystemExit("the first scan failed")
    return Round(first, report, warm, other, native)


def _row(what: str, seconds: list[float], unit: str) -> None:
    print(f"{what:<28} {statistics.median(seconds):8.3f} {unit}  ({min(seconds):.3f} to {max(seconds):.3f})")


if __name__ == "__main__":
    sys.exit(main())
