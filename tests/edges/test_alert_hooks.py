"""Alerts given to a program and posted to an address: one JSON object each, no secrets along, and never in the way."""

from __future__ import annotations

import json
import os
import socket
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.edges.servers import certificate, response, serving
from usagetray.edges.alert_hooks import AlertHooks, HookFailure, WithHooks, _Line, failures
from usagetray.edges.notify import AlertText
from usagetray.settings import AlertSettings

NOW = datetime(2026, 11, 20, 19, 4, tzinfo=UTC)
ALERT = AlertText(
    key="claude/acc-1/five_hour",
    title="Claude session: 75 % used",
    body="It resets at 21:20.\n\x1b[31m",
    provider="claude",
    account="acc-1",
    window="five_hour",
    threshold=0.75,
)
OBJECT = {
    "at": "2026-11-20T19:04:00+00:00",
    "key": "claude/acc-1/five_hour",
    "provider": "claude",
    "account": "acc-1",
    "window": "five_hour",
    "threshold": 0.75,
    "title": "Claude session: 75 % used",
    "body": "It resets at 21:20. [31m",
    "urgency": "normal",
}
KEEPS = "import json, os, sys; json.dump([sys.stdin.read(), sys.argv[1:], dict(os.environ)], open(sys.argv[1], 'w'))"


class Given:
    """Hooks with these settings, and what the tests ask of them."""

    def __init__(self, folder: Path, deadline_s: float = 10.0) -> None:
        self.settings = AlertSettings()
        self.state = folder / "state"
        environ = {"PATH": os.defpath, "HOME": str(folder), "ANTHROPIC_API_KEY": "sk-canary-0123456789"}
        self.hooks = AlertHooks(
            lambda: self.settings,
            environ=environ,
            now=lambda: NOW,
            state_dir=self.state,
            user_agent="usagetray/1.2.3",
            deadline_s=deadline_s,
        )

    def command(self, *words: str) -> None:
        self.settings = AlertSettings(command=words)

    def python(self, script: str, *words: str) -> None:
        self.command(sys.executable, "-c", script, *words)

    def webhook(self, address: str) -> None:
        self.settings = AlertSettings(webhook=address)

    def sent(self, patience_s: float = 60.0) -> tuple[HookFailure, ...]:
        """Sends one alert, waits for it, and tells what is on record as failed."""
        self.hooks.send(ALERT)
        self.hooks.close(patience_s)
        return failures(self.state)


@pytest.fixture
def given(tmp_path: Path) -> Iterator[Given]:
    made = Given(tmp_path)
    yield made
    made.hooks.close(0)


def ended(pid: int) -> bool:
    """Whether the process is gone (or a zombie that nobody has looked after yet)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def eventually(question: Callable[[], Any]) -> Any:
    until = time.monotonic() + 10
    while not (answer := question()) and time.monotonic() < until:
        time.sleep(0.01)
    return answer


def test_the_program_gets_the_alert_on_its_input_and_nothing_secret(given: Given, tmp_path: Path) -> None:
    """Its words are made inert; its arguments are not read by a shell; keys of the environment stay here."""
    given.python(KEEPS, str(tmp_path / "kept"), "$HOME; `id` *")

    assert given.sent() == ()
    text, words, environ = json.loads((tmp_path / "kept").read_text())
    assert json.loads(text) == OBJECT
    assert words[1] == "$HOME; `id` *"
    assert environ["HOME"] == str(tmp_path)
    assert "ANTHROPIC_API_KEY" not in environ


def test_the_address_gets_the_alert_as_the_body_of_a_post(given: Given) -> None:
    """With our own name, no login and no cookie; the query is the user's own."""
    bodies: list[bytes] = []

    def take(connection: Any, request: bytes) -> None:
        head, _, body = request.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        while len(body) < length:
            body += connection.recv(length)
        bodies.append(body)
        response(202)(connection, request)

    with serving(take) as server:
        given.webhook(f"{server.origin}/topic?tpl=1&t={{{{.title}}}}")

        assert given.sent() == ()

    lines = server.requests[0].decode().lower().split("\r\n")
    assert lines[0] == "post /topic?tpl=1&t={{.title}} http/1.1"
    assert "user-agent: usagetray/1.2.3" in lines
    assert "content-type: application/json" in lines
    assert not [line for line in lines if line.startswith(("authorization:", "cookie:"))]
    assert [json.loads(body) for body in bodies] == [OBJECT]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(given: Given, status: int) -> None:
    with serving(response()) as other:
        elsewhere = response(status, headers={"Location": other.origin})
        with serving(elsewhere) as server:
            given.webhook(f"{server.origin}/")
            failed = given.sent()

    assert other.requests == []
    assert failed == (HookFailure(hook="webhook", at=NOW, reason="answered with a redirect, which is not followed"),)


def test_a_server_that_refuses_is_told_by_its_status(given: Given) -> None:
    with serving(response(403)) as server:
        given.webhook(f"{server.origin}/")

        assert [each.reason for each in given.sent()] == ["answered 403"]


def test_nothing_is_sent_to_a_server_whose_certificate_does_not_check_out(given: Given, tmp_path: Path) -> None:
    tls, _ = certificate(tmp_path, "127.0.0.1")
    with serving(response(), tls) as server:
        given.webhook(f"https://127.0.0.1:{server.port}/")
        failed = given.sent()

    assert server.requests == []
    assert "certificate does not check out" in failed[0].reason


