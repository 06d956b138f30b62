"""What a GTK desktop asks of every program: its font, light or dark, and whether things may move. Read without GTK.

Qt's own way is to load GTK, which takes 20 MB and a tenth of a second. Its settings come from the daemon that serves
X11 programs (XSETTINGS; on Wayland it serves XWayland), and from the files GTK reads where no daemon runs.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from usagetray.views.popup.x11 import conversation

SELECTION, PROPERTY = "_XSETTINGS_S0", "_XSETTINGS_SETTINGS"
NUMBER, TEXT, COLOUR = range(3)  # kinds of a setting
NAMES = {
    "Gtk/FontName": "gtk-font-name",
    "Net/ThemeName": "gtk-theme-name",
    "Gtk/EnableAnimations": "gtk-enable-animations",
}
MOST = 64 * 1024
_FONT = re.compile(r"^(?P<family>.*?),? +(?P<points>\d+(?:\.\d+)?)$")


@dataclass(frozen=True, slots=True)
class GtkSettings:
    family: str = ""  # empty: nobody says
    points: float = 0.0
    is_dark: bool = False
    is_still: bool = False  # nothing is to move


def gtk_settings(environ: Mapping[str, str], *, on_x11: bool) -> GtkSettings:
    told = _of_files(environ) | (_of_server() if on_x11 else {})
    font = _FONT.match(told.get("gtk-font-name", ""))
    theme = environ.get("GTK_THEME") or told.get("gtk-theme-name", "")
    return GtkSettings(
        family=font["family"] if font else "",
        points=float(font["points"]) if font else 0.0,
        is_dark="dark" in theme.lower() or told.get("gtk-application-prefer-dark-theme") in ("1", "true"),
        is_still=told.get("gtk-enable-animations") in ("0", "false"),
    )


def _of_files(environ: Mapping[str, str]) -> dict[str, str]:
    home = environ.get("XDG_CONFIG_HOME") or f"{environ.get('HOME', '')}/.config"
    told: dict[str, str] = {}
    for version in ("gtk-3.0", "gtk-4.0"):
        try:
            with (Path(home) / version / "settings.ini").open("rb") as stream:
                text = stream.read(MOST).decode("utf-8", "replace")
        except OSError:
            continue
        pairs = (line.partition("=") for line in text.splitlines() if line.startswith("gtk-"))
        told |= {name.strip(): value.strip().strip('"') for name, _, value in pairs}
    return {name: value.lower() if value.lower() in ("true", "false") else value for name, value in told.items()}


def _of_server() -> dict[str, str]:
    with conversation() as server:
        if server is None:
            return {}
        atoms = server.atoms((SELECTION, PROPERTY))
        owner = server.owner(atoms[SELECTION]) if atoms[SELECTION] else 0
        return decode(server.octets(owner, atoms[PROPERTY])) if owner else {}


def decode(told: bytes) -> dict[str, str]:
    """The settings of `NAMES` in the daemon's answer, under the names that files have for them."""
    found: dict[str, str] = {}
    order = ">" if told[:1] == b"\x01" else "<"
    at = 12  # behind the byte order and two numbers, of which the second counts the settings
    try:
        for _ in range(*struct.unpack_from(f"{order}I", told, 8)):
            kind, length = struct.unpack_from(f"{order}BxH", told, at)
            name = told[at + 4 : at + 4 + length].decode("latin-1")
            at += 4 + _padded(length) + 4  # the last four: when it was changed
            (number,) = struct.unpack_from(f"{order}I", told, at)
            text = told[at + 4 : at + 4 + number].decode("utf-8", "replace") if kind == TEXT else str(number)
            at += {TEXT: 4 + _padded(number), NUMBER: 4, COLOUR: 8}[kind]
            if name in NAMES and kind in (TEXT, NUMBER) and at <= len(told):
                found[NAMES[name]] = text
    except (struct.error, KeyError):
        return found  # cut short, or of a kind nobody knows: what was read so far holds
    return found


def _padded(length: int) -> int:
    return (length + 3) & ~3
