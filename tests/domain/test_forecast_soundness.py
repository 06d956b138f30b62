"""What days of work leave in the forecast's memory is sound; a clock that ran ahead costs habits, not the forecast."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.forecast_days import DAY, HOUR, MONDAY, PRIOR, accustomed, reading, worked
from tests.domain.test_forecast import observations
from usagetray.domain.forecast import Memory, forecast, step
from usagetray.domain.forecast.memory import Habit
from usagetray.domain.forecast.soundness import is_sound


def test_a_used_up_session_leaves_a_sound_memory() -> None:
    """Two weeks of habits, a window filled to the brim and its next cycle."""
    memory = worked(accustomed(), MONDAY + 9 * HOUR, MONDAY + 12 * HOUR, per_minute=0.008)
    memory = step(memory, [reading(MONDAY + 15 * HOUR, 0.0, MONDAY + 19 * HOUR)], MONDAY + 15 * HOUR)

    assert is_sound(memory)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(observations, max_size=25))
def test_whatever_is_seen_what_is_learned_of_it_is_sound(seen: list[object]) -> None:
    memory = Memory()
    for each in seen:
        memory = step(memory, [each], MONDAY + 7 * DAY)  # type: ignore[list-item]

        assert is_sound(memory), memory


def test_a_memory_that_a_damaged_disk_changed_is_not_sound() -> None:
    memory = worked(accustomed(), MONDAY + 9 * HOUR, MONDAY + 10 * HOUR, per_minute=0.001)
    (window,), (habit, *_) = memory.windows, memory.habits

    for spoilt in (
        replace(memory, windows=(replace(window, used=-5.0),)),
        replace(memory, windows=(replace(window, used_up=3.0, ended=1.0),)),
        replace(memory, windows=(replace(window, length=0 * DAY),)),
        replace(memory, windows=(replace(window, stated_at=MONDAY.replace(tzinfo=None)),)),
        replace(memory, habits=(replace(habit, days=((3,),)),)),
        replace(memory, habits=(replace(habit, first_day=-(10**30)),)),
        replace(memory, locks=((5, 10**9),)),
    ):
        assert not is_sound(spoilt), spoilt


def test_habits_of_a_clock_that_ran_ahead_tell_nothing_of_today() -> None:
    """A week's work noted a year too late: the forecast is the one of somebody without habits."""
    memory = worked(Memory(), MONDAY + 9 * HOUR, MONDAY + 10 * HOUR, per_minute=0.002)
    now = MONDAY + 10 * HOUR
    ahead = tuple(replace(each, first_day=each.first_day + 365) for each in memory.habits)
    none = tuple(Habit(model=each.model, rush=each.rush, rush_at=each.rush_at) for each in memory.habits)

    found, without = (forecast(replace(memory, habits=each), "session", now, PRIOR) for each in (ahead, none))

    assert found is not None
    assert found == without
