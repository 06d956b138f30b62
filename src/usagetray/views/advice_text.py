"""Advice from one's own use in words: the figures, the rule, the days behind it, what is missing. 80 columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from usagetray.domain.advice.advise import Report
from usagetray.domain.advice.confidence import Confidence, Doubt
from usagetray.domain.advice.items import Advice, Flip, Kind, Verdict
from usagetray.domain.advice.months import MonthEnd
from usagetray.domain.advice.own_use import Use
from usagetray.views.plain import plain
from usagetray.views.what_if_text import count, per_cent, short, span, usd, wrapped

Names = Mapping[str, str]  # "anthropic/max_5x" -> "Claude Max 5x"

CONFIDENCE = {
    Confidence.HIGH: "well founded",
    Confidence.NORMAL: "well founded",
    Confidence.LOW: "low confidence",
    Confidence.EARLY: "early: a comparison, no recommendation",
}
METHODS = {
    "plan_against_api": "list price of each request against the fee",
    "peaks_carried_over": "your windows' peaks times the plans' multiples",
    "hours_locked_out": "hours from 100 % to the reset",
    "plan_with_overflow": "your requests in time order through the smaller plan's windows",
    "year_by_twelve": "a year's fee / 12",
    "every_prompt_token_at_input": "every prompt token at the input price, less what was paid",
    "lifetimes_by_gaps": "gaps between requests against the caches' lifetimes",
    "half_of_tokens": "half of every token, fees unchanged",
    "same_attempts_other_card": "the same requests at the other model's list price",
    "prompt_scaled": "a fifth fewer prompt tokens, output unchanged",
}
MISSING = {
    "other_machines": "what other computers, web chat and the cloud used of the plan",
    "unpriced_tokens": "models without a known price",
    "owned_plan": "which plan you have",
    "window_readings": "readings of the plan's windows",
    "weeks": "two whole weeks with ten readings each",
    "recent_readings": "a reading from the last seven days",
    "multiples": "how the plans' windows compare",
    "hour_value": "what an hour is worth to you (`--hour-value`)",
    "demand_after_lockout": "what you would have used after the lockout",
    "shared_prefix": "proof that the prompts begin alike",
    "reads_kept": "whether the cache would be read as often",
    "recent_use": "use in the last seven days",
}
DOUBTS = {
    Doubt.UNPRICED: "More than 2 % of the tokens have no known price.",
    Doubt.OLD_RATES: "The prices were last checked more than 90 days ago.",
    Doubt.LOW_PLAN: "A plan row that decides is unconfirmed.",
    Doubt.LITTLE_EXPLAINED: "The logs explain less than half of what the windows moved.",
    Doubt.ONE_WEEK: "One week holds more than half of all use.",
}
FLIPS: Mapping[str, Callable[[Decimal | int], str]] = {
    "tokens_month": lambda at: f"{count(at)} tokens a month",
    "peak": lambda at: f"a peak of {per_cent(Decimal(at))}",
    "hour_value": lambda at: f"{usd(Decimal(at))} for an hour",
    "overflow_month": lambda at: f"{usd(Decimal(at))} a month on the API",
    "months_kept": lambda at: f"{at} months kept",
    "reads_kept": lambda at: f"{per_cent(Decimal(at))} of the cache reads kept",
    "shared_prefix": lambda at: f"{per_cent(Decimal(at))} of the prompts shared",
}


def advice_text(report: Report, names: Names) -> str:
    parts = ["\n".join(_head(report))]
    parts += [
        "\n".join(_use(names.get(vendor, vendor), use, report.month_ends.get(vendor)))
        for vendor, use in report.covered.items()
    ]
    if report.billed is not None:
        parts.append("\n".join(_use("Billed by the call", report.billed, None)))
    parts += ["\n".join(_item(each, names)) for each in report.advice]
    if not report.advice:
        said = "Nothing to advise yet: that takes three days of use." if report.confidence is Confidence.NONE else (
            "Nothing that would change a dollar a month, or 3 % of it."
        )  # fmt: skip
        parts.append("\n".join(wrapped(said, "")))
    return "\n\n".join(parts)


def _head(report: Report) -> Iterator[str]:
    days = f"{report.days} day" + ("s" if report.days != 1 else "")
    words = CONFIDENCE.get(report.confidence)
    yield f"From {days} of your own use" + (f" ({words})" if words else "")
    for doubt in report.doubts:
        yield from wrapped(DOUBTS[doubt])
    for lacking in report.missing:
        yield from wrapped(f"Not known: {MISSING.get(lacking, lacking)}.")


def _use(name: str, use: Use, end: MonthEnd | None) -> Iterator[str]:
    yield f"{plain(name, 40)}: at least {usd(use.usd)} at list prices since {use.first:%d %b}"
    cached = f", {per_cent(use.cached_share)} of the prompt read from a cache" if use.cached_share else ""
    yield from wrapped(
        f"{count(use.tokens)} tokens on {use.active_days} active days{cached}; about {usd(use.month)} by the month, "
        f"output {per_cent(use.output_share)} of it."
    )
    if use.unpriced_tokens:
        yield from wrapped(f"{count(use.unpriced_tokens)} tokens are of models without a known price.")
    if end is not None:
        band = "" if end.is_percentile else ", two paces"
        ends_at = usd(end.point)
        if usd(end.low) != usd(end.high):
            ends_at = f"{usd(end.low)} to {usd(end.high)} (mean {usd(end.point)}{band})"
        yield from wrapped(f"This month ends at about {ends_at}.")


def _item(item: Advice, names: Names) -> Iterator[str]:
    title, sentences = WORDS[item.kind](item, {key: plain(each, 40) for key, each in names.items()})
    yield from wrapped(title, "")
    for sentence in sentences:
        yield from wrapped(sentence)
    yield from wrapped("; ".join(_grounds(item)) + ".", "    ")


def _grounds(item: Advice) -> Iterator[str]:
    yield f"{item.days} days, {CONFIDENCE.get(item.confidence, 'no confidence')}"
    yield f"by {METHODS.get(item.method, item.method)}"
    if item.missing:
        yield "not known: " + ", ".join(MISSING.get(each, each) for each in item.missing)
    if item.flips is not None:
        yield f"flips at {_flip(item.flips)}"


def _flip(flip: Flip) -> str:
    return FLIPS[flip.what](flip.at) if flip.what in FLIPS else str(flip.at)


# ---- one kind each -----------------------------------------------------------------------------------------

Words = tuple[str, list[str]]


def _plan_pays(item: Advice, names: Names) -> Words:
    row: Mapping[str, Any] = item.figures
    name, gap = names.get(item.about, item.about), usd(row["difference_usd"])
    worth, fee = usd(row["equivalent_month_usd"]), usd(row["fee_month_usd"])
    if item.verdict is Verdict.YES:
        title = f"{name} pays: at least {gap} a month less than the API"
        said = [f"A month of this use would have cost at least {worth} at API prices; the fee is {fee}."]
    elif item.verdict is Verdict.EVEN:
        title, said = f"{name} and the API are at break-even", [f"Use and fee are both {fee} a month."]
    else:
        title = f"{name}: the API would have been cheaper by at most {gap} a month"
        said = [
            f"This use costs about {worth} a month at API prices, the fee is {fee}.",
            "That holds if the same work is done: an API user also pays for what the plan did elsewhere.",
        ]
    if "without_busiest_week_usd" in row:
        said.append(f"Without the busiest week it would be {usd(row['without_busiest_week_usd'])}.")
    return title, [*said, _even(row)]


def _even(row: Mapping[str, Any]) -> str:
    parts = [f"{count(row['break_even_tokens_month'])} tokens a month ({count(row['break_even_tokens_week'])} a week)"]
    if row["break_even_active_days_month"] is not None:
        parts.append(f"{short(row['break_even_active_days_month'])} active days")
    if row["break_even_sessions_month"] is not None:
        parts.append(f"{short(row['break_even_sessions_month'])} sessions")
    rate = row["blended_usd_per_mtok"]
    return f"Even at {', '.join(parts)}" + (f", at your {usd(rate)} a million tokens." if rate is not None else ".")


def _api_or_plan(item: Advice, names: Names) -> Words:
    row: Mapping[str, Any] = item.figures
    name, gap = names.get(item.about, item.about), usd(row["difference_usd"])
    worth, fee = usd(row["equivalent_month_usd"]), usd(row["fee_month_usd"])
    cheaper = row["equivalent_month_usd"] >= row["fee_month_usd"]
    title = f"{name}: {gap} a month {'less' if cheaper else 'more'} than this use at API prices"
    if item.verdict is Verdict.UNCLEAR:
        title = f"{name} or API: no clear difference"
    said = [
        f"The use is worth at least {worth} a month, the fee is {fee}.",
        "Whether the plan is large enough its windows say.",
        _even(row),
    ]
    return title, said


def _lower(item: Advice, names: Names) -> Words:
    row: Mapping[str, Any] = item.figures
    name, owned = names.get(item.about, item.about), names.get(str(row["owned"]), str(row["owned"]))
    strict, mild = per_cent(row["peak_there_strict"]), per_cent(row["peak_there_mild"])
    less = f": {usd(item.monthly.point)} a month less" if item.monthly else ""
    enough = "would have only just sufficed" if row["sufficiency"] == "just" else "would have been enough"
    title = {
        Verdict.YES: f"{name} {enough}{less}",
        Verdict.NO: f"{name} would not have been enough",
        Verdict.MAY: f"{name} may have been enough: the weekly limits were never published exactly",
    }.get(item.verdict, f"Whether {name} would be enough cannot be said yet")
    said = [
        f"Your busiest window reached {per_cent(row['peak'])} of {owned}; that is {strict} of {name}"
        + ("." if strict == mild else f", {mild} by the hours published in 2025."),
        f"Of {row['windows_read']} windows {row['windows_above_80']} would have passed 80 %, "
        f"{row['windows_above_100']} would have run out"
        + (f", with {short(row['hours_waited'])} hours to wait." if row["windows_above_100"] else "."),
    ]
    if row["is_assumed_multiple"]:
        said.append("No weekly multiple was published; that of the session stands in.")
    if item.verdict is Verdict.YES and row["credit_lost_usd"]:
        said.append(f"With it goes {usd(row['credit_lost_usd'])} a month of included credit.")
    return title, said


def _higher(item: Advice, names: Names) -> Words:
    row: Mapping[str, Any] = item.figures
    name = names.get(item.about, item.about)
    times = f"{row['lockouts']} lockout" + ("s" if row["lockouts"] != 1 else "")
    lost = f"{times}, about {short(row['hours_lost_month'])} hours a month"
    more = usd(row["more_a_month_usd"])
    said = [f"{lost}; {name} is {more} a month more. How much more you would have used is not known."]
    if row["value_lost_month_usd"] is not None:
        said.append(f"At the value you gave an hour, that is {usd(row['value_lost_month_usd'])} a month.")
    title = {
        Verdict.YES: f"{name} would be worth it for the hours lost",
        Verdict.NO: f"{name} costs more than the hours lost are worth",
    }.get(item.verdict, f"You ran out ({times}): {name} is the next larger plan")
    return title, said


def _hybrid(item: Advice, names: Names) -> Words:
    row: Mapping[str, Any] = item.figures
    name = names.get(item.about, item.about)
    title = f"{name} and the API behind it: {span(row['fee_month_usd'], row['all_month_usd'])} a month"
    title += {Verdict.UNCLEAR: ", no clear difference", Verdict.NO: ", not worth it"}.get(item.verdict, "")
    if usd(row["fee_month_usd"]) == usd(row["all_month_usd"]):
        return title, [f"Nothing would have come after a full window. Now: {usd(row['fee_now_usd'])}."]
    said = [
        f"The upper end if all that came after a full window went on at API prices "
        f"({usd(row['overflow_month_usd'])}), the lower if you waited. Now: {usd(row['fee_now_usd'])}."
    ]
    if row["all_low_usd"] != row["all_high_usd"]:
        said.append(
            f"By what your windows were seen to hold, the upper end lies from {usd(row['all_low_usd'])} to "
            f"{usd(row['all_high_usd'])}."
        )
    return title, said


def _yearly(item: Advice, names: Names) -> Words:
    row: Mapping[str, Any] = item.figures
    return f"Paid by the year: {usd(row['year_saving_usd'])} a year less", [
        f"{names.get(item.about, item.about)} is {usd(row['fee_month_usd'])} a month, "
        f"{usd(row['paid_at_once_usd'])} at once."
    ]


def _cache_saved(item: Advice, _: Names) -> Words:
    row: Mapping[str, Any] = item.figures
    saved = row["saved_month_usd"]
    title = (
        f"Caching saves {usd(saved)} a month" if saved >= 0 else f"Caching costs {usd(-saved)} a month more than none"
    )
    return title, [
        f"Without it this would cost {usd(row['without_month_usd'])}; {per_cent(row['cached_share'])} of the prompt "
        "is read from it."
    ]


def _saves(item: Advice, what: str) -> Words:
    row: Mapping[str, Any] = item.figures
    return f"{what}: saves {span(row['low_month_usd'], row['high_month_usd'])} a month", [
        f"{row['requests']:,} requests in these days."
    ]


def _lifetime(item: Advice, _: Names) -> Words:
    choice = {"5m": "the 5-minute cache", "1h": "the 1-hour cache", "none": "no cache"}[str(item.figures["choice"])]
    return _saves(item, f"{plain(item.about, 40)} with {choice}")


def _cache_start(item: Advice, _: Names) -> Words:
    return _saves(item, f"{plain(item.about, 40)} with caching")


def _batch(item: Advice, _: Names) -> Words:
    title, said = _saves(item, f"{plain(item.about, 40)} as a batch")
    return title, [*said, "Answers may take up to a day."]


def _routing(item: Advice, _: Names) -> Words:
    title, said = _saves(item, f"{plain(item.about, 30)} on {plain(item.figures['choice'], 30)}")
    return title, [*said, "List price only: quality and the number of turns change with the model."]


def _context(item: Advice, names: Names) -> Words:
    row: Mapping[str, Any] = item.figures
    stretch = f"{short(row['stretch'])} times" if row["stretch"] is not None else "–"
    share = f"The prompt is {per_cent(row['prompt_share_of_bill'])} of the cost."
    if item.monthly is None:
        name = names.get(item.about, item.about)
        return f"{name}: {per_cent(row['cut'])} fewer prompt tokens last {stretch} as long", [share]
    return f"{per_cent(row['cut'])} fewer prompt tokens: saves up to {usd(row['high_month_usd'])} a month", [
        f"{share} At least {usd(row['low_month_usd'])} if only the uncached part shrinks."
    ]


WORDS: Mapping[Kind, Callable[[Advice, Names], Words]] = {
    Kind.PLAN_PAYS: _plan_pays,
    Kind.API_OR_PLAN: _api_or_plan,
    Kind.LOWER_PLAN: _lower,
    Kind.HIGHER_PLAN: _higher,
    Kind.HYBRID: _hybrid,
    Kind.YEARLY: _yearly,
    Kind.CACHE_SAVED: _cache_saved,
    Kind.CACHE_LIFETIME: _lifetime,
    Kind.CACHE_START: _cache_start,
    Kind.BATCH: _batch,
    Kind.ROUTING: _routing,
    Kind.CONTEXT: _context,
}
