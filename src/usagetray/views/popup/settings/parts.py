"""Parts of the pages that are no settings: what is promised, contacted and kept, starting at login, the program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

import usagetray
from usagetray.domain.own_cost import OwnCost
from usagetray.language import tr
from usagetray.overview import Overview
from usagetray.settings.setup import Setup
from usagetray.views import own_cost_words
from usagetray.views.plain import plain
from usagetray.views.popup.scene import Mark, draw
from usagetray.views.popup.settings.consents import Ask
from usagetray.views.popup.settings.controls import Switch, clear, figure, label, worn
from usagetray.views.popup.settings.standing import numbered
from usagetray.views.popup.widgets import Look


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page shows of."""

    setup: Setup
    overview: Overview | None
    cost: OwnCost | None


class PartView(QWidget):
    """One part; asked to show each new reading."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.stack = QVBoxLayout(self)
        self.stack.setContentsMargins(0, round(4 * look.scale), 0, round(4 * look.scale))
        self.stack.setSpacing(round(4 * look.scale))

    def show_setup(self, seen: Seen) -> None:
        """By default it says always the same."""


class Lock(QWidget):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setFixedSize(round(18 * look.scale), round(18 * look.scale))

    def paintEvent(self, event: object) -> None:  # noqa: N802, ARG002 - Qt's
        from PySide6.QtGui import QPainter

        painter = QPainter(self)
        painter.scale(self._look.scale, self._look.scale)
        look = worn(self, self._look)
        draw(painter, (Mark(x=1, y=1, size=15, name="lock", colour="text2"),), look.palette, look.letters)
        painter.end()


class Promise(PartView):
    def __init__(self, look: Look) -> None:
        super().__init__(look)
        well = QFrame()
        well.setObjectName("well")
        row = QHBoxLayout(well)
        row.setSpacing(round(10 * look.scale))
        row.addWidget(Lock(look))
        text = tr(
            "No telemetry, no account, no listening port. Figures and history stay on this computer; keys are in your "
            "system’s key store. Only providers you switch on are contacted."
        )
        row.addWidget(label(text, "note"), 1)
        self.stack.addWidget(well)


class Contacts(PartView):
    """Every server that was asked, what for, and how often."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._table = QWidget()
        grid = QGridLayout(self._table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        grid.setHorizontalSpacing(round(16 * look.scale))
        self.stack.addWidget(self._table)
        self._shown: object = None

    def show_setup(self, seen: Seen) -> None:
        asked = [each for each in seen.cost.hosts if each.this_week.requests] if seen.cost else []
        if asked == self._shown:
            return
        self._shown = asked
        clear(self._table)
        grid = self._table.layout()
        assert isinstance(grid, QGridLayout)  # noqa: S101 - made above
        if not asked:
            grid.addWidget(label(tr("None. What is read lies on this computer."), "note"), 0, 0)
        for at, each in enumerate(sorted(asked, key=lambda one: -one.this_week.requests)):
            week = each.this_week
            grid.addWidget(label(plain(each.host, 80), "name"), at, 0)
            grid.addWidget(label(plain(each.purpose, 40), "state"), at, 1)
            grid.addWidget(figure(numbered(week.requests), "state"), at, 2)
            grid.addWidget(figure(own_cost_words.size(week.bytes_in + week.bytes_out), "caption"), at, 3)


class Taken(PartView):
    """What the program itself took."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(0, 1)
        self._grid.setHorizontalSpacing(round(24 * look.scale))
        self.stack.addLayout(self._grid)
        self._shown: object = None

    def show_setup(self, seen: Seen) -> None:
        rows = own_cost_words.brief(seen.cost) if seen.cost else ()
        if rows == self._shown:
            return
        self._shown = rows
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for at, (name, *figures) in enumerate(rows):
            self._grid.addWidget(label(name, "name" if at else "caption"), at, 0)
            for place, said in enumerate(figures, 1):
                self._grid.addWidget(figure(said, "state" if at else "caption"), at, place)


class Kept(PartView):
    """What stands where."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(round(16 * look.scale))
        grid.setVerticalSpacing(round(6 * look.scale))
        self._texts = [label("", "note") for _ in range(3)]
        for at, name in enumerate((tr("History"), tr("Settings"), tr("Keys"))):
            grid.addWidget(label(name, "name", wrap=False), at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self._texts[at], at, 1)
        self.stack.addLayout(grid)

    def show_setup(self, seen: Seen) -> None:
        setup = seen.setup
        file, history = (_breakable(each) for each in setup.places)
        kept = own_cost_words.size(setup.kept_bytes) if setup.kept_bytes is not None else tr("nothing yet")
        long = tr("Readings are kept 400 days, what was used and billed for ever.")
        self._texts[0].setText(f"{history} · {kept}\n{long}")
        self._texts[1].setText(file)
        self._texts[2].setText(tr("In your system’s key store, and nowhere else."))


def _breakable(path: str) -> str:
    """A path may go on in the next line after each of its folders."""
    return plain(path, 200).replace("/", "/\u200b")


class AutostartPart(PartView):
    def __init__(self, look: Look, ask: Ask) -> None:
        super().__init__(look)
        self._on = False
        line = QHBoxLayout()
        texts = QVBoxLayout()
        self.name = label(tr("Start when I log in"), "name")
        self.help = label(tr("Off until you choose it"), "help")
        texts.addWidget(self.name)
        texts.addWidget(self.help)
        line.addLayout(texts, 1)
        self.switch = Switch(look, tr("Start when I log in"))
        self.switch.clicked.connect(lambda on: ask({"event": "autostart", "on": bool(on)}, self._take))
        line.addWidget(self.switch)
        self.stack.addLayout(line)
        self.problem = label("", "wrong")
        self.problem.hide()
        self.stack.addWidget(self.problem)

    def show_setup(self, seen: Seen) -> None:
        self._on = seen.setup.autostart is True
        self.switch.setChecked(self._on)
        self.switch.setEnabled(seen.setup.autostart is not None)
        if seen.setup.autostart is None:
            self.help.setText(tr("This profile is a separate one, and those do not start at login."))

    def _take(self, ok: bool, text: str) -> None:
        self.problem.setText("" if ok else text)
        self.problem.setVisible(not ok)
        if not ok:
            self.switch.setChecked(self._on)


class ShortcutPart(PartView):
    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.stack.addWidget(
            label(
                tr(
                    "Where the keys do nothing (Wayland, or another program has them), bind the command "
                    "“usagetray show” to keys in your desktop’s own keyboard settings."
                ),
                "note",
            )
        )


class Rates(PartView):
    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.text = label("", "note")
        self.stack.addWidget(self.text)

    def show_setup(self, seen: Seen) -> None:
        names = ", ".join(plain(each.model, 40) for each in seen.setup.settings.rates[:8])
        self.text.setText(
            tr("Yours go before the list: {models}", models=names)
            if names
            else tr("None. Costs are at the list prices that come with the program, each dated and with its source.")
        )


class About(PartView):
    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.stack.addWidget(label(f"usagetray {usagetray.__version__}", "name"))
        self.stack.addWidget(
            label(
                tr("How much of your AI coding plans is left, when it comes back, and a warning before a lockout."),
                "note",
            )
        )


KEYS: Sequence[tuple[str, Callable[[], str]]] = (
    ("Esc", lambda: tr("close")),
    ("↑ ↓", lambda: tr("from row to row; Enter opens one")),
    ("U", lambda: tr("used or left")),
    ("T", lambda: tr("clock or countdown")),
    ("I", lambda: tr("why this number")),
    ("F5", lambda: tr("refresh")),
    ("Ctrl+1 2 3", lambda: tr("the tabs")),
    ("Ctrl+,", lambda: tr("these settings")),
)


class Keys(PartView):
    def __init__(self, look: Look) -> None:
        super().__init__(look)
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(round(16 * look.scale))
        for at, (keys, text) in enumerate(KEYS):
            grid.addWidget(label(keys, "strong", wrap=False), at, 0)
            grid.addWidget(label(text(), "note"), at, 1)
        self.stack.addLayout(grid)
