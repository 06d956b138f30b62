"""Forks and sub-agents of Codex: what they copied from their parent is not counted again, and what is theirs is.

A parent's answers are counted as 1, 2, 3...; `of` reads each file at once and cut at every line.
"""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.providers.codex.session_lines import (
    CHILD,
    PARENT,
    Reading,
    agent,
    by_key,
    count,
    meta,
    of,
    record,
    trigger,
    turn,
    usage,
)

PARENT_LINES = (meta(PARENT, -3600), turn(-3599), count(-3500, 1), count(-3499, 1), count(-3400, 2), count(-3300, 3))
BURST = (turn(0.01, "gpt-5.3-codex"), count(0.02, 1), count(0.021, 1), count(0.022, 2), count(0.023, 3))
"""The parent's lines, copied under the child's times."""
OLD = PARENT_LINES[1:]
"""The parent's lines, copied under their own times."""
PARENT_META = meta(PARENT, -3600)


def child(*lines: bytes, parent: tuple[bytes, ...] = ()) -> Reading:
    return of(*lines, thread=CHILD, **({"PARENT": parent} if parent else {}))


def inherited(first: int, at: float = 12) -> tuple[bytes, ...]:
    """An agent whose counter goes on from its parent's, of which nothing was copied."""
    return agent(), turn(0.5), count(at, first), count(at + 30, first + 1)


# ---- 1: the first line says where the own part begins ------------------------------------------------------


def numbered(*lines: bytes) -> tuple[bytes, ...]:
    return tuple(json.dumps(json.loads(each) | {"ordinal": at}).encode() for at, each in enumerate(lines))


def test_lines_before_the_stated_ordinal_are_history_even_after_a_pause():
    lines = numbered(agent(subagent_history_start_ordinal=4), turn(0.1), count(0.2, 5), count(9, 6), count(20, 7))

    assert child(*lines).answers == 1


def test_a_line_without_an_ordinal_is_history():
    lines = numbered(agent(subagent_history_start_ordinal=2), count(0.2, 5), count(20, 6))

    assert child(lines[0], lines[1], count(0.3, 8), count(21, 9, ordinal=7)).answers == 1


def test_where_all_history_lies_elsewhere_the_first_own_total_tells_what_was_inherited():
    lines = numbered(agent(subagent_history_start_ordinal=1), turn(1), count(9, 28), count(20, 29))

    assert child(*lines).answers == 2


# ---- 2: the parent's totals are repeated -------------------------------------------------------------------


def test_what_agrees_with_the_parent_s_log_is_history():
    """Without a pause between: the own answer is told by the parent's log alone."""
    lines = (agent(), *BURST, count(0.9, 4), count(20, 5))

    assert child(*lines, parent=PARENT_LINES).answers == 2


def test_a_pause_within_a_copy_that_agrees_with_the_parent_s_log_does_not_end_it():
    """A long copy, written while the disk was busy."""
    lines = (agent(), *BURST[:3], count(3, 2), count(3.1, 3), turn(5), count(20, 4))

    assert child(*lines, parent=PARENT_LINES).answers == 1


def test_a_parent_known_only_by_its_copied_first_line_is_looked_for_too():
    lines = (meta(CHILD, thread_source="subagent"), PARENT_META, *BURST, count(0.9, 4))

    assert child(*lines, parent=PARENT_LINES).answers == 1


def test_the_parent_may_go_on_after_the_fork():
    lines = (agent(), *BURST, turn(5), count(20, 5, 2))

    assert child(*lines, parent=(*PARENT_LINES, count(30, 4), count(40, 5))).answers == 2


def test_an_own_first_answer_that_equals_the_parent_s_is_no_copy():
    """Two agents may well begin with an answer of the same size; a copy would stand at the very beginning."""
    lines = (agent(), turn(0.5), count(12, 1), count(30, 2))

    assert child(*lines, parent=PARENT_LINES).answers == 2


def test_siblings_that_coincide_both_count():
    sibling = CHILD.replace("bb", "cc")
    mine = child(agent(), turn(0.5), count(12, 1))
    theirs = of(agent(sibling), turn(0.5), count(12, 1), thread=sibling)

    assert len(by_key([mine, theirs])) == 2


def test_lines_older_than_the_thread_are_history():
    assert child(agent(), *OLD, turn(0.1), count(0.9, 4), count(20, 5)).answers == 2


def test_lines_older_than_the_thread_are_history_with_the_parent_s_log_too():
    assert child(agent(), PARENT_META, *OLD, turn(1), count(0.9, 4), parent=PARENT_LINES).answers == 1


def test_the_own_part_begins_with_a_triggered_turn():
    """The own answer comes 0.3 s after the copy."""
    lines = (agent(), PARENT_META, *BURST, turn(0.1), trigger(0.11), count(0.4, 4), count(0.5, 4), count(20, 5))

    assert child(*lines).answers == 2


def test_a_triggered_turn_parts_even_a_copy_without_its_parent_s_first_line():
    assert child(agent(), *BURST, turn(5), trigger(5.01), count(20, 4)).answers == 1


def test_a_trigger_that_does_not_follow_a_turn_at_once_says_nothing():
    lines = (agent(), PARENT_META, *BURST[:3], trigger(0.0211), *BURST[3:], turn(5), count(20, 4))

    assert child(*lines).answers == 1


