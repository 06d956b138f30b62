"""The ledger: rows and sums that always agree, whatever is told in which order and however often."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.logs.desk import Desk, told
from tests.logs.lines import SONNET, answer, entry, used
from usagetray.edges.store import Store, StoreBusyError
from usagetray.edges.store.adding_up import added_up
from usagetray.edges.store.counting_again import Differences, compared, memory_store
from usagetray.edges.store.ledger import LogRead, Mark, Told
from usagetray.spine.indexing import Indexing
from usagetray.usage import EventPlace, EventTerms

AT = int(datetime(2026, 11, 18, 10, tzinfo=UTC).timestamp() * 1e6)
PLACES = [EventPlace("/work/a", "s1"), EventPlace("/work/b", "s2"), EventPlace("/work/a", "s1", "agent")]
TERMS = [EventTerms("opus"), EventTerms("opus", "standard"), EventTerms("opus", flags="replayed"), EventTerms("sonnet")]
SUMS = "SELECT bucket, place, terms, band, responses, input, output FROM usage ORDER BY 1, 2, 3, 4"


@pytest.fixture
def store() -> Iterator[Store]:
    opened = memory_store()
    yield opened
    opened.close()


def row(
    key: str, part: str = "r1", output: int = 1, *, side: int = 0, at: int = AT, place: int = 0, **more: int
) -> Told:
    counts = (more.get("input", 1), 0, 0, more.get("read", 0), output, 0, 0)
    return (key, part, side, at, place, at, 0, more.get("terms", 0), *counts, "")


def read(rows: Sequence[Told], path: str = "/x") -> LogRead:
    mark = Mark(path, "claude", "/", "1:1", 1, 1, 1, b"", b"", "")
    return LogRead(mark, ("claude", "", "", "folder"), PLACES, TERMS, list(rows))


def state(store: Store) -> tuple[object, ...]:
    return (
        tuple(store.responses()),
        store.index_state().aside,
        sorted(map(repr, store.usage(by=("day", "session"), zone=UTC))),
    )


ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["", "r1", "r2"]),
        st.sampled_from([0, 1, 7, 5_000_000]),
        side=st.sampled_from([0, 1]),
        at=st.integers(0, 3).map(lambda quarters: AT + quarters * 900_000_000),
        place=st.integers(0, 2),
        terms=st.integers(0, 3),
        read=st.sampled_from([0, 150_000, 300_000]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(rows=ROWS, seed=st.integers(0, 1000))
def test_any_order_and_any_grouping_come_to_the_same_and_sums_are_those_of_the_rows(
    rows: list[Told], seed: int
) -> None:
    """50 sets of records, told at once, and shuffled one by one with repetitions."""
    chance = random.Random(seed)
    at_once, bit_by_bit = memory_store(), memory_store()
    try:
        at_once.ledger.take_in([read(rows)])
        shuffled = [*rows, *chance.choices(rows, k=2)]
        chance.shuffle(shuffled)
        for each in shuffled:
            bit_by_bit.ledger.take_in([read([each])])

        assert state(at_once) == state(bit_by_bit)
        for store in (at_once, bit_by_bit):
            columns = "bucket, place, terms, band, responses, input, cache_write_5m, cache_write_1h, cache_read"
            kept = store.database.stored(
                f"SELECT {columns}, output, reasoning, web_searches FROM usage ORDER BY 1, 2, 3, 4"
            )
            assert kept == added_up(store.database)
            told(store)
    finally:
        at_once.close()
        bit_by_bit.close()


def test_the_same_told_again_changes_nothing(store: Store) -> None:
    rows = [row("a"), row("b", output=5), row("b", "r2", 7)]
    first = store.ledger.take_in([read(rows)])
    again = store.ledger.take_in([read(rows), read(rows[:1])])

    assert (first, again) == (2, 0)


def test_sums_follow_when_a_response_grows_or_moves_to_another_quarter_or_model(store: Store) -> None:
    """By the difference, and no empty row is left."""
    store.ledger.take_in([read([row("a", output=1)])])
    store.ledger.take_in([read([row("a", output=9, at=AT - 900_000_000, terms=3)])])

    ((bucket, _, _, band, *counts),) = store.database.stored(SUMS)
    assert (bucket, band, counts) == (AT // 900_000_000 - 1, 0, [1, 1, 9])


def test_what_is_set_aside_comes_back_when_a_better_record_turns_up(store: Store) -> None:
    store.ledger.take_in([read([row("a", output=1, terms=2)])])
    before = store.index_state().aside, store.database.stored(SUMS)
    store.ledger.take_in([read([row("a", output=1, terms=0)])])

    assert before == ({"more in one second than a conversation can have": 1}, [])
    assert store.index_state().aside == {}
    assert [each[4:] for each in store.database.stored(SUMS)] == [(1, 1, 1)]


def test_prompts_are_added_up_only_with_others_on_the_same_side_of_a_price_step(store: Store) -> None:
    store.ledger.take_in([read([row(f"k{n}", input=size) for n, size in enumerate([1, 100_000, 100_001, 300_000])])])

    assert [each[3:6] for each in store.database.stored(SUMS)] == [(0, 2, 100_001), (1, 1, 100_001), (3, 1, 300_000)]


def test_nothing_is_booked_and_no_mark_moves_where_the_store_cannot_be_written(tmp_path: Path) -> None:
    """Afterwards the same is booked as if nothing had been, under new numbers too."""
    desk = Desk(tmp_path)
    with desk.running() as it:
        it.store.ledger.take_in([read([row("a")], "/1")])
        ((pages,),) = it.store.database.stored("PRAGMA page_count")
        it.store.database.stored(f"PRAGMA max_page_count = {pages}")
        many = [row(f"key-{n:040}", place=1, terms=1) for n in range(2000)]
        with pytest.raises(StoreBusyError):
            it.store.ledger.take_in([read(many, "/2")])
        marks = set(it.store.ledger.marks())
        it.store.database.stored("PRAGMA max_page_count = 1000000")
        it.store.ledger.take_in([read(many, "/2")])

        assert marks == {"/1"}
        assert told(it.store).total() == 2001


def test_instants_limit_what_is_given_back_by_a_response_s_own_time(store: Store) -> None:
    """Its earliest record's, though a later one lies within the limits."""
    later = AT + 3_600_000_000
    store.ledger.take_in([read([row("a", "r1", 1, at=AT), row("a", "rx", 9, side=1, at=later), row("b", at=later)])])
    since = datetime(2026, 11, 18, 10, 30, tzinfo=UTC)

    outputs = [each.attempts[0].tokens.output for each in store.responses(since=since)]
    before = [each.attempts[0].tokens.output for each in store.responses(until=since)]
    assert (outputs, before) == ([1], [9])
    assert list(store.responses(provider="codex")) == []
    assert len(list(store.responses(provider="claude", until=since + timedelta(days=1)))) == 2


