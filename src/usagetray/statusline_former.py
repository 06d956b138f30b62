"""Running the status line command the user had before ours, as Claude Code itself would have run it.

Apart from `statusline` because most users have none. The command is the user's own shell string, kept from the
settings it stood in; it goes to the platform's shell unchanged, gets the same input, and does not outlive us.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys

assert sys.platform != "win32", "the status line bridge does not run former commands on Windows"  # noqa: S101 - for mypy

SHELL = "/bin/sh"
DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG: the kernel's promise to end the child when its parent is killed."""
POLL_S = 0.05


def output(command: str, told: bytes, most: int, guard: str) -> bytes:
    """What the command prints, up to `most` bytes. Its exit status is ignored, its errors go where ours go."""
    to_child, from_child = os.pipe(), os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        _become(command, to_child[0], from_child[1], parent, guard)
    os.close(to_child[0])
    os.close(from_child[1])
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: _end_both(child))
    return _exchange(child, to_child[1], from_child[0], told, most)


def _become(command: str, stdin: int, stdout: int, parent: int, guard: str) -> None:
    """In the child: never returns."""
    try:
        os.dup2(stdin, 0)
        os.dup2(stdout, 1)
        if sys.platform == "linux":
            import ctypes

            ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(0)  # it was killed before the promise was made
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execve(SHELL, [SHELL, "-c", command], {**os.environ, guard: "1"})  # noqa: S606 - the user's own command
    finally:
        os._exit(127)


def _end_both(child: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(child, signal.SIGKILL)
    os._exit(0)


def _exchange(child: int, to_child: int, from_child: int, told: bytes, most: int) -> bytes:
    """Feeds the child and takes what it prints, until it ends; something it left running is not waited for."""
    os.set_blocking(to_child, False)
    printed = b""
    writing = True
    ended = False
    while True:
        ready, writable, _ = select.select([from_child], [to_child] if writing else [], [], 0 if ended else POLL_S)
        if writable:
            try:
                told = told[os.write(to_child, told) :]
            except OSError:  # it reads no further
                told = b""
            if not told:
                os.close(to_child)
                writing = False
        if ready:
            chunk = os.read(from_child, 65_536)
            if not chunk:
                break
            printed = (printed + chunk)[:most]
        elif ended:
            break
        if not ended:
            ended = os.waitpid(child, os.WNOHANG)[0] == child
    if writing:
        os.close(to_child)
    if not ended:
        os.waitpid(child, 0)
    return printed
