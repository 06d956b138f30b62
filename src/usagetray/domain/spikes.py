"""Spend spikes: a clock hour, or a session within one, that costs far more than this user's own usual.

The measure is robust: a median and the median of the deviations from it, so that one dear day in eight weeks changes
nothing. What an hour has cost so far is compared with whole hours: a spike is never said too early.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal

from usagetray.domain.alerts import Told
from usagetray.domain.spending import EPOCH, QUARTER, ZERO, Amount, Share, Spend, quarter_of, shares
from usagetray.quick_dataclass import dataclass

WEEKS = 8
LEAST_WEEKS = 4
"""With fewer of this weekday and hour on record nobody can say what is usual."""
LEAST_HOURS = 20
"""Of use, before the usual hours of work, or a session's, are a measure."""
AROUND = (-1, 0, 1)
"""Hours whose dearest speaks for a week: who begins half an hour later is not unusual."""
TIMES = 3
DEVIATIONS = Decimal("7.413")  # 5 x 1.4826, which makes the median deviation one of a normal distribution
FLOOR = Decimal(5)
"""Dollars above the usual: less is not worth a word, however many times the usual it is."""
HIGH_RANK, HIGH_TIMES = Decimal("0.95"), 2
"""Where all hours are one heap, from calm to busy: also twice what 19 of 20 of them cost."""
HOUR = timedelta(hours=1)
QUIET = timedelta(hours=2)
"""A spike that comes back within this is still the same one."""
SAID = "spikes"
"""Where a provider stands for windows, in what is kept of alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spike:
    """An hour that is far dearer than usual; of everything, or of one session."""

    session: str  # "": of everything
    starts_at: datetime  # the clock hour
    ends_at: datetime
    usd: Decimal  # so far
    usual: Decimal  # median; 0 where such an hour is seldom used
    by_weekday: bool  # measured by this weekday and hour; else by the usual hours of work
    project: str  # dearest in it
    causes: tuple[tuple[str, tuple[Share, ...]], ...]

    @property
    def id(self) -> tuple[str, str, str]:
        return SAID, self.session, "session" if self.session else "hour"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What such an hour costs; `limit` is where a spike begins."""

    median: Decimal
    limit: Decimal
    by_weekday: bool


# ---- what is usual -----------------------------------------------------------------------------------------


def usual_hour(amounts: Mapping[int, Amount], now: datetime, zone: tzinfo) -> Usual | None:
    """Of the hour that it is now, by the same weekday and hour of the last weeks; None with too little on record.

    `amounts`: dollars by quarter of an hour of the last eight weeks. Where that hour was idle in most weeks, the hours
    of work speak.
    """
    used = [quarter for quarter, amount in amounts.items() if amount.usd]
    if not used:
        return None
    begin = EPOCH + min(used) * QUARTER
    hour = now.astimezone(zone).replace(minute=0, second=0, microsecond=0, tzinfo=None)
    samples = []
    for week in range(1, WEEKS + 1):
        # By the user's clock: a week with a clock change is an hour shorter or longer, and Monday at nine still is.
        then = hour - timedelta(weeks=week)
        around = [(then + each * HOUR).replace(tzinfo=zone).astimezone(UTC) for each in AROUND]
        if around[0] >= begin:
            samples.append(max(_hour_of(amounts, at) for at in around))
    if len(samples) < LEAST_WEEKS:
        return None
    middle = median(samples)
    if middle:
        return Usual(median=middle, limit=_limit(samples, middle), by_weekday=True)
    now_q = quarter_of(now)
    hours: defaultdict[int, Decimal] = defaultdict(Decimal)
    for quarter in used:
        if quarter // 4 < now_q // 4:
            hours[quarter // 4] += amounts[quarter].usd
    return usual_of(list(hours.values()))


def usual_of(hours: Sequence[Decimal]) -> Usual | None:
    """Of hours with use, whenever they were: all of them, or those of each session."""
    if len(hours) < LEAST_HOURS:
        return None
    middle = median(hours)
    high = sorted(hours)[min(len(hours) - 1, int(len(hours) * HIGH_RANK))]
    return Usual(median=middle, limit=max(_limit(hours, middle), high * HIGH_TIMES), by_weekday=False)


def median(samples: Sequence[Decimal]) -> Decimal:
    """As the standard library has it, whose module takes longer to import than a status bar has."""
    ordered, half = sorted(samples), len(samples) // 2
    return ordered[half] if len(samples) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _limit(samples: Sequence[Decimal], middle: Decimal) -> Decimal:
    deviation = median([abs(each - middle) for each in samples])
    return max(middle + DEVIATIONS * deviation, middle * TIMES, middle + FLOOR)


def _hour_of(amounts: Mapping[int, Amount], at: datetime) -> Decimal:
    first = quarter_of(at)
    return sum((amounts[each].usd for each in range(first, first + 4) if each in amounts), ZERO)


def session_hours(rows: Iterable[Spend]) -> dict[tuple[str, int], Decimal]:
    """What each session cost in each hour (number since 1970 UTC) with use."""
    found: defaultdict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.session and row.usd:
            found[row.session, row.quarter // 4] += row.usd
    return dict(found)


# ---- what is not -------------------------------------------------------------------------------------------


def spikes(
    rows: Iterable[Spend], hour: Usual | None, session: Usual | None, now: datetime, zone: tzinfo
) -> tuple[Spike, ...]:
    """Those of the clock hour that it is now. Where the whole hour is one, its sessions are its cause, and no more.

    `rows`: of this hour at the least. `hour`, `session`: what they cost usually; None: too little is on record.
    """
    local = now.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    starts_at = local.astimezone(UTC)
    first = quarter_of(starts_at)
    mine = [row for row in rows if first <= row.quarter < first + 4]
    usd = sum((row.usd for row in mine), ZERO)
    if hour is None:
        return ()
    if usd > hour.limit:
        return (_spike(mine, "", hour, starts_at),)
    if session is None or usd <= session.limit:
        return ()
    by_session: defaultdict[str, list[Spend]] = defaultdict(list)
    for row in mine:
        by_session[row.session].append(row)
    return tuple(
        _spike(own, name, session, starts_at)
        for name, own in sorted(by_session.items())
        if name and sum((row.usd for row in own), ZERO) > session.limit
    )


def _spike(rows: Sequence[Spend], session: str, usual: Usual, starts_at: datetime) -> Spike:
    named: tuple[tuple[str, Callable[[Spend], str]], ...] = (
        ("project", lambda row: row.project),
        ("session", lambda row: row.session),
        ("model", lambda row: row.model),
    )
    causes = tuple((kind, shares(rows, name)) for kind, name in named)
    return Spike(
        session=session,
        starts_at=starts_at,
        ends_at=starts_at + HOUR,
        usd=sum((row.usd for row in rows), ZERO),
        usual=usual.median,
        by_weekday=usual.by_weekday,
        project=causes[0][1][0].name if causes[0][1] else "",
        causes=causes,
    )


def is_news(spike: Spike, told: Told | None, now: datetime) -> tuple[bool, Told]:
    """Whether its episode begins, and what to remember: until when what comes is still the same episode."""
    ends_at = spike.ends_at + QUIET
    if told is None or told.cycle_ends_at is None or now >= told.cycle_ends_at:
        return True, Told(cycle_ends_at=ends_at, threshold=1.0)
    return False, Told(cycle_ends_at=max(told.cycle_ends_at, ends_at), threshold=1.0)
