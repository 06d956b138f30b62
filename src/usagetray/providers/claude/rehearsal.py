"""Claude: a made-up day for the demo, in the shapes of the usage endpoint and of Claude Code's own files.

A calm morning, a rush that fills the session up to the lockout; it comes back, is filled up again in the afternoon,
and usage credits take over. The server throttles for a while, and fails for another. The figures are those of the
logs, and the logs reach back some weeks: what is foreseen stands on the same grounds as for any user.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from usagetray.providers.contract import Rehearsal, Reply
from usagetray.providers.rehearsed import EVERY, Spell, Turn, days_before, running, turns, used_since

MINUTE = timedelta(minutes=1)
SESSION = 300.0
"""Minutes."""
BEGAN, LOCKED, BACK, AFTERNOON = -60.0, 180.0, 240.0, 255.0
"""Minutes after the day's beginning: the first session begins, is used up, and comes back; the second begins."""
CREDITS = timedelta(minutes=250)
"""By then the user has switched usage credits on."""
TODAY = (
    Spell(BEGAN, 45, 0.17),
    Spell(45, LOCKED + EVERY, 0.60),
    Spell(AFTERNOON, 480, 0.66),
    Spell(630, 690, 0.15),
)
USUAL = (
    (Spell(-60, 45, 0.17), Spell(45, 190, 0.45), Spell(255, 470, 0.30)),
    (Spell(-45, 60, 0.15), Spell(60, 185, 0.55), Spell(260, 480, 0.25)),
    (Spell(-60, 30, 0.20), Spell(30, 195, 0.30), Spell(255, 430, 0.45)),
    (Spell(-30, 50, 0.15), Spell(50, 185, 0.60), Spell(270, 450, 0.20), Spell(600, 660, 0.2)),
    (Spell(-60, 40, 0.12), Spell(40, 180, 0.35), Spell(255, 480, 0.40)),
)
HISTORY = 27
"""Days."""
WEEK_BEGAN = timedelta(days=4, hours=11)
"""How long before the day's beginning the week had begun."""
WEEK_HOLDS, FABLE_HOLDS = 17.0, 7.2
"""Sessions."""
THROTTLED = (timedelta(minutes=630), timedelta(minutes=660))
OUTAGE = (timedelta(minutes=500), timedelta(minutes=545))
CREDITS_LIMIT = 50
FABLE_SINCE = date(2026, 11, 9)
"""From this day on there is Fable 5.2."""


class Model(NamedTuple):
    name: str
    project: str
    times: int  # as many tokens as of FABLE come to the same at list prices


FABLE, OPUS = Model("claude-fable-5-2", "webshop", 1), Model("claude-opus-5-5", "borealis", 2)
BY_TURNS = (FABLE, OPUS, FABLE, Model("claude-sonnet-5-5", "docs-bot", 4), OPUS)
INPUT, WRITTEN, READ, OUTPUT = 150, 9_000, 160_000, 2_600
"""Tokens of FABLE for one percent of the session."""
PERCENT_USD = 0.23
"""What these come to."""


@lru_cache(maxsize=1)
def work() -> tuple[Turn, ...]:
    return turns((*days_before(HISTORY, USUAL), *TODAY))


def reply(began_at: datetime, now: datetime) -> Reply:
    elapsed = max(now - began_at, timedelta())
    if THROTTLED[0] <= elapsed < THROTTLED[1]:
        error = {"error": {"type": "rate_limit_error", "message": "Rate limited. Please try again later."}}
        return Reply(status=429, body=json.dumps(error).encode(), headers={"Retry-After": "0"})
    if OUTAGE[0] <= elapsed < OUTAGE[1]:
        return Reply(status=503, body=b"<html>upstream unavailable</html>", headers={"Content-Type": "text/html"})
    at = elapsed / MINUTE
    session = running(work(), at, SESSION)
    used = 0.0 if session is None else session.used
    session_ends_at = None if session is None else began_at + (session.begun + SESSION) * MINUTE
    week_begun = -WEEK_BEGAN / MINUTE
    week = used_since(work(), week_begun, at) / WEEK_HOLDS
    fable = used_since((each for place, each in enumerate(work()) if _model(place) is FABLE), week_begun, at)
    week_ends_at = began_at - WEEK_BEGAN + timedelta(days=7)
    body = {
        "limits": [
            _limit("session", "session", used, session_ends_at, None),
            _limit("weekly_all", "weekly", week, week_ends_at, None),
            _limit("weekly_scoped", "weekly", fable / FABLE_HOLDS, week_ends_at, {"model": {"display_name": "Fable"}}),
        ],
        "extra_usage": {
            "is_enabled": elapsed >= CREDITS,
            "monthly_limit": CREDITS_LIMIT * 100,
            "used_credits": int(_paid_usd(at) * 100),
            "currency": "USD",
        },
    }
    return Reply(status=200, body=json.dumps(body).encode())


