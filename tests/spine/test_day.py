"""The scripted twelve hours: one session fills up, locks, comes back; the server throttles, then fails."""

from __future__ import annotations

import itertools
from datetime import timedelta

from tests.support import NOW, TICK, Asked, World, within
from usagetray.providers.claude import rehearsal
from usagetray.providers.contract import Reply

HOURS = timedelta(hours=12)
RESTARTS = (95, 150, 181, 299, 301, 345, 470)
"""Minutes after the beginning: between two alerts, while locked, around the reset, while throttled, in the outage."""


def day(asked: Asked) -> Reply:
    return rehearsal.reply(NOW, asked.at)


def play(world: World, span: timedelta, *, restarts: tuple[int, ...] = (), every: timedelta = TICK) -> None:
    world.vendor.answer = day
    core = world.start()
    core.tick()
    for minute in range(int(span / timedelta(minutes=1))):
        world.run(core, timedelta(minutes=1), every=every)
        if minute + 1 in restarts:
            core = world.restart(core)
            core.tick()


def test_the_day_is_announced_five_times_and_restarts_repeat_none(world: World) -> None:
    """48 -> 51 -> 77 -> 92 -> 100 -> 3 %: 50, 75, 90, locked, back. Seven restarts in between change nothing."""
    play(world, HOURS, restarts=RESTARTS, every=timedelta(minutes=1))

    said = [(each.threshold, each.title) for each in world.alerts.alerts]
    assert [threshold for threshold, _ in said] == [0.5, 0.75, 0.9, None, None]
    assert [title for _, title in said[:3]] == [
        "Claude session: 51\u202f% used",
        "Claude session: 77\u202f% used",
        "Claude session: 92\u202f% used",
    ]
    assert "locked until" in said[3][1]
    assert said[4][1] == "Claude is back"


def test_the_day_keeps_within_what_may_be_asked(world: World) -> None:
    """Automatic requests 60 s apart, one within a minute after the reset at 5 h, at most 4 in the throttled 50 min."""
    play(world, timedelta(hours=6.5), every=timedelta(seconds=12))

    times = world.vendor.times()
    apart = [later - earlier for earlier, later in itertools.pairwise(times)]
    throttled = within(times, *rehearsal.THROTTLED)
    after_reset = within(times, rehearsal.SESSION, rehearsal.SESSION + timedelta(seconds=61))
    assert min(apart) >= timedelta(seconds=60)
    assert max(apart) <= timedelta(minutes=75)
    assert len(throttled) <= 4
    assert len(after_reset) == 1
    assert after_reset[0] - rehearsal.SESSION >= timedelta(seconds=5)
    assert world.vendor.most_at_once == 1


def test_each_alert_comes_with_the_reading_that_earned_it(world: World) -> None:
    """A figure over a threshold is announced in the same tick that reads it, not a poll later."""
    world.vendor.answer = day
    core = world.start()
    core.tick()

    announced = []
    for _ in range(int(timedelta(minutes=40) / timedelta(seconds=10))):
        before = len(world.alerts.alerts)
        world.run(core, timedelta(seconds=10))
        if len(world.alerts.alerts) > before:
            announced.append(world.clock.now() - world.vendor.asked[-1].at)

    assert announced == [timedelta()]
