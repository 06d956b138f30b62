"""The settings window's process: the window is made when the tray asks for it, and all ends when it is closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from usagetray.language import spoken
from usagetray.views.popup.desk import current_look
from usagetray.views.popup.loading import Loader
from usagetray.views.popup.qt_words import speak_qt

if TYPE_CHECKING:
    from usagetray.domain.own_cost import OwnCost
    from usagetray.overview import Overview
    from usagetray.settings.setup import Setup
    from usagetray.views.popup.settings.window import Loaded, SettingsWindow

LoadSetup = Callable[[Sequence[str]], "Setup"]
"""Reads what there is to be set up, given the names of variables that hold a key where the tray runs."""


class SettingsDesk(QObject):
    told = Signal(object)  # a verb from the tray
    arrived = Signal(object)  # a `Loaded`, or None when something could not be read

    def __init__(
        self,
        load_setup: LoadSetup,
        load_overview: Callable[[], Overview],
        load_cost: Callable[[], OwnCost | None],
        emit: Callable[[Mapping[str, object]], None],
        *,
        theme: str | None = None,
        follow: Callable[[], None] = lambda: None,
        closed: Callable[[], None] = lambda: None,
    ) -> None:
        """`follow`: takes over what the desktop says of its look; called before the window is made."""
        super().__init__()
        self._load_setup, self._load_overview, self._load_cost = load_setup, load_overview, load_cost
        self._emit, self._theme, self._follow = emit, theme, follow
        self._closed = closed
        self._variables: tuple[str, ...] = ()
        self._loader: Loader[Loaded] | None = None
        self.window: SettingsWindow | None = None
        self._geometry: QRect | None = None  # of a window that this one takes the place of
        self._size: QSize | None = None  # of the one before, in another process
        self._language = ""  # of the window's words
        self.told.connect(self.obey)
        self.arrived.connect(self._take)
        QGuiApplication.styleHints().colorSchemeChanged.connect(lambda _scheme: self._restyle())
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._come_back)

    def obey(self, verb: Mapping[str, Any]) -> None:
        match verb.get("verb"):
            case "settings":
                self._size = _size_of(verb.get("size"))
                self._variables = tuple(str(each) for each in verb.get("variables") or ())
                self._open(str(verb.get("page") or ""))
            case "answer" if self.window is not None:
                self.window.take_answer(verb.get("id"), ok=verb.get("ok") is True, text=str(verb.get("text") or ""))
            case "refresh" if self.window is not None:
                self.reload()
            case "quit":
                QApplication.quit()

    def reload(self) -> None:
        if self._loader is None:
            self._loader = Loader(self._load)
            self._loader.deliver_to(self.arrived.emit)
        self._loader.request()

    def _load(self) -> Loaded:
        from usagetray.views.popup.settings.window import Loaded

        setup = self._load_setup(self._variables)
        return Loaded(setup, self._load_overview(), self._load_cost())

    def _open(self, page: str) -> None:
        if self.window is None:
            self._follow()
            self._make()
        assert self.window is not None  # noqa: S101 - made above
        if page:
            self.window.turn_to(page)
        self.reload()
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()
        self._emit({"event": "settings_shown"})

    def _make(self) -> None:
        from usagetray.views.popup.settings.window import SettingsWindow  # deferred: it opens the sooner

        speak_qt()
        self._language = spoken()
        self.window = SettingsWindow(current_look(self._theme), self._emit, self.reload)
        self.window.closed.connect(self._end)
        if self._geometry is not None:
            self.window.setGeometry(self._geometry)
        elif self._size is not None:
            self.window.resize(self._size.boundedTo(self.window.screen().availableSize()))

    def _take(self, loaded: Loaded | None) -> None:
        if self.window is None or loaded is None:
            return
        if self._language != spoken():  # the choice was just made in it, or in the file
            self._make_anew(self.window)
        self.window.show_loaded(loaded)

    def _end(self) -> None:
        """Nothing that was typed into it is kept."""
        if self.window is not None:
            size = self.window.size()
            self._emit({"event": "settings_closed", "size": [size.width(), size.height()]})
            self.window.deleteLater()
            self.window = None
            self._closed()

    def _come_back(self, state: Qt.ApplicationState) -> None:
        """The user was elsewhere, maybe where the desktop's theme is set: not every desktop tells of a change."""
        if state is Qt.ApplicationState.ApplicationActive and self.window is not None:
            self._follow()
            self._restyle()

    def _restyle(self) -> None:
        """Another theme, while it is open; other letters need other places, and so another window."""
        former, look = self.window, current_look(self._theme)
        if former is None or former.look == look:
            return
        if (former.look.letters, former.look.scale) == (look.letters, look.scale):
            former.wear(look)
            return
        self._make_anew(former)

    def _make_anew(self, former: SettingsWindow) -> None:
        page, self._geometry = former.nav.currentRow(), former.geometry()
        former.closed.disconnect(self._end)
        former.hide()
        former.deleteLater()
        self._make()
        assert self.window is not None  # noqa: S101 - made above
        self.window.nav.setCurrentRow(page)
        if former.loaded is not None:
            self.window.show_loaded(former.loaded)
        self.window.show()


def _size_of(said: object) -> QSize | None:
    match said:
        case [int(width), int(height)]:
            return QSize(width, height)
    return None
