"""A sum of prices, and what it leaves out; apart from `pricing`, for those who are told costs and reckon none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import field
from decimal import Decimal
from types import MappingProxyType

from usagetray.quick_dataclass import dataclass

ZERO = Decimal(0)

LEAVES_OUT = frozenset({"web_search_rate_unknown"})
"""Flags of prices from which something is missing that was billed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A sum of prices. With something unpriced in it, `usd` is the least that it can be."""

    usd: Decimal = ZERO
    unpriced: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))  # tokens by model, most first
    flags: frozenset[str] = frozenset()
    by_category: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))  # as in `Price`
    tokens: int = 0  # of all of it, priced or not

    @property
    def is_lower_bound(self) -> bool:
        """Something in it has no price: say "at least"."""
        return bool(self.unpriced) or not LEAVES_OUT.isdisjoint(self.flags)

    @property
    def unpriced_tokens(self) -> int:
        return sum(self.unpriced.values())


def added(costs: Iterable[Cost]) -> Cost:
    usd, tokens, flags = ZERO, 0, frozenset[str]()
    by_category: defaultdict[str, Decimal] = defaultdict(Decimal)
    unpriced: defaultdict[str, int] = defaultdict(int)
    for each in costs:
        usd += each.usd
        tokens += each.tokens
        flags |= each.flags
        for category, share in each.by_category.items():
            by_category[category] += share
        for model, count in each.unpriced.items():
            unpriced[model] += count
    return Cost(
        usd=usd,
        unpriced=MappingProxyType(dict(sorted(unpriced.items(), key=lambda each: (-each[1], each[0])))),
        flags=flags,
        by_category=MappingProxyType(dict(by_category)),
        tokens=tokens,
    )
