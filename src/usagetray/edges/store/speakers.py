"""What each source said, and each attempt at it: the rows that a poll writes, kept short by numbers for long names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from usagetray.domain.attempts import Attempt
from usagetray.edges.store import rows
from usagetray.edges.store.database import Database, Statement
from usagetray.edges.store.rows import Source
from usagetray.model import Snapshot

Speaker = tuple[str, str, str, str]
"""Provider, account, strategy, home."""

ATTEMPT = "at, ended_at, cause, retry_after, credential, detail"
SOURCE = "FROM source WHERE provider = ? AND home = ? AND strategy = ?"
SPEAKER = "FROM speaker WHERE provider = ? AND account = ? AND strategy = ? AND home = ?"
NEW_SOURCE = "INSERT OR IGNORE INTO source (provider, home, strategy) VALUES (?, ?, ?)"
NEW_SPEAKER = "INSERT OR IGNORE INTO speaker (provider, account, strategy, home) VALUES (?, ?, ?, ?)"


# ---- what was said -----------------------------------------------------------------------------------------


def said(speaker: Speaker, snapshot: Snapshot, stored_at: datetime) -> tuple[Statement, ...]:
    """What keeps a snapshot."""
    values = (rows.to_us(snapshot.captured_at), rows.to_us(stored_at), rows.to_body(snapshot))
    return (
        (NEW_SPEAKER, [speaker]),
        (f"INSERT INTO said (speaker, captured_at, stored_at, body) SELECT id, ?, ?, ? {SPEAKER}", [values + speaker]),
    )


def last_said(database: Database, speaker: Speaker) -> Snapshot | None:
    found = database.rows(
        f"SELECT body FROM said WHERE speaker = (SELECT id {SPEAKER}) ORDER BY id DESC LIMIT 1", *speaker
    )
    return rows.to_snapshot(found[0][0]) if found else None


NEWEST_SAID = (
    "SELECT home, body FROM speaker JOIN said ON said.id = (SELECT max(id) FROM said WHERE speaker = speaker.id)"
    " ORDER BY said.id"
)
"""Of each speaker."""


# ---- what was tried ----------------------------------------------------------------------------------------


def next_number(database: Database, source: Source) -> int:
    """Of the next attempt at a source; two at once are never made."""
    ((last,),) = database.rows(f"SELECT max(number) FROM attempted WHERE source = (SELECT id {SOURCE})", *source.key)
    return (last or 0) + 1


def begun(source: Source, number: int, at: datetime, credential: str | None) -> tuple[Statement, ...]:
    return (
        (NEW_SOURCE, [source.key]),
        (
            f"INSERT INTO attempted (source, number, at, credential) SELECT id, ?, ?, ? {SOURCE}",
            [(number, rows.to_us(at), credential, *source.key)],
        ),
    )


def ended(source: Source, number: int, attempt: Attempt) -> tuple[Statement, ...]:
    """Also where its beginning could not be written."""
    values = (
        *(number, rows.to_us(attempt.at), rows.to_us(attempt.ended_at)),
        *(attempt.cause, rows.to_span_us(attempt.retry_after), attempt.credential, attempt.detail),
    )
    return (
        (NEW_SOURCE, [source.key]),
        (
            f"INSERT INTO attempted (source, number, {ATTEMPT}) SELECT id, ?, ?, ?, ?, ?, ?, ? {SOURCE}"
            " ON CONFLICT DO UPDATE SET ended_at = excluded.ended_at, cause = excluded.cause,"
            " retry_after = excluded.retry_after, credential = excluded.credential, detail = excluded.detail",
            [(*values, *source.key)],
        ),
    )


def attempts(database: Database, source: Source, most: int) -> tuple[Attempt, ...]:
    """The last ones, oldest first."""
    found: Sequence[Sequence[object]] = database.rows(
        f"SELECT {ATTEMPT} FROM attempted WHERE source = (SELECT id {SOURCE}) ORDER BY number DESC LIMIT ?",
        *(*source.key, most),
    )
    return tuple(rows.to_attempt(row) for row in reversed(found))


def pruned(before: datetime) -> Iterator[Statement]:
    """What drops all that is older, but for the newest of each source and speaker.

    What was said stands in the order in which it was stored: only what is before the first to be kept is looked at.
    """
    cut = [(rows.to_us(before),)]
    newest = "SELECT max(number) FROM attempted AS other WHERE other.source = attempted.source"
    yield f"DELETE FROM attempted WHERE at < ? AND number < ({newest})", cut
    first = f"coalesce((SELECT id FROM said WHERE stored_at >= ?1 ORDER BY id LIMIT 1), {2**62})"
    yield f"DELETE FROM said WHERE id < {first} AND id NOT IN (SELECT max(id) FROM said GROUP BY speaker)", cut
