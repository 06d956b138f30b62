"""Keys that open the popup from anywhere: taken from the X server, where there is one to give them.

A passive grab: the server hands over this one combination and nothing else that is typed. Under Wayland no program may
take keys, nor is this done on macOS and Windows; the settings window says how to bind `usagetray show` instead.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import select
import threading
from collections.abc import Callable, Mapping
from typing import Any

log = logging.getLogger(__name__)

LOCKS = (0, 1 << 1, 1 << 4, (1 << 1) | (1 << 4))
"""Caps Lock and Num Lock (Mod2) count as held keys: each combination of them is another grab."""
MODIFIERS = {"Shift": 1 << 0, "Ctrl": 1 << 2, "Alt": 1 << 3, "Meta": 1 << 6}


def can_take(environ: Mapping[str, str], platform: str) -> bool:
    """Whether this desktop has an X server that sees every key."""
    is_wayland = bool(environ.get("WAYLAND_DISPLAY")) or environ.get("XDG_SESSION_TYPE") == "wayland"
    return platform == "linux" and bool(environ.get("DISPLAY")) and not is_wayland


class Shortcut:
    """One combination at a time, in a thread that lives while there is one. Methods return at once."""

    def __init__(self, pressed: Callable[[], None], refused: Callable[[str], None]) -> None:
        """Both are called in that thread; `refused` with the keys that belong to another program."""
        self._pressed, self._refused = pressed, refused
        self._keys = ""
        self._thread: threading.Thread | None = None
        self._wake: int | None = None

    def take(self, keys: str) -> None:
        """ "Ctrl+Alt+U" from now on; "" for none."""
        if keys == self._keys:
            return
        self.stop()
        self._keys = keys
        if keys:
            reading, self._wake = os.pipe()
            self._thread = threading.Thread(target=self._run, args=(keys, reading), name="shortcut", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._keys = ""
        if self._wake is not None:
            os.close(self._wake)
            self._wake = None
        if self._thread is not None:
            self._thread.join(1)
            self._thread = None

    # ---- its thread ----------------------------------------------------------------------------------------

    def _run(self, keys: str, reading: int) -> None:
        try:
            self._listen(keys, reading)
        except Exception as error:  # the top of this thread: without the keys everything else goes on
            log.warning("the keys %s could not be taken (%s)", keys, type(error).__name__)
        finally:
            os.close(reading)

    def _listen(self, keys: str, reading: int) -> None:
        from usagetray.edges.tray.base import backend  # deferred: it opens a connection to the X server

        xlib: Any = backend("_xorg").Xlib  # pystray's own way to the server
        keysyms: Any = importlib.import_module("Xlib.XK")
        errors: Any = importlib.import_module("Xlib.error")
        display = xlib.display.Display()
        with contextlib.closing(display):
            *held, letter = keys.split("+")
            code = display.keysym_to_keycode(keysyms.string_to_keysym("space" if letter == "Space" else letter))
            wanted = sum(MODIFIERS[each] for each in held)
            refused = errors.CatchError(errors.BadAccess)
            root = display.screen().root
            for lock in LOCKS:
                root.grab_key(code, wanted | lock, True, xlib.X.GrabModeAsync, xlib.X.GrabModeAsync, onerror=refused)
            display.sync()
            if refused.get_error():
                self._refused(keys)
                return
            while True:
                while display.pending_events():
                    event = display.next_event()
                    # The server keeps the keyboard for us until this very key is up, and a popup wants it.
                    if event.type == xlib.X.KeyRelease and event.detail == code:
                        self._pressed()
                ready, _, _ = select.select([display.fileno(), reading], [], [])
                if reading in ready:
                    return
