"""Codex: the limits that its session files recorded last. No network, no secret.

Each `token_count` line holds what the server said with the last answer. The newest one counts, but not the lines
that a forked or sub-agent session copied from its parent: they carry old figures under new times.
Undocumented ("no contract"), as read up to CLI 0.159.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from usagetray.errors import Cause, SourceError
from usagetray.model import Snapshot
from usagetray.providers.codex.limits import EVERYTHING, MAIN, Limits, Scope, model_scope, session_line
from usagetray.providers.contract import Facts, FileText, NewestFiles, Strategy, Web
from usagetray.providers.parse import Answer, account_of_home, decode, instant_of, number_of
from usagetray.quick_dataclass import dataclass

PROVIDER_ID = "codex"
SOURCE = "Codex"
ID = "sessions"
SUFFIXES = (".jsonl", ".jsonl.zst")
HEAD = 64 * 1024
"""Enough for the first line, which says whether the session is a copy of another."""
SESSIONS = NewestFiles(
    name="sessions", under=lambda home: home.path / "sessions", suffixes=SUFFIXES, depth=3, count=8, head=HEAD
)
ARCHIVED = NewestFiles(
    name="archived", under=lambda home: home.path / "archived_sessions", suffixes=SUFFIXES, depth=0, count=8, head=HEAD
)
BURST_GAP = timedelta(seconds=1)
"""Copied lines are written at once; the first own answer takes longer than this."""
AHEAD = timedelta(minutes=5)
"""A line further in the future was written under another clock: its age cannot be told."""
FORK_MARKS = ("forked_from_id", "parent_thread_id")


@dataclass(frozen=True, slots=True)
class Head:
    """What the first line of a session file says of it."""

    started_at: datetime | None = None
    forked: bool = False
    own_from: int | None = None  # ordinal of the first line that is the session's own


@dataclass(frozen=True, slots=True)
class Stated:
    """One statement of limits."""

    at: datetime
    limit_id: str
    scope: Scope
    limits: Limits
    dropped: tuple[str, ...]


def head(file: FileText) -> Head:
    first = decode((file.head if file.cut else file.content).split(b"\n", 1)[0])
    meta = first.get("payload") if isinstance(first, dict) and first.get("type") == "session_meta" else None
    if not isinstance(meta, dict):
        return Head()
    source = meta.get("source")
    own_from = number_of(meta.get("subagent_history_start_ordinal"))
    return Head(
        started_at=instant_of(meta.get("timestamp")) or instant_of(first.get("timestamp")),
        forked=any(meta.get(mark) for mark in FORK_MARKS)
        or meta.get("thread_source") == "subagent"
        or (isinstance(source, dict) and "subagent" in source),
        own_from=int(own_from) if own_from is not None else None,
    )


def own_lines(file: FileText) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """The `token_count` payloads of a file that are its own, with their times; broken lines are passed over."""
    begin = head(file)
    lines = file.content.split(b"\n")
    burst_at = begin.started_at if begin.forked and begin.own_from is None else None
    for line in lines[1:] if file.cut else lines:
        # Own times are needed of every line while copies may still come, of limits only afterwards.
        if burst_at is None and b'"token_count"' not in line:
            continue
        record = decode(line)
        if not isinstance(record, dict):
            continue
        at = instant_of(record.get("timestamp"))
        if at is None or (begin.started_at is not None and begin.forked and at < begin.started_at):
            continue
        if begin.forked and begin.own_from is not None:
            ordinal = number_of(record.get("ordinal"))
            if ordinal is None or ordinal < begin.own_from:
                continue
        elif burst_at is not None:
            if at - burst_at < BURST_GAP:
                burst_at = max(burst_at, at)
                continue
            burst_at = None
        payload = record.get("payload")
        if isinstance(payload, dict) and payload.get("type") == "token_count":
            yield at, payload


def stated(file: FileText, facts: Facts) -> Iterator[Stated]:
    """The statements of one file that hold at least one window."""
    for at, payload in own_lines(file):
        if payload.get("rate_limits") is None or at > facts.now + AHEAD:
            continue
        answer = Answer(payload["rate_limits"])
        name = answer.text("limit_name")
        limit_id = answer.text("limit_id") or MAIN
        scope = model_scope(limit_id, name) if name else EVERYTHING if limit_id == MAIN else Scope(limit_id[:60])
        limits = session_line(answer, scope, at)
        if limits.windows or answer.dropped:
            yield Stated(at, limit_id, scope, limits, tuple(answer.dropped))


def fetch(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    """The newest main limit with its time, and beside it the newest of each limit that holds for one model."""
    del web
    files = facts.files.get(SESSIONS.name, ()) + facts.files.get(ARCHIVED.name, ())
    if not files:
        raise SourceError(SOURCE, Cause.NOT_CONNECTED, "no session files here")
    newest: dict[str, Stated] = {}
    broken: set[str] = set()
    for file in files:
        for one in stated(file, facts):
            if not one.limits.windows:
                broken.update(one.dropped)
                continue
            before = newest.get(one.scope.limit_id)
            if before is None or one.at >= before.at:
                newest[one.scope.limit_id] = one
    if broken and not newest:
        raise SourceError(SOURCE, Cause.BAD_DATA, "no limit in the newest session files could be read")
    general = [one for one in newest.values() if one.scope.locks]
    main = newest.get(MAIN) or max(general, key=lambda one: one.at, default=None)
    shown = ([main] if main else []) + [one for one in newest.values() if not one.scope.locks and one is not main]
    if not shown:
        return ()
    windows = (replace(window, captured_at=one.at) for one in shown for window in one.limits.windows)
    return (
        Snapshot(
            provider_id=PROVIDER_ID,
            strategy_id=ID,
            account=replace(account_of_home(facts.home), plan=shown[0].limits.plan),
            captured_at=shown[0].at,
            windows=tuple(windows),
            money=shown[0].limits.money,
            dropped=tuple(dict.fromkeys(name for one in shown for name in one.dropped)),
            ignored=tuple(sorted(f"limit_id {one.limit_id}" for one in general if one is not main)),
        ),
    )


STRATEGY = Strategy(id=ID, label="Codex’s session files", needs=(SESSIONS, ARCHIVED), fetch=fetch)
