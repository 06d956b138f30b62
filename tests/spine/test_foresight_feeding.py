"""What responses weigh, and what the forecast begins with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.store.test_ledger import read
from tests.views.build import NOW, account, fable, window
from usagetray.domain.forecast import Memory
from usagetray.domain.rates import RateTable
from usagetray.edges.store import Store
from usagetray.edges.store.counting_again import memory_store
from usagetray.edges.store.ledger import LogRead
from usagetray.edges.tables import rate_table
from usagetray.model import Account, Snapshot, UsageWindow
from usagetray.overview import AccountView
from usagetray.spine import foresight_feeding as feeding
from usagetray.spine.forensics import Place
from usagetray.usage import Attempt, EventTerms, TokenCounts

HOME = Place("/home/x/.claude", "")
FABLE, OPUS = EventTerms("claude-fable-5"), EventTerms("claude-opus-4-5")


@pytest.fixture(scope="module")
def table() -> RateTable:
    return rate_table()


@pytest.fixture
def store() -> Iterator[Store]:
    opened = memory_store()
    yield opened
    opened.close()


def attempt(model: str, **changes: object) -> Attempt:
    given = {"model": model, "at": NOW, "tokens": TokenCounts(input=1000), "prompt": 1000, "tier": "standard"}
    return Attempt(**{**given, **changes})  # type: ignore[arg-type]


def logged(store: Store, back: timedelta, terms: EventTerms, count: int = 10, *, key: str = "") -> None:
    """So many responses of 1000 tokens of output, a minute apart."""
    at = int((NOW - back).timestamp() * 1e6)
    rows = [
        (f"{key}{back}{terms.model}{n}", "r", 0, at + n * 60_000_000, 0, at, 0, 0, 0, 0, 0, 0, 1000, 0, 0, "")
        for n in range(count)
    ]
    found = read(rows)
    store.ledger.take_in([LogRead(found.mark, found.where, found.places, [terms], found.told)])


def heard(store: Store, *who: tuple[str, datetime]) -> None:
    """Readings that say whose home it was, and when."""
    for name, at in who:
        stated = UsageWindow(
            key="five_hour", label="Session", scope="5 h", utilization=0.1, resets_at=at + timedelta(hours=4),
            length=timedelta(hours=5),
        )  # fmt: skip
        said = Snapshot(
            provider_id="claude", strategy_id="x", account=Account(id=name), captured_at=at, windows=(stated,)
        )
        store.save_snapshot(said, HOME.home, at)


def mine() -> AccountView:
    return account(window(0.5), fable(0.4), account="acc-1")


def thousands(memory: Memory, model: str | None) -> int:
    return sum(sum(day) for each in memory.habits if each.model == model for day in each.days)


def test_tokens_weigh_by_list_price_and_fast_mode_nothing(table: RateTable) -> None:
    """An input token at $5 a million weighs 1; one without a price as if it cost $1."""
    assert feeding.weight_of(attempt("claude-opus-4-5"), table) == pytest.approx(1000)
    assert feeding.weight_of(attempt("claude-opus-5-5", speed="fast"), table) == 0.0
    assert feeding.weight_of(attempt("made-up-model"), table) == pytest.approx(200)


def test_a_model_is_called_as_its_window_does() -> None:
    assert feeding.model_of(attempt("claude-fable-5"), {"Fable", "Opus"}) == "Fable"
    assert feeding.model_of(attempt("claude-fable-5"), {"Fable", "Fable-5"}) == "Fable-5"
    assert feeding.model_of(attempt("claude-opus-4-5"), {"Fable"}) == "claude-opus-4-5"


def test_it_begins_with_four_weeks_of_the_ledger_told_apart_by_model(store: Store, table: RateTable) -> None:
    heard(store, ("acc-1", NOW - timedelta(days=27)))
    for days in (1, 3, 20, 40):
        logged(store, timedelta(days=days), OPUS)
    logged(store, timedelta(days=3), FABLE)

    memory = feeding.begun(mine(), store, (HOME,), lambda: table, NOW)

    assert thousands(memory, None) - thousands(memory, "Fable") == pytest.approx(3 * 10 * 5, abs=3)
    assert thousands(memory, "Fable") > 0
    assert memory.worked_at is not None
    assert NOW - memory.worked_at < timedelta(days=1)


def test_what_another_account_used_in_the_same_home_is_not_ours(store: Store, table: RateTable) -> None:
    heard(store, ("acc-2", NOW - timedelta(days=20)), ("acc-1", NOW - timedelta(days=10)))
    logged(store, timedelta(days=15), OPUS, key="theirs")
    logged(store, timedelta(days=5), OPUS, key="ours")

    memory = feeding.begun(mine(), store, (HOME,), lambda: table, NOW)

    assert thousands(memory, None) == pytest.approx(50, abs=2)


def test_a_window_for_one_model_that_turns_up_knows_what_the_ledger_knows(store: Store, table: RateTable) -> None:
    heard(store, ("acc-1", NOW - timedelta(days=27)))
    logged(store, timedelta(days=3), FABLE)
    logged(store, timedelta(days=3), OPUS)
    shown = mine()

    memory = feeding.with_habit(Memory(), shown, store, (HOME,), table, shown.windows[1], NOW)

    (habit,) = memory.habits
    assert habit.model == "Fable"
    assert sum(map(sum, habit.days)) > 0


def test_without_logs_there_is_a_memory_of_readings_alone(store: Store, table: RateTable) -> None:
    memory = feeding.begun(mine(), store, (), lambda: table, NOW)

    assert memory.habits == ()
