"""What stated tokens cost: by category, by request, by session, on other models, and whether they can cost so much."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from usagetray.domain.advice.break_even import blended
from usagetray.domain.pricing import price
from usagetray.usage import Attempt, TokenCounts
from usagetray.views.cli.worked.reading import (
    MILLION,
    Answer,
    Inputs,
    Tables,
    UnreadableError,
    by_category,
    cost,
    millions,
    money,
    percent,
    rates_of,
    stated_rates,
    tokens_of,
)

DEARER = "claude-opus-4"
"""What a session is priced on beside its own model: where published session prices were made."""


def stated_cost(inputs: Inputs, tables: Tables) -> Answer:
    """Tokens at stated rates, or requests each priced alone on its date."""
    if "requests" in inputs:
        return _requests(inputs, tables)
    rates, tokens = rates_of(inputs, tables), tokens_of(inputs.below("tokens"))
    usd = cost(tokens, rates)
    rate = blended(usd, tokens.total)
    figures: dict[str, Any] = {
        "usd": usd,
        "by_category": by_category(tokens, rates),
        "blended_usd_per_mtok": None if rate is None else round(rate, 6),
        "prompt_tokens": tokens.prompt,
    }
    written = tokens.cache_write_5m + tokens.cache_write_1h
    if not written or written != tokens.input:
        return Answer(figures)
    once = usd - tokens.input * rates.input / MILLION
    return Answer(
        figures | {"usd_if_counted_once": once},
        (
            f"{millions(tokens.input)} tokens stand both as plain input and as cache writes, {millions(tokens.prompt)} "
            "of prompt in all. If they are the same tokens, the prompt was counted twice: categories must be "
            f"disjoint, and then the cost is {money(once)}.",
        ),
    )


def _requests(inputs: Inputs, tables: Tables) -> Answer:
    usd = [_request(row, tables) for row in inputs.rows("requests")]
    return Answer(
        {"usd": usd, "total_usd": sum(usd, Decimal(0))},
        (
            "Each request is priced alone, at the rates of its day: a prompt above the model's threshold, where it "
            "has one, costs the long rates for every token, output included.",
        ),
    )


def _request(row: Inputs, tables: Tables) -> Decimal:
    model, day = row.text("model"), row.day("date")
    tokens = tokens_of(row.below("tokens")) if "tokens" in row else _plain_request(row)
    attempt = Attempt(model=model, at=datetime.combine(day, time(12), UTC), tokens=tokens, prompt=tokens.prompt)
    found = price(attempt, tables.rates)
    if found.usd is None:
        row.fields.wrong("model", "a model with a known price")
        raise UnreadableError("model")
    return found.usd


def _plain_request(row: Inputs) -> TokenCounts:
    read = row.count("cached_tokens", 0)
    prompt = row.count("prompt_tokens")
    if read > prompt:
        row.fields.wrong("cached_tokens", "no more than prompt_tokens")
        raise UnreadableError("cached_tokens")
    return TokenCounts(input=prompt - read, cache_read=read, output=row.count("output_tokens"))


def log_semantics(inputs: Inputs, tables: Tables) -> Answer:
    """The same counts, cached tokens beside the input or within it."""
    rates = rates_of(inputs, tables)
    told, read, output = inputs.count("input_tokens"), inputs.count("cached_tokens"), inputs.count("output_tokens")
    beside = TokenCounts(input=told, cache_read=read, output=output)
    within = TokenCounts(input=max(0, told - read), cache_read=read, output=output)
    is_beside = inputs.text("cached_is").startswith("beside")
    meant, other = (beside, within) if is_beside else (within, beside)
    return Answer(
        {
            "usd": cost(meant, rates),
            "cache_hit_percent": percent(Decimal(read), Decimal(meant.prompt)),
            "usd_other_meaning": cost(other, rates),
        },
        ("Whether cached tokens stand beside the input count or within it changes the cost: say which is meant.",),
    )


def session_range(inputs: Inputs, tables: Tables) -> Answer:
    rates = rates_of(inputs, tables)
    low, high = (tokens_of(inputs.below(end)) for end in ("low", "high"))
    dear = tables.base_rates(DEARER)
    middle = (cost(low, rates) + cost(high, rates)) / 2
    return Answer(
        {
            "low_usd": cost(low, rates),
            "high_usd": cost(high, rates),
            "middle_usd": middle,
            "same_on_opus_4": None if dear is None else [cost(low, dear), cost(high, dear)],
        },
        (
            f"From these tokens follow {money(cost(low, rates))} to {money(cost(high, rates))}, {money(middle)} in "
            "the middle; another end does not follow from its tokens.",
        ),
    )


def feasible(inputs: Inputs, _: Tables) -> Answer:
    """A claim can be true of a model if its cost lies between all input and all output, at both ends."""
    rates = {name: _pair(inputs.below("rates"), name) for name in inputs.below("rates").fields.value}
    implied, models = [], []
    for claim in inputs.rows("claims"):
        tokens, usd = claim.counts("tokens"), claim.amounts("usd")
        if len(tokens) != len(usd) or not all(tokens):
            claim.fields.wrong("tokens", "as many counts above 0 as there are amounts in usd")
            raise UnreadableError("tokens")
        per_million = [amount * MILLION / count for amount, count in zip(usd, tokens, strict=True)]
        implied.append([round(each, 2) for each in per_million])
        models.append([name for name, (low, high) in rates.items() if all(low <= each <= high for each in per_million)])
    rows = [each for row in implied for each in row]
    every = set(rates).intersection(*models) if models else set()
    return Answer(
        {"implied_usd_per_mtok": implied, "feasible_on": models},
        (
            f"The claims imply ${min(rows)} to ${max(rows)} per million tokens. "
            + ("One model fits all of them." if every else "No one model's price range holds all of them.")
            if rows
            else "No claim was stated.",
        ),
    )


def _pair(rates: Inputs, name: str) -> tuple[Decimal, Decimal]:
    pair = rates.amounts(name)
    if len(pair) != 2:
        rates.fields.wrong(name, 'the input and the output rate, such as ["3", "15"]')
        raise UnreadableError(name)
    return pair[0], pair[1]


def tier_ratio(inputs: Inputs, _: Tables) -> Answer:
    """A cheaper model's input rate as a share of the dearer one's, as published and as it is."""
    dear = inputs.below("sonnet").above_zero("input")
    published = percent(inputs.below("haiku_published").amount("input"), dear)
    current = percent(inputs.below("haiku_4_5").amount("input"), dear)
    return Answer(
        {"published_rates_percent": published, "current_rates_percent": current},
        (f"Rates belong to a model and a date: {published} % at the rates as printed, {current} % at those of the "
         "model that is named.",),
    )  # fmt: skip


def output_ratio(inputs: Inputs, _: Tables) -> Answer:
    rows = [stated_rates(row) for row in inputs.rows("rates")]
    return Answer({"ratio": [row.output / row.input if row.input else None for row in rows]})


def implied_rate(inputs: Inputs, _: Tables) -> Answer:
    """What published points assume per million tokens, beside one's own blended rate."""
    points = [(row.count("tokens", least=1), row.amount("usd")) for row in inputs.rows("points")]
    if not points:
        inputs.fields.wrong("points", "at least one point")
        raise UnreadableError("points")
    own = inputs.below("other_mix")
    own_usd, own_tokens = own.amount("usd"), own.count("tokens", least=1)
    rates = [usd * MILLION / tokens for tokens, usd in points]
    at_own = {f"cost_of_{millions(tokens)}_at_other_mix": own_usd * tokens / own_tokens for tokens, _ in points}
    rate = blended(own_usd, own_tokens)
    return Answer(
        {"usd_per_mtok": rates} | {name: round(usd, 2) for name, usd in at_own.items()},
        (
            f"The published points assume {money(min(rates))} per million tokens, your mix costs "
            f"{money(rate or Decimal(0))}: bands by tokens alone cannot decide, the own blended rate does.",
        ),
    )


