"""The ledger by quarters of an hour, as budgets and spend spikes need it, and which of its days have changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from usagetray.edges.store.database import Database
from usagetray.usage import BANDS, Attempt, TokenCounts

QUARTER = timedelta(minutes=15)
DAY = 96
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Quarter(NamedTuple):
    """What one place used within a quarter of an hour (number since 1970 UTC) at one kind of price."""

    number: int
    provider: str
    project: str
    session: str
    app: str
    attempt: Attempt  # the sum, priced as one


def days(database: Database, since: int) -> dict[int, tuple[int, ...]]:
    """For each UTC day (number since 1970) from that one on with use: what differs when any of its sums does."""
    found = database.stored(
        f"SELECT bucket / {DAY}, count(*), sum(responses), sum(input), sum(cache_read), sum(cache_write_5m),"
        " sum(cache_write_1h), sum(output), sum(web_searches), sum(place), sum(terms * (band + 1))"
        " FROM usage WHERE bucket >= ? GROUP BY 1",
        since * DAY,
    )
    return {row[0]: tuple(row[1:]) for row in found}


def quarters(database: Database, day: int) -> Iterator[Quarter]:
    """Of one UTC day, in the order of time."""
    rows = database.stored(
        "SELECT bucket, provider, project, session, app, model, tier, speed, geo, flags, band, input, cache_write_5m,"
        " cache_write_1h, cache_read, output, web_searches"
        " FROM usage JOIN place ON place.id = usage.place JOIN terms ON terms.id = usage.terms"
        " WHERE bucket >= ? AND bucket < ? ORDER BY bucket, usage.place, usage.terms, band",
        day * DAY,
        (day + 1) * DAY,
    )
    at = EPOCH + day * DAY * QUARTER
    for number, provider, project, session, app, model, tier, speed, geo, flags, band, *counts in rows:
        given, write_5m, write_1h, read, output, searches = counts
        yield Quarter(
            number,
            provider,
            project,
            session,
            app,
            Attempt(
                model=model,
                at=at,
                tokens=TokenCounts(
                    input=given, cache_write_5m=write_5m, cache_write_1h=write_1h, cache_read=read, output=output
                ),
                prompt=BANDS[band] + 1 if band else 0,
                tier=tier,
                speed=speed,
                geo=geo,
                web_searches=searches,
                flags=frozenset(flags.split()),
            ),
        )
