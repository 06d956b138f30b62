"""The demo's made-up day with its logs, by hand on the real program: what it foresees is what happens."""

from __future__ import annotations

import os
from datetime import timedelta

from tests.support import NOW, Asked, World
from usagetray.providers.claude import rehearsal
from usagetray.providers.contract import Reply
from usagetray.providers.rehearsed import running
from usagetray.spine.core import Core

MINUTE = timedelta(minutes=1)
EVERY = 2 * MINUTE


def write_logs(world: World) -> None:
    for name, content in rehearsal.files(NOW, world.clock.now()).items():
        path = world.home.path / ".claude" / name if "/" in name else None
        if path is not None and (not path.exists() or path.read_bytes() != content):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, (world.clock.now().timestamp(),) * 2)


def started(world: World) -> Core:
    def answer(asked: Asked) -> Reply:
        return rehearsal.reply(NOW, asked.at)

    world.uses_tool = False
    world.vendor.answer = answer
    write_logs(world)
    core = world.start()
    core.tick()
    return core


def play_until(world: World, core: Core, minute: float) -> None:
    while world.clock.now() < NOW + minute * MINUTE:
        world.clock.advance(EVERY)
        write_logs(world)
        core.tick()


def test_the_morning_is_calm_then_warned_of_once_at_about_the_right_time(world: World) -> None:
    """The session is used up at noon. Nothing is said before half of it is; the one warning is right by 15 minutes."""
    core = started(world)
    play_until(world, core, 60)
    calm = list(world.alerts.titles)
    play_until(world, core, 190)

    warned = [each for each in core.store.alerts() if each.kind == "forecast"]
    locked = [each for each in core.store.alerts() if each.kind == "locked"]
    assert calm == []
    assert len(warned) == len(locked) == 1
    assert locked[0].due_at - warned[0].due_at >= 15 * MINUTE
    told = warned[0].title.rpartition(" ")[2]
    at = NOW.replace(hour=int(told[:2]), minute=int(told[3:]))
    assert abs(at - (NOW + rehearsal.LOCKED * MINUTE)) <= 15 * MINUTE


def test_the_days_before_hold_no_lockout_and_no_day_is_alike() -> None:
    """Else the status of a computer with this history would tell another story than its figures."""
    history = [running(rehearsal.work(), -each * 60.0, rehearsal.SESSION) for each in range(27 * 24)]
    used = [each.used for each in history if each is not None]

    assert max(used) < 100
    assert len({round(each, 3) for each in used}) > 30


def test_the_server_says_what_the_logs_hold() -> None:
    """At noon: dollars of the session's answers, at what a percent is worth, are its percents."""
    at = rehearsal.LOCKED
    session = running(rehearsal.work(), at, rehearsal.SESSION)

    assert session is not None
    assert session.begun == rehearsal.BEGAN
    assert 100 <= session.used < 102
