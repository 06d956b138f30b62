"""The store read from end to end, a part at a time: memory does not grow with the length of the history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from usagetray.edges.store import ALERT
from usagetray.edges.store import spend as bills
from usagetray.edges.store.database import Database
from usagetray.edges.store.rows import AlertRow, to_alert_row, to_snapshot, to_us
from usagetray.edges.store.spend import Spent
from usagetray.model import Snapshot
from usagetray.usage import BANDS, Attempt, TokenCounts

QUARTER_S = 900
DAY = 96
"""Quarters of an hour read at once."""
MOST_ROWS = 500
"""Read at once of what is not so even."""
MONTH = timedelta(days=31)

COUNTS = ("input", "cache_write_5m", "cache_write_1h", "cache_read", "output", "reasoning", "web_searches")


class Quarter(NamedTuple):
    """What was used in a quarter of an hour in one place, on one kind of price; sessions are added up."""

    bucket: int  # quarters of an hour since 1970 UTC
    provider: str
    account: str
    machine: str
    project: str
    app: str
    task: str
    model: str
    tier: str
    speed: str
    geo: str
    flags: str
    band: int
    responses: int
    input: int
    cache_write_5m: int
    cache_write_1h: int
    cache_read: int
    output: int
    reasoning: int
    web_searches: int

    def attempt(self, at: datetime) -> Attempt:
        """To be priced as one. `at`: any instant of its UTC day."""
        return Attempt(
            model=self.model,
            at=at,
            tokens=TokenCounts(
                input=self.input,
                cache_write_5m=self.cache_write_5m,
                cache_write_1h=self.cache_write_1h,
                cache_read=self.cache_read,
                output=self.output,
            ),
            prompt=BANDS[self.band] + 1 if self.band else 0,
            tier=self.tier,
            speed=self.speed,
            geo=self.geo,
            web_searches=self.web_searches,
            flags=frozenset(self.flags.split()),
        )


NAMES = Quarter._fields[1:13]
SELECT_QUARTERS = (
    f"SELECT bucket, {', '.join(NAMES)}, sum(responses), {', '.join(f'sum({each})' for each in COUNTS)}"
    " FROM usage JOIN place ON place.id = usage.place JOIN terms ON terms.id = usage.terms"
    f" WHERE bucket >= ? AND bucket < ? GROUP BY bucket, {', '.join(NAMES)} ORDER BY bucket, {', '.join(NAMES)}"
)


def quarters(database: Database, since: datetime | None, until: datetime | None) -> Iterator[Quarter]:
    """Oldest first, then by their names. `since` included, `until` not."""
    at = int(since.timestamp()) // QUARTER_S if since else -(2**62)
    end = int(until.timestamp()) // QUARTER_S if until else 2**62
    while True:
        ((first,),) = database.stored("SELECT min(bucket) FROM usage WHERE bucket >= ? AND bucket < ?", at, end)
        if first is None:
            return
        at = min(first + DAY, end)
        yield from map(Quarter._make, database.stored(SELECT_QUARTERS, first, at))


def readings(database: Database, since: datetime | None, until: datetime | None) -> Iterator[Snapshot]:
    """In the order in which they were stored. Those that cannot be read are left out."""
    where, values = _between("captured_at", since, until)
    for (body,) in _by_id(database, "snapshot", "body", where, values):
        found = to_snapshot(body)
        if found is not None:
            yield found


def alerts(database: Database, since: datetime | None, until: datetime | None) -> Iterator[AlertRow]:
    """In the order in which they were stored."""
    where, values = _between("due_at", since, until)
    return map(to_alert_row, _by_id(database, "alert", ALERT, where, values))


def spend(database: Database, since: date | None, until: date | None) -> Iterator[Spent]:
    """By UTC day; of a day in an order of its own, whenever it was told."""
    ((first, last),) = database.stored("SELECT min(day), max(day) FROM spend")
    if first is None:
        return
    begins = max(date.fromisoformat(first), since or date.min)
    ends = min(date.fromisoformat(last), until or date.max)
    while begins <= ends:
        month = bills.read(database, begins, min(begins + MONTH, ends))
        yield from sorted(month, key=_order)
        if date.max - begins <= MONTH:
            return
        begins += MONTH + timedelta(days=1)


def _order(spent: Spent) -> tuple[str, ...]:
    day = spent.day
    parts = (day.model, day.key, day.workspace, day.project, day.line_item, day.kind)
    amount = (day.amount.currency, str(day.amount.amount))
    return (day.day.isoformat(), spent.provider, spent.account, *(each or "" for each in parts), *amount)


def _between(column: str, since: datetime | None, until: datetime | None) -> tuple[str, list[Any]]:
    wanted = [(f"{column} >= ?", since), (f"{column} < ?", until)]
    kept = [(text, to_us(at)) for text, at in wanted if at is not None]
    return " AND ".join(["id > ?", *(text for text, _ in kept)]), [us for _, us in kept]


def _by_id(database: Database, table: str, columns: str, where: str, values: list[Any]) -> Iterator[tuple[Any, ...]]:
    after = -(2**62)
    while True:
        rows = database.rows(
            f"SELECT id, {columns} FROM {table} WHERE {where} ORDER BY id LIMIT {MOST_ROWS}", after, *values
        )
        if not rows:
            return
        after = rows[-1][0]
        yield from (row[1:] for row in rows)
