"""The app's own icon: a U on a tile, drawn from the measures of `assets/usagetray.svg`.

`python -m usagetray.views.icon.app FOLDER` writes one PNG per size: how `packaging/linux/icons/` was made.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from usagetray.views.icon.marks import SCALE, canvas_for, pixels

APP_ICON_SIZES = (16, 22, 24, 32, 48, 64, 128, 256)

_TILE_TOP, _TILE_FOOT = (0x2F, 0x41, 0x72), (0x14, 0x1C, 0x36)
_FILL_LEFT, _FILL_RIGHT = (0xFF, 0xFF, 0xFF), (0x8F, 0xB6, 0xFF)
_PALE_OPACITY = 0.38


def render_app_icon(size: int) -> Image.Image:
    """RGBA, `size` px square. Arms and gap lie on whole pixels at every size, so that small ones stay sharp."""
    left, stroke = size * 3 // 16, (size * 3 + 8) // 16
    side, gap = size - 2 * left, max(1, size // 16)
    right = size - left - stroke

    icon = _gradient(size, _TILE_TOP, _TILE_FOOT)
    tile, draw = canvas_for(size, size)
    draw.rounded_rectangle(pixels(0, 0, size, size), size * SCALE * 28 / 128, fill=255)
    icon.putalpha(tile.reduce(SCALE))

    pale, draw = canvas_for(size, size)
    draw.rectangle(pixels(right, left, stroke, stroke), fill=255)
    icon.alpha_composite(_inked(Image.new("RGB", (size, size), _FILL_LEFT), pale, _PALE_OPACITY))

    # The outlines start far above, so that only the feet are round; then the two ends are cut.
    shape, draw = canvas_for(size, size)
    for inset, fill in ((0, 255), (stroke, 0)):
        width = side - 2 * inset
        box = pixels(left + inset, -size, width, size + left + side - inset)
        draw.rounded_rectangle(box, width * SCALE / 2, fill=fill)
    draw.rectangle(pixels(0, 0, size, left), fill=0)
    draw.rectangle(pixels(right, 0, stroke, left + stroke + gap), fill=0)
    across = _gradient(side, _FILL_RIGHT, _FILL_LEFT).transpose(Image.Transpose.ROTATE_270)
    fill_colours = Image.new("RGB", (size, size))
    fill_colours.paste(across, (left, left))
    icon.alpha_composite(_inked(fill_colours, shape, 1.0))
    return icon


def write_app_icons(folder: Path) -> None:
    """One `SIZE.png` per size. Raises OSError where `folder` cannot be written."""
    for size in APP_ICON_SIZES:
        render_app_icon(size).save(folder / f"{size}.png", optimize=True)


def _gradient(side: int, top: tuple[int, int, int], foot: tuple[int, int, int]) -> Image.Image:
    """RGB, a square from one colour down to the other."""
    share = Image.linear_gradient("L").resize((side, side), Image.Resampling.BILINEAR)
    return Image.composite(Image.new("RGB", (side, side), foot), Image.new("RGB", (side, side), top), share)


def _inked(colours: Image.Image, shape: Image.Image, opacity: float) -> Image.Image:
    layer = colours.convert("RGBA")
    layer.putalpha(shape.reduce(SCALE).point([round(value * opacity) for value in range(256)]))
    return layer


if __name__ == "__main__":
    write_app_icons(Path(sys.argv[1]))
