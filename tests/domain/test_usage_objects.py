"""Usage objects as vendors' programs hand them out, each with the disjoint counts that it must give."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usagetray.domain.usage_objects import Family, attempts, family_of, reasoning, streamed
from usagetray.usage import TokenCounts

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FOLDER = Path(__file__).parent / "pricing" / "usage_objects"
CASES: list[tuple[str, dict[str, Any]]] = [
    (path.stem, case)
    for path in sorted(FOLDER.glob("*.json"))
    for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
]
FAMILIES = {
    "anthropic_messages": Family.ANTHROPIC,
    "gemini_usage_metadata": Family.GOOGLE,
    "openai_chat_completions": Family.CHAT_COMPLETIONS,
    "openai_responses": Family.RESPONSES,
}


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{file}: {case['name']}" for file, case in CASES])
def test_a_usage_object_gives_its_counts(file: str, case: dict[str, Any]) -> None:
    usage, expected = case["usage"], case["expected"]
    if case.get("shape") == "stream":
        usage = streamed(usage["message_start"], usage["message_delta"])

    found = attempts(usage, model=case["model"], at=AT, tier=case.get("service_tier", ""))

    if expected is None:
        assert found == ()
        return
    (attempt,) = found
    assert family_of(usage) is FAMILIES[file]
    assert attempt.tokens == TokenCounts(
        input=expected["input_tokens"],
        cache_write_5m=expected["cache_write_5m_tokens"],
        cache_write_1h=expected["cache_write_1h_tokens"],
        cache_read=expected["cache_read_tokens"],
        output=expected["output_tokens"],
    )
    assert attempt.prompt == attempt.tokens.prompt
    assert attempt.web_searches == expected["web_search_requests"]
    assert attempt.flags == set(expected["flags"])
    assert reasoning(usage) == expected["of_output_reasoning"]
    told = (expected.get("service_tier"), expected.get("speed"), expected.get("inference_geo"))
    assert (attempt.tier, attempt.speed, attempt.geo) == tuple(each or "" for each in told)
    assert (attempt.model, attempt.at) == (case["model"], AT)


def test_every_family_has_cases() -> None:
    assert {file for file, _ in CASES} == set(FAMILIES)


# ---- several requests in one message -----------------------------------------------------------------------

ENTRY = {"type": "message", "input_tokens": 10, "output_tokens": 5}
ADVISER = {"type": "advisor_message", "model": "claude-opus-4-7", "input_tokens": 900, "output_tokens": 80}


def message(*entries: dict[str, Any], **top: Any) -> dict[str, Any]:
    return {"input_tokens": 20, "output_tokens": 10, "iterations": list(entries), **top}


def test_each_iteration_is_a_request_of_its_own_and_searches_count_once() -> None:
    usage = message(ENTRY, ADVISER, ENTRY, server_tool_use={"web_search_requests": 3}, speed="fast")

    found = attempts(usage, model="claude-sonnet-4-6", at=AT)

    assert [(each.model, each.prompt, each.web_searches) for each in found] == [
        ("claude-sonnet-4-6", 10, 3),
        ("claude-sonnet-4-6", 10, 0),
        ("claude-opus-4-7", 900, 0),
    ]
    assert {each.speed for each in found} == {"fast"}


def test_counts_at_the_top_win_over_iterations_that_do_not_add_up() -> None:
    """Else tokens of one view would be lost, or those of both counted."""
    found = attempts(message(ENTRY, ADVISER), model="claude-sonnet-4-6", at=AT)

    assert [(each.model, each.tokens.input) for each in found] == [("claude-sonnet-4-6", 20), ("claude-opus-4-7", 900)]
    assert "iterations_mismatch" in found[0].flags


def test_an_empty_list_of_iterations_means_the_top() -> None:
    (attempt,) = attempts(message(), model="claude-sonnet-4-6", at=AT)

    assert (attempt.tokens.input, attempt.flags) == (20, frozenset())


def test_a_compaction_is_a_request_beside_the_message() -> None:
    found = attempts(message(ENTRY, {**ENTRY, "type": "compaction"}, ENTRY), model="claude-opus-5", at=AT)

    assert [each.tokens.input for each in found] == [10, 10, 10]


# ---- odd things --------------------------------------------------------------------------------------------


def test_code_that_was_run_is_said_because_its_hours_cannot_be_known() -> None:
    usage = {"input_tokens": 1, "output_tokens": 1, "server_tool_use": {"code_execution_requests": 1}}

    assert attempts(usage, model="claude-opus-5", at=AT)[0].flags == {"code_execution_seen"}


@pytest.mark.parametrize("nested", [True, False], ids=["in the details", "beside the counts"])
def test_tokens_that_were_written_to_a_cache_are_part_of_the_prompt(nested: bool) -> None:
    usage: dict[str, Any] = {"input_tokens": 100, "output_tokens": 1, "total_tokens": 101}
    parts = {"cached_tokens": 60, "cache_write_tokens": 30}
    flat = {"cached_input_tokens": 60, "cache_write_input_tokens": 30}
    usage |= {"input_tokens_details": parts} if nested else flat

    (attempt,) = attempts(usage, model="gpt-5.6-sol", at=AT)

    assert attempt.tokens == TokenCounts(input=10, cache_write_5m=30, cache_read=60, output=1)
    assert attempt.prompt == 100


WRONG = [
    ({}, "no usage object that is known"),
    ({"tokens": 5}, "no usage object that is known"),
    ({"input_tokens": "12"}, "input_tokens takes a whole number"),
    ({"input_tokens": -1}, "input_tokens takes a whole number"),
    ({"input_tokens": True}, "input_tokens takes a whole number"),
    ({"input_tokens": 10**13}, "input_tokens takes a whole number"),
    ({"prompt_tokens": 1.5}, "prompt_tokens takes a whole number"),
    ({"input_tokens": 1, "cache_creation": 5}, "cache_creation takes an object"),
    ({"input_tokens": 1, "iterations": [5]}, "iterations takes a list of objects"),
    ({"input_tokens": 1, "speed": 5}, "speed takes a text"),
    ([1], "usage takes an object"),
]


@pytest.mark.parametrize(("usage", "sentence"), WRONG, ids=[str(each[0]) for each in WRONG])
def test_what_is_no_usage_object_is_refused_with_the_field_s_name(usage: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        attempts(usage, model="m", at=AT)


COUNTS = ["input_tokens", "prompt_tokens", "cached_input_tokens", "promptTokenCount", "cachedContentTokenCount"]
PARTS = ["cache_creation", "input_tokens_details", "iterations", "service_tier", "server_tool_use"]
SCALARS = st.none() | st.integers(-5, 10**13) | st.text(max_size=3) | st.booleans() | st.floats()
VALUES = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.sampled_from(COUNTS), SCALARS, max_size=2)


@settings(max_examples=60, deadline=None)
@given(usage=st.dictionaries(st.sampled_from(COUNTS + PARTS), VALUES, max_size=5))
def test_whatever_stands_in_it_the_counts_are_sound_or_it_is_refused(usage: dict[str, Any]) -> None:
    try:
        found = attempts(usage, model="m", at=AT)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - both ends are right
        return

    for attempt in found:
        assert min(attempt.tokens.input, attempt.tokens.cache_write_5m, attempt.tokens.cache_read) >= 0
        assert attempt.prompt == attempt.tokens.prompt
