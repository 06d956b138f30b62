"""Settings that are typed: a text, sums, a command, a list of texts."""

from __future__ import annotations

import shlex
from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from usagetray.language import tr
from usagetray.views.popup.settings.controls import button, clear, label
from usagetray.views.popup.settings.field import Changed, Field
from usagetray.views.popup.settings.shapes import Row
from usagetray.views.popup.widgets import Look


class TextField(Field):
    def __init__(self, row: Row, look: Look, changed: Changed) -> None:
        super().__init__(row, look, changed)
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(row.hint)
        self.edit.setAccessibleName(tr(row.label))
        self.edit.setAccessibleDescription(tr(row.help))
        self.edit.setMinimumWidth(round(190 * look.scale))
        self.edit.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.edit.editingFinished.connect(self._tell)
        self.line.addWidget(self.edit)
        self._shown: Any = None

    def _tell(self) -> None:
        if not self.edit.isModified():
            return
        self.edit.setModified(False)
        try:
            value = self.read(self.edit.text())
        except ValueError:
            self.refused()
            return
        self._changed(value)

    def read(self, text: str) -> Any:
        return text.strip()

    def write(self, value: Any) -> str:
        return str(value)

    def show_value(self, value: Any) -> None:
        if value == self._shown and self.edit.property("wrong") == "true":
            return  # what was typed stays until it is right
        self._shown = value
        if not (self.edit.hasFocus() and self.edit.isModified()):
            self.edit.setText(self.write(value))
            self.mark(wrong=False)

    def mark(self, *, wrong: bool) -> None:
        self.edit.setProperty("wrong", "true" if wrong else "false")
        self.edit.style().unpolish(self.edit)
        self.edit.style().polish(self.edit)


class SumsField(TextField):
    def read(self, text: str) -> Any:
        """Sums without a fraction are numbers, as they are written in the file."""
        return [int(each) if each.isdigit() else each for each in (part.strip() for part in text.split(",")) if each]

    def write(self, value: Any) -> str:
        return ", ".join(str(each) for each in value)


class CommandField(TextField):
    is_wide = True

    def read(self, text: str) -> Any:
        return shlex.split(text)

    def write(self, value: Any) -> str:
        return shlex.join(value)


class ListField(Field):
    """Texts, one below the other; an empty one is no text."""

    is_wide = True

    def __init__(self, row: Row, look: Look, changed: Changed) -> None:
        super().__init__(row, look, changed)
        self._texts: list[str] = []
        self._lines = QWidget()
        inner = QVBoxLayout(self._lines)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(round(4 * look.scale))
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(row.hint)
        self.edit.setAccessibleName(tr("{name}: one more", name=tr(row.label)))
        self.edit.returnPressed.connect(self._add)
        self.add = button(tr("Add"), self._add)
        self.add.setAccessibleName(tr("{name}: add", name=tr(row.label)))
        last = QWidget()
        below = QHBoxLayout(last)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.edit, 1)
        below.addWidget(self.add)
        whole = QWidget()
        stack = QVBoxLayout(whole)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(round(4 * look.scale))
        stack.addWidget(self._lines)
        stack.addWidget(last)
        self.line.addWidget(whole)

    def _add(self) -> None:
        text = self.edit.text().strip()
        if text:
            self._changed([*self._texts, text])

    def show_value(self, value: Any) -> None:
        texts = [str(each) for each in value]
        if texts == self._texts:
            return
        if self.edit.text().strip() in texts:
            self.edit.clear()
        self._texts = texts
        clear(self._lines)
        for at, text in enumerate(texts):
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(label(text, "state"), 1)
            remove = button(tr("Remove"), partial(self._remove, at), "link")
            remove.setAccessibleName(tr("Remove {name}", name=text))
            row.addWidget(remove)
            self._lines.layout().addWidget(line)  # type: ignore[union-attr]

    def _remove(self, at: int) -> None:
        self._changed([*self._texts[:at], *self._texts[at + 1 :]])

    def mark(self, *, wrong: bool) -> None:
        self.edit.setProperty("wrong", "true" if wrong else "false")
        self.edit.style().unpolish(self.edit)
        self.edit.style().polish(self.edit)
