"""`usagetray demo`: the real program on a made-up day, in the tray, or played out in the terminal."""

from __future__ import annotations

import argparse
import io
import os
import shutil
import signal
import sys
import textwrap
import time
from typing import NoReturn

from usagetray import demo
from usagetray.app import build_headless, has_desktop
from usagetray.edges.notify import AlertText
from usagetray.overview import Overview
from usagetray.profile import Profile, local_zone
from usagetray.providers import discover
from usagetray.views.cli import out, say
from usagetray.views.cli.opening import log_of
from usagetray.views.cli.status import text_of
from usagetray.views.cli.tray import start
from usagetray.views.figures import instant
from usagetray.views.verdict import verdict
from usagetray.views.words import DEMO

TRAY_SPEED = 60.0
"""A minute a second: slow enough to watch a bar, fast enough to see the day's alerts."""
TEXT_SPEED = 1200.0
"""The twelve hours in 36 seconds."""


def run(arguments: argparse.Namespace) -> int:
    in_text = arguments.text or not has_desktop(os.environ)
    speed = arguments.speed or (TEXT_SPEED if in_text else TRAY_SPEED)
    _end_in_order()
    with demo.stage(os.environ, discover(), speed) as profile:
        log_of(profile, arguments)
        if in_text:
            if not arguments.text:
                say("There is no desktop here, so the demo plays in the terminal.")
            _play(profile)
            return 0
        out(f"{DEMO}a made-up day at {speed:g} times its speed; the icon is in the tray. Ctrl+C ends it.")
        return start(profile)


def _end_in_order() -> None:
    """A closed terminal and a polite kill clear the stage away as Ctrl+C does."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


class _Teller:
    """Alerts as lines of the play."""

    def send(self, alert: AlertText) -> bool:
        width = shutil.get_terminal_size((80, 24)).columns
        out(f"        ▸ {alert.title.removeprefix(DEMO)}")
        out(textwrap.fill(alert.body, max(30, width), initial_indent=" " * 10, subsequent_indent=" " * 10))
        return True

    def close(self) -> None:
        """Nothing is held open."""


def _play(profile: Profile) -> None:
    """A line whenever the verdict changes, the alerts as they come, and the status at the end."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # a play is watched as it goes on, through a pipe too
    out(f"{DEMO}a made-up day at {profile.speed:g} times its speed. Ctrl+C ends it.\n")
    core = build_headless(profile, notifier=_Teller())
    began_at = profile.clock.now()
    said = ""
    try:
        while profile.clock.now() - began_at < demo.LENGTH:
            core.look()
            core.refresh.settle(1.0)
            said = _tell(core.overview(), said)
            core.announce()
            time.sleep(max(0.05, 20 / profile.speed))
        out("")
        out(text_of(profile, core.overview()))
    finally:
        core.close()


def _tell(shown: Overview, said: str) -> str:
    """Prints the verdict if it is another than was said; returns it."""
    if not shown.accounts:
        return said
    line = verdict(shown, local_zone(), False).line.removeprefix(DEMO)
    if line != said:
        out(f"{instant(shown.generated_at, shown.generated_at, local_zone())}   {line}")
    return line
