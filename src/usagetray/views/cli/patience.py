"""For what needs the writer's lock for long: a mere look (`usagetray status`) has it for a moment, and lets it go."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from usagetray.edges.channel import NobodyThere, ask
from usagetray.profile import Profile
from usagetray.spine.core import WriterBusyError

T = TypeVar("T")


def patiently(profile: Profile, begin: Callable[[], T], *, seconds: float) -> T:
    """What `begin` makes, begun anew while the lock is held by somebody who is no tray.

    At sign-in a status bar may ask for the status just as the tray starts. Raises `WriterBusyError` at once where a
    tray answers, else when the time is over.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            return begin()
        except WriterBusyError:
            if _is_answered(profile) or time.monotonic() >= until:
                raise
        time.sleep(0.05)


def _is_answered(profile: Profile) -> bool:
    try:
        ask(profile.paths.socket, "ping")
    except NobodyThere:
        return False
    return True
