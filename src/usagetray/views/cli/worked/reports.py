"""Questions about a report: a week by model, a month by application, the share of output, mean days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from usagetray.domain.advice.months import four_weeks, from_week
from usagetray.domain.rates import Rates
from usagetray.usage import TokenCounts
from usagetray.views.cli.worked.reading import (
    Answer,
    Inputs,
    Tables,
    UnreadableError,
    cost,
    display,
    millions,
    money,
    percent,
    rates_of,
    stated_rates,
)


def weekly(inputs: Inputs, tables: Tables) -> Answer:
    rows, saved, total = [], Decimal(0), Decimal(0)
    for row in inputs.rows("models"):
        rates = rates_of(row, tables)
        tokens = _split(row)
        usd = cost(tokens, rates)
        total += usd
        saved += cost(TokenCounts(input=tokens.prompt, output=tokens.output), rates) - usd
        rows.append(
            {
                "model": row.text("model"),
                "usd": usd,
                "display": display(usd),
                "cache_hit_percent": percent(Decimal(tokens.cache_read), Decimal(tokens.prompt), "1"),
            }
        )
    return Answer(
        {
            "rows": rows,
            "total_usd": total,
            "total_display": display(total),
            "projected_month_x4": four_weeks(total),
            "projected_month_x52_12": from_week(total),
            "cache_saving_usd": saved,
        },
        (
            f"These tokens cost {money(total)} at these rates; other dollars do not follow from them. The month is "
            "x 52/12; x 4 counts 28 days.",
        ),
    )


def _split(row: Inputs) -> TokenCounts:
    """Cached tokens within the prompt, unless they are said to stand beside it."""
    read, output = row.count("cached_tokens", 0), row.count("output_tokens")
    key = "prompt_tokens" if "prompt_tokens" in row else "input_tokens"
    told = row.count(key)
    if row.text("cached_is", "subset").startswith("beside"):
        return TokenCounts(input=told, cache_read=read, output=output)
    if read > told:
        row.fields.wrong("cached_tokens", f'no more than {key}, or "cached_is": "beside {key}"')
        raise UnreadableError("cached_tokens")
    return TokenCounts(input=told - read, cache_read=read, output=output)


def apps(inputs: Inputs, _: Tables) -> Answer:
    rows = inputs.rows("rows")
    usd = [row.amount("usd") for row in rows]
    requests = [row.count("requests") for row in rows]
    output = sum(row.count("output_tokens") for row in rows)
    total = sum(usd, Decimal(0))
    return Answer(
        {
            "requests": sum(requests),
            "input_tokens": sum(row.count("input_tokens") for row in rows),
            "output_tokens": output,
            "usd": total,
            "display_output": millions(output),
            "usd_per_request": [
                (amount / count).quantize(Decimal("0.0001"), ROUND_HALF_UP) if count else None
                for amount, count in zip(usd, requests, strict=True)
            ],
            "share_percent": [percent(amount, total, "0.1") for amount in usd],
        }
    )


def apps_by_model(inputs: Inputs, tables: Tables) -> Answer:
    """Shares of tokens by model, priced at list without a cache."""
    stated: dict[str, Rates] = (
        {name: stated_rates(each) for name, each in inputs.named("rates").items()} if "rates" in inputs else {}
    )
    sums, cells = [], {}
    for row in inputs.rows("rows"):
        prompt, output = row.count("input_tokens"), row.count("output_tokens")
        below = row.below("token_share")
        cell: dict[str, Decimal] = {}
        for model in below.fields.value:
            rates = stated.get(model) or tables.base_rates(model)
            if rates is None:
                below.fields.wrong(model, "a model with a known price, or one with rates beside it")
                raise UnreadableError(model)
            cell[model] = below.share(model) * (prompt * rates.input + output * rates.output) / 1_000_000
        cells[row.text("app")] = cell
        sums.append(sum(cell.values(), Decimal(0)))
    return Answer(
        {"usd": sums, "total_usd": sum(sums, Decimal(0)), "cells": cells},
        (
            "Shares by request are not shares by token: a cost needs the tokens of each model. Without a cache and at "
            "list prices; what a bill has less was read from a cache.",
        ),
    )


def output_share(inputs: Inputs, _: Tables) -> Answer:
    output = inputs.amount("output_usd")
    totals = {
        "percent_list": "list_total_usd",
        "percent_with_cache": "total_with_cache_usd",
        "percent_of_published_total": "published_total_usd",
    }
    shares = {name: percent(output, inputs.amount(key), "0.1") for name, key in totals.items() if key in inputs}
    known = sorted(each for each in shares.values() if each is not None)
    figures: dict[str, Any] = dict(shares)
    return Answer(
        figures,
        (
            f"Output is {known[0]} to {known[-1]} % of the bill, depending on which total it is held against."
            if known
            else "No total was stated.",
        ),
    )


def daily(inputs: Inputs, _: Tables) -> Answer:
    """Means over the days really covered: both ends count, idle days too."""
    total, first, last = inputs.amount("total_usd"), inputs.day("first_day"), inputs.day("last_day")
    days = (last - first).days + 1
    if days < 1:
        inputs.fields.wrong("last_day", "a day not before first_day")
        raise UnreadableError("last_day")
    figures: dict[str, Any] = {"days_inclusive": days}
    for count in sorted({days - 1, days} - {0}):
        figures[f"mean_over_{count}"] = total / count
        figures[f"display_{count}"] = display(total / count)
    return Answer(
        figures,
        (
            f"From {first} to {last} are {days} days when both ends count, so the mean of a day is "
            f"{money(total / days)}.",
        ),
    )


KINDS: Mapping[str, Callable[[Inputs, Tables], Answer]] = {
    "weekly_report": weekly,
    "app_table": apps,
    "app_model_cost": apps_by_model,
    "output_share": output_share,
    "daily_stats": daily,
}
