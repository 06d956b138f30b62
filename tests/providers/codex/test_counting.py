"""Codex's session files: each answer's tokens counted once, however often and wherever its total is written."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.providers.codex.session_lines import (
    BEGAN,
    CHILD,
    HOME,
    LOGS,
    PARENT,
    by_key,
    count,
    cut,
    line,
    meta,
    moment,
    name,
    of,
    read,
    read_in_every_way,
    record,
    recorded,
    settings,
    turn,
    usage,
)
from usagetray.providers.codex.counting import Decoder
from usagetray.providers.contract import LogPlace
from usagetray.usage import EventRow, UsageEvent

TOTALS = json.loads((Path(__file__).parent / "session_totals.json").read_text())
"""Of each recorded thread by model: input (cached included), cached, output (reasoning included), reasoning.

Thread 6's last answer says 600 cached tokens of 200 of input: 200 count.
"""
SESSIONS = recorded()


def totals(events: Iterable[UsageEvent]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for each in events:
        told = (each.input + each.cache_write_5m + each.cache_read, each.cache_read, each.output, each.reasoning)
        found[each.terms.model] = [sum(pair) for pair in zip(found[each.terms.model], told, strict=True)]
    return found


@pytest.mark.parametrize("path", SESSIONS, ids=lambda each: each[-10:-6])
def test_a_recorded_session_gives_its_totals_however_it_is_cut_into_reads(path: str):
    """Sums done by hand: repeats, forks, falling totals, a restarted counter, records beside totals."""
    reading = read_in_every_way(SESSIONS, path)

    expected = TOTALS[path[-10:-6]]
    assert totals(by_key([reading]).values()) == expected["by_model"]
    flags = {flag for each in reading.events for flag in each.terms.flags.split()}
    assert flags - {"tier_assumed"} == set(expected["flags"])
    assert not reading.skipped


def test_all_sessions_of_the_day_come_to_their_sum():
    """6500 + 1000 + 2000 + 12000 + 900 + 1000 + 30000 + 500 + 4150 tokens of input."""
    events = by_key(read(SESSIONS, path) for path in SESSIONS).values()

    assert sum(each.input + each.cache_write_5m + each.cache_read for each in events) == 58_050


def test_a_fork_counts_the_same_without_its_parent_s_log():
    """Its copied lines stand within 23 ms, its own answer 40 s later."""
    parent, child = (next(each for each in SESSIONS if each.endswith(end)) for end in ("0001.jsonl", "0002.jsonl"))
    alone = {each: content for each, content in SESSIONS.items() if each != parent}

    assert read(alone, child).events == read(SESSIONS, child).events


def test_a_sub_agent_s_session_is_that_of_its_root():
    child = next(each for each in SESSIONS if each.endswith("0007.jsonl"))
    events = read(SESSIONS, child).events

    assert {each.place.session for each in events} == {"019aa000-0000-7000-8000-000000000001"}
    assert {each.place.agent for each in events} == {"019aa000-0000-7000-8000-000000000007"}


@pytest.mark.parametrize("path", SESSIONS, ids=lambda each: each[-10:-6])
def test_a_copy_in_the_archive_adds_nothing_and_a_shorter_one_takes_nothing_away(path: str):
    archived = path.rpartition("/")[2] + ".zst"
    whole = read(SESSIONS, path)
    lines = [each for _, each in cut(SESSIONS[path])]
    for length in range(1, len(lines) + 1):
        files = SESSIONS | {archived: b"\n".join((*lines[:length], b""))}
        shorter = read(files, archived)

        assert set(shorter.events) <= set(whole.events)
        assert by_key([shorter, whole]).keys() == by_key([whole]).keys()


def test_records_count_once_by_their_response():
    """Written twice, and copied whole into another thread's file under a new thread's id."""
    own = [meta(PARENT), turn(0.1), record(5, "resp_1", 1), record(5, "resp_1", 1), record(9, "resp_2", 2)]
    copy = [meta(CHILD, forked_from_id=PARENT), record(5, "resp_1", 1), record(20, "resp_3", 3, thread=CHILD)]

    events = by_key([of(*own), of(*copy, thread=CHILD)])

    assert set(events) == {"resp_1", "resp_2", "resp_3"}
    assert events["resp_1"].place.session == PARENT


def test_from_the_first_own_record_on_totals_are_passed_over():
    """An old thread goes on under a newer build: two answers by their totals, two by their records."""
    lines = [meta(PARENT), turn(0.1), count(5, 1), count(9, 2)]
    lines += [record(50, "resp_3", 3), count(50.1, 3), record(60, "resp_4", 4), count(60.1, 4)]

    reading = of(*lines)

    assert [each.key for each in reading.events][2:] == ["resp_3", "resp_4"]
    assert reading.answers == 4


def test_a_total_written_before_its_record_counts_once():
    reading = of(meta(PARENT), turn(0.1), count(5, 1), record(5.1, "resp_1", 1), record(9, "resp_2", 2))

    assert reading.answers == 2


def test_a_record_without_a_response_s_name_counts_once_by_its_thread_s_total():
    nameless = [record(5, "", 1), record(5, "", 1), record(9, "", 2)]

    assert len(by_key([of(meta(PARENT), *nameless)])) == 2


def test_another_thread_s_record_is_left_to_its_own_file():
    reading = of(meta(PARENT), turn(0.1), record(5, "resp_1", 1, thread=CHILD), count(6, 1))

    assert [each.key.partition(":")[0] for each in reading.events] == [PARENT]


def test_a_record_s_writes_to_the_cache_are_neither_input_nor_read():
    used = {"input_tokens": 1200, "cached_input_tokens": 200, "cache_write_input_tokens": 50, "output_tokens": 50}
    payload = {"thread_id": PARENT, "response_id": "resp_1", "usage": used}

    (event,) = of(meta(PARENT), line(5, "token_usage_record", payload)).events

    assert (event.input, event.cache_write_5m, event.cache_read, event.output) == (950, 50, 200, 50)


def test_a_repeated_total_counts_nothing():
    reading = of(meta(PARENT), turn(0.1), count(5, 1), count(6, 1), count(7, 1), count(9, 2), count(10, 2))

    assert [each.at_us // 1_000_000 % 60 for each in reading.events] == [5, 9]
    assert reading.answers == 2


def test_an_ordinary_session_s_first_total_counts_whole():
    """Three answers at once, the last of them known: two requests are priced, each by its own prompt."""
    (event,) = of(meta(PARENT), turn(0.1), count(5, 3)).events

    assert (event.input, event.cache_read, event.output) == (180, 120, 30)
    assert event.attempts == (("gpt-5.5", 120, 0, 0, 80, 20), ("gpt-5.5", 60, 0, 0, 40, 10))


def test_a_lost_line_s_answer_counts_with_the_next():
    reading = of(meta(PARENT), turn(0.1), count(5, 1), count(9, 2)[:-20], count(12, 3))

    assert reading.answers == 3
    assert reading.skipped == {"not JSON": 1}


def test_totals_that_flip_between_two_lines_of_work_count_no_gap_again():
    """10, 3, 11, 4, 12: growth above the highest so far, and no more than each answer; a lower bound."""
    lines = [count(at, total, 1 if at > 1 else 10) for at, total in enumerate((10, 3, 11, 4, 12), start=1)]

    reading = of(meta(PARENT), turn(0.1), *lines)

    assert reading.answers == 12
    assert [each.terms.flags for each in reading.events] == ["tier_assumed"] + ["tier_assumed lower_bound"] * 2


def test_a_counter_that_jumps_past_its_mark_counts_no_more_than_the_answer():
    reading = of(meta(PARENT), turn(0.1), count(5, 10, 10), count(9, 2), count(12, 40, 1))

    assert reading.answers == 11


def test_a_large_answer_below_the_mark_counts_only_what_goes_beyond_it():
    """10, then 3, then 8 more in one answer: 1 beyond the 10."""
    assert of(meta(PARENT), turn(0.1), count(5, 10, 10), count(9, 3, 3), count(12, 11, 8)).answers == 11


def test_a_missing_field_stays_as_it_was():
    """An older build goes on and writes no cached tokens for one line."""
    bare = {key: value for key, value in usage(2).items() if key != "cached_input_tokens"}
    info = {"total_token_usage": bare, "last_token_usage": usage(1)}
    lines = [count(5, 1), line(9, "event_msg", {"type": "token_count", "info": info}), count(12, 3)]

    assert of(meta(PARENT), turn(0.1), *lines).answers == 3


def test_a_turn_s_model_holds_until_the_next_and_goes_before_the_settings():
    lines = [meta(PARENT), count(1, 1), settings(2, model="gpt-5.2"), count(3, 2), turn(4, "gpt-5.5"), count(5, 3)]
    lines += [settings(6, model="gpt-5.2"), count(7, 4), turn(8, "gpt-6-astra"), count(9, 5)]

    events = of(*lines).events

    assert [each.terms.model for each in events] == ["gpt-5", "gpt-5.2", "gpt-5.5", "gpt-5.5", "gpt-6-astra"]
    assert [each.terms.flags for each in events] == ["assumed_model tier_assumed"] + ["tier_assumed"] * 4


def test_the_tier_is_that_of_the_settings_while_they_name_one():
    lines = [settings(1, service_tier="priority"), count(2, 1), settings(3, model="gpt-5.5"), count(4, 2)]
    lines += [settings(5, service_tier=None), count(6, 3)]

    events = of(meta(PARENT), turn(0.1), *lines).events

    assert [(each.terms.tier, each.terms.flags) for each in events] == [("priority", "")] * 2 + [("", "tier_assumed")]


def test_a_turn_in_another_folder_is_another_project():
    lines = [turn(0.1), count(1, 1), turn(2, cwd="/elsewhere"), count(3, 2), turn(4), count(5, 3)]

    events = of(meta(PARENT), *lines).events

    assert [each.place.project for each in events] == ["/work", "/elsewhere", "/elsewhere"]


def test_a_line_without_a_good_time_happened_when_the_last_one_did():
    undated = count(9, 2).replace(moment(9).encode(), b"yesterday")

    events = of(meta(PARENT), turn(0.1), count(5, 1), undated).events

    assert [each.at_us for each in events] == [int(BEGAN.timestamp() + 5) * 1_000_000] * 2


def test_a_file_without_any_time_says_so():
    undated = count(9, 1).replace(b'"timestamp":"' + moment(9).encode() + b'",', b"")

    (event,) = of(undated).events

    assert (event.at_us, event.terms.flags) == (0, "assumed_model tier_assumed undated")


def test_a_file_whose_first_line_is_lost_is_named_by_its_file():
    (event,) = of(meta(PARENT)[:-9], turn(0.1), count(5, 1)).events

    assert (event.place.session, event.key) == (PARENT, f"{PARENT}:100.40.0.10.4")


def test_limits_alone_tell_no_tokens():
    limits = line(5, "event_msg", {"type": "token_count", "info": None, "rate_limits": {"primary": None}})

    reading = of(meta(PARENT), limits, count(6, 1))

    assert reading.answers == 1
    assert not reading.skipped


def test_blanks_and_another_order_of_fields_lose_nothing():
    lines = [json.dumps(json.loads(each)).encode() for each in (meta(PARENT), turn(0.1), count(5, 1))]
    turned = json.dumps(dict(reversed(json.loads(count(9, 2)).items()))).encode()

    reading = of(*lines, turned)

    assert [each.terms.model for each in reading.events] == ["gpt-5.5"] * 2
    assert reading.answers == 2


def test_a_copy_of_a_record_within_a_summary_does_not_count():
    inner = json.loads(record(5, "resp_1", 1))["payload"]
    summary = line(9, "compacted", {"latest_token_usage_record": inner, "type": "token_usage_record"})

    assert of(meta(PARENT), summary).events == []


def test_a_state_that_cannot_be_read_costs_the_total_before_it_and_no_more():
    """Another version's state: the next total is 7 answers, of which the last one is sure."""
    decoder = Decoder(LogPlace(path=name(PARENT), home=HOME), b"from another time")
    told: list[EventRow] = []

    for offset, each in ((9_000, count(5, 7)), (9_900, count(9, 8))):
        decoder.take(memoryview(each), offset, told)

    events = list(map(UsageEvent._make, told))
    assert [each.input + each.cache_read for each in events] == [100, 100]
    assert {each.terms.flags for each in events} == {"assumed_model tier_assumed estimate"}


def test_both_trees_and_both_suffixes_are_read():
    assert [each.name for each in LOGS.trees(HOME)] == ["sessions", "archived_sessions"]
    assert LOGS.suffixes == (".jsonl", ".jsonl.zst")
    assert LOGS.folder("2026/11/18/rollout.jsonl") == ""
