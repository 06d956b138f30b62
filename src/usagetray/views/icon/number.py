"""The style with a number: the tightest window's figure as large as it goes, and below it the week's bar."""

from __future__ import annotations

from PIL import Image, ImageChops

from usagetray.quick_dataclass import dataclass
from usagetray.views.icon import digits as digits
from usagetray.views.icon import marks
from usagetray.views.icon.bars import filled_columns
from usagetray.views.icon.grids import DASH_OPACITY, STALE_OPACITY, Grid, Inks
from usagetray.views.icon.paint import fill_ink, lay, state_ink
from usagetray.views.icon.picture import Bar, IconPicture, IconState

TEETH = 4
"""Of the row under a figure that warns."""


@dataclass(frozen=True, slots=True)
class _Measures:
    font_px: float  # 0: too small for a font
    row: int  # height of the bar below
    plate_px: float  # size of the figures that are cut out of a plate
    block: tuple[int, int, int] = (0, 0, 0)  # width, height and gap of figures made of rectangles
    plate_block: tuple[int, int, int] = (0, 0, 0)


_MEASURES = {
    16: _Measures(0, 3, 0, (7, 11, 2), (6, 10, 1)),
    18: _Measures(0, 4, 0, (8, 12, 2), (6, 10, 2)),
    20: _Measures(16.5, 4, 13),
    22: _Measures(18, 4, 14),
    24: _Measures(19.5, 5, 16),
    32: _Measures(26, 6, 21),
    44: _Measures(36, 8, 28),
    48: _Measures(39, 9, 31),
    64: _Measures(52, 12, 41),
}
_STALE_SMALL = (3, 2)
"""Pixels on and off of a broken row at 16 and 18."""


def draw(canvas: Image.Image, picture: IconPicture, grid: Grid, inks: Inks) -> None:
    state, bar, its = picture.state, picture.tightest, _MEASURES[grid.size]
    if state is IconState.NO_SOURCE:
        shape = marks.glyph("?", 5) if not its.font_px else digits.text("?", its.font_px).shape
        lay(canvas, shape, ((grid.size - shape.width) // 2, (grid.size - shape.height) // 2), inks.ink)
        return
    if state in (IconState.CRITICAL, IconState.PAYING):
        _plate(canvas, state, bar, its, grid, inks)
        return
    cap = its.block[1] or digits.cap_height(its.font_px)
    gap = max(2, grid.size // 14)
    top = (grid.size - cap - gap - its.row) // 2
    _figure(canvas, state, bar, its, grid, inks, top, cap)
    _row(canvas, picture, its, grid, inks, top + cap + gap)


def _figure(
    canvas: Image.Image, state: IconState, bar: Bar, its: _Measures, grid: Grid, inks: Inks, top: int, cap: int
) -> None:
    if bar.share is None:
        width, height = round(grid.size * 0.36), max(2, round(grid.size / 12))
        lay(canvas, digits.dash(width, height), ((grid.size - width) // 2, top + (cap - height) // 2), inks.ink)
        return
    said = digits.shown_digits(bar.share)
    figure = digits.text(said, its.font_px) if its.font_px else digits.block(said, *its.block)
    opacity = STALE_OPACITY if state is IconState.STALE else 1.0
    corner = ((grid.size - figure.shape.width) // 2, top + cap - figure.above)
    lay(canvas, figure.shape, corner, fill_ink(state, bar, inks), opacity)


def _row(canvas: Image.Image, picture: IconPicture, its: _Measures, grid: Grid, inks: Inks, top: int) -> None:
    state, below = picture.state, picture.below
    left, width = grid.margin, grid.size - 2 * grid.margin
    if state is IconState.WARNING:
        lay(canvas, _teeth(width, its.row), (left, top), state_ink(state, inks))
    elif state is IconState.INCIDENT:
        side = its.row + 2 if its.font_px == 0 else max(its.row + 1, 6)
        shape = marks.diamond(side)
        lay(canvas, shape, ((grid.size - shape.width) // 2, min(top - 1, grid.size - shape.height)), inks.ink)
    elif state is IconState.STALE:
        lay(canvas, _broken(width, its), (left, top), inks.ink, STALE_OPACITY)
    elif below is None or below.share is None or picture.tightest.share is None:
        length, height = round(width * 0.36), max(1, its.row // 3)
        at = (left + (width - length) // 2, top + (its.row - height) // 2)
        lay(canvas, digits.dash(length, height), at, inks.ink, DASH_OPACITY)
    else:
        shape = marks.bar(width, its.row, 1.0)
        lay(canvas, shape, (left, top), inks.ink, inks.track)
        filled = filled_columns(below.share, width)
        if filled:
            lay(canvas, shape.crop((0, 0, filled, its.row)), (left, top), inks.ink)


def _teeth(width: int, height: int) -> marks.Mask:
    canvas, draw_on = marks.canvas_for(width, height)
    step, foot = canvas.width / TEETH, canvas.height - 1
    for place in range(TEETH):
        draw_on.polygon([(place * step, foot), ((place + 0.5) * step, 0), ((place + 1) * step - 1, foot)], fill=255)
    return canvas.reduce(marks.SCALE)


def _broken(width: int, its: _Measures) -> marks.Mask:
    """An underline in pieces."""
    on, off = _STALE_SMALL if not its.font_px else (its.row, its.row // 2)
    canvas, draw_on = marks.canvas_for(width, its.row)
    for left in range(0, width, on + off):
        draw_on.rectangle(marks.pixels(left, 0, min(on, width - left), its.row), fill=255)
    return canvas.reduce(marks.SCALE)


def _plate(canvas: Image.Image, state: IconState, bar: Bar, its: _Measures, grid: Grid, inks: Inks) -> None:
    """Figures, or the "$", cut out of a solid square."""
    side = grid.size - 2 * grid.margin
    plate = marks.bar(side, side, max(2.0, grid.size / 8))
    hole, top = _cut(state, bar, its, side)
    within = Image.new("L", plate.size)
    within.paste(hole, ((side - hole.width) // 2, top))
    lay(canvas, ImageChops.subtract(plate, within), (grid.margin, grid.margin), state_ink(state, inks))


def _cut(state: IconState, bar: Bar, its: _Measures, side: int) -> tuple[marks.Mask, int]:
    """The hole, and its top in a plate so high: figures stand on one line, whatever their feet."""
    if state is IconState.PAYING:
        shape = digits.text("$", its.plate_px * 1.1).shape if its.font_px else marks.glyph("$", 5)
        return shape, (side - shape.height) // 2
    said = digits.shown_digits(bar.share or 0.0)
    if not its.font_px:
        figure = digits.block(said, *its.plate_block)
        return figure.shape, (side - figure.shape.height) // 2
    figure = digits.text(said, its.plate_px)
    return figure.shape, (side + digits.cap_height(its.plate_px)) // 2 - figure.above
