"""The style with two bars: thick for the short window, thin for the week, and a mark in a column of its own."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image

from usagetray.domain.states import Level
from usagetray.views.icon import marks
from usagetray.views.icon.grids import DASH_OPACITY, STALE_OPACITY, Grid, Inks, Slot
from usagetray.views.icon.paint import fill_ink, lay, state_ink, track_opacity
from usagetray.views.icon.picture import Bar, IconPicture, IconState


def draw(canvas: Image.Image, picture: IconPicture, grid: Grid, inks: Inks) -> None:
    bars = tuple(_bars(picture, grid))
    column = _mark_width(picture.state, grid)
    width = grid.size - 2 * grid.margin - (column + grid.mark_space if column else 0)
    for one, slot in bars:
        _draw_bar(canvas, picture.state, one, slot, width, grid, inks)
    if column:
        _draw_mark(canvas, picture.state, bars, grid, inks)


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
        lay(canvas, marks.bar(length, height, 0), corner, inks.ink, DASH_OPACITY)
        return

    shape = marks.bar(width, slot.height, slot.radius)
    colour, corner = fill_ink(state, bar, inks), (grid.margin, slot.y)
    lay(canvas, shape, corner, inks.ink, track_opacity(state, bar, inks))
    is_paid = state is IconState.PAYING and bar.level is Level.PAYING
    filled = width if is_paid else filled_columns(bar.share, width)
    if not filled:
        return
    if state is IconState.STALE:
        step = grid.stripe_on + grid.stripe_off
        for left in range(0, filled, step):
            stripe = shape.crop((left, 0, min(left + grid.stripe_on, filled), slot.height))
            lay(canvas, stripe, (corner[0] + left, corner[1]), colour, STALE_OPACITY)
    else:
        lay(canvas, shape.crop((0, 0, filled, slot.height)), corner, colour)


def filled_columns(share: float, width: int) -> int:
    """How many of a bar's pixel columns are filled: seen from the first use on, full only when all is used."""
    if share <= 0.0:
        return 0
    if share >= 1.0:
        return width
    return min(max(int(share * width + 0.5), 2), width - 1)


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
        shape = marks.triangle(grid.wide_mark)
    elif state is IconState.CRITICAL:
        shape = marks.exclamation(grid.narrow_mark, grid.block_height)
    elif state is IconState.PAYING:
        shape = marks.glyph("$", grid.wide_mark)
    elif state is IconState.INCIDENT:
        shape = marks.diamond(grid.wide_mark)
    else:
        shape = marks.glyph("?", grid.wide_mark)
    left = grid.size - grid.margin - shape.width
    lay(canvas, shape, (left, top + (height - shape.height) // 2), state_ink(state, inks))
