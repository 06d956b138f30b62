"""The pieces of the first page: cards and lines that are check boxes, chips, buttons, and the program's sign."""

# ruff: noqa: N802, ARG002 - the names and arguments of overridden methods are Qt's.

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QCheckBox, QPushButton

from usagetray.language import tr
from usagetray.views.popup import tokens as t
from usagetray.views.popup.compose import INNER, LEFT, RIGHT, middle
from usagetray.views.popup.compose_card import check_box
from usagetray.views.popup.fonts import Letters
from usagetray.views.popup.scene import Item, Panel, Scene, draw
from usagetray.views.popup.widgets import RING_OF_CARD, Look, Painted, Plain

CHIP = 28


MOST_LINES = 24
"""What somebody consents to is never cut; the page scrolls."""


class Tick(Painted, QCheckBox):
    """A card or a line that is a check box as a whole."""

    def __init__(
        self, look: Look, name: str, description: str, *, is_card: bool, on: bool, aside: str = "", shown: str = ""
    ) -> None:
        """`aside`: at the right of the name. `shown`: instead of the name, which is read out."""
        super().__init__()
        self.title, self.detail, self.is_card, self.aside = shown or name, description, is_card, aside
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(name)
        self.setAccessibleDescription(description)
        self.prepare(look, Scene(height=0, items=()))
        self.ring_radius = RING_OF_CARD if is_card else self.ring_radius
        self.setChecked(on)
        self.dress(look)
        self.toggled.connect(lambda _on: self.dress(self.look))

    def hitButton(self, position: object) -> bool:
        return True

    def dress(self, look: Look) -> None:
        scene = self._card(look.letters) if self.is_card else self._line(look.letters)
        self.ring_box = (LEFT - 4, 0, INNER + 8, scene.height) if self.is_card else None
        self.put(look, scene)

    def _card(self, letters: Letters) -> Scene:
        top, at = 4.0, LEFT + 42.0
        room = RIGHT - 12 - at
        wide = letters.width(self.aside, t.BODY)
        is_beside = wide + 8 + letters.width(self.title, t.TITLE) <= room
        # Where there is no room for it beside the name, it begins the lines below.
        first = letters.wrap(self.aside, t.BODY, room, most=2) if not is_beside else ()
        lines = (*first, *letters.wrap(self.detail, t.BODY, room, most=MOST_LINES))
        height = 34.0 + t.LEADING * len(lines) + (8 if lines else 0)
        on = self.isChecked()
        items: list[Item] = [
            Panel(
                x=LEFT, y=top, width=INNER, height=height, radius=t.CARD_RADIUS, fill="okbg" if on else "bg",
                outline="ok" if on else "edge",
            ),
            *check_box(LEFT + 12, top + 12, on=on),
        ]  # fmt: skip
        items.append(middle(letters, self.title, t.TITLE, "text", top + 21, at, room - (wide + 8) * is_beside))
        if self.aside and is_beside:
            items.append(middle(letters, self.aside, t.BODY, "text3", top + 21, RIGHT - 12 - wide, wide + 1))
        items.extend(
            middle(
                letters,
                text,
                t.BODY,
                "text3" if line < len(first) else "text2",
                top + 41.5 + t.LEADING * line,
                at,
                room,
            )
            for line, text in enumerate(lines)
        )
        return Scene(height=height + 2 * top, items=tuple(items))

    def _line(self, letters: Letters) -> Scene:
        at = LEFT + 42.0
        lines = letters.wrap(self.detail, t.BODY, RIGHT - 12 - at, most=MOST_LINES)
        items: list[Item] = check_box(LEFT + 12, 5, on=self.isChecked())
        items.extend(
            middle(letters, text, t.BODY, "text2", 14 + t.LEADING * line, at, RIGHT - 12 - at)
            for line, text in enumerate(lines)
        )
        return Scene(height=max(28.0, 14 + t.LEADING * len(lines)), items=tuple(items))


