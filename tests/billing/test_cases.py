"""Set-ups seen in the field, each with the credential that pays, where that stands, and how sure one can be."""

from __future__ import annotations

from typing import Any

import pytest

from tests.billing.made_up import CANARY, CASES, verdict_of


@pytest.mark.parametrize("case", CASES, ids=[f"{each['id']} {each['title']}" for each in CASES])
def test_every_set_up_is_named_rightly(case: dict[str, Any]) -> None:
    expected = case["expected"]

    found = verdict_of(case)

    first, wanted = found.because[0], expected["because"][0]
    assert (found.route, found.certainty, found.would_warn) == (
        expected["route"],
        expected["certainty"],
        expected["would_warn"],
    )
    assert (first.source, first.file, first.line, first.variable) == tuple(
        wanted[each] for each in ("source", "file", "line", "variable")
    )
    further = {(each.file, each.line, each.variable) for each in found.because}
    assert {(each["file"], each["line"], each["variable"]) for each in expected["because"]} <= further
    assert CANARY not in repr(found)


@pytest.mark.parametrize("case", CASES, ids=[each["id"] for each in CASES])
def test_what_is_set_aside_never_decides(case: dict[str, Any]) -> None:
    found = verdict_of(case)

    first = found.because[0]
    aside = {(each["file"], each["line"], each["variable"]) for each in case["expected"].get("set_aside", ())}
    assert (first.file, first.line, first.variable) not in aside
