"""What use cost at list prices, quarter of an hour by quarter of an hour: what budgets and spikes are reckoned from.

Quarters are numbered since 1970 UTC. Every zone's days and hours begin with one, so no sum has to be cut.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from usagetray.domain.advice.months import MonthEnd, month_end
from usagetray.quick_dataclass import dataclass

QUARTER = timedelta(minutes=15)
QUARTER_S = 900
QUARTERS_OF_A_DAY = 96
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZERO = Decimal(0)
LEAST_DAYS = 3
"""Before so many days have passed since the first use, nothing is said of what is to come."""
PACE_DAYS = 28


class Spend(NamedTuple):
    """Use of one model in one place and quarter of an hour."""

    quarter: int
    provider: str
    project: str
    session: str
    app: str
    model: str
    usd: Decimal  # of what has a price
    unpriced: int  # tokens without one
    is_least: bool  # something in it has no price


class Amount(NamedTuple):
    usd: Decimal = ZERO
    unpriced: int = 0
    is_least: bool = False


NOTHING = Amount()


# ---- time --------------------------------------------------------------------------------------------------


def quarter_of(at: datetime) -> int:
    return int((at - EPOCH) // QUARTER)


@lru_cache(maxsize=20_000)
def local(quarter: int, zone: tzinfo) -> tuple[date, int]:
    """The day and the hour on the user's clock."""
    at = (EPOCH + quarter * QUARTER).astimezone(zone)
    return at.date(), at.hour


def begins(day: date, zone: tzinfo) -> datetime:
    """The instant at which a local day begins."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    first: date  # local days, both included
    last: date
    starts_at: datetime
    ends_at: datetime  # not included


def period_of(kind: str, now: datetime, zone: tzinfo) -> Period:
    """The day, week (from Monday) or month that it is now in that zone."""
    today = now.astimezone(zone).date()
    first, after = today, today + timedelta(days=1)
    if kind == "week":
        first = today - timedelta(days=today.weekday())
        after = first + timedelta(days=7)
    elif kind == "month":
        first = today.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
    return Period(
        first=first, last=after - timedelta(days=1), starts_at=begins(first, zone), ends_at=begins(after, zone)
    )


# ---- sums --------------------------------------------------------------------------------------------------


def by_quarter(rows: Iterable[Spend]) -> Mapping[int, Amount]:
    found: dict[int, Amount] = {}
    for row in rows:
        usd, unpriced, is_least = found.get(row.quarter, NOTHING)
        found[row.quarter] = Amount(usd + row.usd, unpriced + row.unpriced, is_least or row.is_least)
    return found


def total(amounts: Mapping[int, Amount], starts_at: datetime, ends_at: datetime) -> Amount:
    """Of the quarters from the one to the other, which is not included."""
    first, after = quarter_of(starts_at), quarter_of(ends_at)
    usd, unpriced, is_least = NOTHING
    for quarter, amount in amounts.items():
        if first <= quarter < after:
            usd += amount.usd
            unpriced += amount.unpriced
            is_least |= amount.is_least
    return Amount(usd, unpriced, is_least)


class Share(NamedTuple):
    """A part of a sum, by what stands behind it."""

    name: str
    share: float  # of the whole, above 0


def shares(rows: Iterable[Spend], name: Callable[[Spend], str]) -> tuple[Share, ...]:
    """The largest first; what has no name is counted in the whole, and not named. Empty where nothing was spent."""
    parts: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        parts[name(row)] += row.usd
    return shares_of(parts)


def shares_of(parts: Mapping[str, Decimal]) -> tuple[Share, ...]:
    whole = sum(parts.values(), ZERO)
    if whole <= 0:
        return ()
    ordered = sorted(parts.items(), key=lambda each: (-each[1], each[0]))
    return tuple(Share(name, float(usd / whole)) for name, usd in ordered if name and usd > 0)


def matches(folder: str, project: str) -> bool:
    """Whether a folder is the project that the user named: the same, or its name at the end of the folder's."""
    parts = folder.replace("\\", "/").rstrip("/")
    wanted = project.replace("\\", "/").rstrip("/")
    return parts == wanted or parts.rpartition("/")[2] == wanted


# ---- what is to come ---------------------------------------------------------------------------------------


def period_forecast(
    amounts: Mapping[int, Decimal], now: datetime, zone: tzinfo, kind: str = "month"
) -> MonthEnd | None:
    """Where the sum of this day, week or month will end, with its band; None where it is too early to say.

    `amounts`: dollars by quarter of an hour, of this period and of the 28 days before today at the least.
    """
    period, today = period_of(kind, now, zone), now.astimezone(zone).date()
    by_day: defaultdict[date, Decimal] = defaultdict(Decimal)
    by_hour = [ZERO] * 24
    for quarter, usd in amounts.items():
        day, hour = local(quarter, zone)
        by_day[day] += usd
        if timedelta(0) < today - day <= timedelta(days=PACE_DAYS):
            by_hour[hour] += usd
    first = min((day for day, usd in by_day.items() if usd), default=today)
    if (today - first).days < LEAST_DAYS or not any(by_hour):
        return None
    left = rest_of_day(by_hour, now.astimezone(zone))
    return month_end(by_day, first, today, left, begins=period.first, ends=period.last)


def rest_of_day(by_hour: Sequence[Decimal], at: datetime) -> Decimal:
    """The share of a day's usual use that is still to come; by the clock alone where no use is known."""
    gone = Decimal(at.minute * 60 + at.second) / 3600
    whole = sum(by_hour, ZERO)
    if not whole:
        return 1 - (at.hour + gone) / 24
    return (sum(by_hour[at.hour + 1 :], ZERO) + by_hour[at.hour] * (1 - gone)) / whole
