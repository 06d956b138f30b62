"""`usagetray demo` on a real desktop: a day in minutes, marked as one everywhere, and gone without a trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desktop.program import CRITICAL, Program, computer
from tests.desktop.session import Desktop

pytestmark = pytest.mark.desktop


def folders(program: Program) -> list[Path]:
    return list((program.profile / "state").glob("demo-*"))


def test_the_demo_fills_up_alerts_opens_and_leaves_nothing(desktop: Desktop, tmp_path: Path):
    """At 1200 times the speed the lockout after three hours comes within seconds, and is there for three.

    Each alert says DEMO.
    """
    desktop.clear_alerts()
    with computer(desktop, tmp_path) as program:
        before = set(program.home.rglob("*"))
        program.start("demo", "--speed", "1200")
        program.wait_for_icon()
        desktop.click_icon()
        program.wait_for_popup()
        program.picture("program-demo")
        desktop.keys("Escape")
        desktop.wait_until(
            lambda: CRITICAL in program.inks(), "a critical icon", 60
        )  # if not now, then in the afternoon
        desktop.wait_until(desktop.alerts_displayed, "an alert")
        assert len(folders(program)) == 1

        assert program.end() == 0

        alerts = desktop.alerts()
        assert alerts
        assert all(alert.summary.startswith("DEMO · ") for alert in alerts)
        assert folders(program) == []
        assert set(program.home.rglob("*")) == before
        assert program.errors == ""
