"""The popup's border, its round corners and its shadow; and the colours of its hints."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QToolTip, QWidget

from usagetray.views.popup import tokens as t
from usagetray.views.popup.crisp import crisp, hairline
from usagetray.views.popup.widgets import Look


def draw_frame(window: QWidget, look: Look, margin: int) -> None:
    """`margin`: pixels left for a shadow; 0 where no compositor blends one, and corners are then square."""
    painter = QPainter(window)
    box = crisp(painter, QRectF(window.rect()).adjusted(margin, margin, -margin, -margin))
    thin = hairline(painter)
    radius = t.RADIUS * look.scale if margin else 0.0
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, bool(margin))
    painter.setPen(Qt.PenStyle.NoPen)
    for ring in range(margin):
        # Rings of growing darkness: a soft shadow without an effect that would redraw the whole window.
        grown = box.adjusted(ring - margin, ring - margin + 3, margin - ring, margin - ring)
        painter.setBrush(QColor(0, 0, 0, 1 + ring // 3))
        painter.drawRoundedRect(grown, radius + margin - ring, radius + margin - ring)
    painter.setBrush(QColor(look.palette.edge))
    painter.drawRoundedRect(box, radius, radius)
    painter.setBrush(QColor(look.palette.bg))
    painter.drawRoundedRect(box.adjusted(thin, thin, -thin, -thin), radius - thin, radius - thin)
    painter.end()


def dress_hints(look: Look) -> None:
    """Tool tips in our colours."""
    colours = QPalette()
    colours.setColor(QPalette.ColorRole.ToolTipBase, QColor(look.palette.sunk))
    colours.setColor(QPalette.ColorRole.ToolTipText, QColor(look.palette.text))
    QToolTip.setPalette(colours)
