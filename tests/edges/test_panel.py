"""The panel's brightness, from the settings files of the desktops that keep it."""

from __future__ import annotations

from pathlib import Path

import pytest

from usagetray.edges.panel import is_light

PANEL = "xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml"
THEME = "xfce4/xfconf/xfce-perchannel-xml/xsettings.xml"
DARK_MODE_OFF = '<property name="dark-mode" type="bool" value="false"/>'


@pytest.mark.parametrize(
    ("desktop", "files", "light"),
    [
        ("XFCE", {PANEL: DARK_MODE_OFF}, True),
        ("XFCE", {PANEL: DARK_MODE_OFF.replace("false", "true")}, False),
        ("XFCE", {}, False),
        ("XFCE", {PANEL: DARK_MODE_OFF, THEME: '<property name="ThemeName" value="Adwaita-dark"/>'}, False),
        ("XFCE", {PANEL: DARK_MODE_OFF, "gtk-3.0/settings.ini": "gtk-application-prefer-dark-theme=1\n"}, False),
        ("KDE", {"kdeglobals": "[Colors:Window]\nBackgroundNormal=239,240,241\n"}, True),
        ("KDE", {"kdeglobals": "[Colors:Window]\nBackgroundNormal=42,46,50\n[General]\nx=1\n"}, False),
        ("KDE", {"kdeglobals": "[General]\nColorScheme=BreezeDark\n"}, False),
        ("KDE", {}, True),
        ("ubuntu:GNOME", {}, False),
        ("sway", {}, False),
    ],
)
def test_the_brightness_follows_the_desktops_own_settings(
    tmp_path: Path, desktop: str, files: dict[str, str], light: bool
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    found = is_light({"XDG_CURRENT_DESKTOP": desktop, "XDG_CONFIG_HOME": str(tmp_path)})

    assert found is light
