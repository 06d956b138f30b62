"""Answers in shapes nobody has seen.

Promised: one bad field costs one field, and is named. Each well-formed window is shown exactly once, whether it is told
in the old way, the new one or both, and one of an unknown kind under a neutral name; what cannot be read is counted by
name. Nothing of it raises, and the history holds no number that is none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reliability.fake_provider import CLAUDE, CODEX, COPILOT, GEMINI, KIMI, MINIMAX, OPENROUTER, ZAI, Kind
from tests.reliability.sim import Sim
from tests.reliability.values import ENDS, ODD, answering, ask, asked_often, no_illegal_number, shown_once

Make = Callable[..., Sim]
AT, MS, ISO = int(ENDS.timestamp()), int(ENDS.timestamp() * 1000), ENDS.isoformat()


def _slot(percent: object, length: object = 18_000) -> dict[str, object]:
    return {"used_percent": percent, "limit_window_seconds": length, "reset_at": AT}


def _limit(percent: object, kind: str = "TOKENS_LIMIT", unit: int = 3, number: int = 5) -> dict[str, object]:
    return {"type": kind, "unit": unit, "number": number, "percentage": percent, "nextResetTime": MS}


def _model(name: str, left: object) -> dict[str, object]:
    return {"model_name": name, "end_time": MS, "current_interval_remaining_percent": left}


def _bucket(model: object, left: object) -> dict[str, object]:
    return {"modelId": model, "remainingFraction": left, "resetTime": ISO}


def _kimi(used: object, unit: str = "MINUTE") -> dict[str, object]:
    detail = {"limit": "100", "used": used, "resetTime": ISO}
    return {"window": {"duration": 300, "timeUnit": f"TIME_UNIT_{unit}"}, "detail": detail}


def _copilot(**snapshots: object) -> dict[str, object]:
    return {"login": "somebody", "quota_reset_date_utc": ISO, "quota_snapshots": snapshots}


def _counted(left: object) -> dict[str, object]:
    return {"entitlement": 300, "percent_remaining": left, "unlimited": False}


BOTH = {"primary_window": _slot(42), "secondary_window": _slot(30, 604_800)}
POOLS = {"limit_5h": {"used_ratio": 0.42, "reset_time": ISO}, "limit_7d": {"used_ratio": 0.3, "reset_time": ISO}}
SHAPES: list[tuple[str, Kind, object, dict[str, float], set[str]]] = [
    ("null", CODEX, {"rate_limit": {**BOTH, "secondary_window": None}}, {"codex:5-hour": 42}, set()),
    ("absent", CODEX, {"rate_limit": {"secondary_window": _slot(30, 604_800)}}, {"codex:weekly": 30}, set()),
    ("null inside", CODEX, {"rate_limit": {**BOTH, "primary_window": _slot(None)}}, {"codex:weekly": 30}, set()),
    (
        "of another type",
        CODEX,
        {"rate_limit": {**BOTH, "primary_window": [1]}},
        {"codex:weekly": 30},
        {"codex: rate_limit.primary_window"},
    ),
    ("the older names", CODEX, {"rate_limit": {"primary": _slot(42)}}, {"codex:5-hour": 42}, set()),
    (
        "a new one",
        CODEX,
        {"rate_limit": {**BOTH, "tertiary_window": _slot(9, 2_592_000), "individual_limit": _slot(8)}},
        {"codex:5-hour": 42, "codex:weekly": 30, "codex:monthly": 9},
        set(),
    ),
    ("twice", CODEX, {"rate_limit": BOTH, "rate_limits": [_slot(42)]}, {"codex:5-hour": 42, "codex:weekly": 30}, set()),
    (
        "of an unknown length",
        CODEX,
        {"rate_limit": {"primary_window": _slot(42, "abc"), "secondary_window": _slot(30, 604_800)}},
        {"codex:limit-1": 42, "codex:weekly": 30},
        {"codex: rate_limit.primary_window.limit_window_seconds"},
    ),
    ("null row", ZAI, {"data": {"limits": [_limit(42), None]}}, {"5-hour": 42}, {"zai: data.limits[1]"}),
    (
        "new kind",
        ZAI,
        {"data": {"limits": [_limit(42), _limit(9, "MOON_LIMIT")]}},
        {"5-hour": 42, "moon:5-hour": 9},
        set(),
    ),
    ("list and names", ZAI, {"data": {"limits": [_limit(42)], "fiveHourPercent": 42}}, {"5-hour": 42}, set()),
    ("row twice", ZAI, {"data": {"limits": [_limit(42), _limit(42)]}}, {"5-hour": 42}, set()),
    ("old list, new pools", KIMI, {"limits": [_kimi("42")], "usages": POOLS}, {"5-hour": 42, "weekly": 30}, set()),
    (
        "new pool",
        KIMI,
        {"usages": {**POOLS, "limit_lunar": {"used_ratio": 0.09, "reset_time": ISO}}},
        {"5-hour": 42, "weekly": 30, "limit_lunar": 9},
        set(),
    ),
    ("new unit", KIMI, {"limits": [_kimi("42", "FORTNIGHT")]}, {"limit": 42}, set()),
    ("row twice", MINIMAX, {"model_remains": [_model("general", 58), _model("general", 58)]}, {"interval": 42}, set()),
    (
        "new model",
        MINIMAX,
        {"model_remains": [_model("general", 58), _model("moonshine", 91)]},
        {"interval": 42, "moonshine:interval": 9},
        set(),
    ),
    (
        "rows that are none",
        GEMINI,
        {"buckets": [_bucket("gemini-2.5-pro", 0.58), None, 5, _bucket("gemini-9-moon", 0.91)]},
        {"pro": 42, "gemini-9-moon": 9},
        {"gemini: buckets[1]", "gemini: buckets[2]"},
    ),
    ("row twice", GEMINI, {"buckets": [_bucket("gemini-2.5-pro", 0.58)] * 2}, {"pro": 42}, set()),
    (
        "null and new",
        COPILOT,
        _copilot(premium_interactions=_counted(58), chat=None, moon=_counted(91)),
        {"premium_interactions": 42, "moon": 9},
        set(),
    ),
    (
        "a reset of an unknown kind",
        OPENROUTER,
        {"data": {"limit": 100, "limit_remaining": 58, "limit_reset": "lunar"}},
        {"key_limit": 42},
        set(),
    ),
    (
        "old object and new list",
        CLAUDE,
        {
            "five_hour": {"utilization": 42, "resets_at": ISO},
            "limits": [{"kind": "session", "percent": 42, "resets_at": ISO}],
        },
        {"five_hour": 42},
        set(),
    ),
]


@pytest.mark.parametrize(
    ("kind", "body", "figures", "dropped"),
    [each[1:] for each in SHAPES],
    ids=[f"{each[1].provider}, {each[0]}" for each in SHAPES],
)
def test_r14_each_well_formed_window_is_shown_once_and_what_was_dropped_is_named(
    sim: Make, kind: Kind, body: object, figures: dict[str, float], dropped: set[str]
) -> None:
    machine = sim(kind)
    machine.vendor.answer = answering(kind, json.dumps(body))
    machine.start()

    machine.tick()

    shown = {each["key"]: each["used_percent"] for each in machine.account()["windows"]}
    assert {key: used for key, used in shown.items() if used is not None} == figures
    assert machine.account()["state"] == "fresh"
    assert set(machine.status()["counters"]["fields_dropped"]) == dropped
    shown_once(machine)


@st.composite
def damaged(draw: st.DrawFn, body: object) -> object:
    """The answer with some of its fields replaced, taken out, repeated or joined by others, at any depth."""

    def change(value: object) -> object:
        fate = draw(st.integers(0, 9))
        if fate == 0:
            return draw(ODD)
        if isinstance(value, Mapping):
            kept = {name: change(each) for name, each in value.items() if draw(st.integers(0, 9))}
            return {**kept, draw(st.text(max_size=8)): draw(ODD)} if fate == 1 else kept
        if isinstance(value, list):
            kept = [change(each) for each in value]
            return [*kept, *kept, draw(ODD)] if fate == 1 else kept
        return value

    return change(body)


def damaged_answers(folder: Path, kind: Kind, examples: int) -> None:
    """The full form has thousands of examples for each provider."""
    path = {GEMINI: "/v1internal:retrieveUserQuota", OPENROUTER: "/api/v1/key"}.get(kind, "/")

    with asked_often(folder, kind) as machine:

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )
        @given(damaged(kind.body(path, 42, ENDS)))
        def check(body: object) -> None:
            machine.vendor.answer = answering(kind, json.dumps(body))
            ask(machine)
            assert "signed_out" not in {each["state"] for each in machine.accounts()}
            shown_once(machine)

        check()
        no_illegal_number(machine)


@pytest.mark.parametrize(
    "kind", [CLAUDE, CODEX, KIMI, MINIMAX, ZAI, COPILOT, OPENROUTER, GEMINI], ids=lambda k: k.provider
)
def test_r14_damaged_answers_bring_nothing_illegal_to_light(tmp_path: Path, kind: Kind) -> None:
    damaged_answers(tmp_path, kind, examples=8)
