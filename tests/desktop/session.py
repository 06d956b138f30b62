"""A private desktop for tests: X server, session bus, panel with a tray, alert daemon and secret store.

Any test in the repository may take these fixtures; mark the test `@pytest.mark.desktop`:

    desktop        one session shared by the whole run (Xfce panel at the top, dunst, unlocked keyring)
    new_desktop    a function: `new_desktop(tray="none", keyring="locked", dpi=192)` starts one of the test's own

What a test can do with it (every wait polls up to a deadline, nothing sleeps for a fixed time):

    def test_a_click_opens_the_popup(desktop):
        app = desktop.start([sys.executable, "-m", "usagetray"])      # ended with the test
        desktop.wait_until(desktop.registered_items, "a tray icon")
        desktop.click_icon()                                          # button 3 for the menu
        desktop.wait_until(lambda: desktop.windows("usagetray"), "the popup")
        desktop.keys("Escape")
        assert desktop.alerts()[-1].summary == "..."                  # dunst; also sweeps them off the screen
        desktop.restart_panel()
        picture = desktop.screenshot(tmp_path / "shot.png")           # a PIL image; the file is optional

`desktop.env` is the environment for child processes: DISPLAY, bus address, and a HOME and XDG_*_HOME that are
private to the session. The session ends with the test run, even when that is killed.

Without the programs the session needs, tests are skipped with a sentence that names the packages; where CI is
set in the environment that is a failure instead. Inside `desktop-session -- pytest`, that session is used.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PIL import Image, ImageGrab

SCRIPT = Path(__file__).with_name("desktop-session")
START_SECONDS = 40.0
"""The script's own waits add up to less; it starts in under two seconds on an idle machine."""
WATCHER = "org.kde.StatusNotifierWatcher"
DUNST = "org.dunstproject.cmd0"
T = TypeVar("T")


class SessionMissingError(Exception):
    """The session cannot start; the text names what is to be installed, or what went wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One notification as the alert daemon had it."""

    id: int
    app: str
    summary: str
    body: str
    timeout_us: int  # 0: stays until dismissed, which is how dunst shows a critical one
    at_us: int  # on the daemon's monotonic clock


