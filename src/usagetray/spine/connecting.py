"""Consent, given and withdrawn: which strategies may be used, which helper stands where, which key is kept.

Each of these has one name within its provider, the one `usagetray providers` lists.
"""

from __future__ import annotations

import difflib
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from usagetray.edges import hooks
from usagetray.edges.keychain import Keychain
from usagetray.edges.origins import checked_address
from usagetray.edges.settings_file import set_value
from usagetray.errors import Cause, SourceError, UserError
from usagetray.language import tr
from usagetray.model import Secret
from usagetray.profile import Profile
from usagetray.providers.contract import Address, Hook, Key, Provider, Strategy
from usagetray.quick_dataclass import dataclass
from usagetray.settings.reading import load
from usagetray.spine.sources import FIRST, PROFILES, Tool, is_named, key_name, strategies_of, tools

ACCOUNT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
"""It stands in the settings' keys and in the name of the key's entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One thing a user can allow, in the words they agree to."""

    name: str
    explains: str
    hook: Hook | None = None
    strategy: Strategy | None = None
    permit: str = ""  # something that no one strategy needs; its name among those that the settings list

    @property
    def allowed_as(self) -> str:
        """Its name among those that the settings list; "" for a hook, which stands in the tool's own."""
        return self.strategy.id if self.strategy else self.permit

    @property
    def key(self) -> Key | None:
        """The secret it needs from the user."""
        needs = self.strategy.needs if self.strategy else ()
        return next((need for need in needs if isinstance(need, Key)), None)

    @property
    def address(self) -> Address | None:
        """The server it asks, where the user has to say where that stands."""
        return self.strategy.address if self.strategy else None


def offers(provider: Provider, account: str = "") -> tuple[Offer, ...]:
    """What can be allowed beyond what is read without asking; for a further account, with a key of its own."""
    from_hooks = [Offer(name=hook.id, explains=tr(hook.explains), hook=hook) for hook in provider.hooks if not account]
    asked = [
        Offer(name=each.id.replace("_", "-"), explains=tr(each.consent) + _of_page(provider, each), strategy=each)
        for each in strategies_of(provider, account)
        if each.consent is not None
    ]
    return (*from_hooks, *asked, *(() if account else _of_billing(provider)))


def _of_billing(provider: Provider) -> tuple[Offer, ...]:
    rules = provider.billing
    if rules is None:
        return ()
    tool, names = rules.tool, ", ".join(rules.credentials)
    looks = tr(
        "Tells you when {tool} bills a key instead of your plan: looks into your shell’s profiles (such as ~/.zshrc), "
        "your system’s variables and .env files for {names} and the like.",
        tool=tool,
        names=names,
    )
    if rules.reads_sign_in:
        looks = tr(
            "Tells you when {tool} bills a key instead of your plan: looks into your shell’s profiles (such as "
            "~/.zshrc), your system’s variables and .env files for {names} and the like, and at which kind of sign-in "
            "it keeps.",
            tool=tool,
            names=names,
        )
    kept = tr("Only names, files and line numbers are kept and shown, never a value; nothing is run or sent.")
    explains = f"{looks} {kept}"
    return (Offer(name=PROFILES.replace("_", "-"), explains=explains, permit=PROFILES),)


def _of_page(provider: Provider, strategy: Strategy) -> str:
    """What else is looked at from then on, where a server may be asked."""
    if provider.status_page is None or not strategy.asks_server:
        return ""
    host = provider.status_page.origin.removeprefix("https://")
    return " " + tr(
        "Along with it the public status page {host} is looked at, without any secret (to end that: usagetray config "
        "set incidents false).",
        host=host,
    )


