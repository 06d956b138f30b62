"""The verb channel on Windows: a named pipe whose name is derived from the channel's path. Not yet run there.

`multiprocessing.connection` is used for its pipes alone, with bytes: its pickling calls are never made.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Callable
from multiprocessing.connection import Client, Listener
from pathlib import Path

from usagetray.edges.channel import MOST_ANSWERED, MOST_ASKED, PATIENCE_S, NobodyThere


def pipe_name(path: Path) -> str:
    return r"\\.\pipe\usagetray-" + hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:32]


class PipeServer:
    def __init__(self, path: Path, reply: Callable[[bytes], bytes]) -> None:
        self._name = pipe_name(path)
        self._reply = reply
        self._over = False
        self._listener = Listener(self._name, family="AF_PIPE")
        self._thread = threading.Thread(target=self._run, name="channel", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over = True
        with contextlib.suppress(OSError):
            Client(self._name, family="AF_PIPE").close()  # wakes accept()
        self._thread.join(2)
        self._listener.close()

    def _run(self) -> None:
        while not self._over:
            with contextlib.suppress(OSError, EOFError), self._listener.accept() as connection:
                if connection.poll(PATIENCE_S):
                    connection.send_bytes(self._reply(connection.recv_bytes(MOST_ASKED)))


def ask_pipe(path: Path, line: bytes, timeout: float) -> bytes:
    try:
        with Client(pipe_name(path), family="AF_PIPE") as connection:
            connection.send_bytes(line)
            if connection.poll(timeout):
                return connection.recv_bytes(MOST_ANSWERED)
    except (OSError, EOFError) as error:
        raise NobodyThere(type(error).__name__) from None
    raise NobodyThere("no answer in time")
