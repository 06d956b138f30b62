"""The two pipes to the tray: verbs in, events out, one JSON object a line."""

from __future__ import annotations

import json
import os
import queue
import threading
from collections.abc import Callable, Mapping
from typing import Any

LONGEST_LINE = 64 * 1024
"""Verbs are some dozens of bytes; a longer line is noise and is dropped."""


def read_verbs(descriptor: int, deliver: Callable[[Mapping[str, Any]], None]) -> None:
    """Deliver each verb from a thread of its own; the end of the pipe is delivered as "quit".

    The descriptor is read directly: a thread that waits inside `sys.stdin` would abort the interpreter's exit.
    """

    def run() -> None:
        rest = b""
        while chunk := _read(descriptor):
            *lines, rest = (rest + chunk).split(b"\n")
            rest = rest if len(rest) <= LONGEST_LINE else b""
            for line in lines:
                verb = decode(line)
                if verb is not None:
                    deliver(verb)
        deliver({"verb": "quit"})

    threading.Thread(target=run, name="popup-verbs", daemon=True).start()


def decode(line: bytes) -> Mapping[str, Any] | None:
    """The verb of a line; None for anything that is not a JSON object."""
    try:
        verb = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return verb if isinstance(verb, dict) else None


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 8192)
    except OSError:
        return b""


class EventWriter:
    """Writes events from a thread of its own, so that a reader that stalls cannot stall the window."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._events: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="popup-events", daemon=True)
        self._thread.start()

    def send(self, event: Mapping[str, object]) -> None:
        self._events.put(json.dumps(event).encode() + b"\n")

    def close(self, within: float = 0.5) -> None:
        """Give what is queued `within` seconds to leave."""
        self._events.put(None)
        self._thread.join(within)

    def _run(self) -> None:
        while (line := self._events.get()) is not None:
            try:
                while line:
                    line = line[os.write(self._descriptor, line) :]
            except OSError:  # nobody reads any more
                return
