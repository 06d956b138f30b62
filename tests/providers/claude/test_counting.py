"""Claude Code's session logs: each response counted once, whatever lines tell of it."""

from __future__ import annotations

import json
import shutil
from collections import Counter, defaultdict
from datetime import UTC
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from tests.logs.desk import Desk
from tests.logs.lines import OPUS, SONNET, answer, entry, progress, stamp, text, used
from tests.logs.second_count import second_count
from usagetray.providers.claude import PROVIDER
from usagetray.providers.contract import Home, LogPlace, LogSource
from usagetray.usage import EventRow, UsageEvent

RECORDED = Path(__file__).parent / "counted"
TOTALS = json.loads((RECORDED / "totals.json").read_text())
COLUMNS = ("input", "output", "cache_write_5m", "cache_write_1h", "cache_read", "web_search", "responses")
assert PROVIDER.logs is not None
LOGS: LogSource = PROVIDER.logs
HOME = Home(path=Path("/home/dev/.claude"), is_default=True)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def read(content: bytes, path: str = "-work/s1.jsonl") -> tuple[list[UsageEvent], Counter[str]]:
    """What the decoder tells of a log, and what it skipped."""
    decoder = LOGS.decoder(LogPlace(path=path, home=HOME), b"")
    events: list[EventRow] = []
    offset = 0
    for line in content.split(b"\n")[:-1]:
        if any(needle in line for needle in LOGS.needles):
            decoder.take(memoryview(line), offset, events)
        offset += len(line) + 1
    return list(map(UsageEvent._make, events)), decoder.skipped


def only(*records: dict[str, Any] | bytes) -> UsageEvent:
    events, skipped = read(text(*records))
    assert not skipped
    (event,) = events
    return event


# ---- recorded logs -----------------------------------------------------------------------------------------


def recorded(desk: Desk) -> None:
    shutil.copytree(RECORDED / "projects", desk.tree)


def test_recorded_logs_give_the_totals_done_by_hand(desk: Desk) -> None:
    """53 records of 36 responses; by model (fast service apart) and by UTC day."""
    recorded(desk)
    desk.index()

    by: dict[str, dict[str, Counter[str]]] = {"per_model": defaultdict(Counter), "per_utc_day": defaultdict(Counter)}
    with desk.running() as it:
        for row in it.store.usage(by=("model",), zone=UTC):
            attempt = row.attempt
            found = {
                **{each: getattr(attempt.tokens, each) for each in COLUMNS[:5]},
                "web_search": attempt.web_searches,
                "responses": row.responses,
            }
            by["per_model"][row.period + ("|fast" if attempt.speed == "fast" else "")].update(found)
            assert attempt.at is not None
            by["per_utc_day"][f"{attempt.at:%Y-%m-%d}"].update(found)
    for name, expected in by.items():
        assert {key: {each: sums[each] for each in COLUMNS} for key, sums in expected.items()} == TOTALS[name]


def test_the_second_count_agrees_with_the_totals_done_by_hand() -> None:
    """The yardstick of other tests is itself held against the recorded logs."""
    paths = [path for path in RECORDED.rglob("*.jsonl") if path.name != "journal.jsonl"]
    found = second_count({str(path): path.read_bytes() for path in paths})

    sums: Counter[str] = Counter()
    for response, times in found.items():
        names = ("input", "cache_write_5m", "cache_write_1h", "cache_read", "output", "web_search")
        sums.update({name: value * times for name, value in zip(names, response[5:], strict=True)})
    assert {**sums, "responses": found.total()} == TOTALS["totals"]


def test_recorded_logs_agree_with_a_second_count_of_each_response(desk: Desk) -> None:
    recorded(desk)
    desk.index()

    logs = {path: content for path, content in desk.logs().items() if not path.endswith("journal.jsonl")}
    assert desk.told() == second_count(logs, desk.times())


def test_bad_lines_of_recorded_logs_are_counted_by_reason(desk: Desk) -> None:
    """A line that a crash cut is the one that mentions usage and cannot be read; the half line at an end waits."""
    recorded(desk)
    desk.index()

    with desk.running() as it:
        skipped = it.store.index_state().skipped
    assert skipped == {}


# ---- one record --------------------------------------------------------------------------------------------


def test_the_four_kinds_of_tokens_are_disjoint_and_the_hour_s_cache_stands_apart() -> None:
    event = only(
        answer(
            usage={
                "input_tokens": 6,
                "cache_creation_input_tokens": 21200,
                "cache_read_input_tokens": 15000,
                "cache_creation": {"ephemeral_5m_input_tokens": 1200, "ephemeral_1h_input_tokens": 20000},
                "output_tokens": 212,
                "output_tokens_details": {"thinking_tokens": 90},
                "server_tool_use": {"web_search_requests": 3, "web_fetch_requests": 1},
                "service_tier": "priority",
                "speed": "fast",
                "inference_geo": "us",
            }
        )
    )

    assert event[6:13] == (6, 1200, 20000, 15000, 212, 90, 3)
    assert event.terms == (OPUS, "priority", "fast", "us", "")


