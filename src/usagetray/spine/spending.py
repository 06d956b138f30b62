"""The last weeks of the ledger at list prices, a UTC day at a time: what has not changed is not priced again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from usagetray.domain.advice.months import MonthEnd
from usagetray.domain.pricing import LEAVES_OUT, price
from usagetray.domain.spending import QUARTERS_OF_A_DAY, ZERO, Amount, Spend, by_quarter, period_forecast, quarter_of
from usagetray.edges.store import Store
from usagetray.edges.store import quarters as reading
from usagetray.quick_dataclass import dataclass
from usagetray.settings.rates import UserRate
from usagetray.spine.prices import Prices

if TYPE_CHECKING:
    from usagetray.domain.rates import RateTable

Counts = Callable[[Spend], bool]
PACE = timedelta(days=33)
"""Reaches back to the first of any month, and over the four weeks that a forecast goes by."""


@dataclass(slots=True)
class _Day:
    """One UTC day as it was when it was priced."""

    stamp: tuple[int, ...]
    rows: tuple[Spend, ...]
    sums: dict[Hashable, Mapping[int, Amount]] = field(default_factory=dict)


def forecast(
    store: Store,
    rates: tuple[UserRate, ...],
    now: datetime,
    zone: tzinfo,
    *,
    kind: str = "month",
    counts: Counts | None = None,
) -> MonthEnd | None:
    """Where this day, week or month will end at list prices, with its band; None where it is too early to say.

    `counts`: what is meant; None: everything. For one look, such as a report: who looks again keeps a `Spending`.
    """
    spending, since = Spending(), now - PACE
    spending.take_in(store, rates, since, now)
    amounts = spending.amounts(None, counts, since)
    return period_forecast({quarter: amount.usd for quarter, amount in amounts.items()}, now, zone, kind)


class Spending:
    """Keeps priced days. Used from one thread; the store may be another each time, of the same file."""

    def __init__(self) -> None:
        self._prices = Prices()
        self._priced_by: RateTable | None = None
        self._days: dict[int, _Day] = {}
        self._key: tuple[object, ...] | None = None
        self._names: dict[str, str] = {}

    def take_in(
        self, store: Store, rates: tuple[UserRate, ...], since: datetime, now: datetime, *, stamp: Hashable = None
    ) -> None:
        """Prices what is new since then; what lies before is forgotten.

        `stamp`: differs when the ledger does. None: it is looked at in any case.
        """
        first = quarter_of(since) // QUARTERS_OF_A_DAY
        key = (stamp, rates, first, now.astimezone(UTC).date())
        if stamp is not None and key == self._key:
            return
        self._key = key
        stamps = reading.days(store.database, first)
        if not stamps:  # and the prices, which take some milliseconds to read, are left alone
            self._days = {}
        else:
            table = self._prices.table(rates, now.astimezone(UTC).date())
            if self._priced_by is not table:
                self._priced_by, self._days, self._names = table, {}, {}
            for day in self._days.keys() - stamps.keys():
                del self._days[day]
            for day, sums in stamps.items():
                known = self._days.get(day)
                if known is None or known.stamp != sums:
                    self._days[day] = _Day(sums, tuple(self._priced(reading.quarters(store.database, day), table)))

    def amounts(self, key: Hashable, counts: Counts | None, since: datetime) -> dict[int, Amount]:
        """Sums of what counts, by quarter, of whole UTC days from the one of `since` on. `key` stands for `counts`."""
        found: dict[int, Amount] = {}
        for number in self._from(since):
            day = self._days[number]
            sums = day.sums.get(key)
            if sums is None:
                sums = day.sums[key] = by_quarter(day.rows if counts is None else filter(counts, day.rows))
            found |= sums
        return found

    def rows(self, since: datetime) -> Iterator[Spend]:
        """From that quarter of an hour on."""
        first = quarter_of(since)
        for number in self._from(since):
            yield from (row for row in self._days[number].rows if row.quarter >= first)

    def _from(self, since: datetime) -> list[int]:
        first = quarter_of(since) // QUARTERS_OF_A_DAY
        return sorted(number for number in self._days if number >= first)

    def _priced(self, rows: Iterable[reading.Quarter], table: RateTable) -> Iterator[Spend]:
        def one(name: str) -> str:  # the same few names stand in thousands of rows
            return self._names.setdefault(name, name)

        for each in rows:
            priced = price(each.attempt, table)
            is_unpriced = priced.status == "unpriced"
            yield Spend(
                each.number,
                *(one(each.provider), one(each.project), one(each.session), one(each.app), one(priced.model)),
                priced.usd or ZERO,
                priced.tokens if is_unpriced else 0,
                is_unpriced or not LEAVES_OUT.isdisjoint(priced.flags),
            )
