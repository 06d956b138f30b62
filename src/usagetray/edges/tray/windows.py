"""The tray on Windows: pystray's icon with sharp pictures, a popup at the pointer and a menu that reads as now.

Written from Microsoft's documentation and pystray's source; not yet run on Windows.
"""

from __future__ import annotations

import ctypes
import importlib
import io
import logging
import threading
from collections.abc import Callable, Iterable
from ctypes import wintypes
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PIL import Image

from usagetray.edges.tray.base import backend, menu_of
from usagetray.edges.tray.pixmaps import fitting

if TYPE_CHECKING:
    from usagetray.views.menu import MenuLine

_win32 = backend("_win32")
Icon = _win32.Icon
win32 = _win32.win32

log = logging.getLogger(__name__)

TIP_UNITS, BALLOON_TITLE_UNITS, BALLOON_UNITS = 127, 63, 255
"""UTF-16 units the shell's fields hold; one more and ctypes raises."""

WM_NULL, WM_QUERYENDSESSION, WM_SETTINGCHANGE, WM_DPICHANGED = 0x0000, 0x0011, 0x001A, 0x02E0
SM_CXSMICON = 49
PER_MONITOR_AWARE_V2 = -4
ICON_VERSION = 0x00030000
ANY_PROCESS = 0xFFFFFFFF
PERSONALIZE = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
END_SECONDS = 1.0
HINT = "Windows hides new icons behind the ^ in the taskbar: drag usagetray out of there to keep it in sight."


