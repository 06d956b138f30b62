"""Advice from one's own use in words: the figures, the rule, the days behind it, what is missing. 80 columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from usagetray.domain.advice.advise import Report
from usagetray.domain.advice.confidence import Confidence
from usagetray.domain.advice.items import Advice, Flip
from usagetray.domain.advice.months import MonthEnd
from usagetray.domain.advice.own_use import Use
from usagetray.views.advice_words import CONFIDENCE, DOUBTS, METHODS, MISSING, WORDS, Names
from usagetray.views.plain import plain
from usagetray.views.report_words import counted
from usagetray.views.what_if_text import count, per_cent, usd, wrapped

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
    words = CONFIDENCE.get(report.confidence)
    yield f"From {counted(report.days, 'day')} of your own use" + (f" ({words})" if words else "")
    for doubt in report.doubts:
        yield from wrapped(DOUBTS[doubt])
    for lacking in report.missing:
        yield from wrapped(f"Not known: {MISSING.get(lacking, lacking)}.")


def _use(name: str, use: Use, end: MonthEnd | None) -> Iterator[str]:
    yield f"{plain(name, 40)}: at least {usd(use.usd)} at list prices since {use.first.day} {use.first:%b}"
    days = counted(use.active_days, "active day")
    cached = f", {per_cent(use.cached_share)} of the prompt read from a cache" if use.cached_share else ""
    yield from wrapped(
        f"{count(use.tokens)} tokens on {days}{cached}; {_about(use.month)} by the month, "
        f"output {per_cent(use.output_share)} of it."
    )
    if use.unpriced_tokens:
        yield from wrapped(f"{count(use.unpriced_tokens)} tokens are of models without a known price.")
    if end is not None:
        band = "" if end.is_percentile else ", two paces"
        ends_at = _about(end.point)
        if usd(end.low) != usd(end.high):
            ends_at = f"about {usd(end.low)} to {usd(end.high)} (mean {usd(end.point)}{band})"
        yield from wrapped(f"This month ends at {ends_at}.")


def _about(amount: Decimal) -> str:
    """ "about $12.66", "<$0.01"."""
    said = usd(amount)
    return said if said.startswith("<") else f"about {said}"


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