def price_list(inputs: Inputs, _: Tables) -> Answer:
    """One mix on several cards, and the cheapest of each tier: each vendor's dearest, second, third."""
    prompt, output = inputs.count("input_tokens"), inputs.count("output_tokens")
    rows = inputs.rows("rates")
    priced = [
        (row.text("name"), (prompt * row.amount("input") + output * row.amount("output")) / MILLION) for row in rows
    ]
    ranks: dict[str, list[tuple[Decimal, str]]] = {}
    for name, usd in priced:
        ranks.setdefault(_vendor_of(name), []).append((usd, name))
    tiers: dict[int, list[tuple[Decimal, str]]] = {}
    for of_vendor in ranks.values():
        for place, (usd, name) in enumerate(sorted(of_vendor, key=lambda each: -each[0])):
            tiers.setdefault(place, []).append((usd, name))
    return Answer(
        {
            "usd": [usd for _, usd in priced],
            "cheapest_per_tier": [min(tiers[place])[1] for place in sorted(tiers)],
        },
        ("Tokenizers differ: the same text is not the same number of tokens on another vendor's model.",),
    )


FAMILIES = frozenset({"opus", "sonnet", "haiku", "fable", "mythos"})
"""Claude's tiers often stand without the vendor's name before them."""


def _vendor_of(name: str) -> str:
    first = name.lower().split("-")[0]
    return "" if first in FAMILIES or any(f"-{each}" in name.lower() for each in FAMILIES) else first


def stacked_rate(inputs: Inputs, _: Tables) -> Answer:
    """Discounts multiply."""
    each = inputs.above_zero("input")
    stacked = each * inputs.share("read", Decimal(1)) * inputs.share("batch", Decimal(1))
    return Answer({"usd_per_mtok": stacked, "saving_percent": percent(each - stacked, each)})


KINDS: Mapping[str, Callable[[Inputs, Tables], Answer]] = {
    "cost": stated_cost,
    "log_semantics": log_semantics,
    "session_cost_range": session_range,
    "feasible_range": feasible,
    "tier_ratio": tier_ratio,
    "output_ratio": output_ratio,
    "implied_rate": implied_rate,
    "price_list": price_list,
    "stacked_rate": stacked_rate,
}
