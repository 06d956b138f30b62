"""Sums of a made-up ledger and a price table of two models, with prices that can be done in the head."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from usagetray.domain.model_names import Names
from usagetray.domain.rates import RateRow, Rates, RateTable
from usagetray.usage import Attempt, TokenCounts, UsageSum

AT = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def rates(input_: str, output: str) -> Rates:
    """Writes at 1.25 and 2 times, reads at a tenth."""
    base = Decimal(input_)
    return Rates(
        input=base,
        cache_write_5m=base * Decimal("1.25"),
        cache_write_1h=base * 2,
        cache_read=base / 10,
        output=Decimal(output),
    )


def rate_row(model: str, input_: str, output: str, *, checked: date = TODAY) -> RateRow:
    return RateRow(
        model=model,
        since=date(2025, 1, 1),
        base=rates(input_, output),
        fast=rates("30", "150") if model == "large" else None,
        source="made up",
        checked=checked,
    )


TABLE = RateTable((rate_row("large", "3", "15"), rate_row("small", "1", "5")), names=Names(), today=TODAY)
""" "large" costs 3 and 15 dollars a million tokens, 30 and 150 served fast; "small" 1 and 5; "other" is not known."""


def usage(
    period: str = "2026-11-18",
    model: str = "large",
    *,
    input_: int = 0,
    write: int = 0,
    read: int = 0,
    output: int = 0,
    provider: str = "p",
    project: str = "",
    session: str = "",
    folder: str = "",
    app: str = "",
    task: str = "",
    speed: str = "",
    flags: frozenset[str] = frozenset(),
    responses: int = 1,
    reasoning: int = 0,
    at: datetime = AT,
    last_at: datetime | None = None,
) -> UsageSum:
    tokens = TokenCounts(input=input_, cache_write_5m=write, cache_read=read, output=output)
    return UsageSum(
        period=period,
        provider=provider,
        account="",
        machine="",
        project=project,
        folder=folder,
        session=session,
        agent="",
        app=app,
        task=task,
        attempt=Attempt(model=model, at=at, tokens=tokens, prompt=tokens.prompt, speed=speed, flags=flags),
        responses=responses,
        reasoning=reasoning,
        first_at=at,
        last_at=last_at or at,
    )
