"""The store's schema, as ordered steps: append one, never edit an old one.

Instants are whole microseconds since 1970 UTC; spans are whole microseconds.
"""

from __future__ import annotations

import sqlite3

from usagetray.errors import UserError

STEPS: tuple[str, ...] = (
    """
    CREATE TABLE snapshot (
        id INTEGER PRIMARY KEY,
        provider TEXT NOT NULL, account TEXT NOT NULL, strategy TEXT NOT NULL, home TEXT NOT NULL,
        captured_at INTEGER NOT NULL, stored_at INTEGER NOT NULL,
        body BLOB NOT NULL  -- the snapshot as JSON
    );
    CREATE INDEX snapshot_newest ON snapshot (provider, account, strategy, home, id);
    CREATE INDEX snapshot_stored ON snapshot (stored_at);

    CREATE TABLE attempt (
        id INTEGER PRIMARY KEY,
        provider TEXT NOT NULL, home TEXT NOT NULL, strategy TEXT NOT NULL,
        at INTEGER NOT NULL, ended_at INTEGER,
        cause TEXT, retry_after INTEGER, credential TEXT, detail TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX attempt_newest ON attempt (provider, home, strategy, id);
    CREATE INDEX attempt_at ON attempt (at);

    -- What the next attempt of each strategy waits for, and the interval in force: readers show it.
    CREATE TABLE plan (
        provider TEXT NOT NULL, home TEXT NOT NULL, strategy TEXT NOT NULL,
        next_at INTEGER, every INTEGER, reason TEXT NOT NULL,
        PRIMARY KEY (provider, home, strategy)
    ) WITHOUT ROWID;

    -- When a vendor's own logs last changed, per home.
    CREATE TABLE activity (
        provider TEXT NOT NULL, home TEXT NOT NULL, active_at INTEGER NOT NULL,
        PRIMARY KEY (provider, home)
    ) WITHOUT ROWID;

    -- What has been announced of a window in its present cycle.
    CREATE TABLE told (
        provider TEXT NOT NULL, account TEXT NOT NULL, window TEXT NOT NULL,
        cycle_ends_at INTEGER, used REAL NOT NULL, threshold REAL NOT NULL, stops TEXT NOT NULL,
        used_up_at INTEGER,
        PRIMARY KEY (provider, account, window)
    ) WITHOUT ROWID;

    CREATE TABLE alert (
        id INTEGER PRIMARY KEY,
        due_at INTEGER NOT NULL, sent_at INTEGER, shown INTEGER,  -- sent_at NULL: held back, to be merged
        kind TEXT NOT NULL, provider TEXT NOT NULL, account TEXT NOT NULL, window TEXT NOT NULL, threshold REAL,
        title TEXT NOT NULL, body TEXT NOT NULL, urgency TEXT NOT NULL, merged_into INTEGER
    );
    CREATE INDEX alert_due ON alert (due_at);

    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    """,
    """
    -- Where responses were made: one row for each session and sub-agent. Never changed, so that counts may be added up.
    CREATE TABLE place (
        id INTEGER PRIMARY KEY,
        provider TEXT NOT NULL, account TEXT NOT NULL, machine TEXT NOT NULL, project TEXT NOT NULL,
        folder TEXT NOT NULL, session TEXT NOT NULL, agent TEXT NOT NULL, app TEXT NOT NULL, task TEXT NOT NULL,
        UNIQUE (provider, account, machine, project, folder, session, agent, app, task)
    );

    -- All that a price depends on besides day, tokens and the length of the prompt.
    CREATE TABLE terms (
        id INTEGER PRIMARY KEY,
        model TEXT NOT NULL, tier TEXT NOT NULL, speed TEXT NOT NULL, geo TEXT NOT NULL, flags TEXT NOT NULL,
        UNIQUE (model, tier, speed, geo, flags)
    );

    -- The ledger: what is known of each response, of each request's and side-chain's telling of it. Rows outlive the
    -- logs they were read from.
    CREATE TABLE record (
        key TEXT NOT NULL, part TEXT NOT NULL, side INTEGER NOT NULL,
        at INTEGER NOT NULL,
        place INTEGER NOT NULL, place_rank INTEGER NOT NULL, place_tie INTEGER NOT NULL, terms INTEGER NOT NULL,
        input INTEGER NOT NULL, cache_write_5m INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL,
        cache_read INTEGER NOT NULL, output INTEGER NOT NULL, reasoning INTEGER NOT NULL,
        web_searches INTEGER NOT NULL,
        attempts TEXT NOT NULL,  -- JSON, of a response that took several requests; else ""
        PRIMARY KEY (key, part, side)
    ) WITHOUT ROWID;

    -- The ledger added up by quarter of an hour (number since 1970 UTC) and by the band of the prompt's length.
    CREATE TABLE usage (
        bucket INTEGER NOT NULL, place INTEGER NOT NULL, terms INTEGER NOT NULL, band INTEGER NOT NULL,
        responses INTEGER NOT NULL,
        input INTEGER NOT NULL, cache_write_5m INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL,
        cache_read INTEGER NOT NULL, output INTEGER NOT NULL, reasoning INTEGER NOT NULL,
        web_searches INTEGER NOT NULL,
        PRIMARY KEY (bucket, place, terms, band)
    ) WITHOUT ROWID;

    -- Responses that cannot be true, kept in the ledger and out of every sum.
    CREATE TABLE aside (
        key TEXT NOT NULL, part TEXT NOT NULL, reason TEXT NOT NULL,
        PRIMARY KEY (key, part)
    ) WITHOUT ROWID;

    -- How far each log has been read.
    CREATE TABLE log_file (
        path TEXT PRIMARY KEY, provider TEXT NOT NULL, tree TEXT NOT NULL,
        identity TEXT NOT NULL,  -- what the system calls the file, whatever its name
        size INTEGER NOT NULL, modified INTEGER NOT NULL,  -- as they were; modified in nanoseconds
        offset INTEGER NOT NULL, ending BLOB NOT NULL,  -- the bytes before offset: a file written anew differs there
        state BLOB NOT NULL, skipped TEXT NOT NULL,  -- JSON: lines that could not be read, by reason
        gone_at INTEGER
    ) WITHOUT ROWID;
    """,
    """
    -- What vendors billed, by UTC day ("2026-11-20"). An account's rows of a day are replaced together; kept for ever.
    CREATE TABLE spend (
        id INTEGER PRIMARY KEY,
        provider TEXT NOT NULL, account TEXT NOT NULL, day TEXT NOT NULL,
        amount TEXT NOT NULL, currency TEXT NOT NULL,  -- the amount exactly, as decimal text
        model TEXT, key TEXT, workspace TEXT, project TEXT, line_item TEXT, kind TEXT
    );
    CREATE INDEX spend_day ON spend (provider, account, day);

    -- What people call the keys, workspaces and projects that stand there by the vendor's ids.
    CREATE TABLE spend_name (
        provider TEXT NOT NULL, account TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
        PRIMARY KEY (provider, account, id)
    ) WITHOUT ROWID;
    """,
    """
    -- Why an alert was not shown at once, and why one that was held back never will be.
    ALTER TABLE alert ADD COLUMN held_for TEXT;
    ALTER TABLE alert ADD COLUMN left_out TEXT;
    """,
    """
    -- What the forecast has learned of each account, as JSON.
    CREATE TABLE foresight (
        id INTEGER PRIMARY KEY,
        provider TEXT NOT NULL, account TEXT NOT NULL, memory BLOB NOT NULL,
        UNIQUE (provider, account)
    );

    -- Changes of the ledger that the forecast has not taken in yet; none are noted before it has begun.
    CREATE TABLE unforeseen (
        id INTEGER PRIMARY KEY,
        sign INTEGER NOT NULL,  -- 1: a response that counts; -1: one that does not any more
        at INTEGER NOT NULL, place INTEGER NOT NULL, terms INTEGER NOT NULL,
        input INTEGER NOT NULL, cache_write_5m INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL,
        cache_read INTEGER NOT NULL, output INTEGER NOT NULL, web_searches INTEGER NOT NULL,
        attempts TEXT NOT NULL
    );
    """,
    """
    -- What was sent, by server, purpose and UTC day ("2026-11-20").
    CREATE TABLE called (
        host TEXT NOT NULL, purpose TEXT NOT NULL, day TEXT NOT NULL,
        first_at INTEGER NOT NULL,  -- ever, also on days that are not kept any more
        last_at INTEGER NOT NULL,
        requests INTEGER NOT NULL, unsent INTEGER NOT NULL, failures INTEGER NOT NULL, refused INTEGER NOT NULL,
        bytes_out INTEGER NOT NULL, bytes_in INTEGER NOT NULL,
        PRIMARY KEY (host, purpose, day)
    ) WITHOUT ROWID;

    -- What this program itself took, by kind of process and UTC day. NULL: this system does not tell.
    CREATE TABLE effort (
        process TEXT NOT NULL, day TEXT NOT NULL, at INTEGER NOT NULL,
        processor INTEGER NOT NULL, children INTEGER NOT NULL,
        memory INTEGER, memory_peak INTEGER, written INTEGER, stored_rows INTEGER NOT NULL, looks INTEGER NOT NULL,
        PRIMARY KEY (process, day)
    ) WITHOUT ROWID;
    """,
    """
    -- Rows are in the order of these instants anyway, but for clocks that are set back; each index was written with
    -- each of them.
    DROP INDEX snapshot_stored;
    DROP INDEX attempt_at;
    """,
    """
    -- The ledger's rows in the order in which they came. By their keys, which come in no order, each would have been
    -- on a page of its own; an index of the keys' hashes follows the rows now and then.
    ALTER TABLE record RENAME TO former_record;
    CREATE TABLE record (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL, part TEXT NOT NULL, side INTEGER NOT NULL,  -- together told once
        at INTEGER NOT NULL,
        place INTEGER NOT NULL, place_rank INTEGER NOT NULL, place_tie INTEGER NOT NULL, terms INTEGER NOT NULL,
        input INTEGER NOT NULL, cache_write_5m INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL,
        cache_read INTEGER NOT NULL, output INTEGER NOT NULL, reasoning INTEGER NOT NULL,
        web_searches INTEGER NOT NULL,
        attempts TEXT NOT NULL  -- JSON, of a response that took several requests; else ""
    );
    INSERT INTO record SELECT NULL, * FROM former_record ORDER BY at;
    DROP TABLE former_record;
    CREATE TABLE record_key (
        hash INTEGER NOT NULL, id INTEGER NOT NULL,
        PRIMARY KEY (hash, id)
    ) WITHOUT ROWID;
    """,
    """
    -- Each poll writes an attempt and what was said. Numbers take the place of the names that all of them repeated,
    -- and attempts lie by their source: fewer pages change.
    CREATE TABLE source (
        id INTEGER PRIMARY KEY,
        provider TEXT NOT NULL, home TEXT NOT NULL, strategy TEXT NOT NULL,
        UNIQUE (provider, home, strategy)
    );
    CREATE TABLE attempted (
        source INTEGER NOT NULL, number INTEGER NOT NULL,
        at INTEGER NOT NULL, ended_at INTEGER,
        cause TEXT, retry_after INTEGER, credential TEXT, detail TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (source, number)
    ) WITHOUT ROWID;
    INSERT INTO source (provider, home, strategy) SELECT DISTINCT provider, home, strategy FROM attempt ORDER BY id;
    INSERT INTO attempted
        SELECT source.id, attempt.id, at, ended_at, cause, retry_after, credential, detail
        FROM attempt JOIN source USING (provider, home, strategy);
    DROP TABLE attempt;
    CREATE VIEW attempt AS
        SELECT number AS id, provider, home, strategy, at, ended_at, cause, retry_after, credential, detail
        FROM attempted JOIN source ON source.id = attempted.source;

    CREATE TABLE speaker (
        id INTEGER PRIMARY KEY,
        provider TEXT NOT NULL, account TEXT NOT NULL, strategy TEXT NOT NULL, home TEXT NOT NULL,
        UNIQUE (provider, account, strategy, home)
    );
    CREATE TABLE said (
        id INTEGER PRIMARY KEY, speaker INTEGER NOT NULL,
        captured_at INTEGER NOT NULL, stored_at INTEGER NOT NULL,
        body BLOB NOT NULL  -- the snapshot as JSON
    );
    INSERT INTO speaker (provider, account, strategy, home)
        SELECT DISTINCT provider, account, strategy, home FROM snapshot ORDER BY id;
    INSERT INTO said
        SELECT snapshot.id, speaker.id, captured_at, stored_at, body
        FROM snapshot JOIN speaker USING (provider, account, strategy, home) ORDER BY snapshot.id;
    DROP TABLE snapshot;
    CREATE INDEX said_newest ON said (speaker, id);
    CREATE VIEW snapshot AS
        SELECT said.id AS id, provider, account, strategy, home, captured_at, stored_at, body
        FROM said CROSS JOIN speaker ON speaker.id = said.speaker;
    """,
)


class NewerStoreError(UserError):
    """The store was written by a newer version of this program; it is left untouched."""


def known_version(connection: sqlite3.Connection) -> int:
    """The number of the store's schema, 0 for an empty one. Raises `NewerStoreError`, having changed nothing."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(STEPS):
        raise NewerStoreError(
            f"The history was written by a newer usagetray (its schema is {version}, this one knows {len(STEPS)}): "
            "update usagetray. Nothing was changed."
        )
    return version


def migrate(connection: sqlite3.Connection, version: int = len(STEPS)) -> None:
    """Brings the store to the newest schema, all at once: nobody meets one between two. Raises `NewerStoreError`.

    `version`: or to this one, for what is to take in the rows of an older store.
    """
    steps = STEPS[known_version(connection) : version]
    if steps:
        whole = "".join(steps)
        connection.executescript(f"BEGIN IMMEDIATE; {whole} PRAGMA user_version = {version}; COMMIT;")
