"""What panels leave of two screens: 1024 by 600 at the left, 896 by 1080 at the right, tops in line."""

from __future__ import annotations

import math

import pytest

from usagetray.views.popup.panels import Strut, Taken, left_over, struts_of, to_logical
from usagetray.views.popup.placing import Box

SMALL, TALL = Box(x=0, y=0, width=1024, height=600), Box(x=1024, y=0, width=896, height=1080)


def told(*numbers: int, areas: tuple[Box, ...] = ()) -> Taken:
    return Taken(width=1920, height=1080, struts=tuple(struts_of(numbers, 1920, 1080)), areas=areas)


@pytest.mark.parametrize(
    ("numbers", "small", "tall"),
    [
        ((0, 0, 33, 0, 0, 0, 0, 0, 0, 1023, 0, 0), Box(x=0, y=33, width=1024, height=567), TALL),
        ((0, 0, 33, 0, 0, 0, 0, 0, 1024, 1919, 0, 0), SMALL, Box(x=1024, y=33, width=896, height=1047)),
        # At the bottom of the small one: 480 below it are on no screen, and 33 above.
        ((0, 0, 0, 513, 0, 0, 0, 0, 0, 0, 0, 1023), Box(x=0, y=0, width=1024, height=567), TALL),
        # At the right of the small one, between the two: it takes nothing of the tall one.
        ((0, 929, 0, 0, 0, 0, 0, 599, 0, 0, 0, 0), Box(x=0, y=0, width=991, height=600), TALL),
        ((1057, 0, 0, 0, 0, 1079, 0, 0, 0, 0, 0, 0), SMALL, Box(x=1057, y=0, width=863, height=1080)),
        # The older form has no ends: along the whole edge.
        ((0, 0, 24, 0), Box(x=0, y=24, width=1024, height=576), Box(x=1024, y=24, width=896, height=1056)),
        ((0, 0, 0, 0), SMALL, TALL),
    ],
)
def test_a_panel_takes_its_strip_of_its_own_screen_only(numbers: tuple[int, ...], small: Box, tall: Box) -> None:
    taken = told(*numbers)

    assert left_over(SMALL, taken) == small
    assert left_over(TALL, taken) == tall


def test_two_panels_on_one_side_take_what_the_deeper_one_takes() -> None:
    shallow, deep = (Strut(side="top", depth=depth, first=0, last=1023) for depth in (24, 40))

    assert left_over(SMALL, Taken(width=1920, height=1080, struts=(shallow, deep, shallow))).y == 40


def test_work_areas_for_each_screen_count_more_than_strips() -> None:
    area = Box(x=0, y=27, width=1024, height=573)

    taken = told(0, 0, 33, 0, areas=(area, TALL))

    assert left_over(SMALL, taken) == area
    assert left_over(TALL, taken) == TALL


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_what_is_left_is_never_more_in_logical_pixels_than_in_those_of_the_device(ratio: float) -> None:
    native = Box(x=1024, y=33, width=896, height=1047)
    screen = Box(x=1024, y=0, width=math.floor(896 / ratio), height=math.floor(1080 / ratio))

    free = to_logical(native, screen, ratio)

    assert 33 <= (free.y - screen.y) * ratio < 33 + ratio
    assert (free.right - screen.x) * ratio <= 896
    assert 1080 - ratio < (free.bottom - screen.y) * ratio <= 1080
