"""What the program itself sent and took, kept by UTC day for a year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from usagetray.domain.own_cost import CallCounts, CallDay, Effort, EffortDay
from usagetray.edges.store import rows
from usagetray.edges.store.database import Database, Statement

KEPT = timedelta(days=366)

CALLED = "host, purpose, day, first_at, last_at, requests, unsent, failures, refused, bytes_out, bytes_in"
ADD_CALLED = f"""
    INSERT INTO called ({CALLED})
    VALUES (?1, ?2, ?3, min(?4, ifnull((SELECT min(first_at) FROM called WHERE host = ?1 AND purpose = ?2), ?4)),
            ?5, ?6, ?7, ?8, ?9, ?10, ?11)
    ON CONFLICT DO UPDATE SET
        first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at),
        requests = requests + excluded.requests, unsent = unsent + excluded.unsent,
        failures = failures + excluded.failures, refused = refused + excluded.refused,
        bytes_out = bytes_out + excluded.bytes_out, bytes_in = bytes_in + excluded.bytes_in
"""
EFFORT = "process, day, at, processor, children, memory, memory_peak, written, stored_rows, looks"
ADD_EFFORT = f"""
    INSERT INTO effort ({EFFORT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
        at = excluded.at, processor = processor + excluded.processor, children = children + excluded.children,
        memory = ifnull(excluded.memory, memory),
        memory_peak = max(ifnull(memory_peak, excluded.memory_peak), ifnull(excluded.memory_peak, memory_peak)),
        written = CASE WHEN written IS NULL THEN excluded.written ELSE written + ifnull(excluded.written, 0) END,
        stored_rows = stored_rows + excluded.stored_rows, looks = looks + excluded.looks
"""


def added(calls: Sequence[CallDay], efforts: Sequence[EffortDay]) -> tuple[Statement, ...]:
    """What puts these on top of what is kept; of an effort its memory is the latest, all else adds up."""
    return (
        *(((ADD_CALLED, [_call_row(each) for each in calls]),) if calls else ()),
        *(((ADD_EFFORT, [_effort_row(each) for each in efforts]),) if efforts else ()),
    )


def calls(database: Database, since: date) -> tuple[CallDay, ...]:
    """Of these UTC days and later. None at all in a store of an older version."""
    if not _has(database, "called"):
        return ()
    found = database.rows(f"SELECT {CALLED} FROM called WHERE day >= ? ORDER BY day, host, purpose", since.isoformat())
    return tuple(
        CallDay(
            host=host,
            purpose=purpose,
            day=day,
            first_at=rows.to_at(first_at) or rows.EPOCH,
            last_at=rows.to_at(last_at) or rows.EPOCH,
            counts=CallCounts(
                requests=counted[0],
                unsent=counted[1],
                failures=counted[2],
                refused=counted[3],
                bytes_out=counted[4],
                bytes_in=counted[5],
            ),
        )
        for host, purpose, written, first_at, last_at, *counted in found
        if (day := _day(written)) is not None
    )


def efforts(database: Database, since: date) -> tuple[EffortDay, ...]:
    """The same of what was taken."""
    if not _has(database, "effort"):
        return ()
    found = database.rows(f"SELECT {EFFORT} FROM effort WHERE day >= ? ORDER BY day, process", since.isoformat())
    return tuple(
        EffortDay(
            process=process,
            day=day,
            at=rows.to_at(at) or rows.EPOCH,
            effort=Effort(
                processor=rows.to_span(processor) or timedelta(),
                children=rows.to_span(children) or timedelta(),
                memory=memory,
                memory_peak=memory_peak,
                written=written,
                rows=stored_rows,
                looks=looks,
            ),
        )
        for process, text, at, processor, children, memory, memory_peak, written, stored_rows, looks in found
        if (day := _day(text)) is not None
    )


def pruned(today: date) -> tuple[Statement, ...]:
    before = [((today - KEPT).isoformat(),)]
    return (("DELETE FROM called WHERE day < ?", before), ("DELETE FROM effort WHERE day < ?", before))


def store_bytes(database: Database) -> int:
    """What the history takes on the disk, without the journal beside it."""
    ((pages,),), ((size,),) = database.stored("PRAGMA page_count"), database.stored("PRAGMA page_size")
    return int(pages) * int(size)


def _has(database: Database, table: str) -> bool:
    return bool(database.rows("SELECT 1 FROM sqlite_schema WHERE name = ?", table))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None  # a damaged disk made something else of it


def _call_row(each: CallDay) -> tuple[object, ...]:
    counts = each.counts
    return (
        *(each.host, each.purpose, each.day.isoformat(), rows.to_us(each.first_at), rows.to_us(each.last_at)),
        *(counts.requests, counts.unsent, counts.failures, counts.refused, counts.bytes_out, counts.bytes_in),
    )


def _effort_row(each: EffortDay) -> tuple[object, ...]:
    effort = each.effort
    return (
        *(each.process, each.day.isoformat(), rows.to_us(each.at)),
        *(rows.to_span_us(effort.processor), rows.to_span_us(effort.children), effort.memory, effort.memory_peak),
        *(effort.written, effort.rows, effort.looks),
    )
