"""The whole popup without a mouse, and as a screen reader has it: what each stop is, is called and is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QToolTip, QWidget

from tests.popup import history_samples, samples
from tests.popup.advice_samples import month, poor, told
from tests.popup.conftest import Open, Opened
from tests.popup.test_detail import explain
from usagetray.views.popup.history_page import HistoryPage
from usagetray.views.popup.shell import Shell
from usagetray.views.popup.tabs import TABS
from usagetray.views.popup.widgets import Pressable

READERS: Mapping[str, Any] = {"history": history_samples.sums, "advice": told(month)}
CONTROL = Qt.KeyboardModifier.ControlModifier
ROLES = {
    QAccessible.Role.ProgressBar, QAccessible.Role.StaticText, QAccessible.Role.PushButton, QAccessible.Role.Button,
    QAccessible.Role.CheckBox, QAccessible.Role.PageTabList, QAccessible.Role.List, QAccessible.Role.Link,
    QAccessible.Role.AlertMessage, QAccessible.Role.Switch,
}  # fmt: skip
"""What a stop may be. A bare pane or window would be read as "panel", and nobody knew what to do there."""


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """To wherever the focus is."""
    QTest.keyClick(QApplication.focusWidget(), key, modifier)


def walk(most: int = 80) -> Iterator[QWidget]:
    """Once round with the Tab key, beginning with where the focus is."""
    first = here = QApplication.focusWidget()
    for _ in range(most):
        yield here
        press(Qt.Key.Key_Tab)
        here = QApplication.focusWidget()
        if here is first:
            return
    pytest.fail(f"the Tab key does not come round within {most} stops")


def go_to(name: str) -> QWidget:
    """With the Tab key, to the first stop whose name begins so."""
    for stop in walk():
        if stop.accessibleName().startswith(name):
            return stop
    return pytest.fail(f"no stop is called {name!r}")


def open_tab(popup: Opened, number: int) -> Shell:
    (shell,) = popup.window.findChildren(Shell)
    press(Qt.Key(Qt.Key.Key_1 + number), CONTROL)
    assert shell.tab == TABS[number].key
    popup.wait_for(shell.is_settled, shell.tab)
    return shell


# ---- a screen reader's view ------------------------------------------------------------------------------------


def heard(stop: QWidget) -> tuple[QAccessible.Role, str, str]:
    """Role, name and value."""
    seen = QAccessible.queryAccessibleInterface(stop)
    assert seen is not None
    value = seen.valueInterface()
    text = seen.text(QAccessible.Text.Value) or ("" if value is None else str(value.currentValue()))
    return seen.role(), seen.text(QAccessible.Text.Name), text


MOMENTS = [(name, 0) for name in ("warning", "locked", "states", "offline", "costs", "first_run", "nothing_found")]


@pytest.mark.parametrize(("moment", "tab"), [*MOMENTS, ("calm", 1), ("calm", 2)])
def test_every_stop_says_what_it_is_and_what_it_is_worth(open_popup: Open, moment: str, tab: int) -> None:
    popup = open_popup(samples.MOMENTS[moment](), readers=READERS)
    if tab:
        open_tab(popup, tab)

    for stop in walk():
        role, name, value = heard(stop)
        assert role in ROLES, (name, role)
        assert name.strip(), stop
        if role is QAccessible.Role.ProgressBar:
            assert value.rstrip("%").isdigit(), (name, value)
        seen = QAccessible.queryAccessibleInterface(stop)
        if role in (QAccessible.Role.PageTabList, QAccessible.Role.List):
            parts = [seen.child(at) for at in range(seen.childCount())]
            names = [part.text(QAccessible.Text.Name) for part in parts if part.role() is not QAccessible.Role.NoRole]
            assert names, name
            assert all(each.strip() for each in names), (name, names)
        assert not seen.state().disabled, name


def test_no_two_rows_sound_alike(open_popup: Open) -> None:
    open_popup(samples.MOMENTS["warning"]())

    rows = [heard(stop) for stop in walk()]

    names = [name for role, name, _ in rows if role is QAccessible.Role.ProgressBar]
    assert len(names) > 3
    assert len(set(names)) == len(names)


# ---- without a mouse -------------------------------------------------------------------------------------------


def test_all_of_the_first_tab_can_be_done_by_keys(open_popup: Open) -> None:
    popup = open_popup(samples.warning(), explain=explain)
    go_to("Claude session")
    height = popup.window.height()

    press(Qt.Key.Key_U)
    press(Qt.Key.Key_T)
    assert popup.said("set") == [{"event": "set", "show_left": True}, {"event": "set", "countdown": True}]
    press(Qt.Key.Key_Return)
    popup.wait_for(lambda: popup.window.height() > height, "the detail")
    press(Qt.Key.Key_Space)
    assert popup.window.height() == height
    press(Qt.Key.Key_I)
    popup.wait_for(QToolTip.isVisible, "the hint")
    assert QApplication.focusWidget().accessibleName() == "Claude session"
    press(Qt.Key.Key_F5)
    footer = go_to("Refresh")
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Tab)
    assert go_to("Refresh") is not footer
    press(Qt.Key.Key_Space)
    assert len(popup.said("refresh")) == 3
    go_to("Settings")
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Comma, CONTROL)
    assert len(popup.said("settings")) == 2
    press(Qt.Key.Key_Escape)
    assert not popup.window.isVisible()


def test_a_lockout_is_waited_for_by_keys(open_popup: Open) -> None:
    popup = open_popup(samples.locked())

    go_to("Tell me")
    press(Qt.Key.Key_Space)
    go_to("MiniMax has")
    press(Qt.Key.Key_Return)

    assert popup.said("action") == [{"event": "action", "verb": "want_back/off/claude/a1"}]
    assert QApplication.focusWidget().accessibleName().startswith("MiniMax")


def test_all_of_the_history_can_be_done_by_keys(open_popup: Open) -> None:
    popup = open_popup(samples.calm(), readers=READERS)
    page = open_tab(popup, 1).page
    assert isinstance(page, HistoryPage)

    go_to("What is counted")
    press(Qt.Key.Key_Right)
    go_to("How far back")
    press(Qt.Key.Key_Right)
    go_to("Told apart by")
    press(Qt.Key.Key_Right)
    assert (page.wish.unit, page.wish.by) == ("tokens", "project")
    assert page.spans.currentIndex() > 0
    page.bars.setFocus(Qt.FocusReason.TabFocusReason)
    day = page.bars.currentRow()
    press(Qt.Key.Key_Left)
    assert page.bars.currentRow() != day
    go_to("Export")
    press(Qt.Key.Key_Return)

    def dialogs() -> list[QFileDialog]:
        return [each for each in QApplication.topLevelWidgets() if isinstance(each, QFileDialog) and each.isVisible()]

    popup.wait_for(dialogs, "the dialog")
    for dialog in dialogs():
        dialog.reject()


def test_all_of_the_advice_can_be_done_by_keys(open_popup: Open) -> None:
    popup = open_popup(samples.calm(), readers={**READERS, "advice": told(poor)})
    shell = open_tab(popup, 2)
    assert shell.page is not None
    low = [stop.height() for stop in shell.page.stops()]

    for _ in range(len(low)):
        press(Qt.Key.Key_Down)
        if isinstance(QApplication.focusWidget(), Pressable):
            break
    press(Qt.Key.Key_Return)
    opened = [stop.height() for stop in shell.page.stops()]
    assert sum(opened) > sum(low)
    press(Qt.Key.Key_Return)
    assert [stop.height() for stop in shell.page.stops()] == low
    shell.page.stops()[-1].setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Return)
    assert sum(stop.height() for stop in shell.page.stops()) >= sum(opened)


def test_the_first_page_can_be_answered_by_keys(open_popup: Open) -> None:
    popup = open_popup(samples.first_run())

    go_to("Codex")
    press(Qt.Key.Key_Space)
    go_to("Start with 1 tool")
    press(Qt.Key.Key_Return)

    (answer,) = popup.said("first_run")
    assert answer["providers"] == ["claude"]
