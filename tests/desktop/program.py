"""The installed program on a virtual desktop: a made-up home, a profile of its own, and what it shows and leaves.

Only the world outside is made up: the files a vendor's tool leaves, and a vendor's server on loopback. What runs is
the command `usagetray` as a user starts it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.desktop.session import Desktop
from usagetray.views.icon.grids import inks_for

COMMAND = Path(sys.executable).with_name("usagetray")
ACCOUNT = "00000000-0000-4000-8000-00000000000a"
NARROW = "\u202f"
POPUP = "^usagetray$"
CRITICAL, INK = inks_for("light").critical, inks_for("light").ink  # the session's panel is light, and says so
QUIT_SECONDS = 5.0
"""Promised are 3; what waits for a key store or a server that hangs takes longer than this on any machine."""


def told(session: float, week: float = 30.0) -> bytes:
    """What Claude Code tells its status line."""
    now = int(time.time())
    limits = {
        "five_hour": {"used_percentage": session, "resets_at": now + 2 * 3600},
        "seven_day": {"used_percentage": week, "resets_at": now + 4 * 86400},
    }
    return json.dumps({"rate_limits": limits}).encode()


class Program:
    """One user's computer on a desktop; `start` runs the tray."""

    def __init__(self, desktop: Desktop, folder: Path, *, welcomed: bool = True) -> None:
        self.desktop, self.folder = desktop, folder
        self.home, self.profile = folder / "home", folder / "profile"
        self.claude = self.home / ".claude"
        self.claude.mkdir(parents=True)
        self.profile.mkdir(mode=0o700)
        self.config = self.profile / "config.toml"
        self.config.write_text("welcomed = true\n" if welcomed else "")
        self.env = {
            "HOME": str(self.home),
            "USAGETRAY_HOME": str(self.profile),
            "CLAUDE_CONFIG_DIR": str(self.claude),
            "CODEX_HOME": str(self.home / ".codex"),
            "TZ": "Asia/Kathmandu",
            "LANG": "C.UTF-8",
        }
        self.process: subprocess.Popen[bytes] | None = None

    # ---- the vendor's tool ------------------------------------------------------------------------------------

    def use_claude(self, session: float, week: float = 30.0) -> None:
        """Claude Code is signed in, and tells its status line, which is ours, how much is used."""
        (self.claude / ".claude.json").write_text(json.dumps({"oauthAccount": {"accountUuid": ACCOUNT}}))
        self.desktop.run([COMMAND, "statusline"], env=self.env, input=told(session, week))

    # ---- the program ------------------------------------------------------------------------------------------

    def start(self, *words: str, **env: str) -> subprocess.Popen[bytes]:
        """The tray, with its output kept in files."""
        with (self.folder / "out").open("ab") as out, (self.folder / "err").open("ab") as err:
            self.process = self.desktop.start([COMMAND, *words], env={**self.env, **env}, stdout=out, stderr=err)
        return self.process

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    def verb(self, *words: str, told: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
        """Another start of the program, awaited."""
        whole = {**self.desktop.env, **self.env, **env}
        return subprocess.run([COMMAND, *words], env=whole, input=told, capture_output=True, timeout=30, check=False)

    def status(self) -> list[dict[str, Any]]:
        """The accounts as `status --json` has them, while the tray runs."""
        accounts: list[dict[str, Any]] = json.loads(self.verb("status", "--json").stdout)["accounts"]
        return accounts

    def is_on_panel(self) -> bool:
        return any(f"StatusNotifierItem-{self.pid}-" in each for each in self.desktop.registered_items())

    def wait_for_icon(self, seconds: float = 30) -> None:
        self.desktop.wait_until(self.is_on_panel, "the icon on the bus", seconds)
        self.desktop.wait_until(lambda: self.inks() & {INK, CRITICAL}, "the icon in the panel", seconds)

    def inks(self) -> set[tuple[int, int, int]]:
        return self.desktop.colours(self.desktop.icon_box())

    def has_popup(self) -> bool:
        return bool(self.desktop.windows(POPUP))

    def wait_for_popup(self) -> tuple[int, int, int, int]:
        """Its box on the screen, once it has painted something."""
        (window, *_) = self.desktop.wait_until(lambda: self.desktop.windows(POPUP), "the popup")
        lines = self.desktop.run(["xdotool", "getwindowgeometry", "--shell", str(window)]).split()
        at = {name: int(number) for name, _, number in (line.partition("=") for line in lines)}
        box = at["X"], at["Y"], at["X"] + at["WIDTH"], at["Y"] + at["HEIGHT"]
        self.desktop.wait_until(lambda: len(self.desktop.colours(box)) > 8, "a painted popup")
        return box

    def wait_until_gone(self) -> None:
        self.desktop.wait_until(lambda: not self.has_popup(), "the popup to close")

    def end(self, number: int = signal.SIGTERM) -> int:
        """Asks it to quit. Fails if it takes longer than promised."""
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(QUIT_SECONDS)

    # ---- what it leaves ---------------------------------------------------------------------------------------

    @property
    def errors(self) -> str:
        """What it printed on stderr, and what went wrong according to its log."""
        logged = [
            line
            for path in (self.profile / "log").glob("*")
            for line in path.read_text(errors="replace").splitlines()
            if "ERROR" in line or "Traceback" in line
        ]
        return (self.folder / "err").read_text(errors="replace") + "\n".join(logged)

    def files_with(self, secret: str) -> list[Path]:
        """All files below home, profile and the session's own folders that hold it or a piece of it."""
        pieces = (secret.encode(), secret[4:20].encode())
        session = Path(self.desktop.env["DESKTOP_SESSION_DIR"]).parent
        found = []
        for root in (self.folder, session / "config", session / "state", session / "cache", session / "logs"):
            for path in root.rglob("*"):
                if path.is_file() and any(piece in path.read_bytes() for piece in pieces):
                    found.append(path)
        return found

    def picture(self, name: str, box: tuple[int, int, int, int] | None = None) -> None:
        """A screenshot for people, kept where `USAGETRAY_ARTIFACTS` says, else with the test's other files."""
        self.desktop.screenshot(Path(os.environ.get("USAGETRAY_ARTIFACTS") or self.folder) / f"{name}.png", box)


@contextmanager
def computer(desktop: Desktop, folder: Path, *, welcomed: bool = True) -> Iterator[Program]:
    """A program on that desktop, ended with the block; a screenshot is kept when the block fails."""
    program = Program(desktop, folder, welcomed=welcomed)
    try:
        yield program
    except BaseException:
        program.picture(f"failed-{folder.name}")
        raise
    finally:
        if program.process is not None and program.process.poll() is None:
            program.end()
        desktop.wait_until(lambda: not desktop.registered_items(), "the panel to drop the icon")
