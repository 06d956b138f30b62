"""Which tray this system has."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PIL.Image import Image

    from usagetray.views.menu import MenuLine

SYSTEMS = ("linux", "win32", "darwin")
"""Where there is a tray, by `sys.platform`."""


SEVERAL = sys.platform != "darwin"
"""Whether a process can have further icons: AppKit's loop, which pystray runs, has one."""


class Tray(Protocol):
    """One icon. Every method may be called from any thread; callbacks come from threads of its own, and are quick."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """In which sizes, in pixels, `show` wants its pictures."""

    @property
    def hint(self) -> str | None:
        """What a user should know about this system's tray, said once; None: nothing."""

    @property
    def is_light(self) -> bool | None:
        """Whether the panel is light, where the system tells; None: not known."""

    def start(self) -> None:
        """Returns at once."""

    def run_with(self, work: Callable[[], None]) -> None:
        """Runs `work` and returns with it, or raises what it raised. To be called in the main thread.

        macOS wants that thread for itself; there `work` gets another one.
        """

    def show(self, images: tuple[Image, ...], title: str, tooltip: str, label: str | None) -> None:
        """The same design in `sizes`, smallest first; `label` is the text beside the icon, where a panel can."""

    def menu_changed(self) -> None:
        """The menu's lines read differently now."""

    def has_host(self) -> bool:
        """Whether a panel shows icons now."""

    def stop(self) -> None:
        """Takes the icon from the panel; returns within two seconds."""


def make_tray(
    *,
    on_activate: Callable[[int, int], None],
    on_action: Callable[[str], None],
    menu: Callable[[], tuple[MenuLine, ...]],
    open_menu: Callable[[int, int, tuple[MenuLine, ...]], None],
    on_host: Callable[[bool], None],
    on_brightness: Callable[[], None],
    number: int = 1,
) -> Tray:
    """To be called in the main thread.

    `on_activate(x, y)`: the icon was clicked there (pixels of the screen, points on macOS; 0, 0 where unknown).
    `on_action(verb)`: the menu line with that verb was chosen. `menu()`: the lines as they read now.
    `open_menu(x, y, lines)`: this panel shows no menus of its own; show this one there.
    `on_host(has_host)`: once after the start, and with each change. `on_brightness()`: `is_light` has changed.
    `number` tells several icons of one process apart, from 1 on; macOS has one (`SEVERAL`).
    """
    if sys.platform == "win32":
        from usagetray.edges.tray.windows import WindowsTray

        return WindowsTray(on_activate, on_action, menu, on_host, on_brightness)
    if sys.platform == "darwin":
        from usagetray.edges.tray.macos import MacTray

        return MacTray(on_activate, on_action, menu, on_host, on_brightness)
    from usagetray.edges.tray import linux

    return linux.Tray(
        on_activate=on_activate,
        on_action=on_action,
        menu=menu,
        open_menu=open_menu,
        on_host=on_host,
        on_brightness=on_brightness,
        number=number,
    )
