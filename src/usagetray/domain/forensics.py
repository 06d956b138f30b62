"""Why a window stands where it does: each rise of its figure, shared out over what was used meanwhile.

A server states a share, and says nothing of what it is made of; logs tell what was used on this computer, and no
share. Between two readings both moved, so the rise belongs to the responses in between, by what each of them weighs.
How much of a window a dollar's worth takes shows over several rises; what a rise has beyond that was used where no
log of ours tells of it, and is never laid on a session.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from usagetray.domain.weighing import Use, Weighed
from usagetray.domain.windows import SAME_ACTIVITY
from usagetray.quick_dataclass import dataclass

POINT = 0.01
"""Most servers state whole percents: a smaller step is the rounding's."""
SAME_CYCLE = timedelta(minutes=10)
"""A reset moved by less than this is the same reset, restated."""
SKEW = timedelta(seconds=90)
"""A reading may be that much older than it says, and a log's line that much later than the request was counted."""
RATE_STEP = 0.03
"""Rises are put together to this before a rate is read off them: of one point half may be rounding."""
LEAST_RATES, LEAST_RISE = 3, 0.05
"""Rises, and their sum, before a rate is believed."""
LATELY = timedelta(hours=1)
"""What led to a figure is looked for in so long before it."""
DOUBT = 0.35
"""A rise may be this much larger than the rate says and still be of the logs: vendors do not weigh as prices do."""


class Reading(NamedTuple):
    """What a server said of one window."""

    at: datetime
    used: float  # share
    resets_at: datetime | None


class Charged(NamedTuple):
    """A use and what it took of the window."""

    use: Use
    share: float  # of the whole window


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rise of the figure, between two readings. What was charged and what is from elsewhere add up to it."""

    starts_at: datetime
    ends_at: datetime
    rise: float  # share of the whole window, above zero
    elsewhere: float  # of it, explained by no log: other devices, the web, or logs that are gone
    charged: tuple[Charged, ...]  # in the order of time


class Part(NamedTuple):
    """What one session, project or model took of the window."""

    name: str
    share: float
    responses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One cycle of a window, taken apart."""

    starts_at: datetime
    resets_at: datetime
    used: float  # share, as last stated; the rises of all steps come to it
    stated_at: datetime
    steps: tuple[Step, ...]
    before: tuple[Use, ...]  # of the days before the cycle: what its conversations continue
    waiting: int  # responses after the last rise, in no figure yet
    can_tell: bool  # enough is known to tell use from elsewhere where there was use here as well
    unpriced: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))  # tokens by model
    by_tokens: bool = False

    @property
    def elsewhere(self) -> float:
        return sum(step.elsewhere for step in self.steps)

    @property
    def charged(self) -> tuple[Charged, ...]:
        return tuple(itertools.chain.from_iterable(step.charged for step in self.steps))

    @property
    def sure_steps(self) -> tuple[Step, ...]:
        """Those of which a single use may be called the cause.

        A first reading that came late in its cycle is no such thing while no rate is known: much of it may be of a
        time from which no log is left.
        """
        return self.steps[1:] if self.steps and _is_late(self.steps[0]) and not self.can_tell else self.steps

    def by(self, name: Callable[[Use], str]) -> tuple[Part, ...]:
        """Largest first. With `elsewhere` they add up to `used`."""
        return parts(self.charged, name)


def _is_late(first: Step) -> bool:
    return first.ends_at - first.starts_at > LATELY


def parts(charged: Iterable[Charged], name: Callable[[Use], str]) -> tuple[Part, ...]:
    shares: defaultdict[str, float] = defaultdict(float)
    counts: defaultdict[str, int] = defaultdict(int)
    for use, share in charged:
        key = name(use)
        shares[key] += share
        counts[key] += bool(use.prompt)
    found = (Part(key, share, counts[key]) for key, share in shares.items())
    return tuple(sorted(found, key=lambda each: (-each.share, each.name)))


