"""The tray icon in a real panel, seen and used as a person would."""

from __future__ import annotations

import asyncio
import json
import os
import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from dbus_fast import Message
from dbus_fast.aio import MessageBus
from PIL import Image

from tests.desktop.session import Desktop

pytestmark = pytest.mark.desktop

PROGRAM = Path(__file__).with_name("tray_program.py")
RED, BLUE, GREEN = (0xC0, 0, 0), (0, 0, 0xC0), (0, 0xC0, 0)


class Probe:
    """The small program with our icon, and what it said so far."""

    def __init__(self, desktop: Desktop, **env: str) -> None:
        self.process = desktop.start([sys.executable, PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)
        self._lines: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.said: list[dict[str, Any]] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put(json.loads(line))

    def tell(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def hear(self, key: str, seconds: float = 10) -> dict[str, Any]:
        """The next line that has that key."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                pytest.fail(f"the program did not say {key!r} within {seconds:g} s; it said {self.said}")
            self.said.append(line)
            if key in line:
                return line

    @property
    def name(self) -> str:
        return f"org.kde.StatusNotifierItem-{self.process.pid}-1"


@pytest.fixture
def launch(desktop: Desktop) -> Iterator[Callable[..., Probe]]:
    yield lambda **env: Probe(desktop, **env)
    desktop.end_started()
    desktop.wait_until(lambda: not desktop.registered_items(), "the panel to drop the icon")
    desktop.wait_until(lambda: not {RED, GREEN, BLUE} & desktop.colours(desktop.icon_box()), "a clear panel")


@pytest.fixture
def shown(desktop: Desktop, launch: Callable[..., Probe]) -> Probe:
    """The program with a red icon in the panel."""
    probe = launch()
    probe.tell("show #c00000 62 %")
    desktop.wait_until(lambda: desktop.pid_of(probe.name), "the icon on the bus")
    desktop.wait_until(lambda: RED in desktop.colours(desktop.icon_box()), "a red icon in the panel")
    return probe


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_the_icon_appears_in_the_panel_and_says_what_it_is(desktop: Desktop, shown: Probe) -> None:
    assert desktop.registered_items() == (f"{shown.name}/StatusNotifierItem",)
    assert shown.hear("started_in")["started_in"] < 0.5
    assert shown.hear("on_host")["on_host"] is True

    said = desktop.run(["busctl", "--user", "--json=short", "call", shown.name, "/StatusNotifierItem",
                        "org.freedesktop.DBus.Properties", "GetAll", "s", "org.kde.StatusNotifierItem"])  # fmt: skip
    properties = {name: cell["data"] for name, cell in json.loads(said)["data"][0].items()}
    assert properties["Title"] == "Probe"
    assert properties["ToolTip"][2:] == ["Probe", "Claude: &lt;1 % &amp; rising\nsecond line"]
    assert properties["XAyatanaLabel"] == "62 %"
    assert properties["ItemIsMenu"] is False
    assert [width for width, _height, _argb in properties["IconPixmap"]] == [16, 22, 24, 32, 48]


def test_a_new_picture_replaces_the_old_one(desktop: Desktop, shown: Probe) -> None:
    shown.tell("show #0000c0")

    desktop.wait_until(lambda: BLUE in desktop.colours(desktop.icon_box()), "a blue icon")
    assert RED not in desktop.colours(desktop.icon_box())


def test_a_burst_of_pictures_ends_with_the_last_one(desktop: Desktop, shown: Probe) -> None:
    shown.tell("burst 200")

    desktop.wait_until(lambda: GREEN in desktop.colours(desktop.icon_box()), "the last picture")
    assert desktop.pid_of(shown.name) == shown.process.pid


def test_the_icon_comes_back_each_time_the_panel_restarts(desktop: Desktop, shown: Probe) -> None:
    for _ in range(4):
        desktop.restart_panel()

        desktop.wait_until(lambda: RED in desktop.colours(desktop.icon_box()), "the icon to come back", 5)
        assert desktop.registered_items() == (f"{shown.name}/StatusNotifierItem",)

    shown.tell("host?")
    assert shown.hear("has_host")["has_host"] is True
    assert [line["on_host"] for line in shown.said if "on_host" in line] == [True]


def test_a_host_that_comes_later_gets_the_icon(desktop: Desktop, launch: Callable[..., Probe]) -> None:
    desktop.stop_panel()
    try:
        probe = launch()
        probe.tell("show #c00000")
        first = probe.hear("on_host")
        assert probe.process.poll() is None
    finally:
        desktop.start_panel()

    desktop.wait_until(lambda: RED in desktop.colours(desktop.icon_box()), "the icon", 10)
    assert [first["on_host"], probe.hear("on_host")["on_host"]] == [False, True]


def test_a_left_click_says_where_it_was(desktop: Desktop, shown: Probe) -> None:
    x, y = desktop.click_icon()

    activated = shown.hear("activated")
    assert abs(activated["activated"][0] - x) <= 24
    assert abs(activated["activated"][1] - y) <= 32
    assert activated["thread"] == "tray-actions"


def test_the_menu_shows_our_lines_and_a_key_chooses_one(desktop: Desktop, shown: Probe, tmp_path: Path) -> None:
    shown.hear("on_host")
    shown.tell("menu Week  41 % used · resets Mon 09:00")
    shown.hear("menu_read")
    closed = desktop.screenshot()

    desktop.click_icon(3)
    shown.hear("menu_read")
    desktop.wait_until(lambda: desktop.screenshot().getpixel((1200, 60)) != closed.getpixel((1200, 60)), "the menu")
    desktop.screenshot(tmp_path / "menu.png", (900, 0, 1280, 250))
    desktop.keys("Down", "Down", "Return")  # past the default line to the tick box: figures cannot be chosen

    chosen = shown.hear("action")
    assert chosen["action"] == "flip"
    assert chosen["thread"] == "tray-actions"


def test_the_menu_on_the_bus_has_the_figures_and_the_submenu(desktop: Desktop, shown: Probe) -> None:
    """A figure with an underscore is not a key to press, so the underscore is doubled."""
    call = ["busctl", "--user", "--json=short", "call", "--", shown.name, "/MenuBar", "com.canonical.dbusmenu"]

    said = desktop.run([*call, "GetLayout", "iias", "0", "-1", "0"])

    labels = re.findall(r'"label":{"type":"s","data":"([^"]*)"}', said)
    assert labels == [
        "Show usage",
        "Session__a  62 % used · resets 21:20",
        "Show what is left",
        "Snooze alerts",
        "1 hour",
        "Quit",
    ]


def test_many_questions_at_once_do_not_break_the_connection(desktop: Desktop, shown: Probe) -> None:
    """120 answers of 19 KB each are more than the socket takes at once; the bus allows 128 open calls."""

    async def ask() -> int:
        bus = await MessageBus(bus_address=desktop.env["DBUS_SESSION_BUS_ADDRESS"]).connect()
        question = {
            "destination": shown.name,
            "path": "/StatusNotifierItem",
            "interface": "org.freedesktop.DBus.Properties",
            "member": "GetAll",
            "signature": "s",
            "body": ["org.kde.StatusNotifierItem"],
        }
        answers = await asyncio.gather(*(bus.call(Message(**question)) for _ in range(120)))
        bus.disconnect()
        await bus.wait_for_disconnect()
        return sum("IconPixmap" in answer.body[0] for answer in answers)

    assert asyncio.run(asyncio.wait_for(ask(), 20)) == 120
    assert desktop.registered_items() == (f"{shown.name}/StatusNotifierItem",)


def test_a_clean_stop_takes_the_icon_away_at_once(desktop: Desktop, shown: Probe) -> None:
    shown.tell("quit")

    assert shown.hear("stopped_in")["stopped_in"] < 1.0
    assert shown.process.wait(5) == 0
    desktop.wait_until(lambda: not desktop.registered_items(), "the panel to drop the icon", 2)
    desktop.wait_until(lambda: RED not in desktop.colours(desktop.icon_box()), "the panel to paint itself anew", 5)


def test_an_idle_icon_costs_no_processor_time(desktop: Desktop, shown: Probe) -> None:
    """Less than 50 ms in 2 s, where a polling thread would show."""
    shown.hear("on_host")
    before = cpu_seconds(shown.process.pid)

    time.sleep(2)

    assert cpu_seconds(shown.process.pid) - before < 0.05


def test_without_a_session_bus_the_program_runs_on(launch: Callable[..., Probe]) -> None:
    probe = launch(DBUS_SESSION_BUS_ADDRESS="disabled:", DISPLAY="")  # nor an X11 panel to turn to
    probe.tell("show #c00000")

    assert probe.hear("on_host")["on_host"] is False
    probe.tell("host?")
    assert probe.hear("has_host")["has_host"] is False
    probe.tell("quit")
    assert probe.hear("stopped_in")["stopped_in"] < 1.0


def test_a_bus_that_dies_and_comes_back_gets_the_icon_again(
    desktop: Desktop, launch: Callable[..., Probe], tmp_path: Path
) -> None:
    address = f"unix:path={tmp_path}/bus"
    serve = ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={address}"]
    first = desktop.start(serve)
    desktop.wait_until((tmp_path / "bus").is_socket, "a bus")
    probe = launch(DBUS_SESSION_BUS_ADDRESS=address, DISPLAY="")
    probe.tell("show #c00000")
    probe.hear("menu_read")

    first.kill()
    first.wait()
    (tmp_path / "bus").unlink(missing_ok=True)
    desktop.start(serve)

    question = ["dbus-send", f"--bus={address}", "--print-reply", "--dest=org.freedesktop.DBus", "/",
                "org.freedesktop.DBus.NameHasOwner", f"string:{probe.name}"]  # fmt: skip
    answer = subprocess.PIPE
    desktop.wait_until(
        lambda: b"boolean true" in subprocess.run(question, check=False, stdout=answer, stderr=answer).stdout,
        "the icon's name on the new bus",
    )
    assert cpu_seconds(probe.process.pid) < 2


def test_it_is_a_pystray_icon_for_those_who_know_pystray(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Picture, title, menu and visibility by pystray's own names; a plain click runs the default line."""
    from usagetray.edges.tray.base import Menu, MenuItem
    from usagetray.edges.tray.sni import SniIcon

    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", desktop.env["DBUS_SESSION_BUS_ADDRESS"])
    done = threading.Event()
    icon = SniIcon("plain", Image.new("RGBA", (24, 24), RED), "One", Menu(MenuItem("Do it", done.set, default=True)))
    icon.run_detached()
    try:
        desktop.wait_until(lambda: RED in desktop.colours(desktop.icon_box()), "the red icon")

        icon.icon, icon.title = Image.new("RGBA", (24, 24), BLUE), "Two"
        desktop.wait_until(lambda: BLUE in desktop.colours(desktop.icon_box()), "the blue icon")
        desktop.click_icon()
        assert done.wait(5)

        icon.visible = False
        desktop.wait_until(lambda: not desktop.registered_items(), "the icon to hide")
        icon.visible = True
        desktop.wait_until(lambda: BLUE in desktop.colours(desktop.icon_box()), "the icon to show again")
    finally:
        icon.stop()
    desktop.wait_until(lambda: not desktop.registered_items(), "the panel to drop the icon")