class WindowsIcon(Icon):  # type: ignore[misc, valid-type]  # pystray ships no types
    """`on_activate(x, y)`: a left click, there in pixels. Callbacks come in the icon's own thread."""

    _icon_handle: Any

    def __init__(
        self,
        name: str,
        *,
        menu: Any,
        on_activate: Callable[[int, int], None],
        on_brightness: Callable[[], None],
    ) -> None:
        _be_dpi_aware()  # before the first window: it cannot be changed after that
        super().__init__(name, menu=menu)
        self._on_activate, self._on_brightness = on_activate, on_brightness
        self._menu_handle: Any = None
        self._images: tuple[Image.Image, ...] = ()
        self._pixels = threading.RLock()
        self.is_light = _taskbar_is_light()
        self._message_handlers[WM_SETTINGCHANGE] = self._on_setting_change
        self._message_handlers[WM_DPICHANGED] = self._on_dpi_changed
        # pystray answers 0 to all it does not know, and to this 0 means: do not log off.
        self._message_handlers[WM_QUERYENDSESSION] = lambda _wparam, _lparam: 1

    def show_face(self, images: tuple[Image.Image, ...], tip: str) -> None:
        """Makes the icon visible."""
        with self._pixels:
            changed, self._images = self._images is not images, images
        self.title = cut(tip, TIP_UNITS)
        if changed:
            self.icon = images[-1]
        self.visible = True

    # ---- pictures -------------------------------------------------------------------------------------------

    def _update_icon(self) -> None:
        with self._pixels:  # the handle is renewed from our thread and from the icon's
            super()._update_icon()

    def _assert_icon_handle(self) -> None:
        """The picture drawn for the taskbar's own density; pystray would have the shell shrink one of 32 px."""
        with self._pixels:
            if not self._icon_handle and self._images:
                self._icon_handle = _icon_of(self._images, _small_icon_px())

    def _on_dpi_changed(self, _wparam: int, _lparam: int) -> None:
        if self.visible:
            self._update_icon()

    def _on_display_change(self, wparam: int, lparam: int) -> None:
        self._on_dpi_changed(wparam, lparam)  # pystray would show the old handle

    def _on_setting_change(self, _wparam: int, _lparam: int) -> None:
        light = _taskbar_is_light()
        if light != self.is_light:
            self.is_light = light
            self._on_brightness()

    # ---- clicks and menu ------------------------------------------------------------------------------------

    def _on_notify(self, wparam: int, lparam: int) -> None:
        if lparam in (win32.WM_LBUTTONUP, win32.WM_RBUTTONUP):
            # The click made us the one process that may come to the front; the popup's is to take over.
            _function("AllowSetForegroundWindow", wintypes.BOOL, wintypes.DWORD)(ANY_PROCESS)
        if lparam == win32.WM_LBUTTONUP:
            point = wintypes.POINT()
            win32.GetCursorPos(ctypes.byref(point))
            self._on_activate(point.x, point.y)
        elif lparam == win32.WM_RBUTTONUP:
            super()._update_menu()
            super()._on_notify(wparam, lparam)
            win32.PostMessage(self._hwnd, WM_NULL, 0, 0)  # else the menu's window may keep the next click

    def _update_menu(self) -> None:
        """Built anew when it opens, in the thread that shows it: destroyed while open, it would vanish."""

    def _notify(self, message: str, title: str | None = None) -> None:
        super()._notify(cut(message, BALLOON_UNITS), cut(title or self.name, BALLOON_TITLE_UNITS))

    # ---- its thread -----------------------------------------------------------------------------------------

    def _run_detached(self) -> None:
        self._thread = threading.Thread(target=self._run, name="tray", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Until the thread has taken the icon away."""
        self._thread.join(END_SECONDS)


class WindowsTray:
    """See `choice.Tray`."""

    sizes = (16, 20, 24, 28, 32, 40, 48, 64)
    """The small icon at 100, 125, 150, 175, 200, 250, 300 and 400 %."""
    hint: str | None = HINT

    def __init__(
        self,
        on_activate: Callable[[int, int], None],
        on_action: Callable[[str], None],
        menu: Callable[[], tuple[MenuLine, ...]],
        on_host: Callable[[bool], None],
        on_brightness: Callable[[], None],
    ) -> None:
        self._on_host = on_host
        self._lock = threading.Lock()
        self._is_ready = False
        self._face: tuple[tuple[Image.Image, ...], str] | None = None
        self._icon = WindowsIcon(
            "usagetray",
            menu=menu_of(lambda: tuple(_without_keys(menu())), on_action),
            on_activate=on_activate,
            on_brightness=on_brightness,
        )

    @property
    def is_light(self) -> bool | None:
        return bool(self._icon.is_light)

    def start(self) -> None:
        self._icon.run_detached(setup=self._began)

    def run_with(self, work: Callable[[], None]) -> None:
        work()

    def show(self, images: tuple[Image.Image, ...], title: str, tooltip: str, label: str | None) -> None:
        """`label` cannot be shown: there is no text beside an icon."""
        del label
        with self._lock:
            self._face = images, f"{title}\n{tooltip}" if tooltip else title
            if self._is_ready:
                self._icon.show_face(*self._face)

    def menu_changed(self) -> None:
        """The menu is read when it opens."""

    def has_host(self) -> bool:
        return self._is_ready

    def stop(self) -> None:
        self._icon.stop()
        self._icon.wait()

    def _began(self, _icon: Any) -> None:
        """The icon's window is there; before that the shell would not know whom to tell of clicks."""
        with self._lock:
            self._is_ready = True
            if self._face:
                self._icon.show_face(*self._face)
        self._on_host(True)


def cut(text: str, units: int) -> str:
    """What fits into so many UTF-16 units, no half characters, with a sign where something was cut."""
    if len(text.encode("utf-16-le")) <= 2 * units:
        return text
    return text.encode("utf-16-le")[: 2 * (units - 1)].decode("utf-16-le", "ignore") + "…"


def _without_keys(lines: Iterable[MenuLine]) -> Iterable[MenuLine]:
    """A single "&" would underline what follows as a key to press."""
    for line in lines:
        yield replace(line, text=line.text.replace("&", "&&"), children=tuple(_without_keys(line.children)))


# ---- what pystray does not ask the system ------------------------------------------------------------------


def _function(name: str, result: Any, *arguments: Any) -> Any:
    """Raises AttributeError where this version of Windows has no such function."""
    found = getattr(win32.windll.user32, name)
    found.restype, found.argtypes = result, arguments
    return found


def _be_dpi_aware() -> None:
    """Per monitor, so that sizes and places are real pixels. Refused, it was settled by the manifest."""
    try:
        set_context = _function("SetProcessDpiAwarenessContext", wintypes.BOOL, ctypes.c_void_p)
        set_context(PER_MONITOR_AWARE_V2)
    except AttributeError:  # before Windows 10 1703
        _function("SetProcessDPIAware", wintypes.BOOL)()


def _small_icon_px() -> int:
    """The side of a tray icon at the density of the taskbar's monitor."""
    try:
        dpi_of = _function("GetDpiForWindow", wintypes.UINT, wintypes.HWND)
        metric_for = _function("GetSystemMetricsForDpi", ctypes.c_int, ctypes.c_int, wintypes.UINT)
        find = _function("FindWindowW", wintypes.HWND, wintypes.LPCWSTR, wintypes.LPCWSTR)
        size = metric_for(SM_CXSMICON, dpi_of(find("Shell_TrayWnd", None)) or 96)
    except AttributeError:  # before Windows 10 1607
        size = _function("GetSystemMetrics", ctypes.c_int, ctypes.c_int)(SM_CXSMICON)
    return int(size) or 16


def _icon_of(images: tuple[Image.Image, ...], size: int) -> Any:
    """A handle of an icon of exactly that size; the picture that fits stands in its middle. None where it failed."""
    picture = fitting(images, (size, size))
    canvas = Image.new("RGBA", (size, size))
    canvas.paste(picture, ((size - picture.width) // 2, (size - picture.height) // 2))
    stream = io.BytesIO()
    canvas.save(stream, "PNG")
    bits = stream.getvalue()
    create = _function(
        "CreateIconFromResourceEx", wintypes.HICON, ctypes.c_char_p, wintypes.DWORD, wintypes.BOOL, wintypes.DWORD,
        ctypes.c_int, ctypes.c_int, wintypes.UINT,
    )  # fmt: skip
    handle = create(bits, len(bits), True, ICON_VERSION, size, size, 0)
    if not handle:
        log.warning("Windows did not take the icon of %d px", size)
    return handle or None


def _taskbar_is_light() -> bool:
    registry: Any = importlib.import_module("winreg")
    try:
        with registry.OpenKey(registry.HKEY_CURRENT_USER, PERSONALIZE) as key:
            return bool(registry.QueryValueEx(key, "SystemUsesLightTheme")[0])
    except OSError:  # Windows before 1903 has dark taskbars only
        return False
