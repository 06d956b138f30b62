"""A home in which Claude Code leaves logs, and the real indexer beside it; only the clock is moved by hand."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

from tests.logs.lines import text
from tests.logs.second_count import Counted
from tests.support import ManualClock
from usagetray.edges.store import Store, open_writer
from usagetray.providers import with_logs
from usagetray.settings import Settings
from usagetray.spine.indexing import Indexing
from usagetray.usage import TokenCounts


@dataclass
class Desk:
    folder: Path
    settings: Settings = field(default_factory=Settings)
    clock: ManualClock = field(default_factory=ManualClock)
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.environ = {"HOME": str(self.home), **self.environ}

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def tree(self) -> Path:
        return self.home / ".claude" / "projects"

    @property
    def store_file(self) -> Path:
        return self.folder / "own" / "usagetray.db"

    # ---- logs ----------------------------------------------------------------------------------------------

    def write(self, name: str, *records: dict[str, Any] | bytes, raw: bytes | None = None) -> Path:
        """A log below the tree, whole."""
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text(*records) if raw is None else raw)
        self.written(path)
        return path

    def append(self, name: str, *records: dict[str, Any] | bytes, raw: bytes | None = None) -> None:
        with (self.tree / name).open("ab") as file:
            file.write(text(*records) if raw is None else raw)
        self.written(self.tree / name)

    def written(self, path: Path) -> None:
        """Each log is written a second after the one before, so that it can be told which is older."""
        self.clock.advance(timedelta(seconds=1))
        at = int(self.clock.now().timestamp() * 1e9)
        os.utime(path, ns=(at, at))

    def logs(self) -> dict[str, bytes]:
        """Content by path below the tree."""
        return {str(path.relative_to(self.tree)): path.read_bytes() for path in self.tree.rglob("*.jsonl")}

    def times(self) -> dict[str, float]:
        return {str(path.relative_to(self.tree)): path.stat().st_mtime_ns for path in self.tree.rglob("*.jsonl")}

    # ---- counting ------------------------------------------------------------------------------------------

    @contextmanager
    def running(self) -> Iterator[Running]:
        store = open_writer(self.store_file)
        try:
            yield Running(self, store, Indexing(store, with_logs(), lambda: self.settings, self.environ, self.clock))
        finally:
            store.close()

    def index(self) -> None:
        """As a command does that ends: what is remembered lies in the store."""
        with self.running() as it:
            it.indexing.catch_up()

    def told(self) -> Counter[Counted]:
        """What the store holds now, after its sums were held against its rows."""
        with self.running() as it:
            return told(it.store)

    def totals(self) -> TokenCounts:
        with self.running() as it:
            return totals(it.store)


@dataclass
class Running:
    """A program that runs: it looks again and again."""

    desk: Desk
    store: Store
    indexing: Indexing

    def look(self) -> None:
        """A tick, and as many more as it takes to have read everything; the clock goes on by two seconds."""
        self.desk.clock.advance(timedelta(seconds=2))
        self.indexing.look(0)
        while self.indexing.progress is not None:
            self.indexing.look(0)

    def told(self) -> Counter[Counted]:
        return told(self.store)

    @property
    def output(self) -> int:
        """Of all responses: enough to tell whether each was counted once, where each has another power of ten."""
        return totals(self.store).output


def totals(store: Store) -> TokenCounts:
    rows = store.usage(by=("day",), zone=UTC)
    return sum((each.attempt.tokens for each in rows), start=TokenCounts())


def told(store: Store) -> Counter[Counted]:
    found: Counter[Counted] = Counter()
    by: Mapping[str, Counter[str]] = {each: Counter() for each in ("day", "model", "project", "session")}
    for response in store.responses():
        first = response.attempts[0]
        tokens = sum((each.tokens for each in response.attempts), start=TokenCounts())
        counts = (tokens.input, tokens.cache_write_5m, tokens.cache_write_1h, tokens.cache_read, tokens.output)
        day = f"{response.at:%Y-%m-%d}"
        made = Counted(day, first.model, first.speed, response.project, response.session, *counts, first.web_searches)
        found[made] += 1
        keys = {"day": day, "project": response.project, "session": response.session}
        for each in response.attempts:
            for name, totals_of in by.items():
                totals_of[keys.get(name, each.model)] += each.tokens.total
    for name, totals_of in by.items():
        sums: Counter[str] = Counter()
        for row in store.usage(by=(name,), zone=UTC):
            sums[row.period] += row.attempt.tokens.total
        assert sums == totals_of, f"the sums by {name} are not those of the responses"
    return found
