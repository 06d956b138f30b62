"""Edges on whole pixels of the screen: at 1.25 or 1.5 of them for each of ours, Qt would blur or vary them."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter


def crisp(painter: QPainter, box: QRectF) -> QRectF:
    """`box` with its sides on the nearest pixels of the device; as it is where the painter turns."""
    onto = painter.deviceTransform()
    if onto.isRotating():
        return box
    seen = onto.mapRect(box)
    left, top = _nearest(seen.left()), _nearest(seen.top())
    right, bottom = max(_nearest(seen.right()), left + 1), max(_nearest(seen.bottom()), top + 1)
    back, _ = onto.inverted()
    return back.mapRect(QRectF(left, top, right - left, bottom - top))


def hairline(painter: QPainter) -> float:
    """How thick a line of one pixel is, in the painter's own measure: always the same number of the device's pixels."""
    factor = painter.deviceTransform().m22()
    return max(1.0, math.floor(factor)) / factor if factor > 0 else 1.0


def draw_rule(painter: QPainter, x: float, y: float, width: float, colour: QColor) -> None:
    """A horizontal line from there on."""
    thin = hairline(painter)
    began = crisp(painter, QRectF(x, y, width, thin))
    painter.fillRect(QRectF(began.x(), began.y(), began.width(), thin), colour)


def _nearest(number: float) -> int:
    return math.floor(number + 0.5)
