"""One widget for each shape of a setting: it shows a value as it stands in the file, and gives a changed one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from usagetray.language import tr
from usagetray.views.popup.settings.budgets import BudgetsField
from usagetray.views.popup.settings.controls import Segments, StillCombo, Switch
from usagetray.views.popup.settings.field import Changed, Field
from usagetray.views.popup.settings.numbers import NumberField, SpanField
from usagetray.views.popup.settings.pills import DaysField, PercentsField
from usagetray.views.popup.settings.previews import IconCards
from usagetray.views.popup.settings.shapes import Row, Shape
from usagetray.views.popup.settings.texts import CommandField, ListField, SumsField, TextField
from usagetray.views.popup.widgets import Look


class SwitchField(Field):
    def __init__(self, row: Row, look: Look, changed: Changed) -> None:
        super().__init__(row, look, changed)
        self.switch = Switch(look, tr(row.label), tr(row.help))
        self.switch.clicked.connect(lambda on: self._changed(bool(on)))
        self.line.addWidget(self.switch)

    def show_value(self, value: Any) -> None:
        self.switch.setChecked(bool(value))


class ChoiceField(Field):
    def __init__(self, row: Row, look: Look, changed: Changed) -> None:
        super().__init__(row, look, changed)
        self.segments = Segments(((value, tr(text)) for value, text in row.choices), tr(row.label), changed)
        self.line.addWidget(self.segments)

    def show_value(self, value: Any) -> None:
        self.segments.show_value(str(value))


class IconField(Field):
    is_wide = True

    def __init__(self, row: Row, look: Look, changed: Changed) -> None:
        super().__init__(row, look, changed)
        self.cards = IconCards([(value, tr(text)) for value, text in row.choices], look, changed)
        self.line.addWidget(self.cards)

    def show_value(self, value: Any) -> None:
        self.cards.show_value(str(value))


class PickField(Field):
    """`choices` come when they are known: "" and the providers there are."""

    def __init__(self, row: Row, look: Look, changed: Changed) -> None:
        super().__init__(row, look, changed)
        self.box = StillCombo(look)
        self.box.setAccessibleName(tr(row.label))
        self.box.setAccessibleDescription(tr(row.help))
        self.box.activated.connect(lambda _at: self._changed(self.box.currentData()))
        self.line.addWidget(self.box)

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        if choices == [(self.box.itemData(at), self.box.itemText(at)) for at in range(self.box.count())]:
            return
        chosen = self.box.currentData()
        self.box.clear()
        for value, text in choices:
            self.box.addItem(text, value)
        self.show_value(chosen)

    def show_value(self, value: Any) -> None:
        at = self.box.findData(value)
        if at < 0 and value:
            self.box.addItem(str(value), value)
            at = self.box.count() - 1
        self.box.setCurrentIndex(max(at, 0))


def field_for(row: Row, look: Look, changed: Changed) -> Field:
    made: dict[Shape, type[Field]] = {
        Shape.SWITCH: SwitchField,
        Shape.CHOICE: ChoiceField,
        Shape.ICON: IconField,
        Shape.PICK: PickField,
        Shape.PERCENTS: PercentsField,
        Shape.SPAN: SpanField,
        Shape.DAYS: DaysField,
        Shape.MINUTES: NumberField,
        Shape.TEXT: TextField,
        Shape.SUMS: SumsField,
        Shape.COMMAND: CommandField,
        Shape.LIST: ListField,
        Shape.BUDGETS: BudgetsField,
    }
    return made[row.shape](row, look, changed)
