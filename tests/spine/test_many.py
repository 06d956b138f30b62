"""Several vendors at once: one that hangs or breaks costs the others nothing, and nobody is flooded with alerts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from tests.spine.made_up import body, core_of, vendor
from tests.support import NOW, TICK, ManualClock, Recorder, Vendor, always, ok, wait_until
from usagetray.domain.alerts import AlertKind
from usagetray.edges.store import AlertRow
from usagetray.model import Secret, Snapshot
from usagetray.providers.contract import Facts, Provider, Web
from usagetray.spine.core import Core

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
RESET = NOW + 3 * HOUR


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def servers(clock: ManualClock) -> Iterator[dict[str, Vendor]]:
    """Three vendors, all answering 20 %."""
    made = {name: Vendor(clock, always(ok(body(20, RESET)))) for name in ("hanging", "second", "third")}
    try:
        yield made
    finally:
        for each in made.values():
            each.close()


def origins(servers: dict[str, Vendor]) -> dict[str, str]:
    return {name: server.origin for name, server in servers.items()}


def states(core: Core) -> dict[str, str]:
    return {each["provider"]: each["state"] for each in core.status()["accounts"]}


def test_a_server_that_never_answers_ends_with_a_state_and_delays_no_other(
    tmp_path: Path, clock: ManualClock, servers: dict[str, Vendor]
) -> None:
    """The first accepts and is silent: the others have their figures at once, it has its state at the ceiling (2 s)."""
    servers["hanging"].delay_s = 60
    with core_of(tmp_path, clock, [vendor(name) for name in servers], origins(servers), ceiling_s=2.0) as core:
        core.look()
        wait_until(lambda: states(core).items() >= {"second": "fresh", "third": "fresh"}.items(), "the others' figures")
        assert core.refresh.is_busy
        core.refresh.settle(30)

        assert states(core) == {"hanging": "server_error", "second": "fresh", "third": "fresh"}


def test_twenty_rounds_with_a_hanging_server_leave_no_threads_behind(
    tmp_path: Path, clock: ManualClock, servers: dict[str, Vendor]
) -> None:
    """B and C are asked at their usual distance all the while; threads are back to the start, give or take two."""
    servers["hanging"].delay_s = 60
    with core_of(tmp_path, clock, [vendor(name) for name in servers], origins(servers), ceiling_s=0.25) as core:
        core.tick()
        at_start = threading.active_count()
        for _ in range(20):
            clock.advance(6 * MINUTE)
            core.tick()
        for each in servers.values():
            each.over.set()
        wait_until(lambda: threading.active_count() <= at_start + 2, "the end of the threads")

        for name in ("second", "third"):
            assert len(servers[name].asked) == 21


def test_a_source_that_breaks_in_a_way_nobody_foresaw_stops_no_other(
    tmp_path: Path, clock: ManualClock, servers: dict[str, Vendor], caplog: pytest.LogCaptureFixture
) -> None:
    """A fault of ours in one provider: logged, named as its state, paced like other faults, and nobody else's."""

    def broken(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
        assert web is not None
        web.get_json("/usage", bearer=Secret("token-of-broken"))
        raise ZeroDivisionError

    bad: Provider = vendor("hanging")
    object.__setattr__(bad.strategies[0], "fetch", broken)
    with core_of(tmp_path, clock, [bad, vendor("second"), vendor("third")], origins(servers)) as core:
        for _ in range(30):
            core.tick()
            clock.advance(TICK)

        assert states(core) == {"hanging": "bad_data", "second": "fresh", "third": "fresh"}
        assert "failed in a way nobody foresaw" in caplog.text
        assert len(servers["hanging"].asked) == 3  # the first, and two quick ones in five minutes


def test_a_system_out_of_threads_costs_the_moment_and_no_source_for_ever(
    tmp_path: Path, clock: ManualClock, servers: dict[str, Vendor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """None can be started at the first tick, and none for a request at the second: later all are asked as usual."""
    start, refused = threading.Thread.start, {"ask", "http Hanging", "http Second", "http Third"}

    def at_the_limit(thread: threading.Thread) -> None:
        if thread.name in refused:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", at_the_limit)
    with core_of(tmp_path, clock, [vendor(name) for name in servers], origins(servers)) as core:
        core.tick()
        refused.remove("ask")
        clock.advance(TICK)
        core.tick()
        assert set(states(core).values()) == {"offline"}
        refused.clear()
        clock.advance(2 * MINUTE)
        core.tick()

        assert set(states(core).values()) == {"fresh"}


# ---- alerts ------------------------------------------------------------------------------------------------


def test_a_figure_that_swings_round_a_threshold_alerts_once_through_twenty_restarts(
    tmp_path: Path, clock: ManualClock, servers: dict[str, Vendor]
) -> None:
    """74 and 76 % in turn, two hundred readings, the program started anew after each tenth."""
    alerts, server = Recorder(), servers["second"]
    far = body(0, NOW + 100 * HOUR)
    for run in range(20):
        with core_of(tmp_path, clock, [vendor("second")], origins(servers), notifier=alerts) as core:
            for number in range(10):
                server.answer = always(ok({**far, "used": 74 if number % 2 else 76}))
                clock.advance(6 * MINUTE)
                core.tick()
        assert run == 0 or len(alerts.alerts) == 1

    assert len(server.asked) == 200
    assert [each.threshold for each in alerts.alerts] == [0.75]


def test_six_vendors_over_a_threshold_at_once_make_one_notification_that_names_all(
    tmp_path: Path, clock: ManualClock
) -> None:
    """At most three notifications, and no vendor is lost in them."""
    names = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")
    alerts = Recorder()
    with ExitStack() as stack:
        made = {name: Vendor(clock, always(ok(body(97, RESET)))) for name in names}
        for each in made.values():
            stack.callback(each.close)
        core = stack.enter_context(
            core_of(tmp_path, clock, [vendor(name) for name in names], origins(made), notifier=alerts)
        )
        core.tick()
        core.tick()

        said = " ".join(each.title + each.body for each in alerts.alerts)
        assert len(alerts.alerts) <= 3
        assert all(name.title() in said for name in names)
        assert core.status()["counters"]["alerts_merged"] == 6


def test_those_beyond_three_in_ten_minutes_wait_and_come_together(tmp_path: Path, clock: ManualClock) -> None:
    """Six vendors, one more over the threshold each minute: three at once, the rest in one, none lost."""
    names = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")
    alerts = Recorder()
    times = []
    with ExitStack() as stack:
        made = {name: Vendor(clock, always(ok(body(10, RESET)))) for name in names}
        for each in made.values():
            stack.callback(each.close)
        core = stack.enter_context(
            core_of(tmp_path, clock, [vendor(name) for name in names], origins(made), notifier=alerts)
        )
        for minute in range(25):
            if minute < len(names):
                made[names[minute]].answer = always(ok(body(97, RESET)))
            core.click()
            before = len(alerts.alerts)
            core.tick()
            times += [minute] * (len(alerts.alerts) - before)
            clock.advance(MINUTE)

    said = " ".join(each.title + each.body for each in alerts.alerts)
    assert len(times) == 4
    assert all(len([each for each in times if start <= each < start + 10]) <= 3 for start in range(25))
    assert all(name.title() in said for name in names)


def test_an_alert_found_unsent_after_a_crash_is_sent_soon_or_never(
    tmp_path: Path, clock: ManualClock, servers: dict[str, Vendor]
) -> None:
    """Noted but not shown: after a minute it is still news, after a day it is not."""

    def unsent(core: Core, title: str) -> None:
        row = AlertRow(
            due_at=clock.now(),
            kind=AlertKind.THRESHOLD,
            provider="second",
            account="a",
            window="w",
            threshold=0.5,
            title=title,
            body="b",
            urgency="normal",
        )
        core.store.save_told({}, [row])

    alerts = Recorder()
    for title, pause in (("soon", MINUTE), ("late", 24 * HOUR)):
        with core_of(tmp_path, clock, [vendor("second")], origins(servers), notifier=alerts) as core:
            unsent(core, title)
        clock.advance(pause)
        with core_of(tmp_path, clock, [vendor("second")], origins(servers), notifier=alerts) as core:
            core.tick()

    assert alerts.titles == ["soon"]


def test_alerts_switched_off_are_not_made_up_for_later(
    tmp_path: Path, clock: ManualClock, servers: dict[str, Vendor]
) -> None:
    """92 % while off; on again at 92 %: nothing. 100 %: locked."""
    alerts, server = Recorder(), servers["second"]
    config = tmp_path / "profile" / "config.toml"
    config.parent.mkdir(mode=0o700)
    config.write_text("[alerts]\nenabled = false\n")
    server.answer = always(ok(body(92, RESET)))
    with core_of(tmp_path, clock, [vendor("second")], origins(servers), notifier=alerts) as core:
        core.tick()
        config.write_text("[alerts]\nenabled = true # again\n")
        clock.advance(6 * MINUTE)
        core.tick()
        assert alerts.titles == []

        server.answer = always(ok(body(100, RESET)))
        clock.advance(6 * MINUTE)
        core.tick()

        assert len(alerts.alerts) == 1
        assert "locked" in alerts.titles[0]


def test_a_stale_figure_announces_nothing(tmp_path: Path, clock: ManualClock, servers: dict[str, Vendor]) -> None:
    """Alerts switched on while the last figure, 92 %, is an hour old and the server is gone."""
    alerts, server = Recorder(), servers["second"]
    server.answer = always(ok(body(92, RESET)))
    with core_of(tmp_path, clock, [vendor("second")], origins(servers)) as core:
        core.tick()
    server.close()
    clock.advance(HOUR)

    with core_of(tmp_path, clock, [vendor("second")], origins(servers), notifier=alerts) as core:
        core.tick()

        assert core.status()["accounts"][0]["windows"][0]["used_percent"] == 92
        assert alerts.titles == []