class Connecting:
    """One provider's consents in one profile; with a name, those of a further account."""

    def __init__(
        self, profile: Profile, provider: Provider, keychain: Keychain, home: Path | None = None, account: str = ""
    ) -> None:
        self.profile = profile
        self.provider = provider
        self.account = account
        self._keychain = keychain
        self._home = home

    @property
    def _allowed(self) -> tuple[str, ...]:
        own = load(self.profile.paths.config_file).of(self.provider.id)
        return own.account(self.account).allow if self.account else own.allow

    def is_given(self, offer: Offer) -> bool:
        if offer.hook is not None:
            return hooks.installed(offer.hook, self._tool().home, state_dir=self.profile.paths.state_dir)
        return offer.allowed_as in self._allowed

    def switch_on(self) -> None:
        """Reads what may be read without asking, from now on."""
        settings = load(self.profile.paths.config_file)
        own = settings.of(self.provider.id)
        # Before the first-run page is answered, only what stands in the settings is read.
        if not own.enabled or not (settings.welcomed or self.provider.id in settings.providers):
            self._set("enabled", True)
        if self.account and not own.account(self.account).enabled:
            self._set(f"accounts.{self.account}.enabled", True)

    @property
    def address(self) -> str:
        """Of the server, as the user typed it; "" for none."""
        own = load(self.profile.paths.config_file).of(self.provider.id)
        return own.account(self.account).address if self.account else own.address

    def give(
        self,
        offer: Offer,
        ask_key: Callable[[Key], Secret | None],
        ask_address: Callable[[Address], str] | None = None,
    ) -> str:
        """Puts one consent into force; says what was done. Raises `UserError`, `SourceError` of the key store.

        `ask_key`: None for a key that is to be taken from the environment, each time anew. `ask_address`: asked first,
        where the server is the user's own; without it the address stays as it is.
        """
        if offer.hook is not None:
            command = hooks.own_command(program(), _verb(program()), self.profile.paths.profile)
            state_dir = self.profile.paths.state_dir
            return hooks.install(offer.hook, self._tool().home, command=command, state_dir=state_dir)
        address, former = "", ""
        if offer.address is not None:
            former = self.address
            address = "".join(checked_address(ask_address(offer.address) if ask_address else former, offer.address.cut))
        given = ask_key(offer.key) if offer.key is not None else None
        if offer.address is not None and given is None and not is_named(offer.address, address, self.profile.environ):
            named = " or ".join(offer.address.env)
            raise UserError(
                f"A key from the environment is sent only to the address that stands in {named} beside it, and that is "
                f"not {address}: set it to that as well, or type the key. Nothing was changed."
            )
        if offer.key is not None and given is not None:
            self._keychain.set(key_name(self.provider, offer.key, self.account, address), given)
        if offer.address is not None and address != former:
            self._set_address(address)
            if former:
                self._forget(offer, former)
        self._allow(offer, given=True)
        return "The key is in your system's key store." if given else "Allowed."

    def withdraw(self, offer: Offer) -> str:
        """Takes it back; a key is deleted. Raises `UserError`, and `SourceError` where the key may still be there."""
        if offer.hook is not None:
            return hooks.remove(offer.hook, self._tool().home, state_dir=self.profile.paths.state_dir)
        self._allow(offer, given=False)  # first: from now on it is not used, whatever the key store says
        if offer.key is not None:
            self._forget(offer, self.address if offer.address else "")
            if offer.address:
                self._set_address("")
            return "No longer allowed, and no key of it is kept."
        return "No longer allowed."

    def _forget(self, offer: Offer, address: str) -> None:
        assert offer.key is not None  # noqa: S101 - asked by the callers
        try:
            self._keychain.delete(key_name(self.provider, offer.key, self.account, address))
        except SourceError as error:
            if error.cause is not Cause.STORE_MISSING:  # without a store nothing was ever kept
                raise

    def _set_address(self, address: str) -> None:
        self._set(f"accounts.{self.account}.address" if self.account else "address", address)

    def switch_off(self) -> None:
        self._set("enabled", False)

    def _allow(self, offer: Offer, *, given: bool) -> None:
        others = [each for each in self._allowed if each != offer.allowed_as]
        name = f"accounts.{self.account}.allow" if self.account else "allow"
        self._set(name, [*others, offer.allowed_as] if given else others)

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


def checked_key(key: Key, text: str) -> Secret:
    """What was typed or pasted as a key. Raises `UserError` for what cannot be one; its text does not hold it."""
    text = text.strip()
    if not text or not text.isascii() or not text.isprintable() or (" " in text and not key.has_blanks):
        raise UserError("That is not a key: it has characters a key cannot have. Nothing was changed.")
    return Secret(text)


def not_kept(error: SourceError, offer: Offer) -> UserError:
    """Why a key could not be put into the key store, and what to do, in a sentence."""
    name = next(iter(offer.key.env if offer.key else ()), "")
    variable = f", or set {name} where usagetray starts and connect again" if name else ""
    if error.cause is not Cause.STORE_MISSING:
        return UserError(
            "The key store is locked or did not answer, so the key was not kept anywhere: unlock it and try again"
            f"{variable}."
        )
    return UserError(
        "This system has no key store, so the key was not kept anywhere: install one (gnome-keyring, KWallet, "
        f"KeePassXC){variable}."
    )


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
    names = {spelling: each.id for each in providers for spelling in (each.id, each.name.lower())}
    near = dict.fromkeys(names[each] for each in difflib.get_close_matches(wanted, names, n=2))
    meant = f"did you mean {' or '.join(near)}? Known" if near else "known"
    raise UserError(f"There is no provider called {name!r}; {meant} are {', '.join(each.id for each in providers)}.")


def checked_account(provider: Provider, name: str) -> str:
    """A name for a further account. Raises `UserError` for one that cannot be, or where no key makes an account."""
    if not offers(provider, "x"):
        folders = f"; a further folder of its tool goes into the setting providers.{provider.id}.homes"
        raise UserError(
            f"{provider.name} takes no key, so no account can be added by name{folders * (provider.homes is not None)}."
        )
    if ACCOUNT_NAME.fullmatch(name) is None:
        raise UserError(f"An account's name is small letters, digits, - and _, at most 32 of them, not {name[:40]!r}.")
    if name == FIRST:
        raise UserError(f"{FIRST!r} is the account of the first key: leave --account away for it.")
    return name
