"""Settings that are times of day or numbers."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTime
from PySide6.QtWidgets import QAbstractSpinBox

from usagetray.language import tr
from usagetray.views.popup.settings.controls import StillSpin, StillTime, Switch, button, label
from usagetray.views.popup.settings.field import Changed, Field
from usagetray.views.popup.settings.shapes import Row
from usagetray.views.popup.widgets import Look


class SpanField(Field):
    """A switch, and two times while it is on."""

    def __init__(self, row: Row, look: Look, changed: Changed) -> None:
        super().__init__(row, look, changed)
        self._last = row.hint
        self.begins, self.ends = self._time(tr("from")), self._time(tr("until"))
        self.switch = Switch(look, tr(row.label), tr(row.help))
        self.switch.clicked.connect(lambda _on: self._tell())
        for widget in (self.begins, label("–", "state", wrap=False), self.ends, self.switch):
            self.line.addWidget(widget)
        self.show_value("")

    def _time(self, which: str) -> StillTime:
        made = StillTime()
        made.setDisplayFormat("HH:mm")
        made.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        made.setAlignment(Qt.AlignmentFlag.AlignCenter)
        made.setKeyboardTracking(False)
        made.setAccessibleName(f"{tr(self.row.label)}, {which}")
        made.setMinimumWidth(round(66 * self.look.scale))
        made.editingFinished.connect(self._tell_if_on)
        return made

    @property
    def value(self) -> str:
        if not self.switch.isChecked():
            return ""
        return f"{self.begins.time().toString('HH:mm')}-{self.ends.time().toString('HH:mm')}"

    def _tell_if_on(self) -> None:
        if self.switch.isChecked() and self.value != self._last:
            self._tell()

    def _tell(self) -> None:
        self._enable()
        self._last = self.value or self._last
        self._changed(self.value)

    def _enable(self) -> None:
        for each in (self.begins, self.ends):
            each.setEnabled(self.switch.isChecked())

    def show_value(self, value: Any) -> None:
        """Switched off, the times stay for the day they are wanted again."""
        self.switch.setChecked(bool(value))
        self._last = str(value) or self._last
        if not any(each.hasFocus() for each in (self.begins, self.ends)):
            first, _, last = self._last.partition("-")
            self.begins.setTime(QTime.fromString(first, "HH:mm"))
            self.ends.setTime(QTime.fromString(last, "HH:mm"))
        self._enable()


class NumberField(Field):
    def __init__(self, row: Row, look: Look, changed: Changed) -> None:
        super().__init__(row, look, changed)
        self.box = StillSpin()
        self.box.setRange(row.least, row.most)
        self.box.setKeyboardTracking(False)
        self.box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.box.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.box.setMinimumWidth(round(66 * look.scale))
        self.box.setAccessibleName(tr(row.label))
        self.box.setAccessibleDescription(tr(row.help))
        if row.unit:
            self.box.setSuffix(f" {tr(row.unit)}")
        if row.zero:
            self.box.setSpecialValueText(tr(row.zero))
        self.box.valueChanged.connect(self._tell)
        self.less = button("−", lambda: self.box.stepDown())
        self.more = button("+", lambda: self.box.stepUp())
        for each, name in ((self.less, tr("{name}: less")), (self.more, tr("{name}: more"))):
            each.setAccessibleName(name.format(name=tr(row.label)))
            each.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrow keys do the same in the field
        for widget in (self.less, self.box, self.more):
            self.line.addWidget(widget)

    def _tell(self, value: int) -> None:
        self._changed(value)

    def show_value(self, value: Any) -> None:
        self.box.blockSignals(True)
        self.box.setValue(int(value or 0))
        self.box.blockSignals(False)