@pytest.mark.parametrize(
    ("flat", "nested", "writes"),
    [
        (0, {"ephemeral_5m_input_tokens": 700, "ephemeral_1h_input_tokens": 0}, (700, 0)),
        (0, {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 900}, (0, 900)),
        (1000, {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 600}, (400, 600)),
        (500, {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 600}, (100, 600)),
    ],
    ids=["nested alone", "nested alone, an hour", "nested says less", "nested says more"],
)
def test_cache_writes_told_in_two_ways_count_for_the_larger(
    flat: int, nested: dict[str, int], writes: tuple[int, int]
) -> None:
    """Some versions left the flat number 0, others let the two differ."""
    usage = {"input_tokens": 1, "cache_creation_input_tokens": flat, "cache_creation": nested, "output_tokens": 5}

    event = only(answer(usage=usage))

    assert (event.cache_write_5m, event.cache_write_1h) == writes
    assert event.terms.flags == ""


def test_a_write_of_unknown_length_counts_as_five_minutes_and_says_that_it_was_assumed() -> None:
    event = only(answer(usage={"input_tokens": 1, "cache_creation_input_tokens": 500, "output_tokens": 5}))

    assert (event.cache_write_5m, event.cache_write_1h, event.terms.flags) == (500, 0, "assumed_5m_cache")


@pytest.mark.parametrize(
    "record",
    [
        answer(model="<synthetic>"),
        answer(model=None),
        answer(usage={"input_tokens": 0, "output_tokens": 0}),
        answer(usage={}),
        {**answer(), "type": "user"},
        {**answer(), "type": "cost-state", "modelUsage": {OPUS: {"inputTokens": 5}}},
        {"type": "user", "message": {"role": "user"}, "toolUseResult": {"agentId": "a1", "usage": used(77)}},
        {"type": "progress", "data": {"type": "bash_progress", "output": 'she said "usage"'}},
        progress({**answer(), "type": "user"}),
    ],
    ids=[
        "synthetic",
        "no model",
        "nothing used",
        "no usage",
        "user",
        "sum",
        "sum of a sub-agent",
        "shell",
        "nested user",
    ],
)
def test_what_is_no_response_is_neither_counted_nor_called_a_fault(record: dict[str, Any]) -> None:
    assert read(text(record)) == ([], Counter())


def test_a_log_line_quoted_within_a_tool_s_result_is_no_response() -> None:
    quoted = json.dumps(answer("msg_quoted", 999))
    record = {"type": "user", "message": {"role": "user", "content": [{"type": "tool_result", "content": quoted}]}}

    assert read(text(record)) == ([], Counter())


def test_a_record_without_a_message_id_counts_by_itself() -> None:
    """Equal twins are two: each goes by its place in its file."""
    events, _ = read(text(answer(None, 50), answer(None, 50)))

    assert len({each.key for each in events}) == 2


def test_the_place_is_the_record_s_own_and_else_the_file_s() -> None:
    told = only(answer(session="s9", cwd="/work/b", agent="a7"))
    (untold,), _ = read(text(answer(session="", cwd="")), "-work/s2/subagents/workflows/wf-1/agent-a1b2.jsonl")

    assert told.place[:3] == ("/work/b", "s9", "a7")
    assert untold.place[:3] == ("", "s2", "a1b2")


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        (stamp(61.25), 61.25),
        ("2026-11-18T10:01:01Z", 61),
        ("2026-11-18T10:01:01.250731Z", 61.250731),
        ("2026-11-18T11:01:01.250+01:00", 61.25),
        ("2026-11-18T10:01:01.250", 61.25),
    ],
)
def test_a_time_is_utc_however_it_is_written(told: str, seconds: float) -> None:
    event = only({**answer(), "timestamp": told})

    ten_o_clock = 1794996000
    assert event.at_us == round((ten_o_clock + seconds) * 1_000_000)


@pytest.mark.parametrize("told", [None, "", "yesterday", "2026-13-45T99:99:99.000Z", "2026-11-18T10:00:xx.000Z", 5])
def test_a_record_without_a_usable_time_has_that_of_the_one_before(told: object) -> None:
    events, skipped = read(text(answer("msg_1", at=30), {**answer("msg_2"), "timestamp": told}))

    assert [each.at_us - events[0].at_us for each in events] == [0, 0]
    assert not skipped


# ---- records that are not as they should be -------------------------------------------------------------------


def test_fields_of_the_wrong_kind_cost_themselves_alone() -> None:
    """The rest of the line counts as if they were not there."""
    usage = {**used(50), "service_tier": 7, "speed": ["fast"], "cache_creation": "none", "server_tool_use": 3}

    event = only({**answer(usage=usage), "agentId": {"x": 1}, "isSidechain": "no", "cwd": None})

    assert event[6:11] == (10, 200, 0, 1000, 50)
    assert event.terms[1:3] == ("", "")


