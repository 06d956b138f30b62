"""History and its export on a real desktop: from a recorded call to coloured bars, and to a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desktop.program import Program, computer
from tests.desktop.session import Desktop
from usagetray.views.popup import tokens as t

pytestmark = pytest.mark.desktop

TO_EXPORT = 11
"""Down from the first control: over four stops, the hours' seven days, to the button."""


def colour(token: str) -> tuple[int, int, int]:
    name = t.LIGHT.colour(token)
    return int(name[1:3], 16), int(name[3:5], 16), int(name[5:7], 16)


def written(program: Program) -> list[Path]:
    return list(program.home.glob("usagetray-*.csv"))


def test_a_recorded_call_is_drawn_in_the_history_and_exported(desktop: Desktop, tmp_path: Path):
    """The popup is light, as the session's theme: today's bar has the first colour of models."""
    with computer(desktop, tmp_path) as program:
        usage = ("--input", "1000000", "--output", "20000")
        assert program.verb("log", "--model", "claude-opus-4-5", "--app", "nightly", *usage).returncode == 0
        assert program.verb("index").returncode == 0
        program.start()
        program.wait_for_icon()
        desktop.click_icon()
        box = program.wait_for_popup()
        assert colour("m1") not in desktop.colours(box)

        desktop.keys("ctrl+2")
        desktop.wait_until(lambda: colour("m1") in desktop.colours(program.wait_for_popup()), "bars of the history")
        program.picture("program-history", program.wait_for_popup())
        desktop.keys(*["Down"] * TO_EXPORT, "Return")
        desktop.wait_until(lambda: desktop.windows("Export the days shown"), "the dialog")
        program.picture("program-history-export")
        desktop.keys("Return")
        (file,) = desktop.wait_until(lambda: written(program), "the file")
        desktop.wait_until(lambda: desktop.windows("^Export$"), "what came of it")
        desktop.keys("Return")

        assert [row.split(",")[7] for row in file.read_text().splitlines()] == ["model", "claude-opus-4-5"]
        assert program.end() == 0
        assert program.errors == ""