def _paid_usd(at: float) -> float:
    """Dollars of what the afternoon took beyond its session."""
    return max(used_since(work(), AFTERNOON, min(at, AFTERNOON + SESSION)) - 100.0, 0.0) * PERCENT_USD


def _limit(kind: str, group: str, used: float, ends_at: datetime | None, scope: object) -> dict[str, object]:
    percent = min(int(used), 100)
    return {
        "kind": kind,
        "group": group,
        "percent": percent,
        "severity": "critical" if percent >= 90 else "warning" if percent >= 75 else "normal",
        "resets_at": ends_at.isoformat() if ends_at else None,
        "scope": scope,
        "is_active": kind == "session",
    }


def files(began_at: datetime, now: datetime) -> dict[str, bytes]:
    token = {
        "accessToken": "made-up-for-the-demo",
        "refreshToken": None,
        "expiresAt": int((now + timedelta(days=1)).timestamp() // 3600 * 3600 * 1000),
        "scopes": ["user:inference", "user:profile"],
        "subscriptionType": "max",
    }
    account = {
        "accountUuid": "00000000-0000-4000-8000-0000000000de",
        "emailAddress": "demo@example.invalid",
        "organizationName": "demo@example.invalid's Organization",
        "organizationType": "claude_max",
        "organizationRateLimitTier": "default_claude_max_5x",
    }
    return {
        ".credentials.json": json.dumps({"claudeAiOauth": token}).encode(),
        ".claude.json": json.dumps({"oauthAccount": account}).encode(),
        **_before(began_at),
        **_logs(began_at, BEGAN, (now - began_at) / MINUTE),
    }


@lru_cache(maxsize=2)
def _before(began_at: datetime) -> dict[str, bytes]:
    """The logs of all days before."""
    return _logs(began_at, -(HISTORY + 1) * 1440.0, BEGAN - 1)


def _logs(began_at: datetime, since: float, until: float) -> dict[str, bytes]:
    """A log for each project and day."""
    found: dict[str, list[str]] = {}
    for number, turn in enumerate(work()):
        if since <= turn.at <= until:
            model = _model(number)
            at = began_at + turn.at * MINUTE
            day = int(-turn.at // 1440) + 1 if turn.at < BEGAN else 0
            session = f"00000000-0000-4000-8000-{day:02}{model.project.encode().hex()[:10]}"
            lines = found.setdefault(f"projects/-home-demo-{model.project}/{session}.jsonl", [])
            lines += _said(at, number, turn.used, model, session)
    return {path: ("\n".join(lines) + "\n").encode() for path, lines in found.items()}


def _model(number: int) -> Model:
    return BY_TURNS[number % len(BY_TURNS)]


def _said(at: datetime, number: int, used: float, model: Model, session: str) -> tuple[str, str]:
    """One question and its answer, which reads most of the conversation so far from the cache."""
    tokens = used * model.times
    usage = {
        "input_tokens": int(INPUT * tokens),
        "cache_creation_input_tokens": int(WRITTEN * tokens),
        "cache_read_input_tokens": int(READ * tokens),
        "output_tokens": int(OUTPUT * tokens),
    }
    is_new = model is not FABLE or at.date() >= FABLE_SINCE
    asked = {"type": "user", "timestamp": (at - timedelta(seconds=40)).isoformat()}
    answered = {
        "type": "assistant",
        "timestamp": at.isoformat(),
        "sessionId": session,
        "cwd": f"/home/demo/{model.project}",
        "requestId": f"req_demo_{number}",
        "message": {
            "id": f"msg_demo_{number}",
            "model": model.name if is_new else "claude-fable-5-1",
            "usage": usage,
        },
    }
    return json.dumps(asked), json.dumps(answered)


REHEARSAL = Rehearsal(files=files, reply=reply)
