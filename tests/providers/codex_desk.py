"""Somebody who uses Codex: a home with a made-up sign-in, a server on loopback, and the headless program between."""

from __future__ import annotations

import base64
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support import ManualClock, Recorder, Vendor, always, ok, until_due
from usagetray.app import build_headless
from usagetray.providers.contract import Reply
from usagetray.spine.core import Core

NOW = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)
"""The instant at which the recorded answers were given."""
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ACCOUNT = "00000000-0000-4000-8000-00000000acc1"
OTHER = "00000000-0000-4000-8000-00000000acc2"
WHAM, SECOND = "/backend-api/wham/usage", "/backend-api/codex/usage"
ALLOWED = 'welcomed = true\n[providers.codex]\nallow = ["usage_endpoint"]\n'
CHALLENGE = Reply(
    status=403,
    body=b"<!DOCTYPE html><title>Just a moment...</title>",
    headers={"Content-Type": "text/html; charset=UTF-8", "cf-mitigated": "challenge"},
)


def failed(status: int, code: str = "made_up", **headers: str) -> Reply:
    body = {"error": {"message": "made up", "type": None, "code": code}, "status": status}
    return Reply(status=status, body=json.dumps(body).encode(), headers=headers)


def limits(session: float = 27, week: float = 64, **more: object) -> dict[str, Any]:
    def slot(percent: float, length: timedelta, ends: datetime) -> dict[str, object]:
        seconds = int(length.total_seconds())
        return {"used_percent": percent, "limit_window_seconds": seconds, "reset_at": int(ends.timestamp())}

    windows = {
        "primary_window": slot(session, 5 * HOUR, NOW + 4 * HOUR),
        "secondary_window": slot(week, timedelta(days=7), NOW + timedelta(days=3)),
    }
    return {"plan_type": "plus", "rate_limit": {"allowed": True, "limit_reached": False, **windows}, **more}


def token(name: str = "a", *, ends: datetime | None = NOW + timedelta(days=8), account: str | None = None) -> str:
    """A token of the kind the CLI keeps, its signature naming it; nobody verifies it here."""
    claims: dict[str, object] = {"https://api.openai.com/auth": {"chatgpt_account_id": account}} if account else {}
    if ends is not None:
        claims["exp"] = int(ends.timestamp())
    parts = (json.dumps(each).encode() for each in ({"alg": "none"}, claims))
    return ".".join([*(base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in parts), f"signature-{name}"])


class Desk:
    """Somebody who uses Codex."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = ManualClock(NOW)
        self.vendor = Vendor(self.clock, always(ok(limits())))
        self.alerts = Recorder()
        self.home = folder / "home" / ".codex"
        self.home.mkdir(parents=True)
        self.profile = folder / "profile"
        self.profile.mkdir(mode=0o700)
        self.core: Core | None = None
        self.configure(ALLOWED)
        self.sign_in()

    @property
    def auth(self) -> Path:
        return self.home / "auth.json"

    def configure(self, text: str) -> None:
        (self.profile / "config.toml").write_text(text)

    def sign_in(self, access_token: str | None = None, account: str | None = ACCOUNT, **more: object) -> None:
        tokens = {"access_token": access_token or token(), "refresh_token": "rt_made_up", "account_id": account}
        self.auth.write_text(json.dumps({"auth_mode": "chatgpt", "OPENAI_API_KEY": None, "tokens": tokens, **more}))

    def session(self, percent: float, at: datetime, *, week: float = 50, slots: tuple[str, ...] = ()) -> None:
        """Codex wrote down, at that time, what the server had told it."""
        both = {
            "primary": {"used_percent": percent, "window_minutes": 300, "resets_at": (NOW + 4 * HOUR).timestamp()},
            "secondary": {
                "used_percent": week,
                "window_minutes": 10080,
                "resets_at": (NOW + timedelta(days=3)).timestamp(),
            },
        }
        stamp = at.isoformat().replace("+00:00", "Z")
        stated = {"limit_id": "codex", "plan_type": "plus", **{name: both[name] for name in slots or both}}
        lines = [
            {"timestamp": stamp, "type": "session_meta", "payload": {"id": "made-up", "timestamp": stamp}},
            {
                "timestamp": stamp,
                "type": "event_msg",
                "payload": {"type": "token_count", "info": None, "rate_limits": stated},
            },
        ]
        place = self.home / "sessions" / "2026" / "11" / "19" / "rollout-made-up.jsonl"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("".join(json.dumps(line) + "\n" for line in lines))
        os.utime(place, (at.timestamp(), at.timestamp()))

    def start(self) -> Core:
        self.core = build_headless(
            self.profile,
            clock=self.clock,
            keychain="ok",
            notifier=self.alerts,
            origins={"codex": self.vendor.origin},
        )
        self.core.tick()
        return self.core

    def run(self, span: timedelta, *, leap: timedelta = MINUTE) -> None:
        """The program's ticks, but for those at which nothing is due: `leap` at most is left out of them."""
        assert self.core is not None
        ends_at = self.clock.now() + span
        while self.clock.now() < ends_at:
            self.clock.advance(min(until_due(self.core, self.clock, leap), ends_at - self.clock.now()))
            self.core.tick()

    @property
    def accounts(self) -> list[dict[str, Any]]:
        assert self.core is not None
        return [each for each in self.core.status()["accounts"] if each["provider"] == "codex"]

    @property
    def account(self) -> dict[str, Any]:
        (only,) = self.accounts
        return only

    def used(self) -> dict[str, float]:
        return {each["key"]: each["used_percent"] for each in self.account["windows"]}

    def paths(self) -> list[str]:
        return [each.path for each in self.vendor.asked]

    def close(self) -> None:
        if self.core is not None:
            self.core.close()
        self.vendor.close()
