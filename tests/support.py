"""A small world for the whole spine: a clock by hand, a vendor's server on loopback, a home with made-up sign-ins.

Only what lies outside the program is made up here; between them stands the real thing, from socket to store.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from usagetray.app import build_headless
from usagetray.edges.clock import Clock
from usagetray.edges.keychain import Keychain
from usagetray.edges.notify import AlertText
from usagetray.edges.vaults import MemoryVault
from usagetray.model import Secret
from usagetray.providers.contract import Reply
from usagetray.spine.core import Core

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TICK = timedelta(seconds=10)
"""How often the program looks for what is due."""
MINUTE = timedelta(minutes=1)
PATIENCE_S = 30.0
"""Of real time, for what takes a moment on a machine that is not busy."""
ALLOWED = 'welcomed = true\n[providers.claude]\nallow = ["usage_endpoint"]\n'
ACCOUNT = "00000000-0000-4000-8000-00000000000a"


class ManualClock:
    """Wall clock and monotonic clock, moved by hand, together or apart."""

    def __init__(self, at: datetime = NOW) -> None:
        self._now = at
        self._monotonic = 1000.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(timedelta(seconds=seconds))

    def advance(self, span: timedelta) -> None:
        """Time passes as it does for a program that runs."""
        self._now += span
        self._monotonic += span.total_seconds()

    def jump(self, span: timedelta) -> None:
        """Only the wall clock moves: the machine slept, or somebody set it."""
        self._now += span


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as the server received it."""

    at: datetime  # the program's clock
    path: str
    headers: dict[str, str]
    method: str = "GET"
    body: bytes = b""

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


class Vendor:
    """A vendor's server on loopback. `answer` may be changed at any time; `asked` holds the requests."""

    def __init__(self, clock: ManualClock, answer: Callable[[Asked], Reply]) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self.ahead = timedelta()  # of its clock before the program's
        self.delay_s = 0.0  # before each answer, in real time
        self.most_at_once = 0
        self.over = threading.Event()
        self._at_once = 0
        self._lock = threading.Lock()
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = Asked(
                    at=clock.now(),
                    path=self.path,
                    headers={name.lower(): value for name, value in self.headers.items()},
                    method=self.command,
                    body=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
                )
                with vendor._asking(asked):
                    vendor.over.wait(vendor.delay_s)
                    reply = vendor.answer(asked)
                try:
                    self.send_response(reply.status)
                    for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(reply.body)))
                    self.end_headers()
                    self.wfile.write(reply.body)
                except OSError:
                    self.close_connection = True  # the program gave up, which some tests are about

            do_POST = do_GET  # noqa: N815 - the base class's

            def date_time_string(self, timestamp: float | None = None) -> str:
                return format_datetime(clock.now() + vendor.ahead, usegmt=True)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's
                """Tests read `asked`."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @contextmanager
    def _asking(self, asked: Asked) -> Iterator[None]:
        with self._lock:
            self.asked.append(asked)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            yield
        finally:
            with self._lock:
                self._at_once -= 1

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def times(self) -> list[timedelta]:
        """When it was asked, counted from NOW."""
        return [each.at - NOW for each in self.asked]

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class Recorder:
    """A notifier that keeps what it was given."""

    def __init__(self) -> None:
        self.alerts: list[AlertText] = []

    def send(self, alert: AlertText) -> bool:
        self.alerts.append(alert)
        return True

    def close(self) -> None:
        """Nothing is held open."""

    @property
    def titles(self) -> list[str]:
        return [each.title for each in self.alerts]


class PatientKeychain(Keychain):
    """Over a double: gives a locked one up soon, and waits for one that answers as long as a busy machine takes."""

    def __init__(self, service: str, clock: Clock, vault: MemoryVault, *, locked_s: float = 0.2) -> None:
        super().__init__(service, clock, vault=vault)
        self.askers: set[str] = set()  # names of the threads that waited for it
        self._double = vault
        self._locked_s = locked_s

    def _in_time(self, act: Callable[[Any], Secret | None], may_ask: bool, *, is_read: bool = False) -> Secret | None:
        self.askers.add(threading.current_thread().name)
        self._deadline_s = PATIENCE_S if self._double.unlocked.is_set() else self._locked_s
        return super()._in_time(act, may_ask, is_read=is_read)


# ---- what Claude Code and its vendor say -------------------------------------------------------------------


def row(kind: str, percent: object, resets_at: datetime | None, model: str | None = None) -> dict[str, object]:
    return {
        "kind": kind,
        "percent": percent,
        "resets_at": resets_at.isoformat() if resets_at else None,
        "scope": {"model": {"display_name": model}} if model else None,
    }


def limits(
    session: object = 42,
    *,
    session_ends: datetime = NOW + timedelta(hours=3),
    week: object = 30,
    week_ends: datetime = NOW + timedelta(days=5),
) -> dict[str, Any]:
    return {"limits": [row("session", session, session_ends), row("weekly_all", week, week_ends)]}


def ok(body: object) -> Reply:
    return Reply(status=200, body=json.dumps(body).encode())


def refused(status: int, **headers: str) -> Reply:
    error = {"type": "error", "error": {"type": "x", "message": "made up"}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, body=json.dumps(error).encode(), headers=named)


def always(reply: Reply) -> Callable[[Asked], Reply]:
    return lambda asked: reply


def in_turn(*replies: Reply) -> Callable[[Asked], Reply]:
    """One after the other; the last one again and again."""
    left = list(replies)
    return lambda asked: left.pop(0) if len(left) > 1 else left[0]


@dataclass(kw_only=True)
class ClaudeHome:
    """A home folder as Claude Code leaves it."""

    path: Path  # HOME itself
    clock: ManualClock

    @property
    def credentials(self) -> Path:
        return self.path / ".claude" / ".credentials.json"

    def sign_in(self, token: str = "made-up-token-a", *, ends_in: timedelta = timedelta(days=30)) -> None:
        login = {
            "accessToken": token,
            "refreshToken": "made-up-refresh-token",
            "expiresAt": int((self.clock.now() + ends_in).timestamp() * 1000),
            "scopes": ["user:inference", "user:profile"],
            "subscriptionType": "max",
        }
        self.credentials.parent.mkdir(parents=True, exist_ok=True)
        self.credentials.write_text(json.dumps({"claudeAiOauth": login}))

    def own(self, account: str = ACCOUNT) -> None:
        """Writes whose home this is."""
        login = {
            "accountUuid": account,
            "emailAddress": "somebody@example.invalid",
            "organizationName": "somebody@example.invalid's Organization",
            "organizationType": "claude_max",
            "organizationRateLimitTier": "default_claude_max_5x",
        }
        (self.path / ".claude.json").write_text(json.dumps({"oauthAccount": login}))

    def work(self) -> None:
        """Claude Code is used: its log changes, now."""
        log = self.path / ".claude" / "projects" / "p" / "session.jsonl"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a") as stream:
            stream.write('{"type":"user"}\n')
        os.utime(log, (self.clock.now().timestamp(),) * 2)


@dataclass(kw_only=True)
class World:
    """One user's machine: started and stopped as often as a test likes."""

    folder: Path
    clock: ManualClock
    vendor: Vendor
    home: ClaudeHome
    alerts: Recorder = field(default_factory=Recorder)
    running: list[Core] = field(default_factory=list)
    uses_tool: bool = True  # somebody works with Claude Code all the time
    worked_at: datetime = NOW

    @property
    def profile(self) -> Path:
        return self.folder / "profile"

    def configure(self, text: str) -> None:
        self.profile.mkdir(mode=0o700, exist_ok=True)
        (self.profile / "config.toml").write_text(text)

    def start(self) -> Core:
        core = build_headless(
            self.profile,
            clock=self.clock,
            keychain="ok",
            notifier=self.alerts,
            origins={"claude": self.vendor.origin},
        )
        self.running.append(core)
        return core

    def stop(self, core: Core) -> None:
        core.close()
        self.running.remove(core)

    def restart(self, core: Core) -> Core:
        self.stop(core)
        return self.start()

    def run(self, core: Core, span: timedelta, *, every: timedelta | None = None, leap: timedelta = MINUTE) -> None:
        """Lets the time pass in steps, each with a tick at its end.

        Without `every` these are the program's own ticks, but for those at which no request is due: as long a time
        of them as `leap` at most is left out.
        """
        ends_at = self.clock.now() + span
        while (left := ends_at - self.clock.now()) > timedelta():
            self.clock.advance(min(every or until_due(core, self.clock, leap), left))
            if self.uses_tool and self.clock.now() - self.worked_at >= MINUTE:
                self.worked_at = self.clock.now()
                self.home.work()
            core.tick()

    def close(self) -> None:
        self.vendor.over.set()
        for core in list(self.running):
            self.stop(core)
        self.vendor.close()


