"""The style with a ring: the tightest window clockwise from the top, from 22 px on with its figure inside."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image, ImageChops

from usagetray.quick_dataclass import dataclass
from usagetray.views.icon import digits as digits
from usagetray.views.icon import marks
from usagetray.views.icon.grids import DASH_OPACITY, STALE_OPACITY, Grid, Inks
from usagetray.views.icon.paint import erase, fill_ink, lay, state_ink, track_opacity
from usagetray.views.icon.picture import Bar, IconPicture, IconState

STALE_ARC, STALE_GAP = 20, 10
"""Degrees of an old ring that are drawn and left out."""
_TOP = -90


@dataclass(frozen=True, slots=True)
class _Measures:
    diameter: int
    thickness: float
    font_px: float  # 0: too small for figures


_MEASURES = {
    16: _Measures(16, 3, 0),
    18: _Measures(18, 3, 0),
    20: _Measures(20, 3, 0),
    22: _Measures(22, 2, 11),
    24: _Measures(24, 2.5, 12),
    32: _Measures(30, 3, 16),
    44: _Measures(40, 4, 21.5),
    48: _Measures(44, 4.5, 24),
    64: _Measures(60, 6, 33),
}
_IN_PLACE = {IconState.PAYING: "$", IconState.NO_SOURCE: "?"}
"""What takes the figure's place."""


def draw(canvas: Image.Image, picture: IconPicture, grid: Grid, inks: Inks) -> None:
    state, bar, its = picture.state, picture.tightest, _MEASURES[grid.size]
    if state is IconState.NO_SOURCE:
        bar = Bar(share=None)
    at = (grid.size - its.diameter) // 2
    lay(canvas, _arc(its, 0, 360), (at, at), inks.ink, track_opacity(state, bar, inks))
    share = 1.0 if state is IconState.PAYING else min(bar.share or 0.0, 1.0)
    opacity = STALE_OPACITY if state is IconState.STALE else 1.0
    for begin, end in _arcs(share, broken=state is IconState.STALE):
        lay(canvas, _arc(its, begin, end), (at, at), fill_ink(state, bar, inks), opacity)
    if its.font_px:
        _figure(canvas, state, bar, its, grid, inks)
        _beside(canvas, state, grid, inks)
    else:
        _inside(canvas, state, bar, grid, inks)


def _arcs(share: float, *, broken: bool) -> Iterator[tuple[float, float]]:
    """Degrees from the top, clockwise; the first use is seen, and only all of it closes the ring."""
    end = 360.0 if share >= 1.0 else min(max(share * 360, 12.0), 350.0) if share > 0 else 0.0
    if not broken:
        if end:
            yield 0.0, end
        return
    begin = 0.0
    while begin < end:
        yield begin, min(begin + STALE_ARC, end)
        begin += STALE_ARC + STALE_GAP


def _arc(its: _Measures, begin: float, end: float) -> marks.Mask:
    canvas, draw_on = marks.canvas_for(its.diameter, its.diameter)
    side = its.diameter * marks.SCALE - 1
    draw_on.pieslice((0, 0, side, side), _TOP + begin, _TOP + end, fill=255)
    inset = round(its.thickness * marks.SCALE)
    draw_on.ellipse((inset, inset, side - inset, side - inset), fill=0)
    return canvas.reduce(marks.SCALE)


def _inside(canvas: Image.Image, state: IconState, bar: Bar, grid: Grid, inks: Inks) -> None:
    """Too small for figures: the mark stands in the hole."""
    shape = _mark(state)
    if shape is not None:
        corner = ((grid.size - shape.width) // 2, (grid.size - shape.height) // 2)
        lay(canvas, shape, corner, state_ink(state, inks))
    elif bar.share is None:
        wide = 4
        lay(canvas, digits.dash(wide, 2), ((grid.size - wide) // 2, grid.size // 2 - 1), inks.ink)


def _mark(state: IconState) -> marks.Mask | None:
    match state:
        case IconState.WARNING:
            return marks.triangle(6)
        case IconState.CRITICAL:
            return marks.exclamation(2, 8)
        case IconState.PAYING:
            return marks.glyph("$", 5)
        case IconState.NO_SOURCE:
            return marks.glyph("?", 5)
        case IconState.INCIDENT:
            return marks.diamond(6)
        case _:
            return None


def _figure(canvas: Image.Image, state: IconState, bar: Bar, its: _Measures, grid: Grid, inks: Inks) -> None:
    said = _IN_PLACE.get(state) or (digits.shown_digits(bar.share) if bar.share is not None else "–")
    opacity = STALE_OPACITY if state is IconState.STALE else DASH_OPACITY if said == "–" else 1.0
    figure = digits.text(said, its.font_px)
    shape = figure.shape
    line = (grid.size + digits.cap_height(its.font_px) + 1) // 2  # the figure stands on a whole pixel
    top = (grid.size - shape.height) // 2 if said == "–" else line - figure.above
    ink = state_ink(state, inks) if state is IconState.PAYING else fill_ink(state, bar, inks)
    lay(canvas, shape, ((grid.size - shape.width + 1) // 2, top), ink, opacity)


def _beside(canvas: Image.Image, state: IconState, grid: Grid, inks: Inks) -> None:
    """The mark at the bottom right, in a halo that is kept clear of the ring."""
    match state:
        case IconState.WARNING:
            shape = marks.triangle(grid.wide_mark)
        case IconState.CRITICAL:
            width = max(3, round(0.72 * grid.narrow_mark))
            shape = marks.exclamation(width, round(3.4 * width))
        case IconState.INCIDENT:
            shape = marks.diamond(grid.wide_mark)
        case _:
            return
    corner = (grid.size - shape.width, grid.size - shape.height)
    halo = max(1, round(grid.size / 22))
    erase(canvas, _grown(shape, halo), (corner[0] - halo, corner[1] - halo))
    lay(canvas, shape, corner, state_ink(state, inks))


def _grown(shape: marks.Mask, by: int) -> marks.Mask:
    """The shape with everything within `by` pixels of it."""
    canvas = Image.new("L", (shape.width + 2 * by, shape.height + 2 * by))
    grown = canvas.copy()
    for x in range(2 * by + 1):
        for y in range(2 * by + 1):
            moved = canvas.copy()
            moved.paste(shape.point([255 if value > 96 else 0 for value in range(256)]), (x, y))
            grown = ImageChops.lighter(grown, moved)
    return grown
