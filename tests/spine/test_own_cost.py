"""The program's account of itself: what was sent and taken, over restarts, and not more of it than is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support import NOW, World
from usagetray.domain.own_cost import CallCounts, CallDay, Effort, EffortDay
from usagetray.edges.calls import Calls
from usagetray.edges.own_process import taken
from usagetray.edges.store import Store, accounting, open_writer
from usagetray.errors import Cause, SourceError
from usagetray.spine.metering import HEADLESS, TRAY, Metering
from usagetray.spine.own_cost import own_cost

TODAY = NOW.date()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_writer(tmp_path / "own" / "usagetray.db")
    yield made
    made.close()


def called(days_ago: int = 0, host: str = "one.example", **counts: int) -> CallDay:
    at = NOW - timedelta(days=days_ago)
    return CallDay(
        host=host, purpose="One", day=at.date(), first_at=at, last_at=at, counts=CallCounts(**{"requests": 1, **counts})
    )


def spent(days_ago: int = 0, process: str = TRAY, **effort: object) -> EffortDay:
    at = NOW - timedelta(days=days_ago)
    made = Effort(processor=timedelta(seconds=2), **effort)  # type: ignore[arg-type]
    return EffortDay(process=process, day=at.date(), at=at, effort=made)


# ---- kept --------------------------------------------------------------------------------------------------


def test_each_server_has_its_first_and_last_time_and_its_sums(store: Store) -> None:
    days = [called(400), called(30), called(3, bytes_out=10), called(bytes_out=5, failures=1), called(8, host="two")]
    for each in days:
        store.database.write(*accounting.added([each], []))

    told = own_cost(store, NOW)

    one, two = told.hosts
    assert (one.host, one.first_at, one.last_at) == ("one.example", NOW - timedelta(days=400), NOW)
    assert one.this_day == CallCounts(requests=1, failures=1, bytes_out=5)
    assert one.this_week == CallCounts(requests=2, failures=1, bytes_out=15)
    assert one.kept.requests == 3  # the one of last year is no more among them
    assert (two.host, two.this_week.requests, two.kept.requests) == ("two", 0, 1)
    assert told.calls_this_week.requests == 2


def test_what_is_said_twice_of_a_day_adds_up(store: Store) -> None:
    store.database.write(*accounting.added([called(bytes_in=3)], [spent(rows=1, written=10, memory_peak=7)]))
    store.database.write(*accounting.added([called(bytes_in=4)], [spent(rows=2, memory=5, memory_peak=6)]))

    told = own_cost(store, NOW)

    assert told.hosts[0].this_day == CallCounts(requests=2, bytes_in=7)
    assert told.this_day == Effort(processor=timedelta(seconds=4), memory=5, memory_peak=7, written=10, rows=3)


def test_what_the_system_does_not_tell_stays_unknown(store: Store) -> None:
    store.database.write(*accounting.added([], [spent()]))

    told = own_cost(store, NOW)

    assert (told.this_day.memory, told.this_day.memory_peak, told.this_day.written) == (None, None, None)


def test_a_year_is_kept_and_the_first_time_is_not_forgotten_with_it(store: Store) -> None:
    for days_ago in (400, 367, 366, 1):
        store.database.write(*accounting.added([called(days_ago)], [spent(days_ago)]))
    metering = Metering(store, None, NOW)

    metering.prune(NOW)

    assert [each.day for each in accounting.efforts(store.database, TODAY - timedelta(days=999))] == [
        TODAY - timedelta(days=366),
        TODAY - timedelta(days=1),
    ]
    assert own_cost(store, NOW).hosts[0].first_at == NOW - timedelta(days=400)


def test_another_clock_set_back_adds_to_its_own_day(store: Store) -> None:
    metering = Metering(store, TRAY, NOW)
    calls = metering.watch(Calls(lambda: NOW - timedelta(days=1)), NOW)
    calls.begin("One", "https://one.example").end(failed=False)

    metering.keep(NOW - timedelta(days=1), 0)

    assert [each.day for each in accounting.calls(store.database, TODAY - timedelta(days=9))] == [
        TODAY - timedelta(days=1)
    ]


# ---- noted -------------------------------------------------------------------------------------------------


def test_the_effort_is_noted_at_once_every_five_minutes_and_at_the_end(store: Store) -> None:
    """At once, for by it others know that somebody follows the tools."""
    metering = Metering(store, TRAY, NOW)
    metering.keep(NOW, 0)
    before = store.database.rows_written
    assert own_cost(store, NOW).as_of == NOW

    for seconds in range(10, 290, 10):
        metering.keep(NOW + timedelta(seconds=seconds), 1)
    assert store.database.rows_written == before
    metering.keep(NOW + timedelta(minutes=5), 30)
    metering.keep(NOW + timedelta(minutes=6), 36, is_over=True)

    told = own_cost(store, NOW + timedelta(minutes=6))
    assert told.this_day.looks == 36
    assert told.as_of == NOW + timedelta(minutes=6)
    assert timedelta(0) < told.this_day.processor <= taken().processor


def test_a_command_that_is_over_at_once_notes_nothing_of_itself(store: Store) -> None:
    metering = Metering(store, None, NOW)

    metering.keep(NOW + timedelta(days=1), 5, is_over=True)

    assert own_cost(store, NOW).as_of is None


def test_requests_wait_in_memory_while_the_disk_is_full_and_are_not_lost(store: Store) -> None:
    metering = Metering(store, None, NOW)
    calls = metering.watch(Calls(lambda: NOW), NOW)
    store.database._disk.execute("PRAGMA max_page_count = 1")
    calls.begin("One", "https://one.example").end(failed=False)
    store.set_meta("filler", "x" * 10**6)
    assert store.database.is_full

    metering.keep(NOW + timedelta(minutes=5), 0)
    store.database._disk.execute("PRAGMA max_page_count = 1000000")
    store.set_meta("filler", "")

    assert not store.database.is_full
    assert own_cost(store, NOW).hosts[0].this_day.unsent == 1


def test_what_the_kernel_says_of_writing_is_taken_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "io").write_text("rchar: 9\nwchar: 9\nwrite_bytes: 8192\ncancelled_write_bytes: 4096\n")
    (tmp_path / "statm").write_text("100 7 1 1 0 1 0\n")

    found = taken(tmp_path)

    assert found.written == 4096
    assert found.memory is not None
    assert found.memory % 7 == 0
    assert taken(tmp_path / "nowhere").written is None


# ---- the whole program -------------------------------------------------------------------------------------


def test_a_running_program_keeps_what_it_sent_over_a_restart(world: World) -> None:
    """As many as the vendor counted, under its name; the ceiling of the next run begins where this one ended."""
    core = world.start()
    world.run(core, timedelta(minutes=12), every=timedelta(seconds=60))
    core = world.restart(core)
    world.run(core, timedelta(minutes=6), every=timedelta(seconds=60))
    world.stop(core)

    core = world.start()
    told = own_cost(core.store, world.clock.now(), core.profile.paths.log_dir)
    (host,) = told.hosts
    assert host.purpose == "Claude"
    assert host.this_day.requests == len(world.vendor.asked) > 2
    assert host.this_day.failures == 0
    assert host.this_day.bytes_in > host.this_day.requests * 100
    assert told.this_day.looks == 18
    assert told.this_day.rows > 0
    assert told.store_bytes > 10_000
    assert told.log_bytes == 0
    assert {each.process for each in accounting.efforts(core.store.database, TODAY)} == {HEADLESS}


def test_past_the_ceiling_the_vendor_is_left_alone_and_it_is_told(world: World) -> None:
    """Earlier runs used the day up: nothing goes out, and the state is our own rate limit."""
    core = world.start()
    host = world.vendor.origin.removeprefix("http://")
    core.store.database.write(*accounting.added([called(host=host, requests=5760)], []))

    world.run(core, timedelta(minutes=20), every=timedelta(seconds=60))

    assert world.vendor.asked == []
    attempts = [each for source in core.store.sources() for each in core.store.attempts(source)]
    attempts = [each for each in attempts if each.cause is Cause.RATE_LIMITED]
    assert "own limit of 5,760 requests a day" in attempts[-1].detail
    assert core.status()["accounts"][0]["state"] == "rate_limited"
    assert own_cost(core.store, world.clock.now()).calls_this_day.refused == len(attempts)


def test_calls_refuse_beyond_what_was_recalled(store: Store) -> None:
    store.database.write(*accounting.added([called(requests=3)], []))
    calls = Metering(store, None, NOW).watch(Calls(lambda: NOW, most_a_day=4), NOW)
    calls.begin("One", "https://one.example")

    with pytest.raises(SourceError):
        calls.begin("One", "https://one.example")
