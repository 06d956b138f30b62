"""What we wrote ourselves and a damaged disk, an older program or somebody else may have changed."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from functools import cache

import msgspec

from tests.fuzz.legal import assert_legal
from tests.fuzz.target import NOW, Target, scratch
from tests.providers import recorded
from usagetray.domain.forecast.learning import step
from usagetray.domain.forecast.memory import Habit, Memory, Meter, Prior, WindowMemory, Work
from usagetray.domain.forecast.projecting import forecast
from usagetray.edges import alert_hooks, hooks
from usagetray.edges.files import paths
from usagetray.edges.store import Store, open_writer, rows
from usagetray.edges.store.foresight import memories
from usagetray.errors import UserError
from usagetray.profile import DEMO_MARK, Profile, read_mark
from usagetray.providers import discover
from usagetray.settings import Settings
from usagetray.spine import billing_record, kept_costs, snoozing, status_page, store_state, unchanged

MARK = (
    b'{"anchor_at": "2026-11-20T09:00:00+00:00", "start_at": "2026-11-20T09:00:00+00:00", "speed": 60,'
    b' "origins": {"claude": "http://127.0.0.1:8001"}, "environ": {"HOME": "/tmp/x"}}'
)
COSTS = (
    b'{"key": "k", "used": [{"provider": "claude", "account": "", "machine": "", "day": "2026-11-20",'
    b' "of_day": {"usd": "3.20", "tokens": 12, "unpriced": {"x": 3}, "flags": ["fast"]},'
    b' "of_month": {"usd": "40", "tokens": 120, "unpriced": {}, "flags": []}}]}'
)
LOOKED = (
    b'{"at": "2026-11-20T18:00:00+00:00", "failures": 0, "not_before": null, "captured_at": null,'
    b' "incidents": [{"name": "API", "status": "investigating", "impact": "minor", "parts": ["API"],'
    b' "since_at": "2026-11-20T17:00:00+00:00"}]}'
)
ROUTES = json.dumps(
    [
        {
            "home": "/home/x/.claude",
            "user_home": "/home/x",
            "looked_at": "2026-11-20T18:30:00+00:00",
            "profiles_read": True,
            "verdicts": [],
        }
    ]
).encode()
FAILED = b'{"command": {"at": "2026-11-20T18:00:00+00:00", "reason": "ended with 1"}}'
RECORDS = b'{"homes": {"/home/x/.claude": {"former_command": "date", "command": "usagetray"}}}'
RETAINED = b'{"claude": ["Claude Code deletes its logs.", "2026-11-20T18:00:00+00:00"]}'
WISHES = b'[["claude", "a", true, "2026-11-21T18:00:00+00:00"]]'
SEEN = b'{"inputs": [], "variables": ["HOME"], "places": ["/x"], "trees": [["/nowhere", [".jsonl"]]], "seen": ""}'


def targets() -> tuple[Target, ...]:
    sentence = "read as it was, or nothing; never an exception"
    return (
        Target("demo-mark", "UserError, or a clock that runs", _mark, (MARK,)),
        Target("kept-memory", "a memory from which a legal forecast comes, or none", _memory, (_memory_seed(),)),
        Target("kept-costs", "sums finite and from 0 up, or none", _costs, (COSTS,)),
        Target("kept-snapshot", "a snapshot, or none", _snapshot, (_snapshot_seed(),)),
        Target("kept-incidents", sentence, _incidents, (LOOKED,)),
        Target("kept-routes", sentence, _routes, (ROUTES,)),
        Target("kept-failures", sentence, _failures, (FAILED,)),
        Target("kept-hook", sentence, _records, (RECORDS,)),
        Target("kept-notes", sentence, _notes, (RETAINED, WISHES, SEEN, b'{"requests": {}}', b"3/7")),
    )


def _mark(content: bytes) -> None:
    path = scratch() / DEMO_MARK
    path.write_bytes(content)
    with contextlib.suppress(UserError):
        mark = read_mark(path)
        assert_legal(mark.origins)
        assert_legal(mark.environ)
        assert mark.clock.now().tzinfo is not None
        assert mark.clock.speed > 0


# ---- the forecast's memory ----------------------------------------------------------------------------------


def _memory_seed() -> bytes:
    window = WindowMemory(
        key="five_hour",
        model=None,
        length=timedelta(hours=5),
        resets_at=NOW + timedelta(hours=2),
        stated=0.42,
        stated_at=NOW - timedelta(minutes=5),
        used=0.42,
        since=1000.0,
        seen=0.5,
        meter=Meter(share=0.5, weight=1e6, ratios=(10.0, 11.0)),
    )
    weekly = WindowMemory(key="weekly", model=None, length=timedelta(days=7), resets_at=NOW + timedelta(days=3))
    today = (NOW.toordinal()) - 719163
    habit = Habit(model=None, first_day=today - 1, days=((3,) * 96, (5,) * 96), rush=4.0, rush_at=NOW)
    return msgspec.json.encode(Memory(windows=(window, weekly), habits=(habit,), locks=((1, 2),), worked_at=NOW))


class Kept:
    """The one table that is asked for, with a row as it stands on the disk."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def rows(self, query: str, *_: object) -> list[tuple[str, str, bytes]]:
        assert "foresight" in query
        return [("claude", "a", self._content)]


