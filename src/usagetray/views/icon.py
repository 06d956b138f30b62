"""The tray icon: two bars, thick for the short window and thin for the week, and a mark that says what is wrong.

Pure: a picture in words in, pixels out. Each state has its own shape, so that it can be told without colour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image

from usagetray.domain.states import Level
from usagetray.views import icon_marks as marks
from usagetray.views.icon_grids import (
    DASH_OPACITY,
    STALE_OPACITY,
    Grid,
    Ink,
    Inks,
    Slot,
    Theme,
    grid_for,
    inks_for,
)


class IconState(StrEnum):
    NORMAL = "normal"
    WARNING = "warning"
    CRITICAL = "critical"
    LOCKED = "locked"
    PAYING = "paying"
    INCIDENT = "incident"
    STALE = "stale"
    NO_SOURCE = "no_source"
    FIRST_RUN = "first_run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    share: float | None
    """Share used, 0.0 upward; 0.0 also while the window has not started; None without a value, drawn as a dash."""
    level: Level = Level.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class IconPicture:
    """What the icon is to say. A bar that is None is a window the provider does not have."""

    state: IconState
    short: Bar | None = None
    week: Bar | None = None


def render_icon(picture: IconPicture, size_px: int, theme: Theme) -> Image.Image:
    """RGBA, `size_px` square, clear around the shapes.

    A size without a grid of its own gets the next smaller picture in its middle; scaling would blur it.
    Below 16 px nothing can be read: that raises ValueError.
    """
    grid = grid_for(size_px)
    if size_px < grid.size:
        raise ValueError(f"no tray icon is drawn below {grid.size} px, asked for {size_px}")
    native = _draw(picture, grid, inks_for(theme))
    if grid.size == size_px:
        return native
    canvas = Image.new("RGBA", (size_px, size_px))
    inset = (size_px - grid.size) // 2
    canvas.paste(native, (inset, inset))
    return canvas


def _draw(picture: IconPicture, grid: Grid, inks: Inks) -> Image.Image:
    canvas = Image.new("RGBA", (grid.size, grid.size))
    if picture.state is IconState.FIRST_RUN:
        solid, pale = marks.symbol(grid.size)
        _lay(canvas, solid, (0, 0), inks.ink)
        _lay(canvas, pale, (0, 0), inks.ink, inks.track)
        return canvas
    if picture.state is IconState.LOCKED:
        inset = (grid.size - grid.disc) // 2
        _lay(canvas, marks.disc(grid.disc, grid.hole), (inset, inset), inks.critical)
        return canvas

    bars = tuple(_bars(picture, grid))
    column = _mark_width(picture.state, grid)
    width = grid.size - 2 * grid.margin - (column + grid.mark_space if column else 0)
    for one, slot in bars:
        _draw_bar(canvas, picture.state, one, slot, width, grid, inks)
    if column:
        _draw_mark(canvas, picture.state, bars, grid, inks)
    return canvas


def _bars(picture: IconPicture, grid: Grid) -> Iterator[tuple[Bar, Slot]]:
    """The bars to draw and where; never none, so that the icon is never invisible."""
    if picture.state is IconState.NO_SOURCE:
        yield Bar(share=0.0), grid.thick
        yield Bar(share=0.0), grid.thin
    elif picture.short is not None and picture.week is not None:
        yield picture.short, grid.thick
        yield picture.week, grid.thin
    else:
        yield picture.short or picture.week or Bar(share=None), grid.single


def _draw_bar(canvas: Image.Image, state: IconState, bar: Bar, slot: Slot, width: int, grid: Grid, inks: Inks) -> None:
    if bar.share is None:
        length, height = int(width * 0.36 + 0.5), max(1, slot.height // 3)
        corner = (grid.margin + (width - length) // 2, slot.y + (slot.height - height) // 2)
        _lay(canvas, marks.bar(length, height, 0), corner, inks.ink, DASH_OPACITY)
        return

    shape = marks.bar(width, slot.height, slot.radius)
    colour = _fill_ink(state, bar, inks)
    corner = (grid.margin, slot.y)
    _lay(canvas, shape, corner, inks.ink, inks.track if colour == inks.ink else inks.coloured_track)
    filled = width if colour == inks.paying else filled_columns(bar.share, width)
    if not filled:
        return
    if state is IconState.STALE:
        step = grid.stripe_on + grid.stripe_off
        for left in range(0, filled, step):
            stripe = shape.crop((left, 0, min(left + grid.stripe_on, filled), slot.height))
            _lay(canvas, stripe, (corner[0] + left, corner[1]), colour, STALE_OPACITY)
    else:
        _lay(canvas, shape.crop((0, 0, filled, slot.height)), corner, colour)


def filled_columns(share: float, width: int) -> int:
    """How many of a bar's pixel columns are filled: seen from the first use on, full only when all is used."""
    if share <= 0.0:
        return 0
    if share >= 1.0:
        return width
    return min(max(int(share * width + 0.5), 2), width - 1)


def _fill_ink(state: IconState, bar: Bar, inks: Inks) -> Ink:
    """A bar has its level's colour, but only in a state whose mark says the same in a shape."""
    if state not in (IconState.WARNING, IconState.CRITICAL, IconState.PAYING):
        return inks.ink
    return {
        Level.NORMAL: inks.ink,
        Level.WARNING: inks.warning,
        Level.CRITICAL: inks.critical,
        Level.PAYING: inks.paying,
        Level.LOCKED: inks.critical,
    }[bar.level]


def _mark_width(state: IconState, grid: Grid) -> int:
    """Of the column at the right that is kept free for the mark; 0 without one."""
    if state is IconState.CRITICAL:
        return grid.narrow_mark
    if state in (IconState.WARNING, IconState.PAYING, IconState.INCIDENT, IconState.NO_SOURCE):
        return grid.wide_mark
    return 0


def _draw_mark(
    canvas: Image.Image, state: IconState, bars: tuple[tuple[Bar, Slot], ...], grid: Grid, inks: Inks
) -> None:
    top, height = grid.thick.y, grid.block_height
    if state is IconState.WARNING:
        # The triangle stands beside the bar it means; of two alike, beside the thick one.
        meant = max(bars, key=lambda pair: pair[0].level)[1]
        top, height = meant.y, meant.height
        shape, colour = marks.triangle(grid.wide_mark), inks.warning
    elif state is IconState.CRITICAL:
        shape, colour = marks.exclamation(grid.narrow_mark, grid.block_height), inks.critical
    elif state is IconState.PAYING:
        shape, colour = marks.glyph("$", grid.wide_mark), inks.paying
    elif state is IconState.INCIDENT:
        shape, colour = marks.diamond(grid.wide_mark), inks.ink
    else:
        shape, colour = marks.glyph("?", grid.wide_mark), inks.ink
    left = grid.size - grid.margin - shape.width
    _lay(canvas, shape, (left, top + (height - shape.height) // 2), colour)


def _lay(canvas: Image.Image, shape: marks.Mask, corner: tuple[int, int], ink: Ink, opacity: float = 1.0) -> None:
    """Put `ink` over the canvas where the mask is, `corner` being the mask's top left."""
    layer = Image.new("RGBA", shape.size, ink)
    layer.putalpha(shape if opacity == 1.0 else shape.point([round(value * opacity) for value in range(256)]))
    canvas.alpha_composite(layer, corner)