@pytest.mark.parametrize("count", [50.0, "50"])
def test_a_count_written_as_a_float_or_a_text_is_that_count(count: object) -> None:
    assert only(answer(usage={**used(), "output_tokens": count})).output == 50


@pytest.mark.parametrize("count", [-1, 2**63, 2**64, 10**30, 1e300])
def test_a_count_that_is_none_costs_the_line_or_itself_and_nothing_else(count: object) -> None:
    """Never a negative or an absurd sum; a neighbour is counted."""
    events, skipped = read(text(answer("bad", usage={**used(), "output_tokens": count}), answer("good")))

    assert events[-1].key == "good"
    assert all(0 <= number < 2**48 for each in events for number in each[6:13])
    assert len(events) == 2 or skipped == {"bad usage": 1}


def test_zeros_left_by_a_crash_and_a_byte_order_mark_do_not_cost_the_line_behind_them() -> None:
    whole = text(answer())

    for before in (b"\0" * 4096, b"\xef\xbb\xbf", b"  \t", b"\0\xef\xbb\xbf"):
        events, skipped = read(before + whole)
        assert (len(events), skipped) == (1, Counter()), before


# ---- several requests in one response -----------------------------------------------------------------------


def test_one_iteration_says_again_what_the_message_says() -> None:
    event = only(answer(usage={**used(50), "iterations": [entry(50)]}))

    assert (event.output, event.attempts) == (50, ())


def test_several_iterations_are_priced_one_by_one_and_counted_as_their_sum() -> None:
    whole = used(80, input_=20, write=400, read=2000)

    event = only(answer(usage={**whole, "iterations": [entry(30), entry(50)]}))

    assert event[6:11] == (20, 400, 0, 2000, 80)
    assert event.attempts == (("", 10, 200, 0, 1000, 30), ("", 10, 200, 0, 1000, 50))


def test_an_advisor_s_work_comes_on_top_at_its_own_model_s_price() -> None:
    """The message's counts are without it."""
    advice = entry(500, "advisor_message", model=SONNET)

    event = only(answer(usage={**used(50), "iterations": [entry(50), advice]}))

    assert event.output == 550
    assert event.attempts == (("", 10, 200, 0, 1000, 50), (SONNET, 10, 200, 0, 1000, 500))


def test_iterations_that_do_not_add_up_leave_the_message_s_own_counts() -> None:
    event = only(answer(usage={**used(50), "iterations": [entry(30), entry(40)]}))

    assert (event.output, event.attempts, event.terms.flags) == (50, (), "iterations_mismatch")


@pytest.mark.parametrize("iterations", [[], {}, "x", [1, None], [entry(50), {"type": "advisor_message"}], None])
def test_iterations_in_another_shape_change_nothing(iterations: object) -> None:
    events, _ = read(text(answer(usage={**used(50), "iterations": iterations})))

    assert [each[6:11] for each in events] == [(10, 200, 0, 1000, 50)]


# ---- where logs lie ------------------------------------------------------------------------------------------


def test_the_journal_of_a_workflow_is_no_log() -> None:
    assert LOGS.skips("-work/s1/subagents/workflows/wf-1/journal.jsonl")
    assert not LOGS.skips("-work/journal.jsonl")


@pytest.mark.parametrize("path", ["/home/dev/.claude", "/home/dev/.claude/projects"])
def test_a_home_may_be_named_by_its_projects_folder(path: str) -> None:
    assert LOGS.trees(Home(path=Path(path), is_default=False)) == (Path("/home/dev/.claude/projects"),)


@pytest.mark.parametrize(
    ("content", "days"),
    [(b'{"cleanupPeriodDays": 5}', 5), (b'{"cleanupPeriodDays": 0}', 0), (b'{"cleanupPeriodDays": 99999}', 99999)]
    + [(each, None) for each in (b"{}", b"[]", b"{", b'{"cleanupPeriodDays": true}', b'{"cleanupPeriodDays": "5"}')]
    + [(b'{"cleanupPeriodDays": 1e300}', None), (b'{"cleanupPeriodDays": -3}', None), (b"[" * 100_000, None)],
)
def test_after_how_long_logs_are_deleted_is_read_from_the_settings_or_not_known(
    content: bytes, days: int | None
) -> None:
    assert LOGS.retention is not None
    kept = LOGS.retention.read(content)

    assert (kept.days if kept is not None else None) == days


def test_a_decoder_goes_on_from_another_s_state_with_the_time_it_knew() -> None:
    first = LOGS.decoder(LogPlace(path="p/s.jsonl", home=HOME), b"")
    first.take(memoryview(text(answer(at=30))[:-1]), 0, told := [])
    second = LOGS.decoder(LogPlace(path="p/s.jsonl", home=HOME), first.state())
    second.take(memoryview(text({**answer("msg_2"), "timestamp": None})[:-1]), 900, told)

    events = list(map(UsageEvent._make, told))
    assert events[0].at_us == events[1].at_us
    assert str(PurePosixPath(events[1].place.session)) == "s1"
