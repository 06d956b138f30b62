"""Which logs there are in a tree. Only regular files; no link leads out, nothing is opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

HALVES, SIGNS = range(0xD800, 0xE000), range(0x10F800, 0x110000)
AS_TEXT, AS_NAME = dict(zip(HALVES, SIGNS, strict=True)), dict(zip(SIGNS, HALVES, strict=True))
"""A name may hold bytes that are no text. Python shows them as halves of letters, which no store and no output can
take; here each becomes a sign for private use, and that sign the name again where a file is opened."""


def as_text(path: str) -> str:
    try:
        path.encode()
    except UnicodeEncodeError:
        return path.translate(AS_TEXT)
    return path


def as_name(path: str) -> str:
    """What the system calls it."""
    return path if path.isascii() else path.translate(AS_NAME)


class Found(NamedTuple):
    """A log, as the folder lists it."""

    path: str  # as text
    tree: str
    size: int
    modified: int  # nanoseconds
    identity: str

    @property
    def below(self) -> str:
        """The path below the tree, parted by "/"."""
        return self.path[len(self.tree) + 1 :].replace(os.sep, "/")


def walk(tree: Path, suffixes: tuple[str, ...], folders: dict[str, int] | None = None) -> Iterator[Found]:
    """Every log of the tree, in no order. `folders` receives each folder with the time it last changed."""
    root = str(tree)
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            if folders is not None:
                folders[folder] = os.stat(folder).st_mtime_ns  # noqa: PTH116 - texts, for there are many
            entries = os.scandir(folder)
        except (OSError, ValueError):
            continue  # gone, or not ours to read
        with entries:
            for entry in entries:
                found = _log(entry, root, suffixes)
                if found is not None:
                    yield found
                elif _is_folder(entry):
                    waiting.append(entry.path)


def look_at(path: str, tree: str) -> Found | None:
    """One log as it is now; None where it is gone or no log any more."""
    try:
        name = as_name(path)
        seen = os.lstat(name)
        if stat.S_ISLNK(seen.st_mode):
            seen = _within(name, tree)
    except (OSError, ValueError):
        return None
    return _found(path, tree, seen) if stat.S_ISREG(seen.st_mode) else None


def logs_in(folder: str, tree: str, suffixes: tuple[str, ...]) -> tuple[list[Found], list[str]]:
    """The logs and the folders that one folder lists."""
    found, folders = [], []
    try:
        entries = os.scandir(folder)
    except (OSError, ValueError):
        return [], []
    with entries:
        for entry in entries:
            log = _log(entry, tree, suffixes)
            if log is not None:
                found.append(log)
            elif _is_folder(entry):
                folders.append(entry.path)
    return found, folders


def _log(entry: os.DirEntry[str], tree: str, suffixes: tuple[str, ...]) -> Found | None:
    if not entry.name.endswith(suffixes):
        return None
    try:
        seen = entry.stat(follow_symlinks=False)
        if stat.S_ISLNK(seen.st_mode):
            seen = _within(entry.path, tree)
    except (OSError, ValueError):
        return None
    return _found(entry.path, tree, seen) if stat.S_ISREG(seen.st_mode) else None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _within(path: str, tree: str) -> os.stat_result:
    """What a link points to. Raises OSError for one that leads out of the tree, or nowhere."""
    target, root = os.path.realpath(path, strict=True), os.path.realpath(tree)
    if os.path.commonpath([target, root]) != root:
        raise OSError("leads out of the tree")
    return os.stat(target)  # noqa: PTH116


def _found(path: str, tree: str, seen: os.stat_result) -> Found:
    return Found(as_text(path), as_text(tree), seen.st_size, seen.st_mtime_ns, f"{seen.st_dev}:{seen.st_ino}")


def folder_stamp(path: str, stat_of: Callable[[str], os.stat_result] = os.stat) -> int:
    """When a folder's list last changed, in nanoseconds; 0 for one that is gone."""
    try:
        return stat_of(path).st_mtime_ns
    except OSError:
        return 0
