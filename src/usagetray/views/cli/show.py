"""`usagetray show`: the popup of the running tray."""

from __future__ import annotations

import argparse

from usagetray.edges.channel import NobodyThere, ask
from usagetray.errors import UserError
from usagetray.views.cli.opening import opened


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    try:
        ask(profile.paths.socket, "show", {})
    except NobodyThere:
        raise UserError("No tray is running; start it with `usagetray`, or see `usagetray status`.") from None
    return 0
