"""Every provider held to its recorded answers: success, refusal, nulls, one bad field, a changed shape, no secret."""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.providers import keyed, recorded
from tests.providers.recorded import NOW, TOKEN, Told
from usagetray.errors import Cause, SourceError
from usagetray.model import MoneyKind
from usagetray.providers import discover
from usagetray.providers.contract import Facts, FileText, Home
from usagetray.providers.parse import decode

CASES = [(provider.id, case) for provider in discover() for case in recorded.cases(provider.id)]
IDS = [f"{provider}-{case['file'].removesuffix('.json')}" for provider, case in CASES]


@pytest.mark.parametrize(("provider", "case"), CASES, ids=IDS)
def test_a_recorded_answer_reads_as_it_should(provider: str, case: dict[str, Any], tmp_path: Path):
    """Percentages within 0.01, resets within a second, and no window that is not named."""
    told = recorded.read(provider, case["reader"], recorded.body(provider, case["file"]), case["now"], tmp_path)

    recorded.assert_legal(told)
    found = {window.key: window for window in told.windows}
    assert set(found) == {window["key"] for window in case["windows"]}
    for expected in case["windows"]:
        window = found[expected["key"]]
        if "percent" in expected:
            assert window.utilization == pytest.approx(expected["percent"] / 100, abs=1e-4)
        else:
            assert window.utilization is None
        assert window.unlimited is expected.get("unlimited", False)
        assert window.scope == expected.get("scope", window.scope)
        assert window.label == expected.get("label", window.label)
        assert window.locks is expected["locks"]
        if "resets_at" in expected:
            assert window.resets_at is not None
            assert abs((window.resets_at - expected["resets_at"]).total_seconds()) <= 1
        else:
            assert window.resets_at is None
    assert len(told.dropped) == case.get("dropped", 0)
    assert_money(told, case)
    if "account" in case:
        state, until = recorded.account_state(told)
        assert (state, until and until.replace(microsecond=0)) == (case["account"], case.get("locked_until"))
    for name in case.get("ignored", ()):
        assert name in told.ignored


def assert_money(told: Told, case: dict[str, Any]) -> None:
    kinds = {
        "overage": MoneyKind.OVERAGE,
        "credits": MoneyKind.CREDITS,
        "cap": MoneyKind.BUDGET,
        "billed": MoneyKind.BILLED,
    }
    assert {line.kind for line in told.money} == {kind for name, kind in kinds.items() if name in case}
    left = {
        kind: case[name] if isinstance(case[name], list) else [case[name]]
        for name, kind in kinds.items()
        if name in case
    }
    assert len(told.money) == sum(map(len, left.values()))
    for line in told.money:
        expected = left[line.kind].pop(0)
        assert line.label == expected.get("label", line.label)
        for field in ("used", "limit", "balance"):
            amount = getattr(line, field)
            assert (str(amount.amount) if amount else None) == expected.get(field), field
            assert amount is None or amount.currency == expected.get("currency", "credits")
        assert line.unlimited is expected.get("unlimited", False)
        assert line.disabled_reason == expected.get("disabled_reason")
        assert line.kind is not MoneyKind.OVERAGE or line.enabled is expected["enabled"]


REFUSALS = [(each.id, case) for each in discover() for case in recorded.cases(each.id, "refusal")]


@pytest.mark.parametrize(
    ("provider", "case"), REFUSALS, ids=[f"{each}-{case['reader']}-{case['file'][:-5]}" for each, case in REFUSALS]
)
def test_a_recorded_refusal_has_its_cause(provider: str, case: dict[str, Any]):
    """Whether it comes as a status, or as HTTP 200 with a code in the body."""
    with pytest.raises(SourceError) as caught:
        keyed.ask(provider, case["reader"], keyed.refused(provider, case["file"]), NOW)

    assert caught.value.cause.value == case["cause"]


def test_every_provider_has_recorded_answers():
    """A provider without a case is one that nothing here holds to anything."""
    assert {provider for provider, _ in CASES} == {provider.id for provider in discover()}


