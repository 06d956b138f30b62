"""Which plan would have sufficed: the peaks of the windows on the plan one has, carried over to another.

Money always prefers the smallest plan; whether it is enough only the vendor's own windows can say. Percent never
carries over to another vendor.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from usagetray.domain.advice.plans import Plan, Ratio, session_ratio, week_ratio
from usagetray.quick_dataclass import dataclass

SHORT_WINDOW = timedelta(days=1)
"""A window up to this length is the short one; longer ones are judged as weeks."""
TIGHT, FULL = Decimal("0.8"), Decimal(1)
LEAST_READINGS = 10
LEAST_WEEKS = 2
NEWEST = timedelta(days=7)


class Sufficiency(StrEnum):
    SUFFICES = "suffices"  # peak below 80 %
    JUST = "just"  # 80 to 100 %
    MAY = "may"  # above 100 % on the strict reading, not on the mild one
    NOT = "not"
    UNKNOWN = "unknown"


WORST = (Sufficiency.NOT, Sufficiency.UNKNOWN, Sufficiency.MAY, Sufficiency.JUST, Sufficiency.SUFFICES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One reading of a window."""

    at: datetime
    share: Decimal  # used; 1 is all


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """One window from its start to its reset, with what was read of it."""

    key: str  # "five_hour", "weekly"
    model: str | None = None  # set where it holds for one model only
    length: timedelta
    ends_at: datetime
    points: tuple[Point, ...]  # any order
    is_boosted: bool = False  # the vendor had doubled the limit: tells nothing about ordinary weeks

    @property
    def peak(self) -> Decimal:
        return max((point.share for point in self.points), default=Decimal(0))

    @property
    def is_short(self) -> bool:
        return self.length <= SHORT_WINDOW

    def passes_at(self, share: Decimal) -> datetime | None:
        """When a reading first stood above the share; None if none did."""
        return min((point.at for point in self.points if point.share > share), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowFit:
    """How the windows of one kind would have stood on another plan."""

    key: str
    model: str | None
    is_short: bool
    cycles: int
    peak: Decimal  # as read, on the plan one has
    p95: Decimal
    strict: Decimal  # the same peak on the other plan
    mild: Decimal
    is_assumed: bool  # no weekly multiple was published: the session's stands in
    tight: int  # cycles above 80 % there, strictly read
    over: int  # above 100 %
    waited: timedelta  # between crossing 100 % there and the reset, all cycles together
    is_censored: bool  # 100 % was reached on the plan one has: the demand is unknown, at least this
    verdict: Sufficiency


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Whether a plan would have sufficed, by its tightest window."""

    plan: Plan
    verdict: Sufficiency
    windows: tuple[WindowFit, ...]
    missing: tuple[str, ...]  # what was not read, as words the views know

    @property
    def tightest(self) -> WindowFit | None:
        return max(self.windows, key=lambda window: window.strict, default=None)


def usable(cycles: Sequence[Cycle], now: datetime) -> tuple[tuple[Cycle, ...], tuple[str, ...]]:
    """The cycles that may be judged by, and what is missing for a verdict.

    Asked for are two whole weeks with ten readings each, the newest not older than seven days.
    """
    ended = [each for each in cycles if each.ends_at <= now and not each.is_boosted]
    weeks = [each for each in ended if not each.is_short and each.model is None and len(each.points) >= LEAST_READINGS]
    missing = []
    if len(weeks) < LEAST_WEEKS:
        missing.append("weeks")
    newest = max((point.at for each in cycles for point in each.points), default=None)
    if newest is None or now - newest > NEWEST:
        missing.append("recent_readings")
    whole = {each.ends_at for each in weeks}
    kept = [each for each in ended if each.ends_at in whole or each.is_short or each.model is not None]
    return tuple(kept), tuple(missing)


def fit(cycles: Sequence[Cycle], owned: Plan, plan: Plan, now: datetime) -> Fit:
    """What the windows read on `owned` would have been on `plan`."""
    kept, missing = usable(cycles, now)
    kinds = sorted({(each.key, each.model or "") for each in kept})
    windows = []
    for key, model in kinds:
        own = [each for each in kept if (each.key, each.model or "") == (key, model)]
        ratio = (session_ratio if own[0].is_short else week_ratio)(owned, plan)
        if ratio is None:
            missing = (*missing, "multiples")
            continue
        windows.append(_window(own, ratio))
    verdict = min((window.verdict for window in windows), key=WORST.index, default=Sufficiency.UNKNOWN)
    if missing and verdict is not Sufficiency.NOT:
        verdict = Sufficiency.UNKNOWN
    return Fit(plan=plan, verdict=verdict, windows=tuple(windows), missing=tuple(dict.fromkeys(missing)))


def _window(cycles: Sequence[Cycle], ratio: Ratio) -> WindowFit:
    peaks = sorted(each.peak for each in cycles)
    peak = peaks[-1]
    strict, mild = peak * ratio.strict, peak * ratio.mild
    waited = timedelta(0)
    for each in cycles:
        crossed = each.passes_at(FULL / ratio.strict)
        if crossed is not None:
            waited += max(timedelta(0), each.ends_at - crossed)
    is_censored = peak >= FULL
    return WindowFit(
        key=cycles[0].key,
        model=cycles[0].model,
        is_short=cycles[0].is_short,
        cycles=len(cycles),
        peak=peak,
        p95=peaks[max(0, math.ceil(len(peaks) * 0.95) - 1)],
        strict=strict,
        mild=mild,
        is_assumed=ratio.is_assumed,
        tight=sum(each * ratio.strict > TIGHT for each in peaks),
        over=sum(each * ratio.strict > FULL for each in peaks),
        waited=waited,
        is_censored=is_censored,
        verdict=_verdict(strict, mild, is_censored=is_censored, is_larger=ratio.strict < 1),
    )


def _verdict(strict: Decimal, mild: Decimal, *, is_censored: bool, is_larger: bool) -> Sufficiency:
    if is_censored:
        return Sufficiency.UNKNOWN if is_larger else Sufficiency.NOT
    if strict < TIGHT:
        return Sufficiency.SUFFICES
    if strict <= FULL:
        return Sufficiency.JUST
    return Sufficiency.MAY if mild <= FULL else Sufficiency.NOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockouts:
    """How often, and how long, the plan one has was used up."""

    count: int
    waited: timedelta  # from the first reading at 100 % to the reset
    weeks: int  # of weekly windows, those among them


def lockouts(cycles: Sequence[Cycle], since: datetime, now: datetime) -> Lockouts:
    """Of windows that stop everything; those of one model are left out."""
    full = [
        each
        for each in cycles
        if each.model is None and since <= each.ends_at and any(point.share >= FULL for point in each.points)
    ]
    spans: list[tuple[datetime, datetime]] = []
    for each in full:
        first = min(point.at for point in each.points if point.share >= FULL)
        spans.append((first, min(each.ends_at, now)))
    return Lockouts(count=len(full), waited=_union(spans), weeks=sum(not each.is_short for each in full))


def _union(spans: list[tuple[datetime, datetime]]) -> timedelta:
    """Hours locked out by two windows at once count once."""
    whole, until = timedelta(0), None
    for first, last in sorted(spans):
        begin = first if until is None or first > until else until
        if last > begin:
            whole += last - begin
        until = last if until is None else max(until, last)
    return whole
