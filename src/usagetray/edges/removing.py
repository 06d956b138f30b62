"""Taking our own files away: whole folders of ours, no link followed, and what would not go said."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection
from pathlib import Path

Stuck = tuple[Path, str]
"""What is still there, and the system's reason."""


def remove(path: Path, keep: Collection[Path] = ()) -> list[Stuck]:
    """Removes a file, or a folder with all that is in it but `keep`. What is not there is no trouble.

    A link is never followed: within a folder of ours it goes by itself, and one that stands in its place stays.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        return []
    except OSError as error:
        return [(path, _reason(error))]
    if stat.S_ISLNK(found.st_mode):
        return [(path, "it is a link to somewhere else")]
    return _remove(path, found, frozenset(keep))


def _remove(path: Path, found: os.stat_result, keep: frozenset[Path]) -> list[Stuck]:
    if path in keep:
        return []
    stuck: list[Stuck] = []
    try:
        if not stat.S_ISDIR(found.st_mode):
            path.unlink()
            return []
        for inner in list(os.scandir(path)):
            stuck += _remove(Path(inner.path), inner.stat(follow_symlinks=False), keep)
        if not stuck and not any(each.is_relative_to(path) for each in keep):
            path.rmdir()
    except FileNotFoundError:
        pass
    except OSError as error:
        stuck.append((path, _reason(error)))
    return stuck


def _reason(error: OSError) -> str:
    return error.strerror or "no reason given"
