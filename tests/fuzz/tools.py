"""What vendors' tools leave on this machine: sign-ins, settings, caches, the ends of logs, SQLite files, the hook."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from tests.fuzz.legal import assert_legal
from tests.fuzz.target import NOW, Target, scratch, texts
from tests.providers.recorded import Told
from tests.providers.recorded import assert_legal as assert_told
from usagetray.edges import sqlite_value
from usagetray.errors import Cause, SourceError, UserError
from usagetray.model import Secret
from usagetray.providers import discover
from usagetray.providers.contract import (
    BEARER,
    Facts,
    FileText,
    Home,
    Hook,
    LocalFile,
    NewestFiles,
    Retention,
    Spooled,
    SqliteValue,
    Strategy,
)

HOME = Home(path=Path("/home/somebody/.tool"), is_default=True)
FILES = (LocalFile, NewestFiles, Spooled, SqliteValue)
TOKEN = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3OTUzMDAwMDAsInN1YiI6ImF1dGgwfHVzZXJfMSJ9.c2ln"
"""Made up: three parts, of which the middle one says when it ends and whose it is."""
SIGN_INS: Mapping[str, Any] = {
    "config": {"oauthAccount": {"accountUuid": "11111111-1111-4111-8111-111111111111"}},
    "credentials": {
        "claudeAiOauth": {"accessToken": "made-up", "expiresAt": 1795300000000, "scopes": ["user:profile"]}
    },
    "auth": {"tokens": {"id_token": TOKEN, "access_token": TOKEN, "account_id": "made-up"}},
    "sign-in": {"access_token": "made-up", "expiry_date": 1795300000000, "id_token": TOKEN},
    "sign_in": {"access_token": TOKEN, "expires_at": 1795300000.5},
    "token": TOKEN,
    "settings": {"security": {"auth": {"selectedType": "oauth-personal"}}, "cleanupPeriodDays": 20},
}
LINE = {
    "at": NOW.timestamp() - 60,
    "home": str(HOME.path),
    "account": "11111111-1111-4111-8111-111111111111",
    "rate_limits": {
        "five_hour": {"used_percentage": 41.2, "resets_at": 1795210000},
        "seven_day": {"used_percentage": "7", "resets_at": "2026-11-25T09:00:00Z"},
    },
}


def targets() -> tuple[Target, ...]:
    found = [
        _files(provider.id, one, need.name)
        for provider in discover()
        for one in provider.strategies
        for need in one.needs
        if isinstance(need, FILES) and need.name not in ("old_config", "archived")
    ]
    return (*found, *_retentions(), *_hooks(), _sqlite())


class Silent:
    """A server that is never reached."""

    def get_json(self, path: str, **_: Any) -> Any:
        raise SourceError("Vendor", Cause.TIMEOUT)

    def post_json(self, path: str, body: Any, *, bearer: Secret, headers: Any = None, auth: str = BEARER) -> Any:
        raise SourceError("Vendor", Cause.TIMEOUT)


def _seeds(provider: str, need: str) -> tuple[bytes, ...]:
    if need == "spool":
        later = {**LINE, "at": NOW.timestamp(), "account": None}
        return (json.dumps(LINE).encode() + b"\n" + json.dumps(later).encode() + b"\n",)
    patterns = {
        "logs": ("providers/claude/logs/*.jsonl",),
        "sessions": ("providers/codex/sessions/**/*.jsonl",),
        "config": ("providers/claude/global_config.json",),
        "credentials": ("providers/claude/credentials_*.json",),
        "sign-in": ("providers/gemini/oauth_creds.json",),
        "sign_in": ("providers/kimi/cli_credentials.json",),
    }
    plain = SIGN_INS.get(need)
    made = plain.encode() if isinstance(plain, str) else json.dumps(plain).encode()
    del provider
    return (*texts(*patterns.get(need, ())), made)


def _files(provider: str, one: Strategy, fuzzed: str) -> Target:
    others = {
        need.name: (_text(_seeds(provider, need.name)[-1]),)
        for need in one.needs
        if isinstance(need, FILES) and need.name not in (fuzzed, "old_config", "archived")
    }

    def run(content: bytes) -> None:
        facts = Facts(home=HOME, now=NOW, files={**others, fuzzed: (_text(content),)})
        if one.credential is not None:
            with contextlib.suppress(SourceError):
                secret = one.credential(facts)
                assert secret is None or isinstance(secret.reveal(), str)
        with contextlib.suppress(SourceError):
            for each in one.fetch(facts, Silent() if one.asks_server else None):
                assert_legal(each)
                assert_told(Told(each.windows, each.money, each.account.plan, each.dropped))

    holds = "SourceError, or windows and sums as a history may hold them; a token only as a Secret"
    return Target(f"files-{provider}-{one.id}-{fuzzed}".replace("_", "-"), holds, run, _seeds(provider, fuzzed))


def _text(content: bytes) -> FileText:
    return FileText(path=Path("/home/somebody/.tool/x.jsonl"), content=content, modified_at=NOW)


def _retentions() -> Iterator[Target]:
    for provider in discover():
        if provider.logs is not None and provider.logs.retention is not None:
            seeds = (b'{"cleanupPeriodDays": 20}', b'{"cleanupPeriodDays": 0.5}')
            run = partial(_kept, provider.logs.retention)
            yield Target(f"retention-{provider.id}", "a span from 0 up, or None", run, seeds)


def _kept(retention: Retention, content: bytes) -> None:
    kept = retention.read(content)
    assert kept is None or kept.total_seconds() >= 0


COMMAND = "/usr/bin/usagetray statusline"


def _hooks() -> Iterator[Target]:
    """Somebody's settings, into which our command goes and out of which it is taken."""
    for provider in discover():
        for hook in provider.hooks:
            seeds = (
                b'{\n  "model": "opus",\n  "statusLine": {"type": "command", "command": "date"}\n}\n',
                b'{"a": 1}',
                b"{}",
                b'{"statusLine": {"type": "command"}}',
            )
            holds = "UserError, or an edit that can be taken back byte for byte"
            yield Target(f"hook-{provider.id}-{hook.id}", holds, partial(_edited, hook), seeds)


