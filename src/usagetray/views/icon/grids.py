"""The tray icon's measures and inks: one integer grid per size, because no size is scaled from another."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from usagetray.quick_dataclass import dataclass

Theme = Literal["dark", "light"]
"""How bright the taskbar is: "dark" asks for the light inks that stand out on it."""

Ink = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Where one bar lies from top to bottom, in pixels, and how round its corners are."""

    y: int
    height: int
    radius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """All measures of one size, in pixels."""

    size: int
    margin: int  # free at the left and at the right
    thick: Slot
    thin: Slot
    narrow_mark: int
    wide_mark: int
    mark_space: int  # between the bars and the mark's column
    stripe_on: int
    stripe_off: int
    disc: int  # diameter of the locked-out disc
    hole: tuple[int, int]  # width and height of the bar cut out of it

    @property
    def block_height(self) -> int:
        """From the top of the thick bar to the foot of the thin one."""
        return self.thin.y + self.thin.height - self.thick.y

    @property
    def single(self) -> Slot:
        """The one bar of a provider with one window: a little thicker, in the middle."""
        height = self.thick.height + 2
        return Slot(y=(self.size - height) // 2, height=height, radius=self.thick.radius)


def _grid(
    size: int,
    margin: int,
    thick: tuple[int, int, float],
    thin: tuple[int, int, float],
    marks: tuple[int, int, int],
    stripe: tuple[int, int],
    disc: tuple[int, int, int],
) -> Grid:
    return Grid(
        size=size,
        margin=margin,
        thick=Slot(y=thick[0], height=thick[1], radius=thick[2]),
        thin=Slot(y=thin[0], height=thin[1], radius=thin[2]),
        narrow_mark=marks[0],
        wide_mark=marks[1],
        mark_space=marks[2],
        stripe_on=stripe[0],
        stripe_off=stripe[1],
        disc=disc[0],
        hole=disc[1:],
    )


GRIDS = (
    # size, margin, thick y h r, thin y h r, narrow wide space, stripe, disc hole
    _grid(16, 0, (2, 6, 2), (10, 4, 1.5), (3, 5, 1), (2, 1), (14, 8, 2)),
    _grid(18, 0, (2, 7, 2), (11, 5, 1.5), (3, 5, 1), (2, 1), (16, 10, 2)),
    _grid(20, 0, (2, 8, 2), (13, 5, 2), (4, 6, 2), (2, 1), (18, 10, 4)),
    _grid(22, 1, (3, 8, 2), (14, 5, 2), (4, 6, 2), (2, 1), (18, 10, 4)),
    _grid(24, 1, (3, 9, 2.5), (15, 6, 2), (4, 7, 2), (2, 1), (20, 12, 4)),
    _grid(32, 1, (4, 12, 3), (20, 8, 2.5), (6, 9, 3), (3, 2), (26, 16, 4)),
    _grid(44, 2, (6, 16, 4), (28, 10, 3), (8, 12, 4), (4, 2), (36, 22, 6)),
    _grid(48, 2, (6, 18, 5), (30, 12, 3.5), (8, 13, 4), (4, 2), (40, 24, 6)),
    _grid(64, 2, (8, 24, 6), (40, 16, 5), (12, 18, 6), (6, 3), (54, 32, 8)),
)

NATIVE_SIZES = tuple(grid.size for grid in GRIDS)


def grid_for(size_px: int) -> Grid:
    """The largest grid that fits into a square of `size_px`; the smallest one for anything below it."""
    fitting = [grid for grid in GRIDS if grid.size <= size_px]
    return fitting[-1] if fitting else GRIDS[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inks:
    """The colours of one theme; opacities run from 0.0 to 1.0."""

    taskbar: Ink  # what the icon is expected to lie on
    ink: Ink
    warning: Ink
    critical: Ink
    paying: Ink
    track: float  # opacity of the ink in a bar's empty part
    coloured_track: float  # the same beside a coloured fill: fainter, so that fill and track stay apart


STALE_OPACITY = 0.78
DASH_OPACITY = 0.62

_INKS: dict[Theme, Inks] = {
    "light": Inks(
        taskbar=(0xF3, 0xF3, 0xF3),
        ink=(0x1B, 0x1D, 0x21),
        warning=(0x9A, 0x4A, 0x00),
        critical=(0xB3, 0x16, 0x0E),
        paying=(0x6A, 0x35, 0xD4),
        track=0.40,
        coloured_track=0.22,
    ),
    "dark": Inks(
        taskbar=(0x1C, 0x1C, 0x1C),
        ink=(0xFF, 0xFF, 0xFF),
        warning=(0xFF, 0xB2, 0x24),
        critical=(0xFF, 0x7A, 0x6E),
        paying=(0xC3, 0xA6, 0xFF),
        track=0.36,
        coloured_track=0.20,
    ),
}


def inks_for(theme: Theme, *, coloured: bool = True) -> Inks:
    inks = _INKS[theme]
    return inks if coloured else replace(inks, warning=inks.ink, critical=inks.ink, paying=inks.ink)
