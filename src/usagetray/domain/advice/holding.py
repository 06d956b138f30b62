"""One vendor's plan as advice sees it, and what any line about it has to say of its own certainty."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from usagetray.domain.advice.confidence import Confidence, Doubt, Grounds
from usagetray.domain.advice.items import Verdict
from usagetray.domain.advice.own_use import Use
from usagetray.domain.advice.plan_choice import Cycle
from usagetray.domain.advice.plans import Plan
from usagetray.quick_dataclass import dataclass

CENT = Decimal("0.01")
UNSEEN = "other_machines"
"""Logs are this computer's own: what other machines, web chat and the cloud used of the plan is not in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What is known of one vendor's plan: the use it covered, its windows, and the one who pays."""

    vendor: str
    use: Use
    owned: Plan | None
    cycles: tuple[Cycle, ...]
    grounds: Grounds
    hour_value: Decimal | None  # of an hour locked out, as the user states it
    at: datetime  # the instant it is judged at


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def missing(held: Holding, *more: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((UNSEEN, *(["unpriced_tokens"] if held.use.unpriced_tokens else []), *more)))


def confidence_in(grounds: Grounds, *plans: Plan) -> Confidence:
    """Confidence where these plan rows decide."""
    doubts = grounds.doubts
    if any(plan.confidence == "low" for plan in plans):
        doubts = (*doubts, Doubt.LOW_PLAN)
    return Grounds(days=grounds.days, doubts=doubts).confidence


def cautious(confidence: Confidence, verdict: Verdict) -> Verdict:
    """Under a week of days it is a comparison, no recommendation."""
    is_early = confidence is Confidence.EARLY and verdict in (Verdict.YES, Verdict.MAY)
    return Verdict.UNKNOWN if is_early else verdict