def _edited(hook: Hook, content: bytes) -> None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return  # told before the text is edited
    try:
        edit = hook.install(text, COMMAND)
    except UserError:
        return
    back = edit.text[: edit.at] + edit.removed + edit.text[edit.at + len(edit.inserted) :]
    assert back == text
    once_more = hook.install(edit.text, COMMAND)
    assert once_more.former_command == edit.former_command
    taken_out = json.loads(hook.remove(edit.text, COMMAND, edit.former_command))
    assert "usagetray" not in json.dumps(taken_out.get("statusLine")) or "usagetray" in text


# ---- a tool's database -------------------------------------------------------------------------------------


@cache
def _database() -> bytes:
    path = scratch() / "made.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA page_size = 512")
    connection.execute("CREATE TABLE ItemTable (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)")
    connection.executemany(
        "INSERT INTO ItemTable VALUES (?, ?)", [("cursorAuth/accessToken", TOKEN), ("other", "x" * 40)]
    )
    connection.commit()
    connection.close()
    return path.read_bytes()


def _sqlite() -> Target:
    need = SqliteValue(name="token", place=lambda home: home.path, table="ItemTable", key="cursorAuth/accessToken")

    def run(content: bytes) -> None:
        path = scratch() / "hostile.db"
        path.write_bytes(content)
        found = sqlite_value.read(need, path)
        assert found is None or len(found) <= need.most * 4

    holds = "bytes of a bounded length or None, within a second; no file beside it"
    return Target("sqlite-value", holds, run, (_database(),), is_json=False)