@pytest.mark.parametrize("cause", [Cause.REFUSED, Cause.NOT_ALLOWED, Cause.RATE_LIMITED, Cause.TIMEOUT, Cause.PORTAL])
def test_a_refusal_reaches_the_caller_as_it_came(cause: Cause, tmp_path: Path):
    """What the server refuses is judged elsewhere, from several attempts."""
    with pytest.raises(SourceError) as caught:
        recorded.ask_claude(tmp_path, SourceError("Claude", cause))

    assert caught.value.cause is cause


@pytest.mark.parametrize(
    "answer", [None, [], "hello", 17, {}, {"error": {"message": "no"}}, {"limits": [{"kind": "x"}]}]
)
def test_a_changed_shape_is_bad_data_and_no_empty_success(answer: object, tmp_path: Path):
    """An answer from which nothing can be read must not replace figures by nothing."""
    with pytest.raises(SourceError) as caught:
        recorded.ask_claude(tmp_path, answer)

    assert caught.value.cause is Cause.BAD_DATA


def paths(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside a JSON value."""
    branches = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in branches:
        yield (*path, key)
        yield from paths(below, (*path, key))


def changed(value: Any, path: tuple[Any, ...], to: object) -> Any:
    result = copy.deepcopy(value)
    here = result
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = to
    return result


@pytest.mark.parametrize(("provider", "case"), CASES, ids=IDS)
def test_nulls_anywhere_cost_nothing_else(provider: str, case: dict[str, Any], tmp_path: Path):
    """Each field in turn null: never an exception but `SourceError`, never a dropped field, no illegal figure."""
    answer = recorded.body(provider, case["file"])
    before = recorded.read(provider, case["reader"], answer, case["now"], tmp_path)
    for path in paths(answer):
        try:
            told = recorded.read(provider, case["reader"], changed(answer, path, None), case["now"], tmp_path)
        except SourceError:
            continue

        recorded.assert_legal(told)
        # A list's entry that is null is no object, and a sum without its currency no sum: both are said.
        allowed = isinstance(path[-1], int) or path[-1] == "currency"
        assert len(told.dropped) <= len(before.dropped) + allowed, path


@pytest.mark.parametrize(("provider", "case"), CASES, ids=IDS)
def test_one_bad_percentage_costs_one_field(provider: str, case: dict[str, Any], tmp_path: Path):
    """Every percentage in turn made a word: the other windows stay as they were, and the field is named."""
    answer = recorded.body(provider, case["file"])
    before = {
        window.key: window for window in recorded.read(provider, case["reader"], answer, case["now"], tmp_path).windows
    }
    names = ("percent", "utilization", "used_percent", "usedPercent", "used_percentage")
    for path in paths(answer):
        if path[-1] not in names or any(
            part in ("spend", "extra_usage", "spend_control", "context_window") for part in path
        ):
            continue
        try:
            told = recorded.read(provider, case["reader"], changed(answer, path, "many"), case["now"], tmp_path)
        except SourceError:
            assert len(before) <= 1, path
            continue

        differing = [key for key, window in before.items() if window not in told.windows]
        assert len(differing) <= 1, path


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(
        [0, -1, 1e400, 10**30, 10**400, 253402300800, 58_000 * 31_556_952, "NaN", "", " 7 ", "\ud800", "9" * 5000]
    ),
    st.text(max_size=30),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(data=st.data())
def test_no_mutated_answer_breaks_anything(data: st.DataObject):
    """300 recorded answers with up to three fields replaced by anything JSON can hold, and by some it cannot."""
    provider, case = data.draw(st.sampled_from(CASES))
    answer = recorded.body(provider, case["file"])
    for _ in range(data.draw(st.integers(1, 3))):
        places = list(paths(answer))
        if places:
            answer = changed(answer, data.draw(st.sampled_from(places)), data.draw(ODD))
    with tempfile.TemporaryDirectory() as folder:
        try:
            told = recorded.read(provider, case["reader"], answer, case["now"], Path(folder))
        except SourceError:
            return

        recorded.assert_legal(told)
        if keyed.readers(provider):  # of vendors whose quotas cannot be overdrawn
            assert all((window.utilization or 0) <= 1 for window in told.windows)


def test_no_secret_stands_in_any_message(tmp_path: Path):
    """The token is in no snapshot and in no error, whatever is answered."""
    said = []
    for answer in (recorded.body("claude", "oauth_usage_normal.json"), {}, [TOKEN], {"error": TOKEN}):
        try:
            said.append(repr(recorded.ask_claude(tmp_path, answer)))
        except SourceError as error:
            said += [str(error), repr(error), error.detail]

    assert len(said) > 4
    assert not [text for text in said if TOKEN[12:] in text or str(tmp_path) in text]


def test_a_window_told_twice_is_shown_once():
    """The old fields and the new list name the same two windows; the list's figure counts."""
    answer = recorded.body("claude", "oauth_usage_normal.json")
    answer["five_hour"]["utilization"] = 41.0
    with tempfile.TemporaryDirectory() as folder:
        told = recorded.read("claude", "limits", answer, NOW, Path(folder))

    assert [window.utilization for window in told.windows if window.key == "five_hour"] == [0.42]
    assert len(told.windows) == 3


def test_a_window_with_a_bad_figure_in_the_list_takes_the_older_field():
    """percent "x" in the list, 42.0 in `five_hour`: shown as 42 %, and the bad field is named."""
    answer = recorded.body("claude", "oauth_usage_normal.json")
    answer["limits"][0]["percent"] = "x"
    with tempfile.TemporaryDirectory() as folder:
        told = recorded.read("claude", "limits", answer, NOW, Path(folder))

    assert [window.utilization for window in told.windows if window.key == "five_hour"] == [0.42]
    assert told.dropped == ("limits[0].percent",)


def test_spent_credits_cover_nothing():
    """$100.00 of $100.00 used: what is full is locked, although usage credits are switched on."""
    answer = recorded.body("claude", "oauth_usage_extra_usage_on.json")
    answer["spend"]["used"]["amount_minor"] = 10_000
    with tempfile.TemporaryDirectory() as folder:
        told = recorded.read("claude", "limits", answer, NOW, Path(folder))

    assert told.money[0].used is not None
    assert told.money[0].used.amount == Decimal("100.00")
    assert recorded.account_state(told)[0] == "locked"


LINES = [
    ("lockout", line)
    for line in (recorded.HERE / "claude" / "logs" / "refusals.jsonl").read_bytes().splitlines()
    if b"synthetic" in line
] + [
    ("sessions", line)
    for file in sorted((recorded.HERE / "codex" / "sessions").rglob("*.jsonl"))
    for line in file.read_bytes().splitlines()
    if decode(line)
]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_mutated_log_line_breaks_anything(data: st.DataObject):
    """300 lines of logs with up to three fields replaced by anything: the file is read, and no illegal figure."""
    strategy_id, line = data.draw(st.sampled_from(LINES))
    record = decode(line)
    for _ in range(data.draw(st.integers(1, 3))):
        record = changed(record, data.draw(st.sampled_from(list(paths(record)))), data.draw(ODD))
    content = json.dumps(record, default=str).encode() + b"\n"
    now = datetime(2026, 11, 20, 12, 58, tzinfo=UTC)
    one = next(one for provider in discover() for one in provider.strategies if one.id == strategy_id)
    need = one.needs[0]
    files = {need.name: (FileText(path=Path("x.jsonl"), content=content, modified_at=now),)}
    try:
        snapshots = one.fetch(Facts(home=Home(path=Path("/x"), is_default=True), now=now, files=files), None)
    except SourceError:
        return

    for snapshot in snapshots:
        recorded.assert_legal(Told(snapshot.windows, snapshot.money, snapshot.account.plan, snapshot.dropped))
