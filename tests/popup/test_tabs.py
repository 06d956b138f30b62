"""The tabs: which page is open, when what it shows is read, and how the keys reach it."""

from __future__ import annotations

import gettext
import threading
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from tests.popup import samples
from tests.popup.advice_samples import early
from tests.popup.advice_samples import told as advice_told
from tests.popup.conftest import Open, Opened
from tests.popup.measuring import misfits
from usagetray.language import use
from usagetray.views.popup import tokens as t
from usagetray.views.popup.header import Header
from usagetray.views.popup.shell import Shell
from usagetray.views.popup.tabs import TABS, PopupPage, Tab, TabContent
from usagetray.views.popup.widgets import Act, Look


class Told(PopupPage):
    """A page that shows what it is given as a word."""

    def __init__(self, look: Look, act: Act) -> None:
        super().__init__()
        self.look = look
        self.label = QLabel("", self)
        self.label.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.puts = 0

    def put(self, content: TabContent, look: Look, room: float) -> None:
        self.look = look
        self.puts += 1
        self.label.setText("failed" if content.failed else str(content.read))
        self.setFixedSize(t.WIDTH, 200)

    def stops(self) -> list[QWidget]:
        return [self.label]


SECOND = Tab(key="second", name="Second", make=Told)


def shell_of(popup: Opened) -> Shell:
    (shell,) = popup.window.findChildren(Shell)
    return shell


def press(popup: Opened, key: Qt.Key) -> None:
    QTest.keyClick(popup.window, key, Qt.KeyboardModifier.ControlModifier)


def told(popup: Opened) -> str:
    page = shell_of(popup).page
    return page.label.text() if isinstance(page, Told) else ""


def test_what_a_tab_shows_is_read_away_from_the_window_and_not_before_it_is_opened(open_popup: Open) -> None:
    threads: list[str] = []

    def read() -> str:
        threads.append(threading.current_thread().name)
        return "seven"

    popup = open_popup(samples.calm(), tabs=(TABS[0], SECOND), readers={"second": read})
    assert threads == []

    press(popup, Qt.Key.Key_2)
    popup.wait_for(lambda: told(popup) == "seven", "what was read")

    assert threads == ["popup-loader"]


def test_the_keys_and_the_segments_open_the_tabs(open_popup: Open) -> None:
    popup = open_popup(samples.calm(), tabs=(TABS[0], SECOND), readers={"second": lambda: 7})
    high = popup.window.height()

    press(popup, Qt.Key.Key_2)
    assert shell_of(popup).tab == "second"
    assert popup.window.height() == t.HEADER + 200
    press(popup, Qt.Key.Key_1)
    assert shell_of(popup).tab == "now"
    assert popup.window.height() == high

    (header,) = popup.window.findChildren(Header)
    QTest.mouseClick(header.tabs, Qt.MouseButton.LeftButton, pos=header.tabs.tabRect(1).center())
    assert shell_of(popup).tab == "second"
    header.tabs.setFocus()
    QTest.keyClick(header.tabs, Qt.Key.Key_Left)
    assert shell_of(popup).tab == "now"


def test_a_page_is_given_the_same_thing_only_once(open_popup: Open) -> None:
    """The clock ticks each second; a chart need not be drawn anew for that."""
    popup = open_popup(samples.calm(), tabs=(TABS[0], SECOND), readers={"second": lambda: 7})
    press(popup, Qt.Key.Key_2)
    popup.wait_for(lambda: told(popup) == "7", "what was read")
    page = shell_of(popup).page
    assert isinstance(page, Told)
    before = page.puts

    popup.window._tick()
    popup.window.arrived.emit(samples.warning())

    assert page.puts == before


def test_a_reader_that_fails_is_said_and_read_again_with_the_next_change(open_popup: Open) -> None:
    answers: list[str] = []

    def read() -> str:
        answers.append("asked")
        if len(answers) == 1:
            raise OSError("no store")
        return "seven"

    popup = open_popup(samples.calm(), tabs=(TABS[0], SECOND), readers={"second": read})
    press(popup, Qt.Key.Key_2)
    popup.wait_for(lambda: told(popup) == "failed", "the failure")

    popup.window.obey({"verb": "refresh"})

    popup.wait_for(lambda: told(popup) == "seven", "the second reading")


