"""The tray on Windows: pystray's real loop and our corrections, on a made-up user32. Nothing here ran on Windows."""

from __future__ import annotations

import ctypes
import importlib
import io
import queue
import sys
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import wintypes
from typing import Any

import pytest
from PIL import Image

from usagetray.views.menu import MenuLine

LEFT, RIGHT = 0x0202, 0x0205
NOTIFY, STOP, TASKBAR = 0x40B, 0x40A, 0xC0DE
QUERY_END, SETTING_CHANGE, DPI_CHANGED = 0x0011, 0x001A, 0x02E0
ADD, MODIFY, DELETE = 0, 1, 2


class IconData(ctypes.Structure):
    _fields_ = (
        ("cbSize", wintypes.DWORD), ("hWnd", wintypes.HWND), ("uFlags", wintypes.UINT),
        ("uCallbackMessage", wintypes.UINT), ("hIcon", wintypes.HICON), ("szTip", wintypes.WCHAR * 128),
        ("szInfo", wintypes.WCHAR * 256), ("szInfoTitle", wintypes.WCHAR * 64),
    )  # fmt: skip


class MenuRow(ctypes.Structure):
    _fields_ = (
        ("cbSize", wintypes.UINT), ("fMask", wintypes.UINT), ("fType", wintypes.UINT), ("fState", wintypes.UINT),
        ("wID", wintypes.UINT), ("hSubMenu", wintypes.HMENU), ("dwTypeData", wintypes.LPCWSTR),
    )  # fmt: skip


class WindowClass(ctypes.Structure):
    def __init__(self, **_fields: Any) -> None:
        super().__init__()


class Functions:
    """A library whose functions take prototypes and are what the test gave, else answer 1."""

    def __init__(self, **functions: Any) -> None:
        self._functions = functions

    def __getattr__(self, name: str) -> Any:
        if name not in self._functions:
            raise AttributeError(name)
        return self._functions[name]


def function(call: Any) -> Any:
    """Something that may be given `restype` and `argtypes`, as ctypes' functions may."""

    class Prototyped:
        def __call__(self, *arguments: Any) -> Any:
            return call(*arguments)

    return Prototyped()


