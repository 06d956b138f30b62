"""The ledger's reading side: sums for reports, responses one by one, and how complete it is."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from usagetray.domain.ledger import Record, attempts_of, responses
from usagetray.edges.store.database import Database
from usagetray.edges.store.numbering import PLACE, Numbering
from usagetray.edges.store.rows import to_at, to_us
from usagetray.quick_dataclass import dataclass
from usagetray.usage import BANDS, Attempt, Response, TokenCounts, UsageSum

DAY = 96
"""Quarters of an hour."""
EPOCH = date(1970, 1, 1)
PERIODS = ("day", "week", "month")
DIMENSIONS = PLACE
SUMS = ["responses", "input", "cache_write_5m", "cache_write_1h", "cache_read", "output", "reasoning", "web_searches"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexState:
    """How much of the logs is in the ledger."""

    files: int
    bytes_seen: int
    bytes_read: int
    gone_files: int  # deleted by now; what they told is kept
    skipped: dict[str, int]  # lines that could not be read, by reason
    aside: dict[str, int]  # responses left out of the sums, by reason
    finished_at: datetime | None  # when all logs were last read to their ends; None: not yet


def index_state(database: Database) -> IndexState:
    ((files, seen, read, gone),) = database.stored(
        "SELECT count(*), total(size), total(offset), total(gone_at IS NOT NULL) FROM log_file"
    )
    skipped: Counter[str] = Counter()
    for (text,) in database.stored("SELECT skipped FROM log_file WHERE skipped NOT IN ('', '{}')"):
        skipped.update(json.loads(text))
    aside = database.stored("SELECT reason, count(*) FROM aside GROUP BY reason ORDER BY reason")
    finished = database.stored("SELECT value FROM meta WHERE key = 'indexed_at'")
    return IndexState(
        files=files,
        bytes_seen=int(seen),
        bytes_read=int(read),
        gone_files=int(gone),
        skipped=dict(sorted(skipped.items())),
        aside=dict(aside),
        finished_at=datetime.fromisoformat(finished[0][0]) if finished else None,
    )


def usage(
    database: Database,
    *,
    by: Sequence[str],
    zone: tzinfo,
    week_starts: int = 0,
    since: date | None = None,
    until: date | None = None,
    provider: str | None = None,
    account: str | None = None,
) -> tuple[UsageSum, ...]:
    """Sums of responses, oldest day first, by `PERIODS`, `DIMENSIONS` and "model"; the first gives the `period`.

    Each row stands for one local day and one UTC day, one kind of price, and so can be priced as one attempt.
    `since`, `until`: local days, both included. `week_starts`: 0 Monday, 6 Sunday.
    """
    wanted = [each for each in by if each in DIMENSIONS]
    columns = [each if each in wanted or each == "provider" else f"'' AS {each}" for each in DIMENSIONS]
    ((first, last),) = database.stored("SELECT min(bucket), max(bucket) FROM usage")
    if first is None:
        return ()
    # A local day begins and ends within a day of the UTC day of the same date.
    first = first if since is None else max(first, ((since - EPOCH).days - 1) * DAY)
    last = last if until is None else min(last, ((until - EPOCH).days + 2) * DAY)
    where, values = ["1"], list[Any]()
    local = f"(bucket + {_offset_sql(zone, first, last)})"
    for sign, day in ((">=", since), ("<=", until)):
        if day is not None:
            where.append(f"{local} / {DAY} {sign} ?")
            values.append((day - EPOCH).days)
    where.append("bucket BETWEEN ? AND ?")  # says no more, but by the key: the rest of the table is not looked at
    values += [first, last]
    for name, value in (("provider", provider), ("account", account)):
        if value is not None:
            where.append(f"{name} = ?")
            values.append(value)
    instants = "min(bucket) * 900000000, (max(bucket) + 1) * 900000000 - 1"
    made = ""
    if "session" in by:  # when a session began and ended is told to the second
        instants = "min(made.first), max(made.last)"
        made = (
            "JOIN (SELECT place, min(at) AS first, max(at) AS last FROM record GROUP BY place) AS made"
            " ON made.place = usage.place"
        )
    group = ", ".join(["1", "2", *(["provider"] if "provider" not in wanted else []), *wanted])
    rows = database.stored(
        f"SELECT {local} / {DAY}, bucket / {DAY}, {', '.join(columns)}, model, tier, speed, geo, flags, band, "
        + ", ".join(f"sum({each})" for each in SUMS)
        + f", {instants} FROM usage JOIN place ON place.id = usage.place JOIN terms ON terms.id = usage.terms {made}"
        f" WHERE {' AND '.join(where)} GROUP BY {group}, usage.terms, band ORDER BY 1, 2, provider, model, band",
        *values,
    )
    return tuple(_sum_of(row, by[0], week_starts) for row in rows)


def _sum_of(row: tuple[Any, ...], first: str, week_starts: int) -> UsageSum:
    local_day, utc_day, *place = row[:11]
    model, tier, speed, geo, flags, band = row[11:17]
    count, given, write_5m, write_1h, read, output, reasoning, searches, first_at, last_at = row[17:]
    named = dict(zip(DIMENSIONS, place, strict=True))
    day = EPOCH + timedelta(days=local_day)
    attempt = Attempt(
        model=model,
        at=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=utc_day),
        tokens=TokenCounts(
            input=given, cache_write_5m=write_5m, cache_write_1h=write_1h, cache_read=read, output=output
        ),
        prompt=BANDS[band] + 1 if band else 0,
        tier=tier,
        speed=speed,
        geo=geo,
        web_searches=searches,
        flags=frozenset(flags.split()),
    )
    period = _period(first, day, week_starts) if first in PERIODS else {**named, "model": model}[first]
    return UsageSum._make((period, *place, attempt, count, reasoning, _at(first_at), _at(last_at)))


def _period(kind: str, day: date, week_starts: int) -> str:
    if kind == "week":
        day -= timedelta(days=(day.weekday() - week_starts) % 7)
    return f"{day:%Y-%m}" if kind == "month" else day.isoformat()


def _at(us: int) -> datetime:
    found = to_at(us)
    assert found is not None  # noqa: S101 - only None gives None
    return found


def _offset_sql(zone: tzinfo, first: int, last: int) -> str:
    """SQL for the quarters of an hour by which the zone's clocks are ahead at `bucket`."""
    ahead = [(first, _ahead(zone, first))]
    for bucket in range(first + DAY, last + 2 * DAY, DAY):
        if _ahead(zone, bucket) != ahead[-1][1]:
            low, high = bucket - DAY, bucket  # the clocks changed in between
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _ahead(zone, middle) == ahead[-1][1] else (low, middle)
            ahead.append((high, _ahead(zone, high)))
    if len(ahead) == 1:
        return str(ahead[0][1])
    cases = " ".join(f"WHEN bucket < {then} THEN {before}" for (_, before), (then, _) in itertools.pairwise(ahead))
    return f"CASE {cases} ELSE {ahead[-1][1]} END"


