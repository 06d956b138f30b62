"""The icon in an old X11 panel, by XEmbed: a window of ours inside one of the panel's.

Importing this opens a connection to the X server (pystray's check), so `oldpanel` does it in a thread of its own. All
of an `XembedIcon` belongs to that thread: connection, window, drawing and clicks.
"""

from __future__ import annotations

import contextlib
import logging
import select
import socket
import time
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageStat

from usagetray.edges.tray.base import backend
from usagetray.edges.tray.pixmaps import fitting, premultiplied

_xorg = backend("_xorg")
Icon = _xorg.Icon
Xlib = _xorg.Xlib
X = Xlib.X

log = logging.getLogger(__name__)

DOCK_AFTER_S = 0.5
"""A new panel may show StatusNotifierItems too, and that icon is the better one: it is given this lead."""
GRACE_S = 3.0
"""A panel that is back within this time was never missing to the user."""
FIRST_PX = 24
"""The window's size until the panel gives it one; some panels keep it."""
UNSEEN = (0x2E, 0x2E, 0x2E)
"""Taken for the panel's background while its pixels cannot be read."""
LIGHT_FROM = 128  # mean of 0 to 255
LEFT, MIDDLE, RIGHT = 1, 2, 3


class XembedIcon(Icon):  # type: ignore[misc, valid-type]  # pystray ships no types
    """`on_activate(x, y)` and `on_menu(x, y)` have the pointer's place in pixels of the screen.

    `may_dock()` is asked before each docking. `on_docked(docked)` comes once after the start, and when a panel took
    the icon or stayed away for `GRACE_S`. `on_brightness()`: `is_light` reads differently now.
    """

    HAS_MENU = True
    visible: bool
    _window: Any

    def __init__(
        self,
        name: str,
        *,
        on_activate: Callable[[int, int], None],
        on_menu: Callable[[int, int], None],
        may_dock: Callable[[], bool],
        on_docked: Callable[[bool], None],
        on_brightness: Callable[[], None],
    ) -> None:
        """Raises an error of Xlib's where the X server cannot be reached."""
        self._on_activate, self._on_menu = on_activate, on_menu
        self._may_dock, self._on_docked, self._on_brightness = may_dock, on_docked, on_brightness
        self._images: tuple[Image.Image, ...] = ()
        self._colormap: Any = None  # of a window with an alpha channel; None: of one without
        self._dock_at: float | None = None
        self._missing_at: float | None = None
        self._told: bool | None = None
        self._over = False
        self.is_light: bool | None = None  # None: not known
        super().__init__(name)
        self._display.set_error_handler(lambda error, _request: log.debug("X: %s", error))
        self._message_handlers = {
            X.ButtonRelease: self._on_button_release,
            X.ClientMessage: self._on_client_message,
            X.ConfigureNotify: self._on_expose,
            X.DestroyNotify: self._on_destroy_notify,
            X.Expose: self._on_expose,
            X.ReparentNotify: self._on_reparent_notify,
        }
        self._root = self._display.screen().root
        self._root.change_attributes(event_mask=X.StructureNotifyMask)  # panels announce themselves there

    def __del__(self) -> None:
        """pystray would close the display a second time."""

    def show_face(self, images: tuple[Image.Image, ...], title: str) -> None:
        """Makes the icon visible, once there is a panel."""
        self._images, self._icon, self._icon_valid = images, images[-1], True
        self.title = title
        if self.visible:
            self._draw()
        self.visible = True

    def live(self, ready: socket.socket, take_calls: Callable[[XembedIcon], None]) -> None:
        """Until `end`, or the X server goes. `take_calls` is called whenever `ready` can be read."""
        try:
            self._dock()
            if not self._get_systray_manager():
                self._tell(False)
            while not self._over:
                while self._display.pending_events():
                    self._hear(self._display.next_event())
                self._do_what_is_due()
                self._display.flush()
                if self._display.pending_events() or self._over:
                    continue
                if ready in select.select([self._display, ready], [], [], self._seconds_left())[0]:
                    take_calls(self)
            self._window.destroy()
            self._display.sync()
        except (Xlib.error.ConnectionClosedError, OSError):
            log.info("the X server is gone")
            self._tell(False)
        finally:
            with contextlib.suppress(Xlib.error.ConnectionClosedError, OSError):
                self._display.close()

    def end(self) -> None:
        self._over = True

    # ---- what pystray asks of a backend ---------------------------------------------------------------------

    def _rewrite_implementation(self, *_methods: Any) -> None:
        """There is one thread only: nothing is to be handed over."""

    def _show(self) -> None:
        self._dock()

    def _hide(self) -> None:
        self._leave()

    def _update_icon(self) -> None:
        self._draw()

    def _update_title(self) -> None:
        name, utf8 = (self._display.intern_atom(each) for each in ("_NET_WM_NAME", "UTF8_STRING"))
        self._window.change_property(name, utf8, 8, self.title.encode())  # WM_NAME holds Latin-1 alone

    def _stop(self) -> None:
        self.end()

    def _create_window(self) -> Any:
        """A window such as the panel there is wants it: with an alpha channel, or with the panel's own background."""
        screen = self._display.screen()
        manager = self._get_systray_manager()
        visual = self._property(manager, "_NET_SYSTEM_TRAY_VISUAL")
        has_alpha = bool(visual) and visual[0] in _visuals(screen, depth=32)
        common = {
            "event_mask": X.ExposureMask | X.StructureNotifyMask | X.ButtonPressMask | X.ButtonReleaseMask,
            "window_class": X.InputOutput,
        }
        if has_alpha:
            self._colormap = screen.root.create_colormap(visual[0], X.AllocNone)
            look = {"depth": 32, "visual": visual[0], "colormap": self._colormap, "border_pixel": 0}
            look["background_pixel"] = 0
        else:
            self._colormap = None
            look = {"depth": screen.root_depth, "background_pixmap": X.ParentRelative}
        window = screen.root.create_window(-FIRST_PX, -FIRST_PX, FIRST_PX, FIRST_PX, 0, **look, **common)
        window.set_wm_class(self.name, self.name)
        window.set_wm_normal_hints(
            flags=Xlib.Xutil.PPosition | Xlib.Xutil.PSize | Xlib.Xutil.PMinSize, min_width=FIRST_PX, min_height=FIRST_PX
        )
        window.change_property(self._xembed_info, self._xembed_info, 32, [self._XEMBED_VERSION, self._XEMBED_MAPPED])
        return window

    # ---- the panel ------------------------------------------------------------------------------------------

    def _dock(self) -> None:
        """Into the panel there is, if there is one and the icon is not in one."""
        if self._systray_manager or not self._images or not self._get_systray_manager() or not self._may_dock():
            return
        former, colormap = self._window, self._colormap
        self._window = self._create_window()
        self._gc = self._window.create_gc()
        self._update_title()
        former.destroy()
        if colormap:
            colormap.free()
        self._dock_window()
        self._missing_at = time.monotonic() + GRACE_S  # one that does not take the icon is no panel

    def _leave(self) -> None:
        """Out of the panel. A window that a dead panel gave back would stand on the desktop, so it goes too."""
        self._systray_manager = None
        self._window.destroy()
        self._missing_at = time.monotonic() + GRACE_S

    def _on_client_message(self, event: Any) -> None:
        manager = self._display.intern_atom("MANAGER")
        if event.client_type == manager and event.data[1][1] == self._net_system_tray_sx:
            self._dock_at = time.monotonic() + DOCK_AFTER_S

    def _on_reparent_notify(self, event: Any) -> None:
        if event.window.id != self._window.id or not self._systray_manager:
            return
        if event.parent.id == self._root.id:
            self._leave()
        else:
            self._missing_at = None
            self._tell(True)

    def _on_destroy_notify(self, event: Any) -> None:
        if self._systray_manager and event.window.id in (self._window.id, self._systray_manager.id):
            self._leave()
            self._dock_at = time.monotonic() + DOCK_AFTER_S  # another panel may have taken over

    def _do_what_is_due(self) -> None:
        now = time.monotonic()
        if self._dock_at is not None and now >= self._dock_at:
            self._dock_at = None
            self._dock()
        if self._missing_at is not None and now >= self._missing_at:
            self._missing_at = None
            self._tell(False)

    def _seconds_left(self) -> float | None:
        due = [each for each in (self._dock_at, self._missing_at) if each is not None]
        return max(min(due) - time.monotonic(), 0.0) if due else None

    def _tell(self, docked: bool) -> None:
        if docked != self._told:
            self._told = docked
            self._on_docked(docked)

    def _property(self, window: Any, name: str) -> Any:
        """Its 32-bit words; empty where there is none."""
        if not window:
            return ()
        try:
            found = window.get_full_property(self._display.intern_atom(name), X.AnyPropertyType)
        except Xlib.error.BadWindow:
            return ()
        return found.value if found else ()

    # ---- drawing --------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        """The picture that fits, unscaled, in the middle of whatever room there is."""
        if not self._images or not self._systray_manager:
            return
        room = self._window.get_geometry()
        size = (room.width, room.height)
        picture = fitting(self._images, size)
        corner = ((size[0] - picture.width) // 2, (size[1] - picture.height) // 2)
        if self._colormap:
            canvas = Image.new("RGBA", size)
            canvas.paste(picture, corner)
            self._window.put_image(self._gc, 0, 0, *size, X.ZPixmap, 32, 0, premultiplied(canvas))
            self._learn_brightness(None)
            return
        self._window.clear_area()
        seen = self._background(size)
        canvas = seen or Image.new("RGB", size, UNSEEN)
        self._learn_brightness(ImageStat.Stat(canvas.convert("L")).mean[0] >= LIGHT_FROM if seen else None)
        canvas.paste(picture, corner, picture)
        self._window.put_pil_image(self._gc, 0, 0, canvas)

    def _background(self, size: tuple[int, int]) -> Image.Image | None:
        """The panel as it shows through the cleared window."""
        try:
            seen = self._window.get_image(0, 0, *size, X.ZPixmap, 0xFFFFFFFF)
            return Image.frombytes("RGB", size, seen.data, "raw", "BGRX")
        except (Xlib.error.BadMatch, ValueError):  # not mapped yet; or a screen of another pixel format
            return None

    def _learn_brightness(self, seen: bool | None) -> None:
        """By the text colour the panel names for icons, else as `seen`."""
        text = self._property(self._systray_manager, "_NET_SYSTEM_TRAY_COLORS")[:3]
        light = sum(text) / 3 < 0x8000 if len(text) == 3 else seen
        if light is not None and light != self.is_light:
            self.is_light = light
            self._on_brightness()

    # ---- the pointer ----------------------------------------------------------------------------------------

    def _on_button_release(self, event: Any) -> None:
        """Not the press: while the button is down the pointer is ours, and what opens could not take it."""
        if event.window.id != self._window.id:
            return
        if event.detail in (LEFT, MIDDLE):
            self._on_activate(event.root_x, event.root_y)
        elif event.detail == RIGHT:
            self._on_menu(event.root_x, event.root_y)

    def _hear(self, event: Any) -> None:
        handler = self._message_handlers.get(event.type)
        try:
            if handler:
                handler(event)
        except Xlib.error.XError as error:  # a window that went while we spoke of it; its DestroyNotify follows
            log.debug("X: %s", error)


def _visuals(screen: Any, *, depth: int) -> set[int]:
    return {visual.visual_id for each in screen.allowed_depths if each.depth == depth for visual in each.visuals}
