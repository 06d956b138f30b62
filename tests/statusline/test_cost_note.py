"""Today's cost in the status line: the tray leaves a line for each home, the helper believes it for a quarter hour."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.statusline.test_helper import run, state_of
from usagetray.edges import spool
from usagetray.statusline import COST

LINE = "≈ $3.20 today at list prices"
LIMITS = b'{"rate_limits": {"five_hour": {"used_percentage": 42.0, "resets_at": null}}}'


def leave(home: Path, text: object = LINE, *, age_s: float = 5, holds_s: float = 3600, **more: Any) -> None:
    now = time.time()
    told = {"at": now - age_s, "until": now + holds_s, "lines": {str(home / ".claude"): text}, **more}
    spool.put(state_of(home) / "spool", COST, json.dumps(told).encode())


def shown(home: Path, told: bytes = LIMITS) -> str:
    done = run(home, told, NO_COLOR="1")
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def test_the_cost_stands_behind_the_limits(tmp_path: Path) -> None:
    leave(tmp_path)

    assert shown(tmp_path) == f"5 h 42 % used · {LINE}\n"


def test_who_has_no_limits_sees_the_cost_alone(tmp_path: Path) -> None:
    leave(tmp_path)

    assert shown(tmp_path, b"{}") == f"{LINE}\n"


def test_another_home_s_cost_is_not_shown(tmp_path: Path) -> None:
    leave(tmp_path / "other")
    leave(tmp_path, lines={str(tmp_path / "other" / ".claude"): LINE})

    assert shown(tmp_path) == "5 h 42 % used\n"


OLD = {
    "an old one": {"age_s": 1000},
    "yesterday's": {"holds_s": -1},
    "one from the future": {"age_s": -120},
    "one without a time": {"at": None},
    "one with a time that is none": {"until": "soon"},
    "no text": {"text": 3},
    "an endless text": {"text": "x" * 200},
    "control signs": {"text": "\x1b[31m$3"},
    "no list": {"lines": [LINE]},
}


@pytest.mark.parametrize("kind", OLD)
def test_what_does_not_hold_is_not_shown(tmp_path: Path, kind: str) -> None:
    leave(tmp_path, **OLD[kind])

    assert shown(tmp_path) == "5 h 42 % used\n"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_costs_the_cost_alone(tmp_path: Path, content: bytes) -> None:
    spool.put(state_of(tmp_path) / "spool", COST, content)

    assert shown(tmp_path) == "5 h 42 % used\n"


def test_a_file_that_others_may_write_is_not_believed(tmp_path: Path) -> None:
    leave(tmp_path)
    (state_of(tmp_path) / "spool" / COST).chmod(0o666)

    assert shown(tmp_path) == "5 h 42 % used\n"


def test_the_file_is_ours_alone_and_replaced_whole(tmp_path: Path) -> None:
    spool.put(tmp_path / "spool", COST, b"first, and longer")
    spool.put(tmp_path / "spool", COST, b"second")

    assert (tmp_path / "spool" / COST).read_bytes() == b"second"
    assert (tmp_path / "spool" / COST).stat().st_mode & 0o777 == 0o600
    assert [each.name for each in (tmp_path / "spool").iterdir()] == [COST]
