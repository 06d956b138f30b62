"""The shapes of the tray icon as coverage masks: "L" images, 255 where the ink is whole.

Each is drawn eight times too large and reduced with a box filter, so that whole pixels stay whole.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Mask = Image.Image

SCALE = 8

FONT = Path(__file__).parents[2] / "data" / "InterBoldSubset.ttf"

# Below 20 px a polygon or a glyph would only be a blur, so these are set by hand.
_BITMAPS = {
    "triangle": ("..#..", ".###.", ".###.", "#####", "#####"),
    "diamond": ("..#..", ".###.", "##.##", ".###.", "..#.."),
    "$": ("..#..", ".####", "##...", "##...", ".###.", "...##", "...##", "####.", "..#.."),
    "?": (".###.", "##.##", "...##", "..##.", ".##..", ".##..", ".....", ".##..", ".##.."),
}
_BITMAP_WIDTH = 5


def canvas_for(width: int, height: int) -> tuple[Mask, ImageDraw.ImageDraw]:
    """An empty enlarged mask of `width` x `height` pixels; `reduce(SCALE)` brings it to size."""
    canvas = Image.new("L", (width * SCALE, height * SCALE))
    return canvas, ImageDraw.Draw(canvas)


def pixels(x: int, y: int, width: int, height: int) -> tuple[int, int, int, int]:
    """A box in pixels on the enlarged canvas; Pillow counts the far edges in."""
    return x * SCALE, y * SCALE, (x + width) * SCALE - 1, (y + height) * SCALE - 1


def bar(width: int, height: int, radius: float) -> Mask:
    """A rounded bar, in pixels."""
    canvas, draw = canvas_for(width, height)
    draw.rounded_rectangle(pixels(0, 0, width, height), radius * SCALE, fill=255)
    return canvas.reduce(SCALE)


def disc(diameter: int, hole: tuple[int, int]) -> Mask:
    """The locked-out sign: a disc with a bar-shaped hole in its middle."""
    canvas, draw = canvas_for(diameter, diameter)
    draw.ellipse(pixels(0, 0, diameter, diameter), fill=255)
    width, height = hole
    draw.rectangle(pixels((diameter - width) // 2, (diameter - height) // 2, width, height), fill=0)
    return canvas.reduce(SCALE)


def triangle(width: int) -> Mask:
    """The warning sign, as high as wide."""
    if width <= _BITMAP_WIDTH:
        return _bitmap("triangle")
    canvas, draw = canvas_for(width, width)
    side = width * SCALE
    # Two points at the tip: the middle of an even number of pixels lies between two of them.
    draw.polygon([(side // 2 - 1, 0), (side // 2, 0), (side - 1, side - 1), (0, side - 1)], fill=255)
    return canvas.reduce(SCALE)


def exclamation(width: int, height: int) -> Mask:
    """The critical sign: a stem, a gap, and a square dot as wide as the stem."""
    gap = max(1, (height + 4) // 8)
    stem = height - gap - width
    radius = width * SCALE // 4 if width > 3 else 0
    canvas, draw = canvas_for(width, height)
    draw.rounded_rectangle(pixels(0, 0, width, stem), radius, fill=255)
    draw.rounded_rectangle(pixels(0, stem + gap, width, width), radius, fill=255)
    return canvas.reduce(SCALE)


def diamond(width: int) -> Mask:
    """The incident sign: a square on its corner, with a hole of the same shape."""
    if width <= _BITMAP_WIDTH:
        return _bitmap("diamond")
    canvas, draw = canvas_for(width, width)
    side = width * SCALE
    draw.polygon(_diamond(side, side // 2), fill=255)
    draw.polygon(_diamond(side, round(side * 0.19)), fill=0)
    return canvas.reduce(SCALE)


def glyph(character: str, width: int) -> Mask:
    """A "$" or "?" as wide as the column; from 6 px on in the shipped font. Raises OSError if that is missing."""
    if width <= _BITMAP_WIDTH:
        return _bitmap(character)
    basic = ImageFont.Layout.BASIC  # the same picture with and without the optional text shaper
    em = 100
    advance = ImageFont.truetype(str(FONT), em, layout_engine=basic).getlength(character)
    font = ImageFont.truetype(str(FONT), em * width * SCALE / advance, layout_engine=basic)
    height = (3 * width + 1) // 2
    drawn, draw = canvas_for(width * 2, height * 2)
    draw.text((0, 0), character, fill=255, font=font)
    # By its ink and not by its advance: a "$" keeps its stem on the middle pixel of an odd column.
    ink = drawn.crop(drawn.getbbox())
    canvas, _ = canvas_for(width, height)
    canvas.paste(ink, ((canvas.width - ink.width) // 2, (canvas.height - ink.height) // 2))
    return canvas.reduce(SCALE)


def symbol(size: int) -> tuple[Mask, Mask]:
    """The app's sign on a square of `size`: the U, and the pale end of its right arm, which is what is left."""
    margin = max(1, round(size / 16))
    side = size - 2 * margin
    stroke, pale, gap = round(side * 4 / 14), round(side * 5 / 14), max(1, round(side / 14))
    right, foot = size - margin - stroke, size - margin

    solid, draw = canvas_for(size, size)
    # Both outlines start above the square, so that only their feet are round.
    draw.rounded_rectangle(pixels(margin, -size, side, size + foot), stroke * SCALE * 3 // 2, fill=255)
    inner = side - 2 * stroke
    draw.rounded_rectangle(pixels(margin + stroke, -size, inner, size + foot - stroke), stroke * SCALE // 2, fill=0)
    draw.rectangle(pixels(0, 0, size, margin), fill=0)
    draw.rectangle(pixels(right, 0, stroke, margin + pale + gap), fill=0)

    end, draw = canvas_for(size, size)
    draw.rectangle(pixels(right, margin, stroke, pale), fill=255)
    return solid.reduce(SCALE), end.reduce(SCALE)


def _diamond(side: int, half: int) -> list[tuple[int, int]]:
    """A diamond of half-width `half` in the middle of a square of an even `side`, with twin points at each corner."""
    low, high = side // 2 - 1, side // 2
    return [
        (low, high - half), (high, high - half),
        (low + half, low), (low + half, high),
        (high, low + half), (low, low + half),
        (high - half, high), (high - half, low),
    ]  # fmt: skip


def _bitmap(name: str) -> Mask:
    rows = _BITMAPS[name]
    mask = Image.new("L", (len(rows[0]), len(rows)))
    mask.putdata([255 if cell == "#" else 0 for row in rows for cell in row])
    return mask
