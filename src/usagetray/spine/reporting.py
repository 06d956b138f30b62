"""Asks the ledger for what a report needs, and the domain for what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from usagetray.domain import blocks
from usagetray.domain.pricing import uncached
from usagetray.domain.rates import RateTable
from usagetray.domain.reports import Report, Row, by_cost, by_last_use, model_name, priced, renamed, report, row
from usagetray.domain.weekly import Week, week
from usagetray.edges.store import Store
from usagetray.edges.store.reset_reading import stated_resets
from usagetray.quick_dataclass import dataclass
from usagetray.usage import UsageSum

BY: Mapping[str, tuple[str, ...]] = {
    "daily": ("day",),
    "weekly": ("week",),
    "monthly": ("month",),
    "session": ("session", "project", "folder"),
    "project": ("project",),
    "model": ("model",),
    "app": ("app", "task"),
}
"""What the ledger is asked to group by, for each report but the blocks."""
KEYS: Mapping[str, Callable[[UsageSum], Hashable]] = {
    "session": lambda usage: (usage.provider, usage.session),
    "app": lambda usage: (usage.app, usage.task, model_name(usage.attempt)),
}
ORDERS: Mapping[str, Callable[[tuple[Row, ...]], tuple[Row, ...]]] = {
    "session": by_last_use,
    "project": by_cost,
    "model": by_cost,
    "app": by_cost,
}
BLOCK_MARGIN = timedelta(days=2)
"""Where a reckoned block begins depends on what came before it, back to the last pause of five hours."""

BlockRow = tuple[blocks.Block, Row | None]
"""A block with its figures; None for a gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which part of the ledger is meant, and how its days are cut."""

    zone: tzinfo
    week_starts: int = 0  # 0 Monday, 6 Sunday
    since: date | None = None  # local days, both included
    until: date | None = None
    provider: str | None = None

    def begins(self, day: date) -> datetime:
        """The instant at which a local day begins."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def holds(self, at: datetime) -> bool:
        day = at.astimezone(self.zone).date()
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


def report_of(kind: str, store: Store, question: Question, table: RateTable) -> Report:
    """`kind`: a key of `BY`."""
    sums = _usage(store, question, BY[kind])
    if kind == "app":
        sums = tuple(each for each in sums if each.app)  # the rest was used by the vendors' own tools
    lines = priced(sums, table)
    if kind == "model":
        lines = renamed(lines, lambda usage: model_name(usage.attempt))
    found = report(lines, KEYS.get(kind))
    return Report(rows=ORDERS[kind](found.rows), total=found.total) if kind in ORDERS else found


def by_folder(kind: str, store: Store, question: Question, table: RateTable) -> dict[str, Report]:
    """A report over time for each project, by the tool's own name of its folder. `kind`: daily, weekly or monthly."""
    lines = priced(_usage(store, question, (*BY[kind], "folder", "project")), table)
    folders = sorted({each.usage.folder or each.usage.project for each in lines})
    return {
        folder: report([each for each in lines if (each.usage.folder or each.usage.project) == folder])
        for folder in folders
    }


def week_of(day: date, store: Store, question: Question, table: RateTable, now: datetime) -> Week:
    """The week that begins on that local day, as far as the question reaches into it."""
    first, last = day, day + timedelta(days=6)
    first = max(first, question.since) if question.since else first
    last = min(last, question.until) if question.until else last
    sums = store.usage(by=("day", "project"), zone=question.zone, since=first, until=last, provider=question.provider)
    return week(
        priced(sums, table),
        lambda attempt: uncached(attempt, table).usd,
        starts_at=question.begins(first),
        ends_at=question.begins(last + timedelta(days=1)),
        now=now,
    )


def blocks_of(store: Store, question: Question, table: RateTable, now: datetime) -> tuple[BlockRow, ...]:
    """Blocks that begin on the days asked for, oldest first, with the gaps between them."""
    since = question.begins(question.since) - BLOCK_MARGIN if question.since else None
    until = question.begins(question.until) + BLOCK_MARGIN if question.until else None
    said = store.responses(since=since, until=until, provider=question.provider)
    found = blocks.blocks(said, stated_resets(store.database), now)
    return tuple(
        (each, row(priced(each.sums, table)) if each.sums else None) for each in found if question.holds(each.starts_at)
    )


def _usage(store: Store, question: Question, by: tuple[str, ...]) -> tuple[UsageSum, ...]:
    return store.usage(
        by=by,
        zone=question.zone,
        week_starts=question.week_starts,
        since=question.since,
        until=question.until,
        provider=question.provider,
    )
