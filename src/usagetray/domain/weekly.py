"""One week as a person wants to know it: what it comes to in a month, what the cache saved, which days were dear."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from usagetray.domain.reports import Figures, Priced, Report, by_cost, figures, model_name, renamed, report
from usagetray.quick_dataclass import dataclass
from usagetray.usage import Attempt

WEEKS, MONTHS = 52, 12
"""Of a year: a month is 52/12 weeks. Four would be 28 days, 8 % too little."""
LEAST_ELAPSED = timedelta(days=1)
"""Before a day of the week has passed, one morning would decide what a month costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    day: str  # "2026-11-20"
    usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    starts_at: datetime  # of what is looked at: the week, or the part of it that was asked for
    ends_at: datetime
    elapsed: timedelta  # of it, until now
    total: Figures
    models: Report  # dearest first
    projects: Report  # dearest first
    days: tuple[Day, ...]  # those with use that has a price, in their order
    month_usd: Decimal | None  # what a month of such weeks costs; None while it is too early to say
    uncached_usd: Decimal | None  # what the priced part would have cost without a cache; None where nothing has a price
    output_share: float | None  # of the cost; None where nothing has a price

    @property
    def is_over(self) -> bool:
        return self.elapsed >= self.ends_at - self.starts_at

    @property
    def saved_usd(self) -> Decimal | None:
        """By caching, what was paid for writing to the cache taken off. Negative where it did not pay."""
        return None if self.uncached_usd is None else self.uncached_usd - self.total.cost.usd

    @property
    def cheapest(self) -> Day | None:
        return min(self.days, key=lambda each: each.usd, default=None)

    @property
    def dearest(self) -> Day | None:
        return max(self.days, key=lambda each: each.usd, default=None)

    @property
    def mean_day_usd(self) -> Decimal | None:
        """Over the days with use."""
        return self.total.cost.usd / len(self.days) if self.days else None


def week(
    lines: Sequence[Priced],
    uncached: Callable[[Attempt], Decimal | None],
    *,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> Week:
    """`lines`: of that span, with days as periods and split by project. `uncached`: a cost without a cache."""
    total = figures(lines)
    elapsed = min(max(now - starts_at, timedelta(0)), ends_at - starts_at)
    usd = total.cost.usd
    has_price = any(line.price.usd is not None for line in lines)
    return Week(
        starts_at=starts_at,
        ends_at=ends_at,
        elapsed=elapsed,
        total=total,
        models=_dearest_first(renamed(lines, lambda usage: model_name(usage.attempt))),
        projects=_dearest_first(renamed(lines, lambda usage: usage.project)),
        days=tuple(
            Day(day=each.key, usd=each.figures.cost.usd)
            for each in report(lines).rows
            if each.figures.cost.usd or not each.figures.cost.is_lower_bound
        ),
        month_usd=_month(usd, elapsed) if has_price else None,
        uncached_usd=_uncached(lines, uncached) if has_price else None,
        output_share=float(total.cost.by_category.get("output", Decimal(0)) / usd) if has_price and usd else None,
    )


def _dearest_first(lines: Sequence[Priced]) -> Report:
    found = report(lines)
    return Report(rows=by_cost(found.rows), total=found.total)


def _month(usd: Decimal, elapsed: timedelta) -> Decimal | None:
    if elapsed < LEAST_ELAPSED:
        return None
    whole = timedelta(days=7)
    # A week with a clock change is an hour shorter or longer, and still one week.
    if abs(elapsed - whole) <= timedelta(hours=1):
        return usd * WEEKS / MONTHS
    microsecond = timedelta(microseconds=1)
    return usd * WEEKS * (whole // microsecond) / (MONTHS * (elapsed // microsecond))


def _uncached(lines: Sequence[Priced], uncached: Callable[[Attempt], Decimal | None]) -> Decimal:
    found = Decimal(0)
    for line in lines:
        if line.price.usd is not None:
            tokens = line.usage.attempt.tokens
            cached = tokens.cache_read or tokens.cache_write_5m or tokens.cache_write_1h
            without = uncached(line.usage.attempt) if cached else None
            found += line.price.usd if without is None else without
    return found
