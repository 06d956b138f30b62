"""What is fuzzed: a function that is given any bytes, and in a line what must hold of it."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

NOW = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
HERE = Path(__file__).parent
TESTS = HERE.parent


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    holds: str
    """The invariant; beside it no exception may leave but those that the reader documents."""
    run: Callable[[bytes], None]
    """Raises whatever breaks the invariant."""
    seeds: tuple[bytes, ...]
    is_json: bool = True  # values are replaced by odd ones as well, not bytes alone


@cache
def scratch() -> Path:
    """A folder for what has to be a file; gone with the process."""
    folder = Path(tempfile.mkdtemp(prefix="usagetray-fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def texts(*paths: str) -> tuple[bytes, ...]:
    """Files below `tests`, by patterns, in their order."""
    return tuple(found.read_bytes() for each in paths for found in sorted(TESTS.glob(each)))


def signature(error: BaseException) -> str:
    """The kind of the error and the innermost line of ours: two inputs with the same have found the same."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if "usagetray" in each.filename or "tests" in each.filename]
    where = ours[-1] if ours else None
    return f"{type(error).__name__} {Path(where.filename).name}:{where.lineno}" if where else type(error).__name__
