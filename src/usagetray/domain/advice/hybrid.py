"""A plan and the API behind it: what falls after a full window is priced at list."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate

from usagetray.domain.advice.plan_choice import Cycle
from usagetray.quick_dataclass import dataclass

LEAST_PEAK = Decimal("0.1")
"""A cycle that moved less than this tells too little of what one percent holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What a full window holds, in dollars at list prices; low and high from the cycles it was measured on."""

    length: timedelta
    low: Decimal
    point: Decimal
    high: Decimal

    def scaled(self, times: Decimal) -> Capacity:
        return Capacity(length=self.length, low=self.low * times, point=self.point * times, high=self.high * times)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """One priced response under the plan."""

    at: datetime
    usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Overflow:
    usd: Decimal  # at list, of what came after a full window
    responses: int
    waited: timedelta  # from a full window to its reset, counted once where two were full


@dataclass(frozen=True, slots=True, kw_only=True)
class Hybrid:
    """By the month: the fee alone if nothing went on, or all of the overflow on the API."""

    low: Decimal
    high: Decimal


def hybrid(fee: Decimal, api_low: Decimal, api_high: Decimal) -> Hybrid:
    return Hybrid(low=fee + api_low, high=fee + api_high)


def measured(cycles: Sequence[Cycle], spent: Sequence[Spent]) -> Capacity | None:
    """What 100 % holds: dollars at list within a cycle / how far it moved. None where no cycle moved enough.

    Use from elsewhere moves the window too, so the true capacity is at least this.
    """
    ordered = sorted(spent, key=lambda row: row.at)
    at = [row.at for row in ordered]
    until = list(accumulate((row.usd for row in ordered), initial=Decimal(0)))
    found = []
    for each in cycles:
        if each.peak < LEAST_PEAK or each.model is not None or each.is_boosted:
            continue
        last = max(point.at for point in each.points if point.share == each.peak)
        begin = each.ends_at - each.length
        within = until[bisect_right(at, last)] - until[bisect_left(at, begin)]
        if within > 0:
            found.append(within / each.peak)
    if not found:
        return None
    found.sort()
    middle = len(found) // 2
    point = found[middle] if len(found) % 2 else (found[middle - 1] + found[middle]) / 2
    return Capacity(length=cycles[0].length, low=found[0], point=point, high=found[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    short: timedelta
    week: timedelta
    anchor: datetime | None  # one reset of the week that was read; None: it starts with the first use


def walk(spent: Iterable[Spent], short: Decimal | None, week: Decimal | None, windows: Windows) -> Overflow:
    """The responses in time order through a short window and a week that hold so many dollars each.

    A short window starts with the first use after the last one ended; a week at the reset that was read. Use after a
    full window does not count against either until the reset: it went to the API.
    """
    usd, count = Decimal(0), 0
    short_state, week_state = _Window(short, windows.short), _Window(week, windows.week, windows.anchor)
    waited = timedelta(0)
    locked_until: datetime | None = None
    for row in sorted(spent, key=lambda each: (each.at, each.usd)):
        short_state.enter(row.at)
        week_state.enter(row.at)
        if short_state.is_full or week_state.is_full:
            usd += row.usd
            count += 1
            continue
        room = min(each.room for each in (short_state, week_state))
        inside = min(row.usd, room)
        short_state.take(inside)
        week_state.take(inside)
        if inside < row.usd:
            usd += row.usd - inside
            count += 1
        ends = [each.ends_at for each in (short_state, week_state) if each.is_full and each.ends_at is not None]
        if ends:
            begin = row.at if locked_until is None or row.at > locked_until else locked_until
            until = max(ends)
            waited += max(timedelta(0), until - begin)
            locked_until = until
    return Overflow(usd=usd, responses=count, waited=waited)


class _Window:
    """A window that fills up; one whose capacity is None never does."""

    def __init__(self, capacity: Decimal | None, length: timedelta, anchor: datetime | None = None) -> None:
        self.capacity, self.length, self.anchor = capacity, length, anchor
        self.used = Decimal(0)
        self.ends_at: datetime | None = None

    @property
    def room(self) -> Decimal:
        return Decimal("Infinity") if self.capacity is None else max(Decimal(0), self.capacity - self.used)

    @property
    def is_full(self) -> bool:
        return self.room <= 0

    def enter(self, at: datetime) -> None:
        if self.ends_at is not None and at < self.ends_at:
            return
        self.used = Decimal(0)
        if self.anchor is None:
            self.ends_at = at + self.length
        else:
            self.ends_at = self.anchor + self.length * (((at - self.anchor) // self.length) + 1)

    def take(self, usd: Decimal) -> None:
        self.used += usd


def bounded(fee: Decimal, equivalent: Decimal, cycles: Sequence[Cycle], times: Decimal) -> Hybrid:
    """Without a measured capacity: fee + E x the share of use that lay in weeks above 100 % of the smaller plan."""
    peaks = [each.peak * times for each in cycles if not each.is_short and each.model is None]
    whole = sum(peaks, Decimal(0))
    above = sum((peak for peak in peaks if peak > 1), Decimal(0))
    share = above / whole if whole > 0 else Decimal(0)
    return Hybrid(low=fee, high=fee + equivalent * share)
