"""Runs the application's callbacks off the bus thread, in order, in a thread that exists only while there is work."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from usagetray.edges.threads import begin

log = logging.getLogger(__name__)
T = TypeVar("T")


class Worker:
    """A queue of calls. The thread is a daemon: a callback that hangs must not keep the program from ending."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._calls: deque[Callable[[], object]] = deque()
        self._running = False

    def submit(self, call: Callable[[], object]) -> None:
        """Have `call` run soon. Its errors are logged."""
        with self._lock:
            self._calls.append(call)
            if self._running:
                return
            self._running = True
        if not begin(threading.Thread(target=self._drain, name=self._name, daemon=True)):
            with self._lock:
                self._running = False  # the next call begins one, for this one too

    async def answer(self, call: Callable[[], T], seconds: float) -> T | None:
        """What `call` returned; None when it failed or took longer."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T | None] = loop.create_future()

        def settle(result: T | None) -> None:
            if not future.done():
                future.set_result(result)

        def run() -> None:
            result: T | None = None
            try:
                result = call()
            finally:
                if not loop.is_closed():
                    loop.call_soon_threadsafe(settle, result)

        self.submit(run)
        try:
            return await asyncio.wait_for(future, seconds)
        except TimeoutError:
            return None

    def _drain(self) -> None:
        while True:
            with self._lock:
                if not self._calls:
                    self._running = False
                    return
                call = self._calls.popleft()
            try:
                call()
            except Exception:
                log.exception("a callback of the tray failed")
