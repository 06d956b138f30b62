"""The icon in old X11 panels, which know XEmbed alone: trayer, and Xfce's without a session bus."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.desktop.program import Program
from tests.desktop.session import Desktop
from tests.desktop.test_tray import BLUE, RED, Probe

pytestmark = pytest.mark.desktop

NewDesktop = Callable[..., Desktop]
NO_BUS = {"DBUS_SESSION_BUS_ADDRESS": "disabled:"}
TRAYER = ["trayer", "--align", "right", "--widthtype", "request", "--heighttype", "pixel", "--height", "32",
          "--SetDockType", "true", "--SetPartialStrut", "true", "--transparent", "true", "--alpha", "0",
          "--tint", "0x202020"]  # fmt: skip
PANEL = (0x1F, 0x1F, 0x1F)
"""What trayer makes of that tint."""


def start_trayer(desktop: Desktop, edge: str = "top") -> subprocess.Popen[bytes]:
    return desktop.start([*TRAYER, "--edge", edge], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()  # as a crash would
    process.wait()


def icons(desktop: Desktop, name: str = "probe") -> list[tuple[int, int, int, int]]:
    """The boxes (left, top, right, bottom) of all our icons that are to be seen."""
    search = ["xdotool", "search", "--onlyvisible", "--class", f"^{name}$"]
    found = subprocess.run(search, env=desktop.env, capture_output=True, text=True, check=False).stdout.split()
    boxes = []
    for window in found:
        lines = desktop.run(["xdotool", "getwindowgeometry", "--shell", window]).split()
        at = {name: int(number) for name, _, number in (line.partition("=") for line in lines)}
        boxes.append((at["X"], at["Y"], at["X"] + at["WIDTH"], at["Y"] + at["HEIGHT"]))
    return boxes


def docked(desktop: Desktop, colour: tuple[int, int, int] = RED, seconds: float = 10) -> tuple[int, int, int, int]:
    """The icon's box, once it has that colour."""

    def look() -> tuple[int, int, int, int] | None:
        found = icons(desktop)
        return found[0] if len(found) == 1 and colour in desktop.colours(found[0]) else None

    return desktop.wait_until(look, "the icon in the panel", seconds)


def middle(box: tuple[int, int, int, int]) -> tuple[int, int]:
    return (box[0] + box[2]) // 2, (box[1] + box[3]) // 2


def covered(picture: Image.Image) -> tuple[int, int, int, int] | None:
    """The box around all that is not the panel."""
    difference = picture.convert("RGB").point(lambda value: abs(value - PANEL[0]))
    return difference.getbbox()


@pytest.fixture
def trayer(new_desktop: NewDesktop) -> Desktop:
    return new_desktop(tray="trayer", notify="none", keyring="none")


def red_icon(desktop: Desktop, **env: str) -> Probe:
    probe = Probe(desktop, **env)
    probe.tell("show #c00000")
    return probe


def test_it_is_drawn_square_unscaled_and_clear_where_it_is_clear(trayer: Desktop) -> None:
    """In a cell of 24 by 30 the 24 px picture stands 3 px from its top, with one white row and a hole 9 px wide."""
    red_icon(trayer)

    box = docked(trayer)

    cell = trayer.screenshot(box=box)
    left, top, right, bottom = covered(cell) or (0, 0, 0, 0)
    assert (right - left, bottom - top) == (24, 24)
    assert abs((cell.height - bottom) - top) <= 1
    assert cell.getpixel((left, top)) == (255, 255, 255)
    assert cell.getpixel((left, top + 1)) == RED
    hole = [cell.getpixel((x, top + 12)) for x in range(left, right)].count(PANEL)
    assert hole == 9


def test_clicks_say_where_they_were_and_a_new_picture_replaces_the_old_one(trayer: Desktop) -> None:
    """Left activates, right asks for the menu with its lines, both at the pointer."""
    probe = red_icon(trayer)
    x, y = middle(docked(trayer))

    trayer.click(x, y)
    trayer.click(x, y, 3)
    probe.tell("show #0000c0")

    assert probe.hear("activated")["activated"] == [x, y]
    asked = probe.hear("open_menu")
    assert asked["open_menu"] == [x, y]
    assert asked["lines"][:3] == ["Show usage", "", "Session_a  62 % used · resets 21:20"]
    docked(trayer, BLUE)
    assert [line["on_host"] for line in probe.said if "on_host" in line] == [True]
    assert [line["is_light"] for line in probe.said if "is_light" in line] == [False]


