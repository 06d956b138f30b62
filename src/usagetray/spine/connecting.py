"""Consent, given and withdrawn: which strategies may be used, which helper stands where, which key is kept.

Each of these has one name within its provider, the one `usagetray providers` lists.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from usagetray.edges import hooks
from usagetray.edges.keychain import Keychain
from usagetray.edges.settings_file import set_value
from usagetray.errors import Cause, SourceError, UserError
from usagetray.model import Secret
from usagetray.profile import Profile
from usagetray.providers.contract import Hook, Key, Provider, Strategy
from usagetray.settings import load
from usagetray.spine.sources import Tool, key_name, tools


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One thing a user can allow, in the words they agree to."""

    name: str
    explains: str
    hook: Hook | None = None
    strategy: Strategy | None = None

    @property
    def key(self) -> Key | None:
        """The secret it needs from the user."""
        needs = self.strategy.needs if self.strategy else ()
        return next((need for need in needs if isinstance(need, Key)), None)


def offers(provider: Provider) -> tuple[Offer, ...]:
    """What can be allowed beyond what is read without asking."""
    from_hooks = [Offer(name=hook.id, explains=hook.explains, hook=hook) for hook in provider.hooks]
    asked = [
        Offer(name=each.id.replace("_", "-"), explains=each.consent, strategy=each)
        for each in provider.strategies
        if each.consent is not None
    ]
    return (*from_hooks, *asked)


class Connecting:
    """One provider's consents in one profile."""

    def __init__(self, profile: Profile, provider: Provider, keychain: Keychain, home: Path | None = None) -> None:
        self.profile = profile
        self.provider = provider
        self._keychain = keychain
        self._home = home

    def is_given(self, offer: Offer) -> bool:
        if offer.hook is not None:
            return hooks.installed(offer.hook, self._tool().home, state_dir=self.profile.paths.state_dir)
        assert offer.strategy is not None  # noqa: S101 - an offer is one or the other
        return offer.strategy.id in load(self.profile.paths.config_file).of(self.provider.id).allow

    def switch_on(self) -> None:
        """Reads what may be read without asking, from now on."""
        if not load(self.profile.paths.config_file).of(self.provider.id).enabled:
            self._set("enabled", True)

    def give(self, offer: Offer, ask_key: Callable[[Key], Secret | None]) -> str:
        """Puts one consent into force; says what was done. Raises `UserError`, `SourceError` of the key store.

        `ask_key`: None for a key that is to be taken from the environment, each time anew.
        """
        if offer.hook is not None:
            command = hooks.own_command(program(), _verb(program()), self.profile.paths.profile)
            state_dir = self.profile.paths.state_dir
            return hooks.install(offer.hook, self._tool().home, command=command, state_dir=state_dir)
        given = ask_key(offer.key) if offer.key is not None else None
        if offer.key is not None and given is not None:
            self._keychain.set(key_name(self.provider, offer.key), given)
        self._allow(offer, given=True)
        return "The key is in your system's key store." if given else "Allowed."

    def withdraw(self, offer: Offer) -> str:
        """Takes it back; a key is deleted. Raises `UserError`, and `SourceError` where the key may still be there."""
        if offer.hook is not None:
            return hooks.remove(offer.hook, self._tool().home, state_dir=self.profile.paths.state_dir)
        self._allow(offer, given=False)  # first: from now on it is not used, whatever the key store says
        if offer.key is not None:
            try:
                self._keychain.delete(key_name(self.provider, offer.key))
            except SourceError as error:
                if error.cause is not Cause.STORE_MISSING:  # without a store nothing was ever kept
                    raise
            return "No longer allowed, and no key of it is kept."
        return "No longer allowed."

    def switch_off(self) -> None:
        self._set("enabled", False)

    def _allow(self, offer: Offer, *, given: bool) -> None:
        assert offer.strategy is not None  # noqa: S101 - hooks are handled before
        allowed = load(self.profile.paths.config_file).of(self.provider.id).allow
        others = [each for each in allowed if each != offer.strategy.id]
        self._set("allow", [*others, offer.strategy.id] if given else others)

    def _set(self, name: str, value: object) -> None:
        set_value(self.profile.paths.config_file, f"providers.{self.provider.id}.{name}", value)

    def _tool(self) -> Tool:
        """The home that is meant. Raises `UserError` if there are several and none was named."""
        settings = load(self.profile.paths.config_file)
        found = list(tools([self.provider], settings, self.profile.environ))
        if not found:
            raise UserError(f"{self.provider.name} is switched off: `usagetray connect {self.provider.id}` first.")
        if self._home is not None:
            wanted = self._home.expanduser().absolute()
            found = [each for each in found if each.home.path == wanted]
            if not found:
                raise UserError(f"{wanted} is not a folder usagetray knows for {self.provider.name}.")
        if len(found) > 1:
            names = ", ".join(str(each.home.path) for each in found)
            raise UserError(f"{self.provider.name} has several folders here; name one with --home: {names}.")
        return found[0]


def program() -> Path:
    """The program that another tool should start: the installed command, else this interpreter."""
    beside = Path(sys.executable).parent / "usagetray"
    if beside.exists():
        return beside
    found = shutil.which("usagetray")
    return Path(found).absolute() if found else Path(sys.executable)


def _verb(started: Path) -> str:
    return "-m usagetray statusline" if started == Path(sys.executable) else "statusline"


def find_provider(providers: Sequence[Provider], name: str) -> Provider:
    """By its id or name. Raises `UserError` with the names there are."""
    wanted = name.lower()
    for provider in providers:
        if wanted in (provider.id, provider.name.lower()):
            return provider
    raise UserError(f"There is no provider called {name!r}; known are {', '.join(each.id for each in providers)}.")
