"""Shown words made fit for a screen reader, in the language they are in: units in full, no signs."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from usagetray import language
from usagetray.language import tr, tr_later, tr_n

UNITS: tuple[tuple[str, Callable[[int], str]], ...] = (
    (tr_later("{count} d"), lambda count: tr_n("{count} day", "{count} days", count)),
    (tr_later("{count} h"), lambda count: tr_n("{count} hour", "{count} hours", count)),
    (tr_later("{count} m"), lambda count: tr_n("{count} minute", "{count} minutes", count)),
    (tr_later("{count} s"), lambda count: tr_n("{count} second", "{count} seconds", count)),
)
DAYS = (
    (tr_later("Mon"), tr_later("Monday")), (tr_later("Tue"), tr_later("Tuesday")),
    (tr_later("Wed"), tr_later("Wednesday")), (tr_later("Thu"), tr_later("Thursday")),
    (tr_later("Fri"), tr_later("Friday")), (tr_later("Sat"), tr_later("Saturday")),
    (tr_later("Sun"), tr_later("Sunday")),
)  # fmt: skip
_SHARE = re.compile(r"([<>]?)(\d+(?:[.,]\d+)?)[\s\u00a0\u202f]?%")
_ALONE = re.compile(r"(?<!\S)–(?!\S)")
"""A dash that stands for a missing figure; between two figures it means "to"."""


def spoken(text: str) -> str:
    """ "resets Mon 09:00 · in 2 d 13 h" becomes "resets Monday 09:00, in 2 days 13 hours"."""
    spans, days = _abbreviations(language.spoken())
    text = spans.sub(lambda found: _span(found[1], found[2]), text)
    text = days.sub(lambda found: next(tr(whole) for short, whole in DAYS if tr(short) == found[1]), text)
    text = _SHARE.sub(lambda found: _share(found[1], found[2]), text)
    text = _ALONE.sub(tr("not given"), text)
    return text.replace(" · ", ", ").replace("\u00a0", " ").replace("\u202f", " ").strip()


@lru_cache(maxsize=4)
def _abbreviations(_language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Of spans of time with their figure, and of weekdays before a time, as that language writes them."""
    units = "|".join(re.escape(_sign(unit)) for unit, _ in UNITS)
    days = "|".join(re.escape(tr(short)) for short, _ in DAYS)
    return re.compile(rf"(\d+)[\s\u00a0]({units})\b"), re.compile(rf"\b({days})\b(?=[\s\u00a0]\d)")


def _sign(unit: str) -> str:
    return tr(unit, count="").strip()


def _span(figure: str, sign: str) -> str:
    return next(whole(int(figure)) for unit, whole in UNITS if _sign(unit) == sign)


def _share(sign: str, figure: str) -> str:
    said = tr("{count} percent", count=figure)
    return {"<": tr("less than {share}", share=said), ">": tr("more than {share}", share=said)}.get(sign, said)


def sentences(*parts: str) -> str:
    """The parts that say something, each as a sentence."""
    said = (spoken(part) for part in parts if part)
    return " ".join(part[:1].upper() + part[1:].rstrip(".") + "." for part in said)
