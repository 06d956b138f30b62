"""Spools of calls that the user's own programs record: files of lines, appended to by many, taken in by the writer.

None is ever cut or replaced, as other spools are: it would be uncounted use. There is one for each UTC day, or several
where programs write at the same instant. Whoever appends or deletes holds the file's lock, never for longer than that,
and nobody waits for it: another file will do. The standard library alone, for this runs in other people's programs.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
import time
from datetime import date
from pathlib import Path

from usagetray.edges.files import open_private, private_dir
from usagetray.usage import UsageEvent

FORMAT = 1
MARK = "usagetray_call"
"""Begins each line; its value is the format."""
SUFFIX = ".jsonl"
MOST_AT_ONCE = 32
"""Files of one day."""
PATIENCE_S = 0.5
"""For one of them to be free. Appending takes some microseconds."""
FAR = 1 << 40
"""Windows locks bytes, and keeps others from reading them: one that no file reaches."""

OPEN = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


def line_of(event: UsageEvent) -> bytes:
    """ASCII without a line break: what a foreign text holds is escaped."""
    key, _, _, at_us, place, terms, given, write_5m, write_1h, read, output, thought, searches, several = event
    fields = {
        MARK: FORMAT, "key": key, "at_us": at_us, "app": place.app, "task": place.task,
        "model": terms.model, "tier": terms.tier, "speed": terms.speed, "geo": terms.geo, "flags": terms.flags,
        "input": given, "cache_write_5m": write_5m, "cache_write_1h": write_1h, "cache_read": read, "output": output,
        "reasoning": thought, "web_searches": searches, "attempts": several,
    }  # fmt: skip
    return json.dumps(fields, separators=(",", ":")).encode("ascii")


def append(folder: Path, line: bytes, today: date) -> None:
    """Adds a line, whole or not at all. Safe among threads and processes. `today` is the UTC day.

    Raises OSError, or `UserError` where something else stands in the folder's place.
    """
    until = time.monotonic() + PATIENCE_S
    while True:
        for number in range(MOST_AT_ONCE):
            path = folder / f"{today.isoformat()}{f'-{number}' if number else ''}{SUFFIX}"
            try:
                is_done = _append_to(path, line)
            except FileNotFoundError:
                private_dir(folder)
                is_done = _append_to(path, line)
            if is_done:
                return
        if time.monotonic() > until:
            raise BlockingIOError(errno.EAGAIN, "every spool of the day is held by another program", str(folder))
        time.sleep(0.001)


def _append_to(path: Path, line: bytes) -> bool:
    """False where another holds the file, or has just deleted it."""
    handle = open_private(path, OPEN | os.O_CREAT)
    try:
        if _is_held(handle) is False:
            return False
        seen = os.fstat(handle)
        if not stat.S_ISREG(seen.st_mode):
            raise OSError(errno.EINVAL, "is no file", str(path))
        if not seen.st_nlink and sys.platform != "win32":
            return False
        whole = line + b"\n"
        if seen.st_size:
            os.lseek(handle, -1, os.SEEK_END)
            if os.read(handle, 1) != b"\n":  # somebody was killed in the middle of a line
                whole = b"\n" + whole
        if os.write(handle, whole) < len(whole):
            os.ftruncate(handle, seen.st_size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return True
    finally:
        os.close(handle)


def remove(path: Path, booked: int) -> bool:
    """Deletes a spool that holds no whole line beyond its first `booked` bytes. False where it does, or is held."""
    try:
        handle = open_private(path, OPEN)
    except OSError:
        return False
    try:
        if _is_held(handle) is not True:
            return False
        seen = os.fstat(handle)
        rest = seen.st_size - booked
        if rest < 0 or rest > 1024 * 1024:
            return False
        os.lseek(handle, booked, os.SEEK_SET)
        if rest and b"\n" in os.read(handle, rest):
            return False
        if sys.platform != "win32":  # nobody writes to it between the look and this
            path.unlink(missing_ok=True)
            return True
    except OSError:
        return False
    finally:
        os.close(handle)
    try:
        path.unlink()  # there an open file cannot be deleted, and nobody opens that of a day long over
    except OSError:
        return False
    return True


def _is_held(handle: int) -> bool | None:
    """Takes the file's lock, until it is closed. False: another has it. None: this file system knows no locks."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(handle, FAR, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return None  # a line is written in one piece all the same; such a spool is never deleted
    return True
