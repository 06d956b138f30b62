"""Alerts: each threshold once in a cycle, only the highest, few at a time, none lost and none twice, for ever."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

from tests.reliability.fake_provider import CLAUDE, CODEX, KIMI, MINIMAX, ZAI
from tests.reliability.sim import HOUR, MINUTE, SECOND, Sim

FIVE = (CLAUDE, CODEX, KIMI, MINIMAX, ZAI)


def thresholds(user: Sim) -> list[float | None]:
    return [each.threshold for each in user.alerts.alerts]


def test_r34_a_figure_that_swings_round_a_threshold_two_hundred_times_alerts_once(sim: Callable[..., Sim]) -> None:
    """79 and 81 % round a threshold of 80, through twenty restarts; the reset time moves by some seconds each time."""
    user = sim(ZAI, settings="[alerts]\nthresholds = [80]\n")
    chance = random.Random(1)
    ends = user.clock.now() + 100 * HOUR
    core = user.start()
    for number in range(200):
        moved = ends + timedelta(seconds=chance.uniform(-50, 50))
        user.vendor.answer = ZAI.healthy(81 if number % 2 else 79, moved)
        asked = len(user.asked())
        core.click()
        for _ in range(60):
            user.run(21 * SECOND, every=21 * SECOND)
            if len(user.asked()) > asked:
                break
        if number % 10 == 9:
            assert user.window()["used_percent"] == 81
            core = user.restart()

    assert thresholds(user) == [0.8]


def test_r35_one_step_over_three_thresholds_is_one_alert_in_each_cycle(sim: Callable[..., Sim]) -> None:
    """10 to 97 % with 50, 80 and 95: one alert, of 95. After the reset and a low figure, 97 again: one more.

    Without a low figure after the reset time there is no new cycle that could be announced as one.
    """
    user = sim(CLAUDE, settings="[alerts]\nthresholds = [50, 80, 95]\n")
    ends = user.clock.now() + 2 * HOUR
    user.start()
    for used in (10, 97, 97):
        user.vendor.answer = CLAUDE.healthy(used, ends)
        user.run(31 * MINUTE)
    assert thresholds(user) == [0.95]

    user.run(2 * HOUR)
    user.vendor.answer = CLAUDE.healthy(3, ends + 5 * HOUR)
    user.run(HOUR)
    assert thresholds(user)[:1] == [0.95]
    before = len(user.alerts.alerts)
    user.vendor.answer = CLAUDE.healthy(97, ends + 5 * HOUR)
    user.run(HOUR)
    user.restart()
    user.run(HOUR)

    assert thresholds(user)[before:] == [0.95]
    assert thresholds(user).count(0.95) == 2


def test_r35_five_plans_that_fill_up_in_one_minute_are_told_in_three_notifications_at_most(
    sim: Callable[..., Sim],
) -> None:
    """Each of the five is named, and none is told twice."""
    user = sim(*FIVE, settings="[alerts]\nthresholds = [80]\n")
    user.start()
    user.tick()
    user.run(10 * MINUTE)
    for kind in FIVE:
        user.vendors[kind.provider].answer = kind.healthy(85, user.clock.now() + 3 * HOUR)
    told_at: list[object] = []

    def watch() -> None:
        told_at.extend([user.clock.now()] * (len(user.alerts.alerts) - len(told_at)))

    user.run(40 * MINUTE, watch=watch)

    said = " ".join(f"{each.title} {each.body}" for each in user.alerts.alerts)
    for name in ("Claude", "Codex", "Kimi", "MiniMax", "Z.ai"):
        assert said.count(name) >= 1, (name, said)
    assert max(sum(at <= each < at + 10 * MINUTE for each in told_at) for at in told_at) <= 3  # type: ignore[operator]
    before = len(user.alerts.alerts)
    user.restart()
    user.run(HOUR)
    assert len(user.alerts.alerts) == before


def test_r35_a_figure_that_was_read_while_nobody_could_be_told_is_not_made_up_for(sim: Callable[..., Sim]) -> None:
    """Unread for half a day, found again: the old cycle's figure announces nothing."""
    user = sim(CLAUDE)
    ends = user.clock.now() + 2 * HOUR
    user.start()
    user.tick()
    user.vendor.answer = CLAUDE.refusing(503)
    user.run(12 * HOUR)
    user.vendor.answer = CLAUDE.healthy(40, ends + 50 * HOUR)
    user.run(HOUR)

    assert user.alerts.alerts == []


def test_r35_a_day_with_jitter_restarts_and_outages_announces_nothing_twice(sim: Callable[..., Sim]) -> None:
    """A cycle of five hours fills up to anything, its reset moves, one in ten answers is missing."""
    user = sim(ZAI)
    chance = random.Random(3)
    begins = user.clock.now()
    user.start()
    told: list[tuple[int, float | None, str]] = []
    for _ in range(11 * 2):
        since = user.clock.now() - begins
        cycle = since // (5 * HOUR)
        peak = random.Random(cycle).choice((30, 55, 78, 92, 99))
        used = round(peak * min(1.0, (since - cycle * 5 * HOUR) / (4 * HOUR)))
        ends = begins + (cycle + 1) * 5 * HOUR + timedelta(seconds=chance.uniform(-40, 40))
        user.vendor.answer = ZAI.healthy(used, ends) if chance.random() < 0.9 else ZAI.refusing(500)
        before = len(user.alerts.alerts)
        user.run(30 * MINUTE)
        told += [(cycle, each.threshold, each.title.split(":")[0]) for each in user.alerts.alerts[before:]]
        if chance.random() < 0.1:
            user.restart()

    assert len(told) > 3
    assert len(told) == len(set(told)), told
