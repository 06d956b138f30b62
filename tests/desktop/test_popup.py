"""The popup as a real window on the virtual desktop: where it stands, how it closes, that it leaves."""

from __future__ import annotations

import os
import queue
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.desktop.session import Desktop
from usagetray.edges.popup import PopupProcess

pytestmark = pytest.mark.desktop

REPOSITORY = Path(__file__).parents[2]
WIDTH = 360
BELOW_PANEL = range(40, 44)
"""8 below a panel of 32, and a pixel or two that the panel takes for its border."""
LIGHT_EDGE = (0xCD, 0xD2, 0xDA)
PROGRAM = (
    "import sys; from tests.popup.samples import MOMENTS; from usagetray.views.popup.process import run; "
    "sys.exit(run(MOMENTS[sys.argv[1]], theme='light'))"
)


class Popup:
    """A popup process with what it said."""

    def __init__(self, process: PopupProcess, events: queue.SimpleQueue[dict[str, Any]]) -> None:
        self.process, self._events = process, events

    def wait(self, name: str) -> dict[str, Any]:
        while True:
            event = self._events.get(timeout=10)
            if event["event"] == name:
                return event


Start = Callable[..., Popup]


@pytest.fixture
def start(desktop: Desktop) -> Iterator[Start]:
    started: list[PopupProcess] = []

    def start_one(moment: str = "calm", on: Desktop = desktop) -> Popup:
        events: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        env = {**on.env, "PYTHONPATH": str(REPOSITORY)}
        process = PopupProcess([sys.executable, "-c", PROGRAM, moment], env, events.put)
        started.append(process)
        return Popup(process, events)

    yield start_one
    for process in started:
        process.close()


def geometry(desktop: Desktop) -> dict[str, int]:
    """X, Y, WIDTH and HEIGHT of the popup's window."""
    (window,) = desktop.wait_until(lambda: desktop.windows("^usagetray$"), "the popup's window")
    lines = desktop.run(["xdotool", "getwindowgeometry", "--shell", str(window)]).split()
    return {name: int(number) for name, _, number in (line.partition("=") for line in lines)}


def test_a_click_on_the_icon_opens_it_below_the_icon(desktop: Desktop, start: Start) -> None:
    """Centred under the point, 8 below the panel, and painted there."""
    popup = start()

    popup.process.show(700, 16)
    popup.wait("shown")

    at = geometry(desktop)
    assert (at["X"], at["WIDTH"]) == (700 - WIDTH // 2, WIDTH)
    assert at["Y"] in BELOW_PANEL
    corner = (at["X"], at["Y"], at["X"] + 1, at["Y"] + 1)
    desktop.wait_until(lambda: desktop.colours(corner) == {LIGHT_EDGE}, "the popup on the screen")
    if folder := os.environ.get("USAGETRAY_ARTIFACTS"):
        desktop.screenshot(Path(folder) / "popup_on_desktop.png")


def test_it_stays_on_the_screen_at_the_right_edge(desktop: Desktop, start: Start) -> None:
    popup = start()

    popup.process.show(*desktop.icon_at())
    popup.wait("shown")

    assert geometry(desktop)["X"] == desktop.size()[0] - WIDTH - 8


def test_without_a_point_it_stands_at_the_panel(desktop: Desktop, start: Start) -> None:
    popup = start()

    popup.process.show(None, None)
    popup.wait("shown")

    at = geometry(desktop)
    assert at["X"] == desktop.size()[0] - WIDTH - 8
    assert at["Y"] in BELOW_PANEL


def test_escape_closes_it(desktop: Desktop, start: Start) -> None:
    popup = start()
    popup.process.show(700, 16)
    popup.wait("shown")

    desktop.keys("Escape")

    popup.wait("hidden")
    desktop.wait_until(lambda: not desktop.windows("^usagetray$"), "the popup to close")


def test_a_click_outside_closes_it_and_does_not_open_it_again(desktop: Desktop, start: Start) -> None:
    popup = start()
    popup.process.show(700, 16)
    popup.wait("shown")

    desktop.click(100, 600)
    popup.wait("hidden")
    popup.process.show(700, 16)  # what the tray says when that click was on the icon

    popup.wait("hidden")
    assert not desktop.windows("^usagetray$")


def test_a_click_inside_keeps_it_open_and_is_heard(desktop: Desktop, start: Start) -> None:
    """The figure at the right end of the first row flips used and left."""
    popup = start()
    popup.process.show(700, 16)
    popup.wait("shown")
    at = geometry(desktop)

    desktop.click(at["X"] + WIDTH - 26, at["Y"] + 173)

    assert popup.wait("set") == {"event": "set", "show_left": True}
    assert desktop.windows("^usagetray$")


def test_the_keyboard_reaches_it_at_once(desktop: Desktop, start: Start) -> None:
    popup = start()
    popup.process.show(700, 16)
    popup.wait("shown")

    desktop.keys("F5")

    popup.wait("refresh")


def test_the_first_page_can_be_answered_by_keyboard_alone(desktop: Desktop, start: Start) -> None:
    """The focus starts on the button that begins."""
    popup = start("first_run")
    popup.process.show(700, 16)
    popup.wait("shown")

    desktop.keys("Return")

    assert popup.wait("first_run")["providers"] == ["claude", "codex"]


def test_it_is_sharp_and_in_place_on_a_display_of_twice_the_density(new_desktop: Any, start: Start) -> None:
    """At 192 dpi the point is in device pixels and the popup is 720 of them wide."""
    dense = new_desktop(dpi=192, screen="2560x1600")
    popup = start(on=dense)

    popup.process.show(1400, 16)
    popup.wait("shown")

    at = geometry(dense)
    assert at["WIDTH"] == 2 * WIDTH
    assert abs(at["X"] - (1400 - WIDTH)) <= 2
    assert 48 <= at["Y"] <= 52  # the panel's 33 and 8 logical pixels
    if folder := os.environ.get("USAGETRAY_ARTIFACTS"):
        dense.screenshot(Path(folder) / "popup_on_desktop_2x.png")
