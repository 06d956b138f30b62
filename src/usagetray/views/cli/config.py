"""`usagetray config`: read and change settings."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
from collections.abc import Iterable, Iterator
from typing import Any

from usagetray.edges.channel import NobodyThere, ask
from usagetray.edges.files import private_dir
from usagetray.edges.settings_file import parse_value, set_value
from usagetray.errors import SettingsError
from usagetray.profile import Profile
from usagetray.settings import Settings, check_for, load
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
    if key is not None and key not in known and check_for(key) is not None:
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
    yield "show", "left" if settings.show_left else "used"
    yield "welcomed", settings.welcomed
    yield "polling.minutes", settings.poll_minutes
    yield "alerts.enabled", settings.alerts.enabled
    yield "alerts.thresholds", [round(each * 100, 3) for each in settings.alerts.thresholds]
    yield "alerts.locked", settings.alerts.locked
    yield "alerts.back", settings.alerts.back
    yield "alerts.paying", settings.alerts.paying
    yield "alerts.billing_route", settings.alerts.billing_route
    yield (
        "alerts.paying_amounts",
        [int(each) if each == int(each) else str(each) for each in settings.alerts.paying_amounts],
    )
    yield "alerts.budgets", settings.alerts.budgets
    yield "alerts.spikes", settings.alerts.spikes
    yield "alerts.spikes_mute", list(settings.alerts.spikes_mute)
    yield "alerts.backend", settings.alerts.backend
    yield "alerts.command", list(settings.alerts.command)
    yield "alerts.webhook", settings.alerts.webhook
    yield "icon.panel", settings.icon.panel
    yield "icon.label", settings.icon.label
    yield "incidents", settings.incidents
    yield "statusline.cost", settings.status_line_cost
    yield "rates", [each.written() for each in settings.rates]
    yield "budgets", [each.written() for each in settings.budgets]
    for provider_id in sorted({*providers, *settings.providers}):
        own = settings.of(provider_id)
        yield f"providers.{provider_id}.enabled", own.enabled
        yield f"providers.{provider_id}.homes", [str(each) for each in own.homes]
        yield f"providers.{provider_id}.allow", list(own.allow)
        yield f"providers.{provider_id}.plan", own.plan
        yield f"providers.{provider_id}.plan_day", own.plan_day
        yield f"providers.{provider_id}.logs", [f"{name}={place}" for name, place in own.logs]
        yield f"providers.{provider_id}.address", own.address
        yield f"providers.{provider_id}.options", list(own.options)

        for name in own.accounts:
            yield from _account_values(settings, provider_id, name).items()


def _account_values(settings: Settings, provider_id: str, name: str) -> dict[str, Any]:
    own = settings.of(provider_id).account(name)
    shares = settings.thresholds(provider_id, name)
    place = f"providers.{provider_id}.accounts.{name}"
    return {
        f"{place}.enabled": own.enabled,
        f"{place}.label": own.label,
        f"{place}.thresholds": [round(each * 100, 3) for each in shares],
        f"{place}.allow": list(own.allow),
        f"{place}.address": own.address,
    }


def _toml(value: Any) -> str:
    import tomlkit  # deferred: most verbs print no TOML

    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return (
            "["
            + ", ".join(_toml(int(each) if isinstance(each, float) and each == int(each) else each) for each in value)
            + "]"
        )
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
