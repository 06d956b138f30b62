"""The pieces of the popup as Qt widgets: each draws a display list, takes the focus, and tells a screen reader."""

# ruff: noqa: N802, ARG002 - the names and arguments of overridden methods are Qt's.

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QVariantAnimation
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QToolTip, QWidget

from usagetray.views.popup import tokens as t
from usagetray.views.popup.fonts import Letters
from usagetray.views.popup.motion import glide, turn
from usagetray.views.popup.scene import Bar, Mark, Panel, Scene, draw, zone_at
from usagetray.views.popup.spec import Row

if TYPE_CHECKING:
    _Base = QWidget
else:
    # Two Qt classes cannot be one object: at run time what is shared is no widget of its own.
    _Base = object

KEYBOARD_REASONS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)

Act = Callable[[str, str], None]
"""(what was done, key of the row): "figure", "time", "expand", "detail", "action"."""


@dataclass(frozen=True, slots=True)
class Look:
    """How everything is drawn now: theme, letters, size."""

    palette: t.Palette
    letters: Letters
    scale: float
    moves: bool = False  # bars may glide, signs turn


RING_OF_CARD = t.CARD_RADIUS + 3.0
"""Its corners go round the card's, at the same distance as its sides."""


class Painted(_Base):
    """What all pieces share. Mixed in before a Qt class that gives the piece its role for screen readers."""

    scene: Scene
    look: Look
    ring: bool
    hovered: bool
    ring_box: tuple[float, float, float, float] | None
    ring_radius: float = 7.0

    def prepare(self, look: Look, scene: Scene) -> None:
        self.ring = False
        self.hovered = False
        self.ring_box = None
        self.setMouseTracking(True)
        self.put(look, scene)

    def put(self, look: Look, scene: Scene, *, width: float = t.WIDTH) -> None:
        """Show this; repaint only if it differs."""
        unchanged = getattr(self, "scene", None) == scene and getattr(self, "look", None) == look
        self.look, self.scene = look, scene
        size = (round(width * look.scale), round(scene.height * look.scale))
        if (self.width(), self.height()) != size:
            self.setFixedSize(*size)
        if not unchanged:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.scale(self.look.scale, self.look.scale)
        self.draw_scene(painter)
        if self.ring and self.hasFocus():
            self._draw_ring(painter)
        painter.end()

    def draw_scene(self, painter: QPainter) -> None:
        draw(painter, self.scene.items, self.look.palette, self.look.letters)

    def _draw_ring(self, painter: QPainter) -> None:
        width, height = self.width() / self.look.scale, self.height() / self.look.scale
        x, y, ring_width, ring_height = self.ring_box or (t.PAD - 7, 1, width - 2 * t.PAD + 14, height - 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.look.palette.link), 2))
        box = QRectF(x + 1, y + 1, ring_width - 2, ring_height - 2)
        painter.drawRoundedRect(box, self.ring_radius, self.ring_radius)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()  # a button would go to the next button; here they go to the next piece of any kind
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        # A ring helps who uses the keyboard; after a click it would only be noise.
        self.ring = event.reason() in KEYBOARD_REASONS
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.ring = False
        self.update()
        super().focusOutEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.hovered = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered = False
        self.update()
        super().leaveEvent(event)

    def zone_of(self, position: QPointF) -> str | None:
        return zone_at(self.scene.items, position.x() / self.look.scale, position.y() / self.look.scale)


class Plain(Painted, QLabel):
    """A head, a caption, a card without a button, or a row without a figure."""

    def __init__(self, look: Look, scene: Scene, name: str, description: str = "") -> None:
        super().__init__()
        self.prepare(look, scene)
        self.say(name, description)

    def say(self, name: str, description: str = "") -> None:
        if self.accessibleName() != name:
            self.setAccessibleName(name)
        if self.accessibleDescription() != description:
            self.setAccessibleDescription(description)


