"""A tool that deletes its logs too early: said once, in the status, and its setting is left alone."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.logs.desk import Desk
from tests.logs.lines import answer
from usagetray.spine import store_state


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.write("-work/s1.jsonl", answer(output=5))
    return made


def keep_for(desk: Desk, days: object) -> Path:
    path = desk.home / ".claude" / "settings.json"
    path.write_text(json.dumps({"cleanupPeriodDays": days}))
    return path


def notices(desk: Desk) -> list[str]:
    with desk.running() as it:
        return list(store_state.notices(it.store, desk.clock.now()))


def test_a_short_retention_is_said_once_for_a_day_and_the_setting_is_left_alone(desk: Desk) -> None:
    path = keep_for(desk, 3)
    before = path.read_bytes(), path.stat().st_mtime_ns
    desk.index()

    (said,) = notices(desk)
    desk.clock.advance(timedelta(days=2))
    desk.index()

    assert said == (
        "Claude deletes its logs after 3 days (cleanupPeriodDays in ~/.claude/settings.json): what usagetray has not "
        "read by then is not counted, and what it has read stays counted."
    )
    assert notices(desk) == []
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_changed_retention_is_said_again(desk: Desk) -> None:
    keep_for(desk, 3)
    desk.index()
    desk.clock.advance(timedelta(days=2))
    keep_for(desk, 2)
    desk.index()

    (said,) = notices(desk)
    assert "after 2 days" in said


def test_a_tool_that_keeps_none_is_named_as_such(desk: Desk) -> None:
    keep_for(desk, 0)
    desk.index()

    (said,) = notices(desk)
    assert said.startswith("Claude keeps no logs here")


@pytest.mark.parametrize("days", [7, 30, 365, None, "soon", -1, True])
def test_a_week_or_more_is_enough_and_so_is_the_tool_s_own_way(desk: Desk, days: object) -> None:
    keep_for(desk, days)
    desk.index()

    assert notices(desk) == []


def test_having_been_away_for_longer_than_logs_are_kept_is_said(desk: Desk) -> None:
    """The usual thirty days, and forty without usagetray."""
    desk.index()
    read_on = f"{desk.clock.now():%Y-%m-%d}"
    desk.clock.advance(timedelta(days=40))
    desk.index()

    assert notices(desk) == [
        f"Claude deletes its logs after 30 days, and they were last read on {read_on}: some of what was used since "
        "then may be missing."
    ]
    desk.index()
    desk.clock.advance(timedelta(days=2))
    assert notices(desk) == []


def test_where_the_tool_is_not_used_nothing_is_said(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.index()
    desk.clock.advance(timedelta(days=400))
    desk.index()

    assert notices(desk) == []


@pytest.mark.parametrize("kept", ["", "[]", "{", '{"a": 1}', '{"a": ["x"]}', '{"a": ["x", "y"]}', "5"])
def test_what_a_damaged_disk_made_of_it_breaks_nothing(desk: Desk, kept: str) -> None:
    keep_for(desk, 3)
    with desk.running() as it:
        it.store.set_meta(store_state.RETENTION, kept)
    desk.index()

    notices(desk)
    assert desk.totals().output == 5
