"""Codex: a made-up day for the demo, as lines of session files that reach back some weeks. No server takes part."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from usagetray.providers.contract import Rehearsal
from usagetray.providers.rehearsed import Spell, Turn, days_before, running, turns, used_since

MINUTE = timedelta(minutes=1)
WINDOW, WEEK_LEFT = timedelta(hours=5), timedelta(days=4, hours=12)
WEEK_BEGAN = timedelta(days=7) - WEEK_LEFT
TODAY = (Spell(-75, 20, 0.20), Spell(35, 185, 0.16), Spell(260, 480, 0.14))
USUAL = ((Spell(-30, 90, 0.24), Spell(270, 400, 0.20)), (Spell(20, 130, 0.28),), (Spell(300, 420, 0.26),))
HISTORY = 27
"""Days."""
WEEK_HOLDS = 4.0
"""Short windows."""
INPUT, CACHED, OUTPUT = 60_000, 52_000, 1_900
"""Tokens of one percent of the short window; those read from the cache are among the input."""


@lru_cache(maxsize=1)
def work() -> tuple[Turn, ...]:
    return turns((*days_before(HISTORY, USUAL), *TODAY))


def files(began_at: datetime, now: datetime) -> dict[str, bytes]:
    """A session file for each day."""
    today = (now - began_at) / MINUTE
    return {**_before(began_at), **_logs(began_at, TODAY[0].begins, today)}


@lru_cache(maxsize=2)
def _before(began_at: datetime) -> dict[str, bytes]:
    return _logs(began_at, -(HISTORY + 1) * 1440.0, TODAY[0].begins - 1)


def _logs(began_at: datetime, since: float, until: float) -> dict[str, bytes]:
    days: dict[int, list[Turn]] = {}
    for turn in work():
        if since <= turn.at <= until:
            days.setdefault(round((turn.at - 300) / 1440), []).append(turn)
    return dict(_session(began_at, day, said) for day, said in days.items())


def _session(began_at: datetime, day: int, said: list[Turn]) -> tuple[str, bytes]:
    thread = f"00000000-0000-7000-8000-0000000000{-day:02}"
    begun = (began_at + (said[0].at - 1) * MINUTE).astimezone(UTC)
    lines = [
        _line(begun, "session_meta", {"id": thread, "timestamp": _text(begun), "cwd": "/home/demo/atlas"}),
        _line(begun, "turn_context", {"model": "gpt-5.6-sol", "cwd": "/home/demo/atlas"}),
    ]
    total = 0.0
    for turn in said:
        total += turn.used
        lines.append(_line(began_at + turn.at * MINUTE, "event_msg", _token_count(began_at, turn, total)))
    path = f"sessions/{begun:%Y/%m/%d}/rollout-{begun:%Y-%m-%dT%H-%M-%S}-{thread}.jsonl"
    return path, ("\n".join(lines) + "\n").encode()


def _token_count(began_at: datetime, turn: Turn, total: float) -> dict[str, object]:
    window = running(work(), turn.at, WINDOW / MINUTE)
    used, ends = (0.0, turn.at) if window is None else (window.used, window.begun + WINDOW / MINUTE)
    week = used_since(work(), -WEEK_BEGAN / MINUTE, turn.at) / WEEK_HOLDS
    return {
        "type": "token_count",
        "info": {"total_token_usage": _tokens(total), "last_token_usage": _tokens(turn.used)},
        "rate_limits": {
            "limit_id": "codex",
            "limit_name": None,
            "primary": {
                "used_percent": float(int(used)),
                "window_minutes": 300,
                "resets_at": int((began_at + ends * MINUTE).timestamp()),
            },
            "secondary": {
                "used_percent": float(int(week)),
                "window_minutes": 10080,
                "resets_at": int((began_at + WEEK_LEFT).timestamp()),
            },
            "credits": {"has_credits": False, "unlimited": False, "balance": "0"},
            "plan_type": "plus",
            "rate_limit_reached_type": None,
        },
    }


def _tokens(used: float) -> dict[str, int]:
    tokens = {
        "input_tokens": int(INPUT * used),
        "cached_input_tokens": int(CACHED * used),
        "output_tokens": int(OUTPUT * used),
        "reasoning_output_tokens": int(OUTPUT * used) // 3,
    }
    return {**tokens, "total_tokens": tokens["input_tokens"] + tokens["output_tokens"]}


def _line(at: datetime, kind: str, payload: dict[str, object]) -> str:
    return json.dumps({"timestamp": _text(at), "type": kind, "payload": payload})


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


REHEARSAL = Rehearsal(files=files)
