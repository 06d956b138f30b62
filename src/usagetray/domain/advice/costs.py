"""What counts of tokens cost at given rates: for stated use, where no single request is known."""

from __future__ import annotations

from decimal import Decimal

from usagetray.domain.rates import Rates
from usagetray.usage import TokenCounts

MILLION = Decimal(1_000_000)
CATEGORIES = ("input", "cache_write_5m", "cache_write_1h", "cache_read", "output")


def by_category(tokens: TokenCounts, rates: Rates) -> dict[str, Decimal]:
    """Dollars of each kind of tokens that there are; they add up to `cost`."""
    return {
        name: getattr(tokens, name) * getattr(rates, name) / MILLION for name in CATEGORIES if getattr(tokens, name)
    }


def cost(tokens: TokenCounts, rates: Rates) -> Decimal:
    return sum(by_category(tokens, rates).values(), Decimal(0))


def without_cache(tokens: TokenCounts) -> TokenCounts:
    return TokenCounts(input=tokens.prompt, output=tokens.output)


def all_read(tokens: TokenCounts) -> TokenCounts:
    return TokenCounts(cache_read=tokens.prompt, output=tokens.output)
