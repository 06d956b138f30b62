"""Alerts on a real alert daemon: what arrives, what a click does, and what happens without a daemon.

The notifier runs in a process of its own, driven over its input and output, with the session's bus.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.desktop.session import Desktop

pytestmark = pytest.mark.desktop

CHILD = """
import json, os, sys, threading
from usagetray.edges.notify import AlertText, choose

def say(**said):
    print(json.dumps(said), flush=True)

notifier = choose(sys.argv[1], on_click=lambda verb: say(clicked=verb))
for line in sys.stdin:
    alert = json.loads(line)
    if "count" in alert:
        say(files=len(os.listdir("/proc/self/fd")), threads=threading.active_count())
    else:
        alert["actions"] = tuple(map(tuple, alert.get("actions", ())))
        say(sent=notifier.send(AlertText(**alert)))
notifier.close()
say(threads=threading.active_count())
"""


class Child:
    """A process that sends the alerts it is told to."""

    def __init__(self, desktop: Desktop, backend: str = "auto", **env: str) -> None:
        self._process = desktop.start(
            [sys.executable, "-W", "error", "-c", CHILD, backend],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=env,
        )

    def send(self, key: str, title: str, body: str = "", **more: Any) -> bool:
        return bool(self.ask(key=key, title=title, body=body, **more)["sent"])

    def ask(self, **line: Any) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(line).encode() + b"\n")
        self._process.stdin.flush()
        return self.heard()

    def heard(self) -> dict[str, Any]:
        assert self._process.stdout
        assert select.select([self._process.stdout], [], [], 10)[0], "nothing was heard"
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said

    def end(self) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.close()
        said = self.heard()
        assert self._process.wait(5) == 0
        return said


@pytest.mark.parametrize(
    ("backend", "body"),
    [("auto", "It lasts. <b>1 & 2</b> <1 %"), ("plyer", "It lasts. ‹b›1 ＆ 2‹/b› ‹1 %")],
)
def test_an_alert_arrives_with_its_words_and_urgency(desktop: Desktop, backend: str, body: str) -> None:
    """dunst keeps a critical alert until it is dismissed, and the others for 10 s; here it reads no markup."""
    desktop.clear_alerts()
    child = Child(desktop, backend)

    assert child.send("a", "Claude session: 75 % used", "It lasts. <b>1 & 2</b> <1 %")
    assert child.send("b", "-Claude is locked", "Until 21:20\u202e\n--urgency=low", urgency="critical")

    calm, urgent = desktop.alerts()
    assert (calm.app, calm.summary, calm.body) == ("usagetray", "Claude session: 75 % used", body)
    assert (urgent.summary, urgent.body) == ("-Claude is locked", "Until 21:20 --urgency=low")
    assert (calm.timeout_us, urgent.timeout_us) == (10_000_000, 0)


def test_where_the_daemon_reads_markup_a_body_is_still_plain_text_and_a_button_comes_back(
    new_desktop: Callable[..., Desktop], tmp_path: Path
) -> None:
    """A dunst with markup on; its menu of buttons is answered by a program that picks the second line."""
    desktop = new_desktop(tray="none", keyring="none", notify="none")
    chooser = tmp_path / "choose"
    chooser.write_text("#!/bin/sh\ngrep -F 'Snooze until reset'\n")
    chooser.chmod(0o755)
    settings = tmp_path / "dunstrc"
    settings.write_text(f"[global]\n    markup = full\n    dmenu = {chooser}\n")
    desktop.start(["dunst", "-config", str(settings)])
    desktop.wait_until(lambda: desktop.has_name("org.freedesktop.Notifications"), "the daemon")
    child = Child(desktop)

    assert child.send("a", "75 % used", "<b>1 & 2</b> <1 %", actions=[("snooze", "Snooze until reset")])
    desktop.run(["dunstctl", "context"])

    assert child.heard() == {"clicked": "snooze"}
    assert desktop.alerts()[0].body == "&lt;b&gt;1 &amp; 2&lt;/b&gt; &lt;1 %"


def test_an_alert_with_the_same_key_takes_the_place_of_the_first(desktop: Desktop) -> None:
    desktop.clear_alerts()
    child = Child(desktop)

    for used in (75, 90, 95):
        assert child.send("claude/session", f"{used} % used")
    assert child.send("claude/week", "50 % used")

    desktop.wait_until(lambda: desktop.alerts_displayed() == 2, "two alerts on the screen")
    assert [alert.summary for alert in desktop.alerts()][-2:] == ["95 % used", "50 % used"]


def test_a_click_on_an_alert_comes_back(desktop: Desktop) -> None:
    """dunst's own command stands for the mouse."""
    desktop.clear_alerts()
    child = Child(desktop)
    child.send("a", "Claude is locked", "Until 21:20")

    desktop.run(["dunstctl", "action"])

    assert child.heard() == {"clicked": "show"}


def test_a_daemon_that_was_restarted_gets_the_next_alert(new_desktop: Callable[..., Desktop]) -> None:
    desktop = new_desktop(tray="none", keyring="none")
    child = Child(desktop)
    assert child.send("a", "before")

    pid = desktop.pid_of("org.freedesktop.Notifications")
    assert pid
    os.kill(pid, signal.SIGKILL)
    desktop.wait_until(lambda: not desktop.has_name("org.freedesktop.Notifications"), "the daemon to go")
    assert not child.send("a", "meanwhile")
    desktop.start(["dunst"])
    desktop.wait_until(lambda: desktop.has_name("org.freedesktop.Notifications"), "the daemon to come back")

    assert child.send("a", "after")
    assert desktop.alerts()[-1].summary == "after"


@pytest.mark.parametrize("options", [{"notify": "none"}, {"dbus": False}], ids=["no daemon", "no bus"])
def test_without_a_daemon_each_alert_is_said_to_have_failed_and_nothing_piles_up(
    new_desktop: Callable[..., Desktop], options: dict[str, object]
) -> None:
    """Ten alerts; descriptors and threads after the tenth are those after the second."""
    desktop = new_desktop(tray="none", keyring="none", **options)
    child = Child(desktop)

    first = [child.send("a", "one"), child.send("a", "two")]
    early = child.ask(count=True)
    rest = [child.send("a", f"{number}") for number in range(8)]

    assert not any(first + rest)
    assert child.ask(count=True) == early
    assert child.end() == {"threads": 1}


def test_no_child_process_is_given_our_environment(desktop: Desktop, tmp_path: Path) -> None:
    """The program that plyer's way starts is replaced by one that writes down what it was given."""
    seen = tmp_path / "environment"
    program = tmp_path / "notify-send"
    program.write_text(f"#!/bin/sh\nenv >{seen}\n")
    program.chmod(0o755)
    path = f"{tmp_path}:{desktop.env['PATH']}"

    assert Child(desktop, "plyer", PATH=path, VENDOR_API_KEY="sk-canary-0123456789").send("a", "one")

    assert "DBUS_SESSION_BUS_ADDRESS" in seen.read_text()
    assert "canary" not in seen.read_text()
