"""Which credential each tool would bill: looked at every few minutes, and when a file that has a say has changed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from usagetray.billing import BillingRules, Mode, Scene
from usagetray.domain.billing_route import billed
from usagetray.edges.billing import gathered, repository_root
from usagetray.edges.billing.disk import Disk, Stamp, stamp
from usagetray.edges.clock import Clock
from usagetray.edges.store import Store
from usagetray.overview import BillingView
from usagetray.providers.contract import Provider
from usagetray.quick_dataclass import dataclass
from usagetray.settings import Settings
from usagetray.spine import billing_record
from usagetray.spine.sources import PROFILES, Tool, is_used_here, tools

CHECK_EVERY = timedelta(minutes=5)
"""A folder may have got a new file, and a key of the registry has no time of its own."""
SAID_AGAIN = timedelta(hours=1)
"""What has not changed is written down anew this often, so that readers can tell it from what nobody looks at."""
FOLDERS = ("XDG_CONFIG_HOME", "ZDOTDIR", "APPDATA", "OneDrive")


@dataclass(frozen=True, slots=True)
class _Looked:
    """What the last look was made on."""

    at: datetime
    settings: Settings
    stamps: Mapping[str, Stamp]


class Billing:
    """Writes what it finds into the store, for every view and for the alerts."""

    def __init__(
        self,
        clock: Clock,
        store: Store,
        environ: Mapping[str, str],
        *,
        providers: Callable[[], Sequence[Provider]],
        settings: Callable[[], Settings],
    ) -> None:
        self._clock = clock
        self._store = store
        self._environ = environ
        self._providers = providers
        self._settings = settings
        self._looked: _Looked | None = None

    def tick(self) -> bool:
        """Looks if it is time to, or if anything has changed. True if something else is billed now."""
        now, settings, looked = self._clock.now(), self._settings(), self._looked
        if (
            looked is not None
            and looked.settings is settings
            and timedelta(0) <= now - looked.at < CHECK_EVERY
            and all(stamp(path) == known for path, known in looked.stamps.items())
        ):
            return False
        stamps: dict[str, Stamp] = {}
        is_new = False
        providers = self._providers()
        for provider in providers:
            if provider.billing is not None and _may_look(provider, provider.billing, settings):
                views = []
                for tool in _here(provider, settings, self._environ):
                    disk = Disk()
                    view = view_of(tool, provider.billing, disk, self._environ, providers, settings, now)
                    views.append(view)
                    stamps |= disk.stamps()
                is_new |= self._keep(provider, views, now)
        self._looked = _Looked(now, settings, stamps)
        return is_new

    def _keep(self, provider: Provider, views: Sequence[BillingView], now: datetime) -> bool:
        former = {each.home: each for each in billing_record.kept(self._store, provider, now)}
        # A file that was just being written says nothing: what was known of it goes on.
        found = {each.home: each if each.verdicts else former.get(each.home) for each in views}
        current = {home: view for home, view in found.items() if view is not None}
        if {home: view.verdicts for home, view in current.items()} == {
            home: view.verdicts for home, view in former.items()
        } and all(timedelta(0) <= now - each.looked_at < SAID_AGAIN for each in former.values()):
            return False
        billing_record.keep(self._store, provider, tuple(current.values()))
        return True


def _may_look(provider: Provider, rules: BillingRules, settings: Settings) -> bool:
    """Whoever allowed a source that reads the sign-in, or the look into profiles, allowed this look at its kind."""
    return not rules.reads_sign_in or bool(settings.of(provider.id).allow)


def _here(provider: Provider, settings: Settings, environ: Mapping[str, str]) -> Iterator[Tool]:
    return (each for each in tools([provider], settings, environ) if not each.account and is_used_here(each))


def view_of(
    tool: Tool,
    rules: BillingRules,
    disk: Disk,
    environ: Mapping[str, str],
    providers: Sequence[Provider],
    settings: Settings,
    now: datetime,
    *,
    place: Path | None = None,
) -> BillingView:
    """What this tool bills when a person starts it, and when a script does.

    `place`: the folder it is started in, with the very environment given here; None: in none of a project, from a
    terminal of which only files tell. No verdicts: a file that decides is being written just now.
    """
    may_read = PROFILES in settings.of(tool.provider.id).allow
    scene = scene_of(tool, environ, disk, place=place)
    facts = gathered(rules, scene, disk, profiles=may_read, vendors=vendors(providers))
    # What is found is the same for all modes.
    starts = [replace(facts, scene=replace(scene, mode=mode)) for mode in (Mode.INTERACTIVE, Mode.HEADLESS)]
    broken = [facts.documents[name].broken_at for name in rules.rewritten if name in facts.documents]
    verdicts = [billed(rules, each) for each in starts] if place is not None or not any(broken) else []
    return BillingView(
        provider=tool.provider.id,
        tool=rules.tool,
        typed=rules.programs[0],
        headless=rules.headless,
        check=rules.check,
        home=str(tool.home.path),
        user_home=_home(environ),
        looked_at=now,
        profiles_read=may_read,
        verdicts=tuple(verdicts),
    )


def here(
    providers: Sequence[Provider], settings: Settings, environ: Mapping[str, str], now: datetime, place: Path
) -> tuple[BillingView, ...]:
    """What each tool bills that is started in this folder with this very environment."""
    disk = Disk()
    return tuple(
        found
        for provider in providers
        if provider.billing is not None
        for tool in _here(provider, settings, environ)
        if (found := view_of(tool, provider.billing, disk, environ, providers, settings, now, place=place))
    )


def vendors(providers: Sequence[Provider]) -> dict[str, str]:
    """Who bills at which host, as far as other vendors' tools are served there."""
    return {host: each.name for each in providers for host in each.hosts}


# ---- how a tool is started here ----------------------------------------------------------------------------


def scene_of(tool: Tool, environ: Mapping[str, str], disk: Disk, *, place: Path | None) -> Scene:
    system = _system(environ)
    folder = None if place is None else str(place)
    return Scene(
        mode=Mode.INTERACTIVE,
        system=system,
        home=_home(environ),
        tool_home=str(tool.home.path),
        is_default_home=tool.home.is_default,
        place=folder,
        root=repository_root(folder, system, disk) if folder else None,
        terminal_shell=_shell(environ),
        environ=None if place is None else environ,
        folders={name: environ[name] for name in FOLDERS if environ.get(name)},
    )


def _system(environ: Mapping[str, str]) -> str:
    if sys.platform in ("win32", "darwin"):
        return "windows" if sys.platform == "win32" else "macos"
    return "wsl" if environ.get("WSL_DISTRO_NAME") else "linux"


def _home(environ: Mapping[str, str]) -> str:
    return environ.get("HOME") or os.path.expanduser("~")  # noqa: PTH111 - a text, as the rules put it together


def _shell(environ: Mapping[str, str]) -> str:
    """The user's own shell: that of the environment, else the one they sign in with."""
    if sys.platform == "win32":
        return "powershell"
    path = environ.get("SHELL", "")
    if not path:
        import pwd  # deferred: not on Windows

        try:
            path = pwd.getpwuid(os.getuid()).pw_shell
        except KeyError:
            return "bash"
    return Path(path).name
