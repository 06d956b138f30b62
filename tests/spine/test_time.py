"""How old figures, ended windows, sleeping machines and wrong clocks are shown."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.support import ACCOUNT, NOW, World, account, in_turn, limits, ok, refused, row, window, within
from usagetray.domain.states import State
from usagetray.edges import spool
from usagetray.providers.contract import Reply
from usagetray.spine.reading import reader

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)

# ---- age ---------------------------------------------------------------------------------------------------

FAILURES = {
    "rate_limited": refused(429),
    "not_allowed": refused(403),
    "signed_out": refused(401),
    "server_error": refused(503),
    "bad_data": Reply(status=200, body=b"[]"),
    "portal": Reply(status=200, body=b"<html>", headers={"Content-Type": "text/html"}),
}


@pytest.mark.parametrize("state", FAILURES)
def test_a_figure_nobody_renews_turns_stale_when_promised_and_stays_so(world: World, state: str) -> None:
    """Polled every 5 min: stale from 10 min on, to the second, through an hour in which the user stops working."""
    world.vendor.answer = in_turn(ok(limits(20)), FAILURES[state])
    core = world.start()
    core.tick()
    world.uses_tool = False  # after half an hour the interval grows; the figure must not look younger for it

    world.run(core, 10 * MINUTE - SECOND, every=SECOND * 29.9)
    assert window(core)["stale"] is False
    world.run(core, SECOND)
    assert window(core)["stale"] is True

    for _ in range(55):
        world.run(core, MINUTE)
        assert window(core)["stale"] is True
        assert window(core)["used_percent"] == 20
    assert account(core)["state"] == state


def told_by_the_status_line(world: World, percent: int) -> None:
    """As Claude Code says it after an answer, which its log holds as well."""
    world.home.work()
    now, ends = world.clock.now(), NOW + 24 * HOUR
    limits_told = {"five_hour": {"used_percentage": percent, "resets_at": int(ends.timestamp())}}
    note = {"at": now.timestamp(), "home": str(world.home.credentials.parent), "account": ACCOUNT}
    line = json.dumps({**note, "rate_limits": limits_told}).encode()
    spool.append(world.profile / "state" / "spool", "statusline", line)


def test_a_passive_figure_turns_old_for_those_who_look_where_no_tray_follows_its_tool(world: World) -> None:
    """Told once; the tray runs for three hours in which nobody works, then is killed, and hours of work follow."""
    world.configure("welcomed = true\n")
    core = world.start()
    told_by_the_status_line(world, 41)
    world.uses_tool = False
    world.run(core, 3 * HOUR, every=MINUTE)
    look = reader(core.profile)

    ((at_rest,),) = [each.windows for each in look().accounts]
    core.store.settle()
    core.store.close()
    core._lock.release()
    world.running.clear()
    world.clock.advance(30 * MINUTE)
    world.home.work()
    later = look()
    (unwatched,) = later.accounts

    assert (at_rest.used, at_rest.stale) == (0.41, False)
    assert [(each.used, each.stale) for each in unwatched.windows] == [(0.41, True)]
    assert unwatched.state is State.STALE
    assert not later.is_counted  # of its logs neither


def test_idling_never_makes_an_old_figure_look_current_again(world: World) -> None:
    """Last used 15 min before the reading: at 15 min the interval grows to 15, whose double is 30 min."""
    world.uses_tool = False
    world.vendor.answer = in_turn(ok(limits(20)), refused(503))
    world.clock.jump(15 * MINUTE)
    core = world.start()
    core.tick()

    stale = []
    for _ in range(40):
        world.run(core, MINUTE)
        stale.append(window(core)["stale"])

    assert stale == sorted(stale)
    assert stale[10] is True


def test_a_window_that_has_ended_shows_no_figure_and_is_asked_about_once(world: World) -> None:
    """100 %, reset in 10 min, then the server is gone for 3 h: ended from reset + 60 s, one request 5-60 s after it."""
    reset = timedelta(minutes=10)
    full = {"limits": [row("session", 100, NOW + reset)]}
    world.vendor.answer = in_turn(ok(full), refused(503))
    core = world.start()
    core.tick()
    world.run(core, reset + timedelta(seconds=59))
    assert window(core)["used_percent"] == 100

    world.run(core, SECOND)

    assert window(core)["state"] == "ended"
    assert account(core)["state"] == "window_ended"
    assert len(within(world.vendor.times(), reset + 5 * SECOND, reset + timedelta(seconds=60))) == 1
    alerts = len(world.alerts.alerts)
    for _ in range(6):
        world.run(core, 30 * MINUTE, leap=5 * MINUTE)
        assert window(core)["used_percent"] is None
        assert window(core)["state"] == "ended"
        assert "-" not in account(core)["state_text"].replace("sign-in", "")
    assert len(world.alerts.alerts) == alerts == 1  # the lockout itself


# ---- clocks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [48, -48])
def test_a_wrong_clock_is_said_and_announces_nothing(world: World, hours: int) -> None:
    """The server's own date differs by two days: nobody is signed out, nothing is announced, no age is negative."""
    core = world.start()
    core.tick()
    world.clock.jump(timedelta(hours=hours))
    world.vendor.ahead = timedelta(hours=-hours)
    world.vendor.answer = lambda asked: ok(limits(95, session_ends=NOW + 3 * HOUR))

    for _ in range(20):
        world.run(core, 30 * SECOND)
        assert all(each["age_s"] >= 0 for each in account(core)["windows"])
        assert account(core)["state"] != "signed_out"

    assert account(core)["state"] == "clock_suspect"
    assert world.alerts.titles == []
    assert "2 d" in account(core)["state_text"]