def due_in(core: Core, clock: ManualClock) -> timedelta:
    """How long it is to the next request that is planned; a year where there is none."""
    plans = [core.store.plan(source) for source in core.store.sources()]
    due = [plan.next_at for plan in plans if plan is not None and plan.next_at is not None]
    return min(due) - clock.now() if due else timedelta(days=365)


def until_due(core: Core, clock: ManualClock, leap: timedelta) -> timedelta:
    """The time to the tick at which the next planned request is due, `leap` at most.

    One that is due and was not made has nothing to be made with: when that changes nobody has planned.
    """
    ticks = -(-due_in(core, clock) // TICK)  # rounded up
    return min(ticks * TICK, leap) if ticks > 0 else leap


def account(core: Core, index: int = 0) -> dict[str, Any]:
    """An account as `status --json` tells it."""
    found: dict[str, Any] = core.status()["accounts"][index]
    return found


def window(core: Core, key: str = "five_hour", index: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in account(core, index)["windows"] if each["key"] == key)
    return found


@contextmanager
def own_world(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Somebody in that folder who has Claude Code signed in and allows to ask Anthropic; nothing runs yet."""
    home = folder / "home"
    home.mkdir()
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_CONFIG_HOME", "USAGETRAY_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    clock = ManualClock()
    claude = ClaudeHome(path=home, clock=clock)
    claude.own()
    claude.sign_in()
    claude.work()
    made = World(folder=folder, clock=clock, vendor=Vendor(clock, always(ok(limits()))), home=claude)
    made.configure(ALLOWED)
    try:
        yield made
    finally:
        made.close()


def wait_until(true: Callable[[], object], what: str, deadline_s: float = PATIENCE_S) -> None:
    """Polls for something that happens in real time. Fails with what did not."""
    ends = time.monotonic() + deadline_s
    while not true():
        assert time.monotonic() < ends, f"{what} did not happen within {deadline_s:g} s"
        time.sleep(0.01)


def within(times: Sequence[timedelta], low: timedelta, high: timedelta) -> list[timedelta]:
    return [each for each in times if low <= each < high]
