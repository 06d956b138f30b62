"""`demo --text`: a made-up day on the real program, to the end, without a trace."""

from __future__ import annotations

import re

import pytest

from tests.cli.conftest import Computer, Said

ALERTS = (
    r"Claude session: 5\d % used",
    r"Claude session: 7\d % used",
    r"Claude session: 9\d % used",
    r"Claude is locked until \d\d:\d\d",
    r"Claude is back",
)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Computer, Said]:
    """Once for the module: about nine seconds of real time, twelve hours of the demo's."""
    computer = Computer(tmp_path_factory.mktemp("demo"))
    return computer, computer.run("demo", "--text", "--speed", "5000", isolated=False)


def test_the_day_ends_by_itself(played: tuple[Computer, Said]) -> None:
    said = played[1]

    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("DEMO · ")


def test_the_alerts_of_a_day_come_in_order_and_once(played: tuple[Computer, Said]) -> None:
    """50, 75 and 90 percent, the lockout, and the way back; the second session stays below 50. Somewhere before the
    lockout it is foreseen, where the day, played so fast, leaves time for that."""
    told = re.findall(r"^ +▸ (.*)$", played[1].out, re.MULTILINE)
    alerts = [each for each in told if "runs out" not in each]
    foreseen = [place for place, each in enumerate(told) if "runs out" in each]

    assert len(foreseen) <= 1, told
    assert all(place < len(told) - 2 for place in foreseen), told
    expected_ones = list(ALERTS)
    if foreseen and len(alerts) < len(ALERTS):
        del expected_ones[foreseen[0]]  # it stands for the threshold crossed in the same breath
    assert len(alerts) == len(expected_ones), told
    for shown, expected in zip(alerts, expected_ones, strict=True):
        assert re.fullmatch(expected, shown), alerts


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
