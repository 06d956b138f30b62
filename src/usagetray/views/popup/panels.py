"""What panels take of each screen on X11. Qt knows it of a single screen only; of two it says that both are free."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from usagetray.quick_dataclass import dataclass
from usagetray.views.popup.placing import Box, cut

SIDES = ("left", "right", "top", "bottom")


@dataclass(frozen=True, slots=True, kw_only=True)
class Strut:
    """A strip along one edge of everything that all screens show together; in device pixels."""

    side: str  # one of `SIDES`
    depth: int  # counted from that edge, not from the edge of a screen
    first: int
    last: int  # where it begins and ends along the edge, both included


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What the desktop says of its panels, in device pixels."""

    width: int  # of all screens together
    height: int
    struts: tuple[Strut, ...] = ()
    areas: tuple[Box, ...] = ()  # what is left of each screen, where the desktop works that out itself


def struts_of(numbers: Sequence[int], width: int, height: int) -> Iterator[Strut]:
    """From _NET_WM_STRUT_PARTIAL (twelve numbers) or the older _NET_WM_STRUT (four, each along its whole edge)."""
    for at, side in enumerate(SIDES[: len(numbers)]):
        whole = (0, (height if side in ("left", "right") else width) - 1)
        first, last = (numbers[4 + 2 * at], numbers[5 + 2 * at]) if len(numbers) >= 12 else whole
        if numbers[at] > 0:
            yield Strut(side=side, depth=numbers[at], first=first, last=last)


def left_over(screen: Box, taken: Taken) -> Box:
    """What panels leave of `screen`; all of it in device pixels."""
    for area in taken.areas:
        if screen.x <= area.x and screen.y <= area.y and area.right <= screen.right and area.bottom <= screen.bottom:
            return area
    free = screen
    for strut in taken.struts:
        depth = _depth_on(screen, strut, taken)
        # A panel between two screens counts from the far edge of all of them: it does not take the whole other one.
        if depth * 2 > (screen.width if strut.side in ("left", "right") else screen.height):
            continue
        already = {
            "left": free.x - screen.x,
            "right": screen.right - free.right,
            "top": free.y - screen.y,
            "bottom": screen.bottom - free.bottom,
        }
        free = cut(free, strut.side, max(0, depth - already[strut.side]))
    return free


def _depth_on(screen: Box, strut: Strut, taken: Taken) -> int:
    """How far the strip reaches into the screen; 0 or less where it runs past it."""
    if strut.side in ("left", "right"):
        passes = strut.last < screen.y or strut.first >= screen.bottom
    else:
        passes = strut.last < screen.x or strut.first >= screen.right
    if passes:
        return 0
    match strut.side:
        case "left":
            return strut.depth - screen.x
        case "right":
            return strut.depth - (taken.width - screen.right)
        case "top":
            return strut.depth - screen.y
        case _:
            return strut.depth - (taken.height - screen.bottom)


def to_logical(free: Box, screen: Box, ratio: float) -> Box:
    """`free` is in device pixels, `screen` in logical ones; both begin at the same corner."""
    x = screen.x + math.ceil((free.x - screen.x) / ratio)
    y = screen.y + math.ceil((free.y - screen.y) / ratio)
    right = screen.x + math.floor((free.right - screen.x) / ratio)
    bottom = screen.y + math.floor((free.bottom - screen.y) / ratio)
    return Box(x=x, y=y, width=max(0, right - x), height=max(0, bottom - y))
