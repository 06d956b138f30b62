"""The history as it is drawn: a bar for each local day, a cell for each hour of the week, and what they add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Literal, NamedTuple

from usagetray.domain.cost import ZERO
from usagetray.domain.history_days import DaySums, Part
from usagetray.quick_dataclass import dataclass

By = Literal["model", "project"]
Unit = Literal["cost", "tokens"]

SPANS = (7, 30, 90, 365)
RANKED_OVER = 90
"""Days over which models and projects are ranked: a colour stays with its model when the span is changed."""
MOST_SERIES = 5
BUSIEST_HOURS = 3
PICO_DIGITS = 12
HOURS = 24
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryWish:
    days: int = 30  # today included
    by: By = "model"
    unit: Unit = "cost"

    @property
    def reach(self) -> int:
        """Days that have to be known."""
        return max(self.days, RANKED_OVER)


class Amount(NamedTuple):
    tokens: int = 0
    usd: Decimal = ZERO  # of what has a price, at list prices
    unpriced: int = 0  # tokens without a price
    is_least: bool = False  # something in it has no price: say "at least"

    @property
    def is_unknown(self) -> bool:
        """Something was used, and nothing of it has a price: that is not $0."""
        return self.is_least and not self.usd

    def value(self, unit: Unit) -> float:
        """For lengths and shades."""
        return float(self.usd) if unit == "cost" else float(self.tokens)


NOTHING = Amount()


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A model or project, or the rest of them."""

    key: str  # canonical id of a model, or a project's folder; "" for a project without one
    total: Amount
    share: float | None  # of the whole; None where that is nothing
    others: int = 0  # over 0: stands for so many that are not shown by themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    day: date
    total: Amount  # with what the series leave out
    parts: tuple[Amount, ...]  # one for each of the series


class Hour(NamedTuple):
    """An hour of the week."""

    total: Amount
    times: int  # how many such hours there were

    def mean(self, unit: Unit) -> float:
        return self.total.value(unit) / self.times if self.times else 0.0


class Busiest(NamedTuple):
    weekday: int  # 0 Monday
    first: int  # hours, both included
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    wish: HistoryWish
    today: date
    kept_since: date | None = None  # the first local day with use, ever; None: nothing was counted yet
    series: tuple[Series, ...] = ()
    bars: tuple[Bar, ...] = ()  # oldest first, days without use too
    total: Amount = NOTHING
    cache_share: float | None = None  # of all prompts, what was read from a cache
    cache_saved: Decimal | None = None  # None where nothing has a price
    hour_unit: Unit = "cost"  # what hours are compared by: tokens where nothing has a price
    week: tuple[tuple[Hour, ...], ...] = ()  # seven days from Monday, 24 hours each
    busiest_hours: tuple[int | None, ...] = ()  # of each weekday; None without use
    busiest: Busiest | None = None
    unpriced: tuple[str, ...] = ()  # models without a price, most tokens first
    logs_read: tuple[int, int] | None = None  # bytes done and in all, while logs are being read


@dataclass(frozen=True, slots=True, kw_only=True)
class HistorySums:
    """What every wish is answered from."""

    read_at: datetime
    zone: tzinfo
    days: tuple[DaySums, ...] = ()  # in the order of time; those that the last `reach` local days lie in
    reach: int = RANKED_OVER
    kept_since: date | None = None
    logs_read: tuple[int, int] | None = None

    @property
    def last_day(self) -> date:
        return self.read_at.astimezone(self.zone).date()


def history(sums: HistorySums, wish: HistoryWish) -> History:
    """`sums` reach as far back as the wish does."""
    today = sums.last_day
    first = today - timedelta(days=wish.days - 1)
    if sums.kept_since is None:
        return History(wish=wish, today=today, logs_read=sums.logs_read)
    by_model = [each.models for each in sums.days]
    chosen = by_model if wish.by == "model" else [each.projects for each in sums.days]
    ranked = _totals(chosen, today - timedelta(days=wish.reach - 1), today)
    shown = _totals(chosen, first, today)
    names = _named(shown, ranked, wish.unit)
    total = added(shown.values())
    series = _series(names, shown, total, wish.unit)
    bars = _bars(chosen, names, len(series), first, today)
    prompts = _prompts(sums.days, first, today)
    prompt, read, saved = (sum(column) for column in zip((0, 0, 0), *prompts, strict=True))
    week = _week(sums, max(first, sums.kept_since))
    hour_unit: Unit = "tokens" if total.is_unknown else wish.unit
    models = shown if wish.by == "model" else _totals(by_model, first, today)
    without = [name for name, amount in models.items() if amount.unpriced]
    return History(
        wish=wish,
        today=today,
        kept_since=sums.kept_since,
        series=series,
        bars=bars,
        total=total,
        cache_share=read / prompt if prompt else None,
        cache_saved=Decimal(saved).scaleb(-PICO_DIGITS) if total.usd else None,
        hour_unit=hour_unit,
        week=week,
        busiest_hours=tuple(_busiest_hour(each, hour_unit) for each in week),
        busiest=_busiest(week, hour_unit),
        unpriced=tuple(sorted(without, key=lambda name: (-models[name].unpriced, name))),
        logs_read=sums.logs_read,
    )


def added(amounts: Iterable[Amount]) -> Amount:
    tokens, usd, unpriced, is_least = NOTHING
    for each in amounts:
        tokens += each.tokens
        usd += each.usd
        unpriced += each.unpriced
        is_least |= each.is_least
    return Amount(tokens, usd, unpriced, is_least)


