"""Which desktops have keys to give; the taking itself is tried on the virtual desktop."""

from __future__ import annotations

import pytest

from usagetray.edges.tray.shortcut import Shortcut, can_take


@pytest.mark.parametrize(
    ("environ", "platform", "wanted"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}, "linux", True),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "linux", False),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, "linux", False),
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "darwin", False),
        ({}, "win32", False),
    ],
)
def test_keys_are_taken_only_where_an_x_server_sees_them_all(environ: dict[str, str], platform: str, wanted: bool):
    assert can_take(environ, platform) is wanted


def test_without_keys_no_thread_is_started():
    shortcut = Shortcut(pressed=lambda: None, refused=lambda _: None)

    shortcut.take("")

    assert shortcut._thread is None
    shortcut.stop()
