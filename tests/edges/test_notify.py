"""The parts of alerts that need no desktop: the chain, the file, and text made inert."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from usagetray.edges.notify import AlertText, Chain, Sink
from usagetray.edges.plain import plain, within_utf16

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)


class Screen:
    """A notifier that works or does not."""

    def __init__(self, works: bool) -> None:
        self.works = works
        self.shown: list[AlertText] = []

    def send(self, alert: AlertText) -> bool:
        self.shown.append(alert)
        return self.works

    def close(self) -> None:
        self.shown.clear()


def test_the_second_notifier_is_asked_only_when_the_first_failed() -> None:
    broken, working, spare = Screen(False), Screen(True), Screen(True)

    assert Chain((broken, working, spare)).send(AlertText(key="k", title="t", body="b"))

    assert [len(screen.shown) for screen in (broken, working, spare)] == [1, 1, 0]


def test_an_alert_that_nobody_could_show_is_said_to_have_failed() -> None:
    assert not Chain((Screen(False), Screen(False))).send(AlertText(key="k", title="t", body="b"))


def test_an_alert_is_shortened_and_inert_before_it_reaches_any_desktop() -> None:
    screen = Screen(True)

    Chain((screen,)).send(
        AlertText(
            key="k", title="a\u202eb\x1b[31m" + "x" * 100, body="l1\nl2" + "y" * 300, actions=(("v", "\u200bgo"),)
        )
    )

    (shown,) = screen.shown
    assert shown.title.startswith("ab[31mx")
    assert (len(shown.title), len(shown.body)) == (63, 255)
    assert shown.body.startswith("l1 l2y")
    assert shown.actions == (("v", "go"),)


def test_the_file_gets_one_line_for_each_alert_and_is_private(tmp_path: Path) -> None:
    file = tmp_path / "alerts.jsonl"
    sink = Sink(file, lambda: NOW)
    alert = AlertText(
        key="claude/a/five_hour/0.75",
        title="Claude session: 75 % used",
        body="It lasts.",
        urgency="critical",
        actions=(("snooze", "Snooze"),),
        provider="claude",
        account="a",
        window="five_hour",
        threshold=0.75,
    )

    assert sink.send(alert)
    assert sink.send(AlertText(key="k", title="t", body="b"))

    first, second = map(json.loads, file.read_text().splitlines())
    assert first == {
        "at": "2026-11-20T20:00:00+00:00",
        "key": "claude/a/five_hour/0.75",
        "provider": "claude",
        "account": "a",
        "window": "five_hour",
        "threshold": 0.75,
        "title": "Claude session: 75 % used",
        "body": "It lasts.",
        "urgency": "critical",
    }
    assert (second["provider"], second["threshold"], second["urgency"]) == (None, None, "normal")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_planted_link_is_not_written_through(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("mine")
    link = tmp_path / "alerts.jsonl"
    link.symlink_to(target)

    assert not Sink(link, lambda: NOW).send(AlertText(key="k", title="t", body="b"))
    assert target.read_text() == "mine"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Claude session: 75 % used", "Claude session: 75 % used"),
        ("a\tb\r\nc\u2028d", "a b  c d"),
        ("\x1b]0;title\x07x\x9b1m", "]0;titlex1m"),
        ("\u202eabc\u2066\u200d\ufeff", "abc"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("  ", ""),
        ("0123456789012345678901234567890", "01234567890123456789012345678…"),
    ],
)
def test_text_from_outside_is_one_inert_line_of_limited_length(text: str, shown: str) -> None:
    assert plain(text, 30) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("abcde", "abcde"), ("abcdef", "abcd…"), ("\U0001f600\U0001f600\U0001f600", "\U0001f600\U0001f600…")],
)
def test_a_text_for_windows_is_cut_by_utf16_units(text: str, shown: str) -> None:
    """Five units; an emoji takes two, and is never halved."""
    assert within_utf16(text, 5) == shown
