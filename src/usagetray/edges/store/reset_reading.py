"""Read from the stored readings: when each window of five hours ended, as its server had stated it."""

from __future__ import annotations

from datetime import UTC, datetime

from usagetray.domain.blocks import StatedReset
from usagetray.edges.store.database import Database

STATED = """
    SELECT DISTINCT snapshot.provider, snapshot.account, snapshot.home, json_extract(said.value, '$.resets_at')
    FROM (
        SELECT provider, account, home, CAST(body AS TEXT) AS body FROM snapshot WHERE json_valid(CAST(body AS TEXT))
        LIMIT -1  -- keeps this a step of its own: what is no JSON would end the next one with an error
    ) AS snapshot, json_each(snapshot.body, '$.windows') AS said
    WHERE json_extract(said.value, '$.length') = 'PT18000S'
      AND json_extract(said.value, '$.model') IS NULL
      AND json_extract(said.value, '$.utilization') > 0
      AND json_extract(said.value, '$.resets_at') IS NOT NULL
"""
"""Of windows in which something was used: what a vendor says of one that has not begun moves with the clock."""


def stated_resets(database: Database) -> tuple[StatedReset, ...]:
    """All that are still known, in no order. What a damaged row says is left out."""
    return tuple(
        StatedReset(provider, account, home, at)
        for provider, account, home, text in database.rows(STATED)
        if (at := _instant(text)) is not None
    )


def _instant(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None
