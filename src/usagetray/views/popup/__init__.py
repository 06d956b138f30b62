"""The popup window: a process of its own, and the only place that imports Qt."""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str]) -> int:
    """`usagetray popup`: run until told to quit."""
    from usagetray.views.popup.process import main as run_popup  # deferred: importing the package costs nothing

    return run_popup(argv)
