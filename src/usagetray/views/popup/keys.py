"""What the keys mean in the popup, wherever the focus is. On a Mac, Qt says Control for the command key."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

ACTS = {
    (Qt.Key.Key_Escape, False): ("close", ""),
    (Qt.Key.Key_F5, False): ("refresh", ""),
    (Qt.Key.Key_R, True): ("refresh", ""),
    (Qt.Key.Key_Comma, True): ("settings", ""),
    (Qt.Key.Key_U, False): ("figure", ""),
    (Qt.Key.Key_T, False): ("time", ""),
    (Qt.Key.Key_I, False): ("explain", ""),
    (Qt.Key.Key_1, True): ("tab", "0"),
    (Qt.Key.Key_2, True): ("tab", "1"),
    (Qt.Key.Key_3, True): ("tab", "2"),
    (Qt.Key.Key_Down, False): ("move", "1"),
    (Qt.Key.Key_Up, False): ("move", "-1"),
}
"""By key, and whether Control is held: what is done, and with what."""


def act_of(event: QKeyEvent) -> tuple[str, str] | None:
    """None: the key means nothing here."""
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return ACTS.get((Qt.Key(event.key()), control))
