"""`usagetray`: the tray. A second start shows the first one's popup; without a desktop, the status."""

from __future__ import annotations

import argparse
import sys

from usagetray.app import has_desktop, run_tray
from usagetray.edges.channel import NobodyThere, ask
from usagetray.edges.tray.choice import SYSTEMS
from usagetray.profile import Profile
from usagetray.spine.core import WriterBusyError
from usagetray.views.cli import out, say
from usagetray.views.cli.opening import log_of, opened
from usagetray.views.cli.patience import patiently
from usagetray.views.cli.status import current, text_of

PATIENCE_S = 10.0


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    if sys.platform not in SYSTEMS:
        say("There is no tray for this system; here is the status.")
        out(text_of(profile, current(profile)))
        return 0
    if not has_desktop(profile.environ):
        say("There is no desktop here to put an icon on (neither DISPLAY nor WAYLAND_DISPLAY is set).")
        out(text_of(profile, current(profile)))
        return 0
    log_of(profile, arguments)
    return start(profile)


def start(profile: Profile) -> int:
    from usagetray.desktop import Desktop  # deferred: the tray library and Pillow are for a desktop only

    try:
        return patiently(profile, lambda: run_tray(profile, Desktop), seconds=PATIENCE_S)
    except WriterBusyError:
        try:
            ask(profile.paths.socket, "show", {})
        except NobodyThere:
            say("usagetray is already at work without a tray (`run --headless`); end that one first.")
            return 1
        return 0
