"""What all fields of the settings window have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from usagetray.views.popup.settings.shapes import Row
from usagetray.views.popup.widgets import Look

Changed = Callable[[Any], None]
"""Gets the new value, as it is to stand in the file."""


class Field(QWidget):
    """`is_wide`: stands below its label, not beside it."""

    is_wide = False

    def __init__(self, row: Row, look: Look, changed: Changed) -> None:
        super().__init__()
        self.row, self.look, self._changed = row, look, changed
        self.refused: Callable[[], None] = lambda: None  # what was typed is no value at all
        self.line = QHBoxLayout(self)
        self.line.setContentsMargins(0, 0, 0, 0)
        self.line.setSpacing(round(6 * look.scale))

    def show_value(self, value: Any) -> None:
        """As it stands in the file. What the user is just typing is left alone."""
        raise NotImplementedError

    def mark(self, *, wrong: bool) -> None:
        """Show that what was typed is not right."""
