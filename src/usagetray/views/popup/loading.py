"""Reads the store away from the window's thread, one reading at a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

log = logging.getLogger(__name__)


class Loader(Generic[T]):
    """A daemon thread that answers requests; those that come while it reads become one.

    It can be asked before anybody listens: the first reading then runs while Qt is still being loaded.
    """

    def __init__(self, load: Callable[[], T]) -> None:
        self._load = load
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._deliver: Callable[[T | None], None] | None = None
        self._waiting: list[T | None] = []
        # A daemon: a store that does not answer must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="popup-loader", daemon=True)
        self._thread.start()

    def request(self) -> None:
        self._wanted.set()

    def deliver_to(self, deliver: Callable[[T | None], None]) -> None:
        """Send every reading there, from the loader's thread; None for one that failed."""
        with self._lock:
            self._deliver = deliver
            waiting, self._waiting = self._waiting, []
        for reading in waiting[-1:]:
            deliver(reading)

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            try:
                reading: T | None = self._load()
            except Exception:  # the top of a job: whatever the store does, the window stays and says so
                log.exception("the popup could not read the store")
                reading = None
            with self._lock:
                deliver = self._deliver
                if deliver is None:
                    self._waiting.append(reading)
            if deliver is not None:
                deliver(reading)
