"""The tray icon: a picture in words in, pixels out, in the style the user chose.

Pure. Each state has its own shape in each style, so that it can be told without colour.
"""

from __future__ import annotations

from PIL import Image

from usagetray.views.icon import bars, marks, number, ring
from usagetray.views.icon.grids import Grid, Inks, Theme, grid_for, inks_for
from usagetray.views.icon.paint import lay
from usagetray.views.icon.picture import IconPicture, IconState, Style

_STYLES = {"bars": bars.draw, "ring": ring.draw, "number": number.draw}


def render_icon(
    picture: IconPicture, size_px: int, theme: Theme, style: Style = "bars", *, coloured: bool = True
) -> Image.Image:
    """RGBA, `size_px` square, clear around the shapes; in ink alone where it is not `coloured`.

    A size without a grid of its own gets the next smaller picture in its middle; scaling would blur it.
    Below 16 px nothing can be read: that raises ValueError.
    """
    grid = grid_for(size_px)
    if size_px < grid.size:
        raise ValueError(f"no tray icon is drawn below {grid.size} px, asked for {size_px}")
    native = _draw(picture, grid, inks_for(theme, coloured=coloured), style)
    if grid.size == size_px:
        return native
    canvas = Image.new("RGBA", (size_px, size_px))
    inset = (size_px - grid.size) // 2
    canvas.paste(native, (inset, inset))
    return canvas


def _draw(picture: IconPicture, grid: Grid, inks: Inks, style: Style) -> Image.Image:
    canvas = Image.new("RGBA", (grid.size, grid.size))
    if picture.state is IconState.FIRST_RUN:
        solid, pale = marks.symbol(grid.size)
        lay(canvas, solid, (0, 0), inks.ink)
        lay(canvas, pale, (0, 0), inks.ink, inks.track)
    elif picture.state is IconState.LOCKED:
        inset = (grid.size - grid.disc) // 2
        lay(canvas, marks.disc(grid.disc, grid.hole), (inset, inset), inks.critical)
    else:
        _STYLES[style](canvas, picture, grid, inks)
    return canvas
