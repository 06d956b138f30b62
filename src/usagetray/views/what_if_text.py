"""Stated use in words: what it costs, which plan it is worth, what could be saved. 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from usagetray.domain.advice.sections import Section
from usagetray.model import Money
from usagetray.views.figures import NARROW, money, number
from usagetray.views.plain import pad, plain

WIDTH = 80
Row = Mapping[str, Any]
KINDS = {
    "input": "plain prompt",
    "cache_write_5m": "written for 5 min",
    "cache_write_1h": "written for 1 h",
    "cache_read": "read from the cache",
    "output": "output",
}
RULES = {
    "weekly_matrix": "tokens a week",
    "monthly_matrix": "tokens a month",
    "weekly_tree": "hours and tokens a week",
    "sessions": "sessions a month",
}


def what_if_text(sections: Sequence[Section], problems: Sequence[str]) -> str:
    parts = ["\n".join(WORDS[each.name](each.rows)) for each in sections]
    parts = [each for each in parts if each]
    if problems:
        parts.append("\n".join(("Left out", *(line for each in problems for line in wrapped(plain(each, 400))))))
    return "\n\n".join(parts)


# ---- figures -----------------------------------------------------------------------------------------------


def usd(amount: Decimal | None) -> str:
    return "–" if amount is None else money(Money(amount=amount, currency="USD"))


def per_cent(share: Decimal | None) -> str:
    """Rounded to a whole percent; "<1 %" is not zero."""
    if share is None:
        return "–"
    whole = (share * 100).quantize(Decimal(1), ROUND_HALF_UP)
    return f"<1{NARROW}%" if share > 0 and whole == 0 else f"{whole}{NARROW}%"


def count(tokens: Decimal | int | None) -> str:
    """ "37.8M", "842,809", "5.2B"."""
    if tokens is None:
        return "–"
    for size, sign in ((10**9, "B"), (10**6, "M")):
        if tokens >= size:
            return f"{short(Decimal(tokens) / size)}{sign}"
    return number(int(tokens))


def short(value: Decimal | None) -> str:
    """ "12.5", "50"."""
    return "–" if value is None else number(value.quantize(Decimal("0.1"), ROUND_HALF_UP).normalize(), "f")


def wrapped(text: str, indent: str = "  ") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


# ---- sections ----------------------------------------------------------------------------------------------


def _month(rows: Sequence[Row]) -> Iterator[str]:
    row = rows[0]
    how = "as stated" if row["stated_per"] == "month" else "a mean week x 52/12"
    yield f"Stated use, by the month ({how})"
    cached = f", {per_cent(row['cached_share'])} of it read from a cache" if row["cached_share"] else ""
    yield from wrapped(
        f"{count(row['prompt_tokens'])} tokens of prompt{cached}; {count(row['output_tokens'])} of output."
    )


def _cost(rows: Sequence[Row]) -> Iterator[str]:
    row = rows[0]
    rate = row["blended_usd_per_mtok"]
    yield f"About {usd(row['usd'])} a month at list prices" + (f", {usd(rate)} a million tokens" if rate else "")
    yield from wrapped("; ".join(f"{KINDS[name]} {usd(each)}" for name, each in row["by_category"].items()) + ".")
    if len(row["by_model"]) > 1:
        yield from wrapped(
            "; ".join(f"{plain(each['model'], 40)} {usd(each['usd'])}" for each in row["by_model"]) + "."
        )
    if row["per_active_day_usd"] is not None:
        yield from wrapped(f"{usd(row['per_active_day_usd'])} an active day.")
    if row["per_session_usd"] is not None:
        yield from wrapped(f"{usd(row['per_session_usd'])} a session.")
    gap = row["unexplained_usd"]
    if gap:
        way = "more" if gap > 0 else "less"
        yield from wrapped(
            f"Your bill of {usd(row['stated_bill_usd'])} is {usd(abs(gap))} {way}: these counts do not explain "
            "that part."
        )


def _plans(rows: Sequence[Row]) -> Iterator[str]:
    yield "Plan against API"
    for row in rows:
        owned = " (yours)" if row["is_owned"] else ""
        seats = f" x {row['seats']}" if row["seats"] > 1 else ""
        fee = row["fee_month_usd"]
        if fee is None:
            yield from wrapped(_range(row, f"{plain(row['name'], 40)}{owned}{seats}"))
            continue
        if row["pays"] == "break-even":
            against = "break-even with the API"
        elif row["pays"] == "yes":
            against = f"{usd(row['plan_cheaper_by_usd'])} less than the API"
        else:
            against = f"{usd(row['api_cheaper_by_usd'])} more than the API"
        name = pad(f"{plain(row['name'], 26)}{owned}{seats}", 31)
        yield f"  {name} {usd(fee):>9} a month   {against}"
        yield from wrapped(_even(row), " " * 6)


def _range(row: Row, name: str) -> str:
    """A fee that depends on seat, contract or date."""
    low, high = usd(row["fee_low_usd"]), usd(row["fee_high_usd"])
    said = {
        ("yes", "yes"): "less than the API either way",
        ("no", "no"): "more than the API either way",
    }.get((row.get("pays_at_low", ""), row.get("pays_at_high", "")), "which of the two is cheaper depends on the fee")
    return f"{name}: {low} to {high} a month, {said}."


def _even(row: Row) -> str:
    """Where plan and API meet, in every unit that was stated."""
    parts = [f"{count(row['break_even_tokens_month'])} tokens a month ({count(row['break_even_tokens_week'])} a week)"]
    if row["break_even_active_days_month"] is not None:
        parts.append(f"{short(row['break_even_active_days_month'])} active days")
    if row["break_even_sessions_month"] is not None:
        parts.append(f"{short(row['break_even_sessions_month'])} sessions")
    text = f"Even at {', '.join(parts)}."
    flips = row["flips_at_cached_share"]
    if flips is not None and flips > 0:
        text += f" The API is cheaper once more than {per_cent(flips)} of the prompt is read from a cache."
    if row["paid_at_once_usd"] is not None:
        text += f" {usd(row['paid_at_once_usd'])} at once."
    return text + (" Unconfirmed fee." if row["confidence"] == "low" else "")


def _cheapest(rows: Sequence[Row]) -> Iterator[str]:
    row = rows[0]
    names = {**row["names"], "api": "the API"}
    one, other, largest = (plain(names[row[key]], 40) for key in ("by_money_alone", "against_largest", "largest"))
    clear = "" if row["is_clear"] else ", by less than a tenth"
    yield f"Cheapest by money alone: {one}{clear}"
    yield from wrapped(
        f"Of the API and {largest}, which surely is the largest of these: {other}. Which smaller plan is large enough "
        "the peaks of its windows say; a file cannot."
    )


def _hybrid(rows: Sequence[Row]) -> Iterator[str]:
    yield "A plan, and the API for what goes beyond it"
    for row in rows:
        name = plain(row["name"], 40)
        total = "" if row["low_usd"] is None else f" {span(row['low_usd'], row['high_usd'])} a month as stated;"
        until = row["overflow_until_next_usd"]
        more = (
            ""
            if until is None
            else f", and up to {usd(until)} of API a month it stays below {plain(row['next_name'], 40)}"
        )
        yield from wrapped(
            f"{name}:{total} beats the API alone once it takes over {usd(row['plan_must_cover_usd'])} of this "
            f"use{more}."
        )


def _caching(rows: Sequence[Row]) -> Iterator[str]:
    row = rows[0]
    yield "Caching"
    if row["saved_usd"] > 0:
        yield from wrapped(
            f"Saves {usd(row['saved_usd'])} a month already, {per_cent(row['saved_share'])} of the "
            f"{usd(row['without_usd'])} it would cost without."
        )
    elif row["saved_usd"] < 0:
        yield from wrapped(
            f"Costs {usd(-row['saved_usd'])} a month more than none: it is written more than it is read."
        )
    yield from wrapped(
        f"Could save {usd(row['could_save_usd'])} more at most, were all of the prompt read: output is not discounted."
    )
    for each in row["could_save_at"]:
        if each["saving_usd"] > 0:
            yield from wrapped(
                f"With {per_cent(each['cached_share'])} of the prompt read: {usd(each['usd'])}, "
                f"{usd(each['saving_usd'])} less."
            )


def _cacheable(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if not row["is_long_enough"]:
            least = row["minimum_cacheable_tokens"]
            known = f"{least:,} tokens" if least else "an unknown length"
            yield from wrapped(
                f"{plain(row['model'], 40)} caches prompts from {known} up; yours are {row['mean_prompt_tokens']:,} "
                "in the mean, so most would silently not be cached."
            )


def _batch(rows: Sequence[Row]) -> Iterator[str]:
    row = rows[0]
    yield f"Batch, for the {per_cent(row['share'])} that can wait up to a day"
    yield from wrapped(f"Saves {span(row['saving_low_usd'], row['saving_high_usd'])} a month; fees stay as they are.")


def span(low: Decimal, high: Decimal) -> str:
    """ "$20.00 to $35.00", "$20.00" where both are shown the same."""
    return usd(high) if usd(low) == usd(high) else f"{usd(low)} to {usd(high)}"


def _context(rows: Sequence[Row]) -> Iterator[str]:
    row = rows[0]
    yield f"{per_cent(row['prompt_cut'])} fewer prompt tokens"
    yield from wrapped(
        f"{usd(row['after_usd'])} instead of {usd(row['before_usd'])}: {usd(row['saving_usd'])} less, "
        f"{per_cent(row['saving_share'])} of the bill. A limit would last {_times(row['stretch'])} as long."
    )
    if row["tool_fee_usd"] is not None:
        net = row["net_saving_usd"]
        gain = f"{usd(net)} are left" if net > 0 else f"{usd(-net)} are lost"
        yield from wrapped(
            f"After {usd(row['tool_fee_usd'])} for the tool that does it {gain}; it pays from a bill of "
            f"{usd(row['tool_pays_from_usd'])} on."
        )


def _times(stretch: Decimal | None) -> str:
    return "–" if stretch is None else f"{stretch.quantize(Decimal('0.01'), ROUND_HALF_UP)} times"


def _output(rows: Sequence[Row]) -> Iterator[str]:
    row = rows[0]
    yield f"{per_cent(row['output_cut'])} shorter answers"
    yield from wrapped(
        f"{usd(row['after_usd'])}: {usd(row['saving_usd'])} less, {per_cent(row['saving_share'])} of the bill."
    )


def _routing(rows: Sequence[Row]) -> Iterator[str]:
    yield "On another model (list price only: quality and the number of turns change)"
    for row in rows:
        saving = span(row["saving_low_usd"], row["saving_high_usd"])
        yield from wrapped(
            f"{plain(row['model'], 40)} to {plain(row['route_to'], 40)}: {usd(row['now_usd'])} now; "
            f"{usd(row['reads_kept_usd'])} with the same cache reads, {usd(row['without_reads_usd'])} without. "
            f"Saves {saving}."
        )


def _value(rows: Sequence[Row]) -> Iterator[str]:
    yield f"Against the value you state, {span(rows[0]['value_low_usd'], rows[0]['value_high_usd'])} a month"
    for row in rows:
        low, high = per_cent(row["share_low"]), per_cent(row["share_high"])
        share = low if low == high else f"{low} to {high}"
        yield f"  {pad(plain(row['name'], 31), 31)} {usd(row['cost_month_usd']):>9} a month   {share} of it"


def _projection(rows: Sequence[Row]) -> Iterator[str]:
    row = rows[0]
    yield "Projected at list prices"
    yield from wrapped(
        f"A week {usd(row['week_usd'])}; a month {usd(row['month_x52_12_usd'])} (x 52/12; four weeks are "
        f"{usd(row['month_x4_usd'])}); a year {usd(row['year_usd'])}."
    )


def _price_list(rows: Sequence[Row]) -> Iterator[str]:
    yield "Your mix at other list prices, a month (tokenizers differ, so about)"
    yield f"  {pad('', 31)} {'as used':>10} {'no caching':>12}"
    for row in rows:
        used, bare = usd(row["as_used_usd"]), usd(row["without_caching_usd"])
        yield f"  {pad(plain(row['model'], 31), 31)} {used:>10} {bare:>12}"


def _rules_of_thumb(rows: Sequence[Row]) -> Iterator[str]:
    yield "Published rules of thumb (not from your use; they disagree with each other)"
    for row in rows:
        what = f"by {RULES[row['rule']]}"
        said = row["band"].replace("_", " ")
        dollars = f", printed at {row['published_usd']} dollars" if row["published_usd"] else ""
        yield f"  {pad(what, 31)} {said}{dollars}"


WORDS: Mapping[str, Callable[[Sequence[Row]], Iterator[str]]] = {
    "month": _month,
    "cost": _cost,
    "plans": _plans,
    "cheapest": _cheapest,
    "hybrid": _hybrid,
    "caching": _caching,
    "cacheable": _cacheable,
    "batch": _batch,
    "context": _context,
    "output": _output,
    "routing": _routing,
    "value": _value,
    "projection": _projection,
    "price_list": _price_list,
    "rules_of_thumb": _rules_of_thumb,
}
