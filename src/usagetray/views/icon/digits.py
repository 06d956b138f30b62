"""Figures for the icon: from 20 px on in the shipped font, below as rectangles on whole pixels."""

from __future__ import annotations

import math

from PIL import Image, ImageFont

from usagetray.quick_dataclass import dataclass
from usagetray.views.icon.marks import FONT, SCALE, Mask, canvas_for, pixels

_CAP = 0.727
"""Height of a figure in the shipped font, of its size."""

_SEGMENTS = {
    "0": "tabcde", "1": "bc", "2": "tbmed", "3": "tbmcd", "4": "ambc", "5": "tamcd", "6": "tamecd", "7": "tbc",
    "8": "tabmecd", "9": "tabmcd",
}  # fmt: skip
"""Of a figure of seven: top, a and b left and right above the middle, e and c below it, d at the foot."""


@dataclass(frozen=True, slots=True)
class Written:
    shape: Mask
    below: int = 0
    """Rows of the shape below the line it stands on: the feet of "0" and "6" round out a little, the "$" hangs."""

    @property
    def above(self) -> int:
        return self.shape.height - self.below


def shown_digits(share: float) -> str:
    """Two at most: 100 is never written, the disc or the "$" says it."""
    return str(min(99, max(0, math.floor(round(share * 100, 6)))))


def cap_height(font_px: float) -> int:
    return max(1, round(font_px * _CAP))


def text(characters: str, font_px: float) -> Written:
    """The characters side by side, as wide as their ink."""
    font = ImageFont.truetype(str(FONT), font_px * SCALE, layout_engine=ImageFont.Layout.BASIC)
    width = math.ceil(font.getlength(characters)) + 4 * SCALE
    height = cap_height(font_px)
    drawn, draw = canvas_for(math.ceil(width / SCALE) + 2, 3 * height)
    # On a line of whole pixels: what rounds out below it ("0", "$") is drawn below it.
    draw.text((SCALE, 2 * height * SCALE), characters, fill=255, font=font, anchor="ls")
    left, top, right, bottom = drawn.getbbox() or (0, 0, 1, 1)
    wide = math.ceil((right - left) / SCALE)
    above = math.ceil((2 * height * SCALE - top) / SCALE)
    foot = math.ceil((bottom - 2 * height * SCALE) / SCALE)  # of a dash it lies above the line
    below = max(0, foot)
    room = max(above, foot + height) + below
    canvas, _ = canvas_for(wide, room)
    inset = (wide * SCALE - (right - left)) // 2
    end = 2 * height + below
    canvas.paste(drawn.crop((left, (end - room) * SCALE, right, end * SCALE)), (inset, 0))
    return Written(canvas.reduce(SCALE), below)


def block(digits: str, width: int, height: int, gap: int, stroke: int = 2) -> Written:
    """Figures of rectangles, each `width` by `height` pixels, with their outer corners cut."""
    canvas, _ = canvas_for(len(digits) * width + (len(digits) - 1) * gap, height)
    for place, digit in enumerate(digits):
        canvas.paste(_block_digit(digit, width, height, stroke), (place * (width + gap) * SCALE, 0))
    return Written(canvas.reduce(SCALE))


def _block_digit(digit: str, width: int, height: int, stroke: int) -> Mask:
    middle = (height - stroke) // 2
    foot, right = height - stroke, width - stroke
    boxes = {
        "t": (0, 0, width, stroke),
        "m": (0, middle, width, stroke),
        "d": (0, foot, width, stroke),
        "a": (0, 0, stroke, middle + stroke),
        "b": (right, 0, stroke, middle + stroke),
        "e": (0, middle, stroke, height - middle),
        "c": (right, middle, stroke, height - middle),
    }
    lit = _SEGMENTS[digit]
    canvas, draw = canvas_for(width, height)
    for segment, box in boxes.items():
        if segment in lit:
            draw.rectangle(pixels(*box), fill=255)
    for one, other, x, y in (
        ("t", "a", 0, 0),
        ("t", "b", width - 1, 0),
        ("d", "e", 0, height - 1),
        ("d", "c", width - 1, height - 1),
    ):
        if one in lit and other in lit:
            draw.rectangle(pixels(x, y, 1, 1), fill=0)
    return canvas


def dash(width: int, height: int) -> Mask:
    return Image.new("L", (max(1, width), max(1, height)), 255)
