"""The plan table as it is shipped, and with rows of the user's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from usagetray.edges.plans import plan_table
from usagetray.providers import discover

OWN = {
    "vendor": "anthropic",
    "plan_id": "pro",
    "fee": "23",
    "currency": "USD",
    "period": "month",
    "checked": "2026-11-01",
}


def own(tmp_path: Path, *rows: Any) -> Path:
    file = tmp_path / "plans.json"
    file.write_text(json.dumps({"plans": rows}, indent=1))
    return file


def test_every_shipped_row_is_read() -> None:
    table = plan_table()

    assert table.problems == ()
    assert len(table.plans) == 60
    assert len({plan.key for plan in table.plans}) == 60


def test_every_vendor_that_a_tool_draws_on_sells_plans() -> None:
    table = plan_table()
    vendors = {plan.vendor for plan in table.plans}

    assert set(table.draws_on.values()) <= vendors <= set(table.vendor_names)
    assert {"claude", "codex"} <= set(table.draws_on) & {each.id for each in discover()}


def test_an_unknown_fee_is_none_and_never_zero() -> None:
    go = plan_table().find("openai/go")

    assert go is not None
    assert (go.fee, go.monthly) == (None, None)


@pytest.mark.parametrize(
    ("vendor", "label", "found"),
    [
        ("anthropic", "Max 5x", "max_5x"),
        ("anthropic", "Pro", "pro"),
        ("openai", "Plus", "plus"),
        ("openai", "Pro", "pro"),
        ("anthropic", "Nobody's", None),
    ],
)
def test_a_reading_s_word_for_a_plan_finds_its_row(vendor: str, label: str, found: str | None) -> None:
    plan = plan_table().labelled(vendor, label)

    assert (plan and plan.id) == found


def test_a_row_of_one_s_own_replaces_ours_and_a_new_one_is_added(tmp_path: Path) -> None:
    table = plan_table(own(tmp_path, OWN, {**OWN, "vendor": "club", "plan_id": "gold"}))

    pro, gold = table.find("pro"), table.find("club/gold")
    assert pro is not None
    assert (pro.fee, pro.is_own) == (23, True)
    assert gold is not None
    assert len(table.plans) == 61


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({**OWN, "fee": "cheap"}, "plans[1].fee takes an amount"),
        ({**OWN, "period": "day"}, 'plans[1].period takes "week" or "month" or "year", not "day"'),
        ({**OWN, "fee": None, "fee_range": ["9", "3"]}, "plans[1].fee_range takes the lower amount first"),
        ({**OWN, "fee": None, "fee_range": ["9", "x"]}, "plans[1].fee_range[2] takes an amount"),
        ({**OWN, "checked": None}, "plans[1].checked takes the day you looked it up"),
        ({"plan_id": "x", "checked": "2026-11-01"}, "plans[1].vendor takes a text, not nothing"),
        (7, "plans[1] takes an object in braces, not 7"),
    ],
)
def test_a_wrong_row_is_named_and_the_shipped_one_holds(tmp_path: Path, row: Any, sentence: str) -> None:
    table = plan_table(own(tmp_path, row))

    pro = table.find("pro")
    assert pro is not None
    assert pro.fee == 20
    assert len(table.problems) == 1
    assert sentence in table.problems[0]


@pytest.mark.parametrize("text", ["{", "[]", '{"plans": 3}', '{"plans": [}'])
def test_a_file_that_is_none_leaves_ours(tmp_path: Path, text: str) -> None:
    file = tmp_path / "plans.json"
    file.write_text(text)

    table = plan_table(file)

    assert len(table.plans) == 60
    assert len(table.problems) == 1
    assert str(file) in table.problems[0]
