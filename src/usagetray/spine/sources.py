"""Which sources there are here and now: providers switched on, their homes, the strategies consented to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from usagetray.edges import facts
from usagetray.edges.store import Source
from usagetray.overview import FoundTool
from usagetray.providers.contract import Home, Key, Provider, Strategy
from usagetray.settings import Settings

NO_HOME = Home(path=Path("-"), is_default=True)
"""Stands for the home of a provider that has no tool on this machine, only a key."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A provider's tool as it is installed in one home."""

    provider: Provider
    home: Home

    def source(self, strategy: Strategy) -> Source:
        return Source(provider=self.provider.id, home=str(self.home.path), strategy=strategy.id)


def tools(providers: Sequence[Provider], settings: Settings, environ: Mapping[str, str]) -> Iterator[Tool]:
    """Every home of every provider that is switched on."""
    for provider in providers:
        own = settings.of(provider.id)
        if own.enabled:
            homes = (NO_HOME,) if provider.homes is None else facts.homes(provider.homes, environ, own.homes)
            yield from (Tool(provider, home) for home in homes)


def permitted(provider: Provider, settings: Settings) -> tuple[Strategy, ...]:
    """The strategies that need no consent, or have it."""
    allowed = settings.of(provider.id).allow
    return tuple(each for each in provider.strategies if each.consent is None or each.id in allowed)


def is_used_here(tool: Tool) -> bool:
    """The vendor's tool has left a trace in this home."""
    return facts.seen(tool.provider, tool.home)


def key_name(provider: Provider, key: Key) -> str:
    """The name a provider's key is kept under."""
    return f"{provider.id}/{key.name}"


def found_tools(
    providers: Sequence[Provider], settings: Settings, environ: Mapping[str, str], state_dir: Path
) -> tuple[FoundTool, ...]:
    """The tools of which there is a trace on this machine, switched on or not."""
    from usagetray.edges import hooks  # deferred: who only asks what is permitted has a tenth of a second

    everything = Settings(providers={})
    found: dict[str, FoundTool] = {}
    for tool in tools(providers, everything, environ):
        if tool.provider.id not in found and is_used_here(tool):
            found[tool.provider.id] = FoundTool(
                provider=tool.provider.id,
                name=tool.provider.name,
                reads=tool.provider.reads,
                connected=settings.of(tool.provider.id).enabled,
                hooks=tuple(
                    (hook.id, hook.explains, hooks.installed(hook, tool.home, state_dir=state_dir))
                    for hook in tool.provider.hooks
                ),
            )
    return tuple(found.values())
