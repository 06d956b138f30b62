"""One tray for each user, whatever starts it, and an icon wherever a panel can show one, come and go as it may."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.desktop.program import COMMAND, Program, computer
from tests.desktop.session import Desktop

pytestmark = pytest.mark.desktop

NO_TRAY = "No tray found; usagetray stays reachable with `usagetray show`."
RESTARTS = 3
STARTS = 12
BACK_S = 5.0
"""In the long form, on a machine that has nothing else to do."""


def icons(program: Program) -> list[str]:
    return [each for each in program.desktop.registered_items() if f"StatusNotifierItem-{program.pid}-" in each]


def test_r36_without_a_panel_the_tray_works_and_with_each_new_one_its_icon_is_back_once(
    desktop: Desktop, tmp_path: Path
) -> None:
    """It says so once; a panel started: the icon; restarted three times (long: 20): back (within 5 s)."""
    restarts = int(os.environ.get("USAGETRAY_PANEL_RESTARTS", RESTARTS))
    desktop.clear_alerts()
    desktop.stop_panel()
    try:
        with computer(desktop, tmp_path) as program:
            program.use_claude(92)
            process = program.start()
            desktop.wait_until(lambda: desktop.alerts_displayed() == 2, "the alert and the sentence")

            desktop.start_panel()
            program.wait_for_icon()
            for _ in range(restarts):
                desktop.stop_panel()
                desktop.start_panel()
                desktop.wait_until(
                    lambda: icons(program), "the icon to be back", 30 if restarts == RESTARTS else BACK_S
                )
                assert len(icons(program)) == 1
            assert len(desktop.registered_items()) == 1
            assert process.poll() is None
            assert [alert.body for alert in desktop.alerts()].count(NO_TRAY) == 1
            assert program.end() == 0
            assert program.errors == ""
    finally:
        if not desktop.has_name("org.kde.StatusNotifierWatcher"):
            desktop.start_panel()


def test_r31_of_many_starts_at_once_one_runs_and_the_others_end_well(desktop: Desktop, tmp_path: Path) -> None:
    """Twelve (long: 50). Killed by signal 9 it leaves a lock, a socket and a foreign number: the next runs at once."""
    starts = int(os.environ.get("USAGETRAY_STARTS", STARTS))
    with computer(desktop, tmp_path) as program:
        program.use_claude(42)
        env = {**desktop.env, **program.env}
        crowd = [
            subprocess.Popen([COMMAND], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(starts)
        ]
        try:
            desktop.wait_until(lambda: sum(each.poll() is None for each in crowd) == 1, "all but one to end", 120)
            (first,) = [each for each in crowd if each.poll() is None]
            ended = [each for each in crowd if each is not first]
            said = [each.communicate() for each in ended]
            assert [each.returncode for each in ended] == [0] * (starts - 1), said
            assert [out + err for out, err in said] == [b""] * (starts - 1)
            desktop.wait_until(lambda: len(desktop.registered_items()) == 1, "one icon")

            first.send_signal(signal.SIGKILL)
            first.communicate()
            (program.profile / "run" / "writer.lock").write_text("1\n")  # a number that is somebody else's
            desktop.wait_until(lambda: not desktop.registered_items(), "the panel to drop the icon")
            program.start()
            program.wait_for_icon()
            assert program.verb("show").returncode == 0
            assert program.end() == 0
            assert program.errors == ""
        finally:
            for each in crowd:
                if each.poll() is None:
                    each.kill()
                each.communicate()
