"""When to warn: early if sure, once per episode, again only after a real recovery."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.domain.forecast_days import DAY, HOUR, MINUTE, MONDAY, PRIOR, SESSION, reading
from usagetray.domain.forecast import Forecast, LockoutAlert, Memory, decide, forecast, is_warned, stands_warned, step

NOW = MONDAY + 11 * HOUR
RESET = NOW + 3 * HOUR


def known(used: float = 0.6, resets_at: datetime = RESET, at: datetime = NOW) -> Memory:
    """Of somebody who has used up such a window before."""
    memory = step(Memory(), [reading(at, used, resets_at)], at)
    return replace(memory, windows=(replace(memory.windows[0], used_up=1.0, ended=2.0),))


def seen(memory: Memory, p_lockout: float, *, p_near: float | None = None, p_soon: float | None = None) -> Forecast:
    """As the forecast of this memory would look with these chances."""
    now = memory.windows[0].stated_at
    assert now is not None
    told = forecast(memory, "session", now, PRIOR)
    assert told is not None
    times = (now + HOUR / 2, now + HOUR, now + 2 * HOUR)
    near = p_lockout if p_near is None else p_near
    soon = p_lockout / 2 if p_soon is None else p_soon
    return replace(told, p_lockout=p_lockout, p_near=near, p_soon=soon, exhausts_at=times, knows_enough=True)


def given(memory: Memory, told: Forecast, now: datetime = NOW) -> tuple[LockoutAlert | None, Memory]:
    return decide(memory, told, now, may_alert=True)


@pytest.mark.parametrize(
    ("p_lockout", "p_near", "p_soon", "warns"),
    [
        (0.95, 0.97, 0.05, False),  # sure, and far off: there is time
        (0.95, 0.97, 0.10, True),
        (0.60, 0.75, 0.25, False),  # as likely for nothing as soon
        (0.60, 0.75, 0.35, True),
        (0.60, 0.95, 0.15, True),  # it will at least come near
        (0.35, 0.95, 0.35, False),  # more likely it lasts
    ],
)
def test_a_warning_is_given_once_its_coming_soon_outweighs_its_being_for_nothing(
    p_lockout: float, p_near: float, p_soon: float, warns: bool
) -> None:
    memory = known()

    alert, _ = given(memory, seen(memory, p_lockout, p_near=p_near, p_soon=p_soon))

    assert (alert is not None) == warns


def test_who_never_used_one_up_is_warned_only_when_it_is_surer() -> None:
    memory = known()
    never = replace(memory, windows=(replace(memory.windows[0], used_up=0.0),))

    alerts = [given(each, seen(each, 0.8, p_soon=0.3))[0] for each in (memory, never)]
    sure, _ = given(never, seen(never, 0.8, p_soon=0.4))

    assert [each is not None for each in alerts] == [True, False]
    assert sure is not None


def test_who_used_up_none_of_several_is_calm_and_not_warned_on_a_maybe() -> None:
    memory = known()
    windows = [replace(memory.windows[0], used_up=0.0, ended=each) for each in (1.0, 5.0)]

    newcomer, calm = (replace(memory, windows=(each,)) for each in windows)

    assert given(newcomer, seen(newcomer, 0.75, p_near=0.9, p_soon=0.4))[0] is not None
    assert given(calm, seen(calm, 0.75, p_near=0.9, p_soon=0.4))[0] is None
    assert given(calm, seen(calm, 0.85, p_near=0.9, p_soon=0.4))[0] is not None


def test_a_week_is_not_foretold_before_half_of_it_is_used() -> None:
    alerts = []
    for used in (0.3, 0.6):
        memory = step(Memory(), [reading(NOW, used, NOW + 4 * DAY, "week")], NOW)
        told = replace(seen(known(), 0.99), window="week", used=used, resets_at=NOW + 4 * DAY)
        alerts.append(given(memory, told)[0])

    assert [each is not None for each in alerts] == [False, True]


def test_one_episode_gives_one_alert_however_the_chance_swings() -> None:
    memory, alerts = known(), list[LockoutAlert | None]()
    for turn in range(200):
        alert, memory = given(memory, seen(memory, 0.95 if turn % 2 == 0 else 0.1))
        alerts.append(alert)

    assert sum(each is not None for each in alerts) == 1
    assert stands_warned(memory, "session", NOW)
    assert not stands_warned(memory, "session", RESET)


def test_an_alert_carries_what_it_says() -> None:
    memory = known(0.6)

    alert, _ = given(memory, seen(memory, 0.95))

    assert alert == LockoutAlert(
        window="session", exhausts_at=NOW + HOUR, resets_at=RESET, used=pytest.approx(0.6), p_lockout=0.95
    )


def test_no_alert_from_an_old_figure_nor_while_too_little_is_known() -> None:
    memory = known()

    stale, _ = decide(memory, seen(memory, 0.99), NOW, may_alert=False)
    unknown, after = given(memory, replace(seen(memory, 0.99), knows_enough=False))

    assert stale is None
    assert unknown is None
    assert after == memory


def test_a_window_that_is_used_up_is_no_longer_foretold() -> None:
    memory = known(1.0)

    assert given(memory, seen(memory, 1.0)) == (None, memory)


def test_the_next_cycle_may_warn_again_once_a_reading_agrees() -> None:
    _, memory = given(known(), seen(known(), 0.95))
    later = RESET + HOUR
    waiting = step(memory, [], later)
    assert forecast(waiting, "session", later, PRIOR) is not None
    fresh = step(waiting, [reading(later, 0.7, later + SESSION - HOUR)], later)

    alert, _ = given(fresh, seen(fresh, 0.95), later)

    assert alert is not None


def test_a_reset_restated_some_minutes_off_is_the_same_episode() -> None:
    _, memory = given(known(), seen(known(), 0.95))
    for minutes in (1, -1, 5):
        at = NOW + timedelta(minutes=30 + minutes)
        memory = step(memory, [reading(at, 0.7, RESET + minutes * MINUTE)], at)
        alert, memory = given(memory, seen(memory, 0.95), at)

        assert alert is None


def test_only_a_real_recovery_within_a_cycle_lets_it_warn_again() -> None:
    """The vendor gives back 4 %: nothing new. It gives back 20 %: another story."""
    _, memory = given(known(0.60), seen(known(0.60), 0.95))

    little = step(memory, [reading(NOW + HOUR, 0.56, RESET)], NOW + HOUR)
    none, _ = given(little, seen(little, 0.95), NOW + HOUR)
    much = step(memory, [reading(NOW + HOUR, 0.40, RESET)], NOW + HOUR)
    again, _ = given(much, seen(much, 0.95), NOW + HOUR)

    assert none is None
    assert again is not None


def test_a_warning_stands_while_what_it_was_given_for_is_still_likely() -> None:
    memory = known()
    _, warned = given(memory, seen(memory, 0.9))

    assert is_warned(warned, seen(warned, 0.9), NOW)
    assert is_warned(warned, seen(warned, 0.45), NOW)
    assert not is_warned(warned, seen(warned, 0.35), NOW)
    assert not is_warned(memory, seen(memory, 0.45), NOW)


def test_who_alerts_nobody_knows_what_they_would_be_warned_of() -> None:
    memory = known()

    assert is_warned(memory, seen(memory, 0.9), NOW)
    assert not is_warned(memory, replace(seen(memory, 0.9), knows_enough=False), NOW)
