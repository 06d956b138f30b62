"""Lines that no Codex wrote: one costs itself at most, and never a good line beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.providers.codex.session_lines import (
    CHILD,
    HOME,
    LOGS,
    PARENT,
    agent,
    count,
    cut,
    line,
    meta,
    name,
    of,
    read,
    record,
    recorded,
    trigger,
    turn,
)
from usagetray.providers.contract import LogPlace
from usagetray.usage import EventRow

SESSIONS = recorded()
GOOD = (meta(PARENT), turn(0.1), count(5, 1), count(9, 2), record(20, "resp_3", 3), record(30, "resp_4", 4))
HOSTILE = [None, True, -5, 0.5, 1e300, 2**63, 2**70, 10**400, "", "x", "\ud800", "2026-13-40", [], [[]], {}, {"a": 1}]
NESTED = b"[" * 100_000 + b"]" * 100_000


def paths(value: object, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where the fields of a line stand."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield (*above, key)
            yield from paths(below, (*above, key))


def spoilt(content: bytes, path: tuple[str, ...], value: object) -> bytes:
    body: Any = json.loads(content)
    here = body
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    return json.dumps(body).encode()


def told(*lines: bytes) -> list[tuple[object, ...]]:
    """What counts of the events: keys, tokens, model."""
    return [
        (each.key, each.terms.model, *each[6:12])
        for each in read({name(PARENT): b"\n".join((*lines, b""))}, name(PARENT)).events
    ]


@pytest.mark.parametrize("number", range(2, len(GOOD)))
def test_a_line_written_again_with_one_field_spoilt_changes_nothing(number: int):
    """Each field in turn, each kind of wrong value: the answers around it stay what they were."""
    whole = told(*GOOD)

    for path in paths(json.loads(GOOD[number])):
        for value in HOSTILE:
            again = spoilt(GOOD[number], path, value)
            found = dict.fromkeys(told(*GOOD[: number + 1], again, *GOOD[number + 1 :]))

            assert [each for each in found if each in whole] == whole, (path, value)
            assert len(found) - len(whole) <= (path[-1] in CHANGED), (path, value)


CHANGED = {"response_id", "thread_id", "input_tokens", "cached_input_tokens", "output_tokens", "usage", "payload"}
CHANGED |= {"reasoning_output_tokens"}
"""Spoilt, a record's name makes another answer of it, and its counts another reading of the same one."""


@settings(max_examples=150, deadline=None)
@given(which=st.data())
def test_any_line_may_be_any_bytes(which: st.DataObject):
    """Bytes of a recorded line changed, cut out or put in: nothing is raised, and what came before stays told."""
    path = which.draw(st.sampled_from(sorted(SESSIONS)))
    lines = [each for _, each in cut(SESSIONS[path])]
    number = which.draw(st.integers(0, len(lines) - 1))
    start = which.draw(st.integers(0, len(lines[number])))
    stop = which.draw(st.integers(start, min(start + 40, len(lines[number]))))
    put = which.draw(st.one_of(st.binary(max_size=12), st.sampled_from([b"\\ud800", b"\xff", b"{", b'"', b"9" * 30])))
    bad = (lines[number][:start] + put + lines[number][stop:]).replace(b"\n", b" ")

    files = SESSIONS | {path: b"\n".join((*lines[:number], bad, *lines[number + 1 :], b""))}
    before = SESSIONS | {path: b"\n".join((*lines[:number], b""))}

    found = read(files, path).events
    assert found[: len(read(before, path).events)] == read(before, path).events
    for each in found:
        assert min(each[6:12]) >= 0
        each.place.project.encode(), each.terms.model.encode(), each.key.encode()


FIELDS = st.sampled_from(["type", "payload", "id", "info", "usage", "timestamp"])
BODIES = st.recursive(
    st.sampled_from(HOSTILE[:-3]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(FIELDS, below, max_size=4),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(body=BODIES, kind=st.sampled_from(["session_meta", "turn_context", "token_usage_record", "token_count"]))
def test_any_value_may_stand_in_any_kind_of_line(body: object, kind: str):
    hostile = [line(7, kind, body), line(7, "event_msg", {"type": "token_count", "info": body})]

    assert told(*GOOD[:3], *hostile, *GOOD[3:]) == told(*GOOD)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (count(7, 1)[:-30], "not JSON"),
        (count(7, 1)[:40] + b"\x00" + count(7, 1)[40:], "not JSON"),
        (count(7, 1).replace(b'"rate_limits":null', b'"rate_limits":' + NESTED), "not JSON"),
        (b'["token_count"]', "not an object"),
        (line(7, "event_msg", {"type": "token_count", "info": "much"}), "bad usage"),
        (line(7, "event_msg", {"type": "token_count", "info": {"last_token_usage": {}}}), "bad usage"),
        (line(7, "token_usage_record", {"thread_id": PARENT, "usage": {"input_tokens": -1}}), "bad usage"),
        (line(7, "turn_context", ["gpt-5.5"]), "bad line"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_cannot_be_read_is_counted_by_its_reason(bad: bytes, reason: str):
    reading = of(*GOOD[:3], bad, *GOOD[3:])

    assert reading.skipped == {reason: 1}
    assert reading.answers == 4


@pytest.mark.parametrize(
    "change",
    [
        lambda each: b"\xef\xbb\xbf" + each,
        lambda each: each + b"\r",
        lambda each: each.replace(b'"cwd"', '"x\u2028y":"\u2028","cwd"'.encode()),
        lambda each: each.replace(b'"cwd":"/work"', b'"cwd":"/work","git":{"branch":"\\ud800"}'),
        lambda each: each.replace(b'"rate_limits":null', b'"rate_limits":{"balance":NaN,"x":1e999}'),
    ],
    ids=["byte order mark", "carriage return", "line separator", "half a surrogate", "not a number"],
)  # fmt: skip
def test_odd_but_whole_lines_are_read(change: Any):
    assert told(*map(change, GOOD)) == told(*GOOD)


def test_half_a_character_in_a_name_is_replaced():
    """Legal in JSON, but in no file or database."""
    (event,) = of(meta(PARENT), turn(1, "gpt-\ud800", cwd="/work/\ud800"), count(5, 1)).events

    assert (event.terms.model, event.place.project) == ("gpt-?", "/work/?")


def test_a_spoilt_line_among_copied_ones_does_not_end_the_copy():
    burst = [count(0.01 * each, each) for each in range(1, 4)]
    lines = (agent(), meta(PARENT, -60), burst[0], burst[1][:-20], burst[2], turn(5), trigger(5.01), count(9, 4))

    reading = of(*lines, thread=CHILD)

    assert reading.answers == 1
    assert reading.skipped == {"not JSON": 1}


def test_lines_of_conversation_that_speak_of_tokens_are_not_even_parsed():
    """A line of a megabyte that is no JSON at all, handed over because it holds a needle."""
    talk = (
        b'{"timestamp":"2026-11-18T10:00:00.000Z","type":"response_item","payload":{"type":"message","x":"token_count"'
    )
    decoder, events = LOGS.decoder(LogPlace(path=name(PARENT), home=HOME), b""), list[EventRow]()

    decoder.take(memoryview(talk + b"x" * 1_000_000), 0, events)

    assert not events
    assert not decoder.skipped
