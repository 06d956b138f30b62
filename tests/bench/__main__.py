"""Prints the figures promised in time and memory, each with its bar, measured on a real (virtual) desktop.

    python -m tests.bench [--runs N] [--idle SECONDS]

Machines differ and are noisy: medians are printed, and the bare interpreter's start stands beside ours.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench.screen import Screen
from tests.desktop.session import Desktop, open_desktop
from usagetray.providers import discover

PROGRAM = Path(sys.executable).parent / "usagetray"
STATUS_LINE = b'{"rate_limits": {"five_hour": {"used_percentage": 42.0, "resets_at": 1795212000}}}'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9, help="of each figure but the idle one (default 9)")
    parser.add_argument("--idle", type=float, default=60.0, help="seconds the idle tray is watched (default 60)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environ = settled_in(Path(folder))
        commands(environ, arguments.runs)
        recording(environ)
        desktop = open_desktop()
        try:
            on_desktop(desktop, environ, arguments.runs, arguments.idle)
        finally:
            desktop.close()


def settled_in(folder: Path) -> dict[str, str]:
    """A home in which both tools were used today, and a profile whose first-run page has been answered."""
    environ = {"HOME": str(folder / "home"), "USAGETRAY_HOME": str(folder / "own")}
    now = datetime.now(UTC)
    for provider in discover():
        if provider.homes is not None and provider.rehearsal is not None:
            home = folder / "home" / provider.id
            environ[provider.homes.env] = str(home)
            for name, content in provider.rehearsal.files(now - timedelta(hours=2), now).items():
                (home / name).parent.mkdir(parents=True, exist_ok=True)
                (home / name).write_bytes(content)
    (folder / "own").mkdir(mode=0o700)
    (folder / "own" / "config.toml").write_text("welcomed = true\n")
    return {**os.environ, **environ}


# ---- commands ----------------------------------------------------------------------------------------------


def commands(environ: Mapping[str, str], runs: int) -> None:
    def timed(command: list[str], stdin: bytes = b"") -> float:
        started = time.perf_counter()
        subprocess.run(command, input=stdin, env=dict(environ), stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - started

    told("python -c pass (baseline)", [timed([sys.executable, "-c", "pass"]) for _ in range(runs)], "ms", None)
    told("usagetray statusline", [timed([str(PROGRAM), "statusline"], STATUS_LINE) for _ in range(runs)], "ms", 0.045)
    timed([str(PROGRAM), "status"])  # makes the store
    told("usagetray status", [timed([str(PROGRAM), "status"]) for _ in range(runs)], "ms", 0.150)
    told(
        "usagetray status --no-scan",
        [timed([str(PROGRAM), "status", "--no-scan"]) for _ in range(runs)],
        "ms",
        0.150,
    )


def recording(environ: Mapping[str, str]) -> None:
    """`usagetray.log_usage` within somebody's program, a thousand times."""
    code = (
        "import time, usagetray\n"
        "for _ in range(1000):\n"
        "    began = time.perf_counter()\n"
        "    usagetray.log_usage(model='m', usage={'input_tokens': 7, 'output_tokens': 9}, app='a', strict=True)\n"
        "    print(time.perf_counter() - began)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env=dict(environ), capture_output=True, check=True)
    told("log_usage", sorted(map(float, done.stdout.split()))[:-1], "ms", 0.001)  # the first one imports it


def told(what: str, seconds: list[float], unit: str, bar: float | None) -> None:
    scale = 1000 if unit == "ms" else 1
    low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
    verdict = "" if bar is None else f"   bar {bar * scale:g} {unit}: {'kept' if middle <= bar else 'MISSED'}"
    print(f"{what:<34} median {middle * scale:8.1f} {unit}  ({low * scale:.1f} to {high * scale:.1f}){verdict}")


# ---- on the desktop ----------------------------------------------------------------------------------------


def on_desktop(desktop: Desktop, environ: Mapping[str, str], runs: int, idle_s: float) -> None:
    environ = {**environ, **desktop.env, "HOME": environ["HOME"]}
    screen = Screen(desktop.env["DISPLAY"])
    to_icon, cold, warm = [], [], []
    memory: list[tuple[float, ...]] = []
    for _ in range(runs):
        tray, seconds = start_to_icon(desktop, screen, environ)
        to_icon.append(seconds)
        time.sleep(1.0)
        cold.append(click_to_popup(desktop, screen))
        for _ in range(3):
            desktop.keys("Escape")
            time.sleep(0.7)
            warm.append(click_to_popup(desktop, screen))
        memory.append(popup_rss(desktop, tray.pid))
        tray.terminate()
        tray.wait(10)
        time.sleep(0.5)
    told("exec to icon on the panel", to_icon, "ms", 0.40)
    told("click to popup, cold process", cold, "ms", 0.50)
    told("click to popup, warm process", warm, "ms", 0.080)
    for what, found in zip(MOMENTS, zip(*memory, strict=True), strict=True):
        rss = statistics.median(found)
        verdict = "kept" if rss <= 110 else "MISSED"
        print(f"memory: {what:<26} RSS {rss:.1f} MiB   bar 110 MiB: {verdict}")
    idle(environ, idle_s)


def start_to_icon(
    desktop: Desktop, screen: Screen, environ: Mapping[str, str]
) -> tuple[subprocess.Popen[bytes], float]:
    empty = screen.pixels(*desktop.icon_box())
    started = time.perf_counter()
    tray = subprocess.Popen([str(PROGRAM)], env=environ)
    until(lambda: screen.pixels(*desktop.icon_box()) != empty, "the icon")
    return tray, time.perf_counter() - started


def click_to_popup(desktop: Desktop, screen: Screen) -> float:
    """From the click to pixels of the popup; the pointer is over the icon before the clock starts."""
    x, y = desktop.icon_at()
    screen.move(x, y)
    time.sleep(0.3)
    inside = (x - 200, 180, x - 190, 190)  # below where the panel's tooltip ends
    before = screen.pixels(*inside)
    started = time.perf_counter()
    screen.click()
    until(lambda: screen.pixels(*inside) != before, "the popup")
    return time.perf_counter() - started


MOMENTS = ("popup, opened", "popup, its three tabs seen", "settings, every page seen")


def popup_rss(desktop: Desktop, tray: int) -> tuple[float, float, float]:
    """MiB of the two windows' processes."""
    (pid,) = children(tray)
    opened = rss_mib(pid)
    for key in ("ctrl+2", "ctrl+3", "ctrl+1"):
        desktop.keys(key)
        time.sleep(0.7)
    tabs = rss_mib(pid)
    desktop.keys("ctrl+comma")
    (window, *_) = desktop.wait_until(lambda: desktop.windows("^usagetray: settings$"), "the settings")
    desktop.run(["xdotool", "windowactivate", "--sync", str(window)])
    for _ in range(10):  # its list of pages has the focus
        desktop.keys("Down")
        time.sleep(0.2)
    (settings,) = children(tray) - {pid}
    found = opened, tabs, rss_mib(settings)
    desktop.keys("Escape")
    until(lambda: children(tray) == {pid}, "the end of the settings")
    return found


def children(pid: int) -> set[int]:
    return {int(each) for task in Path(f"/proc/{pid}/task").glob("*/children") for each in task.read_text().split()}


def rss_mib(pid: int) -> float:
    return int(status_of(pid)["VmRSS"].split()[0]) / 1024


def status_of(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def until(question: Callable[[], bool], what: str) -> None:
    give_up_at = time.monotonic() + 20
    while not question():
        if time.monotonic() > give_up_at:
            raise SystemExit(f"{what} did not appear within 20 s")
        time.sleep(0.002)


def idle(environ: Mapping[str, str], seconds: float) -> None:
    tray = subprocess.Popen([str(PROGRAM)], env=dict(environ))
    time.sleep(10)
    before = cpu_s(tray.pid)
    time.sleep(seconds)
    used = cpu_s(tray.pid) - before
    proc = Path("/proc") / str(tray.pid)
    status, rss = status_of(tray.pid), rss_mib(tray.pid)
    share = used / seconds * 100
    qt = "Qt6" in (proc / "maps").read_text()
    print(f"idle tray, memory                  RSS {rss:.1f} MiB   bar 60 MiB: {'kept' if rss <= 60 else 'MISSED'}")
    print(
        f"idle tray, processor               {share:.3f} % of a core over {seconds:g} s"
        f"   bar 0.1 %: {'kept' if share <= 0.1 else 'MISSED'}"
    )
    print(f"idle tray, threads                 {status['Threads']}; Qt loaded: {'YES' if qt else 'no'}")
    tray.terminate()
    tray.wait(10)


def cpu_s(pid: int) -> float:
    fields = (Path("/proc") / str(pid) / "stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
