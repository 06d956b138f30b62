"""The program's sign, as a picture for labels."""

from __future__ import annotations

from PySide6.QtGui import QImage, QPixmap

from usagetray.views.icon.app import render_app_icon


def emblem(size: int, ratio: float) -> QPixmap:
    """`size` in device-independent pixels."""
    drawn = render_app_icon(round(size * ratio)).convert("RGBA")
    image = QImage(
        drawn.tobytes("raw", "RGBA"), drawn.width, drawn.height, 4 * drawn.width, QImage.Format.Format_RGBA8888
    )
    picture = QPixmap.fromImage(image.copy())
    picture.setDevicePixelRatio(ratio)
    return picture
