"""What stated use could cost less: caching, batches, a shorter context, shorter answers, another model."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from usagetray.domain.advice.caching import is_cacheable, reads_to_pay
from usagetray.domain.advice.context import cut, tool
from usagetray.domain.advice.costs import cost, without_cache
from usagetray.domain.advice.models import ModelFacts
from usagetray.domain.advice.sections import Section, one
from usagetray.domain.advice.stated import Stated

HALF = Decimal("0.5")
DEFAULT_CUT = Decimal("0.2")
SHARES = (Decimal("0.5"), Decimal("0.7"), Decimal("0.9"))
"""Cached shares shown where the file aims at none."""


def caching(stated: Stated) -> Iterator[Section]:
    without = stated.monthly(sum((each.without_usd for each in stated.models), Decimal(0)))
    floor = stated.monthly(sum((each.all_read_usd for each in stated.models), Decimal(0)))
    shares = (stated.cached_share,) if stated.cached_share is not None else SHARES
    at = []
    for share in shares:
        usd = stated.monthly(sum((each.at_share(share) for each in stated.models), Decimal(0)))
        at.append({"cached_share": share, "usd": usd, "saving_usd": stated.month_usd - usd})
    yield one(
        "caching",
        without_usd=without,
        saved_usd=without - stated.month_usd,
        saved_share=(without - stated.month_usd) / without if without else None,
        floor_all_read_usd=floor,
        could_save_usd=max(Decimal(0), stated.month_usd - floor),
        could_save_at=at,
        reads_to_pay={
            each.model: {
                name: reads_to_pay(price / each.rates.input, each.rates.cache_read / each.rates.input)
                for name, price in (("5m", each.rates.cache_write_5m), ("1h", each.rates.cache_write_1h))
            }
            for each in stated.models
            if each.rates.input > 0
        },
    )


def smallest(stated: Stated, models: ModelFacts) -> Iterator[Section]:
    """Whether the mean prompt is long enough for its model to cache it, where the number of requests is stated."""
    rows = []
    for each in stated.models:
        if not each.requests:
            continue
        mean = each.tokens.prompt // each.requests
        known = models.smallest(each.model)
        rows.append(
            {
                "model": each.model,
                "mean_prompt_tokens": mean,
                "minimum_cacheable_tokens": known.tokens if known else None,
                "is_long_enough": is_cacheable(mean, known),
            }
        )
    if rows:
        yield Section(name="cacheable", rows=tuple(rows), is_list=True)


def batch(stated: Stated) -> Iterator[Section]:
    """Half of every token of what can wait. Low: nothing is read from a cache within a batch."""
    share = stated.batch_share
    if share is None:
        return
    high = stated.month_usd * share * HALF
    unread = stated.monthly(sum((each.without_usd for each in stated.models), Decimal(0)))
    low = share * (stated.month_usd - unread * HALF)
    yield one("batch", share=share, saving_high_usd=high, saving_low_usd=min(low, high), delay_hours=24)


def context(stated: Stated) -> Iterator[Section]:
    share = stated.prompt_cut if stated.prompt_cut is not None else DEFAULT_CUT
    output = stated.by_category.get("output", Decimal(0))
    found = cut(stated.month_usd - output, output, prompt_cut=share)
    fee = stated.tool_fee or Decimal(0)
    netted = tool(found.before, found.saving_share or Decimal(0), fee)
    yield one(
        "context",
        prompt_cut=share,
        before_usd=found.before,
        after_usd=found.after,
        saving_usd=found.saving,
        saving_share=found.saving_share,
        stretch=found.stretch,
        tool_fee_usd=stated.tool_fee,
        net_saving_usd=netted.net,
        tool_pays_from_usd=netted.pays_from if stated.tool_fee is not None else None,
    )


def output(stated: Stated) -> Iterator[Section]:
    share = stated.output_cut if stated.output_cut is not None else DEFAULT_CUT
    output = stated.by_category.get("output", Decimal(0))
    found = cut(stated.month_usd - output, output, prompt_cut=Decimal(0), output_cut=share)
    yield one(
        "output",
        output_cut=share,
        before_usd=found.before,
        after_usd=found.after,
        saving_usd=found.saving,
        saving_share=found.saving_share,
    )


def routing(stated: Stated, models: ModelFacts) -> Iterator[Section]:
    rows = []
    for each in stated.models:
        for other, rates in stated.route_to.items():
            if other == each.model:
                continue
            least, most = models.token_range(each.model, other)
            kept, unread = cost(each.tokens, rates), cost(without_cache(each.tokens), rates)
            rows.append(
                {
                    "model": each.model,
                    "route_to": other,
                    "now_usd": stated.monthly(each.usd),
                    "reads_kept_usd": stated.monthly(kept),
                    "without_reads_usd": stated.monthly(unread),
                    "saving_high_usd": stated.monthly(each.usd - kept * least),
                    "saving_low_usd": stated.monthly(each.usd - max(kept, unread) * most),
                    "tokens_times": [least, most],
                }
            )
    if rows:
        yield Section(name="routing", rows=tuple(rows), is_list=True)


MAKERS = (caching, batch, context, output)
