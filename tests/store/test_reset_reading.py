"""When windows of five hours ended, read from the readings that were kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from usagetray.domain.blocks import StatedReset
from usagetray.edges.store import open_writer
from usagetray.edges.store.reset_reading import stated_resets
from usagetray.model import Account, Snapshot, UsageWindow

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SESSION = UsageWindow(key="session", label="Session", utilization=0.4, resets_at=NOW + HOUR, length=timedelta(hours=5))


def resets(folder: Path, *windows: UsageWindow, damage: bytes | None = None) -> set[StatedReset]:
    """What is read of one snapshot for each window, said one minute after the other."""
    store = open_writer(folder / "usagetray.db")
    try:
        for minute, window in enumerate(windows):
            at = NOW + timedelta(minutes=minute)
            said = Snapshot(
                provider_id="p", strategy_id="s", account=Account(id="a"), captured_at=at, windows=(window,)
            )
            store.save_snapshot(said, "/home/a", at)
        if damage is not None:
            store.database.write(("UPDATE said SET body = ? WHERE id = 1", [(damage,)]))
        return set(stated_resets(store.database))
    finally:
        store.close()


def test_a_reset_said_twice_is_one(tmp_path: Path) -> None:
    found = resets(tmp_path, SESSION, replace(SESSION, utilization=0.5))

    assert found == {StatedReset("p", "a", "/home/a", NOW + HOUR)}


@pytest.mark.parametrize(
    "other",
    [
        replace(SESSION, length=timedelta(days=7)),
        replace(SESSION, model="one of several"),
        replace(SESSION, resets_at=None),
        replace(SESSION, utilization=0.0),
        replace(SESSION, utilization=None),
    ],
    ids=["a week", "one model's", "without a reset", "not begun", "without a figure"],
)
def test_other_windows_end_no_block(tmp_path: Path, other: UsageWindow) -> None:
    assert resets(tmp_path, other) == set()


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\x00", b"[]", b'{"windows": 7}', b'{"windows": [{"length": 1}]}'])
def test_a_damaged_reading_costs_only_itself(tmp_path: Path, damage: bytes) -> None:
    later = replace(SESSION, resets_at=NOW + 9 * HOUR)

    assert resets(tmp_path, SESSION, later, damage=damage) == {StatedReset("p", "a", "/home/a", NOW + 9 * HOUR)}
