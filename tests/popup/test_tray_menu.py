"""The menu for panels that show none: what is drawn of the tray's lines, and what a choice says."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QMenu

from usagetray.views.popup.tray_menu import TrayMenu

LINES = [
    {"text": "Show usage", "action": "show", "is_default": True},
    {"separator": True},
    {"text": "R&D  62 % used"},
    {"text": "Show what is left", "action": "flip", "checked": True},
    {"text": "Snooze", "children": [{"text": "1 hour", "action": "snooze"}]},
    {"text": "Quit", "action": "quit", "checked": None, "children": []},
]


def opened(lines: object) -> tuple[QMenu, list[object], list[str]]:
    """The menu, what it said, and how often it closed."""
    said: list[object] = []
    closed: list[str] = []
    tray_menu = TrayMenu(said.append, lambda: closed.append("closed"))
    tray_menu.open(QPoint(50, 50), lines)
    assert tray_menu._menu is not None
    return tray_menu._menu, said, closed


def test_each_line_looks_as_it_was_meant(application: QApplication) -> None:
    """Figures cannot be chosen, an ampersand stays one, the default is bold and the box is ticked."""
    menu, _, _ = opened(LINES)

    rows = menu.actions()
    assert [row.text() for row in rows] == ["Show usage", "", "R&&D  62 % used", "Show what is left", "Snooze", "Quit"]
    assert [row.isEnabled() for row in rows] == [True, True, False, True, True, True]
    assert rows[1].isSeparator()
    assert rows[3].isChecked()
    assert not rows[5].isCheckable()
    assert menu.defaultAction() is rows[0]
    menu.close()


def test_a_choice_is_said_by_its_verb_also_from_a_submenu(application: QApplication) -> None:
    menu, said, closed = opened(LINES)
    inner = menu.actions()[4].menu()
    assert isinstance(inner, QMenu)

    menu.actions()[5].trigger()
    inner.actions()[0].trigger()
    menu.close()

    assert said == [{"event": "action", "verb": "quit"}, {"event": "action", "verb": "snooze"}]
    assert closed == ["closed"]


def test_lines_that_are_none_are_left_out(application: QApplication) -> None:
    menu, _, _ = opened(["text", 3, {"action": 4}])

    assert [(row.text(), row.isEnabled()) for row in menu.actions()] == [("", False)]
    menu.close()
    assert opened(None)[0].actions() == []
