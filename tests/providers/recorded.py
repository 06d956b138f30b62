"""Recorded answers, and homes of tools built from them, read the way the program reads them."""

from __future__ import annotations

import json
import math
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tests.providers import sign_ins
from usagetray.edges import facts as edge
from usagetray.errors import Cause, SourceError
from usagetray.model import MoneyLine, Secret, Snapshot, UsageWindow
from usagetray.providers import claude, deepseek, discover
from usagetray.providers.claude import limits as claude_limits
from usagetray.providers.codex import limits as codex_limits
from usagetray.providers.contract import BEARER, Facts, Home, Provider, Strategy
from usagetray.providers.parse import Answer
from usagetray.spine.sources import NO_HOME

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
TOKEN = "sk-ant-oat01-CANARY-0123456789abcdef"
KEY = "sk-CANARY-deepseek-0123456789abcdef"
"""Invented, so that a leak of them can be searched for."""


@dataclass(frozen=True, slots=True)
class Told:
    """What any reader made of an answer."""

    windows: tuple[UsageWindow, ...]
    money: tuple[MoneyLine, ...]
    plan: str | None
    dropped: tuple[str, ...]
    ignored: tuple[str, ...] = ()


class Recorded:
    """A server that gives one answer, or fails."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.auths: list[str] = []
        self.posted: list[Any] = []

    def get_json(
        self, path: str, *, bearer: Secret, headers: Mapping[str, str] | None = None, auth: str = BEARER
    ) -> Any:
        self.asked.append((path, bearer.reveal(), dict(headers or {})))
        self.auths.append(auth)
        if isinstance(self.answer, SourceError):
            raise self.answer
        return self.answer

    def post_json(
        self, path: str, body: Any, *, bearer: Secret, headers: Mapping[str, str] | None = None, auth: str = BEARER
    ) -> Any:
        self.posted.append(body)
        return self.get_json(path, bearer=bearer, headers=headers, auth=auth)


def body(provider: str, file: str) -> Any:
    return json.loads((HERE / provider / file).read_text())


def cases(provider: str, kind: str = "case") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((HERE / provider / "cases.toml").read_text()).get(kind, [])
    return found


def claude_home(
    folder: Path, *, login: dict[str, Any] | None = None, token: str | None = None, config: object = None
) -> Home:
    """A default installation under `folder`; with a token, signed in for four more hours."""
    home = folder / ".claude"
    home.mkdir(exist_ok=True)
    written = body("claude", "global_config.json") if config is None else config
    if login is not None:
        written["oauthAccount"] = login
    (folder / ".claude.json").write_text(json.dumps(written))
    if token:
        ends = int((NOW + timedelta(hours=4)).timestamp() * 1000)
        sign_in = {"accessToken": token, "refreshToken": "r", "expiresAt": ends, "scopes": ["user:profile"]}
        (home / ".credentials.json").write_text(json.dumps({"claudeAiOauth": sign_in}))
    return Home(path=home, is_default=True)


def codex_home(folder: Path, *names: str) -> Home:
    """An installation with the recorded session files whose thread ids end in `names`, or with all."""
    home = folder / ".codex"
    for file in sorted((HERE / "codex" / "sessions").rglob("*.jsonl")):
        if not names or file.stem.endswith(names):
            place = home / file.relative_to(HERE / "codex")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)
    return Home(path=home, is_default=True)


def strategy(provider: Provider, strategy_id: str) -> Strategy:
    return next(one for one in provider.strategies if one.id == strategy_id)


def facts(one: Strategy, home: Home, *, now: datetime = NOW, spool_dir: Path | None = None) -> Facts:
    spool_dir = spool_dir or home.path.parent / "spool"
    return edge.resolve(one, home, now=now, spool_dir=spool_dir, keychain=None, environ={})


def ask_claude(folder: Path, answer: object, now: datetime = NOW) -> tuple[Snapshot, ...]:
    """What the usage endpoint strategy makes of a server's answer."""
    one = strategy(claude.PROVIDER, "usage_endpoint")
    found = facts(one, claude_home(folder, token=TOKEN), now=NOW)
    return one.fetch(Facts(home=found.home, now=now, files=found.files), Recorded(answer))


def ask_deepseek(answer: object, now: datetime = NOW, key: str = KEY) -> tuple[Snapshot, ...]:
    """What the balance strategy makes of a server's answer, with a key in the keychain."""
    one = strategy(deepseek.PROVIDER, "balance")
    found = edge.resolve(one, NO_HOME, now=now, spool_dir=HERE, keychain=lambda _: Secret(key), environ={})
    return one.fetch(found, Recorded(answer))


class Pages:
    """A server that tells a bill page by page, by the cursor that is asked for; other questions it does not allow."""

    def __init__(self, pages: Mapping[str, object], others: Mapping[str, object]) -> None:
        self.pages = pages
        self.others = others  # by the end of the path
        self.asked: list[str] = []

    def get_json(
        self, path: str, *, bearer: Secret, headers: Mapping[str, str] | None = None, auth: str = BEARER
    ) -> Any:
        self.asked.append(path)
        place, _, query = path.partition("?")
        if place.endswith(("/cost_report", "/costs")):
            return self.pages.get(parse_qs(query).get("page", [""])[0], {"data": [], "has_more": False})
        found = self.others.get(place.rpartition("/")[2], SourceError("Vendor", Cause.NOT_ALLOWED))
        if isinstance(found, SourceError):
            raise found
        return found

    def post_json(self, path: str, body: Any, **_: Any) -> Any:
        raise AssertionError("a bill is read by GET")


