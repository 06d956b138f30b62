"""What menu, tooltip, status and alerts say of alerts that are held back, and what their rows and buttons ask for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.views.build import BERLIN, NOW, SESSION_RESET, account, locked, one_warning, ordinary, overview, said, window
from usagetray.domain.alerts import Alert, AlertKind
from usagetray.domain.holding_back import Held, Manners, Snooze
from usagetray.overview import Overview
from usagetray.views.alert_words import MOST_TEXT, MOST_TITLE
from usagetray.views.digest_words import digest, fact
from usagetray.views.menu import TOOLTIP_UNITS, MenuLine, menu, tooltip
from usagetray.views.status_text import status_text
from usagetray.views.verbs import actions, verb, words_of

ALL = Manners(snoozes=(Snooze(until_at=SESSION_RESET),))
NIGHT = NOW + timedelta(hours=11)


def rows(day: Overview, manners: Manners | None = None) -> list[MenuLine]:
    day = day if manners is None else replace(day, manners=manners)
    return [each for each in menu(day, BERLIN, left=False) if each.text]


def row(day: Overview, beginning: str, manners: Manners | None = None) -> MenuLine:
    (found,) = [each for each in rows(day, manners) if each.text.startswith(beginning)]
    return found


# ---- the menu ----------------------------------------------------------------------------------------------


def test_the_menu_offers_three_ways_to_snooze() -> None:
    offered = row(ordinary(), "Snooze alerts")

    assert [(each.text, each.action) for each in offered.children] == [
        ("For 1 hour", "snooze/1h"),
        ("Until the next reset", "snooze/reset"),
        ("Until tomorrow", "snooze/tomorrow"),
    ]


def test_a_reset_that_nobody_knows_cannot_be_chosen() -> None:
    offered = row(overview(account(window(resets_at=None))), "Snooze alerts")

    assert [each.action for each in offered.children] == ["snooze/1h", None, "snooze/tomorrow"]


def test_while_snoozed_the_menu_says_until_when_and_wakes() -> None:
    found = row(ordinary(), "Alerts are snoozed", ALL)

    assert (said(found.text), found.action) == ("Alerts are snoozed until 21:20 · wake now", "snooze/off")
    assert not any(each.text == "Snooze alerts" for each in rows(ordinary(), ALL))


def test_a_limit_that_is_snoozed_by_itself_is_woken_by_itself() -> None:
    day = ordinary()
    of = (day.accounts[0].provider, day.accounts[0].account, day.accounts[0].windows[0].key)

    found = row(day, "Alerts of", Manners(snoozes=(Snooze(of=of, until_at=SESSION_RESET),)))

    assert said(found.text) == "Alerts of Claude session are snoozed until 21:20 · wake now"
    assert words_of(found.action or "") == ("snooze", "off", *of)


@pytest.mark.parametrize(
    ("manners", "is_checked", "wish"),
    [(Manners(), True, "off"), (Manners(back=False), False, "on")],
)
def test_a_locked_account_has_a_row_for_its_return(manners: Manners, is_checked: bool, wish: str) -> None:
    day = locked()
    of = next((each.provider, each.account) for each in day.accounts if each.locked_until)

    found = row(day, "Tell me when Claude is back", manners)

    assert found.checked is is_checked
    assert words_of(found.action or "") == ("want_back", wish, *of)
    turned = replace(manners, back_of={of: not is_checked})
    assert row(day, "Tell me when", turned).checked is not is_checked
    assert not any(each.text.startswith("Tell me when") for each in rows(ordinary()))


# ---- elsewhere ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("manners", "sentence"),
    [
        (ALL, "Alerts are snoozed until 21:20"),
        (Manners(quiet_until=NIGHT), "Quiet hours until Sat 07:04"),
        (Manners(quiet_until=NIGHT, waiting=1), "Quiet hours until Sat 07:04: 1 alert waits"),
        (Manners(quiet_until=NIGHT, waiting=2), "Quiet hours until Sat 07:04: 2 alerts wait"),
    ],
)
def test_tooltip_status_and_menu_say_what_holds_alerts_back(manners: Manners, sentence: str) -> None:
    day = replace(one_warning(), manners=manners)
    hint = tooltip(overview(account(window()), manners=manners), BERLIN, left=False)

    assert said(hint).splitlines()[-1] == sentence
    assert len(hint.encode("utf-16-le")) // 2 <= TOOLTIP_UNITS
    assert f"{sentence}." in said(status_text(day, BERLIN, left=False))
    assert any(said(each.text).startswith(sentence) for each in rows(day))


def test_figures_go_before_what_is_held_back_in_a_short_tooltip() -> None:
    day = one_warning()

    hint = tooltip(replace(day, manners=ALL), BERLIN, left=False)

    assert hint.startswith(tooltip(day, BERLIN, left=False))
    assert len(hint.encode("utf-16-le")) // 2 <= TOOLTIP_UNITS


# ---- the digest --------------------------------------------------------------------------------------------


def test_a_digest_gives_the_figure_of_now_and_not_that_of_the_night() -> None:
    day = ordinary()
    first = day.accounts[0]
    of = {"provider": first.provider, "account": first.account, "window": first.windows[0].key}
    threshold = Alert(kind=AlertKind.THRESHOLD, **of, threshold=0.5)
    back = Alert(kind=AlertKind.BACK, **of)
    spike = Alert(kind=AlertKind.SPIKE, **of)

    facts = [
        fact(each, title, NOW - timedelta(hours=5), day, BERLIN, False)
        for each, title in ((threshold, "Claude session: 51 % used"), (back, "Codex is back"), (spike, "Dear hour"))
    ]

    assert [said(each) for each in facts] == ["Claude session 62 % used", "Codex is back", "15:04: Dear hour"]
    words = digest(facts, Held.QUIET, demo=False)
    assert (words.title, said(words.text)) == ("While it was quiet", said(", ".join(facts)))


@given(facts=st.lists(st.text(max_size=300), min_size=1, max_size=40), why=st.none() | st.sampled_from(Held))
@example(facts=["e\N{COMBINING ACUTE ACCENT}" * 150], why=None)
def test_a_digest_fits_every_service(facts: list[str], why: Held | None) -> None:
    words = digest(facts, why, demo=True)

    assert len(words.title) <= MOST_TITLE
    assert len(words.text) <= MOST_TEXT


# ---- verbs -------------------------------------------------------------------------------------------------


@given(words=st.lists(st.text(max_size=20).filter(lambda each: each < "\ud800" or True), min_size=1, max_size=5))
def test_a_verb_holds_any_words(words: list[str]) -> None:
    made = verb(*words)

    assert words_of(made) == tuple(words)
    assert made.isascii()


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        (AlertKind.THRESHOLD, ["Snooze until reset"]),
        (AlertKind.FORECAST, ["Open", "Snooze until reset"]),
        (AlertKind.LOCKED, ["Open"]),
        (AlertKind.BACK, []),
        (AlertKind.PAYING, ["Open", "How to stop it"]),
        (AlertKind.PAYING_AMOUNT, ["Open", "How to stop it"]),
        (AlertKind.BILLING_ROUTE, ["Show how to fix", "It’s on purpose"]),
        (AlertKind.BUDGET, ["Open"]),
        (AlertKind.SPIKE, ["Open", "Mute this project"]),
    ],
)
def test_each_alert_has_the_buttons_that_help(kind: AlertKind, labels: list[str]) -> None:
    found = actions(kind, "claude", "a/b c", "five_hour", project="webshop")

    assert [label for _, label in found] == labels
    about = {"show", "snooze", "on_purpose", "mute_spikes"}
    assert all(words_of(each)[0] in about for each, _ in found)


def test_without_a_known_reset_there_is_nothing_to_snooze_until() -> None:
    assert [label for _, label in actions(AlertKind.THRESHOLD, "claude", "a", "w", resets=False)] == ["Open"]
