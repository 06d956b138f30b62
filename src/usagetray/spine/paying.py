"""Follows what is paid on top of a plan, from the reading that filled a window to the one that empties it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from usagetray.domain.alerts import Alert, AlertKind, Seen, Told
from usagetray.domain.paying import Episode, Paid, amount_crossed, episode, spent_since
from usagetray.domain.states import State
from usagetray.edges.store import Store
from usagetray.edges.store.overage_reading import overage_said
from usagetray.model import Money
from usagetray.overview import AccountView, Overview
from usagetray.quick_dataclass import dataclass
from usagetray.settings import AlertSettings

Id = tuple[str, str, str]
"""Provider, account, window."""
MARK = "paying:"
"""Before a window's key: what is remembered under it is the episode that this window began."""
OLD = timedelta(minutes=30)
"""A sum first seen this long after it was stated is shown, and announces nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What the overview comes to for those who pay."""

    due: tuple[Alert, ...]
    told: Mapping[Id, Told]
    paid: Mapping[tuple[str, str], Paid]  # by provider and account
    known: frozenset[tuple[str, str]]  # of these it was announced before

    def is_told(self, alert: Alert) -> bool:
        """Another full window of an account that pays already is nothing new."""
        return alert.kind is AlertKind.PAYING and (alert.provider, alert.account) in self.known


class Paying:
    """Keeps sums that were added up, until the vendor says something new. Used from one thread."""

    def __init__(self) -> None:
        self._sums: dict[tuple[object, ...], Money | None] = {}

    def added_to(self, shown: Overview, store: Store | None) -> Overview:
        """The overview with what is being paid in each account of which that was announced."""
        if store is None or not any(account.pays for account in shown.accounts):
            return shown
        told = store.told()
        accounts = []
        for account in shown.accounts:
            running = _remembered(account, told) if account.pays else None
            accounts.append(account if running is None else replace(account, paid=self._paid(account, running, store)))
        return replace(shown, accounts=tuple(accounts))

    def follow(
        self,
        overview: Overview,
        seen: Sequence[Seen],
        told: Mapping[Id, Told],
        settings: AlertSettings,
        store: Store,
    ) -> Followed:
        """`told`: what is remembered of each window, these readings included, and of the episodes so far."""
        due: list[Alert] = []
        new: dict[Id, Told] = {}
        paid: dict[tuple[str, str], Paid] = {}
        known: set[tuple[str, str]] = set()
        for account in overview.accounts:
            place = (account.provider, account.account)
            former = _remembered(account, told)
            own = [each for each in seen if (each.provider, each.account) == place]
            running = episode(own, former, _used_up(own, told), overview.generated_at)
            if running is None:
                if former is not None:
                    new |= _notes(account, former, is_over=True)
                continue
            paid[place] = now_paid = self._paid(account, running, store)
            if former is not None:
                known.add(place)
            crossed = None
            if now_paid.amount is not None and _is_fresh(account, overview.generated_at):
                crossed = amount_crossed(now_paid.amount, settings.paying_amounts, running.told)
            if crossed is not None:
                running = replace(running, told=crossed)
                if former is not None and settings.enabled and settings.paying:  # at first the sum is told anyway
                    due.append(_alert(account, running, crossed))
            if running != former:
                new |= _notes(account, running)
        return Followed(due=tuple(due), told=new, paid=paid, known=frozenset(known))

    def _paid(self, account: AccountView, running: Episode, store: Store) -> Paid:
        ids = (account.account, *account.formerly)
        key = (account.provider, ids, running.began_at, account.money_captured_at)
        if key not in self._sums:
            said = overage_said(store.database, account.provider, ids, running.began_at)
            self._sums = {
                **{other: found for other, found in self._sums.items() if other[:2] != key[:2]},
                key: spent_since(said, running.began_at),
            }
        return Paid(window=running.window, began_at=running.began_at, amount=self._sums[key])


def _alert(account: AccountView, running: Episode, crossed: Decimal) -> Alert:
    return Alert(
        kind=AlertKind.PAYING_AMOUNT,
        provider=account.provider,
        account=account.account,
        window=running.window,
        threshold=float(crossed),
    )


def _is_fresh(account: AccountView, now: datetime) -> bool:
    at = account.money_captured_at
    return at is not None and not account.money_stale and now - at < OLD and account.state is not State.CLOCK_SUSPECT


def _used_up(own: Sequence[Seen], told: Mapping[Id, Told]) -> dict[str, datetime]:
    return {each.window: at for each in own if each.id in told and (at := told[each.id].used_up_at) is not None}


# ---- what is remembered ------------------------------------------------------------------------------------


def _remembered(account: AccountView, told: Mapping[Id, Told]) -> Episode | None:
    """The episode that was running when it was last looked at."""
    for name in (account.account, *account.formerly):
        for (provider, whose, window), note in told.items():
            is_it = (provider, whose) == (account.provider, name) and window.startswith(MARK)
            if is_it and note.used and note.used_up_at is not None:
                return Episode(
                    window=window.removeprefix(MARK),
                    began_at=note.used_up_at,
                    ends_at=note.cycle_ends_at,
                    told=Decimal(str(note.threshold)),
                )
    return None


def _notes(account: AccountView, running: Episode, *, is_over: bool = False) -> dict[Id, Told]:
    note = Told(
        cycle_ends_at=running.ends_at,
        used=0.0 if is_over else 1.0,
        threshold=float(running.told),
        used_up_at=None if is_over else running.began_at,
    )
    # Also under the names it had: the account may lose its present one when a consent is withdrawn.
    return {(account.provider, each, MARK + running.window): note for each in (account.account, *account.formerly)}
