"""pystray's own classes, had without its choice of a backend, and our menu lines as a pystray menu.

pystray picks a backend while it is imported, and on Linux without a display that raises an error of Xlib's.
Only the tray process imports this module.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from usagetray.views.menu import MenuLine


def backend(name: str) -> Any:
    """A module of pystray's, by its name there: `_base`, or the part for one system."""
    former = os.environ.get("PYSTRAY_BACKEND")
    os.environ["PYSTRAY_BACKEND"] = "dummy"
    try:
        return importlib.import_module(f"pystray.{name}")
    finally:
        if former is None:
            del os.environ["PYSTRAY_BACKEND"]
        else:
            os.environ["PYSTRAY_BACKEND"] = former


_base = backend("_base")
Icon = _base.Icon
Menu = _base.Menu
MenuItem = _base.MenuItem


def menu_of(lines: Callable[[], Iterable[MenuLine]], on_action: Callable[[str], None]) -> Any:
    """A pystray menu that asks for its lines anew each time it is read."""
    return Menu(lambda: tuple(_items(lines(), on_action)))


def _items(lines: Iterable[MenuLine], on_action: Callable[[str], None]) -> Iterator[Any]:
    for line in lines:
        yield Menu.SEPARATOR if line.separator else _item(line, on_action)


def _item(line: MenuLine, on_action: Callable[[str], None]) -> Any:
    verb, checked = line.action, line.checked
    action: Any = None
    if line.children:
        action = Menu(*_items(line.children, on_action))
    elif verb is not None:

        def action() -> None:
            on_action(verb)

    return MenuItem(
        line.text,
        action,
        checked=None if checked is None else lambda _: checked,
        default=line.is_default,
        enabled=action is not None,
    )
