"""What advice has to know of a model besides its price: its vendor, its tokenizer, the shortest prompt it caches."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from usagetray.domain.advice.caching import Smallest
from usagetray.quick_dataclass import dataclass

MORE_TOKENS = Decimal("1.3")
"""Reported for the same text from an older tokenizer to a newer one; at most, and one vendor's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """Keyed by canonical id."""

    starts: Mapping[str, tuple[str, ...]]  # vendor -> how its ids begin
    tiers: Mapping[str, tuple[str, ...]]  # vendor -> one model of each size, largest first
    new_tokenizer: frozenset[str]
    smallest_of: Mapping[str, Smallest]

    def vendor_of(self, model: str) -> str | None:
        return next((vendor for vendor, begins in self.starts.items() if model.startswith(begins)), None)

    def smallest(self, model: str) -> Smallest | None:
        return self.smallest_of.get(model)

    def token_range(self, of: str, on: str) -> tuple[Decimal, Decimal]:
        """How many times the tokens the same text may be on another model, least and most."""
        if self.vendor_of(of) != self.vendor_of(on):
            return 1 / MORE_TOKENS, MORE_TOKENS
        older, newer = of not in self.new_tokenizer, on in self.new_tokenizer
        if older and newer:
            return Decimal(1), MORE_TOKENS
        if not older and not newer:
            return 1 / MORE_TOKENS, Decimal(1)
        return Decimal(1), Decimal(1)
