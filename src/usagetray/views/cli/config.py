"""`usagetray config`: read and change settings."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from usagetray.edges.channel import NobodyThere, ask
from usagetray.edges.files import private_dir
from usagetray.edges.settings_file import parse_value, set_value
from usagetray.errors import SettingsError
from usagetray.profile import Profile
from usagetray.settings import Settings
from usagetray.settings.keys import KEYS, kind_of
from usagetray.settings.reading import load
from usagetray.settings.written import written
from usagetray.spine.own_providers import Known, known_settings
from usagetray.views.cli import out, say
from usagetray.views.cli.opening import opened


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    path = profile.paths.config_file
    if arguments.step == "path":
        out(str(path))
    elif arguments.step == "edit":
        return _edit(profile)
    elif arguments.step == "set":
        set_value(path, arguments.key, parse_value(arguments.value))
        tell_tray(profile)
    else:
        return _get(*known_settings(profile), arguments.key)
    return 0


def tell_tray(profile: Profile, verb: str = "changed") -> None:
    """A running tray takes a change in at once; without one there is nobody to tell."""
    try:
        ask(profile.paths.socket, verb, {})
    except NobodyThere:
        return


def _get(there: Known, settings: Settings, key: str | None) -> int:
    for problem in settings.problems:
        say(problem)
    known = dict(_values(settings, [each.id for each in there.providers]))
    if key is not None and key not in known and kind_of(key) is not None:
        _, provider_id, *rest = key.split(".")
        known |= _account_values(settings, provider_id, rest[1]) if len(rest) == 3 else {}
    if key is not None and key not in known:
        raise SettingsError(f"There is no setting called {key}; `usagetray config get` lists them.")
    if key is not None:
        out(_toml(known[key]))
    else:
        for name, value in known.items():
            out(f"{name} = {_toml(value)}")
    return 1 if settings.problems else 0


def _values(settings: Settings, providers: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Every setting as it stands in the file, defaults included."""
    for key in KEYS:
        if "*" not in key:
            yield key, written(settings, key)
    for provider_id in sorted({*providers, *settings.providers}):
        own = settings.of(provider_id)
        for name in _fields_of("providers.*."):
            yield f"providers.{provider_id}.{name}", KEYS[f"providers.*.{name}"].write(getattr(own, name))
        for name in own.accounts:
            yield from _account_values(settings, provider_id, name).items()


def _account_values(settings: Settings, provider_id: str, name: str) -> dict[str, Any]:
    section = "providers.*.accounts.*."
    own = settings.of(provider_id).account(name)
    own = replace(own, thresholds=settings.thresholds(provider_id, name))
    return {
        f"providers.{provider_id}.accounts.{name}.{each}": KEYS[section + each].write(getattr(own, each))
        for each in _fields_of(section)
    }


def _fields_of(section: str) -> list[str]:
    return [name for key in KEYS if key.startswith(section) and "." not in (name := key.removeprefix(section))]


def _toml(value: Any) -> str:
    import tomlkit  # deferred: most verbs print no TOML

    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    return str(tomlkit.item(value).as_string())


def _edit(profile: Profile) -> int:
    path = profile.paths.config_file
    private_dir(path.parent)
    if not path.exists():
        path.touch(mode=0o600)
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        status = subprocess.run([*shlex.split(editor), str(path)], check=False).returncode  # noqa: S603 - the user's editor
    except (FileNotFoundError, ValueError):
        raise SettingsError(f"The editor {editor!r} was not found: set EDITOR, or open {path} yourself.") from None
    for problem in load(path).problems:
        say(problem)
    tell_tray(profile)
    return 1 if status else 0