def _ahead(zone: tzinfo, bucket: int) -> int:
    at = datetime.fromtimestamp(bucket * 900, UTC).astimezone(zone)
    return int((at.utcoffset() or timedelta()).total_seconds() // 900)


def counted(
    database: Database, *, since: datetime | None = None, until: datetime | None = None, provider: str | None = None
) -> Iterator[Response]:
    """Every response that counts, in the order of time. `since` included, `until` not."""
    numbering = Numbering(database, whole=True)
    where, values = ["1"], list[Any]()
    for sign, at in ((">=", since), ("<", until)):
        if at is not None:
            where.append(f"at {sign} ?")
            values.append(to_us(at))
    # All records of a key together: of those that tell of one response the earliest is its time.
    some = f"WHERE key IN (SELECT key FROM record WHERE {' AND '.join(where)})" if values else ""
    aside = set(database.stored("SELECT key, part FROM aside"))
    columns = ", ".join(Record._fields)
    records = map(Record._make, database.stored(f"SELECT {columns} FROM record {some} ORDER BY key", *values))
    low, high = (to_us(each) for each in (since, until))
    found = [
        each
        for _, group in itertools.groupby(records, key=lambda record: record.key)
        for each in responses(list(group), numbering.names)
        if (each.key, each.part) not in aside
        and (low is None or each.at >= low)
        and (high is None or each.at < high)
        and (provider is None or numbering.places.texts(each.place)[0] == provider)
    ]
    found.sort(key=lambda each: (each.at, each.key))
    for each in found:
        provider_, account, machine, project, _, session, agent, app, task = numbering.places.texts(each.place)
        yield Response(
            _at(each.at), provider_, account, machine, project, session, agent, app, task,
            tuple(_attempts(each, numbering.terms.texts(each.terms))),
        )  # fmt: skip


def _attempts(record: Record, terms: Sequence[str]) -> Iterator[Attempt]:
    model, tier, speed, geo, flags = terms
    several = attempts_of(record.attempts) if record.attempts else [(model, *record[8:13])]
    for number, (named, given, write_5m, write_1h, read, output) in enumerate(several):
        tokens = TokenCounts(
            input=given, cache_write_5m=write_5m, cache_write_1h=write_1h, cache_read=read, output=output
        )
        yield Attempt(
            model=named or model,
            at=_at(record.at),
            tokens=tokens,
            prompt=tokens.prompt,
            tier=tier,
            speed=speed,
            geo=geo,
            web_searches=0 if number else record.web_searches,
            flags=frozenset(flags.split()),
        )


def count_since(database: Database, since: datetime, provider: str, models: Sequence[str] = ()) -> int:
    """Responses since then of a provider, or of models whose names begin like these, whatever route they took."""
    rows = database.stored("SELECT id, model FROM terms")
    like = [number for number, model in rows if models and model.rpartition("/")[2].startswith(tuple(models))]
    marks = ", ".join("?" * len(like)) or "NULL"
    ((count,),) = database.stored(
        "SELECT count(DISTINCT key) FROM record WHERE at >= ? AND key NOT IN (SELECT key FROM aside) AND"
        f" (place IN (SELECT id FROM place WHERE provider = ?) OR terms IN ({marks}))",
        *(int(since.timestamp() * 1_000_000), provider, *like),
    )
    return int(count)