def why(
    readings: Iterable[Reading], weighed: Weighed, length: timedelta, resets_at: datetime | None = None
) -> Why | None:
    """The cycle that ends at `resets_at`, else the newest. None where no reading says when that is.

    `readings` of one window and `weighed` in no order, both with some time before the cycle, from which the rate is
    learned as well.
    """
    cycles = _cycles(readings, length)
    wanted = [each for each in cycles if resets_at is None or abs(each.resets_at - resets_at) <= SAME_CYCLE]
    if not wanted:
        return None
    cycle = wanted[-1]
    uses = sorted(weighed.uses)
    at = [each.at for each in uses]
    rate = _rate([step for each in cycles for step in _steps(each, uses, at)])
    rises = _settled(_steps(cycle, uses, at), rate)
    before = tuple(uses[: bisect_right(at, cycle.points[0].at)])
    steps = [_shared_out(each, rate) for each in rises]
    if steps and rate is None and not before and _is_late(steps[0]):
        # Logs that begin within the cycle, too: what was used before them, and before the first reading, is unknown.
        steps[0] = replace(
            steps[0], elsewhere=steps[0].rise, charged=tuple(each._replace(share=0.0) for each in steps[0].charged)
        )
    last = cycle.points[-1]
    counted_to = steps[-1].ends_at if steps else cycle.points[0].at
    return Why(
        starts_at=cycle.points[0].at,
        resets_at=cycle.resets_at,
        used=last.used,
        stated_at=cycle.stated_at,
        steps=tuple(steps),
        before=before,
        waiting=sum(1 for each in uses if each.prompt and counted_to + SAME_ACTIVITY < each.at < cycle.resets_at),
        can_tell=rate is not None,
        unpriced=weighed.unpriced,
        by_tokens=weighed.by_tokens,
    )


# ---- readings ----------------------------------------------------------------------------------------------


class _Point(NamedTuple):
    at: datetime
    used: float


@dataclass(frozen=True, slots=True)
class _Cycle:
    resets_at: datetime
    points: tuple[_Point, ...]  # ever higher; the first is its beginning, at nothing
    stated_at: datetime  # of the newest reading


def _cycles(readings: Iterable[Reading], length: timedelta) -> list[_Cycle]:
    """Oldest first. What a server says of a window in which nothing was used yet moves with the clock, and is none."""
    groups: list[list[Reading]] = []
    known = [each for each in readings if each.resets_at is not None and each.used > 0]
    for reading in sorted(known, key=lambda each: (each.resets_at, each.at, each.used)):
        first = groups[-1][0].resets_at if groups else None
        if first is not None and reading.resets_at is not None and reading.resets_at - first <= SAME_CYCLE:
            groups[-1].append(reading)
        else:
            groups.append([reading])
    cycles: list[_Cycle] = []
    for group in groups:
        ends_at = group[0].resets_at
        assert ends_at is not None  # noqa: S101 - those without were left out
        in_order = sorted(group, key=lambda each: (each.at, each.used))
        begins = ends_at - length
        if cycles and begins < cycles[-1].stated_at < in_order[0].at:
            begins = cycles[-1].stated_at  # the vendor began anew before the end
        points = [_Point(min(begins, in_order[0].at), 0.0)]
        for reading in in_order:
            # A lower figure within a cycle is an older one, told late by a session that was left open.
            if reading.used > points[-1].used:
                points.append(_Point(reading.at, reading.used))
        cycles.append(_Cycle(ends_at, tuple(points), in_order[-1].at))
    return cycles


# ---- steps -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Rise:
    starts_at: datetime
    ends_at: datetime
    rise: float
    uses: tuple[Use, ...]

    @property
    def weight(self) -> float:
        return sum(each.weight for each in self.uses)

    def with_next(self, other: _Rise) -> _Rise:
        return _Rise(self.starts_at, other.ends_at, self.rise + other.rise, self.uses + other.uses)


