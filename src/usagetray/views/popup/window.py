"""The popup window: its frame, what it shows now, and how it opens, moves with the keys and closes."""

# ruff: noqa: N802, ARG002 - the names and arguments of overridden methods are Qt's.

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from PySide6.QtCore import QEvent, QMargins, QPoint, QPropertyAnimation, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from usagetray.overview import Overview
from usagetray.views.popup import tokens as t
from usagetray.views.popup.asked import Asked
from usagetray.views.popup.content import Wish, page, reading_page, unreadable_page
from usagetray.views.popup.desk import current_look, free_space, native_to_logical, on_restyle
from usagetray.views.popup.detail import Whys, with_details
from usagetray.views.popup.details import Details, Explain
from usagetray.views.popup.first_page import FirstPage
from usagetray.views.popup.frame import draw_frame, dress_hints
from usagetray.views.popup.keys import act_of
from usagetray.views.popup.loading import Loader
from usagetray.views.popup.motion import appear
from usagetray.views.popup.placing import place
from usagetray.views.popup.shell import Shell
from usagetray.views.popup.spec import Event, Page, Problem, Row
from usagetray.views.popup.tabs import TABS, Read, Tab, TabContent
from usagetray.views.popup.tray_menu import TrayMenu

PATIENCE_MS = 250
"""How long opening waits for a fresh reading before it shows what there is: half of what a cold start may take."""
REOPEN_S = 0.3
"""A "show" this soon after a click outside is that same click, on the tray icon: it meant "close"."""
WARM = timedelta(minutes=10)
"""Hidden for so long, the process ends; the next click starts a new one."""

Emit = Callable[[Mapping[str, object]], None]


