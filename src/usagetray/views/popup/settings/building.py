"""One page of the settings window, built of its pieces."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from usagetray.language import tr
from usagetray.settings.written import written
from usagetray.views.popup.settings import parts
from usagetray.views.popup.settings.budgets import BudgetsField
from usagetray.views.popup.settings.cards import Cards, confirm
from usagetray.views.popup.settings.consents import Ask
from usagetray.views.popup.settings.controls import EDGE, button, label, rule
from usagetray.views.popup.settings.fields import PickField
from usagetray.views.popup.settings.rows import RowLine, Want
from usagetray.views.popup.settings.shapes import Heading, Note, Part, Press, Row, SettingsPage, Shape
from usagetray.views.popup.widgets import Look


class PageView(QScrollArea):
    def __init__(self, page: SettingsPage, look: Look, *, want: Want, ask: Ask, press: Callable[[str], None]) -> None:
        super().__init__()
        self.page, self._look, self._want, self._ask, self._press = page, look, want, ask, press
        self.rows: dict[str, RowLine] = {}
        self.parts: list[parts.PartView] = []
        self.cards: Cards | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setObjectName("page")
        # Rows may be narrower than they would like: they then stand in two lines. The page is as high as they are.
        inner.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._stack = QVBoxLayout(inner)
        scale = look.scale
        self._edge = round(EDGE * scale)
        right = round(20 * scale) - self._edge
        self._stack.setContentsMargins(round(20 * scale), round(18 * scale), right, round(20 * scale))
        self._stack.setSpacing(round(2 * scale))
        self._put(label(tr(page.name), "title"))
        if page.lead:
            self._put(label(tr(page.lead), "help"))
        self._stack.addSpacing(round(8 * scale))
        for piece in page.pieces:
            self._add(piece)
        self._stack.addStretch(1)
        self.setWidget(inner)

    def _put(self, widget: QWidget, *, ends_with_switch: bool = False) -> None:
        """All end at one line, for the eye: a switch has room for its ring beyond that."""
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0 if ends_with_switch else self._edge, 0)
        line.addWidget(widget)
        self._stack.addLayout(line)

    def _add(self, piece: Row | Heading | Note | Press | Part) -> None:
        match piece:
            case Row():
                made = self.rows[piece.key] = RowLine(piece, piece.key, self._look, self._want)
                self._put(made, ends_with_switch=piece.shape in (Shape.SWITCH, Shape.SPAN))
            case Heading():
                if piece != self.page.pieces[0]:
                    self._stack.addSpacing(round(10 * self._look.scale))
                    self._put(rule())
                    self._stack.addSpacing(round(8 * self._look.scale))
                self._put(label(tr(piece.text), "heading"))
            case Note():
                self._put(label(tr(piece.text), "note"))
            case Press():
                self._put(PressLine(piece, self._look, self._ask, self._press))
            case Part():
                self._add_part(piece.name)

    def _add_part(self, name: str) -> None:
        if name == "connections":
            self.cards = Cards(self._look, self._want, self._ask)
            self._put(self.cards)
            return
        made: parts.PartView
        if name == "autostart":
            made = parts.AutostartPart(self._look, self._ask)
        else:
            kinds: dict[str, type[parts.PartView]] = {
                "promise": parts.Promise,
                "contacts": parts.Contacts,
                "taken": parts.Taken,
                "kept": parts.Kept,
                "shortcut": parts.ShortcutPart,
                "rates": parts.Rates,
                "about": parts.About,
                "keys": parts.Keys,
            }
            made = kinds[name](self._look)
        self.parts.append(made)
        self._put(made, ends_with_switch=name == "autostart")

    def show_setup(self, seen: parts.Seen) -> None:
        setup = seen.setup
        names = {each.provider: each.name for each in setup.connections}
        for key, row in self.rows.items():
            if isinstance(row.field, PickField):
                row.field.offer([("", tr("Whichever is tightest")), *names.items()])
            if isinstance(row.field, BudgetsField):
                row.field.know(names)
            row.show_value(written(setup.settings, key))
        for part in self.parts:
            part.show_setup(seen)
        if self.cards is not None:
            self.cards.show_setup(setup, seen.overview, setup.settings.show_left)

    def reveal(self, provider: str) -> None:
        card = self.cards.cards.get(provider) if self.cards is not None else None
        if card is not None:
            self.ensureWidgetVisible(card, 0, round(12 * self._look.scale))


class PressLine(QWidget):
    """A button, and below it what became of it."""

    def __init__(self, piece: Press, look: Look, ask: Ask, press: Callable[[str], None]) -> None:
        super().__init__()
        self.piece, self._ask, self._press = piece, ask, press
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, round(6 * look.scale), 0, round(4 * look.scale))
        whole.setSpacing(round(4 * look.scale))
        line = QHBoxLayout()
        line.setSpacing(round(12 * look.scale))
        self.button: QPushButton = button(tr(piece.label), self._pressed, "danger" * piece.is_dangerous)
        self.button.setAccessibleDescription(tr(piece.help) if piece.help else "")
        line.addWidget(self.button)
        line.addWidget(label(tr(piece.help) if piece.help else "", "help"), 1)
        whole.addLayout(line)
        self.done, self.problem = label("", "done"), label("", "wrong")
        for each in (self.done, self.problem):
            each.hide()
            whole.addWidget(each)

    def _pressed(self) -> None:
        if self.piece.name == "test_alert":
            self.button.setEnabled(False)
            self._ask({"event": "test_alert"}, self._take)
        elif self.piece.name == "wipe":
            confirm(
                self,
                tr("Delete everything usagetray keeps?"),
                tr(
                    "History, settings, logs, keys in the key store and the start at login are removed for good, and "
                    "usagetray quits. Other programs’ own files stay as they are."
                ),
                tr("Delete everything"),
                lambda: self._press(self.piece.name),
            )
        else:
            self._press(self.piece.name)

    def _take(self, ok: bool, text: str) -> None:
        self.button.setEnabled(True)
        for each, is_it in ((self.done, ok), (self.problem, not ok)):
            each.setText(text if is_it else "")
            each.setVisible(bool(text) and is_it)
