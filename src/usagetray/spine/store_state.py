"""What the store says of itself, and what small things are kept in it as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from usagetray.domain.states import State
from usagetray.edges.store import Store

if TYPE_CHECKING:
    from usagetray.overview import ReadingLogs

Activity = Mapping[tuple[str, str], datetime]
"""When each tool's logs changed last, by provider and home."""
INDEXED_AT = "indexed_at"
READING = "reading_logs"
"""For other processes: "DONE/TOTAL" in bytes while more than a moment's worth of logs is being read, else ""."""
RETENTION = "retention_told"
"""JSON: what was said of logs that are deleted early, and since when, by what it is about."""
WATCHED_HOLDS = timedelta(minutes=15)
SILENT_UNTIL = "keychain_silent_until"
NOTICE_HOLDS = timedelta(days=1)
"""How long it is said that the store had to be mended."""
MENDED_HOLDS = timedelta(hours=1)
"""How long that is the state of accounts which have nothing worse."""


def notices(store: Store | None, now: datetime) -> Iterable[str]:
    if store is None:
        return
    notice, since = store.meta("notice"), instant(store.meta("notice_at"))
    if notice and since is not None and timedelta() <= now - since < NOTICE_HOLDS:
        yield notice
    yield from retention_notices(store, now)
    if store.database.is_full:
        yield "The disk is full: figures are shown but not kept until there is space."


def keep_notice(store: Store, notice: str | None, now: datetime) -> None:
    """What is to be said of the store itself, also by those who only read it."""
    if notice:
        store.set_meta("notice", notice)
        store.set_meta("notice_at", now.isoformat())


def retention_notices(store: Store, now: datetime) -> Iterable[str]:
    """Where a tool deletes its logs before they are read; each said for a day, once."""
    try:
        told = [(str(text), instant(since)) for text, since in json.loads(store.meta(RETENTION) or "{}").values()]
    except (ValueError, TypeError, AttributeError, RecursionError):
        return  # a damaged disk made something else of it
    yield from (text for text, since in told if since is not None and timedelta() <= now - since < NOTICE_HOLDS)


def trouble(store: Store, now: datetime) -> State | None:
    since = instant(store.meta("notice_at"))
    if store.database.is_full:
        return State.DISK_FULL
    return State.STORE_DAMAGED if since is not None and timedelta() <= now - since < MENDED_HOLDS else None


def kept_counters(store: Store | None) -> Mapping[str, object]:
    kept = store.meta("counters") if store is not None else None
    try:
        found = json.loads(kept) if kept else {}
    except (ValueError, RecursionError):
        found = {}
    return found if isinstance(found, dict) else {}


def is_watched(store: Store, now: datetime) -> bool:
    """Whether a tray, or a headless program, follows the tools: it notes every five minutes what that took.

    Where nobody does, that their logs rest is not known, and what was counted of them is not all.
    """
    from usagetray.edges.store import accounting  # deferred: who writes knows it

    noted = [each.at for each in accounting.efforts(store.database, (now - WATCHED_HOLDS).date())]
    return any(timedelta() <= now - at < WATCHED_HOLDS for at in noted)


def counted_at(store: Store | None) -> datetime | None:
    """When all logs had last been read to their ends; None: not yet."""
    return instant(store.meta(INDEXED_AT)) if store is not None else None


def reading_logs(store: Store | None) -> ReadingLogs | None:
    """As the process that reads them tells it."""
    from usagetray.overview import ReadingLogs  # deferred: who reads logs and ends shows none

    done, _, total = ((store.meta(READING) if store is not None else None) or "").partition("/")
    return ReadingLogs(done=int(done), total=int(total)) if done.isdecimal() and total.isdecimal() else None


def silence(store: Store) -> datetime | None:
    """Until when the key store is not knocked at: a refusal counts across restarts (P8)."""
    return instant(store.meta(SILENT_UNTIL))


def keep_silence(store: Store, until: datetime | None) -> None:
    store.set_meta(SILENT_UNTIL, until.isoformat() if until else "")


def instant(text: str | None) -> datetime | None:
    """What was kept as text; None for what a damaged disk made of it."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except (ValueError, OverflowError):
        return None


def seconds(text: str | None) -> timedelta | None:
    try:
        return timedelta(seconds=float(text)) if text else None
    except (ValueError, OverflowError):
        return None