def test_a_triggered_turn_copied_at_the_beginning_does_not_hide_the_copy_after_it():
    """The parent was itself an agent: its own first turn was copied with the rest."""
    lines = (agent(), PARENT_META, turn(0.01), trigger(0.011), *BURST, turn(5), trigger(5.01), count(20, 4))

    assert child(*lines).answers == 1


def test_an_agent_that_begins_fresh_with_a_triggered_turn_counts_whole():
    assert child(agent(), turn(0.1), trigger(0.11), count(0.9, 1), count(20, 2)).answers == 2


def test_the_first_pause_ends_a_copy():
    assert child(agent(), PARENT_META, *BURST, turn(5), count(5.5, 4), count(20, 5)).answers == 2


def test_a_pause_before_the_copy_does_not_end_it():
    """The first line is written, and the copy a moment later."""
    assert child(agent(), PARENT_META, count(1.5, 1), count(1.6, 2), count(20, 3)).answers == 1


def test_without_the_parent_s_first_line_two_inherited_totals_at_once_are_a_copy():
    assert child(agent(), turn(0.1), count(0.2, 20), count(0.3, 28, 8), count(50, 29)).answers == 1


def test_a_fork_by_the_user_is_a_session_of_its_own():
    reading = child(meta(CHILD, forked_from_id=PARENT), PARENT_META, *BURST, turn(5), count(20, 4))

    assert [(each.place.session, each.place.agent) for each in reading.events] == [(CHILD, "")]


def test_a_copied_first_line_makes_a_fork_of_an_unmarked_file():
    assert child(meta(CHILD), PARENT_META, *BURST, turn(5), count(20, 4)).answers == 1


def test_a_fork_whose_own_first_line_is_lost_is_no_copy_of_its_parent():
    reading = child(agent()[:-5], PARENT_META, *BURST, turn(5), count(20, 4))

    assert reading.answers == 1
    assert {each.place.session for each in reading.events} == {CHILD}


def test_a_counter_that_starts_again_after_a_copy_counts_from_zero():
    assert child(agent(), PARENT_META, *BURST, turn(5), count(20, 1), count(30, 2)).answers == 2


def test_the_copy_s_last_total_written_again_is_still_history():
    """One copied answer; limits are told anew before the own one."""
    assert child(agent(), PARENT_META, count(0.01, 1), turn(5), count(6, 1), count(20, 2)).answers == 1


def test_the_copied_turn_s_folder_is_not_the_fork_s():
    copied = turn(0.01, cwd="/of/the/parent")

    (event,) = child(agent(), PARENT_META, copied, *BURST[1:], turn(5), count(20, 4)).events

    assert (event.place.project, event.terms.model) == ("/work", "gpt-5.5")


def test_an_own_record_ends_a_copy():
    lines = (agent(), *BURST, record(0.5, "resp_1", 1, thread=CHILD), count(0.6, 4))

    assert [each.key for each in child(*lines).events] == ["resp_1"]


# ---- 3 and 4: nothing is copied ----------------------------------------------------------------------------


def test_a_restarted_counter_counts_from_zero_however_large_the_parent_s():
    assert child(agent(), turn(0.5), count(12, 1), count(30, 2), parent=PARENT_LINES).answers == 2


def test_answers_in_quick_succession_wait_for_the_first_pause_and_then_count():
    assert child(agent(), turn(0.1), count(0.5, 1), count(1.2, 2), count(30, 3)).answers == 3


def test_more_answers_at_once_than_anyone_can_give_are_a_copy():
    copied = [count(0.01 * each, each) for each in range(1, 12)]

    reading = child(agent(), *copied, turn(5), count(20, 12))

    assert reading.answers == 1
    assert reading.events[0].terms.flags == "tier_assumed estimate"


def test_an_inherited_counter_tells_by_its_first_answer_where_it_stood():
    assert child(*inherited(28)).answers == 2


def test_an_inherited_total_written_at_the_very_beginning_holds_no_own_answer():
    assert child(*inherited(28, at=1.8)).answers == 1


def test_an_inherited_total_that_does_not_tell_its_answer_counts_what_is_added():
    reading = child(agent(), turn(0.5), count(12, 28, None), count(30, 29))

    assert reading.answers == 1
    assert reading.events[0].terms.flags == "tier_assumed estimate"


# ---- whatever the shape ------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    copied=st.integers(1, 6),
    own=st.integers(1, 5),
    has_parent=st.booleans(),
    names_parent=st.booleans(),
    repeats=st.booleans(),
)
def test_a_copy_and_its_parent_never_count_more_than_was_used(
    copied: int, own: int, has_parent: bool, names_parent: bool, repeats: bool
):
    """With the parent's log or its first line, forks are exact; each answer has one key in all files together."""
    often = 2 if repeats else 1
    parent = (meta(PARENT, -3600), *(count(-3000 + each, each) for each in range(1, copied + 1) for _ in range(often)))
    burst = [count(0.01 * each, each) for each in range(1, copied + 1) for _ in range(often)]
    later = [count(10 * each, copied + each) for each in range(1, own + 1)]
    lines = (agent(), *([PARENT_META] if names_parent else []), *burst, turn(5), *later)
    known = {"PARENT": parent} if has_parent else {}

    reading = of(*lines, thread=CHILD, **known)

    if has_parent or names_parent:
        assert reading.answers == own
    keys = [each.key for each in (*reading.events, *of(*parent).events)]
    assert len(keys) == len(set(keys))
    assert sum(each.output for each in reading.events) <= usage(copied + own)["output_tokens"]
