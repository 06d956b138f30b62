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
)


class NewerStoreError(UserError):
    """The store was written by a newer version of this program; it is left untouched."""


def migrate(connection: sqlite3.Connection) -> None:
    """Brings the store to the newest schema, each step whole or not at all. Raises `NewerStoreError`."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(STEPS):
        raise NewerStoreError(
            f"The history was written by a newer usagetray (its schema is {version}, this one knows {len(STEPS)}): "
            "update usagetray. Nothing was changed."
        )
    for number, step in enumerate(STEPS[version:], version + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {step} PRAGMA user_version = {number}; COMMIT;")
