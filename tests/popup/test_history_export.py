"""The table behind the button "Export", and the tab's own reader, on a real store."""

from __future__ import annotations

import csv
import os
import stat
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.spine.spending_world import Call, Computer
from tests.support import NOW, ManualClock
from usagetray.errors import UserError
from usagetray.profile import local_zone
from usagetray.views.popup.history_export import write_csv
from usagetray.views.popup.history_reader import store_history


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Computer:
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("USAGETRAY_HOME", str(tmp_path / "profile"))
    made = Computer(profile=tmp_path / "profile", clock=ManualClock(NOW), zone=local_zone())  # type: ignore[arg-type]
    made.configure("")
    made.remember([Call(at=NOW - timedelta(days=each), usd=2, project="=cmd|x") for each in (0, 1, 5)])
    return made


def test_the_table_has_the_days_asked_for_and_nobody_else_may_read_it(computer: Computer, tmp_path: Path) -> None:
    """$2 on each of two days; a project that a spreadsheet would take for a formula is none."""
    path, today = tmp_path / "out.csv", NOW.date()

    write_csv(path, today - timedelta(days=1), today)

    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["day"] for row in rows] == [(today - timedelta(days=1)).isoformat(), today.isoformat()]
    assert {row["list_price_usd"] for row in rows} == {"2"}
    assert not rows[0]["project"].startswith("=")
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert computer.calls == 3


def test_a_folder_that_is_not_there_is_one_sentence(computer: Computer, tmp_path: Path) -> None:
    assert computer.profile.exists()

    with pytest.raises(UserError, match="cannot be written"):
        write_csv(tmp_path / "nowhere" / "out.csv", date(2026, 11, 1), date(2026, 11, 20))


def test_the_tab_reads_the_profile_of_its_environment(computer: Computer) -> None:
    """By the real clock: all of it was used in the past."""
    read = store_history({"USAGETRAY_HOME": str(computer.profile)})

    assert read().kept_since == (NOW - timedelta(days=5)).date()
    assert store_history({"USAGETRAY_HOME": str(computer.profile / "empty")})().kept_since is None
