"""Where the popup stands: plain rectangles in, a point out."""

from __future__ import annotations

from usagetray.quick_dataclass import dataclass

GAP = 8
"""Logical pixels between the popup and the panel or the edge of the screen."""
LEVEL = 24
"""How far the edge of a popup beside its icon lies beyond the icon's middle: its tabs or its footer face the icon."""
NARROWEST_PANEL, WIDEST_PANEL = 24, 80
"""Logical pixels; what stands farther from the edge of the screen stands on no panel."""


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

    `free` is the part of `screen` that panels leave over. Beside a panel at the left or right, with the first or the
    last line at the height of the point; else below the point if that lies in the upper half of the screen, and above
    it in the lower one. Without a point, the corner where a panel takes its space.

    A popup that grows or shrinks keeps the edge that is next to the point, as long as there is room.
    """
    if point is None:
        return _corner(width, height, screen, free)
    at_x, at_y = point
    is_high = at_y < screen.y + screen.height // 2
    if free.y <= at_y < free.bottom and not free.x <= at_x < free.right:
        x = free.x if at_x < free.x else free.right - width
        y = at_y - LEVEL if is_high else at_y + LEVEL - height
    else:
        x = at_x - width // 2
        y = at_y + GAP if is_high else at_y - GAP - height
    return _clamp(x, free.x, free.right, width), _clamp(y, free.y, free.bottom, height)


def spare_panel(free: Box, point: tuple[int, int]) -> Box:
    """The free area without the panel that an icon at `point` must be on, where the desktop does not tell of it.

    One that hides itself takes no space, and with several screens some desktops tell of no panel at all. An icon
    stands in the middle of its panel.
    """
    x, y = point
    away = {"left": x - free.x, "right": free.right - 1 - x, "top": y - free.y, "bottom": free.bottom - 1 - y}
    side = min(away, key=lambda each: away[each])
    if not 0 <= away[side] <= WIDEST_PANEL // 2:
        return free
    taken = max(2 * away[side], NARROWEST_PANEL)
    return cut(free, side, taken)


def cut(area: Box, side: str, depth: int) -> Box:
    """`area` without `depth` pixels at its "left", "right", "top" or "bottom"."""
    along, down = (depth, 0) if side in ("left", "right") else (0, depth)
    return Box(
        x=area.x + (along if side == "left" else 0),
        y=area.y + (down if side == "top" else 0),
        width=area.width - along,
        height=area.height - down,
    )


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
