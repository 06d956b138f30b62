"""A day that is far beyond all others because old conversations are told again under new names."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.logs.desk import Desk
from tests.logs.lines import answer, used
from usagetray.domain.ledger import TOLD_AGAIN

DAY = 86_400
DAYS, EACH = 10, 40


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def conversation(number: int, length: int = EACH, *, seed: int = 0) -> list[dict[str, Any]]:
    """A day's conversation: a prompt that grows, answers of any length."""
    chance, read, lines = random.Random(f"{number} {seed}"), 10_000, []
    for place in range(length):
        written = chance.randrange(100, 3000)
        usage = used(chance.randrange(20, 2000), write=written, read=read)
        read += written
        at = (number - DAYS) * DAY + place * 60
        name = f"{number}_{seed}_{place}"
        lines.append(answer(f"msg_{name}", request=f"req_{name}", at=at, session=f"s{number}", usage=usage))
    return lines


def again(told: Sequence[dict[str, Any]], number: int, *, apart: int = 30) -> list[dict[str, Any]]:
    """The same under new ids, in another log, today."""
    return [
        answer(f"new_{number}_{place}", request=f"nreq_{number}_{place}", at=place * apart, session=f"copy{number}",
               usage=each["message"]["usage"])
        for place, each in enumerate(told)
    ]  # fmt: skip


def history(desk: Desk) -> int:
    """Ten days of work; the tokens of all of it."""
    for number in range(DAYS):
        desk.write(f"-work/s{number}.jsonl", *conversation(number))
    desk.index()
    return desk.totals().total


def copies(desk: Desk, *, apart: int = 30) -> None:
    for number in range(DAYS):
        desk.write(f"-work/copy{number}.jsonl", *again(conversation(number), number, apart=apart))


@pytest.mark.parametrize("apart", [30, 1], ids=["in minutes", "in a burst"])
def test_what_is_told_again_is_set_aside_and_told(desk: Desk, apart: int) -> None:
    true = history(desk)
    copies(desk, apart=apart)
    desk.index()

    assert desk.totals().total == true
    with desk.running() as it:
        assert it.store.index_state().aside == {TOLD_AGAIN: DAYS * EACH}
        it.told()


def test_the_day_s_own_work_counts_beside_it(desk: Desk) -> None:
    true = history(desk)
    copies(desk)
    desk.write("-work/own.jsonl", *conversation(DAYS))
    desk.index()

    own = sum(sum(each["message"]["usage"][name] for name in (
        "input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens"
    )) for each in conversation(DAYS))  # fmt: skip
    assert desk.totals().total == true + own


def test_the_order_of_reading_and_reading_again_change_nothing(desk: Desk) -> None:
    """The copies first, then what they are copies of; then everything once more, and after the copies were deleted."""
    copies(desk)
    desk.index()
    true = history(desk)
    with desk.running() as it:
        it.indexing.read_anew()
        it.store.ledger.add_up_again()
        it.indexing.catch_up()
        it.told()
    assert desk.totals().total == true
    for number in range(DAYS):
        (desk.tree / f"-work/copy{number}.jsonl").unlink()
    desk.index()
    assert desk.totals().total == true


def test_a_program_that_runs_on_sees_it_too(desk: Desk) -> None:
    with desk.running() as it:
        true = history(desk)
        it.look()
        copies(desk)
        desk.clock.sleep(400)
        it.look()

        assert it.output == desk.totals().output
        assert desk.totals().total == true


def test_the_busiest_of_days_counts_in_full(desk: Desk) -> None:
    """Ten times as much as on any other day."""
    true = history(desk)
    for seed in range(1, 11):
        desk.write(f"-work/busy{seed}.jsonl", *conversation(DAYS, seed=seed))
    desk.index()

    assert desk.totals().total > 1.9 * true
    with desk.running() as it:
        assert it.store.index_state().aside == {}


def test_a_busy_day_with_copies_in_it_is_looked_at_again_and_again_with_one_result(desk: Desk) -> None:
    true = history(desk)
    copies(desk)
    for seed in range(1, 11):
        desk.write(f"-work/busy{seed}.jsonl", *conversation(DAYS, seed=seed))
    desk.index()
    first = desk.totals().total
    desk.write("-work/more.jsonl", *conversation(DAYS, seed=11))
    desk.index()

    more = desk.totals().total - first
    assert first > 1.9 * true
    assert 0 < more < true / DAYS * 2
    with desk.running() as it:
        assert it.store.index_state().aside == {TOLD_AGAIN: DAYS * EACH}
        flags = it.store.database.stored("SELECT DISTINCT flags FROM terms JOIN record ON terms.id = record.terms")
        assert sorted(flags) == [("",), ("retold",)]
        it.told()


def test_a_little_told_again_is_no_day_beyond_all_others(desk: Desk) -> None:
    history(desk)
    desk.write("-work/copy.jsonl", *again(conversation(3), 3))
    desk.index()

    with desk.running() as it:
        assert it.store.index_state().aside == {}
