"""The ledger's sums as the history's charts need them: plain rows, and numbers in place of the texts they share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from usagetray.domain.history_days import DAY, Counted
from usagetray.edges.store.database import Database
from usagetray.usage import BANDS, Attempt, TokenCounts

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Terms = tuple[str, str, str, str, str]
"""Model, tier, speed, geo, flags: all that a price depends on besides day, tokens and the length of the prompt."""


def counted(database: Database, day: int) -> list[Counted]:
    """The rows of one UTC day (number since 1970)."""
    return database.stored(
        "SELECT bucket, place, terms, band, input, cache_write_5m, cache_write_1h, cache_read, output, web_searches"
        " FROM usage WHERE bucket >= ? AND bucket < ?",
        day * DAY,
        (day + 1) * DAY,
    )


def stamp(database: Database, first: int, until: int) -> tuple[Any, ...]:
    """What differs when any sum of the UTC days from the first to the other, which is not included, does."""
    (found,) = database.stored(
        "SELECT count(*), sum(responses), sum(input), sum(cache_read), sum(cache_write_5m + cache_write_1h),"
        " sum(output), sum(web_searches), sum(place), sum(terms * (band + 1)) FROM usage"
        " WHERE bucket >= ? AND bucket < ?",
        first * DAY,
        until * DAY,
    )
    return tuple(found)


def first_quarter(database: Database) -> int | None:
    """Of all use that is kept; None before there is any."""
    ((found,),) = database.stored("SELECT min(bucket) FROM usage")
    return None if found is None else int(found)


def projects(database: Database) -> Mapping[int, str]:
    """By place."""
    return dict(database.stored("SELECT id, project FROM place"))


def terms(database: Database) -> Mapping[int, Terms]:
    return {row[0]: tuple(row[1:]) for row in database.stored("SELECT id, model, tier, speed, geo, flags FROM terms")}


def attempt(of: Terms, band: int, day: int) -> Attempt:
    """One without tokens, on those terms and that UTC day, to ask its price."""
    model, tier, speed, geo, flags = of
    return Attempt(
        model=model,
        at=EPOCH + timedelta(days=day),
        tokens=TokenCounts(),
        prompt=BANDS[band] + 1 if band else 0,
        tier=tier,
        speed=speed,
        geo=geo,
        flags=frozenset(flags.split()),
    )
