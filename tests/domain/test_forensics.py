"""Rises of a window's figure, shared out over what was used between the readings."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usagetray.domain.forensics import LEAST_RISE, Cause, Reading, Why, cause, why
from usagetray.domain.weighing import Use, Weighed

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FIVE_HOURS = timedelta(hours=5)
RESET = START + FIVE_HOURS
MINUTE = timedelta(minutes=1)


def use(minute: float, weight: float = 1.0, session: str = "s-1", **more: object) -> Use:
    base = Use(
        at=START + minute * MINUTE, project="/home/x/work/borealis", session=session, agent="", app="",
        model="large", weight=weight, prompt=1000, read=900, written=100,
    )  # fmt: skip
    return base._replace(**more)


def reading(minute: float, percent: float, resets_at: datetime | None = RESET) -> Reading:
    return Reading(START + minute * MINUTE, percent / 100, resets_at)


def found(readings: list[Reading], uses: list[Use], resets_at: datetime | None = RESET) -> Why:
    told = why(readings, Weighed(uses=tuple(uses)), FIVE_HOURS, resets_at)
    assert told is not None
    return told


def percents(told: Why) -> dict[str, int]:
    return {part.name: round(part.share * 100) for part in told.by(lambda each: each.session)}


STEADY = [use(minute) for minute in (5, 15, 25, 35)], [reading(10 * n, 10 * n) for n in range(1, 5)]
"""Four responses of equal weight, each of which takes 10 %."""


def test_a_rise_belongs_to_the_responses_in_between_by_weight() -> None:
    """10 % between two readings; one session used three times what the other did."""
    told = found([reading(10, 10)], [use(3, 3.0), use(4, 1.0, "s-2")])

    assert percents(told) == {"s-1": 8, "s-2": 2}
    assert told.used == 0.10
    assert told.elsewhere == 0


def test_a_rise_without_any_response_is_from_elsewhere() -> None:
    """12 % rose while nothing was logged: no session gets any of it."""
    told = found([reading(10, 10), reading(60, 22)], [use(3)])

    assert percents(told) == {"s-1": 10}
    assert told.elsewhere == pytest.approx(0.12)


def test_what_a_rise_has_beyond_the_rate_is_from_elsewhere() -> None:
    """A response took 10 % four times; the fifth comes with 30 %, of which 20 % nobody here used."""
    uses, readings = STEADY
    told = found([*readings, reading(50, 70)], [*uses, use(45)])

    assert told.can_tell
    assert told.elsewhere == pytest.approx(0.20)
    assert percents(told) == {"s-1": 50}


def test_too_few_rises_tell_nothing_of_use_elsewhere() -> None:
    told = found([reading(10, 10), reading(20, 40)], [use(5), use(15)])

    assert not told.can_tell
    assert told.elsewhere == 0


def test_a_late_first_reading_is_laid_on_a_response_only_where_logs_reach_back_before_the_window() -> None:
    """30 % after 200 minutes, and one response: of the logs that begin with it nobody knows what came before."""
    unknown = found([reading(200, 30)], [use(190)])
    known = found([reading(200, 30)], [use(-20), use(190)])

    assert unknown.elsewhere == 0.30
    assert percents(known) == {"s-1": 30}


def test_the_rate_is_learned_from_the_cycle_before_as_well() -> None:
    """Only one rise in this cycle; the one before says that a response takes 10 %."""
    uses, readings = STEADY
    later = RESET + FIVE_HOURS
    told = found([*readings, reading(310, 30, later)], [*uses, use(305)], later)

    assert told.elsewhere == pytest.approx(0.20)


def test_steps_below_a_point_are_put_together() -> None:
    """Readings with decimals, 0.4 % apart: two rises of a point or more, and the rest goes with the last."""
    told = found([reading(n, 0.4 * n) for n in range(1, 8)], [use(n - 0.5) for n in range(1, 8)])

    assert [round(step.rise * 100, 1) for step in told.steps] == [1.2, 1.6]
    assert sum(step.rise for step in told.steps) == pytest.approx(0.028)


def test_an_older_figure_told_late_takes_nothing_back() -> None:
    told = found([reading(10, 10), reading(20, 6), reading(30, 12)], [use(5), use(25)])

    assert [round(step.rise * 100) for step in told.steps] == [10, 2]


def test_a_figure_that_comes_seconds_before_its_line_in_the_log_is_of_that_message() -> None:
    told = found([reading(10, 10), reading(60, 20)], [use(10 + 2 / 60), use(55, session="s-2")])

    assert percents(told) == {"s-1": 10, "s-2": 10}


def test_a_figure_that_comes_a_minute_after_its_use_is_not_from_elsewhere() -> None:
    """The reading at 45 says nothing yet of the response a minute before; the next one does."""
    uses, readings = STEADY
    told = found([*readings, reading(45, 41.5), reading(55, 50)], [*uses, use(44.5)])

    assert told.elsewhere == 0
    assert percents(told) == {"s-1": 50}


def test_resets_restated_by_seconds_are_one_cycle_and_another_day_s_is_not() -> None:
    jittered = [reading(10, 10, RESET - timedelta(milliseconds=300)), reading(20, 20, RESET + timedelta(seconds=40))]
    yesterday = reading(-600, 80, RESET - timedelta(hours=10))

    told = found([yesterday, *jittered], [use(5), use(15), use(-620)])

    assert told.starts_at == RESET - FIVE_HOURS - timedelta(milliseconds=300)
    assert told.used == 0.20


def test_without_a_reset_there_is_nothing_to_explain() -> None:
    assert why([reading(10, 10, None)], Weighed(), FIVE_HOURS) is None
    assert why([reading(10, 0)], Weighed(), FIVE_HOURS) is None


def test_the_newest_cycle_is_meant_where_no_reset_is_named() -> None:
    told = why([reading(10, 10), reading(320, 3, RESET + FIVE_HOURS)], Weighed(), FIVE_HOURS)

    assert told is not None
    assert told.resets_at == RESET + FIVE_HOURS


def test_responses_after_the_last_rise_are_told_to_be_in_no_figure() -> None:
    told = found([reading(10, 10), reading(20, 10)], [use(5), use(15), use(25)])

    assert told.waiting == 2


# ---- what most of it is from -------------------------------------------------------------------------------


def test_the_cause_is_the_project_that_took_most_of_the_last_hour() -> None:
    uses = [
        use(5, 2.0),
        use(6, 4.0, agent="a-1"),
        use(7, 4.0, agent="a-2"),
        use(8, 3.0, "s-2", project="/home/x/webshop"),
    ]
    told = found([reading(10, 13)], uses)

    assert cause(told, START + 30 * MINUTE) == Cause(
        project="/home/x/work/borealis", session="s-1", agents=2, share=pytest.approx(0.10), rise=0.13
    )


def test_the_cause_may_be_elsewhere_and_two_equal_ones_are_none() -> None:
    elsewhere = found([reading(10, 13)], [])
    equal = found([reading(10, 13)], [use(5), use(6, project="/home/x/webshop")])

    assert cause(elsewhere, START + 30 * MINUTE) == Cause(project=None, share=0.13, rise=0.13)
    assert cause(equal, START + 30 * MINUTE) is None


def test_what_rose_hours_ago_is_no_cause_now() -> None:
    told = found([reading(10, 13)], [use(5)])

    assert cause(told, START + 120 * MINUTE) is None


# ---- whatever comes ----------------------------------------------------------------------------------------

minutes = st.floats(0, 299).map(lambda each: round(each, 2))
USES = st.lists(
    st.builds(
        use,
        minutes,
        st.one_of(st.just(0.0), st.floats(1e-9, 50)),
        st.sampled_from(["s-1", "s-2", ""]),
        agent=st.sampled_from(["", "a-1"]),
        model=st.sampled_from(["large", "small"]),
    ),
    max_size=25,
)
READINGS = st.lists(
    st.builds(reading, minutes, st.floats(0, 120), st.sampled_from([RESET, RESET + timedelta(seconds=50), None])),
    min_size=1,
    max_size=25,
)


@given(readings=READINGS, uses=USES)
@settings(max_examples=120, deadline=None)
def test_what_was_charged_and_what_was_used_elsewhere_add_up_to_each_step(
    readings: list[Reading], uses: list[Use]
) -> None:
    told = why(readings, Weighed(uses=tuple(uses)), FIVE_HOURS)

    if told is None:
        return
    for step in told.steps:
        assert step.rise > 0
        assert step.elsewhere >= 0
        assert all(each.share >= 0 for each in step.charged)
        assert sum(each.share for each in step.charged) + step.elsewhere == pytest.approx(step.rise)
    assert sum(step.rise for step in told.steps) == pytest.approx(told.used)
    for name in (lambda each: each.session, lambda each: each.model, lambda each: each.agent):
        assert sum(part.share for part in told.by(name)) + told.elsewhere == pytest.approx(told.used)


@given(readings=READINGS, uses=USES, seed=st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_the_order_in_which_it_is_told_changes_nothing(readings: list[Reading], uses: list[Use], seed: int) -> None:
    dice = random.Random(seed)
    shuffled, mixed = dice.sample(readings, len(readings)), dice.sample(uses, len(uses))

    assert why(shuffled, Weighed(uses=tuple(mixed)), FIVE_HOURS) == why(readings, Weighed(uses=tuple(uses)), FIVE_HOURS)


@given(st.integers(0, 400))
@settings(max_examples=15, deadline=None)
def test_rounding_and_another_measure_than_list_prices_make_no_use_elsewhere(seed: int) -> None:
    """Whole percents, read every 5 minutes, of use that takes 0.6 % a weight, give or take a sixth: within 4 points."""
    dice = random.Random(seed)
    uses, readings, used, at = [], [], 0.0, 0.0
    while at < 295:
        at += dice.expovariate(0.6)
        uses.append(use(at, dice.lognormvariate(-0.7, 0.8)))
        used = min(0.99, used + 0.006 * uses[-1].weight * dice.lognormvariate(0, 0.15))
        if not readings or at - (readings[-1].at - START) / MINUTE > 5:
            readings.append(reading(at + 0.1, int(used * 100)))

    told = why(readings, Weighed(uses=tuple(uses)), FIVE_HOURS)

    assert told is not None
    assert told.used > LEAST_RISE
    assert told.elsewhere < 0.04
