"""What the windows ask the tray to change: a setting, a consent, starting at login. Each wish is checked here again.

A wish is one JSON object; what a window may wish for is in `WISHES`. It ends in a sentence, or in a `UserError` with
one. A key arrives in it, goes into the system's key store, and is in no sentence, log or file.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from usagetray.edges.keychain import Keychain
from usagetray.edges.notify import AlertText, Notifier
from usagetray.edges.settings_file import set_value, unset_value
from usagetray.errors import SourceError, UserError
from usagetray.language import tr
from usagetray.model import Secret
from usagetray.profile import Profile
from usagetray.providers.contract import Key, Provider
from usagetray.settings import Settings
from usagetray.settings.keys import CONSENTS, form_of, kind_of
from usagetray.settings.reading import load
from usagetray.spine.connecting import (
    Connecting,
    Offer,
    checked_account,
    checked_key,
    find_provider,
    not_kept,
    offers,
)
from usagetray.spine.own_providers import known
from usagetray.spine.sources import tools

WISHES = frozenset({"set", "allow", "withdraw", "disconnect", "autostart", "test_alert"})
REFUSED = CONSENTS | {"welcomed", "rates"}
"""Settings that no window sets one by one: consents are agreed to in words, prices are written in the file."""


class Changing:
    def __init__(self, profile: Profile, keychain: Keychain, notifier: Notifier) -> None:
        self._profile, self._keychain, self._notifier = profile, keychain, notifier

    def do(self, wish: Mapping[str, Any]) -> str:
        """What was done, in a sentence; "" where nothing is to be said. Raises `UserError`."""
        match wish.get("event"):
            case "set":
                return self._set(_text(wish, "key"), wish.get("value"))
            case "allow":
                return self._allow(wish)
            case "withdraw":
                return self._withdraw(wish)
            case "disconnect":
                return self._disconnect(self._provider(wish), _text(wish, "account"))
            case "autostart":
                return self._start_at_login(wish.get("on") is True)
            case "test_alert":
                return self._test_alert()
        raise UserError(tr("This window is of another version: quit usagetray and start it again."))

    def _set(self, key: str, value: Any) -> str:
        if kind_of(key) is None or form_of(key) in REFUSED:
            raise UserError(tr("{key} is no setting that a window may change.", key=key[:60]))
        if value is None:
            unset_value(self._profile.paths.config_file, key)
        else:
            set_value(self._profile.paths.config_file, key, value)
        return ""

    # ---- consents ------------------------------------------------------------------------------------------

    def _provider(self, wish: Mapping[str, Any]) -> Provider:
        return find_provider(known(self._profile).providers, _text(wish, "provider"))

    def _of(self, wish: Mapping[str, Any]) -> tuple[Connecting, Offer]:
        provider = self._provider(wish)
        account = _text(wish, "account")
        if account:
            account = checked_account(provider, account)
        offer = next((each for each in offers(provider, account) if each.name == _text(wish, "offer")), None)
        if offer is None:
            raise UserError(tr("{name} has nothing of that name to allow.", name=provider.name))
        home = Path(named) if (named := _text(wish, "home")) else None
        return Connecting(self._profile, provider, self._keychain, home, account), offer

    def _allow(self, wish: Mapping[str, Any]) -> str:
        connecting, offer = self._of(wish)
        typed, environ = _text(wish, "secret"), {} if connecting.account else self._profile.environ

        def key(need: Key) -> Secret | None:
            if typed.strip():
                return checked_key(need, typed)
            if any(environ.get(name) for name in need.env):
                return None
            raise UserError(tr("No key was given, so nothing was changed."))

        connecting.switch_on()
        try:
            return connecting.give(offer, key, lambda _: _text(wish, "address").strip() or connecting.address)
        except SourceError as error:
            raise not_kept(error, offer) from None

    def _withdraw(self, wish: Mapping[str, Any]) -> str:
        connecting, offer = self._of(wish)
        try:
            return connecting.withdraw(offer)
        except SourceError:
            raise _maybe_left() from None

    def _disconnect(self, provider: Provider, account: str) -> str:
        """All that was allowed is taken back, and keys are deleted; without an account it is read no more."""
        there = load(self._profile.paths.config_file).of(provider.id).accounts
        accounts = [account] if account else ["", *(name for name, each in there.items() if each.allow)]
        is_left = False
        for each in accounts:
            is_left |= not self._take_back(provider, each)
        if not account:
            Connecting(self._profile, provider, self._keychain).switch_off()
        if is_left:
            raise _maybe_left()
        return tr("{name} is not read any more.", name=provider.name)

    def _take_back(self, provider: Provider, account: str) -> bool:
        """False where a key may still be in the key store."""
        all_done = True
        for offer in offers(provider, account):
            for connecting in self._places(provider, account, offer):
                if offer.key is None and not connecting.is_given(offer):
                    continue
                try:
                    connecting.withdraw(offer)
                except SourceError:
                    all_done = False
        return all_done

    def _places(self, provider: Provider, account: str, offer: Offer) -> Sequence[Connecting]:
        """One, or where something stands in the tool's own settings one for each of its homes."""
        if offer.hook is None:
            return [Connecting(self._profile, provider, self._keychain, account=account)]
        everywhere = tools([provider], Settings(providers={}), self._profile.environ)
        own = load(self._profile.paths.config_file)
        found = {each.home.path: each for each in (*everywhere, *tools([provider], own, self._profile.environ))}
        return [Connecting(self._profile, provider, self._keychain, path) for path in found]

    # ---- the rest ------------------------------------------------------------------------------------------

    def _start_at_login(self, on: bool) -> str:
        from usagetray.edges import autostart  # deferred: asked for once in a program's life

        if self._profile.paths.profile is not None:
            raise UserError(tr("This profile is a separate one, and those do not start at login."))
        entry = autostart.entry(self._profile.environ)
        if on:
            entry.write(autostart.command_now(self._profile.environ, sys.argv))
        else:
            entry.remove()
        return tr("usagetray starts when you log in.") if on else tr("usagetray does not start by itself.")

    def _test_alert(self) -> str:
        alert = AlertText(
            key="test",
            title=tr("usagetray: a test alert"),
            body=tr("Alerts arrive. You can close this."),
            urgency="normal",
        )
        if not self._notifier.send(alert):
            raise UserError(tr("No alert could be shown: no notification service answers on this desktop."))
        alerts = load(self._profile.paths.config_file).alerts
        if alerts.command or alerts.webhook:
            return tr("Your desktop took it, and what you named below was given it too.")
        return tr("Your desktop took it. If you do not see it, look for “do not disturb”.")


def _text(wish: Mapping[str, Any], name: str) -> str:
    found = wish.get(name)
    return found if isinstance(found, str) else ""


def _maybe_left() -> UserError:
    return UserError(
        tr("The key store is locked or did not answer, so the key may still be in it: unlock it, then try again.")
    )
