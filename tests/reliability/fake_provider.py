"""What the pretended providers say: for each its sign-in, its healthy answer, and the figure that must be shown of it.

The server itself is `tests.support.Vendor`: it answers from a script, and keeps each request with its time and headers.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.providers.codex_desk import token as codex_token
from tests.support import Asked, limits, ok, refused
from usagetray.providers.contract import Reply

CHALLENGE = Reply(
    status=200, body=b"<!DOCTYPE html><title>Sign in to the Wi-Fi</title>", headers={"Content-Type": "text/html"}
)
ACCOUNT = "00000000-0000-4000-8000-00000000000a"
Body = Callable[[str, object, datetime], Any]
"""(path, percent used or sum left, when the window ends) -> what the server says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One provider as it is asked over the network."""

    provider: str
    strategy: str  # what the user has to allow
    body: Body
    window: str | None  # the one whose percentage `body` was given; None: only money is told
    key: str | None = None  # name of the user's own key; None: a file of the tool holds the sign-in
    file: Callable[[Path, str, datetime], None] | None = None
    """(HOME, token, its end): writes the tool's sign-in."""
    every: timedelta = timedelta(minutes=5)  # its ordinary interval, at the least

    def healthy(self, used: object = 20, ends: datetime | None = None) -> Callable[[Asked], Reply]:
        """Answers each question of the strategy: so much used, or left in money.

        By default the window ends three hours after each question.
        """
        return lambda asked: ok(self.body(asked.path.partition("?")[0], used, ends or asked.at + timedelta(hours=3)))

    def refusing(self, status: int, **headers: str) -> Callable[[Asked], Reply]:
        return lambda asked: refused(status, **headers)


def _write(path: Path, body: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(body))


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _left(used: object, whole: int) -> object:
    """For those that state what is left; what is no number is sent as it is."""
    is_number = isinstance(used, int | float) and not isinstance(used, bool)
    return whole * (1 - used / 100) if is_number else used  # type: ignore[operator]


# ---- with the sign-in of another tool ----------------------------------------------------------------------


def claude_signs_in(home: Path, token: str, ends: datetime) -> None:
    login = {"accessToken": token, "refreshToken": "made-up-refresh-token", "expiresAt": _ms(ends)}
    _write(home / ".claude" / ".credentials.json", {"claudeAiOauth": {**login, "scopes": ["user:profile"]}})
    _write(home / ".claude.json", {"oauthAccount": {"accountUuid": ACCOUNT}})


def codex_signs_in(home: Path, token: str, ends: datetime) -> None:
    tokens = {
        "access_token": codex_token(token, ends=ends),
        "refresh_token": "made-up-refresh-token",
        "account_id": ACCOUNT,
    }
    _write(home / ".codex" / "auth.json", {"auth_mode": "chatgpt", "OPENAI_API_KEY": None, "tokens": tokens})


def gemini_signs_in(home: Path, token: str, ends: datetime) -> None:
    login = {"access_token": token, "refresh_token": "made-up-refresh-token", "expiry_date": _ms(ends)}
    _write(home / ".gemini" / "oauth_creds.json", login)


def kimi_signs_in(home: Path, token: str, ends: datetime) -> None:
    login = {"access_token": token, "refresh_token": "made-up-refresh-token", "expires_at": int(ends.timestamp())}
    _write(home / ".kimi-code" / "credentials" / "kimi-code.json", login)


def _claude(path: str, used: object, ends: datetime) -> Any:
    return limits(used, session_ends=ends, week_ends=ends + timedelta(days=4))


def _codex(path: str, used: object, ends: datetime) -> Any:
    window = {"used_percent": used, "limit_window_seconds": 18_000, "reset_at": int(ends.timestamp())}
    return {"plan_type": "plus", "rate_limit": {"primary_window": window, "secondary_window": None}}


def _gemini(path: str, used: object, ends: datetime) -> Any:
    if path.endswith(":loadCodeAssist"):
        return {"currentTier": {"name": "Standard"}, "cloudaicompanionProject": "example-project"}
    row = {"modelId": "gemini-2.5-pro", "remainingFraction": _left(used, 1), "resetTime": ends.isoformat()}
    return {"buckets": [row]}


