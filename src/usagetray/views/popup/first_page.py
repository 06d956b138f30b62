"""The first page as a whole: emblem above, choices that scroll, two buttons below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from usagetray.overview import FoundTool, Overview
from usagetray.views.popup import tokens as t
from usagetray.views.popup.body import Thumb
from usagetray.views.popup.first_run import Button, Choices, Emblem, start_words
from usagetray.views.popup.widgets import KEYBOARD_REASONS, Look, Painted

TOP, BOTTOM = 14, 10
STARTING = "Starting…"

Answer = Callable[[list[str] | None, list[str]], None]
"""(providers or None for "not now", hooks)."""


class FirstPage(QWidget):
    def __init__(self, look: Look, overview: Overview, answer: Answer, room: float) -> None:
        super().__init__()
        self.look = look
        self.found: tuple[tuple[FoundTool, ...], tuple[str, ...]] = (overview.found, overview.missing)
        self._answer = answer
        self._room = room
        self.emblem = Emblem(look)
        self.choices = Choices(look, overview.found, overview.missing, self._count)
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.viewport().setAutoFillBackground(False)
        self.area.setWidget(self.choices)
        self.choices.setAutoFillBackground(False)  # after setWidget, which switches it on
        self.not_now = Button(look, "Not now" if overview.found else "Close", lambda: answer(None, []), primary=False)
        self.start = Button(look, start_words(0), self._start, primary=True)
        for widget in (self.emblem, self.area, self.not_now, self.start):
            widget.setParent(self)
        self._thumb = Thumb(self.area, look)
        self._count()
        self._arrange()

    def _count(self) -> None:
        count = len(self.choices.chosen()[0])
        self.start.say(start_words(count), self.look, enabled=count > 0)
        self.start.setVisible(bool(self.choices.tools))
        self._place_buttons()

    def _start(self) -> None:
        self._answer(*self.choices.chosen())
        self.start.say(STARTING, self.look, enabled=False)
        self._place_buttons()

    def _arrange(self) -> None:
        scale = self.look.scale
        top = round(TOP * scale)
        buttons = self.start.height() + round(BOTTOM * scale)
        most = round(self._room * scale) - top - self.emblem.height() - buttons
        middle = min(self.choices.height(), most)
        self.emblem.move(0, top)
        self.area.setFixedSize(round(t.WIDTH * scale), middle)
        self.area.move(0, top + self.emblem.height())
        self.setFixedSize(round(t.WIDTH * scale), top + self.emblem.height() + middle + buttons)
        self._thumb.stand()
        self._place_buttons()

    def _place_buttons(self) -> None:
        edge = round((t.WIDTH - t.PAD + 4) * self.look.scale)
        y = self.height() - self.start.height() - round(BOTTOM * self.look.scale)
        if not self.start.isHidden():
            edge -= self.start.width()
            self.start.move(edge, y)
        self.not_now.move(edge - self.not_now.width(), y)

    # ---- keyboard ---------------------------------------------------------------------------------------------

    def focus_first(self) -> None:
        (self.not_now if self.start.isHidden() else self.start).setFocus(Qt.FocusReason.OtherFocusReason)

    def move_focus(self, step: int) -> None:
        pieces: list[Painted] = [*self.choices.pieces, self.not_now, self.start]
        stops = [widget for widget in pieces if widget.focusPolicy() is not Qt.FocusPolicy.NoFocus]
        here = next((at for at, widget in enumerate(stops) if widget.hasFocus()), 0)
        to = stops[min(max(here + step, 0), len(stops) - 1)]
        to.setFocus(KEYBOARD_REASONS[0])
        self.area.ensureWidgetVisible(to, 0, 12)
