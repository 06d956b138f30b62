"""What providers that report day by day what was billed have in common: days to ask for, pages, rows, sums.

Days are UTC days. A vendor goes on correcting a day for some time after its end; then it is closed and never asked
for again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from usagetray.errors import Cause, SourceError
from usagetray.model import Money, MoneyKind, MoneyLine, Snapshot, SpendDay
from usagetray.providers.contract import Facts
from usagetray.providers.parse import Answer, unread

T = TypeVar("T")

DAY = timedelta(days=1)
OPEN = 2 * DAY
"""A day is still corrected for this long after its end: with today these are the three that are asked for."""
FIRST = 30 * DAY
"""What is asked for at first lies this far back: with today 31 days, one page, in which the month always is."""
LONGEST = 180 * DAY
"""After a longer rest the days before are not made up for."""
MOST_PAGES = 40
MOST_ROWS = 20_000
"""Of one day. A sum must not leave out a row; an answer over 4 MiB never comes this far."""
CURSOR = re.compile(r"[!-~]{1,2000}")
CURRENCY = re.compile(r"[A-Za-z]{3}")
NOTHING = Money(amount=Decimal(0), currency="USD")

Days = Mapping[date, tuple[Answer, ...]]
"""The rows of each day that was told; none for a day on which there was nothing."""


# ---- what to ask for ---------------------------------------------------------------------------------------


def since(facts: Facts) -> date:
    """The first day to ask for: those not closed when it was asked last; without an earlier answer, 31 days."""
    today = facts.now.date()
    asked_at = max((each.captured_at for each in facts.former if each.spend), default=None)
    if asked_at is None:
        return today - FIRST
    return max(min(asked_at.date(), today) - OPEN, today - LONGEST)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def is_first_today(facts: Facts) -> bool:
    """No answer was given yet on this UTC day: a time to look again for what failed before and matters little."""
    return all(each.captured_at.date() < facts.now.date() for each in facts.former if each.spend)


def unnamed(spend: Iterable[SpendDay], facts: Facts) -> set[str]:
    """Ids in the bill whose names are worth asking for: never seen before, or tried again once a day."""
    named = {known for each in facts.former for known, _ in each.names}
    seen = set() if is_first_today(facts) else _ids(day for each in facts.former for day in each.spend)
    return _ids(spend) - named - seen


def _ids(spend: Iterable[SpendDay]) -> set[str]:
    return {known for each in spend for known in (each.key, each.workspace, each.project) if known}


def or_none(ask: Callable[[], T]) -> T | None:
    """What is asked besides the bill must not cost the bill; but when asked to wait, we wait."""
    try:
        return ask()
    except SourceError as error:
        if error.cause is Cause.RATE_LIMITED:
            raise
        return None


# ---- what was answered -------------------------------------------------------------------------------------


def told(source: str, ask: Callable[[str | None], object], start: str, end: str, dropped: list[str]) -> Days:
    """The rows of all pages by day. `ask` takes the cursor of the page; `start` and `end` name a day's bounds.

    Raises BAD_DATA where a page is none, or no day can be read: a part must not pass for the whole.
    """
    days: dict[date, tuple[Answer, ...]] = {}
    cursor: str | None = None
    cursors: set[str] = set()
    for _ in range(MOST_PAGES):
        page = Answer(ask(cursor), dropped=dropped)
        if not isinstance(page.raw("data"), list):
            raise SourceError(source, Cause.BAD_DATA, unread("a page without days", page))
        for bucket in page.rows("data"):
            day = _day(bucket, start, end)
            if day is None:
                bucket.drop(start)
            elif day in days:
                bucket.drop(start)  # a page told again: counted once
            else:
                rows = bucket.rows("results", most=MOST_ROWS)
                if isinstance(bucket.raw("results"), list):  # else nothing is said of that day, not that it was free
                    days[day] = rows
        given = page.raw("next_page")
        cursor = given if isinstance(given, str) and CURSOR.fullmatch(given) else None
        if page.flag("has_more") is not True or cursor is None or cursor in cursors:
            break
        cursors.add(cursor)
    else:
        raise SourceError(source, Cause.BAD_DATA, f"more than {MOST_PAGES} pages")
    if not days:
        raise SourceError(source, Cause.BAD_DATA, unread("no day in the answer could be read", page))
    return days


def _day(bucket: Answer, start: str, end: str) -> date | None:
    """By its beginning; else by its last instant, for the day that is not over may end before midnight."""
    begins_at = bucket.instant(start)
    if begins_at is not None:
        return begins_at.date()
    ends_at = bucket.instant(end)
    return None if ends_at is None else (ends_at - timedelta(microseconds=1)).date()


def amount_of(row: Answer, *path: str) -> Decimal | None:
    """The amount at the path; zero where none is given, None where it cannot be read."""
    return Decimal(0) if row.raw(*path) is None else row.number(*path)


def currency_of(row: Answer, *path: str) -> str | None:
    text = row.text(*path)
    if text is None or not CURRENCY.fullmatch(text):
        row.drop(*path)  # a number of what?
        return None
    return text.upper()


def spent(days: Days, read: Callable[[date, Answer], Iterable[SpendDay] | None]) -> tuple[SpendDay, ...]:
    """The days with their rows read and like ones added up. `read`: None for a row that cannot be read.

    A day without rows cost nothing; one of which no row could be read is as if it had not been told.
    """
    found: dict[SpendDay, Decimal] = {}
    for day, rows in days.items():
        readable = [each for row in rows if (each := read(day, row)) is not None]
        if rows and not readable:
            continue
        parts = [part for each in readable for part in each if part.amount.amount]
        for part in parts or [SpendDay(day=day, amount=NOTHING)]:
            like = replace(part, amount=replace(part.amount, amount=Decimal(0)))
            found[like] = found.get(like, Decimal(0)) + part.amount.amount
    return tuple(replace(like, amount=replace(like.amount, amount=amount)) for like, amount in found.items())


# ---- what is said of it ------------------------------------------------------------------------------------


def with_former(spend: Iterable[SpendDay], facts: Facts) -> tuple[SpendDay, ...]:
    """What is known now: the days told, and those told before that are not told again."""
    new = tuple(spend)
    again = {each.day for each in new}
    return (*(day for each in facts.former for day in each.spend if day.day not in again), *new)


def lines(spend: Iterable[SpendDay], now: datetime) -> tuple[MoneyLine, ...]:
    """Today and this month so far, of each currency; no line where no day of the time was told."""
    known, today = tuple(spend), now.date()
    month_ends = (today.replace(day=1) + 32 * DAY).replace(day=1)
    of_today = [each.amount for each in known if each.day == today]
    of_month = [each.amount for each in known if (each.day.year, each.day.month) == (today.year, today.month)]
    periods = (
        ("Today (UTC day)", "today", of_today, midnight(today + DAY)),
        ("This month (UTC)", "month", of_month, midnight(month_ends)),
    )
    return tuple(
        MoneyLine(kind=MoneyKind.BILLED, label=label, used=sum_, period=period, ends_at=ends_at)
        for label, period, amounts, ends_at in periods
        for sum_ in _sums(amounts)
    )


def _sums(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """One for each currency, US dollars first; a currency in which nothing is owed only where there is no other."""
    sums: dict[str, Decimal] = {}
    for each in amounts:
        sums[each.currency] = sums.get(each.currency, Decimal(0)) + each.amount
    owed = {currency: amount for currency, amount in sums.items() if amount} or dict(list(sums.items())[:1])
    in_order = sorted(owed.items(), key=lambda each: (each[0] != "USD", each[0]))
    return tuple(Money(amount=amount, currency=currency) for currency, amount in in_order)


def known_names(told_now: Mapping[str, str], facts: Facts) -> tuple[tuple[str, str], ...]:
    """Names known before and told now; the newer one counts."""
    return tuple(sorted({**dict(pair for each in facts.former for pair in each.names), **told_now}.items()))


def known_label(facts: Facts) -> str | None:
    return next((each.account.label for each in facts.former if each.spend and each.account.label), None)


def snapshot(empty: Snapshot, spend: tuple[SpendDay, ...], facts: Facts) -> tuple[Snapshot, ...]:
    """The snapshot with what was billed, by day and in sum."""
    return (replace(empty, spend=spend, money=lines(with_former(spend, facts), facts.now)),)
