"""`demo --text`: a made-up day on the real program, to the end, without a trace."""

from __future__ import annotations

import re

import pytest

from tests.cli.conftest import Computer, Said

THRESHOLD = r"Claude session: [5-9]\d % used"
ALERTS = (
    *[THRESHOLD] * 3,
    r"Claude is locked until \d\d:\d\d",
    r"Claude is back",
    *[THRESHOLD] * 3,
    r"You are now paying for Claude",
)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Computer, Said]:
    """Once for the module: about fourteen seconds of real time, twelve hours of the demo's."""
    computer = Computer(tmp_path_factory.mktemp("demo"))
    return computer, computer.run("demo", "--text", "--speed", "3000", isolated=False)


def test_the_day_ends_by_itself(played: tuple[Computer, Said]) -> None:
    said = played[1]

    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("DEMO · ")


def test_the_alerts_of_a_day_come_in_order_and_once(played: tuple[Computer, Said]) -> None:
    """Before the lockout and before the credits it is warned, once each, where the speed leaves time for that.

    At this speed a busy machine may pass over any of them; `spine/test_day.py` has them all, by hand.
    """
    told = re.findall(r"^ +▸ (.*)$", played[1].out, re.MULTILINE)
    foreseen = [place for place, each in enumerate(told) if "runs out" in each]
    told_of = [each for each in told if "runs out" not in each and " paid for " not in each]
    locked = next((place for place, each in enumerate(told) if "is locked" in each), len(told))

    assert told
    assert len([each for each in foreseen if each < locked]) <= 1, told
    assert len([each for each in foreseen if each > locked]) <= 1, told
    left = iter(ALERTS)
    assert all(any(re.fullmatch(expected, shown) for expected in left) for shown in told_of), told


def test_the_day_closes_with_the_status_of_both_plans(played: tuple[Computer, Said]) -> None:
    page = played[1].out[played[1].out.rindex("DEMO · ") :]

    assert "Claude · Max 5x" in page
    assert "Codex · Plus" in page
    assert "Session (5 h)" in page


def test_it_leaves_nothing_behind(played: tuple[Computer, Said]) -> None:
    """No store, no settings, no pretended tool: only our empty state folder, and nothing in a tool's place."""
    computer = played[0]

    left = [path for path in computer.home.rglob("*") if not path.is_dir()]
    assert left == []
    assert [path.name for path in computer.home.iterdir()] == [".local"]


def test_without_a_screen_the_demo_plays_in_the_terminal(computer: Computer) -> None:
    said = computer.run("demo", "--speed", "90000")

    assert said.status == 0
    assert "plays in the terminal" in said.err
