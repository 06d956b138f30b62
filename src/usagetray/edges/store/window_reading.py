"""Read from the stored readings: what was said of each window, and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from usagetray.edges.store import rows
from usagetray.edges.store.database import Database
from usagetray.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSaid:
    """One window, as a vendor stated it at one instant."""

    provider: str
    account: str
    home: str
    plan: str | None
    key: str
    model: str | None
    length: timedelta
    resets_at: datetime
    utilization: float
    at: datetime


def windows_said(database: Database, since: datetime) -> Iterator[WindowSaid]:
    """Running windows whose use was told, oldest reading first. What a damaged row says is left out."""
    found = database.rows("SELECT home, body FROM snapshot WHERE captured_at >= ? ORDER BY id", rows.to_us(since))
    for home, body in found:
        snapshot = rows.to_snapshot(body)
        if snapshot is None:
            continue
        for window in snapshot.windows:
            if window.utilization is None or window.resets_at is None or window.length is None:
                continue
            yield WindowSaid(
                provider=snapshot.provider_id,
                account=snapshot.account.id,
                home=home,
                plan=snapshot.account.plan,
                key=window.key,
                model=window.model,
                length=window.length,
                resets_at=window.resets_at,
                utilization=window.utilization,
                at=window.captured_at or snapshot.captured_at,
            )
