"""The history's rows, in the columns in which they are exported."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from usagetray.domain.pricing import Price, price, total
from usagetray.domain.rates import RateTable
from usagetray.edges.store import Store, history
from usagetray.edges.store.history import Quarter
from usagetray.model import MoneyLine, UsageWindow
from usagetray.quick_dataclass import dataclass
from usagetray.views.export import NAMES, Row
from usagetray.views.figures import used_percent

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
NAMED = len(NAMES)
COUNTS_AT = Quarter._fields.index("responses")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which days, both included, and in which zone they begin; None: from the first, to the last."""

    zone: tzinfo
    since: date | None = None
    until: date | None = None

    @property
    def begins(self) -> datetime | None:
        return None if self.since is None else self._midnight(self.since)

    @property
    def ends(self) -> datetime | None:
        return None if self.until is None or self.until == date.max else self._midnight(self.until + timedelta(days=1))

    def _midnight(self, day: date) -> datetime:
        try:
            return datetime.combine(day, time(), self.zone).astimezone(UTC)
        except OverflowError:  # in the first year of the calendar, or the last
            return datetime.combine(day, time(), UTC)


def usage_by_quarter(store: Store, span: Span, table: RateTable) -> Iterator[Row]:
    """For each quarter of an hour what was used, by everything it is told apart by."""
    return _added(store, span, table, lambda at: at)


def usage_by_day(store: Store, span: Span, table: RateTable) -> Iterator[Row]:
    """The same for each of the span's days."""
    return _added(store, span, table, lambda at: at.astimezone(span.zone).date())


def _added(store: Store, span: Span, table: RateTable, period: Callable[[datetime], datetime | date]) -> Iterator[Row]:
    now: datetime | date | None = None
    parts: dict[tuple[Any, ...], list[int]] = {}
    for each in history.quarters(store.database, span.begins, span.ends):
        of = period(EPOCH + each.bucket * QUARTER)
        if of != now:
            yield from _rows(now, parts, table)
            now, parts = of, {}
        key: tuple[Any, ...] = (each.bucket // history.DAY, *each[1:COUNTS_AT])
        counts: tuple[Any, ...] = each[COUNTS_AT:]
        former = parts.get(key)
        parts[key] = list(counts) if former is None else list(map(operator.add, former, counts))
    yield from _rows(now, parts, table)


def _rows(
    period: datetime | date | None, parts: Mapping[tuple[Any, ...], list[int]], table: RateTable
) -> Iterator[Row]:
    """Each part shares all that its price depends on; a row may hold two UTC days, or prompts of several lengths."""
    sums: dict[tuple[Any, ...], tuple[list[int], list[Price]]] = {}
    for (utc_day, *names), counts in parts.items():
        part = Quarter(utc_day * history.DAY, *names, *counts)
        told, prices = sums.setdefault(tuple(names[:NAMED]), ([0] * len(counts), []))
        told[:] = map(operator.add, told, counts)
        prices.append(price(part.attempt(EPOCH + timedelta(days=utc_day)), table))
    for shown in sorted(sums):
        (requests, *tokens, thought, searches), prices = sums[shown]
        cost = total(prices)
        is_unknown = bool(cost.unpriced) and not cost.usd
        usd = None if is_unknown else cost.usd
        yield (
            *(period, *shown, requests, *tokens, thought, sum(tokens), searches),
            *(usd, cost.unpriced_tokens),
        )


# ---- what was said, announced and billed -------------------------------------------------------------------


def readings(store: Store, span: Span) -> Iterator[Row]:
    for snapshot in history.readings(store.database, span.begins, span.ends):
        whose = (snapshot.provider_id, snapshot.account.id, snapshot.account.plan, snapshot.strategy_id)
        for window in snapshot.windows:
            yield (window.captured_at or snapshot.captured_at, *whose, "window", *_window(window))
        for line in snapshot.money:
            yield (snapshot.captured_at, *whose, "money", *_money(line))


def _window(window: UsageWindow) -> Row:
    length_s = None if window.length is None else window.length / timedelta(seconds=1)
    whole_s = int(length_s) if length_s is not None and length_s.is_integer() else length_s
    named = (window.key, window.label, window.model, used_percent(window.utilization), window.unlimited)
    return (*named, window.resets_at, whole_s, None, None, None, None, None)


def _money(line: MoneyLine) -> Row:
    amounts = (line.used, line.limit, line.balance)
    currency = next((each.currency for each in amounts if each is not None), None)
    used, limit, balance = (None if each is None else each.amount for each in amounts)
    kind = (line.kind.value, line.label, None, None, line.unlimited, line.ends_at, None)
    return (*kind, used, limit, balance, currency, line.period)


def alerts(store: Store, span: Span) -> Iterator[Row]:
    for each in history.alerts(store.database, span.begins, span.ends):
        yield (
            *(each.due_at, each.sent_at, each.shown, each.kind.value, each.provider, each.account, each.window),
            *(used_percent(each.threshold), each.urgency, each.title, each.body),
        )


def spend(store: Store, span: Span) -> Iterator[Row]:
    """By the vendors' days, which are UTC's; `span.zone` says nothing here."""
    names: dict[tuple[str, str], Mapping[str, str]] = {}
    for each in history.spend(store.database, span.since, span.until):
        owner, day = (each.provider, each.account), each.day
        if owner not in names:
            names[owner] = store.spend_names(*owner)
        called = names[owner]
        yield (
            *(day.day, *owner, day.amount.amount, day.amount.currency, day.model),
            *(day.key, called.get(day.key or ""), day.workspace, called.get(day.workspace or "")),
            *(day.project, called.get(day.project or ""), day.line_item, day.kind),
        )
