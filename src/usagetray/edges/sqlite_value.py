"""One value of another program's SQLite file, read so that the program never notices.

Opened as immutable: no lock is taken, no side file made or looked at. The price is that a value which only the
write-ahead log holds is not seen yet, and that a read in the midst of a checkpoint may be torn: then there is nothing
this time, and the next look finds it.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path
from urllib.parse import quote

from usagetray.providers.contract import SqliteValue

MOST_S = 2.0
"""Such a file may hold gigabytes; found by its key the value is there in a millisecond."""
STEPS = 10_000
"""Of SQLite's own between two looks at the clock."""


def read(need: SqliteValue, path: Path) -> bytes | None:
    """The value's bytes, of a text in UTF-8; None if it is not there, longer than `need.most`, or cannot be read.

    `path`: where the file really is, links resolved.
    """
    if not need.table.isidentifier():
        raise ValueError(f"{need.table!r} is no table's name")
    ends_at = time.monotonic() + MOST_S
    try:
        address = f"file:{quote(path.as_posix().encode())}?immutable=1&mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
            connection.set_progress_handler(lambda: time.monotonic() > ends_at, STEPS)
            connection.text_factory = bytes
            found = connection.execute(
                f'SELECT value FROM "{need.table}" WHERE key = ? AND length(value) <= ?',  # noqa: S608 - our own name
                (need.key, need.most),
            ).fetchone()
    except (sqlite3.Error, OverflowError, ValueError, OSError):
        return None
    return found[0] if found and isinstance(found[0], bytes) and len(found[0]) <= need.most * 4 else None
