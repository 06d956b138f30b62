"""The allowance meter: what share of a window one weighted token takes, learned from readings and counted tokens."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from usagetray.domain.forecast.habits import EPOCH
from usagetray.domain.forecast.memory import Allowance, Meter

REMEMBERED = 0.8
"""Share points over which the rate is averaged: another plan, or another mix of tokens, takes over within a window."""
STEP = 0.05
"""A move this large is measured to about 10 %: readings are whole percents."""
KEPT_RATIOS, KEPT_DAYS = 40, 60
LATELY, LEAST = 6, 4
"""Steps that stand for now, and how many a band needs."""
FLOOR = 0.10
"""Scatter of one step that rounding alone makes."""
CLEAR = 0.15
"""Smaller changes are another mix of work, not another allowance."""
BAND = 1.96


def learned(meter: Meter, share: float, weight: float, at: datetime) -> Meter:
    """After `weight` tokens moved the window by `share`. Zero moves count: small steps add up from them."""
    total, weights = meter.share + share, meter.weight + weight
    if total > REMEMBERED:
        total, weights = REMEMBERED, weights * REMEMBERED / total
    meter = replace(
        meter,
        share=total,
        weight=weights,
        open_share=meter.open_share + share,
        open_weight=meter.open_weight + weight,
    )
    if meter.open_share < STEP or meter.open_weight <= 0:
        return meter
    ratio = round(math.log(meter.open_weight / meter.open_share), 4)
    meter = replace(meter, ratios=(*meter.ratios, ratio)[-KEPT_RATIOS:], open_share=0.0, open_weight=0.0)
    today = allowance(meter, at)
    if today is None:
        return meter
    former = tuple(each for each in meter.history if each.day != today.day)
    return replace(meter, history=(*former, today)[-KEPT_DAYS:])


def allowance(meter: Meter, at: datetime) -> Allowance | None:
    """Tokens per percent of late; None: too few steps were measured."""
    return _band(meter.ratios[-LATELY:], (at - EPOCH).days)


def changed(meter: Meter, at: datetime) -> tuple[Allowance, Allowance] | None:
    """What the allowance was before and is now, where it seems to have changed: only when the bands part."""
    day = (at - EPOCH).days
    before, now = _band(meter.ratios[:-LATELY], day), _band(meter.ratios[-LATELY:], day)
    if before is None or now is None or abs(math.log(now.tokens / before.tokens)) < CLEAR:
        return None
    return (before, now) if now.low > before.high or now.high < before.low else None


def _band(ratios: Sequence[float], day: int) -> Allowance | None:
    count = len(ratios)
    if count < LEAST:
        return None
    mean = sum(ratios) / count
    scatter = math.sqrt(sum((each - mean) ** 2 for each in ratios) / (count - 1) + FLOOR**2)
    reach = BAND * scatter / math.sqrt(count)
    tokens = math.exp(mean) / 100
    return Allowance(day=day, tokens=tokens, low=tokens * math.exp(-reach), high=tokens * math.exp(reach))
