"""What one request costs at list prices, and what it would have cost otherwise.

Each attempt is priced alone, with its own date, prompt length, tier and speed; a sum of attempts may be priced as one
only where it shares all of these (`usage.Attempt`). Nothing is rounded here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import UTC, date
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, NamedTuple

from usagetray.domain.cost import LEAVES_OUT, ZERO, Cost
from usagetray.domain.model_names import ModelName
from usagetray.domain.rates import ONE, Rates, RateTable, TierPrice
from usagetray.quick_dataclass import dataclass
from usagetray.usage import Attempt, TokenCounts, band_of

__all__ = ["LEAVES_OUT", "Cost", "Price", "batched", "price", "rerouted", "total", "uncached"]

Status = Literal["priced", "unpriced", "ignored"]

MILLION = Decimal(1_000_000)

WITHOUT_PREMIUM = ("", "global", "not_available")
"""Places of inference that cost nothing more."""


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


def price(attempt: Attempt, table: RateTable) -> Price:
    """The price of one attempt, or of a sum of attempts that share model, day, tier, speed, place and band."""
    name, tokens = table.name(attempt.model), attempt.tokens
    if name.ignored:
        return Price(status="ignored", usd=ZERO, flags=attempt.flags, model=name.shown, tokens=tokens.total)
    day = attempt.at.astimezone(UTC).date() if attempt.at is not None else None
    key = (attempt.model, day, attempt.speed, attempt.tier, attempt.geo, band_of(attempt.prompt))
    terms = table.remember(key, lambda: _terms(name, day, attempt, table))
    if terms is None:
        return Price(status="unpriced", usd=None, flags=attempt.flags, model=name.shown, tokens=tokens.total)
    rates, flags = terms.rates, attempt.flags | terms.flags
    by_category = {
        "input": tokens.input * rates.input / MILLION,
        "cache_write_5m": tokens.cache_write_5m * rates.cache_write_5m / MILLION,
        "cache_write_1h": tokens.cache_write_1h * rates.cache_write_1h / MILLION,
        "cache_read": tokens.cache_read * rates.cache_read / MILLION,
        "output": tokens.output * rates.output / MILLION,
        "web_search": ZERO,
    }
    if attempt.web_searches and terms.web_search is not None:
        by_category["web_search"] = attempt.web_searches * terms.web_search
    elif attempt.web_searches:
        flags |= {"web_search_rate_unknown"}
    return Price(
        status="priced",
        usd=sum(by_category.values(), ZERO),
        flags=flags,
        by_category=MappingProxyType(by_category),
        model=name.shown,
        tokens=tokens.total,
        fast=terms.fast,
    )


class _Terms(NamedTuple):
    """The price of a token of each kind once model, day, band, tier, speed and place are settled."""

    rates: Rates
    web_search: Decimal | None
    flags: frozenset[str]
    fast: bool


def _terms(name: ModelName, day: date | None, attempt: Attempt, table: RateTable) -> _Terms | None:
    """None where the model has no price on that day.

    The factors of tier, place and platform hold for every kind of token and for no fee.
    """
    card = table.card(name.id, day) if name.id is not None else None
    if card is None:
        return None
    row, flags = card.row, name.flags | card.flags | card.row.flags
    is_long = row.threshold is not None and attempt.prompt > row.threshold
    rates = row.long if is_long and row.long is not None else row.base
    fast: Rates | None = None
    if attempt.speed == "fast" or (name.fast and not attempt.speed):
        fast = row.fast_long if is_long and row.fast_long is not None else row.fast
        if fast is not None:
            rates, flags = fast, flags | row.fast_flags
        elif not row.fast_is_standard:
            flags |= {"fast_rate_unknown"}
    tier = TierPrice()
    if not attempt.tier:
        flags |= row.untold_tier
    else:
        told = row.tiers.get(attempt.tier.lower())
        if told is None or (is_long and not told.long):
            flags |= {"tier_rate_unknown"}
        elif fast is not None and told.times < ONE:
            flags |= {"fast_excludes_tier"}  # the vendor sells no such thing, so one of the two is not true
        else:
            tier, flags = told, flags | told.flags
    place = attempt.geo.lower()
    factor = row.us_only if place == "us" else ONE
    if place != "us" and place not in WITHOUT_PREMIUM:
        flags |= {"place_rate_unknown"}
    if name.regional:
        factor *= row.regional
    return _Terms(_times(rates, tier, factor), row.web_search, flags, fast is not None)


def _times(rates: Rates, tier: TierPrice, factor: Decimal) -> Rates:
    usual = tier.times * factor
    return Rates(
        input=rates.input * usual,
        cache_write_5m=rates.cache_write_5m * usual,
        cache_write_1h=rates.cache_write_1h * usual,
        cache_read=rates.cache_read * (usual if tier.cache_read is None else tier.cache_read * factor),
        output=rates.output * usual,
    )


# ---- sums --------------------------------------------------------------------------------------------------


def total(parts: Iterable[Price | Cost]) -> Cost:
    """The sum of prices that were each worked out alone, or of such sums."""
    usd, tokens, flags = ZERO, 0, set[str]()
    by_category: defaultdict[str, Decimal] = defaultdict(Decimal)
    unpriced: defaultdict[str, int] = defaultdict(int)
    for part in parts:
        usd += part.usd or ZERO
        tokens += part.tokens
        flags |= part.flags
        for category, share in part.by_category.items():
            by_category[category] += share
        if isinstance(part, Cost):
            for model, count in part.unpriced.items():
                unpriced[model] += count
        elif part.status == "unpriced":
            unpriced[part.model] += part.tokens
    return Cost(
        usd=usd,
        unpriced=MappingProxyType(dict(sorted(unpriced.items(), key=lambda each: (-each[1], each[0])))),
        flags=frozenset(flags),
        by_category=MappingProxyType(dict(by_category)),
        tokens=tokens,
    )


# ---- what if -----------------------------------------------------------------------------------------------


def uncached(attempt: Attempt, table: RateTable) -> Price:
    """What it would have cost without a cache: every token of the prompt at the input rate of the card in use."""
    tokens = TokenCounts(input=attempt.tokens.prompt, output=attempt.tokens.output)
    return price(replace(attempt, tokens=tokens), table)


def rerouted(attempt: Attempt, model: str, table: RateTable) -> Price:
    """The same counts on another model's card of that day, in the same tier, speed and place.

    Tokenizers differ between generations: then the same text is other counts, and this is one end of a range.
    """
    speed = attempt.speed or ("fast" if table.name(attempt.model).fast else "")
    return price(replace(attempt, model=model, speed=speed), table)


def batched(attempt: Attempt, table: RateTable) -> Price:
    """The same attempt as part of a batch, its fees unchanged. Fast mode has none: there the price stays what it is."""
    now = price(attempt, table)
    return now if now.fast else price(replace(attempt, tier="batch"), table)
