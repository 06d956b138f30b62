"""`usagetray status`: the figures, in words or as JSON. Local sources are read first; nothing is asked of a server."""

from __future__ import annotations

import argparse
import shutil
import sys

from usagetray.errors import UnwritableError
from usagetray.overview import Overview
from usagetray.profile import Profile, local_zone
from usagetray.providers import discover
from usagetray.settings.reading import load
from usagetray.spine.core import Core, WriterBusyError
from usagetray.spine.reading import make_keychain, reader
from usagetray.spine.settling import settle
from usagetray.views.cli import is_unicode, out, out_json
from usagetray.views.cli.opening import opened, read_on
from usagetray.views.status_json import status_json
from usagetray.views.status_text import status_text


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    shown = current(profile, scan=not arguments.no_scan)
    if arguments.json:
        out_json(status_json(shown))
    else:
        out(text_of(profile, shown, verbose=arguments.verbose))
    return 0


def current(profile: Profile, *, scan: bool = True) -> Overview:
    """What can be known at once: where no tray runs, the local sources are read anew into the store."""
    if not scan:
        settle(profile)
        return reader(profile)()
    try:
        core = Core(profile, discover(), keychain=make_keychain(profile))
    except WriterBusyError:
        settle(profile)
        return reader(profile)()
    except UnwritableError as error:
        read_on(profile, error)
        return reader(profile)()
    try:
        core.look(ask=False)
        return core.overview()
    finally:
        core.close()


def text_of(profile: Profile, shown: Overview, *, verbose: bool = False) -> str:
    return status_text(
        shown,
        local_zone(),
        load(profile.paths.config_file).show_left,
        width=min(shutil.get_terminal_size((80, 24)).columns, 100),
        verbose=verbose,
        unicode=is_unicode(sys.stdout),
        color=sys.stdout is not None and sys.stdout.isatty(),
    )