def _memory(content: bytes) -> None:
    for memory in memories(Kept(content)).values():  # type: ignore[arg-type]  # the row is all that is read
        later = step(memory, [Work(at=NOW, model="claude-opus-4-7", weight=5000.0)], NOW)
        for window in later.windows:
            found = forecast(later, window.key, NOW, Prior())
            if found is not None:
                assert_legal(found, negative=("pace",))
                assert 0 <= found.p_lockout <= 1
                assert 0 <= found.p_near <= 1


# ---- the rest of the store ----------------------------------------------------------------------------------


def _costs(content: bytes) -> None:
    found = kept_costs.read(content.decode(errors="replace"), "k")
    assert_legal(found or ())


def _snapshot_seed() -> bytes:
    told = recorded.ask_claude(scratch(), recorded.body("claude", "oauth_usage_normal.json"))
    return rows.to_body(told[0])


def _snapshot(content: bytes) -> None:
    found = rows.to_snapshot(content)
    assert found is None or found.provider_id is not None


def _incidents(content: bytes) -> None:
    found = status_page.remembered(content.decode(errors="replace"))
    if found is not None:
        assert_legal(found)
        assert status_page.remembered(status_page.written(found)) == found


@cache
def _store() -> Store:
    return open_writer(scratch() / "kept.db")


def _holding(key: str, content: bytes, read: Callable[[Store], object]) -> None:
    text = content.decode(errors="replace")
    with contextlib.suppress(sqlite3.DataError, OverflowError):
        _store().set_meta(key, text)
    read(_store())


def _routes(content: bytes) -> None:
    for provider in discover():
        if provider.billing is not None:
            key = billing_record._key(provider)
            _holding(key, content, lambda store, one=provider: billing_record.kept(store, one, NOW))  # type: ignore[misc]
            billing_record.recorded(_store(), (provider,), Settings(), NOW)


def _failures(content: bytes) -> None:
    (scratch() / alert_hooks.RECORD).parent.mkdir(parents=True, exist_ok=True)
    (scratch() / alert_hooks.RECORD).write_bytes(content)
    alert_hooks.failures(scratch())


def _records(content: bytes) -> None:
    for hook in (each for provider in discover() for each in provider.hooks):
        place = hooks._place_of_records(hook, scratch())
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        assert all(isinstance(each, dict) for each in hooks._records(hook, scratch()).values())


def _notes(content: bytes) -> None:
    """Small entries of the store, each of which anybody may have damaged."""
    profile = Profile(paths=paths({"USAGETRAY_HOME": str(scratch() / "own")}), environ={}, origins={})
    _holding("counters", content, store_state.kept_counters)
    _holding(store_state.RETENTION, content, lambda store: list(store_state.retention_notices(store, NOW)))
    _holding(store_state.READING, content, store_state.reading_logs)
    _holding(store_state.INDEXED_AT, content, store_state.counted_at)
    _holding(snoozing.WISHES, content, lambda store: snoozing.tells_back(store, "claude", "a", NOW, default=True))
    unchanged.still_holds(content.decode(errors="replace"), 1, profile)
