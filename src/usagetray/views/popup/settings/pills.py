"""Settings of which several may be chosen: percentages, days of the week."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from usagetray.language import tr, tr_later
from usagetray.settings import WEEKDAYS
from usagetray.views.figures import NARROW
from usagetray.views.popup.settings.controls import clear, pill
from usagetray.views.popup.settings.field import Changed, Field
from usagetray.views.popup.settings.shapes import Row
from usagetray.views.popup.widgets import Look

DAY_NAMES = (
    tr_later("Mon"), tr_later("Tue"), tr_later("Wed"), tr_later("Thu"), tr_later("Fri"), tr_later("Sat"),
    tr_later("Sun"),
)  # fmt: skip


class PillsField(Field):
    """Some of several; those in the file that are not offered are shown as well."""

    def __init__(self, row: Row, look: Look, changed: Changed, offered: Sequence[tuple[Any, str, str]]) -> None:
        super().__init__(row, look, changed)
        self._offered = list(offered)
        self.pills: dict[Any, Any] = {}
        self._fill(self._offered)

    def _fill(self, offered: Sequence[tuple[Any, str, str]]) -> None:
        clear(self)
        self.pills = {}
        for value, text, spoken in offered:
            self.pills[value] = made = pill(text, f"{tr(self.row.label)}: {spoken}", self._toggled)
            self.line.addWidget(made)

    def _toggled(self) -> None:
        chosen = [value for value, each in self.pills.items() if each.isChecked()]
        self._changed(chosen)

    def show_value(self, value: Any) -> None:
        known = [each[0] for each in self._offered]
        more = [each for each in value or () if each not in known]
        wanted = [*self._offered, *((each, *self.words(each)) for each in more)]
        wanted.sort(key=lambda each: self.order(each[0]))
        if list(self.pills) != [each[0] for each in wanted]:
            self._fill(wanted)
        for each, made in self.pills.items():
            made.setChecked(each in (value or ()))

    def words(self, value: Any) -> tuple[str, str]:
        return str(value), str(value)

    def order(self, value: Any) -> Any:
        """Where it stands among the others."""
        return [each[0] for each in self._offered].index(value)


class PercentsField(PillsField):
    def __init__(self, row: Row, look: Look, changed: Changed) -> None:
        super().__init__(row, look, changed, [(int(value), *self.words(value)) for value, _ in row.choices])

    def words(self, value: Any) -> tuple[str, str]:
        return f"{value}{NARROW}%", tr("{percent} percent", percent=value)

    def order(self, value: Any) -> Any:
        return value


class DaysField(PillsField):
    def __init__(self, row: Row, look: Look, changed: Changed) -> None:
        names = [(each, tr(name), tr(name)) for each, name in zip(WEEKDAYS, DAY_NAMES, strict=True)]
        super().__init__(row, look, changed, names)
