"""What an alert says, read as a person reads it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.views.build import BERLIN, SESSION_RESET, account, fable, overview, said, window
from tests.views.test_forecast_words import runs_out, told
from usagetray import language
from usagetray.domain.alerts import Alert, AlertKind
from usagetray.domain.states import Level, WindowState
from usagetray.model import Money, MoneyKind, MoneyLine
from usagetray.overview import AccountView, WindowView
from usagetray.views.alert_words import AlertWords, alert_words
from usagetray.views.bars import line as bar_line
from usagetray.views.menu import menu
from usagetray.views.verdict import verdict
from usagetray.views.words import money_text

HOUR = timedelta(hours=1)


def words(kind: AlertKind, of: WindowView, whole: AccountView, threshold: float | None = None) -> AlertWords:
    meant = Alert(kind=kind, provider=whole.provider, account=whole.account, window=of.key, threshold=threshold)
    return alert_words(meant, overview(whole), BERLIN, left=False)


def locked() -> WindowView:
    return window(1.0, label="5 hours", scope="", state=WindowState.LOCKED, level=Level.LOCKED)


def test_a_window_named_by_its_length_is_a_limit_in_sentences() -> None:
    full = locked()
    whole = account(full, level=Level.LOCKED, locked_until=SESSION_RESET)

    card = verdict(overview(whole), BERLIN, left=False)
    assert said(card.detail).startswith("The 5-hour limit is used up.")
    assert said(card.big_note) == "then a fresh 5-hour limit"
    assert said(words(AlertKind.LOCKED, full, whole).text).startswith("The 5-hour limit is used up: 1 h 16 m to go.")
    assert said(words(AlertKind.BACK, full, whole).text).startswith("A fresh 5-hour limit is ready.")


def test_what_can_be_switched_on_is_called_as_its_vendor_calls_it() -> None:
    full = locked()
    off = MoneyLine(kind=MoneyKind.CREDITS, label="Credits", enabled=False)
    whole = account(full, level=Level.LOCKED, locked_until=SESSION_RESET, money=(off,))

    assert words(AlertKind.LOCKED, full, whole).text.endswith("at list prices, or switch on credits.")


@pytest.mark.parametrize(
    ("used", "advice"),
    [(0.9, "A smaller context or a smaller model makes the rest last longer."), (1.0, "Other models go on.")],
)
def test_nothing_is_said_of_a_rest_that_there_is_not(used: float, advice: str) -> None:
    one = fable(used)

    assert words(AlertKind.THRESHOLD, one, account(one), 0.9).text.endswith(advice)


def test_half_used_is_nothing_to_do_unless_it_will_not_last() -> None:
    calm, fast = window(0.5, forecast=told(used=0.5)), window(0.5, forecast=runs_out(SESSION_RESET - HOUR, used=0.5))

    assert words(AlertKind.THRESHOLD, calm, account(calm), 0.5).text.endswith("Nothing to do yet.")
    said_of_fast = words(AlertKind.THRESHOLD, fast, account(fast), 0.5).text
    assert said_of_fast.endswith("A smaller context or a smaller model makes the rest last longer.")
    assert "it runs out" in said_of_fast


def test_a_used_up_limit_of_a_surface_has_no_rest_either() -> None:
    tools = window(1.0, key="tools", label="Tools", scope="search and reader", locks=False)

    assert "rest" not in words(AlertKind.THRESHOLD, tools, account(tools), 0.9).text


def test_sums_in_a_vendors_own_unit_name_it_once() -> None:
    used, limit = (Money(amount=Decimal(amount), currency="credits") for amount in (8000, 25000))
    line = MoneyLine(kind=MoneyKind.BUDGET, label="Spend cap", used=used, limit=limit)

    assert said(money_text(line) or "") == "8,000 of 25,000 credits"


def test_german_calls_it_a_limit_too() -> None:
    language.speak("de")
    try:
        full = locked()
        whole = account(full, level=Level.LOCKED, locked_until=SESSION_RESET)
        assert said(words(AlertKind.LOCKED, full, whole).text).startswith("Aufgebraucht: 5-Stunden-Limit, noch")
    finally:
        language.speak("en")


def test_sums_are_called_alike_in_menu_and_bars_in_every_language() -> None:
    credits_left = MoneyLine(
        kind=MoneyKind.CREDITS, label="Credits", balance=Money(amount=Decimal("12.5"), currency="USD")
    )
    whole = overview(account(window(0.5), money=(credits_left,)))
    language.speak("de")
    try:
        rows = [*(row.text for row in menu(whole, BERLIN, left=False)), *bar_line(whole, left=False).rows]
    finally:
        language.speak("en")

    assert len([row for row in rows if row.strip().startswith("Guthaben:")]) == 2
    assert not [row for row in rows if "Credits" in row]