def test_polling_goes_on_when_the_clock_has_been_put_right(world: World) -> None:
    """Two days ahead and back again: the next answer comes within a few minutes, not in two days."""
    core = world.start()
    core.tick()
    world.clock.jump(timedelta(hours=48))
    world.vendor.ahead = timedelta(hours=-48)
    world.run(core, 10 * MINUTE)
    world.clock.jump(timedelta(hours=-48))
    world.vendor.ahead = timedelta()
    before = len(world.vendor.asked)

    world.run(core, 10 * MINUTE)

    assert len(world.vendor.asked) > before
    assert account(core)["state"] == "fresh"
    assert [each["stale"] for each in account(core)["windows"]] == [False, False]


def test_a_clock_that_jumps_to_and_fro_asks_no_more_often(world: World) -> None:
    """Twenty jumps of two days in twenty minutes: each looks like a sleep, and brings one request at most."""
    core = world.start()
    core.tick()
    for number in range(20):
        hours = 48 if number % 2 == 0 else -48
        world.clock.jump(timedelta(hours=hours))
        world.vendor.ahead -= timedelta(hours=hours)
        world.run(core, MINUTE)

    assert len(world.vendor.asked) <= 21
    assert all(each["age_s"] >= 0 for each in account(core)["windows"])


def test_after_a_sleep_three_tries_are_made_before_anything_is_said(world: World) -> None:
    """Eight hours asleep, the network back 2 min after: first try after 3-30 s, at most 3 in 5 min, no error shown."""
    core = world.start()
    core.tick()
    world.run(core, 7 * MINUTE)
    slept = 8 * HOUR
    world.clock.jump(slept)
    woke = world.clock.now() - NOW
    world.vendor.answer = lambda asked: (
        refused(503)
        if asked.at - NOW < woke + 2 * MINUTE
        else ok(limits(5, session_ends=world.clock.now() + 4 * HOUR, week_ends=NOW + timedelta(days=5)))
    )

    states = set()
    for _ in range(30):
        world.run(core, 10 * SECOND)
        states.add(account(core)["state"])

    tries = [each - woke for each in within(world.vendor.times(), woke, woke + 5 * MINUTE)]
    assert 3 * SECOND <= tries[0] <= 30 * SECOND
    assert len(tries) <= 3
    assert states <= {"fresh", "stale", "window_ended"}
    assert account(core)["state"] == "fresh"


def test_a_network_that_failed_before_the_sleep_gets_its_three_tries_too(world: World) -> None:
    """An hour offline, then asleep: the long waits of the old network do not hold for the new one."""
    world.vendor.answer = in_turn(ok(limits(20, session_ends=NOW + timedelta(days=1))), refused(503))
    core = world.start()
    core.tick()
    world.run(core, HOUR)
    world.clock.jump(8 * HOUR)
    woke = world.clock.now() - NOW

    world.run(core, 5 * MINUTE)

    assert len(within(world.vendor.times(), woke, woke + 5 * MINUTE)) == 3
