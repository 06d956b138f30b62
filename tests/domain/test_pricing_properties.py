"""What holds for every price, whatever was used: parts add up, sums are exact, a lower rate never costs more."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import reduce
from operator import add

from hypothesis import given, settings
from hypothesis import strategies as st

from usagetray.domain.model_names import Names
from usagetray.domain.pricing import batched, price, total, uncached
from usagetray.domain.rates import RateRow, Rates, RateTable
from usagetray.edges.tables import rate_table
from usagetray.usage import BANDS, Attempt, TokenCounts, band_of

TABLE = rate_table()
TODAY = date(2026, 11, 20)

COUNT = st.integers(0, 60_000)
TOKENS = st.builds(
    TokenCounts,
    input=COUNT,
    cache_write_5m=COUNT,
    cache_write_1h=COUNT,
    cache_read=st.integers(0, 300_000),
    output=COUNT,
)
NAMES = ("us.anthropic.{}-v1:0", "openrouter/{}", "{}[1m]", "{}", "{}-fast")


@st.composite
def attempts(draw: st.DrawFn, models: tuple[str, ...] = TABLE.ids) -> Attempt:
    tokens = draw(TOKENS)
    return Attempt(
        model=draw(st.sampled_from(NAMES)).format(draw(st.sampled_from(models))),
        at=draw(st.none() | st.datetimes(datetime(2025, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC))),  # noqa: DTZ001 - the zone comes after
        tokens=tokens,
        prompt=tokens.prompt,
        tier=draw(st.sampled_from(("", "standard", "batch", "flex", "priority", "ultrafast", "odd"))),
        speed=draw(st.sampled_from(("", "standard", "fast"))),
        geo=draw(st.sampled_from(("", "us", "global", "odd"))),
        web_searches=draw(st.integers(0, 20)),
    )


@settings(max_examples=80, deadline=None)
@given(one=attempts())
def test_the_parts_of_a_price_are_the_whole(one: Attempt) -> None:
    found = price(one, TABLE)

    if found.usd is None:
        assert found.by_category == {}
        return
    assert sum(found.by_category.values()) == found.usd
    assert min(found.by_category.values()) >= 0
    assert found.tokens == one.tokens.total


@settings(max_examples=80, deadline=None)
@given(like=attempts(), counts=st.lists(TOKENS, min_size=1, max_size=8))
def test_attempts_within_one_band_may_be_summed_before_they_are_priced(
    like: Attempt, counts: list[TokenCounts]
) -> None:
    """To the last digit; the sum has the prompt length of any one of them."""
    same_band = [each for each in counts if band_of(each.prompt) == band_of(counts[0].prompt)]
    singles = [replace(like, tokens=each, prompt=each.prompt, web_searches=1) for each in same_band]
    whole = replace(singles[-1], tokens=reduce(add, same_band), web_searches=len(same_band))

    apart = total(price(each, TABLE) for each in singles)

    assert price(whole, TABLE).usd == (None if apart.unpriced else apart.usd)


@settings(max_examples=60, deadline=None)
@given(one=attempts())
def test_no_batch_costs_more_and_no_cache_read_is_dearer_than_input(one: Attempt) -> None:
    now = price(one, TABLE)
    if now.usd is None or one.tier not in ("", "standard"):
        return
    reads = replace(one, tokens=TokenCounts(cache_read=one.tokens.cache_read))

    assert (batched(one, TABLE).usd or 0) <= now.usd
    assert (price(reads, TABLE).usd or 0) <= (uncached(reads, TABLE).usd or 0)


RATE = st.integers(0, 100_000).map(lambda each: Decimal(each) / 1000)
RATES = st.builds(Rates, input=RATE, cache_write_5m=RATE, cache_write_1h=RATE, cache_read=RATE, output=RATE)


def table_of(base: Rates, long: Rates) -> RateTable:
    row = RateRow(model="m", since=date.min, base=base, long=long, threshold=BANDS[2], source="made up", checked=TODAY)
    return RateTable([row], names=Names(), today=TODAY)


@settings(max_examples=80, deadline=None)
@given(
    tokens=TOKENS,
    base=RATES,
    long=RATES,
    which=st.sampled_from([each.name for each in fields(Rates)]),
    share=st.integers(0, 100),
)
def test_lowering_any_rate_never_raises_a_cost(
    tokens: TokenCounts, base: Rates, long: Rates, which: str, share: int
) -> None:
    def lower(rates: Rates) -> Rates:
        return replace(rates, **{which: getattr(rates, which) * share / 100})

    one = Attempt(model="m", at=None, tokens=tokens, prompt=tokens.prompt)
    before = price(one, table_of(base, long)).usd

    for cheaper in (table_of(lower(base), long), table_of(base, lower(long)), table_of(lower(base), lower(long))):
        after = price(one, cheaper).usd
        assert after is not None
        assert before is not None
        assert after <= before


@settings(max_examples=40, deadline=None)
@given(few=st.lists(attempts(), max_size=6), chance=st.randoms(use_true_random=False))
def test_the_order_of_what_is_summed_changes_nothing(few: list[Attempt], chance: random.Random) -> None:
    prices = [price(each, TABLE) for each in few]
    shuffled = list(prices)
    chance.shuffle(shuffled)

    assert total(shuffled) == total(prices)
