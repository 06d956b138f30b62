"""What only the user can say of their plan, and what only our own ledger can count of it, as facts for a strategy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from usagetray.edges.store import Store
from usagetray.providers.contract import Counted, CountSince, Facts, Said, Strategy
from usagetray.settings import ProviderSettings

COUNTED_EVERY_S = 300
"""A count is taken anew this often; requests fall out of its windows without any file changing."""

Count = Callable[[str, Counted], CountSince]
"""Given a provider's id and what its need names: how its responses in the ledger are counted."""


def counting(store: Store) -> Count:
    """Counts in this store's ledger."""
    return lambda provider, need: lambda since: store.count_since(since, provider, need.models)


def with_plan(known: Facts, strategy: Strategy, provider_id: str, own: ProviderSettings, count: Count | None) -> Facts:
    """The facts with what the strategy's needs name; `count` None: there is no ledger to count in."""
    for need in strategy.needs:
        match need:
            case Said():
                known = replace(known, plan=own.plan, plan_day=own.plan_day or None)
            case Counted():
                known = replace(known, count=count(provider_id, need) if count else None)
    return known


def signature(strategy: Strategy, own: ProviderSettings, now: datetime) -> object:
    """Changes whenever such a fact may have changed."""
    parts: list[object] = []
    for need in strategy.needs:
        match need:
            case Said():
                parts.append((own.plan, own.plan_day))
            case Counted():
                parts.append(int(now.timestamp()) // COUNTED_EVERY_S)
    return tuple(parts)
