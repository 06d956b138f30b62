"""The icon's menu, for old X11 panels that show none themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu


class TrayMenu:
    """One menu at a time. `emit` gets what is chosen, `on_closed` is called after each."""

    def __init__(self, emit: Callable[[Mapping[str, object]], None], on_closed: Callable[[], None]) -> None:
        self._emit, self._on_closed = emit, on_closed
        self._menu: QMenu | None = None

    def open(self, point: QPoint | None, lines: object) -> None:
        """`lines` as `MenuLine`s in JSON; what is no such line is left out."""
        if self._menu is not None:
            self._menu.close()
            self._menu.deleteLater()
        menu = self._menu = QMenu()
        menu.setWindowTitle("usagetray menu")
        self._fill(menu, lines)
        menu.aboutToHide.connect(self._on_closed)
        menu.popup(point or QPoint())
        menu.activateWindow()

    def _fill(self, menu: QMenu, lines: object) -> None:
        for line in lines if isinstance(lines, Iterable) else ():
            if not isinstance(line, Mapping):
                continue
            text = str(line.get("text", "")).replace("&", "&&")  # a single one marks a key to press
            if line.get("separator"):
                menu.addSeparator()
            elif line.get("children"):
                self._fill(menu.addMenu(text), line["children"])
            else:
                action = menu.addAction(text)
                self._dress(menu, action, line)

    def _dress(self, menu: QMenu, action: QAction, line: Mapping[str, Any]) -> None:
        verb = line.get("action")
        action.setEnabled(isinstance(verb, str))
        action.triggered.connect(lambda: self._emit({"event": "action", "verb": verb}))
        if line.get("checked") is not None:
            action.setCheckable(True)
            action.setChecked(bool(line["checked"]))
        if line.get("is_default"):
            menu.setDefaultAction(action)
