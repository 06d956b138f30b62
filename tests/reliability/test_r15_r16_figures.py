"""Values no field should hold, and instants in any spelling.

Promised: a bar runs from 0 to 100, and real use beyond that is text. What is no number, infinity, a negative, true and
false are "unknown", which is neither 0 nor 100. Units are fixed for each field and never guessed: 1 is one percent, and
what is more than 0 and less than 1 is "<1 %". An instant in any spelling is right within a second, or unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reliability.fake_provider import CLAUDE, CODEX, DEEPSEEK, KIMI, ZAI, Kind
from tests.reliability.sim import HOUR, NOW, SECOND
from tests.reliability.values import ENDS, ODD, answering, ask, asked_often, no_illegal_number, shown_once
from usagetray.providers.parse import Answer

# ---- figures -----------------------------------------------------------------------------------------------

FIGURES: list[tuple[str, float | None]] = [
    ("0", 0), ("1", 1), ("0.4", 0.4), ("42", 42), ("42.0", 42), ('"42.5"', 42.5), ('" 7 "', 7), ("100", 100),
    ("1e2", 100), ("99.99999999999999", 100), ("null", None), ('""', None), ('"abc"', None), ("-5", None),
    ("NaN", None), ("Infinity", None), ("-Infinity", None), ("1e400", None), ("true", None), ("false", None),
    ("[]", None), ("{}", None), ('"NaN"', None), ('"1e400"', None), ('"42%"', None), ('"0x2A"', None),
    ('"٤٢"', None), ('"４２"', None), ('"1_0"', None), ("1" + "0" * 400, None), ('"\\ud800"', None), ("[42]", None),
]  # fmt: skip
"""As they stand in the answer, and the percentage they are."""
OVER: list[tuple[str, float]] = [("105", 105), ("353", 353), ('"353.5"', 353.5)]
STATED = (CLAUDE, CODEX, ZAI, KIMI)
"""They state what is used, in percent; the first two also when it is more than there is."""


@pytest.mark.parametrize("kind", STATED, ids=lambda kind: kind.provider)
def test_r15_only_a_legal_figure_is_shown_and_kept(tmp_path: Path, kind: Kind) -> None:
    """A bad one is unknown, or leaves the last good one with its own age; never 0, never 100."""
    template = json.dumps(kind.body("/", "@@", ENDS))
    with asked_often(tmp_path, kind) as machine:
        good, said_at = 20.0, machine.window()["captured_at"]
        for text, used in FIGURES + (OVER if kind in (CLAUDE, CODEX) else []):
            machine.vendor.answer = answering(kind, template.replace('"@@"', text))
            ask(machine)
            said = shown_once(machine)
            window = machine.window()
            if used is None:
                assert window["used_percent"] in (None, good), text
                assert window["used_percent"] is None or window["captured_at"] == said_at, text
            else:
                assert window["used_percent"] == used, text
                good, said_at = used, window["captured_at"]
            assert bool(re.search(r"<1\s%", said)) == (text == "0.4" or (used is None and good == 0.4)), text
        no_illegal_number(machine)


BALANCES = [("0", "0"), ("0.00", "0.00"), ("110.52", "110.52"), (" 7 ", "7"), ("1e2", "100")]
NO_BALANCES = ["", "abc", "-5", "NaN", "Infinity", "1e400", "٤٢", "1,000", "$5", "0x10"]


def test_r15_a_balance_that_is_none_is_unknown_and_no_zero(tmp_path: Path) -> None:
    with asked_often(tmp_path, DEEPSEEK) as machine:
        for text, amount in BALANCES:
            machine.vendor.answer = DEEPSEEK.healthy(text, ENDS)
            ask(machine)
            (line,) = machine.account()["money"]
            assert float(line["amount"]) == float(amount)
        for text in NO_BALANCES:
            machine.vendor.answer = DEEPSEEK.healthy(text, ENDS)
            ask(machine)
            assert [line["amount"] for line in machine.account()["money"]] in ([], ["100.00"])
            shown_once(machine)
        no_illegal_number(machine)


# ---- instants ----------------------------------------------------------------------------------------------

INSTANT = NOW + timedelta(hours=2, minutes=3, seconds=4)
SECONDS = int(INSTANT.timestamp())


def _spelled() -> Iterator[object]:
    for digits in ("", ".000", ".999", ".123456", ".123456789", ".1"):
        stamp = f"{INSTANT:%Y-%m-%dT%H:%M:%S}{digits}"
        yield from (f"{stamp}Z", f"{stamp}z", f"{stamp}+00:00", stamp, stamp.replace("T", " "), stamp.lower() + "z")
        local = INSTANT - 7 * HOUR
        yield f"{local:%Y-%m-%dT%H:%M:%S}{digits}-07:00"
        yield f"{local:%Y-%m-%dT%H:%M:%S}{digits}-0700"
    yield f" {INSTANT:%Y-%m-%dT%H:%M:%S}Z "
    yield f"{INSTANT:%Y%m%dT%H%M%S}Z"
    for number in (SECONDS, SECONDS * 1000, SECONDS + 0.5, float(SECONDS), SECONDS * 1000.0):
        yield from (number, str(number))


NO_INSTANT = [
    0, "0", -1, "-1", "", "abc", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-13-45T00:00:00Z", True, [], {},
    253_402_300_799, 1_767_225_600_000_000, "1767225600000000", 10**30, "58000-01-01T00:00:00Z", "2026-11-20T25:00:00Z",
    "1970-01-01T00:00:00Z", 1e300, "٢٠٢٦-11-20T00:00:00Z", "2026-11-20T11:00:00+99:99", "T" * 5000,
]  # fmt: skip
"""The first of them is how several say "not known"."""


def _with_reset(kind: Kind, value: object) -> str:
    body: Any = kind.body("/", 42, ENDS)
    seconds = int(ENDS.timestamp())
    ends = {CODEX: seconds, ZAI: seconds * 1000}.get(kind, ENDS.isoformat())
    return json.dumps(body).replace(json.dumps(ends), json.dumps(value), 1)


@pytest.mark.parametrize("kind", STATED, ids=lambda kind: kind.provider)
def test_r16_an_instant_in_any_spelling_is_right_within_a_second_or_unknown(tmp_path: Path, kind: Kind) -> None:
    with asked_often(tmp_path, kind) as machine:
        machine.clock.jump(-HOUR)  # so that none of the many requests comes after the instant
        machine.stop()
        machine.start()
        for value in list(_spelled())[STATED.index(kind) :: len(STATED)]:  # each spelling with one of them
            machine.vendor.answer = answering(kind, _with_reset(kind, value))
            ask(machine)
            window = machine.window()
            assert window["resets_at"] is not None, value
            assert abs(datetime.fromisoformat(window["resets_at"]) - INSTANT) <= SECOND, value
            assert window["used_percent"] == 42
        for value in NO_INSTANT:
            machine.vendor.answer = answering(kind, _with_reset(kind, value))
            ask(machine)
            window = machine.window()
            assert (window["resets_at"], window["used_percent"]) == (None, 42), value
        shown_once(machine)


@settings(max_examples=8, deadline=None, database=None, derandomize=True)
@given(st.lists(ODD, min_size=20, max_size=20))
def test_r16_whatever_stands_for_an_instant_nothing_is_raised(values: list[object]) -> None:
    """A reader of one field, against many; through the whole program that takes a thousand times as long."""
    for value in values:
        found = Answer({"at": value}).instant("at")
        assert found is None or (found.tzinfo is not None and 2000 <= found.year < 2100)
