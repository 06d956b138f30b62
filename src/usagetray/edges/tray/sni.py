"""A pystray icon shown by StatusNotifierItem: KDE, Xfce, MATE, LXQt, waybar, GNOME with its extension.

What pystray promises holds here too: `icon`, `title`, `menu`, `visible`, `run`, `run_detached`, `stop`,
`update_menu`, each from any thread. More than pystray: pictures in several sizes, a tooltip, a text beside the icon,
and where the click was.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PIL.Image import Image

from usagetray.edges.tray.base import Icon
from usagetray.edges.tray.bus import BusThread
from usagetray.edges.tray.dbusmenu import Row, rows_of
from usagetray.edges.tray.item import Face
from usagetray.edges.tray.pixmaps import pixmap
from usagetray.edges.tray.presence import Presence
from usagetray.edges.tray.worker import Worker


class SniIcon(Icon):  # type: ignore[misc]  # pystray ships no types
    """`on_activate(x, y)` replaces the menu's default action for a plain click; callbacks run in a worker.

    `number` tells several icons of one process apart.
    """

    HAS_NOTIFICATION = False

    def __init__(
        self,
        name: str,
        icon: Image | None = None,
        title: str | None = None,
        menu: Any = None,
        *,
        on_activate: Callable[[int, int], None] | None = None,
        on_host: Callable[[bool], None] | None = None,
        number: int = 1,
        **options: Any,
    ) -> None:
        super().__init__(name, icon, title, menu, **options)
        self._face = Face(title=self.title)
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._presence = Presence(
            app_id=name,
            bus_name=f"org.kde.StatusNotifierItem-{os.getpid()}-{number}",
            on_activate=on_activate or (lambda _x, _y: self()),
            read_rows=self._read_rows,
            on_host=on_host or (lambda _has_host: None),
            worker=Worker("tray-actions"),
            menu_worker=Worker("tray-menu"),
        )
        self._bus = BusThread(arrived=self._presence.arrived, leaving=self._presence.leaving, gone=self._presence.gone)

    @property
    def has_host(self) -> bool:
        """Whether a panel shows icons now."""
        return self._presence.has_host

    def show_face(
        self, images: tuple[Image, ...], title: str, tooltip: str, label: str | None, *, visible: bool = True
    ) -> None:
        """Everything at once, one picture per size."""
        with self._lock:
            self._icon, self._icon_valid = images[-1], True
            self._title = title
            self._face = Face(pixmaps=tuple(map(pixmap, images)), title=title, tooltip=tooltip, label=label)
            self._bus.post(self._presence.wear, self._face)
        self.visible = visible

    # ---- what pystray asks of a backend ---------------------------------------------------------------------

    def _show(self) -> None:
        self._bus.post(self._presence.show, True)

    def _hide(self) -> None:
        self._bus.post(self._presence.show, False)

    def _update_icon(self) -> None:
        self._wear(pixmaps=(pixmap(self.icon),))
        self._icon_valid = True

    def _update_title(self) -> None:
        self._wear(title=self.title)

    def _update_menu(self) -> None:
        self._bus.post(self._presence.renew_menu)

    def _run_detached(self) -> None:
        self._bus.start()
        self._mark_ready()

    def _run(self) -> None:
        self._run_detached()
        self._ended.wait()

    def _stop(self) -> None:
        self._bus.stop()
        self._ended.set()

    def _wear(self, **changed: Any) -> None:
        with self._lock:
            self._face = replace(self._face, **changed)
            self._bus.post(self._presence.wear, self._face)

    def _read_rows(self) -> tuple[Row, ...]:
        return rows_of(self.menu, self)