# ---- counting again ---------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    advice = entry(500, "advisor_message", model=SONNET)
    made.write("-work/s1.jsonl", *(answer(f"msg_{n}", 10, request=f"req_{n}", at=n * 60) for n in range(20)))
    made.write("-work/s2.jsonl", answer("msg_adv", usage={**used(50), "iterations": [entry(50), advice]}, request="r"))
    made.index()
    return made


def verified(desk: Desk, *statements: str) -> Differences:
    """What counting again finds after somebody has changed the ledger so."""
    counted = memory_store()
    try:
        with desk.running() as it:
            for each in statements:
                it.store.database.stored(each)
            Indexing(counted, it.indexing._providers, lambda: desk.settings, desk.environ, desk.clock).catch_up()
            return compared(it.store.database, counted.database)
    finally:
        counted.close()


def test_a_sound_ledger_passes(desk: Desk) -> None:
    found = verified(desk)

    assert found.none
    assert (found.responses, found.kept) == (21, 0)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("DELETE FROM record WHERE key = 'msg_3'", {"missing": 1, "sums_agree": False}),
        ("UPDATE record SET output = 11 WHERE key = 'msg_3'", {"differing": 1, "sums_agree": False}),
        ("UPDATE record SET input = input + 1 WHERE key = 'msg_adv'", {"differing": 1}),
        ("UPDATE usage SET output = output + 1 WHERE bucket = (SELECT min(bucket) FROM usage)", {"sums_agree": False}),
        ("DELETE FROM usage WHERE bucket = (SELECT max(bucket) FROM usage)", {"sums_agree": False}),
        ("UPDATE terms SET model = 'x' WHERE model LIKE '%opus%' AND id = 1", {"differing": 21}),
    ],
    ids=["a row is gone", "a row differs", "a row with several requests differs", "a sum", "a sum is gone", "a model"],
)
def test_a_ledger_that_was_tampered_with_does_not(desk: Desk, statement: str, expected: dict[str, object]) -> None:
    found = verified(desk, statement)

    assert not found.none
    assert {name: getattr(found, name) for name in expected} == expected


def test_rows_whose_logs_are_gone_are_no_difference(desk: Desk) -> None:
    (desk.tree / "-work" / "s1.jsonl").unlink()

    found = verified(desk)

    assert (found.none, found.responses, found.kept) == (True, 1, 20)


def test_adding_up_again_mends_the_sums(desk: Desk) -> None:
    before = desk.told()
    with desk.running() as it:
        it.store.database.stored("DELETE FROM usage WHERE bucket = (SELECT max(bucket) FROM usage)")
        it.store.ledger.add_up_again()

    assert desk.told() == before
    assert verified(desk).none


def test_a_first_scan_leaves_the_journal_as_small_as_ever(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("-work/s1.jsonl", answer("msg_1", 1))
    with desk.running() as it:
        before = it.store.database.stored("PRAGMA wal_autocheckpoint")
        it.indexing.catch_up()

        assert it.store.database.stored("PRAGMA wal_autocheckpoint") == before
