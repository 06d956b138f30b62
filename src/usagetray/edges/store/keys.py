"""Which of the ledger's rows tell of a key: found by its hash, in an index that follows the rows now and then.

Keys come in no order. An index that followed each row would have another of its pages written for each response; so
of the newest rows this is known in memory alone, and the index takes in many of them at once, in its own order.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from zlib import crc32

from usagetray.domain.ledger import Record, Row
from usagetray.edges.store.database import Database, StoreBusyError

INDEXED = "ledger_keys"
"""In `meta`: the last row that the index knows."""
COLUMNS = ", ".join(f"r.{each}" for each in Record._fields)
IN_INDEX = "SELECT k.id FROM json_each(?) AS j CROSS JOIN record_key AS k ON k.hash = j.value"
BY_NUMBER = f"SELECT r.id, {COLUMNS} FROM json_each(?) AS j CROSS JOIN record AS r ON r.id = j.value"
MOST_LATEST = 8_000
"""Rows in memory only, once there is an index; some 15 ms of the next start, and 1 MB."""
SHARE = 16
"""Or so many of the rows that are indexed: taken in one by one they would have all of a long index written anew."""
MOST_AT_FIRST = 150_000
"""Of a first scan, which asks for each of its keys; some 20 MB."""

Part = tuple[str, str, int]
"""Key, part and side: what a row is told from all others by."""


class Keys:
    """Used by the one process that writes the ledger, from one thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._latest: dict[int, int | tuple[int, ...]] | None = None
        """By hash: rows that are not in the index yet. None: not looked up."""
        self._indexed = self._last = 0

    def forget(self) -> None:
        """Of rows that could not be written nothing is known."""
        self._latest = None

    def known(self, keys: Collection[str]) -> dict[Part, tuple[int, Record]]:
        """The rows of these keys, with their numbers."""
        latest = self._loaded()
        hashes = [crc32(key.encode()) for key in keys]
        rows = list(_numbers(filter(None, map(latest.get, hashes)))) if latest else []
        # In C for all keys at once: a statement for each would take as long as reading the logs.
        if self._indexed:
            rows += [row for (row,) in self._database.stored(IN_INDEX, json.dumps(hashes))]
        told = self._database.stored(BY_NUMBER, json.dumps(rows)) if rows else []
        records = ((number, Record._make(columns)) for number, *columns in told)
        return {record[:3]: (number, record) for number, record in records if record.key in keys}

    def wrote(self, rows: Iterable[Row]) -> None:
        """New ones, in the order in which they were put into the ledger."""
        latest = self._loaded()
        for number, row in enumerate(rows, self._last + 1):
            _add(latest, crc32(row[0].encode()), number)
            self._last = number
        if self._indexed:
            self.follow()
        elif len(latest) >= MOST_AT_FIRST:
            self.index()

    def follow(self) -> None:
        """Brings the index up to date if it pays by now: also at the end of a first scan."""
        if self._latest is not None and len(self._latest) >= max(MOST_LATEST, self._indexed // SHARE):
            self.index()

    def index(self) -> None:
        """Brings the index up to date; where the disk refuses, it is done another time."""
        latest = self._loaded()
        pairs = sorted((key, number) for key, found in latest.items() for number in _numbers((found,)))
        with suppress(StoreBusyError):
            self._database.transact(
                ("INSERT OR IGNORE INTO record_key VALUES (?, ?)", pairs),
                ("INSERT OR REPLACE INTO meta VALUES (?, ?)", [(INDEXED, str(self._last))]),
            )
            self._indexed = self._last
            latest.clear()

    def _loaded(self) -> dict[int, int | tuple[int, ...]]:
        if self._latest is not None:
            return self._latest
        told = self._database.stored("SELECT CAST(value AS INTEGER) FROM meta WHERE key = ?", INDEXED)
        ((last,),) = self._database.stored("SELECT coalesce(max(id), 0) FROM record")
        self._indexed = self._last = min(told[0][0], last) if told else 0
        self._latest = latest = dict[int, int | tuple[int, ...]]()
        while self._last < last:
            rows = self._database.stored(
                "SELECT id, key FROM record WHERE id > ? ORDER BY id LIMIT ?", self._last, MOST_AT_FIRST
            )
            for number, key in rows:
                _add(latest, crc32(key.encode()), number)
            self._last = rows[-1][0]
            if len(rows) == MOST_AT_FIRST:
                self.index()
        return latest


def _numbers(found: Iterable[int | tuple[int, ...]]) -> Iterator[int]:
    for each in found:
        if isinstance(each, tuple):
            yield from each
        else:
            yield each


def _add(latest: dict[int, int | tuple[int, ...]], key: int, number: int) -> None:
    found = latest.get(key)
    if found is None:
        latest[key] = number
    else:
        latest[key] = (*found, number) if isinstance(found, tuple) else (found, number)
