"""How much may be said after so many days, and what lowers trust in it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from usagetray.quick_dataclass import dataclass


class Confidence(StrEnum):
    NONE = "none"  # under 3 days: figures, no advice
    EARLY = "early"  # comparison without recommendation
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"  # from 90 days: the spread over the seasons too


STEPS = (
    (90, Confidence.HIGH),
    (28, Confidence.NORMAL),
    (7, Confidence.LOW),
    (3, Confidence.EARLY),
    (0, Confidence.NONE),
)
"""From so many days of records on, idle ones included."""

WEIGHTS = {
    Confidence.HIGH: Decimal(1),
    Confidence.NORMAL: Decimal(1),
    Confidence.LOW: Decimal("0.6"),
    Confidence.EARLY: Decimal("0.3"),
    Confidence.NONE: Decimal(0),
}
UNPRICED_MOST = Decimal("0.02")
OLD_RATE_DAYS = 90


class Doubt(StrEnum):
    """What takes confidence down by one step, each by itself."""

    UNPRICED = "unpriced"  # more than 2 % of the tokens have no price
    OLD_RATES = "old_rates"  # checked more than 90 days ago
    LOW_PLAN = "low_plan"  # the plan row that decides is unconfirmed
    LITTLE_EXPLAINED = "little_explained"  # the logs explain less than half of the window's movement
    ONE_WEEK = "one_week"  # one week holds more than half of everything: said, not weighed


def from_days(days: int) -> Confidence:
    return next(word for least, word in STEPS if days >= least)


def lowered(confidence: Confidence, doubts: tuple[Doubt, ...]) -> Confidence:
    """One step down for each doubt that weighs, but never to silence: what may be said at all, the days decide."""
    order = [word for _, word in STEPS]
    steps = sum(doubt is not Doubt.ONE_WEEK for doubt in set(doubts))
    if confidence is Confidence.NONE:
        return confidence
    return order[min(order.index(confidence) + steps, order.index(Confidence.EARLY))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What a piece of advice stands on."""

    days: int  # span with records, idle days included
    doubts: tuple[Doubt, ...] = ()

    @property
    def confidence(self) -> Confidence:
        return lowered(from_days(self.days), self.doubts)


def doubts_of(
    *, tokens: int, unpriced_tokens: int, rates_checked: date | None, today: date, busiest_week: Decimal, whole: Decimal
) -> tuple[Doubt, ...]:
    """The doubts that the usage itself gives; plan rows and windows add theirs."""
    found = []
    if tokens and Decimal(unpriced_tokens) / tokens > UNPRICED_MOST:
        found.append(Doubt.UNPRICED)
    if rates_checked is not None and (today - rates_checked).days > OLD_RATE_DAYS:
        found.append(Doubt.OLD_RATES)
    if whole > 0 and busiest_week * 2 > whole:
        found.append(Doubt.ONE_WEEK)
    return tuple(found)
