"""Prompt caching: when a write pays, which lifetime suits the gaps between requests, what is long enough to be cached.

A lifetime counts from the start of a request and every read renews it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from usagetray.quick_dataclass import dataclass

LIFETIMES: Mapping[str, tuple[timedelta, Decimal]] = {
    "5m": (timedelta(minutes=5), Decimal("1.25")),
    "1h": (timedelta(hours=1), Decimal(2)),
}
"""How long a cached prefix lives without a read, and what writing it costs in units of the input price."""
CAUTIOUS = 4096
"""A model whose smallest cacheable prompt is unknown gets no caching advice below this many tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Smallest:
    """The shortest prompt a model caches; shorter ones are silently not cached."""

    tokens: int | None  # as published; None: unknown
    advise_from: int  # where sources differ, the cautious one


def is_cacheable(tokens: int, smallest: Smallest | None) -> bool:
    return tokens >= (CAUTIOUS if smallest is None else smallest.advise_from)


def reads_to_pay(write: Decimal, read: Decimal) -> int | None:
    """After how many reads a write of `write` times the input price is cheaper than no cache; None: never."""
    if read >= 1:
        return None
    return int((write - 1) / (1 - read)) + 1 if write > 1 else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Requests that share a prefix, in time order: one session, one model, side chains apart."""

    starts: tuple[datetime, ...]
    prefix: int  # tokens shared, at most


def units(gaps: Sequence[timedelta], lifetime: timedelta, write: Decimal, read: Decimal) -> Decimal:
    """What a shared prefix costs over a chain, in units of its uncached price.

    The first request and each one after a longer gap write it, the others read it.
    """
    writes = 1 + sum(gap > lifetime for gap in gaps)
    return write * writes + read * (len(gaps) + 1 - writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class LifetimeCosts:
    """The same prefix under each lifetime and without a cache, in one unit."""

    plain: Decimal
    by_lifetime: Mapping[str, Decimal]

    @property
    def choice(self) -> str:
        """The cheapest; without a cache where none is cheaper than that, the shorter of equals."""
        best = min(self.by_lifetime, key=lambda name: self.by_lifetime[name])
        return best if self.by_lifetime[best] < self.plain else "none"

    @property
    def saving(self) -> Decimal:
        return max(Decimal(0), self.plain - min(self.by_lifetime.values()))


def lifetime_costs(
    gaps: Sequence[timedelta], plain_each: Decimal, read: Decimal, writes: Mapping[str, Decimal] | None = None
) -> LifetimeCosts:
    """`plain_each`: the prefix at the input price, once. `writes`: prices of a write in its units, if not ours."""
    prices = {name: write for name, (_, write) in LIFETIMES.items()} | dict(writes or {})
    return LifetimeCosts(
        plain=plain_each * (len(gaps) + 1),
        by_lifetime={
            name: plain_each * units(gaps, length, prices[name], read) for name, (length, _) in LIFETIMES.items()
        },
    )


def gaps_of(starts: Sequence[datetime]) -> tuple[timedelta, ...]:
    ordered = sorted(starts)
    return tuple(later - earlier for earlier, later in pairwise(ordered))


def even_gap(span: timedelta, requests: int) -> timedelta:
    """Between requests spread evenly over a span."""
    return span / requests


def share_that_flips(without: Decimal, all_read: Decimal, target: Decimal) -> Decimal | None:
    """The share of the prompt that has to be read from the cache for a bill to reach a target; None: out of reach."""
    most = without - all_read
    if most <= 0:
        return None
    share = (without - target) / most
    return share if 0 <= share <= 1 else None
