"""The history as a table, written row by row: CSV that a spreadsheet takes for text and numbers, or JSON.

The columns are a promise to scripts. A new one comes at the end; anything else raises `SCHEMA`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from usagetray.views.plain import MOST_SHOWN, csv_cell, plain

SCHEMA = 1
TOGETHER = 200
"""Rows written at once."""

Value = str | int | float | bool | Decimal | date | datetime | None

NAMES = ("provider", "account", "machine", "project", "app", "task", "model", "tier", "speed", "geo")
FIGURES = (
    *("requests", "input_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "cache_read_tokens"),
    *("output_tokens", "reasoning_tokens", "total_tokens", "web_search_requests", "list_price_usd", "unpriced_tokens"),
)
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "usage by day": ("day", *NAMES, *FIGURES),
    "usage by quarter": ("starts_at", *NAMES, *FIGURES),
    "readings": (
        *("captured_at", "provider", "account", "plan", "source", "kind", "key", "label", "model", "used_percent"),
        *("unlimited", "resets_at", "length_s", "used", "limit", "balance", "currency", "period"),
    ),
    "alerts": (
        *("due_at", "sent_at", "shown", "kind", "provider", "account", "window", "threshold_percent", "urgency"),
        *("title", "body"),
    ),
    "spend": (
        *("day", "provider", "account", "amount", "currency", "model", "key", "key_name", "workspace"),
        *("workspace_name", "project", "project_name", "line_item", "kind"),
    ),
}
LONG = {"title": 200, "body": 600}
"""Sentences of our own may be longer than names from outside."""

Row = Sequence[Value]


def as_csv(kind: str, rows: Iterable[Row]) -> Iterator[str]:
    """Whole lines, the names of the columns first; pieces without a line break at the end. `kind`: of `COLUMNS`."""
    columns = COLUMNS[kind]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for number, row in enumerate(rows, 1):
        writer.writerow([_cell(name, value) for name, value in zip(columns, row, strict=True)])
        if number % TOGETHER == 0:
            yield stream.getvalue().rstrip("\n")
            stream.seek(0)
            stream.truncate()
    if stream.getvalue():
        yield stream.getvalue().rstrip("\n")


def as_json(kind: str, rows: Iterable[Row], head: Mapping[str, Any], *, ascii_only: bool) -> Iterator[str]:
    """One object: `schema`, what the head says, and `rows`, one a line. Pieces without a line break at the end."""
    columns = COLUMNS[kind]
    first = {"schema": SCHEMA, **head, "columns": columns}
    waiting = [json.dumps(first, ensure_ascii=ascii_only)[:-1] + ', "rows": [']
    line = ""
    for row in rows:
        if line:
            waiting.append(line + ",")
        if len(waiting) > TOGETHER:
            yield "\n".join(waiting)
            waiting = []
        fields = {name: _field(name, value) for name, value in zip(columns, row, strict=True)}
        line = json.dumps(fields, ensure_ascii=ascii_only, separators=(",", ":"))
    yield "\n".join([*waiting, *([line] if line else []), "]}"])


def _cell(name: str, value: Value) -> object:
    if type(value) is int:  # most are
        return value
    if isinstance(value, str):
        return _inert_cell(value, LONG.get(name, MOST_SHOWN)) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    found = _field(name, value)
    return "" if found is None else found


def _field(name: str, value: Value) -> Any:
    """Amounts as texts, so that no reader rounds them; instants in UTC."""
    if type(value) is int:
        return value
    if isinstance(value, str):
        return _inert(value, LONG.get(name, MOST_SHOWN)) if value else ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return exact(value) if isinstance(value, Decimal) else value


# The same few names stand in row after row.
_inert_cell = lru_cache(1024)(csv_cell)
_inert = lru_cache(1024)(plain)


def exact(amount: Decimal) -> str | None:
    """All its digits, without those that say nothing, and never as a power of ten; None for no legal amount."""
    if not amount.is_finite():
        return None
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
