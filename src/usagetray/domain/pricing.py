"""What one request costs at list prices, and what it would have cost otherwise.

Each attempt is priced alone, with its own date, prompt length, tier and speed; a sum of attempts may be priced as one
only where it shares all of these (`usage.Attempt`). Nothing is rounded here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, NamedTuple

from usagetray.domain.rates import ONE, RateRow, Rates, RateTable, TierPrice
from usagetray.usage import Attempt, TokenCounts, band_of

Status = Literal["priced", "unpriced", "ignored"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one attempt costs at list prices. Its `flags` say what had to be assumed, or makes it no ordinary bill."""

    status: Status
    usd: Decimal | None  # exact; None where no price is known, which is not zero; zero where no request was made
    flags: frozenset[str] = frozenset()
    by_category: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    """Dollars by "input", "cache_write_5m", "cache_write_1h", "cache_read", "output", "web_search"; they add up."""
    model: str  # canonical id; of an unknown model the name as the log tells it
    tokens: int = 0
    fast: bool = False  # at fast mode's rates, which no plan covers


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A sum of prices. With unpriced tokens in it, `usd` is the least that it can be."""

    usd: Decimal = Decimal(0)
    unpriced: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))  # tokens by model, most first
    flags: frozenset[str] = frozenset()
    by_category: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_lower_bound(self) -> bool:
        """Something in it has no price: say "at least"."""
        raise NotImplementedError

    @property
    def unpriced_tokens(self) -> int:
        return sum(self.unpriced.values())


def price(attempt: Attempt, table: RateTable) -> Price:
    """The price of one attempt, or of a sum of attempts that share model, day, tier, speed, place and band."""
    raise NotImplementedError


def total(prices: Iterable[Price]) -> Cost:
    """The sum of prices that were each worked out alone."""
    raise NotImplementedError


def uncached(attempt: Attempt, table: RateTable) -> Price:
    """What it would have cost without a cache: every token of the prompt at the input rate of the card in use."""
    raise NotImplementedError


def rerouted(attempt: Attempt, model: str, table: RateTable) -> Price:
    """The same counts on another model's card of that day. Tokenizers differ: counts are not portable exactly."""
    raise NotImplementedError


def batched(attempt: Attempt, table: RateTable) -> Price:
    """The same attempt as part of a batch; in fast mode there is none, and the price stays what it is."""
    raise NotImplementedError
