"""`usagetray.log_usage`: what a program hands over is what is counted, and our troubles are not its own."""

from __future__ import annotations

import json
import logging
import os
import stat
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import usagetray
from tests.recording.conftest import Recorded
from usagetray.recording import log_usage
from usagetray.usage import TokenCounts

CASES = [
    (path.stem, case)
    for path in sorted((Path(__file__).parents[1] / "domain" / "pricing" / "usage_objects").glob("*.json"))
    for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
]


def tokens(line: dict[str, Any]) -> TokenCounts:
    names = ("input", "cache_write_5m", "cache_write_1h", "cache_read", "output")
    return TokenCounts(**{name: line[name] for name in names})


# ---- what is handed over -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{file}: {case['name']}" for file, case in CASES])
def test_a_vendor_s_usage_object_is_taken_as_it_is(recorded: Recorded, file: str, case: dict[str, Any]) -> None:
    """Also the two events of a stream, which are one call."""
    expected = case["expected"]

    done = log_usage(model=case["model"], usage=case["usage"], tier=case.get("service_tier", ""), app="a", strict=True)

    if expected is None:
        assert not done
        assert recorded.lines == []
        return
    (line,) = recorded.lines
    assert done
    assert tokens(line) == TokenCounts(
        input=expected["input_tokens"],
        cache_write_5m=expected["cache_write_5m_tokens"],
        cache_write_1h=expected["cache_write_1h_tokens"],
        cache_read=expected["cache_read_tokens"],
        output=expected["output_tokens"],
    )
    assert line["web_searches"] == expected["web_search_requests"]
    assert line["reasoning"] == (expected["of_output_reasoning"] or 0)
    assert line["flags"].split() == sorted(expected["flags"])
    assert line["tier"] == (expected.get("service_tier") or "")


class Model:
    """As pydantic's: its attributes are objects again, and `model_dump` gives all of it."""

    def __init__(self, **fields: Any) -> None:
        self._fields = fields

    def model_dump(self) -> dict[str, Any]:
        return {name: each.model_dump() if isinstance(each, Model) else each for name, each in self._fields.items()}

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_fields"][name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass
class Usage:
    input_tokens: int
    output_tokens: int
    cache_read_input_tokens: int | None = None


class Slotted:
    __slots__ = ("cached_content_token_count", "candidates_token_count", "prompt_token_count")

    def __init__(self) -> None:
        self.prompt_token_count, self.cached_content_token_count, self.candidates_token_count = 10, 4, 3


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (Usage(7, 9, 2), TokenCounts(input=7, output=9, cache_read=2)),
        (SimpleNamespace(input_tokens=7, output_tokens=9), TokenCounts(input=7, output=9)),
        (Model(prompt_tokens=9, completion_tokens=3, prompt_tokens_details=Model(cached_tokens=4)),
         TokenCounts(input=5, output=3, cache_read=4)),
        (Slotted(), TokenCounts(input=6, output=3, cache_read=4)),
    ],
    ids=["dataclass", "namespace", "pydantic", "slots"],
)  # fmt: skip
def test_an_sdk_s_object_is_read_without_being_a_dict(recorded: Recorded, usage: object, expected: TokenCounts) -> None:
    assert log_usage(model="m", usage=usage, app="a", strict=True)

    assert [tokens(line) for line in recorded.lines] == [expected]


def test_a_whole_response_brings_its_model_its_id_its_tier_and_its_time(recorded: Recorded) -> None:
    """The answer itself goes nowhere."""
    response = SimpleNamespace(
        id="resp_1", model="gpt-5", service_tier="flex", created_at=1790000000.0,
        output=[SimpleNamespace(text="a secret answer")], usage=SimpleNamespace(prompt_tokens=9, completion_tokens=3),
    )  # fmt: skip

    assert log_usage(usage=response, app="a", strict=True)
    assert log_usage(usage=response, app="a", strict=True)

    first, second = recorded.lines
    assert (first["model"], first["tier"], first["at_us"]) == ("gpt-5", "flex", 1790000000 * 10**6)
    assert first["key"] == second["key"]
    assert "secret" not in recorded.spools[0].read_text()


@pytest.mark.parametrize("created", [0, -1e300, 10**30, float("nan"), "soon"])
def test_a_response_with_an_impossible_time_was_made_now(recorded: Recorded, created: object) -> None:
    usage = {"model": "gpt-5", "created": created, "usage": {"prompt_tokens": 9}}

    assert log_usage(usage=usage, app="a", strict=True)

    at = datetime.fromtimestamp(recorded.lines[0]["at_us"] / 1e6, UTC)
    assert datetime.now(UTC) - at < timedelta(minutes=1)


