"""From the ledger, the vendors' bills and the user's budgets to what may be shown and announced of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

from usagetray.domain import budgets, spikes
from usagetray.domain.budgets import BudgetState
from usagetray.domain.spending import Spend, begins, matches
from usagetray.domain.spikes import Spike, Usual, session_hours, usual_hour, usual_of
from usagetray.edges.store import Store
from usagetray.model import SpendDay
from usagetray.overview import Overview
from usagetray.quick_dataclass import dataclass
from usagetray.settings import Settings
from usagetray.settings.budgets import Budget
from usagetray.spine.spending import PACE, Spending

USUAL = timedelta(weeks=spikes.WEEKS, days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bill:
    """What vendors billed in the accounts that are shown."""

    days: Mapping[str, tuple[SpendDay, ...]]  # by provider
    as_of: Mapping[str, datetime]
    stale: frozenset[str]
    names: Mapping[str, str]


class Budgeting:
    """Keeps what was priced from one look to the next. Used from one thread."""

    def __init__(self, zone: Callable[[], tzinfo]) -> None:
        self._zone = zone
        self._spending = Spending()
        self._estimates: dict[Budget, tuple[tuple[object, ...], BudgetState]] = {}
        self._usual: tuple[tuple[object, ...], tuple[Usual | None, Usual | None]] | None = None

    def added_to(
        self,
        shown: Overview,
        store: Store | None,
        settings: Settings,
        *,
        announces: bool = False,
        is_counting: bool = False,
        stamp: Hashable = None,
    ) -> Overview:
        """The overview with the user's budgets in it.

        `announces`: for a process that sends alerts, with spend spikes too. `is_counting`: logs are being read, and
        sums are not yet what they will be: nothing is announced of them. `stamp`: as of `Spending.take_in`.
        """
        wants_spikes = announces and settings.alerts.enabled and settings.alerts.spikes
        if store is None or not (settings.budgets or wants_spikes):
            return shown
        now, zone = shown.generated_at, self._zone()
        reach = USUAL if wants_spikes else PACE
        self._spending.take_in(store, settings.rates, now - reach, now, stamp=stamp)
        states = self._states(shown, store, settings, now, zone, stamp)
        return replace(
            shown,
            budgets=states,
            spikes=self._spikes(settings, now, zone) if wants_spikes and not is_counting else (),
            is_counting=is_counting,
            changes_at=min(
                [each.ends_at for each in states] + ([shown.changes_at] if shown.changes_at else []), default=None
            ),
            notices=(*shown.notices, *self._unknown(shown, settings.budgets, now)),
        )

    # ---- budgets -------------------------------------------------------------------------------------------

    def _states(
        self, shown: Overview, store: Store, settings: Settings, now: datetime, zone: tzinfo, stamp: Hashable
    ) -> tuple[BudgetState, ...]:
        wanted = settings.budgets
        bill = _bill(shown, store, now) if wanted else None
        # Without new use an estimate changes with the time only, and slowly.
        key = (stamp, settings.rates, now.replace(second=0, microsecond=0), zone)
        before, self._estimates = self._estimates, {}
        states = []
        for each in wanted:
            if bill is not None and _is_billed(each, bill):
                states.append(_billed(each, bill, now))
                continue
            kept = before.get(each)
            is_same = stamp is not None and kept is not None and kept[0] == key
            state = kept[1] if is_same and kept is not None else self._estimated(each, now, zone)
            self._estimates[each] = (key, state)
            states.append(state)
        return tuple(states)

    def _estimated(self, budget: Budget, now: datetime, zone: tzinfo) -> BudgetState:
        counts = budgets.scope(budget)
        key = (budget.provider, budget.project, budget.app)
        midnight = begins(now.astimezone(zone).date(), zone)
        return budgets.estimated(
            budget,
            self._spending.amounts(key, counts if any(key) else None, now - PACE),
            [row for row in self._spending.rows(midnight) if counts(row)],
            now,
            zone,
        )

    def _unknown(self, shown: Overview, wanted: Sequence[Budget], now: datetime) -> tuple[str, ...]:
        """A sentence for each budget of a provider that nobody has heard of."""
        named = [each for each in wanted if each.provider]
        if not named:
            return ()
        known = {each.provider for each in shown.accounts} | {each.provider for each in shown.found}
        known |= {row.provider for row in self._spending.rows(now - PACE)}
        return tuple(
            f"{each.place}: budgets.provider takes a provider that is used here, as `usagetray providers` names it, "
            f'not "{each.provider[:40]}"; nothing counts for this budget.'
            for each in named
            if each.provider not in known
        )

    # ---- spikes --------------------------------------------------------------------------------------------

    def _spikes(self, settings: Settings, now: datetime, zone: tzinfo) -> tuple[Spike, ...]:
        muted = settings.alerts.spikes_mute

        def counts(row: Spend) -> bool:
            return not any(matches(row.project, each) for each in muted)

        hour, session = self._usually(settings, counts if muted else None, now, zone)
        rows = [row for row in self._spending.rows(now - spikes.HOUR) if counts(row)]
        return spikes.spikes(rows, hour, session, now, zone) if rows else ()

    def _usually(
        self, settings: Settings, counts: Callable[[Spend], bool] | None, now: datetime, zone: tzinfo
    ) -> tuple[Usual | None, Usual | None]:
        """What such an hour, and an hour of a session, cost usually: reckoned once in each hour."""
        muted = settings.alerts.spikes_mute
        this_hour = int(now.timestamp() // 3600)
        key = (this_hour, now.astimezone(zone).hour, zone, muted, settings.rates)
        if self._usual is None or self._usual[0] != key:
            since = now - USUAL
            rows = (row for row in self._spending.rows(since) if counts is None or counts(row))
            before = [usd for (_, number), usd in session_hours(rows).items() if number < this_hour]
            amounts = self._spending.amounts(("spikes", muted), counts, since)
            self._usual = (key, (usual_hour(amounts, now, zone), usual_of(before)))
        return self._usual[1]


# ---- what was billed ---------------------------------------------------------------------------------------


def _bill(shown: Overview, store: Store, now: datetime) -> _Bill:
    today = now.astimezone(UTC).date()
    views = {(each.provider, each.account): each for each in shown.accounts if each.money_captured_at is not None}
    days: dict[str, list[SpendDay]] = {}
    as_of: dict[str, datetime] = {}
    names: dict[str, str] = {}
    stale: set[str] = set()
    heard: set[tuple[str, str]] = set()
    for spent in store.spend(today - PACE, today):
        place = (spent.provider, spent.account)
        view = views.get(place)
        if view is None or view.money_captured_at is None:
            continue  # of an account that was switched off, or not heard of for long
        days.setdefault(spent.provider, []).append(spent.day)
        if place not in heard:
            heard.add(place)
            names |= store.spend_names(*place)
            as_of[spent.provider] = min(view.money_captured_at, as_of.get(spent.provider, view.money_captured_at))
            if view.money_stale:
                stale.add(spent.provider)
    return _Bill(
        days={provider: tuple(each) for provider, each in days.items()},
        as_of=as_of,
        stale=frozenset(stale),
        names=names,
    )


def _is_billed(budget: Budget, bill: _Bill) -> bool:
    """Without the user's word: where the budget is for a vendor whose bill is read, and for nothing less."""
    if budget.basis:
        return budget.basis == budgets.Basis.BILLED
    return budget.provider in bill.days and not (budget.project or budget.app)


def _billed(budget: Budget, bill: _Bill, now: datetime) -> BudgetState:
    providers = [each for each in bill.days if budget.provider in ("", each)]
    return budgets.billed(
        budget,
        [day for each in providers for day in bill.days[each]],
        now,
        as_of=min((bill.as_of[each] for each in providers), default=None),
        stale=any(each in bill.stale for each in providers),
        names=bill.names,
    )
