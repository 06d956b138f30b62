"""What the ledger comes to today and this month, worked out anew only when something about it is new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from usagetray import __version__
from usagetray.domain.cost_to_date import CostToDate, cost_to_date, together
from usagetray.edges.store import Store
from usagetray.edges.store.ledger import CHANGES
from usagetray.model import MoneyKind
from usagetray.overview import AccountView, BilledBeside
from usagetray.providers.contract import Provider
from usagetray.quick_dataclass import dataclass
from usagetray.settings import Settings
from usagetray.spine import kept_costs
from usagetray.spine.kept_costs import Used
from usagetray.spine.prices import Prices
from usagetray.spine.sources import tools

if TYPE_CHECKING:
    from usagetray.usage import UsageSum

Place = tuple[str, str]
"""A provider's id, and the home of its tool."""
KEPT = "costs_to_date"
STORE_EVERY = timedelta(minutes=1)
"""While somebody works the sums change every two seconds; those who look meanwhile add up anew."""
PRICES = Path(__file__).parents[1] / "data" / "rates.toml"
PERIODS = ("today", "month")
ELSEWHERE = ""
"""In place of a home: what was used where none is looked at any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    by_place: Mapping[Place, CostToDate] = field(default_factory=lambda: MappingProxyType({}))
    total: CostToDate | None = None

    def of(self, provider_id: str) -> Mapping[str, CostToDate]:
        """By the home it was used in."""
        return {home: cost for (provider, home), cost in self.by_place.items() if provider == provider_id and home}


NOTHING = Costs()


class Costing:
    """Keeps the price table and the last answer. Used from one thread."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._prices = Prices()
        self._kept: tuple[tuple[object, ...], Costs] | None = None
        self._stored_at: datetime | None = None

    def costs(
        self,
        store: Store,
        providers: Sequence[Provider],
        settings: Settings,
        now: datetime,
        zone: tzinfo,
        *,
        stamp: Hashable = None,
    ) -> Costs:
        """`stamp`: differs when the ledger does; given by the one process that writes. None: it is looked at anyway."""
        key = (stamp, settings, now.astimezone(zone).date(), now.astimezone(UTC).date(), zone)
        if stamp is None or self._kept is None or self._kept[0] != key:
            used = self._used(store, settings, now, zone, is_writer=stamp is not None)
            self._kept = (key, self._by_place(used, providers, settings))
        return self._kept[1]

    @property
    def last(self) -> Costs:
        """The answer before."""
        return NOTHING if self._kept is None else self._kept[1]

    def _used(
        self, store: Store, settings: Settings, now: datetime, zone: tzinfo, *, is_writer: bool
    ) -> tuple[Used, ...]:
        day, utc_day = now.astimezone(zone).date(), now.astimezone(UTC).date()
        key = repr((store.meta(CHANGES), str(zone), str(day), str(utc_day), settings.rates, _prices_stamp()))
        kept = kept_costs.read(store.meta(KEPT), key)
        if kept is not None:
            return kept
        usage = store.usage(by=("day", "account", "machine"), zone=zone, since=day.replace(day=1), until=day)
        sums: defaultdict[tuple[str, str, str], list[UsageSum]] = defaultdict(list)
        for each in usage:
            sums[each.provider, each.account, each.machine].append(each)
        # Where nothing was used, the prices, which take some milliseconds to read, are left alone.
        table = self._prices.table(settings.rates, utc_day) if sums else None
        found = tuple(
            Used(*place, cost)
            for place, each in sums.items()
            if table is not None and (cost := cost_to_date(each, table, day)) is not None
        )
        if is_writer and (self._stored_at is None or not timedelta(0) <= now - self._stored_at < STORE_EVERY):
            store.keep(KEPT, kept_costs.written(key, found))
            self._stored_at = now
        return found

    def _by_place(self, used: Sequence[Used], providers: Sequence[Provider], settings: Settings) -> Costs:
        if not used:
            return NOTHING
        homes = self._homes(providers, settings, {each.provider for each in used})
        found: defaultdict[Place, list[CostToDate]] = defaultdict(list)
        for each in used:
            found[each.provider, _home(each, homes.get(each.provider, {}))].append(each.cost)
        by_place = {place: cost for place, costs in found.items() if (cost := together(costs)) is not None}
        return Costs(by_place=MappingProxyType(by_place), total=together(each.cost for each in used))

    def _homes(self, providers: Sequence[Provider], settings: Settings, used: set[str]) -> dict[str, dict[str, bool]]:
        """Of each provider that was used: its homes, and which of them is the tool's own place."""
        found: defaultdict[str, dict[str, bool]] = defaultdict(dict)
        for tool in tools([each for each in providers if each.id in used], settings, self._environ):
            if not tool.account:
                found[tool.provider.id][str(tool.home.path)] = tool.home.is_default
        return found


def _prices_stamp() -> tuple[str, int, int]:
    """Differs when the prices do that come with the program."""
    try:
        found = PRICES.stat()
    except OSError:  # not there as a file of its own: then it changes with the version only
        return __version__, 0, 0
    return __version__, found.st_mtime_ns, found.st_size


def _home(used: Used, homes: Mapping[str, bool]) -> str:
    """Where it was used. What other computers' logs tell goes with the tool's own place here, else its first home."""
    if used.account:
        return used.account if used.account in homes else ELSEWHERE
    own = next((home for home, is_own_place in homes.items() if is_own_place), ELSEWHERE)
    return own or (next(iter(homes), ELSEWHERE) if used.machine else ELSEWHERE)


def with_bills(accounts: Sequence[AccountView], providers: Sequence[Provider]) -> list[AccountView]:
    """Beside each cost at list prices what the same vendor billed, where an account of ours can see its bill."""
    vendors = {each.id: each.vendor for each in providers}
    bills = [
        (vendors[account.provider], BilledBeside(name=account.name, period=line.period, amount=line.used))
        for account in accounts
        if vendors[account.provider] and not account.money_stale
        for line in account.money
        if line.kind is MoneyKind.BILLED and line.used is not None and line.period in PERIODS
    ]
    return [
        replace(each, billed_beside=tuple(bill for vendor, bill in bills if vendor == vendors[each.provider]))
        if each.cost is not None and bills
        else each
        for each in accounts
    ]
