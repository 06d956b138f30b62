"""The rules by which records become responses: no order of reading, no repetition and no cut changes what counts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from usagetray.domain.ledger import (
    AGENT,
    MOST_TOKENS,
    SIDE,
    TOO_LARGE,
    TOO_MANY,
    Names,
    Record,
    implausible,
    joined,
    responses,
)

TERMS = {1: ("opus", "", "", "", ""), 2: ("opus", "standard", "", "", ""), 3: ("opus", "", "", "", "assumed")}
TERMS |= {4: ("opus", "", "", "", "replayed")}
PLACES = {1: ("claude", "", "", "/work/a", "", "s1"), 2: ("claude", "", "", "/work/b", "", "s2")}
NAMES = Names(TERMS.__getitem__, PLACES.__getitem__)
ATTEMPTS = ("", '[["", 1, 0, 0, 0, 3], ["small", 1, 0, 0, 0, 2]]', '[["", 1, 0, 0, 0, 4], ["small", 1, 0, 0, 0, 1]]')

SMALL = st.integers(0, 3)
TIMES = st.integers(1, 3)


@st.composite
def records(draw: st.DrawFn, *, parts: tuple[str, ...] = ("", "r1", "r2"), sides: tuple[int, ...] = (0, 1)) -> Record:
    at, side = draw(TIMES), draw(st.sampled_from(sides))
    rank = at | (SIDE if side else 0) | draw(st.sampled_from([0, AGENT]))
    return Record(
        "msg", draw(st.sampled_from(parts)), side, at,
        draw(st.sampled_from(sorted(PLACES))), rank, draw(TIMES), draw(st.sampled_from(sorted(TERMS))),
        *(draw(SMALL) for _ in range(4)), draw(SMALL), draw(SMALL), draw(SMALL), draw(st.sampled_from(ATTEMPTS)),
    )  # fmt: skip


OF_ONE_PART = records(parts=("r1",), sides=(0,))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(a=OF_ONE_PART, b=OF_ONE_PART, c=OF_ONE_PART)
def test_joining_does_not_depend_on_order_or_repetition(a: Record, b: Record, c: Record) -> None:
    """Commutative, associative, idempotent: so a ledger may be filled in any order, and filled again."""
    assert joined(a, a, NAMES) == a
    assert joined(a, b, NAMES) == joined(b, a, NAMES)
    assert joined(joined(a, b, NAMES), c, NAMES) == joined(a, joined(b, c, NAMES), NAMES)
    assert joined(joined(a, b, NAMES), a, NAMES) == joined(a, b, NAMES)


def folded(told: list[Record]) -> list[Record]:
    """As the ledger keeps them: one for each part and side."""
    kept: dict[tuple[object, ...], Record] = {}
    for each in told:
        former = kept.get(each[1:3])
        kept[each[1:3]] = each if former is None else joined(former, each, NAMES)
    return list(kept.values())


@settings(max_examples=100, deadline=None, derandomize=True)
@given(told=st.lists(records(), min_size=1, max_size=5), data=st.data())
def test_the_responses_of_a_key_do_not_depend_on_the_order_of_its_records(
    told: list[Record], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(told))

    assert responses(folded(told), NAMES) == responses(folded(shuffled), NAMES)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(told=st.lists(records(), min_size=1, max_size=5))
def test_what_counts_has_the_most_output_of_what_was_told_and_never_more(told: list[Record]) -> None:
    found = responses(folded(told), NAMES)

    most = max(each.output for each in told)
    assert max(each.output for each in found) <= most
    if len(found) == 1:
        assert found[0].output == most
        assert found[0].at == min(each.at for each in told)


def record(part: str = "r1", output: int = 1, *, side: int = 0, at: int = 5, place: int = 1) -> Record:
    rank = at | (SIDE if side else 0)
    return Record("msg", part, side, at, place, rank, 0, 1, 0, 0, 0, 0, output, 0, 0, "")


def outputs(*told: Record) -> list[int]:
    return [each.output for each in responses(folded(list(told)), NAMES)]


def test_two_requests_outside_side_chains_are_two_responses() -> None:
    assert outputs(record("r1", 5), record("r2", 7)) == [5, 7]


def test_a_side_chain_joins_the_response_of_its_request_else_the_only_one_else_none() -> None:
    """Another request's placeholder is completed by it; between two it is dropped."""
    assert outputs(record("r1", 1), record("r1", 9, side=1)) == [9]
    assert outputs(record("r1", 1), record("rx", 9, side=1)) == [9]
    assert outputs(record("r1", 5), record("r2", 7), record("rx", 9, side=1)) == [5, 7]
    assert outputs(record("r1", 5), record("r2", 7), record("r2", 9, side=1)) == [5, 9]


def test_a_record_that_names_no_request_is_treated_like_a_side_chain() -> None:
    assert outputs(record("", 1), record("r1", 9)) == [9]
    assert outputs(record("", 100), record("r1", 5), record("r2", 7)) == [5, 7]


def test_a_sub_agent_s_own_work_is_one_response_whatever_its_requests() -> None:
    assert outputs(record("r1", 3, side=1), record("r2", 4, side=1)) == [4]


def test_the_place_is_that_of_the_earliest_record_outside_side_chains() -> None:
    (found,) = responses([record("r1", 9, side=1, at=1, place=1), record("r1", 1, at=5, place=2)], NAMES)

    assert (found.place, found.at) == (2, 1)


def test_of_two_copies_with_all_alike_the_place_is_decided_by_its_names_not_by_its_number() -> None:
    """Numbers are given in the order of reading."""
    other = Names(TERMS.__getitem__, {1: PLACES[2], 2: PLACES[1]}.__getitem__)

    one, two = (joined(record(place=1), record(place=2), names) for names in (NAMES, other))

    assert NAMES.place(one.place) == other.place(two.place)


def test_what_is_larger_than_any_context_window_is_not_plausible() -> None:
    """Requests of one response are judged one by one: their sum may be large."""
    whole = record(output=MOST_TOKENS)
    several = record()._replace(
        output=MOST_TOKENS + 2, attempts=f'[["", 0, 0, 0, 0, {MOST_TOKENS}], ["", 0, 0, 0, 0, 2]]'
    )

    assert implausible(whole, NAMES) == implausible(several, NAMES) == ""
    assert implausible(whole._replace(output=MOST_TOKENS + 1), NAMES) == TOO_LARGE
    assert implausible(whole._replace(cache_read=MOST_TOKENS, input=1), NAMES) == TOO_LARGE
    assert implausible(several._replace(attempts=f'[["", 0, 0, 0, 0, {MOST_TOKENS + 1}]]'), NAMES) == TOO_LARGE
    assert implausible(record()._replace(terms=4), NAMES) == TOO_MANY
