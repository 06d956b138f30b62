"""Use as the user states it, before there are any logs: tokens by model, by the week or the month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

from usagetray.domain.advice.costs import all_read, by_category, cost, without_cache
from usagetray.domain.advice.plans import Plan
from usagetray.domain.rates import Rates
from usagetray.quick_dataclass import dataclass
from usagetray.usage import TokenCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedModel:
    """One model's tokens in one period, at the rates they are priced by."""

    model: str
    tokens: TokenCounts
    rates: Rates
    requests: int | None = None

    @property
    def usd(self) -> Decimal:
        return cost(self.tokens, self.rates)

    @property
    def without_usd(self) -> Decimal:
        """Without any cache."""
        return cost(without_cache(self.tokens), self.rates)

    @property
    def all_read_usd(self) -> Decimal:
        """With every token of the prompt read from a cache: no caching can do better."""
        return cost(all_read(self.tokens), self.rates)

    def at_share(self, share: Decimal) -> Decimal:
        """With this share of the prompt read, and the rest plain and written as it is now."""
        read = whole(share * self.tokens.prompt)
        rest, now = self.tokens.prompt - read, self.tokens.prompt - self.tokens.cache_read
        write_5m, write_1h = (
            whole(Decimal(each * rest) / now) if now else 0
            for each in (self.tokens.cache_write_5m, self.tokens.cache_write_1h)
        )
        tokens = TokenCounts(
            input=max(0, rest - write_5m - write_1h),
            cache_write_5m=write_5m,
            cache_write_1h=write_1h,
            cache_read=read,
            output=self.tokens.output,
        )
        return cost(tokens, self.rates)


def whole(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What the work is worth to the user, by the month; stated, never measured."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """Everything a what-if file says, by the month."""

    models: tuple[StatedModel, ...]
    period: str  # "month" or "week": how it was stated
    weeks: int = 0  # that many weeks were stated one by one
    times: Decimal = Decimal(1)  # from the period to the month; tokens below are the period's own
    sessions: Decimal | None = None  # in the period
    active_days: Decimal | None = None
    hours: Decimal | None = None
    bill: Decimal | None = None  # what was really paid a month, as the user says
    plans: tuple[Plan, ...] = ()  # considered; () where the file names none and none is known
    owned: Plan | None = None
    seats: int = 1
    value: Value | None = None
    overflow: tuple[Decimal, Decimal] | None = None  # API dollars beside a plan, low and high, a month
    prompt_cut: Decimal | None = None
    output_cut: Decimal | None = None
    tool_fee: Decimal | None = None
    batch_share: Decimal | None = None  # of the tokens that can wait a day
    cached_share: Decimal | None = None  # aimed at
    route_to: Mapping[str, Rates] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def tokens(self) -> TokenCounts:
        """Of the period."""
        return sum((each.tokens for each in self.models), TokenCounts())

    @property
    def usd(self) -> Decimal:
        """Of the period, at list prices."""
        return sum((each.usd for each in self.models), Decimal(0))

    @property
    def month_usd(self) -> Decimal:
        return self.usd * self.times

    @property
    def by_category(self) -> Mapping[str, Decimal]:
        """Of the month."""
        sums: dict[str, Decimal] = {}
        for each in self.models:
            for name, usd in by_category(each.tokens, each.rates).items():
                sums[name] = sums.get(name, Decimal(0)) + usd * self.times
        return sums

    def monthly(self, amount: Decimal) -> Decimal:
        return amount * self.times
