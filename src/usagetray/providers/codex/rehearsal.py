"""Codex: a made-up day for the demo, as lines of one session file. No server takes part."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from usagetray.providers.contract import Rehearsal

EVERY = timedelta(minutes=5)
WINDOW = timedelta(hours=5)
WEEK_LEFT = timedelta(days=4, hours=12)


def files(began_at: datetime, now: datetime) -> dict[str, bytes]:
    thread = "00000000-0000-7000-8000-0000000000de"
    first = began_at - EVERY
    lines = [_line(first, "session_meta", {"id": thread, "timestamp": _text(first), "cwd": "/demo", "source": "cli"})]
    count = int(max(now - began_at, timedelta()) / EVERY)
    lines += [
        _line(began_at + EVERY * each, "event_msg", _token_count(began_at, EVERY * each)) for each in range(count + 1)
    ]
    day = first.astimezone(UTC)
    path = f"sessions/{day:%Y/%m/%d}/rollout-{day:%Y-%m-%dT%H-%M-%S}-{thread}.jsonl"
    return {path: ("\n".join(lines) + "\n").encode()}


def _token_count(began_at: datetime, elapsed: timedelta) -> dict[str, object]:
    in_window = elapsed % WINDOW
    ends_at = began_at + elapsed - in_window + WINDOW
    return {
        "type": "token_count",
        "info": None,
        "rate_limits": {
            "limit_id": "codex",
            "limit_name": None,
            "primary": {
                "used_percent": 18.0 + int(in_window / timedelta(minutes=20)),
                "window_minutes": 300,
                "resets_at": int(ends_at.timestamp()),
            },
            "secondary": {
                "used_percent": 34.0 + int(elapsed / timedelta(hours=3)),
                "window_minutes": 10080,
                "resets_at": int((began_at + WEEK_LEFT).timestamp()),
            },
            "credits": {"has_credits": False, "unlimited": False, "balance": "0"},
            "plan_type": "plus",
            "rate_limit_reached_type": None,
        },
    }


def _line(at: datetime, kind: str, payload: dict[str, object]) -> str:
    return json.dumps({"timestamp": _text(at), "type": kind, "payload": payload})


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


REHEARSAL = Rehearsal(files=files)
