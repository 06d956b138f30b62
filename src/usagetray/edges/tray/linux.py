"""The tray as the program uses it on Linux: StatusNotifierItem where a panel shows it, else an old X11 panel."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from usagetray.edges.tray.base import menu_of
from usagetray.edges.tray.oldpanel import OldPanel
from usagetray.edges.tray.sni import SniIcon

if TYPE_CHECKING:
    from PIL.Image import Image

    from usagetray.views.menu import MenuLine

LARGEST_PX = 48
"""Xfce and waybar take the largest picture and scale it down; from 48 px, 16 and 24 px come out sharp, from 64 not."""


class Tray:
    """One icon, in one panel at a time: it leaves the old kind of panel before it appears in the new one.

    Every method may be called from any thread; every callback comes in a worker thread.

    `on_activate(x, y)`: the icon was clicked there (screen pixels; 0, 0 where the desktop does not say).
    `on_action(verb)`: the menu line with that verb was chosen.
    `menu()`: the lines as they read now; asked each time the menu opens, and given half a second.
    `open_menu(x, y, lines)`: the panel shows no menus, so show this one there.
    `on_host(has_host)`: once after the start, and when a panel that shows icons came or stayed away for 3 s.
    `on_brightness()`: `is_light` reads differently now.
    """

    sizes = (16, 18, 20, 22, 24, 32, 48, 64)
    hint: str | None = None

    def __init__(
        self,
        *,
        on_activate: Callable[[int, int], None],
        on_action: Callable[[str], None],
        menu: Callable[[], tuple[MenuLine, ...]],
        on_host: Callable[[bool], None],
        open_menu: Callable[[int, int, tuple[MenuLine, ...]], None] = lambda _x, _y, _lines: None,
        on_brightness: Callable[[], None] = lambda: None,
        app_id: str = "usagetray",
        number: int = 1,
    ) -> None:
        self._app_id = app_id
        self._on_activate, self._on_host, self._on_brightness = on_activate, on_host, on_brightness
        self._menu, self._open_menu = menu, open_menu
        self._lock = threading.RLock()
        self._face: tuple[tuple[Image, ...], str] | None = None
        self._old: OldPanel | None = None
        self._is_in_old = False
        self._over = False
        self._told: bool | None = None
        self._icon = SniIcon(
            app_id, menu=menu_of(menu, on_action), on_activate=on_activate, on_host=self._host_seen, number=number
        )

    def start(self) -> None:
        """Returns at once. Without a panel or a bus it goes on listening for one."""
        self._icon.run_detached(setup=lambda _icon: None)  # the icon becomes visible with its first picture

    def run_with(self, work: Callable[[], None]) -> None:
        """Runs `work`, in this thread."""
        work()

    def show(self, images: tuple[Image, ...], title: str, tooltip: str, label: str | None) -> None:
        """The same design in several sizes, smallest first. `label` is the text beside the icon, where a panel can.

        Called often, it redraws at most every 200 ms, and not at all for an equal picture.
        """
        fitting = tuple(image for image in images if image.width <= LARGEST_PX)
        with self._lock:
            changed, self._face = self._face != (images, title), (images, title)
            self._icon.show_face(fitting or images[:1], title, tooltip, label, visible=not self._is_in_old)
            if self._old and changed:
                self._old.show(images, title)

    def menu_changed(self) -> None:
        """The lines read differently now: for hosts that keep the menu open or do not ask."""
        self._icon.update_menu()

    def has_host(self) -> bool:
        return self._icon.has_host or self._is_in_old

    @property
    def is_light(self) -> bool | None:
        """Whether the panel is light, where the panel itself can be asked; None: not known."""
        old = self._old
        return old.is_light if old else None

    def stop(self) -> None:
        """Takes the icon from the panel; returns within a second or two."""
        with self._lock:
            self._over, old = True, self._old
        if old:
            old.stop()
        self._icon.stop()

    # ---- which of the two -----------------------------------------------------------------------------------

    def _host_seen(self, there: bool) -> None:
        """A StatusNotifierItem host came, or there is none."""
        if not there:
            with self._lock:
                if self._old is None and os.environ.get("DISPLAY") and not self._over:
                    self._start_old()
                elif self._old is None:
                    self._tell(False)
            return
        with self._lock:
            old, self._old = self._old, None
        if old:
            old.stop()
        with self._lock:
            self._is_in_old = False
            if self._face:
                self._icon.visible = True
            self._tell(True)

    def _start_old(self) -> None:
        old = self._old = OldPanel(
            self._app_id,
            on_activate=self._on_activate,
            on_menu=lambda x, y: self._open_menu(x, y, self._menu()),
            may_dock=self._withdraw,
            on_docked=lambda docked: self._docked(old, docked),
            on_brightness=self._on_brightness,
        )
        old.start()
        if self._face:
            old.show(*self._face)

    def _withdraw(self) -> bool:
        """Whether the old panel may have the icon; if so it is not offered to the other kind any more."""
        with self._lock:
            if self._icon.has_host:
                return False
            self._is_in_old = True
            self._icon.visible = False
            return True

    def _docked(self, old: OldPanel, docked: bool) -> None:
        with self._lock:
            if self._old is not old:
                return  # said before it was given up
            if not docked and self._is_in_old:
                self._is_in_old = False
                self._icon.visible = self._face is not None
            self._tell(docked)

    def _tell(self, has_host: bool) -> None:
        if has_host != self._told:
            self._told = has_host
            self._on_host(has_host)
