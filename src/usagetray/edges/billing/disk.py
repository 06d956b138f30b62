"""This computer's own files and registry, for looking at what pays: bounded, regular files only, never written.

A link is followed wherever it leads, as the shell and the tool do: profiles are kept in all sorts of places, and all
that ever leaves here is a name and a line.
"""

from __future__ import annotations

import itertools
import os
import stat
import sys
from collections.abc import Mapping

MOST_BYTES = 8 * 1024 * 1024
"""Of any file; a profile that is larger is none, and a tool's own file was never seen at a tenth of it."""
MOST_NAMES = 500

Stamp = tuple[int, int, int] | None


class Disk:
    """Remembers what it was asked for, so that a change of any of it can be told without reading."""

    def __init__(self) -> None:
        self._asked: dict[str, Stamp] = {}

    def stamps(self) -> Mapping[str, Stamp]:
        """Of every path asked for, as it was just before it was read."""
        return dict(self._asked)

    def text(self, path: str) -> str | None:
        self._asked[path] = stamp(path)
        content = _content(path)
        return None if content is None else content.decode("utf-8-sig", "replace")

    def names(self, folder: str) -> tuple[str, ...]:
        self._asked[folder] = stamp(folder)
        try:
            with os.scandir(folder) as listing:
                return tuple(sorted(each.name for each in itertools.islice(listing, MOST_NAMES)))
        except (OSError, ValueError):
            return ()

    def registry(self, hive: str) -> Mapping[str, str]:
        if sys.platform != "win32":
            return {}
        import winreg  # Windows only

        root, _, key = hive.partition("\\")
        found: dict[str, str] = {}
        try:
            with winreg.OpenKey({"HKCU": winreg.HKEY_CURRENT_USER}.get(root, winreg.HKEY_LOCAL_MACHINE), key) as opened:
                for at in range(winreg.QueryInfoKey(opened)[1]):
                    name, value, _ = winreg.EnumValue(opened, at)
                    found[name.upper()] = value if isinstance(value, str) else ""
        except OSError:
            return {}
        return found


def stamp(path: str) -> Stamp:
    try:
        found = os.stat(path)  # noqa: PTH116 - a text, as the rules put it together
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _content(path: str) -> bytes | None:
    """None where there is no regular file, or one too large. An open never waits: a pipe may lie in its place."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOCTTY", 0)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - opening a device may already do something
            return None
        handle = os.open(path, flags)
    except (OSError, ValueError):
        return None
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:
            return None
        with os.fdopen(os.dup(handle), "rb") as stream:
            return stream.read(MOST_BYTES)
    except OSError:
        return None
    finally:
        os.close(handle)
