"""One's own responses, priced one by one and added up by day: what advice stands on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal

from usagetray.domain.advice import months
from usagetray.domain.advice.hybrid import Spent
from usagetray.domain.pricing import Price, price
from usagetray.domain.rates import RateTable
from usagetray.quick_dataclass import dataclass
from usagetray.usage import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One response with the list prices of its attempts."""

    response: Response
    prices: tuple[Price, ...]
    is_covered: bool  # by a plan; else it is billed whatever plan there is
    usd: Decimal  # of what has a price
    tokens: int

    @property
    def unpriced_tokens(self) -> int:
        pairs = zip(self.response.attempts, self.prices, strict=True)
        return sum(attempt.tokens.total for attempt, each in pairs if each.usd is None)


def lines_of(responses: Iterable[Response], table: RateTable, is_api: Callable[[Response], bool]) -> tuple[Line, ...]:
    """In time order. Fast attempts are billed beside any plan, so a response with one is not covered."""
    found = []
    for response in responses:
        prices = tuple(price(each, table) for each in response.attempts)
        is_fast = any(each.fast for each in prices)
        found.append(
            Line(
                response=response,
                prices=prices,
                is_covered=not is_api(response) and not is_fast,
                usd=sum((each.usd for each in prices if each.usd is not None), Decimal(0)),
                tokens=sum(attempt.tokens.total for attempt in response.attempts),
            )
        )
    return tuple(sorted(found, key=_order))


def _order(line: Line) -> tuple[datetime, str, str, Decimal, int]:
    """Of equal instants too the order is one and the same, whatever order the logs were read in."""
    response = line.response
    return response.at, response.provider, response.session, line.usd, line.tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Lines added up. Means leave out a last day that is not over, once there are more than three days."""

    lines: tuple[Line, ...]
    first: date
    last: date  # last day of the means
    until: date  # last day with records
    by_day: Mapping[date, Decimal]
    usd: Decimal
    tokens: int
    unpriced_tokens: int
    prompt: int
    cache_read: int
    by_category: Mapping[str, Decimal]
    sessions: int

    @property
    def days(self) -> int:
        """From the first record to the last, idle days included."""
        return (self.until - self.first).days + 1

    @property
    def active_days(self) -> int:
        return sum(amount > 0 for amount in self.by_day.values())

    @property
    def month(self) -> Decimal:
        """At list prices, by the month."""
        return months.monthly(self.by_day, self.first, self.last) or Decimal(0)

    @property
    def months(self) -> Decimal:
        """How many months the sums of all days stand for; multiply by 1 / this to get from a sum to a month."""
        return self.usd / self.month if self.month > 0 else Decimal(0)

    @property
    def cached_share(self) -> Decimal | None:
        return Decimal(self.cache_read) / self.prompt if self.prompt else None

    @property
    def output_share(self) -> Decimal | None:
        """Of the bill."""
        return self.by_category.get("output", Decimal(0)) / self.usd if self.usd > 0 else None

    @property
    def busiest_week(self) -> Decimal:
        """The most that any seven days in a row hold."""
        covered = months.days_of(self.first, self.until)
        sums = [
            sum((self.by_day.get(day, Decimal(0)) for day in covered[start : start + 7]), Decimal(0))
            for start in range(max(1, len(covered) - 6))
        ]
        return max(sums, default=Decimal(0))

    @property
    def month_without_busiest_week(self) -> Decimal:
        """The month as the other weeks make it."""
        covered = months.days_of(self.first, self.until)
        rest = (self.usd - self.busiest_week) / max(1, len(covered) - 7)
        return rest * months.DAYS

    def spent(self) -> tuple[Spent, ...]:
        return tuple(Spent(at=line.response.at, usd=line.usd) for line in self.lines)

    def monthly(self, amount: Decimal) -> Decimal:
        """A sum over all of these days by the month."""
        return amount / self.months if self.months > 0 else Decimal(0)


def use_of(lines: Sequence[Line], zone: tzinfo, today: date) -> Use | None:
    """None without any line."""
    if not lines:
        return None
    by_day: dict[date, Decimal] = {}
    by_category: dict[str, Decimal] = {}
    for line in lines:
        day = line.response.at.astimezone(zone).date()
        by_day[day] = by_day.get(day, Decimal(0)) + line.usd
        for each in line.prices:
            for name, amount in each.by_category.items():
                by_category[name] = by_category.get(name, Decimal(0)) + amount
    first, until = min(by_day), max(by_day)
    attempts = [attempt for line in lines for attempt in line.response.attempts]
    is_partial = until >= today and (until - first).days + 1 > 3
    return Use(
        lines=tuple(lines),
        first=first,
        last=date.fromordinal(until.toordinal() - 1) if is_partial else until,
        until=until,
        by_day=dict(sorted(by_day.items())),
        usd=sum((line.usd for line in lines), Decimal(0)),
        tokens=sum(line.tokens for line in lines),
        unpriced_tokens=sum(line.unpriced_tokens for line in lines),
        prompt=sum(attempt.tokens.prompt for attempt in attempts),
        cache_read=sum(attempt.tokens.cache_read for attempt in attempts),
        by_category=by_category,
        sessions=len({(line.response.provider, line.response.session) for line in lines}),
    )
