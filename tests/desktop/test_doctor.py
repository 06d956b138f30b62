"""`doctor` on real desktops: what each lacks is told with its cure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import PROGRAM, Computer
from tests.cli.test_doctor import text, wrong
from tests.desktop.session import Desktop

pytestmark = pytest.mark.desktop


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    made = Computer(tmp_path)
    made.profile.mkdir(mode=0o700)
    return made


DESKTOPS: dict[str, tuple[dict[str, Any], str]] = {
    "no tray": ({"tray": "none"}, "Icon: No panel here shows tray icons: add the Status Tray Plugin"),
    "no notifications": ({"notify": "none"}, "Alerts: No notification service runs here"),
    "no bus": ({"tray": "none", "dbus": False}, "Icon: The session bus cannot be used"),
}


@pytest.mark.parametrize("case", DESKTOPS)
def test_what_a_desktop_lacks_is_told_with_its_cure(
    computer: Computer, new_desktop: Callable[..., Any], case: str
) -> None:
    options, sentence = DESKTOPS[case]
    desktop = new_desktop(keyring="none", **options)

    said = computer.run("doctor", **on(desktop))

    assert said.status == 1
    assert any(each.startswith(sentence) for each in wrong(said)), said


def test_on_a_whole_desktop_only_the_start_is_missing(computer: Computer, desktop: Desktop) -> None:
    said = computer.run("doctor", **on(desktop))

    assert said.status == 0, said
    assert said.out.startswith("Nothing is wrong, but the tray is not running: start it with `usagetray`.\n")
    for sentence in ("shows tray icons.", "toolkit loads (Qt", "Alerts are shown by dunst", "key store can be read"):
        assert sentence in text(said)


def test_a_running_tray_and_its_icon_are_found(computer: Computer, desktop: Desktop) -> None:
    env = {**computer.env, **computer.isolated, **on(desktop)}
    desktop.start(["env", "-i", *(f"{name}={value}" for name, value in env.items()), *PROGRAM])
    desktop.wait_until(desktop.registered_items, "a tray icon", 15)

    said = computer.run("doctor", **on(desktop))

    assert (said.status, "+ The tray is running." in text(said)) == (0, True), said


def test_a_locked_key_store_is_told_and_no_prompt_appears(computer: Computer, new_desktop: Callable[..., Any]) -> None:
    desktop = new_desktop(tray="none", notify="none", keyring="locked")
    computer.write_config('[providers.deepseek]\nallow = ["balance"]\n')

    said = computer.run("doctor", **on(desktop))

    assert any("The key store is locked, so the keys of DeepSeek" in each for each in wrong(said)), said
    assert not desktop.has_name("org.gnome.keyring.SystemPrompter")


def on(desktop: Desktop) -> dict[str, str]:
    """What a program needs to find the session."""
    names = ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "XAUTHORITY")
    return {name: desktop.env[name] for name in names if name in desktop.env}
