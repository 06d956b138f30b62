"""Advice in words: every kind within the width of a terminal, with its grounds, and an estimate never called a bill."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.domain.advice.made_up import NOW, advised, days, response, session, week
from tests.domain.advice.worked import tables
from usagetray.domain.advice.advise import Report
from usagetray.domain.advice.items import Kind
from usagetray.views.advice_json import advice_json
from usagetray.views.advice_text import FLIPS, advice_text
from usagetray.views.advice_words import METHODS, MISSING, WORDS
from usagetray.views.what_if_text import span

YESTERDAY = NOW - timedelta(days=1)


def weeks(*peaks: str) -> tuple[object, ...]:
    return tuple(week(YESTERDAY - timedelta(days=7 * back), peak) for back, peak in enumerate(peaks))


def calls(app: str, minutes: int, **tokens: int) -> list[object]:
    return [
        response(
            YESTERDAY - timedelta(days=back, minutes=minutes * turn), app=app, task="sort", session=f"{back}", **tokens
        )
        for back in range(31)
        for turn in range(20)
    ]


REPORTS: dict[str, Report] = {
    "a large plan hardly used": advised(days(31, "9"), "max_5x", [*weeks("0.15", "0.1"), session(YESTERDAY, "0.1")]),  # type: ignore[list-item]
    "a large plan much used": advised(days(31, "12"), "max_20x", weeks("0.45", "0.4", "0.3")),  # type: ignore[arg-type]
    "a small plan used up": advised(days(31, "3"), "pro", weeks("1.0", "0.9"), hour_value=Decimal(40)),  # type: ignore[arg-type]
    "a plan that does not pay": advised(days(31, "3"), "max_20x"),
    "no plan known": advised(days(31, "9")),
    "a few days": advised(days(4, "9"), "max_5x"),
    "two days": advised(days(2, "9"), "max_5x"),
    "own programs": advised(
        [*calls("<b>mail</b>\x1b[31m", 15, cache_write_5m=50_000, output=500), *calls("plain", 3, input=20_000)],  # type: ignore[list-item]
        waits=frozenset({"sort"}),
    ),
    "doubts": advised([*days(31, "3"), *days(3, "60"), response(YESTERDAY, "nobody-knows", input=10**8)], "max_5x"),
}
NAMES = {**tables().plans.vendor_names, **{plan.key: plan.name for plan in tables().plans.plans}}


def text_of(name: str) -> str:
    return advice_text(REPORTS[name], NAMES).replace("\u202f", " ").replace("\u00a0", " ")


def test_every_kind_of_advice_is_among_the_reports() -> None:
    assert {each.kind for report in REPORTS.values() for each in report.advice} == set(Kind) == set(WORDS)


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_fits_a_terminal_and_holds_no_control_or_markup(name: str) -> None:
    text = text_of(name)

    assert max(map(len, text.splitlines())) <= 80
    assert not re.search(r"[\x00-\x09\x0b-\x1f<>]", text.replace("<1 %", "").replace("<$0.01", ""))
    assert "None" not in text
    assert "Decimal" not in text


@pytest.mark.parametrize("name", REPORTS)
def test_each_line_of_advice_tells_its_days_and_its_rule(name: str) -> None:
    text = " ".join(text_of(name).split())

    for item in REPORTS[name].advice:
        assert METHODS[item.method] in text
        assert set(item.missing) <= set(MISSING)
        assert item.flips is None or item.flips.what in FLIPS
    assert text.count(f"{REPORTS[name].days} days, ") == len(REPORTS[name].advice)


@pytest.mark.parametrize("name", REPORTS)
def test_use_under_a_plan_is_never_called_a_bill(name: str) -> None:
    text = text_of(name).replace("Billed by the call", "")

    assert not re.search(r"\b(billed|spent|spend|you paid|your bill)\b", text, re.IGNORECASE)
    assert "list prices" in text


def test_the_sentences_say_what_was_compared() -> None:
    """31 days of $9, Max 5x at 15 % of its week."""
    text = " ".join(text_of("a large plan hardly used").split())

    assert "Claude Max 5x pays: at least $173.41 a month less than the API" in text
    assert "Claude Pro (monthly) would have been enough: $80.00 a month less" in text
    assert "reached 15 % of Claude Max 5x; that is 75 % of Claude Pro (monthly), 53 % by the hours published" in text


def test_two_days_are_figures_without_advice() -> None:
    assert "Nothing to advise yet: that takes three days of use." in text_of("two days")


@pytest.mark.parametrize("name", REPORTS)
def test_scripts_get_the_same_items_in_plain_json(name: str) -> None:
    shown = advice_json(REPORTS[name], NOW, (), ())

    again = json.loads(json.dumps(shown, allow_nan=False))
    assert again == shown
    assert [each["kind"] for each in shown["advice"]] == [each.kind.value for each in REPORTS[name].advice]
    assert (shown["schema"], shown["days"]) == (1, REPORTS[name].days)


@pytest.mark.parametrize(
    ("after", "title"), [("0", "$20.00 a month"), ("0.004", "$20.00 a month"), ("15", "$20.00 to $35.00 a month")]
)
def test_a_span_whose_ends_are_shown_the_same_is_one_amount(after: str, title: str) -> None:
    assert f"{span(Decimal(20), Decimal(20) + Decimal(after))} a month" == title


def test_one_day_of_pennies_reads_as_what_it_is() -> None:
    said = advice_text(advised([response(YESTERDAY, output=10)], "max_5x"), NAMES)

    assert "From 1 day of your own use" in said
    assert " on 1 active day" in said
    assert "about <" not in said
    assert f"since {YESTERDAY.day} Nov" in said
