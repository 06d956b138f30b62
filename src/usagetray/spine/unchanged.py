"""Whether any log has changed since a command last read them all, told without knowing whose logs they are.

A report that scripts ask for again and again is so spared the providers and the indexer. Anything that could lead to
other logs being read, a setting, a variable, a new folder of a tool, makes it not certain; then all is looked at.
"""

from __future__ import annotations

import json
import os
import sys
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from usagetray import __version__
from usagetray.edges.usage_logs.walk import Found, walk

if TYPE_CHECKING:
    from usagetray.edges.store import Store
    from usagetray.edges.usage_logs.reading import Origin
    from usagetray.profile import Profile
    from usagetray.providers.contract import Provider

SEEN = "logs_seen"
ALWAYS = ("HOME", "USERPROFILE")


class Fingerprint:
    """Of a set of files: their names, sizes, times and numbers, in any order."""

    def __init__(self) -> None:
        self._sums = [0, 0, 0]

    def add(self, found: Found) -> None:
        text = f"{found.path}\0{found.size}\0{found.modified}\0{found.identity}".encode("utf-8", "surrogatepass")
        self._sums[0] += 1
        self._sums[1] += zlib.crc32(text)
        self._sums[2] += zlib.adler32(text)

    def __str__(self) -> str:
        return " ".join(map(str, self._sums))


def note(
    store: Store, profile: Profile, providers: Sequence[Provider], trees: Iterable[Origin], seen: Fingerprint
) -> None:
    """Remembers what was there when all of it was read."""
    if sys.platform == "win32":
        return  # a Linux within may have started since
    from usagetray.edges.store.migrations import STEPS  # deferred: who only asks needs no store

    rules = [each.homes for each in providers if each.homes is not None and each.logs is not None]
    elsewhere = [each for rule in rules for each in rule.elsewhere.get(sys.platform, ())]
    variables = {*ALWAYS, *(rule.env for rule in rules), *(each[1:].partition("/")[0] for each in elsewhere)} - {""}
    home = profile.environ.get("HOME", "~")
    places = [each.replace("~", home, 1) for rule in rules for each in rule.also]
    told = {
        "variables": sorted(variables),
        "places": places,
        "trees": [[each.tree, each.source.suffixes] for each in trees],
        "inputs": _inputs(profile, sorted(variables), places, len(STEPS)),
        "seen": str(seen),
    }
    store.keep(SEEN, json.dumps(told))


def is_unchanged(store: Store, profile: Profile) -> bool:
    """No log has changed since. False also where that is not certain."""
    ((schema,),) = store.database.stored("PRAGMA user_version")
    return still_holds(store.meta(SEEN), schema, profile)


def still_holds(seen: str | None, schema: int, profile: Profile) -> bool:
    """The same, of what `note` kept in a store with this number of a schema."""
    try:
        told = json.loads(seen or "{}")
        if not told or told["inputs"] != _inputs(profile, told["variables"], told["places"], schema):
            return False
        now = Fingerprint()
        for tree, suffixes in told["trees"]:
            for found in walk(Path(tree), tuple(suffixes)):
                now.add(found)
        return bool(str(now) == told["seen"])
    except (ValueError, TypeError, KeyError, AttributeError, OSError, RecursionError):
        return False  # a damaged disk made something else of it


def stamp(path: Path) -> list[int]:
    """When a file last changed, its size and its number; nothing for one that is not there."""
    try:
        found = path.stat()
    except OSError:
        return []
    return [found.st_mtime_ns, found.st_size, found.st_ino]


def _inputs(profile: Profile, variables: Sequence[str], places: Sequence[str], schema: int) -> list[object]:
    """What decides which logs are read, and how."""
    environ: Mapping[str, str] = profile.environ
    there = [os.path.isdir(each) for each in places]  # noqa: PTH112 - texts
    return [__version__, schema, stamp(profile.paths.config_file), [environ.get(each) for each in variables], there]