class RowActions(Painted):
    """Clicks, hints and keys of a row, with or without a figure."""

    row: Row
    act: Act

    def start(self, row: Row, act: Act) -> None:
        self.act = act
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.take(row)

    def take(self, row: Row) -> None:
        self.row = row
        self.setAccessibleName(row.spoken.name)
        self.setAccessibleDescription(row.spoken.description)
        if isinstance(self, QProgressBar) and row.spoken.percent is not None:
            self.setValue(min(row.spoken.percent, self.maximum()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hand = self.row.opens or self.row.event or self.zone_of(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or not self.rect().contains(event.position().toPoint()):
            return
        zone = self.zone_of(event.position())
        if zone:
            self.act(zone, self.row.key)
        else:
            self.open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_I:
            self.explain()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.open()
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            self.explain()
            return True
        return bool(super().event(event))

    def open(self) -> None:
        """What used it, below the row; else what the row offers; one without either says why this number."""
        if self.row.opens:
            QToolTip.hideText()
            self.act("detail", self.row.key)
        elif self.row.event:
            self.act("action", self.row.key)
        else:
            self.explain()

    def explain(self) -> None:
        """Why this number, in a hint below the row."""
        at = self.mapToGlobal(self.rect().bottomLeft() + QPoint(round((t.PAD - 6) * self.look.scale), -6))
        QToolTip.showText(at, hint(self.row.why), self)


def hint(text: str) -> str:
    """Tool tips guess whether a text is markup; escaped markup is shown as it was written."""
    return "<qt>" + "<br>".join(map(_escaped, text.splitlines())) + "</qt>" if text else ""


def _escaped(text: str) -> str:
    """As the standard library's `html.escape`, which brings a megabyte of names for letters along."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Meter(RowActions, QProgressBar):
    """A row with a figure: a progress bar to screen readers."""

    def __init__(self, look: Look, scene: Scene, row: Row, act: Act) -> None:
        super().__init__()
        self._gliding: QVariantAnimation | None = None
        self.setRange(0, 100)
        self.setTextVisible(False)
        self.prepare(look, scene)
        self.start(row, act)

    def put(self, look: Look, scene: Scene, *, width: float = t.WIDTH) -> None:
        before, after = _share(getattr(self, "scene", None)), _share(scene)
        super().put(look, scene, width=width)
        if look.moves and self.isVisible() and before is not None and after is not None and before != after:
            if self._gliding is not None:
                self._gliding.stop()
            self._gliding = glide(self, before, after)

    def draw_scene(self, painter: QPainter) -> None:
        gliding = self._gliding
        if gliding is None or gliding.state() is not QVariantAnimation.State.Running:
            super().draw_scene(painter)
            return
        share = float(gliding.currentValue())
        items = (replace(item, share=share) if isinstance(item, Bar) else item for item in self.scene.items)
        draw(painter, items, self.look.palette, self.look.letters)


def _share(scene: Scene | None) -> float | None:
    return next((item.share for item in scene.items if isinstance(item, Bar)), None) if scene is not None else None


class Dash(RowActions, QLabel):
    """A row without a figure: never a progress bar at 0."""

    def __init__(self, look: Look, scene: Scene, row: Row, act: Act) -> None:
        super().__init__()
        self.prepare(look, scene)
        self.start(row, act)


class Pressable(Painted, QPushButton):
    """A line that does one thing: the footer, a folded account, a problem with a remedy."""

    def __init__(self, look: Look, scene: Scene, name: str, description: str, press: Callable[[], None]) -> None:
        super().__init__()
        self.setFlat(True)
        self.setAutoDefault(True)  # Enter presses it, as Space does
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.prepare(look, scene)
        self.say(name, description)
        self.clicked.connect(lambda _checked=False: press())

    def say(self, name: str, description: str = "") -> None:
        self.setAccessibleName(name)
        self.setAccessibleDescription(description)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()  # a button of Qt's own would pass the focus on, out of the page's stops
        else:
            super().keyPressEvent(event)


class IconButton(Painted, QPushButton):
    """A 28 px button that shows one sign."""

    def __init__(self, look: Look, sign: str, name: str, press: Callable[[], None]) -> None:
        super().__init__()
        self.setFlat(True)
        self.setAutoDefault(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.sign = sign
        self._turning: QVariantAnimation | None = None
        self.prepare(look, Scene(height=28, items=()))
        self.ring_box = (0, 0, 28, 28)
        self.setAccessibleName(name)
        self.clicked.connect(lambda _checked=False: press())
        self.dress(look)

    def dress(self, look: Look) -> None:
        self.put(look, Scene(height=28, items=(Mark(x=6.5, y=6.5, size=15, name=self.sign, colour="text2"),)), width=28)

    def draw_scene(self, painter: QPainter) -> None:
        if self.hovered or self.isDown():
            fill = "sel" if self.isDown() else "sunk"
            panel = Panel(x=0, y=0, width=28, height=28, radius=t.BUTTON_RADIUS, fill=fill)
            draw(painter, (panel,), self.look.palette, self.look.letters)
        if self._turning is not None:
            painter.translate(14, 14)
            painter.rotate(float(self._turning.currentValue() or 0.0))
            painter.translate(-14, -14)
        super().draw_scene(painter)

    def turn(self, on: bool) -> None:
        """Its sign turns as long as what it asked for runs, where things may move."""
        if on and self.look.moves and self._turning is None:
            self._turning = turn(self)
        elif not on and self._turning is not None:
            self._turning.stop()
            self._turning = None
            self.update()
