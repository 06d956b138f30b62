"""The first hour after the program was installed in the middle of a session: it warns of nothing that does not come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.spine.logged import AFTER, MINUTE, Work
from tests.support import NOW, Asked, World, limits, ok
from usagetray.providers.contract import Reply
from usagetray.spine.core import Core

EVERY = 3
"""Minutes between two answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """What had been used at the start, and how it goes on: percents of the session."""

    used: float = 0.0
    begun: int = 0  # minutes before
    told: float = 1.0  # share of that which the logs hold
    pace: Callable[[int], float]  # percent a minute, by the minute
    elsewhere: float = 0.0  # share of the use that no log shows
    days: int = 0  # of logs before today
    week: int = 30  # percent of it at the start; it moves a twentieth as fast


CALM = {
    "slow from nothing": Newcomer(pace=lambda _: 0.2),
    "a burst, then calm": Newcomer(pace=lambda minute: 2.0 if minute < 9 else 0.05),
    "one large answer first": Newcomer(pace=lambda minute: 3.0 if minute < 3 else 0.2),
    "two fifths used, all of it in the logs": Newcomer(used=40, begun=120, pace=lambda _: 0.2),
    "two fifths used, nearly all of it on the web": Newcomer(used=40, begun=120, told=0.02, pace=lambda _: 0.2),
    "the same after days of work": Newcomer(used=40, begun=120, told=0.02, pace=lambda _: 0.2, days=10),
    "most of the week used on the web": Newcomer(used=5, begun=30, week=70, pace=lambda _: 0.2),
    "half of all use elsewhere": Newcomer(used=40, begun=120, told=0.5, elsewhere=0.5, pace=lambda _: 0.3),
    "much used, shortly before the reset": Newcomer(used=80, begun=240, pace=lambda _: 0.1),
}
IN_DANGER = {
    "fast, in the middle": Newcomer(used=40, begun=120, pace=lambda _: 0.8),
    "fast, after use on the web": Newcomer(used=40, begun=120, told=0.02, pace=lambda _: 0.8),
}


def does(work: Work, share: float) -> None:
    work.says(share, read=int(share * 100_000), output=int(share * 800))


def started(world: World, who: Newcomer) -> tuple[Core, Work]:
    work = Work(world=world, ends_at=NOW - who.begun * MINUTE + timedelta(hours=5))

    def answer(_: Asked) -> Reply:
        return ok(limits(int(work.used), session_ends=work.ends_at, week=int(who.week + work.used / 20)))

    world.vendor.answer = answer
    at = NOW - timedelta(days=who.days, minutes=10)
    for day in range(who.days):
        world.clock.advance(at + timedelta(days=day) - world.clock.now())
        for _ in range(40):
            does(work, 2.0)
            world.clock.advance(10 * MINUTE - AFTER)
    answers = who.begun // EVERY
    world.clock.advance(NOW - who.begun * MINUTE - world.clock.now())
    for _ in range(answers):
        does(work, who.used * who.told / answers)
        world.clock.advance(EVERY * MINUTE - AFTER)
    work.used = who.used
    core = world.start()
    core.tick()
    return core, work


def works_on(work: Work, core: Core, who: Newcomer, minute: int) -> None:
    used = who.pace(minute) * EVERY
    does(work, used * (1 - who.elsewhere))
    work.used += used * who.elsewhere
    work.world.run(core, EVERY * MINUTE - AFTER, every=EVERY * MINUTE)


def warned(core: Core) -> list[str]:
    return [each.title for each in core.store.alerts() if each.kind == "forecast"]


@pytest.mark.parametrize("who", CALM.values(), ids=CALM.keys())
def test_the_first_hour_of_a_newcomer_cries_no_wolf(world: World, who: Newcomer) -> None:
    core, work = started(world, who)
    for minute in range(0, 60, EVERY):
        works_on(work, core, who, minute)

    assert work.used < 90
    assert warned(core) == []


@pytest.mark.parametrize("who", IN_DANGER.values(), ids=IN_DANGER.keys())
def test_a_newcomer_in_danger_is_warned_at_about_the_right_time(world: World, who: Newcomer) -> None:
    """75 minutes after the start it is used up; the warning comes 15 minutes ahead or more, right by 20."""
    core, work = started(world, who)
    minute = 0
    while not warned(core) and work.used < 99:
        works_on(work, core, who, minute)
        minute += EVERY

    (title,) = warned(core)
    clock = title.rpartition(" ")[2]
    told = NOW.replace(hour=int(clock[:2]), minute=int(clock[3:]))
    assert abs(told - (NOW + 75 * MINUTE)) <= 20 * MINUTE
    assert NOW + 75 * MINUTE - world.clock.now() >= 15 * MINUTE
