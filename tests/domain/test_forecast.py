"""When a window will be used up, told by readings and counted tokens."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.forecast_days import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY,
    PER_MINUTE,
    PRIOR,
    SESSION,
    WEEK,
    accustomed,
    reading,
    work,
    worked,
)
from usagetray.domain.forecast import Forecast, Memory, Observation, Refusal, WindowReading, Work, forecast, step
from usagetray.domain.forecast.memory import Habit

NINE = MONDAY + 9 * HOUR


@pytest.fixture(scope="module")
def used_to() -> Memory:
    return accustomed()


def told(memory: Memory, now: object, key: str = "session") -> Forecast:
    found = forecast(memory, key, now, PRIOR)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_a_pace_that_does_not_fit_is_foretold_with_its_time(used_to: Memory) -> None:
    """0.5 % a minute: 50 % at 10:40, so it is used up at 12:20, 100 minutes before the reset; work goes on till 17."""
    now = NINE + 100 * MINUTE
    memory = worked(used_to, NINE, now, 0.005)

    seen = told(memory, now)

    assert seen.knows_enough
    assert seen.p_lockout > 0.75
    assert seen.exhausts_at is not None
    early, middle, late = seen.exhausts_at
    assert early < middle < late <= NINE + SESSION
    assert abs(middle - (NINE + 200 * MINUTE)) < timedelta(minutes=25)
    assert seen.pace == pytest.approx(0.5 - 100 / 300, abs=0.02)


def test_a_pace_that_fits_lasts(used_to: Memory) -> None:
    """0.1 % a minute: 30 % by the reset."""
    now = NINE + 100 * MINUTE
    memory = worked(used_to, NINE, now, 0.001)

    assert told(memory, now).p_lockout < 0.1


def test_the_end_of_the_day_is_known_by_habit(used_to: Memory) -> None:
    """70 % used at 16:50, 0.35 % a minute: it would run out at 18:16, but work ends at 17."""
    begin, now = MONDAY + 13 * HOUR + 30 * MINUTE, MONDAY + 16 * HOUR + 50 * MINUTE
    till_five = told(worked(used_to, begin, now, 0.0035), now)
    till_eleven = told(worked(accustomed(hours=(9, 23)), begin, now, 0.0035), now)

    assert till_five.p_lockout < 0.25
    assert till_eleven.p_lockout > 0.5


def test_the_figure_moves_between_readings_by_what_the_logs_count(used_to: Memory) -> None:
    """At 0.5 % a minute, 12 minutes after a reading of 50 % it stands at 56 %."""
    now = NINE + 100 * MINUTE
    memory = worked(used_to, NINE, now, 0.005)
    assert not told(memory, now).is_estimate

    later = step(memory, [*work(now + MINUTE, now + 13 * MINUTE)], now + 13 * MINUTE)

    seen = told(later, now + 13 * MINUTE)
    assert seen.is_estimate
    assert seen.used == pytest.approx(0.56, abs=0.01)
    assert seen.used_sd > told(memory, now).used_sd


def test_a_reckoned_figure_never_says_used_up_before_the_vendor_does(used_to: Memory) -> None:
    now = NINE + 100 * MINUTE
    memory = step(worked(used_to, NINE, now, 0.005), [*work(now, now + 3 * HOUR)], now + 3 * HOUR)

    assert told(memory, now + 3 * HOUR).used == pytest.approx(0.995)
    refused = step(memory, [Refusal(window="session", at=now + 3 * HOUR)], now + 3 * HOUR)
    assert told(refused, now + 3 * HOUR).used == 1.0
    assert told(refused, now + 3 * HOUR).p_lockout == 1.0


def test_a_reset_restated_a_second_off_is_the_same_window(used_to: Memory) -> None:
    now = NINE + 100 * MINUTE
    memory = worked(used_to, NINE, now, 0.005)
    moved = NINE + SESSION + timedelta(seconds=1)

    again = step(memory, [*work(now, now + 5 * MINUTE), reading(now + 5 * MINUTE, 0.53, moved)], now + 5 * MINUTE)

    seen = told(again, now + 5 * MINUTE)
    assert seen.used == pytest.approx(0.525, abs=0.006)
    assert again.windows[0].ended == memory.windows[0].ended


def test_a_window_whose_reset_has_passed_waits_for_its_first_use(used_to: Memory) -> None:
    now = NINE + 100 * MINUTE
    memory = worked(used_to, NINE, now, 0.005)
    after = NINE + SESSION + MINUTE

    rolled = step(memory, [], after)
    assert told(rolled, after).exhausts_at is None
    assert not told(rolled, after).knows_enough
    assert 0.05 < told(rolled, after).p_lockout < 0.9  # of one that would begin now: three hours of work are left

    begun = step(rolled, [*work(after, after + 10 * MINUTE)], after + 10 * MINUTE)
    assert told(begun, after + 10 * MINUTE).used == pytest.approx(0.05, abs=0.01)
    assert not told(begun, after + 10 * MINUTE).knows_enough  # no reading has said so


def test_a_week_begins_anew_at_its_reset_by_itself() -> None:
    memory = step(Memory(), [reading(NINE, 0.8, NINE + HOUR, "week")], NINE)

    after = step(memory, [], NINE + 2 * HOUR)

    seen = told(after, NINE + 2 * HOUR, "week")
    assert seen.resets_at == NINE + HOUR + WEEK
    assert not seen.knows_enough


def test_a_week_is_foretold_from_the_days_still_to_come(used_to: Memory) -> None:
    """8 hours a day; Monday to Wednesday took 60 %. Four such days are left: by Friday it is used up."""
    reset = MONDAY + WEEK
    memory = used_to
    for day in range(3):
        for hour in range(9, 17):
            at = MONDAY + day * DAY + hour * HOUR
            stated = round(0.2 * day + 0.025 * (hour - 8), 2)
            memory = step(memory, [*work(at, at + HOUR), reading(at + HOUR, stated, reset, "week")], at + HOUR)
    now = MONDAY + 2 * DAY + 18 * HOUR
    memory = step(memory, [], now)

    seen = told(memory, now, "week")

    assert seen.p_lockout > 0.9
    assert seen.exhausts_at is not None
    assert MONDAY + 3 * DAY < seen.exhausts_at[1] < MONDAY + 6 * DAY


def test_work_on_other_devices_shows_in_the_readings_alone(used_to: Memory) -> None:
    """Half an hour without any local request took 15 %: that share of the use is others'."""
    now = NINE + 60 * MINUTE
    memory = worked(used_to, NINE, now, 0.005)
    for minutes in range(6, 36, 6):
        at = now + minutes * MINUTE
        memory = step(memory, [reading(at, round(0.30 + 0.005 * minutes, 2), NINE + SESSION)], at)

    seen = told(memory, now + 30 * MINUTE)

    assert seen.used == pytest.approx(0.45)
    assert seen.others_share == pytest.approx(0.15 / 0.45, abs=0.05)


