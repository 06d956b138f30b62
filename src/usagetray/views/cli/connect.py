"""`usagetray connect PROVIDER`: says what each source would read or write, and asks once for each.

Without a name it goes through what was found on this computer.
"""

from __future__ import annotations

import argparse
import getpass
import sys
import textwrap
from collections.abc import Mapping, Sequence

from usagetray.errors import SourceError, UserError
from usagetray.model import Secret
from usagetray.profile import Profile
from usagetray.providers.contract import Address, Key, Provider
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
from usagetray.spine.reading import make_keychain
from usagetray.spine.sources import found_tools
from usagetray.views.cli import out
from usagetray.views.cli.config import tell_tray
from usagetray.views.cli.opening import opened


class _NothingGivenError(UserError):
    """A key or an address was asked for and left empty."""


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    providers = known(profile).providers
    if arguments.provider is None:
        return _walk(profile, providers, arguments)
    provider = find_provider(providers, arguments.provider)
    account = checked_account(provider, arguments.account) if arguments.account else ""
    connecting = Connecting(profile, provider, make_keychain(profile), arguments.home, account)
    chosen = choose(provider, arguments.only, account)
    if not arguments.only:
        chosen = _meant(provider, chosen)
    connecting.switch_on()
    _offer(connecting, chosen, yes=arguments.yes)
    tell_tray(profile, "refresh")  # a new key is reason to ask at once
    return 0


def _walk(profile: Profile, providers: Sequence[Provider], arguments: argparse.Namespace) -> int:
    """Through what was found, and what a key in the environment speaks for; nothing else is brought up."""
    if arguments.yes or arguments.only or arguments.account or arguments.home:
        raise UserError("Which provider is meant? Name it before --yes, --only, --account or --home.")
    settings = load(profile.paths.config_file)
    found = {each.provider for each in found_tools(providers, settings, profile.environ, profile.paths.state_dir)}
    here = [each for each in providers if each.id in found or _key_here(each, profile.environ)]
    for provider in here:
        connecting = Connecting(profile, provider, make_keychain(profile))
        given = [each for each in offers(provider) if _is_given(connecting, each)]
        settled = {each.strategy.one_of for each in given if each.strategy and each.strategy.one_of}
        missing = [
            each
            for each in offers(provider)
            if each not in given and not (each.strategy and each.strategy.one_of in settled)
        ]
        state = "is switched off" if not settings.of(provider.id).enabled else "reads all it can"
        if settings.of(provider.id).enabled and missing:
            state = f"could read more: {', '.join(each.name for each in missing)}"
        out(f"\n{provider.name} {state}.")
        if missing and sys.stdin.isatty() and _says_yes(f"Go through it? (usagetray connect {provider.id})"):
            connecting.switch_on()
            try:
                _offer(connecting, _meant(provider, missing), yes=False)
            except UserError as error:  # of one provider; the next one is asked about all the same
                out(f"  {error}")
    if not here:
        out("None of the tools it knows was found on this computer.")
    elif not sys.stdin.isatty():
        out("\nThere is nobody to ask here; `usagetray connect NAME` connects one.")
    others = [each.id for each in providers if each not in here and any(offer.key for offer in offers(each))]
    if others:
        out("\n" + _wrapped(f"With a key of yours: usagetray connect NAME, of {', '.join(others)}."))
    tell_tray(profile, "refresh")
    return 0


def _key_here(provider: Provider, environ: Mapping[str, str]) -> bool:
    return any(offer.key and any(environ.get(name) for name in offer.key.env) for offer in offers(provider))


def _is_given(connecting: Connecting, offer: Offer) -> bool:
    try:
        return connecting.is_given(offer)
    except UserError:  # several homes: `connect --home` tells them apart
        return True


