"""`usagetray report WHAT`: what was used, at list prices; what a script asks for again is printed as it was kept."""

from __future__ import annotations

import argparse
import sys

from usagetray.spine.kept_reports import KeptReport
from usagetray.views.cli import is_unicode, out
from usagetray.views.cli.opening import opened

OF_THIS_MOMENT = ("weekly", "block")
"""They tell of what is running now, and so differ from minute to minute."""


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    kept = None
    if arguments.json and is_unicode(sys.stdout) and arguments.what not in OF_THIS_MOMENT:
        asked = {name: str(value) for name, value in sorted(vars(arguments).items())}
        kept = KeptReport(profile, asked, scans=not arguments.no_scan)
        text = kept.text()
        if text is not None:
            out(text)
            return 0
    from usagetray.views.cli import report_making  # deferred: what was kept needs none of it

    return report_making.run(arguments, profile, kept)
