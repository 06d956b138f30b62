"""A tray holds back for some minutes what it can have again; who looks at the store has it written first."""

from __future__ import annotations

from contextlib import suppress

from usagetray.edges.channel import NobodyThere, ask
from usagetray.errors import UserError
from usagetray.profile import Profile

PATIENCE_S = 1.0
"""With a tray that hangs; what it has written before is looked at then."""


def settle(profile: Profile) -> None:
    """Has a running tray write what it has read. At once where there is none, or where it does not know how."""
    with suppress(NobodyThere, UserError):
        ask(profile.paths.socket, "settle", timeout=PATIENCE_S)
