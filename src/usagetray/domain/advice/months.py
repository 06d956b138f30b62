"""Days, weeks and months: how a sum over some days becomes a figure by the month, and where this month will end.

A month is a calendar month in the user's zone. A day without use counts; a day that was not recorded does not.
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from usagetray.quick_dataclass import dataclass

WEEKS = Decimal(52) / Decimal(12)
"""Weeks in a mean month, about 4.333."""
DAYS = Decimal("365.25") / 12
SHORT = 28
"""Fewer days than this are no month: their daily mean is stretched to one."""
PACE_DAYS = 28
FEW_ACTIVE = 8
"""Below this many active days a spread cannot be told: two paces are shown instead."""
TENTH = Decimal("1.28")
"""Standard deviations to the 10th and 90th percentile of a normal sum."""


def from_week(week: Decimal) -> Decimal:
    """A month of such weeks, x 52/12."""
    return week * 52 / 12


def four_weeks(week: Decimal) -> Decimal:
    """28 days of such weeks: 7.7 % less than a month, only to explain a figure printed that way."""
    return week * 4


def prorated(monthly: Decimal, first: date, last: date) -> Decimal:
    """The fee of the days from first to last, both included: each day costs its month's share."""
    by_length = _by_length(days_of(first, last))
    return sum((monthly * count / length for length, count in by_length.items()), Decimal(0))


def days_of(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days=count) for count in range((last - first).days + 1))


def monthly(by_day: Mapping[date, Decimal], first: date, last: date) -> Decimal | None:
    """What the days from first to last come to by the month; idle days count, None without any day.

    Below 28 days: mean of a day x 365.25/12. From then on each day is 1/30 of an April and 1/31 of a May, so that
    whole calendar months give exactly their mean, and one more day without use can only lower it.
    """
    covered = days_of(first, last)
    if not covered:
        return None
    whole = sum((amount for day, amount in by_day.items() if first <= day <= last), Decimal(0))
    if len(covered) < SHORT:
        return whole / len(covered) * DAYS
    by_length = _by_length(covered)
    common = math.lcm(*by_length)
    shares = sum(count * (common // length) for length, count in by_length.items())
    return whole * common / shares


def _by_length(days: tuple[date, ...]) -> dict[int, int]:
    """How many of the days lie in months of 28, 29, 30 and 31 days."""
    found: dict[int, int] = {}
    for day in days:
        length = monthrange(day.year, day.month)[1]
        found[length] = found.get(length, 0) + 1
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthEnd:
    """Where a sum will stand when the month, or another period, is over."""

    so_far: Decimal
    point: Decimal
    low: Decimal
    high: Decimal
    is_percentile: bool  # the band is the 10th to 90th percentile; else the paces of the last week and of all days
    active_days_left: Decimal


def month_end(
    by_day: Mapping[date, Decimal],
    first: date,
    today: date,
    today_left: Decimal,
    *,
    begins: date | None = None,
    ends: date | None = None,
) -> MonthEnd | None:
    """Spent so far + mean of an active day x the active days to be expected; None without a day before today.

    `by_day` in the user's zone; `today_left` is the share of today's usual hours still to come (0 to 1). `begins` and
    `ends`: the first and last day of another period that today lies in, instead of the month.
    """
    begins = begins or today.replace(day=1)
    ends = ends or today.replace(day=monthrange(today.year, today.month)[1])
    begin = max(first, today - timedelta(days=PACE_DAYS))
    past = days_of(begin, today - timedelta(days=1))
    if not past:
        return None
    amounts = {day: by_day.get(day, Decimal(0)) for day in past}
    active = [amount for amount in amounts.values() if amount > 0]
    mean = sum(active, Decimal(0)) / len(active) if active else Decimal(0)
    chance = _active_shares(amounts)
    left = sum((chance[day.weekday()] for day in days_of(today + timedelta(days=1), ends)), Decimal(0))
    left += chance[today.weekday()] * max(Decimal(0), min(Decimal(1), today_left))
    so_far = sum((amount for day, amount in by_day.items() if begins <= day <= today), Decimal(0))
    point = so_far + mean * left
    if len(active) >= FEW_ACTIVE:
        half = TENTH * _deviation(active, mean) * left.sqrt()
        low, high, is_percentile = max(so_far, point - half), point + half, True
    else:
        lately = [amounts[day] for day in past[-7:] if amounts[day] > 0]
        pace = sum(lately, Decimal(0)) / len(lately) if lately else Decimal(0)
        low, high = sorted((so_far + pace * left, point))
        is_percentile = False
    return MonthEnd(so_far=so_far, point=point, low=low, high=high, is_percentile=is_percentile, active_days_left=left)


def _active_shares(amounts: Mapping[date, Decimal]) -> tuple[Decimal, ...]:
    """Of each weekday, Monday first, the share of days with use; for a weekday never seen, that of all days."""
    overall = Decimal(sum(amount > 0 for amount in amounts.values())) / len(amounts)
    shares = []
    for weekday in range(7):
        seen = [amount for day, amount in amounts.items() if day.weekday() == weekday]
        shares.append(Decimal(sum(amount > 0 for amount in seen)) / len(seen) if seen else overall)
    return tuple(shares)


def _deviation(amounts: list[Decimal], mean: Decimal) -> Decimal:
    if len(amounts) < 2:
        return Decimal(0)
    return (sum(((amount - mean) ** 2 for amount in amounts), Decimal(0)) / (len(amounts) - 1)).sqrt()
