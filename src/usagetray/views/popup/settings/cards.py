"""The page of providers: a card for each, which opens to what it reads, its consents, accounts and folders."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLineEdit, QMessageBox, QVBoxLayout, QWidget

from usagetray.language import tr
from usagetray.overview import AccountView, Overview
from usagetray.settings.keys import ACCOUNT_KEY
from usagetray.settings.setup import Connection, Consent, Setup
from usagetray.settings.written import written
from usagetray.views import words
from usagetray.views.plain import plain
from usagetray.views.popup.settings.consents import Ask, ConsentLine
from usagetray.views.popup.settings.controls import Beside, Switch, button, clear, label
from usagetray.views.popup.settings.pages import OF_ACCOUNT, OF_PROVIDER
from usagetray.views.popup.settings.rows import RowLine, Want
from usagetray.views.popup.settings.standing import accounts_of, figure, read_from
from usagetray.views.popup.widgets import Look

SHOW_HOMES = {"providers.*.homes": "takes_homes", "providers.*.logs": "takes_logs"}
PLAN_ROWS = ("providers.*.plan", "providers.*.plan_day")


class Cards(QWidget):
    """Found ones first, then those that take a key."""

    def __init__(self, look: Look, want: Want, ask: Ask) -> None:
        super().__init__()
        self._look, self._want, self._ask = look, want, ask
        self.cards: dict[str, ConnectionCard] = {}
        self._stack = QVBoxLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.setSpacing(round(8 * look.scale))

    def show_setup(self, setup: Setup, overview: Overview | None, left: bool) -> None:
        here = [each for each in setup.connections if each.found or each.is_connected]
        others = [each for each in setup.connections if each not in here]
        keyed = [each for each in others if any(consent.key for consent in each.consents)]
        absent = [each for each in others if each not in keyed]
        groups = (
            (tr("Found or connected"), here), (tr("Add with a key"), keyed), (tr("Not found on this computer"), absent)
        )  # fmt: skip
        if {each.provider for each in setup.connections} != set(self.cards):
            self._arrange(groups)  # not again while it is open: what one has just connected stays where it is
        for each in setup.connections:
            self.cards[each.provider].show_connection(each, setup, overview, left)

    def _arrange(self, groups: Sequence[tuple[str, Sequence[Connection]]]) -> None:
        for card in self.cards.values():
            card.setParent(None)
        clear(self)
        for title, connections in groups:
            if connections:
                self._stack.addSpacing(round(6 * self._look.scale))
                self._stack.addWidget(label(title, "heading"))
            for each in connections:
                if each.provider not in self.cards:
                    self.cards[each.provider] = ConnectionCard(each, self._look, self._want, self._ask)
                self._stack.addWidget(self.cards[each.provider])
                self.cards[each.provider].show()

    def open(self, provider: str) -> None:
        card = self.cards.get(provider)
        if card is not None:
            card.connect_now()


class ConnectionCard(QFrame):
    def __init__(self, connection: Connection, look: Look, want: Want, ask: Ask) -> None:
        super().__init__()
        self.setObjectName("card")
        self._look, self._want, self._ask = look, want, ask
        self.connection = connection
        self.details: Details | None = None
        self._setup: Setup | None = None
        self._overview: Overview | None = None
        whole = QVBoxLayout(self)
        whole.setSpacing(round(5 * look.scale))
        whole.setContentsMargins(
            round(12 * look.scale), round(6 * look.scale), round(8 * look.scale), round(6 * look.scale)
        )
        right = QWidget()
        head = QHBoxLayout(right)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(round(6 * look.scale))
        texts = QVBoxLayout()
        texts.setSpacing(round(1 * look.scale))
        name = plain(connection.name, 40)
        texts.addWidget(label(name, "name"))
        self.reads = label("", "help")
        texts.addWidget(self.reads)
        self.figure = label("", "state", wrap=False)
        self.figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.figure)
        self.connect_link = button(tr("Connect"), self.connect_now, "link")
        self.connect_link.setAccessibleName(tr("Connect {name}", name=name))
        head.addWidget(self.connect_link)
        self.more = button(tr("Details"), self.toggle, "link")
        self.more.setAccessibleName(tr("Details of {name}", name=name))
        head.addWidget(self.more)
        self.switch = Switch(look, tr("Read {name}", name=name), "")
        self.switch.clicked.connect(
            lambda on: self._want(f"providers.{connection.provider}.enabled", bool(on), self._switched)
        )
        head.addWidget(self.switch)
        whole.addWidget(Beside(texts, right, look))
        self.problem = label("", "wrong")
        self.problem.hide()
        whole.addWidget(self.problem)
        self._below = whole

    def show_connection(self, connection: Connection, setup: Setup, overview: Overview | None, left: bool) -> None:
        self.connection, self._setup, self._overview = connection, setup, overview
        accounts = accounts_of(overview, connection.provider)
        self.reads.setText(read_from(connection, accounts))
        shown = figure(accounts, overview, left) if overview and connection.is_connected else ""
        self.figure.setText(shown)
        self.figure.setVisible(bool(shown))
        asks = [each for each in connection.consents if each.key or connection.found]
        is_asked = not connection.is_allowed and (connection.enabled or not connection.has_free)
        can_connect = not connection.is_connected and is_asked and bool(asks)
        self.connect_link.setVisible(can_connect and self.details is None)
        self.switch.setVisible(not can_connect)
        self.switch.setChecked(connection.enabled)
        if self.details is not None:
            self.details.show_connection(connection, setup, accounts)

    def toggle(self) -> None:
        if self.details is None:
            self._open()
        else:
            self.details.hide()
            self.details.setParent(None)
            self.details.deleteLater()
            self.details = None
        self.more.setText(tr("Less") if self.details is not None else tr("Details"))
        if self._setup is not None:
            self.show_connection(self.connection, self._setup, self._overview, self._setup.settings.show_left)

    def _open(self) -> None:
        self.details = Details(self.connection.provider, self._look, self._want, self._ask)
        self.details.refocus.connect(lambda: self.more.setFocus(Qt.FocusReason.OtherFocusReason))
        self._below.addWidget(self.details)

    def connect_now(self) -> None:
        """Open, with the field of its only key ready to be typed into."""
        if self.details is None:
            self.toggle()
        keyed = [each for each in self.connection.consents if each.key]
        if self.details is not None and len(keyed) == 1 and not self.connection.found:
            self.details.consents[keyed[0].key_name].open_form()
        else:
            self.more.setFocus(Qt.FocusReason.TabFocusReason)

    def _switched(self, ok: bool, text: str) -> None:
        self.problem.setText("" if ok else text)
        self.problem.setVisible(not ok)
        if not ok:
            self.switch.setChecked(self.connection.enabled)


class Details(QFrame):
    """Rebuilt only when other consents, accounts or options are there: what is being typed stays."""

    refocus = Signal()  # what had the focus is no more

    def __init__(self, provider: str, look: Look, want: Want, ask: Ask) -> None:
        super().__init__()
        self.setObjectName("inner")
        self._provider, self._look, self._want, self._ask = provider, look, want, ask
        self.consents: dict[str, ConsentLine] = {}
        self.further: dict[tuple[str, str], ConsentLine] = {}
        self.rows: list[RowLine] = []
        self.options: dict[str, Switch] = {}
        self._shape: object = None
        self._options: list[str] = []
        self._name = ""
        self._stack = QVBoxLayout(self)
        self._stack.setContentsMargins(0, round(8 * look.scale), 0, round(4 * look.scale))
        self._stack.setSpacing(round(2 * look.scale))

    def show_connection(self, connection: Connection, setup: Setup, accounts: Sequence[AccountView]) -> None:
        shape = (
            tuple(each.key_name for each in connection.consents),
            tuple((name, len(consents)) for name, consents in connection.accounts),
            tuple((each.account, each.label) for each in accounts),
            connection.homes,
        )
        if shape != self._shape and not any(each.is_busy for each in (*self.consents.values(), *self.further.values())):
            self._shape, self._name = shape, connection.name
            focused = QApplication.focusWidget()
            had_focus = focused is not None and self.isAncestorOf(focused)
            self._build(connection, accounts)
            if had_focus:
                self.refocus.emit()
        for each in connection.consents:
            if each.key_name in self.consents:
                self.consents[each.key_name].show_consent(each)
        for name, consents in connection.accounts:
            for each in consents:
                if (name, each.name) in self.further:
                    self.further[name, each.name].show_consent(each)
        self._options = list(setup.settings.of(self._provider).options)
        self.add_account.setVisible(connection.is_connected and any(each.key for each in connection.consents))
        self.disconnect_button.setVisible(connection.is_connected)
        for option, switch in self.options.items():
            switch.setChecked(option in self._options)
        for row in self.rows:
            row.show_value(written(setup.settings, row.key))

    def _build(self, connection: Connection, accounts: Sequence[AccountView]) -> None:
        clear(self)
        self.rows, self.consents, self.further, self.options = [], {}, {}, {}
        if connection.reads:
            self._add(label(plain(tr(connection.reads), 300), "note"))
        if len(connection.homes) > 1:
            self._add(
                label(
                    tr("Looked at: {folders}", folders=", ".join(plain(each, 80) for each in connection.homes)),
                    "note",
                )
            )
        for consent in connection.consents:
            self.consents[consent.key_name] = self._consent(consent)
        for name, explains in connection.options:
            self._option(name, explains)
        for row in OF_PROVIDER:
            takes = SHOW_HOMES.get(row.key)
            if (takes and getattr(connection, takes)) or (row.key in PLAN_ROWS and connection.takes_plan):
                self._row(RowLine(row, row.key.replace("*", self._provider), self._look, self._want))
        for account in accounts:
            self._account(account, accounts)
        for name, consents in connection.accounts:
            self._add(label(tr("Account {name}", name=plain(name, 40)), "strong"))
            for consent in consents:
                self.further[name, consent.name] = self._consent(consent, name)
        self.add_account = AddAccount(self._provider, connection.consents, self._look, self._ask)
        self._add(self.add_account)
        self.disconnect_button = button(tr("Disconnect…"), lambda: self._disconnect(connection), "danger")
        self._stack.addWidget(self.disconnect_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.answer = label("", "wrong")
        self.answer.hide()
        self._add(self.answer)

    def _add(self, widget: QWidget) -> None:
        self._stack.addWidget(widget)

    def _row(self, row: RowLine) -> None:
        self.rows.append(row)
        self._add(row)

    def _consent(self, consent: Consent, account: str = "") -> ConsentLine:
        made = ConsentLine(self._provider, consent, self._look, self._ask, account=account, name=self._name)
        self._add(made)
        return made

    def _account(self, account: AccountView, accounts: Sequence[AccountView]) -> None:
        key = ACCOUNT_KEY.sub("-", account.account)
        self._add(label(words.account_title(account, accounts), "strong"))
        for row in OF_ACCOUNT:
            path = row.key.replace("*", self._provider, 1).replace("*", key, 1)
            self._row(RowLine(row, path, self._look, self._want))

    def _option(self, name: str, explains: str) -> None:
        line = QHBoxLayout()
        line.addWidget(label(plain(tr(explains), 300), "help"), 1)
        switch = self.options[name] = Switch(self._look, plain(tr(explains), 300))
        switch.clicked.connect(lambda on: self._set_option(name, bool(on)))
        line.addWidget(switch)
        holder = QWidget()
        holder.setLayout(line)
        line.setContentsMargins(0, 0, 0, 0)
        self._add(holder)

    def _set_option(self, name: str, on: bool) -> None:
        others = [each for each in self._options if each != name]
        self._want(f"providers.{self._provider}.options", [*others, name] if on else others, lambda _ok, _text: None)

    def _disconnect(self, connection: Connection) -> None:
        name = plain(connection.name, 40)
        confirm(
            self,
            tr("Disconnect {name}?", name=name),
            tr(
                "It is not read any more, its keys are deleted, and what was changed for it is put back. "
                "What was counted stays."
            ),
            tr("Disconnect"),
            lambda: self._ask({"event": "disconnect", "provider": self._provider, "account": ""}, self._disconnected),
        )

    def _disconnected(self, ok: bool, text: str) -> None:
        self.answer.setText("" if ok else text)
        self.answer.setVisible(not ok)


class AddAccount(QWidget):
    """A further account: its name, then the field for its key."""

    def __init__(self, provider: str, consents: Sequence[Consent], look: Look, ask: Ask) -> None:
        super().__init__()
        self._provider, self._look, self._ask = provider, look, ask
        self._consents = [each for each in consents if each.key]
        self._stack = QVBoxLayout(self)
        self._stack.setContentsMargins(0, round(6 * look.scale), 0, round(6 * look.scale))
        line = QHBoxLayout()
        self.name = QLineEdit()
        self.name.setPlaceholderText(tr("work"))
        self.name.setAccessibleName(tr("Name of another account"))
        self.name.returnPressed.connect(self._begin)
        line.addWidget(self.name, 1)
        line.addWidget(button(tr("Add another account"), self._begin))
        self._stack.addLayout(line)
        self.problem = label("", "wrong")
        self.problem.hide()
        self._stack.addWidget(self.problem)
        self._lines: list[ConsentLine] = []

    def _begin(self) -> None:
        name = self.name.text().strip()
        fits = (
            name
            and name != "default"
            and len(name) <= 32
            and name[0].isalnum()
            and name == ACCOUNT_KEY.sub("", name.lower())
        )
        self.problem.setText(
            "" if fits else tr("An account’s name is small letters, digits, - and _, at most 32 of them.")
        )
        self.problem.setVisible(not fits)
        if not fits:
            return
        for line in self._lines:
            line.setParent(None)
            line.deleteLater()
        self._lines = [
            ConsentLine(self._provider, _new(each), self._look, self._ask, account=name) for each in self._consents
        ]
        for line in self._lines:
            self._stack.addWidget(line)
        if len(self._lines) == 1:
            self._lines[0].open_form()


def _new(consent: Consent) -> Consent:
    from dataclasses import replace

    return replace(consent, given=False, variables=(), address="" if consent.address is not None else None)


def confirm(parent: QWidget, title: str, text: str, yes: str, then: Callable[[], None]) -> QMessageBox:
    """Asks once more; Escape and Enter on what is chosen first do nothing."""
    box = QMessageBox(parent.window())
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle("usagetray")
    box.setText(title)
    box.setInformativeText(text)
    box.addButton(yes, QMessageBox.ButtonRole.DestructiveRole).clicked.connect(lambda: then())
    cancel = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box
