"""Questions about plans: fees by the month, where a plan and the API meet, plan with overflow, renting instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from usagetray.domain.advice.break_even import MILLION, blended, break_even, reached, whole
from usagetray.domain.advice.hybrid import hybrid
from usagetray.domain.advice.months import four_weeks, from_week
from usagetray.domain.advice.plans import monthly_fee
from usagetray.usage import TokenCounts
from usagetray.views.cli.worked.reading import (
    Answer,
    Inputs,
    Tables,
    UnreadableError,
    cost,
    money,
    percent,
    rates_of,
)


def period(inputs: Inputs, _: Tables) -> Answer:
    """A fee by the month."""
    fee, every = inputs.amount("fee"), inputs.text("period")
    if every not in ("week", "month", "year"):
        inputs.fields.wrong("period", '"week" or "month" or "year"')
        raise UnreadableError("period")
    rule = {"week": "x 52/12", "month": "as it is", "year": "/ 12"}[every]
    monthly = monthly_fee(fee, every)
    return Answer(
        {"per_month_usd": round(monthly, 2), "rule": rule},
        (f"{money(fee)} a {every} is {money(monthly)} a month ({rule}): a fee needs its period beside it.",),
    )


def month_from_weeks(inputs: Inputs, _: Tables) -> Answer:
    weeks = [(row.count("input_tokens"), row.count("output_tokens")) for row in inputs.rows("weeks")]
    if not weeks:
        inputs.fields.wrong("weeks", "at least one week")
        raise UnreadableError("weeks")
    prompt, output = sum(row[0] for row in weeks), sum(row[1] for row in weeks)
    mean = Decimal(prompt + output) / len(weeks)
    return Answer(
        {
            "input_tokens": prompt,
            "output_tokens": output,
            "total_tokens": prompt + output,
            "mean_week_tokens": whole(mean),
            "month_x52_12_tokens": whole(from_week(mean)),
        }
    )


def projection(inputs: Inputs, _: Tables) -> Answer:
    week = inputs.amount("week_usd")
    low, month = four_weeks(week), from_week(week)
    return Answer(
        {"x4": low, "x52_12": month},
        (
            f"The convention decides: four weeks are 28 days, {money(low)}; a mean month is 52/12 weeks, "
            f"{money(month)}.",
        ),
    )


def break_even_tokens(inputs: Inputs, _: Tables) -> Answer:
    usd, tokens, fees = inputs.above_zero("usd"), inputs.count("tokens", least=1), inputs.named_amounts("fees")
    even = {name: break_even(fee, usd=usd, tokens=tokens) for name, fee in fees.items()}
    rate = blended(usd, tokens)
    figures: dict[str, Any] = {
        "blended_usd_per_mtok": None if rate is None else round(rate, 6),
        "tokens_per_month": {name: each.tokens for name, each in even.items()},
        "tokens_per_week": {name: each.tokens_week for name, each in even.items()},
    }
    return Answer(figures | {f"{name}_tokens_per_week": each.tokens_week for name, each in even.items()})


def break_even_dollars(inputs: Inputs, _: Tables) -> Answer:
    fees = inputs.named_amounts("fees")
    return Answer(
        {"breaks_even": [reached(usd, fees) for usd in inputs.amounts("api_equivalent_month_usd")]},
        ("Money alone always prefers the smallest plan; which one suffices, the peaks of its windows say.",),
    )


def overflow(inputs: Inputs, _: Tables) -> Answer:
    both = hybrid(inputs.amount("plan_fee"), inputs.amount("api_low"), inputs.amount("api_high"))
    return Answer({"low": both.low, "high": both.high})


def choice(inputs: Inputs, tables: Tables) -> Answer:
    """API or plan for stated tokens a month, least and most, at one mix."""
    rates, fee, share = rates_of(inputs, tables), inputs.amount("fee"), inputs.share("input_share")
    counts = inputs.counts("monthly_tokens")
    if not counts:
        inputs.fields.wrong("monthly_tokens", "at least one count")
        raise UnreadableError("monthly_tokens")
    rate = share * rates.input + (1 - share) * rates.output
    api = [tokens * rate / MILLION for tokens in counts]
    known = tables.plans.by_fee(fee)
    plan = inputs.text("plan", known.id if known else "plan")
    even = whole(fee * MILLION / rate) if rate else None
    certain = "api" if max(api) < fee else plan if min(api) >= fee else None
    limit = f"{even:,}" if even is not None else "no"
    return Answer(
        {
            "api_usd": api,
            "upper_bound_all_output_usd": [cost(TokenCounts(output=tokens), rates) for tokens in counts],
            "blended_usd_per_mtok": rate,
            "break_even_tokens": even,
            "choice": certain or "either: by usage",
        },
        (
            f"The tokens decide: the advice flips at {limit} tokens a month at this mix, where {money(fee)} and the "
            f"API meet. From the tokens stated follow {money(min(api))} to {money(max(api))}.",
        ),
    )


def return_on_spend(inputs: Inputs, _: Tables) -> Answer:
    """Cost as a share of a value the user states."""
    salary = inputs.amount("salary")
    value_low, value_high = salary * inputs.share("gain_low"), salary * inputs.share("gain_high")
    low, high = inputs.amount("monthly_cost_low") * 12, inputs.amount("monthly_cost_high") * 12
    shares = {
        "low_cost_high_value": percent(low, value_high),
        "low_cost_low_value": percent(low, value_low),
        "high_cost_high_value": percent(high, value_high),
        "high_cost_low_value": percent(high, value_low),
    }
    figures: dict[str, Any] = {
        "value_year_low": value_low,
        "value_year_high": value_high,
        "cost_year_low": low,
        "cost_year_high": high,
        "cost_percent_of_value": shares,
    }
    if "plan_fee" in inputs:
        figures["plan_year"] = inputs.amount("plan_fee") * 12
    return Answer(
        figures,
        (
            f"As a share of the value: {shares['low_cost_high_value']} to {shares['low_cost_low_value']} % at the low "
            f"cost, {shares['high_cost_high_value']} to {shares['high_cost_low_value']} % at the high one. The "
            "value is stated, not measured.",
        ),
    )


def fee_per_time(inputs: Inputs, _: Tables) -> Answer:
    fee = inputs.amount("fee")
    per_hour, per_day = fee / inputs.above_zero("hours"), fee / inputs.above_zero("days")
    return Answer(
        {"per_hour_usd": per_hour, "per_day_usd": per_day},
        (f"The unit decides: {money(per_hour)} an hour worked, {money(per_day)} a day.",),
    )


def self_host(inputs: Inputs, _: Tables) -> Answer:
    """Renting a machine: a month of it, and the hours after which it costs as much as a stated API bill."""
    prices, bills = inputs.amounts("usd_per_hour"), inputs.amounts("claimed_crossover_usd")
    if not all(prices):
        inputs.fields.wrong("usd_per_hour", "prices above 0")
        raise UnreadableError("usd_per_hour")
    pairs = list(zip(sorted(bills), sorted(prices, reverse=True), strict=False))
    hours = {f"{bill.normalize():f}_at_{price.normalize():f}": bill / price for bill, price in pairs}
    spans = sorted(hours.values())
    return Answer(
        {"month_usd": [price * inputs.amount("hours") for price in prices], "hours_at_crossover": hours},
        (
            f"The crossover holds only for a machine that runs {spans[0]:.0f} to {spans[-1]:.0f} hours a month; one "
            "that is always on costs the whole month."
            if spans
            else "No crossover was stated.",
        ),
    )


KINDS: Mapping[str, Callable[[Inputs, Tables], Answer]] = {
    "plan_period": period,
    "month_from_weeks": month_from_weeks,
    "projection": projection,
    "break_even_tokens": break_even_tokens,
    "break_even_dollars": break_even_dollars,
    "hybrid": overflow,
    "plan_choice": choice,
    "roi": return_on_spend,
    "fee_per_time": fee_per_time,
    "self_host": self_host,
}
