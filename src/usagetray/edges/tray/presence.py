"""Keeps the icon known to whichever tray host there is, now or later. Lives on the bus thread."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from dbus_fast import DBusError, Message, MessageType
from dbus_fast.aio import MessageBus

from usagetray.edges.tray.bus import CALL_ERRORS, ask, log_failure
from usagetray.edges.tray.dbusmenu import MenuService, MenuTree, Row
from usagetray.edges.tray.item import MENU_PATH, Face, StatusNotifierItem
from usagetray.edges.tray.worker import Worker

log = logging.getLogger(__name__)

ITEM_PATH = "/StatusNotifierItem"
WATCHER = "org.kde.StatusNotifierWatcher"
WATCHER_PATH = "/StatusNotifierWatcher"
DAEMON = "org.freedesktop.DBus"
DAEMON_PATH = "/org/freedesktop/DBus"
REDRAW_SECONDS = 0.2
"""At most one redraw in this time: a burst of changes fills the host's queue and ours."""
GRACE_SECONDS = 3.0
"""A host that comes within this time (login order, a restarted panel) was never missing to the user."""
ROWS_SECONDS = 0.5
"""How long a menu waits for fresh lines before it opens with those it had."""


class Presence:
    """`on_host(has_host)` is told of each change, and once after the start; callbacks run in `worker`."""

    def __init__(
        self,
        *,
        app_id: str,
        bus_name: str,
        on_activate: Callable[[int, int], None],
        read_rows: Callable[[], tuple[Row, ...]],
        on_host: Callable[[bool], None],
        worker: Worker,
        menu_worker: Worker,
    ) -> None:
        self._app_id = app_id
        self._bus_name = bus_name
        self._on_activate = on_activate
        self._read_rows = read_rows
        self._on_host = on_host
        self._worker = worker
        self._menu_worker = menu_worker
        self._tree = MenuTree()
        self._face = Face()
        self._shown = False
        self._bus: MessageBus | None = None
        self._item: StatusNotifierItem | None = None
        self._menu: MenuService | None = None
        self._owns_name = False
        self._redraw: asyncio.TimerHandle | None = None
        self._drawn_at = float("-inf")
        self._missing: asyncio.TimerHandle | None = None
        self._told: bool | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.has_host = False

    # ---- what the icon wants --------------------------------------------------------------------------------

    def wear(self, face: Face) -> None:
        """Show this face soon; faces in between are never drawn."""
        if face == self._face:
            return
        self._face = face
        if self._item and self._redraw is None:
            loop = asyncio.get_running_loop()
            self._redraw = loop.call_at(max(loop.time(), self._drawn_at + REDRAW_SECONDS), self._draw)

    def show(self, shown: bool) -> None:
        self._shown = shown
        if self._bus:
            self._spawn(self._register() if shown else self._unregister(self._bus))

    def renew_menu(self) -> None:
        """The lines may read differently now."""
        if self._bus:
            self._spawn(self._renew())

    # ---- the connection -------------------------------------------------------------------------------------

    async def arrived(self, bus: MessageBus) -> None:
        self._bus = bus
        self._owns_name = False
        # New ones per connection: an exported interface would still send to the dead connection.
        self._item = StatusNotifierItem(app_id=self._app_id, face=self._face, on_activate=self._activated)
        self._menu = MenuService(self._tree, refresh=self._refresh, run=self._worker.submit)
        bus.export(ITEM_PATH, self._item)
        bus.export(MENU_PATH, self._menu)
        bus.add_message_handler(self._heard)
        for rule in (
            f"type='signal',sender='{DAEMON}',member='NameOwnerChanged',arg0='{WATCHER}'",
            f"type='signal',sender='{WATCHER}',path='{WATCHER_PATH}',interface='{WATCHER}'",
        ):
            await ask(bus, DAEMON, DAEMON_PATH, f"{DAEMON}.AddMatch", "s", [rule])
        await self._refresh()
        await self._register()

    async def leaving(self, bus: MessageBus) -> None:
        for timer in (self._redraw, self._missing):
            if timer:
                timer.cancel()
        await self._unregister(bus)

    def gone(self) -> None:
        self._bus = self._item = self._menu = None
        if self._redraw:
            self._redraw.cancel()
            self._redraw = None
        self._host(False)

    # ---- the host -------------------------------------------------------------------------------------------

    async def _register(self) -> None:
        bus = self._bus
        if bus is None:
            return
        try:
            if self._shown:
                if not self._owns_name:
                    await ask(bus, DAEMON, DAEMON_PATH, f"{DAEMON}.RequestName", "su", [self._bus_name, 0])
                    self._owns_name = True
                await ask(bus, WATCHER, WATCHER_PATH, f"{WATCHER}.RegisterStatusNotifierItem", "s", [self._bus_name])
            self._host(await self._watcher_has_host(bus))
        except CALL_ERRORS as error:
            log.info("no tray host (%s)", error.type if isinstance(error, DBusError) else type(error).__name__)
            self._host(False)

    async def _unregister(self, bus: MessageBus) -> None:
        """The host sees the name go and drops the icon."""
        self._owns_name = False
        with contextlib.suppress(*CALL_ERRORS):
            await ask(bus, DAEMON, DAEMON_PATH, f"{DAEMON}.ReleaseName", "s", [self._bus_name])

    async def _watcher_has_host(self, bus: MessageBus) -> bool:
        """A watcher may run without anything that shows icons. Raises `CALL_ERRORS` when there is no watcher."""
        body = [WATCHER, "IsStatusNotifierHostRegistered"]
        try:
            (answer,) = await ask(bus, WATCHER, WATCHER_PATH, f"{DAEMON}.Properties.Get", "ss", body)
        except DBusError as error:
            if error.type in (f"{DAEMON}.Error.ServiceUnknown", f"{DAEMON}.Error.NameHasNoOwner"):
                raise
            return True  # a watcher without that property is its own host
        return bool(answer.value)

    def _heard(self, message: Message) -> None:
        if message.message_type is not MessageType.SIGNAL:
            return
        if message.member == "NameOwnerChanged" and message.sender == DAEMON and message.body[0] == WATCHER:
            if message.body[2]:
                self._spawn(self._register())
            else:
                self._host(False)
        elif message.interface == WATCHER and message.member in (
            "StatusNotifierHostRegistered",
            "StatusNotifierHostUnregistered",
        ):
            self._spawn(self._look_for_host())

    async def _look_for_host(self) -> None:
        if self._bus:
            with contextlib.suppress(*CALL_ERRORS):
                self._host(await self._watcher_has_host(self._bus))

    def _host(self, has_host: bool) -> None:
        self.has_host = has_host
        if has_host:
            if self._missing:
                self._missing.cancel()
                self._missing = None
            self._tell(True)
        elif self._missing is None and self._told is not False:
            self._missing = asyncio.get_running_loop().call_later(GRACE_SECONDS, self._still_missing)

    def _still_missing(self) -> None:
        self._missing = None
        self._tell(False)

    def _tell(self, has_host: bool) -> None:
        if has_host != self._told:
            self._told = has_host
            self._worker.submit(lambda: self._on_host(has_host))

    # ---- drawing, clicks, menu ------------------------------------------------------------------------------

    def _draw(self) -> None:
        self._redraw = None
        self._drawn_at = asyncio.get_running_loop().time()
        if self._item and self._bus and self._bus.connected:
            self._item.wear(self._face)

    def _activated(self, x: int, y: int) -> None:
        self._worker.submit(lambda: self._on_activate(x, y))

    async def _refresh(self) -> bool:
        """Read the lines anew, in a worker; whether anything changed."""
        rows = await self._menu_worker.answer(self._read_rows, ROWS_SECONDS)
        if rows is None:
            return False
        change = self._tree.replace(rows)
        if change and self._menu and self._bus and self._bus.connected:
            self._menu.announce(change)
        return bool(change)

    async def _renew(self) -> None:
        await self._refresh()

    def _spawn(self, call: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(call)
        self._tasks.add(task)  # a task nobody holds may be collected while it waits
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(log_failure)
