"""The status for a terminal and for scripts."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.views.build import (
    A_MINUTE_AGO,
    AT_18_22,
    BERLIN,
    CREDITS_OFF,
    DAYS,
    KATHMANDU,
    NOW,
    account,
    codex,
    empty,
    ended,
    locked,
    overview,
    paying,
    usage_credits,
    week,
    window,
)
from usagetray.domain.states import State, WindowState
from usagetray.overview import Attempted, FoundTool
from usagetray.views.plain import columns
from usagetray.views.status_json import status_json
from usagetray.views.status_text import status_text

HOSTILE = (
    "\x1b[31mevil\x1b[0m",
    "\u202egnp.exe\u200b",
    "<b>&lt;img src=x onerror=1&gt;</b>",
    "=cmd|' /C calc'!A0",
    "%s%n{0}{self}[bold red]",
    "宽" * 400,
    "A" * 10_000,
)


def test_the_page_of_a_locked_day():
    assert (
        status_text(locked(), BERLIN, left=False)
        == """\
⊖ Claude is locked until 21:20
  The session is used up. Your week is fine.
  1 h 16 m, then a fresh session.
  Codex has 66 % left.
  Nothing is being charged while you wait.

Claude · Max 5x · Personal
  Session (5 h)      ███████████████ 100 % used ⊖ resets 21:20 · in 1 h 16 m
    Used up at 20:04 · from the status line, 1 m ago
  Week (all models)  ███████░░░░░░░░  49 % used   resets Mon 09:00 · in 2 d 12 h
  Week (Fable only)  ██████░░░░░░░░░  38 % used   resets Mon 09:00 · in 2 d 12 h
    from the status line, 1 m ago
  Usage credits: off

Codex · Plus
  5 hours            ███░░░░░░░░░░░░  18 % used   resets 22:41 · in 2 h 37 m
  Week               █████░░░░░░░░░░  34 % used   resets Wed 08:12 · in 4 d 12 h
    from its session files, 1 m ago

Updated 1 m ago · next in 4 m"""
    )


def test_the_page_of_an_ended_session_shows_no_old_figure():
    assert (
        status_text(ended(), BERLIN, left=False)
        == """\
Claude week: 41 % used
  Next reset: Claude week, Mon 09:00.

Claude · Max 5x · Personal
  Session (5 h)                               –
    Ended 19:59, waiting for a new figure
  Week (all models)  ██████░░░░░░░░░  41 % used   resets Mon 09:00 · in 2 d 12 h
    from the status line, 1 m ago

Updated 1 m ago · next in 4 m"""
    )


def test_the_page_without_anything_names_what_to_do():
    assert (
        status_text(empty(), BERLIN, left=False)
        == """\
Nothing is connected
  No known tool was found on this computer.

  usagetray providers  what is known, and where it looks
  usagetray demo       see it with made-up figures

