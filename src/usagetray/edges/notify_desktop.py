"""Alerts by desktop-notifier: urgency, clicks, buttons and replacing; on an event loop of its own."""

from __future__ import annotations

import asyncio
import html
import logging
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import TimeoutError as WaitTimeoutError
from pathlib import Path
from typing import Any

from usagetray.edges.notify import AlertText

SEND_S = 2.0
"""Twice this, for the notifier after it, still keeps an alert within its five seconds."""

log = logging.getLogger(__name__)


class DesktopNotifier:
    """Connected at the first alert, and anew after one that failed."""

    def __init__(self, on_click: Callable[[str], None], icon: Path | None = None) -> None:
        self._on_click = on_click
        self._icon = icon
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._notifier: Any = None
        self._markup = False
        self._shown: dict[str, str] = {}  # our key -> the notification's identifier

    def send(self, alert: AlertText) -> bool:
        with self._lock:
            try:
                return bool(self._in_loop(self._send(alert)))
            except WaitTimeoutError:
                log.warning("alert not shown: the desktop did not take it in time")
            except Exception as error:  # the top of a job; each system's service has errors of its own
                log.warning("alert not shown: %s", type(error).__name__)
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._drop)
            return False

    def close(self) -> None:
        with self._lock:
            loop, self._loop = self._loop, None
            if loop is None or self._thread is None:
                return
            loop.call_soon_threadsafe(self._drop)
            loop.call_soon_threadsafe(loop.stop)
            self._thread.join(SEND_S)

    # ---- on the loop ----------------------------------------------------------------------------------------

    async def _send(self, alert: AlertText) -> bool:
        from desktop_notifier import Button, Capability, Notification, Urgency

        notifier = await self._connected()
        can = await notifier.get_capabilities()
        if not can:
            return False  # the stand-in that shows nothing, as on macOS outside an app bundle
        earlier = self._shown.pop(alert.key, None)
        if earlier is not None and earlier in await notifier.get_current_notifications():
            await notifier.clear(earlier)
        sent = threading.Event()
        buttons = tuple(
            Button(title=label, identifier=verb, on_pressed=self._clicked(verb)) for verb, label in alert.actions
        )
        notification = Notification(
            title=alert.title,
            message=html.escape(alert.body, quote=False) if self._markup else alert.body,
            urgency={"low": Urgency.Low, "normal": Urgency.Normal, "critical": Urgency.Critical}[alert.urgency],
            buttons=buttons if Capability.BUTTONS in can else (),
            on_clicked=self._clicked(alert.opens),
            on_dispatched=sent.set,
        )
        # It returns an identifier even when it failed; only `on_dispatched` tells.
        identifier = await notifier.send_notification(notification)
        if not sent.is_set():
            self._drop()
            return False
        self._shown[alert.key] = identifier
        return True

    async def _connected(self) -> Any:
        if self._notifier is None:
            import desktop_notifier

            # Without one, its default icon would stand there: another project's.
            icon = desktop_notifier.Icon(path=self._icon) if self._icon else None
            self._notifier = desktop_notifier.DesktopNotifier("usagetray", icon)
            await self._notifier.get_capabilities()  # connects; raises where there is no service
            self._markup = await self._reads_markup()
        return self._notifier

    async def _reads_markup(self) -> bool:
        """Whether the service would take `<` in a body for a tag. Its capabilities are not passed on, so ask it."""
        interface = getattr(self._notifier._backend, "interface", None)
        ask = getattr(interface, "call_get_capabilities", None)
        if ask is None:
            return sys.platform == "linux"  # most services there do
        return "body-markup" in await ask()

    def _clicked(self, verb: str) -> Callable[[], None]:
        # In a thread of its own: what a click starts must not hold up the bus.
        return lambda: threading.Thread(target=self._on_click, args=(verb,), name="alert click", daemon=True).start()

    def _drop(self) -> None:
        """Forgets the connection; a library object that failed to connect would stay deaf for ever."""
        notifier, self._notifier = self._notifier, None
        self._shown.clear()
        bus = getattr(getattr(notifier, "_backend", None), "bus", None)
        if bus is not None and bus.connected:
            bus.disconnect()

    # ---- the loop -------------------------------------------------------------------------------------------

    def _in_loop(self, work: Coroutine[Any, Any, bool]) -> bool:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=_run, args=(self._loop,), name="alerts", daemon=True)
            self._thread.start()
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(SEND_S)
        except WaitTimeoutError:
            future.cancel()
            raise


def _run(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()
