"""One step of memory: what a reading, a refusal or counted tokens change in what the forecast knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from usagetray.domain.forecast.habits import THOUSAND, added, covers, quarter_of, total, worked
from usagetray.domain.forecast.memory import (
    Habit,
    Memory,
    Observation,
    Refusal,
    WindowMemory,
    WindowReading,
    Work,
)
from usagetray.domain.forecast.meter import learned

SAME_RESET = timedelta(minutes=2)
HALF_STEP = 0.005
"""Readings are whole percents, some vendors' rounded, some cut off."""
STARTS_ON_USE = timedelta(days=1)
"""Windows up to this length begin with the first request; longer ones follow each other without a gap."""
FULL = 0.9999
FIRST, FIRST_LONG = 0.01, 0.029
"""Share for which the very first reading counts at most: what else it holds than this computer's work, on the web or
from before the logs begin, nobody can tell. What moves from then on is seen; a long window moves slowly."""
KEPT_LOCKS = 100
FADE, RECORD_FADES = 0.99, 0.95


def step(memory: Memory, observations: Sequence[Observation], now: datetime) -> Memory:
    """Memory after what was seen, in order of time, and rolled to `now`. Nothing is counted twice here:
    the caller hands in each observation once."""
    windows = {each.key: each for each in memory.windows}
    habits = {each.model: each for each in memory.habits}
    batch: list[Work] = []
    worked_at = memory.worked_at
    for seen in sorted(observations, key=_at):
        if isinstance(seen, Work):
            batch.append(seen)
            continue
        _work(windows, habits, batch)
        batch = []
        if isinstance(seen, Refusal):
            _refused(windows, seen)
        else:
            _stated(windows, habits, seen)
    _work(windows, habits, batch)
    times = [each.at for each in observations if isinstance(each, Work)]
    if times:
        worked_at = max([*times, worked_at] if worked_at else times)
    rolled = tuple(_rolled(each, now) for each in windows.values())
    locks = _locked(memory.locks, windows.values(), now)
    return replace(memory, locks=locks, windows=rolled, habits=tuple(habits.values()), worked_at=worked_at)


def _at(seen: Observation) -> datetime:
    return seen.captured_at if isinstance(seen, WindowReading) else seen.at


def _rolled(window: WindowMemory, now: datetime) -> WindowMemory:
    """A window whose reset has passed is empty; a long one already runs anew, a short one waits for its first use."""
    if window.resets_at is None or now < window.resets_at:
        return window
    resets_at = None
    if window.length > STARTS_ON_USE:
        periods = (now - window.resets_at) // window.length + 1
        resets_at = window.resets_at + periods * window.length
    window = replace(window, resets_at=resets_at, presumed=resets_at is not None, used=0.0, since=0.0)
    if window.stated:
        used_up = RECORD_FADES * window.used_up + (1.0 if window.stated >= FULL else 0.0)
        window = replace(window, ended=RECORD_FADES * window.ended + 1.0, used_up=used_up)
    return replace(window, stated=None)


def _locked(
    locks: tuple[tuple[int, int], ...], windows: Iterable[WindowMemory], now: datetime
) -> tuple[tuple[int, int], ...]:
    """With the cycles of windows for all models that are used up, each once."""
    for window in windows:
        if window.model is not None or window.stated is None or window.stated < FULL:
            continue
        if window.stated_at is None or window.resets_at is None or window.resets_at <= now:
            continue
        until = quarter_of(window.resets_at)
        if not any(abs(until - ended) <= 1 for _, ended in locks):
            locks = (*locks, (quarter_of(window.stated_at), until))[-KEPT_LOCKS:]
    return locks


def _work(windows: dict[str, WindowMemory], habits: dict[str | None, Habit], batch: Sequence[Work]) -> None:
    if not batch:
        return
    scopes = {None, *(each.model for each in windows.values())}
    for scope in scopes:
        mine = [each for each in batch if scope is None or each.model == scope]
        if mine:
            habits[scope] = worked(habits.get(scope) or Habit(model=scope), mine)
    for key, window in windows.items():
        windows[key] = _counted(window, [each for each in batch if window.model in (None, each.model)])


