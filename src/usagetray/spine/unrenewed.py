"""What was shown last, while nothing newer can be had: no figure may look fresh because the store cannot be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from usagetray.domain import windows
from usagetray.domain.states import Level, State, WindowState
from usagetray.language import tr
from usagetray.overview import AccountView, Overview, WindowView


def unrenewed(shown: Overview, now: datetime) -> Overview:
    """The same as it stands by now. Figures that turn old by a reading alone do so some minutes after the last one."""
    unread_at = shown.generated_at + windows.LEAST_STALE
    return replace(
        shown,
        generated_at=now,
        accounts=tuple(_account(each, now, unread_at) for each in shown.accounts),
        notices=(tr("The figures can’t be read"), *shown.notices),
        refreshing=False,
        changes_at=None,
    )


def _account(account: AccountView, now: datetime, unread_at: datetime) -> AccountView:
    seen = tuple(_window(each, now, unread_at) for each in account.windows)
    aged = replace(
        account,
        windows=seen,
        level=max((each.level for each in seen if each.state is not WindowState.ENDED), default=Level.NORMAL),
        money_stale=account.money_stale or now >= min(account.money_stale_at or unread_at, unread_at),
        incidents=tuple(replace(each, stale=True) for each in account.incidents),
        next_attempt_at=None,
    )
    return replace(
        aged,
        locked_until=aged.locked_until if aged.level is Level.LOCKED else None,
        state=_state(aged) if aged.state is State.FRESH else aged.state,
    )


def _state(aged: AccountView) -> State:
    if aged.windows and all(each.state is WindowState.ENDED for each in aged.windows):
        return State.WINDOW_ENDED
    return State.STALE if aged.stale else State.FRESH


def _window(window: WindowView, now: datetime, unread_at: datetime) -> WindowView:
    if window.resets_at is not None and now >= window.resets_at + windows.RESET_GRACE:
        return replace(window, used=None, state=WindowState.ENDED, level=Level.NORMAL, forecast=None)
    turns_at = min(window.stale_at or unread_at, unread_at)
    return replace(window, stale=window.stale or windows.is_stale(window.captured_at, turns_at, now))
