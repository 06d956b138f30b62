"""The page "Advice": what bypasses the plan, whether the plan is worth it, and what could be saved."""

# ruff: noqa: N802, ARG002 - the names and arguments of overridden methods are Qt's.

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from usagetray.views.popup import tokens as t
from usagetray.views.popup.advice_content import advice_view, keys_of_tips
from usagetray.views.popup.advice_spec import AdviceView
from usagetray.views.popup.body import Body, plan
from usagetray.views.popup.compose_card import CARD_BLEED, compose_card, compose_footer
from usagetray.views.popup.crisp import draw_rule
from usagetray.views.popup.first_run import Button
from usagetray.views.popup.scene import Scene
from usagetray.views.popup.spec import Footer
from usagetray.views.popup.spoken import sentences
from usagetray.views.popup.tabs import PopupPage, TabContent
from usagetray.views.popup.widgets import RING_OF_CARD, Act, Look, Plain, Pressable

LEAST_BODY = 120
BUTTONS = 40  # room for them in the card


class AdvicePage(PopupPage):
    def __init__(self, look: Look, act: Act) -> None:
        super().__init__()
        self.look = look
        self._content: TabContent | None = None
        self._view: AdviceView | None = None
        self._opened: frozenset[str] = frozenset()
        self._room = 0.0
        empty = Scene(height=0, items=())
        self.card = Plain(look, empty, "")
        self.card.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.card.ring_radius = RING_OF_CARD
        self.buttons: list[Button] = []
        self.body = Body(look, self._on_line)
        self.footer = Pressable(look, empty, "", "", self._how)
        for widget in (self.card, self.body, self.footer):
            widget.setParent(self)

    def put(self, content: TabContent, look: Look, room: float) -> None:
        self._content, self.look, self._room = content, look, room
        self._show()

    def _show(self) -> None:
        content = self._content
        if content is None:
            return
        view = self._view = advice_view(
            content.read, failed=content.failed, overview=content.overview, opened=self._opened
        )
        self.card.setVisible(view.card is not None)
        if view.card is not None:
            scene = compose_card(view.card, self.look.letters, below=BUTTONS if view.buttons else 0)
            self.card.ring_box = (t.PAD - 4, 0, t.WIDTH - 2 * t.PAD + 8, scene.height)
            self.card.put(self.look, scene)
            self.card.say(sentences(view.card.title, view.card.detail))
        self._put_buttons(view.buttons)
        footer = Footer(text=view.footer, action=view.how, spoken=view.how or view.footer)
        self.footer.put(self.look, compose_footer(footer, self.look.letters))
        self.footer.ring_box = (t.PAD - 7, 5, t.WIDTH - 2 * t.PAD + 14, t.FOOTER - 10)
        self.footer.say(footer.spoken, view.footer if view.how else "")
        self.footer.setEnabled(bool(view.how))
        self._arrange(view)

    def _put_buttons(self, wanted: tuple[tuple[str, str], ...]) -> None:
        if [button.words for button in self.buttons] == [words for words, _ in wanted]:
            return
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = [
            Button(self.look, words, partial(self.sent.emit, {"event": "action", "verb": verb}), primary=False)
            for words, verb in wanted
        ]
        for button in self.buttons:
            button.setParent(self)
            button.show()

    def _arrange(self, view: AdviceView) -> None:
        scale = self.look.scale
        head = self.card.scene.height if view.card is not None else 0.0
        self.card.move(0, 0)
        x = round((t.PAD + 42) * scale)
        for button in self.buttons:
            button.move(x, round((head - CARD_BLEED - 6) * scale) - button.height())
            button.raise_()
            x += button.width()
        laid = plan(view.sections, frozenset(), self.look)
        room = self._room - head - t.FOOTER - 1
        body = max(min(laid.height, room), min(float(LEAST_BODY), room))
        self.body.put(laid, self.look, round(body * scale))
        self.body.move(0, round(head * scale))
        self.footer.move(0, round((head + body + 1) * scale))
        self.setFixedSize(round(t.WIDTH * scale), round((head + body + 1 + t.FOOTER) * scale))
        self.update()

    def _on_line(self, what: str, key: str) -> None:
        if what == "tip":
            self._opened ^= {key}
            self._show()
            self.resized.emit()

    def _how(self) -> None:
        """All grounds at once; a second time, none."""
        tips = keys_of_tips(self._view.sections) if self._view is not None else frozenset()
        self._opened = frozenset() if tips <= self._opened else tips
        self._show()
        self.resized.emit()

    def stops(self) -> list[QWidget]:
        rows = [widget for widget in self.body.rows if widget.focusPolicy() is not Qt.FocusPolicy.NoFocus]
        card = [self.card] if not self.card.isHidden() else []
        return [*card, *self.buttons, *rows, *([self.footer] if self.footer.isEnabled() else [])]

    def reveal(self, stop: QWidget) -> None:
        if stop in self.body.rows:
            self.body.ensureWidgetVisible(stop, 0, 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_rule(painter, 1, self.footer.y() - 1, self.width() - 2, QColor(self.look.palette.line))
        painter.end()
