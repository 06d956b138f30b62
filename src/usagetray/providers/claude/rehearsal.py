"""Claude: a made-up day for the demo, in the shapes of the usage endpoint and of Claude Code's own files.

One session fills up to the lockout and comes back; later the server throttles, then fails for a while.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from usagetray.providers.contract import Rehearsal, Reply

SESSION = timedelta(hours=5)
WEEK_BEGAN = timedelta(days=4, hours=11)
"""How long before the day's beginning the week had begun."""

SESSION_ID = "00000000-0000-4000-8000-0000000000d1"

STEPS = (
    (0, 48),
    (30, 51),
    (75, 74),
    (100, 77),
    (140, 92),
    (180, 100),
    (300, 3),  # the session's reset
    (420, 18),
    (540, 31),
    (600, 4),  # the next reset
    (690, 12),
)
"""(minutes since the beginning, percent of the session used)."""
THROTTLED = (timedelta(minutes=330), timedelta(minutes=380))
OUTAGE = (timedelta(minutes=450), timedelta(minutes=500))


def session_percent(elapsed: timedelta) -> int:
    return next(percent for minute, percent in reversed(STEPS) if elapsed >= timedelta(minutes=minute))


def reply(began_at: datetime, now: datetime) -> Reply:
    elapsed = max(now - began_at, timedelta())
    if THROTTLED[0] <= elapsed < THROTTLED[1]:
        error = {"error": {"type": "rate_limit_error", "message": "Rate limited. Please try again later."}}
        return Reply(status=429, body=json.dumps(error).encode(), headers={"Retry-After": "0"})
    if OUTAGE[0] <= elapsed < OUTAGE[1]:
        return Reply(status=503, body=b"<html>upstream unavailable</html>", headers={"Content-Type": "text/html"})
    session_ends_at = began_at + SESSION * (elapsed // SESSION + 1)
    week_ends_at = began_at - WEEK_BEGAN + timedelta(days=7)
    week = 41 + int(elapsed / timedelta(hours=2))
    body = {
        "limits": [
            _limit("session", "session", session_percent(elapsed), session_ends_at, None),
            _limit("weekly_all", "weekly", week, week_ends_at, None),
            _limit("weekly_scoped", "weekly", 38, week_ends_at, {"model": {"id": None, "display_name": "Fable"}}),
        ],
        "extra_usage": {"is_enabled": False, "monthly_limit": None, "used_credits": None, "currency": None},
    }
    return Reply(status=200, body=json.dumps(body).encode())


def _limit(kind: str, group: str, percent: int, ends_at: datetime, scope: object) -> dict[str, object]:
    return {
        "kind": kind,
        "group": group,
        "percent": percent,
        "severity": "critical" if percent >= 90 else "warning" if percent >= 75 else "normal",
        "resets_at": ends_at.astimezone(UTC).isoformat(),
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
    # A message and its answer each quarter of an hour: while the logs grow, the tool is in use.
    quarters = int(max(now - began_at, timedelta()) / timedelta(minutes=15))
    lines = [line for each in range(quarters + 1) for line in _said(began_at + timedelta(minutes=15 * each), each)]
    return {
        ".credentials.json": json.dumps({"claudeAiOauth": token}).encode(),
        ".claude.json": json.dumps({"oauthAccount": account}).encode(),
        f"projects/demo/{SESSION_ID}.jsonl": ("\n".join(lines) + "\n").encode(),
    }


def _said(at: datetime, number: int) -> tuple[str, str]:
    """One question and its answer, which reads most of the conversation so far from the cache."""
    asked = {"type": "user", "timestamp": at.isoformat()}
    usage = {
        "input_tokens": 1_200 + 40 * (number % 7),
        "cache_creation_input_tokens": 9_000,
        "cache_read_input_tokens": 60_000 + 9_000 * (number % 12),
        "output_tokens": 2_600 + 150 * (number % 5),
    }
    answered = {
        "type": "assistant",
        "timestamp": (at + timedelta(seconds=40)).isoformat(),
        "sessionId": SESSION_ID,
        "cwd": "/home/demo/webshop",
        "requestId": f"req_demo_{number}",
        "message": {"id": f"msg_demo_{number}", "model": "claude-fable-5-2", "usage": usage},
    }
    return json.dumps(asked), json.dumps(answered)


REHEARSAL = Rehearsal(files=files, reply=reply)
