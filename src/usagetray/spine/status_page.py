"""What a vendor's status page says, in the shape of Statuspage v2 (`summary.json`), read for the parts that matter.

Source: the public pages of several vendors, read on 2026-11-20. A part is matched by its id, else by how its name
begins; trouble of other parts is none here. Some pages leave the list of incidents out while there are none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from usagetray.domain.incidents import Incident, Looked
from usagetray.errors import Cause, SourceError
from usagetray.providers.parse import Answer, instant_of, text_of

PATH = "/api/v2/summary.json"
OPERATIONAL = "operational"
OVER = frozenset({"resolved", "postmortem", "completed", "scheduled"})
IMPACTS = {
    "degraded_performance": "minor",
    "partial_outage": "major",
    "major_outage": "critical",
    "under_maintenance": "maintenance",
}
MOST_INCIDENTS = 5


def read(source: str, body: Any, components: Sequence[str]) -> tuple[Incident, ...]:
    """Pure: the page's answer in, what is out of order now. Raises BAD_DATA for what is no status page."""
    page = Answer(body)
    rows = page.rows("components")
    if not rows:
        raise SourceError(source, Cause.BAD_DATA, "no status page")
    states = {name: row.text("status") or OPERATIONAL for row in rows if (name := _mattering(row, components))}
    troubled = {name: state for name, state in states.items() if state != OPERATIONAL}
    found = list(_incidents(page, components, is_troubled=bool(troubled)))
    named = {part for each in found for part in each.parts}
    found += [
        Incident(name=name, status=state, impact=IMPACTS.get(state, "minor"), parts=(name,))
        for name, state in troubled.items()
        if name not in named and all(each.parts for each in found)
    ]
    return tuple(found[:MOST_INCIDENTS])


def _incidents(page: Answer, components: Sequence[str], *, is_troubled: bool) -> Iterator[Incident]:
    for row in page.rows("incidents"):
        name, status = row.text("name"), row.text("status") or ""
        if name is None or status in OVER or row.raw("resolved_at") is not None:
            continue
        affected = row.rows("components")
        parts = tuple(part for each in affected if (part := _mattering(each, components)))
        # One that names no part may be about any: it is told while a part that matters is out of order.
        if parts or (not affected and is_troubled):
            yield Incident(
                name=name,
                status=status,
                impact=row.text("impact") or "minor",
                parts=parts,
                since_at=row.instant(row.pick("started_at", "created_at")),
            )


def _mattering(row: Answer, components: Sequence[str]) -> str | None:
    """The part's name, if it is one of those that matter."""
    name, own = row.text("name"), row.text("id")
    begins = tuple(each.lower() for each in components)
    return name if name and (own in components or name.lower().startswith(begins)) else None


# ---- kept as text ------------------------------------------------------------------------------------------


def written(looked: Looked) -> str:
    return json.dumps(
        {
            "at": _text(looked.at),
            "failures": looked.failures,
            "not_before": _text(looked.not_before),
            "captured_at": _text(looked.captured_at),
            "incidents": [
                {
                    "name": each.name,
                    "status": each.status,
                    "impact": each.impact,
                    "parts": each.parts,
                    "since_at": _text(each.since_at),
                }
                for each in looked.incidents
            ],
        }
    )


def remembered(text: str | None) -> Looked | None:
    """What was kept; None where nothing was, or a damaged disk made something else of it."""
    try:
        kept = Answer(json.loads(text)) if text else None
    except (ValueError, RecursionError):
        return None
    at = kept.instant("at") if kept else None
    if kept is None or at is None:
        return None
    return Looked(
        at=at,
        failures=min(kept.whole("failures") or 0, 100),
        not_before=kept.instant("not_before"),
        captured_at=kept.instant("captured_at"),
        incidents=tuple(
            Incident(
                name=row.text("name") or "",
                status=row.text("status") or "",
                impact=row.text("impact") or "minor",
                parts=tuple(part for each in _list(row.raw("parts")) if (part := text_of(each))),
                since_at=instant_of(row.raw("since_at")),
            )
            for row in kept.rows("incidents")
        ),
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()