class Button(Painted, QPushButton):
    def __init__(self, look: Look, words: str, press: Callable[[], None], *, primary: bool) -> None:
        super().__init__()
        self.primary = primary
        self.setFlat(True)
        self.setAutoDefault(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.prepare(look, Scene(height=t.BUTTON, items=()))
        self.clicked.connect(lambda _checked=False: press())
        self.words = ""
        self.say(words, look)

    def say(self, words: str, look: Look, *, enabled: bool = True) -> None:
        self.words = words
        self.setEnabled(enabled)
        self.setAccessibleName(words)
        width = round(look.letters.width(words, t.TITLE if self.primary else t.NAME)) + 32.0
        height = float(t.BUTTON) + 8
        top = 4.0
        style = t.TITLE if self.primary else t.NAME
        colour = "text" if not self.primary else ("on" if enabled else "text2")
        text = middle(look.letters, words, style, colour, top + t.BUTTON / 2, top + 12, width)
        if self.primary:
            panel = Panel(
                x=top, y=top, width=width - 8, height=t.BUTTON, radius=t.BUTTON_RADIUS, fill="ok" if enabled else "sel"
            )
        else:
            panel = Panel(
                x=top, y=top, width=width - 8, height=t.BUTTON, radius=t.BUTTON_RADIUS, outline="ctl", outline_width=1
            )
        self.ring_box = (0, 0, width, height)
        self.put(look, Scene(height=height, items=(panel, text)), width=width)


class Chip(Painted, QPushButton):
    """A provider that could be added with a key."""

    ring_radius = CHIP / 2 - 1

    def __init__(self, look: Look, words: str, name: str, press: Callable[[], None]) -> None:
        super().__init__()
        self.setFlat(True)
        self.setAutoDefault(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(name)
        self.prepare(look, Scene(height=CHIP, items=()))
        width = round(look.letters.width(words, t.NAME)) + 40.0
        panel = Panel(x=0, y=1, width=width - 1, height=CHIP - 2, radius=CHIP / 2 - 1, outline="ctl", outline_width=1)
        plus = middle(look.letters, "+", t.NAME, "text2", CHIP / 2, 11, 14)
        text = middle(look.letters, words, t.NAME, "text", CHIP / 2, 28, width - 28)
        self.ring_box = (0, 0, width, CHIP)
        self.put(look, Scene(height=CHIP, items=(panel, plus, text)), width=width)
        self.clicked.connect(lambda _checked=False: press())


class SwitchLine(Painted, QCheckBox):
    """A line with a switch at its right."""

    def __init__(self, look: Look, words: str) -> None:
        super().__init__()
        self.words = words
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(words)
        self.prepare(look, Scene(height=0, items=()))
        self.dress(look)
        self.toggled.connect(lambda _on: self.dress(self.look))

    def hitButton(self, position: object) -> bool:
        return True

    def dress(self, look: Look) -> None:
        x, y, on = RIGHT - 34.0, 7.0, self.isChecked()
        knob, side = (x + 17, 14.0) if on else (x + 4, 12.0)
        track = (
            Panel(x=x, y=y, width=34, height=20, radius=10, fill="ok")
            if on
            else Panel(x=x, y=y, width=34, height=20, radius=10, fill="bg", outline="ctl", outline_width=1.5)
        )
        thumb = Panel(
            x=knob, y=y + (20 - side) / 2, width=side, height=side, radius=side / 2, fill="on" if on else "ctl"
        )
        text = middle(look.letters, self.words, t.NAME, "text", 17, LEFT, INNER - 50)
        self.ring_box = (LEFT - 6, 1, INNER + 12, 32)
        self.put(look, Scene(height=34, items=(text, track, thumb)))


class Emblem(Plain):
    """The program's sign with its name and the page's first sentence."""

    def __init__(self, look: Look, lead: str) -> None:
        self._lead = lead
        super().__init__(look, self._scene(look.letters), tr("Welcome to usagetray"), lead)

    def _scene(self, letters: Letters) -> Scene:
        room = RIGHT - LEFT - 52.0
        at = LEFT + 52
        titles = letters.wrap(tr("Welcome to usagetray"), t.WINDOW_TITLE, room, most=2)
        leads = letters.wrap(self._lead, t.BODY, room, most=3)
        items = [
            middle(letters, text, t.WINDOW_TITLE, "text", 20 + 22 * line, at, room) for line, text in enumerate(titles)
        ]
        first = 18 + 22 * len(titles)
        items += [
            middle(letters, text, t.BODY, "text2", first + t.LEADING * line, at, room)
            for line, text in enumerate(leads)
        ]
        return Scene(height=max(56.0, first + t.LEADING * len(leads) - 1), items=tuple(items))

    def dress(self, look: Look) -> None:
        self.put(look, self._scene(look.letters))

    def draw_scene(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.translate(LEFT, 8)
        painter.scale(40 / 128, 40 / 128)
        tile = QLinearGradient(0, 0, 0, 128)
        tile.setColorAt(0, QColor("#2F4172"))
        tile.setColorAt(1, QColor("#141C36"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(tile))
        painter.drawRoundedRect(QRectF(0, 0, 128, 128), 28, 28)
        painter.setPen(_flat_pen(QBrush(QColor(255, 255, 255, 97))))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawLine(QPointF(92, 24), QPointF(92, 48))
        fill = QLinearGradient(24, 0, 104, 0)
        fill.setColorAt(0, QColor("#FFFFFF"))
        fill.setColorAt(1, QColor("#8FB6FF"))
        path = QPainterPath(QPointF(36, 24))
        path.lineTo(36, 64)
        path.arcTo(QRectF(36, 36, 56, 56), 180, 180)
        path.lineTo(92, 56)
        painter.strokePath(path, _flat_pen(QBrush(fill)))
        painter.restore()
        draw(painter, self.scene.items, self.look.palette, self.look.letters)


def _flat_pen(brush: QBrush) -> QPen:
    return QPen(brush, 24, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin)
