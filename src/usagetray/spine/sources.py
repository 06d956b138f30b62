"""Which sources there are here and now: providers switched on, their homes, the strategies consented to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from usagetray.edges import facts
from usagetray.edges.store import Source
from usagetray.model import Secret
from usagetray.providers.contract import Address, Home, Key, Provider, Strategy
from usagetray.quick_dataclass import dataclass
from usagetray.settings import ProviderSettings, Settings

if TYPE_CHECKING:
    from usagetray.overview import FoundTool

NO_HOME = Home(path=Path("-"), is_default=True)
"""Stands for the home of a provider that has no tool on this machine, only a key."""


PROFILES = "shell_profiles"
"""The consent to look into shell profiles, by its name among those that the settings list."""
FIRST = "default"
"""The account of the first key, which needs no name; no further account may be called so."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A provider's tool as it is installed in one home, or a further account of which the user gave us the key."""

    provider: Provider
    home: Home
    account: str = ""  # the name the user gave the further account
    address: str = ""  # of its server, where everybody has their own and the user has typed it
    options: frozenset[str] = frozenset()

    def source(self, strategy: Strategy) -> Source:
        return Source(provider=self.provider.id, home=str(self.home.path), strategy=strategy.id)


def tools(providers: Sequence[Provider], settings: Settings, environ: Mapping[str, str]) -> Iterator[Tool]:
    """Every home of every provider that is switched on, then its further accounts."""
    for provider in providers:
        own = settings.of(provider.id)
        if own.enabled:
            homes = (NO_HOME,) if provider.homes is None else facts.homes(provider.homes, environ, own.homes)
            options = frozenset(own.options)
            yield from (Tool(provider, home, "", own.address, options) for home in homes)
            for name, account in own.accounts.items():
                if account.enabled and account.allow and name != FIRST:
                    yield Tool(provider, account_home(name), name, account.address, options)


def unanswered(settings: Settings, providers: Sequence[str]) -> Settings:
    """Before the first-run page was answered, a provider is read only if the settings already speak of it."""
    if settings.welcomed:
        return settings
    silent = {each: ProviderSettings(enabled=False) for each in providers if each not in settings.providers}
    return replace(settings, providers=MappingProxyType({**settings.providers, **silent}))


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
    keyed = [each for each in provider.strategies if any(isinstance(need, Key) for need in each.needs)]
    needs = [[replace(need, env=()) for need in each.needs if isinstance(need, Key | Address)] for each in keyed]
    return tuple(replace(each, needs=tuple(own)) for each, own in zip(keyed, needs, strict=True))


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


def key_name(provider: Provider, key: Key, account: str = "", address: str = "") -> str:
    """The name a key is kept under: each account has its own, and so has each address the user typed.

    So no change of the settings, whoever makes it, sends a key to another server than the one it was given for.
    """
    return f"{provider.id}{'@' * bool(account)}{account}/{key.name}{'@' * bool(address)}{address}"


def key_of(tool: Tool, strategy: Strategy, get: Callable[[str], Secret | None]) -> Callable[[Key], Secret | None]:
    """How a strategy's key is looked up with `get`, by its name in the key store. Without an address there is none."""
    if strategy.address is not None and not tool.address:
        return lambda _: None
    address = tool.address if strategy.address is not None else ""
    return lambda key: get(key_name(tool.provider, key, tool.account, address))


def is_named(need: Address, address: str, environ: Mapping[str, str]) -> bool:
    """Whether the environment says this very address too."""
    from usagetray.edges.origins import written_once  # deferred: who only reads the store has a tenth of a second

    return bool(address) and any(written_once(environ.get(name, ""), need.cut) == address for name in need.env)


def environ_of(tool: Tool, strategy: Strategy, environ: Mapping[str, str]) -> Mapping[str, str]:
    """The variables a strategy may read. A key of the environment goes to no address but the one it names beside it."""
    if strategy.address is None or is_named(strategy.address, tool.address, environ):
        return environ
    keys = {name for need in strategy.needs if isinstance(need, Key) for name in need.env}
    return {name: value for name, value in environ.items() if name not in keys}


def keyed(providers: Sequence[Provider]) -> tuple[tuple[str, str], ...]:
    """Id and name of each that takes a key of the user's."""
    return tuple(
        (each.id, each.name)
        for each in providers
        if any(isinstance(need, Key) for strategy in each.strategies for need in strategy.needs)
    )


def found_tools(
    providers: Sequence[Provider], settings: Settings, environ: Mapping[str, str], state_dir: Path
) -> tuple[FoundTool, ...]:
    """The tools of which there is a trace on this machine, switched on or not."""
    # Deferred: who only asks what is permitted, or reads logs, has a tenth of a second.
    from usagetray.edges import hooks
    from usagetray.overview import FoundTool

    everything = Settings(providers={})
    found: dict[str, FoundTool] = {}
    for tool in tools(providers, everything, environ):
        if tool.provider.id not in found and is_used_here(tool):
            own = settings.of(tool.provider.id)
            found[tool.provider.id] = FoundTool(
                provider=tool.provider.id,
                name=tool.provider.name,
                reads=tool.provider.reads,
                connected=own.enabled,
                hooks=tuple(
                    (hook.id, hook.explains, hooks.installed(hook, tool.home, state_dir=state_dir))
                    for hook in tool.provider.hooks
                ),
                is_free=any(each.consent is None for each in tool.provider.strategies),
                asks=tuple(
                    (each.id.replace("_", "-"), each.label, each.consent, each.id in own.allow)
                    for each in tool.provider.strategies
                    if each.consent is not None and not any(isinstance(need, Key) for need in each.needs)
                ),
            )
    return tuple(found.values())