def test_a_window_of_one_model_counts_that_model_alone(used_to: Memory) -> None:
    scoped = WindowReading(
        window="fable", used=0.4, resets_at=MONDAY + WEEK, length=WEEK, captured_at=NINE, model="fable"
    )
    memory = step(used_to, [scoped], NINE)

    others = step(memory, [*work(NINE + MINUTE, NINE + HOUR)], NINE + HOUR)
    own = step(others, [Work(at=NINE + HOUR, model="fable", weight=PER_MINUTE)], NINE + HOUR)

    assert not told(others, NINE + HOUR, "fable").is_estimate
    assert told(own, NINE + HOUR, "fable").is_estimate


def test_little_is_said_while_little_is_known() -> None:
    memory = step(Memory(), [reading(NINE, 0.4, NINE + 3 * HOUR)], NINE)

    assert forecast(memory, "week", NINE, PRIOR) is None
    assert not told(memory, NINE).knows_enough


def test_a_reading_without_a_figure_or_out_of_order_changes_nothing(used_to: Memory) -> None:
    memory = worked(used_to, NINE, NINE + HOUR, 0.005)
    late = [reading(NINE + HOUR, None, NINE + SESSION), reading(NINE + 10 * MINUTE, 0.9, NINE + SESSION)]

    assert step(memory, late, NINE + HOUR) == memory


def test_a_restart_loses_nothing(used_to: Memory) -> None:
    now = NINE + 100 * MINUTE
    memory = worked(used_to, NINE, now, 0.005)

    again = msgspec.json.decode(msgspec.json.encode(memory), type=Memory)

    assert again == memory
    assert told(again, now) == told(memory, now)


