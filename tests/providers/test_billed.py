"""Bills by day, as pure functions of what vendors may send."""

from __future__ import annotations

import copy
import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.providers import recorded
from tests.providers.test_recorded import ODD, changed, paths
from usagetray.errors import Cause, SourceError
from usagetray.model import Account, Money, Snapshot, SpendDay
from usagetray.providers import billed
from usagetray.providers.contract import Facts
from usagetray.spine.sources import NO_HOME

ANTHROPIC, OPENAI = "anthropic_admin", "openai_admin"
NOW = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
TODAY = NOW.date()
USAGE = recorded.body(ANTHROPIC, "usage_report_messages_page2.json")


def spend(cents: str, day: date = TODAY, **names: str) -> SpendDay:
    return SpendDay(day=day, amount=Money(amount=Decimal(cents), currency="USD"), **names)


def former(captured_at: datetime, *days: SpendDay) -> Snapshot:
    return Snapshot(
        provider_id="p", strategy_id="s", account=Account(id="default"), captured_at=captured_at, spend=days
    )


def cost(amount: object, **fields: object) -> dict[str, object]:
    return {"amount": amount, "currency": "USD", "workspace_id": "w", "cost_type": "tokens", **fields}


def bill(*rows: object, day: str = "2026-11-20") -> dict[str, object]:
    return {"data": [{"starting_at": f"{day}T00:00:00Z", "results": list(rows)}], "has_more": False}


def used(key: str | None, output: int, **fields: object) -> dict[str, object]:
    return {"api_key_id": key, "workspace_id": "w", "model": "m", "output_tokens": output, **fields}


# ---- which days --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("captured_at", "first"),
    [
        (NOW, date(2026, 11, 18)),
        (NOW - timedelta(hours=20), date(2026, 11, 17)),  # the nineteenth, when the seventeenth was open
        (NOW - timedelta(days=40), date(2026, 10, 9)),
        (NOW - timedelta(days=4000), TODAY - timedelta(days=180)),
        (NOW + timedelta(days=3), date(2026, 11, 18)),  # a clock that was set back
    ],
)
def test_a_day_is_asked_for_until_two_days_after_its_end(captured_at: datetime, first: date):
    facts = Facts(home=NO_HOME, now=NOW, former=(former(captured_at, spend("1")),))

    assert billed.since(facts) == first


def test_at_first_31_days_are_asked_for_in_which_the_month_always_is():
    for day in range(1, 32):
        facts = Facts(home=NO_HOME, now=datetime(2026, 12, day, tzinfo=UTC))

        assert billed.since(facts) <= date(2026, 12, 1)
        assert (facts.now.date() - billed.since(facts)).days == 30


# ---- odd answers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [None, [], "hello", 17, {}, {"data": []}, {"data": {}}, {"data": [{"results": []}]}, {"error": {"message": "no"}}],
)
@pytest.mark.parametrize("provider", [ANTHROPIC, OPENAI])
def test_an_answer_without_a_day_is_bad_data_and_no_empty_bill(provider: str, answer: object):
    with pytest.raises(SourceError) as caught:
        recorded.ask_bill(provider, {"": answer})

    assert caught.value.cause is Cause.BAD_DATA


@pytest.mark.parametrize(
    ("amount", "dollars"),
    [
        ("123.45", "1.2345"),
        (" 7 ", "0.07"),
        (1025, "10.25"),
        (0.1, "0.001"),
        ("1E+3", "10"),
        ("0E-12", "0"),
        ("0.123456789012345678901234567890123456", "0.00123456789012345678901234567890123456"),
        (None, "0"),
    ],
)
def test_an_amount_in_cents_is_read_exactly(amount: object, dollars: str):
    (said,) = recorded.ask_bill(ANTHROPIC, {"": bill(cost(amount))}, NOW)

    assert said.dropped == ()
    assert said.money[0].used is not None
    assert abs(said.money[0].used.amount - Decimal(dollars)) < Decimal("1e-27")


@pytest.mark.parametrize("amount", ["", "abc", -5, "-5", True, [], {}, math.nan, math.inf, 1e400, "1e999", 10**30])
def test_an_amount_that_is_none_costs_its_row_and_is_named(amount: object):
    """The other row counts; alone, it leaves the day untold: not free."""
    (said,) = recorded.ask_bill(ANTHROPIC, {"": bill(cost(amount), cost("100"))}, NOW)
    (alone,) = recorded.ask_bill(ANTHROPIC, {"": bill(cost(amount))}, NOW)

    assert [each.amount.amount for each in said.spend] == [Decimal(1)]
    assert said.dropped == ("data[0].results[0].amount",)
    assert (alone.spend, alone.money) == ((), ())


def test_more_rows_than_any_other_list_may_have_are_all_counted():
    """1,000 rows of a day: a sum must not leave one out."""
    rows = [cost("1", description=f"line {number}") for number in range(1000)]

    (said,) = recorded.ask_bill(ANTHROPIC, {"": bill(*rows)}, NOW)

    assert len(said.spend) == 1000
    assert said.money[0].used == Money(amount=Decimal(10), currency="USD")


def test_each_currency_is_summed_by_itself():
    (said,) = recorded.ask_bill(ANTHROPIC, {"": bill(cost(100), cost(250, currency="eur"))}, NOW)

    assert [(each.period, each.used and (each.used.amount, each.used.currency)) for each in said.money] == [
        ("today", (Decimal(1), "USD")),
        ("today", (Decimal("2.5"), "EUR")),
        ("month", (Decimal(1), "USD")),
        ("month", (Decimal("2.5"), "EUR")),
    ]


