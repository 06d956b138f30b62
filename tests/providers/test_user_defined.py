"""A provider described by its user: places are found, units are as stated, and no answer does harm."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usagetray.errors import Cause, SourceError
from usagetray.model import MoneyKind, Snapshot
from usagetray.providers.contract import BEARER, Facts, Home
from usagetray.providers.user_defined import RESETS, SHARES, Declared, MoneyRule, WindowRule, at, snapshot

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FACTS = Facts(home=Home(path=Path("-"), is_default=True), now=NOW)
PLAIN = WindowRule(key="day", label="Day", length=timedelta(days=1))
SHARE = replace(PLAIN, share=at("v"), unit="percent")
BUDGET = MoneyRule(
    kind=MoneyKind.BUDGET,
    label="Budget",
    used=at("spent"),
    limit=Decimal(500),
    balance=None,
    parts=Decimal(1),
    currency="USD",
    period=None,
)


def described(*windows: WindowRule, money: tuple[MoneyRule, ...] = ()) -> Declared:
    return Declared(
        id="gateway",
        name="Gateway",
        file="gateway.toml",
        origin="https://gateway.example.com",
        path="/usage",
        auth=BEARER,
        every=timedelta(minutes=15),
        windows=windows,
        money=money,
    )


def read(body: Any, *windows: WindowRule, money: tuple[MoneyRule, ...] = ()) -> Snapshot:
    return snapshot(described(*windows, money=money), body, FACTS)


# ---- places ------------------------------------------------------------------------------------------------

PLACES = [
    ("a", ("a",)),
    ("a.b.c", ("a", "b", "c")),
    ("a[0].b", ("a", 0, "b")),
    ("[2]", (2,)),
    ("[2][0].x-y_z", (2, 0, "x-y_z")),
    ("a.0", ("a", "0")),
    ("größe", ("größe",)),
]


@pytest.mark.parametrize(("text", "steps"), PLACES, ids=[each[0] for each in PLACES])
def test_a_place_is_names_and_numbers(text: str, steps: tuple[str | int, ...]) -> None:
    assert at(text).steps == steps


WRONG = [
    "",
    ".",
    ".a",
    "a.",
    "a..b",
    "a[",
    "a[-1]",
    "a[x]",
    "a[0]b",
    "a.[0]",
    "a b",
    "a[1000]",
    "a[*]",
    "a." * 12 + "a",
]


@pytest.mark.parametrize("text", WRONG)
def test_anything_else_is_no_place(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are the caller's
        at(text)


@given(text=st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_a_place_is_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        found = at(text)
    except ValueError:
        return

    assert found.text == text
    assert "".join(f"[{each}]" if isinstance(each, int) else each for each in found.steps)


# ---- units -------------------------------------------------------------------------------------------------

SHARED = [
    ("percent", 42, 0.42),
    ("percent", "42.5", 0.425),
    ("percent", 1, 0.01),
    ("percent", 130, 1.3),
    ("fraction", 0.42, 0.42),
    ("fraction", 1, 1.0),
    ("fraction", 42, None),
    ("percent_left", 20, 0.8),
    ("percent_left", 101, None),
    ("fraction_left", 0.25, 0.75),
    ("fraction_left", 25, None),
    ("fraction", -0.1, None),
    ("percent", True, None),
    ("percent", "much", None),
]


@pytest.mark.parametrize(("unit", "value", "used"), SHARED)
def test_a_share_is_read_in_the_unit_the_file_states(unit: str, value: object, used: float | None) -> None:
    """A fraction of 42 is a percentage by mistake: unknown, not 4,200 % and not 42."""
    other = replace(SHARE, key="other", share=at("fine"))

    said = read({"v": value, "fine": 1}, replace(SHARE, unit=unit), other)

    assert said.windows[0].utilization == (None if used is None else pytest.approx(used))
    assert said.dropped == (() if used is not None else ("v",))


COUNTED = [
    ({"used": 3, "limit": 12}, 0.25),
    ({"remaining": 9, "limit": 12}, 0.25),
    ({"used": 3, "remaining": 9}, 0.25),
    ({"used": 0, "limit": 12}, 0.0),
    ({"used": 15, "limit": 12}, 1.25),
    ({"used": 3, "limit": 0}, None),
    ({"remaining": 13, "limit": 12}, None),
    ({"used": None, "limit": 12}, None),
    ({"used": 0, "remaining": 0}, None),
]


@pytest.mark.parametrize(("counts", "used"), COUNTED)
def test_two_counts_make_a_share(counts: dict[str, object], used: float | None) -> None:
    rule = replace(PLAIN, **{name: at(name) for name in counts})  # type: ignore[arg-type]

    said = read({**counts, "v": 1}, rule, replace(SHARE, key="other"))

    assert said.windows[0].utilization == used


def test_a_limit_may_be_a_number_of_the_file_s_own() -> None:
    said = read({"used": 3}, replace(PLAIN, used=at("used"), limit=Decimal(12)))

    assert said.windows[0].utilization == 0.25


STATED = [
    ("iso", "2026-11-20T12:00:00Z", timedelta(hours=3)),
    ("iso", "2026-11-20T13:00:00.123456789+01:00", timedelta(hours=3, microseconds=123456)),
    ("epoch_s", 1795176000, timedelta(hours=3)),
    ("epoch_ms", 1795176000000, timedelta(hours=3)),
    ("seconds_from_now", 10800, timedelta(hours=3)),
    ("iso", 1795176000, None),
    ("iso", "1795176000", None),
    ("epoch_s", 1795176000000, None),
    ("epoch_ms", 1795176000, None),
    ("seconds_from_now", 1795176000, None),
    ("seconds_from_now", "2026-11-20T12:00:00Z", None),
    ("epoch_s", -5, None),
]


@pytest.mark.parametrize(("form", "value", "span"), STATED)
def test_a_reset_is_read_in_the_form_the_file_states(form: str, value: object, span: timedelta | None) -> None:
    """Seconds where milliseconds are meant give no reset, rather than one in 1970."""
    said = read({"v": 5, "ends": value}, replace(SHARE, reset=at("ends"), reset_as=form))

    assert said.windows[0].resets_at == (None if span is None else NOW + span)
    assert said.dropped == (() if span else ("ends",))


@pytest.mark.parametrize("form", RESETS)
@pytest.mark.parametrize("value", [None, 0, "0"])
def test_null_and_zero_are_no_reset_and_nothing_wrong(form: str, value: object) -> None:
    said = read({"v": 5, "ends": value}, replace(SHARE, reset=at("ends"), reset_as=form))

    assert said.windows[0].resets_at is None
    assert said.dropped == ()


def test_money_is_exact_and_in_its_unit() -> None:
    """12,345 hundredths are 123.45; a currency that is none costs the line, never turns into dollars."""
    cents = replace(BUDGET, parts=Decimal(100), limit=Decimal(50000), currency=at("currency"))

    said = read({"spent": "12345", "currency": "eur", "v": 5}, SHARE, money=(cents,))
    without = read({"spent": "12345", "currency": "€", "v": 5}, SHARE, money=(cents,))

    (line,) = said.money
    assert line.used is not None
    assert line.limit is not None
    assert (line.used.amount, line.limit.amount, line.used.currency) == (Decimal("123.45"), Decimal(500), "EUR")
    assert without.money == ()
    assert without.dropped == ("currency",)


# ---- answers that are something else -----------------------------------------------------------------------


@pytest.mark.parametrize("body", [None, [], {}, "text", 5, {"w": 1}, {"v": None}, {"v": {"v": 1}}, [{"v": 5}]])
def test_an_answer_without_any_of_the_places_is_not_understood(body: object) -> None:
    with pytest.raises(SourceError) as failed:
        read(body, SHARE, money=(BUDGET,))

    assert failed.value.cause is Cause.BAD_DATA


def test_what_the_file_promised_and_the_answer_lacks_is_named() -> None:
    said = read({"v": 5}, replace(SHARE, reset=at("meta.ends"), reset_as="iso"))

    assert said.windows[0].utilization == 0.05
    assert said.dropped == ("meta.ends",)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(10**400),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from("abv"), below, max_size=3),
    max_leaves=12,
)


@given(body=JSON, unit=st.sampled_from(sorted(SHARES)), form=st.sampled_from(RESETS))
@settings(max_examples=300, deadline=None)
def test_no_answer_does_harm(body: object, unit: str, form: str) -> None:
    share = replace(SHARE, share=at("v.a"), unit=unit, reset=at("b[0]"), reset_as=form)
    counts = replace(PLAIN, key="counts", used=at("a"), limit=at("v"), reset=at("v"), reset_as=form)
    money = replace(BUDGET, used=at("a"), balance=at("b"), currency=at("v"))

    try:
        said = read(body, share, counts, money=(money,))
    except SourceError:
        return

    for window in said.windows:
        assert window.utilization is None or (math.isfinite(window.utilization) and window.utilization >= 0)
        assert window.resets_at is None or window.resets_at.tzinfo is UTC
    for line in said.money:
        for sum_ in (line.used, line.balance):
            assert sum_ is None or (sum_.amount.is_finite() and sum_.amount >= 0)
