"""The first page as a whole: emblem above, choices that scroll, two buttons below."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from usagetray.language import tr
from usagetray.overview import Overview
from usagetray.views.popup import tokens as t
from usagetray.views.popup.body import Thumb
from usagetray.views.popup.first_pieces import Button, Emblem
from usagetray.views.popup.first_run import Choices, start_words
from usagetray.views.popup.widgets import KEYBOARD_REASONS, Look, Painted

TOP, BOTTOM = 14, 10

Answer = Callable[[Mapping[str, object] | None], None]
"""Gets an event for the tray, or None for "not now"."""


class FirstPage(QWidget):
    def __init__(self, look: Look, overview: Overview, answer: Answer, room: float) -> None:
        super().__init__()
        self.look = look
        self.found = (overview.found, overview.missing, overview.keyed)
        self._answer = answer
        self._room = room
        self.emblem = Emblem(look, tr("Choose what it may read. Nothing is on yet."))
        self.choices = Choices(look, overview, self._count, self._connect)
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.viewport().setAutoFillBackground(False)
        self.area.setWidget(self.choices)
        self.choices.setAutoFillBackground(False)  # after setWidget, which switches it on
        self.not_now = Button(
            look, tr("Not now") if overview.found else tr("Close"), lambda: answer(None), primary=False
        )
        self.start = Button(look, start_words(0), self._start, primary=True)
        for widget in (self.emblem, self.area, self.not_now, self.start):
            widget.setParent(self)
        self._thumb = Thumb(self.area, look)
        self._count()
        self._arrange()

    def _count(self) -> None:
        count = self.choices.count
        self.start.say(start_words(count), self.look, enabled=count > 0)
        self.start.setVisible(bool(self.choices.tools or self.choices.sources))
        self._place_buttons()

    def _start(self) -> None:
        providers, allowed = self.choices.chosen()
        autostart = self.choices.autostart.isChecked()
        self._answer({"event": "first_run", "providers": providers, "allow": allowed, "autostart": autostart})
        self.start.say(tr("Starting…"), self.look, enabled=False)
        self._place_buttons()

    def _connect(self, provider: str) -> None:
        self._answer({"event": "settings", "page": f"providers/{provider}"})

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
