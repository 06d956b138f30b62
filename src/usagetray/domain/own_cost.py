"""What this program itself costs: requests by server, processor time, memory and writing, by UTC day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from usagetray.quick_dataclass import dataclass

WEEK = 7
"""Days, today among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCounts:
    """Bytes are those of HTTP, heads included, without the wrapping of TLS."""

    requests: int = 0  # really sent
    unsent: int = 0  # begun, but no server was reached
    failures: int = 0  # of both: without an answer that could be used
    refused: int = 0  # not made, for our own ceiling was reached
    bytes_out: int = 0
    bytes_in: int = 0

    def __add__(self, other: CallCounts) -> CallCounts:
        return CallCounts(
            requests=self.requests + other.requests,
            unsent=self.unsent + other.unsent,
            failures=self.failures + other.failures,
            refused=self.refused + other.refused,
            bytes_out=self.bytes_out + other.bytes_out,
            bytes_in=self.bytes_in + other.bytes_in,
        )

    @property
    def begun(self) -> int:
        """What the ceiling counts."""
        return self.requests + self.unsent


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDay:
    """What went to one host for one purpose on one UTC day."""

    host: str  # "api.anthropic.com", with a port where it is not the usual one
    purpose: str  # "Claude", "Claude’s status page", "alerts"
    day: date
    first_at: datetime  # ever, also before this day
    last_at: datetime
    counts: CallCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What was spent in a span of time. None: this system does not tell."""

    processor: timedelta = timedelta()
    children: timedelta = timedelta()  # of processes that were started and have ended: the popup, allowed programs
    memory: int | None = None  # bytes, the latest
    memory_peak: int | None = None  # bytes
    written: int | None = None  # bytes to the disk
    rows: int = 0  # written to the store
    looks: int = 0  # at the tools' logs

    def __add__(self, later: Effort) -> Effort:
        return Effort(
            processor=self.processor + later.processor,
            children=self.children + later.children,
            memory=self.memory if later.memory is None else later.memory,
            memory_peak=_largest(self.memory_peak, later.memory_peak),
            written=_sum(self.written, later.written),
            rows=self.rows + later.rows,
            looks=self.looks + later.looks,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EffortDay:
    process: str  # "tray", "headless"
    day: date
    at: datetime  # when it was noted last
    effort: Effort


@dataclass(frozen=True, slots=True, kw_only=True)
class HostCalls:
    """One server, for one purpose."""

    host: str
    purpose: str
    first_at: datetime
    last_at: datetime
    this_day: CallCounts
    this_week: CallCounts
    kept: CallCounts  # all that is kept: a year


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCost:
    at: datetime
    as_of: datetime | None  # when the running program noted its effort last; None: never
    this_day: Effort
    this_week: Effort
    hosts: tuple[HostCalls, ...]  # the one called last first
    ceiling: int  # requests to one host in a UTC day
    store_bytes: int
    log_bytes: int | None  # None: nobody looked

    @property
    def calls_this_day(self) -> CallCounts:
        return sum((each.this_day for each in self.hosts), CallCounts())

    @property
    def calls_this_week(self) -> CallCounts:
        return sum((each.this_week for each in self.hosts), CallCounts())


def hosts(days: Iterable[CallDay], today: date) -> tuple[HostCalls, ...]:
    by_host: dict[tuple[str, str], list[CallDay]] = {}
    for each in days:
        by_host.setdefault((each.host, each.purpose), []).append(each)
    found = [
        HostCalls(
            host=host,
            purpose=purpose,
            first_at=min(each.first_at for each in own),
            last_at=max(each.last_at for each in own),
            this_day=_counted(each for each in own if each.day == today),
            this_week=_counted(each for each in own if is_in_week(each.day, today)),
            kept=_counted(own),
        )
        for (host, purpose), own in by_host.items()
    ]
    return tuple(sorted(found, key=lambda each: (each.last_at, each.host, each.purpose), reverse=True))


def efforts(days: Sequence[EffortDay], today: date) -> tuple[Effort, Effort]:
    """Of today, and of the last seven days."""
    in_order = sorted(days, key=lambda each: each.at)
    return (
        sum((each.effort for each in in_order if each.day == today), Effort()),
        sum((each.effort for each in in_order if is_in_week(each.day, today)), Effort()),
    )


def is_in_week(day: date, today: date) -> bool:
    return 0 <= (today - day).days < WEEK


def _counted(days: Iterable[CallDay]) -> CallCounts:
    return sum((each.counts for each in days), CallCounts())


def _largest(one: int | None, other: int | None) -> int | None:
    known = [each for each in (one, other) if each is not None]
    return max(known, default=None)


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other