def test_each_iteration_of_a_response_is_kept_for_its_own_price(recorded: Recorded) -> None:
    entries = [
        {"type": "message", "input_tokens": 5, "output_tokens": 2},
        {"type": "advisor_message", "model": "claude-haiku-4-5", "input_tokens": 3, "output_tokens": 1},
    ]

    log_usage(model="claude-opus-5", usage={"input_tokens": 5, "output_tokens": 2, "iterations": entries}, strict=True)

    recorded.take_in()
    (response,) = recorded.counted()
    assert [(each.model, each.tokens.prompt) for each in response.attempts] == [
        ("claude-opus-5", 5),
        ("claude-haiku-4-5", 3),
    ]


@pytest.mark.parametrize(
    ("where", "expected"),
    [("inside", TokenCounts(input=60, cache_write_5m=10, cache_read=30, output=5)),
     ("beside", TokenCounts(input=100, cache_write_5m=10, cache_read=30, output=5))],
)  # fmt: skip
def test_counts_one_by_one_say_where_the_cached_ones_are(recorded: Recorded, where: Any, expected: TokenCounts) -> None:
    log_usage(model="m", input=100, output=5, cached=30, cache_write_5m=10, cached_is=where, strict=True)

    assert tokens(recorded.lines[0]) == expected


MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "cached, and not where": ({"model": "m", "input": 9, "output": 1, "cached": 3}, "part of input or stand beside"),
    "written, and not where": ({"model": "m", "input": 9, "output": 1, "cache_write_1h": 3}, "cached_is="),
    "more cached than input": (
        {"model": "m", "input": 9, "output": 1, "cached": 10, "cached_is": "inside"},
        "10 cached tokens cannot be a part of 9",
    ),
    "another place": ({"model": "m", "input": 9, "cached": 1, "cached_is": "within"}, '"inside" or "beside"'),
    "no model": ({"input": 9, "output": 1}, "the model is missing"),
    "no counts": ({"model": "m"}, "the counts are missing"),
    "counts twice": ({"model": "m", "usage": {"input_tokens": 1}, "input": 1}, "leave out input"),
    "a negative count": ({"model": "m", "input": -1}, "input takes a whole number"),
    "half a token": ({"model": "m", "input": 1.5}, "input takes a whole number"),
    "a yes": ({"model": "m", "input": True}, "input takes a whole number"),
    "a month in one call": ({"model": "m", "input": 30_000_000}, "record each call by itself"),
    "no usage object": ({"model": "m", "usage": {"foo": 1}}, "no usage object that is known"),
    "a text": ({"model": "m", "usage": "9 tokens"}, "usage takes"),
    "a bad field": ({"model": "m", "usage": {"input_tokens": "many"}}, "input_tokens takes"),
    "no such provider": ({"model": "m", "usage": {"input_tokens": 1}, "provider": "acme"}, "provider takes one of"),
    "no time": ({"model": "m", "input": 1, "at": "yesterday"}, "at takes a time"),
    "the future": ({"model": "m", "input": 1, "at": datetime(2090, 1, 1, tzinfo=UTC)}, "between 2020 and now"),
    "the beginning of time": ({"model": "m", "input": 1, "at": datetime.min.replace(tzinfo=UTC)}, "between 2020 and"),
    "a number for a name": ({"model": 5, "input": 1}, "model takes a text"),
}


@pytest.mark.parametrize(("call", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_sentence_once_and_never_an_error(
    recorded: Recorded, caplog: pytest.LogCaptureFixture, call: dict[str, Any], said: str
) -> None:
    with caplog.at_level(logging.WARNING, logger="usagetray"):
        assert not log_usage(**call)
        assert not log_usage(**call)

    (sentence,) = [each.getMessage() for each in caplog.records]
    assert said in sentence
    assert recorded.lines == []
    with pytest.raises(ValueError, match=r"\w"):
        log_usage(**call, strict=True)


def test_the_caller_s_word_goes_before_what_the_fields_look_like(recorded: Recorded) -> None:
    """`input_tokens` beside `total_tokens` is taken for OpenAI's, where the cached ones would be a part of it."""
    usage = {"input_tokens": 5, "output_tokens": 1, "total_tokens": 15, "cache_read_input_tokens": 9}

    log_usage(model="m", usage=usage, provider="anthropic", strict=True)

    assert recorded.lines[0]["cache_read"] == 9


def test_names_may_hold_anything(recorded: Recorded) -> None:
    """They come back as they were, but for what no text can be, and are cut to a bearable length."""
    assert log_usage(model="m\n\0", input=1, app="=1+1\ud800\x1b[31m\u202e", task="x" * 9000, strict=True)

    recorded.take_in()
    (response,) = recorded.counted()
    assert (response.app, len(response.task)) == ("=1+1?\x1b[31m\u202e", 200)
    assert response.attempts[0].model == "m"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    usage=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["input_tokens", "usage", "prompt_tokens", "cache_creation", "iterations", "model", "id"]
                )
                | st.text(max_size=5),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ),
    text=st.text(max_size=20),
)
def test_nothing_that_is_handed_over_raises(recorded: Recorded, usage: object, text: str) -> None:
    """And whatever is recorded can be counted."""
    before = len(recorded.lines)

    done = log_usage(model="m", usage=usage, app=text, task=text, id=text)

    assert len(recorded.lines) - before == done
    assert all(line["at_us"] > 0 and line["key"].startswith("call-") for line in recorded.lines)


