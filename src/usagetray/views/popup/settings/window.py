"""The settings window: pages at the left, rows at the right; every change goes to the tray, which writes the file."""

# ruff: noqa: N802 - the names of overridden methods are Qt's.

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QFileSystemWatcher, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QIcon, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from usagetray.domain.own_cost import OwnCost
from usagetray.language import tr
from usagetray.overview import Overview
from usagetray.settings.setup import Setup
from usagetray.views.popup.settings.building import PageView
from usagetray.views.popup.settings.controls import Pages, button, label, stops
from usagetray.views.popup.settings.emblem import emblem
from usagetray.views.popup.settings.pages import PAGES
from usagetray.views.popup.settings.parts import Seen
from usagetray.views.popup.settings.style import style_sheet
from usagetray.views.popup.widgets import Look

SIZE = (700, 560)
LEAST = (620, 400)
SIDE = 172
SETTLED_MS = 30
"""After this what was just made has its place."""
PATIENCE_MS = 20_000
"""A key store may ask the user, and gives up after some seconds; whoever says nothing for so long is gone."""

Emit = Callable[[Mapping[str, object]], None]
Answer = Callable[[bool, str], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the window shows, as it was read at one instant."""

    setup: Setup
    overview: Overview | None
    cost: OwnCost | None = None  # of the program itself; None: no history yet


class SettingsWindow(QWidget):
    closed = Signal()

    def __init__(self, look: Look, emit: Emit, reload: Callable[[], None]) -> None:
        super().__init__()
        self.look, self._emit, self._reload = look, emit, reload
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Answer] = {}
        self.loaded: Loaded | None = None
        self._wanted_provider = ""
        self._stamp: object = None
        self._stops: list[QWidget] = []
        self._watch = QFileSystemWatcher(self)
        self._watch.directoryChanged.connect(lambda _path: self._look_at_file())
        self._watch.fileChanged.connect(lambda _path: self._look_at_file())

        self.setObjectName("settings")
        self.setWindowFlag(Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(tr("usagetray: settings"))
        self.setWindowIcon(QIcon(emblem(64, 1.0)))
        self.setAccessibleName(tr("Settings of usagetray"))
        self.setStyleSheet(style_sheet(look))
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self.nav = Pages(look)
        whole.addWidget(self._side())
        self.stack = QStackedWidget()
        self.pages: dict[str, PageView] = {}
        whole.addWidget(self.stack, 1)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._reveal)
        self._size()
        self.nav.currentRowChanged.connect(self._turn_to)
        self.nav.setCurrentRow(0)

    def wear(self, look: Look) -> None:
        """Other colours, with all that was opened and typed left as it is."""
        self.look = look
        self.setStyleSheet(style_sheet(look))
        self.update()

    def _side(self) -> QWidget:
        scale = self.look.scale
        side = QFrame()
        side.setObjectName("side")
        side.setFixedWidth(round(SIDE * scale))
        column = QVBoxLayout(side)
        column.setContentsMargins(round(8 * scale), round(14 * scale), round(8 * scale), round(12 * scale))
        head = QHBoxLayout()
        sign = QLabel()
        sign.setPixmap(emblem(round(22 * scale), self.devicePixelRatioF()))
        sign.setAccessibleName("usagetray")
        head.addSpacing(round(6 * scale))
        head.addWidget(sign)
        head.addWidget(label("usagetray", "heading", wrap=False), 1)
        column.addLayout(head)
        column.addSpacing(round(8 * scale))
        self.nav.setAccessibleName(tr("Pages of the settings"))
        self.nav.addItems([tr(page.name) for page in PAGES])
        column.addWidget(self.nav, 1)
        self.as_text = button(tr("Edit as text…"), lambda: self.press("open_file"), "link")
        self.as_text.setAccessibleDescription(tr("Opens the settings file in your editor"))
        column.addWidget(self.as_text, 0, Qt.AlignmentFlag.AlignLeft)
        return side

    def _size(self) -> None:
        screen = QGuiApplication.primaryScreen()
        room = screen.availableGeometry().size() if screen is not None else None
        width, height = (round(each * self.look.scale) for each in SIZE)
        least = [round(each * self.look.scale) for each in LEAST]
        if room is not None:
            width, height = min(width, room.width() - 24), min(height, room.height() - 60)
            least = [min(least[0], width), min(least[1], height)]
        self.setMinimumSize(*least)
        self.resize(width, height)

    # ---- pages ---------------------------------------------------------------------------------------------

    def _turn_to(self, at: int) -> None:
        key = PAGES[at].key
        if key not in self.pages:
            made = self.pages[key] = PageView(PAGES[at], self.look, want=self.want, ask=self.ask, press=self.press)
            self.stack.addWidget(made)
            self._show(made)
        self.stack.setCurrentWidget(self.pages[key])

    def _order_stops(self) -> None:
        """Tab goes over the pages, then down the page that is shown, whenever what stands on it was made."""
        page = self.stack.currentWidget()
        inner = page.widget() if isinstance(page, PageView) else None
        order = [self.nav, *stops(inner.layout() if inner is not None else None), self.as_text]
        if order != self._stops:
            self._stops = order
            for before, after in itertools.pairwise(order):
                self.setTabOrder(before, after)

    def turn_to(self, name: str) -> None:
        """ "alerts", or "providers/deepseek" for one provider's card."""
        key, _, provider = name.partition("/")
        at = next((at for at, page in enumerate(PAGES) if page.key == key), None)
        if at is not None:
            self.nav.setCurrentRow(at)
        self._wanted_provider = provider
        self._open_wanted()

    def _open_wanted(self) -> None:
        page = self.pages.get("providers")
        if self._wanted_provider and self.loaded is not None and page is not None and page.cards is not None:
            provider, self._wanted_provider = self._wanted_provider, ""
            page.cards.open(provider)
            QTimer.singleShot(0, page, lambda: page.reveal(provider))

    def show_loaded(self, loaded: Loaded) -> None:
        self.loaded = loaded
        folder = str(Path(loaded.setup.config_file).parent)
        if folder not in self._watch.directories():
            self._watch.addPath(folder)
            self._watch_file()
            self._stamp = self._file_stamp()
        for page in self.pages.values():
            self._show(page)
        self._open_wanted()

    def _show(self, page: PageView) -> None:
        if self.loaded is not None:
            page.show_setup(Seen(self.loaded.setup, self.loaded.overview, self.loaded.cost))

    def _reveal(self, _before: QWidget | None, now: QWidget | None) -> None:
        """What has the focus is seen, also where it has only just been made."""
        page = self.stack.currentWidget()
        if now is not None and isinstance(page, PageView) and page.isAncestorOf(now):
            QTimer.singleShot(SETTLED_MS, now, lambda: page.ensureWidgetVisible(now, 0, round(110 * self.look.scale)))

    # ---- the file ------------------------------------------------------------------------------------------

    def _file_stamp(self) -> object:
        try:
            found = Path(self.loaded.setup.config_file).stat() if self.loaded else None
        except OSError:
            return None
        return (found.st_mtime_ns, found.st_size, found.st_ino) if found else None

    def _watch_file(self) -> None:
        """An editor may write in place: then only the file itself tells. One that was replaced is another file."""
        path = self.loaded.setup.config_file if self.loaded else ""
        if path and path not in self._watch.files() and Path(path).exists():
            self._watch.addPath(path)

    def _look_at_file(self) -> None:
        """Somebody wrote the settings file, or something beside it."""
        self._watch_file()
        stamp = self._file_stamp()
        if stamp != self._stamp:
            self._stamp = stamp
            self._emit({"event": "changed"})
            self._reload()

    # ---- to the tray and back ------------------------------------------------------------------------------

    def want(self, key: str, value: Any, answer: Answer) -> None:
        self.ask({"event": "set", "key": key, "value": value}, answer)

    def ask(self, wish: Mapping[str, object], answer: Answer) -> None:
        number = next(self._numbers)
        self._waiting[number] = answer
        QTimer.singleShot(PATIENCE_MS, self, lambda: self._give_up(number))
        self._emit({**wish, "id": number})

    def _give_up(self, number: int) -> None:
        self.take_answer(number, ok=False, text=tr("usagetray did not answer; try again, or start it again."))

    def take_answer(self, number: object, *, ok: bool, text: str) -> None:
        answer = self._waiting.pop(number, None) if isinstance(number, int) else None
        if answer is not None:
            answer(ok, text)
            self._reload()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - Qt's name
        self._order_stops()  # a card may have opened since, or a list grown
        return super().focusNextPrevChild(next)

    def press(self, name: str) -> None:
        """A button of a page that opens something outside."""
        places = {"open_file": "settings", "open_folder": "folder", "open_log": "log"}
        if name == "wipe":
            self._emit({"event": "wipe"})
        elif name in places:
            self._emit({"event": "open", "what": places[name]})

    # ---- keys and the end ----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        turn = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}.get(Qt.Key(event.key()), 0)
        if event.key() == Qt.Key.Key_Escape or (control and event.key() == Qt.Key.Key_W):
            self.close()
        elif control and turn:
            self.nav.setCurrentRow(min(max(self.nav.currentRow() + turn, 0), len(PAGES) - 1))
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()
