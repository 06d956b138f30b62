"""The program's account of itself, kept by the process that writes the store: what it sent, and what it took."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from usagetray.domain.own_cost import Effort, EffortDay
from usagetray.edges.calls import Calls
from usagetray.edges.own_process import taken
from usagetray.edges.store import Store, accounting
from usagetray.quick_dataclass import dataclass

NOTED_EVERY = timedelta(minutes=5)
"""How often all of it is noted. More often, noting would be the effort."""

TRAY, HEADLESS = "tray", "headless"


@dataclass(frozen=True, slots=True)
class _Mark:
    """Up to where the effort was noted."""

    at: datetime
    effort: Effort


class Metering:
    """Used from the thread that writes the store; the counting of calls is safe from any."""

    def __init__(self, store: Store, process: str | None, now: datetime) -> None:
        """`process`: TRAY or HEADLESS; None for a command that is over at once, of which only requests are kept."""
        self._store = store
        self._process = process
        self._kept_of: list[Calls] = []
        self._has_begun = False
        self._mark = _Mark(now, Effort())  # what the process took to get here is its own too

    def watch(self, calls: Calls, now: datetime) -> Calls:
        """Keeps what is counted there from now on; its ceiling knows what was sent today already."""
        calls.recall(accounting.calls(self._store.database, now.astimezone(UTC).date()))
        self._kept_of.append(calls)
        return calls

    def keep(self, now: datetime, looks: int, *, is_over: bool = False) -> None:
        """With each tick; notes what there is now and then. `looks`: at logs, since the process began."""
        is_noted = self._has_begun and timedelta(0) <= now - self._mark.at < NOTED_EVERY
        if is_noted and not is_over:
            return
        self._has_begun = True  # at once: by this others know that somebody follows the tools
        counted = tuple(each for calls in self._kept_of for each in calls.taken_out())
        efforts = self._efforts(now, looks)
        if counted or efforts:
            self._store.hold(*accounting.added(counted, efforts))

    def _efforts(self, now: datetime, looks: int) -> tuple[EffortDay, ...]:
        if self._process is None:
            return ()
        so_far = replace(taken(), rows=self._store.database.rows_written, looks=looks)
        since = _difference(so_far, self._mark.effort)
        self._mark = _Mark(now, so_far)
        return (EffortDay(process=self._process, day=now.astimezone(UTC).date(), at=now, effort=since),)

    def prune(self, now: datetime) -> None:
        self._store.database.write(*accounting.pruned(now.astimezone(UTC).date()))


def _difference(later: Effort, former: Effort) -> Effort:
    return Effort(
        processor=later.processor - former.processor,
        children=later.children - former.children,
        memory=later.memory,
        memory_peak=later.memory_peak,
        written=None if later.written is None else max(later.written - (former.written or 0), 0),
        rows=later.rows - former.rows,
        looks=later.looks - former.looks,
    )
