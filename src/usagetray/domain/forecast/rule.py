"""Whether to warn: once per episode, early when it is sure, late when it is not, again only after a real recovery."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from usagetray.domain.forecast.learning import FULL, STARTS_ON_USE
from usagetray.domain.forecast.memory import Episode, Forecast, Memory, WindowMemory
from usagetray.quick_dataclass import dataclass

WORTH, LEAST = 1.0, 0.05
"""Waiting makes surer, but leaves less time to act. A warning is given once the chance that it comes soon outweighs
the chance that the warning would be for nothing, the window ending far from its limit."""
TRIED, UNTRIED = 0.3, 0.1
"""Who has never used up a window of late is warned of it a little later, for it would be the first time."""
CALM_CYCLES, SURE = 2.0, 0.8
"""So many cycles without one used up make somebody calm: a warning of the first one has to be so sure."""
LONG_USED = 0.5
"""Below this a long window has days to go, and what it takes for a percent is hardly known."""
RECOVERY = 0.10
"""A share given back by the vendor within a cycle that makes it another story."""
SAME_CYCLE = timedelta(minutes=10)
"""A reset moved by less is the same one, restated."""
STANDS = 0.4
"""Chance of the lockout below which no warning is given, and one given earlier in the cycle is no longer shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockoutAlert:
    """It will probably be used up before its reset."""

    window: str
    exhausts_at: datetime
    resets_at: datetime
    used: float
    p_lockout: float


def decide(memory: Memory, forecast: Forecast, now: datetime, *, may_alert: bool) -> tuple[LockoutAlert | None, Memory]:
    """The warning one window has earned, and what to remember. `may_alert`: its reading is fresh, the clock sound."""
    window = next((each for each in memory.windows if each.key == forecast.window), None)
    if window is None:
        return None, memory
    episode = window.episode
    if episode is not None and _is_over(episode, window, forecast, now):
        episode = None
    alert = _due(window, forecast) if may_alert and episode is None else None
    if alert is not None:
        episode = Episode(ends_at=alert.resets_at, alerted_at=now, used=alert.used)
    if episode == window.episode:
        return alert, memory
    changed = replace(window, episode=episode)
    windows = tuple(changed if each.key == window.key else each for each in memory.windows)
    return alert, replace(memory, windows=windows)


def stands_warned(memory: Memory, key: str, now: datetime) -> bool:
    """A warning was given for the cycle that runs."""
    return any(each.key == key and each.episode is not None and now < each.episode.ends_at for each in memory.windows)


def is_warned(memory: Memory, forecast: Forecast, now: datetime) -> bool:
    """A warning was given in this cycle, or would be now, and what it was given for is still likely."""
    if forecast.p_lockout < STANDS or not forecast.knows_enough:
        return False
    if stands_warned(memory, forecast.window, now):
        return True
    return decide(memory, forecast, now, may_alert=True)[0] is not None


def _is_over(episode: Episode, window: WindowMemory, forecast: Forecast, now: datetime) -> bool:
    """The cycle has passed and a reading of the next one agrees, or the vendor gave back a good part."""
    if window.presumed or forecast.used is None:
        return False
    if now >= episode.ends_at:
        return forecast.resets_at is None or forecast.resets_at > episode.ends_at + SAME_CYCLE
    return forecast.used <= episode.used - RECOVERY


def _due(window: WindowMemory, forecast: Forecast) -> LockoutAlert | None:
    if not forecast.knows_enough or forecast.exhausts_at is None or forecast.resets_at is None:
        return None
    if forecast.used is None or forecast.used >= FULL or not _is_likely(window, forecast):
        return None
    return LockoutAlert(
        window=forecast.window,
        exhausts_at=forecast.exhausts_at[1],
        resets_at=forecast.resets_at,
        used=forecast.used,
        p_lockout=forecast.p_lockout,
    )


def _is_likely(window: WindowMemory, forecast: Forecast) -> bool:
    """Likely, and soon enough that a warning is worth more now than later."""
    is_long, is_tried = window.length > STARTS_ON_USE, window.used_up >= TRIED
    if is_long and forecast.used is not None and forecast.used < LONG_USED:
        return False
    is_calm = not is_long and not is_tried and window.ended >= CALM_CYCLES
    if forecast.p_lockout < (SURE if is_calm else STANDS):
        return False
    more = 0.0 if is_tried else UNTRIED
    return forecast.p_soon >= LEAST + more + (WORTH + more) * (1.0 - forecast.p_near)
