"""What the store knows of one's own use, as advice takes it: responses, the windows' peaks, and the plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from decimal import Decimal

from usagetray.domain.advice.plan_choice import Cycle, Point
from usagetray.edges.store import Store
from usagetray.edges.store.window_reading import WindowSaid
from usagetray.quick_dataclass import dataclass
from usagetray.usage import Response

SAME_RESET = timedelta(minutes=5)
"""Vendors restate a reset some seconds off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnUse:
    responses: Sequence[Response] = ()
    cycles: Mapping[str, Sequence[Cycle]] = field(default_factory=dict)  # by vendor
    plans: Mapping[str, str] = field(default_factory=dict)  # vendor -> the plan as its newest reading calls it


def own_use(store: Store, since: datetime, now: datetime, draws_on: Mapping[str, str]) -> OwnUse:
    """Since an instant, until now: what a clock ahead of the time wrote would make years of a few weeks.

    `draws_on`: by provider, the vendor whose plans it draws on; others have none.
    """
    said = [each for each in store.windows_said(since) if each.provider in draws_on]
    by_vendor: dict[str, list[WindowSaid]] = {}
    for each in said:
        by_vendor.setdefault(draws_on[each.provider], []).append(each)
    return OwnUse(
        responses=tuple(store.responses(since=since, until=now)),
        cycles={vendor: cycles(found) for vendor, found in by_vendor.items()},
        plans={draws_on[each.provider]: each.plan for each in sorted(said, key=lambda one: one.at) if each.plan},
    )


def cycles(said: Iterable[WindowSaid]) -> tuple[Cycle, ...]:
    """The readings of each window from its start to its reset, put together."""
    found: list[tuple[WindowSaid, list[Point]]] = []
    ordered = sorted(said, key=lambda each: (each.account, each.key, each.model or "", each.resets_at))
    for each in ordered:
        point = Point(at=each.at, share=Decimal(str(each.utilization)))
        if found and _is_same(found[-1][0], each):
            found[-1][1].append(point)
        else:
            found.append((each, [point]))
    return tuple(
        Cycle(key=first.key, model=first.model, length=first.length, ends_at=first.resets_at, points=tuple(points))
        for first, points in found
    )


def _is_same(one: WindowSaid, other: WindowSaid) -> bool:
    whose = (one.account, one.key, one.model) == (other.account, other.key, other.model)
    return whose and other.resets_at - one.resets_at <= SAME_RESET
