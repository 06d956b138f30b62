"""How a second start, a command or an alert reaches the running tray: verbs over a private local channel.

One line of JSON goes each way. Only our own user can connect: a Unix socket, 0600 in a 0700 folder of ours, or a
named pipe on Windows. Nothing is unpickled, nothing listens on a network.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from usagetray.edges.files import open_private, private_dir
from usagetray.errors import UnwritableError, UserError

MOST_ASKED = 4096
MOST_ANSWERED = 64 * 1024
"""Bytes of a line."""

NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
"""A home on a file system that knows no locks, as some in a network: there nobody is kept out."""

PATIENCE_S = 0.5
"""For a client that connected and does not say what it wants; shorter than any asker's own patience."""

Handle = Callable[[str, dict[str, str]], str]

log = logging.getLogger(__name__)


class NobodyThere(Exception):  # noqa: N818 - a state of the world, not a fault
    """No tray answers at this channel."""


class Server(Protocol):
    def close(self) -> None: ...


def serve(path: Path, handle: Handle) -> Server:
    """Answers each request with `handle(verb, args)`, in a thread, one at a time; keep `handle` short.

    Call it only while holding the instance lock: a socket left by a killed tray is taken away. `UserError` from
    `handle` is passed on as its sentence. Raises `UserError` where the channel cannot be had.
    """
    server: Server
    if sys.platform == "win32":
        from usagetray.edges.channel_windows import PipeServer

        server = PipeServer(path, lambda line: answer(line, handle))
    else:
        from usagetray.edges.channel_unix import SocketServer

        server = SocketServer(path, lambda line: answer(line, handle))
    return server


def ask(path: Path, verb: str, args: Mapping[str, str] | None = None, timeout: float = 2.0) -> str:
    """The tray's answer. Raises `NobodyThere`, or `UserError` with the tray's sentence when it says no."""
    line = json.dumps({"verb": verb, "args": dict(args or {})}).encode() + b"\n"
    if len(line) > MOST_ASKED:
        raise UserError("That is too long to hand to the tray.")
    if sys.platform == "win32":
        from usagetray.edges.channel_windows import ask_pipe

        received = ask_pipe(path, line, timeout)
    else:
        from usagetray.edges.channel_unix import ask_socket

        received = ask_socket(path, line, timeout)
    try:
        said = json.loads(received)
        ok, text = bool(said["ok"]), str(said["text"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise NobodyThere("what answers is not the tray") from None
    if not ok:
        raise UserError(text)
    return text


def answer(line: bytes, handle: Handle) -> bytes:
    """The line to send back for the line that came."""
    ok, text = False, "The tray did not understand that."
    try:
        asked = json.loads(line.decode("utf-8"))
        verb, args = asked["verb"], asked.get("args", {})
        understood = (
            isinstance(verb, str)
            and re.fullmatch(r"[a-z][a-z_-]{0,31}", verb) is not None
            and isinstance(args, dict)
            and all(isinstance(value, str) for value in args.values())
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        understood, verb, args = False, "", {}
    if understood:
        try:
            ok, text = True, handle(verb, args)
        except UserError as error:
            ok, text = False, str(error)
        except Exception:  # the top of a request: the channel must outlive it
            log.exception("verb failed: %s", verb)
            ok, text = False, "The tray could not do that; its log says why."
    # Cut so that it fits even where every character is written as two \\uXXXX.
    return json.dumps({"ok": ok, "text": text[: (MOST_ANSWERED - 64) // 12]}).encode() + b"\n"


class InstanceLock:
    """Held by the one process of its kind, for life. The system lets go of it when that process ends, however."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """False while another process holds it. Raises `UserError` where it cannot be had at all."""
        if self._descriptor is not None:
            return True
        private_dir(self._path.parent)
        for _ in range(10):
            descriptor = self._opened()
            try:
                if not _lock(descriptor):
                    os.close(descriptor)
                    return False
                if os.path.samestat(os.fstat(descriptor), self._path.lstat()):
                    self._descriptor = descriptor
                    return True
            except FileNotFoundError:
                pass  # a cleaner took the file away between opening and locking: lock the next one
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)
        return False

    def _opened(self) -> int:
        try:
            return open_private(self._path, os.O_RDWR | os.O_CREAT)
        except OSError as error:
            raise UnwritableError(f"{self._path} cannot be written ({error.strerror}): check the disk.") from None

    def release(self) -> None:
        """The file stays: removed, it could be locked twice."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
    return True