def ask_bill(
    provider: str,
    pages: Mapping[str, object],
    now: datetime = NOW,
    others: Mapping[str, object] | None = None,
    former: tuple[Snapshot, ...] = (),
) -> tuple[Snapshot, ...]:
    """What a provider that reports what was billed makes of its pages, by cursor."""
    (one,) = next(each for each in discover() if each.id == provider).strategies
    found = edge.resolve(one, NO_HOME, now=now, spool_dir=HERE, keychain=lambda _: Secret(KEY), environ={})
    return one.fetch(replace(found, former=former), Pages(pages, others or {}))


def read(provider: str, reader: str, answer: Any, now: datetime, folder: Path) -> Told:
    """A recorded answer through the reader it belongs to. Raises `SourceError`."""
    if (HERE / provider / "readers.toml").exists():
        from tests.providers import keyed  # deferred: it is built on this module

        return keyed.read(provider, reader, answer, now)
    if provider in sign_ins.READERS:
        return _told(sign_ins.READERS[provider](reader, answer, now))
    if reader == "limits":
        snapshot = ask_claude(folder, answer, min(now, NOW))[0]
        return Told(snapshot.windows, snapshot.money, snapshot.account.plan, snapshot.dropped, snapshot.ignored)
    if reader == "control_response":
        inner, _ = claude_limits.of_control_response(answer)
        found = claude_limits.limits(inner) if inner else None
        return (
            Told(found.windows, found.money, None, tuple(inner.dropped)) if found and inner else Told((), (), None, ())
        )
    if reader == "status_line":
        return _status_line(answer, now, folder)
    if reader == "usage":
        whole = Answer(answer)
        limits = codex_limits.usage_answer(whole, now)
        return Told(limits.windows, limits.money, limits.plan, tuple(whole.dropped))
    if reader == "balance":
        snapshot = ask_deepseek(answer, now)[0]
        return Told(snapshot.windows, snapshot.money, snapshot.account.plan, snapshot.dropped, snapshot.ignored)
    if reader == "bill":
        snapshot = ask_bill(provider, {"": answer}, now)[0]
        return Told(snapshot.windows, snapshot.money, snapshot.account.plan, snapshot.dropped, snapshot.ignored)
    if reader == "app_server":
        whole = Answer(answer)
        maybe = codex_limits.app_server_answer(whole, now)
        if maybe is None:
            raise SourceError(provider, Cause.BAD_DATA, "no limits in it")
        return Told(maybe.windows, maybe.money, maybe.plan, tuple(whole.dropped))
    raise AssertionError(f"{provider}: no reader {reader}")


def _told(snapshots: tuple[Snapshot, ...]) -> Told:
    if not snapshots:
        return Told((), (), None, ())
    (only,) = snapshots
    return Told(only.windows, only.money, only.account.plan, only.dropped, only.ignored)


def _status_line(answer: Any, now: datetime, folder: Path) -> Told:
    home = claude_home(folder)
    line = {
        "at": now.timestamp(),
        "home": str(home.path),
        "account": "11111111-1111-4111-8111-111111111111",
        "rate_limits": answer.get("rate_limits"),
    }
    spool_dir = folder / "spool"
    spool_dir.mkdir(exist_ok=True)
    (spool_dir / "statusline.jsonl").write_text(json.dumps(line) + "\n")
    one = strategy(claude.PROVIDER, "status_line")
    snapshots = one.fetch(facts(one, home, now=now, spool_dir=spool_dir), None)
    windows = tuple(window for snapshot in snapshots for window in snapshot.windows)
    return Told(windows, (), None, tuple(name for snapshot in snapshots for name in snapshot.dropped))


def account_state(told: Told) -> tuple[str, datetime | None]:
    """What the facts alone say of an account: usable, locked (until), paying, money_only or no_windows."""
    full = [window for window in told.windows if window.locks and (window.utilization or 0) >= 1]
    if full and any(line.covers for line in told.money):
        return "paying", None
    if full:
        return "locked", max((window.resets_at for window in full if window.resets_at), default=None)
    if told.windows:
        return "usable", None
    return ("money_only" if told.money else "no_windows"), None


def assert_legal(told: Told) -> None:
    """No figure that a history must not hold: not a number, infinite, negative, or in another clock's time."""
    for window in told.windows:
        assert window.utilization is None or (math.isfinite(window.utilization) and window.utilization >= 0)
        assert window.resets_at is None or window.resets_at.utcoffset() == timedelta(0)
        assert window.length is None or window.length > timedelta(0)
        assert window.key
        assert window.label
        (window.key + window.label + window.scope + (window.model or "")).encode()
    assert len({window.key for window in told.windows}) == len(told.windows)
    for line in told.money:
        for sum_ in (line.used, line.limit, line.balance):
            assert sum_ is None or (sum_.amount.is_finite() and sum_.amount >= 0 and sum_.currency)
