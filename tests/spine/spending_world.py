"""A computer on which only the ledger grows: a million tokens of its model cost $100, so that 10k make a dollar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.support import ManualClock, Recorder
from usagetray.app import build_headless
from usagetray.edges.store import open_writer
from usagetray.edges.store.ledger import Ledger, LogRead, Mark, Told
from usagetray.edges.store.rows import to_us
from usagetray.spine.core import Core
from usagetray.usage import EventPlace, EventTerms

RATE = '[[rates]]\nmodel = "house-model"\ninput = "100.00"\noutput = "100.00"\n'
TOKENS = 10_000
WHERE = ("claude", "", "", "")
CALM_HOURS, BUSY_HOUR = (11, 12, 14, 15, 16), 9
CALM, BUSY = 1, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    at: datetime
    usd: float
    project: str = "/home/me/webshop"
    session: str = ""
    model: str = "house-model"


@dataclass(kw_only=True)
class Computer:
    """Started and stopped as often as a test likes; its clock moves from call to call."""

    profile: Path
    clock: ManualClock
    zone: ZoneInfo
    alerts: Recorder = field(default_factory=Recorder)
    said: list[tuple[str, str, float | None]] = field(default_factory=list)
    core: Core | None = None
    calls: int = 0

    def configure(self, text: str) -> None:
        self.profile.mkdir(mode=0o700, exist_ok=True)
        (self.profile / "config.toml").write_text(f"welcomed = true\n{text}\n{RATE}")

    def start(self) -> Core:
        self.stop()
        self.core = build_headless(self.profile, clock=self.clock, keychain="ok", notifier=self.alerts)
        return self.core

    def stop(self) -> None:
        if self.core is not None:
            self.core.close()
            self.core = None

    def remember(self, calls: Sequence[Call]) -> None:
        """What was used before the program was ever started."""
        self.profile.mkdir(mode=0o700, exist_ok=True)
        store = open_writer(self.profile / "usagetray.db")
        self.book(store.ledger, calls)
        store.close()

    def book(self, ledger: Ledger, calls: Sequence[Call]) -> None:
        places, terms, told = list[EventPlace](), list[EventTerms](), list[Told]()
        for number, each in enumerate(calls):
            self.calls += 1
            at = to_us(each.at) or 0
            places.append(EventPlace(project=each.project, session=each.session or f"{each.at:%m-%d %H}"))
            terms.append(EventTerms(model=each.model))
            counts = (round(each.usd * TOKENS), 0, 0, 0, 0, 0, 0)
            told.append((f"call-{self.calls}", "", 0, at, number, at, 1, number, *counts, ""))
        mark = Mark(f"/log/{self.calls}", "claude", "/log", "1:1", 1, 1, 1, b"", b"", "")
        ledger.take_in([LogRead(mark, WHERE, places, terms, told)])

    def play(self, calls: Sequence[Call], *, restarts: Sequence[date] = ()) -> None:
        """Each call is made at its time, and looked at; what is announced is kept with the user's clock."""
        for each in sorted(calls, key=lambda call: call.at):
            day = each.at.astimezone(self.zone).date()
            if self.core is None or day in restarts:
                self.start()
            self.clock.advance(each.at - self.clock.now())
            assert self.core is not None
            self.book(self.core.store.ledger, [each])
            self.tick()

    def tick(self) -> None:
        assert self.core is not None
        before = len(self.alerts.alerts)
        self.core.tick()
        local = self.clock.now().astimezone(self.zone)
        for alert in self.alerts.alerts[before:]:
            name = alert.account if alert.provider == "budgets" else alert.provider
            self.said.append((f"{local:%a %d %H:%M}", name, alert.threshold))


def at(zone: ZoneInfo, day: date, hour: int, minute: int = 20) -> datetime:
    return datetime.combine(day, time(hour, minute), zone).astimezone(UTC)


def workdays(zone: ZoneInfo, first: date, last: date) -> list[Call]:
    """$9 on each: a busy hour of $4 at nine, then five of $1."""
    return [
        Call(at=at(zone, day, hour), usd=BUSY if hour == BUSY_HOUR else CALM)
        for number in range((last - first).days + 1)
        if (day := first + timedelta(days=number)).weekday() < 5
        for hour in (BUSY_HOUR, *CALM_HOURS)
    ]
