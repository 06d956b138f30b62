"""Lifetimes by the gaps between requests, and what caching can save at most."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usagetray.domain.advice.caching import lifetime_costs, reads_to_pay, share_that_flips
from usagetray.domain.advice.costs import by_category, cost, without_cache
from usagetray.domain.rates import Rates
from usagetray.usage import TokenCounts

TENTH = Decimal("0.1")


@pytest.mark.parametrize(
    ("gaps", "choice", "units"),
    [
        ([1, 2, 3], "5m", "1.55"),  # one write of 1.25, three reads
        ([15, 15, 15], "1h", "2.3"),  # one write of 2, three reads
        ([5, 5], "5m", "1.45"),  # five minutes exactly still read
        ([61, 61], "none", "3"),  # neither lives that long
        ([], "none", "1"),
    ],
)
def test_the_lifetime_follows_the_gaps(gaps: list[int], choice: str, units: str) -> None:
    costs = lifetime_costs([timedelta(minutes=gap) for gap in gaps], Decimal(1), TENTH)

    assert costs.choice == choice
    assert min(costs.plain, *costs.by_lifetime.values()) == Decimal(units)


def test_a_short_cache_over_long_gaps_is_a_quarter_dearer_than_none() -> None:
    costs = lifetime_costs([timedelta(minutes=6)] * 99, Decimal(1), TENTH)

    assert costs.by_lifetime["5m"] == costs.plain * Decimal("1.25")


@pytest.mark.parametrize("read", ["0.1", "0.05", "0.025"])
def test_a_write_pays_after_one_read_for_5_minutes_and_two_for_an_hour(read: str) -> None:
    assert [reads_to_pay(Decimal(write), Decimal(read)) for write in ("1.25", "2")] == [1, 2]


def test_the_share_at_which_the_answer_turns_is_within_reach_or_none() -> None:
    """$207 uncached, $126 all read: $180 is reached with a third of the prompt read."""
    assert share_that_flips(Decimal(207), Decimal(126), Decimal(180)) == Decimal(1) / 3
    assert share_that_flips(Decimal(207), Decimal(126), Decimal(100)) is None


COUNTS = st.builds(
    TokenCounts,
    **{name: st.integers(0, 10**9) for name in ("input", "cache_write_5m", "cache_write_1h", "cache_read", "output")},
)
CENTS = st.integers(0, 10_000).map(lambda cents: Decimal(cents) / 100)
RATES = st.builds(Rates, input=CENTS, cache_write_5m=CENTS, cache_write_1h=CENTS, cache_read=CENTS, output=CENTS)


@settings(max_examples=60, deadline=None)
@given(tokens=COUNTS, rates=RATES)
def test_the_parts_add_up_and_no_saving_exceeds_the_uncached_cost(tokens: TokenCounts, rates: Rates) -> None:
    usd, uncached = cost(tokens, rates), cost(without_cache(tokens), rates)

    assert sum(by_category(tokens, rates).values(), Decimal(0)) == usd
    assert uncached - usd <= uncached


@settings(max_examples=60, deadline=None)
@given(
    tokens=COUNTS,
    rates=RATES,
    lowered=st.sampled_from(("input", "cache_write_5m", "cache_write_1h", "cache_read", "output")),
)
def test_a_lower_rate_never_raises_a_cost(tokens: TokenCounts, rates: Rates, lowered: str) -> None:
    names = ("input", "cache_write_5m", "cache_write_1h", "cache_read", "output")
    cheaper = Rates(**{name: getattr(rates, name) / (2 if name == lowered else 1) for name in names})

    assert cost(tokens, cheaper) <= cost(tokens, rates)
