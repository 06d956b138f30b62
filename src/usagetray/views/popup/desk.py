"""What the desktop says: theme, letters and screens."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QGuiApplication, QPalette, QScreen
from PySide6.QtWidgets import QApplication

from usagetray.views.popup import tokens as t
from usagetray.views.popup.fonts import Letters
from usagetray.views.popup.gtk_settings import gtk_settings
from usagetray.views.popup.panels import left_over, to_logical
from usagetray.views.popup.panels_x11 import taken_on_x11
from usagetray.views.popup.placing import Box, mended, spare_panel
from usagetray.views.popup.widgets import Look


def current_look(theme: str | None, *, moves: bool = False) -> Look:
    """`theme`: "light", "dark" or "contrast" to force one, None to follow the desktop."""
    font = QGuiApplication.font()
    scale = t.text_scale(float(QFontInfo(font).pixelSize()))
    if theme == "contrast" or (theme is None and _wants_contrast()):
        palette = _contrasting(QGuiApplication.palette())
    else:
        palette = t.DARK if (theme == "dark" if theme else _is_dark()) else t.LIGHT
    return Look(palette, Letters(font), scale, moves)


def follow_gtk(environ: Mapping[str, str]) -> None:
    """Take over what a GTK desktop says now: asked whenever a window opens, for nobody tells of changes."""
    told = gtk_settings(environ, on_x11=QGuiApplication.platformName() == "xcb")
    if told.family:
        font = QFont(told.family)
        font.setPointSizeF(told.points)
        if font != QApplication.font():
            QApplication.setFont(font)
    hints = QGuiApplication.styleHints()
    if hasattr(hints, "setColorScheme"):  # from Qt 6.8 on
        # Unknown leaves it to the desktop's portal, which knows more of light and dark than themes' names do.
        hints.setColorScheme(Qt.ColorScheme.Dark if told.is_dark else Qt.ColorScheme.Unknown)


def on_restyle(change: Callable[[], None]) -> None:
    """Call it whenever the desktop takes another theme."""
    hints = QGuiApplication.styleHints()
    hints.colorSchemeChanged.connect(lambda _scheme: change())
    if hasattr(hints, "accessibility"):  # from Qt 6.10 on
        hints.accessibility().contrastPreferenceChanged.connect(lambda _preference: change())


def _wants_contrast() -> bool:
    hints = QGuiApplication.styleHints()
    if not hasattr(hints, "accessibility"):
        return False
    return hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast


def _contrasting(system: QPalette) -> t.Palette:
    """The system's own two colours and nothing between them: shapes and words tell every state."""
    ground, ink = (system.color(role).name() for role in (QPalette.ColorRole.Window, QPalette.ColorRole.WindowText))
    base = t.DARK if QColor(ground).lightness() < 128 else t.LIGHT
    grounds = dict.fromkeys(("bg", "sunk", "sel", "seg", "track", "on", "okbg", "warnbg", "critbg", "paybg"), ground)
    inks = ("line", "edge", "ctl", "text", "text2", "text3", "link", "ok", "warn", "crit", "pay", "good")
    return replace(base, **grounds, **dict.fromkeys(inks, ink), is_plain=True)


def _is_dark() -> bool:
    scheme = QGuiApplication.styleHints().colorScheme()
    if scheme is not Qt.ColorScheme.Unknown:
        return scheme is Qt.ColorScheme.Dark
    return QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128


def free_space(point: QPoint | None) -> tuple[Box, Box]:
    """The screen at the point (the main one without a point), and what its panels leave of it."""
    screen = (QGuiApplication.screenAt(point) if point is not None else None) or QGuiApplication.primaryScreen()
    whole, free = _box(screen.geometry()), _free(screen)
    return whole, free if point is None else spare_panel(free, (point.x(), point.y()))


def _free(screen: QScreen) -> Box:
    whole, ratio = _box(screen.geometry()), screen.devicePixelRatio()
    taken = taken_on_x11() if QGuiApplication.platformName() == "xcb" else None
    if taken is None:
        return mended(_box(screen.availableGeometry()), whole, ratio)
    native = Box(x=whole.x, y=whole.y, width=round(whole.width * ratio), height=round(whole.height * ratio))
    return to_logical(left_over(native, taken), whole, ratio)


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
