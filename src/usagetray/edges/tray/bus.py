"""One thread that owns one connection to the session bus, and has it again after the bus was restarted."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import threading
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from dbus_fast import AuthError, DBusError, InvalidAddressError, Message, MessageFlag, MessageType
from dbus_fast.aio import MessageBus

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 300.0
"""A bus that stays away is asked for every five minutes: an idle tray must cost nothing."""
LEAVE_SECONDS = 0.4
"""For a clean goodbye; the whole stop has one second."""
CALL_SECONDS = 10.0
CALL_ERRORS = (DBusError, OSError, EOFError, TimeoutError)
"""What `ask` raises: a refusal, or a connection that went away or does not answer."""


def session_address(environ: Mapping[str, str]) -> str | None:
    """Where the session bus listens; None where there is none (a plain SSH login, a service)."""
    address = environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    if address:
        return None if address.startswith("disabled:") else address
    runtime = environ.get("XDG_RUNTIME_DIR")
    well_known = Path(runtime, "bus") if runtime else None
    return f"unix:path={well_known}" if well_known and well_known.is_socket() else None


async def ask(
    bus: MessageBus, destination: str, path: str, member: str, signature: str = "", body: list[Any] | None = None
) -> list[Any]:
    """The body of the answer to `interface.Member`. Starts no service. Raises one of `CALL_ERRORS`."""
    interface, _, name = member.rpartition(".")
    call = Message(
        destination=destination,
        path=path,
        interface=interface,
        member=name,
        signature=signature,
        body=body or [],
        flags=MessageFlag.NO_AUTOSTART,
    )
    reply = await asyncio.wait_for(bus.call(call), CALL_SECONDS)
    if reply is None:
        raise ConnectionError("the bus connection was closed")
    if reply.message_type is MessageType.ERROR:
        raise DBusError(reply.error_name or "", str(reply.body[0]) if reply.body else "", reply)
    return list(reply.body)


class _PatientSocket:
    """Says "nothing sent" where a full socket raises: dbus-fast's writer takes that error for a broken connection.

    On 0 it waits until the socket is writable, which is what it should have done.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def send(self, octets: bytes) -> int:
        try:
            return self._sock.send(octets)
        except BlockingIOError:
            return 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


def log_failure(task: asyncio.Future[Any]) -> None:
    """For tasks nobody waits for."""
    if not task.cancelled() and (error := task.exception()):
        log.warning("a call on the session bus failed (%s: %s)", type(error).__name__, error)


class BusThread:
    """Calls `arrived(bus)` on each new connection, `leaving(bus)` before a wanted end, `gone()` when there is none.

    All three run on the bus thread; `gone` may be called several times in a row.
    """

    def __init__(
        self,
        *,
        arrived: Callable[[MessageBus], Awaitable[None]],
        leaving: Callable[[MessageBus], Awaitable[None]],
        gone: Callable[[], None],
    ) -> None:
        self._arrived = arrived
        self._leaving = leaving
        self._gone = gone
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._ending = asyncio.Event()

    def start(self) -> None:
        """Returns at once; whether there is a bus shows later."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(self._loop,), name="tray-bus", daemon=True)
        self._thread.start()

    def post(self, call: Callable[..., object], *arguments: object) -> None:
        """Have `call` run on the bus thread soon; at once before the start, never after the end."""
        if self._loop is None:
            call(*arguments)
            return
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(call, *arguments)

    def stop(self, seconds: float = 0.9) -> None:
        """End the connection and the thread; gives up waiting after `seconds`."""
        if self._thread is None:
            return
        self.post(self._ending.set)
        if self._thread is not threading.current_thread():
            self._thread.join(seconds)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(self._live())
            leftover = asyncio.all_tasks(loop)
            for task in leftover:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*leftover, return_exceptions=True))
        except Exception:
            log.exception("the tray's bus thread ended")
        finally:
            loop.close()

    async def _live(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._ending.is_set():
            address = session_address(os.environ)
            if address is None:
                log.info("no session bus: the tray stays off")
                self._gone()
                await self._ending.wait()
                return
            try:
                bus = await MessageBus(bus_address=address, auth_timeout=CALL_SECONDS).connect()
            except (OSError, EOFError, AuthError, DBusError, InvalidAddressError, ValueError) as error:
                log.info("no session bus (%s); next attempt in %g s", type(error).__name__, pause)
            else:
                pause = FIRST_PAUSE_SECONDS
                await self._attend(bus)
            if self._ending.is_set():
                return
            self._gone()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _attend(self, bus: MessageBus) -> None:
        """Be there until the connection breaks or the end is wanted."""
        _be_patient(bus)
        lost: asyncio.Future[None] = asyncio.ensure_future(bus.wait_for_disconnect())  # type: ignore[no-untyped-call]
        ending = asyncio.ensure_future(self._ending.wait())
        arriving = asyncio.ensure_future(self._arrived(bus))
        arriving.add_done_callback(log_failure)
        await asyncio.wait((lost, ending), return_when=asyncio.FIRST_COMPLETED)
        arriving.cancel()
        ending.cancel()
        await asyncio.gather(arriving, return_exceptions=True)
        if lost.done():
            log.info("the session bus went away (%s)", type(lost.exception()).__name__)
            return
        with contextlib.suppress(*CALL_ERRORS):
            # The answer to this call also proves that all queued replies are out; closing before gives EBADF.
            await asyncio.wait_for(self._leaving(bus), LEAVE_SECONDS)
        bus.disconnect()
        await asyncio.wait((lost,), timeout=LEAVE_SECONDS)


def _be_patient(bus: MessageBus) -> None:
    writer = getattr(bus, "_writer", None)  # no public way leads there
    if writer is not None and hasattr(writer, "sock"):
        writer.sock = _PatientSocket(writer.sock)
