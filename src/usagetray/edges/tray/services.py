"""Who answers on this desktop: asked on the session bus and of the X server, without starting anything."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dbus_fast import AuthError, DBusError, InvalidAddressError
from dbus_fast.aio import MessageBus

from usagetray.edges.tray.bus import CALL_ERRORS, ask, session_address
from usagetray.quick_dataclass import dataclass

DAEMON, DAEMON_PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"
WATCHER, WATCHER_PATH = "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher"
NOTIFICATIONS = "org.freedesktop.Notifications"
SECRETS = "org.freedesktop.secrets"
ITEM = "org.kde.StatusNotifierItem"
STARTS_WHEN_NEEDED = "starts when needed"
DEADLINE_S = 4.0
ITEM_S = 1.0
"""For one icon to say whose it is; another program's may not answer at all."""
OUR_ID = "usagetray"


@dataclass(frozen=True, slots=True, kw_only=True)
class BusAnswers:
    """`watcher`, `notifications`, `secrets`: the program that answers, STARTS_WHEN_NEEDED, or None."""

    problem: str | None = None  # why the bus cannot be asked
    watcher: str | None = None
    has_host: bool = False  # something shows the icons that the watcher knows
    icons: int = 0  # of ours, that the watcher knows
    notifications: str | None = None
    secrets: str | None = None


def on_the_bus(environ: Mapping[str, str]) -> BusAnswers:
    """Takes at most some seconds; never raises for the bus's state."""
    address = session_address(environ)
    if address is None:
        return BusAnswers(problem="DBUS_SESSION_BUS_ADDRESS is not set")
    try:
        return asyncio.run(asyncio.wait_for(_asked(address), DEADLINE_S))
    except TimeoutError:
        return BusAnswers(problem="it does not answer")
    except (*CALL_ERRORS, AuthError, InvalidAddressError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        return BusAnswers(problem=f"it cannot be reached ({reason})")


async def _asked(address: str) -> BusAnswers:
    bus = await MessageBus(bus_address=address).connect()
    try:
        (startable,) = await ask(bus, DAEMON, DAEMON_PATH, f"{DAEMON}.ListActivatableNames")
        watcher = await _owner(bus, WATCHER)
        return BusAnswers(
            watcher=watcher,
            has_host=watcher is not None and await _has_host(bus),
            icons=await _our_icons(bus) if watcher is not None else 0,
            notifications=await _notifier(bus) or (STARTS_WHEN_NEEDED if NOTIFICATIONS in startable else None),
            secrets=await _owner(bus, SECRETS) or (STARTS_WHEN_NEEDED if SECRETS in startable else None),
        )
    finally:
        bus.disconnect()


async def _owner(bus: MessageBus, name: str) -> str | None:
    """The name of the process that owns a bus name; None if nobody does."""
    try:
        (pid,) = await ask(bus, DAEMON, DAEMON_PATH, f"{DAEMON}.GetConnectionUnixProcessID", "s", [name])
    except DBusError:
        return None
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip() or "a program"
    except OSError:
        return "a program"


async def _notifier(bus: MessageBus) -> str | None:
    """The notification service's own name and version."""
    owner = await _owner(bus, NOTIFICATIONS)
    if owner is None:
        return None
    path = "/" + NOTIFICATIONS.replace(".", "/")
    with contextlib.suppress(*CALL_ERRORS):
        name, _, version, _ = await ask(bus, NOTIFICATIONS, path, f"{NOTIFICATIONS}.GetServerInformation")
        return f"{name} {version}".strip()
    return owner


async def _property(bus: MessageBus, name: str, path: str, interface: str, key: str) -> Any:
    (answer,) = await ask(bus, name, path, f"{DAEMON}.Properties.Get", "ss", [interface, key])
    return answer.value


async def _has_host(bus: MessageBus) -> bool:
    try:
        return bool(await _property(bus, WATCHER, WATCHER_PATH, WATCHER, "IsStatusNotifierHostRegistered"))
    except DBusError:
        return True  # a watcher without that property is its own host


async def _our_icons(bus: MessageBus) -> int:
    try:
        items = await _property(bus, WATCHER, WATCHER_PATH, WATCHER, "RegisteredStatusNotifierItems")
    except DBusError:
        return 0
    said = await asyncio.gather(*(_is_ours(bus, str(item)) for item in items))
    return sum(said)


async def _is_ours(bus: MessageBus, item: str) -> bool:
    name, separator, path = item.partition("/")
    try:
        answer = _property(bus, name, separator + path or "/StatusNotifierItem", ITEM, "Id")
        return bool(await asyncio.wait_for(answer, ITEM_S) == OUR_ID)
    except (*CALL_ERRORS, ValueError):
        return False


def old_panel(environ: Mapping[str, str]) -> bool | None:
    """Whether an X11 panel takes icons the old way; None where there is no X server to ask. May block."""
    name = environ.get("DISPLAY")
    if not name:
        return None
    try:
        display: Any = importlib.import_module("Xlib.display").Display(name)
    except Exception:  # the library has errors of its own for each way a server can say no
        return None
    try:
        atom = display.intern_atom(f"_NET_SYSTEM_TRAY_S{display.get_default_screen()}")
        owner = display.get_selection_owner(atom)
        return bool(owner and getattr(owner, "id", owner))
    finally:
        with contextlib.suppress(OSError):
            display.close()