class Desktop:
    """A running session. Made by `open_desktop`, or found around us by `surrounding_desktop`."""

    def __init__(self, env: Mapping[str, str], close: Callable[[], None]) -> None:
        self.env: dict[str, str] = dict(env)
        self._close = close
        self._children: list[subprocess.Popen[bytes]] = []
        self._panel: subprocess.Popen[bytes] | None = None  # one that we started in place of the session's first
        self._cleared_at_us = 0

    # ---- programs -------------------------------------------------------------------------------------------

    def run(self, command: Sequence[str | os.PathLike[str]], timeout: float = 20, **more: Any) -> str:
        """The output of a command that is expected to end with 0; its errors go to the test's own output."""
        env = {**self.env, **more.pop("env", {})}
        done = subprocess.run(command, env=env, timeout=timeout, check=True, stdout=subprocess.PIPE, **more)
        return done.stdout.decode()

    def start(self, command: Sequence[str | os.PathLike[str]], **more: Any) -> subprocess.Popen[bytes]:
        """A program left running; ended with the test by the fixtures (TERM, after 3 s KILL)."""
        env = {**self.env, **more.pop("env", {})}
        child = subprocess.Popen(command, env=env, **more)
        self._children.append(child)
        return child

    def end_started(self) -> None:
        children, self._children = self._children, []
        for child in children:
            if child.poll() is None:
                child.terminate()
        for child in children:
            try:
                child.wait(3)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            for stream in (child.stdin, child.stdout, child.stderr):
                if stream:
                    with suppress(BrokenPipeError):
                        stream.close()

    def close(self) -> None:
        self.end_started()
        self._close()
        if self._panel:
            self._panel.terminate()
            self._panel.wait(5)

    @staticmethod
    def wait_until(question: Callable[[], T], what: str, seconds: float = 30) -> T:
        """The first truthy answer. Fails the test with `what` in the sentence when none comes in time."""
        deadline = time.monotonic() + seconds
        while True:
            answer = question()
            if answer:
                return answer
            if time.monotonic() > deadline:
                pytest.fail(f"waited {seconds:g} s in vain for {what}")
            time.sleep(0.03)

    # ---- the screen -----------------------------------------------------------------------------------------

    def screenshot(self, path: Path | None = None, box: tuple[int, int, int, int] | None = None) -> Image.Image:
        """What is on the screen, or in `box` (left, top, right, bottom), as RGB; saved too when a path is given."""
        picture = ImageGrab.grab(bbox=box, xdisplay=self.env["DISPLAY"]).convert("RGB")
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            picture.save(path)
        return picture

    def colours(self, box: tuple[int, int, int, int] | None = None) -> set[tuple[int, int, int]]:
        found = self.screenshot(box=box).getcolors(1 << 24) or []
        return {colour for _, colour in found if isinstance(colour, tuple) and len(colour) == 3}

    def size(self) -> tuple[int, int]:
        return self.screenshot().size

    def click(self, x: int, y: int, button: int = 1) -> None:
        self.run(["xdotool", "mousemove", str(x), str(y)])
        time.sleep(0.15)  # GTK wants the enter event before the press
        self.run(["xdotool", "click", str(button)])

    def keys(self, *names: str) -> None:
        """Keys by X name, pressed in a row: `keys("Down", "Down", "Return")`."""
        self.run(["xdotool", "key", "--delay", "40", *names])

    def windows(self, name: str) -> tuple[int, ...]:
        """Ids of the visible windows whose title matches the pattern."""
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", name],
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        return tuple(int(line) for line in found.stdout.split())

    # ---- the tray -------------------------------------------------------------------------------------------

    def registered_items(self) -> tuple[str, ...]:
        """Bus names (with paths) of the StatusNotifierItems the panel knows; empty when there is no tray host."""
        method, key = "org.freedesktop.DBus.Properties.Get", "RegisteredStatusNotifierItems"
        reply = self._bus_call(WATCHER, "/StatusNotifierWatcher", method, f"string:{WATCHER}", f"string:{key}")
        return tuple(re.findall(r'string "([^"]*)"', reply))

    def has_name(self, name: str) -> bool:
        reply = self._bus_call("org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner", f"string:{name}")
        return "boolean true" in reply

    def pid_of(self, name: str) -> int | None:
        """Which process owns a bus name; None when nobody does."""
        method = "org.freedesktop.DBus.GetConnectionUnixProcessID"
        found = re.search(r"uint32 (\d+)", self._bus_call("org.freedesktop.DBus", "/", method, f"string:{name}"))
        return int(found[1]) if found else None

    def icon_at(self, index: int = 0) -> tuple[int, int]:
        """Middle of a tray icon on the default panel (32 px high, at the top); 0 is the rightmost."""
        return self.size()[0] - 17 - index * 30, 16

    def icon_box(self, index: int = 0) -> tuple[int, int, int, int]:
        """The panel's cell around that icon, for `screenshot` and `colours`."""
        x, y = self.icon_at(index)
        return x - 15, y - 15, x + 15, y + 15

    def click_icon(self, button: int = 1, index: int = 0) -> tuple[int, int]:
        """Where it was clicked."""
        x, y = self.icon_at(index)
        self.click(x, y, button)
        return x, y

    def stop_panel(self) -> None:
        """End the panel at once, and its tray with it."""
        pids = {self.pid_of("org.xfce.Panel"), self.pid_of(WATCHER)} - {None}
        for pid in pids:
            if pid:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        if self._panel:
            self._panel.wait(5)
            self._panel = None
        self.wait_until(lambda: not self.has_name(WATCHER), "the tray host to go")

    def start_panel(self) -> None:
        """Start the panel and wait for its tray."""
        self._panel = subprocess.Popen(
            ["xfce4-panel", "--disable-wm-check", "--sm-client-disable"],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.wait_until(lambda: self.has_name(WATCHER), "a tray host", 20)

    def restart_panel(self) -> None:
        self.stop_panel()
        self.start_panel()

    # ---- alerts ---------------------------------------------------------------------------------------------

    def alerts_displayed(self) -> int:
        """How many are on the screen, or about to be; 0 as well when there is no daemon."""
        get = "org.freedesktop.DBus.Properties.Get"
        replies = (self._dunst(get, f"string:{DUNST}", f"string:{which}Length") for which in ("displayed", "waiting"))
        return sum(int(number) for reply in replies for number in re.findall(r"uint32 (\d+)", reply))

    def alerts(self) -> tuple[Alert, ...]:
        """All alerts since the last `clear_alerts`, oldest first.

        Those on the screen are closed by asking: dunst lists only past ones.
        """
        self._dunst(f"{DUNST}.NotificationCloseAll")
        self.wait_until(lambda: not self.alerts_displayed(), "the alerts to close")
        history = ["org.freedesktop.Notifications", "/org/freedesktop/Notifications", DUNST, "NotificationListHistory"]
        rows = json.loads(self.run(["busctl", "--user", "--json=short", "call", *history]))["data"][0]
        found = [
            Alert(
                id=row["id"]["data"],
                app=row["appname"]["data"],
                summary=row["summary"]["data"],
                body=row["body"]["data"],
                timeout_us=row["timeout"]["data"],
                at_us=row["timestamp"]["data"],
            )
            for row in rows
        ]
        fresh = [alert for alert in found if alert.at_us > self._cleared_at_us]
        return tuple(sorted(fresh, key=lambda alert: alert.at_us))

    def clear_alerts(self) -> None:
        """Start afresh: what came so far is not in `alerts()` any more."""
        self._cleared_at_us = max([self._cleared_at_us, *(alert.at_us for alert in self.alerts())])

    def _dunst(self, method: str, *arguments: str) -> str:
        name, path = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
        return self._bus_call(name, path, method, *arguments)

    # ---- the bus --------------------------------------------------------------------------------------------

    def _bus_call(self, name: str, path: str, method: str, *arguments: str) -> str:
        """The printed reply; empty when the call fails."""
        command = ["dbus-send", "--session", "--print-reply", f"--dest={name}", path, method, *arguments]
        pipe = subprocess.PIPE
        return subprocess.run(command, env=self.env, stdout=pipe, stderr=pipe, check=False, text=True).stdout


def open_desktop(
    *,
    tray: str = "xfce",
    notify: str = "dunst",
    keyring: str = "unlocked",
    dbus: bool = True,
    screen: str = "1280x800",
    dpi: int = 96,
    panel: str = "top",
    dark: bool = False,
) -> Desktop:
    """Start a session and return when it is usable; the values are those of `desktop-session --help`.

    Raises `SessionMissingError` when it cannot start.
    """
    options = ["--tray", tray, "--notify", notify, "--keyring", keyring, "--screen", screen, "--dpi", str(dpi)]
    options += ["--panel", panel, *(["--dark"] if dark else []), *([] if dbus else ["--no-dbus"])]
    if absent := [program for program in ("xdotool", "busctl") if not shutil.which(program)]:
        raise SessionMissingError(f"these programs are missing: {' '.join(absent)}")
    folder = tempfile.TemporaryDirectory(prefix="desktop-env.")
    env_file, log_file = Path(folder.name, "env"), Path(folder.name, "log")
    # The session lives as long as we hold the writing end of this pipe, so it also ends when we are killed.
    # (bash, because dash takes no file descriptor above 9.)
    hold_read, hold_write = os.pipe()
    wait = f'env -0 >"$1.part" && mv "$1.part" "$1" && exec cat <&{hold_read}'
    with log_file.open("wb") as log:
        session = subprocess.Popen(
            [SCRIPT, *options, "--", "bash", "-c", wait, "bash", env_file],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(hold_read,),
            start_new_session=True,  # a Ctrl-C at the terminal is for the tests; the pipe ends the session
        )
    os.close(hold_read)

    def close() -> None:
        os.close(hold_write)
        try:
            session.wait(15)
        except subprocess.TimeoutExpired:
            session.terminate()
            session.wait(15)
        folder.cleanup()

    deadline = time.monotonic() + START_SECONDS
    while not env_file.exists():
        if session.poll() is not None or time.monotonic() > deadline:
            said = log_file.read_text(errors="replace").strip().splitlines()
            close()
            raise SessionMissingError(said[0] if said else "the session did not start in time")
        time.sleep(0.03)
    pairs = (pair.partition("=") for pair in env_file.read_text().split("\0") if pair)
    return Desktop({name: text for name, _, text in pairs}, close)


def surrounding_desktop() -> Desktop | None:
    """The session this test run was started in, if it was."""
    return Desktop(os.environ, lambda: None) if os.environ.get("DESKTOP_SESSION_DIR") else None


def or_give_up(start: Callable[[], Desktop]) -> Desktop:
    try:
        return start()
    except SessionMissingError as missing:
        sentence = f"no virtual desktop: {missing}. Install the packages in tests/desktop/apt-packages.txt."
    if os.environ.get("CI"):
        pytest.fail(sentence)  # CI proves these tests; there a skip would hide them
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def _shared_desktop() -> Iterator[Desktop]:
    desktop = surrounding_desktop() or or_give_up(open_desktop)
    yield desktop
    desktop.close()


@pytest.fixture
def desktop(_shared_desktop: Desktop) -> Iterator[Desktop]:
    """The shared session. What a test started in it ends with the test."""
    yield _shared_desktop
    _shared_desktop.end_started()


@pytest.fixture
def new_desktop() -> Iterator[Callable[..., Desktop]]:
    """Starts sessions of the test's own, with the options of `open_desktop`; about two seconds each."""
    opened: list[Desktop] = []

    def start(**options: Any) -> Desktop:
        opened.append(or_give_up(lambda: open_desktop(**options)))
        return opened[-1]

    yield start
    for one in reversed(opened):
        one.close()
