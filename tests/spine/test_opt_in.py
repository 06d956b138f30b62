"""What is used only by consent: the user's own claude program, and what is said where a vendor throttles us."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.fake_claude import FakeClaude, unknown_question, usage
from tests.support import (
    ACCOUNT,
    ALLOWED,
    NOW,
    World,
    account,
    always,
    in_turn,
    limits,
    ok,
    refused,
    wait_until,
    window,
)
from usagetray.edges import spool
from usagetray.model import Snapshot
from usagetray.spine.core import Core

unix = pytest.mark.skipif(sys.platform == "win32", reason="the made-up program is a Unix script")

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BY_CONSENT = 'welcomed = true\n[providers.claude]\nallow = ["program"]\n'
NOT_ASKED = "welcomed = true\n"
OTHER = "00000000-0000-4000-8000-00000000000b"


class User:
    """Somebody with a made-up `claude` on the PATH; it says 42 % until told otherwise."""

    def __init__(self, world: World, claude: FakeClaude) -> None:
        self.world = world
        self.claude = claude
        self.core: Core | None = None

    def start(self, *, ticks: bool = True) -> Core:
        self.core = self.world.start()
        if ticks:
            self.tick()
        return self.core

    def tick(self) -> None:
        assert self.core is not None
        self.core.tick()

    def run(self, span: timedelta, *, works: bool, leap: timedelta = MINUTE) -> None:
        assert self.core is not None
        self.world.uses_tool = works
        self.world.run(self.core, span, leap=leap)

    def click(self) -> None:
        assert self.core is not None
        self.core.click()
        self.tick()

    @property
    def starts(self) -> int:
        return len(self.claude.starts)

    def said(self) -> list[Snapshot]:
        assert self.core is not None
        return [each for each, _ in self.core.store.latest_snapshots() if each.strategy_id == "program"]

    @property
    def account(self) -> dict[str, Any]:
        assert self.core is not None
        return account(self.core)

    @property
    def window(self) -> dict[str, Any]:
        assert self.core is not None
        return window(self.core)

    def restart(self) -> None:
        assert self.core is not None
        self.core = self.world.restart(self.core)

    def attempts(self) -> dict[str, str]:
        """How each source's last attempt ended."""
        assert self.core is not None
        (one,) = self.core.overview().accounts
        return {each.strategy: each.state.value for each in one.attempts}


@pytest.fixture
def user(world: World, monkeypatch: pytest.MonkeyPatch) -> User:
    claude = FakeClaude(world.folder).install()
    monkeypatch.setenv("PATH", f"{claude.bin}{os.pathsep}{os.defpath}")
    world.configure(BY_CONSENT)
    return User(world, claude)


def bridge(world: World, percent: float) -> None:
    """The status line helper notes what Claude Code has just told it."""
    ends = (NOW + timedelta(hours=3)).timestamp()
    line: dict[str, Any] = {
        "at": world.clock.now().timestamp(),
        "home": str(world.home.path / ".claude"),
        "account": ACCOUNT,
        "rate_limits": {"five_hour": {"used_percentage": percent, "resets_at": ends}},
    }
    spool.append(world.profile / "state" / "spool", "statusline", json.dumps(line).encode())


# ---- when the program is started ---------------------------------------------------------------------------


@unix
def test_without_consent_the_program_is_never_started(user: User) -> None:
    """A working day with clicks, restarts and every other thing allowed: not one child."""
    user.world.configure(ALLOWED)
    user.start()
    for _ in range(8):
        user.run(HOUR, works=True, leap=10 * MINUTE)
        user.click()
        user.restart()

    assert user.starts == 0
    assert len(user.world.vendor.asked) > 8
    assert not (user.world.profile / "state" / "scratch").exists()


@unix
def test_with_consent_it_is_asked_at_once_and_its_figures_are_shown(user: User) -> None:
    user.world.configure(NOT_ASKED)
    user.start()
    assert user.starts == 0

    user.world.configure(BY_CONSENT)
    user.tick()

    assert user.starts == 1
    assert user.window["used_percent"] == 42
    assert user.window["source"] == "the claude program"
    assert user.account["account"] == ACCOUNT
    assert user.world.vendor.asked == []


@unix
def test_a_consent_withdrawn_ends_it(user: User) -> None:
    user.start()
    user.world.configure(NOT_ASKED)

    user.run(HOUR, works=True, leap=5 * MINUTE)

    assert user.starts == 1


