"""Local days, through clock changes and where the date line moved.

Promised: instants are kept in UTC and put into local days by the zone's rules when somebody asks. So each event is on
its right day, the days add up to all there is, and another zone changes the days and nothing that is stored.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from usagetray.views.cli import main

EVERY = timedelta(minutes=7)
AROUND = timedelta(hours=30)
CHANGES = [
    datetime(2026, 3, 8, 7, tzinfo=UTC),  # New York goes forward
    datetime(2025, 11, 2, 6, tzinfo=UTC),  # and back
    datetime(2026, 4, 4, 15, tzinfo=UTC),  # Lord Howe goes back by half an hour
    datetime(2025, 10, 4, 15, 30, tzinfo=UTC),  # and forward
    datetime(2025, 12, 31, 18, 15, tzinfo=UTC),  # New Year in Kathmandu, and hours later elsewhere
    datetime(2011, 12, 30, 10, tzinfo=UTC),  # Apia skips a whole day
]
ZONES = ["America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"]


def _events() -> Iterator[datetime]:
    for change in CHANGES:
        at = change - AROUND
        while at < change + AROUND:
            yield at
            at += EVERY


def _write(log: Path) -> None:
    log.parent.mkdir(parents=True)
    with log.open("w") as stream:
        for number, at in enumerate(_events()):
            message = {
                "id": f"msg_{number}",
                "role": "assistant",
                "model": "claude-opus-4-5",
                "usage": {"input_tokens": 0, "output_tokens": 1},
            }
            record = {
                "type": "assistant",
                "timestamp": at.isoformat(),
                "requestId": f"req_{number}",
                "message": message,
            }
            stream.write(json.dumps({**record, "sessionId": "s", "cwd": "/home/x/p"}) + "\n")


def _days(capsys: pytest.CaptureFixture[str], zone: str) -> Counter[str]:
    assert main(["report", "daily", "--json", "--timezone", zone, "--since", "2011-01-01"]) == 0
    rows = json.loads(capsys.readouterr().out)["daily"]
    return Counter({row["date"]: row["outputTokens"] for row in rows})


def _stored(profile: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{profile / 'usagetray.db'}?mode=ro", uri=True) as store:
        rows = [(table, *row) for table in ("record", "usage") for row in store.execute(f"SELECT * FROM {table}")]
    store.close()
    return rows


def test_r20_each_event_is_on_its_local_day_and_another_zone_moves_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One each seven minutes around six changes; every token is an event."""
    home, profile = tmp_path / "home", tmp_path / "profile"
    _write(home / ".claude" / "projects" / "p" / "s.jsonl")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USAGETRAY_HOME", str(profile))
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    events = list(_events())
    _days(capsys, "UTC")
    stored = _stored(profile)

    for zone in ZONES:
        monkeypatch.setenv("TZ", zone)  # the user's own, as on a laptop that has travelled
        days = _days(capsys, zone)

        assert days == Counter(f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d}" for at in events)
        assert days.total() == len(events)
        assert _stored(profile) == stored
    assert "2011-12-30" not in _days(capsys, "Pacific/Apia")  # there was no such day
