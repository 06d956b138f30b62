"""Resolving what a strategy needs into facts: which files are there, and their contents.

Other programs' files are read, never written. Bounded whatever lies there: only regular files, no link that
leads out of its root, no open that blocks, no more bytes than the need allows; what vanishes is not there.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from usagetray.edges import spool, sqlite_value
from usagetray.errors import SourceError
from usagetray.model import Secret
from usagetray.providers.contract import (
    Address,
    Facts,
    FileText,
    Home,
    HomeRule,
    Key,
    LocalFile,
    NewestFiles,
    Program,
    Provider,
    Run,
    Spooled,
    SqliteValue,
    Strategy,
)

MOST_ENTRIES = 50_000
"""A tree larger than this is looked at from its newest-named folders down, and no further."""
COMPRESSED = ".zst"
MOST_UNPACKED = 128 * 1024 * 1024
"""Of a compressed file the end can only be had by unpacking all before it; beyond this it is left unread."""
UNPACK_CHUNK = 1024 * 1024
UNPACK_WINDOW = 32 * 1024 * 1024

if TYPE_CHECKING:
    from usagetray.edges.program import Programs

log = logging.getLogger(__name__)

KeyLookup = Callable[[Key], Secret | None]
"""A key of ours from the keychain, or None. May raise `SourceError`."""


def resolve(
    strategy: Strategy,
    home: Home,
    *,
    now: datetime,
    spool_dir: Path,
    keychain: KeyLookup | None,
    environ: Mapping[str, str],
    programs: Programs | None = None,
) -> Facts:
    """Everything the strategy needs, as it is now; a name that is absent was not there.

    `programs`: what starts them; without it none is there.
    """
    files: dict[str, tuple[FileText, ...]] = {}
    runs: dict[str, Run] = {}
    secrets: dict[str, Secret] = {}
    for need in strategy.needs:
        found: tuple[FileText, ...] = ()
        match need:
            case LocalFile():
                file = local_file(need, home)
                found = (file,) if file else ()
            case NewestFiles():
                found = _newest_texts(need, home)
            case Spooled():
                found = _spooled(need, spool_dir, now)
            case SqliteValue():
                found = _sqlite_value(need, home)
            case Key():
                secret = _key(need, keychain, environ)
                if secret is not None:
                    secrets[need.name] = secret
            case Address():
                continue  # of the way to the server: whoever makes that knows it
            case Program():
                run = programs.runner(strategy.label, need, environ, spool_dir.parent / "scratch") if programs else None
                if run is not None:
                    runs[need.name] = run
        if found:
            files[need.name] = found
    return Facts(home=home, now=now, files=files, secrets=secrets, programs=runs)


def homes(rule: HomeRule, environ: Mapping[str, str], extra: tuple[Path, ...] = ()) -> tuple[Home, ...]:
    """The installations to look at: the one the environment names, else the tool's own place, then `extra`.

    Each once, whether or not it exists. A variable counts as given: no tool expands "~" in it.
    """
    default = _default(rule, environ)
    named = environ.get(rule.env)
    if named:
        found = [Home(path=_absolute(Path(each)), is_default=False) for each in _several(named)]
    else:
        also = (_absolute(_expanded(each, environ)) for each in rule.also)
        found = [Home(path=default, is_default=True)]
        found += [Home(path=each, is_default=False) for each in also if each.is_dir()]
    for path in extra:
        place = _absolute(_expanded(str(path), environ))
        if all(home.path != place for home in found):
            found.append(Home(path=place, is_default=place == default))
    return tuple(found)


def _several(named: str) -> list[str]:
    """The folders a variable names; a comma may also be part of a folder's name."""
    parts = [each.strip() for each in named.split(",") if each.strip()]
    return [named] if len(parts) < 2 or Path(named).is_dir() else parts


def _default(rule: HomeRule, environ: Mapping[str, str]) -> Path:
    """The tool's own place on this system. A variable that is not absolute counts as not set, as the systems say."""
    for place in rule.elsewhere.get(sys.platform, ()):
        if not place.startswith("$"):
            return _absolute(_expanded(place, environ))
        name, _, rest = place[1:].partition("/")
        if Path(environ.get(name, "")).is_absolute():
            return _absolute(Path(environ[name], rest))
    return _absolute(_expanded(rule.default, environ))


def _expanded(path: str, environ: Mapping[str, str]) -> Path:
    home = environ.get("HOME")
    return Path(home, path[2:]) if home and path.startswith("~/") else Path(path).expanduser()


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - as the tools write it: ".." taken out, links kept


def signature(strategy: Strategy, home: Home, *, spool_dir: Path) -> object:
    """Changes whenever a file the strategy needs may have changed; opens nothing. For keys: nothing to go by."""
    parts: list[object] = []
    for need in strategy.needs:
        match need:
            case LocalFile() | SqliteValue():
                parts.append(_stamp(need.place(home)))
            case NewestFiles():
                parts.append(tuple(heapq.nlargest(need.count, _walk(need, home))))
            case Spooled():
                parts.append(_stamp(Path(spool.place(spool_dir, need.spool))))
    return tuple(parts)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def seen(provider: Provider, home: Home) -> bool:
    """Whether the tool left any trace here. Opens nothing."""
    for sign in provider.signs:
        if isinstance(sign, LocalFile):
            if _real(sign.place(home), home) is not None:
                return True
        elif next(_walk(sign, home), None) is not None:
            return True
    return False


