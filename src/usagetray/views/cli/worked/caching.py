"""Questions about prompt caching: what it saved, what it can save at most, which lifetime, how long a prefix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from usagetray.domain.advice.caching import (
    LIFETIMES,
    even_gap,
    is_cacheable,
    lifetime_costs,
    reads_to_pay,
)
from usagetray.domain.advice.plans import Plan
from usagetray.usage import TokenCounts
from usagetray.views.cli.worked.reading import (
    MILLION,
    Answer,
    Inputs,
    Tables,
    UnreadableError,
    cost,
    millions,
    money,
    percent,
    rates_of,
)

WHOLE = Decimal(1)


def what_if(inputs: Inputs, tables: Tables) -> Answer:
    """A share of the prompt read from the cache; or how far a bill can have come down by caching."""
    return _shared(inputs, tables) if "prompt_tokens" in inputs else _bill(inputs, tables)


def _shared(inputs: Inputs, tables: Tables) -> Answer:
    rates = rates_of(inputs, tables)
    prompt, output = inputs.count("prompt_tokens"), inputs.count("output_tokens")
    read = int((inputs.share("read_share") * prompt).quantize(WHOLE, ROUND_HALF_UP))
    rest_is = inputs.text("rest_is", "input")
    if rest_is not in ("input", "cache_write_5m", "cache_write_1h"):
        inputs.fields.wrong("rest_is", '"input" or "cache_write_5m" or "cache_write_1h"')
        raise UnreadableError("rest_is")
    rest = prompt - read
    tokens = replace(TokenCounts(cache_read=read, output=output), **{rest_is: rest})
    usd = cost(tokens, rates)
    without = cost(TokenCounts(input=prompt, output=output), rates)
    twice = usd + rest * rates.input / MILLION
    figures: dict[str, Any] = {
        "usd": usd,
        "without_usd": without,
        "saving_usd": without - usd,
        "if_rest_is_plain_input_usd": cost(TokenCounts(input=rest, cache_read=read, output=output), rates),
    }
    largest = _largest(inputs, tables)
    words = []
    if rest_is != "input" and rest:
        words.append(
            f"The {millions(rest)} tokens that were not read are written to the cache or plain input, never both: the "
            f"categories must be disjoint. A sum of {money(twice)} would count these {millions(rest)} twice."
        )
    if largest is not None and largest.monthly is not None:
        either = {"api": usd, largest.id: largest.monthly}
        figures |= {"cheapest_of": either, "choice": min(either, key=lambda name: either[name])}
        words.append(
            f"{largest.name} is compared because nothing is known of the windows: only the largest plan for one "
            "person surely suffices."
        )
    return Answer(figures, tuple(words))


def _largest(inputs: Inputs, tables: Tables) -> Plan | None:
    """The plan named, or the largest for one person of the model's vendor; the first vendor where none is named."""
    if "plan" in inputs:
        return tables.plans.find(inputs.text("plan"))
    vendor = tables.models.vendor_of(inputs.text("model", "")) or tables.plans.plans[0].vendor
    sized = [plan for plan in tables.plans.for_one(vendor) if plan.session is not None]
    return max(sized, key=lambda plan: plan.session or 0, default=None)


def _bill(inputs: Inputs, tables: Tables) -> Answer:
    rates = rates_of(inputs, tables)
    prompt, output = inputs.count("input_tokens"), inputs.count("output_tokens")
    without = cost(TokenCounts(input=prompt, output=output), rates)
    floor = cost(TokenCounts(cache_read=prompt, output=output), rates)
    figures: dict[str, Any] = {
        "without_usd": without,
        "floor_all_read_usd": floor,
        "max_saving_usd": without - floor,
        "max_saving_percent": percent(without - floor, without),
    }
    words = [
        f"Caching discounts the prompt only: of {money(without)} for these tokens at most {money(without - floor)} "
        f"({percent(without - floor, without)} %) can go, the output stays."
    ]
    if "actual_usd" in inputs:
        saved = without - inputs.amount("actual_usd")
        each = rates.input - rates.cache_read
        figures |= {
            "saving_usd": saved,
            "saving_percent": percent(saved, without),
            "implied_read_tokens": int((saved * MILLION / each).quantize(WHOLE, ROUND_HALF_UP)) if each else None,
        }
        if saved > without - floor or saved < 0:
            words.append("The bill stated lies outside that range: something else is in it.")
    if "claimed_without_usd" in inputs and inputs.amount("claimed_without_usd") > without:
        claimed = inputs.amount("claimed_without_usd")
        words.append(f"{money(claimed)} without a cache is more than these tokens cost at all.")
    return Answer(figures, tuple(words))


