"""A second process for a first scan: reading is bound by one core, and the writer's own work can go on beside it."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
from collections.abc import Callable, Iterable, Sequence

import msgspec

from usagetray.edges.store.ledger import LogRead
from usagetray.edges.usage_logs.reading import Origin
from usagetray.edges.usage_logs.walk import Found

PAYS_FROM = 50_000_000
"""Bytes to be read; below, starting it costs more than it saves."""
OTHERS_SHARE = 0.78
"""Of the bytes, for the second process: the first also writes."""
HEAD = 4
CHUNK = 256 * 1024
SET_PIPE_SIZE = 1031
"""Linux' number for it."""
WIDE = 1024 * 1024
"""Of the pipe: the second process reads on while the first one writes a transaction."""
MOST_HANDLES = 4096
"""Far more than are ever open before a first scan."""

Waiting = tuple[Found, Origin]


def shared_out(waiting: Sequence[Waiting]) -> tuple[list[Waiting], list[Waiting]]:
    """What this process reads, and what another should; the other's part is empty where it would not pay."""
    total = sum(found.size for found, _ in waiting)
    may_fork = sys.platform == "linux" and threading.active_count() == 1 and (os.cpu_count() or 1) > 1
    if not may_fork or total < PAYS_FROM:
        return list(waiting), []
    mine, others, given = list[Waiting](), list[Waiting](), 0
    for each in sorted(waiting, key=lambda one: -one[0].size):
        if given + each[0].size <= total * OTHERS_SHARE:
            others.append(each)
            given += each[0].size
        else:
            mine.append(each)
    mine.sort(key=lambda one: one[0].modified)
    return mine, others


class Worker:
    """A fork that reads and tells over a pipe. It writes nothing, so killing it loses only time."""

    def __init__(self, reads: Callable[[], Iterable[LogRead]]) -> None:
        self.has_finished = False
        """It told all it was given."""
        self._decode = msgspec.msgpack.Decoder(LogRead).decode
        self._buffer = bytearray()
        self._handle, theirs = os.pipe()
        _widen(theirs)
        self._pid = _forked()
        if self._pid == 0:
            # It holds nothing of ours: neither the store nor the lock of the one writer, should we be killed.
            os.closerange(3, theirs)
            os.closerange(theirs + 1, MOST_HANDLES)
            _tell(theirs, reads)
        os.close(theirs)

    @property
    def is_over(self) -> bool:
        """It has ended; whether it told all it was given, `has_finished` says."""
        return self._handle < 0

    def take(self, *, wait: bool) -> list[LogRead]:
        """What it told since; with `wait` at least a piece of it, unless it is over."""
        told: list[LogRead] = []
        while self._handle >= 0 and ((wait and not told) or select.select([self._handle], [], [], 0)[0]):
            chunk = os.read(self._handle, CHUNK)
            if not chunk:
                self._end()
                break
            self._buffer += chunk
            told += self._whole()
        return told

    def _whole(self) -> list[LogRead]:
        told, at = [], 0
        while len(self._buffer) - at >= HEAD:
            size = int.from_bytes(self._buffer[at : at + HEAD], "little")
            if size == 0:
                self.has_finished = True
                at += HEAD
            elif len(self._buffer) - at - HEAD >= size:
                told.append(self._decode(memoryview(self._buffer)[at + HEAD : at + HEAD + size]))
                at += HEAD + size
            else:
                break
        del self._buffer[:at]
        return told

    def _end(self) -> None:
        os.close(self._handle)
        self._handle = -1
        os.waitpid(self._pid, 0)


def _forked() -> int:
    if sys.platform == "win32":  # `shared_out` never comes to this there
        raise OSError("no fork on this system")
    return os.fork()


def _widen(pipe: int) -> None:
    if sys.platform != "win32":
        import fcntl

        with contextlib.suppress(OSError):  # the system may allow less
            fcntl.fcntl(pipe, SET_PIPE_SIZE, WIDE)


def _tell(handle: int, reads: Callable[[], Iterable[LogRead]]) -> None:
    """The other process's whole life."""
    status = 1
    try:
        encode = msgspec.msgpack.Encoder().encode
        with os.fdopen(handle, "wb", buffering=CHUNK) as pipe:
            for read in reads():
                body = encode(read)
                pipe.write(len(body).to_bytes(HEAD, "little") + body)
            pipe.write(bytes(HEAD))
        status = 0
    finally:
        os._exit(status)
