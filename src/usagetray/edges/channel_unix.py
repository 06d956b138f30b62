"""The verb channel on Linux and macOS: a Unix socket, 0600, in a folder of ours."""

from __future__ import annotations

import contextlib
import logging
import os
import select
import socket
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from usagetray.edges.channel import MOST_ANSWERED, MOST_ASKED, PATIENCE_S, NobodyThere
from usagetray.edges.files import private_dir
from usagetray.errors import UserError

assert sys.platform != "win32"  # noqa: S101 - tells the type checker; there the other module is used

MOST_PATH = 103
"""Bytes of a socket's path that every system takes (macOS; Linux takes 107)."""

log = logging.getLogger(__name__)


class SocketServer:
    """A Unix socket and the thread that serves it."""

    def __init__(self, path: Path, reply: Callable[[bytes], bytes]) -> None:
        self._path = path
        self._reply = reply
        private_dir(path.parent)
        _clear_way(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            if sys.platform == "linux":
                os.fchmod(self._socket.fileno(), 0o600)  # what bind() makes has this mode from the start
            with _address(path) as address:
                self._socket.bind(address)
            path.chmod(0o600)
            self._inode = path.lstat().st_ino
            self._socket.listen(64)
        except OSError as error:
            self._socket.close()
            raise UserError(f"The tray cannot be reached by other commands: {path}: {error.strerror}.") from None
        self._wake_read, self._wake_write = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="channel", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the thread and removes the socket."""
        if self._thread.is_alive():
            self._wake_write.send(b".")
            self._thread.join(2 * PATIENCE_S + 1)
        for end in (self._socket, self._wake_read, self._wake_write):
            end.close()
        with contextlib.suppress(OSError):
            if self._path.lstat().st_ino == self._inode:  # not one that a later tray has put there
                self._path.unlink()

    def _run(self) -> None:
        while True:
            ready, _, _ = select.select([self._socket, self._wake_read], [], [])
            if self._wake_read in ready:
                return
            try:
                connection, _ = self._socket.accept()
            except OSError as error:
                log.warning("channel: %s", error.strerror)
                time.sleep(PATIENCE_S)  # out of descriptors: do not spin
                continue
            with connection, contextlib.suppress(OSError):
                line = _line(connection, MOST_ASKED, PATIENCE_S)
                connection.sendall(self._reply(line))


def ask_socket(path: Path, line: bytes, timeout: float) -> bytes:
    try:
        folder = path.parent.lstat()
        if not stat.S_ISDIR(folder.st_mode) or folder.st_uid != os.getuid() or folder.st_mode & 0o077:
            raise NobodyThere("the folder of the channel is not private")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection, _address(path) as address:
            connection.settimeout(timeout)
            connection.connect(address)
            connection.sendall(line)
            return _line(connection, MOST_ANSWERED, timeout)
    except OSError as error:
        raise NobodyThere(error.strerror or "no answer in time") from None


def _line(connection: socket.socket, most: int, patience_s: float) -> bytes:
    """One line without its end. Raises OSError when it is too long, cut off, or not there within the patience."""
    until = time.monotonic() + patience_s
    received = b""
    while not received.endswith(b"\n"):
        left = until - time.monotonic()
        if left <= 0 or len(received) >= most:
            raise TimeoutError
        connection.settimeout(left)
        piece = connection.recv(most - len(received))
        if not piece:
            raise ConnectionResetError
        received += piece
    return received[:-1]


def _clear_way(path: Path) -> None:
    """Takes away the socket of a tray that was killed. Raises `UserError` for anything else that stands there."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode) or found.st_uid != os.getuid():
        raise UserError(f"{path} is not a socket of yours: move it away and start again.")
    path.unlink()


@contextlib.contextmanager
def _address(path: Path) -> Iterator[str]:
    """What to bind or connect to: the path, or a short way to it where it is longer than a socket's may be."""
    if len(os.fsencode(path)) <= MOST_PATH:
        yield str(path)
        return
    if not Path("/proc/self/fd").is_dir():
        raise UserError(f"{path.parent} is too long a path for a socket: choose a shorter folder.")
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
