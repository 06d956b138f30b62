"""`usagetray disconnect PROVIDER`: takes back what was allowed, and puts back what was changed."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from usagetray.errors import SourceError, UserError
from usagetray.settings.reading import load
from usagetray.spine.connecting import Connecting, checked_account, find_provider
from usagetray.spine.own_providers import known
from usagetray.spine.reading import make_keychain
from usagetray.views.cli import out
from usagetray.views.cli.config import tell_tray
from usagetray.views.cli.connect import choose
from usagetray.views.cli.opening import opened


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    provider = find_provider(known(profile).providers, arguments.provider)
    keychain = make_keychain(profile)
    there = load(profile.paths.config_file).of(provider.id).accounts
    accounts = [""]
    if arguments.account:
        accounts = [checked_account(provider, arguments.account)]
        if accounts[0] not in there:
            names = ", ".join(name for name, each in there.items() if each.allow) or "none"
            raise UserError(f"{provider.name} has no account called {accounts[0]!r}; with a key of their own: {names}.")
    elif not arguments.only:
        accounts += [name for name, each in there.items() if each.allow]  # all of it: no key is left behind
    is_left = False
    for account in accounts:
        connecting = Connecting(profile, provider, keychain, arguments.home, account)
        is_left |= not _withdraw(connecting, arguments.only)
    if not arguments.only and not arguments.account:
        Connecting(profile, provider, keychain, arguments.home).switch_off()
        out(f"{provider.name} is not read any more. `usagetray connect {provider.id}` begins again.")
    tell_tray(profile)
    if is_left:
        raise UserError("The key store is locked or did not answer, so the key may still be in it: try again.")
    return 0


def _withdraw(connecting: Connecting, only: Sequence[str] | None) -> bool:
    """Takes one account's consents back. False where a key may still be in the key store."""
    all_done, account = True, connecting.account
    for offer in choose(connecting.provider, only, account):
        name = offer.name + f", account {account}" * bool(account)
        # A key is looked for in any case: it may have been left when the store did not answer.
        if connecting.is_given(offer) or offer.key is not None:
            try:
                out(f"{name}: {connecting.withdraw(offer)}")
            except SourceError:
                all_done = False
        elif only:
            out(f"{name}: it was not allowed.")
    return all_done
