"""The popup's tabs: which there are, what each shows, and what every page has to be able to do.

A tab is a name, a page and a reader. The page is made, and the reader asked, once the tab is first opened: whoever
never looks at it pays nothing for it. Modules of pages are therefore imported within the functions below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from usagetray.language import tr_later
from usagetray.overview import Overview
from usagetray.quick_dataclass import dataclass
from usagetray.views.popup.widgets import KEYBOARD_REASONS, Act, Look

NOW = "now"

Read = Callable[[], object]
"""Reads the store in a thread of its own, and may take a second; what it returns is `TabContent.read`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TabContent:
    """What the page of a tab gets to show. The page "Now" gets a `spec.Page` instead."""

    read: Any  # what the tab's reader found last; None: nothing yet, or it failed
    failed: bool  # the last reading did: the store did not answer
    now: datetime
    zone: tzinfo
    left: bool = False  # figures say what is left
    countdown: bool = False  # times begin with the span
    overview: Overview | None = None


class PopupPage(QWidget):
    """One page below the header: `t.WIDTH` wide at scale 1, as high as it needs but at most `room`.

    It gives itself its fixed size, in device-independent pixels, within `put` and whenever it emits `resized`.
    """

    sent = Signal(object)  # an event for the tray: a mapping with "event"
    resized = Signal()  # it took another size by itself
    outdated = Signal()  # its reader is to be asked again

    look: Look

    def put(self, content: Any, look: Look, room: float) -> None:
        """Show this, at most `room` pixels high at scale 1. Asked again only when something of it has changed."""
        raise NotImplementedError

    def stops(self) -> list[QWidget]:
        """Where the focus stops, in reading order."""
        raise NotImplementedError

    def reveal(self, stop: QWidget) -> None:
        """Scroll it into view."""

    def focus_first(self) -> None:
        """When the tab is opened, or the popup."""
        for stop in self.stops()[:1]:
            stop.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_row(self, key: str) -> None:
        """To the row of that key, if the page has it."""

    def move_focus(self, step: int) -> None:
        """The arrow keys: up and down over the stops."""
        stops = self.stops()
        if not stops:
            return
        here = next((at for at, stop in enumerate(stops) if stop.hasFocus()), None)
        to = stops[0 if here is None else min(max(here + step, 0), len(stops) - 1)]
        to.setFocus(KEYBOARD_REASONS[0])
        self.reveal(to)

    def explain(self) -> None:
        """The key I: why the figure the pointer or the focus is on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    key: str
    name: str  # English; looked up where it is shown
    make: Callable[[Look, Act], PopupPage]
    reader: Callable[[Mapping[str, str]], Read] | None = None  # from the environment; None: it needs none


def _now(look: Look, act: Act) -> PopupPage:
    from usagetray.views.popup.now_page import NowPage

    return NowPage(look, act)


def _history(look: Look, act: Act) -> PopupPage:  # noqa: ARG001 - it asks the tray for nothing
    from usagetray.views.popup.history_page import HistoryPage

    return HistoryPage(look)


def _history_reader(environ: Mapping[str, str]) -> Read:
    from usagetray.views.popup.history_reader import store_history

    return store_history(environ)


def _advice(look: Look, act: Act) -> PopupPage:
    from usagetray.views.popup.advice_page import AdvicePage

    return AdvicePage(look, act)


def _advice_reader(environ: Mapping[str, str]) -> Read:
    from usagetray.views.popup.advice_reader import store_advice

    return store_advice(environ)


TABS: tuple[Tab, ...] = (
    Tab(key=NOW, name=tr_later("Now"), make=_now),
    Tab(key="history", name=tr_later("History"), make=_history, reader=_history_reader),
    Tab(key="advice", name=tr_later("Advice"), make=_advice, reader=_advice_reader),
)


def readers(environ: Mapping[str, str], tabs: tuple[Tab, ...] = TABS) -> dict[str, Read]:
    """The reader of each tab that has one. None of them does anything before it is called."""
    return {tab.key: tab.reader(environ) for tab in tabs if tab.reader is not None}
