"""The scripted twelve hours: one session fills up, locks, comes back; the server throttles, then fails."""

from __future__ import annotations

import itertools
from datetime import timedelta

from tests.support import MINUTE, NOW, Asked, World, always, limits, ok, row, within
from usagetray.providers.claude import rehearsal
from usagetray.providers.contract import Reply

HOURS = timedelta(hours=12)
RESTARTS = (95, 150, 183, 239, 241, 400, 520, 640)
"""Minutes after the beginning: between two alerts, while locked, around the reset, paying, in the outage, throttled."""


def day(asked: Asked) -> Reply:
    return rehearsal.reply(NOW, asked.at)


def play(world: World, span: timedelta, *, restarts: tuple[int, ...] = ()) -> None:
    world.vendor.answer = day
    core = world.start()
    core.tick()
    for ends_at in (*(timedelta(minutes=each) for each in restarts), span):
        world.run(core, NOW + ends_at - world.clock.now(), leap=5 * MINUTE)
        if ends_at != span:
            core = world.restart(core)
            core.tick()


def test_the_day_is_announced_and_restarts_repeat_nothing(world: World) -> None:
    """Twice 50, 75, 90 %; first it locks and comes back, then credits take over. Eight restarts change nothing."""
    play(world, HOURS, restarts=RESTARTS)

    said = [(each.threshold, each.title) for each in world.alerts.alerts]
    assert [threshold for threshold, _ in said[:5]] == [0.5, 0.75, 0.9, None, None]
    assert [title for _, title in said[:5]] == [
        "Claude session: 50\u202f% used",
        "Claude session: 75\u202f% used",
        "Claude session: 91\u202f% used",
        "Claude is locked until 13:00",
        "Claude is back",
    ]
    assert [threshold for threshold, _ in said[5:8]] == [0.5, 0.75, 0.9]
    assert said[8][1] == "You are now paying for Claude"
    assert all("paid for Claude" in title for _, title in said[9:])
    assert len(said) <= 10


def test_the_day_keeps_within_what_may_be_asked(world: World) -> None:
    """Automatic requests 60 s apart, one within a minute after the reset, at most 4 in the throttled half hour."""
    play(world, HOURS)

    times = world.vendor.times()
    apart = [later - earlier for earlier, later in itertools.pairwise(times)]
    throttled = within(times, *rehearsal.THROTTLED)
    back = timedelta(minutes=rehearsal.BACK)
    after_reset = within(times, back, back + timedelta(seconds=61))
    assert min(apart) >= timedelta(seconds=60)
    assert max(apart) <= timedelta(minutes=75)
    assert len(throttled) <= 4
    assert len(after_reset) == 1
    assert after_reset[0] - back >= timedelta(seconds=5)
    assert world.vendor.most_at_once == 1


def test_each_alert_comes_with_the_reading_that_earned_it(world: World) -> None:
    """A figure over a threshold is announced in the same tick that reads it, not a poll later."""
    world.vendor.answer = day
    world.clock.advance(timedelta(minutes=75))
    core = world.start()
    core.tick()

    announced = []
    for _ in range(int(timedelta(minutes=40) / timedelta(seconds=10))):
        before = len(world.alerts.alerts)
        world.run(core, timedelta(seconds=10))
        if len(world.alerts.alerts) > before:
            announced.append(world.clock.now() - world.vendor.asked[-1].at)

    assert announced == [timedelta()]


def test_of_several_alerts_at_once_the_gravest_is_told_first(world: World) -> None:
    """Two warnings and a lockout in one answer: one notification, in which the lockout leads."""
    reading = limits(100, week=76)
    reading["limits"].append(row("weekly_scoped", 94, NOW + timedelta(days=5), "Fable"))
    world.vendor.answer = always(ok(reading))
    core = world.start()
    core.tick()

    (alert,) = world.alerts.alerts
    assert alert.title == "3 limits need a look"
    assert alert.body.startswith("Claude is locked until")
