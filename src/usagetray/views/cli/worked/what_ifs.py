"""What-if questions other than caching: fewer prompt tokens, a tool's fee, another model, a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from usagetray.domain.advice.context import cut, token_stretch, tool
from usagetray.usage import TokenCounts
from usagetray.views.cli.worked.reading import (
    MILLION,
    Answer,
    Inputs,
    Tables,
    UnreadableError,
    cost,
    money,
    percent,
    rates_of,
    stated_rates,
    tokens_of,
)

HALF = Decimal("0.5")


def context(inputs: Inputs, tables: Tables) -> Answer:
    """A session with its prompt cut by a share, or all of it by a factor."""
    rates, session = rates_of(inputs, tables), tokens_of(inputs.below("session"))
    output = session.output * rates.output / MILLION
    prompt = cost(session, rates) - output
    if "tokens_factor" in inputs:
        gone = 1 - inputs.share("tokens_factor")
        cuts, outputs = [gone], [gone]
    else:
        cuts = inputs.shares("input_cut")
        outputs = [Decimal(0)] * len(cuts)
    found = [cut(prompt, output, prompt_cut=one, output_cut=other) for one, other in zip(cuts, outputs, strict=True)]
    figures: dict[str, Any] = {
        "before_usd": prompt + output,
        "after_usd": [each.after for each in found],
        "saving_percent": [percent(each.saving, each.before) for each in found],
        "stretch_by_price": [_short(each.stretch) for each in found],
    }
    words = [f"The saving is the cut times the prompt's share of the bill, {percent(prompt, prompt + output, '1')} %."]
    if "input_cut" in inputs:
        tokens = Decimal(session.prompt), Decimal(session.output)
        figures |= {
            "stretch_tokens": [_short(token_stretch(*tokens, each)) for each in cuts],
            "stretch_input_only": [_short(1 / (1 - each)) if each < 1 else None for each in cuts],
        }
        words.append("Limits weigh tokens by price, so stretch_by_price is how much longer one lasts, not raw tokens.")
    return Answer(figures, tuple(words))


def _short(value: Decimal | None) -> Decimal | None:
    return None if value is None else round(value, 3)


def percentage(inputs: Inputs, _: Tables) -> Answer:
    """A stated reduction of bills, with and without the fee of the tool that makes it."""
    share, fee = inputs.share("cut"), inputs.amount("tool_fee", Decimal(0))
    found = [tool(bill, share, fee) for bill in inputs.amounts("bills")]
    pays_from = tool(Decimal(1), share, fee).pays_from
    return Answer(
        {
            "after_usd": [each.after for each in found],
            "net_of_fee_saving": [each.net for each in found],
            "bill_at_which_the_fee_pays": None if pays_from is None else round(pays_from, 2),
        },
        (f"The fee of {money(fee)} is part of the answer: it pays from a bill of {money(pays_from)} a month on.",)
        if pays_from is not None
        else (),
    )


def route(inputs: Inputs, tables: Tables) -> Answer:
    """The same tokens on another model, with the cache reads kept and without."""
    rates = rates_of(inputs, tables)
    prompt, output = inputs.count("input_tokens"), inputs.count("output_tokens")
    read = inputs.count("cache_read_tokens_kept", 0)
    if read > prompt:
        inputs.fields.wrong("cache_read_tokens_kept", "no more than input_tokens")
        raise UnreadableError("cache_read_tokens_kept")
    plain = cost(TokenCounts(input=prompt, output=output), rates)
    kept = cost(TokenCounts(input=prompt - read, cache_read=read, output=output), rates)
    figures: dict[str, Any] = {"uncached_usd": plain, "with_same_cache_reads_usd": kept}
    if "actual_usd" in inputs:
        figures["saving_usd"] = kept - inputs.amount("actual_usd")
    return Answer(
        figures,
        (
            f"{money(kept)} if the cache reads are the same on the other model, {money(plain)} without them. List "
            "prices only: quality and the number of turns change with the model.",
        ),
    )


def batch(inputs: Inputs, _: Tables) -> Answer:
    """Half of a bill, and what so many requests of a mean size cost on each model."""
    figures: dict[str, Any] = {"batch_usd": inputs.amount("standard_usd") * HALF}
    words = ["A batch costs half of every kind of token, takes up to a day, and fees stay as they are."]
    if inputs.has("requests", "mean"):
        mean, requests = tokens_of(inputs.below("mean")), inputs.count("requests")
        by_model = {name: requests * cost(mean, stated_rates(each)) for name, each in inputs.named("rates").items()}
        figures["from_tokens"] = by_model
        stated = inputs.amount("standard_usd")
        near = min(by_model, key=lambda name: abs(by_model[name] - stated), default=None)
        if near is not None:
            words.append(f"{money(stated)} fits {near} best at this size: {money(by_model[near])}.")
    return Answer(figures, tuple(words))


KINDS: Mapping[str, Callable[[Inputs, Tables], Answer]] = {
    "whatif_context": context,
    "whatif_percent": percentage,
    "whatif_route": route,
    "whatif_batch": batch,
}