def _counted(window: WindowMemory, work: Sequence[Work]) -> WindowMemory:
    since = 0.0
    for each in work:
        if window.resets_at is not None and each.at >= window.resets_at:
            window, since = _rolled(window, each.at), 0.0
        if window.resets_at is None and window.stated_at is not None and window.length <= STARTS_ON_USE:
            window = replace(window, resets_at=each.at + window.length, presumed=True)
        if window.stated_at is None or each.at >= window.stated_at:
            since += each.weight
    return replace(window, since=window.since + since) if since else window


def _refused(windows: dict[str, WindowMemory], seen: Refusal) -> None:
    window = windows.get(seen.window)
    if window is not None:
        resets_at = seen.resets_at or window.resets_at
        windows[seen.window] = replace(window, resets_at=resets_at, stated=1.0, stated_at=seen.at, used=1.0, since=0.0)


def _stated(windows: dict[str, WindowMemory], habits: dict[str | None, Habit], seen: WindowReading) -> None:
    former = windows.get(seen.window) or WindowMemory(key=seen.window, model=seen.model, length=seen.length)
    if seen.used is None or (former.stated_at is not None and seen.captured_at < former.stated_at):
        return
    former = _rolled(former, seen.captured_at)
    window, share, weight = _anchored(former, habits.get(seen.model), seen)
    if former.stated_at is not None and share > 0 and weight <= 0:
        if seen.model is None:
            _unseen(windows, habits, former, seen, share)
        window = replace(window, seen=FADE * window.seen, unseen=FADE * window.unseen + share)
    elif weight > 0 and share >= 0 and seen.used < FULL:
        meter = learned(window.meter, share, weight, seen.captured_at)
        window = replace(window, meter=meter, seen=FADE * window.seen + share, unseen=FADE * window.unseen)
    windows[seen.window] = window


def _anchored(former: WindowMemory, habit: Habit | None, seen: WindowReading) -> tuple[WindowMemory, float, float]:
    """The window set to the reading, and by what share it moved while which weight of tokens was counted."""
    used = float(seen.used or 0.0)
    window = replace(
        former,
        length=seen.length,
        model=seen.model,
        resets_at=seen.resets_at,
        presumed=False,
        stated=used,
        stated_at=seen.captured_at,
        used=used,
        since=0.0,
    )
    rate = former.meter.rate
    same = (
        former.resets_at is not None
        and seen.resets_at is not None
        and (former.presumed or abs(seen.resets_at - former.resets_at) <= SAME_RESET)
    )
    if former.stated_at is None:  # never seen before: what the logs show of the running window
        begun = None if seen.resets_at is None else seen.resets_at - seen.length
        weight = 0.0 if habit is None or begun is None else total(habit, begun, seen.captured_at)
        covered = habit is not None and begun is not None and covers(habit, begun)
        most = FIRST if seen.length <= STARTS_ON_USE else FIRST_LONG
        little = min(1.0, most / used) if used > 0 else 0.0
        return window, used * little, weight * little if covered else 0.0
    if not same and not (former.resets_at is None and seen.resets_at is not None):
        return window, 0.0, 0.0  # another cycle than expected: how it came to its figure was not seen
    moved = used - (former.stated or 0.0)
    if moved < -2 * HALF_STEP:
        return window, 0.0, 0.0  # a recovery, or another plan
    if rate is not None and used < FULL and (former.since > 0 or moved <= 0):
        reckoned = former.used + former.since * rate
        window = replace(window, used=min(max(reckoned, used - HALF_STEP), used + HALF_STEP))
    return window, moved, former.since


def _unseen(
    windows: dict[str, WindowMemory],
    habits: dict[str | None, Habit],
    former: WindowMemory,
    seen: WindowReading,
    share: float,
) -> None:
    """Work that no local log shows belongs to the user's habits too. The shortest window tells it best."""
    shortest = min((each.length for each in windows.values()), default=seen.length)
    rate = former.meter.rate
    if rate is None or former.length > shortest or former.stated_at is None:
        return
    last, first = quarter_of(seen.captured_at), quarter_of(former.stated_at)
    quarters = range(max(first, last - 3), last + 1)
    each = share / rate / THOUSAND / len(quarters)
    habits[None] = added(habits.get(None) or Habit(model=None), dict.fromkeys(quarters, each))
