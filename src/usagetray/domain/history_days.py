"""The ledger's quarters of an hour brought to local days and hours, and priced: what each UTC day comes to, once.

Costs are whole numbers here, in millionths of a millionth of a dollar. List prices have so few decimals that nothing
is rounded, and a year of quarters is added up in a fraction of the time that decimals would take.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
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


Sums = list[int]
"""Tokens, cost, tokens without a price, and 1 where something in it has none."""


def _sums() -> Sums:
    return [0, 0, 0, 0]


class _Day:
    """A local day while it is being added up."""

    __slots__ = ("hours", "models", "places", "prompts")

    def __init__(self) -> None:
        self.models: defaultdict[str, Sums] = defaultdict(_sums)
        self.places: defaultdict[int, Sums] = defaultdict(_sums)
        self.hours: defaultdict[int, Sums] = defaultdict(_sums)
        self.prompts = [0, 0, 0]


def day_sums(
    rows: Iterable[Counted],
    utc_day: int,
    zone: tzinfo,
    projects: Mapping[int, str],
    unit: Callable[[int, int], UnitPrice | None],
) -> DaySums:
    """Of the rows of one UTC day (number since 1970), in the order of time.

    `projects`: by place; `unit`: by terms and band, on that day. A year has a hundred thousand rows: what is done for
    each of them is written out.
    """
    first, last = ahead(zone, utc_day * DAY), ahead(zone, utc_day * DAY + DAY - 1)
    units: dict[tuple[int, int], UnitPrice | None] = {}
    days: dict[int, _Day] = {}
    now, day = -1, _Day()
    for quarter, place, terms, band, given, write_5m, write_1h, read, output, searches in rows:
        try:
            rate = units[terms, band]
        except KeyError:
            rate = units[terms, band] = unit(terms, band)
        if rate is None:
            continue
        model, is_priced, is_search_priced, of_input, of_5m, of_1h, of_read, of_output, of_search = rate
        local = quarter + (first if first == last else ahead(zone, quarter))
        if local // DAY != now:
            now = local // DAY
            day = days.setdefault(now + EPOCH_ORDINAL, day if not days else _Day())
        prompt = given + write_5m + write_1h + read
        tokens = prompt + output
        cached = write_5m * of_5m + write_1h * of_1h + read * of_read
        cost = given * of_input + cached + output * of_output + searches * of_search
        prompts, of_model, of_place, of_hour = (
            day.prompts, day.models[model], day.places[place], day.hours[local % DAY // 4],
        )  # fmt: skip
        prompts[0] += prompt
        prompts[1] += read
        prompts[2] += (prompt - given) * of_input - cached
        of_model[0] += tokens
        of_model[1] += cost
        of_place[0] += tokens
        of_place[1] += cost
        of_hour[0] += tokens
        of_hour[1] += cost
        if not is_priced or (searches and not is_search_priced):
            for sums in (of_model, of_place, of_hour):
                sums[2] += 0 if is_priced else tokens
                sums[3] = 1
    return DaySums(
        tuple(part for number, each in days.items() for part in _parts(number, each.models)),
        tuple(part for number, each in days.items() for part in _parts(number, _by_project(each.places, projects))),
        tuple(part for number, each in days.items() for part in _parts(number, each.hours)),
        tuple(Prompts(number, *each.prompts) for number, each in days.items()),
    )


def _by_project(places: Mapping[int, Sums], projects: Mapping[int, str]) -> Mapping[str, Sums]:
    found: defaultdict[str, Sums] = defaultdict(_sums)
    for place, sums in places.items():
        of_project = found[projects[place]]
        of_project[:] = map(operator.add, of_project, sums)
    return found


def _parts(day: int, found: Mapping[str, Sums] | Mapping[int, Sums]) -> Iterator[Part]:
    for key, (tokens, pico, unpriced, least) in found.items():
        yield Part(day, str(key), tokens, pico, unpriced, least > 0)
