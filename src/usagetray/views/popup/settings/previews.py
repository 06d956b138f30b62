"""Small pictures of the tray icon, drawn by what draws the icon itself."""

# ruff: noqa: N802, ARG002 - the names and arguments of overridden methods are Qt's.

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QRadioButton, QWidget

from usagetray.domain.states import Level
from usagetray.language import tr, tr_later
from usagetray.views.icon.grids import Theme
from usagetray.views.icon.picture import STYLES, Bar, IconPicture, IconState, Style
from usagetray.views.icon.render import render_icon
from usagetray.views.popup import tokens as t
from usagetray.views.popup.settings.controls import worn
from usagetray.views.popup.widgets import KEYBOARD_REASONS, Look

PANELS: tuple[tuple[Theme, str], ...] = (("dark", "#15171A"), ("light", "#F3F3F3"))
"""Of a taskbar, as the icon is drawn for each."""
SAMPLE = IconPicture(
    state=IconState.NORMAL, short=Bar(share=0.62, level=Level.NORMAL), week=Bar(share=0.41, level=Level.NORMAL)
)
SHOWS = {
    "bars": tr_later("session over week"),
    "ring": tr_later("tightest limit"),
    "number": tr_later("tightest limit"),
}
WIDTH, HEIGHT, EDGE = 124, 96, 2
ICON = 24


def picture(style: Style, theme: Theme, size: int) -> QImage:
    drawn = render_icon(SAMPLE, size, theme, style)
    pixels = drawn.tobytes("raw", "RGBA")
    return QImage(pixels, drawn.width, drawn.height, 4 * drawn.width, QImage.Format.Format_RGBA8888).copy()


class IconCard(QRadioButton):
    """One style on a dark and on a light panel."""

    def __init__(self, style: Style, name: str, look: Look) -> None:
        super().__init__()
        self.look, self.style_name, self.name = look, style, name
        self._ring = False
        self.setAccessibleName(name)
        self.setAccessibleDescription(tr(SHOWS[style]))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        shows = look.letters.width(tr(SHOWS[style]), t.BODY)
        self._wide = max(float(WIDTH), look.letters.width(name, t.TITLE) + 24, shows + 24)
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        scale = self.look.scale
        return QSize(round((self._wide + 2 * EDGE) * scale), round((HEIGHT + 2 * EDGE) * scale))

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in KEYBOARD_REASONS
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, letters, on = worn(self, self.look).palette, self.look.letters, self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.look.scale, self.look.scale)
        box = QRectF(EDGE, EDGE, self._wide, HEIGHT)
        painter.setPen(QPen(QColor(palette.ok if on else palette.edge), 2 if on else 1))
        painter.setBrush(QColor(palette.okbg if on else palette.bg))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), t.CARD_RADIUS, t.CARD_RADIUS)
        tile = (self._wide - 20 - 6) / 2
        for at, (theme, colour) in enumerate(PANELS):
            spot = QRectF(EDGE + 10 + at * (tile + 6), EDGE + 10, tile, 38)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(spot, 6, 6)
            self._draw_icon(painter, spot, theme)
        painter.setPen(QColor(palette.text))
        painter.setFont(letters.font(t.TITLE))
        painter.drawText(QRectF(EDGE + 10, EDGE + 52, self._wide - 20, 20), 0, self.name)
        painter.setPen(QColor(palette.text2))
        painter.setFont(letters.font(t.BODY))
        painter.drawText(QRectF(EDGE + 10, EDGE + 71, self._wide - 20, 18), 0, tr(SHOWS[self.style_name]))
        if self._ring and self.hasFocus():
            painter.setPen(QPen(QColor(palette.link), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(-1, -1, 1, 1), t.CARD_RADIUS + 1, t.CARD_RADIUS + 1)
        painter.end()

    def _draw_icon(self, painter: QPainter, spot: QRectF, theme: Theme) -> None:
        """In whole pixels of the screen: a scaled icon would be another picture than the one in the tray."""
        ratio = self.devicePixelRatioF() * self.look.scale
        size = max(16, round(ICON * ratio))
        drawn = picture(self.style_name, theme, size)
        side = size / ratio
        painter.drawImage(QRectF(spot.center().x() - side / 2, spot.center().y() - side / 2, side, side), drawn)


class IconCards(QWidget):
    def __init__(self, choices: Sequence[tuple[str, str]], look: Look, choose: Callable[[str], None]) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(round(8 * look.scale))
        self.cards: dict[str, IconCard] = {}
        names = dict(choices)
        for style in STYLES:
            made = IconCard(style, names[style], look)
            made.clicked.connect(lambda _on=False, style=style: choose(style))
            row.addWidget(made)
            self.cards[style] = made
        row.addStretch(1)

    def show_value(self, value: str) -> None:
        if value in self.cards:
            self.cards[value].setChecked(True)