def newest_change(provider: Provider, home: Home) -> datetime | None:
    """When the tool's logs changed last; None if it has none."""
    changes = (changed for need in provider.activity for changed, _ in _walk(need, home))
    newest = max(changes, default=None)
    return _instant(newest) if newest is not None else None


# ---- one file ----------------------------------------------------------------------------------------------


def local_file(need: LocalFile, home: Home) -> FileText | None:
    """The file as it is now; None where there is none that may be read."""
    path = _real(need.place(home), home)
    return _read(path, most=need.most, head=0, whole=True) if path else None


def _real(path: Path, home: Home) -> Path | None:
    """Where the file is, links resolved; None if it is no file, or a link leads away from the tool's folders."""
    try:
        real = Path(os.path.realpath(path))
        # The folder around the home too: the default installation of a tool may keep a file beside it.
        inside = any(real.is_relative_to(os.path.realpath(root)) for root in (home.path, home.path.parent))
        return real if inside and stat.S_ISREG(real.lstat().st_mode) else None
    except (OSError, ValueError):  # not there, a loop, too long a name, a NUL in it
        return None


def _read(path: Path, *, most: int, head: int, whole: bool) -> FileText | None:
    """The file, or its last `most` bytes; None if it is not there, no regular file, or too long for `whole`."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        handle = os.open(path, flags)
    except (OSError, ValueError):
        return None
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or (whole and found.st_size > most):
            return None
        with os.fdopen(os.dup(handle), "rb") as stream:
            if path.suffix == COMPRESSED:
                content, beginning, cut = _unpacked(stream, most, head)
            else:
                beginning = stream.read(head) if found.st_size > most else b""
                stream.seek(max(0, found.st_size - most))
                content, cut = stream.read(most), found.st_size > most
    except (OSError, EOFError):
        return None
    finally:
        os.close(handle)
    return FileText(path=path, content=content, modified_at=_instant(found.st_mtime), cut=cut, head=beginning)


def _unpacked(stream: BinaryIO, most: int, head: int) -> tuple[bytes, bytes, bool]:
    """The last `most` bytes of what a compressed file holds, its first bytes, and whether any are missing."""
    try:
        import zstandard  # deferred: only old sessions of one tool are compressed
    except ImportError:
        log.info("compressed sessions are left unread: the package zstandard is missing")
        raise EOFError from None
    reader = zstandard.ZstdDecompressor(max_window_size=UNPACK_WINDOW).stream_reader(stream, read_across_frames=True)
    beginning, end, length = b"", b"", 0
    try:
        while chunk := reader.read(UNPACK_CHUNK):
            length += len(chunk)
            if length > MOST_UNPACKED:
                raise EOFError
            if len(beginning) < head:
                beginning += chunk[: head - len(beginning)]
            end = (end + chunk)[-most:]
    except zstandard.ZstdError as error:
        raise EOFError from error
    return end, (beginning if length > most else b""), length > most


# ---- trees -------------------------------------------------------------------------------------------------


def _newest_texts(need: NewestFiles, home: Home) -> tuple[FileText, ...]:
    newest = heapq.nlargest(need.count, _walk(need, home))
    texts = (_read(Path(path), most=need.tail, head=need.head, whole=False) for _, path in newest)
    return tuple(text for text in texts if text is not None)


def _walk(need: NewestFiles, home: Home) -> Iterator[tuple[float, str]]:
    """(modification time, path) of every matching file. Links in the tree are not followed: no loop, no way out.

    Later names first, so that where a tree is too large to be seen whole, folders named by date lose the oldest.
    """
    left = MOST_ENTRIES
    waiting = [(os.fspath(need.under(home)), 0)]
    while waiting:
        folder, depth = waiting.pop()
        try:
            with os.scandir(folder) as listing:
                entries = list(itertools.islice(listing, left))
        except (OSError, ValueError):
            continue
        left -= len(entries)
        below = []
        for entry in entries:
            try:
                if entry.name.endswith(need.suffixes):
                    found = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(found.st_mode):
                        yield found.st_mtime, entry.path
                elif depth < need.depth and entry.is_dir(follow_symlinks=False):
                    below.append((entry.path, depth + 1))
            except OSError:
                continue  # gone since it was listed
        waiting += sorted(below)


# ---- the rest ----------------------------------------------------------------------------------------------


def _spooled(need: Spooled, spool_dir: Path, now: datetime) -> tuple[FileText, ...]:
    lines = spool.read(spool_dir, need.spool)
    if not lines:
        return ()
    return (FileText(path=Path(spool.place(spool_dir, need.spool)), content=b"\n".join(lines), modified_at=now),)


def _sqlite_value(need: SqliteValue, home: Home) -> tuple[FileText, ...]:
    path = _real(need.place(home), home)
    content = sqlite_value.read(need, path) if path else None
    stamp = _stamp(path) if path else None
    if path is None or content is None or stamp is None:
        return ()
    return (FileText(path=path, content=content, modified_at=_instant(stamp[0] / 1e9)),)


def _key(need: Key, keychain: KeyLookup | None, environ: Mapping[str, str]) -> Secret | None:
    """The key the user gave us, else one from the environment. Raises the key store's `SourceError` without either."""
    named = next((Secret(environ[name].strip()) for name in need.env if environ.get(name, "").strip()), None)
    try:
        return (keychain(need) if keychain else None) or named
    except SourceError:
        if named is None:
            raise
        return named


def _instant(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):  # a file system's idea of a time
        return datetime.fromtimestamp(0, UTC)
