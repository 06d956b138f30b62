"""What moves: a bar whose value changes, the sign of a running request, the popup as it appears. Nothing else does.

Whether anything may move at all is said by `Look.moves`.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping

from PySide6.QtCore import QEasingCurve, QPropertyAnimation, QVariantAnimation
from PySide6.QtWidgets import QApplication, QStyle, QWidget

from usagetray.views.popup.gtk_settings import gtk_settings

APPEAR_MS = 120
BAR_MS = 180
TURN_MS = 900

VARIABLE = "USAGETRAY_REDUCED_MOTION"


def may_move(environ: Mapping[str, str]) -> bool:
    """False where the desktop, or the environment, asks for reduced motion. Needs the application."""
    if environ.get(VARIABLE, "0") not in ("", "0"):
        return False
    # KDE's speed of animations ends up here; other styles answer with a fixed time.
    if QApplication.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0:
        return False
    if sys.platform == "win32":
        return _windows_moves()
    if sys.platform == "darwin":
        app_kit = importlib.import_module("AppKit")  # comes with pystray, on this system only
        return not app_kit.NSWorkspace.sharedWorkspace().accessibilityDisplayShouldReduceMotion()
    return not gtk_settings(environ, on_x11=QApplication.platformName() == "xcb").is_still


def _windows_moves() -> bool:
    import ctypes

    answer = ctypes.c_int(1)
    get_client_area_animation = 0x1042
    windll = getattr(ctypes, "windll")  # noqa: B009 - only Windows has it
    windll.user32.SystemParametersInfoW(get_client_area_animation, 0, ctypes.byref(answer), 0)
    return bool(answer.value)


def appear(window: QWidget) -> QPropertyAnimation:
    """Fade it in; to be kept as long as it runs."""
    fading = QPropertyAnimation(window, b"windowOpacity", window)
    fading.setDuration(APPEAR_MS)
    fading.setStartValue(0.0)
    fading.setEndValue(1.0)
    fading.start()
    return fading


def glide(widget: QWidget, first: float, last: float) -> QVariantAnimation:
    """From one share to another, quick at first."""
    gliding = QVariantAnimation(widget)
    gliding.setDuration(BAR_MS)
    gliding.setEasingCurve(QEasingCurve.Type.OutCubic)
    gliding.setStartValue(first)
    gliding.setEndValue(last)
    gliding.valueChanged.connect(lambda _value: widget.update())
    gliding.start()
    return gliding


def turn(widget: QWidget) -> QVariantAnimation:
    """Degrees, round and round, until it is stopped."""
    turning = QVariantAnimation(widget)
    turning.setDuration(TURN_MS)
    turning.setLoopCount(-1)
    turning.setStartValue(0.0)
    turning.setEndValue(360.0)
    turning.valueChanged.connect(lambda _value: widget.update())
    turning.start()
    return turning
