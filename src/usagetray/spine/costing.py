"""What the ledger comes to today and this month, worked out anew only when something about it is new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from types import MappingProxyType
from typing import TYPE_CHECKING

from usagetray.domain.cost_to_date import CostToDate, cost_to_date, together
from usagetray.edges.store import Store
from usagetray.model import MoneyKind
from usagetray.overview import AccountView, BilledBeside
from usagetray.providers.contract import Provider
from usagetray.settings import Settings
from usagetray.settings_rates import UserRate
from usagetray.spine.sources import tools
from usagetray.usage import UsageSum

if TYPE_CHECKING:
    from usagetray.domain.rates import RateTable

Place = tuple[str, str]
"""A provider's id, and the home of its tool."""
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
        self._table: tuple[tuple[tuple[UserRate, ...], date], RateTable] | None = None
        self._kept: tuple[tuple[object, ...], Costs] | None = None

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
        """`stamp`: differs when the ledger does. None: it is looked at in any case."""
        key = (stamp, settings, now.astimezone(zone).date(), now.astimezone(UTC).date(), zone)
        if stamp is None or self._kept is None or self._kept[0] != key:
            self._kept = (key, self._counted(store, providers, settings, now, zone))
        return self._kept[1]

    def _counted(
        self, store: Store, providers: Sequence[Provider], settings: Settings, now: datetime, zone: tzinfo
    ) -> Costs:
        day = now.astimezone(zone).date()
        usage = store.usage(by=("day", "account", "machine"), zone=zone, since=day.replace(day=1), until=day)
        if not usage:
            return NOTHING  # and the prices, which take some milliseconds to read, are left alone
        table = self._rates(settings.rates, now.astimezone(UTC).date())
        used_in: defaultdict[Place, list[UsageSum]] = defaultdict(list)
        homes = self._homes(providers, settings, {each.provider for each in usage})
        for each in usage:
            used_in[each.provider, _home(each, homes.get(each.provider, {}))].append(each)
        found = {place: cost for place, sums in used_in.items() if (cost := cost_to_date(sums, table, day))}
        return Costs(by_place=MappingProxyType(found), total=together(found.values()))

    def _rates(self, overrides: tuple[UserRate, ...], today: date) -> RateTable:
        from usagetray.edges.tables import rate_table  # deferred: where nothing was used, nothing is priced

        if self._table is None or self._table[0] != (overrides, today):
            self._table = ((overrides, today), rate_table(overrides, today=today))
        return self._table[1]

    def _homes(self, providers: Sequence[Provider], settings: Settings, used: set[str]) -> dict[str, dict[str, bool]]:
        """Of each provider that was used: its homes, and which of them is the tool's own place."""
        found: defaultdict[str, dict[str, bool]] = defaultdict(dict)
        for tool in tools([each for each in providers if each.id in used], settings, self._environ):
            if not tool.account:
                found[tool.provider.id][str(tool.home.path)] = tool.home.is_default
        return found


def _home(usage: UsageSum, homes: Mapping[str, bool]) -> str:
    """Where it was used. What other computers' logs tell goes with the tool's own place here, else its first home."""
    if usage.account:
        return usage.account if usage.account in homes else ELSEWHERE
    own = next((home for home, is_own_place in homes.items() if is_own_place), ELSEWHERE)
    return own or (next(iter(homes), ELSEWHERE) if usage.machine else ELSEWHERE)


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
