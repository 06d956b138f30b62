"""The popup beside panels on all four sides, on two screens of different size, at every usual scale.

CI goes once round at each scale; USAGETRAY_EVERY_PLACE=1 tries every pair of them (README.md beside this file).
"""

from __future__ import annotations

import os
import queue
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.desktop.screens import SIDES, Area, hover, monitors, panel
from tests.desktop.session import Desktop, open_desktop, or_give_up
from tests.desktop.test_popup import LIGHT_EDGE, PROGRAM, REPOSITORY, Popup, geometry
from usagetray.edges.popup import PopupProcess

pytestmark = pytest.mark.desktop

WHOLE = "1920x1080"
SMALL, TALL = Area(0, 0, 1024, 600), Area(1024, 0, 896, 1080)
"""Side by side; below the small one nothing is seen."""
GAP, PANEL = 8, 32
GROUND, LINE, FOOTER = (0xFF, 0xFF, 0xFF), (0xE3, 0xE6, 0xEA), 40
EVERY = bool(os.environ.get("USAGETRAY_EVERY_PLACE"))
SCALES = (1.0, 1.25, 1.5, 2.0)
ROUND = [(SMALL, "top"), (TALL, "left"), (SMALL, "right"), (TALL, "bottom"), (SMALL, "bottom"), (TALL, "top")]
EVERYWHERE = [(screen, side) for screen in (SMALL, TALL) for side in SIDES]
PLACES = dict.fromkeys(SCALES, EVERYWHERE if EVERY else ROUND)
if not EVERY:
    PLACES |= {1.25: ROUND[1:3], 1.5: ROUND[4:], 2.0: ROUND[2:4]}
SCROLLED = SCALES if EVERY else (1.25, 2.0)
MOMENTS = ("states", "calm", "first_run") if EVERY else ("states",)


class Started(Popup):
    """A popup process at a scale; ended with the block."""

    def __init__(self, desktop: Desktop, moment: str, **scaled: str) -> None:
        events: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        env = {**desktop.env, "PYTHONPATH": str(REPOSITORY), **scaled}
        super().__init__(PopupProcess([sys.executable, "-c", PROGRAM, moment], env, events.put), events)

    def __enter__(self) -> Started:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.close()


@pytest.fixture(scope="module")
def two_screens() -> Iterator[Desktop]:
    desktop = or_give_up(lambda: open_desktop(tray="none", notify="none", keyring="none", screen=WHOLE))
    with monitors(desktop, (SMALL, TALL)):
        yield desktop
    desktop.close()


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("scale", SCALES)
def test_it_stands_beside_the_panel_by_the_icon_and_wholly_on_its_screen(
    two_screens: Desktop, scale: float, moment: str
) -> None:
    with Started(two_screens, moment, QT_SCALE_FACTOR=str(scale)) as popup:
        for screen, side in PLACES[scale]:
            with panel(two_screens, screen, side, PANEL) as covers:
                _opens_in_place(two_screens, popup, scale, screen, side, covers)


def test_each_screen_may_have_a_scale_of_its_own(two_screens: Desktop) -> None:
    """The small one at 1, the tall one at 2: the point is in pixels of the X server on both."""
    with Started(two_screens, "states", QT_SCREEN_SCALE_FACTORS="1;2") as popup:
        for screen, side, scale in ((SMALL, "bottom", 1.0), (TALL, "right", 2.0)):
            with panel(two_screens, screen, side, PANEL) as covers:
                _opens_in_place(two_screens, popup, scale, screen, side, covers)


def _opens_in_place(desktop: Desktop, popup: Popup, scale: float, screen: Area, side: str, covers: Area) -> None:
    icon = _icon_on(covers, side)
    popup.process.show(*icon)
    popup.wait("shown")

    at = geometry(desktop)
    stands = Area(at["X"], at["Y"], at["WIDTH"], at["HEIGHT"])
    where = f"{side} of {screen}, icon at {icon}: {stands}"
    gap = {
        "top": stands.y - covers.bottom,
        "bottom": covers.y - stands.bottom,
        "left": stands.x - covers.right,
        "right": covers.x - stands.right,
    }[side]
    assert screen.without(side, PANEL).has(stands), where
    assert abs(gap - GAP * scale) <= 2, where
    faces = stands.x <= icon[0] < stands.right if side in ("top", "bottom") else stands.y <= icon[1] < stands.bottom
    assert faces, where
    assert abs(stands.width - 360 * scale) <= 1, where
    desktop.wait_until(lambda: _edges_are_sharp(desktop.screenshot(box=stands.box), scale), f"sharp edges, {where}")
    if folder := os.environ.get("USAGETRAY_ARTIFACTS"):
        desktop.screenshot(Path(folder) / f"place_{scale}_{screen.width}_{side}.png")

    popup.process.hide()
    popup.wait("hidden")


