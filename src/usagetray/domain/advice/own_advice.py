"""What one's own use says, with the tables it was worked out from: all that a view of advice needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from usagetray.domain.advice.advise import Report
from usagetray.domain.advice.plans import Plan, PlanTable
from usagetray.domain.advice.tables import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAdvice:
    report: Report | None  # None: nothing was counted yet
    owned: Mapping[str, Plan]  # vendor -> the plan one has
    tables: Tables
    at: datetime


def names(table: PlanTable) -> dict[str, str]:
    """What people call vendors and plans, by their keys."""
    return {**table.vendor_names, **{plan.key: plan.name for plan in table.plans}}
