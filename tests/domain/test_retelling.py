"""A copy under new names is found; a busy day, work that resembles other work, and chance are not."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from usagetray.domain.retelling import LEAST_STRETCH, Told, far_beyond, retold

MINUTE = 60_000_000
DAY = 1440 * MINUTE


@dataclass
class Model:
    """Answers as a model gives them: a prompt that grows, answers of any length."""

    chance: random.Random

    def conversation(self, number: int, length: int, *, day: int = 0) -> list[Told]:
        read, found = 15_000, []
        for place in range(length):
            written, output = self.chance.randrange(100, 4000), self.chance.randrange(20, 2500)
            counts = ("opus", 3, written, 0, read, output)
            found.append(Told(f"{number}/{place}", day * DAY + place * MINUTE, number, counts))
            read += written
        return found


@pytest.fixture
def model() -> Model:
    return Model(random.Random(7))


def again(told: Sequence[Told], number: int, *, day: int = 9, apart: int = MINUTE) -> list[Told]:
    """The same under other names, in another conversation of another day."""
    return [
        Told(f"again {number}/{place}", day * DAY + place * apart, number, each.counts)
        for place, each in enumerate(told)
    ]


@pytest.mark.parametrize("apart", [MINUTE, 1000, 0], ids=["as slowly", "in a burst", "all at one instant"])
def test_a_copy_is_found_however_it_is_stamped(model: Model, apart: int) -> None:
    old = model.conversation(1, 60)
    copy = again(old, 2, apart=apart)

    assert retold(copy, old) == {each.key for each in copy}


def test_what_goes_on_after_a_copy_counts(model: Model) -> None:
    old = model.conversation(1, 60)
    copy = again(old, 2)
    own = [each._replace(at=each.at + 10 * DAY, conversation=2) for each in model.conversation(3, 40)]

    assert retold([*copy, *own], old) == {each.key for each in copy}


def test_one_conversation_told_many_times_over_is_found_each_time(model: Model) -> None:
    old = model.conversation(1, 60)
    copies = [each for number in range(2, 30) for each in again(old, number)]

    assert len(retold(copies, old)) == 28 * 60


@pytest.mark.parametrize("length", [5, LEAST_STRETCH - 1])
def test_conversations_that_begin_alike_are_two(model: Model, length: int) -> None:
    old = model.conversation(1, 60)

    assert not retold(again(old[:length], 2), old)


def test_the_busiest_of_days_is_no_copy(model: Model) -> None:
    old = [each for number in range(50) for each in model.conversation(number, 40)]
    busy = [each for number in range(50, 250) for each in model.conversation(number, 40, day=9)]

    assert not retold(busy, old)


def test_a_machine_that_says_yes_or_no_repeats_itself_by_chance() -> None:
    chance = random.Random(3)

    def job(number: int, day: int) -> list[Told]:
        asked = [("haiku", 500 + place, 0, 0, 0, chance.randrange(1, 4)) for place in range(400)]
        return [Told(f"{number}/{place}", day * DAY + place, number, each) for place, each in enumerate(asked)]

    assert not retold(job(2, 9), job(1, 0))


def test_few_kinds_of_answers_come_in_no_order_but_chance_s() -> None:
    """Every response of the day could be one of the older ones; only their order says that none is."""
    kinds = [("haiku", 500, 0, 0, 0, output) for output in range(1, 40)]
    chance = random.Random(5)
    old, new = (
        [Told(f"{day}/{place}", day * DAY + place * MINUTE, day, chance.choice(kinds)) for place in range(3000)]
        for day in (0, 9)
    )

    assert not retold(new, old)


def test_only_days_far_beyond_all_others_are_looked_at() -> None:
    usual = {day: 100 + day for day in range(20)}

    assert far_beyond(usual) == ()
    assert far_beyond({**usual, 20: 230}) == ()
    assert far_beyond({**usual, 20: 250}) == (20,)
    assert far_beyond({**usual, 20: 900, 21: 800}) == (20, 21)
    assert far_beyond({**usual, 20: 900, 21: 800, 22: 700}) == (20, 21, 22)
    assert far_beyond({**usual, 20: 900, 21: 800, 22: 700, 23: 600}) == ()
    assert far_beyond({0: 1, 1: 1, 2: 900}) == ()
