"""Measures what a window shows: texts that are cut, leave their box or their widget, or lie on each other."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from usagetray.views.popup.fonts import ELLIPSIS
from usagetray.views.popup.scene import Text
from usagetray.views.popup.widgets import Painted

UNDER_WAY = frozenset({"Reading the figures…", "Looking at the logs…", "Reading your logs…", "Starting…", "Updating…"})
"""Texts that end in dots by themselves."""


def painted(window: QWidget) -> list[Painted]:
    """Every piece that is shown."""
    pieces = [widget for widget in window.findChildren(QWidget) if isinstance(widget, Painted)]
    return [widget for widget in pieces if widget.isVisibleTo(window)]


def misfits(window: QWidget, *, may_cut: bool = False) -> list[str]:
    """One sentence for each. `may_cut`: names of endless length are cut, and rightly so."""
    found = []
    for widget in painted(window):
        width, height = widget.width() / widget.look.scale, widget.height() / widget.look.scale
        texts = [item for item in widget.scene.items if isinstance(item, Text)]
        for text in texts:
            if widget.look.letters.width(text.text, text.style) > text.width + 0.5:
                found.append(f"wider than its box: {text.text!r}")
            if text.y < -0.5 or text.y + text.height > height + 0.5 or text.x < 0 or text.x + text.width > width + 0.5:
                found.append(f"leaves its widget: {text.text!r}")
            if not may_cut and text.text.endswith(ELLIPSIS) and text.text not in UNDER_WAY:
                found.append(f"cut: {text.text!r}")
        found += [
            f"on each other: {one.text!r}, {other.text!r}"
            for at, one in enumerate(texts)
            for other in texts[at + 1 :]
            if abs(one.y - other.y) < 4 and one.x + one.width > other.x + 0.5 and other.x + other.width > one.x + 0.5
        ]
    return found
