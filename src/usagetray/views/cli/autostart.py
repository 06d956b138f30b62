"""`usagetray autostart on|off|status`: whether the tray starts at login."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from usagetray.edges import autostart
from usagetray.edges.files import PROFILE_VARIABLE
from usagetray.errors import UserError
from usagetray.views.cli import out
from usagetray.views.cli.opening import opened
from usagetray.views.plain import plain


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    if profile.paths.profile is not None:
        raise UserError(f"An isolated profile does not start at login: unset {PROFILE_VARIABLE} first.")
    entry = autostart.entry(profile.environ)
    command = autostart.command_now(profile.environ, sys.argv)
    if arguments.step == "on":
        entry.write(command)
    elif arguments.step == "off":
        entry.remove()
    out(_standing(entry, command))
    return 0


def _standing(entry: autostart.Entry, command: autostart.Command) -> str:
    """As it reads back."""
    started = entry.read()
    if started is None:
        return "usagetray does not start at login. `usagetray autostart on` changes that."
    said = f"usagetray starts at login: {_shown(started)}\n({entry.place})"
    if started == command:
        return said
    fault = "That is not this one" if Path(started[0]).exists() else "That program is gone"
    return f"{said}\n{fault}; `usagetray autostart on` puts {_shown(command)} there."


def _shown(command: autostart.Command) -> str:
    return plain(" ".join(command), 300)
