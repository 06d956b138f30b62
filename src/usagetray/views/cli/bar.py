"""`usagetray bar KIND`: one line for a status bar, from the store alone."""

from __future__ import annotations

import argparse
import sys

from usagetray.errors import UserError
from usagetray.profile import Profile, local_zone
from usagetray.settings import Settings
from usagetray.settings.reading import load
from usagetray.spine.glance import glance, of_provider
from usagetray.views import bars, presentable
from usagetray.views.cli import is_unicode, out
from usagetray.views.cli.opening import opened


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    settings = load(profile.paths.config_file)
    said = _said(profile, settings, arguments)
    if not is_unicode(sys.stdout):
        said = bars.in_ascii(said)
    out(bars.FORMATS[arguments.kind](said, bars.LIGHT if settings.icon.panel == "light" else bars.DARK))
    return 0


def _said(profile: Profile, settings: Settings, arguments: argparse.Namespace) -> bars.Line:
    zone = local_zone() if arguments.kind in bars.WITH_ROWS else None
    try:
        shown = glance(profile, settings, with_costs=arguments.kind in bars.WITH_ROWS)
    except UserError as error:  # a bar that fails vanishes; one that shows a question mark is looked into
        return bars.failed(str(error))
    if arguments.provider is not None:
        shown = of_provider(shown, arguments.provider, profile)
    if settings.presentation:
        shown = presentable.overview(shown)
    return bars.line(shown, settings.show_left or arguments.left, zone)
