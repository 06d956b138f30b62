"""What the use of today and of this month comes to at list prices: a reckoning from logs, never a bill."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from usagetray.domain.cost import Cost, added
from usagetray.quick_dataclass import dataclass

if TYPE_CHECKING:
    from usagetray.domain.rates import RateTable
    from usagetray.usage import UsageSum


@dataclass(frozen=True, slots=True, kw_only=True)
class CostToDate:
    day: date  # the user's own, from midnight to midnight
    of_day: Cost
    of_month: Cost  # of the month that `day` is in, `day` included
    machines: tuple[str, ...] = ()  # other computers whose logs are in it


def cost_to_date(usage: Iterable[UsageSum], table: RateTable, day: date) -> CostToDate | None:
    """Of sums by day, the first of the month to `day`. None where nothing was used: that is no cost of zero."""
    from usagetray.domain.pricing import price, total  # deferred: who is told what was kept prices nothing

    sums = [(each, price(each.attempt, table)) for each in usage if each.attempt.tokens.total]
    if not sums:
        return None
    today = day.isoformat()
    return CostToDate(
        day=day,
        of_day=total(cost for each, cost in sums if each.period == today),
        of_month=total(cost for _, cost in sums),
        machines=tuple(sorted({each.machine for each, _ in sums if each.machine})),
    )


def together(parts: Iterable[CostToDate]) -> CostToDate | None:
    """Estimates of the same day added up; what a vendor billed has no place here."""
    known = tuple(parts)
    if not known:
        return None
    return CostToDate(
        day=known[0].day,
        of_day=added(each.of_day for each in known),
        of_month=added(each.of_month for each in known),
        machines=tuple(sorted({machine for each in known for machine in each.machines})),
    )
