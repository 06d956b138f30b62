"""Golden cases: each figure was worked out by hand from list prices, and its working stands beside it in the file."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from usagetray.domain import pricing
from usagetray.domain.rates import RateTable
from usagetray.domain.usage_objects import Family, attempts
from usagetray.edges.tables import rate_table
from usagetray.usage import Attempt
from usagetray.views.figures import cost

FILE = Path(__file__).parent / "pricing" / "cases.json"
CASES: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["cases"]
SUMS = ("aggregate", "whatif_batch", "whatif_route")
"""Kinds whose counts are a sum of attempts below every threshold."""


@pytest.fixture(scope="module")
def table() -> RateTable:
    return rate_table()


def case_attempts(case: dict[str, Any]) -> tuple[Attempt, ...]:
    found = tuple(
        attempt
        for usage in case.get("requests", [case.get("usage")])
        for attempt in attempts(
            usage,
            model=case["model"],
            at=datetime.fromisoformat(case["timestamp"]),
            tier=case["service_tier"],
            speed=case.get("speed", ""),
            geo=case["inference_geo"],
            family=Family(case["usage_format"]),
        )
    )
    return tuple(below_every_threshold(each) for each in found) if case["kind"] in SUMS else found


def below_every_threshold(attempt: Attempt) -> Attempt:
    return replace(attempt, prompt=0)


@pytest.mark.parametrize("case", CASES, ids=[each["id"] for each in CASES])
def test_a_golden_case_is_priced_to_the_last_digit(case: dict[str, Any], table: RateTable) -> None:
    prices = [pricing.price(each, table) for each in case_attempts(case)]

    expected = case["expected"]
    assert {each.status for each in prices} == {expected["status"]}
    assert set(expected.get("flags", ())) <= pricing.total(prices).flags
    if expected["usd"] is None:
        assert [each.usd for each in prices] == [None]
        return
    usd = pricing.total(prices).usd
    assert usd == Decimal(expected["usd"])
    if "display_usd" in expected:
        assert cost(usd).replace("$", "") == expected["display_usd"]


WHAT_IFS = {
    "whatif_cache": ("without_usd", lambda each, case, table: pricing.uncached(each, table)),
    "whatif_batch": ("with_usd", lambda each, case, table: pricing.batched(each, table)),
    "whatif_route": ("with_usd", lambda each, case, table: pricing.rerouted(each, case["route_to"], table)),
}


@pytest.mark.parametrize("case", [each for each in CASES if each["kind"] in WHAT_IFS], ids=lambda each: each["id"])
def test_a_what_if_gives_the_other_cost_and_what_it_saves(case: dict[str, Any], table: RateTable) -> None:
    key, otherwise = WHAT_IFS[case["kind"]]
    found = case_attempts(case)

    actual = pricing.total(pricing.price(each, table) for each in found)
    other = pricing.total(otherwise(each, case, table) for each in found)

    assert other.usd == Decimal(case["expected"][key])
    assert abs(actual.usd - other.usd) == Decimal(case["expected"]["saving_usd"])


def test_every_kind_of_case_is_there() -> None:
    """74 of them, so that a file cut short does not pass for a good one."""
    assert len(CASES) == 74
    assert {each["kind"] for each in CASES} == {"single", "requests_sum", *SUMS, *WHAT_IFS}