# ---- whose and when ----------------------------------------------------------------------------------------


def test_a_call_without_a_time_was_made_now(recorded: Recorded) -> None:
    before = datetime.now(UTC)

    log_usage(model="m", input=1, strict=True)

    at = datetime.fromtimestamp(recorded.lines[0]["at_us"] / 1e6, UTC)
    assert before - timedelta(seconds=1) <= at <= datetime.now(UTC) + timedelta(seconds=1)


@pytest.mark.parametrize("at", ["2026-11-20T14:30:00+01:00", "2026-11-20T13:30:00Z", datetime(2026, 11, 20, 13, 30)])  # noqa: DTZ001
def test_a_time_without_a_zone_is_this_computer_s(recorded: Recorded, monkeypatch: pytest.MonkeyPatch, at: Any) -> None:
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()

    log_usage(model="m", input=1, at=at, strict=True)

    assert recorded.lines[0]["at_us"] == int(datetime(2026, 11, 20, 13, 30, tzinfo=UTC).timestamp()) * 10**6


def test_without_a_name_a_program_goes_by_that_of_its_script(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    for started in ("/opt/jobs/nightly.py", "/opt/mailer/__main__.py", "-c"):
        monkeypatch.setattr(sys, "argv", [started])
        log_usage(model="m", input=1, strict=True)

    assert [line["app"] for line in recorded.lines] == ["nightly", "mailer", "unnamed"]


# ---- where it goes -----------------------------------------------------------------------------------------


def test_only_you_can_read_what_is_recorded(recorded: Recorded) -> None:
    former = os.umask(0)  # whatever the umask is
    try:
        log_usage(model="m", input=1, strict=True)
    finally:
        os.umask(former)

    assert stat.S_IMODE(recorded.spools[0].stat().st_mode) == 0o600
    assert {stat.S_IMODE(path.stat().st_mode) for path in (recorded.folder, recorded.folder.parent)} == {0o700}


def test_trouble_with_the_disk_is_not_the_program_s(recorded: Recorded, caplog: pytest.LogCaptureFixture) -> None:
    recorded.folder.parent.parent.mkdir()
    recorded.folder.parent.mkdir()
    recorded.folder.write_text("something else")

    with caplog.at_level(logging.WARNING, logger="usagetray"):
        assert not log_usage(model="m", input=1)

    assert "could not be written" in caplog.text
    with pytest.raises(OSError, match="calls"):
        log_usage(model="m", input=1, strict=True)


def test_a_planted_link_is_not_followed(recorded: Recorded, tmp_path: Path) -> None:
    log_usage(model="m", input=1, strict=True)
    (spool,) = recorded.spools
    spool.unlink()
    (tmp_path / "target").write_text("")
    spool.symlink_to(tmp_path / "target")

    assert not log_usage(model="m", input=1)
    assert (tmp_path / "target").read_text() == ""


def test_threads_may_record_at_once(recorded: Recorded) -> None:
    def work() -> None:
        for _ in range(50):
            assert log_usage(model="m", input=1, app="a", strict=True)

    threads = [threading.Thread(target=work) for _ in range(16)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len({line["key"] for line in recorded.lines}) == 800


def test_importing_the_package_imports_nothing_else(tmp_path: Path) -> None:
    code = (
        "import sys; before = set(sys.modules); import usagetray; assert usagetray.__version__;"
        "new = set(sys.modules) - before; print(sorted(new)); usagetray.log_usage;"
        "heavy = {'sqlite3', 'msgspec', 'httpx', 'argparse', 'tomllib'} & set(sys.modules); print(sorted(heavy))"
    )

    environ = {"PYTHONPATH": str(Path(usagetray.__file__).parents[1]), "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, env=environ)

    assert done.stdout.splitlines() == ["['usagetray']", "[]"]
    with pytest.raises(AttributeError, match="log_usages"):
        usagetray.log_usages  # type: ignore[attr-defined]  # noqa: B018
