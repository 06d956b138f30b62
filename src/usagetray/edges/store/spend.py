"""What vendors billed, as it stands in the store: by provider, account and UTC day, each day as it was told last."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from usagetray.edges.store.database import Database, Statement
from usagetray.model import Money, Snapshot, SpendDay
from usagetray.quick_dataclass import dataclass

log = logging.getLogger(__name__)

COLUMNS = "provider, account, day, amount, currency, model, key, workspace, project, line_item, kind"
REACH = timedelta(days=62)
"""Of a source's own bill it is told this much again: more than a month, whatever the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """A part of the bill of one account."""

    provider: str
    account: str
    day: SpendDay


def statements(snapshot: Snapshot) -> tuple[Statement, ...]:
    """Writes the days and names of a snapshot; each day takes the place of what was told of it before."""
    owner = (snapshot.provider_id, snapshot.account.id)
    days = sorted({each.day.isoformat() for each in snapshot.spend})
    marks = ", ".join("?" * len(COLUMNS.split(", ")))
    return (
        ("DELETE FROM spend WHERE provider = ? AND account = ? AND day = ?", [(*owner, day) for day in days]),
        (
            f"INSERT INTO spend ({COLUMNS}) VALUES ({marks})",
            [
                (
                    *(*owner, each.day.isoformat(), str(each.amount.amount), each.amount.currency),
                    *(each.model, each.key, each.workspace, each.project, each.line_item, each.kind),
                )
                for each in snapshot.spend
            ],
        ),
        ("INSERT OR REPLACE INTO spend_name VALUES (?, ?, ?, ?)", [(*owner, *pair) for pair in snapshot.names]),
    )


def without(snapshot: Snapshot) -> Snapshot:
    """What is kept of it among the snapshots: bills stand by themselves, once for each day."""
    return replace(snapshot, spend=(), names=())


def with_bill(database: Database, snapshot: Snapshot) -> Snapshot:
    """The snapshot with what its account was billed in the last weeks before it."""
    owner = (snapshot.provider_id, snapshot.account.id)
    last = snapshot.captured_at.date() + timedelta(days=1)
    return replace(
        snapshot,
        spend=tuple(each.day for each in read(database, last - REACH, last, *owner)),
        names=tuple(names(database, *owner).items()),
    )


def read(
    database: Database, since: date, until: date, provider: str | None = None, account: str | None = None
) -> tuple[Spent, ...]:
    """The days from `since` to `until`, both included, in their order; of all accounts, or of those named."""
    found = database.rows(
        f"SELECT {COLUMNS} FROM spend WHERE day BETWEEN ? AND ?"
        " AND provider = coalesce(?, provider) AND account = coalesce(?, account) ORDER BY day, id",
        *(since.isoformat(), until.isoformat(), provider, account),
    )
    return tuple(_readable(found))


def names(database: Database, provider: str, account: str) -> Mapping[str, str]:
    """By id."""
    found = database.rows(
        "SELECT id, name FROM spend_name WHERE provider = ? AND account = ? ORDER BY id", provider, account
    )
    return dict(found)


def _readable(found: Iterable[Sequence[Any]]) -> Iterable[Spent]:
    """Rows that a damaged disk made unreadable are left out."""
    for provider, account, day, amount, currency, model, key, workspace, project, line_item, kind in found:
        try:
            billed_on, sum_ = date.fromisoformat(day), Decimal(amount)
        except (ValueError, TypeError, InvalidOperation):
            log.warning("a stored day of a bill could not be read")
            continue
        if not sum_.is_finite():
            continue
        yield Spent(
            provider=provider,
            account=account,
            day=SpendDay(
                day=billed_on,
                amount=Money(amount=sum_, currency=currency),
                model=model,
                key=key,
                workspace=workspace,
                project=project,
                line_item=line_item,
                kind=kind,
            ),
        )
