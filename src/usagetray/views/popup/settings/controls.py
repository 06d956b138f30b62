"""Widgets the settings window has more than once: labels, switches, segments, pills, buttons."""

# ruff: noqa: N802, ARG002 - the names and arguments of overridden methods are Qt's.

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QListWidget,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QSpinBox,
    QTimeEdit,
    QWidget,
)

from usagetray.views.popup.widgets import KEYBOARD_REASONS, Look

WIDTH, HEIGHT, EDGE = 34, 20, 4  # of a switch, and the room for its ring


def worn(widget: QWidget, look: Look) -> Look:
    """What its window wears now: a theme may have come since the widget was made with `look`."""
    now: Look = getattr(widget.window(), "look", look)
    return now


def label(text: str, role: str, *, wrap: bool = True) -> QLabel:
    """`role`: one of `style.ROLES`. The text is shown as it is written, never as markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return made


def figure(text: str, role: str) -> QLabel:
    """In a column of others: they end at one line."""
    made = label(text, role, wrap=False)
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return made


def rule() -> QFrame:
    made = QFrame()
    made.setObjectName("rule")
    return made


def button(text: str, press: Callable[[], None], kind: str = "") -> QPushButton:
    """`kind`: "", "primary", "danger" or "link"."""
    made = QPushButton(text.replace("&", "&&"))
    made.setProperty("kind", kind)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setAutoDefault(True)  # Enter presses it, as Space does
    made.setAccessibleName(text)
    if kind == "link":
        made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.clicked.connect(lambda _checked=False: press())
    return made


class Switch(QCheckBox):
    """34 x 20, on at the right."""

    def __init__(self, look: Look, name: str, description: str = "", *, on: bool = False) -> None:
        super().__init__()
        self._look, self._ring = look, False
        self.setAccessibleName(name)
        self.setAccessibleDescription(description)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setChecked(on)
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        scale = self._look.scale
        return QSize(round((WIDTH + 2 * EDGE) * scale), round((HEIGHT + 2 * EDGE) * scale))

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in KEYBOARD_REASONS
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, on = worn(self, self._look).palette, self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self._look.scale, self._look.scale)
        if not self.isEnabled():
            painter.setOpacity(0.5)
        box = QRectF(EDGE, EDGE, WIDTH, HEIGHT)
        if on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.ok))
            painter.drawRoundedRect(box, HEIGHT / 2, HEIGHT / 2)
            painter.setBrush(QColor(palette.on))
            painter.drawEllipse(QRectF(box.right() - 17, EDGE + 3, 14, 14))
        else:
            painter.setPen(QPen(QColor(palette.ctl), 1.5))
            painter.setBrush(QColor(palette.bg))
            painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), HEIGHT / 2, HEIGHT / 2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.ctl))
            painter.drawEllipse(QRectF(EDGE + 4, EDGE + 4, 12, 12))
        if self._ring and self.hasFocus():
            painter.setPen(QPen(QColor(palette.link), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(-3, -3, 3, 3), HEIGHT / 2 + 3, HEIGHT / 2 + 3)
        painter.end()


class Segments(QFrame):
    """One of a few; the arrow keys move over them."""

    def __init__(self, choices: Iterable[tuple[str, str]], name: str, choose: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("segments")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(0)
        self.buttons: dict[str, QRadioButton] = {}
        for value, text in choices:
            made = QRadioButton(text)
            made.setAccessibleName(f"{name}: {text}")
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            made.setCursor(Qt.CursorShape.PointingHandCursor)
            made.clicked.connect(lambda _on=False, value=value: choose(value))
            row.addWidget(made)
            self.buttons[value] = made

    @property
    def value(self) -> str:
        return next((value for value, each in self.buttons.items() if each.isChecked()), "")

    def show_value(self, value: str) -> None:
        if value in self.buttons:
            self.buttons[value].setChecked(True)


class Beside(QWidget):
    """Words at the left and what belongs to them at the right; below them where there is no room for both."""

    def __init__(self, words: QLayout, right: QWidget, look: Look) -> None:
        super().__init__()
        self._right, self._words, self._most = right, words, round(170 * look.scale)
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(round(14 * look.scale))
        self._line.addLayout(words, 1)
        self._line.addWidget(right)
        self._line.setAlignment(right, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._gap = round(14 * look.scale)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:  # other words, which may need more room
            self._arrange()
        return super().event(event)

    def _arrange(self) -> None:
        words_need = min(self._most, self._words.sizeHint().width())
        is_narrow = self.width() < self._right.sizeHint().width() + self._gap + words_need
        wanted = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        if wanted is not self._line.direction():
            self._line.setDirection(wanted)
            self._line.setSpacing(self._gap // 3 if is_narrow else self._gap)
            side = Qt.AlignmentFlag.AlignLeft if is_narrow else Qt.AlignmentFlag.AlignRight
            self._line.setAlignment(self._right, side | Qt.AlignmentFlag.AlignVCenter)


def pill(text: str, name: str, toggled: Callable[[], None]) -> QCheckBox:
    made = QCheckBox(text)
    made.setProperty("pill", "true")
    made.setAccessibleName(name)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.clicked.connect(lambda _on=False: toggled())
    return made


class _Still:
    """A wheel that only scrolls past does not change what it rolls over."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class StillCombo(_Still, QComboBox):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        scale = self._look.scale
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(worn(self, self._look).palette.text2), 1.6 * scale))
        x, y = self.width() - 15 * scale, self.height() / 2
        painter.drawPolyline(
            [QPointF(x - 4 * scale, y - 2 * scale), QPointF(x, y + 2 * scale), QPointF(x + 4 * scale, y - 2 * scale)]
        )
        painter.end()


class StillSpin(_Still, QSpinBox):
    pass


class StillTime(_Still, QTimeEdit):
    pass


class Pages(QListWidget):
    """The window's pages; the one that is shown has a bar at its left, and a ring for who uses the keyboard."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self._ring = look, False
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in KEYBOARD_REASONS
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        scale, item = self._look.scale, self.currentItem()
        palette = worn(self, self._look).palette
        if item is None:
            return
        box = QRectF(self.visualItemRect(item)).adjusted(4 * scale, 1, -4 * scale, -1)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.ok))
        painter.drawRoundedRect(
            QRectF(0, box.top() + 5 * scale, 3 * scale, box.height() - 10 * scale), 1.5 * scale, 1.5 * scale
        )
        if self._ring and self.hasFocus():
            painter.setPen(QPen(QColor(palette.link), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 7, 7)
        painter.end()


def stops(within: QLayout | None) -> Iterator[QWidget]:
    """What Tab stops at, in the order in which it is read."""
    for at in range(within.count() if within is not None else 0):
        item = within.itemAt(at) if within is not None else None
        widget = item.widget() if item is not None else None
        if widget is None:
            yield from stops(item.layout() if item is not None else None)
        elif widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield widget
        else:
            yield from stops(widget.layout())


def clear(layout_owner: QWidget) -> None:
    """Takes all widgets out of a widget's layout, and ends them."""
    layout = layout_owner.layout()
    while layout is not None and layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
