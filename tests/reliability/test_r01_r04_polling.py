"""How often a provider is asked.

Promised: all triggers (timer, click, menu, wake, reset) go through one queue, so that one account never has two
requests in flight; automatic requests are at least 60 s apart and clicks 20 s. Told "too often", the program waits
5 minutes, then twice as long each time up to an hour, and a little more; a wait that the server names is kept, up to
6 hours, and one that it cannot mean counts as none. The wait survives a restart. So an endless "too often" is asked
about at most 4 times in the first hour and 30 times in 24 hours.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest

from tests.reliability.fake_provider import CLAUDE, CODEX, COPILOT, DEEPSEEK, GEMINI, KIMI, MINIMAX, OPENROUTER, Kind
from tests.reliability.sim import DAY, HOUR, MINUTE, NOW, SECOND, TOKEN, Sim
from tests.support import Asked, ok, refused, wait_until, within
from usagetray.app import App
from usagetray.overview import Overview
from usagetray.providers.contract import Reply

Make = Callable[..., Sim]
JITTER = 1.2
LATE = 10 * SECOND
"""How long after it is due a request may go out: the program looks every ten seconds."""


def _too_often_in_words(asked: Asked) -> Reply:
    """As some say it: with the status of success."""
    return ok({"base_resp": {"status_code": 1002, "status_msg": "rate limit"}})


def _used_up_403(asked: Asked) -> Reply:
    return refused(403, X_RateLimit_Remaining="0")


ENDLESS = [
    (CLAUDE, CLAUDE.refusing(429, Retry_After="0")),
    (CODEX, CODEX.refusing(429, Retry_After="0")),
    (DEEPSEEK, DEEPSEEK.refusing(429)),
    (MINIMAX, _too_often_in_words),
    (COPILOT, _used_up_403),
]


@pytest.mark.parametrize(("kind", "refusing"), ENDLESS, ids=[each[0].provider for each in ENDLESS])
def test_r01_an_endless_429_is_asked_at_most_four_times_an_hour_and_thirty_a_day(
    sim: Make, kind: Kind, refusing: Callable[[Asked], Reply]
) -> None:
    """The last good figure stays with its growing age; one answer makes it fresh, and the old interval holds again."""
    machine = sim(kind)
    machine.vendor.answer = kind.healthy(20, NOW + 3 * DAY)
    machine.start()
    machine.tick()
    machine.vendor.answer = refusing
    while len(machine.asked()) < 2:
        machine.run(10 * SECOND)
    limited_from, ages = machine.asked()[1], []

    def watch() -> None:
        said = machine.account(kind)
        assert said["state"] == "rate_limited"
        if kind.window is None:
            assert said["money"][0]["amount"] == "20.00"
        else:
            (window,) = [each for each in said["windows"] if each["key"] == kind.window]
            ages.append(window["age_s"])
            assert window["used_percent"] == 20

    machine.run(limited_from + DAY - machine.clock.now(), leap=HOUR / 2, watch=watch)

    times = [at - limited_from for at in machine.asked()[1:]]
    assert 2 <= len(within(times, timedelta(), HOUR)) <= 4
    assert len(within(times, timedelta(), DAY)) <= 30
    assert ages == sorted(set(ages))
    if ages:
        assert ages[-1] >= DAY.total_seconds()
        assert machine.window(kind)["stale"] is True

    machine.vendor.answer = kind.healthy(21, NOW + 3 * DAY)
    asked = len(machine.asked())
    while len(machine.asked()) == asked:
        machine.run(MINUTE)
    machine.run(2.5 * kind.every)

    assert machine.account(kind)["state"] == "fresh"
    assert len(machine.asked()) - asked in (3, 4)  # three intervals, a tenth shorter or longer each


SERVER_S_OWN = [
    ("120", 5 * MINUTE),  # less than the first wait of our own
    ("7200", 2 * HOUR),
    ("  1800 ", 30 * MINUTE),
    ("86400", 6 * HOUR),
    ("9" * 400, 6 * HOUR),
    (format_datetime(NOW + HOUR, usegmt=True), HOUR),
    (format_datetime(NOW - HOUR, usegmt=True), 5 * MINUTE),
    ("Fri, 32 Foo 2026 25:61:61 GMT", 5 * MINUTE),
    (None, 5 * MINUTE),
    ("", 5 * MINUTE),
    ("soon", 5 * MINUTE),
    ("-3600", 5 * MINUTE),
    ("1e9", 5 * MINUTE),
    ("inf", 5 * MINUTE),
]


@pytest.mark.parametrize(("header", "least"), SERVER_S_OWN, ids=[repr(each[0])[:24] for each in SERVER_S_OWN])
def test_r02_a_wait_the_server_names_is_kept_up_to_six_hours_and_nonsense_counts_as_none(
    sim: Make, header: str | None, least: timedelta
) -> None:
    """Two providers at once, one with a sign-in and one with a key; clicks all the while shorten nothing."""
    machine = sim(CODEX, OPENROUTER)
    headers = {} if header is None else {"Retry_After": header}
    for vendor in machine.vendors.values():
        vendor.answer = lambda asked: refused(429, **headers)
    core = machine.start()
    machine.tick()

    def click() -> None:
        core.click()

    machine.run(least * JITTER + 2 * LATE, watch=click)

    for kind in (CODEX, OPENROUTER):
        first, second, *_ = machine.asked(kind)
        assert least <= second - first <= min(least * JITTER, 6 * HOUR + 2 * LATE) + LATE
        assert machine.account(kind)["state"] == "rate_limited"


@pytest.mark.parametrize("kind", [GEMINI, DEEPSEEK], ids=lambda kind: kind.provider)
def test_r03_restarts_do_not_shorten_a_wait(sim: Make, kind: Kind) -> None:
    """Told "too often", and started anew every two minutes for an hour, with a click after each start."""
    machine = sim(kind)
    machine.vendor.answer = kind.refusing(429)
    machine.start()
    for _ in range(30):
        machine.tick()
        machine.run(2 * MINUTE, every=MINUTE)
        machine.restart().click()

    assert 2 <= len(machine.asked()) <= 4


@pytest.fixture
def own_signals() -> Iterator[None]:
    """The program takes signals over, as its process's own; the tests' process gets them back."""
    names = (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(name) for name in names]
    yield
    for name, handler in zip(names, before, strict=True):
        signal.signal(name, handler)


class Hand:
    """In place of icon and menu: an impatient person in front of the tray program."""

    def __init__(self, app: App, acts: Callable[[App], None]) -> None:
        self._app, self._acts = app, acts

    def run_with(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work)
        thread.start()
        try:
            self._acts(self._app)
        finally:
            self._app.quit()
            thread.join(10)

    def start(self) -> None:
        """There is no icon to show."""

    stop = start

    def show(self, overview: Overview) -> None:
        """Nobody looks."""


@pytest.mark.usefixtures("own_signals")
@pytest.mark.parametrize("kind", [CLAUDE, KIMI, MINIMAX], ids=lambda kind: kind.provider)
def test_r04_a_hundred_clicks_beside_other_triggers_send_at_most_two_requests_and_never_two_at_once(
    sim: Make, kind: Kind
) -> None:
    """100 clicks in 10 s, each beside an opened menu and a tick of the timer; the server takes 3 s for its answer."""
    machine = sim(kind)
    machine.environ["MINIMAX_TOKEN_PLAN_KEY"] = TOKEN  # the tray has a key store of its own, which is empty here
    clicked_s: list[float] = []
    asked: list[int] = []

    def slowly(asked: Asked) -> Reply:
        wait_until(lambda: machine.clock.now() >= asked.at + 3 * SECOND, "three seconds")
        return kind.healthy()(asked)

    def clicks(app: App) -> None:
        for _ in range(100):
            began = time.perf_counter()
            for job in (app.refresh, app.changed, app.tick):
                app.do(job)
            clicked_s.append(time.perf_counter() - began)
            machine.clock.advance(0.1 * SECOND)
            time.sleep(0.002)  # the program gets its turn
        wait_until(lambda: not app.core.refresh.is_busy, "the end of the request")
        asked.append(len(machine.asked()))
        machine.clock.advance(25 * SECOND)
        app.do(app.refresh)
        wait_until(lambda: len(machine.asked()) > asked[0], "a request for a click that came later")
        machine.clock.advance(5 * SECOND)

    machine.vendor.answer = slowly
    profile = replace(machine.profile(), keychain="ok", notify_to=machine.folder / "alerts.jsonl")
    App(profile).run(lambda app: Hand(app, clicks))  # type: ignore[arg-type,return-value]

    assert 1 <= asked[0] <= 2
    assert machine.vendor.most_at_once == 1
    assert max(clicked_s) < 0.05
