"""Our list prices against those of another table, genai-prices: each difference is known, and has its reason.

`pricing/differences.toml` lists them. A new one fails here, and so does a listed one that is gone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import genai_prices

from usagetray.domain.pricing import price
from usagetray.domain.rates import FROM_THE_START, RateTable
from usagetray.edges.tables import rate_table
from usagetray.usage import Attempt, TokenCounts

FILE = Path(__file__).parent / "pricing" / "differences.toml"
COMPARED_ON = date(2026, 11, 20)
LATER = date(2027, 1, 15)  # after all changes that were announced

SHORT = TokenCounts(input=11_000, cache_write_5m=1_700, cache_write_1h=1_300, cache_read=19_000, output=2_300)
LONG = TokenCounts(input=110_000, cache_write_5m=17_000, cache_write_1h=13_000, cache_read=190_000, output=2_300)
"""Numbers without a common part, so that no two mistakes cancel each other; the long prompt is above every band."""

TERMS: Mapping[str, tuple[dict[str, str], dict[str, str]]] = {
    "batch": ({"tier": "batch"}, {"processing": "batch"}),
    "flex": ({"tier": "flex"}, {"service_tier": "flex"}),
    "priority": ({"tier": "priority"}, {"service_tier": "priority"}),
    "fast": ({"speed": "fast"}, {"speed": "fast"}),
}
"""Beside the standard ones, how either side calls them. The other table has no history of these."""

SOLD = {"anthropic": ("batch", "fast"), "openai": ("batch", "flex", "priority"), "google": ("batch",)}


def test_every_difference_to_another_price_list_is_known_and_has_a_reason() -> None:
    reasons = tomllib.loads(FILE.read_text(encoding="utf-8"))["reason"]
    listed = [case for reason in reasons for case in reason["cases"]]

    found = set(differences(rate_table()))

    assert all(len(reason["why"]) > 20 for reason in reasons)
    assert len(listed) == len(set(listed))
    assert sorted(found - set(listed)) == [], "not listed"
    assert sorted(set(listed) - found) == [], "listed, but gone"


def differences(table: RateTable) -> Iterator[str]:
    """ "MODEL DAY PROMPT TERMS", for each price of ours that is not theirs."""
    for model in table.ids:
        vendor = vendor_of(model)
        if not is_known(model, vendor):
            yield f"{model} is not known"
            continue
        for day in days(table, model):
            yield from compared(table, vendor, model, day, "standard", {}, {})
        for terms in SOLD[vendor]:
            yield from compared(table, vendor, model, COMPARED_ON, terms, *TERMS[terms])


def compared(
    table: RateTable, vendor: str, model: str, day: date, terms: str, ours: dict[str, str], theirs: dict[str, str]
) -> Iterator[str]:
    at = datetime.combine(day, time(12), UTC)
    for prompt, tokens in (("short", SHORT), ("long", LONG)):
        attempt = Attempt(model=model, at=at, tokens=tokens, prompt=tokens.prompt, **{"tier": "standard", **ours})
        if price(attempt, table).usd != their_price(vendor, model, tokens, at, theirs):
            yield f"{model} {day} {prompt} {terms}"


def days(table: RateTable, model: str) -> list[date]:
    """The first day of each row and the one before, today, and one when all is done that was announced."""
    rows = table.dated(model)
    since = [row.since for row in rows if row.since != FROM_THE_START]
    eves = [row.since - timedelta(days=1) for row in rows[1:]]
    return sorted({*since, *eves, COMPARED_ON, LATER})


def vendor_of(model: str) -> str:
    family = model.partition("-")[0]
    return {"claude": "anthropic", "gemini": "google"}.get(family, "openai")


@cache
def is_known(model: str, vendor: str) -> bool:
    try:
        their_price(vendor, model, TokenCounts(input=1), datetime.combine(COMPARED_ON, time(), UTC), {})
    except LookupError:
        return False
    return True


def their_price(vendor: str, model: str, tokens: TokenCounts, at: datetime, context: dict[str, str]) -> Decimal:
    usage = genai_prices.Usage(
        input_tokens=tokens.prompt,  # with them, all of the prompt
        cache_write_tokens=tokens.cache_write_5m + tokens.cache_write_1h,
        cache_write_1h_tokens=tokens.cache_write_1h,
        cache_read_tokens=tokens.cache_read,
        output_tokens=tokens.output,
    )
    found = genai_prices.calc_price(
        usage, model, provider_id=vendor, genai_request_timestamp=at, price_context=context or None
    )
    return found.total_price
