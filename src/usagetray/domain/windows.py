"""Windows from several sources: which reading of each is shown, and what may be said of it now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from usagetray.domain.states import Level, WindowState
from usagetray.model import MoneyLine, Snapshot, UsageWindow
from usagetray.quick_dataclass import dataclass

RESET_GRACE = timedelta(seconds=60)
"""From this long after its reset a window's old number is no longer current (P12)."""
SAME_RESET = timedelta(minutes=2)
"""Vendors restate one reset some seconds off."""
WARNING_SHARE, CRITICAL_SHARE, FULL_SHARE = 0.75, 0.90, 1.0
LEAST_STALE = timedelta(minutes=10)
PASSIVE_STALE = timedelta(minutes=30)
ACTIVITY_STALE = timedelta(minutes=10)
ROUNDING = 0.01
"""Sources round one figure each in its own way."""
SAME_ACTIVITY = timedelta(seconds=5)
"""A log line written this soon after a figure belongs to the very message that brought the figure."""
FUTURE = timedelta(minutes=2)
"""A figure stamped later than this after now was made under another clock: its age means nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One window as one snapshot stated it."""

    window: UsageWindow
    captured_at: datetime
    strategy_id: str
    home: str  # where the vendor's tool that said it lives


def has_ended(window: UsageWindow, now: datetime) -> bool:
    return window.resets_at is not None and now >= window.resets_at + RESET_GRACE


def newest(
    said: Sequence[tuple[Snapshot, str]], now: datetime, asked: Collection[str] = frozenset()
) -> tuple[Stated, ...]:
    """For each window the newest reading of any source; order of first appearance, preferred sources first.

    `said`: the last snapshot of each strategy and home, with the home, in the order of preference. A reading of a
    window that has since ended yields to an older one of a window that still runs, and a lower one of the same cycle to
    what a source of `asked` answered shortly before: it came from a session left open, which repeats what it knows.
    """
    best: dict[str, Stated] = {}
    for snapshot, home in said:
        for window in snapshot.windows:
            stated = Stated(
                window=window,
                captured_at=window.captured_at or snapshot.captured_at,
                strategy_id=snapshot.strategy_id,
                home=home,
            )
            other = best.get(window.key)
            if other is None or _goes_before(stated, other, now, asked):
                best[window.key] = stated
    return tuple(best.values())


def _order(stated: Stated, now: datetime) -> tuple[bool, datetime]:
    return (not has_ended(stated.window, now), stated.captured_at)


def _goes_before(one: Stated, other: Stated, now: datetime, asked: Collection[str]) -> bool:
    if _is_repeated(one, other, asked) or _is_repeated(other, one, asked):
        return _is_repeated(other, one, asked)
    return _order(one, now) > _order(other, now)


def _is_repeated(one: Stated, other: Stated, asked: Collection[str]) -> bool:
    """Whether the one only tells again what was so before the other: use grows until the reset."""
    if one.strategy_id in asked or other.strategy_id not in asked:
        return False
    mine, theirs = one.window, other.window
    if mine.utilization is None or theirs.utilization is None or mine.resets_at is None or theirs.resets_at is None:
        return False
    is_same = abs(mine.resets_at - theirs.resets_at) <= SAME_RESET
    is_soon = one.captured_at - other.captured_at < PASSIVE_STALE
    return is_same and is_soon and mine.utilization < theirs.utilization - ROUNDING


def carried_over(said: Snapshot, former: Snapshot | None, now: datetime) -> Snapshot:
    """Where fields of an answer were unreadable, the last good figures of those windows stay, each with its own time.

    `former`: what the same source said of the same account before. An answer that was read whole is taken at its
    word: a window it does not name is gone.
    """
    if former is None or not said.dropped:
        return said
    windows = {window.key: window for window in said.windows}
    for window in former.windows:
        if window.utilization is not None and not has_ended(window, now) and _lost(window, windows.get(window.key)):
            windows[window.key] = replace(window, captured_at=window.captured_at or former.captured_at)
    return replace(said, windows=tuple(windows.values()))


def _lost(former: UsageWindow, new: UsageWindow | None) -> bool:
    """The new telling has no figure where the former had one, of the same cycle."""
    if new is None:
        return True
    if new.utilization is not None or new.unlimited:
        return False
    is_later = (
        new.resets_at is not None and former.resets_at is not None and new.resets_at > former.resets_at + SAME_RESET
    )
    return not is_later


def state(window: UsageWindow, money: Iterable[MoneyLine], now: datetime) -> WindowState:
    if window.unlimited:
        return WindowState.UNLIMITED
    if has_ended(window, now):
        return WindowState.ENDED
    if window.utilization is None:
        return WindowState.UNKNOWN
    if window.utilization == 0 and window.resets_at is None:
        return WindowState.NOT_STARTED
    if window.utilization >= FULL_SHARE and not any(line.covers for line in money):
        return WindowState.LOCKED
    return WindowState.OK


def level(window: UsageWindow, judged: WindowState) -> Level:
    """How bad; a full window of one model is critical, for it does not lock the account."""
    used = window.utilization
    if judged in (WindowState.ENDED, WindowState.UNKNOWN, WindowState.UNLIMITED) or used is None:
        return Level.NORMAL
    if used >= FULL_SHARE and window.locks:
        return Level.LOCKED if judged is WindowState.LOCKED else Level.PAYING
    if used >= CRITICAL_SHARE:
        return Level.CRITICAL
    return Level.WARNING if used >= WARNING_SHARE else Level.NORMAL


def stale_at(captured_at: datetime, *, interval: timedelta | None, active_at: datetime | None) -> datetime | None:
    """When a figure turns stale; None: not by itself (P11).

    `interval`: of a polled source. None for a passive one, which nobody can ask: it is judged by `active_at`,
    the newest change of the vendor's own logs (None: there are none to go by). While those show nothing newer
    than the figure, nobody worked, and it still holds.
    """
    if interval is not None:
        return captured_at + max(2 * interval, LEAST_STALE)
    if active_at is None:
        return captured_at + PASSIVE_STALE
    if active_at <= captured_at + SAME_ACTIVITY:
        return None
    return min(captured_at + PASSIVE_STALE, active_at + ACTIVITY_STALE)


def of_now(money: Iterable[MoneyLine], now: datetime) -> tuple[MoneyLine, ...]:
    """The sums whose period has not ended: what was billed yesterday is not shown as today's."""
    return tuple(line for line in money if line.ends_at is None or now < line.ends_at)


def is_stale(captured_at: datetime, turns_at: datetime | None, now: datetime) -> bool:
    return captured_at > now + FUTURE or (turns_at is not None and now >= turns_at)
