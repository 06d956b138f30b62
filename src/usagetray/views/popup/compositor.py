"""Whether the desktop can blend windows: only then may the popup have a shadow and round corners."""

from __future__ import annotations

import ctypes
import ctypes.util
import sys


def has_compositor(platform: str) -> bool:
    """`platform` is Qt's name for where it runs. X11 is asked; everything else blends."""
    if platform != "xcb":
        return platform not in ("offscreen", "minimal", "vnc", "linuxfb")
    return sys.platform.startswith("linux") and _compositor_on_x11()


def _compositor_on_x11() -> bool:
    """By the convention of the desktop specifications: a compositing manager owns the selection _NET_WM_CM_Sn."""
    name = ctypes.util.find_library("X11") if sys.platform != "linux" else "libX11.so.6"
    try:
        x11 = ctypes.CDLL(name)
    except OSError:
        return False
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
    x11.XDefaultScreen.argtypes = [ctypes.c_void_p]
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    x11.XGetSelectionOwner.restype = ctypes.c_ulong
    x11.XGetSelectionOwner.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    display = x11.XOpenDisplay(None)
    if not display:
        return False
    try:
        selection = f"_NET_WM_CM_S{x11.XDefaultScreen(display)}".encode()
        atom = x11.XInternAtom(display, selection, False)
        return bool(x11.XGetSelectionOwner(display, atom))
    finally:
        x11.XCloseDisplay(display)