def _offer(connecting: Connecting, chosen: Sequence[Offer], *, yes: bool) -> None:
    """Each in the words the user agrees to, and put into force if they do. Raises `UserError`."""
    provider, environ = connecting.provider, {} if connecting.account else connecting.profile.environ
    if provider.reads and not connecting.account:
        out(_wrapped(f"{provider.name}: {provider.reads}"))
    for offer in chosen:
        if connecting.is_given(offer) and offer.key is None:
            out(f"\n{offer.name}: allowed already.")
            continue
        out(f"\n{offer.name}" + f", account {connecting.account}" * bool(connecting.account))
        out(_wrapped(offer.explains, indent="  "))
        if yes or _agrees(offer):
            try:
                out("  " + give(connecting, offer, environ))
            except _NothingGivenError:
                if len(chosen) == 1:
                    raise
                out("  Left as it is.")
        else:
            out("  Left as it is.")


def choose(provider: Provider, only: Sequence[str] | None, account: str = "") -> tuple[Offer, ...]:
    """The offers that are meant. Raises `UserError` for a name there is not."""
    known = offers(provider, account)
    if not only:
        return known
    unknown = [name for name in only if name not in {each.name for each in known}]
    if unknown:
        names = ", ".join(each.name for each in known) or "none"
        raise UserError(f"{provider.name} has nothing called {unknown[0]!r} to allow; there is: {names}.")
    return tuple(each for each in known if each.name in only)


def _meant(provider: Provider, known: Sequence[Offer]) -> tuple[Offer, ...]:
    """All of them, but only the one that the user names where they are for different accounts. Raises `UserError`."""
    groups = dict.fromkeys(each.strategy.one_of for each in known if each.strategy and each.strategy.one_of)
    left_out: list[Offer] = []
    for group in groups:
        several = [each for each in known if each.strategy and each.strategy.one_of == group]
        named = " or ".join(f"{each.name} ({each.strategy.label})" for each in several if each.strategy)
        said = ""
        if sys.stdin.isatty():
            out(f"{provider.name}: a key is good for one {group} only.")
            said = _line(f"Which {group}, {named}? ")
        chosen = [each for each in several if said in (each.name, each.strategy and each.strategy.label)]
        if not chosen:
            raise UserError(f"A key of {provider.name} is good for one {group} only: name it with --only, {named}.")
        left_out += [each for each in several if each not in chosen]
    return tuple(each for each in known if each not in left_out)


def _line(question: str) -> str:
    try:
        return input(f"  {question}").strip() if sys.stdin.isatty() else sys.stdin.readline().strip()
    except EOFError:
        return ""


def _typed_address(address: Address, former: str, environ: Mapping[str, str]) -> str:
    """From a prompt, or from the first line that is piped in: an address is no secret, but belongs to its key."""
    proposed = former or next((environ[name] for name in address.env if environ.get(name)), "")
    text = _line(f"{address.label}{f' (nothing: {proposed})' * bool(proposed)}: ") or proposed
    if not text:
        raise _NothingGivenError("No address was given, so nothing was changed.")
    return text


def give(connecting: Connecting, offer: Offer, environ: Mapping[str, str]) -> str:
    try:
        return connecting.give(
            offer,
            lambda key: _typed_key(key, environ),
            lambda address: _typed_address(address, connecting.address, environ),
        )
    except SourceError as error:
        raise not_kept(error, offer) from None


def _agrees(offer: Offer) -> bool:
    """A key that is typed or piped in is itself the consent; anything else is asked for. No terminal: no consent."""
    if offer.key is not None:
        return True
    if not sys.stdin.isatty():
        out("  There is nobody to ask here; --yes would allow it.")
        return False
    return _says_yes("Allow this?")


def _says_yes(question: str) -> bool:
    try:
        return input(f"  {question} [y/N] ").strip().lower() in ("y", "yes")
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
        raise _NothingGivenError("No key was given, so nothing was changed.")
    return checked_key(key, text)


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(text, 80, initial_indent=indent, subsequent_indent=indent)
