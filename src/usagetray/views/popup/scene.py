"""A small display list: what a row shows as frozen items, and the one function that draws them.

Everything is in logical pixels at scale 1; the painter's own scale makes it larger and keeps it sharp.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from usagetray.quick_dataclass import dataclass
from usagetray.views.popup.crisp import crisp, draw_rule, hairline
from usagetray.views.popup.fonts import Letters
from usagetray.views.popup.marks import SIDE, mark_path
from usagetray.views.popup.spec import FillKind
from usagetray.views.popup.tokens import FORECAST, Palette, TypeStyle

Zone = Literal["figure", "time", "action"]

LEAST_FILL = 2.0
"""Pixels a share over zero gets at least, so that "a little" and "nothing" look different."""
STRIPE_ON, STRIPE_OFF = 4.0, 2.0
GROUNDS = frozenset({"sunk", "sel", "seg", "track", "okbg", "warnbg", "critbg", "paybg"})
"""Colours that part an area from its surroundings: in high contrast a line does that."""
EVEN_OVER = 3.0
"""Pixels the tick of even use stands out over both edges of its bar."""
GOING = 0.5
"""Of the colour: what is left now, and is expected to be used by the reset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One line of letters in the box it must fit; vertically centred."""

    x: float
    y: float
    width: float
    height: float
    text: str
    style: TypeStyle
    colour: str
    right: bool = False
    zone: Zone | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A quota's bar. `share` is what to fill, 0.0 to 1.0; None where no figure may be shown."""

    x: float
    y: float
    width: float
    height: float
    share: float | None
    kind: FillKind
    colour: str
    even: float | None = None  # where even use would be: a tick
    ahead: float | None = None  # the share expected at the reset: tinted from the fill up to there


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    x: float
    y: float
    size: float
    name: str
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A rounded rectangle: a card, a pill, a divider."""

    x: float
    y: float
    width: float
    height: float
    radius: float = 0
    fill: str | None = None
    outline: str | None = None
    outline_width: float = 1
    strength: float = 1.0  # of the fill: below 1 what it stands on shows through


Item = Text | Bar | Mark | Panel


def moved(items: Iterable[Item], x: float, y: float = 0.0) -> tuple[Item, ...]:
    """The same, so much further to the right and down."""
    return tuple(replace(item, x=item.x + x, y=item.y + y) for item in items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    height: float
    items: tuple[Item, ...]


def draw(painter: QPainter, items: Iterable[Item], palette: Palette, letters: Letters) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for item in items:
        match item:
            case Text():
                _draw_text(painter, item, palette, letters)
            case Bar():
                _draw_bar(painter, item, palette)
            case Mark():
                _draw_mark(painter, item, palette)
            case Panel():
                _draw_panel(painter, item, palette)


def zone_at(items: Iterable[Item], x: float, y: float) -> Zone | None:
    """What a click there means; texts are a little larger to the hand than to the eye."""
    for item in items:
        if isinstance(item, Text) and item.zone and _hits(item, x, y):
            return item.zone
    return None


def _hits(item: Text, x: float, y: float) -> bool:
    reach = max(0.0, (24 - item.height) / 2)
    return item.x - 4 <= x <= item.x + item.width + 4 and item.y - reach <= y <= item.y + item.height + reach


def _draw_text(painter: QPainter, item: Text, palette: Palette, letters: Letters) -> None:
    painter.setFont(letters.font(item.style))
    painter.setPen(QColor(palette.colour(item.colour)))
    side = Qt.AlignmentFlag.AlignRight if item.right else Qt.AlignmentFlag.AlignLeft
    # TextDontClip: letters that lean out of their box by a fraction must not lose an edge.
    flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip
    painter.drawText(QRectF(item.x, item.y, item.width, item.height), int(flags), item.text)
    painter.setPen(Qt.PenStyle.NoPen)


def _draw_panel(painter: QPainter, item: Panel, palette: Palette) -> None:
    if item.fill:
        painter.setBrush(_faint(palette.colour(item.fill), item.strength))
        painter.drawRoundedRect(_edges(painter, item), item.radius, item.radius)
    if item.outline or (palette.is_plain and item.fill in GROUNDS and item.height > 4):
        wide = item.outline_width * hairline(painter)
        inset = wide / 2
        box = _edges(painter, item).adjusted(inset, inset, -inset, -inset)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(palette.colour(item.outline or "text")), wide))
        painter.drawRoundedRect(box, item.radius - inset, item.radius - inset)
        painter.setPen(Qt.PenStyle.NoPen)


def _edges(painter: QPainter, item: Panel | Bar) -> QRectF:
    return crisp(painter, QRectF(item.x, item.y, item.width, item.height))


def _draw_mark(painter: QPainter, item: Mark, palette: Palette) -> None:
    painter.save()
    painter.translate(item.x, item.y)
    painter.scale(item.size / SIDE, item.size / SIDE)
    painter.fillPath(mark_path(item.name), QColor(palette.colour(item.colour)))
    painter.restore()


def _faint(colour: str, strength: float) -> QColor:
    made = QColor(colour)
    made.setAlphaF(strength)
    return made


def _draw_bar(painter: QPainter, item: Bar, palette: Palette) -> None:
    if item.kind == "none":
        return
    box = _edges(painter, item)
    if item.kind == "dash":
        draw_rule(painter, item.x, round(box.center().y()), item.width, QColor(palette.edge))
        return
    item = replace(item, x=box.x(), y=box.y(), width=box.width(), height=box.height())
    round_end = item.height / 2
    track = QPainterPath()
    track.addRoundedRect(box, round_end, round_end)
    painter.fillPath(track, QColor(palette.track))
    if item.kind == "outline" or palette.is_plain:
        thin = hairline(painter)
        painter.setPen(QPen(QColor(palette.text if palette.is_plain else palette.edge), thin))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(
            box.adjusted(thin / 2, thin / 2, -thin / 2, -thin / 2), round_end - thin / 2, round_end - thin / 2
        )
        painter.setPen(Qt.PenStyle.NoPen)
    if item.kind != "outline":
        _fill_bar(painter, item, palette, track)
    if item.even is not None and item.kind == "solid":
        _draw_even(painter, item, palette)


def _fill_bar(painter: QPainter, item: Bar, palette: Palette, track: QPainterPath) -> None:
    length = fill_length(item.share, item.width)
    ahead = None if palette.is_plain else item.ahead
    until = length if ahead is None else fill_length(ahead, item.width)
    # Of what is left some may be gone by the reset: then the tint lies within the fill, not behind its end.
    first, last = sorted((length, until))
    fill = QPainterPath()
    if item.kind == "stale":
        start = 0.0
        while start < length:
            fill.addRect(QRectF(item.x + start, item.y, min(STRIPE_ON, length - start), item.height))
            start += STRIPE_ON + STRIPE_OFF
    else:
        fill.addRect(QRectF(item.x, item.y, first, item.height))
    painter.fillPath(track.intersected(fill), QColor(palette.colour(item.colour)))
    if last > first:
        tint = QPainterPath()
        tint.addRect(QRectF(item.x + first, item.y, last - first, item.height))
        strength = FORECAST if until > length else GOING
        painter.fillPath(track.intersected(tint), _faint(palette.colour(item.colour), strength))
    if item.kind == "solid" and 0 < length <= item.height / 2:
        # The rounded end swallows a sliver; a straight edge two pixels in keeps "<1 %" visible.
        _draw_sliver(painter, item, length, palette)


def _draw_even(painter: QPainter, item: Bar, palette: Palette) -> None:
    """Two pixels with one of the ground at either side, so that the tick is seen on every fill."""
    middle = item.x + min(max(round((item.even or 0.0) * item.width), 2), round(item.width) - 2)
    box = crisp(painter, QRectF(middle - 1, item.y - EVEN_OVER, 2, item.height + 2 * EVEN_OVER))
    thin = hairline(painter)
    painter.fillRect(box.adjusted(-thin, EVEN_OVER, thin, -EVEN_OVER), QColor(palette.bg))
    painter.fillRect(box, QColor(palette.text2))


def _draw_sliver(painter: QPainter, item: Bar, length: float, palette: Palette) -> None:
    inset = item.height * 0.14
    sliver = QRectF(item.x + 0.5, item.y + inset, max(length, LEAST_FILL), item.height - 2 * inset)
    painter.setBrush(QColor(palette.colour(item.colour)))
    painter.drawRoundedRect(sliver, 1, 1)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def fill_length(share: float | None, width: float) -> float:
    """Pixels to fill: whole ones, at least two over zero, and full only when the quota is."""
    if share is None or share <= 0:
        return 0.0
    if share >= 1:
        return width
    return min(max(float(round(share * width)), LEAST_FILL), width - 1)
