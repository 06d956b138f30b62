"""The state marks and icons of the popup as paths; each tells its state by shape alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPainterPathStroker

# Every path below is drawn in a square of 20 units.
SIDE = 20.0


def mark_path(name: str) -> QPainterPath:
    """The filled shape of a mark in a square of 20 units; `KeyError` for an unknown name."""
    return _MARKS[name]()


def _stroked(
    line: QPainterPath, width: float, dashes: tuple[float, ...] = (), *, round_ends: bool = True
) -> QPainterPath:
    """The outline of a line as a fill, so that all marks are drawn the same way. `dashes` in units of the width."""
    stroker = QPainterPathStroker()
    stroker.setWidth(width)
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap if round_ends else Qt.PenCapStyle.FlatCap)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dashes:
        stroker.setDashPattern(list(dashes))
    return stroker.createStroke(line)


def _disc() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QRectF(0, 0, SIDE, SIDE))
    return path


def _lines(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for x, y in points[1:]:
        path.lineTo(x, y)
    return path


def _rounded(x: float, y: float, width: float, height: float, radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(x, y, width, height), radius, radius)
    return path


def _check() -> QPainterPath:
    return _disc().subtracted(_stroked(_lines((5.6, 10.4), (8.8, 13.5), (14.4, 7.0)), 2.6))


def _triangle() -> QPainterPath:
    corner = _lines((10, 3.2), (18.4, 17.0), (1.6, 17.0))
    corner.closeSubpath()
    return corner.united(_stroked(corner, 2.4)).simplified()


def _bang() -> QPainterPath:
    path = _rounded(7.4, 0.6, 5.2, 12.6, 2.4)
    path.addPath(_rounded(7.4, 14.6, 5.2, 4.8, 2.2))
    return path


def _stop() -> QPainterPath:
    return _disc().subtracted(_rounded(4.2, 8.1, 11.6, 3.8, 1.0))


def _dollar() -> QPainterPath:
    curve = QPainterPath(QPointF(14.6, 6.2))
    curve.cubicTo(14.0, 3.9, 12.4, 3.0, 10.0, 3.0)
    curve.cubicTo(7.2, 3.0, 5.5, 4.3, 5.5, 6.4)
    curve.cubicTo(5.5, 11.2, 14.8, 8.6, 14.8, 13.5)
    curve.cubicTo(14.8, 15.7, 12.9, 17.0, 10.0, 17.0)
    curve.cubicTo(7.3, 17.0, 5.6, 15.9, 5.1, 13.6)
    return _stroked(curve, 2.5).united(_stroked(_lines((10, 1.1), (10, 18.9)), 2.1))


def _question() -> QPainterPath:
    hook = QPainterPath(QPointF(5.8, 6.3))
    hook.cubicTo(5.9, 3.6, 7.7, 2.3, 10.1, 2.3)
    hook.cubicTo(12.6, 2.3, 14.4, 3.8, 14.4, 6.1)
    hook.cubicTo(14.4, 9.1, 10.1, 9.4, 10.1, 12.6)
    path = _stroked(hook, 2.8)
    path.addEllipse(QPointF(10.1, 17.3), 1.8, 1.8)
    return path


def _diamond() -> QPainterPath:
    outer = _lines((10, 0.6), (19.4, 10), (10, 19.4), (0.6, 10))
    outer.closeSubpath()
    inner = _lines((10, 6.2), (13.8, 10), (10, 13.8), (6.2, 10))
    inner.closeSubpath()
    return outer.subtracted(inner)


def _clock() -> QPainterPath:
    """A clock whose rim is broken, like the stripes of an old bar."""
    width, radius, pieces = 2.6, 8.6, 10
    rim = QPainterPath()
    rim.addEllipse(QPointF(10, 10), radius, radius)
    piece = 2 * math.pi * radius / pieces / width
    path = _stroked(rim, width, (piece * 0.74, piece * 0.26), round_ends=False)
    path.addPath(_stroked(_lines((10, 5.8), (10, 10.6), (13.4, 12.2)), 2.0))
    return path


def _app() -> QPainterPath:
    """The program's own sign: a U that is its own meter."""
    arm = QPainterPath(QPointF(4.4, 1.8))
    arm.lineTo(4.4, 10.2)
    arm.arcTo(QRectF(4.4, 4.6, 11.2, 11.2), 180, 180)
    arm.lineTo(15.6, 8.6)
    return _stroked(arm, 4.2, round_ends=False).united(_rounded(13.5, 1.8, 4.2, 4.2, 0))


def _refresh() -> QPainterPath:
    arc = QPainterPath()
    box = QRectF(3.4, 3.6, 13.6, 13.6)
    arc.arcMoveTo(box, 40)
    arc.arcTo(box, 40, 290)
    head = _lines((16.2, 1.9), (16.2, 6.3), (11.8, 6.3))
    return _stroked(arc, 1.9).united(_stroked(head, 1.9))


def _settings() -> QPainterPath:
    path = QPainterPath()
    for y, knob in ((4.4, 12.6), (10.0, 6.6), (15.6, 12.6)):
        rail = _stroked(_lines((1.4, y), (18.6, y)), 1.8)
        ring = QPainterPath()
        ring.addEllipse(QPointF(knob, y), 2.9, 2.9)
        hole = QPainterPath()
        hole.addEllipse(QPointF(knob, y), 1.3, 1.3)
        path = path.united(rail.united(ring)).subtracted(hole)
    return path


def _chevron() -> QPainterPath:
    return _stroked(_lines((7, 4.4), (13, 10), (7, 15.6)), 2.2)


def _chevron_down() -> QPainterPath:
    return _stroked(_lines((4.4, 7), (10, 13), (15.6, 7)), 2.2)


def _lock() -> QPainterPath:
    arch = QPainterPath(QPointF(6.0, 9.0))
    arch.lineTo(6.0, 6.0)
    arch.arcTo(QRectF(6.0, 1.8, 8.0, 8.0), 180, -180)
    arch.lineTo(14.0, 9.0)
    body = _rounded(3.4, 9.2, 13.2, 9.0, 2.4)
    return _stroked(arch, 2.0, round_ends=False).united(_stroked(body, 2.0))


def _tick() -> QPainterPath:
    return _stroked(_lines((4.6, 10.4), (8.6, 14.2), (15.4, 6.2)), 2.3)


_MARKS: Mapping[str, Callable[[], QPainterPath]] = MappingProxyType(
    {
        "check": _check,
        "triangle": _triangle,
        "bang": _bang,
        "stop": _stop,
        "dollar": _dollar,
        "question": _question,
        "diamond": _diamond,
        "clock": _clock,
        "app": _app,
        "refresh": _refresh,
        "settings": _settings,
        "chevron": _chevron,
        "chevron_down": _chevron_down,
        "lock": _lock,
        "tick": _tick,
    }
)
