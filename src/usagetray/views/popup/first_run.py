"""The first page: what was found here, what would be read, and nothing on before the button is pressed."""

# ruff: noqa: N802, ARG002 - the names and arguments of overridden methods are Qt's.

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from usagetray.overview import FoundTool
from usagetray.views.plain import plain
from usagetray.views.popup import tokens as t
from usagetray.views.popup.compose import INNER, LEFT, RIGHT, middle
from usagetray.views.popup.compose_card import check_box
from usagetray.views.popup.fonts import Letters
from usagetray.views.popup.scene import Item, Mark, Panel, Scene, draw
from usagetray.views.popup.widgets import Look, Painted, Plain

WELCOME = "Welcome to usagetray"
NOTHING_YET = "Untick what it should not read."
PRIVACY = "Figures stay on this computer: no telemetry, no account."
PRIVACY_OF_TOOLS = (
    " Files of other programs are only read; a line that changes one says so and is yours to tick. "
    "Nothing is asked over the network unless you switch that on."
)
NOTHING_FOUND = "No known tool was found"
TRY_DEMO = "To look around with made-up figures, run “usagetray demo” in a terminal."


class Tick(Painted, QCheckBox):
    """A card or a line that is a check box as a whole."""

    def __init__(self, look: Look, name: str, description: str, *, is_card: bool, on: bool) -> None:
        super().__init__()
        self.title, self.detail, self.is_card = name, description, is_card
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(name)
        self.setAccessibleDescription(description)
        self.prepare(look, Scene(height=0, items=()))
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
        lines = letters.wrap(self.detail, t.BODY, room, most=4)
        height = 34.0 + t.LEADING * len(lines) + (8 if lines else 0)
        on = self.isChecked()
        items: list[Item] = [
            Panel(
                x=LEFT, y=top, width=INNER, height=height, radius=t.CARD_RADIUS, fill="okbg" if on else "bg",
                outline="ok" if on else "edge",
            ),
            *check_box(LEFT + 12, top + 12, on=on),
            middle(letters, self.title, t.TITLE, "text", top + 21, at, room),
        ]  # fmt: skip
        items.extend(
            middle(letters, text, t.BODY, "text2", top + 41.5 + t.LEADING * line, at, room)
            for line, text in enumerate(lines)
        )
        return Scene(height=height + 2 * top, items=tuple(items))

    def _line(self, letters: Letters) -> Scene:
        at = LEFT + 42.0
        lines = letters.wrap(self.detail, t.BODY, RIGHT - 12 - at, most=6)
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


class Emblem(Plain):
    """The program's sign with its name and the page's first sentence."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, self._scene(look.letters), WELCOME, NOTHING_YET)

    def _scene(self, letters: Letters) -> Scene:
        room = RIGHT - LEFT - 52.0
        return Scene(
            height=56,
            items=(
                middle(letters, WELCOME, t.WINDOW_TITLE, "text", 20, LEFT + 52, room),
                middle(letters, NOTHING_YET, t.BODY, "text2", 40, LEFT + 52, room),
            ),
        )

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


def start_words(count: int) -> str:
    return "Start" if not count else f"Start with {count} tool{'' if count == 1 else 's'}"


class Choices(QWidget):
    """The tools with their check boxes, one below the other; the part that scrolls."""

    def __init__(
        self, look: Look, found: Sequence[FoundTool], missing: Sequence[str], changed: Callable[[], None]
    ) -> None:
        super().__init__()
        self.tools: list[tuple[str, Tick, list[tuple[str, Tick]]]] = []
        self._stack: list[Painted] = []
        self._found, self._missing = tuple(found), tuple(missing)
        heading = self._heading("Found on this computer" if found else NOTHING_FOUND, look)
        self._add(heading)
        for tool in found:
            card = Tick(look, plain(tool.name, 40), plain(tool.reads, 240), is_card=True, on=True)
            card.toggled.connect(lambda _on: changed())
            self._add(card)
            hooks: list[tuple[str, Tick]] = []
            for hook, explains, installed in tool.hooks:
                line = Tick(look, f"{plain(tool.name, 40)}: extra", plain(explains, 300), is_card=False, on=installed)
                self._add(line)
                hooks.append((hook, line))
            self.tools.append((tool.provider, card, hooks))
        if not found:
            looked_for = ", ".join(plain(name, 24) for name in missing[:8])
            if looked_for:
                self._add(self._sentence(f"usagetray looks for {looked_for}.", look))
            self._add(self._sentence(TRY_DEMO, look))
        self._add(self._privacy(PRIVACY + PRIVACY_OF_TOOLS * bool(found), look))
        self.arrange(look)

    def _add(self, widget: Painted) -> None:
        widget.setParent(self)
        self._stack.append(widget)

    def _heading(self, words: str, look: Look) -> Plain:
        text = middle(look.letters, words, t.BODY_STRONG, "text3", 11, LEFT, INNER)
        return Plain(look, Scene(height=24, items=(text,)), words)

    def _sentence(self, words: str, look: Look) -> Plain:
        lines = look.letters.wrap(words, t.BODY, INNER)
        items = tuple(
            middle(look.letters, text, t.BODY, "text2", 10 + t.LEADING * line, LEFT, INNER)
            for line, text in enumerate(lines)
        )
        return Plain(look, Scene(height=6 + t.LEADING * len(lines), items=items), words)

    def _privacy(self, words: str, look: Look) -> Plain:
        at = LEFT + 40.0
        lines = look.letters.wrap(words, t.BODY, RIGHT - 14 - at, most=6)
        height = 24.0 + t.LEADING * len(lines)
        items: list[Item] = [
            Panel(x=LEFT, y=8, width=INNER, height=height, radius=t.CARD_RADIUS, fill="sunk"),
            Mark(x=LEFT + 13, y=19, size=15, name="lock", colour="text2"),
        ]
        items.extend(
            middle(look.letters, text, t.BODY, "text2", 28 + t.LEADING * line, at, RIGHT - 14 - at)
            for line, text in enumerate(lines)
        )
        return Plain(look, Scene(height=height + 12, items=tuple(items)), words)

    def arrange(self, look: Look) -> None:
        y = 0
        for widget in self._stack:
            widget.move(0, y)
            widget.show()
            y += widget.height()
        self.setFixedSize(round(t.WIDTH * look.scale), y)

    @property
    def pieces(self) -> list[Painted]:
        return list(self._stack)

    def chosen(self) -> tuple[list[str], list[str]]:
        """Providers and hooks that are ticked; a hook counts only with its tool."""
        providers = [provider for provider, card, _ in self.tools if card.isChecked()]
        hooks = [
            hook for provider, card, lines in self.tools if card.isChecked() for hook, line in lines if line.isChecked()
        ]
        return providers, hooks
