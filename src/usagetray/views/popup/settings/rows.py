"""One setting in its line: name and help at the left, what it is changed with at the right, complaints below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from usagetray.language import tr
from usagetray.settings.keys import kind_of
from usagetray.views.popup.settings.controls import Beside, label
from usagetray.views.popup.settings.field import Field
from usagetray.views.popup.settings.fields import field_for
from usagetray.views.popup.settings.shapes import Row, Shape
from usagetray.views.popup.widgets import Look

OWN_THRESHOLDS = "providers.*.accounts.*.thresholds"
AT_ONCE = (Shape.SWITCH, Shape.CHOICE, Shape.PICK, Shape.ICON, Shape.PERCENTS, Shape.DAYS)
"""Nothing typed is lost where one of these goes back to what holds."""

Want = Callable[[str, Any, Callable[[bool, str], None]], None]
"""(key, value, what to call with the answer: whether it was taken, and a sentence)."""


class RowLine(QWidget):
    def __init__(self, row: Row, key: str, look: Look, want: Want) -> None:
        super().__init__()
        self.row, self.key, self._want = row, key, want
        self._value: Any = None
        self.field: Field = field_for(row, look, self.change)
        self.field.refused = lambda: self.complain(tr(row.wrong))
        self.name = label(tr(row.label), "name")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, round(6 * look.scale), 0, round(6 * look.scale))
        whole.setSpacing(round(4 * look.scale))
        words = QVBoxLayout()
        words.setSpacing(round(1 * look.scale))
        words.addWidget(self.name)
        if row.help:
            words.addWidget(label(tr(row.help), "help"))
        if self.field.is_wide or row.is_wide:
            if row.shape is not Shape.BUDGETS:  # their heading says it
                whole.addLayout(words)
            whole.addWidget(self.field)
        else:
            whole.addWidget(Beside(words, self.field, look))
        self.problem = label("", "wrong")
        self.problem.hide()
        whole.addWidget(self.problem)

    def show_value(self, value: Any) -> None:
        """What the file says."""
        if value != self._value:
            self.complain("")
        self._value = value
        self.field.show_value(value)

    def change(self, value: Any) -> None:
        if self.row.key == OWN_THRESHOLDS and not value:
            value = None  # none of its own: those of all alerts
        kind = kind_of(self.key)
        if kind is not None and value is not None:
            try:
                kind.read(value)
            except ValueError as error:
                self.complain(
                    tr(self.row.wrong) if self.row.wrong else tr("This takes {wanted}.", wanted=tr(str(error)))
                )
                return
        self._want(self.key, value, self.take_answer)

    def take_answer(self, ok: bool, text: str) -> None:
        self.complain("" if ok else text)
        if not ok and self.row.shape in AT_ONCE:
            self.field.show_value(self._value)

    def complain(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        self.field.mark(wrong=bool(sentence))
