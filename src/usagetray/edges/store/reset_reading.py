"""Read from the stored readings: when each window of five hours ended, as its server had stated it."""

from __future__ import annotations

from datetime import UTC, datetime

from usagetray.domain.blocks import StatedReset
from usagetray.edges.store.database import Database

STATED = """
    SELECT DISTINCT snapshot.provider, snapshot.account, json_extract(said.value, '$.resets_at')
    FROM snapshot, json_each(CAST(snapshot.body AS TEXT), '$.windows') AS said
    WHERE json_valid(CAST(snapshot.body AS TEXT))
      AND json_extract(said.value, '$.length') = 'PT18000S'
      AND json_extract(said.value, '$.model') IS NULL
      AND json_extract(said.value, '$.utilization') > 0
      AND json_extract(said.value, '$.resets_at') IS NOT NULL
"""
"""Of windows in which something was used: what a vendor says of one that has not begun moves with the clock."""


def stated_resets(database: Database) -> tuple[StatedReset, ...]:
    """All that are still known, in no order. What a damaged row says is left out."""
    found = (StatedReset(provider, account, at) for provider, account, text in database.rows(STATED)
             if (at := _instant(text)) is not None)  # fmt: skip
    return tuple(found)


def _instant(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None
