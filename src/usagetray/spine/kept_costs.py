"""Costs to date as text in the store, so that a process which only looks has them without pricing anything.

Kept with all they depend on; where any of it has changed, they are worked out anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, NamedTuple

from usagetray.domain.cost import Cost
from usagetray.domain.cost_to_date import CostToDate

MOST_USD = Decimal(10) ** 12
"""More than anybody's bill: beyond it a sum is what a damaged disk made of one."""


MOST_TOKENS = 2**63


class Used(NamedTuple):
    """What the ledger tells of one of its places."""

    provider: str
    account: str  # "" for a tool's own place, else the folder of its home
    machine: str  # "" for this computer
    cost: CostToDate


def written(key: str, found: Iterable[Used]) -> str:
    return json.dumps({"key": key, "used": [_used(each) for each in found]})


def read(text: str | None, key: str) -> tuple[Used, ...] | None:
    """None where nothing was kept, or under another key."""
    try:
        kept = json.loads(text or "{}")
        if kept.get("key") != key:
            return None
        return tuple(_read_used(each) for each in kept["used"])
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation, RecursionError):
        return None  # a damaged disk: it is had again


def _used(used: Used) -> dict[str, Any]:
    cost = used.cost
    return {
        "provider": used.provider,
        "account": used.account,
        "machine": used.machine,
        "day": cost.day.isoformat(),
        "of_day": _cost(cost.of_day),
        "of_month": _cost(cost.of_month),
    }


def _cost(cost: Cost) -> dict[str, Any]:
    """Without its parts by kind of token: nobody is told them of a cost to date."""
    return {
        "usd": str(cost.usd),
        "tokens": cost.tokens,
        "unpriced": dict(cost.unpriced),
        "flags": sorted(cost.flags),
    }


def _read_used(told: dict[str, Any]) -> Used:
    provider, account, machine = (_text(told[name]) for name in ("provider", "account", "machine"))
    cost = CostToDate(
        day=date.fromisoformat(told["day"]),
        of_day=_read_cost(told["of_day"]),
        of_month=_read_cost(told["of_month"]),
        machines=(machine,) if machine else (),
    )
    return Used(provider, account, machine, cost)


def _read_cost(told: dict[str, Any]) -> Cost:
    usd = Decimal(_text(told["usd"]))
    if not 0 <= usd < MOST_USD:
        raise ValueError("no sum")
    return Cost(
        usd=usd,
        tokens=_count(told["tokens"]),
        unpriced=MappingProxyType({_text(model): _count(count) for model, count in told["unpriced"].items()}),
        flags=frozenset(map(_text, told["flags"])),
    )


def _text(told: Any) -> str:
    if not isinstance(told, str):
        raise TypeError
    told.encode()  # half a character, which no file takes: a ValueError
    return told


def _count(told: Any) -> int:
    if type(told) is not int or not 0 <= told < MOST_TOKENS:
        raise ValueError("no count")
    return told
