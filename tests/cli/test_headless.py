"""`run --headless`: for servers and scripts; the status JSON in its documented shape, alerts as lines of JSON."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.cli.conftest import PROGRAM, Computer
from usagetray.edges.channel import InstanceLock
from usagetray.edges.files import private_dir

TEXT, NUMBER, FLAG, LIST, OBJECT, NONE = str, (int, float), bool, list, dict, type(None)
TOP = {
    "schema": int, "generated_at": TEXT, "demo": FLAG, "billing_route": (OBJECT, NONE), "accounts": LIST,
    "alerts": OBJECT,
    "counters": OBJECT,
}  # fmt: skip
ACCOUNT = {
    "provider": TEXT, "account": TEXT, "label": (TEXT, NONE), "plan": (TEXT, NONE), "state": TEXT, "state_text": TEXT,
    "next_attempt_at": (TEXT, NONE), "windows": LIST, "money": LIST, "paying": (OBJECT, NONE),
    "incidents": LIST,
}  # fmt: skip
WINDOW = {
    "key": TEXT, "label": TEXT, "used_percent": (*NUMBER, NONE), "state": TEXT, "stale": FLAG,
    "resets_at": (TEXT, NONE), "length_s": (int, NONE), "source": TEXT, "captured_at": TEXT, "age_s": int,
    "forecast": (OBJECT, NONE),
}  # fmt: skip
COUNTERS = {
    "requests": OBJECT, "fields_dropped": OBJECT, "lines_skipped": OBJECT, "rows_written": int, "alerts_sent": int,
    "alerts_merged": int, "open_handles": (int, NONE), "threads": (int, NONE),
}  # fmt: skip


def assert_shape(found: dict[str, Any], shape: dict[str, Any], *, more: bool = False) -> None:
    assert list(found)[: len(shape)] == list(shape)
    assert more or len(found) == len(shape)
    for name, kind in shape.items():
        assert isinstance(found[name], kind), (name, found[name])
        assert kind is int or not isinstance(found[name], bool) or kind is FLAG, name


def codex_session(computer: Computer, used_percent: float, *, age: timedelta = timedelta(minutes=1)) -> datetime:
    """Codex was used a moment ago, and said this of its five hours. Returns when they end."""
    at = datetime.now(UTC) - age
    resets_at = (at + timedelta(hours=2)).replace(microsecond=0)
    limits = {
        "limit_id": "codex", "limit_name": None, "plan_type": "plus", "credits": None, "secondary": None,
        "primary": {"used_percent": used_percent, "window_minutes": 300, "resets_at": int(resets_at.timestamp())},
    }  # fmt: skip
    stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    meta = {"timestamp": stamp, "type": "session_meta", "payload": {"id": "s-1", "timestamp": stamp}}
    payload = {"type": "token_count", "info": None, "rate_limits": limits}
    line = {"timestamp": stamp, "type": "event_msg", "payload": payload}
    folder = computer.home / ".codex" / "sessions" / f"{at:%Y/%m/%d}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rollout-s-1.jsonl").write_text(json.dumps(meta) + "\n" + json.dumps(line) + "\n")
    return resets_at


def test_once_prints_the_status_in_its_documented_shape(computer: Computer) -> None:
    resets_at = codex_session(computer, 42)

    said = computer.run("run", "--headless", "--once")

    status = said.json
    (account,) = status["accounts"]
    (window,) = account["windows"]
    assert (said.status, said.err) == (0, "")
    assert_shape(status, TOP)
    assert_shape(account, ACCOUNT)
    assert_shape(window, WINDOW)
    assert_shape(status["counters"], COUNTERS, more=True)
    assert (status["schema"], account["provider"], account["state"]) == (1, "codex", "fresh")
    assert (window["used_percent"], window["length_s"], window["state"]) == (42, 18000, "ok")
    assert datetime.fromisoformat(window["resets_at"]) == resets_at
    assert 50 < window["age_s"] < 120


def test_the_status_verb_prints_the_same_object(computer: Computer) -> None:
    """But for the instant, the ages and the counters of the process."""
    codex_session(computer, 42)

    once = computer.run("run", "--headless", "--once").json
    looked = computer.run("status", "--json").json

    for status in (once, looked):
        status.pop("generated_at")
        status.pop("counters")
        status["accounts"][0].pop("next_attempt_at")
        status["accounts"][0]["windows"][0].pop("age_s")
    assert once == looked


def test_an_alert_is_a_line_in_the_file_that_was_named(computer: Computer) -> None:
    """91 % passes three thresholds and earns one alert; a second run earns none."""
    codex_session(computer, 91)
    sink = computer.home / "alerts.jsonl"

    for _ in range(2):
        assert computer.run("run", "--headless", "--once", "--notify-to", str(sink)).status == 0

    (line,) = map(json.loads, sink.read_text().splitlines())
    names = ("at", "key", "provider", "account", "window", "threshold", "title", "body", "urgency")
    assert tuple(line) == names
    assert (line["provider"], line["threshold"]) == ("codex", 0.9)
    assert "91" in line["title"]


def test_what_was_announced_can_be_looked_up(computer: Computer) -> None:
    codex_session(computer, 91)
    computer.run("run", "--headless", "--once", "--notify-to", os.devnull)

    listed = computer.run("alerts", "list")
    (row,) = computer.run("alerts", "list", "--json").json

    assert row["title"] in listed.out.replace("\u202f", " ") or "91 % used" in listed.out
    assert (row["provider"], row["threshold"], row["shown"]) == ("codex", 0.9, True)
    assert datetime.fromisoformat(row["due_at"]).tzinfo is not None


def test_a_test_alert_goes_where_alerts_go(computer: Computer) -> None:
    sink = computer.home / "alerts.jsonl"

    said = computer.run("alerts", "test", "--notify-to", str(sink))

    assert (said.status, said.err) == (0, "")
    assert json.loads(sink.read_text())["title"] == "usagetray: a test alert"


def test_without_a_notification_service_the_test_alert_says_so(computer: Computer) -> None:
    said = computer.run("alerts", "test")

    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("usagetray: No alert could be shown")
    assert said.err.count("\n") == 1


def test_a_second_start_leaves_the_first_at_work_and_says_so(computer: Computer) -> None:
    """The first holds the store; a look and a one-shot show its figures, a second loop is refused."""
    codex_session(computer, 42)
    env = {**computer.env, **computer.isolated}
    first = subprocess.Popen([*PROGRAM, "run", "--headless"], env=env, stdin=subprocess.DEVNULL)
    try:
        wait_for(computer.profile / "run" / "writer.lock")
        wait_for(computer.profile / "usagetray.db")
        second = computer.run("run", "--headless")
        once = computer.run("run", "--headless", "--once")
        looked = computer.run("status")
    finally:
        first.send_signal(signal.SIGTERM)
        ended = first.wait(10)

    assert second.status == 1
    assert "already running" in second.err
    assert (once.status, looked.status, ended) == (0, 0, 0)
    assert once.json["schema"] == 1


def test_a_killed_run_is_no_obstacle_to_the_next(computer: Computer) -> None:
    env = {**computer.env, **computer.isolated}
    first = subprocess.Popen([*PROGRAM, "run", "--headless"], env=env, stdin=subprocess.DEVNULL)
    wait_for(computer.profile / "usagetray.db")
    first.kill()
    first.wait(10)

    assert computer.run("run", "--headless", "--once").status == 0


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline, path
        time.sleep(0.05)


def test_a_start_just_as_somebody_looks_waits_for_the_look_to_end(computer: Computer) -> None:
    """A status bar asked for the status in the moment of sign-in; the lock is its own for half a second."""
    lock = InstanceLock(private_dir(computer.profile / "run") / "writer.lock")
    assert lock.acquire()
    program = subprocess.Popen(
        [*PROGRAM, "run", "--headless"], env={**computer.env, **computer.isolated}, stdin=subprocess.DEVNULL
    )
    time.sleep(0.5)

    lock.release()

    try:
        wait_for(computer.profile / "usagetray.db")
        assert program.poll() is None
    finally:
        program.send_signal(signal.SIGTERM)
        assert program.wait(10) == 0
