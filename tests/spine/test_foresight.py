"""Played days with generated logs: what is foreseen of the session, from files and server to the alert."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.spine.logged import AFTER, MINUTE, Work
from tests.support import ACCOUNT, ALLOWED, World, window
from usagetray.domain.forecast import Memory
from usagetray.domain.states import Level
from usagetray.edges.store import open_reader
from usagetray.edges.store.foresight import memories
from usagetray.overview import Overview, WindowView
from usagetray.profile import open_profile
from usagetray.spine.core import Core
from usagetray.spine.reading import reader
from usagetray.views import forecast_words

FIVE = 5 * MINUTE
OWNER = ("claude", ACCOUNT)
THOUSANDS = 14.0
"""Weighted tokens of one percent, as this play's server counts: 7 cents at list prices."""


@pytest.fixture
def work(world: World) -> Work:
    made = Work(world=world)
    world.vendor.answer = made.answer
    return made


def does(work: Work, share: float) -> None:
    """One response that takes so many percent of the session."""
    work.says(share, read=int(share * 100_000), output=int(share * 800))


def steady(work: Work, core: Core, minutes: int, share: float) -> None:
    """Work that takes `share` percent of the session every 5 minutes."""
    for _ in range(0, minutes, 5):
        does(work, share)
        work.world.run(core, FIVE - AFTER, every=FIVE)


def session(shown: Overview) -> WindowView:
    return next(each for each in shown.accounts[0].windows if each.key == "five_hour")


def foreseen_alerts(world: World, core: Core) -> list[Any]:
    return [each for each in core.store.alerts() if each.kind == "forecast"]


def learned(world: World) -> Memory:
    """As it is kept in the file."""
    store = open_reader(world.profile / "usagetray.db")
    assert store is not None
    try:
        return memories(store.database)[OWNER]
    finally:
        store.close()


def habit_thousands(memory: Memory) -> int:
    return sum(sum(day) for habit in memory.habits if habit.model is None for day in habit.days)


def test_hard_work_is_warned_of_once_before_it_locks(world: World, work: Work) -> None:
    """4 % every 5 minutes: used up after two hours, three before the reset."""
    core = world.start()
    core.tick()
    warned_at = None
    while work.used < 100:
        steady(work, core, 5, 4.0)
        if warned_at is None and foreseen_alerts(world, core):
            warned_at, used, shown = world.clock.now(), work.used, core.overview()
    steady(work, core, 10, 0.0)

    (alert,) = foreseen_alerts(world, core)
    assert warned_at is not None
    locked_at = next(each.due_at for each in core.store.alerts() if each.kind == "locked")
    assert locked_at - warned_at >= timedelta(minutes=15)
    assert alert.title.startswith("Claude session runs out at ")
    assert "before its reset at " in alert.body
    assert f"Now {used:.0f}" in alert.body
    assert session(shown).level >= Level.WARNING
    assert shown.accounts[0].level >= Level.WARNING
    assert [each.title for each in world.alerts.alerts].count(alert.title) == 1


def test_a_light_day_is_foreseen_to_last_and_warns_of_nothing(world: World, work: Work) -> None:
    core = world.start()
    core.tick()
    for _ in range(18):
        does(work, 1.0)
        world.run(core, 10 * MINUTE - AFTER, every=FIVE)

    told = window(core)["forecast"]
    assert foreseen_alerts(world, core) == []
    assert told is not None
    assert told["lockout_chance"] < 0.2
    assert told["at_reset_percent"] < 60
    assert session(core.overview()).level is Level.NORMAL
    now = world.clock.now()
    assert forecast_words.row(session(core.overview()), now, now.tzinfo).startswith("Lasts, ")  # type: ignore[arg-type]


def test_use_since_the_reading_is_counted_on_and_marked_as_an_estimate(world: World, work: Work) -> None:
    core = world.start()
    core.tick()
    steady(work, core, 60, 2.0)
    while world.clock.now() - session(core.overview()).captured_at > AFTER:
        world.run(core, 2 * AFTER, every=2 * AFTER)
    for _ in range(2):
        does(work, 3.0)
        world.run(core, AFTER)

    shown = session(core.overview())
    assert shown.used == 0.24
    assert shown.forecast is not None
    assert shown.forecast.used == pytest.approx(0.30, abs=0.01)
    assert forecast_words.figure(shown, False) in {"~29\u202f%", "~30\u202f%"}
    assert window(core)["used_percent"] == 24


def test_those_who_only_read_the_store_foresee_the_same(world: World, work: Work) -> None:
    core = world.start()
    core.tick()
    steady(work, core, 60, 3.0)

    ours = session(core.overview())
    core.settle()
    environ = {"HOME": str(world.home.path), "USAGETRAY_HOME": str(world.profile)}
    theirs = session(reader(replace(open_profile(environ), clock=world.clock))())

    assert ours.forecast is not None
    assert theirs.forecast is not None
    assert theirs.forecast.p_lockout == pytest.approx(ours.forecast.p_lockout, abs=0.1)
    assert theirs.forecast.used == pytest.approx(ours.forecast.used)
    assert theirs.level is ours.level


def killed(world: World, core: Core) -> None:
    """Ends as a killed program does: nothing more is written."""
    world.running.remove(core)
    core.refresh.close(1)
    core.incidents.close(1)
    core.store.close()
    core._lock.release()


def test_a_killed_program_counts_nothing_twice_and_repeats_no_alert(world: World, work: Work) -> None:
    core = world.start()
    core.tick()
    while not foreseen_alerts(world, core):
        steady(work, core, 5, 4.0)
        does(work, 0.5)  # while it does not run
        killed(world, core)
        core = world.start()
        core.tick()
    killed(world, core)
    core = world.start()
    steady(work, core, 5, 0.5)
    core.indexing.read_anew()
    world.run(core, FIVE, every=FIVE)
    world.stop(core)

    memory = learned(world)
    assert habit_thousands(memory) == pytest.approx(work.used * THOUSANDS, rel=0.02)
    core = world.start()
    assert len(foreseen_alerts(world, core)) == 1
    assert core.store.database.rows("SELECT * FROM unforeseen") == []


def test_it_begins_with_the_logs_there_are_once(world: World, work: Work) -> None:
    """Three days of work before the first start; each response is known, and known once."""
    world.clock.advance(-timedelta(days=3))
    for _ in range(3):
        for _ in range(8):
            does(work, 2.0)
            world.clock.advance(30 * MINUTE - AFTER)
        world.clock.advance(timedelta(hours=20))
    before, work.used = work.used, 0.0
    core = world.start()
    core.tick()
    world.run(core, FIVE, every=FIVE)
    core = world.restart(core)
    world.run(core, FIVE, every=FIVE)
    world.stop(core)

    memory = learned(world)
    (habit,) = (each for each in memory.habits if each.model is None)
    assert len(habit.days) >= 3
    assert habit_thousands(memory) == pytest.approx(before * THOUSANDS, rel=0.02)


def test_with_the_alert_switched_off_the_icon_still_warns(world: World, work: Work) -> None:
    world.configure(ALLOWED + "[alerts]\nforecast = false\n")
    core = world.start()
    core.tick()
    while work.used < 88:
        steady(work, core, 5, 4.0)

    assert foreseen_alerts(world, core) == []
    shown = session(core.overview())
    assert shown.forecast is not None
    assert shown.forecast.is_warned
