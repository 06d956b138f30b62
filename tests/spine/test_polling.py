"""How often a server is asked, and what a user sees of its trouble meanwhile."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tests.support import (
    NOW,
    World,
    account,
    always,
    in_turn,
    limits,
    ok,
    refused,
    until_due,
    wait_until,
    window,
    within,
)
from usagetray.providers.contract import Reply

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def test_an_endless_429_is_asked_four_times_in_the_first_hour_and_thirty_times_a_day(world: World) -> None:
    """`Retry-After: 0` counts as none given; the last good figures stay, visibly older each time."""
    world.vendor.answer = in_turn(ok(limits(session_ends=NOW + 2 * DAY)), refused(429, Retry_After="0"))
    core = world.start()
    core.tick()
    world.run(core, timedelta(minutes=6))
    first = len(world.vendor.asked) - 1
    limited_from = world.vendor.times()[first]

    world.run(core, DAY, leap=10 * MINUTE)

    times = world.vendor.times()[first:]
    assert account(core)["state"] == "rate_limited"
    assert window(core)["used_percent"] == 42
    assert window(core)["stale"] is True
    assert window(core)["age_s"] >= DAY.total_seconds()
    assert len(within(times, limited_from, limited_from + HOUR)) <= 4
    assert len(within(times, limited_from, limited_from + DAY)) <= 30

    world.vendor.answer = always(ok(limits(12, session_ends=world.clock.now() + 3 * HOUR)))
    world.run(core, timedelta(minutes=75), leap=10 * MINUTE)
    before = len(world.vendor.asked)
    world.run(core, timedelta(minutes=12))

    assert account(core)["state"] == "fresh"
    assert len(world.vendor.asked) - before in (2, 3)  # about every 5 minutes again


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("120", 5 * MINUTE, 6 * MINUTE + timedelta(seconds=30)),  # less than our own first wait
        ("7200", 2 * HOUR, 2 * HOUR + timedelta(seconds=30)),
        ("86400", 6 * HOUR, 6 * HOUR + timedelta(seconds=30)),
        (None, 5 * MINUTE, 6 * MINUTE + timedelta(seconds=30)),
        ("", 5 * MINUTE, 6 * MINUTE + timedelta(seconds=30)),
        ("soon", 5 * MINUTE, 6 * MINUTE + timedelta(seconds=30)),
        ("-5", 5 * MINUTE, 6 * MINUTE + timedelta(seconds=30)),
        ("Fri, 20 Nov 2026 08:00:00 GMT", 5 * MINUTE, 6 * MINUTE + timedelta(seconds=30)),  # an hour ago
        ("Fri, 20 Nov 2026 10:00:00 GMT", HOUR, HOUR + timedelta(seconds=30)),
    ],
)
def test_a_server_s_wait_is_kept_but_never_longer_than_six_hours(
    world: World, header: str | None, least: timedelta, most: timedelta
) -> None:
    world.vendor.answer = always(refused(429, **({"Retry_After": header} if header is not None else {})))
    core = world.start()
    core.tick()

    while len(world.vendor.asked) < 2 and world.clock.now() < NOW + 7 * HOUR:
        world.run(core, until_due(core, world.clock, 10 * MINUTE))
        core.click()  # nothing shortens the wait, the user neither

    assert least <= world.vendor.times()[1] <= most


def test_restarts_do_not_shorten_a_wait(world: World) -> None:
    """429, and the program started anew every 2 minutes for an hour: still at most 4 requests."""
    world.vendor.answer = always(refused(429))
    core = world.start()

    for _ in range(30):
        core.tick()
        world.run(core, 2 * MINUTE)
        core = world.restart(core)

    assert 2 <= len(world.vendor.asked) <= 4


def test_a_hundred_clicks_send_at_most_two_requests_and_never_two_at_once(world: World) -> None:
    """100 clicks in 10 s beside menu and timer ticks, the server taking long: each returns at once."""
    world.vendor.delay_s = 0.3
    core = world.start()
    worker = threading.Thread(target=lambda: [core.look() for _ in range(200)])
    worker.start()

    for _ in range(100):
        core.click()
        world.clock.advance(timedelta(seconds=0.1))
    worker.join()
    core.refresh.settle(5)
    core.tick()

    assert len(world.vendor.asked) <= 2
    assert world.vendor.most_at_once == 1


def test_clicks_are_twenty_seconds_apart(world: World) -> None:
    """Two minutes of clicking each second: 0, 20, 40, ... s."""
    core = world.start()
    core.tick()

    for _ in range(120):
        world.clock.advance(timedelta(seconds=1))
        core.click()
        core.tick()

    assert world.vendor.times() == [timedelta(seconds=20 * each) for each in range(7)]


STATES = [
    (Reply(status=200, body=b"<html>sign in to the wifi</html>", headers={"Content-Type": "text/html"}), "portal"),
    (Reply(status=200, body=b""), "bad_data"),
    (Reply(status=200, body=b'{"five_hour": {"utilization": 4'), "bad_data"),
    (Reply(status=200, body=b'["five_hour", "seven_day"]'), "bad_data"),
    (Reply(status=200, body=b'{"something": "else"}'), "bad_data"),
    (Reply(status=302, body=b"", headers={"Location": "https://login.example.invalid/"}), "portal"),
    *((refused(status), "server_error") for status in (500, 502, 503, 504, 520, 408, 418)),
]


@pytest.mark.parametrize(("reply", "state"), STATES, ids=lambda each: getattr(each, "status", each))
def test_a_server_s_trouble_is_named_and_costs_two_quick_retries(world: World, reply: Reply, state: str) -> None:
    """The last figures stay, stale after ten minutes; in the first five minutes at most three requests go out."""
    world.vendor.answer = in_turn(ok(limits(20)), reply)
    core = world.start()
    core.tick()
    while len(world.vendor.asked) < 2:
        world.run(core, timedelta(seconds=10))
    failing_since = world.clock.now() - NOW

    world.run(core, 5 * MINUTE)

    assert account(core)["state"] == state
    assert "sign in" not in account(core)["state_text"].lower().replace("sign-in page", "")
    assert len(within(world.vendor.times(), failing_since, failing_since + 5 * MINUTE)) <= 3

    world.run(core, 6 * MINUTE)

    assert window(core)["used_percent"] == 20
    assert window(core)["stale"] is True


def test_a_closed_port_is_offline_and_heals_at_the_next_poll(world: World) -> None:
    core = world.start()
    core.tick()
    good = core.profile.origins
    object.__setattr__(core.profile, "origins", {"claude": "http://127.0.0.1:9"})
    world.run(core, 10 * MINUTE)

    assert account(core)["state"] == "offline"

    object.__setattr__(core.profile, "origins", good)
    world.run(core, 40 * MINUTE)

    assert account(core)["state"] == "fresh"


def test_a_finished_attempt_says_at_once_when_the_next_one_is(world: World) -> None:
    """One tick, as `run --headless --once` makes: the status holds the time of the next attempt."""
    world.vendor.answer = always(refused(429, Retry_After="1800"))
    core = world.start()

    core.tick()

    assert account(core)["next_attempt_at"] == "2026-11-20T09:30:00Z"


def test_the_end_does_not_wait_for_a_server_that_hangs(world: World) -> None:
    """The answer under way is lost, nothing is logged as an error, and the next start goes on."""
    world.vendor.delay_s = 30
    core = world.start()
    core.look()
    wait_until(lambda: world.vendor.asked, "the request")

    world.stop(core)
    world.vendor.over.set()
    world.vendor.delay_s = 0
    core = world.start()
    world.run(core, 12 * MINUTE)

    assert account(core)["state"] == "fresh"
