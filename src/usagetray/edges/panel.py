"""How bright the panel is, where a desktop's own settings tell; most panels are dark, and none can be asked.

Read only, from the settings files of Xfce and KDE Plasma. GNOME's bar is dark whatever the theme.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

MOST = 256 * 1024
LIGHT_FROM = 0.5
"""Mean of red, green and blue from which a background counts as light."""


def is_light(environ: Mapping[str, str]) -> bool:
    """Whether the panel is known to be light."""
    desktops = environ.get("XDG_CURRENT_DESKTOP", "").lower().split(":")
    config = Path(environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME", "~")).expanduser() / ".config")
    if "xfce" in desktops:
        return _xfce(config)
    if "kde" in desktops:
        return _plasma(config)
    return False


def _xfce(config: Path) -> bool:
    """The panel follows the theme, unless its own dark mode is on; without a word on that, it is."""
    channels = config / "xfce4" / "xfconf" / "xfce-perchannel-xml"
    mode = re.search(r'name="dark-mode"[^>]*value="(true|false)"', _text(channels / "xfce4-panel.xml"))
    if mode is None or mode[1] == "true":
        return False
    theme = re.search(r'name="ThemeName"[^>]*value="([^"]*)"', _text(channels / "xsettings.xml"))
    gtk = _text(config / "gtk-3.0" / "settings.ini")
    prefers_dark = re.search(r"^gtk-application-prefer-dark-theme\s*=\s*(1|true)\s*$", gtk, re.MULTILINE)
    return prefers_dark is None and (theme is None or "dark" not in theme[1].lower())


def _plasma(config: Path) -> bool:
    """By the window background of the colour scheme; Plasma's own default is light."""
    scheme = _text(config / "kdeglobals")
    section = re.search(r"^\[Colors:Window\]\n(.*?)(?=^\[|\Z)", scheme, re.MULTILINE | re.DOTALL)
    colour = re.search(r"^BackgroundNormal=(\d+),(\d+),(\d+)", section[1] if section else "", re.MULTILINE)
    if colour is not None:
        return sum(int(each) for each in colour.groups()) / (3 * 255) >= LIGHT_FROM
    named = re.search(r"^ColorScheme=(.*)$", scheme, re.MULTILINE)
    return named is None or "dark" not in named[1].lower()


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(MOST).decode("utf-8", "replace")
    except OSError:
        return ""
