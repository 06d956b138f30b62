"""The whole program as a person meets it: icon, alert, popup and menu, on a real panel."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.program import CRITICAL, NARROW, QUIT_SECONDS, Program, computer
from tests.desktop.session import Desktop

pytestmark = pytest.mark.desktop

TITLE = f"Claude session: 92{NARROW}% used"


@pytest.fixture
def program(desktop: Desktop, tmp_path: Path) -> Iterator[Program]:
    """Not yet started; Claude Code said 42 % a moment ago."""
    desktop.clear_alerts()
    with computer(desktop, tmp_path) as made:
        made.use_claude(42)
        yield made
    assert made.errors == ""


def test_the_icon_turns_red_and_one_alert_comes_when_the_figure_passes_ninety(program: Program):
    """42 % is calm; at 92 % the icon is critical within 15 s, and 93 % does not alert again."""
    desktop = program.desktop
    program.start()
    program.wait_for_icon()
    assert CRITICAL not in program.inks()
    program.picture("program-calm", (1180, 0, 1280, 33))

    program.use_claude(92)
    desktop.wait_until(lambda: CRITICAL in program.inks(), "a critical icon", 15)
    desktop.wait_until(desktop.alerts_displayed, "the alert", 5)
    program.picture("program-critical")
    program.use_claude(93)
    program.verb("config", "set", "show", "left")  # has the tray look at once
    desktop.wait_until(lambda: program.status()[0]["windows"][0]["used_percent"] == 93, "93 % in the store")

    (alert,) = desktop.alerts()
    assert (alert.app, alert.summary) == ("usagetray", TITLE)
    assert alert.body.startswith("Resets ")
    assert alert.timeout_us == 10_000_000  # of normal urgency: a critical one would stay until it is dismissed


def test_a_click_on_the_alert_opens_the_popup(program: Program):
    program.use_claude(92)
    program.start()
    program.wait_for_icon()
    program.desktop.wait_until(program.desktop.alerts_displayed, "the alert")

    program.desktop.run(["dunstctl", "action"])

    program.wait_for_popup()


def test_a_left_click_opens_the_popup_below_the_icon_and_escape_closes_it(program: Program):
    program.start()
    program.wait_for_icon()

    x, y = program.desktop.click_icon()
    left, top, right, _ = program.wait_for_popup()
    program.picture("program-popup")
    program.desktop.keys("Escape")

    program.wait_until_gone()
    assert y < top < 60
    assert left < x < right + 20
    assert program.is_on_panel()


def test_the_menu_ends_the_program_by_keyboard(program: Program):
    """The last line is "Quit"."""
    program.start()
    program.wait_for_icon()
    closed = program.desktop.screenshot(box=(900, 34, 1280, 400))

    program.desktop.click_icon(3)
    program.desktop.wait_until(lambda: program.desktop.screenshot(box=(900, 34, 1280, 400)) != closed, "the menu")
    program.picture("program-menu")
    program.desktop.keys("Up", "Return")

    assert program.process is not None
    assert program.process.wait(QUIT_SECONDS) == 0


def test_the_settings_file_opens_in_a_program_that_is_given_no_key(program: Program, tmp_path: Path):
    """The system's opener is replaced by one that writes down what it was given. "Settings…" is the last but one in the
    menu, and in its window "Edit as text…" the one before the first."""
    opener, seen = tmp_path / "bin" / "xdg-open", tmp_path / "seen"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\n{{ echo "$@"; env; }} >{seen}.part; mv {seen}.part {seen}\n')
    opener.chmod(0o755)
    program.start(PATH=f"{opener.parent}:{program.desktop.env['PATH']}", DEEPSEEK_API_KEY="sk-canary-0123456789")
    program.wait_for_icon()
    closed = program.desktop.screenshot(box=(900, 34, 1280, 400))

    program.desktop.click_icon(3)
    program.desktop.wait_until(lambda: program.desktop.screenshot(box=(900, 34, 1280, 400)) != closed, "the menu")
    program.desktop.keys("Up", "Up", "Return")
    (window, *_) = program.desktop.wait_until(lambda: program.desktop.windows("^usagetray: settings$"), "the settings")
    program.desktop.run(["xdotool", "windowactivate", "--sync", str(window)])
    program.desktop.wait_until(lambda: len(program.desktop.colours()) > 100, "what is in the window")
    program.desktop.keys("shift+Tab", "Return")

    program.desktop.wait_until(seen.exists, "the opener")
    told = seen.read_text()
    assert told.startswith(f"{program.config}\n")
    assert "DISPLAY=" in told
    assert "canary" not in told


def test_the_icon_is_back_after_the_panel_was_restarted(program: Program):
    program.start()
    program.wait_for_icon()

    program.desktop.restart_panel()

    program.wait_for_icon(5)
    assert len(program.desktop.registered_items()) == 1


@pytest.mark.parametrize("words", [("show",), ()], ids=["show", "a second start"])
def test_another_start_opens_the_popup_of_the_first_and_ends(program: Program, words: tuple[str, ...]):
    program.start()
    program.wait_for_icon()

    done = program.verb(*words)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    program.wait_for_popup()
    assert len(program.desktop.registered_items()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_time_with_its_popup_open(program: Program, number: signal.Signals):
    program.start()
    program.wait_for_icon()
    program.desktop.click_icon()
    program.wait_for_popup()

    assert program.end(number) == 0

    program.desktop.wait_until(lambda: not program.has_popup(), "the popup to end with it")


def test_the_tray_holds_no_qt_and_listens_on_no_network(program: Program):
    """Also with its popup open: that is another process."""
    program.start()
    program.wait_for_icon()
    program.desktop.click_icon()
    program.wait_for_popup()

    proc = Path("/proc", str(program.pid))
    sockets = {link.readlink().name for link in (proc / "fd").iterdir() if link.is_symlink()}
    listening = [
        line.split()[1]
        for name in ("tcp", "tcp6", "udp", "udp6")
        for line in (proc / "net" / name).read_text().splitlines()[1:]
        if f"socket:[{line.split()[9]}]" in sockets
    ]
    assert "Qt6" not in (proc / "maps").read_text()
    assert any(each.startswith("socket:") for each in sockets)  # the bus: the sockets are looked for where they are
    assert listening == []
