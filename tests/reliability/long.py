"""The full forms of the reliability checks, as a table of figures; some take hours, and none is part of a commit.

    python -m tests.reliability.long [soak] [kills] [answers] [logs] [canary] [starts] [damage] [...] [--small]

The further names are those of `full.py`. Without a name, or with `all`, it runs them one after the other. Ends with 1
where a promise was broken. `--small` makes the first seven a hundredth as long, to see that they work. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import log_trials
from tests.reliability import full

REPOSITORY = Path(__file__).parents[2]
Rows = list["Row"]


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    found: object
    bar: str = ""
    kept: bool = True


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of each is done."""

    days: float = 56
    kills: int = 1000
    answers: int = 1_000_000
    mangled: int = 100_000
    damages: int = 400
    starts: int = 50
    panels: int = 20
    seed: int = 1


SMALL = Extent(days=0.5, kills=10, answers=10_000, mangled=1000, damages=12, starts=4, panels=1)


def program(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *words]
    return subprocess.run(
        command, cwd=REPOSITORY, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )


def told(*words: str) -> Any:
    """What it prints as JSON. Raises `SystemExit` with its errors."""
    done = program(*words)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def soak(extent: Extent, folder: Path) -> Rows:
    got = told("tests.reliability.soak", str(extent.days), str(folder / "machine"), str(extent.seed))
    weeks = extent.days / 7
    return [
        Row("simulated days", got["days"]),
        Row("polls", got["polls"]),
        Row("sleeps, new tokens, faults", (got["sleeps"], got["rotations"], got["faults"])),
        Row("errors", len(got["errors"]), "0", not got["errors"]),
        Row("descriptors off those at poll 100", got["handles_most_off"], "2", got["handles_most_off"] <= 2),
        Row("threads off those at poll 100", got["threads_most_off"], "0", got["threads_most_off"] == 0),
        Row(
            "memory, MiB more each week",
            round(got["rss_slope_mib_a_week"], 2),
            "1",
            got["rss_slope_mib_a_week"] < 1 or weeks < 2,
        ),
        Row("memory at most, MiB", round(got["rss_most_mib"], 1), "90", got["rss_most_mib"] <= 90),
        Row("processor, s a simulated day", round(got["cpu_s"] / got["days"], 1)),
        Row("written, MiB a day", round(got["written_mib"] / got["days"], 1)),
        Row("history, MiB", round(got["store_mib"], 1)),
        Row("logs, MiB", round(got["logs_mib"], 2), "3", got["logs_mib"] <= 3),
        Row("alerts, in notifications", (got["alerts"], got["notifications"])),
        Row("alerts twice", len(got["duplicates"]), "0", not got["duplicates"]),
        Row("notifications in 10 min at most", got["most_in_ten_minutes"], "3", got["most_in_ten_minutes"] <= 3),
        Row("notifications in a day at most", got["most_in_a_day"], "20", got["most_in_a_day"] <= 20),
        Row("said to be signed out", got["signed_out"], "0", not got["signed_out"]),
        Row("least seconds between two requests", round(got["least_s_apart"], 1), "60", got["least_s_apart"] >= 60),
        *(
            Row(f"requests an hour, {name}", f"{mean} ({got['most_requests_in_an_hour'][name]} at most)")
            for name, mean in got["requests_an_hour"].items()
        ),
    ]


