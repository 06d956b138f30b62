"""What the program itself cost, out of its own history: for `doctor cost` and the page about privacy."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from usagetray.domain.own_cost import OwnCost, efforts, hosts
from usagetray.edges.calls import MOST_A_DAY
from usagetray.edges.store import Store, accounting


def own_cost(store: Store, now: datetime, log_dir: Path | None = None) -> OwnCost:
    """`log_dir`: the folder of our logs, to tell their size. Takes a few milliseconds."""
    today = now.astimezone(UTC).date()
    since = today - accounting.KEPT
    kept = accounting.efforts(store.database, since)
    of_today, of_week = efforts(kept, today)
    return OwnCost(
        at=now,
        as_of=max((each.at for each in kept), default=None),
        this_day=of_today,
        this_week=of_week,
        hosts=hosts(accounting.calls(store.database, since), today),
        ceiling=MOST_A_DAY,
        store_bytes=accounting.store_bytes(store.database),
        log_bytes=None if log_dir is None else _log_bytes(log_dir),
    )


def _log_bytes(folder: Path) -> int:
    found = 0
    try:
        for each in folder.iterdir():
            if ".log" in each.name and each.is_file() and not each.is_symlink():
                found += each.stat().st_size
    except OSError:
        pass  # not there yet, or rotated away this moment
    return found
