"""Budgets and spikes in words: what is a bill and what is not, a range for what is to come, and what can be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.views.build import BERLIN, NOW, overview, said, usage_credits, week, window
from tests.views.build import account as plan
from usagetray.domain.advice.months import MonthEnd
from usagetray.domain.budgets import Basis, BudgetState
from usagetray.domain.spending import Share
from usagetray.domain.spikes import Spike
from usagetray.model import Money
from usagetray.overview import Overview
from usagetray.settings.budgets import Budget
from usagetray.views import budget_words
from usagetray.views.alert_words import MOST_TEXT, MOST_TITLE, budget_alert, spike_alert
from usagetray.views.budget_json import accounts
from usagetray.views.menu import menu
from usagetray.views.plain import columns
from usagetray.views.popup.content import Wish, page
from usagetray.views.status_json import status_json
from usagetray.views.status_text import status_text
from usagetray.views.verdict import verdict

HOSTILE = ("\x1b[31mevil\x1b[0m", "\u202egnp.exe\u200b", "<b>&lt;img src=x&gt;</b>", "宽" * 400, "A" * 10_000)


def end(low: object, point: object, high: object) -> MonthEnd:
    return MonthEnd(
        so_far=Decimal(0),
        point=Decimal(str(point)),
        low=Decimal(str(low)),
        high=Decimal(str(high)),
        is_percentile=True,
        active_days_left=Decimal(7),
    )


def state(spent: object | None = "214.37", basis: Basis = Basis.ESTIMATE, **changes: Any) -> BudgetState:
    """$300 for November."""
    base = BudgetState(
        budget=Budget(name="Shop", amount=Decimal(300)),
        basis=basis,
        starts_at=NOW - timedelta(days=19),
        ends_at=datetime(2026, 12, 1, tzinfo=BERLIN),
        spent=None if spent is None else Money(amount=Decimal(str(spent)), currency="USD"),
        forecast=end(290, 324, 351),
        causes=(("project", (Share("/home/me/webshop", 0.61),)), ("session", ()), ("model", ())),
        as_of=NOW - timedelta(minutes=4) if basis is Basis.BILLED else None,
    )
    return replace(base, **changes)


def with_budgets(*states: BudgetState, **changes: Any) -> Overview:
    return replace(overview(plan(window(), week())), budgets=states, **changes)


# ---- one budget --------------------------------------------------------------------------------------------


def test_a_sum_says_whether_it_was_billed() -> None:
    assert budget_words.of_limit(state()) == "$214.37 of $300 at list prices"
    assert budget_words.of_limit(state(basis=Basis.BILLED)) == "$214.37 of $300 billed"
    assert budget_words.of_limit(state(is_least=True)) == "at least $214.37 of $300 at list prices"


def test_what_is_not_known_is_no_sum() -> None:
    assert budget_words.of_limit(state(None)) == "nothing counted yet of $300"
    assert budget_words.of_limit(state(None, unpriced=12_000)) == "no price for 12k tokens of $300"
    assert budget_words.of_limit(state(None, Basis.BILLED)) == "no bill yet of $300"
    assert budget_words.used(state(None)) == "–"


@pytest.mark.parametrize(
    ("forecast", "words"),
    [
        (end(290, 324, 351), "heading for $290 to $351, perhaps more than the budget"),
        (end(310, 324, 351), "heading for $310 to $351, more than the budget"),
        (end(230, 240, "250.4"), "heading for $230 to $250, within the budget"),
        (end("4.20", "4.40", "4.55"), "heading for $4.20 to $4.55, within the budget"),
        (end(240, 240, 240), "heading for about $240, within the budget"),
        (None, "too early for a forecast"),
    ],
)
def test_what_is_to_come_is_a_range_and_what_it_means(forecast: MonthEnd | None, words: str) -> None:
    assert budget_words.heading(state(forecast=forecast)) == words


def test_nothing_is_foretold_of_an_old_bill_or_a_budget_used_up() -> None:
    assert budget_words.heading(state(basis=Basis.BILLED, stale=True)) == ""
    assert budget_words.heading(state(301)) == "heading for $290 to $351"


def test_the_cause_is_named_when_it_stands_out() -> None:
    assert said(budget_words.cause(state())) == "61 % of today: webshop"
    few = (("project", (Share("/a", 0.2), Share("/b", 0.2))),)
    assert budget_words.cause(state(causes=few)) == ""


# ---- alerts ------------------------------------------------------------------------------------------------


def test_a_threshold_says_what_happened_until_when_what_is_behind_it_and_what_can_be_done() -> None:
    words = budget_alert(state("225.10"), 0.75, with_budgets(), BERLIN)

    assert said(words.title) == "Shop: 75 % of $300 at list prices"
    assert said(words.text) == (
        "$225.10 at list prices this month, until 1 Dec 00:00. Heading for $290 to $351, perhaps more than the budget. "
        "61 % of today: webshop. Nothing stops by itself: a smaller model or context makes the rest last."
    )
    assert words.urgency == "normal"


def test_a_bill_is_spent_and_one_used_up_is_urgent() -> None:
    words = budget_alert(state(301, Basis.BILLED), 1.0, with_budgets(), BERLIN)

    assert (words.title, words.urgency) == ("Shop: all of $300 spent", "critical")
    assert "Nothing stops by itself: set a limit with the vendor" in words.text
    assert budget_alert(state(301), 1.0, with_budgets(), BERLIN).title == "Shop: all of $300, at list prices"
    assert "Nothing to do yet." in budget_alert(state(160), 0.5, with_budgets(), BERLIN).text


def spike(**changes: Any) -> Spike:
    base = Spike(
        session="",
        starts_at=NOW.replace(minute=0),
        ends_at=NOW.replace(minute=0) + timedelta(hours=1),
        usd=Decimal("38.20"),
        usual=Decimal(6),
        by_weekday=True,
        project="/home/me/webshop",
        causes=(("project", (Share("/home/me/webshop", 0.61),)), ("session", (Share("0123456789", 0.58),))),
    )
    return replace(base, **changes)


def test_a_spike_says_how_much_of_what_and_how_to_hear_no_more_of_it() -> None:
    words = spike_alert(spike(), with_budgets(), BERLIN)

    assert words.title == "This hour costs 6 times the usual"
    assert said(words.text) == (
        "$38.20 at list prices since 20:00. $6.00 is usual at this hour of the week. Of it: webshop 61 %, "
        "session 01234567 58 %. If you do not expect that, stop it where it runs. "
        "To hear no more of webshop, add it to alerts.spikes_mute."
    )
    assert (
        spike_alert(spike(usual=Decimal("0.01")), with_budgets(), BERLIN).title == "This hour costs far more than usual"
    )
    assert "is usual for a session" in spike_alert(spike(session="s"), with_budgets(), BERLIN).text


@pytest.mark.parametrize("name", HOSTILE)
def test_names_from_outside_are_shown_as_short_plain_text(name: str) -> None:
    causes = tuple((kind, (Share(name, 0.61),)) for kind in ("project", "session", "model"))
    budget = Budget(name=name, amount=Decimal(300))
    shown = with_budgets(state(budget=budget, causes=causes, unpriced=5))

    alerts = [
        budget_alert(shown.budgets[0], 0.75, shown, BERLIN),
        spike_alert(spike(project=name, causes=causes), shown, BERLIN),
    ]

    texts = [
        *(line.text for line in menu(shown, BERLIN, left=False)),
        *status_text(shown, BERLIN, left=False, width=60, verbose=True).splitlines(),
        *(text for words in alerts for text in (words.title, words.text)),
        *(line["name"] for line in accounts(shown)[0]["money"]),
    ]  # fmt: skip
    for text in texts:
        assert said(text).isprintable()
        assert "<" not in text
        assert "\u202e" not in text
        assert len(text) <= MOST_TEXT
    assert all(len(words.title) <= MOST_TITLE for words in alerts)


# ---- all views ---------------------------------------------------------------------------------------------


def views(shown: Overview) -> dict[str, str]:
    section = [each for each in page(shown, shown.generated_at, BERLIN, Wish()).sections if each.key == "budgets"]
    found = {
        "status": "\n".join(status_text(shown, BERLIN, left=False, width=90, verbose=True).split("Budgets")[1:]),
        "menu": "\n".join(line.text for line in menu(shown, BERLIN, left=False) if "Shop" in line.text),
        "popup": "\n".join(f"{line}" for each in section for line in each.lines[1:]),
    }
    return {name: said(text).replace("\\u202f", " ").replace("\\xa0", " ") for name, text in found.items()}


def test_an_estimate_is_nowhere_called_spent_or_billed_and_a_bill_nowhere_an_estimate() -> None:
    for text in views(with_budgets(state())).values():
        assert "$214.37" in text
        assert "at list prices" in text
        assert "spent" not in text
        assert "billed" not in text.replace("no bill", "")
    for text in views(with_budgets(state(basis=Basis.BILLED))).values():
        assert "billed" in text
        assert "list prices" not in text


def test_no_view_shows_a_zero_for_what_has_no_price() -> None:
    for text in views(with_budgets(state(None, unpriced=12_000, forecast=None))).values():
        assert "$0" not in text
        assert "no price for 12k tokens" in text


def test_a_budget_nearly_used_up_is_the_verdict_where_all_plans_are_calm() -> None:
    tight, full = state(231), state(290)

    assert verdict(with_budgets(state()), BERLIN, left=False).title == "Nothing is near its limit"
    assert verdict(with_budgets(tight), BERLIN, left=False).tone == "warn"
    found = verdict(with_budgets(tight, full), BERLIN, left=False)
    assert (found.tone, found.line) == ("crit", "! Shop: $290.00 of $300 at list prices")
    assert (
        said(found.detail)
        == "Heading for $290 to $351, perhaps more than the budget. 61 % of today: webshop. And 1 more below."
    )
    locked = replace(with_budgets(full), accounts=(plan(window(0.95)),))
    assert verdict(locked, BERLIN, left=False).title.startswith("Claude session")
    assert said(verdict(locked, BERLIN, left=False).detail).endswith("And 1 more below.")


def test_the_page_of_the_status_lines_up() -> None:
    shown = with_budgets(state(), replace(state("45.50", Basis.BILLED), budget=Budget(name="Bots", amount=Decimal(50))))
    text = said(status_text(shown, BERLIN, left=False, width=80))

    assert (
        text[text.index("Budgets") :].split("\n\n")[0]
        == """\
