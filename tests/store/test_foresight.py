"""What the forecast remembers, and the changes of the ledger that it is told of: each once, whatever happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.forecast_days import HOUR, MONDAY, accustomed, worked
from tests.store.test_ledger import ROWS, read
from usagetray.domain.forecast import Memory
from usagetray.domain.forecast.memory import Habit
from usagetray.edges.store import Store, foresight
from usagetray.edges.store.counting_again import memory_store
from usagetray.edges.store.ledger import Told

OWNER = ("claude", "somebody")
MOST = 1000


@pytest.fixture
def store() -> Iterator[Store]:
    opened = memory_store()
    yield opened
    opened.close()


def begin(store: Store) -> None:
    store.database.write(*foresight.kept({OWNER: Memory()}, 0))


def output(found: Iterator[tuple[int, str, int]]) -> Counter[str]:
    """Tokens of output by model, without what comes to nothing."""
    sums: Counter[str] = Counter()
    for sign, model, tokens in found:
        sums[model] += sign * tokens
    return Counter({model: tokens for model, tokens in sums.items() if tokens})


def told_of(store: Store) -> Counter[str]:
    news = foresight.news(store.database, 0, MOST)
    return output((each.sign, one.model, one.tokens.output) for each in news for one in each.attempts)


def counted(store: Store) -> Counter[str]:
    return output((1, one.model, one.tokens.output) for each in store.responses() for one in each.attempts)


@given(st.lists(ROWS, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_the_news_of_the_ledger_add_up_to_it(parts: Sequence[Sequence[Told]]) -> None:
    store = memory_store()
    try:
        begin(store)
        for rows in parts:
            store.ledger.take_in([read(rows)])
        store.ledger.take_in([read(rows) for rows in parts])  # as a log that is read again

        assert told_of(store) == counted(store)
    finally:
        store.close()


def test_before_it_has_begun_nothing_is_noted(store: Store) -> None:
    store.ledger.take_in([read([("a", "r1", 0, 1_800_000_000_000_000, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, "")])])

    assert foresight.news(store.database, 0, MOST) == []
    assert not store.foresees


def test_a_memory_comes_back_as_it_was_kept(store: Store) -> None:
    memory = worked(accustomed(days=28), MONDAY + 9 * HOUR, MONDAY + 11 * HOUR, per_minute=0.004)

    store.database.write(*foresight.kept({OWNER: memory}, 0))

    assert foresight.memories(store.database) == {OWNER: memory}
    assert store.foresees
    assert len(foresight.body(memory)) < foresight.MOST_BYTES / 2


def test_a_memory_that_cannot_be_read_is_learned_anew(store: Store) -> None:
    begin(store)
    store.database.write(("UPDATE foresight SET memory = ?", [(b'{"windows": 7}',)]))

    assert foresight.memories(store.database) == {}


def test_what_is_taken_in_is_dropped_in_the_same_breath(store: Store) -> None:
    begin(store)
    at = int((MONDAY + HOUR).timestamp() * 1e6)
    for key in "ab":
        store.ledger.take_in([read([(key, "r1", 0, at, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, "")])])
    first, _ = foresight.news(store.database, 0, MOST)

    store.database.write(*foresight.kept({OWNER: Memory()}, first.id))

    (left,) = foresight.news(store.database, 0, MOST)
    assert left.at == MONDAY + HOUR
    assert left.id != first.id


def test_a_memory_never_outgrows_its_room() -> None:
    """The newest days stay."""
    days = tuple(tuple(123_456 for _ in range(96)) for _ in range(28))
    habit = Habit(model=None, first_day=20_000, days=days)
    large = Memory(habits=tuple(replace(habit, model=name) for name in (None, "a", "b", "c", "d")))

    written = foresight.body(large)

    assert 0 < len(written) <= foresight.MOST_BYTES
    store = memory_store()
    store.database.write(*foresight.kept({OWNER: large}, 0))
    (kept,) = foresight.memories(store.database).values()
    assert {each.first_day + len(each.days) for each in kept.habits} == {20_028}
    store.close()


def test_quarters_say_what_responses_say(store: Store) -> None:
    at = int((MONDAY + HOUR).timestamp() * 1e6)
    rows = [(str(n), "r1", 0, at + n * 60_000_000, 0, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, "") for n in range(40)]
    store.ledger.take_in([read(rows)])

    found = list(foresight.quarters(store.database, "claude", MONDAY, MONDAY + timedelta(days=1)))

    assert sum(one.tokens.output for each in found for one in each.attempts) == 280
    assert [each.at for each in found] == [MONDAY + HOUR + timedelta(minutes=7.5 + 15 * n) for n in range(3)]
