"""The buttons of an alert, on a real alert daemon: what one of them does to the running program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desktop.program import computer
from tests.desktop.session import Desktop

pytestmark = pytest.mark.desktop


def test_the_button_of_an_alert_snoozes_its_limit_until_the_reset_and_a_command_wakes_it(
    new_desktop: Callable[..., Desktop], tmp_path: Path
) -> None:
    """dunst's menu of buttons is answered by a program that picks "Snooze until reset"."""
    desktop = new_desktop(keyring="none", notify="none")
    chooser = tmp_path / "choose"
    chooser.write_text("#!/bin/sh\ngrep -F 'Snooze until reset'\n")
    chooser.chmod(0o755)
    settings = tmp_path / "dunstrc"
    settings.write_text(f"[global]\n    dmenu = {chooser}\n")
    desktop.start(["dunst", "-config", str(settings)])
    desktop.wait_until(lambda: desktop.has_name("org.freedesktop.Notifications"), "the daemon")
    with computer(desktop, tmp_path / "computer") as program:
        program.use_claude(80)
        program.start()
        desktop.wait_until(desktop.alerts_displayed, "the alert", 30)

        desktop.run(["dunstctl", "context"])

        def said() -> str:
            return program.verb("alerts").stdout.decode()

        desktop.wait_until(lambda: "Alerts of Claude session are snoozed until" in said(), "the snooze")
        assert program.verb("alerts", "snooze", "off").returncode == 0
        desktop.wait_until(lambda: "are snoozed" not in said(), "the end of the snooze")
        assert program.errors == ""