Budgets
  Shop               $214.37 of $300 at list prices, 71 % used
    heading for $290 to $351, perhaps more than the budget · 61 % of today:
    webshop · until 1 Dec 00:00
  Bots               $45.50 of $50 billed, 91 % used
    heading for $290 to $351, more than the budget · 61 % of today: webshop ·
    until 1 Dec 00:00 · as of 4 m ago"""
    )
    assert max(map(columns, text.splitlines())) <= 80


def test_scripts_find_budgets_among_the_money_with_limit_and_band() -> None:
    status = status_json(with_budgets(state(), state(None, forecast=None)))

    entry = status["accounts"][-1]
    known, unknown = entry["money"]
    assert (entry["provider"], entry["windows"], entry["state"]) == ("budgets", [], "fresh")
    assert (known["kind"], known["amount"], known["limit"], known["currency"]) == ("budget", "214.37", "300.00", "USD")
    assert (known["name"], known["basis"], known["used_percent"], known["ends_at"]) == (
        "Shop", "estimate", 71.4, "2026-11-30T23:00:00Z"
    )  # fmt: skip
    assert (known["forecast"]["low"], known["forecast"]["point"], known["forecast"]["high"]) == (
        "290.00", "324.00", "351.00"
    )  # fmt: skip
    assert (unknown["amount"], unknown["used_percent"], unknown["forecast"]) == (None, None, None)
    assert accounts(with_budgets()) == []
    assert set(entry) == set(status["accounts"][0])
    assert set(status_json(overview(plan(money=(usage_credits(),))))["accounts"][0]["money"][0]) <= set(known)


def test_sums_that_still_grow_say_so() -> None:
    text = status_text(with_budgets(state(), is_counting=True), BERLIN, left=False)

    assert "Logs are being read: the sums will grow." in text