def test_the_memory_stays_small_for_somebody_who_never_sleeps() -> None:
    """Four weeks of work in every quarter on two models, with three windows: below 64 KiB."""
    memory = step(
        Memory(),
        [
            reading(MONDAY, 0.0, None),
            reading(MONDAY, 0.1, MONDAY + WEEK, "week"),
            WindowReading(
                window="m", used=0.1, resets_at=MONDAY + WEEK, length=WEEK, captured_at=MONDAY, model="fable"
            ),
        ],
        MONDAY,
    )
    for day in range(35):
        batch = list[Observation]()
        for quarter in range(96):
            at = MONDAY + day * DAY + quarter * 15 * MINUTE
            batch += [Work(at=at, model="opus", weight=9e6), Work(at=at, model="fable", weight=9e6)]
            batch.append(reading(at, (quarter % 20) / 19, at - (quarter % 20) * 15 * MINUTE + SESSION))
        memory = step(memory, batch, MONDAY + (day + 1) * DAY)

    assert len(memory.habits[0].days) == 28
    assert len(msgspec.json.encode(memory)) <= 64 * 1024


observations = st.one_of(
    st.builds(
        lambda minutes, weight: Work(at=NINE + minutes * MINUTE, model="opus", weight=weight),
        st.integers(0, 600),
        st.floats(0, 1e8),
    ),
    st.builds(
        lambda minutes, used, reset, key: reading(
            NINE + minutes * MINUTE, used, None if reset is None else NINE + reset * MINUTE, key
        ),
        st.integers(0, 600),
        st.one_of(st.none(), st.floats(0, 1.2)),
        st.one_of(st.none(), st.integers(-600, 1200)),
        st.sampled_from(["session", "week"]),
    ),
    st.builds(lambda minutes: Refusal(window="session", at=NINE + minutes * MINUTE), st.integers(0, 600)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(observations, max_size=25))
def test_whatever_is_seen_the_chances_are_chances_and_the_times_lie_ahead(seen: list[Observation]) -> None:
    now = NINE + 10 * HOUR
    memory = step(Memory(habits=(Habit(model=None),)), seen, now)

    for key in ("session", "week"):
        found = forecast(memory, key, now, PRIOR)
        if found is None:
            continue
        assert 0 <= found.p_lockout <= 1
        assert 0 <= found.p_near <= 1
        assert 0 <= found.p_soon <= found.p_lockout + 1e-9
        assert found.exhausts_at is None or list(found.exhausts_at) == sorted(found.exhausts_at)
        if found.exhausts_at is not None:
            assert found.resets_at is not None
            assert all(now <= each <= found.resets_at + MINUTE for each in found.exhausts_at)


def test_what_is_expected_at_the_reset_is_the_middle_of_what_may_come(used_to: Memory) -> None:
    """0.1 % a minute comes to 30 % by the reset, 0.5 % to 150 %: so much would be used if nothing stopped it."""
    now = NINE + 100 * MINUTE

    calm, hard = (told(worked(used_to, NINE, now, each), now).at_reset for each in (0.001, 0.005))

    assert calm == pytest.approx(0.30, abs=0.06)
    assert hard == pytest.approx(1.50, abs=0.25)


def test_nobody_can_say_what_is_used_at_the_reset_before_tokens_were_counted() -> None:
    memory = step(Memory(), [reading(NINE, 0.4, NINE + SESSION)], NINE)

    assert told(memory, NINE).at_reset is None


def test_a_week_is_expected_to_go_on_as_the_weeks_before(used_to: Memory) -> None:
    """Monday noon, 3 of 40 hours of work: 6 % after 3 hours are 80 % after the week; weekends are worked too."""
    now = MONDAY + 12 * HOUR
    memory = step(used_to, [reading(MONDAY + 9 * HOUR, 0.0, MONDAY + WEEK, "week")], MONDAY + 9 * HOUR)
    memory = step(memory, [*work(MONDAY + 9 * HOUR, now), reading(now, 0.06, MONDAY + WEEK, "week")], now)

    assert told(memory, now, "week").at_reset == pytest.approx(0.06 * 7 * 8 / 3, abs=0.2)
