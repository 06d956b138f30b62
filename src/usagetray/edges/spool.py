"""Spools: small files in our state folder to which helpers append one line each and which the writer reads.

Beside them lies what the writer tells the helpers, each in a file of its own.

Imported by the status line helper, whose whole start-up is counted in milliseconds: `os` only.
"""

# Pathlib and contextlib would cost the helper its budget:
# ruff: noqa: PTH102, PTH105, PTH112, PTH118, PTH120, SIM105

from __future__ import annotations

import os

MOST = 1024 * 1024
"""A spool longer than this is set aside as the former one, replacing the one before."""
READ = 256 * 1024
"""How much of the end is read; some thousand lines."""
FORMER = ".1"

Folder = str | os.PathLike[str]


def place(folder: Folder, name: str) -> str:
    return os.path.join(os.fspath(folder), f"{name}.jsonl")


def append(folder: Folder, name: str, line: bytes) -> None:
    """Adds one line in a single write, so that helpers running at once cannot mix theirs. Raises OSError."""
    _private(os.fspath(folder))
    path = place(folder, name)
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | _GUARD, 0o600)
    try:
        size = os.fstat(handle).st_size
        _write(handle, (b"\n" if _is_torn(handle, size) else b"") + line + b"\n")
        full = size + len(line) >= MOST
    finally:
        os.close(handle)
    if full:
        trim(folder, name)


def put(folder: Folder, name: str, content: bytes) -> None:
    """A file replaced whole, for a helper to read: not flushed, for its content can be had again. Raises OSError."""
    _private(os.fspath(folder))
    path = os.path.join(os.fspath(folder), name)
    handle = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _GUARD, 0o600)
    try:
        _write(handle, content)
    finally:
        os.close(handle)
    os.replace(path + ".new", path)


def read(folder: Folder, name: str) -> tuple[bytes, ...]:
    """The last whole lines, oldest first; none if there is no such spool."""
    content = _end(place(folder, name), READ)
    if len(content) < READ:
        content = _end(place(folder, name) + FORMER, READ - len(content)) + content
    return tuple(line for line in content.split(b"\n") if line)


def trim(folder: Folder, name: str) -> None:
    """Sets a spool that has grown too long aside; what the reader can reach stays within its reach."""
    path = place(folder, name)
    try:
        if os.lstat(path).st_size > MOST:
            os.replace(path, path + FORMER)
    except FileNotFoundError:
        pass  # another helper was quicker


def _write(handle: int, content: bytes) -> None:
    """In one piece or not at all: of what a disk that is nearly full takes of it, nobody is told that it was kept."""
    if os.write(handle, content) < len(content):
        import errno

        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _is_torn(handle: int, size: int) -> bool:
    """The helper before was killed within its write: its half a line must not spoil the next one."""
    if not size:
        return False
    os.lseek(handle, -1, os.SEEK_END)
    return os.read(handle, 1) != b"\n"


_GUARD = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


def _private(folder: str) -> None:
    """The folder and its missing parents, readable by nobody else from their creation."""
    if folder and not os.path.isdir(folder):
        _private(os.path.dirname(folder))
        try:
            os.mkdir(folder, 0o700)
        except FileExistsError:
            pass  # another helper was quicker


def _end(path: str, most: int) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _GUARD)
    except OSError:
        return b""
    try:
        size = os.fstat(handle).st_size
        os.lseek(handle, max(0, size - most), os.SEEK_SET)
        content = os.read(handle, most)
    except OSError:
        return b""
    finally:
        os.close(handle)
    return content if size <= most else content[content.find(b"\n") + 1 :]
