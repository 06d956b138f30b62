"""An old X11 panel as the second choice: looked for, docked in and left, in a thread of its own."""

from __future__ import annotations

import contextlib
import importlib
import logging
import queue
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from usagetray.edges.tray.worker import Worker

if TYPE_CHECKING:
    from PIL.Image import Image

log = logging.getLogger(__name__)

STOP_SECONDS = 1.0


class OldPanel:
    """Every method may be called from any thread; callbacks come in a worker, but for `may_dock`."""

    def __init__(
        self,
        app_id: str,
        *,
        on_activate: Callable[[int, int], None],
        on_menu: Callable[[int, int], None],
        may_dock: Callable[[], bool],
        on_docked: Callable[[bool], None],
        on_brightness: Callable[[], None],
    ) -> None:
        worker = Worker("tray-actions")
        self._callbacks: dict[str, Any] = {
            "on_activate": lambda x, y: worker.submit(lambda: on_activate(x, y)),
            "on_menu": lambda x, y: worker.submit(lambda: on_menu(x, y)),
            "may_dock": may_dock,
            "on_docked": lambda docked: worker.submit(lambda: self._told(docked, on_docked)),
            "on_brightness": lambda: worker.submit(on_brightness),
        }
        self._app_id = app_id
        self._icon: Any = None
        self._calls: queue.SimpleQueue[Callable[[Any], None]] = queue.SimpleQueue()
        self._ready, self._wake = socket.socketpair()
        for end in (self._ready, self._wake):
            end.setblocking(False)
        self._lock = threading.Lock()
        self._closed = False
        self._over = False
        self._thread = threading.Thread(target=self._run, name="tray-xembed", daemon=True)

    def start(self) -> None:
        """Returns at once."""
        self._thread.start()

    def show(self, images: tuple[Image, ...], title: str) -> None:
        self._post(lambda icon: icon.show_face(images, title))

    @property
    def is_light(self) -> bool | None:
        """Whether the panel is light; None: not known."""
        return self._icon.is_light if self._icon is not None else None

    def stop(self) -> None:
        """Returns when the icon is gone; nothing is told any more."""
        self._over = True
        self._post(lambda icon: icon.end())
        self._thread.join(STOP_SECONDS)

    def _told(self, docked: bool, on_docked: Callable[[bool], None]) -> None:
        if not self._over:
            on_docked(docked)

    def _post(self, call: Callable[[Any], None]) -> None:
        with self._lock:
            if not self._closed:
                self._calls.put(call)
                with contextlib.suppress(BlockingIOError):  # full of wake-ups as it is
                    self._wake.send(b"!")

    def _run(self) -> None:
        try:
            # Imported here because that asks the X server, whose answer may be no, or late.
            xembed = importlib.import_module("usagetray.edges.tray.xembed")
            icon = xembed.XembedIcon(self._app_id, **self._callbacks)
            self._take_calls(icon)  # its first picture
            self._icon = icon
            icon.live(self._ready, self._take_calls)
        except Exception as error:  # the top of the thread; what Xlib raises for want of a display has many classes
            log.info("no icon by XEmbed (%s)", type(error).__name__, exc_info=not _is_absence(error))
            self._callbacks["on_docked"](False)
        finally:
            with self._lock:
                self._closed = True
                self._ready.close()
                self._wake.close()

    def _take_calls(self, icon: Any) -> None:
        with contextlib.suppress(BlockingIOError):
            self._ready.recv(4096)
        while not self._calls.empty():
            self._calls.get()(icon)


def _is_absence(error: Exception) -> bool:
    """An X server that is not there, or not for us, is no fault of the program's."""
    return type(error).__module__ == "Xlib.error" or isinstance(error, OSError)
