"""The history's charts, read from the ledger's sums. What has not changed since the last look is not read again."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo
from functools import partial

from usagetray.domain.history import RANKED_OVER, History, HistorySums, HistoryWish, history
from usagetray.domain.history_days import DAY, EPOCH_ORDINAL, DaySums, UnitPrice, ahead, day_sums, unit_price
from usagetray.domain.rates import RateTable
from usagetray.edges.store import Store, history_sums, open_reader
from usagetray.edges.store.ledger import CHANGES
from usagetray.profile import Profile, local_zone
from usagetray.settings.rates import UserRate
from usagetray.settings.reading import load
from usagetray.spine.prices import Prices
from usagetray.spine.store_state import reading_logs

FRESH_DAYS = 2
"""UTC days at the end that are read again whenever something has changed: nearly always it is of today."""

Stamp = tuple[object, ...]


def history_reader(profile: Profile) -> Callable[[HistoryWish], History]:
    """Reads the store afresh at each call, for a process that does not write. To be called from one thread."""
    read = sums_reader(profile)
    return lambda wish: history(read(wish.reach), wish)


def sums_reader(profile: Profile) -> Callable[[int], HistorySums]:
    """The same for any wish that reaches back no more than so many days."""
    days = HistoryDays()

    def read(reach: int = RANKED_OVER) -> HistorySums:
        now, zone = profile.clock.now(), local_zone()
        store = open_reader(profile.paths.store_file)
        if store is None:
            return HistorySums(read_at=now, zone=zone)
        try:
            return days.sums(store, reach, load(profile.paths.config_file).rates, now, zone)
        finally:
            store.close()

    return read


class HistoryDays:
    """The priced sums of the UTC days that were asked for, kept while neither the ledger nor the prices change."""

    def __init__(self) -> None:
        self._prices = Prices()
        self._table: RateTable | None = None
        self._zone: tzinfo | None = None
        self._eras: list[date] = []  # days on which some price changes: between them all stay as they are
        self._units: dict[tuple[history_sums.Terms, int, int], UnitPrice | None] = {}  # by terms, band, era
        self._days: dict[int, DaySums] = {}
        self._changes: str | None = None
        self._settled: tuple[int, int, Stamp] | None = None
        """The first day, the day after the last of those that are not read again, and what differs if they do."""

    def sums(self, store: Store, reach: int, rates: tuple[UserRate, ...], now: datetime, zone: tzinfo) -> HistorySums:
        """Of the last `reach` local days. `rates`: the user's own prices."""
        table = self._prices.table(rates, now.astimezone(UTC).date())
        if table is not self._table or zone != self._zone:
            self._table, self._zone = table, zone
            self._eras = sorted({row.since for row in table.rows})
            self._units, self._days, self._settled = {}, {}, None
        store.database.stored("BEGIN")  # all that follows is seen as it was at one moment
        try:
            first, reading = history_sums.first_quarter(store.database), reading_logs(store)
            logs_read = (reading.done, reading.total) if reading else None
            if first is None:
                return HistorySums(read_at=now, zone=zone, reach=reach, logs_read=logs_read)
            last = now.astimezone(UTC).date().toordinal() - EPOCH_ORDINAL
            wanted = range(max(last - reach, first // DAY), last + 2)  # local days begin and end beside UTC's
            self._look(store, wanted, table, zone)
        finally:
            store.database.stored("COMMIT")
        return HistorySums(
            read_at=now,
            zone=zone,
            days=tuple(self._days[day] for day in wanted),
            reach=reach,
            kept_since=date.fromordinal((first + ahead(zone, first)) // DAY + EPOCH_ORDINAL),
            logs_read=logs_read,
        )

    def _look(self, store: Store, wanted: range, table: RateTable, zone: tzinfo) -> None:
        """Reads the days that are new or may have changed."""
        changes = store.meta(CHANGES)
        if changes != self._changes and self._settled is not None:
            first, until, stamp = self._settled
            if history_sums.stamp(store.database, first, until) != stamp:
                self._days, self._settled = {}, None
            self._days = {day: sums for day, sums in self._days.items() if day < until}
        missing = [day for day in wanted if day not in self._days]
        self._changes = changes
        if not missing:
            return
        projects, terms = history_sums.projects(store.database), history_sums.terms(store.database)
        for day in missing:
            era = bisect_right(self._eras, date.fromordinal(day + EPOCH_ORDINAL))
            unit = partial(self._unit, terms, table, day, era)
            self._days[day] = day_sums(history_sums.counted(store.database, day), day, zone, projects, unit)
        settled = (min(self._days), wanted.stop - 1 - FRESH_DAYS)
        if self._settled is None or self._settled[:2] != settled:
            self._settled = (*settled, history_sums.stamp(store.database, *settled))

    def _unit(
        self, terms: Mapping[int, history_sums.Terms], table: RateTable, day: int, era: int, number: int, band: int
    ) -> UnitPrice | None:
        key = (terms[number], band, era)  # not by the number: it means other terms once logs are counted anew
        if key not in self._units:
            self._units[key] = unit_price(history_sums.attempt(terms[number], band, day), table)
        return self._units[key]