def test_a_day_cut_off_before_midnight_is_that_day():
    """The day that is not over, told without its beginning."""
    page = {"data": [{"ending_at": "2026-11-20T12:30:00Z", "results": [cost("100")]}]}

    (said,) = recorded.ask_bill(ANTHROPIC, {"": page}, NOW)

    assert [each.day for each in said.spend] == [TODAY]


def test_sums_end_with_their_day_and_month():
    today, month = billed.lines([spend("1"), spend("2", date(2026, 11, 1)), spend("4", date(2026, 10, 31))], NOW)

    assert (today.used, today.ends_at) == (Money(amount=Decimal(1), currency="USD"), datetime(2026, 11, 21, tzinfo=UTC))
    assert (month.used, month.ends_at) == (Money(amount=Decimal(3), currency="USD"), datetime(2026, 12, 1, tzinfo=UTC))


def test_line_items_of_models_name_the_model():
    items = ("gpt-5.5, cached input", "ft:gpt-5:org:x, output", "web search tool calls", "code, sessions, gb", None)
    rows = [{"amount": {"value": 1, "currency": "usd"}, "line_item": item} for item in items]
    page = {"data": [{"start_time": 1795132800, "results": rows}]}

    (said,) = recorded.ask_bill(OPENAI, {"": page}, NOW)

    assert [(each.model, each.kind) for each in said.spend] == [
        ("gpt-5.5", "cached input"),
        ("ft:gpt-5:org:x", "output"),
        (None, None),
        ("code", "sessions, gb"),
        (None, None),
    ]


# ---- whose tokens they were --------------------------------------------------------------------------------


def test_the_bill_is_parted_by_the_tokens_of_each_key_at_the_same_price():
    """100 cents for output of m: 1 of 3 tokens by a, 2 by b. Another model's tokens have no part in it."""
    costs = bill(cost("100", model="m", token_type="output_tokens"))
    usage = bill(used("a", 1), used("b", 2), used("c", 50, model="another"), used("d", 50, workspace_id="v"))

    (said,) = recorded.ask_bill(ANTHROPIC, {"": costs}, NOW, {"messages": usage})

    parts = {each.key: each.amount.amount for each in said.spend}
    assert set(parts) == {"a", "b"}
    assert sum(parts.values()) == 1
    assert abs(parts["a"] - Decimal(1) / 3) < Decimal("1e-20")


def test_tokens_of_no_key_and_lines_without_tokens_stay_without_a_key():
    """The Workbench has no key; code execution is counted nowhere."""
    costs = bill(
        cost("100", model="m", token_type="output_tokens"),
        cost("50", cost_type="code_execution", description="Code Execution Usage"),
        cost("9", cost_type="web_search"),
    )
    usage = bill(used(None, 5), used("a", 0, server_tool_use={"web_search_requests": 3}))

    (said,) = recorded.ask_bill(ANTHROPIC, {"": costs}, NOW, {"messages": usage})

    assert {each.kind: each.key for each in said.spend} == {"tokens": None, "code_execution": None, "web_search": "a"}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    cents=st.decimals(min_value=0, max_value=10**9, places=9),
    counts=st.lists(st.integers(min_value=0, max_value=10**12), max_size=6),
)
def test_the_parts_always_add_up_to_the_whole(cents: Decimal, counts: list[int]):
    costs = bill(cost(str(cents), model="m", token_type="output_tokens"))
    usage = bill(*(used(f"key {number}", count) for number, count in enumerate(counts)))

    (said,) = recorded.ask_bill(ANTHROPIC, {"": costs}, NOW, {"messages": usage})

    assert said.money[0].used is not None
    assert abs(said.money[0].used.amount - cents / 100) < Decimal("1e-15")
    assert all(each.amount.amount >= 0 for each in said.spend)


# ---- hostile answers ---------------------------------------------------------------------------------------

WHOLE: dict[str, Any] = {
    ANTHROPIC: {
        "cost_report": recorded.body(ANTHROPIC, "cost_report.json"),
        "messages": USAGE,
        "me": recorded.body(ANTHROPIC, "organization_me.json"),
        "workspaces": recorded.body(ANTHROPIC, "workspaces.json"),
        "api_keys": recorded.body(ANTHROPIC, "api_keys.json"),
    },
    OPENAI: {
        "costs": recorded.body(OPENAI, "costs_month.json"),
        "projects": {"data": [{"id": "proj_x", "name": "X"}]},
    },
}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(data=st.data())
def test_no_mutated_answer_breaks_a_bill(data: st.DataObject):
    """All answers of a refresh with up to four fields replaced by anything: no illegal sum, name or day."""
    provider = data.draw(st.sampled_from([ANTHROPIC, OPENAI]))
    answers = copy.deepcopy(WHOLE[provider])
    for _ in range(data.draw(st.integers(1, 4))):
        answers = changed(answers, data.draw(st.sampled_from(list(paths(answers)))), data.draw(ODD))
    costs = answers.get("cost_report", answers.get("costs"))
    known = (former(NOW - timedelta(days=1), spend("3", TODAY - timedelta(days=9), workspace="w")),)
    for before in ((), known):
        try:
            (said,) = recorded.ask_bill(provider, {"": costs}, NOW, answers, before)
        except SourceError:
            continue

        recorded.assert_legal(recorded.Told((), said.money, None, said.dropped))
        repr(said).encode()
        for each in said.spend:
            assert each.amount.amount.is_finite()
            assert each.amount.amount >= 0
            assert len(each.amount.currency) == 3
        assert all(isinstance(part, str) and part for pair in said.names for part in pair)
