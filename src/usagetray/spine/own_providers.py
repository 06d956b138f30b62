"""The providers there are for this user: those built in, and those described in files of the user's own.

A file that cannot be used costs only itself, and each fault is one sentence: file, line, key, what it takes.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from usagetray.profile import Profile
from usagetray.providers import bears_module, discover
from usagetray.providers import named as built_in
from usagetray.providers.contract import Provider
from usagetray.quick_dataclass import dataclass
from usagetray.settings import Settings
from usagetray.settings.reading import load

MOST_FILES, MOST_BYTES = 50, 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    providers: tuple[Provider, ...]
    files: dict[str, Path]  # by the id of a provider that stands in one
    problems: tuple[str, ...] = ()

    def in_settings(self, settings: Settings) -> Settings:
        """The settings with what is wrong in the providers' files: both are the user's to mend."""
        return replace(settings, problems=(*settings.problems, *self.problems)) if self.problems else settings


def folder(profile: Profile) -> Path:
    return profile.paths.config_file.parent / "providers"


def known(profile: Profile, providers: Sequence[Provider] | None = None) -> Known:
    """`providers`: the built-in ones, if not those that `discover` finds. Never raises, never writes."""
    return _with_own(discover() if providers is None else providers, _files(folder(profile)))


def known_settings(profile: Profile) -> tuple[Known, Settings]:
    found = known(profile)
    return found, found.in_settings(load(profile.paths.config_file))


def named(profile: Profile, ids: Iterable[str]) -> tuple[Provider, ...]:
    """Those with these ids, for readers in a hurry: files are read only where an id is no module's."""
    wanted = set(ids)
    own: tuple[Provider, ...] = ()
    if not all(bears_module(each) for each in wanted):
        read = _with_own((), _files(folder(profile))).providers
        own = tuple(each for each in read if each.id in wanted and not bears_module(each.id))
    return (*built_in(wanted - {each.id for each in own}), *own)


def stamp(profile: Profile) -> object:
    """Changes whenever one of the files may have."""
    return tuple((path.name, _identity(path)) for path in _files(folder(profile)))


def _identity(path: Path) -> tuple[int, int, int] | None:
    """None for a link that leads nowhere: the others can change all the same."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _files(place: Path) -> tuple[Path, ...]:
    try:
        names = sorted(each.name for each in os.scandir(place) if each.name.endswith(".toml") and each.name[0] != ".")
    except OSError:
        return ()
    return tuple(place / name for name in names[:MOST_FILES])


def _with_own(built: Sequence[Provider], files: Sequence[Path]) -> Known:
    if not files:
        return Known(providers=tuple(built), files={})
    from usagetray.providers.user_defined import provider_of  # deferred: most have no such file
    from usagetray.spine.declarations import declared

    own: dict[str, Provider] = {}
    places: dict[str, Path] = {}
    problems: list[str] = []
    taken = {each.id: "a provider that is built in" for each in built}
    for path in files:
        text = _text(path, problems)
        found = declared(path, text, taken, partial(problems.append)) if text is not None else None
        if found is not None:
            own[found.id], places[found.id] = provider_of(found), path
            taken[found.id] = path.name
    return Known(providers=(*built, *own.values()), files=places, problems=tuple(problems))


def _text(path: Path, problems: list[str]) -> str | None:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:
            problems.append(f"{path} is no file of at most 64 KiB, so it is not used.")
            return None
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        problems.append(f"{path} cannot be read ({error.strerror or 'no reason given'}), so it is not used.")
    except UnicodeDecodeError:
        problems.append(f"{path} is not UTF-8 text, so it is not used.")
    return None
