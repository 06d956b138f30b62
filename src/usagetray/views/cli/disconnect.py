"""`usagetray disconnect PROVIDER`: takes back what was allowed, and puts back what was changed."""

from __future__ import annotations

import argparse

from usagetray.errors import SourceError, UserError
from usagetray.providers import discover
from usagetray.spine.connecting import Connecting, find_provider
from usagetray.spine.reading import make_keychain
from usagetray.views.cli import out
from usagetray.views.cli.config import tell_tray
from usagetray.views.cli.connect import choose
from usagetray.views.cli.opening import opened


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    provider = find_provider(discover(), arguments.provider)
    connecting = Connecting(profile, provider, make_keychain(profile), arguments.home)
    is_left = False
    for offer in choose(provider, arguments.only):
        # A key is looked for in any case: it may have been left when the store did not answer.
        if connecting.is_given(offer) or offer.key is not None:
            try:
                out(f"{offer.name}: {connecting.withdraw(offer)}")
            except SourceError:
                is_left = True
        elif arguments.only:
            out(f"{offer.name}: it was not allowed.")
    if not arguments.only:
        connecting.switch_off()
        out(f"{provider.name} is not read any more. `usagetray connect {provider.id}` begins again.")
    tell_tray(profile)
    if is_left:
        raise UserError("The key store is locked or did not answer, so the key may still be in it: try again.")
    return 0
