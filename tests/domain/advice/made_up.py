"""Made-up use: responses, windows and the tables to judge them by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.domain.advice.worked import tables
from usagetray.domain.advice.advise import Asked, Report, advise
from usagetray.domain.advice.items import Advice, Kind
from usagetray.domain.advice.plan_choice import Cycle, Point
from usagetray.domain.advice.plans import Plan
from usagetray.usage import Attempt, Response, TokenCounts

ZONE = ZoneInfo("Asia/Kathmandu")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WEEK, SESSION = timedelta(days=7), timedelta(hours=5)
SONNET = "claude-sonnet-4-5"  # $3 input, $3.75 and $6 writes, $0.30 read, $15 output
MILLION = 1_000_000


def plan(name: str) -> Plan:
    found = tables().plans.find(name)
    assert found is not None
    return found


def response(at: datetime, model: str = SONNET, **fields: Any) -> Response:
    """One response; counts by name (`input=`, `output=`, `cache_read=`, ...), the rest as fields of `Response`."""
    names = ("input", "cache_write_5m", "cache_write_1h", "cache_read", "output")
    tokens = TokenCounts(**{name: fields.pop(name) for name in names if name in fields})
    speed, tier = fields.pop("speed", ""), fields.pop("tier", "")
    attempt = Attempt(model=model, at=at, tokens=tokens, prompt=tokens.prompt, speed=speed, tier=tier)
    whole = {
        "provider": "claude",
        "account": "",
        "machine": "",
        "project": "p",
        "session": f"{at:%F}",
        "agent": "",
        "app": "",
        "task": "",
    }
    return Response(at=at, attempts=(attempt,), **{**whole, **fields})


def days(count: int, usd: str, *, last: datetime = NOW - timedelta(days=1), **fields: Any) -> list[Response]:
    """One response a day, each of so many dollars of plain input, the last of them yesterday."""
    tokens = int(Decimal(usd) * MILLION / 3)
    assert tokens * 3 == Decimal(usd) * MILLION
    return [
        response(last - timedelta(days=back), input=part, **fields) for back in range(count) for part in _parts(tokens)
    ]


def _parts(tokens: int) -> list[int]:
    """In prompts below 200,000 tokens, above which Sonnet 4.5 costs more."""
    return [150_000] * (tokens // 150_000) + [tokens % 150_000]


def week(ends_at: datetime, peak: str, *, readings: int = 12, key: str = "weekly", model: str | None = None) -> Cycle:
    """A week whose use rises evenly to its peak."""
    return cycle(ends_at, peak, WEEK, key, readings, model)


def session(ends_at: datetime, peak: str, readings: int = 12) -> Cycle:
    return cycle(ends_at, peak, SESSION, "five_hour", readings, None)


def cycle(ends_at: datetime, peak: str, length: timedelta, key: str, readings: int, model: str | None) -> Cycle:
    step = length / (readings + 1)
    points = tuple(
        Point(at=ends_at - length + step * (index + 1), share=Decimal(peak) * (index + 1) / readings)
        for index in range(readings)
    )
    return Cycle(key=key, model=model, length=length, ends_at=ends_at, points=points)


def asked(**fields: Any) -> Asked:
    known = tables()
    return Asked(rates=known.rates, plans=known.plans, models=known.models, at=NOW, zone=ZONE, **fields)


def advised(
    responses: Sequence[Response],
    owned: str | None = None,
    cycles: Sequence[Cycle] = (),
    **fields: Any,
) -> Report:
    held = {} if owned is None else {"owned": {plan(owned).vendor: plan(owned)}}
    windows: Mapping[str, Any] = {"cycles": {"anthropic": tuple(cycles)}} if cycles else {}
    report = advise(responses, asked(**held, **windows, **fields))
    assert report is not None
    return report


def the(report: Report, kind: Kind, about: str | None = None) -> Advice:
    found = [each for each in report.advice if each.kind is kind and about in (None, each.about)]
    assert len(found) == 1, [(each.kind, each.about) for each in report.advice]
    return found[0]


def kinds(report: Report) -> list[Kind]:
    return [each.kind for each in report.advice]
