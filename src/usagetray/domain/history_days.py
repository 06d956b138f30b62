"""The ledger's quarters of an hour brought to local days and hours, and priced: what each UTC day comes to, once.

Costs are whole numbers here, in millionths of a millionth of a dollar. List prices have so few decimals that nothing
is rounded, and a year of quarters is added up in a fraction of the time that decimals would take.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from usagetray.domain.cost import LEAVES_OUT
from usagetray.domain.pricing import MILLION, price
from usagetray.domain.rates import RateTable
from usagetray.usage import Attempt, TokenCounts

DAY = 96
"""Quarters of an hour."""
QUARTER_S = 900
PICO = 10**12
A_MILLION = TokenCounts(input=10**6, cache_write_5m=10**6, cache_write_1h=10**6, cache_read=10**6, output=10**6)

Counted = tuple[int, int, int, int, int, int, int, int, int, int]
"""A sum of the ledger: quarter of an hour (number since 1970 UTC), place, terms, band; tokens of input, cache writes
(5 min, 1 h), cache reads and output; web searches."""


class UnitPrice(NamedTuple):
    """What one token of each kind costs on one day on one kind of terms, in 10^-12 dollars."""

    model: str  # canonical id; of an unknown model the name as the log tells it
    is_priced: bool
    is_search_priced: bool
    input: int = 0
    write_5m: int = 0
    write_1h: int = 0
    read: int = 0
    output: int = 0
    search: int = 0


class Part(NamedTuple):
    """What one model, project or hour came to on one local day."""

    day: int  # ordinal of the local date
    key: str
    tokens: int
    pico: int  # of what has a price
    unpriced: int  # tokens without one
    is_least: bool  # something in it has no price


class Prompts(NamedTuple):
    day: int
    prompt: int  # tokens of all prompts
    read: int  # of them from a cache
    saved: int  # 10^-12 dollars that the cache was cheaper; below zero where writing cost more than reading saved


class DaySums(NamedTuple):
    """One UTC day, which may lie in two local ones."""

    models: tuple[Part, ...]
    projects: tuple[Part, ...]
    hours: tuple[Part, ...]  # keys "0" to "23"
    prompts: tuple[Prompts, ...]


def unit_price(terms: Attempt, table: RateTable) -> UnitPrice | None:
    """What a token costs on the terms of an attempt, whatever its own counts. None where no request was made."""
    each = price(_unit(terms), table)
    if each.status == "ignored":
        return None
    if each.status == "unpriced":
        return UnitPrice(each.model, is_priced=False, is_search_priced=False)
    found = each.by_category
    return UnitPrice(
        each.model,
        is_priced=True,
        is_search_priced=LEAVES_OUT.isdisjoint(each.flags),
        input=_pico(found["input"] / MILLION),
        write_5m=_pico(found["cache_write_5m"] / MILLION),
        write_1h=_pico(found["cache_write_1h"] / MILLION),
        read=_pico(found["cache_read"] / MILLION),
        output=_pico(found["output"] / MILLION),
        search=_pico(found["web_search"]),
    )


def _unit(terms: Attempt) -> Attempt:
    return Attempt(
        model=terms.model, at=terms.at, tokens=A_MILLION, prompt=terms.prompt, tier=terms.tier, speed=terms.speed,
        geo=terms.geo, web_searches=1, flags=terms.flags,
    )  # fmt: skip


def _pico(usd: Decimal) -> int:
    return int((usd * PICO).to_integral_value(ROUND_HALF_EVEN))


def ahead(zone: tzinfo, quarter: int) -> int:
    """Quarters of an hour by which the zone's clocks are ahead of UTC then."""
    at = datetime.fromtimestamp(quarter * QUARTER_S, UTC).astimezone(zone)
    return int((at.utcoffset() or timedelta()).total_seconds() // QUARTER_S)


EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def day_sums(
    rows: Iterable[Counted],
    utc_day: int,
    zone: tzinfo,
    projects: Mapping[int, str],
    unit: Callable[[int, int], UnitPrice | None],
) -> DaySums:
    """Of the rows of one UTC day (number since 1970). `projects`: by place; `unit`: by terms and band, on that day."""
    first, last = ahead(zone, utc_day * DAY), ahead(zone, utc_day * DAY + DAY - 1)
    models: dict[tuple[int, str], list[int]] = {}
    folders: dict[tuple[int, str], list[int]] = {}
    hours: dict[tuple[int, int], list[int]] = {}
    prompts: dict[int, list[int]] = {}
    for quarter, place, terms, band, given, write_5m, write_1h, read, output, searches in rows:
        rate = unit(terms, band)
        if rate is None:
            continue
        local = quarter + (first if first == last else ahead(zone, quarter))
        day = local // DAY + EPOCH_ORDINAL
        prompt = given + write_5m + write_1h + read
        tokens = prompt + output
        told = prompts.setdefault(day, [0, 0, 0])
        told[0] += prompt
        told[1] += read
        if rate.is_priced:
            cached = write_5m * rate.write_5m + write_1h * rate.write_1h + read * rate.read
            cost = given * rate.input + cached + output * rate.output + searches * rate.search
            told[2] += (prompt - given) * rate.input - cached
            unpriced, is_least = 0, searches > 0 and not rate.is_search_priced
        else:
            cost, unpriced, is_least = 0, tokens, True
        for sums in (
            models.setdefault((day, rate.model), [0, 0, 0, 0]),
            folders.setdefault((day, projects[place]), [0, 0, 0, 0]),
            hours.setdefault((day, local % DAY // 4), [0, 0, 0, 0]),
        ):
            sums[0] += tokens
            sums[1] += cost
            sums[2] += unpriced
            sums[3] |= is_least
    by_hour = {(day, str(hour)): sums for (day, hour), sums in hours.items()}
    told_days = tuple(Prompts(day, *sums) for day, sums in prompts.items())
    return DaySums(_parts(models), _parts(folders), _parts(by_hour), told_days)


def _parts(found: Mapping[tuple[int, str], list[int]]) -> tuple[Part, ...]:
    return tuple(
        Part(day, key, tokens, pico, unpriced, bool(is_least))
        for (day, key), (tokens, pico, unpriced, is_least) in found.items()
    )