def test_it_comes_back_each_time_the_panel_does_and_leaves_no_window_behind(new_desktop: NewDesktop) -> None:
    """Absent at the start, then there, then killed three times: back within 5 s, never two."""
    desktop = new_desktop(tray="none", notify="none", keyring="none")
    probe = red_icon(desktop)
    assert probe.hear("on_host")["on_host"] is False

    for _ in range(4):
        panel = start_trayer(desktop)
        docked(desktop, seconds=5)
        end(panel)
        desktop.wait_until(lambda: not icons(desktop), "the icon to go with its panel", 2)

    assert probe.process.poll() is None
    start_trayer(desktop)
    docked(desktop, seconds=5)
    probe.tell("quit")
    desktop.wait_until(lambda: not icons(desktop), "the icon to go with the program")
    assert probe.hear("stopped_in")["stopped_in"] < 1.0
    assert [line["on_host"] for line in probe.said if "on_host" in line][-1] is True


def test_a_better_panel_that_comes_later_takes_over(new_desktop: NewDesktop) -> None:
    """Xfce's panel comes while trayer has the icon: at no moment is it in both."""
    desktop = new_desktop(notify="none", keyring="none")
    desktop.stop_panel()
    trayer = start_trayer(desktop, "bottom")
    probe = red_icon(desktop)
    docked(desktop)

    desktop.start_panel()
    deadline = time.monotonic() + 10
    while not desktop.registered_items() and time.monotonic() < deadline:
        assert len(icons(desktop)) <= 1

    assert (desktop.registered_items(), icons(desktop)) == ((f"{probe.name}/StatusNotifierItem",), [])
    desktop.stop_panel()
    end(trayer)
    start_trayer(desktop, "bottom")
    docked(desktop)  # and back again
    assert desktop.registered_items() == ()


def test_a_panel_with_an_alpha_channel_shows_through(new_desktop: NewDesktop) -> None:
    """Xfce's panel wants 32-bit windows and names its text colour, by which it is light."""
    desktop = new_desktop(notify="none", keyring="none")
    probe = red_icon(desktop, **NO_BUS)
    box = docked(desktop)

    beside = desktop.screenshot().getpixel((box[0] - 20, middle(box)[1]))
    cell = desktop.screenshot(box=box)

    assert cell.getpixel((cell.width // 2, cell.height // 2)) == beside
    assert min(beside) > 0xC0
    assert probe.hear("is_light")["is_light"] is True


def test_quit_can_be_chosen_with_the_right_button(trayer: Desktop, tmp_path: Path) -> None:
    """The panel has no menus, so the popup's process draws it."""
    program = Program(trayer, tmp_path)
    process = program.start()
    (box,) = trayer.wait_until(lambda: icons(trayer, "usagetray"), "the icon")

    trayer.click(*middle(box), 3)
    trayer.wait_until(lambda: trayer.windows("^usagetray menu$"), "the menu")
    program.picture("xembed_menu", (780, 0, 1280, 250))
    trayer.keys("Up", "Return")  # the last line

    assert process.wait(5) == 0
    assert program.errors == ""


@pytest.mark.parametrize("edge", ["top", "bottom", "left", "right"])
def test_the_popup_stands_beside_the_panel_at_each_edge(new_desktop: NewDesktop, tmp_path: Path, edge: str) -> None:
    """On the screen, and not over the 32 px of the panel."""
    desktop = new_desktop(tray="none", notify="none", keyring="none")
    start_trayer(desktop, edge)
    program = Program(desktop, tmp_path)
    program.start()
    (box,) = desktop.wait_until(lambda: icons(desktop, "usagetray"), "the icon")

    desktop.click(*middle(box))

    left, top, right, bottom = program.wait_for_popup()
    width, height = desktop.size()
    free = {"top": (0, 32, width, height), "bottom": (0, 0, width, height - 32),
            "left": (32, 0, width, height), "right": (0, 0, width - 32, height)}[edge]  # fmt: skip
    assert left >= free[0]
    assert top >= free[1]
    assert right <= free[2]
    assert bottom <= free[3]
    assert abs(middle(box)[1] - min(max(middle(box)[1], top), bottom)) <= 48  # near the icon
    program.end()
