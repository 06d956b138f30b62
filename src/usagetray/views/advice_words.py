"""Each piece of advice as a title and sentences, for terminal and popup; and what it was worked out from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from usagetray.domain.advice.confidence import Confidence, Doubt
from usagetray.domain.advice.items import Advice, Kind, Verdict
from usagetray.language import tr, tr_later, tr_n
from usagetray.views.figures import number
from usagetray.views.plain import plain
from usagetray.views.what_if_text import count, per_cent, short, span, usd

Names = Mapping[str, str]  # "anthropic/max_5x" -> "Claude Max 5x"

CONFIDENCE = {
    Confidence.HIGH: tr_later("well founded"),
    Confidence.NORMAL: tr_later("well founded"),
    Confidence.LOW: tr_later("low confidence"),
    Confidence.EARLY: tr_later("early: a comparison, no recommendation"),
}
METHODS = {
    "plan_against_api": tr_later("list price of each request against the fee"),
    "peaks_carried_over": tr_later("your windows' peaks times the plans' multiples"),
    "hours_locked_out": tr_later("hours from 100 % to the reset"),
    "plan_with_overflow": tr_later("your requests in time order through the smaller plan's windows"),
    "year_by_twelve": tr_later("a year's fee / 12"),
    "every_prompt_token_at_input": tr_later("every prompt token at the input price, less what was paid"),
    "lifetimes_by_gaps": tr_later("gaps between requests against the caches' lifetimes"),
    "half_of_tokens": tr_later("half of every token, fees unchanged"),
    "same_attempts_other_card": tr_later("the same requests at the other model's list price"),
    "prompt_scaled": tr_later("a fifth fewer prompt tokens, output unchanged"),
}
MISSING = {
    "other_machines": tr_later("what other computers, web chat and the cloud used of the plan"),
    "unpriced_tokens": tr_later("models without a known price"),
    "owned_plan": tr_later("which plan you have"),
    "window_readings": tr_later("readings of the plan's windows"),
    "weeks": tr_later("two whole weeks with ten readings each"),
    "recent_readings": tr_later("a reading from the last seven days"),
    "multiples": tr_later("how the plans' windows compare"),
    "hour_value": tr_later("what an hour is worth to you (`--hour-value`)"),
    "demand_after_lockout": tr_later("what you would have used after the lockout"),
    "shared_prefix": tr_later("proof that the prompts begin alike"),
    "reads_kept": tr_later("whether the cache would be read as often"),
    "recent_use": tr_later("use in the last seven days"),
}
DOUBTS = {
    Doubt.UNPRICED: tr_later("More than 2 % of the tokens have no known price."),
    Doubt.OLD_RATES: tr_later("The prices were last checked more than 90 days ago."),
    Doubt.LOW_PLAN: tr_later("A plan row that decides is unconfirmed."),
    Doubt.LITTLE_EXPLAINED: tr_later("The logs explain less than half of what the windows moved."),
    Doubt.ONE_WEEK: tr_later("One week holds more than half of all use."),
}

Words = tuple[str, list[str]]


def _plan_pays(item: Advice, names: Names) -> Words:
    row: Mapping[str, Any] = item.figures
    name, gap = names.get(item.about, item.about), usd(row["difference_usd"])
    worth, fee = usd(row["equivalent_month_usd"]), usd(row["fee_month_usd"])
    if item.verdict is Verdict.YES:
        title = tr("{name} pays: at least {amount} a month less than the API", name=name, amount=gap)
        said = [
            tr(
                "A month of this use would have cost at least {worth} at API prices; the fee is {fee}.",
                worth=worth,
                fee=fee,
            )
        ]
    elif item.verdict is Verdict.EVEN:
        title = tr("{name} and the API are at break-even", name=name)
        said = [tr("Use and fee are both {fee} a month.", fee=fee)]
    else:
        title = tr("{name}: the API would have been cheaper by at most {amount} a month", name=name, amount=gap)
        said = [
            tr("This use costs about {worth} a month at API prices, the fee is {fee}.", worth=worth, fee=fee),
            tr("That holds if the same work is done: an API user also pays for what the plan did elsewhere."),
        ]
    if "without_busiest_week_usd" in row:
        said.append(tr("Without the busiest week it would be {amount}.", amount=usd(row["without_busiest_week_usd"])))
    return title, [*said, _even(row)]


def _even(row: Mapping[str, Any]) -> str:
    month, week = count(row["break_even_tokens_month"]), count(row["break_even_tokens_week"])
    parts = [tr("{month} tokens a month ({week} a week)", month=month, week=week)]
    if row["break_even_active_days_month"] is not None:
        parts.append(tr("{number} active days", number=short(row["break_even_active_days_month"])))
    if row["break_even_sessions_month"] is not None:
        parts.append(tr("{number} sessions", number=short(row["break_even_sessions_month"])))
    rate, listed = row["blended_usd_per_mtok"], ", ".join(parts)
    if rate is None:
        return tr("Even at {amounts}.", amounts=listed)
    return tr("Even at {amounts}, at your {rate} a million tokens.", amounts=listed, rate=usd(rate))


def _api_or_plan(item: Advice, names: Names) -> Words:
    row: Mapping[str, Any] = item.figures
    name, gap = names.get(item.about, item.about), usd(row["difference_usd"])
    worth, fee = usd(row["equivalent_month_usd"]), usd(row["fee_month_usd"])
    if item.verdict is Verdict.UNCLEAR:
        title = tr("{name} or API: no clear difference", name=name)
    elif row["equivalent_month_usd"] >= row["fee_month_usd"]:
        title = tr("{name}: {amount} a month less than this use at API prices", name=name, amount=gap)
    else:
        title = tr("{name}: {amount} a month more than this use at API prices", name=name, amount=gap)
    said = [
        tr("The use is worth at least {worth} a month, the fee is {fee}.", worth=worth, fee=fee),
        tr("Whether the plan is large enough its windows say."),
        _even(row),
    ]
    return title, said


def _lower(item: Advice, names: Names) -> Words:
    row: Mapping[str, Any] = item.figures
    name, owned = names.get(item.about, item.about), names.get(str(row["owned"]), str(row["owned"]))
    strict, mild = per_cent(row["peak_there_strict"]), per_cent(row["peak_there_mild"])
    peak = per_cent(row["peak"])
    if strict == mild:
        reached = tr(
            "Your busiest window reached {peak} of {owned}; that is {strict} of {name}.",
            peak=peak,
            owned=owned,
            strict=strict,
            name=name,
        )
    else:
        reached = tr(
            "Your busiest window reached {peak} of {owned}; that is {strict} of {name}, {mild} by the hours published "
            "in 2025.",
            peak=peak,
            owned=owned,
            strict=strict,
            name=name,
            mild=mild,
        )
    said = [reached, _passed(row)]
    if row["is_assumed_multiple"]:
        said.append(tr("No weekly multiple was published; that of the session stands in."))
    if item.verdict is Verdict.YES and row["credit_lost_usd"]:
        said.append(tr("With it goes {amount} a month of included credit.", amount=usd(row["credit_lost_usd"])))
    return _lower_title(item, name), said


def _lower_title(item: Advice, name: str) -> str:
    if item.verdict is Verdict.YES:
        is_just = item.figures["sufficiency"] == "just"
        if item.monthly is None:
            return (
                tr("{name} would have only just sufficed", name=name)
                if is_just
                else tr("{name} would have been enough", name=name)
            )
        less = usd(item.monthly.point)
        return (
            tr("{name} would have only just sufficed: {amount} a month less", name=name, amount=less)
            if is_just
            else tr("{name} would have been enough: {amount} a month less", name=name, amount=less)
        )
    if item.verdict is Verdict.NO:
        return tr("{name} would not have been enough", name=name)
    if item.verdict is Verdict.MAY:
        return tr("{name} may have been enough: the weekly limits were never published exactly", name=name)
    return tr("Whether {name} would be enough cannot be said yet", name=name)


def _passed(row: Mapping[str, Any]) -> str:
    counts = {"windows": row["windows_read"], "high": row["windows_above_80"], "full": row["windows_above_100"]}
    if not row["windows_above_100"]:
        return tr("Of {windows} windows {high} would have passed 80 %, {full} would have run out.", **counts)
    return tr(
        "Of {windows} windows {high} would have passed 80 %, {full} would have run out, with {hours} hours to wait.",
        **counts,
        hours=short(row["hours_waited"]),
    )


def _higher(item: Advice, names: Names) -> Words:
    row: Mapping[str, Any] = item.figures
    name = names.get(item.about, item.about)
    times = tr_n("{count} lockout", "{count} lockouts", row["lockouts"])
    said = [
        tr(
            "{times}, about {hours} hours a month; {name} is {amount} a month more. How much more you would have used "
            "is not known.",
            times=times,
            hours=short(row["hours_lost_month"]),
            name=name,
            amount=usd(row["more_a_month_usd"]),
        )
    ]
    if row["value_lost_month_usd"] is not None:
        lost = usd(row["value_lost_month_usd"])
        said.append(tr("At the value you gave an hour, that is {amount} a month.", amount=lost))
    if item.verdict is Verdict.YES:
        return tr("{name} would be worth it for the hours lost", name=name), said
    if item.verdict is Verdict.NO:
        return tr("{name} costs more than the hours lost are worth", name=name), said
    return tr("You ran out ({times}): {name} is the next larger plan", times=times, name=name), said


def _hybrid(item: Advice, names: Names) -> Words:
    row: Mapping[str, Any] = item.figures
    amount = span(row["fee_month_usd"], row["all_month_usd"])
    told = {"name": names.get(item.about, item.about), "amount": amount}
    if item.verdict is Verdict.UNCLEAR:
        title = tr("{name} and the API behind it: {amount} a month, no clear difference", **told)
    elif item.verdict is Verdict.NO:
        title = tr("{name} and the API behind it: {amount} a month, not worth it", **told)
    else:
        title = tr("{name} and the API behind it: {amount} a month", **told)
    now = usd(row["fee_now_usd"])
    if usd(row["fee_month_usd"]) == usd(row["all_month_usd"]):
        return title, [tr("Nothing would have come after a full window. Now: {amount}.", amount=now)]
    said = [
        tr(
            "The upper end if all that came after a full window went on at API prices ({amount}), the lower if you "
            "waited. Now: {now}.",
            amount=usd(row["overflow_month_usd"]),
            now=now,
        )
    ]
    if row["all_low_usd"] != row["all_high_usd"]:
        said.append(
            tr(
                "By what your windows were seen to hold, the upper end lies from {low} to {high}.",
                low=usd(row["all_low_usd"]),
                high=usd(row["all_high_usd"]),
            )
        )
    return title, said


def _yearly(item: Advice, names: Names) -> Words:
    row: Mapping[str, Any] = item.figures
    return tr("Paid by the year: {amount} a year less", amount=usd(row["year_saving_usd"])), [
        tr(
            "{name} is {amount} a month, {sum} at once.",
            name=names.get(item.about, item.about),
            amount=usd(row["fee_month_usd"]),
            sum=usd(row["paid_at_once_usd"]),
        )
    ]


def _cache_saved(item: Advice, _: Names) -> Words:
    row: Mapping[str, Any] = item.figures
    saved = row["saved_month_usd"]
    if saved >= 0:
        title = tr("Caching saves {amount} a month", amount=usd(saved))
    else:
        title = tr("Caching costs {amount} a month more than none", amount=usd(-saved))
    return title, [
        tr(
            "Without it this would cost {amount}; {share} of the prompt is read from it.",
            amount=usd(row["without_month_usd"]),
            share=per_cent(row["cached_share"]),
        )
    ]


def _saves(item: Advice, what: str) -> Words:
    row: Mapping[str, Any] = item.figures
    saved, requests = span(row["low_month_usd"], row["high_month_usd"]), number(row["requests"])
    title = tr("{what}: saves {amount} a month", what=what, amount=saved)
    return title, [tr("{number} requests in these days.", number=requests)]


def _lifetime(item: Advice, _: Names) -> Words:
    name, choice = plain(item.about, 40), str(item.figures["choice"])
    if choice == "5m":
        return _saves(item, tr("{name} with the 5-minute cache", name=name))
    if choice == "1h":
        return _saves(item, tr("{name} with the 1-hour cache", name=name))
    return _saves(item, tr("{name} with no cache", name=name))


def _cache_start(item: Advice, _: Names) -> Words:
    return _saves(item, tr("{name} with caching", name=plain(item.about, 40)))


def _batch(item: Advice, _: Names) -> Words:
    title, said = _saves(item, tr("{name} as a batch", name=plain(item.about, 40)))
    return title, [*said, tr("Answers may take up to a day.")]


def _routing(item: Advice, _: Names) -> Words:
    choice = plain(item.figures["choice"], 30)
    title, said = _saves(item, tr("{name} on {choice}", name=plain(item.about, 30), choice=choice))
    return title, [*said, tr("List price only: quality and the number of turns change with the model.")]


def _context(item: Advice, names: Names) -> Words:
    row: Mapping[str, Any] = item.figures
    cut, prompt = per_cent(row["cut"]), per_cent(row["prompt_share_of_bill"])
    share = tr("The prompt is {share} of the cost.", share=prompt)
    if item.monthly is None:
        told = {"name": names.get(item.about, item.about), "share": cut}
        if row["stretch"] is None:
            return tr("{name}: {share} fewer prompt tokens last longer", **told), [share]
        stretch = short(row["stretch"])
        return tr("{name}: {share} fewer prompt tokens last {times} times as long", **told, times=stretch), [share]
    title = tr(
        "{share} fewer prompt tokens: saves up to {amount} a month", share=cut, amount=usd(row["high_month_usd"])
    )
    least = usd(row["low_month_usd"])
    return title, [share, tr("At least {amount} if only the uncached part shrinks.", amount=least)]


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