def _kimi(path: str, used: object, ends: datetime) -> Any:
    window = {"duration": 300, "timeUnit": "TIME_UNIT_MINUTE"}
    return {"limits": [{"window": window, "detail": {"limit": "100", "used": used, "resetTime": ends.isoformat()}}]}


# ---- with a key of the user's own --------------------------------------------------------------------------


def _minimax(path: str, used: object, ends: datetime) -> Any:
    row = {
        "model_name": "general",
        "start_time": _ms(ends - timedelta(hours=5)),
        "end_time": _ms(ends),
        "current_interval_status": 1,
        "current_interval_remaining_percent": _left(used, 100),
    }
    return {"model_remains": [row], "base_resp": {"status_code": 0, "status_msg": "success"}}


def _zai(path: str, used: object, ends: datetime) -> Any:
    row = {"type": "TOKENS_LIMIT", "unit": 3, "number": 5, "percentage": used, "nextResetTime": _ms(ends)}
    return {"code": 200, "success": True, "data": {"limits": [row], "level": "lite"}}


def _deepseek(path: str, left: object, ends: datetime) -> Any:
    return {"is_available": True, "balance_infos": [{"currency": "USD", "total_balance": str(left)}]}


def _openrouter(path: str, used: object, ends: datetime) -> Any:
    if path.endswith("/credits"):
        return {"data": {"total_credits": 200, "total_usage": 100}}
    return {"data": {"limit": 100, "limit_remaining": _left(used, 100), "limit_reset": "monthly"}}


def _litellm(path: str, used: object, ends: datetime) -> Any:
    return {"info": {"spend": used, "max_budget": 100, "budget_duration": "30d", "budget_reset_at": ends.isoformat()}}


def _copilot(path: str, used: object, ends: datetime) -> Any:
    row = {"entitlement": 300, "percent_remaining": _left(used, 100), "unlimited": False}
    return {
        "login": "somebody",
        "quota_reset_date_utc": ends.isoformat(),
        "quota_snapshots": {"premium_interactions": row},
    }


CLAUDE = Kind(provider="claude", strategy="usage_endpoint", body=_claude, window="five_hour", file=claude_signs_in)
CODEX = Kind(provider="codex", strategy="usage_endpoint", body=_codex, window="codex:5-hour", file=codex_signs_in)
GEMINI = Kind(
    provider="gemini",
    strategy="quota",
    body=_gemini,
    window="pro",
    file=gemini_signs_in,
    every=timedelta(minutes=10),
)
KIMI = Kind(provider="kimi", strategy="sign_in", body=_kimi, window="5-hour", file=kimi_signs_in)
MINIMAX = Kind(provider="minimax", strategy="quota_global", body=_minimax, window="interval", key="global_key")
ZAI = Kind(provider="zai", strategy="quota_global", body=_zai, window="5-hour", key="global_key")
OPENROUTER = Kind(provider="openrouter", strategy="key", body=_openrouter, window="key_limit", key="api_key")
DEEPSEEK = Kind(
    provider="deepseek",
    strategy="balance",
    body=_deepseek,
    window=None,
    key="api_key",
    every=timedelta(minutes=15),
)
COPILOT = Kind(
    provider="copilot",
    strategy="token",
    body=_copilot,
    window="premium_interactions",
    key="token",
    every=timedelta(minutes=15),
)
LITELLM = Kind(provider="litellm", strategy="spend", body=_litellm, window="key", key="virtual_key")
"""At an address that the user typed: `Sim.at_address`."""
KINDS = (CLAUDE, CODEX, GEMINI, KIMI, MINIMAX, ZAI, OPENROUTER, DEEPSEEK, COPILOT)
"""All of them; most checks take a few that differ in what they are asked with."""
BY_FILE = tuple(each for each in KINDS if each.file)
BY_KEY = tuple(each for each in KINDS if each.key)