No trace on this computer: Claude, Codex"""
    )


def test_a_terminal_without_unicode_gets_letters_only():
    text = status_text(paying(), KATHMANDU, left=True, width=60, unicode=False)

    assert text.isascii()
    assert "  Session (5 h)      #########   0 % left $ resets 02:05" in text.splitlines()


def test_a_narrow_terminal_keeps_the_reset():
    text = status_text(ended(), BERLIN, left=False, width=40)

    assert max(map(columns, text.splitlines())) <= 40
    assert "resets Mon 09:00" in text


def test_colour_is_there_only_when_asked_for():
    assert "\x1b" not in status_text(locked(), BERLIN, left=False)
    assert "\x1b[31m" in status_text(locked(), BERLIN, left=False, color=True)


def test_an_old_figure_is_broken_and_without_colour():
    text = status_text(DAYS["offline"](), BERLIN, left=False, color=True)

    assert "▒" in text
    assert "█" not in text
    assert "\x1b[31m" not in text
    assert "\x1b[33m" not in text


@pytest.mark.parametrize(("share", "bar"), [(0.0, "░" * 20), (0.001, "█" + "░" * 19), (0.999, "█" * 19 + "░")])
def test_a_bar_is_empty_at_zero_and_full_at_a_hundred_only(share, bar):
    assert f" {bar} " in status_text(overview(account(window(share))), BERLIN, left=False)


def test_a_found_tool_says_how_to_connect_it():
    tool = FoundTool(provider="codex", name="Codex", reads="its session files", connected=False)
    text = status_text(overview(account(window()), found=(tool,), missing=("Copilot",)), BERLIN, left=False)

    assert "Codex: found here, not connected (usagetray connect codex)" in text
    assert "No trace on this computer: Copilot" in text


def test_verbose_shows_each_attempt():
    attempts = (
        Attempted(
            strategy="statusline",
            label="the status line",
            at=A_MINUTE_AGO,
            state=State.FRESH,
            detail="",
            next_at=None,
            consent=None,
            dropped=("limits[3].percent",),
            ignored=("tangelo",),
        ),
        Attempted(
            strategy="endpoint",
            label="the usage endpoint",
            at=A_MINUTE_AGO,
            state=State.RATE_LIMITED,
            detail="answered 429",
            next_at=NOW + timedelta(minutes=27),
            consent=True,
        ),
        Attempted(
            strategy="program",
            label="the claude program",
            at=None,
            state=State.NOT_CONNECTED,
            detail="",
            next_at=None,
            consent=False,
        ),
    )
    text = status_text(overview(account(window(), attempts=attempts)), BERLIN, left=False, verbose=True)

    assert text.split("  Sources\n")[1].split("\n\n")[0] == (
        "    the status line, answered 1 m ago\n"
        "      could not be read: limits[3].percent\n"
        "      left out: tangelo\n"
        "    the usage endpoint, rate limited 1 m ago, answered 429, next try 20:31\n"
        "    the claude program, not allowed yet"
    )


def hostile(name: str):
    """The same name in every place a vendor, a log or a file can put one."""
    row = window(0.95, label=name, scope=name, source=name)
    model = week(0.5, label=name, scope=name, model=name, key=name)
    attempt = Attempted(
        strategy="x", label=name, at=NOW, state=State.TLS, detail=name, next_at=NOW, consent=None,
        dropped=(name,), ignored=(name,),
    )  # fmt: skip
    owner = account(
        row,
        model,
        name=name,
        label=name,
        plan=name,
        money=(usage_credits(label=name), replace(CREDITS_OFF, label=name, disabled_reason=name)),
        money_source=name,
        state=State.SERVER_ERROR,
        attempts=(attempt,),
    )
    return overview(
        owner,
        replace(owner, account="acc-9"),
        codex(),
        missing=(name,),
        notices=(name,),
        counters={"fields_dropped": {name: 1}},
    )


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_name_breaks_out_of_the_page(name, width):
    """R40: nothing that acts, no line wider than the terminal."""
    for unicode in (True, False):
        text = status_text(hostile(name), BERLIN, left=False, width=width, verbose=True, unicode=unicode)

        assert max(map(columns, text.splitlines())) <= width
        assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in text if char != "\n")
        assert "<b>" not in text
        assert "&lt;" not in text


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("zone", [BERLIN, KATHMANDU])
def test_every_day_fits_into_80_columns(day, zone):
    for left in (False, True):
        text = status_text(DAYS[day](), zone, left, verbose=True)

        assert max(map(columns, text.splitlines())) <= 80
        assert text == "\n".join(line.rstrip() for line in text.splitlines())


# ---- JSON --------------------------------------------------------------------------------------------------


def test_the_json_has_the_documented_shape():
    body = json.loads(json.dumps(status_json(paying()), allow_nan=False))

    assert list(body) == ["schema", "generated_at", "demo", "billing_route", "accounts", "alerts", "counters"]
    assert (body["schema"], body["generated_at"], body["demo"]) == (1, "2026-11-20T19:04:00Z", False)
    assert body["accounts"][0]["windows"][0] == {
        "key": "five_hour",
        "label": "Session (5 h)",
        "used_percent": 100,
        "state": "ok",
        "stale": False,
        "resets_at": "2026-11-20T20:20:00Z",
        "length_s": 18000,
        "source": "the status line",
        "captured_at": "2026-11-20T19:03:00Z",
        "age_s": 60,
        "forecast": None,
    }
    assert body["accounts"][0]["money"] == [
        {
            "kind": "overage",
            "period": None,
            "amount": "3.12",
            "limit": "50.00",
            "currency": "USD",
            "as_of": "2026-11-20T19:03:00Z",
            "source": "the usage endpoint",
            "at_least": False,
            "so_far": False,
            "unpriced_tokens": 0,
        }
    ]
    assert list(body["accounts"][0]) == [
        "provider", "account", "label", "plan", "state", "state_text", "next_attempt_at", "windows", "money",
        "paying",
        "incidents",
    ]  # fmt: skip


def test_every_counter_is_always_there():
    body = status_json(overview(counters={"rows_written": 7}))

    assert set(body["counters"]) == {
        "requests", "fields_dropped", "lines_skipped", "rows_written", "alerts_sent", "alerts_merged",
        "open_handles", "threads",
    }  # fmt: skip
    assert body["counters"]["rows_written"] == 7


def test_an_ended_window_has_no_percentage():
    over = window(1.0, state=WindowState.ENDED, resets_at=NOW - timedelta(minutes=5), captured_at=AT_18_22)
    row = status_json(overview(account(over)))["accounts"][0]["windows"][0]

    assert (row["used_percent"], row["state"], row["age_s"]) == (None, "ended", 6120)


@pytest.mark.parametrize(
    ("share", "percent"),
    [(0.42, 42), (0.6100000000000001, 61), (0.004, 0.4), (1.05, 105), (None, None), (float("nan"), None), (-0.1, None)],
)
def test_percentages_are_plain_numbers_or_null(share, percent):
    assert status_json(overview(account(window(share))))["accounts"][0]["windows"][0]["used_percent"] == percent


def test_a_clock_set_back_gives_no_negative_age():
    ahead = window(captured_at=NOW + timedelta(hours=48))

    assert status_json(overview(account(ahead)))["accounts"][0]["windows"][0]["age_s"] == 0


@pytest.mark.parametrize("name", HOSTILE)
def test_the_json_is_inert_too(name):
    text = json.dumps(status_json(hostile(name)), ensure_ascii=False)

    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in text)
    assert "<b>" not in text
    assert "A" * 81 not in text