def _steps(cycle: _Cycle, uses: Sequence[Use], at: Sequence[datetime]) -> list[_Rise]:
    """Rises of a point or more; what is less at the end belongs to the last one."""
    found: list[_Rise] = []
    base = cycle.points[0]
    for number, point in enumerate(cycle.points[1:], 1):
        rise, is_last = point.used - base.used, number == len(cycle.points) - 1
        if rise < POINT - 1e-9 and not is_last:
            continue
        # A log's line written this soon after a figure is of the very message that brought the figure.
        first = bisect_right(at, base.at + SAME_ACTIVITY) if found else bisect_right(at, base.at)
        step = _Rise(base.at, point.at, rise, tuple(uses[first : bisect_right(at, point.at + SAME_ACTIVITY)]))
        if rise < POINT - 1e-9 and found:
            step = found.pop().with_next(step)
        found.append(step)
        base = point
    return found


def _settled(steps: Sequence[_Rise], rate: float | None) -> list[_Rise]:
    """Where a rise came a moment before or after the use it belongs to, the two neighbours are one."""
    found: list[_Rise] = []
    for step in steps:
        if found and rate is not None and _is_split(found[-1], step, rate):
            step = found.pop().with_next(step)
        found.append(step)
    return found


def _is_split(one: _Rise, other: _Rise, rate: float) -> bool:
    excess, lack = other.rise - rate * other.weight, rate * one.weight - one.rise
    if excess > POINT and lack > POINT:  # used before the reading, stated after it
        return one.uses[-1].at > other.starts_at - SKEW
    excess, lack = -lack, -excess
    return excess > POINT and lack > POINT and other.uses[0].at < other.starts_at + SKEW


def _rate(steps: Iterable[_Rise]) -> float | None:
    """What a weight of one takes of the window; None while too little is known.

    The lower median of what rises say, by weight: use from elsewhere makes single ones larger, and never smaller.
    """
    rates: list[tuple[float, float]] = []
    rise = weight = total = 0.0
    for step in steps:
        if not step.weight:
            continue
        rise, weight = rise + step.rise, weight + step.weight
        if rise >= RATE_STEP:
            rates.append((rise / weight, weight))
            total += rise
            rise = weight = 0.0
    if len(rates) < LEAST_RATES or total < LEAST_RISE:
        return None
    half, passed = sum(each for _, each in rates) / 2, 0.0
    for found, weight in sorted(rates):
        passed += weight
        if passed >= half:
            return found
    return None


def _shared_out(step: _Rise, rate: float | None) -> Step:
    weight = step.weight
    elsewhere = 0.0
    if not weight:
        elsewhere = step.rise
    elif rate is not None:
        expected = rate * weight
        excess = step.rise - expected
        if excess > max(POINT, DOUBT * expected):
            elsewhere = excess
    per_weight = (step.rise - elsewhere) / weight if weight else 0.0
    return Step(
        starts_at=step.starts_at,
        ends_at=step.ends_at,
        rise=step.rise,
        elsewhere=elsewhere,
        charged=tuple(Charged(use, use.weight * per_weight) for use in step.uses),
    )


# ---- what is behind the last hour --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What most of a rise is from. Without a project: from elsewhere."""

    project: str | None
    session: str = ""  # the one that took most there
    agents: int = 0  # sub-agents at work there
    share: float  # of the window
    rise: float  # of the window, in all


MOST = 0.5
"""Of a rise: from here on "mostly" is true."""


def cause(found: Why, now: datetime, span: timedelta = LATELY) -> Cause | None:
    """What most of the rise of the last hour is from; None where nothing is most of it, or nothing rose."""
    since = now - span
    steps = [each for each in found.sure_steps if each.ends_at > since]
    # Of a step that began before the hour all counts: when in it the figure rose, nobody knows.
    rise, charged = sum(each.rise for each in steps), [one for each in steps for one in each.charged]
    if rise < POINT - 1e-9:
        return None
    elsewhere = sum(each.elsewhere for each in steps)
    if elsewhere > MOST * rise:
        return Cause(project=None, share=elsewhere, rise=rise)
    first = next(iter(parts(charged, lambda use: use.project)), None)
    if first is None or first.share <= MOST * rise:
        return None
    own = [each for each in charged if each.use.project == first.name]
    return Cause(
        project=first.name,
        session=parts(own, lambda use: use.session)[0].name,
        agents=len({(each.use.session, each.use.agent) for each in own if each.use.agent}),
        share=first.share,
        rise=rise,
    )
