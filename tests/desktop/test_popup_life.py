"""The popup's process beside the tray: a second click, another window's keyboard, its crash, and its end when idle."""

from __future__ import annotations

import os
import queue
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.desktop.program import Program, computer
from tests.desktop.session import Desktop
from tests.desktop.test_popup import REPOSITORY, Popup
from tests.desktop.test_settings import SETTINGS, open_settings
from usagetray.edges.popup import PopupProcess

pytestmark = pytest.mark.desktop

BRIEF = (
    "import sys; from datetime import timedelta; from tests.popup.samples import MOMENTS; "
    "from usagetray.views.popup.process import run; "
    "sys.exit(run(MOMENTS['calm'], warm=timedelta(seconds=0.4)))"
)
"""The popup as it is, but for how long it is kept warm."""


@pytest.fixture
def program(desktop: Desktop, tmp_path: Path) -> Iterator[Program]:
    desktop.clear_alerts()
    with computer(desktop, tmp_path) as made:
        made.use_claude(42)
        made.start()
        made.wait_for_icon()
        yield made
    assert made.errors == ""


def children(program: Program) -> set[int]:
    """Processes of the tray's own; there is the window's and no other."""
    tasks = Path(f"/proc/{program.pid}/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text().split()}


def active(desktop: Desktop) -> str:
    return desktop.run(["xdotool", "getactivewindow"]).strip()


def test_a_second_click_closes_it_for_good_and_a_third_opens_it(program: Program) -> None:
    desktop = program.desktop
    desktop.click_icon()
    program.wait_for_popup()
    (first,) = children(program)

    desktop.click_icon()
    program.wait_until_gone()
    gone_at = time.monotonic()
    desktop.wait_until(lambda: program.has_popup() or time.monotonic() > gone_at + 0.6, "twice the time of one click")
    assert not program.has_popup()
    desktop.click_icon()

    program.wait_for_popup()
    assert children(program) == {first}  # kept warm


def test_new_figures_take_the_keyboard_from_nobody(program: Program) -> None:
    """The popup was seen and is hidden, the settings are open behind another window: 93 % arrives."""
    desktop = program.desktop
    open_settings(program)
    (settings, *_) = desktop.windows(SETTINGS)
    other = desktop.start(["xmessage", "-name", "other", "-title", "another window", "here"])
    (window, *_) = desktop.wait_until(lambda: desktop.windows("^another window$"), "another window")
    desktop.run(["xdotool", "windowactivate", "--sync", str(window)])
    assert active(desktop) == str(window)

    program.use_claude(93)
    program.verb("config", "set", "show", "left")  # has the tray look at once
    desktop.wait_until(desktop.alerts_displayed, "the alert")

    assert active(desktop) == str(window)
    assert not program.has_popup()
    assert settings in desktop.windows(SETTINGS)
    other.terminate()


def test_a_crash_of_the_window_leaves_the_tray_and_the_next_click_opens_a_new_one(program: Program) -> None:
    """First of the popup while it is open, then of both while the settings are."""
    desktop = program.desktop
    desktop.click_icon()
    program.wait_for_popup()
    (first,) = children(program)

    os.kill(first, signal.SIGSEGV)
    desktop.wait_until(lambda: not children(program), "the first process to be gone")
    open_settings(program)
    both = children(program)
    for each in both:
        os.kill(each, signal.SIGSEGV)
    desktop.wait_until(lambda: not children(program), "both processes to be gone")
    assert not desktop.windows(SETTINGS)
    assert program.is_on_panel()
    desktop.click_icon()

    program.wait_for_popup()
    assert len(both) == 2
    assert not {first, *both} & children(program)


def test_the_settings_live_in_a_process_that_ends_when_they_are_closed(program: Program) -> None:
    """The popup stays warm beside it, and is the same when the settings are gone."""
    open_settings(program)
    settings = children(program)
    assert len(settings) == 2

    program.desktop.keys("Escape")
    program.desktop.wait_until(lambda: len(children(program)) == 1, "the end of the settings")

    assert children(program) < settings
    assert not program.desktop.windows(SETTINGS)
    open_settings(program)


def test_it_ends_after_its_idle_time_and_the_next_click_starts_another(desktop: Desktop) -> None:
    events: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    env = {**desktop.env, "PYTHONPATH": str(REPOSITORY)}
    process = PopupProcess([sys.executable, "-c", BRIEF], env, events.put)
    popup = Popup(process, events)
    try:
        process.show(700, 16)
        popup.wait("shown")
        process.hide()
        popup.wait("ended")

        process.show(700, 16)
        popup.wait("ready")
        popup.wait("shown")
    finally:
        process.close()
    assert process.problem is None


def test_one_that_was_called_off_before_it_opened_ends_too(desktop: Desktop) -> None:
    events: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    env = {**desktop.env, "PYTHONPATH": str(REPOSITORY)}
    process = PopupProcess([sys.executable, "-c", BRIEF], env, events.put)
    try:
        process.show(700, 16)
        process.hide()

        Popup(process, events).wait("ended")
    finally:
        process.close()
