"""The forecast of one window: what is used now, how that stands against even use, and when it will be used up."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import NamedTuple

from usagetray.domain.forecast import session, week
from usagetray.domain.forecast.chances import Outlook, quantile, reached, shifted
from usagetray.domain.forecast.habits import QUARTERS, THOUSAND, quarter_of
from usagetray.domain.forecast.learning import FULL, STARTS_ON_USE
from usagetray.domain.forecast.memory import Forecast, Habit, Memory, Prior, WindowMemory

NEAR = 0.90
"""A window that ended above this was worth a warning, even if the work stopped in time."""
RECORD, USUAL_LOCKED, USUAL_CYCLES = 0.7, 0.3, 4.0
"""How far one's own earlier windows count, and what is assumed of them before there are any."""
LEARNED = 0.03
"""Share that must have moved beside counted tokens before anything is said."""
SOON, SOON_LONG = 40 * 60, 24 * 3600
"""Seconds: a warning of what is nearer than this cannot wait until it is surer."""
READING_SD, RATE_SD = 0.004, 0.15
"""A reading is a whole percent; tokens are worth that much more or less than their list price says."""


def forecast(memory: Memory, key: str, now: datetime, prior: Prior) -> Forecast | None:
    """None: no such window was ever seen. `memory` must have been stepped to `now`."""
    window = next((each for each in memory.windows if each.key == key), None)
    if window is None:
        return None
    resets_at = window.resets_at
    known = _known(memory, window, now)
    if resets_at is None or now >= resets_at:
        return _not_running(memory, window, known, now, prior)
    used, _ = used_now(window)
    left_s = (resets_at - now).total_seconds()
    pace = used - (1.0 - left_s / window.length.total_seconds())
    if used >= FULL:
        return _forecast(
            window,
            pace=pace,
            p_lockout=1.0,
            p_near=1.0,
            p_soon=1.0,
            at_reset=used,
            exhausts_at=(now,) * 3,
            knows_enough=window.stated is not None,
        )
    if known is None:
        return _by_pace(window, used, pace, left_s, now)
    outlook = _outlook(memory, window, known, used, left_s, now, prior)
    times, chances = outlook.times, outlook.chances
    exhausts_at = (resets_at,) * 3
    if chances[-1] > 1e-4:
        early, middle, late = (now + timedelta(seconds=quantile(times, chances, each)) for each in (0.1, 0.5, 0.9))
        exhausts_at = (early, middle, late)
    return _forecast(
        window,
        pace=pace,
        p_lockout=chances[-1],
        p_near=outlook.near,
        p_soon=reached(times, chances, SOON if window.length <= STARTS_ON_USE else SOON_LONG),
        at_reset=used + outlook.tokens * known.rate,
        exhausts_at=exhausts_at,
        knows_enough=not window.presumed and window.meter.share >= LEARNED,
    )


class _Known(NamedTuple):
    habit: Habit
    rate: float  # share per weighted token


def _known(memory: Memory, window: WindowMemory, now: datetime) -> _Known | None:
    """None: nobody knows yet what a token takes of this window, or when work is done."""
    habit, rate = next((each for each in memory.habits if each.model == window.model), None), window.meter.rate
    # What was kept under a clock that ran ahead tells nothing of today.
    if rate is None or habit is None or not habit.days or habit.first_day > quarter_of(now) // QUARTERS:
        return None
    return _Known(habit, rate)


def _not_running(memory: Memory, window: WindowMemory, known: _Known | None, now: datetime, prior: Prior) -> Forecast:
    """Nothing to speak of. The chance is that of a window that would begin now."""
    p_lockout = 0.0
    if known is not None and window.length <= STARTS_ON_USE:
        p_lockout = _outlook(memory, window, known, 0.0, window.length.total_seconds(), now, prior).chances[-1]
    return _forecast(window, pace=None, p_lockout=p_lockout, p_near=0.0, exhausts_at=None, knows_enough=False)


def _outlook(
    memory: Memory, window: WindowMemory, known: _Known, used: float, left_s: float, now: datetime, prior: Prior
) -> Outlook:
    habit, rate = known
    allowed, to_near = (1.0 - used) / rate, (NEAR - used) / rate
    if window.length <= STARTS_ON_USE:
        times, found = session.courses(habit, memory.locks, now, left_s / 3600, prior)
        by = own_record(window) * left_s / window.length.total_seconds()
        chances = [shifted(each, by) for each in session.chances(found, times, allowed)]
        near = shifted(session.chance_at_end(found, times, to_near), by)
        return Outlook(times, chances, near, session.expected(found) * THOUSAND)
    return week.outlook(habit, now, left_s, allowed, to_near, prior)


def used_now(window: WindowMemory) -> tuple[float, float]:
    """Share used by now and its standard deviation: the newest reading, moved on by the tokens counted since.

    Only a reading or a refusal says that a window is used up.
    """
    rate = window.meter.rate
    moved = window.since * rate if rate is not None else 0.0
    return min(window.used + moved, max(window.used, 0.995)), READING_SD + RATE_SD * moved


def others_share(window: WindowMemory) -> float:
    """Share of the use that no local log shows. 0.0 until something was seen."""
    everything = window.seen + window.unseen
    return window.unseen / everything if everything > 0 else 0.0


def own_record(window: WindowMemory) -> float:
    """What this user's own earlier windows say for or against a lockout, in log odds."""
    share = (window.used_up + USUAL_LOCKED * USUAL_CYCLES) / (window.ended + USUAL_CYCLES)
    return RECORD * (math.log(share / (1.0 - share)) - math.log(USUAL_LOCKED / (1.0 - USUAL_LOCKED)))


def _by_pace(window: WindowMemory, used: float, pace: float, left_s: float, now: datetime) -> Forecast:
    """Where no tokens were counted yet: even use so far. Too little to speak of, but better than nothing inside."""
    gone_s = window.length.total_seconds() - left_s
    speed = used / max(gone_s, 600.0)
    p_lockout = min(0.6, max(0.05, 0.5 * (used + speed * left_s) ** 2))
    at = now + timedelta(seconds=min(left_s, (1.0 - used) / speed) if speed > 0 else left_s)
    return _forecast(
        window, pace=pace, p_lockout=p_lockout, p_near=p_lockout, exhausts_at=(at,) * 3, knows_enough=False
    )


def _forecast(
    window: WindowMemory,
    *,
    pace: float | None,
    p_lockout: float,
    p_near: float,
    exhausts_at: tuple[datetime, datetime, datetime] | None,
    knows_enough: bool,
    p_soon: float = 0.0,
    at_reset: float | None = None,
) -> Forecast:
    used, spread = used_now(window)
    return Forecast(
        window=window.key,
        used=used if window.stated is not None or window.since > 0 or window.resets_at is None else None,
        used_sd=spread,
        at_reset=at_reset,
        pace=pace,
        p_lockout=p_lockout,
        p_near=p_near,
        p_soon=p_soon,
        exhausts_at=exhausts_at,
        resets_at=window.resets_at,
        stated_at=window.stated_at,
        others_share=others_share(window),
        knows_enough=knows_enough,
        is_estimate=window.since > 0,
    )
