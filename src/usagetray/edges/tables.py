"""The price table that comes with the program, with the user's own rows laid over it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from usagetray.domain.model_names import Names
from usagetray.domain.rates import FROM_THE_START, RateRow, Rates, RateTable, TierPrice
from usagetray.settings.rates import UserRate

STANDARD = ("standard", "default", "auto")
"""Names that vendors give to the tier which costs what the card says."""


def rate_table(overrides: Iterable[UserRate] = (), *, today: date | None = None) -> RateTable:
    """Reads the file anew on each call: keep what it gives.

    `today` (UTC) is the day whose card a row without a date gets; without it, the day on which the file was last
    checked. `overrides` are `Settings.rates`; those that cannot be used are named in the table's `problems`.
    """
    content = tomllib.loads((files("usagetray") / "data" / "rates.toml").read_text(encoding="utf-8"))
    sources: Mapping[str, str] = content["sources"]
    names = Names(
        aliases=MappingProxyType(content["names"]["aliases"]), routes=MappingProxyType(content["names"]["routes"])
    )
    rows = [
        row
        for group in content.values()
        for found in group.get("rows", ())
        for row in _rows(found, group, sources[found["source"]])
    ]
    today = today or max(row.checked for row in rows)
    listed = RateTable(rows, names=names, today=today)
    problems: list[str] = []
    for override in overrides:
        try:
            rows += _user_rows(override, listed)
        except LookupError:
            problems.append(
                f"{override.place}: like takes the name of a model with a known price, "
                f'not "{override.like[:40]}"; this row is left out.'
            )
    return RateTable(rows, names=names, today=today, problems=tuple(problems))


# ---- the file ----------------------------------------------------------------------------------------------


def _rows(found: Mapping[str, Any], group: Mapping[str, Any], source: str) -> Iterator[RateRow]:
    base = _rates(found["base"])
    threshold: int | None = found.get("above")
    long = None
    if threshold is not None:
        long = _rates(found["long"]) if "long" in found else _stretched(base, group["long_times"])
    for model in found["models"]:
        yield RateRow(
            model=model,
            since=found.get("since", FROM_THE_START),
            base=base,
            long=long,
            threshold=threshold,
            fast=_in_proportion(base, found.get("fast")),
            fast_long=_in_proportion(base, found.get("fast_long")),
            fast_flags=frozenset(found.get("fast_flags", ())),
            fast_is_standard=found.get("fast_is_standard", False),
            tiers=_tiers({**group["tiers"], **found.get("tiers", {})}, group.get("tier_names", {})),
            untold_tier=frozenset(group.get("untold_tier", ())),
            us_only=Decimal(found.get("us_only", "1")),
            regional=Decimal(found.get("regional", "1")),
            web_search=Decimal(group["web_search"]) if "web_search" in group else None,
            flags=frozenset(found.get("flags", ())),
            source=source,
            checked=found["checked"],
        )


def _rates(found: Mapping[str, str]) -> Rates:
    plain = found["input"]
    short = found.get("write_5m", plain)
    return Rates(
        input=Decimal(plain),
        cache_write_5m=Decimal(short),
        cache_write_1h=Decimal(found.get("write_1h", short)),
        cache_read=Decimal(found.get("read", plain)),
        output=Decimal(found["output"]),
    )


def _stretched(base: Rates, times: Mapping[str, str]) -> Rates:
    prompt, output = Decimal(times["input"]), Decimal(times["output"])
    return Rates(
        input=base.input * prompt,
        cache_write_5m=base.cache_write_5m * prompt,
        cache_write_1h=base.cache_write_1h * prompt,
        cache_read=base.cache_read * prompt,
        output=base.output * output,
    )


def _in_proportion(base: Rates, found: Mapping[str, str] | None) -> Rates | None:
    """Rates of which only input and output are published: a cache keeps its proportion to input."""
    if found is None:
        return None
    plain = Decimal(found["input"])
    return Rates(
        input=plain,
        cache_write_5m=plain * base.cache_write_5m / base.input,
        cache_write_1h=plain * base.cache_write_1h / base.input,
        cache_read=plain * base.cache_read / base.input,
        output=Decimal(found["output"]),
    )


def _tiers(found: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]) -> Mapping[str, TierPrice]:
    """By every name under which a tier is served."""
    tiers = dict.fromkeys(STANDARD, TierPrice())
    for name, rule in found.items():
        tiers[name] = TierPrice(
            times=Decimal(rule["times"]),
            cache_read=Decimal(rule["cache_read"]) if "cache_read" in rule else None,
            long=rule.get("long", True),
            flags=frozenset(rule.get("flags", ())),
        )
    for other, name in names.items():
        if name in tiers:
            tiers[other] = tiers[name]
    return MappingProxyType(tiers)


# ---- the user's own ----------------------------------------------------------------------------------------


def _user_rows(override: UserRate, listed: RateTable) -> Iterator[RateRow]:
    """The rows that an override means. Raises LookupError where the model it is likened to has no price.

    What is listed for the same model beside its rates (tiers, places, fees) goes on; long and fast rates do not, for
    the user named one price.
    """
    name = listed.name(override.model)
    is_plain = not (name.flags or name.regional or name.fast)
    model = name.id if name.id is not None and is_plain else override.model.lower()
    since = override.since or FROM_THE_START
    if override.like:
        like = listed.dated(listed.name(override.like).id or "")
        return (_owned(row, model, row.flags) for row in _from(since, like))
    write = override.input if override.cache_write_5m is None else override.cache_write_5m
    prices = Rates(
        input=override.input,
        cache_write_5m=write,
        cache_write_1h=write if override.cache_write_1h is None else override.cache_write_1h,
        cache_read=override.input if override.cache_read is None else override.cache_read,
        output=override.output,
    )
    row = RateRow(model=model, since=since, base=prices, tiers=_tiers({}, {}), source="", checked=since)
    if name.id is not None:
        last = listed.dated(name.id)[-1]
        row = replace(
            row,
            tiers=last.tiers,
            untold_tier=last.untold_tier,
            us_only=last.us_only,
            regional=last.regional,
            web_search=last.web_search,
        )
    return iter((_owned(row, model, frozenset()),))


def _owned(row: RateRow, model: str, flags: frozenset[str]) -> RateRow:
    return replace(row, model=model, user=True, source="your settings", flags=flags | {"user_rate"})


def _from(since: date, rows: tuple[RateRow, ...]) -> tuple[RateRow, ...]:
    """The rows that are in force on that day or later, the first of them from that day on."""
    if not rows:
        raise LookupError
    return tuple(
        replace(row, since=max(row.since, since))
        for row, following in zip(rows, (*rows[1:], None), strict=True)
        if following is None or following.since > since
    )
