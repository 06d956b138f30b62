"""The verdict card: one true sentence, the worst first, no projection."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.views.build import (
    AT_18_22,
    BERLIN,
    CREDITS_OFF,
    DAYS,
    NOW,
    SESSION_RESET,
    WEEK_RESET,
    account,
    codex,
    empty,
    ended,
    fable,
    first_run,
    locked,
    offline,
    one_warning,
    ordinary,
    overview,
    paying,
    said,
    usage_credits,
    week,
    window,
)
from usagetray.domain.states import Level, State, WindowState
from usagetray.model import MoneyKind
from usagetray.views.verdict import Verdict, verdict

OLD = {"stale": True, "captured_at": AT_18_22}
FULL = {"state": WindowState.LOCKED, "level": Level.LOCKED}


def verdict_of(shown, left=False) -> Verdict:
    """With ordinary spaces."""
    given = verdict(shown, BERLIN, left)
    return replace(
        given,
        title=said(given.title),
        detail=said(given.detail),
        big=given.big and said(given.big),
        extra=tuple(map(said, given.extra)),
    )


def test_a_calm_day():
    assert verdict_of(ordinary()) == Verdict(
        tone="ok", mark="check", title="Nothing is near its limit", detail="Next reset: Claude session, 21:20."
    )


def test_nothing_used_at_all():
    fresh = account(window(0.0, state=WindowState.NOT_STARTED, resets_at=None), week(0.0))

    assert verdict_of(overview(fresh)).title == "Nothing is used yet"


def test_a_warning_names_the_window_and_its_reset():
    """Mon 09:00 is 2 d 12 h 56 m away."""
    assert verdict_of(one_warning()) == Verdict(
        tone="warn",
        mark="triangle",
        title="Fable: 88 % used",
        detail="Resets Mon 09:00, in 2 d 12 h.",
    )


def test_left_flips_the_figure():
    assert verdict_of(one_warning(), left=True).title == "Fable: 12 % left"


def test_the_worse_of_two_comes_first_and_counts_the_other():
    shown = overview(account(window(0.94), week(0.47), fable(0.88)), codex())

    assert verdict_of(shown).title == "Claude session: 94 % used"
    assert verdict_of(shown).mark == "bang"
    assert verdict_of(shown).detail == "Resets 21:20, in 1 h 16 m. And 1 more below."


def test_a_lock_says_until_when_and_what_helps():
    assert verdict_of(locked()) == Verdict(
        tone="crit",
        mark="stop",
        title="Claude is locked until 21:20",
        detail="The session is used up. Your week is fine.",
        big="1 h 16 m",
        big_note="then a fresh session",
        extra=("Codex has 66 % left", "Nothing is being charged while you wait."),
    )


@pytest.mark.parametrize("other", [week(0.80), week(0.49, **OLD), week(None, state=WindowState.UNKNOWN)])
def test_the_week_is_called_fine_only_when_it_is(other):
    shut = account(window(1.0, **FULL), other, locked_until=SESSION_RESET)

    assert "fine" not in verdict_of(overview(shut)).detail


def test_nothing_is_said_of_charges_where_credits_are_unknown():
    shut = account(window(1.0, **FULL), week(0.49), locked_until=SESSION_RESET)

    assert verdict_of(overview(shut)).extra == ()


@pytest.mark.parametrize(
    "other",
    [
        codex(window(0.2, **OLD)),
        codex(window(None, state=WindowState.ENDED)),
        codex(window(0.2), week(0.95)),
        codex(window(1.0, **FULL), locked_until=SESSION_RESET),
    ],
)
def test_another_provider_is_offered_only_when_it_surely_has_room(other):
    shut = account(window(1.0, **FULL), locked_until=SESSION_RESET)

    assert not any("left" in line for line in verdict_of(overview(shut, other)).extra)


def test_a_locked_week_names_the_day():
    shut = account(window(0.3), week(1.0, **FULL), locked_until=WEEK_RESET)

    assert verdict_of(overview(shut)).title == "Claude is locked until Mon 09:00"
    assert verdict_of(overview(shut)).big == "2 d 12 h"
    assert verdict_of(overview(shut)).big_note == "then a fresh week"


def test_a_lock_holds_while_its_reset_lies_ahead_even_if_old():
    shut = account(window(1.0, **FULL, **OLD), locked_until=SESSION_RESET)
    shown = verdict_of(overview(shut))

    assert shown.title == "Claude is locked until 21:20"
    assert shown.extra == ("Figures from 18:22, 1 h 42 m old.",)


def test_a_lock_whose_reset_has_passed_is_no_lock():
    over = window(None, state=WindowState.ENDED, resets_at=NOW - timedelta(minutes=5))
    shown = verdict_of(overview(account(over, locked_until=NOW - timedelta(minutes=5))))

    assert shown.title == "Waiting for a new figure"
    assert shown.detail == "Claude session ended 19:59."


def test_a_model_that_is_used_up_does_not_lock_the_account():
    shown = verdict_of(overview(account(window(0.2), fable(1.0, **FULL))))

    assert shown.title == "Fable: used up"
    assert shown.tone == "crit"


def test_paying_says_what_took_over_and_how_much():
    assert verdict_of(paying()) == Verdict(
        tone="pay",
        mark="dollar",
        title="You are paying for Claude now",
        detail="The session is used up; usage credits took over. And 2 more below.",
        extra=("Usage credits: $3.12 of $50.", "Resets 21:20, in 1 h 16 m.", "Codex has 66 % left"),
    )


def test_all_old_says_from_when():
    assert verdict_of(offline()) == Verdict(
        tone="neutral",
        mark="clock",
        title="Offline: figures from 18:22",
        detail="1 h 42 m old. They may be higher by now.",
        extra=("Next try in 4 m.",),
    )


def test_an_old_critical_figure_is_not_hidden_behind_a_calm_fresh_one():
    shown = verdict_of(overview(account(window(0.95, **OLD), state=State.SERVER_ERROR), codex()))

    assert shown.title == "Claude session: 95 % used 1 h 42 m ago"
    assert (shown.tone, shown.mark) == ("neutral", "clock")


def test_an_old_calm_figure_gives_way_to_a_fresh_one():
    """62 % of an hour ago would win by share; what is fresh is said instead."""
    shown = verdict_of(overview(account(window(0.62, **OLD), state=State.STALE), codex()))

    assert shown.title == "Codex week: 34 % used"


def test_calm_is_claimed_only_when_every_limit_is_known():
    assert verdict_of(ended()).title == "Claude week: 41 % used"


def test_a_problem_all_share_is_the_verdict_when_there_is_no_figure():
    shown = verdict_of(overview(account(state=State.SIGNED_OUT), account(state=State.SIGNED_OUT, account="acc-9")))

    assert shown.title == "Sign in to Claude again"
    assert shown.mark == "question"


def test_different_problems_without_a_figure_name_the_accounts():
    shown = verdict_of(overview(account(state=State.SIGNED_OUT), codex(state=State.TLS, windows=())))

    assert shown.title == "No figures yet"
    assert shown.detail == "None from Claude, Codex."


def test_an_account_of_money_only_says_the_money():
    spending = account(money=(usage_credits(kind=MoneyKind.BILLED, label="November"),), money_captured_at=AT_18_22)

    assert verdict_of(overview(spending)).title == "Claude: $3.12 of $50 billed"


def test_before_the_first_choice_nothing_is_on():
    said_first = verdict_of(first_run())

    assert said_first.title == "Welcome to usagetray"
    assert said_first.detail == "Found here: Claude. Nothing of it is read."


def test_a_new_profile_says_why_there_are_no_figures():
    """Local files are read without a question, so their silence is the reason; without a tool there is none."""
    read = replace(first_run().found[0], connected=True)

    assert verdict_of(replace(first_run(), found=(read,))).detail == (
        "Found here: Claude. Local files hold no figures yet; anything more asks first."
    )
    assert verdict_of(replace(first_run(), found=())).detail == "No known tool was found on this computer."
    assert verdict_of(empty()).title == "Nothing is connected"


def test_figures_that_are_there_are_said_even_before_the_first_choice():
    """A status run in the terminal reads local files without the welcome page."""
    assert verdict_of(replace(ordinary(), first_run=True)).title == "Nothing is near its limit"


def test_credits_that_are_off_and_a_lock_without_a_reset():
    shut = account(window(1.0, **FULL, resets_at=None), money=(CREDITS_OFF,))
    shown = verdict_of(overview(shut))

    assert shown.title == "Claude is locked"
    assert shown.detail == "The session is used up. Its reset is not known."
    assert shown.big is None


@pytest.mark.parametrize("day", DAYS)
def test_nothing_is_projected_and_nothing_shouts(day):
    shown = verdict_of(DAYS[day]())
    text = " ".join((shown.title, shown.detail, *shown.extra))

    assert not any(word in text for word in ("lasts", "runs out", "Heading", "!", "pace"))
