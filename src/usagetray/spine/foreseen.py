"""The way from a store that is only read to what will come: the forecast itself is loaded where one was ever made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from usagetray.edges.store import Store
from usagetray.overview import AccountView
from usagetray.providers.contract import Provider
from usagetray.settings import Settings

Foresee = Callable[[Sequence[AccountView], datetime], list[AccountView]]
"""The accounts with what will come of their windows, as it is known at an instant."""


def from_store(store: Store | None, providers: Sequence[Provider], settings: Settings) -> Foresee:
    """With what the writer has kept there."""

    def foresee(accounts: Sequence[AccountView], now: datetime) -> list[AccountView]:
        if store is None or not any(account.windows for account in accounts) or not store.foresees:
            return list(accounts)
        from usagetray.edges.store.foresight import memories  # deferred: who shows no forecast needs none of it
        from usagetray.spine.foreseeing import from_memories

        withdrawing = {(each.id, one.id) for each in providers for one in each.strategies if one.withdraws}
        kept = memories(store.database)
        return from_memories(kept, settings.work, lambda *source: source in withdrawing, accounts, now)

    return foresee


def notices(accounts: Sequence[AccountView]) -> tuple[str, ...]:
    """A sentence of each limit whose allowance has clearly changed; no alert is given of that."""
    if not any(window.forecast and window.forecast.allowance_change for each in accounts for window in each.windows):
        return ()
    from usagetray.views.allowance_words import change_notices  # deferred: hardly ever needed

    return change_notices(accounts)
