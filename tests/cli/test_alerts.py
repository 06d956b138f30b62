"""`usagetray alerts`: what was sent, held, merged and snoozed, and why; snoozing with and without a tray."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.cli.conftest import Computer, Said
from usagetray.domain.alerts import AlertKind
from usagetray.domain.holding_back import Held, LeftOut
from usagetray.edges.channel import InstanceLock, serve
from usagetray.edges.files import paths
from usagetray.edges.store import AlertRow, open_writer
from usagetray.views.plain import columns

NOW = datetime.now(UTC)
TITLE = "Claude week, Fable only, of an account with a rather long name"
BODY = "Resets Mon 09:00, in 2 d 13 h. A smaller context or a smaller model makes the rest last longer. " * 2


def row(number: int, held_for: Held | None = None, left_out: LeftOut | None = None, title: str = "") -> AlertRow:
    return AlertRow(
        due_at=NOW - timedelta(hours=9, minutes=-number),
        kind=AlertKind.THRESHOLD,
        provider="claude",
        account="a",
        window="weekly",
        threshold=0.75,
        title=title or f"Alert {number}",
        body=BODY,
        urgency="normal",
        held_for=held_for,
        left_out=left_out,
    )


def keep(computer: Computer, rows: list[AlertRow], sent: dict[int, list[int]], *, shown: bool = True) -> None:
    """Writes the rows; `sent`: for each notification, which of them were in it, by their place."""
    store = open_writer(paths({**computer.env, **computer.isolated}).store_file)
    store.save_told({}, rows)
    kept = sorted(store.alerts(), key=lambda each: each.id)
    store.note_held(
        [
            AlertRow(**{**{name: getattr(there, name) for name in AlertRow.__slots__}, "held_for": each.held_for,
                        "left_out": each.left_out})
            for there, each in zip(kept, rows, strict=True)
        ]
    )  # fmt: skip
    for together in sent.values():
        store.mark_sent([kept[place] for place in together], sent_at=NOW - timedelta(hours=1), shown=shown)
    store.close()


def notes(said: Said) -> list[str]:
    """What stands in parentheses, each in one line."""
    text = " ".join(said.out.split())
    return [each.split(")")[0] for each in text.split("(")[1:]]


def test_each_alert_says_why_it_came_when_it_did_or_never(computer: Computer) -> None:
    rows = [
        row(0),
        row(1),
        row(2),
        row(3, Held.QUIET),
        row(4, Held.QUIET, LeftOut.OVERTAKEN),
        row(5, Held.SNOOZED, LeftOut.OVERTAKEN),
        row(6, None, LeftOut.LATE),
        row(7, None, LeftOut.SWITCHED_OFF),
        row(8, Held.BURST),
        row(9, Held.SNOOZED),
    ]
    keep(computer, rows, {0: [0], 1: [1, 2], 2: [3]})
    computer.run("alerts", "snooze", "1h")

    said = notes(computer.run("alerts"))

    assert said[:3] == ["shown", "shown together with others", "shown together with others"]
    assert said[3].startswith("held back in quiet hours, told at ")
    assert said[4:9] == [
        "held back in quiet hours, and no longer so when they ended",
        "snoozed, and no longer so when that ended",
        "not shown: found more than 2 hours later",
        "not shown: alerts are switched off",
        "held back: no more than 3 in 10 minutes, 20 a day",
    ]
    assert said[9].startswith("snoozed until ")


def test_in_quiet_hours_it_is_said_until_when_and_how_many_wait(computer: Computer) -> None:
    """They began an hour ago, and end in two."""
    local = NOW.astimezone(ZoneInfo("Asia/Kathmandu"))
    ends = f"{local + timedelta(hours=2):%H:%M}"
    keep(computer, [row(0, Held.QUIET), row(1, Held.QUIET)], {})
    computer.run("config", "set", "alerts.quiet_hours", f"{local - timedelta(hours=1):%H:%M}-{ends}")

    for words in (("alerts",), ("status",)):
        said = " ".join(computer.run(*words).out.split())
        assert re.search(rf"Quiet hours until (\w+ )?{ends}: 2 alerts wait\.", said)
    assert all(
        re.fullmatch(rf"held back until quiet hours end at (\w+ )?{ends}", each)
        for each in notes(computer.run("alerts"))
    )
    found = computer.run("status", "--json").json["alerts"]
    assert (found["waiting"], found["snoozed_until"], found["quiet_until"] is None) == (2, None, False)


def test_an_alert_that_nothing_could_show_says_so(computer: Computer) -> None:
    keep(computer, [row(0)], {0: [0]}, shown=False)

    assert notes(computer.run("alerts")) == ["could not be shown"]


def test_no_line_is_wider_than_a_terminal(computer: Computer) -> None:
    keep(computer, [row(0, title=TITLE), row(1, Held.QUIET, LeftOut.OVERTAKEN, title="\u4e00" * 63)], {0: [0]})

    for words in (("alerts",), ("alerts", "snooze", "tomorrow"), ("alerts", "list")):
        assert max(columns(line) for line in computer.run(*words).out.splitlines()) <= 80


def test_scripts_get_the_reasons_by_name(computer: Computer) -> None:
    keep(computer, [row(0), row(1, Held.QUIET, LeftOut.OVERTAKEN)], {0: [0]})

    newest, oldest = computer.run("alerts", "list", "--json").json

    assert (newest["held_for"], newest["left_out"], newest["sent_at"]) == ("quiet", "overtaken", None)
    assert (oldest["held_for"], oldest["left_out"], oldest["shown"]) == (None, None, True)


def test_a_snooze_without_a_tray_is_kept_shown_everywhere_and_ended(computer: Computer) -> None:
    """Nothing was ever stored here before."""
    told = computer.run("alerts", "snooze")

    assert told.out.startswith("Alerts are snoozed until ")
    first = told.out.splitlines()[0]
    assert first in computer.run("alerts").out
    assert first.removesuffix(".") in computer.run("status").out
    assert not list(paths({**computer.env, **computer.isolated}).orders_dir.iterdir())
    assert computer.run("alerts", "snooze", "off").out == "Alerts are awake.\n"
    assert "snoozed" not in computer.run("alerts").out + computer.run("status").out


def test_with_a_tray_the_order_is_left_to_it_and_it_is_told(computer: Computer) -> None:
    """A tray's lock and channel are held here: the command must not write the store."""
    own = paths({**computer.env, **computer.isolated})
    heard: list[str] = []
    lock = InstanceLock(own.lock)
    assert lock.acquire()
    server = serve(own.socket, lambda verb, _: heard.append(verb) or "ok")
    try:
        assert computer.run("alerts", "snooze", "tomorrow").status == 0
    finally:
        server.close()
        lock.release()

    (order,) = own.orders_dir.iterdir()
    assert heard == ["changed"]
    assert json.loads(order.read_text())["of"] == ["", "", ""]
    assert (order.stat().st_mode & 0o777, own.orders_dir.stat().st_mode & 0o777) == (0o600, 0o700)
    assert not own.store_file.exists()


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("snooze", "reset"), 1, "No limit says when it resets, so alerts were not snoozed; say 1h or tomorrow."),
        (("snooze", "3h"), 2, "invalid choice: '3h'"),
        (("snooze", "1h", "please"), 2, "unrecognized arguments: please"),
        (("sleep",), 2, "invalid choice: 'sleep'"),
    ],
)
def test_wrong_words_get_one_sentence(computer: Computer, words: tuple[str, ...], status: int, sentence: str) -> None:
    said = computer.run("alerts", *words)

    assert said.status == status
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


def test_a_folder_that_cannot_be_written_is_named(computer: Computer) -> None:
    own = paths({**computer.env, **computer.isolated})
    own.spool_dir.mkdir(parents=True)
    own.orders_dir.write_text("in the way")

    said = computer.run("alerts", "snooze")

    assert said.status == 1
    assert str(own.orders_dir) in said.err
    assert said.err.count("\n") == 1


def test_a_test_alert_says_whether_it_was_shown(computer: Computer, tmp_path: Path) -> None:
    """Without a desktop nothing can show it; a file can."""
    failed = computer.run("alerts", "test")
    written = computer.run("alerts", "test", "--notify-to", str(tmp_path / "alerts"))

    assert (failed.status, written.status) == (1, 0)
    assert "No alert could be shown" in failed.err
    assert written.out.startswith("Sent.")
