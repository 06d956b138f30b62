"""What a GTK desktop asks for: font, light or dark, and whether things may move; read without GTK."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from usagetray.views.popup.gtk_settings import GtkSettings, decode, gtk_settings

TOLD = {
    "Net/DoubleClickTime": 400,
    "Gtk/FontName": "Cantarell 11",
    "Gtk/ColorPalette": (1, 2, 3, 4),
    "Net/ThemeName": "Adwaita-dark",
    "Gtk/EnableAnimations": 0,
}
FOUND = {"gtk-font-name": "Cantarell 11", "gtk-theme-name": "Adwaita-dark", "gtk-enable-animations": "0"}


def encoded(told: dict[str, object], order: str = "<") -> bytes:
    """As the daemon of the desktop writes it: the XSETTINGS protocol."""
    parts = [struct.pack(f"{order}B3xII", order == ">", 7, len(told))]
    for name, value in told.items():
        kind = 1 if isinstance(value, str) else 2 if isinstance(value, tuple) else 0
        parts.append(struct.pack(f"{order}BxH", kind, len(name)) + padded(name.encode()) + b"\0\0\0\0")
        if isinstance(value, str):
            parts.append(struct.pack(f"{order}I", len(value.encode())) + padded(value.encode()))
        else:
            parts.append(
                struct.pack(f"{order}4H", *value) if isinstance(value, tuple) else struct.pack(f"{order}i", value)
            )
    return b"".join(parts)


def padded(text: bytes) -> bytes:
    return text + bytes(-len(text) % 4)


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_daemon_s_answer_is_read_in_both_byte_orders(order: str) -> None:
    assert decode(encoded(TOLD, order)) == FOUND


def test_an_answer_that_ends_early_or_is_none_gives_what_was_read() -> None:
    whole = encoded(TOLD)

    found = [decode(whole[:end]) for end in range(len(whole) + 1)]

    assert found[0] == {}
    assert found[-1] == FOUND
    assert all(each.items() <= FOUND.items() for each in found)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("gtk-font-name=Noto Sans, 10.5", GtkSettings(family="Noto Sans", points=10.5)),
        ("gtk-font-name = Ubuntu Medium 11", GtkSettings(family="Ubuntu Medium", points=11)),
        ("gtk-font-name=nonsense", GtkSettings()),
        ("gtk-theme-name=Yaru-dark", GtkSettings(is_dark=True)),
        ("gtk-application-prefer-dark-theme=True", GtkSettings(is_dark=True)),
        ("gtk-enable-animations=false", GtkSettings(is_still=True)),
        ("gtk-theme-name=Adwaita\ngtk-enable-animations=1", GtkSettings()),
    ],
)
def test_without_a_daemon_the_files_are_read(tmp_path: Path, lines: str, expected: GtkSettings) -> None:
    (tmp_path / "gtk-3.0").mkdir()
    (tmp_path / "gtk-3.0" / "settings.ini").write_text(f"[Settings]\n{lines}\n")

    assert gtk_settings({"XDG_CONFIG_HOME": str(tmp_path)}, on_x11=False) == expected


def test_a_theme_named_in_the_environment_goes_first(tmp_path: Path) -> None:
    environ = {"XDG_CONFIG_HOME": str(tmp_path), "GTK_THEME": "Adwaita:dark"}

    assert gtk_settings(environ, on_x11=False).is_dark