@unix
def test_while_claude_code_rests_only_a_click_starts_it(user: User) -> None:
    """Given at night, the consent waits; a click asks at once."""
    user.world.clock.advance(HOUR)
    user.start()
    user.run(2 * HOUR, works=False, leap=10 * MINUTE)
    assert user.starts == 0

    user.click()

    assert user.starts == 1


@unix
def test_after_one_message_it_is_asked_once(user: User) -> None:
    """Nothing was done since, so it would say the same."""
    user.start()

    user.run(2 * HOUR, works=False, leap=10 * MINUTE)

    assert user.starts == 1


@unix
def test_by_itself_it_is_asked_every_15_minutes_and_only_while_the_logs_move(user: User) -> None:
    """Two hours of work, then a night: 15 minutes apart in the one, at most once more in the other."""
    times: list[datetime] = []
    user.start()
    for _ in range(int(2 * HOUR / MINUTE)):
        before = user.starts
        user.run(MINUTE, works=True)
        times += [user.world.clock.now()] * (user.starts - before)
    worked = user.starts

    user.run(10 * HOUR, works=False, leap=15 * MINUTE)

    apart = [later - earlier for earlier, later in pairwise(times)]
    assert min(apart) >= 15 * MINUTE
    assert max(apart) <= 17 * MINUTE
    assert user.starts - worked <= 1


@unix
def test_clicks_start_it_three_minutes_apart_at_the_most(user: User) -> None:
    """A click every 10 seconds for 20 minutes: 7 starts, not 120."""
    user.start()
    times = [user.world.clock.now()]
    for _ in range(120):
        user.world.clock.advance(timedelta(seconds=10))
        before = user.starts
        user.click()
        times += [user.world.clock.now()] * (user.starts - before)

    apart = [later - earlier for earlier, later in pairwise(times)]
    assert min(apart) >= 3 * MINUTE
    assert len(times) in (6, 7)


@unix
def test_a_restart_does_not_start_it_sooner(user: User) -> None:
    """Every two minutes for an hour, at work: as often as without restarts."""
    user.start()
    for _ in range(30):
        user.run(2 * MINUTE, works=True)
        user.restart()

    assert user.starts <= 5


@unix
@pytest.mark.parametrize("answer", [usage(available=False), unknown_question()], ids=["no plan", "old version"])
def test_a_program_without_figures_is_not_started_more_often(user: User, answer: object) -> None:
    """Somebody who works with an API key, or an old program: asked 5 times in an hour, 20 in one of clicks."""
    user.claude.says(answer)
    user.start()
    user.run(HOUR, works=True, leap=5 * MINUTE)
    assert user.starts <= 5
    worked = user.starts

    for _ in range(60):
        user.world.clock.advance(MINUTE)
        user.click()

    assert user.starts - worked <= 20


@unix
def test_its_figures_do_not_grow_old_while_nobody_works(user: User) -> None:
    """Nobody worked since, so they still hold; half an hour after work went on without an answer they do not."""
    user.start()
    user.run(3 * HOUR, works=False, leap=10 * MINUTE)
    assert user.window["stale"] is False

    user.claude.says()
    user.run(35 * MINUTE, works=True)

    assert user.window["stale"] is True


# ---- what comes of it --------------------------------------------------------------------------------------


@unix
def test_when_it_fails_the_figures_of_others_stay(user: User) -> None:
    """An old version answers with an error: the status line's 30 % is shown, and nothing is to be mended."""
    user.claude.says(unknown_question())
    user.start()
    bridge(user.world, 30)
    user.tick()

    assert user.window["used_percent"] == 30
    assert user.account["state"] == "fresh"
    assert user.attempts()["program"] == "bad_data"


@unix
def test_a_sign_in_that_changed_meanwhile_makes_the_answer_nobody_s(user: User) -> None:
    """The program was still A's when it was started, and B's file stands there when it has answered."""
    config = user.world.home.path / ".claude.json"
    text = config.read_text().replace(ACCOUNT, OTHER)
    user.claude.first_does(f"open({str(config)!r}, 'w').write({text!r})")

    user.start()

    assert user.starts == 1
    assert user.said() == []

    user.run(20 * MINUTE, works=True)

    assert [each.account.id for each in user.said()] == [OTHER]


