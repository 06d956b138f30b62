"""Laying a shape's ink on the icon, and which ink a state wears."""

from __future__ import annotations

from PIL import Image

from usagetray.domain.states import Level
from usagetray.views.icon.grids import Ink, Inks
from usagetray.views.icon.marks import Mask
from usagetray.views.icon.picture import Bar, IconState

COLOURED = (IconState.WARNING, IconState.CRITICAL, IconState.PAYING)


def lay(canvas: Image.Image, shape: Mask, corner: tuple[int, int], ink: Ink, opacity: float = 1.0) -> None:
    """Put `ink` over the canvas where the mask is, `corner` being the mask's top left."""
    layer = Image.new("RGBA", shape.size, ink)
    layer.putalpha(shape if opacity == 1.0 else shape.point([round(value * opacity) for value in range(256)]))
    canvas.alpha_composite(layer, corner)


def erase(canvas: Image.Image, shape: Mask, corner: tuple[int, int]) -> None:
    """Make the canvas clear where the mask is."""
    hole = Image.new("L", canvas.size)
    hole.paste(shape, corner)
    kept = canvas.getchannel("A")
    kept.paste(0, (0, 0), hole)
    canvas.putalpha(kept)


def wears_colour(state: IconState, bar: Bar) -> bool:
    """A bar has its level's colour, but only in a state whose mark says the same in a shape."""
    return state in COLOURED and bar.level is not Level.NORMAL


def fill_ink(state: IconState, bar: Bar, inks: Inks) -> Ink:
    if not wears_colour(state, bar):
        return inks.ink
    return {
        Level.NORMAL: inks.ink,
        Level.WARNING: inks.warning,
        Level.CRITICAL: inks.critical,
        Level.PAYING: inks.paying,
        Level.LOCKED: inks.critical,
    }[bar.level]


def state_ink(state: IconState, inks: Inks) -> Ink:
    """Of the mark that says the state."""
    return {
        IconState.WARNING: inks.warning,
        IconState.CRITICAL: inks.critical,
        IconState.LOCKED: inks.critical,
        IconState.PAYING: inks.paying,
    }.get(state, inks.ink)


def track_opacity(state: IconState, bar: Bar, inks: Inks) -> float:
    """Fainter under a coloured fill, so that the two stay apart."""
    return inks.coloured_track if wears_colour(state, bar) else inks.track
