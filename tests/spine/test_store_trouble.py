"""A store that is full or damaged, as the whole program meets it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

from tests.support import World, account, always, in_turn, limits, ok, refused, window
from usagetray.edges.store.opening import PAGE

MINUTE = timedelta(minutes=1)


def test_a_full_disk_neither_hammers_the_server_nor_repeats_alerts(world: World) -> None:
    """78 % on a full disk: one alert, requests at their usual distance, and all of it kept once there is space."""
    core = world.start()
    core.tick()
    disk = core.store.database._disk
    (pages,) = disk.execute("PRAGMA page_count").fetchone()
    disk.execute(f"PRAGMA max_page_count = {pages}")
    while not core.store.database.is_full:
        core.store.database.write(("INSERT INTO meta VALUES (hex(randomblob(16)), hex(randomblob(1000)))", [()]))
    world.vendor.answer = always(ok(limits(78)))
    before = len(world.vendor.asked)

    world.run(core, timedelta(hours=1), leap=5 * MINUTE)

    assert account(core)["state"] == "disk_full"
    assert window(core)["used_percent"] == 78
    assert len(world.vendor.asked) - before <= 31
    assert [each.threshold for each in world.alerts.alerts] == [0.75]

    disk.execute("PRAGMA max_page_count = 1000000")
    world.run(core, 10 * MINUTE)
    core = world.restart(core)
    world.run(core, 10 * MINUTE)

    assert account(core)["state"] == "fresh"
    assert [each.threshold for each in world.alerts.alerts] == [0.75]


def test_a_damaged_store_costs_neither_a_wait_nor_an_alert(world: World) -> None:
    """Announced at 78 %, throttled, then an index is lost: nothing is announced twice, the wait goes on."""
    world.vendor.answer = in_turn(ok(limits(78)), refused(429))
    core = world.start()
    core.tick()
    world.run(core, 6 * MINUTE)
    asked = len(world.vendor.asked)
    world.stop(core)
    file = core.profile.paths.store_file
    content = file.read_bytes()
    with closing(sqlite3.connect(file)) as whole:
        ((root,),) = whole.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'said_newest'")
    file.write_bytes(content[: (root - 1) * PAGE] + b"\xff" * PAGE + content[root * PAGE :])

    core = world.start()
    core.tick()

    assert file.with_name("usagetray.db.damaged-1").exists()
    assert window(core)["used_percent"] == 78
    assert account(core)["state"] in ("rate_limited", "store_damaged")
    assert len(world.vendor.asked) == asked
    assert any("damaged-1" in each for each in core.overview().notices)
    assert [each.threshold for each in world.alerts.alerts] == [0.75]

    world.clock.advance(timedelta(days=2))
    assert core.overview().notices == ()
