"""What broke the program down: one private file for each, on this computer only, the newest three.

Secrets are masked as in the log. Nothing here is ever sent; `doctor` says where the files are.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

import usagetray
from usagetray.edges.files import Paths, open_private, private_dir
from usagetray.edges.logs import Masking, masking_in_use
from usagetray.errors import UserError
from usagetray.quick_dataclass import dataclass

KEPT = 3
MOST_BYTES = 64 * 1024
LAST_LINES = 30
"""Of the log."""
MOST_LINE, MOST_LINES = 600, 80
"""Characters of a line of the traceback, and how many of them: 48 KiB."""
AGAIN_AFTER = timedelta(hours=1)
"""What breaks with every tick is written down once in this time, so that it does not push the others out."""
STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    path: Path
    at: datetime  # UTC
    process: str  # "tray", "popup", or a verb

    @property
    def text(self) -> str:
        """What stands in the file, as much of it as was written; "" where it cannot be read."""
        try:
            with self.path.open("rb") as stream:
                return stream.read(MOST_BYTES).decode("utf-8", "replace")
        except OSError:
            return ""


def folder(own: Paths) -> Path:
    return own.state_dir / "crashes"


def crashes(own: Paths) -> tuple[Crash, ...]:
    """Those that are kept, the newest first; also one of native code that no start has taken in yet."""
    found = [crash for path in _files(own) if (crash := _crash(path)) is not None]
    for path in folder(own).glob("native-*.txt"):
        with contextlib.suppress(OSError):
            if path.stat().st_size:
                at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                found.append(Crash(path=path, at=at, process=path.stem.partition("-")[2]))
    return tuple(sorted(found, key=lambda each: each.at, reverse=True))


def report(own: Paths, process: str, error: BaseException) -> Path | None:
    """Writes down what happened, once; where it stands, or None where it cannot be written. Never raises."""
    try:
        import traceback  # deferred: nothing breaks in a good run

        with contextlib.suppress(OSError, UserError):
            return _written(own, process, "".join(traceback.format_exception(error)), datetime.now(UTC))
    except Exception:  # the last resort must not break down itself; a broken `__str__` can make it
        logging.getLogger(__name__).warning("a breakdown could not be written down")
    return None


# ---- watching ----------------------------------------------------------------------------------------------


class CrashHandler(logging.Handler):
    """Whatever is logged with an exception at the top of a job is a breakdown, though the program goes on."""

    def __init__(self, own: Paths, process: str) -> None:
        super().__init__(logging.ERROR)
        self._own, self._process = own, process

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and record.name.partition(".")[0] == "usagetray":
            report(self._own, self._process, error)


def watch_log(own: Paths, process: str) -> None:
    """For a process that logs: what it logs of exceptions is written down as well, and crashes of native code."""
    logging.getLogger().addHandler(CrashHandler(own, process))
    _watch_native(own, process)


def watch_uncaught(own: Paths, process: str) -> None:
    """For a process without a log: what nobody catches is written down, and then told as before."""
    told, told_in_thread = sys.excepthook, threading.excepthook

    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, Exception):
            report(own, process, error)
        told(kind, error, trace)

    def uncaught_in_thread(args: Any) -> None:
        if isinstance(args.exc_value, Exception):
            report(own, process, args.exc_value)
        told_in_thread(args)

    sys.excepthook = uncaught
    threading.excepthook = uncaught_in_thread
    _watch_native(own, process)


def _watch_native(own: Paths, process: str) -> None:
    """A fault below Python leaves its stack in a file that stays open; the next start makes a report of it."""
    import atexit
    import faulthandler

    path = folder(own) / f"native-{process}.txt"
    try:
        private_dir(own.state_dir)
        private_dir(folder(own))
        _take_in(own, process, path)
        descriptor = open_private(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        faulthandler.enable(descriptor)
    except (OSError, UserError, ValueError, RuntimeError):
        return  # a full disk or a folder that is not ours: the program runs without

    def tidy() -> None:
        with contextlib.suppress(OSError):
            faulthandler.disable()
            if os.fstat(descriptor).st_size == 0:
                path.unlink()

    atexit.register(tidy)


def _take_in(own: Paths, process: str, path: Path) -> None:
    try:
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        with path.open("rb") as stream:
            stack = stream.read(MOST_BYTES).decode("utf-8", "replace")
    except FileNotFoundError:
        return
    if stack.strip():
        _written(own, process, f"In native code:\n{stack}", at)


# ---- the file ----------------------------------------------------------------------------------------------


def _written(own: Paths, process: str, trace: str, at: datetime) -> Path:
    private_dir(own.state_dir)
    place = private_dir(folder(own))
    masking = masking_in_use() or Masking()
    # Shortened first: masking looks at each line for long.
    masked = "\n".join(masking.mask(line) for line in _shortened(trace).splitlines())
    import hashlib  # deferred: 3 MB, for who has something to write down

    digest = hashlib.sha256(masked.encode("utf-8", "replace")).hexdigest()[:8]
    for known in _files(own):
        crash = _crash(known)
        if crash is not None and known.stem.endswith(f"-{process}-{digest}"):
            if timedelta() <= at - crash.at < AGAIN_AFTER:
                return known
            known.unlink()
    text = "\n".join(
        (
            f"usagetray {usagetray.__version__} broke down: {process}, {at.isoformat(timespec='seconds')}",
            f"Python {sys.version.split()[0]}, {_system()}",
            "",
            masked.rstrip(),
            "",
            "The last lines of the log:",
            *(masking.mask(line) for line in _last_lines(own.log_dir / "usagetray.log")),
            "",
        )
    )
    path = place / f"crash-{at.strftime(STAMP)}-{process}-{digest}.txt"
    with os.fdopen(open_private(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "wb") as stream:
        stream.write(text.encode("utf-8", "replace")[:MOST_BYTES])
    for old in _files(own)[KEPT:]:
        old.unlink(missing_ok=True)
    return path


def _files(own: Paths) -> list[Path]:
    """The newest first."""
    return sorted(folder(own).glob("crash-*.txt"), key=lambda each: each.name, reverse=True)


def _crash(path: Path) -> Crash | None:
    parts = path.stem.split("-")
    try:
        at = datetime.strptime(parts[1], STAMP).replace(tzinfo=UTC)
        return Crash(path=path, at=at, process="-".join(parts[2:-1]))
    except (ValueError, IndexError):
        return None


def _shortened(text: str) -> str:
    """Both ends tell: where it began, and what it came to. In lines of which each is cut by itself."""
    lines = [_cut(line) for line in text.splitlines()]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES // 2], "…", *lines[-MOST_LINES // 2 :]]
    return "\n".join(lines)


def _cut(line: str) -> str:
    """What stands at the cut goes as a whole: half a secret would not be known for one."""
    if len(line) <= MOST_LINE:
        return line
    head, tail = line[: MOST_LINE // 2], line[-MOST_LINE // 2 :]
    return f"{head.rpartition(' ')[0]} … {tail.partition(' ')[2]}"


def _system() -> str:
    import platform

    return f"{platform.system()} {platform.release()}, {platform.machine()}"


def _last_lines(file: Path) -> list[str]:
    try:
        with file.open("rb") as stream:
            stream.seek(max(file.stat().st_size - 16 * 1024, 0))
            return stream.read().decode("utf-8", "replace").splitlines()[-LAST_LINES:]
    except OSError:
        return []