def test_a_server_that_drips_is_cut_off_at_the_deadline(tmp_path: Path) -> None:
    """A byte of its header now and then keeps every other limit from striking."""

    def drip(connection: Any, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not server.over.wait(0.02):
            connection.sendall(b"x")

    given = Given(tmp_path, deadline_s=0.3)
    with serving(drip) as server:
        given.webhook(f"{server.origin}/")
        failed = given.sent()

    assert [each.reason for each in failed] == ["took too long"]


def test_a_post_whose_time_is_over_before_it_is_connected_is_cut_off_then() -> None:
    """A busy machine may need longer for the client than the post has; nothing else would end one that drips."""
    ours, theirs = socket.socketpair()
    stream = SimpleNamespace(get_extra_info=lambda _: ours)
    with ours, theirs:
        line = _Line(None)
        line.cut()
        line.trace("connection.connect_tcp.complete", {"return_value": stream})

        theirs.settimeout(30)
        assert theirs.recv(1) == b""


def test_nobody_at_the_address_is_said(given: Given) -> None:
    with serving(response()) as server:
        pass
    given.webhook(f"{server.origin}/")

    assert [each.reason for each in given.sent()] == ["could not be reached"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("/nowhere/at-all",), "could not be started (No such file or directory)"),
        ((sys.executable, "-c", "import sys; sys.exit(3)"), "ended with status 3"),
    ],
    ids=["not there", "status 3"],
)
def test_a_program_that_fails_is_on_record(given: Given, words: tuple[str, ...], reason: str) -> None:
    given.command(*words)

    assert given.sent() == (HookFailure(hook="command", at=NOW, reason=reason),)


def test_a_program_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    """It ignores a polite request, and its child would outlive it."""
    script = "import os, subprocess, signal, sys; signal.signal(15, signal.SIG_IGN);"
    script += "open(sys.argv[1] + '.part', 'w').write(f'{os.getpid()} {subprocess.Popen([\"sleep\", \"60\"]).pid}');"
    script += "os.rename(sys.argv[1] + '.part', sys.argv[1]); sys.stdin.read(); import time; time.sleep(60)"
    given = Given(tmp_path, deadline_s=1.5)
    given.python(script, str(tmp_path / "pids"))

    failed = given.sent()

    assert [each.reason for each in failed] == ["took longer than 1.5 s and was ended"]
    pids = [int(each) for each in (tmp_path / "pids").read_text().split()]
    assert eventually(lambda: all(ended(pid) for pid in pids))


def test_a_slow_program_holds_up_neither_the_tray_nor_the_queue(
    given: Given, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Ten alerts while the first is being taken: nine are dropped with a line in the log, none waits."""
    release = tmp_path / "release"
    os.mkfifo(release)
    given.python("import sys; open(sys.argv[1]).read(); open(sys.argv[2], 'a').write('x')", str(release), f"{release}d")

    started = [given.hooks.send(ALERT) for _ in range(10)]
    release.write_text("")
    given.hooks.close(10)

    assert started == [True] + 9 * [False]
    assert Path(f"{release}d").read_text() == "x"
    assert sum("dropped" in record.message for record in caplog.records) == 9


def test_quitting_does_not_wait_for_a_program_that_hangs(given: Given, tmp_path: Path) -> None:
    """The program is ended with the tray."""
    given.python("import os, sys, time; os.symlink(str(os.getpid()), sys.argv[1]); time.sleep(60)", f"{tmp_path}/pid")
    given.hooks.send(ALERT)
    pid = int(eventually(lambda: (tmp_path / "pid").is_symlink() and str((tmp_path / "pid").readlink())))

    given.hooks.close(0.05)

    assert eventually(lambda: ended(pid))


def test_a_success_takes_the_failure_off_the_record(given: Given) -> None:
    given.command("/nowhere/at-all")
    failed = given.sent()
    given.python("")

    assert len(failed) == 1
    assert given.sent() == ()


def test_the_record_is_private_and_holds_no_address(given: Given) -> None:
    """Whoever knows the address may post there: it is as good as a password."""
    given.webhook("http://127.0.0.1:1/canary-0123456789")
    given.sent()

    record = given.state / "alert-hooks.json"
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    assert stat.S_IMODE(given.state.stat().st_mode) == 0o700
    assert "canary" not in record.read_text()


def test_a_damaged_record_counts_as_none(given: Given) -> None:
    given.state.mkdir()
    for text in ("", "[]", '{"command": 1}', '{"command": {"at": "x", "reason": ""}}', "[" * 9000):
        (given.state / "alert-hooks.json").write_text(text)

        assert failures(given.state) == ()


def test_what_is_said_of_this_desktop_only_is_not_sent_around(given: Given) -> None:
    """ "No tray found" helps whoever sits there, and nobody with a telephone."""
    given.python("")

    assert not given.hooks.send(AlertText(key="desktop", title="usagetray", body="No tray found.", urgency="low"))


class Desktop:
    """A notifier that shows, or cannot."""

    def __init__(self, works: bool) -> None:
        self.works = works
        self.threads: list[str] = []

    def send(self, alert: AlertText) -> bool:
        self.threads.append(threading.current_thread().name)
        return self.works

    def close(self) -> None:
        self.threads.append("closed")


@pytest.mark.parametrize("works", [True, False])
def test_hooks_come_in_addition_whether_or_not_the_desktop_can_show_it(
    given: Given, tmp_path: Path, works: bool
) -> None:
    """What counts as shown is what the desktop says."""
    desktop = Desktop(works)
    notifier = WithHooks(desktop, given.hooks, patience_s=10)
    given.python(KEEPS, str(tmp_path / "kept"))

    shown = notifier.send(ALERT)
    notifier.close()

    assert shown is works
    assert desktop.threads == ["MainThread", "closed"]
    assert (tmp_path / "kept").exists()
