"""Where a tool deletes its logs before we have read them: said once, and left as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from usagetray.edges import facts
from usagetray.edges.store import Store
from usagetray.providers.contract import Home, Provider, Retention
from usagetray.settings import Settings
from usagetray.spine.sources import is_used_here, tools
from usagetray.spine.store_state import INDEXED_AT, RETENTION, instant

SHORT = timedelta(days=7)
"""Who is away for a week, with the computer off, loses what a tool keeps for less."""

Warnings = dict[str, str]
"""Sentences by what they are about."""


def warn(
    store: Store, providers: Sequence[Provider], settings: Settings, environ: Mapping[str, str], now: datetime
) -> None:
    """Notes what is to be said, before the logs are read. What was said already is not said again."""
    read_at = instant(store.meta(INDEXED_AT))
    found: Warnings = {}
    for tool in tools(providers, settings, environ):
        retention = tool.provider.logs.retention if tool.provider.logs is not None else None
        if retention is not None and is_used_here(tool):
            found.update(_warnings(tool.provider.name, tool.home, retention, environ, read_at, now))
    try:
        told = json.loads(store.meta(RETENTION) or "{}")
    except (ValueError, RecursionError):
        told = {}
    if not isinstance(told, dict):
        told = {}
    new = {about: [text, now.isoformat()] for about, text in found.items() if about not in told}
    if new:
        store.keep(RETENTION, json.dumps({**told, **new}))


def _warnings(
    name: str, home: Home, retention: Retention, environ: Mapping[str, str], read_at: datetime | None, now: datetime
) -> Iterator[tuple[str, str]]:
    file = facts.local_file(retention.file, home)
    stated = retention.read(file.content) if file is not None else None
    kept = retention.default if stated is None else stated
    days = f"{kept.days:,} {'day' if kept.days == 1 else 'days'}"
    where = f"{retention.setting} in {_told(retention.file.place(home), environ)}"
    if kept < timedelta(days=1):
        yield (
            f"{home.path} short {kept.days}",
            f"{name} keeps no logs here ({where}): what it uses is not counted. usagetray leaves that as it is.",
        )
    elif kept < SHORT:
        yield (
            f"{home.path} short {kept.days}",
            f"{name} deletes its logs after {days} ({where}): what usagetray has not read by then is not counted, and "
            "what it has read stays counted.",
        )
    if read_at is not None and timedelta(days=1) <= kept < now - read_at:
        yield (
            f"{home.path} away {read_at:%Y-%m-%d}",
            f"{name} deletes its logs after {days}, and they were last read on {read_at:%Y-%m-%d}: some of what was "
            "used since then may be missing.",
        )


def _told(path: Path, environ: Mapping[str, str]) -> str:
    home = environ.get("HOME") or environ.get("USERPROFILE") or ""
    return str(Path("~") / path.relative_to(home)) if home and path.is_relative_to(home) else str(path)
