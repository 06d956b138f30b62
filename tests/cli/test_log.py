"""`usagetray log`: from the words on the command line to the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Computer

CASES = Path(__file__).parents[1] / "domain" / "pricing" / "usage_objects"
CALL = ("log", "--model", "claude-opus-5", "--input", "2095", "--output", "503")


def test_a_call_is_recorded_with_its_price_and_reported_by_program_task_and_model(computer: Computer) -> None:
    """2,095 x 5 + 3,000 x 6.25 + 12,000 x 0.5 + 503 x 25 = 47,800 millionths."""
    cached = ("--cached", "12000", "--cached-beside", "--cache-write-5m", "3000")

    said = computer.run(*CALL, *cached, "--app", "billing", "--task", "triage", "--at", "2026-11-20T09:00Z")

    assert said.out == (
        "Recorded: claude-opus-5 for billing, triage, 2,095 in, 3,000 written to the cache, 12,000 read from it, "
        "503 out: $0.0478 at list prices.\n"
    )
    (row,) = computer.run("report", "app", "--json").json["app"]
    assert (row["app"], row["task"], row["requests"], row["totalCost"]) == ("billing", "triage", 1, 0.0478)
    assert row["modelsUsed"] == ["claude-opus-5"]


def test_a_part_of_the_input_is_taken_out_of_it(computer: Computer) -> None:
    said = computer.run(*CALL, "--cached", "2000", "--cached-inside", "--json").json

    (call,) = said["calls"]
    assert (said["schema"], said["recorded"]) == (1, 1)
    assert (call["input_tokens"], call["cache_read_tokens"]) == (95, 2000)
    assert call["list_price_usd"] == said["list_price_usd"] == "0.01405"


def test_a_batch_on_a_day_in_the_past_has_the_price_of_that_day(computer: Computer) -> None:
    """Opus 4 cost $15 and $75 a million; half of it as a batch: 2,095 x 7.5 + 503 x 37.5 millionths."""
    words = (
        "--model",
        "claude-opus-4-20250514",
        "--tier",
        "batch",
        "--at",
        "2025-07-01T12:00Z",
        "--can-wait",
        "--json",
    )

    assert computer.run(*CALL, *words).json["list_price_usd"] == "0.034575"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--cached", "5"), "add --cached-inside where they are a part of --input (OpenAI, Gemini), --cached-beside"),
        (("--cache-write-1h", "5"), "It is not said where the cached tokens are counted"),
        (("--cached", "5000", "--cached-inside"), "5,000 cached tokens cannot be a part of 2,095 input tokens"),
        (("--input", "30000000"), "record each call by itself"),
        (("--at", "2090-01-01"), "a call lies between 2020 and now"),
        (("--model", ""), "The model is missing: give --model"),
        (("--usage", "-"), "--input goes with --input and --output; --usage has its own counts"),
    ],
)
def test_a_mistake_is_one_sentence_and_records_nothing(computer: Computer, words: tuple[str, ...], said: str) -> None:
    found = computer.run(*CALL, *words)

    assert (found.status, found.out) == (1, "")
    assert said in found.err
    assert found.err.count("\n") == 1
    assert not list(computer.profile.rglob("*.jsonl"))


@pytest.mark.parametrize(
    "words",
    [("--input", "-5"), ("--input", "1.5"), ("--at", "noon"), ("--cached-inside", "--cached-beside"), ("--what",)],
)
def test_words_that_mean_nothing_are_wrong_use(computer: Computer, words: tuple[str, ...]) -> None:
    found = computer.run(*CALL, *words)

    assert found.status == 2
    assert found.err.count("\n") == 1


# ---- usage objects -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["a list", "one a line"])
def test_a_file_of_usage_objects_is_taken_as_it_is(computer: Computer, form: str) -> None:
    """What is null, as in the middle of a stream, is no call."""
    cases = json.loads((CASES / "openai_chat_completions.json").read_text())["cases"]
    usages = [case["usage"] for case in cases]
    text = json.dumps(usages) if form == "a list" else "\n".join(map(json.dumps, usages))
    file = computer.home / "usages.json"
    file.write_text(text)

    said = computer.run("log", "--usage", str(file), "--model", "gpt-4o", "--app", "chat", "--json").json

    expected = [case["expected"] for case in cases if case["expected"] is not None]
    assert said["recorded"] == len(expected) == 3
    for call, counts in zip(said["calls"], expected, strict=True):
        assert {name: call[name] for name in counts if name.endswith("_tokens")} == {
            name: count for name, count in counts.items() if name.endswith("_tokens")
        }


def test_a_response_that_comes_in_twice_counts_once(computer: Computer) -> None:
    response = {
        "id": "chatcmpl-1",
        "model": "gpt-5",
        "created": 1790000000,
        "choices": [{"message": {"content": "a secret answer"}}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 3},
    }
    for _ in range(2):
        said = computer.run("log", "--usage", "-", "--app", "chat", stdin=json.dumps(response).encode())
        assert said.out == "Recorded: gpt-5 for chat, 9 in, 3 out: $0.000041 at list prices.\n"

    (row,) = computer.run("report", "app", "--json").json["app"]

    assert row["requests"] == 1
    assert not any(b"secret" in path.read_bytes() for path in computer.profile.rglob("*") if path.is_file())


def test_a_bad_line_costs_only_itself(computer: Computer) -> None:
    lines = b'{"prompt_tokens": 9}\nnot JSON\n\n{"foo": 1}\n{"prompt_tokens": -1}\n{"prompt_tokens": 7}\n'

    said = computer.run("log", "--usage", "-", "--model", "gpt-5", stdin=lines)

    assert said.status == 1
    assert said.out.startswith("Recorded 2 calls, 16 tokens: ")
    assert [line.split(": ")[1] for line in said.err.splitlines()] == [
        "standard input, line 2",
        "standard input, line 4",
        "standard input, line 5",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"null", "Nothing was recorded: the usage there is null"),
        (b"", "is empty"),
        (b"\xff\xfe\x00", "is no text in UTF-8"),
        (b"[" * 100_000, "line 1: that is no JSON"),
        (None, "cannot be read"),
    ],
    ids=["null", "empty", "not text", "too deep", "not there"],
)
def test_a_file_without_a_call_says_so(computer: Computer, content: bytes | None, said: str) -> None:
    file = computer.home / "usage.json"
    if content is not None:
        file.write_bytes(content)

    found = computer.run("log", "--usage", str(file), "--model", "m")

    assert (found.status, found.out) == (1, "")
    assert said in found.err


def test_a_model_without_a_price_is_never_free(computer: Computer) -> None:
    words = ("log", "--model", "house", "--input", "5", "--output", "5")

    assert "no price is known for that model" in computer.run(*words).out
    assert computer.run(*words, "--json").json["list_price_usd"] is None


def test_a_hostile_name_is_shown_as_inert_text(computer: Computer) -> None:
    said = computer.run(*CALL, "--app", "\x1b[31m<b>\u202eevil</b>", "--task", "y" * 5000)

    assert said.status == 0
    assert "\x1b" not in said.out
    assert "<" not in said.out
    assert "\u202e" not in said.out
    assert len(said.out) < 300
