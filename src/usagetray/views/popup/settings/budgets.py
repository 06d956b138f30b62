"""The list of budgets: each in a line of words, one of them open to be changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from usagetray.language import tr, tr_later
from usagetray.settings.budgets import BASES, PERIODS, check
from usagetray.views.figures import NARROW
from usagetray.views.plain import plain
from usagetray.views.popup.settings.controls import Segments, StillCombo, button, clear, label
from usagetray.views.popup.settings.field import Changed, Field
from usagetray.views.popup.settings.shapes import Row
from usagetray.views.popup.widgets import Look

PERIOD_NAMES = {"day": tr_later("Day"), "week": tr_later("Week"), "month": tr_later("Month")}
BASIS_NAMES = {"": tr_later("By itself"), "estimate": tr_later("List prices"), "billed": tr_later("What was billed")}
Written = Mapping[str, Any]


def _said(budget: Written) -> Written:
    """Without what holds anyway."""
    usual = {"currency": "USD", "period": "month"}
    return {key: value for key, value in budget.items() if usual.get(key) != value}


def line_of(budget: Written, providers: Mapping[str, str]) -> str:
    """ "Shop: 40 USD a week, project webshop": a budget in words."""
    period = budget.get("period", "month")
    sentences = {
        "day": tr("{amount} {currency} a day"),
        "week": tr("{amount} {currency} a week"),
        "month": tr("{amount} {currency} a month"),
    }
    parts = [
        sentences[period].format(
            amount=plain(budget.get("amount"), 14), currency=plain(budget.get("currency", "USD"), 3)
        )
    ]
    if provider := budget.get("provider"):
        parts.append(providers.get(provider, plain(provider, 40)))
    if project := budget.get("project"):
        parts.append(tr("project {name}", name=plain(project, 60)))
    if app := budget.get("app"):
        parts.append(tr("program {name}", name=plain(app, 60)))
    if budget.get("basis") == "billed":
        parts.append(tr("what was billed"))
    if budget.get("thresholds"):
        parts.append(
            tr("alerts at {percents}", percents=", ".join(f"{each:g}{NARROW}%" for each in budget["thresholds"]))
        )
    return " · ".join(parts)


class BudgetsField(Field):
    is_wide = True

    def __init__(self, row: Row, look: Look, changed: Changed) -> None:
        super().__init__(row, look, changed)
        self.providers: dict[str, str] = {}
        self.budgets: list[Written] = []
        self.form: BudgetForm | None = None
        whole = QWidget()
        self._stack = QVBoxLayout(whole)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.setSpacing(round(8 * look.scale))
        self._list = QWidget()
        inner = QVBoxLayout(self._list)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(round(8 * look.scale))
        self.add = button(tr("Add a budget"), lambda: self.open(None))
        self._stack.addWidget(self._list)
        self._stack.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.line.addWidget(whole)

    def know(self, providers: Mapping[str, str]) -> None:
        self.providers = dict(providers)

    def show_value(self, value: Any) -> None:
        value = [_said(each) for each in value]
        if value == self.budgets and self._list.layout().count() == len(self.budgets):  # type: ignore[union-attr]
            return
        if value != self.budgets:
            self.close_form()  # it was taken
        self.budgets = value
        clear(self._list)
        for at, budget in enumerate(self.budgets):
            self._list.layout().addWidget(self._card(at, budget))  # type: ignore[union-attr]

    def _card(self, at: int, budget: Written) -> QFrame:
        card = QFrame()
        card.setObjectName("card")
        row = QHBoxLayout(card)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        name = plain(budget.get("name", ""), 40)
        texts.addWidget(label(name, "name"))
        texts.addWidget(label(line_of(budget, self.providers), "help"))
        row.addLayout(texts, 1)
        change = button(tr("Change"), lambda: self.open(at), "link")
        change.setAccessibleName(tr("Change {name}", name=name))
        remove = button(tr("Remove"), lambda: self._changed([*self.budgets[:at], *self.budgets[at + 1 :]]), "link")
        remove.setAccessibleName(tr("Remove {name}", name=name))
        row.addWidget(change)
        row.addWidget(remove)
        return card

    def open(self, at: int | None) -> None:
        """The form: for the budget of that place, None for a new one."""
        self.close_form()
        self.form = BudgetForm(self.look, {} if at is None else self.budgets[at], self.providers)
        self.form.saved = lambda written: self._save(at, written)
        self.form.left = self.close_form
        self._stack.insertWidget(1, self.form)
        self.add.hide()
        self.form.amount.setFocus(Qt.FocusReason.TabFocusReason)

    def _save(self, at: int | None, written: Written) -> None:
        rows = [*self.budgets, written] if at is None else [*self.budgets[:at], written, *self.budgets[at + 1 :]]
        if rows == self.budgets:
            self.close_form()
        else:
            self._changed(rows)

    def close_form(self) -> None:
        if self.form is not None:
            self.form.hide()
            self.form.setParent(None)
            self.form.deleteLater()
            self.form = None
            self.add.show()


class BudgetForm(QFrame):
    """One budget. What is typed stays until it is right and saved."""

    def __init__(self, look: Look, budget: Written, providers: Mapping[str, str]) -> None:
        super().__init__()
        self.setObjectName("well")
        self.saved: Any = None
        self.left: Any = None
        self._kept = {each: budget[each] for each in ("thresholds",) if each in budget}
        self._grid = QGridLayout(self)
        self._grid.setColumnStretch(1, 1)
        self._grid.setVerticalSpacing(round(6 * look.scale))
        self.amount = self._text(tr("Amount"), budget.get("amount", ""), "300")
        self.currency = self._text(tr("Currency"), budget.get("currency", "USD"), "USD")
        self.period = Segments(
            [(each, tr(PERIOD_NAMES[each])) for each in PERIODS[::-1]], tr("In each"), lambda _: None
        )
        self.period.show_value(budget.get("period", "month"))
        self._add(tr("In each"), self.period)
        self.provider = StillCombo(look)
        self.provider.setAccessibleName(tr("Provider"))
        self.provider.addItem(tr("Everything"), "")
        for each, name in providers.items():
            self.provider.addItem(name, each)
        if (chosen := budget.get("provider", "")) and self.provider.findData(chosen) < 0:
            self.provider.addItem(chosen, chosen)
        self.provider.setCurrentIndex(max(0, self.provider.findData(chosen)))
        self._add(tr("Provider"), self.provider)
        self.project = self._text(tr("Project"), budget.get("project", ""), tr("all projects"))
        self.app = self._text(tr("Program"), budget.get("app", ""), tr("all programs"))
        self.basis = Segments(
            [(each, tr(BASIS_NAMES[each])) for each in ("", *BASES)], tr("Measured by"), lambda _: None
        )
        self.basis.show_value(budget.get("basis", ""))
        self._add(tr("Measured by"), self.basis)
        self.name = self._text(tr("Name"), budget.get("name", ""), tr("after what it is for"))
        self.problem = label("", "wrong")
        self.problem.hide()
        self._grid.addWidget(self.problem, self._grid.rowCount(), 0, 1, 2)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(button(tr("Cancel"), lambda: self.left()))
        self.save = button(tr("Save the budget"), self._save, "primary")
        buttons.addWidget(self.save)
        self._grid.addLayout(buttons, self._grid.rowCount(), 0, 1, 2)

    def _add(self, name: str, widget: QWidget) -> None:
        at = self._grid.rowCount()
        self._grid.addWidget(label(name, "name", wrap=False), at, 0)
        self._grid.addWidget(
            widget, at, 1, Qt.AlignmentFlag.AlignLeft if isinstance(widget, Segments) else Qt.AlignmentFlag(0)
        )

    def _text(self, name: str, value: object, hint: str) -> QLineEdit:
        made = QLineEdit(str(value))
        made.setPlaceholderText(hint)
        made.setAccessibleName(name)
        made.returnPressed.connect(self._save)
        self._add(name, made)
        return made

    @property
    def written(self) -> Written:
        """As it would stand in the file; what is as without saying is left out."""
        currency = self.currency.text().strip().upper()
        texts = {
            "name": self.name.text().strip(),
            "amount": self.amount.text().strip().replace(",", "."),
            "currency": "" if currency == "USD" else currency,
            "period": "" if self.period.value == "month" else self.period.value,
            "provider": self.provider.currentData(),
            "project": self.project.text().strip(),
            "app": self.app.text().strip(),
            "basis": self.basis.value,
        }
        return {**{key: value for key, value in texts.items() if value}, **self._kept}

    def _save(self) -> None:
        wanted = self.written
        try:
            check([wanted])
        except ValueError as error:
            self.complain(_sentence(error))
            return
        self.saved(wanted)

    def complain(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))


def _sentence(error: ValueError) -> str:
    names = {
        "amount": tr("Amount"), "currency": tr("Currency"), "project": tr("Project"), "app": tr("Program"),
        "name": tr("Name"), "provider": tr("Provider"), "basis": tr("Measured by"),
    }  # fmt: skip
    key = str(getattr(error, "key", ""))
    return tr("{field}: this takes {wanted}.", field=names.get(key, key), wanted=tr(str(error)))