def _icon_on(covers: Area, side: str) -> tuple[int, int]:
    """Where trays usually are: at the right or lower end of the panel; away from the very corner."""
    if side in ("top", "bottom"):
        return covers.right - 60, covers.y + covers.height // 2
    return covers.x + covers.width // 2, covers.bottom - 60


def _edges_are_sharp(shot: Image.Image, scale: float) -> bool:
    """One to two pixels of the border's own colour on all four sides, nothing blended, then the ground."""
    width, height = shot.size
    middle, beside = height // 2, round(width * 0.02)
    ways = (
        [shot.getpixel((x, middle)) for x in range(4)],
        [shot.getpixel((width - 1 - x, height - round(FOOTER * scale / 2))) for x in range(4)],
        [shot.getpixel((beside, y)) for y in range(4)],
        [shot.getpixel((beside, height - 1 - y)) for y in range(4)],
    )
    thick = max(1, int(scale))
    return all(way == [LIGHT_EDGE] * thick + [GROUND] * (4 - thick) for way in ways)


@pytest.mark.parametrize("scale", SCROLLED)
def test_on_a_small_screen_it_scrolls_inside_and_the_footer_stays(two_screens: Desktop, scale: float) -> None:
    with (
        Started(two_screens, "states", QT_SCALE_FACTOR=str(scale)) as popup,
        panel(two_screens, SMALL, "top", PANEL) as covers,
    ):
        popup.process.show(*_icon_on(covers, "top"))
        popup.wait("shown")
        at = geometry(two_screens)
        box = (at["X"], at["Y"], at["X"] + at["WIDTH"], at["Y"] + at["HEIGHT"])
        foot = (box[0], box[3] - round(FOOTER * scale), box[2], box[3])
        two_screens.wait_until(lambda: len(two_screens.colours(foot)) > 5, "words in the footer")
        before, footer = two_screens.screenshot(box=box), two_screens.screenshot(box=foot).tobytes()
        assert _line_above_footer(before, scale) == int(scale)

        hover(two_screens, (box[0] + box[2]) // 2, box[3] - round((FOOTER + 12) * scale), wheel=4)
        two_screens.wait_until(lambda: two_screens.screenshot(box=box).tobytes() != before.tobytes(), "rows to scroll")

        assert two_screens.screenshot(box=foot).tobytes() == footer
        assert geometry(two_screens) == at


def _line_above_footer(shot: Image.Image, scale: float) -> int:
    """How many pixels high the line above the footer is, all of its own colour; 0 where it is blurred or missing."""
    x, height = round(6 * scale), shot.size[1]
    from_y = height - round((FOOTER + 6) * scale)
    column = [shot.getpixel((x, y)) for y in range(from_y, height - round((FOOTER - 4) * scale))]
    return column.count(LINE) if set(column) == {GROUND, LINE} else 0


def test_a_desktop_that_works_the_free_areas_out_itself_is_believed(two_screens: Desktop) -> None:
    """GNOME's panel is no window of its own: it says what is left of each screen."""
    areas = "0,27,1024,573,1024,0,896,1080"
    asks = (
        "from usagetray.views.popup.panels_x11 import taken_on_x11; "
        "print([(a.x, a.y, a.width, a.height) for a in taken_on_x11().areas])"
    )

    two_screens.run(["xprop", "-root", "-f", "_GTK_WORKAREAS_D0", "32c", "-set", "_GTK_WORKAREAS_D0", areas])
    try:
        said = two_screens.run([sys.executable, "-c", asks])
    finally:
        two_screens.run(["xprop", "-root", "-remove", "_GTK_WORKAREAS_D0"])

    assert said.strip() == "[(0, 27, 1024, 573), (1024, 0, 896, 1080)]"
