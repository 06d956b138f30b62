"""Where the popup stands: plain rectangles in, a point out."""

from __future__ import annotations

from usagetray.quick_dataclass import dataclass

GAP = 8
"""Logical pixels between the popup and the panel or the edge of the screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in logical pixels; `right` and `bottom` lie just outside."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height


def place(width: int, height: int, screen: Box, free: Box, point: tuple[int, int] | None) -> tuple[int, int]:
    """Top left corner for a popup of this size.

    `free` is the part of `screen` that panels leave over. Below the point if that lies in the upper half of the
    screen, else above it; without a point, the corner where a panel takes its space.
    """
    if point is None:
        return _corner(width, height, screen, free)
    at_x, at_y = point
    top = free.y + GAP if at_y < free.y else at_y + GAP
    if at_y >= screen.y + screen.height // 2:
        top = (free.bottom if at_y >= free.bottom else at_y) - GAP - height
    return _clamp(at_x - width // 2, free.x, free.right, width), _clamp(top, free.y, free.bottom, height)


def mended(free: Box, screen: Box, ratio: float) -> Box:
    """The free area of a screen of `ratio` device pixels per logical one, as it must have been meant.

    Qt 6.11 on X11 divides its size by the ratio but not its corner: seen as an area that leaves its screen.
    """
    if free.right <= screen.right and free.bottom <= screen.bottom:
        return free
    x, y = screen.x + int((free.x - screen.x) / ratio), screen.y + int((free.y - screen.y) / ratio)
    width, height = min(free.width, screen.right - x), min(free.height, screen.bottom - y)
    return Box(x=x, y=y, width=width, height=height)


def _corner(width: int, height: int, screen: Box, free: Box) -> tuple[int, int]:
    """A top panel keeps its tray at the top right, a bottom or side panel at the bottom, on its own side."""
    taken_top, taken_left = free.y - screen.y, free.x - screen.x
    at_bottom = screen.bottom - free.bottom > 0 or taken_left > 0 or screen.right - free.right > 0
    at_top = taken_top > 0 or not at_bottom
    x = free.x + GAP if taken_left > 0 else free.right - GAP - width
    y = free.y + GAP if at_top else free.bottom - GAP - height
    return _clamp(x, free.x, free.right, width), _clamp(y, free.y, free.bottom, height)


def _clamp(at: int, first: int, last: int, size: int) -> int:
    """The start nearest to `at` that keeps `GAP` to both ends; the first end wins where there is no room."""
    return max(min(at, last - GAP - size), first + GAP)
