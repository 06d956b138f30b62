"""What the one icon shows, and that it does not flicker."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.views.build import (
    AT_18_22,
    BERLIN,
    DAYS,
    SESSION_RESET,
    account,
    codex,
    fable,
    overview,
    usage_credits,
    week,
    window,
)
from tests.views.test_budget_words import state
from usagetray.domain.states import Level, State, WindowState
from usagetray.model import Money, MoneyKind, MoneyLine
from usagetray.views.bars import line
from usagetray.views.headline import followed, headline, spent_share
from usagetray.views.icon.picture import Bar, IconPicture, IconState
from usagetray.views.verdict import verdict

OLD = {"stale": True, "captured_at": AT_18_22}
FULL = {"state": WindowState.LOCKED, "level": Level.LOCKED}


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("ordinary", IconState.NORMAL),
        ("one warning", IconState.WARNING),
        ("locked", IconState.LOCKED),
        ("paying", IconState.PAYING),
        ("offline", IconState.STALE),
        ("ended", IconState.NORMAL),
        ("first run", IconState.FIRST_RUN),
        ("empty", IconState.FIRST_RUN),
    ],
)
def test_each_day_has_its_picture(day, state):
    assert headline(DAYS[day]()).picture.state is state


def test_thick_is_the_session_and_thin_the_tightest_longer_window():
    """Week 41 %, Fable's week 88 %."""
    shown = headline(overview(account(window(0.62), week(0.41), fable(0.88))))

    assert shown.picture == IconPicture(
        state=IconState.WARNING, short=Bar(share=0.62), week=Bar(share=0.88, level=Level.WARNING)
    )


def test_an_ended_session_is_a_dash_beside_the_week():
    shown = headline(DAYS["ended"]())

    assert shown.picture.short == Bar(share=None)
    assert shown.picture.week == Bar(share=0.41)


def test_the_tightest_provider_is_shown():
    assert headline(overview(account(window(0.3)), codex(window(0.5)))).provider == "codex"


def test_a_lock_beats_a_higher_share():
    shut = codex(window(1.0, **FULL), locked_until=SESSION_RESET)

    assert headline(overview(account(fable(1.0, level=Level.CRITICAL)), shut)).provider == "codex"


def test_a_lock_is_shown_even_when_old():
    shut = account(window(1.0, **FULL, **OLD), locked_until=SESSION_RESET)

    assert headline(overview(shut)).picture.state is IconState.LOCKED


def test_an_old_figure_beats_paying():
    assert headline(overview(account(window(1.0, level=Level.PAYING, **OLD)))).picture.state is IconState.STALE


def test_a_used_up_model_is_critical_not_locked():
    assert headline(overview(account(window(0.2), fable(1.0, **FULL)))).picture.state is IconState.CRITICAL


def test_a_provider_keeps_the_icon_until_another_is_ten_points_tighter():
    """Claude at 50 %; Codex at 59 % does not take it, at 60 % it does."""
    before = headline(overview(account(window(0.5)), codex(window(0.2))))

    near = headline(overview(account(window(0.5)), codex(window(0.59))), before)
    ahead = headline(overview(account(window(0.5)), codex(window(0.60))), near)

    assert [before.provider, near.provider, ahead.provider] == ["claude", "claude", "codex"]


def test_a_worse_state_takes_the_icon_at_once():
    """Claude 74 % calm, Codex 76 % warns: two points more are enough."""
    before = headline(overview(account(window(0.74)), codex(window(0.2))))

    assert headline(overview(account(window(0.74)), codex(window(0.76))), before).provider == "codex"


def test_swinging_round_the_threshold_does_not_blink():
    """75 % warns; 74 and 73 % still do; 72 % is calm; 74 % on the way up is calm."""
    shares = (0.75, 0.74, 0.73, 0.72, 0.74, 0.75)
    states, shown = [], None
    for share in shares:
        shown = headline(overview(account(window(share))), shown)
        states.append(shown.picture.state)

    warning, normal = IconState.WARNING, IconState.NORMAL
    assert states == [warning, warning, warning, normal, normal, warning]


def test_critical_is_left_two_points_below_as_well():
    """90, 88, 87 %."""
    states, shown = [], None
    for share in (0.90, 0.88, 0.87):
        shown = headline(overview(account(window(share))), shown)
        states.append(shown.picture.state)

    assert states == [IconState.CRITICAL, IconState.CRITICAL, IconState.WARNING]


def test_a_fresh_window_after_a_reset_is_calm_at_once():
    before = headline(overview(account(window(0.97))))

    assert headline(overview(account(window(0.01))), before).picture.state is IconState.NORMAL


@pytest.mark.parametrize("state", [State.SIGNED_OUT, State.TLS, State.NOT_CONNECTED])
def test_nothing_to_show_is_a_question(state):
    assert headline(overview(account(state=state))).picture.state is IconState.NO_SOURCE


def test_an_account_whose_sign_in_ended_does_not_hide_a_working_one():
    gone = account(window(0.6, **OLD), state=State.SIGNED_OUT)

    assert headline(overview(gone, codex(window(0.1)))).provider == "codex"


def test_money_alone_is_one_bar():
    """$3.12 of $50."""
    shown = headline(overview(account(money=(usage_credits(),))))

    assert shown.picture.short == Bar(share=0.0624)
    assert shown.picture.week is None


@pytest.mark.parametrize(
    ("spent", "level"), [("150", IconState.NORMAL), ("240", IconState.WARNING), ("290", IconState.CRITICAL)]
)
def test_where_there_is_money_only_a_budget_is_the_bar_as_card_and_status_bars_say(spent: str, level: IconState):
    """$290 of $300: a calm icon above a card that warns would be a contradiction."""
    billed = MoneyLine(kind=MoneyKind.BILLED, label="Spent", used=Money(amount=Decimal(spent), currency="USD"))
    shown = overview(account(money=(billed,)), budgets=(state(spent),))

    picture = headline(shown).picture
    assert (picture.state, picture.week) == (level, None)
    assert picture.short is not None
    assert picture.short.share == float(Decimal(spent) / 300 // Decimal("0.001") * Decimal("0.001"))
    assert line(shown, left=False).level == level.value
    assert (verdict(shown, BERLIN, left=False).tone == "ok") == (level is IconState.NORMAL)
    assert headline(overview(account(window(0.3)), budgets=(state("290"),))).picture.state is IconState.NORMAL


def test_sums_in_two_currencies_have_no_share():
    assert spent_share(usage_credits(limit=Money(amount=Decimal(50), currency="EUR"))) is None
    assert spent_share(usage_credits(limit=Money(amount=Decimal(0), currency="USD"))) is None


def test_an_icon_that_follows_one_provider_shows_no_other():
    """Codex at 18 %, though Claude is at 93 %; of a provider without accounts nothing can be shown, so all are."""
    both = overview(account(window(0.93)), codex())

    shown = {each: headline(followed(both, each)).provider for each in ("codex", "claude", "kimi", "")}

    assert shown == {"codex": "codex", "claude": "claude", "kimi": "claude", "": "claude"}
