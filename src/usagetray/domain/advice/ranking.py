"""Which advice comes first, and which is not worth a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from usagetray.domain.advice.items import Advice, Kind
from usagetray.quick_dataclass import dataclass

LEAST_USD = Decimal(1)
LEAST_SHARE = Decimal("0.03")
CLEAR = Decimal("0.1")
"""Two monthly costs closer than this share of the larger are not told apart."""

ALWAYS = frozenset({Kind.PLAN_PAYS, Kind.API_OR_PLAN, Kind.HIGHER_PLAN})
"""The question itself is answered even where little money hangs on it."""


def ranked(items: Iterable[Advice], bill: Decimal) -> tuple[Advice, ...]:
    """By money a month times confidence; below a dollar or 3 % of the month's use it is left out."""
    least = max(LEAST_USD, bill * LEAST_SHARE)
    kept = [each for each in items if each.kind in ALWAYS or each.monthly is None or each.monthly.point >= least]
    return tuple(sorted(kept, key=lambda each: (-each.weight, each.kind.value, each.about)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cheapest:
    """Monthly costs of several ways, cheapest first."""

    order: tuple[tuple[str, Decimal], ...]
    is_clear: bool  # the second is more than a tenth dearer

    @property
    def name(self) -> str:
        return self.order[0][0]


def cheapest(costs: Mapping[str, Decimal]) -> Cheapest | None:
    if not costs:
        return None
    order = tuple(sorted(costs.items(), key=lambda each: (each[1], each[0])))
    return Cheapest(order=order, is_clear=len(order) == 1 or differs(order[0][1], order[1][1]))


def differs(one: Decimal, other: Decimal) -> bool:
    """Clearly: by a tenth of the larger or more."""
    return abs(one - other) >= CLEAR * max(one, other) and one != other
