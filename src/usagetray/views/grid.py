"""Columns of text and figures for a terminal, never wider than asked, and only text whatever stands in them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from usagetray.quick_dataclass import dataclass
from usagetray.views.plain import clip, columns, pad, spelled

GAP = "  "
LEAST_TEXT = 3
LEAST_BESIDE = 20
_COLOURS = {"bold": "1", "dim": "2", "good": "32", "warn": "33"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    head: str
    cells: Sequence[str]
    total: str = ""  # what stands in the last row
    is_text: bool = False  # stands left, and is cut where there is no room; a figure never is
    least: int = 8  # to which width a text may be cut
    spare: int = 0  # above 0: left out where there is no room, the highest first

    @property
    def width(self) -> int:
        return max(map(columns, (self.head, self.total, *self.cells)))


Line = tuple[str, str]
"""A text and its style: "", "bold", "dim", "good", "warn"."""


def grid(given: Sequence[Column], width: int, *, indent: str = "") -> list[Line]:
    """The head, the rows, and a row of totals where any column has one."""
    shown, widths = _fitted(list(given), width - len(indent))
    lines = [(indent + _joined([each.head for each in shown], shown, widths), "bold")]
    for cells in zip(*(each.cells for each in shown), strict=True):
        lines.append((indent + _joined(cells, shown, widths), ""))
    if any(each.total for each in shown):
        lines.append((indent + _joined([each.total for each in shown], shown, widths), "bold"))
    return lines


def _fitted(shown: list[Column], width: int) -> tuple[list[Column], list[int]]:
    """The columns for which there is room, and their widths: texts are cut first, then columns go, then texts again."""
    while True:
        widths, over = _cut(shown, [each.least for each in shown], width)
        spare = max(shown, key=lambda each: each.spare)
        if over <= 0:
            return shown, widths
        if not spare.spare:
            return shown, _cut(shown, [LEAST_TEXT] * len(shown), width)[0]
        shown = [each for each in shown if each is not spare]


def _cut(shown: Sequence[Column], least: Sequence[int], width: int) -> tuple[list[int], int]:
    """The widths with texts cut as far as they may be, the widest first; and what is still too much."""
    widths = [each.width for each in shown]
    over = sum(widths) + len(GAP) * (len(shown) - 1) - width
    texts = [place for place, each in enumerate(shown) if each.is_text]
    while over > 0 and (wide := [place for place in texts if widths[place] > least[place]]):
        widths[max(wide, key=lambda place: widths[place])] -= 1
        over -= 1
    return widths, over


def _joined(cells: Iterable[str], shown: Sequence[Column], widths: Sequence[int]) -> str:
    parts = [
        pad(cell, width) if column.is_text else " " * (width - columns(cell)) + cell
        for cell, column, width in zip(cells, shown, widths, strict=True)
    ]
    return GAP.join(parts).rstrip()


def labelled(label: str, text: str, side: int, width: int) -> list[Line]:
    """A label of at most `side` columns with its text beside it, on as many lines as that takes."""
    lines = textwrap.wrap(text, max(LEAST_BESIDE, width - side), break_on_hyphens=False)
    return [(pad(label if not number else "", side) + line, "") for number, line in enumerate(lines)]


def wrapped(text: str, width: int, style: str = "", indent: str = "") -> list[Line]:
    return [
        (line, style)
        for line in textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
    ]


def rendered(lines: Iterable[Line], width: int, *, unicode: bool, color: bool) -> str:
    return "\n".join(_rendered(text, style, width, unicode, color) for text, style in lines)


def _rendered(text: str, style: str, width: int, unicode: bool, color: bool) -> str:
    text = text.replace("\u202f", " ").replace("\u00a0", " ")
    # Signs with a longer spelling may not push the figures behind them out of line: those spellings are as short.
    if not unicode:
        text = spelled(text.replace("≥", ">").replace("×", "x").replace("…", "."))
    text = clip(text, width)
    text = text if unicode else text.replace("…", ".")
    code = _COLOURS.get(style, "")
    return f"\x1b[{code}m{text}\x1b[0m" if color and code and text.strip() else text
