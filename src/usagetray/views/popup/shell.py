"""The inside of the popup: the header, and below it the page of the tab that is open."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from usagetray.language import spoken
from usagetray.views.popup import tokens as t
from usagetray.views.popup.header import Header
from usagetray.views.popup.loading import Loader
from usagetray.views.popup.spec import Page
from usagetray.views.popup.tabs import NOW, PopupPage, Read, Tab, TabContent
from usagetray.views.popup.widgets import Act, Look

FRESH_S = 20.0
"""A tab that is opened again so soon shows what it has; later it is read anew, and shows what it has meanwhile."""

AFTER_PAINT_MS = 20
"""A tab is painted before its reader begins: two threads at once would take three times as long for both."""


class Shell(QWidget):
    resized = Signal()
    sent = Signal(object)
    _arrived = Signal(str, object)

    def __init__(self, look: Look, act: Act, tabs: Sequence[Tab], readers: Mapping[str, Read]) -> None:
        super().__init__()
        self._act, self._tabs, self._readers = act, tuple(tabs), readers
        self._pages: dict[str, PopupPage] = {}
        self._loaders: dict[str, Loader[object]] = {}
        self._read: dict[str, tuple[Any, bool, float]] = {}  # what was read, whether it failed, and when
        self._put: dict[str, tuple[object, ...]] = {}  # what each page shows
        self._order: list[QWidget] = []
        self._now: Page | None = None
        self._given: TabContent | None = None
        self._room = 0.0
        self._parked = False  # the focus waits on the tabs for a page that is being read
        self.look = look
        self.header = Header(look, tabs, self._chosen, act)
        self.header.setParent(self)
        self._arrived.connect(self._take)

    # ---- what is shown ----------------------------------------------------------------------------------------

    @property
    def tab(self) -> str:
        """The key of the one that is open."""
        return self._tabs[max(0, self.header.tabs.currentIndex())].key

    @property
    def page(self) -> PopupPage | None:
        return self._pages.get(self.tab)

    def put(self, now: Page, given: TabContent, look: Look, room: float) -> None:
        """`now`: the page "Now"; `given`: what the other pages are told besides what their readers find."""
        self._now, self._given, self.look, self._room = now, given, look, room
        self.header.put(look, demo=now.demo)
        self.header.refresh.setAccessibleName(now.footer.spoken)
        self._fill()

    def open(self, at: int) -> None:
        """The tab of this number, from 0."""
        if at < len(self._tabs):
            self.header.tabs.setCurrentIndex(at)

    def read_again(self) -> None:
        """The open tab's reader, where it has one: something in the store is new."""
        if self.tab in self._loaders:
            self._loaders[self.tab].request()

    def _chosen(self, _at: int) -> None:
        in_header = any(stop.hasFocus() for stop in self.header.stops()) and not self._parked
        self._fill()
        if self.page is not None:
            self.page.show()
        if not in_header and self.isVisible():
            # Before the other page goes: Qt would give its focus to whatever comes next.
            self._enter()
        for key, page in self._pages.items():
            if key != self.tab:
                page.hide()
        self.resized.emit()
        read_at = self._read[self.tab][2] if self.tab in self._read else -FRESH_S
        if time.monotonic() - read_at >= FRESH_S:
            QTimer.singleShot(AFTER_PAINT_MS, self, self._ask)

    def _enter(self) -> None:
        """The focus on the page's first stop; as long as it has none, on the tabs."""
        self.header.tabs.setFocus(Qt.FocusReason.OtherFocusReason)
        self.focus_first()
        self._parked = self.header.tabs.hasFocus()

    def _fill(self) -> None:
        """Give the open page what it is to show, if that is not what it shows."""
        if self._now is None or self._given is None:
            return
        key = self.tab
        page = self._pages.get(key) or self._make(key)
        room = self._room - t.HEADER
        value, failed, _ = self._read.get(key, (None, key not in self._readers, 0.0))
        given = self._given
        shown: tuple[object, ...] = (self._now, self.look, room)
        if key != NOW:
            shown = (id(value), failed, given.left, given.countdown, self.look, room, spoken())
        if self._put.get(key) != shown:
            self._put[key] = shown
            content = self._now if key == NOW else replace(given, read=value, failed=failed)
            page.put(content, self.look, room)
        self._stand()

    def _make(self, key: str) -> PopupPage:
        tab = next(tab for tab in self._tabs if tab.key == key)
        page = self._pages[key] = tab.make(self.look, self._act)
        page.setParent(self)
        page.sent.connect(self.sent)
        page.resized.connect(self._page_resized)
        page.outdated.connect(self._ask)
        page.show()
        return page

    def _page_resized(self) -> None:
        self._stand()
        self.resized.emit()

    def _stand(self) -> None:
        page = self.page
        if page is None:
            return
        page.move(0, self.header.height())
        size = (page.width(), self.header.height() + page.height())
        if (self.width(), self.height()) != size:
            self.setFixedSize(*size)
        order = [*self.header.stops(), *page.stops()]
        if order != self._order:
            self._order = order
            for one, after in pairwise(order):
                QWidget.setTabOrder(one, after)

    def is_settled(self) -> bool:
        """The open tab shows what its reader has found, or that it found nothing."""
        return self.tab not in self._readers or self.tab in self._read

    # ---- reading ----------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        key = self.tab
        if key not in self._readers:
            return
        if key not in self._loaders:
            loader = self._loaders[key] = Loader(self._readers[key])
            loader.deliver_to(partial(self._deliver, key))
        self._loaders[key].request()

    def _deliver(self, key: str, value: object) -> None:
        """In the loader's thread."""
        with suppress(RuntimeError):  # the window has gone meanwhile, and its signals with it
            self._arrived.emit(key, value)

    def _take(self, key: str, value: object) -> None:
        """None: the store did not answer; what was read before stays."""
        before = self._read.get(key, (None, False, 0.0))[0]
        self._read[key] = (before if value is None else value, value is None, time.monotonic())
        if key == self.tab:
            self._fill()
            self.resized.emit()
            if self._parked and self.header.tabs.hasFocus():
                self._enter()

    # ---- keyboard ---------------------------------------------------------------------------------------------

    def start(self, row: str = "") -> None:
        """As it opens: on the first tab, with the focus on its first stop, or on the row of that key."""
        self.open(0)
        self.focus_first()
        if row and self.page is not None:
            self.page.focus_row(row)

    def focus_first(self) -> None:
        if self.page is not None:
            self.page.focus_first()

    def move_focus(self, step: int) -> None:
        if self.page is not None:
            self.page.move_focus(step)

    def explain(self) -> None:
        if self.page is not None:
            self.page.explain()