class User32(types.ModuleType):
    """What pystray calls `win32`: a message queue, a shell that notes what it is told, menus as lists."""

    WM_CREATE, WM_DISPLAYCHANGE, WM_NCCREATE, WM_USER = 1, 0x7E, 0x81, 0x400
    WM_LBUTTONUP, WM_RBUTTONUP, WM_STOP, WM_NOTIFY, WM_TASKBARCREATED = LEFT, RIGHT, STOP, NOTIFY, TASKBAR
    NIM_ADD, NIM_MODIFY, NIM_DELETE = ADD, MODIFY, DELETE
    NIF_MESSAGE, NIF_ICON, NIF_TIP, NIF_INFO = 1, 2, 4, 16
    MFS_DEFAULT, MFS_CHECKED, MFS_DISABLED, MFT_SEPARATOR, MFT_RADIOCHECK = 0x1000, 8, 3, 0x800, 0x200
    MIIM_FTYPE, MIIM_ID, MIIM_STATE, MIIM_STRING, MIIM_SUBMENU = 0x100, 2, 1, 0x40, 4
    TPM_RIGHTALIGN, TPM_BOTTOMALIGN, TPM_RETURNCMD = 8, 0x20, 0x100
    WS_POPUP, PM_NOREMOVE, COLOR_WINDOW, MSGFLT_ALLOW = 0x80000000, 0, 5, 1
    NOTIFYICONDATAW, MENUITEMINFO, WNDCLASSEX = IconData, MenuRow, WindowClass

    def __init__(self) -> None:
        super().__init__("pystray._util.win32")
        self.messages: queue.Queue[tuple[int, int]] = queue.Queue()
        self.shell: queue.Queue[tuple[int, dict[str, Any]]] = queue.Queue()
        self.answers: queue.Queue[int] = queue.Queue()
        self.pictures: list[Image.Image] = []
        self.calls: list[str] = []
        self.rows: list[tuple[str, int]] = []
        self.choice = 0
        self.icon_px = 16
        self.procedure: Any = None
        same = lambda *_: 1  # noqa: E731
        for name in ("CreateWindowEx", "ChangeWindowMessageFilterEx", "GetModuleHandle", "RegisterClassEx",
                     "UnregisterClass", "DestroyWindow", "DestroyIcon", "DestroyMenu", "SetForegroundWindow",
                     "PeekMessage", "TranslateMessage"):  # fmt: skip
            setattr(self, name, same)
        self.windll = types.SimpleNamespace(
            user32=Functions(
                SetProcessDpiAwarenessContext=function(lambda kind: self.calls.append(f"aware {kind}") or 1),
                AllowSetForegroundWindow=function(lambda whom: self.calls.append(f"allow {whom:#x}") or 1),
                FindWindowW=function(lambda name, _title: {"Shell_TrayWnd": 7}[name]),
                GetDpiForWindow=function(lambda window: {7: self.icon_px * 6}[window]),
                GetSystemMetricsForDpi=function(lambda index, dpi: {49: dpi // 6}[index]),
                CreateIconFromResourceEx=function(self.create_icon),
            )
        )

    def create_icon(
        self, bits: bytes, size: int, is_icon: bool, version: int, width: int, height: int, flags: int
    ) -> int:
        assert (len(bits), is_icon, version, flags) == (size, True, 0x00030000, 0)
        picture = Image.open(io.BytesIO(bits))
        assert picture.size == (width, height)
        self.pictures.append(picture.convert("RGBA"))
        return 100 + len(self.pictures)

    def WNDPROC(self, call: Any) -> Any:  # noqa: N802
        self.procedure = call
        return call

    def Shell_NotifyIcon(self, code: int, told: IconData) -> int:  # noqa: N802
        assert len(told.szTip.encode("utf-16-le")) <= 2 * 127
        assert len(told.szInfo.encode("utf-16-le")) <= 2 * 255
        assert len(told.szInfoTitle.encode("utf-16-le")) <= 2 * 63
        self.shell.put((code, {name: getattr(told, name) for name, _ in IconData._fields_}))
        return 1

    def GetMessage(self, place: Any, *_: Any) -> int:  # noqa: N802
        place._obj.message, place._obj.lParam = self.messages.get()
        return int(place._obj.message != 0x12)

    def DispatchMessage(self, place: Any) -> None:  # noqa: N802
        self.answers.put(self.procedure(1, place._obj.message, 0, place._obj.lParam))

    def PostMessage(self, _window: int, message: int, _wparam: int, lparam: int) -> None:  # noqa: N802
        self.messages.put((message, lparam))

    def PostQuitMessage(self, _status: int) -> None:  # noqa: N802
        self.messages.put((0x12, 0))

    def GetCursorPos(self, place: Any) -> None:  # noqa: N802
        place._obj.x, place._obj.y = 1830, 1060

    def CreatePopupMenu(self) -> int:  # noqa: N802
        self.rows.clear()
        return 1

    def InsertMenuItem(self, _menu: int, _index: int, _by_place: bool, row: Any) -> None:  # noqa: N802
        self.rows.append((row._obj.dwTypeData or "-", row._obj.fState))

    def TrackPopupMenuEx(self, *_: Any) -> int:  # noqa: N802
        return self.choice

    def hear(self, code: int) -> dict[str, Any]:
        """The next thing of that kind the shell is told."""
        while True:
            told, fields = self.shell.get(timeout=5)
            if told == code:
                return fields

    def send(self, message: int, lparam: int = 0) -> int:
        """The answer of the icon's window."""
        self.messages.put((message, lparam))
        return self.answers.get(timeout=5)


class Registry(types.ModuleType):
    HKEY_CURRENT_USER = "HKCU"

    def __init__(self) -> None:
        super().__init__("winreg")
        self.light: int | None = 0

    @contextmanager
    def OpenKey(self, _root: str, path: str) -> Iterator[str]:  # noqa: N802
        assert path.endswith(r"Themes\Personalize")
        yield path

    def QueryValueEx(self, _key: str, name: str) -> tuple[int, int]:  # noqa: N802
        assert name == "SystemUsesLightTheme"
        if self.light is None:
            raise FileNotFoundError(2, "not found")
        return self.light, 4


class Program:
    """A tray on that Windows, and what it told the program."""

    def __init__(self, windows: Any, user32: User32, registry: Registry) -> None:
        self.user32, self.registry, self.module = user32, registry, windows
        self.heard: queue.Queue[tuple[Any, ...]] = queue.Queue()
        self.lines: tuple[MenuLine, ...] = ()
        self.tray = windows.WindowsTray(
            lambda x, y: self.heard.put(("activate", x, y)),
            lambda verb: self.heard.put(("action", verb)),
            lambda: self.lines,
            lambda there: self.heard.put(("host", there)),
            lambda: self.heard.put(("brightness",)),
        )

    def hear(self) -> tuple[Any, ...]:
        return self.heard.get(timeout=5)

    def show(self, colour: str = "red", tooltip: str = "Claude: session 62 %") -> None:
        images = tuple(Image.new("RGBA", (size, size), colour) for size in self.tray.sizes)
        self.tray.show(images, "Lasts", tooltip, "62 %")


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    from usagetray.edges.tray.base import backend

    user32, registry = User32(), Registry()
    monkeypatch.setitem(sys.modules, "winreg", registry)
    monkeypatch.setitem(sys.modules, "pystray._util.win32", user32)
    monkeypatch.setattr(backend("_util"), "win32", user32, raising=False)
    made = ("pystray._win32", "usagetray.edges.tray.windows")
    for name in made:
        monkeypatch.delitem(sys.modules, name, raising=False)
    running = Program(importlib.import_module(made[1]), user32, registry)
    running.tray.start()
    assert running.hear() == ("host", True)
    yield running
    running.tray.stop()
    for name in made:
        sys.modules.pop(name, None)
    assert not [thread for thread in threading.enumerate() if thread.name == "tray"]


def test_it_knows_about_densities_before_its_first_window(program: Program) -> None:
    """-4: per monitor, version 2."""
    assert program.user32.calls == ["aware -4"]


@pytest.mark.parametrize("size", [16, 20, 24, 28, 32, 40, 48])
def test_the_picture_is_the_one_drawn_for_the_taskbars_density(program: Program, size: int) -> None:
    """From 100 to 300 %; none is scaled."""
    program.user32.icon_px = size

    program.show()

    assert program.user32.hear(ADD)["hIcon"] == 100 + len(program.user32.pictures)
    assert program.user32.pictures[-1].size == (size, size)
    assert program.user32.pictures[-1].getcolors() == [(size * size, (255, 0, 0, 255))]


def test_a_size_of_nobodys_gets_the_next_smaller_picture_in_its_middle(program: Program) -> None:
    """At 225 % an icon has 36 px: the 32 px picture with 2 px of nothing around it."""
    program.user32.icon_px = 36

    program.show()
    program.user32.hear(ADD)

    assert program.user32.pictures[-1].getbbox() == (2, 2, 34, 34)


def test_a_change_of_density_draws_it_anew(program: Program) -> None:
    program.show()
    program.user32.hear(ADD)
    program.user32.icon_px = 32

    program.user32.send(DPI_CHANGED)

    assert program.user32.hear(MODIFY)["hIcon"]
    assert program.user32.pictures[-1].size == (32, 32)


def test_the_tooltip_is_cut_by_what_the_shell_counts(program: Program) -> None:
    """127 units of UTF-16, where an emoji takes two; more would raise."""
    program.show(tooltip="\N{BAR CHART}" * 80)

    tip = program.user32.hear(ADD)["szTip"]

    assert tip.startswith("Lasts\n\N{BAR CHART}")
    assert tip.endswith("\N{BAR CHART}…")
    assert len(tip.encode("utf-16-le")) // 2 in (126, 127)
    assert program.module.cut("a" * 127, 127) == "a" * 127


def test_an_equal_picture_is_not_sent_again(program: Program) -> None:
    images = tuple(Image.new("RGBA", (size, size), "red") for size in program.tray.sizes)
    for _ in range(3):
        program.tray.show(images, "Lasts", "", None)

    program.user32.hear(ADD)

    assert len(program.user32.pictures) == 1
    assert program.user32.shell.empty()


def test_a_left_click_opens_at_the_pointer_and_lets_the_popup_come_to_the_front(program: Program) -> None:
    program.show()

    program.user32.send(NOTIFY, LEFT)

    assert program.hear() == ("activate", 1830, 1060)
    assert program.user32.calls[-1] == "allow 0xffffffff"


def test_a_right_click_shows_the_lines_as_they_read_then(program: Program) -> None:
    """ "&" is doubled, figures are grey, the default is bold, and the third line is chosen."""
    program.lines = (
        MenuLine(text="Show usage", action="show", is_default=True),
        MenuLine(text="R&D  62 % used"),
        MenuLine(text="Quit", action="quit"),
    )
    program.user32.choice = 3

    program.user32.send(NOTIFY, RIGHT)

    assert program.user32.rows == [("Show usage", 0x1000), ("R&&D  62 % used", 3), ("Quit", 0)]
    assert program.hear() == ("action", "quit")


def test_the_taskbars_brightness_is_read_from_the_registry_and_followed(program: Program) -> None:
    """Dark, then light, then a Windows that does not say: dark."""
    assert program.tray.is_light is False
    program.registry.light = 1
    program.user32.send(SETTING_CHANGE)
    assert program.hear() == ("brightness",)
    assert program.tray.is_light is True
    program.user32.send(SETTING_CHANGE)  # some other setting
    program.registry.light = None
    program.user32.send(SETTING_CHANGE)

    assert program.hear() == ("brightness",)
    assert program.tray.is_light is False
    assert program.heard.empty()


def test_it_does_not_keep_the_user_from_logging_off(program: Program) -> None:
    assert program.user32.send(QUERY_END) == 1


def test_a_restarted_explorer_gets_the_icon_again(program: Program) -> None:
    program.show()
    program.user32.hear(ADD)

    program.user32.send(TASKBAR)

    assert program.user32.hear(ADD)["szTip"] == "Lasts\nClaude: session 62 %"


def test_a_balloon_fits_whatever_it_says(program: Program) -> None:
    program.show()
    program.user32.hear(ADD)

    program.tray._icon.notify("x" * 400, "y" * 100)

    told = program.user32.hear(MODIFY)
    assert (len(told["szInfo"]), len(told["szInfoTitle"])) == (255, 63)


def test_stop_takes_the_icon_away(program: Program) -> None:
    program.show()
    program.user32.hear(ADD)

    program.tray.stop()

    assert program.user32.hear(DELETE)
