"""A contact sheet of the tray icon: every style, state, size and theme, for `usagetray icon-sheet FILE.png`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from usagetray.domain.states import Level
from usagetray.views.icon.grids import NATIVE_SIZES, Ink, Theme, inks_for
from usagetray.views.icon.picture import STYLES, Bar, IconPicture, IconState, Style
from usagetray.views.icon.render import render_icon

_CALM, _WEEK = Bar(share=0.62), Bar(share=0.41)

SAMPLES: tuple[tuple[str, IconPicture], ...] = (
    ("normal", IconPicture(state=IconState.NORMAL, short=_CALM, week=_WEEK)),
    ("warning", IconPicture(state=IconState.WARNING, short=Bar(share=0.78, level=Level.WARNING), week=_WEEK)),
    ("warning, week", IconPicture(state=IconState.WARNING, short=_CALM, week=Bar(share=0.88, level=Level.WARNING))),
    ("critical", IconPicture(state=IconState.CRITICAL, short=Bar(share=0.93, level=Level.CRITICAL), week=_WEEK)),
    ("locked out", IconPicture(state=IconState.LOCKED, short=Bar(share=1.0, level=Level.LOCKED), week=_WEEK)),
    ("paying extra", IconPicture(state=IconState.PAYING, short=Bar(share=1.0, level=Level.PAYING), week=_WEEK)),
    ("incident", IconPicture(state=IconState.INCIDENT, short=_CALM, week=_WEEK)),
    ("stale", IconPicture(state=IconState.STALE, short=_CALM, week=_WEEK)),
    ("no source", IconPicture(state=IconState.NO_SOURCE)),
    ("not started", IconPicture(state=IconState.NORMAL, short=Bar(share=0.0), week=_WEEK)),
    ("no value", IconPicture(state=IconState.NORMAL, short=Bar(share=None), week=_WEEK)),
    ("one window", IconPicture(state=IconState.NORMAL, short=_CALM)),
    ("not started, one", IconPicture(state=IconState.NORMAL, short=Bar(share=0.0))),
    ("no value, one", IconPicture(state=IconState.NORMAL, short=Bar(share=None))),
    ("first run", IconPicture(state=IconState.FIRST_RUN)),
)
"""One picture of every state, and of each way a bar can be without a figure."""

SHEET_SIZES = tuple(sorted((*NATIVE_SIZES, 28)))  # 28 is a Windows size without a grid of its own

_ZOOMED = ((16, 5), (24, 4))
_COLUMN, _GAP, _LABEL_COLUMN, _LABEL_ROW = 112, 6, 96, 22
_CELL_HEIGHT = 184  # four lines of true sizes
_PAPER, _TEXT = (0xFF, 0xFF, 0xFF), (0x16, 0x18, 0x1D)


def icon_on_taskbar(
    picture: IconPicture, size_px: int, theme: Theme, style: Style = "bars", *, coloured: bool = True
) -> Image.Image:
    """RGB: the icon as it looks lying on a taskbar of the theme."""
    ground = Image.new("RGBA", (size_px, size_px), inks_for(theme).taskbar)
    ground.alpha_composite(render_icon(picture, size_px, theme, style, coloured=coloured))
    return ground.convert("RGB")


def write_icon_sheet(path: Path) -> None:
    """Write the sheet as a PNG. Raises OSError where `path` cannot be written."""
    rows = tuple(_rows())
    heights = [max(cell.height for cell in cells) + 2 * _GAP for _, cells, _ in rows]
    size = (_LABEL_COLUMN + len(SAMPLES) * _COLUMN, _LABEL_ROW + sum(heights) + _GAP * len(rows))
    sheet = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(12)
    for column, (name, _) in enumerate(SAMPLES):
        draw.text((_LABEL_COLUMN + (column + 0.5) * _COLUMN, _LABEL_ROW / 2), name, _TEXT, font, anchor="mm")

    top = _LABEL_ROW
    for (label, cells, taskbar), height in zip(rows, heights, strict=True):
        draw.text((_GAP, top + height / 2), label, _TEXT, font, anchor="lm")
        draw.rectangle((_LABEL_COLUMN, top, size[0] - 1, top + height - 1), fill=taskbar)
        for column, cell in enumerate(cells):
            left = _LABEL_COLUMN + column * _COLUMN + (_COLUMN - cell.width) // 2
            sheet.paste(cell, (left, top + (height - cell.height) // 2))
        top += height + _GAP
    sheet.save(path, format="PNG")


_Row = tuple[str, list[Image.Image], Ink]


def _rows() -> Iterator[_Row]:
    """Each row's label, its cells, and the taskbar they lie on."""
    themes: tuple[Theme, ...] = ("dark", "light")
    for style in STYLES:
        for size, zoom in _ZOOMED:
            for theme in themes:
                cells = [icon_on_taskbar(picture, size, theme, style) for _, picture in SAMPLES]
                enlarged = [cell.resize((size * zoom, size * zoom), Image.Resampling.NEAREST) for cell in cells]
                yield f"{style}, {size} px", enlarged, inks_for(theme).taskbar
        for theme in themes:
            for coloured in (True, False):
                cells = [_true_sizes(picture, theme, style, coloured=coloured) for _, picture in SAMPLES]
                yield f"{theme}" if coloured else "one colour", cells, inks_for(theme).taskbar


def _true_sizes(picture: IconPicture, theme: Theme, style: Style, *, coloured: bool) -> Image.Image:
    """One picture in all sizes, as many in a line as the column holds."""
    cell = Image.new("RGB", (_COLUMN - 2 * _GAP, _CELL_HEIGHT), inks_for(theme).taskbar)
    x = y = line = 0
    for size in SHEET_SIZES:
        if x + size > cell.width:
            x, y, line = 0, y + line + _GAP, 0
        cell.paste(icon_on_taskbar(picture, size, theme, style, coloured=coloured), (x, y))
        x, line = x + size + _GAP, max(line, size)
    return cell
