"""The tray in text: menu, tooltip, label."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.views.build import (
    AT_18_22,
    BERLIN,
    DAYS,
    KATHMANDU,
    account,
    codex,
    empty,
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
from usagetray.views.headline import headline
from usagetray.views.menu import label_text, menu, tooltip

OLD = {"stale": True, "captured_at": AT_18_22}


def shown(lines) -> str:
    """One row a line, a rule as ---, what can be chosen with its action."""
    return "\n".join(
        "---" if line.separator else said(line.text) + (f" [{line.action}]" if line.action else "") for line in lines
    )


def test_the_menu_of_a_day_with_a_warning():
    assert (
        shown(menu(one_warning(), BERLIN, left=False))
        == """\
Show usage [show]
---
▲ Fable: 88 % used
Claude Max 5x
   Session  62 % used · resets 21:20
   Week  41 % used · resets Mon 09:00
   Week, Fable only  88 % used · resets Mon 09:00
Codex Plus:  5 h 18 %, week 34 % used
---
Refresh now (1 m ago) [refresh]
Snooze alerts
Presentation mode [presentation/on]
Settings… [settings]
Quit [quit]"""
    )


def test_the_menu_while_offline_gives_each_old_figure_its_age():
    assert (
        shown(menu(offline(), BERLIN, left=True))
        == """\
Show usage [show]
---
Offline: figures from 18:22
Claude Max 5x
   Session  62 % left (1 h 42 m old) · resets 21:20
   Week  63 % left (1 h 42 m old) · resets Mon 09:00
   Week, Fable only  16 % left (1 h 42 m old) · resets Mon 09:00
Codex Plus
   5 hours  Ended 18:22, waiting for a new figure
   Week  67 % left (1 h 42 m old) · resets Mon 09:00
---
Refresh now (1 m ago) [refresh]
Snooze alerts
Presentation mode [presentation/on]
Settings… [settings]
Quit [quit]"""
    )


def test_the_menu_before_the_first_choice():
    assert (
        shown(menu(first_run(), BERLIN, left=False))
        == """\
Show usage [show]
---
Welcome to usagetray
   Found here: Claude. Nothing of it is read.
---
Refresh now [refresh]
Snooze alerts
Presentation mode [presentation/on]
Settings… [settings]
Quit [quit]"""
    )


@pytest.mark.parametrize("day", DAYS)
def test_the_first_row_is_the_default_and_always_works(day):
    lines = menu(DAYS[day](), BERLIN, left=False)

    assert (lines[0].action, lines[0].is_default) == ("show", True)
    actions = [line.action for line in lines if line.action]
    assert (actions[:2], actions[-3:]) == (["show", "refresh"], ["presentation/on", "settings", "quit"])
    assert sum(line.is_default for line in lines) == 1


def test_a_window_that_cannot_open_is_said_right_below():
    lines = menu(ordinary(), BERLIN, left=False, popup_problem="The window cannot open: no display.")

    assert lines[1].text == "The window cannot open: no display."
    assert lines[1].action is None


def test_a_running_refresh_cannot_be_started_again():
    lines = menu(replace(ordinary(), refreshing=True), BERLIN, left=False)

    assert [(line.text, line.action) for line in lines if line.text.startswith("Refresh")] == [("Refreshing…", None)]


def test_money_stands_under_its_account():
    assert "   Usage credits: $3.12 of $50" in shown(menu(paying(), BERLIN, left=False)).splitlines()


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (
            one_warning,
            "Fable: 88 % used\n"
            "Claude: session 62 %, week 41 %, Fable 88 % used\n"
            "Codex: 5 h 18 %, week 34 % used · 1 m ago",
        ),
        (
            locked,
            "Claude is locked until 21:20\n"
            "Claude: session 100 %, week 49 %, Fable 38 % used\n"
            "Codex: 5 h 18 %, week 34 % used · 1 m ago",
        ),
        (
            offline,
            "Offline: figures from 18:22\nClaude: session 38 %, week 37 %, Fable 84 % used (1 h 42 m old)",
        ),
        (empty, "Nothing is connected"),
    ],
)
def test_the_tooltip_says_the_verdict_then_the_figures_then_the_age(day, text):
    assert said(tooltip(day(), BERLIN, left=False)) == text


def test_an_old_figure_among_fresh_ones_carries_its_age_in_the_tooltip():
    mixed = overview(account(window(0.62), week(0.41, **OLD)))

    assert said(tooltip(mixed, BERLIN, left=False)).splitlines()[1] == (
        "Claude: session 62 %, week 41 % (1 h 42 m old) used · 1 m ago"
    )


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("zone", [BERLIN, KATHMANDU])
def test_the_tooltip_fits_into_127_units_and_whole_lines(day, zone):
    whole = DAYS[day]()
    long = replace(whole, accounts=tuple(replace(one, name="😀" * 60) for one in whole.accounts))

    for text in (tooltip(whole, zone, left=False), tooltip(long, zone, left=False)):
        assert 0 < len(text.encode("utf-16-le")) // 2 <= 127
        assert text == text.strip()


def test_a_demo_is_marked_everywhere():
    demo = replace(ordinary(), demo=True)

    assert tooltip(demo, BERLIN, left=False).startswith("DEMO · ")
    assert any(line.text.startswith("DEMO · ") for line in menu(demo, BERLIN, left=False))


@pytest.mark.parametrize(
    ("day", "text"),
    [(ordinary, "62 %"), (locked, "1 h 16 m"), (offline, "84 %?"), (empty, "–"), (first_run, "–")],
)
def test_the_label_beside_the_icon(day, text):
    whole = day()

    assert said(label_text(whole, headline(whole), left=False)) == text


def test_an_account_without_anything_says_so():
    nothing = codex(windows=(), captured_at=None)

    assert "No figures yet" in shown(menu(overview(account(window()), nothing), BERLIN, left=False))
    assert "Codex: no figures yet" in tooltip(overview(account(window()), nothing), BERLIN, left=False)


def test_prepaid_money_of_a_second_account_is_one_row():
    money_only = codex(windows=(), money=(usage_credits(),))

    assert "Codex Plus:  Usage credits: $3.12 of $50" in shown(
        menu(overview(account(window()), money_only), BERLIN, left=False)
    )
