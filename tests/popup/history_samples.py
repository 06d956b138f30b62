"""A made-up ninety days of history, much like the design's own: workdays, a dear Wednesday, quiet weekends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from tests.popup.samples import NOW, ZONE
from usagetray.domain.history import HistorySums
from usagetray.domain.history_days import DaySums, Part, Prompts

TODAY = NOW.astimezone(ZONE).date()
CENT = 10**10  # of a dollar, in 10^-12
MODELS = (("claude-opus-5-5", 46), ("claude-sonnet-5-5", 19), ("claude-fable-5-2", 25), ("gpt-6.1", 10))
PROJECTS = (("/home/me/work/borealis", 50), ("/home/me/webshop", 30), ("/home/me/notes", 20))
TOKENS_PER_CENT = 14_900
HOURS = {7: 1, 8: 3, 9: 6, 10: 8, 11: 5, 12: 4, 13: 5, 14: 9, 15: 8, 16: 6, 17: 2, 19: 2, 20: 5, 21: 4, 22: 2}


def cents_of(day: date) -> int:
    """From $7 on a weekend to $99 on the dearest day, the same each time."""
    number = day.toordinal()
    if day == date(2026, 11, 12):
        return 9_950
    if day.weekday() >= 5:
        return 700 + number % 7 * 90
    return 3_300 + number * 37 % 23 * 190


def shared(day: date, cents: int, parts: tuple[tuple[str, int], ...]) -> tuple[Part, ...]:
    found = []
    for at, (key, percent) in enumerate(parts):
        share = percent + (day.toordinal() * 7 + at) % 5 - 2 if len(parts) > 1 else percent
        pico = cents * CENT * share // 100
        found.append(Part(day.toordinal(), key, pico // CENT * TOKENS_PER_CENT, pico, 0, False))
    return tuple(found)


def day_of(day: date, *, unpriced: int = 0) -> DaySums:
    cents, ordinal = cents_of(day), day.toordinal()
    hours = tuple(
        Part(ordinal, str(hour), tokens * 100_000, cents * CENT * (tokens + (ordinal + hour) % 3) // 100, 0, False)
        for hour, tokens in HOURS.items()
        if day.weekday() < 5 or hour % 2
    )
    models = shared(day, cents, MODELS)
    if unpriced:
        models += (Part(ordinal, "house-model", unpriced, 0, unpriced, True),)
    tokens = sum(each.tokens for each in models)
    told = Prompts(ordinal, tokens, tokens * 91 // 100, cents * CENT * 144 // 100)
    return DaySums(models, shared(day, cents, PROJECTS), hours, (told,))


def sums(days: int = 90, *, unpriced: int = 0) -> HistorySums:
    """The last so many days, today included; `unpriced`: tokens a day of a model without a price."""
    first = TODAY - timedelta(days=days - 1)
    return HistorySums(
        read_at=NOW,
        zone=ZONE,
        days=tuple(day_of(first + timedelta(days=at), unpriced=unpriced) for at in range(days)),
        kept_since=first,
    )


def many() -> HistorySums:
    """Seven models with long names and as many folders, some of one name, and amounts of every length."""
    given, found = sums(), list[DaySums]()
    for each in given.days:
        (ordinal,) = {part.day for part in each.models}
        extra = tuple(
            Part(ordinal, f"some-vendor/a-model-with-quite-a-long-name-{at}", 9_999_999, 17 * CENT * at**6, 0, False)
            for at in range(1, 6)
        )
        folders = tuple(
            Part(ordinal, f"/home/me/place-{at}/a-folder-with-quite-a-long-name", 999, CENT * at**5, at, at == 3)
            for at in range(1, 8)
        )
        found.append(DaySums(each.models + extra, each.projects + folders, each.hours, each.prompts))
    return replace(given, days=tuple(found))


def unpriced_only() -> HistorySums:
    """Only a model that nobody knows a price of."""
    ordinal = TODAY.toordinal()
    parts = tuple(Part(ordinal - at, "house-model", 38_000, 0, 38_000, True) for at in (0, 3, 4))
    days = tuple(
        DaySums(
            (part,),
            (part._replace(key="/home/me/webshop"),),
            (part._replace(key="9"),),
            (Prompts(part.day, 38_000, 0, 0),),
        )
        for part in parts
    )
    return HistorySums(read_at=NOW, zone=ZONE, days=days, kept_since=TODAY - timedelta(days=4))


def hostile() -> HistorySums:
    """Names that try to be markup, to turn the line round, and to be endless."""
    evil = "<b>\u202ebold\u202c</b> &amp; \x1b[31m%s{0}\n" + "W" * 10_000
    part = Part(TODAY.toordinal(), evil, 5, 10**18, 0, False)
    day = DaySums((part,), (part,), (part._replace(key="9"),), (Prompts(part.day, 5, 0, -(10**18)),))
    return HistorySums(read_at=NOW, zone=ZONE, days=(day,), kept_since=TODAY)


def empty() -> HistorySums:
    return HistorySums(read_at=NOW, zone=ZONE)


def reading() -> HistorySums:
    return replace(sums(12), logs_read=(312_000_000, 1_000_000_000))


MOMENTS = {
    "usual": sums,
    "unpriced": lambda: sums(unpriced=12_000),
    "many": many,
    "unpriced_only": unpriced_only,
    "hostile": hostile,
    "empty": empty,
    "reading": reading,
    "first_day": lambda: sums(1),
}
