"""How each budget stands now: what was spent of it, where its period will end, and what is behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from usagetray.domain.advice.months import MonthEnd, month_end
from usagetray.domain.alerts import Seen
from usagetray.domain.spending import (
    LEAST_DAYS,
    PACE_DAYS,
    Amount,
    Share,
    Spend,
    matches,
    period_forecast,
    period_of,
    shares,
    shares_of,
    total,
)
from usagetray.domain.states import Level, WindowState
from usagetray.model import Money, SpendDay
from usagetray.quick_dataclass import dataclass
from usagetray.settings.budgets import Budget

USED_UP = 1.0
"""Announced besides the thresholds of the settings."""
STEP = Decimal("0.001")
"""Shares are rounded down to this: every threshold is a multiple, and a cent more is nothing to be remembered."""
HIGHEST = 1_000_000.0
WARNING, CRITICAL = 0.75, 0.90
SAID = "budgets"
"""Where a provider stands for windows, in what is kept of alerts."""


class Basis(StrEnum):
    ESTIMATE = "estimate"  # our count at list prices
    BILLED = "billed"  # what the vendor said it is owed


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetState:
    """A budget in the period that it is now in."""

    budget: Budget
    basis: Basis
    starts_at: datetime
    ends_at: datetime
    spent: Money | None  # None: nothing is known, which is not zero
    is_least: bool = False  # something in it has no price
    unpriced: int = 0  # tokens without a price
    forecast: MonthEnd | None = None  # None: too early to say, or nothing is known
    causes: tuple[tuple[str, tuple[Share, ...]], ...] = ()
    """Behind today's use: ("project", its shares), ("session", ...), ("model", ...), largest first."""
    as_of: datetime | None = None  # of what was billed: when the vendor said so
    stale: bool = False
    source: str = ""  # reads after "from"

    @property
    def share(self) -> float | None:
        """Of the budget, rounded down to a thousandth; at least this much where `is_least`."""
        if self.spent is None:
            return None
        exact = (self.spent.amount / self.budget.amount).quantize(STEP, ROUND_FLOOR)
        return min(max(0.0, float(exact)), HIGHEST)

    @property
    def level(self) -> Level:
        share = self.share or 0.0
        if self.stale or share < WARNING:
            return Level.NORMAL
        return Level.CRITICAL if share >= CRITICAL else Level.WARNING

    @property
    def lead(self) -> tuple[str, Share] | None:
        """What is behind most of today: the first of project, session and model that is not the budget itself."""
        for kind, found in self.causes:
            if found and not (kind == "project" and self.budget.project) and (found[0].share < 1 or kind == "project"):
                return kind, found[0]
        return None

    def seen(self, *, now: datetime, may_alert: bool) -> Seen:
        """As a window is seen by those who decide what to announce: its period is the window's cycle."""
        return Seen(
            provider=SAID,
            account=self.budget.name,
            window=self.budget.key,
            used=self.share,
            state=WindowState.OK,
            level=Level.NORMAL,
            resets_at=self.ends_at,
            length=self.ends_at - self.starts_at,
            captured_at=now if self.as_of is None else self.as_of,
            may_alert=may_alert and not self.stale and self.share is not None,
        )


# ---- at list prices ----------------------------------------------------------------------------------------


def scope(budget: Budget) -> Callable[[Spend], bool]:
    """Whether something that was spent counts for the budget."""

    def counts(row: Spend) -> bool:
        return (
            (not budget.provider or row.provider == budget.provider)
            and (not budget.project or matches(row.project, budget.project))
            and (not budget.app or row.app == budget.app)
        )

    return counts


def estimated(
    budget: Budget, amounts: Mapping[int, Amount], today: Sequence[Spend], now: datetime, zone: tzinfo
) -> BudgetState:
    """`amounts`: what counts for it, by quarter of an hour, of the period and of the 28 days before today at the least;
    `today`: what counts for it since midnight."""
    period = period_of(budget.period, now, zone)
    spent = total(amounts, period.starts_at, period.ends_at)
    is_known = bool(amounts) and not (spent.unpriced and not spent.usd)
    dollars = {quarter: amount.usd for quarter, amount in amounts.items()}
    return BudgetState(
        budget=budget,
        basis=Basis.ESTIMATE,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        spent=Money(amount=spent.usd, currency="USD") if is_known else None,
        is_least=spent.is_least,
        unpriced=spent.unpriced,
        forecast=period_forecast(dollars, now, zone, budget.period) if is_known else None,
        causes=causes(today),
        source="your logs",
    )


def causes(rows: Sequence[Spend]) -> tuple[tuple[str, tuple[Share, ...]], ...]:
    return (
        ("project", shares(rows, lambda row: row.project)),
        ("session", shares(rows, lambda row: row.session)),
        ("model", shares(rows, lambda row: row.model)),
    )


# ---- as billed ---------------------------------------------------------------------------------------------


def billed(
    budget: Budget,
    days: Iterable[SpendDay],
    now: datetime,
    *,
    as_of: datetime | None,
    stale: bool,
    names: Mapping[str, str],
) -> BudgetState:
    """`days`: what its vendors billed in the period and in the 28 days before; their days are UTC days.

    `as_of` None: no vendor has told a bill. `names`: what people call the ids in it.
    """
    period = period_of(budget.period, now, UTC)
    today = now.astimezone(UTC).date()
    told = [each for each in days if each.amount.amount]
    mine = [each for each in told if each.amount.currency == budget.currency]
    foreign = any(each.amount.currency != budget.currency and period.first <= each.day <= today for each in told)
    by_day: defaultdict[date, Decimal] = defaultdict(Decimal)
    for each in mine:
        by_day[each.day] += each.amount.amount
    spent = sum((usd for day, usd in by_day.items() if period.first <= day <= today), Decimal(0))
    is_known = as_of is not None and (spent > 0 or not foreign)  # a bill in another currency is not a bill of nothing
    return BudgetState(
        budget=budget,
        basis=Basis.BILLED,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        spent=Money(amount=spent, currency=budget.currency) if is_known else None,
        is_least=is_known and foreign,
        forecast=_billed_forecast(by_day, period.first, period.last, now) if is_known else None,
        causes=_billed_causes([each for each in mine if each.day == today], names),
        as_of=as_of,
        stale=stale,
        source="the vendor’s bill",
    )


def _billed_forecast(by_day: Mapping[date, Decimal], first: date, last: date, now: datetime) -> MonthEnd | None:
    """A bill tells no hours: of today there is left what there is by the clock."""
    today = now.astimezone(UTC).date()
    used = [day for day, usd in by_day.items() if usd]
    begin = min(used, default=today)
    lately = [day for day in used if timedelta(0) < today - day <= timedelta(days=PACE_DAYS)]
    if (today - begin).days < LEAST_DAYS or not lately:
        return None
    at = now.astimezone(UTC)
    left = 1 - Decimal(at.hour * 3600 + at.minute * 60 + at.second) / 86_400
    return month_end(by_day, begin, today, left, begins=first, ends=last)


def _billed_causes(days: Sequence[SpendDay], names: Mapping[str, str]) -> tuple[tuple[str, tuple[Share, ...]], ...]:
    parts: dict[str, defaultdict[str, Decimal]] = {
        kind: defaultdict(Decimal) for kind in ("project", "API key", "model")
    }
    for each in days:
        place = each.project or each.workspace or ""
        for kind, known in (("project", place), ("API key", each.key or ""), ("model", each.model or "")):
            parts[kind][names.get(known, known)] += each.amount.amount
    return tuple((kind, shares_of(found)) for kind, found in parts.items())
