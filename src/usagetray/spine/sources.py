"""Which sources there are here and now: providers switched on, their homes, the strategies consented to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from usagetray.edges import facts
from usagetray.edges.store import Source
from usagetray.overview import FoundTool
from usagetray.providers.contract import Home, Key, Provider, Strategy
from usagetray.settings import Settings

NO_HOME = Home(path=Path("-"), is_default=True)
"""Stands for the home of a provider that has no tool on this machine, only a key."""


FIRST = "default"
"""The account of the first key, which needs no name; no further account may be called so."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A provider's tool as it is installed in one home, or a further account of which the user gave us the key."""

    provider: Provider
    home: Home
    account: str = ""  # the name the user gave the further account

    def source(self, strategy: Strategy) -> Source:
        return Source(provider=self.provider.id, home=str(self.home.path), strategy=strategy.id)


def tools(providers: Sequence[Provider], settings: Settings, environ: Mapping[str, str]) -> Iterator[Tool]:
    """Every home of every provider that is switched on, then its further accounts."""
    for provider in providers:
        own = settings.of(provider.id)
        if own.enabled:
            homes = (NO_HOME,) if provider.homes is None else facts.homes(provider.homes, environ, own.homes)
            yield from (Tool(provider, home) for home in homes)
            for name, account in own.accounts.items():
                if account.enabled and account.allow and name != FIRST:
                    yield Tool(provider, account_home(name), name)


def account_home(name: str) -> Home:
    """Stands for the home of a further account, which has only a key: no file is looked for in it."""
    return Home(path=NO_HOME.path / name, is_default=True)


def account_at(home: str) -> str:
    """The further account's name that a home stands for; "" for every other home."""
    parts = Path(home).parts
    return parts[1] if len(parts) == 2 and parts[0] == str(NO_HOME.path) else ""


def strategies_of(provider: Provider, account: str = "") -> tuple[Strategy, ...]:
    """All a provider has; for a further account those that a key is enough for, and no key but its own will do."""
    if not account:
        return provider.strategies
    keys = [(each, [need for need in each.needs if isinstance(need, Key)]) for each in provider.strategies]
    return tuple(replace(each, needs=tuple(replace(need, env=()) for need in needs)) for each, needs in keys if needs)


def permitted(provider: Provider, settings: Settings, account: str = "") -> tuple[Strategy, ...]:
    """The strategies that need no consent, or have it."""
    own = settings.of(provider.id)
    if not account:
        return tuple(each for each in provider.strategies if each.consent is None or each.id in own.allow)
    known = own.account(account)
    return tuple(each for each in strategies_of(provider, account) if known.enabled and each.id in known.allow)


def is_used_here(tool: Tool) -> bool:
    """The vendor's tool has left a trace in this home."""
    return facts.seen(tool.provider, tool.home)


def key_name(provider: Provider, key: Key, account: str = "") -> str:
    """The name a key is kept under: each account has its own."""
    return f"{provider.id}{'@' * bool(account)}{account}/{key.name}"


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
