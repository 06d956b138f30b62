"""Read from the stored readings: what had been paid on top of a plan, and when the vendor said so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from usagetray.domain.paying import Spent
from usagetray.edges.store import rows
from usagetray.edges.store.database import Database
from usagetray.model import MoneyKind


def overage_said(database: Database, provider: str, accounts: Sequence[str], since: datetime) -> tuple[Spent, ...]:
    """From the last reading before `since` on, oldest first. `accounts`: all ids under which the account was known."""
    marks = ", ".join("?" * len(accounts))
    whose = f"speaker IN (SELECT id FROM speaker WHERE provider = ? AND account IN ({marks}))"
    since_us = rows.to_us(since)
    found = database.rows(
        f"SELECT body FROM said WHERE {whose} AND captured_at >= ? ORDER BY captured_at",
        *(provider, *accounts, since_us),
    )
    before = database.rows(
        f"SELECT body FROM said WHERE {whose} AND captured_at < ? AND instr(body, ?) > 0"
        " ORDER BY captured_at DESC LIMIT 1",
        *(provider, *accounts, since_us, f'"{MoneyKind.OVERAGE.value}"'.encode()),
    )
    snapshots = [each for (body,) in (*before, *found) if (each := rows.to_snapshot(body))]
    return tuple(
        Spent(snapshot.captured_at, line.used)
        for snapshot in snapshots
        for line in snapshot.money
        if line.kind is MoneyKind.OVERAGE and line.used is not None
    )
