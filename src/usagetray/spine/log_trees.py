"""Every tree of logs that is to be read, and whose it is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from usagetray.edges.usage_logs.reading import Origin
from usagetray.providers.contract import Home, Provider
from usagetray.settings import Settings
from usagetray.spine.sources import tools

LinuxHomes = Callable[[], Iterable[tuple[str, Path]]]


def log_trees(
    providers: Sequence[Provider],
    settings: Settings,
    environ: Mapping[str, str],
    linux_homes: LinuxHomes | None = None,
) -> Iterator[Origin]:
    """Those of this computer's tools, of Linux distributions within Windows, and of the folders the user names.

    `linux_homes`: a distribution's name and a home in it; where none are given, those there are.
    """
    if linux_homes is None and sys.platform == "win32":
        from usagetray.edges import wsl  # deferred: elsewhere there are none

        linux_homes = wsl.homes
    for tool in tools(providers, settings, environ):
        account = "" if tool.home.is_default else str(tool.home.path)
        yield from _trees(tool.provider, tool.home, account, "")
    for machine, linux_home in linux_homes() if linux_homes is not None else ():
        for provider in providers:
            if provider.homes is not None and settings.of(provider.id).enabled:
                for place in (provider.homes.default, *provider.homes.also):
                    if place.startswith("~/"):
                        home = Home(path=linux_home / place.removeprefix("~/"), is_default=False)
                        yield from _trees(provider, home, "", machine)
    for provider in providers:
        own = settings.of(provider.id)
        for machine, folder in own.logs if own.enabled else ():
            yield from _trees(provider, Home(path=folder, is_default=False), "", machine)


def _trees(provider: Provider, home: Home, account: str, machine: str) -> Iterator[Origin]:
    if provider.logs is not None:
        for tree in provider.logs.trees(home):
            yield Origin(provider.id, account, machine, home, provider.logs, str(tree))
