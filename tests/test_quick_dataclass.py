"""Our `dataclass` beside the standard library's: the same classes, made faster."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from usagetray import quick_dataclass


def shape(dataclass: Callable[..., Any]) -> Any:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Shape:
        name: str
        corners: int = 4
        colors: list[str] = dataclasses.field(default_factory=list)
        note: str = dataclasses.field(default="", repr=False)
        seen: int = dataclasses.field(default=0, compare=False)

        @property
        def is_square(self) -> bool:
            return self.corners == 4

    return Shape


OURS, THEIRS = shape(quick_dataclass.dataclass), shape(dataclasses.dataclass)


@quick_dataclass.dataclass(frozen=True, slots=True)
class Pair:
    """At the top of a module, as pickle and type hints want it."""

    left: int
    right: int = 2


@pytest.mark.parametrize(
    "given", [{"name": "a"}, {"name": "a", "corners": 3, "colors": ["red"], "note": "n", "seen": 5}], ids=["few", "all"]
)
def test_an_instance_is_and_shows_what_the_library_s_would(given: dict[str, Any]) -> None:
    ours, theirs = OURS(**given), THEIRS(**given)

    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert repr(ours) == repr(theirs)
    assert ours.is_square == theirs.is_square
    assert OURS.__slots__ == THEIRS.__slots__
    assert not hasattr(ours, "__dict__")


@pytest.mark.parametrize("wrong", [{}, {"name": "a", "size": 1}, {"corners": 3}])
def test_missing_and_unknown_fields_are_refused(wrong: dict[str, Any]) -> None:
    fresh = shape(quick_dataclass.dataclass)
    for _ in range(2):  # the first instances and the others are made in different ways
        with pytest.raises(TypeError):
            fresh(**wrong)


def test_the_first_instances_and_the_others_are_alike() -> None:
    fresh = shape(quick_dataclass.dataclass)

    made = [fresh(name="a", corners=3) for _ in range(3 * quick_dataclass.FEW)]

    assert set(map(repr, made)) == {repr(THEIRS(name="a", corners=3))}
    assert len({id(each.colors) for each in made}) == len(made)
    assert all(each == made[0] for each in made)


def test_fields_by_keyword_cannot_be_given_by_their_place() -> None:
    with pytest.raises(TypeError):
        OURS("a")
    with pytest.raises(TypeError):
        Pair(1, left=1)  # type: ignore[misc]
    with pytest.raises(TypeError):
        Pair(1, 2, 3)  # type: ignore[call-arg]

    assert Pair(1) == Pair(1, 2) == Pair(right=2, left=1)


def test_equal_ones_are_equal_and_have_one_hash_whatever_is_not_compared() -> None:
    one, same, other = OURS(name="a", colors=(), seen=1), OURS(name="a", colors=(), seen=2), OURS(name="b", colors=())

    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != THEIRS(name="a", colors=())


def test_each_instance_has_a_list_of_its_own() -> None:
    assert OURS(name="a").colors is not OURS(name="a").colors


def test_nothing_can_be_set_or_deleted() -> None:
    pair = Pair(1)

    with pytest.raises(dataclasses.FrozenInstanceError):
        pair.left = 3  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del pair.left
    assert pair.left == 1


def test_copies_replacements_patterns_and_json_work_as_with_the_library_s() -> None:
    pair = Pair(1, 3)

    assert dataclasses.replace(pair, left=5) == Pair(5, 3)
    assert copy.deepcopy(pair) == pair
    assert pickle.loads(pickle.dumps(pair)) == pair
    assert msgspec.json.decode(msgspec.json.encode(pair), type=Pair) == pair
    match pair:
        case Pair(left, right):
            assert (left, right) == (1, 3)


def test_what_is_not_frozen_is_the_library_s_own() -> None:
    @quick_dataclass.dataclass(slots=True)
    class Counter:
        count: int = 0

    counter = Counter()
    counter.count += 1

    assert counter == Counter(1)
