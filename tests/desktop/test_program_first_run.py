"""The first start of the whole program: what it asks, and what the answer changes."""

from __future__ import annotations

import json
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.program import COMMAND, Program, computer, told
from tests.desktop.session import Desktop

pytestmark = pytest.mark.desktop

OWN_SETTINGS = '{\n  "model": "opus",\n  "statusLine": {"type": "command", "command": "echo mine"}\n}\n'


@pytest.fixture
def program(desktop: Desktop, tmp_path: Path) -> Iterator[Program]:
    """Running for the first time; Claude Code is here, with a status line of the user's own."""
    desktop.clear_alerts()
    with computer(desktop, tmp_path, welcomed=False) as made:
        (made.claude / ".claude.json").write_text('{"oauthAccount": {"accountUuid": "acc-1"}}')
        (made.claude / "settings.json").write_text(OWN_SETTINGS)
        made.start()
        made.wait_for_icon()
        yield made
    assert made.errors == ""


def welcomed(program: Program) -> bool:
    return tomllib.loads(program.config.read_text()).get("welcomed", False)


def test_the_first_click_shows_what_was_found_and_changes_nothing(program: Program):
    program.desktop.click_icon()
    program.wait_for_popup()
    program.picture("program-first-run")
    program.desktop.keys("Escape")
    program.wait_until_gone()

    assert (program.claude / "settings.json").read_text() == OWN_SETTINGS
    assert not welcomed(program)
    assert program.desktop.alerts() == ()


def test_nothing_is_read_before_start_and_a_figure_stands_on_the_icon_within_ten_seconds_after(program: Program):
    """The status line is ours already, from an earlier time; its reading waits in our own spool."""
    program.desktop.run([COMMAND, "statusline"], env=program.env, input=told(42))
    program.verb("status")  # asks the running tray's store, which holds nothing
    assert program.status() == []
    program.desktop.click_icon()
    program.wait_for_popup()

    program.desktop.keys("Return")

    program.desktop.wait_until(program.status, "a figure", seconds=10)
    (window, *_) = program.status()[0]["windows"]
    assert window["used_percent"] == 42


def test_not_now_decides_nothing_and_asks_again(program: Program):
    program.desktop.click_icon()
    program.wait_for_popup()

    program.desktop.keys("Up", "Return")

    program.wait_until_gone()
    assert not welcomed(program)
    program.desktop.click_icon()
    program.wait_for_popup()


def test_start_alone_leaves_the_tools_settings_alone(program: Program):
    """The helper is not ticked; "Start with 1 tool" has the focus."""
    program.desktop.click_icon()
    program.wait_for_popup()

    program.desktop.keys("Return")

    program.desktop.wait_until(lambda: welcomed(program), "the answer in the settings")
    assert (program.claude / "settings.json").read_text() == OWN_SETTINGS


def test_a_ticked_helper_is_installed_brings_figures_and_shows_the_users_own_line_still(program: Program):
    """By keyboard: round to the second tick, back and start; then Claude Code draws its status line."""
    program.desktop.click_icon()
    program.wait_for_popup()

    program.desktop.keys("Tab", "Tab", "space")
    program.picture("program-first-run-ticked")
    program.desktop.keys("shift+Tab", "shift+Tab", "Return")

    program.desktop.wait_until(lambda: welcomed(program), "the answer in the settings")
    settings = json.loads((program.claude / "settings.json").read_text())
    assert settings["model"] == "opus"
    env = {**program.desktop.env, **program.env}
    line = subprocess.run(
        settings["statusLine"]["command"], shell=True, env=env, input=told(42), capture_output=True, check=True
    )
    assert line.stdout == b"mine\n"
    program.verb("config", "set", "show", "used")  # has the tray look at once
    program.desktop.wait_until(program.status, "an account")
    assert program.status()[0]["provider"] == "claude"
    assert program.verb("disconnect", "claude").returncode == 0
    assert (program.claude / "settings.json").read_text() == OWN_SETTINGS
