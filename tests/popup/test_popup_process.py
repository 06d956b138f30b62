"""The tray's end of the popup: started late, spoken to without waiting, replaced when it dies."""

from __future__ import annotations

import queue
import sys
import textwrap
import time
from collections.abc import Iterator
from typing import Any

import pytest

from usagetray.edges.popup import PopupProcess, allowed_environment, reason

ECHO = """
    import json, os, sys
    print(json.dumps({"event": "ready", "pid": os.getpid(), "environ": sorted(os.environ)}), flush=True)
    for line in sys.stdin:
        verb = json.loads(line)
        if verb["verb"] == "hide":
            os._exit(3)
        print(json.dumps({"event": "heard", **verb}), flush=True)
        if verb["verb"] == "quit":
            break
"""


class Heard:
    def __init__(self) -> None:
        self._events: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def __call__(self, event: dict[str, Any]) -> None:
        self._events.put(event)

    def wait(self, name: str) -> dict[str, Any]:
        """The next event of that name, within ten seconds."""
        deadline = time.monotonic() + 10
        while True:
            event = self._events.get(timeout=max(0.01, deadline - time.monotonic()))
            if event["event"] == name:
                return event


def program(text: str) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(text)]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def popup(heard: Heard) -> Iterator[PopupProcess]:
    made = PopupProcess(program(ECHO), {"PATH": "/usr/bin", "SECRET_KEY": "s3cret"}, heard)
    yield made
    made.close()


def test_the_first_show_starts_it_and_carries_the_point(popup: PopupProcess, heard: Heard) -> None:
    popup.show(100, 16, show_left=True)

    heard.wait("ready")
    assert heard.wait("heard") == {"event": "heard", "verb": "show", "x": 100, "y": 16, "show_left": True}
    assert popup.problem is None


def test_refresh_and_hide_never_start_it(popup: PopupProcess, heard: Heard) -> None:
    popup.refresh()
    popup.hide()
    popup.show(None, None)

    heard.wait("ready")
    assert heard.wait("heard")["verb"] == "show"


def test_the_window_sees_only_the_allowed_part_of_the_environment(popup: PopupProcess, heard: Heard) -> None:
    """P10: keys in the tray's environment stay there."""
    popup.show(1, 1)

    assert "SECRET_KEY" not in heard.wait("ready")["environ"]


def test_what_a_window_needs_of_the_environment_is_passed_on() -> None:
    given = {
        "DISPLAY": ":1",
        "XDG_RUNTIME_DIR": "/r",
        "LC_TIME": "C",
        "TZ": "UTC",
        "ANTHROPIC_API_KEY": "k",
        "QT_X": "1",
    }

    assert set(allowed_environment(given)) == {"DISPLAY", "XDG_RUNTIME_DIR", "LC_TIME", "TZ", "QT_X"}


def test_a_window_that_crashed_is_started_anew_by_the_next_click(popup: PopupProcess, heard: Heard) -> None:
    popup.show(1, 1)
    first = heard.wait("ready")["pid"]
    popup.hide()  # the stand-in dies of it
    heard.wait("ended")
    popup.show(2, 2)

    assert heard.wait("ready")["pid"] != first
    assert popup.problem is None


def test_a_window_that_cannot_start_is_tried_twice_and_then_said(heard: Heard, tmp_path: Any) -> None:
    log = tmp_path / "starts"
    failing = f"""
        import os, sys
        open({str(log)!r}, "a").write("x")
        print("qt.qpa.plugin: From 6.5.0, xcb-cursor0 or libxcb-cursor0 is needed to load the Qt xcb platform plugin.",
              file=sys.stderr, flush=True)
        os.abort()
    """
    popup = PopupProcess(program(failing), {"PATH": "/usr/bin"}, heard)

    popup.show(1, 1)
    heard.wait("problem")

    assert log.read_text() == "xx"
    assert popup.problem is not None
    assert "apt install libxcb-cursor0" in popup.problem
    popup.close()


def test_a_program_that_is_not_there_is_said(heard: Heard) -> None:
    popup = PopupProcess(["/nonexistent/usagetray", "popup"], {}, heard)

    popup.show(1, 1)
    heard.wait("problem")

    assert popup.problem is not None
    assert "/nonexistent" not in popup.problem
    popup.close()


@pytest.mark.parametrize(
    ("status", "words", "expected"),
    [
        (1, "ModuleNotFoundError: No module named 'PySide6'", "pip install PySide6-Essentials"),
        (1, "ImportError: libEGL.so.1: cannot open shared object file", "apt install libegl1"),
        (-6, "qt.qpa.xcb: could not connect to display :9", "no display answered"),
        (-6, "", "libxcb-cursor0"),
        (4, "something else", "status 4"),
    ],
)
def test_the_reason_names_the_remedy_where_there_is_one(status: int, words: str, expected: str) -> None:
    assert expected in reason(status, words.splitlines())


def test_no_call_waits_for_a_window_that_does_not_listen(heard: Heard) -> None:
    """A stand-in that never reads: thousands of verbs return at once, and closing ends it by force."""
    popup = PopupProcess(program("import time; time.sleep(60)"), {"PATH": "/usr/bin"}, heard)
    started = time.monotonic()

    for _ in range(5000):
        popup.show(1, 1)
    assert time.monotonic() - started < 20
    popup.close()

    assert time.monotonic() - started < 40  # the stand-in would sleep for a minute


def test_closing_asks_first(popup: PopupProcess, heard: Heard) -> None:
    popup.show(1, 1)
    heard.wait("heard")

    popup.close()

    assert heard.wait("heard")["verb"] == "quit"
