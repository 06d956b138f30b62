"""The whole program where a part of the desktop is missing: it says so once, goes on, and ends when told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desktop.program import CRITICAL, Program, computer
from tests.desktop.session import Desktop

pytestmark = pytest.mark.desktop

NO_TRAY = "No tray found; usagetray stays reachable with `usagetray show`."
NO_WINDOW = "The window cannot open: a system library is missing (apt install libegl1). The figures are in the menu."


def menu_lines(program: Program) -> list[str]:
    """Labels of the icon's menu, as the panel is told them."""
    name = f"org.kde.StatusNotifierItem-{program.pid}-1"
    call = ["busctl", "--user", "--json=short", "call", "--", name, "/MenuBar", "com.canonical.dbusmenu"]
    program.desktop.run([*call, "AboutToShow", "i", "0"])
    said = program.desktop.run([*call, "GetLayout", "iias", "0", "-1", "0"])
    return [json.loads(f'"{label}"') for label in re.findall(r'"label":{"type":"s","data":"([^"]*)"}', said)]


def test_without_a_library_of_the_window_the_menu_says_so_and_does_its_work(desktop: Desktop, tmp_path: Path):
    """A Qt that cannot be loaded stands first on the path, as one whose libEGL is not installed; three clicks."""
    desktop.clear_alerts()
    broken = tmp_path / "broken" / "PySide6"
    broken.mkdir(parents=True)
    missing = "libEGL.so.1: cannot open shared object file: No such file or directory"
    (broken / "__init__.py").write_text(f"raise ImportError({missing!r})\n")
    with computer(desktop, tmp_path) as program:
        program.use_claude(42)
        program.start(PYTHONPATH=str(broken.parent))
        program.wait_for_icon()

        for _ in range(3):
            desktop.click_icon()
            desktop.wait_until(lambda: NO_WINDOW in menu_lines(program), "the line in the menu")
        program.picture("program-without-window")

        assert [alert.body for alert in desktop.alerts()] == [NO_WINDOW]
        lines = menu_lines(program)
        assert lines[:2] == ["Show usage", NO_WINDOW]
        assert any("Session" in line and "42" in line for line in lines)
        assert program.end() == 0


def test_without_a_panel_it_says_so_once_and_the_icon_comes_with_the_panel(desktop: Desktop, tmp_path: Path):
    desktop.clear_alerts()
    desktop.stop_panel()
    try:
        with computer(desktop, tmp_path) as program:
            program.use_claude(92)
            process = program.start()
            desktop.wait_until(lambda: desktop.alerts_displayed() == 2, "the alert and the sentence")

            assert program.verb("show").returncode == 0
            program.wait_for_popup()
            assert process.poll() is None
            desktop.start_panel()
            program.wait_for_icon()
            assert sorted(alert.body for alert in desktop.alerts())[0] == NO_TRAY
            assert program.end() == 0
    finally:
        if not desktop.has_name("org.kde.StatusNotifierWatcher"):
            desktop.start_panel()


def test_without_an_alert_daemon_icon_popup_and_list_show_what_is_due(
    new_desktop: Callable[..., Desktop], tmp_path: Path
):
    desktop = new_desktop(notify="none", keyring="none")
    with computer(desktop, tmp_path) as program:
        program.use_claude(92)

        program.start()

        desktop.wait_until(lambda: CRITICAL in program.inks(), "a critical icon")
        desktop.click_icon()
        program.wait_for_popup()
        assert "92" in program.verb("alerts").stdout.decode()
        assert program.end() == 0
        assert program.errors == ""


def test_without_a_session_bus_it_lives_shows_its_popup_and_ends(new_desktop: Callable[..., Desktop], tmp_path: Path):
    desktop = new_desktop(dbus=False)
    with computer(desktop, tmp_path) as program:
        program.use_claude(92)
        process = program.start()

        desktop.wait_until(lambda: program.verb("show").returncode == 0, "the tray to listen")
        program.wait_for_popup()

        assert process.poll() is None
        assert program.end() == 0
        assert program.errors == ""
