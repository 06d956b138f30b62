"""The rules of prices beyond the golden cases: dates, tiers, fast mode, places, and what is said of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from usagetray.domain.pricing import Cost, batched, price, rerouted, total, uncached
from usagetray.domain.rates import FROM_THE_START
from usagetray.edges.tables import rate_table
from usagetray.usage import BANDS, Attempt, TokenCounts

TABLE = rate_table()
MILLION = TokenCounts(input=1_000_000)


def at(day: str, clock: str = "12:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)


def attempt(model: str, day: str | None = "2026-11-20", **terms: Any) -> Attempt:
    """A million plain tokens below every band, so that the price is the rate."""
    return Attempt(
        **{"model": model, "at": at(day) if day else None, "tokens": MILLION, "prompt": 0, "tier": "standard", **terms}
    )


def usd(model: str, day: str | None = "2026-11-20", **terms: Any) -> tuple[str, set[str]]:
    """The price, as short as it can be written, and its flags."""
    found = price(attempt(model, day, **terms), TABLE)
    assert found.usd is not None
    return f"{found.usd.normalize():f}", set(found.flags)


# ---- dates -------------------------------------------------------------------------------------------------


def test_a_price_changes_at_midnight_utc_wherever_the_clock_stands() -> None:
    """GPT-5.6 Luna fell from $1 to $0.20 on 2026-07-30; 01:00 in Delhi is still the day before."""
    delhi = timezone(timedelta(hours=5.5))
    before = datetime(2026, 7, 30, 1, 0, tzinfo=delhi)

    assert usd("gpt-5.6-luna", at=before) == ("1", set())
    assert usd("gpt-5.6-luna", at=before + timedelta(hours=5)) == ("0.2", set())


def test_a_row_without_a_date_has_the_card_of_the_day_it_is_asked_for() -> None:
    """Gemini 4 Argon doubles on 2026-12-01; the file was checked before."""
    later = rate_table(today=date(2026, 12, 1))

    assert usd("gemini-4-argon", None) == ("2", {"undated"})
    assert price(attempt("gemini-4-argon", None), later).usd == 4


def test_a_day_before_the_first_price_has_that_price_and_says_so() -> None:
    assert usd("claude-opus-5", "2026-01-01") == ("5", {"before_first_rate"})


def test_an_announced_change_holds_from_its_day_on() -> None:
    assert [usd("gemini-3.8-flash", day)[0] for day in ("2026-12-31", "2027-01-01")] == ["0.75", "1.5"]


# ---- fast mode ---------------------------------------------------------------------------------------------

FAST = [
    ("claude-opus-4-6", "2026-02-06", "5", {"fast_rate_unknown"}),
    ("claude-opus-4-6", "2026-02-07", "30", {"fast_promo_possible"}),
    ("claude-opus-4-6", "2026-02-16", "30", {"fast_promo_possible"}),
    ("claude-opus-4-6", "2026-02-17", "30", set()),
    ("claude-opus-4-6", "2026-06-28", "30", set()),
    ("claude-opus-4-6", "2026-06-29", "5", set()),  # bills as standard, by the vendor's word
    ("claude-opus-4-7", "2026-07-23", "30", set()),
    ("claude-opus-4-7", "2026-07-24", "5", {"fast_rate_unknown"}),
    ("claude-opus-4-8", "2026-05-28", "10", set()),
    ("claude-opus-4-8", "2026-11-30", "10", set()),
    ("claude-opus-4-8", "2026-12-01", "5", {"fast_rate_unknown"}),
    ("claude-opus-5", "2026-07-24", "10", set()),
    ("claude-opus-5-5", "2026-09-22", "8", set()),
    ("claude-mythos-5-2", "2026-11-09", "16", set()),
    ("claude-sonnet-4-6", "2026-06-01", "3", {"fast_rate_unknown"}),
]


@pytest.mark.parametrize(("model", "day", "rate", "flags"), FAST, ids=[f"{each[0]} {each[1]}" for each in FAST])
def test_fast_mode_costs_what_it_did_on_that_day(model: str, day: str, rate: str, flags: set[str]) -> None:
    assert usd(model, day, speed="fast") == (rate, flags)


def test_the_speed_that_is_reported_wins_over_the_name() -> None:
    name = "claude-opus-4-7-fast"

    assert usd(name, "2026-06-10", speed="standard") == ("5", set())
    assert usd(name, "2026-06-10", speed="fast") == ("30", set())
    assert price(attempt(name, "2026-06-10"), TABLE).fast
    assert not price(attempt(name, "2026-06-10", speed="standard"), TABLE).fast


def test_fast_mode_has_no_batch_discount() -> None:
    assert usd("claude-opus-5", speed="fast", tier="batch") == ("10", {"fast_excludes_tier"})
    assert usd("claude-opus-4-6", speed="fast", tier="batch") == ("2.5", set())  # long switched off: it is standard


# ---- tiers -------------------------------------------------------------------------------------------------

TIERS = [
    ("claude-opus-5", "batch", "2.5", set()),
    ("claude-opus-5", "Batch", "2.5", set()),
    ("claude-opus-5", "priority", "5", {"covered_by_commitment"}),
    ("claude-opus-5", "", "5", set()),
    ("claude-opus-5", "warp", "5", {"tier_rate_unknown"}),
    ("gpt-5.5", "", "5", {"tier_assumed"}),
    ("gpt-5.5", "default", "5", set()),
    ("gpt-5.5", "auto", "5", set()),
    ("gpt-5.5", "flex", "2.5", set()),
    ("gpt-5.5", "fast", "12.5", set()),
    ("gpt-5-codex", "priority", "2.5", set()),
    ("gpt-5-mini", "priority", "0.45", set()),
    ("gpt-4.1", "priority", "3.5", set()),
    ("o3", "priority", "3.5", set()),
    ("gpt-6.2-sol", "priority", "2", {"tier_rate_unknown", "unverified_rate"}),
    ("gpt-6-astra", "ultrafast", "60", set()),
    ("gpt-6-sol", "ultrafast", "2", {"tier_rate_unknown"}),
    ("gemini-3.5-flash", "batch", "0.75", set()),
]


@pytest.mark.parametrize(("model", "tier", "rate", "flags"), TIERS, ids=[f"{each[0]} {each[1]}" for each in TIERS])
def test_a_tier_costs_its_share_of_the_rate(model: str, tier: str, rate: str, flags: set[str]) -> None:
    assert usd(model, tier=tier) == (rate, flags)


def test_a_tier_costs_more_only_from_the_day_it_is_sold() -> None:
    assert usd("gpt-6-astra", "2026-09-28", tier="ultrafast") == ("10", {"tier_rate_unknown"})
    assert usd("gpt-6.1-sol", "2026-10-07", tier="ultrafast") == ("2", {"tier_rate_unknown"})
    assert usd("gpt-6.1-sol", "2026-10-08", tier="ultrafast") == ("12", set())


def test_above_272k_priority_is_sold_for_gpt_5_6_and_later_only() -> None:
    assert usd("gpt-5.6-sol", tier="priority", prompt=272_001) == ("16", set())
    assert usd("gpt-5.5", tier="priority", prompt=272_001) == ("10", {"tier_rate_unknown"})


@pytest.mark.parametrize(("model", "read"), [("gpt-4.1", "0.5"), ("o3", "0.5"), ("gemini-2.5-pro", "0.125")])
def test_some_batches_do_not_halve_cached_tokens(model: str, read: str) -> None:
    cached = TokenCounts(cache_read=1_000_000)

    assert usd(model, tier="batch", tokens=cached)[0] == read
    assert usd(model, tier="standard", tokens=cached)[0] == read


# ---- places and platforms ----------------------------------------------------------------------------------

PLACES = [
    ("claude-opus-5", "us", "5.5", set()),
    ("claude-opus-5", "global", "5", set()),
    ("claude-opus-5", "not_available", "5", set()),
    ("claude-opus-5", "moon", "5", {"place_rate_unknown"}),
    ("claude-opus-4-5", "us", "5", set()),  # older than the premium
    ("us.anthropic.claude-opus-4-5-20251101-v1:0", "", "5.5", set()),
    ("us.anthropic.claude-opus-4-1-20250805-v1:0", "", "15", set()),  # older than that one
    ("global.anthropic.claude-opus-4-5-20251101-v1:0", "", "5", set()),
    ("openrouter/claude-opus-5", "", "5", {"third_party_platform"}),
    ("claude-opus-5@default", "", "5", {"assumed_global_endpoint"}),
]


@pytest.mark.parametrize(("model", "geo", "rate", "flags"), PLACES, ids=[f"{each[0]} {each[1]}" for each in PLACES])
def test_a_place_costs_its_premium(model: str, geo: str, rate: str, flags: set[str]) -> None:
    assert usd(model, geo=geo) == (rate, flags)


def test_factors_multiply_each_other_and_no_fee() -> None:
    """Long prompt x batch x US: $4 input rate at 100,001 tokens would be 0.50 x 0.5 x 1.1; two searches stay $0.02."""
    terms: dict[str, Any] = {"prompt": 100_001, "tier": "batch", "geo": "us", "web_searches": 2}
    found = price(attempt("claude-haiku-5-5", **terms), TABLE)

    assert found.by_category["input"] == Decimal("0.275")
    assert found.by_category["web_search"] == Decimal("0.02")
    assert found.usd == Decimal("0.295")


def test_a_search_without_a_known_fee_makes_the_sum_a_lower_bound() -> None:
    found = price(attempt("gemini-2.5-pro", web_searches=1), TABLE)

    assert found.flags == {"web_search_rate_unknown"}
    assert total([found]).is_lower_bound


# ---- cards -------------------------------------------------------------------------------------------------

WRITES = TokenCounts(cache_write_5m=1_000_000)


def test_written_tokens_are_plain_input_where_no_price_for_them_is_published() -> None:
    assert usd("gpt-5.5", tokens=WRITES) == ("5", set())
    assert usd("gpt-5.6-sol", tokens=WRITES) == ("5", set())  # 1.25 x $4
    assert usd("gpt-5.5-pro", tokens=TokenCounts(cache_read=1_000_000)) == ("30", set())


def test_every_threshold_has_its_band() -> None:
    """Else sums over both sides of it would be priced as one."""
    assert {row.threshold for row in TABLE.rows if row.threshold} <= set(BANDS)


def test_every_row_is_sound() -> None:
    for row in TABLE.rows:
        for card in (row.base, row.long, row.fast, row.fast_long):
            if card is not None:
                assert 0 < card.cache_read <= card.input <= card.cache_write_5m <= card.cache_write_1h < 1000, row
                assert card.output > card.input, row
        assert (row.long is None) == (row.threshold is None), row
        assert "://" not in row.source, "a source is named, not linked"
        assert len(row.source) > 10, row
        assert date(2026, 1, 1) <= row.checked <= date(2030, 1, 1), row


def test_no_two_rows_of_a_model_begin_on_one_day() -> None:
    starts = [(row.model, row.since) for row in TABLE.rows]

    assert len(starts) == len(set(starts))
    assert {model for model, since in starts if since == FROM_THE_START}


def test_rows_that_nobody_checked_for_90_days_are_named() -> None:
    checked = date(2026, 11, 20)

    assert TABLE.unchecked(checked + timedelta(days=90)) == ()
    old = TABLE.unchecked(checked + timedelta(days=91))
    assert [row.model for row in old] == list(TABLE.ids)
    assert TABLE.age(checked + timedelta(days=91)) == timedelta(days=91)


def test_a_row_that_is_not_in_force_is_no_matter_of_age() -> None:
    """What a price was last year needs no second look."""
    in_force = TABLE.in_force(date(2026, 11, 20))

    assert [row.since for row in in_force if row.model == "claude-sonnet-5-5"] == [date(2026, 10, 7)]


# ---- unpriced, ignored, sums -------------------------------------------------------------------------------


def test_a_model_without_a_price_is_never_free() -> None:
    found = price(attempt("Claude-Opus-9"), TABLE)

    assert (found.status, found.usd, found.model, found.tokens) == ("unpriced", None, "Claude-Opus-9", 1_000_000)


def test_a_sum_names_what_has_no_price_the_most_first() -> None:
    few, many = replace(MILLION, input=5), replace(MILLION, input=7)
    attempts = (attempt("x", tokens=few), attempt("y", tokens=many), attempt("claude-opus-5"), attempt("x", tokens=few))

    found = total(price(each, TABLE) for each in attempts)

    assert dict(found.unpriced) == {"x": 10, "y": 7}
    assert list(found.unpriced) == ["x", "y"]
    assert (found.usd, found.is_lower_bound, found.unpriced_tokens, found.tokens) == (5, True, 17, 1_000_017)


def test_sums_add_up_like_their_parts() -> None:
    prices = [price(attempt(model), TABLE) for model in ("claude-opus-5", "x", "gpt-5.5")]

    assert total([total(prices[:2]), total(prices[2:])]) == total(prices)
    assert total([]) == Cost()
    assert not Cost().is_lower_bound


def test_a_row_of_the_client_s_own_costs_nothing_and_hides_nothing() -> None:
    found = price(attempt("<synthetic>", tokens=TokenCounts()), TABLE)

    assert (found.status, found.usd) == ("ignored", 0)
    assert not total([found]).is_lower_bound


# ---- what if -----------------------------------------------------------------------------------------------


def test_without_a_cache_the_prompt_s_length_still_decides_the_rates() -> None:
    """Sonnet 4.5 above 200K: every token of the prompt at $6, not at $3."""
    tokens = TokenCounts(cache_read=1_000_000)

    found = uncached(attempt("claude-sonnet-4-5", tokens=tokens, prompt=200_001), TABLE)

    assert found.usd == 6


def test_a_batch_of_fast_requests_is_not_sold() -> None:
    fast = attempt("claude-opus-5-fast")

    assert batched(fast, TABLE) == price(fast, TABLE)


def test_another_model_keeps_day_tier_speed_and_place() -> None:
    found = rerouted(attempt("claude-opus-4-8-fast", "2026-11-10", geo="us"), "claude-fable-5-2", TABLE)

    assert (found.usd, found.model, found.fast) == (Decimal("17.6"), "claude-fable-5-2", True)


def test_a_route_to_a_model_without_a_price_has_none() -> None:
    assert rerouted(attempt("claude-opus-5"), "claude-opus-9", TABLE).status == "unpriced"
