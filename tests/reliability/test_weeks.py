"""Days and weeks of ordinary life, asleep and awake: nothing grows, nothing breaks, nobody is asked too often."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.reliability.fake_provider import CLAUDE, KIMI, ZAI
from tests.reliability.sim import HOUR, MINUTE, SECOND, Sim
from tests.support import Asked, refused
from usagetray.profile import local_zone
from usagetray.providers.contract import Reply
from usagetray.views.menu import tooltip

TROUBLE = ("offline", "no answer", "unreachable", "failed", "error", "server", "sign in")


def test_r33_three_days_of_polls_sleeps_new_tokens_and_faults_leave_nothing_behind(tmp_path: Path) -> None:
    """A twentieth of all answers is a fault. No error, no descriptor or thread more, no alert twice."""
    command = [sys.executable, "-m", "tests.reliability.soak", "3", str(tmp_path / "machine"), "1", "1", "5"]

    figures = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)

    assert (figures["errors"], figures["duplicates"], figures["signed_out"]) == ([], [], 0)
    assert figures["polls"] > 100
    assert figures["faults"] > 3
    assert (figures["sleeps"], figures["rotations"]) == (11, 6)
    assert figures["handles_most_off"] <= 2
    assert figures["threads_most_off"] == 0
    assert figures["rss_most_mib"] <= 90
    assert figures["alerts"] > 0
    assert figures["most_in_ten_minutes"] <= 3
    assert figures["most_in_a_day"] <= 20
    assert figures["least_s_apart"] >= 60
    assert figures["logs_mib"] <= 3


@pytest.mark.parametrize(
    ("kind", "asleep"),
    [(CLAUDE, 8 * HOUR), (KIMI, 15 * MINUTE), (ZAI, timedelta(days=9))],
    ids=["claude", "kimi", "zai"],
)
def test_r32_after_a_sleep_nothing_is_said_before_the_network_had_its_time(
    sim: Callable[..., Sim], kind: object, asleep: timedelta
) -> None:
    """The server cannot be reached for two minutes: first try after 3 to 30 s, at most 3 in 5 min, no word of trouble.

    The monotonic clock stands still meanwhile, as on Linux. Six times in a row.
    """
    user = sim(kind)
    core = user.start()
    user.tick()
    for _ in range(6):
        user.run(7 * MINUTE)
        user.clock.jump(asleep)
        woke = user.clock.now()

        def reply(asked: Asked, woke=woke) -> Reply:  # type: ignore[no-untyped-def]
            return refused(503) if asked.at < woke + 2 * MINUTE else kind.healthy(20)(asked)  # type: ignore[attr-defined]

        user.vendor.answer = reply
        said: set[str] = set()
        shown: set[str] = set()

        def watch(said: set[str] = said, shown: set[str] = shown) -> None:
            overview = core.overview()
            said.add(tooltip(overview, local_zone(), False).lower())
            shown.update(f"{each.state}" for each in overview.accounts)

        user.run(5 * MINUTE, every=10 * SECOND, watch=watch)

        tries = [at - woke for at in user.asked() if at >= woke]
        assert 3 * SECOND <= tries[0] <= 30 * SECOND
        assert len(tries) <= 3
        assert [word for word in TROUBLE for text in said if word in text] == []
        assert shown <= {"fresh", "stale", "window_ended"}
        assert user.account()["state"] == "fresh"


def test_r32_where_the_monotonic_clock_runs_on_while_asleep_it_is_a_poll_that_is_due(sim: Callable[..., Sim]) -> None:
    """As on some systems: nothing is asked more often than its interval, and the figure is fresh within a minute."""
    user = sim(CLAUDE)
    user.start()
    user.tick()
    for _ in range(5):
        user.run(7 * MINUTE)
        user.clock.advance(8 * HOUR)
        woke = user.clock.now()
        user.run(MINUTE, every=10 * SECOND)

        assert len([at for at in user.asked() if at >= woke]) == 1
        assert user.account()["state"] == "fresh"
