"""What the tray shows while nothing new can be had: a store that cannot be read, a disk that does not answer."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support import NOW, World, always, limits, ok
from usagetray import app as app_module
from usagetray.app import App
from usagetray.domain.states import Level, State, WindowState
from usagetray.edges.channel import InstanceLock
from usagetray.overview import AccountView, Overview
from usagetray.profile import open_profile
from usagetray.spine.unrenewed import unrenewed

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass
class Panel:
    """Stands for the desktop."""

    icons: list[Overview] = field(default_factory=list)
    stops: threading.Event = field(default_factory=threading.Event)

    def run_with(self, work: object) -> None:
        work()  # type: ignore[operator]

    def start(self) -> None:
        """Nothing to be started."""

    def stop(self) -> None:
        self.stops.set()
        raise OSError("the panel is gone")

    def show(self, overview: Overview) -> None:
        self.show_icons(overview)

    def show_icons(self, overview: Overview) -> None:
        self.icons.append(overview)


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    """Running the tray takes them over."""
    former = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in former.items():
        signal.signal(number, handler)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    (tmp_path / "own").mkdir(mode=0o700)
    (tmp_path / "own" / "config.toml").write_text("welcomed = true\n")
    environ = {"HOME": str(tmp_path / "home"), "USAGETRAY_HOME": str(tmp_path / "own")}
    made = App(open_profile(environ, keychain="ok", notify_to=tmp_path / "alerts"))
    made._desktop = Panel()  # type: ignore[assignment]
    yield made
    made.notifier.close()
    made.core.close()


def icons(app: App) -> list[Overview]:
    assert isinstance(app._desktop, Panel)
    return app._desktop.icons


# ---- the figures -------------------------------------------------------------------------------------------


def shown(world: World) -> Overview:
    """100 % of a window that ends in three hours, from a source that is asked."""
    world.vendor.answer = always(ok(limits(100, session_ends=NOW + 3 * HOUR)))
    core = world.start()
    core.tick()
    core.refresh.settle(10)
    return core.announce()


def only(overview: Overview) -> AccountView:
    (account,) = overview.accounts
    return account


def test_a_figure_that_cannot_be_read_again_turns_old_when_its_time_comes(world: World) -> None:
    last = shown(world)

    soon, later = only(unrenewed(last, NOW + 9 * MINUTE)), only(unrenewed(last, NOW + 11 * MINUTE))

    assert [each.stale for each in only(last).windows] == [False, False]
    assert (soon.state, [each.stale for each in soon.windows]) == (State.FRESH, [False, False])
    assert (later.state, [each.stale for each in later.windows]) == (State.STALE, [True, True])
    assert later.next_attempt_at is None
    assert unrenewed(last, NOW).notices == ("The figures can’t be read",)


def test_a_window_that_ends_meanwhile_locks_no_more_and_shows_no_figure(world: World) -> None:
    last = shown(world)

    ended = only(unrenewed(last, NOW + 3 * HOUR + MINUTE))

    assert only(last).level is Level.LOCKED
    assert (ended.level, ended.locked_until) == (Level.NORMAL, None)
    assert [(each.key, each.state, each.used) for each in ended.windows] == [
        ("five_hour", WindowState.ENDED, None),
        ("seven_day", WindowState.OK, 0.30),
    ]


# ---- the tray ----------------------------------------------------------------------------------------------


def test_a_store_that_cannot_be_read_is_said_by_the_icon(app: App) -> None:
    app.tick()
    app.core.store.database.close()

    app._run_job(app.tick)

    assert [each.notices for each in icons(app)] == [(), ("The figures can’t be read",)]


def test_ticks_that_wait_for_a_hanging_disk_are_one_and_the_icon_says_so(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.tick()
    waiting = app._jobs.qsize()
    monkeypatch.setattr(app_module, "HANGS_S", 0.0)

    for _ in range(5):
        app._due(app.tick)

    assert app._jobs.qsize() == waiting + 1
    assert icons(app)[-1].notices == ("The figures can’t be read",)


def test_a_tick_is_put_there_again_once_the_one_before_had_its_turn(app: App) -> None:
    app._due(app.tick)
    before = app._jobs.qsize()
    app._run_job(app._jobs.get())  # type: ignore[arg-type]

    app._due(app.tick)

    assert app._jobs.qsize() >= before
    assert len(icons(app)) == 1


def test_an_end_that_fails_in_one_part_ends_all_the_others(app: App, caplog: pytest.LogCaptureFixture) -> None:
    """A panel that is gone when its icon is taken away: the store is closed and its lock let go all the same."""
    panel = Panel()
    app.quit()

    app.run(lambda _: panel)  # type: ignore[arg-type, return-value]

    lock = InstanceLock(app.profile.paths.lock)
    assert panel.stops.is_set()
    assert "the panel is gone" in caplog.text
    assert lock.acquire()
    lock.release()


def test_quitting_does_not_wait_for_a_job_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key store that asks its user, a disk in the network: after 3 s (here 0.2 s) the process ends all the same."""
    monkeypatch.setattr(app_module, "QUIT_S", 0.2)
    answers, gave_up = threading.Event(), threading.Event()
    environ = {"HOME": str(tmp_path / "home"), "USAGETRAY_HOME": str(tmp_path / "own")}
    made = App(open_profile(environ, keychain="ok", notify_to=tmp_path / "alerts"), give_up=gave_up.set)
    made.do(lambda: answers.wait(30) and None)
    work = threading.Thread(target=made._work, args=(Panel(),))
    work.start()

    made.quit()
    made.quit()

    assert gave_up.wait(20)
    answers.set()
    work.join(20)
    assert not work.is_alive()


def test_an_end_in_time_gives_nothing_up(tmp_path: Path) -> None:
    gave_up = threading.Event()
    environ = {"HOME": str(tmp_path / "home"), "USAGETRAY_HOME": str(tmp_path / "own")}
    made = App(open_profile(environ, keychain="ok", notify_to=tmp_path / "alerts"), give_up=gave_up.set)
    made.quit()

    made.run(lambda _: Panel())  # type: ignore[arg-type, return-value]

    made._last_resort.join(20)
    assert not gave_up.is_set()


# ---- its parts ---------------------------------------------------------------------------------------------


def test_a_part_of_a_look_that_breaks_down_does_not_keep_the_others_from_theirs(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    core = world.start()

    def breaks() -> bool:
        raise TypeError("made up")

    core._billing.tick = breaks  # type: ignore[method-assign]

    core.tick()

    assert len(world.vendor.asked) == 1
    assert only(core.overview()).state is State.FRESH
    assert "made up" in caplog.text
    caplog.clear()  # else it is an error of this test


def test_a_flipped_bit_in_a_remembered_refusal_does_not_stop_the_start(world: World) -> None:
    core = world.start()
    core.store.set_meta("keychain_silent_until", "2026-11-20T09:0p:00+00:00")
    core._keychain.silent_until = NOW
    core.store.close()
    core._lock.release()
    world.running.remove(core)

    core = world.start()

    assert core._keychain.silent_until is None
