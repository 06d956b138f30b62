"""Which account and which window come first: the one order that icon, verdict card and tooltip share.

Locked, paying, warned of running out (the soonest first), critical, warning, calm; within one of these fresh figures
before old ones, then the highest share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

from usagetray.domain.states import Level, State, WindowState
from usagetray.overview import AccountView, WindowView
from usagetray.views import forecast_words
from usagetray.views.words import has_figure

HeldLevels = Mapping[tuple[str, str, str], Level]
"""(provider, account, window) -> the level still shown, for a window that has only just left it."""

NOTHING_HELD: HeldLevels = {}


class Grade(IntEnum):
    """How tight; ordered, so that the tightest is the largest."""

    NONE = -1  # no figure, or no sign-in
    NORMAL = 0
    WARNING = 1
    CRITICAL = 2
    RUNS_OUT = 3
    PAYING = 4
    LOCKED = 5


class Rank(NamedTuple):
    """The larger, the tighter."""

    grade: Grade
    fresh: bool
    soon: float  # minus the seconds since 1970 at which it runs out; 0.0 for all that are not warned of
    share: float


def is_locked(account: AccountView, now: datetime) -> bool:
    """The whole account stands still, and its reset lies ahead. A lock holds however old the reading."""
    if account.locked_until is not None:
        return account.locked_until > now
    return any(
        window.state is WindowState.LOCKED and window.locks and (window.resets_at is None or window.resets_at > now)
        for window in account.windows
    )


def lock_ends_at(account: AccountView) -> datetime | None:
    """When a locked account opens again; None where no reset is known."""
    resets = [w.resets_at for w in account.windows if w.state is WindowState.LOCKED and w.locks and w.resets_at]
    return account.locked_until or max(resets, default=None)


def is_paying(account: AccountView) -> bool:
    return account.level is Level.PAYING or any(window.level is Level.PAYING for window in account.windows)


def level_of(account: AccountView, window: WindowView, held: HeldLevels = NOTHING_HELD) -> Level:
    """The window's level in the order: a used-up window of one model does not lock, it is critical."""
    if not has_figure(window):
        return Level.NORMAL
    level = max(window.level, held.get((account.provider, account.account, window.key), Level.NORMAL))
    return Level.CRITICAL if level is Level.LOCKED and not window.locks else level


def warned_of(window: WindowView) -> datetime | None:
    """When it will be used up, where a warning of that stands."""
    told = forecast_words.of(window)
    return forecast_words.runs_out_at(window) if told is not None and told.is_warned else None


def window_rank(account: AccountView, window: WindowView, held: HeldLevels = NOTHING_HELD) -> Rank:
    level, at = level_of(account, window, held), warned_of(window)
    share = forecast_words.shown_share(window) or 0.0
    if at is not None and level < Level.PAYING:
        return Rank(Grade.RUNS_OUT, True, -at.timestamp(), share)
    return Rank(Grade[level.name], not window.stale, 0.0, share)


def account_rank(account: AccountView, now: datetime, held: HeldLevels = NOTHING_HELD) -> Rank:
    """Below every account with a figure stand those without one, and those whose sign-in has ended."""
    shown = [window for window in account.windows if has_figure(window)]
    tight = max((window_rank(account, window, held) for window in shown), default=Rank(Grade.NONE, False, 0.0, 0.0))
    if is_locked(account, now):
        return tight._replace(grade=Grade.LOCKED)
    if account.state is State.SIGNED_OUT:
        return tight._replace(grade=Grade.NONE)
    if is_paying(account) and tight.fresh:
        return tight._replace(grade=Grade.PAYING)
    if not shown and account.has_figures:
        return Rank(Grade[max(account.level, Level.NORMAL).name], False, 0.0, 0.0)
    return tight


def tightest(accounts: Iterable[AccountView], now: datetime, held: HeldLevels = NOTHING_HELD) -> AccountView | None:
    """The first of the tightest; None without accounts."""
    return max(accounts, key=lambda account: account_rank(account, now, held), default=None)


def tightest_window(
    accounts: Iterable[AccountView], held: HeldLevels = NOTHING_HELD
) -> tuple[AccountView, WindowView] | None:
    """The tightest window with a figure; None when there is no figure at all."""
    pairs = [(account, window) for account in accounts for window in account.windows if has_figure(window)]
    return max(pairs, key=lambda pair: window_rank(pair[0], pair[1], held), default=None)
