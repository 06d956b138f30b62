"""Foresight in the process that writes the store: fed with all that is new, asked at every look, kept now and then.

What it learned stands in memory. It is written together with the news it was learned from, so that a start after a
crash takes in again just what was not kept.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial

from usagetray.domain.forecast import Forecast, LockoutAlert, Memory, Observation, decide, forecast
from usagetray.domain.forecast import step as stepped
from usagetray.domain.forecast.memory import WindowMemory
from usagetray.domain.rates import RateTable
from usagetray.edges.store import Store, StoreBusyError, foresight
from usagetray.edges.store.database import Statement
from usagetray.edges.store.foresight import News
from usagetray.edges.store.foresight import Place as Owner
from usagetray.overview import AccountView
from usagetray.providers.contract import Provider
from usagetray.settings import Settings
from usagetray.spine import foreseeing
from usagetray.spine import foresight_feeding as feeding
from usagetray.spine.forensics import Places, places
from usagetray.spine.owning import last_users, owned
from usagetray.spine.prices import Prices

log = logging.getLogger(__name__)

MOST_NEWS = 4000
"""Taken in at one look, some tenths of a second."""
KEEP_EVERY = timedelta(minutes=30)
"""While something is learned. The readings since are in the store as well, for those who only read it."""
KEEP_APART = timedelta(seconds=30)
"""For those who ask for it."""
HOLDS = timedelta(seconds=25)
"""How long a forecast is good while nothing is new."""


class Foresight:
    """Used from one thread."""

    def __init__(
        self,
        store: Store,
        providers: Callable[[], Sequence[Provider]],
        settings: Callable[[], Settings],
        environ: Mapping[str, str],
        zone: Callable[[], tzinfo],
        is_counted: Callable[[], bool],
    ) -> None:
        """`is_counted`: whether all logs have been read, so that the ledger tells all there is."""
        self._store = store
        self._providers = providers
        self._settings = settings
        self._environ = environ
        self._zone = zone
        self._is_counted = is_counted
        self._prices = Prices()
        self._memories: dict[Owner, Memory] | None = None
        self._told: dict[tuple[Owner, str], tuple[datetime, WindowMemory | None, Forecast | None]] = {}
        """When each was reckoned, from what of its window."""
        self._looked_at: dict[Owner, datetime] = {}
        self._changed: set[Owner] = set()
        self._renamed: set[Owner] = set()
        self._taken_in = 0
        self._ledger: int | None = None  # its count of changes when all news of it had been taken in
        self._kept_at: datetime | None = None
        self._lost = 0  # what the store had lost when this was looked at
        self._where: tuple[Settings, Places] | None = None

    def foresee(self, accounts: Sequence[AccountView], now: datetime) -> list[AccountView]:
        """The accounts with what will come of their windows. Takes in what is new first."""
        self._follow_losses()
        heard = self._heard(accounts, now)
        begun: set[Owner] = set()
        found = []
        for account in accounts:
            owner = (account.provider, account.account)
            memory = self._memory(account)
            if memory is None:
                memory = self._begun(account, now)
                if memory is None:
                    found.append(account)
                    continue
                begun.add(owner)
                self._changed.add(owner)
                heard.pop(owner, None)  # the ledger, which it began with, has that already
            found.append(self._seen(account, owner, memory, heard.get(owner, []), now))
        if (begun or (self._changed and self._is_due(now, KEEP_EVERY))) and not self._keep(now):
            for owner in begun:  # the ledger notes its changes only for what is kept
                del self._all[owner]
        return found

    def decided(self, owner: Owner, window: str, now: datetime, *, may_alert: bool) -> LockoutAlert | None:
        """The warning that a window has earned by the last look; remembered, and to be kept before it is given."""
        at, _, told = self._told.get((owner, window), (now, None, None))
        memory = self._all.get(owner)
        if told is None or memory is None or not at <= now < at + HOLDS:
            return None
        alert, changed = decide(memory, told, now, may_alert=may_alert)
        if changed is not memory:
            self._all[owner] = changed
            self._changed.add(owner)
        return alert

    def told(self, owner: Owner, window: str, now: datetime) -> tuple[Forecast | None, Memory | None]:
        """What is known of a window, whether it may be shown or not, and what that stands on."""
        memory = self._all.get(owner)
        return (None, None) if memory is None else (self._tell(owner, memory, now, window), memory)

    # ---- kept ----------------------------------------------------------------------------------------------

    def unkept(self) -> tuple[Statement, ...]:
        """What writes all that has changed; `was_kept` has to follow where that was done."""
        changed = {owner: self._all[owner] for owner in self._changed if owner in self._all}
        return (*(foresight.forgotten(owner) for owner in self._renamed), *foresight.kept(changed, self._taken_in))

    def was_kept(self, now: datetime) -> None:
        self._changed.clear()
        self._renamed.clear()
        self._taken_in = 0  # the numbers begin anew once all are gone
        self._kept_at = now

    def keep(self, now: datetime) -> None:
        """Keeps what was learned, for somebody who reads it next."""
        if self._changed and self._is_due(now, KEEP_APART):
            self._keep(now)

    def close(self, now: datetime) -> None:
        """Keeps what was learned since the last time."""
        if self._changed:
            self._keep(now)

    def _is_due(self, now: datetime, every: timedelta) -> bool:
        return self._kept_at is None or not self._kept_at <= now < self._kept_at + every

    def _follow_losses(self) -> None:
        """Memories that could not be kept go with the news they were learned from, which will come again."""
        if self._lost != self._store.database.lost:
            self._lost = self._store.database.lost
            self._memories = self._ledger = None
            self._changed.clear()
            self._renamed.clear()
            self._taken_in = 0

    def _keep(self, now: datetime) -> bool:
        try:
            self._store.database.transact(*self.unkept())
        except StoreBusyError as error:
            log.warning("what was learned could not be kept: %s", error)
            return False
        self.was_kept(now)
        return True

    # ---- taken in ------------------------------------------------------------------------------------------

    @property
    def _all(self) -> dict[Owner, Memory]:
        if self._memories is None:
            self._memories = foresight.memories(self._store.database)
        return self._memories

    def _memory(self, account: AccountView) -> Memory | None:
        """What is known of an account, also under the names it had before."""
        owner = (account.provider, account.account)
        if owner not in self._all:
            ids = ((account.provider, each) for each in account.formerly)
            former = next((each for each in ids if each in self._all), None)
            if former is None:
                return None
            self._all[owner] = self._all.pop(former)
            self._changed.add(owner)
            self._renamed.add(former)
        return self._all[owner]

    def _begun(self, account: AccountView, now: datetime) -> Memory | None:
        """None: too early, or nothing to foresee."""
        if not any(window.length is not None for window in account.windows):
            return None
        own = self._places.get(account.provider, ())
        if own and not (self._is_counted() and self._ledger == self._store.ledger.changes):
            return None
        return feeding.begun(account, self._store, own, partial(self._table, now), now)

    def _heard(self, accounts: Sequence[AccountView], now: datetime) -> dict[Owner, list[Observation]]:
        """What the ledger counted since the last look, by account."""
        changes = self._store.ledger.changes
        if self._ledger == changes or not self._is_counted():
            return {}
        told = foresight.news(self._store.database, self._taken_in, MOST_NEWS)
        if len(told) < MOST_NEWS:
            self._ledger = changes
        if not told:
            return {}
        self._taken_in = told[-1].id
        views = {(each.provider, each.account): each for each in accounts}
        by_owner: defaultdict[Owner, list[News]] = defaultdict(list)
        users = {provider: self._users(provider) for provider in {each.provider for each in told}}
        for each in told:
            name = feeding.whose(each, self._places.get(each.provider, ()), users[each.provider])
            if name is not None and (each.provider, name) in views:
                by_owner[each.provider, name].append(each)
        found: dict[Owner, list[Observation]] = {}
        for owner, news in by_owner.items():
            models = feeding.models_of(views[owner], self._all.get(owner))
            found[owner] = [*feeding.works(news, self._table(now), models, now)]
        self._changed |= found.keys() & self._all.keys()
        return found

    def _seen(
        self, account: AccountView, owner: Owner, memory: Memory, heard: list[Observation], now: datetime
    ) -> AccountView:
        provider = next((each for each in self._providers() if each.id == account.provider), None)
        withdrawing = {each.id for each in provider.strategies if each.withdraws} if provider else set()
        # A reading is compared with what logs told before it: it waits until they have been read.
        waits = account.provider in self._places and not self._is_counted()
        said = [] if waits else foreseeing.said_since(account, memory, now, withdrawing.__contains__)
        if said:
            memory = self._with_new_models(account, memory, now)
        if said or heard or self._looked_at.get(owner) != now:
            memory = stepped(memory, [*heard, *said], now)
            self._looked_at[owner] = now
        if said or heard:
            self._changed.add(owner)
            self._told = {key: told for key, told in self._told.items() if key[0] != owner}
        self._all[owner] = memory
        for window in account.windows:
            if not foreseeing.is_foreseeable(account, window):
                self._told.pop((owner, window.key), None)
        return foreseeing.foreseen(account, memory, now, partial(self._tell, owner, memory, now))

    def _tell(self, owner: Owner, memory: Memory, now: datetime, key: str) -> Forecast | None:
        window = next((each for each in memory.windows if each.key == key), None)
        at, reckoned_from, told = self._told.get((owner, key), (now, None, None))
        if reckoned_from is None or reckoned_from is not window or not at <= now < at + HOLDS:
            offset = now.astimezone(self._zone()).utcoffset() or timedelta()
            told = forecast(memory, key, now, foreseeing.prior(self._settings().work, offset, now))
            self._told[owner, key] = now, window, told
        return told

    def _with_new_models(self, account: AccountView, memory: Memory, now: datetime) -> Memory:
        own = self._places.get(account.provider, ())
        known = {each.key for each in memory.windows}
        for window in account.windows:
            is_new = (
                window.model and window.key not in known and all(each.model != window.model for each in memory.habits)
            )
            if is_new and own:
                memory = feeding.with_habit(memory, account, self._store, own, self._table(now), window, now)
        return memory

    # ---- what it stands on ---------------------------------------------------------------------------------

    def _users(self, provider: str) -> Mapping[str, str]:
        said = [each for each in self._store.latest_snapshots() if each[0].provider_id == provider]
        return last_users(owned(said))

    @property
    def _places(self) -> Places:
        settings = self._settings()
        if self._where is None or self._where[0] is not settings:
            self._where = (settings, places(self._providers(), settings, self._environ))
        return self._where[1]

    def _table(self, now: datetime) -> RateTable:
        return self._prices.table(self._settings().rates, now.astimezone(UTC).date())