def kills(extent: Extent, folder: Path) -> Rows:
    got = told("tests.reliability.kills", str(extent.kills), str(folder / "own"), str(extent.seed))
    log_trials.KILLS = max(extent.kills // 5, 2)
    return [
        Row("writers killed", got["kills"]),
        Row("rows acknowledged", got["acknowledged"]),
        Row("of them lost", len(got["lost"]), "0", not got["lost"]),
        Row("stores damaged", got["damaged"], "0", not got["damaged"]),
        Row("settings broken", got["broken_settings"], "0", not got["broken_settings"]),
        Row("slowest start, s", round(got["slowest_start_s"], 3), "2", got["slowest_start_s"] <= 2),
        *(Row(line, "", "", ": 0 with other totals" in line) for line in log_trials.kills(folder)),
    ]


def answers(extent: Extent, folder: Path) -> Rows:
    done = program("tests.bench.mutations", "--count", str(extent.answers), "--seed", str(extent.seed))
    return [
        Row(line, "", "no surprise", done.returncode == 0) for line in (done.stdout + done.stderr).splitlines()[-2:]
    ]


def logs(extent: Extent, folder: Path) -> Rows:
    log_trials.MANGLED = extent.mangled
    found = log_trials.lines(folder)
    rows = [Row(line, "", "0 lost", "0 good lines lost" in line) for line in found]
    if extent.mangled >= 100_000:
        long = log_trials.long_line(folder)
        rows.append(Row(str(long), "", "", long.more_mib <= 64))
        rows += [Row(line, "") for line in log_trials.ticks(folder)]
    return rows


def canary(extent: Extent, folder: Path) -> Rows:
    return _tests("test_canary.py", "pieces of secrets found, all cases", folder)


def damage(extent: Extent, folder: Path) -> Rows:
    what = f"{extent.damages} damaged stores, as many settings files"
    return _tests("test_damage.py", what, folder, USAGETRAY_DAMAGES=str(extent.damages))


def starts(extent: Extent, folder: Path) -> Rows:
    env = {"USAGETRAY_STARTS": str(extent.starts), "USAGETRAY_PANEL_RESTARTS": str(extent.panels)}
    what = f"{extent.starts} starts at once, {extent.panels} restarts of the panel"
    return _tests("test_tray_host.py", what, folder, **env)


def _tests(name: str, what: str, folder: Path, **env: str) -> Rows:
    words = ("pytest", "-q", "-n0", "-p", "no:cacheprovider", f"--basetemp={folder / 'tests'}")
    done = program(*words, f"tests/reliability/{name}", **env)
    return [Row(f"{what}: {done.stdout.splitlines()[-1]}", "", "0 failed", done.returncode == 0)]


def _check(name: str) -> Callable[[Extent, Path], Rows]:
    """One that says nothing as long as its promise is kept."""

    def run(extent: Extent, folder: Path) -> Rows:
        try:
            full.FORMS[name](folder)
        except AssertionError as broken:
            return [Row(name, str(broken).partition("\n")[0], "kept", kept=False)]
        return [Row(name, "", "kept")]

    return run


FORMS: dict[str, Callable[[Extent, Path], Rows]] = {
    "soak": soak,
    "kills": kills,
    "answers": answers,
    "logs": logs,
    "canary": canary,
    "starts": starts,
    "damage": damage,
    **{name: _check(name) for name in full.FORMS},
}


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", help=", ".join((*FORMS, "all")))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--small", action="store_true")
    arguments = parser.parse_args()
    wanted = [each for each in FORMS if not arguments.what or {"all", each} & set(arguments.what)]
    if set(arguments.what) - {*FORMS, "all"}:
        parser.error(f"one of {', '.join((*FORMS, 'all'))}")
    extent = SMALL if arguments.small else Extent(seed=arguments.seed)
    kept = True
    say(
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {sys.version.split()[0]}"
    )
    for name in wanted:
        began, before = time.monotonic(), os.times()
        with tempfile.TemporaryDirectory() as folder:
            rows = FORMS[name](extent, Path(folder))
        after = os.times()
        cpu = sum(after[:4]) - sum(before[:4])
        say(f"\n{name}   {time.monotonic() - began:.0f} s, {cpu:.0f} s of a processor")
        for row in rows:
            verdict = f"bar {row.bar}: {'kept' if row.kept else 'MISSED'}" if row.bar else "" if row.kept else "MISSED"
            say(f"  {row.what:<40} {row.found!s:<28} {verdict}".rstrip())
        kept = kept and all(row.kept for row in rows)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
