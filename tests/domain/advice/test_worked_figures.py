"""Figures that cost articles print: each is reproduced from its own inputs, or shown with why it cannot be."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.domain.advice.worked import CASES, asked, difference


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']} {case['kind']}")
def test_a_published_figure_is_reproduced_or_explained(case: dict[str, Any]) -> None:
    """Within the tolerance of the case; the working of each stands in `worked_figures.json`."""
    answer, problems = asked({key: case[key] for key in ("id", "kind", "inputs")})

    assert problems == ()
    assert answer is not None
    assert (answer["id"], answer["kind"]) == (case["id"], case["kind"])
    tolerance = case["tolerance"]
    for key, expected in case["expected"].items():
        allowed = tolerance.get(key, tolerance.get("*", "0")) if isinstance(tolerance, dict) else tolerance
        assert difference(expected, answer["figures"].get(key), Decimal(allowed), key) == []
    for words in case["says"]:
        assert words in answer["explain"]
    if case["verdict"] == "inconsistent_explain":
        assert case["says"], "an explanation nobody checks"


@pytest.mark.parametrize("case", [each for each in CASES if "published" in each], ids=lambda case: case["id"])
def test_what_was_printed_is_shown_beside_and_never_in_place(case: dict[str, Any]) -> None:
    with_it, _ = asked(case)
    without, _ = asked({key: case[key] for key in ("id", "kind", "inputs")})

    assert with_it is not None
    assert without is not None
    assert with_it["figures"] == without["figures"]
    assert with_it["published"] == case["published"]
    assert "published" not in without
