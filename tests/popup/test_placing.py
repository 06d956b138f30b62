"""Where the popup stands on a screen of 1920 by 1080."""

from __future__ import annotations

import pytest

from usagetray.views.popup.placing import GAP, Box, mended, place

SCREEN = Box(x=0, y=0, width=1920, height=1080)
TOP_PANEL = Box(x=0, y=32, width=1920, height=1048)
BOTTOM_PANEL = Box(x=0, y=0, width=1920, height=1040)
LEFT_PANEL = Box(x=64, y=0, width=1856, height=1080)
SIZE = (360, 600)


@pytest.mark.parametrize(
    ("free", "point", "corner"),
    [
        (TOP_PANEL, (1000, 16), (820, 40)),  # below a panel at the top, centred on the icon
        (TOP_PANEL, (1910, 16), (1552, 40)),  # kept on the screen at the right
        (BOTTOM_PANEL, (1000, 1060), (820, 432)),  # above a panel at the bottom
        (BOTTOM_PANEL, (5, 1060), (8, 432)),
        (SCREEN, (1000, 300), (820, 308)),  # below a point in the free area
        (SCREEN, (1000, 800), (820, 192)),  # above it in the lower half
        (TOP_PANEL, None, (1552, 40)),
        (BOTTOM_PANEL, None, (1552, 432)),
        (LEFT_PANEL, None, (72, 472)),
        (SCREEN, None, (1552, 8)),
    ],
)
def test_the_popup_stands_by_the_icon_and_on_the_screen(
    free: Box, point: tuple[int, int] | None, corner: tuple[int, int]
) -> None:
    assert place(*SIZE, SCREEN, free, point) == corner


def test_a_second_screen_has_its_own_halves() -> None:
    """A screen to the left of and above the main one: negative coordinates."""
    left = Box(x=-1280, y=-200, width=1280, height=1024)

    x, y = place(*SIZE, left, left, (-100, -190))

    assert (x, y) == (-368, -182)


def test_on_a_screen_that_is_too_small_the_top_stays_visible() -> None:
    tiny = Box(x=0, y=0, width=320, height=240)

    assert place(*SIZE, tiny, tiny, (300, 230)) == (GAP, GAP)


def test_a_free_area_that_leaves_its_screen_is_mended() -> None:
    """A panel of 33 device pixels at the top of 2560 by 1600 at ratio 2: 16 logical ones, not 33."""
    screen = Box(x=0, y=0, width=1280, height=800)

    assert mended(Box(x=0, y=33, width=1280, height=784), screen, 2.0) == Box(x=0, y=16, width=1280, height=784)


def test_a_free_area_that_makes_sense_is_left_alone() -> None:
    screen = Box(x=0, y=0, width=1280, height=800)
    free = Box(x=0, y=16, width=1280, height=784)

    assert mended(free, screen, 2.0) == free
