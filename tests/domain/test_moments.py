"""Dear moments of a window, each with its reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.domain.test_forensics import found, reading, use
from usagetray.domain.forensics import cause
from usagetray.domain.moments import Moment, Reason, moments
from usagetray.domain.weighing import Use


def only(uses: list[Use], percent: float = 11) -> Moment:
    """The one moment of a rise that ends after all of them, and within an hour of the window's beginning."""
    (told,) = moments(found([reading(50, percent)], uses))
    return told


LONG = use(-100, 1.0, prompt=180_000, read=170_000, written=10_000)
"""A conversation with a long prompt, in the window before."""


def test_going_on_after_a_pause_is_a_cache_lost() -> None:
    """182k tokens were written anew after 102 minutes: that one response took 11 %."""
    told = only([LONG, use(2, 30.0, prompt=182_000, read=0, written=182_000), use(2.5, 1.0), use(3, 1.0)])

    assert told.reason is Reason.CACHE_LOST
    assert told.pause == timedelta(minutes=102)
    assert told.prompt == 182_000
    assert told.responses == 1
    assert told.share == pytest.approx(0.11 * 30 / 32)


@pytest.mark.parametrize(
    ("before", "now", "reason"),
    [
        ({}, {"prompt": 190_000, "read": 189_000}, Reason.LARGE_PROMPT),
        ({}, {"prompt": 60_000, "read": 20_000}, Reason.COMPACTED),
        ({}, {"prompt": 182_000, "read": 0, "model": "small"}, Reason.MODEL_CHANGED),
        ({"at": use(0).at}, {"prompt": 182_000, "read": 0}, Reason.REWRITTEN),
        ({"session": "another"}, {"prompt": 90_000, "read": 0}, Reason.LARGE_START),
        ({"prompt": 5_000}, {"prompt": 6_000, "read": 0}, Reason.MANY),
    ],
)
def test_each_reason_is_told_by_the_response_before(
    before: dict[str, object], now: dict[str, object], reason: Reason
) -> None:
    assert only([LONG._replace(**before), use(2, 30.0)._replace(**now)]).reason is reason


def test_a_sub_agent_s_conversation_is_its_own() -> None:
    """The main conversation had a long prompt; its sub-agent begins with none of it."""
    assert only([LONG, use(2, 30.0, agent="a-1", prompt=30_000, read=0)]).reason is Reason.LARGE_START


def test_several_sub_agents_at_work_are_one_moment() -> None:
    uses = [use(5 + n / 10, 1.0, agent=f"a-{n % 4}") for n in range(20)]

    told = only([use(4.9, 1.0), *uses])

    assert (told.reason, told.agents, told.responses) == (Reason.AGENTS, 4, 21)
    assert told.share == pytest.approx(0.11)


def test_hours_of_work_are_no_moment() -> None:
    """A response a minute for 100 minutes: eleven at a time, 5 % each. In one go of ten minutes 50 % are one."""
    hours = moments(found([reading(1, 1), reading(290, 51)], [use(n + 2) for n in range(100)]))
    minutes = moments(found([reading(1, 1), reading(290, 51)], [use(n / 10 + 2) for n in range(100)]))

    assert hours == ()
    assert [(each.reason, each.responses) for each in minutes] == [(Reason.MANY, 100)]


def test_small_ones_are_left_out_and_the_dearest_comes_first() -> None:
    uses = [use(10, 1.0, "s-1"), use(30, 5.0, "s-2"), use(40, 10.0, "s-3")]

    told = moments(found([reading(50, 16)], uses))

    assert [each.session for each in told] == ["s-3", "s-2"]


def test_a_late_first_reading_points_at_nobody_while_no_rate_is_known() -> None:
    """30 % of a window that began hours ago, and one response in the logs: it may have taken that, or not."""
    told = found([reading(200, 30)], [use(190, prompt=123_000)])

    assert not told.can_tell
    assert moments(told) == ()
    assert cause(told, told.stated_at) is None
