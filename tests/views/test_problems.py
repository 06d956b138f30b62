"""The closed list of states: each has its words, and only one of them speaks of signing in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.views.build import AT_18_22, BERLIN, NOW, account, overview, said, week, window
from usagetray.domain.states import State
from usagetray.views.menu import menu, tooltip
from usagetray.views.problems import problem, state_text
from usagetray.views.status_text import status_text
from usagetray.views.verdict import verdict

SIGN_IN = re.compile(r"sign\W*(?:ed|ing)?\W*in\b|log\W+in\b", re.IGNORECASE)
QUIET = (State.FRESH, State.WINDOW_ENDED)


def failing(state: State, **changes):
    old = {"stale": True, "captured_at": AT_18_22}
    return account(window(0.5, **old), week(0.2, **old), state=state, clock_off=timedelta(days=2), **changes)


@pytest.mark.parametrize("state", State)
def test_every_state_has_words(state):
    said_of_it = problem(failing(state), NOW, BERLIN)

    assert (said_of_it is None) == (state in QUIET)
    assert state_text(failing(state), NOW).endswith(".")
    if said_of_it:
        assert said_of_it.title
        assert said_of_it.detail.endswith(".")
        assert not said_of_it.title.endswith(".")
        assert "!" not in said_of_it.title + said_of_it.detail


@pytest.mark.parametrize("state", State)
def test_every_state_has_words_when_nothing_was_ever_read(state):
    bare = account(state=state, next_attempt_at=None, label=None, plan=None)
    said_of_it = problem(bare, NOW, BERLIN)

    assert state_text(bare, NOW)
    assert said_of_it is None or ("None" not in said_of_it.detail and "  " not in said_of_it.detail)


@pytest.mark.parametrize("state", State)
def test_only_signed_out_asks_to_sign_in(state):
    shown = overview(failing(state))
    one, other = verdict(shown, BERLIN, left=False), problem(failing(state), NOW, BERLIN)
    texts = [
        state_text(failing(state), NOW),
        status_text(shown, BERLIN, left=False, verbose=True),
        tooltip(shown, BERLIN, left=False),
        *(line.text for line in menu(shown, BERLIN, left=False)),
        one.title,
        one.detail,
        *one.extra,
        *((other.title, other.detail) if other else ()),
    ]

    assert bool(SIGN_IN.search("\n".join(texts))) == (state is State.SIGNED_OUT)


@pytest.mark.parametrize("state", [state for state in State if state not in QUIET])
def test_old_figures_carry_their_age_everywhere(state):
    """1 h 42 m old in status, menu and tooltip (R18)."""
    shown = overview(failing(state))

    assert "1 h 42 m old" in said(status_text(shown, BERLIN, left=False))
    assert "1 h 42 m old" in said(tooltip(shown, BERLIN, left=False))
    for line in menu(shown, BERLIN, left=False):
        assert "% used" not in said(line.text) or "1 h 42 m old" in said(line.text)


def test_scripts_read_spans_instead_of_clock_times():
    assert said(state_text(failing(State.RATE_LIMITED), NOW)) == (
        "Claude: asked too often. The figures wait; next try in 4 m."
    )
    assert said(state_text(failing(State.STALE), NOW)) == "Claude: figures 1 h 42 m old. They may be higher by now."


def test_people_read_the_clock():
    limited = problem(failing(State.RATE_LIMITED), NOW, BERLIN)

    assert said(limited.detail) == "The figures wait; next try 20:08."


def test_a_wrong_clock_says_how_far():
    assert said(problem(failing(State.CLOCK_SUSPECT), NOW, BERLIN).detail).startswith("2 d ahead of Claude’s.")