class PopupWindow(QWidget):
    arrived = Signal(object)  # an Overview, or None when the store did not answer
    explained = Signal(object)  # what is behind the figures of open rows, or None
    told = Signal(object)  # a verb from the tray

    def __init__(
        self,
        loader: Loader[Overview],
        emit: Emit,
        zone: tzinfo,
        *,
        theme: str | None = None,
        compositor: bool = False,
        is_wayland: bool = False,
        explain: Explain | None = None,
        tabs: Sequence[Tab] = TABS,
        readers: Mapping[str, Read] | None = None,
        moves: bool = False,
        warm: timedelta = WARM,
        follow: Callable[[], None] = lambda: None,
    ) -> None:
        """`follow`: takes over what the desktop says of its look; called before each opening."""
        super().__init__()
        self._tabs, self._readers, self._moves = tabs, readers or {}, moves
        self._follow = follow
        follow()
        self._fading: QPropertyAnimation | None = None
        self._asked = Asked()
        self._details = Details(explain, self.explained.emit)
        self._loader, self._emit, self._zone, self._theme = loader, emit, zone, theme
        self._margin = t.SHADOW if compositor else 0
        self._overview: Overview | None = None
        self._read_at = 0.0
        self._failed = False
        self._wish = Wish()
        self._focus = ""  # key of the row to begin with: what an alert was about
        self._told: dict[str, bool] = {}  # by section: whether its return is to be told, as was just said
        self._opening: tuple[QPoint | None, float] | None = None
        self._point: QPoint | None = None  # where it was asked for
        self._space = free_space(None)  # that screen, and what its panels leave of it
        self._hidden_at = -1e9
        self._hidden_by_us = False
        self._unpainted = True
        self._look = current_look(theme, moves=moves)
        self._page: Shell | FirstPage | None = None
        self._shown: Page | None = None

        # Wayland refuses grabs and placement to a popup without a parent; there a tool window hides on losing focus.
        self._is_wayland = is_wayland
        kind = Qt.WindowType.Tool if is_wayland else Qt.WindowType.Popup
        self.setWindowFlags(kind | Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, compositor)
        self.setWindowTitle("usagetray")
        self.setAccessibleName("usagetray")
        self._tray_menu = TrayMenu(emit, self._rest)
        self._seconds = QTimer(self, interval=1000)
        self._seconds.timeout.connect(self._tick)
        self._retire = QTimer(self, interval=int(warm.total_seconds() * 1000), singleShot=True)
        self._retire.timeout.connect(QApplication.quit)
        self._retire.start()
        self.arrived.connect(self._take)
        self.explained.connect(self._take_whys)
        self.told.connect(self.obey)
        on_restyle(self._restyle)

    # ---- verbs and readings -----------------------------------------------------------------------------------

    def obey(self, verb: Mapping[str, Any]) -> None:
        """A verb from the tray; unknown ones are ignored, so that an older popup survives a newer tray."""
        match verb.get("verb"):
            case "show":
                if isinstance(verb.get("show_left"), bool):
                    self._wish = replace(self._wish, left=verb["show_left"])
                if isinstance(verb.get("countdown"), bool):
                    self._wish = replace(self._wish, countdown=verb["countdown"])
                self._focus = "/".join(map(str, verb.get("focus") or ()))
                self._ask_to_open(native_to_logical(verb.get("x"), verb.get("y")))
            case "menu":
                self._put_away()
                self._retire.stop()
                self._tray_menu.open(native_to_logical(verb.get("x"), verb.get("y")), verb.get("lines"))
            case "hide":
                self._put_away()
            case "refresh" if self.isVisible():
                self._loader.request()
                if isinstance(self._page, Shell):
                    self._page.read_again()
            case "quit":
                QApplication.quit()

    def _take(self, overview: Overview | None) -> None:
        self._failed = overview is None
        if overview is not None:
            self._overview, self._read_at = overview, time.monotonic()
            self._details.ask(overview)
        if self._opening:
            self._open()
        elif self.isVisible():
            self._render()

    def _take_whys(self, found: Whys | None) -> None:
        self._details.take(found)
        if self.isVisible():
            self._render()

    def _tick(self) -> None:
        """Once a second while visible: countdowns, and a new reading when something has changed by itself."""
        overview = self._overview
        if overview is not None:
            due = overview.changes_at
            # The demo's clock runs faster than this one: ask it.
            if overview.demo or (due is not None and overview.generated_at < due <= self._now(overview)):
                self._loader.request()
        self._render()

    def _now(self, overview: Overview) -> datetime:
        """The overview's own clock, moved on by the time since: the same in the demo, whose clock is not ours."""
        return overview.generated_at + timedelta(seconds=max(0.0, time.monotonic() - self._read_at))

    # ---- opening and closing ----------------------------------------------------------------------------------

    def _ask_to_open(self, point: QPoint | None) -> None:
        if self.isVisible():
            if point is not None:  # the icon was clicked again
                self._put_away()
            else:
                self.activateWindow()
            return
        if time.monotonic() - self._hidden_at < REOPEN_S and not self._hidden_by_us:
            self._emit({"event": "hidden"})
            return
        self._opening = (point, time.monotonic())
        self._retire.stop()
        self._loader.request()
        QTimer.singleShot(PATIENCE_MS, self._open)

    def _open(self) -> None:
        if not self._opening or self.isVisible():
            return
        self._follow()
        self._look = current_look(self._theme, moves=self._moves)
        dress_hints(self._look)
        self._details.shut()
        self._point = self._opening[0]
        self._space = free_space(self._point)
        self._render(place_at=True)
        self._unpainted = True
        self._hidden_by_us = False
        if self._look.moves and self._margin:
            self.setWindowOpacity(0.0)
            self._fading = appear(self)
        self.show()
        self.raise_()
        self.activateWindow()
        if isinstance(self._page, Shell):
            self._page.start(self._focus)
        elif self._page:
            self._page.focus_first()
        self._seconds.start()

    def _rest(self) -> None:
        """With nothing on the screen it is kept warm for some time."""
        if not self.isVisible():
            self._retire.start()

    def _put_away(self) -> None:
        self._opening = None
        if self.isVisible():
            self._hidden_by_us = True
            self.hide()
        self._rest()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        QToolTip.hideText()
        self._seconds.stop()
        self._retire.start()
        self._hidden_at = time.monotonic()
        self._told.clear()  # by the next time the store knows
        self._opening = None
        self._emit({"event": "hidden"})

    def closeEvent(self, event: QCloseEvent) -> None:
        # Kept warm: closing hides.
        event.ignore()
        self.hide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        is_left = event.type() is QEvent.Type.ActivationChange and not self.isActiveWindow()
        if self._is_wayland and is_left and self.isVisible():
            self.hide()

    # ---- what is shown ----------------------------------------------------------------------------------------

    def _render(self, *, place_at: bool = False) -> None:
        overview = self._overview
        if overview is not None and overview.first_run:
            self._show_first(overview)
        else:
            self._show_now(overview)
        if place_at or self._size_changed():
            self._stand()

    def _show_now(self, overview: Overview | None) -> None:
        if overview is not None:
            now, open_ = self._now(overview), self._details
            bare = page(overview, now, self._zone, self._wish, told=self._told)
            wanted = with_details(bare, overview, now, self._zone, open_.opened, open_.whys)
        else:
            wanted = unreadable_page() if self._failed else reading_page()
        if not isinstance(self._page, Shell):
            made = Shell(self._look, self._act, self._tabs, self._readers)
            made.sent.connect(lambda event: self._emit(event))
            made.resized.connect(self._stand)
            self._replace_page(made)
        assert isinstance(self._page, Shell)  # noqa: S101 - made on the lines above
        self._shown = wanted
        self._page.put(wanted, self._given(overview), self._look, self._room())
        self._page.header.refresh.turn(self._asked.runs(overview))

    def _given(self, overview: Overview | None) -> TabContent:
        return TabContent(
            read=None,
            failed=False,
            now=self._now(overview) if overview is not None else datetime.now(UTC),
            zone=self._zone,
            left=self._wish.left,
            countdown=self._wish.countdown,
            overview=overview,
        )

    def _show_first(self, overview: Overview) -> None:
        found = (overview.found, overview.missing, overview.keyed)
        if not isinstance(self._page, FirstPage) or self._page.found != found or self._page.look != self._look:
            self._replace_page(FirstPage(self._look, overview, self._act_first, self._room()))
        self._shown = None

    def _replace_page(self, made: Shell | FirstPage) -> None:
        if self._page is not None:
            self._page.hide()
            self._page.deleteLater()
        self._page, self._shown = made, None
        made.setParent(self)
        made.move(self._margin, self._margin)
        made.show()
        if self.isVisible():
            QTimer.singleShot(0, made, made.focus_first)

    def _room(self) -> float:
        """The height the page may take, at scale 1."""
        _, free = self._space
        return min(float(t.MAX_HEIGHT), (free.height - t.SCREEN_GAP) / self._look.scale)

    def _size_changed(self) -> bool:
        return self._page is not None and self.size() != self._page.size().grownBy(self._margins())

    def _margins(self) -> QMargins:
        return QMargins(self._margin, self._margin, self._margin, self._margin)

    def _stand(self) -> None:
        """Take the page's size, and the place for it."""
        if self._page is None:
            return
        inner, (screen, free) = self._page.size(), self._space
        self.setFixedSize(inner.grownBy(self._margins()))
        point = (self._point.x(), self._point.y()) if self._point is not None else None
        x, y = place(inner.width(), inner.height(), screen, free, point)
        self.move(x - self._margin, y - self._margin)

    def _restyle(self) -> None:
        look = current_look(self._theme, moves=self._moves)
        if look != self._look:
            self._look = look
            dress_hints(self._look)
            if self.isVisible():
                self._render()
                self.update()

    # ---- what the user does -----------------------------------------------------------------------------------

    def _act(self, what: str, key: str) -> None:
        match what:
            case "figure":
                self._wish = replace(self._wish, left=not self._wish.left)
                self._emit({"event": "set", "show_left": self._wish.left})
                self._render()
            case "time":
                self._wish = replace(self._wish, countdown=not self._wish.countdown)
                self._emit({"event": "set", "countdown": self._wish.countdown})
                self._render()
            case "close":
                self._put_away()
            case "move" if self._page is not None:
                self._page.move_focus(int(key))
            case "tab" if isinstance(self._page, Shell):
                self._page.open(int(key))
            case "explain" if isinstance(self._page, Shell):
                self._page.explain()
            case "refresh":
                self._asked.ask(self._overview)
                self._emit({"event": "refresh"})
                self._render()
            case "settings":
                self._emit({"event": "settings"})
            case "detail" if self._overview is not None:
                self._details.toggle(key, self._overview)
                self._render()
            case "action":
                self._emit(dict(self._event_of(key)))
            case "want_back" | "want_quiet" if self._shown is not None and self._shown.waiting is not None:
                self._told[key] = what == "want_back"
                on, off = self._shown.waiting.verbs
                self._emit({"event": "action", "verb": on if self._told[key] else off})
                self._render()

    def _event_of(self, key: str) -> Event:
        lines = [line for section in self._shown.sections for line in section.lines] if self._shown else []
        return next((line.event for line in lines if isinstance(line, Problem | Row) and line.key == key), ())

    def _act_first(self, answer: Mapping[str, object] | None) -> None:
        """The first page's buttons: an event for the tray, or None for "Not now"."""
        if answer is None:
            self._emit({"event": "later"})
            self._put_away()
        else:
            # It stays open: the tray says "refresh" as soon as there is something to see.
            self._emit(answer)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = act_of(event)
        if act is None:
            super().keyPressEvent(event)
        else:
            self._act(*act)

    # ---- the frame --------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_frame(self, self._look, self._margin)
        if self._unpainted and self._opening:
            self._unpainted = False
            started, self._opening = self._opening[1], None
            QTimer.singleShot(0, lambda: self._say_shown(started))

    def _say_shown(self, started: float) -> None:
        self._emit({"event": "shown", "ms": round((time.monotonic() - started) * 1000, 1)})
