"""`usagetray connect PROVIDER`: says what each source would read or write, and asks once for each."""

from __future__ import annotations

import argparse
import getpass
import sys
import textwrap
from collections.abc import Mapping, Sequence

from usagetray.errors import Cause, SourceError, UserError
from usagetray.model import Secret
from usagetray.providers import discover
from usagetray.providers.contract import Key, Provider
from usagetray.spine.connecting import Connecting, Offer, find_provider, offers
from usagetray.spine.reading import make_keychain
from usagetray.views.cli import out
from usagetray.views.cli.config import tell_tray
from usagetray.views.cli.opening import opened


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    provider = find_provider(discover(), arguments.provider)
    connecting = Connecting(profile, provider, make_keychain(profile), arguments.home)
    chosen = choose(provider, arguments.only)
    connecting.switch_on()
    if provider.reads:
        out(_wrapped(f"{provider.name}: {provider.reads}"))
    for offer in chosen:
        if connecting.is_given(offer) and offer.key is None:
            out(f"\n{offer.name}: allowed already.")
            continue
        out(f"\n{offer.name}")
        out(_wrapped(offer.explains, indent="  "))
        if arguments.yes or _agrees(offer):
            out("  " + give(connecting, offer, profile.environ))
        else:
            out("  Left as it is.")
    tell_tray(profile, "refresh")  # a new key is reason to ask at once
    return 0


def choose(provider: Provider, only: Sequence[str] | None) -> tuple[Offer, ...]:
    """The offers that are meant. Raises `UserError` for a name there is not."""
    known = offers(provider)
    if not only:
        return known
    unknown = [name for name in only if name not in {each.name for each in known}]
    if unknown:
        names = ", ".join(each.name for each in known) or "none"
        raise UserError(f"{provider.name} has nothing called {unknown[0]!r} to allow; there is: {names}.")
    return tuple(each for each in known if each.name in only)


def give(connecting: Connecting, offer: Offer, environ: Mapping[str, str]) -> str:
    try:
        return connecting.give(offer, lambda key: _typed_key(key, environ))
    except SourceError as error:
        if error.cause is Cause.STORE_MISSING:
            name = offer.key.env[0] if offer.key and offer.key.env else "an environment variable"
            raise UserError(
                "This system has no key store, so the key was not kept anywhere: "
                f"set {name} where usagetray starts and connect again, "
                "or install a key store (gnome-keyring, KWallet, KeePassXC)."
            ) from None
        raise UserError(
            "The key store is locked or did not answer, so the key was not kept: unlock it, then try again."
        ) from None


def _agrees(offer: Offer) -> bool:
    """A key that is typed or piped in is itself the consent; anything else is asked for. No terminal: no consent."""
    if offer.key is not None:
        return True
    if not sys.stdin.isatty():
        out("  There is nobody to ask here; --yes would allow it.")
        return False
    try:
        return input("  Allow this? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        out("")
        return False


def _typed_key(key: Key, environ: Mapping[str, str]) -> Secret | None:
    """From a hidden prompt, or from what is piped in; never from an argument, which every process can see.

    None where nothing was given and the environment has one.
    """
    named = next((name for name in key.env if environ.get(name)), None)
    hint = f"not shown; nothing: the one in {named}" if named else "not shown"
    try:
        text = getpass.getpass(f"  {key.label} ({hint}): ") if sys.stdin.isatty() else sys.stdin.readline()
    except EOFError:
        text = ""
    text = text.strip()
    if not text and named:
        out(f"  The key is taken from {named} each time it is needed, and kept nowhere.")
        return None
    if not text:
        raise UserError("No key was given, so nothing was changed.")
    if not text.isascii() or not text.isprintable() or " " in text:
        raise UserError("That is not a key: it has characters a key cannot have. Nothing was changed.")
    return Secret(text)


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(text, 80, initial_indent=indent, subsequent_indent=indent)