def _amount(sums: Sequence[int]) -> Amount:
    return Amount(sums[0], Decimal(sums[1]).scaleb(-PICO_DIGITS), sums[2], bool(sums[3]))


def _add(sums: list[int], part: Part) -> None:
    sums[0] += part.tokens
    sums[1] += part.pico
    sums[2] += part.unpriced
    sums[3] |= part.is_least


# ---- models and projects -----------------------------------------------------------------------------------


def _totals(chosen: Iterable[Iterable[Part]], first: date, last: date) -> dict[str, Amount]:
    low, high = first.toordinal(), last.toordinal()
    found: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for parts in chosen:
        for part in parts:
            if low <= part.day <= high:
                _add(found[part.key], part)
    return {key: _amount(sums) for key, sums in found.items()}


def _named(shown: Mapping[str, Amount], ranked: Mapping[str, Amount], unit: Unit) -> tuple[str, ...]:
    """The largest of the span, in an order that does not change with span or unit."""
    drawn = [key for key, amount in shown.items() if amount.value(unit)]
    largest = sorted(drawn, key=lambda key: (-shown[key].value(unit), key))[:MOST_SERIES]
    return tuple(sorted(largest, key=lambda key: (-ranked[key].usd, -ranked[key].tokens, key)))


def _series(names: Sequence[str], shown: Mapping[str, Amount], total: Amount, unit: Unit) -> tuple[Series, ...]:
    whole = total.value(unit)

    def share(amount: Amount) -> float | None:
        return amount.value(unit) / whole if whole else None

    found = [Series(key=key, total=shown[key], share=share(shown[key])) for key in names]
    left = {key: amount for key, amount in shown.items() if key not in names}
    others = [amount for amount in left.values() if amount.value(unit)]
    if len(left) == 1 and others:  # "Other" would say less of it, and be no shorter
        found += [Series(key=key, total=amount, share=share(amount)) for key, amount in left.items()]
    elif others:
        rest = added(others)
        found.append(Series(key="", total=rest, share=share(rest), others=len(others)))
    return tuple(found)


def _bars(
    chosen: Sequence[Iterable[Part]], names: Sequence[str], series: int, first: date, last: date
) -> tuple[Bar, ...]:
    """What is not named comes last of the parts, and only into the total where it is none of the series."""
    low, count = first.toordinal(), (last - first).days + 1
    at, rest = {key: number for number, key in enumerate(names)}, len(names)
    sums = [[[0, 0, 0, 0] for _ in range(rest + 1)] for _ in range(count)]
    for parts in chosen:
        for part in parts:
            if low <= part.day < low + count:
                _add(sums[part.day - low][at.get(part.key, rest)], part)
    amounts = [tuple(map(_amount, own)) for own in sums]
    return tuple(
        Bar(day=first + timedelta(days=number), total=added(own), parts=own[:series])
        for number, own in enumerate(amounts)
    )


def _prompts(known: Iterable[DaySums], first: date, last: date) -> list[tuple[int, int, int]]:
    low, high = first.toordinal(), last.toordinal()
    return [(one.prompt, one.read, one.saved) for each in known for one in each.prompts if low <= one.day <= high]


# ---- hours -------------------------------------------------------------------------------------------------


def _week(sums: HistorySums, first: date) -> tuple[tuple[Hour, ...], ...]:
    low, high = first.toordinal(), sums.last_day.toordinal()
    found = [[[0, 0, 0, 0] for _ in range(HOURS)] for _ in range(7)]
    for each in sums.days:
        for part in each.hours:
            if low <= part.day <= high:
                _add(found[date.fromordinal(part.day).weekday()][int(part.key)], part)
    times = hours_until(first, sums.read_at, sums.zone)
    return tuple(
        tuple(Hour(_amount(found[weekday][hour]), times[weekday][hour]) for hour in range(HOURS))
        for weekday in range(7)
    )


def hours_until(first: date, now: datetime, zone: tzinfo) -> list[list[int]]:
    """How often each hour of the week began since that local day, by the clocks as they were set back and forth."""
    quarters = [[0] * HOURS for _ in range(7)]
    day, today = first, now.astimezone(zone).date()
    while day <= today:
        starts_at, ends_at = _begins(day, zone), _begins(day + timedelta(days=1), zone)
        own = quarters[day.weekday()]
        if ends_at <= now and ends_at - starts_at == timedelta(hours=HOURS):
            for hour in range(HOURS):
                own[hour] += 4
        else:
            while starts_at < min(ends_at, now):
                own[starts_at.astimezone(zone).hour] += 1
                starts_at += QUARTER
        day += timedelta(days=1)
    return [[-(-count // 4) for count in own] for own in quarters]


def _begins(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _busiest_hour(hours: Sequence[Hour], unit: Unit) -> int | None:
    most = max(range(HOURS), key=lambda hour: hours[hour].mean(unit))
    return most if hours[most].mean(unit) else None


def _busiest(week: Sequence[Sequence[Hour]], unit: Unit) -> Busiest | None:
    """The three hours of a weekday in which most was used; fewer where one at their end was idle."""
    best, most = None, 0.0
    for weekday, hours in enumerate(week):
        means = [hour.mean(unit) for hour in hours]
        for first in range(HOURS - BUSIEST_HOURS + 1):
            found = sum(means[first : first + BUSIEST_HOURS])
            if found > most:
                best, most = Busiest(weekday, first, first + BUSIEST_HOURS - 1), found
    if best is None:
        return None
    used = [hour for hour in range(best.first, best.last + 1) if week[best.weekday][hour].mean(unit)]
    return Busiest(best.weekday, used[0], used[-1])