def saving(inputs: Inputs, tables: Tables) -> Answer:
    """What reading from the cache saved, against the cost without one."""
    rates = rates_of(inputs, tables)
    read, prompt = inputs.count("cache_read_tokens"), inputs.count("prompt_tokens")
    output = inputs.count("output_tokens", 0)
    saved = read * (rates.input - rates.cache_read) / MILLION
    whole = cost(TokenCounts(input=prompt, output=output), rates)
    return Answer(
        {
            "saving_usd": saved,
            "uncached_usd": whole,
            "saving_percent_of_read_tokens": percent(rates.input - rates.cache_read, rates.input),
            "saving_percent_of_prompt_cost": percent(saved, prompt * rates.input / MILLION),
            "cache_hit_percent": percent(Decimal(read), Decimal(prompt)),
        },
        (
            f"A saving cannot exceed the uncached cost, {money(whole)} here; {percent(Decimal(read), Decimal(prompt))} "
            "% is the share of the prompt that was read from the cache, not a share of the bill.",
        ),
    )


def unit(inputs: Inputs, tables: Tables) -> Answer:
    """One prefix, sent so many times: plain and read."""
    rates, prefix, requests = rates_of(inputs, tables), inputs.count("prefix_tokens"), inputs.count("requests")
    plain_each, read_each = prefix * rates.input / MILLION, prefix * rates.cache_read / MILLION
    return Answer(
        {
            "plain_per_request": plain_each,
            "read_per_request": read_each,
            "plain_total": plain_each * requests,
            "read_total": read_each * requests,
            "saving_percent": percent(plain_each - read_each, plain_each),
        },
        ("Only if the model caches a prefix this short at all, and the first request of each lifetime writes it.",),
    )


def eligible(inputs: Inputs, tables: Tables) -> Answer:
    """Whether a prefix is long enough for its model; the minimum stated, else ours."""
    model, prefix = inputs.text("model"), inputs.count("prefix_tokens")
    known = tables.models.smallest(model)
    least = inputs.count("minimum_cacheable_tokens", known.tokens if known and known.tokens else 0)
    is_long = prefix >= least if least else is_cacheable(prefix, known)
    rates = tables.base_rates(model)
    per_read = prefix * (rates.input - rates.cache_read) / MILLION if rates else None
    return Answer(
        {"eligible": is_long, "saving_usd": per_read if is_long else Decimal(0), "minimum_tokens": least or None},
        (
            f"{model} caches prompts from a minimum cacheable length of {least or 'unknown'} tokens up; a shorter one "
            "is silently not cached and saves nothing.",
        ),
    )


def break_even(inputs: Inputs, _: Tables) -> Answer:
    read = inputs.share("read")
    return Answer(
        {"reads": {name: reads_to_pay(write, read) for name, write in inputs.named_amounts("writes").items()}}
    )


def lifetime(inputs: Inputs, tables: Tables) -> Answer:
    """Evenly spaced requests with one prefix: which lifetime is cheapest."""
    rates, requests = rates_of(inputs, tables), inputs.count("requests", least=1)
    gap = even_gap(timedelta(days=inputs.count("days", least=1)), requests)
    each = inputs.count("prefix_tokens") * rates.input / MILLION
    if not rates.input:
        return Answer({"choice": "none", "saving_usd": Decimal(0)})
    writes = {"5m": rates.cache_write_5m / rates.input, "1h": rates.cache_write_1h / rates.input}
    costs = lifetime_costs([gap] * (requests - 1), each, rates.cache_read / rates.input, writes)
    return Answer(
        {
            "gap_minutes": round(Decimal(str(gap.total_seconds())) / 60, 2),
            "plain_usd": costs.plain,
            "cache_5m_usd": costs.by_lifetime["5m"],
            "cache_1h_usd": costs.by_lifetime["1h"],
            "choice": costs.choice,
            "saving_usd": costs.saving,
        },
        (
            "Every read renews the lifetime, so only gaps count: longer than "
            f"{int(LIFETIMES['5m'][0].total_seconds()) // 60} minutes, the short cache is written each time and costs "
            "more than none; longer than an hour, neither helps.",
        ),
    )


KINDS: Mapping[str, Callable[[Inputs, Tables], Answer]] = {
    "whatif_cache": what_if,
    "cache_saving": saving,
    "cache_unit": unit,
    "cache_eligible": eligible,
    "cache_break_even": break_even,
    "cache_ttl_choice": lifetime,
}
