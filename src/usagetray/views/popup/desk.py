"""What the desktop says: theme, letters and screens."""

from __future__ import annotations

import sys

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontInfo, QGuiApplication, QPalette, QScreen

from usagetray.views.popup import tokens as t
from usagetray.views.popup.fonts import Letters
from usagetray.views.popup.placing import Box, mended
from usagetray.views.popup.widgets import Look


def current_look(theme: str | None, *, moves: bool = False) -> Look:
    """`theme`: "light" or "dark" to force one, None to follow the desktop."""
    font = QGuiApplication.font()
    scale = t.text_scale(float(QFontInfo(font).pixelSize()))
    return Look(t.DARK if (theme == "dark" if theme else _is_dark()) else t.LIGHT, Letters(font), scale, moves)


def _is_dark() -> bool:
    scheme = QGuiApplication.styleHints().colorScheme()
    if scheme is not Qt.ColorScheme.Unknown:
        return scheme is Qt.ColorScheme.Dark
    return QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128


def free_space(point: QPoint | None) -> tuple[Box, Box]:
    """The screen at the point (the main one without a point), and what its panels leave of it."""
    screen = (QGuiApplication.screenAt(point) if point is not None else None) or QGuiApplication.primaryScreen()
    whole, free = _box(screen.geometry()), _box(screen.availableGeometry())
    return whole, mended(free, whole, screen.devicePixelRatio())


def _box(area: QRect) -> Box:
    return Box(x=area.x(), y=area.y(), width=area.width(), height=area.height())


def native_to_logical(x: object, y: object) -> QPoint | None:
    """Trays speak of device pixels (macOS: of points); Qt's screens begin there but count larger ones."""
    if not isinstance(x, int) or not isinstance(y, int) or isinstance(x, bool) or isinstance(y, bool):
        return None
    if sys.platform == "darwin":
        return QPoint(x, y)
    for screen in QGuiApplication.screens():
        point = _on_screen(screen, x, y)
        if point is not None:
            return point
    return QPoint(x, y)


def _on_screen(screen: QScreen, x: int, y: int) -> QPoint | None:
    corner, size, ratio = screen.geometry().topLeft(), screen.geometry().size(), screen.devicePixelRatio()
    right_by, down_by = x - corner.x(), y - corner.y()
    if not (0 <= right_by < size.width() * ratio and 0 <= down_by < size.height() * ratio):
        return None
    return QPoint(corner.x() + int(right_by / ratio), corner.y() + int(down_by / ratio))
