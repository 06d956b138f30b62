"""Where the popup stands on a screen of 1920 by 1080."""

from __future__ import annotations

import pytest

from usagetray.views.popup.placing import GAP, LEVEL, Box, mended, place, spare_panel

SCREEN = Box(x=0, y=0, width=1920, height=1080)
TOP_PANEL = Box(x=0, y=32, width=1920, height=1048)
BOTTOM_PANEL = Box(x=0, y=0, width=1920, height=1040)
LEFT_PANEL = Box(x=64, y=0, width=1856, height=1080)
RIGHT_PANEL = Box(x=0, y=0, width=1856, height=1080)
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
        (LEFT_PANEL, (32, 1000), (72, 1000 + LEVEL - 600)),  # beside it, the footer at the height of the icon
        (LEFT_PANEL, (32, 1075), (72, 472)),  # no lower than the screen has room
        (LEFT_PANEL, (32, 100), (72, 100 - LEVEL)),  # the tabs at its height
        (RIGHT_PANEL, (1890, 1000), (1488, 424)),
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


def test_a_popup_that_grows_keeps_the_edge_next_to_its_icon_and_leaves_no_screen() -> None:
    """A point in the middle of a low screen: 180 high it hangs below the point, 568 high it moves up to fit."""
    low = Box(x=0, y=0, width=1024, height=600)

    assert place(360, 180, low, low, (500, 200)) == (320, 208)
    assert place(360, 300, low, low, (500, 200)) == (320, 208)
    assert place(360, 568, low, low, (500, 200)) == (320, 24)


@pytest.mark.parametrize(
    ("point", "free"),
    [
        ((1000, 16), Box(x=0, y=32, width=1920, height=1048)),  # 32 high: twice the way to the middle of the icon
        ((1000, 2), Box(x=0, y=24, width=1920, height=1056)),  # clicked at its edge: no panel is lower than 24
        ((1000, 1063), Box(x=0, y=0, width=1920, height=1048)),
        ((20, 500), Box(x=40, y=0, width=1880, height=1080)),
        ((1899, 500), Box(x=0, y=0, width=1880, height=1080)),
        ((900, 500), SCREEN),
    ],
)
def test_a_panel_nobody_tells_of_is_guessed_from_the_icon_on_it(point: tuple[int, int], free: Box) -> None:
    assert spare_panel(SCREEN, point) == free


def test_a_panel_that_is_told_of_is_not_guessed_again() -> None:
    assert spare_panel(TOP_PANEL, (1000, 16)) == TOP_PANEL


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
