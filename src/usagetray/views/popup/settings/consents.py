"""One consent: what it would read, in the words the user agrees to, and its switch, or the field for its key."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from usagetray.language import tr
from usagetray.settings.setup import Consent
from usagetray.views.labels import label as named
from usagetray.views.plain import plain
from usagetray.views.popup.settings.controls import Switch, button, label
from usagetray.views.popup.settings.standing import consent_state, consent_title
from usagetray.views.popup.widgets import Look

Answer = Callable[[bool, str], None]
Ask = Callable[[Mapping[str, object], Answer], None]
"""Sends a wish to the tray; the answer is whether it was done, and a sentence."""

MOST = 1500
"""Letters of what is consented to: far above the longest there is, for it must never be cut."""


class ConsentLine(QWidget):
    def __init__(
        self, provider: str, consent: Consent, look: Look, ask: Ask, *, account: str = "", name: str = ""
    ) -> None:
        """`name`: the provider's."""
        super().__init__()
        self.consent, self._look, self._ask = consent, look, ask
        self._who = {"provider": provider, "offer": consent.name, "account": account, "home": consent.home}
        self._title = consent_title(consent, name)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, round(6 * look.scale), 0, round(6 * look.scale))
        whole.setSpacing(round(4 * look.scale))
        head = QHBoxLayout()
        head.setSpacing(round(12 * look.scale))
        texts = QVBoxLayout()
        texts.setSpacing(round(1 * look.scale))
        texts.addWidget(label(self._title, "name"))
        texts.addWidget(label(plain(consent.explains, MOST), "help"))
        head.addLayout(texts, 1)
        self.switch: Switch | None = None
        self.form: KeyForm | None = None
        self.state = label("", "state")
        self.connect_button = button(tr("Connect"), self._open, "link")
        self.connect_button.setAccessibleName(tr("Connect: {name}", name=self._title))
        self.remove = button(tr("Remove"), lambda: self._send("withdraw"), "link")
        self.remove.setAccessibleName(tr("Remove: {name}", name=self._title))
        if consent.key:
            top = Qt.AlignmentFlag.AlignTop
            head.addWidget(self.connect_button, 0, top)
            head.addWidget(self.remove, 0, top)
        else:
            self.connect_button.setParent(self)
            self.remove.setParent(self)
            self.connect_button.hide()
            self.remove.hide()
            self.switch = Switch(look, self._title, plain(consent.explains, MOST))
            self.switch.clicked.connect(lambda on: self._send("allow" if on else "withdraw"))
            head.addWidget(self.switch, 0, Qt.AlignmentFlag.AlignTop)
        texts.addWidget(self.state)
        whole.addLayout(head)
        self._place = QVBoxLayout()
        whole.addLayout(self._place)
        self.problem = label("", "wrong")
        self.done = label("", "done")
        for each in (self.problem, self.done):
            each.hide()
            whole.addWidget(each)
        self.show_consent(consent)

    def show_consent(self, consent: Consent) -> None:
        self.consent = consent
        self.state.setText(consent_state(consent))
        self.state.setVisible(bool(consent.key and consent.given))
        if self.switch is not None:
            self.switch.setChecked(consent.given)
            return
        self.connect_button.setText(tr("Replace the key") if consent.given else tr("Connect"))
        self.connect_button.setVisible(self.form is None)
        self.remove.setVisible(consent.given and self.form is None)

    @property
    def is_busy(self) -> bool:
        """A key is being typed."""
        return self.form is not None

    def _open(self) -> None:
        if self.form is None:
            self.form = KeyForm(self.consent, self._title, self._look, self._save, self._close)
            self._place.addWidget(self.form)
            self.connect_button.hide()
            self.remove.hide()
        self._say("", ok=True)
        self.form.first.setFocus(Qt.FocusReason.TabFocusReason)

    def open_form(self) -> None:
        if self.consent.key:
            self._open()

    def _close(self) -> None:
        if self.form is not None:
            self.form.forget()
            self.form.hide()
            self.form.setParent(None)
            self.form.deleteLater()
            self.form = None
        self.show_consent(self.consent)
        self.connect_button.setFocus(Qt.FocusReason.TabFocusReason)

    def _save(self, secret: str, address: str) -> None:
        self._ask({"event": "allow", **self._who, "secret": secret, "address": address}, self._kept)

    def _kept(self, ok: bool, text: str) -> None:
        if ok:
            self._close()
        elif self.form is not None:
            self.form.save.setEnabled(True)
        self._say(text, ok=ok)

    def _send(self, event: str) -> None:
        self._ask({"event": event, **self._who}, self._take)

    def _take(self, ok: bool, text: str) -> None:
        self._say("" if ok and self.switch is not None else text, ok=ok)
        if not ok:
            self.show_consent(self.consent)

    def _say(self, text: str, *, ok: bool) -> None:
        for each, is_it in ((self.done, ok), (self.problem, not ok)):
            each.setText(text if is_it else "")
            each.setVisible(bool(text) and is_it)


class KeyForm(QFrame):
    """A key is typed here, not shown, sent once, and forgotten."""

    def __init__(
        self, consent: Consent, title: str, look: Look, save: Callable[[str, str], None], cancel: Callable[[], None]
    ) -> None:
        super().__init__()
        self.setObjectName("well")
        self._consent, self._give = consent, save
        whole = QVBoxLayout(self)
        whole.setSpacing(round(6 * look.scale))
        self.address: QLineEdit | None = None
        if consent.address is not None:
            whole.addWidget(label(consent.address_label, "name"))
            self.address = QLineEdit(consent.address)
            self.address.setPlaceholderText("https://")
            self.address.setAccessibleName(consent.address_label)
            whole.addWidget(self.address)
        name = words_of_key(consent)
        whole.addWidget(label(name, "name"))
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
            | Qt.InputMethodHint.ImhSensitiveData
        )
        self.secret.setAccessibleName(tr("{key} for {name}, not shown", key=name, name=title))
        self.secret.returnPressed.connect(self._save)
        whole.addWidget(self.secret)
        kept = tr("It goes into your system’s key store and nowhere else.")
        if consent.variables:
            kept = tr("Left empty: the one in {name} is used each time, and kept nowhere.", name=consent.variables[0])
        whole.addWidget(label(kept, "help"))
        self.problem = label("", "wrong")
        self.problem.hide()
        whole.addWidget(self.problem)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(button(tr("Cancel"), cancel))
        self.save = button(tr("Keep the key"), self._save, "primary")
        buttons.addWidget(self.save)
        whole.addLayout(buttons)

    @property
    def first(self) -> QLineEdit:
        return self.address if self.address is not None and not self.address.text() else self.secret

    def _save(self) -> None:
        text = self.secret.text().strip()
        if not text and not self._consent.variables:
            self._complain(tr("Type or paste the key first."))
        elif text and (not text.isascii() or not text.isprintable() or (" " in text and not self._consent.blanks)):
            self._complain(tr("That is not a key: it has characters a key cannot have."))
        elif self.address is not None and not self.address.text().strip():
            self._complain(tr("Type the address of your server first."))
        else:
            self._complain("")
            self.save.setEnabled(False)
            address = self.address.text().strip() if self.address is not None else ""
            self.forget()
            self._give(text, address)

    def forget(self) -> None:
        self.secret.setText("")  # unlike clear() it also empties what could be undone

    def _complain(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))


def words_of_key(consent: Consent) -> str:
    key = named(plain(consent.key, 60))
    return key[:1].upper() + key[1:]