@unix
def test_quitting_does_not_wait_for_it_nor_leave_it_behind(user: User) -> None:
    """A program that would take a minute: asked to end, gone, and we within the 3 s that quitting may take."""
    mark = user.world.folder / "pid"
    user.claude.first_does(f"open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)")
    core = user.start(ticks=False)
    core.look()
    wait_until(lambda: mark.exists() and mark.read_text(), "the start of the program")

    started = time.monotonic()
    user.world.stop(core)

    assert time.monotonic() - started < 30  # half of what the program takes; the usual second is no busy machine's
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


@unix
def test_what_was_under_way_when_we_ended_counts_as_asked(user: User) -> None:
    """Ended and started anew in the middle of an answer: the next start keeps its distance."""
    mark = user.world.folder / "pid"
    user.claude.first_does(f"open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)")
    core = user.start(ticks=False)
    core.look()
    wait_until(lambda: mark.exists() and mark.read_text(), "the start of the program")
    user.world.stop(core)
    user.claude.first_does("")

    user.start()
    user.run(10 * MINUTE, works=True)
    assert user.starts <= 1

    user.run(10 * MINUTE, works=True)

    assert user.window["used_percent"] == 42


# ---- where a vendor throttles us ---------------------------------------------------------------------------

HINT = "Anthropic throttles other programs"


def test_after_three_429_it_is_asked_hourly_and_says_what_to_do_instead(world: World) -> None:
    """5 and 10 minutes, then an hour at least, for six hours; the sentence is whole, and names both ways out."""
    world.vendor.answer = always(refused(429, Retry_After="0"))
    core = world.start()
    core.tick()
    world.run(core, 8 * MINUTE)
    assert HINT not in account(core)["state_text"]

    world.run(core, 6 * HOUR, leap=10 * MINUTE)

    times = world.vendor.times()
    apart = [later - earlier for earlier, later in pairwise(times)]
    assert all(each >= HOUR for each in apart[2:])
    assert len(times) in range(7, 10)
    said = account(core)
    assert said["state"] == "rate_limited"
    assert HINT in said["state_text"]
    assert "status line" in said["state_text"]
    assert said["state_text"].endswith("usagetray connect claude.")
    assert "ign in" not in said["state_text"]
    (one,) = core.overview().accounts
    assert any(HINT in each.detail for each in one.attempts)


def test_one_answer_ends_the_throttling(world: World) -> None:
    world.vendor.answer = in_turn(*[refused(429)] * 4, ok(limits()), refused(429))
    core = world.start()
    core.tick()
    world.run(core, 3 * HOUR, leap=10 * MINUTE)

    counted = len(world.vendor.asked)
    last = [later - earlier for earlier, later in pairwise(world.vendor.times())][4:]
    assert counted > 5
    assert min(last) < HOUR


def test_a_new_token_is_not_throttled_for_the_former_one(world: World) -> None:
    """The vendor counts by token: after three refusals of A, B is asked with within two minutes."""
    world.vendor.answer = lambda asked: ok(limits(12)) if asked.token == "token-b" else refused(429)
    core = world.start()
    core.tick()
    world.run(core, HOUR, leap=5 * MINUTE)
    assert HINT in account(core)["state_text"]

    world.home.sign_in("token-b")
    world.run(core, 2 * MINUTE)

    assert window(core)["used_percent"] == 12
    assert HINT not in account(core)["state_text"]


def test_a_fresh_figure_from_elsewhere_needs_no_such_sentence(world: World) -> None:
    """The status line works: that the endpoint is throttled is seen among the sources only."""
    world.vendor.answer = always(refused(429))
    core = world.start()
    core.tick()
    world.run(core, HOUR, leap=5 * MINUTE)
    bridge(world, 30)
    world.run(core, MINUTE)

    assert account(core)["state"] == "fresh"
    assert HINT not in account(core)["state_text"]
    assert any(HINT in each.detail for each in core.overview().accounts[0].attempts)


def test_old_figures_from_elsewhere_come_with_the_sentence(world: World) -> None:
    """The status line spoke an hour of work ago: the figures are old, and how to have newer ones is said."""
    world.vendor.answer = always(refused(429))
    core = world.start()
    core.tick()
    bridge(world, 30)
    world.run(core, HOUR, leap=5 * MINUTE)

    assert account(core)["state"] == "stale"
    assert HINT in account(core)["state_text"]
