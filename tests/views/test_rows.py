"""What stands beside a bar, for each state a window can be in."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.views.build import (
    AT_18_22,
    BERLIN,
    CREDITS_OFF,
    KATHMANDU,
    NOW,
    account,
    codex,
    fable,
    overview,
    said,
    usage_credits,
    week,
    window,
)
from usagetray.domain.states import Level, State, WindowState
from usagetray.model import Money, MoneyKind, MoneyLine
from usagetray.views.words import (
    account_name,
    aside,
    figure,
    money_text,
    row_left,
    row_name,
    row_rights,
    short_name,
    switched_off,
    updated,
    window_mark,
    window_name,
    window_title,
)

OLD = {"stale": True, "captured_at": AT_18_22}

CASES = {
    "counting": (window(), "From the status line, 1 m ago", "resets 21:20 · in 1 h 16 m", "62 %"),
    "stale": (window(**OLD), "1 h 42 m old", "resets 21:20 · in 1 h 16 m", "62 %"),
    "not started": (
        window(0.0, state=WindowState.NOT_STARTED, resets_at=None),
        "Starts with your next message",
        "",
        "0 %",
    ),
    "no value": (window(None, state=WindowState.UNKNOWN, resets_at=None), "Claude did not say", "", "–"),
    "ended": (
        window(None, state=WindowState.ENDED, resets_at=NOW - timedelta(minutes=5)),
        "Ended 19:59, waiting for a new figure",
        "",
        "–",
    ),
    "ended, its old figure still given": (
        window(1.0, state=WindowState.ENDED, resets_at=NOW - timedelta(minutes=5), **OLD),
        "Ended 19:59, waiting for a new figure",
        "",
        "–",
    ),
    "locked": (
        window(1.0, state=WindowState.LOCKED, level=Level.LOCKED, used_up_at=NOW),
        "Used up at 20:04",
        "resets 21:20 · in 1 h 16 m",
        "100 %",
    ),
    "locked, old": (
        window(1.0, state=WindowState.LOCKED, level=Level.LOCKED, **OLD),
        "Used up · 1 h 42 m old",
        "resets 21:20 · in 1 h 16 m",
        "100 %",
    ),
    "paying": (
        window(1.0, level=Level.PAYING),
        "Now paying: $3.12 of $50",
        "resets 21:20 · in 1 h 16 m",
        "100 %",
    ),
    "over the limit": (window(1.05), "Over the limit", "resets 21:20 · in 1 h 16 m", "105 %"),
    "no limit": (window(None, state=WindowState.UNLIMITED, resets_at=None), "", "", "No limit"),
    "reset a moment ago": (
        window(resets_at=NOW - timedelta(seconds=20)),
        "From the status line, 1 m ago",
        "resets 20:03 · now",
        "62 %",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_state_of_a_window_has_its_words(case):
    shown, left, right, number = CASES[case]
    owner = account(shown, money=(usage_credits(),))

    assert said(row_left(shown, owner, NOW, BERLIN)) == left
    assert said(row_rights(shown, NOW, BERLIN)[0]) == right
    assert said(figure(shown, left=False)[0]) == number


def test_used_and_left_are_always_said():
    assert [said(part) for part in figure(window(0.62), left=False)] == ["62 %", "used"]
    assert [said(part) for part in figure(window(0.62), left=True)] == ["38 %", "left"]
    assert figure(window(None, state=WindowState.UNKNOWN), left=True) == ("–", "")


def test_an_old_figure_has_no_mark_but_a_lock_holds():
    assert window_mark(window(0.95)) == "bang"
    assert window_mark(window(0.95, **OLD)) is None
    assert window_mark(window(1.0, state=WindowState.LOCKED, level=Level.LOCKED, **OLD)) == "stop"


def test_windows_are_named_shortly_in_sentences():
    windows = (window(), week(), fable(), window(label="5 hours", scope=""))

    assert [window_title(one) for one in windows] == [
        "Session (5 h)",
        "Week (all models)",
        "Week (Fable only)",
        "5 hours",
    ]
    assert [window_name(one) for one in windows] == ["session", "week", "week, Fable only", "5-hour limit"]
    assert [row_name(one) for one in windows] == ["Session", "Week", "Week, Fable only", "5 hours"]
    assert [short_name(one, windows) for one in windows] == ["session", "week", "Fable", "5 h"]


def test_two_limits_of_one_model_are_told_apart():
    windows = (fable(), fable(label="Session", scope="Fable only"))

    assert [short_name(one, windows) for one in windows] == ["week, Fable only", "session, Fable only"]


def test_two_accounts_of_one_provider_are_told_apart():
    accounts = (account(), account(account="acc-9", label="Work"), codex())

    assert [account_name(one, accounts) for one in accounts] == ["Claude (Personal)", "Claude (Work)", "Codex"]


def test_accounts_without_different_labels_are_told_apart_by_their_ids():
    """Never by their place: when the first one goes, the second keeps its name."""
    accounts = (account(label=None), account(label=None, account="acc-9"))

    assert [account_name(one, accounts) for one in accounts] == ["Claude (acc-1)", "Claude (acc-9)"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (usage_credits(), "$3.12 of $50"),
        (usage_credits(limit=None), "$3.12 so far"),
        (usage_credits(limit=None, unlimited=True), "$3.12 so far, no limit"),
        (CREDITS_OFF, None),
        (MoneyLine(kind=MoneyKind.CREDITS, label="Credits", unlimited=True), "No limit"),
        (MoneyLine(kind=MoneyKind.CREDITS, label="Credits"), None),
        (
            MoneyLine(kind=MoneyKind.CREDITS, label="Credits", balance=Money(amount=Decimal(7), currency="credits")),
            "7.00 credits left",
        ),
        (
            MoneyLine(kind=MoneyKind.BILLED, label="November", used=Money(amount=Decimal("9.5"), currency="USD")),
            "$9.50 so far billed",
        ),
        (
            MoneyLine(kind=MoneyKind.ESTIMATE, label="Today", used=Money(amount=Decimal("9.5"), currency="USD")),
            "about $9.50 so far at list prices",
        ),
    ],
)
def test_money_is_labelled(line, text):
    assert (text is None and money_text(line) is None) or said(money_text(line)) == text


def test_credits_that_are_off_say_why():
    off = usage_credits(enabled=False, disabled_reason="out_of_credits")

    assert switched_off(account(money=(off,))) == "usage credits: off, out of credits"
    assert switched_off(account(money=(CREDITS_OFF,))) == "usage credits: off"
    assert switched_off(account(money=(usage_credits(),))) is None


def test_the_head_of_an_old_account_names_the_time():
    assert aside(account(window(**OLD)), NOW, BERLIN) == "at 18:22"
    assert aside(account(window()), NOW, BERLIN) == ""


def test_the_footer_claims_an_update_only_where_something_answered():
    assert said(updated(overview(account(window())))) == "Updated 1 m ago · next in 4 m"
    assert said(updated(overview(account(window(), state=State.SERVER_ERROR)))) == "Checked 1 m ago · next in 4 m"
    assert said(updated(overview(account(state=State.OFFLINE)))) == "No connection · next try in 4 m"
    assert updated(overview(account(window()), refreshing=True)) == "Updating…"
    assert updated(overview(checked_at=None)) == "No figures yet"


def test_the_words_hold_for_another_zone():
    """21:20 in Berlin is 02:05 the next day in Kathmandu, where it is already past midnight."""
    assert said(row_rights(window(), NOW, KATHMANDU)[0]) == "resets 02:05 · in 1 h 16 m"
