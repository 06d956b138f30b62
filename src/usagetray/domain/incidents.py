"""Trouble that a vendor reports of itself: when its status page is looked at, and how long its word is worth anything.

A report explains a failure; it never stands for one, and never hides one.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import datetime, timedelta

from usagetray.quick_dataclass import dataclass

CALM_EVERY, TROUBLED_EVERY, SLOWEST = timedelta(minutes=5), timedelta(minutes=2), timedelta(minutes=30)
SAVING_FACTOR = 2
JITTER = 0.1
STALE_AFTER = 3 * CALM_EVERY
GONE_AFTER = timedelta(hours=6)
"""By then a report explains nothing any more."""
AHEAD = timedelta(minutes=2)
"""A look noted later than this after now was made under another clock."""
HARMLESS = frozenset({"none", "maintenance"})
"""Kinds of impact that are told, and are no reason for a mark on the icon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One trouble, in the vendor's own words."""

    name: str  # "Elevated errors on Claude Code"; of a part without an incident of its own, the part's name
    status: str  # "identified"; of a part without an incident, its state: "partial_outage"
    impact: str  # "none", "minor", "major", "critical", "maintenance", or a word that came later
    parts: tuple[str, ...] = ()  # names of those that matter to the user
    since_at: datetime | None = None

    @property
    def is_alarming(self) -> bool:
        return self.impact not in HARMLESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What is remembered of looking at one status page."""

    at: datetime  # of the last look
    failures: int = 0  # looks in a row that came to nothing
    not_before: datetime | None = None  # the page asked not to be looked at earlier
    captured_at: datetime | None = None  # of the report
    incidents: tuple[Incident, ...] = ()


def next_look(looked: Looked | None, now: datetime, *, key: str, saving: bool) -> datetime:
    """When the page may be looked at next; in the past: now. Failing looks grow rarer, up to 30 min apart."""
    if looked is None or looked.at > now + AHEAD:
        return now
    every = TROUBLED_EVERY if looked.incidents and not looked.failures else CALM_EVERY
    every = min(every * (1 << min(looked.failures, 4)), SLOWEST) * (SAVING_FACTOR if saving else 1)
    share = zlib.crc32(f"{key} {looked.at.isoformat()}".encode()) / 2**32
    due_at = looked.at + every * (1 - JITTER + 2 * JITTER * share)
    return max(due_at, min(looked.not_before, looked.at + GONE_AFTER)) if looked.not_before else due_at


def failed(former: Looked | None, at: datetime, *, retry_after: timedelta | None) -> Looked:
    """After a look that came to nothing: what was reported before stands, with its own time."""
    before = former or Looked(at=at)
    not_before = at + retry_after if retry_after else None
    return replace(before, at=at, failures=before.failures + 1, not_before=not_before)


def told(looked: Looked | None, now: datetime) -> tuple[Incident, ...]:
    """What may still be told of the last report, if it is old perhaps with its age."""
    if looked is None or looked.captured_at is None or now - looked.captured_at > GONE_AFTER:
        return ()
    return looked.incidents if looked.captured_at <= now + AHEAD else ()


def stale_at(captured_at: datetime) -> datetime:
    return captured_at + STALE_AFTER
