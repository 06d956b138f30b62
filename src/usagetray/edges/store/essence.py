"""A stand-in in memory for a store whose disk is full: what the program decides by, not the whole history."""

from __future__ import annotations

import sqlite3

from usagetray.edges.store.migrations import migrate

NEWEST = {
    "speaker": "true",
    "said": "id IN (SELECT max(id) FROM said GROUP BY speaker)",
    "source": "true",
    "attempted": "number > (SELECT max(number) FROM attempted AS other WHERE other.source = attempted.source) - 400",
    "alert": "id > (SELECT coalesce(max(id), 0) FROM alert) - 500 OR sent_at IS NULL",
    "plan": "true",
    "activity": "true",
    "told": "true",
    "meta": "true",
    "spend": "day > (SELECT date(max(day), '-70 days') FROM spend)",
    "spend_name": "true",
}
"""Of each table the rows that are needed. The newest of all is always among them, so that numbering goes on alike."""


def essence(disk: sqlite3.Connection) -> sqlite3.Connection:
    """A store in memory that answers every question of pacing, standing and alerts as the one on disk would."""
    memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    migrate(memory)
    for table, needed in NEWEST.items():
        found = disk.execute(f"SELECT * FROM {table} WHERE {needed}")
        marks = ", ".join("?" * len(found.description))
        memory.executemany(f"INSERT INTO {table} VALUES ({marks})", found)
    return memory