def test_it_opens_on_now_whatever_was_open_before(open_popup: Open) -> None:
    popup = open_popup(samples.calm(), tabs=(TABS[0], SECOND), readers={"second": lambda: 7})
    press(popup, Qt.Key.Key_2)

    QTest.keyClick(popup.window, Qt.Key.Key_Escape)
    popup.window.obey({"verb": "show", "x": 1500, "y": 10})
    popup.wait_for(popup.window.isVisible, "the popup a second time")

    assert shell_of(popup).tab == "now"
    assert QApplication.focusWidget() is shell_of(popup).page.stops()[0]  # type: ignore[union-attr]


def test_tabs_are_a_list_of_tabs_to_a_screen_reader(open_popup: Open) -> None:
    popup = open_popup(samples.calm(), tabs=(TABS[0], SECOND))
    (header,) = popup.window.findChildren(Header)

    heard = QAccessible.queryAccessibleInterface(header.tabs)
    assert heard.role() == QAccessible.Role.PageTabList
    assert [heard.child(at).text(QAccessible.Text.Name) for at in range(2)] == ["Now", "Second"]
    assert heard.child(0).role() == QAccessible.Role.PageTab


def test_an_event_of_a_page_reaches_the_tray(open_popup: Open) -> None:
    popup = open_popup(samples.calm(), tabs=(TABS[0], SECOND))
    press(popup, Qt.Key.Key_2)
    page = shell_of(popup).page
    assert page is not None

    page.sent.emit({"event": "export"})

    assert popup.said("export") == [{"event": "export"}]


def test_the_focus_follows_into_the_page_once_it_has_been_read(open_popup: Open) -> None:
    """Ctrl+3, and the arrows walk the advice at once; a click on a tab the same."""
    popup = open_popup(samples.calm(), readers={"advice": advice_told(early)})
    shell = shell_of(popup)

    press(popup, Qt.Key.Key_3)
    popup.wait_for(shell.is_settled, "the advice")
    assert shell.page is not None
    assert QApplication.focusWidget() in shell.page.stops()
    press(popup, Qt.Key.Key_1)
    assert QApplication.focusWidget() is shell.page.stops()[0]


def test_the_arrow_down_leads_from_the_header_into_the_page(open_popup: Open) -> None:
    popup = open_popup(samples.calm())
    shell = shell_of(popup)

    for stop in shell.header.stops():
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.keyClick(stop, Qt.Key.Key_Down)
        assert QApplication.focusWidget() is shell.page.stops()[0]  # type: ignore[union-attr]


class _Made(gettext.NullTranslations):
    """Every text without fields in capitals, as another language."""

    def gettext(self, message: str) -> str:
        return message if "{" in message else message.upper()


def test_the_tabs_take_the_language_that_the_settings_turn_out_to_have(open_popup: Open) -> None:
    """The settings are read in a thread, perhaps after the window has opened."""
    popup = open_popup(samples.calm())
    (header,) = popup.window.findChildren(Header)
    wide = header.tabs.width()

    use("xx", _Made())
    try:
        popup.window.arrived.emit(samples.calm())

        assert [header.tabs.tabText(at) for at in range(3)] == ["NOW", "HISTORY", "ADVICE"]
        assert header.tabs.width() > wide
        assert header.settings.accessibleName() == "SETTINGS"
        assert misfits(header) == []
    finally:
        use("en", None)


@pytest.mark.parametrize("size", [15, 23, 30])
def test_longer_names_stand_closer_and_on_nothing_else(open_popup: Open, application: QApplication, size: int) -> None:
    """A demonstration's mark and the two buttons keep their places beside them."""
    usual, larger = application.font(), application.font()
    larger.setPixelSize(size)
    application.setFont(larger)
    try:
        names = ("Momentan", "Verlauf", "Ratschlag")
        tabs = tuple(replace(tab, name=name) for tab, name in zip(TABS, names, strict=True))
        popup = open_popup(samples.warning(), tabs=tabs)
        (header,) = popup.window.findChildren(Header)

        order = [header.tabs, header.demo, header.refresh, header.settings]
        assert misfits(header) == []
        assert all(one.geometry().right() < other.x() for one, other in pairwise(order))
    finally:
        application.setFont(usual)
