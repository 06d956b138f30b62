"""What may be shown of what will come: from an account's memory and its windows to their forecasts and levels.

Both use it: the process that writes the store, with the memory it keeps, and those that read what it has stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from usagetray.domain.forecast import (
    Forecast,
    Memory,
    Observation,
    Prior,
    Refusal,
    WindowReading,
    changed,
    forecast,
    is_warned,
)
from usagetray.domain.forecast import step as stepped
from usagetray.domain.states import Level, State, WindowState
from usagetray.domain.windows import FUTURE
from usagetray.overview import AccountView, ForecastView, WindowView
from usagetray.settings import WEEKDAYS, WorkSettings

SOON = timedelta(minutes=30)
"""A window that will be used up within this is critical."""


def prior(work: WorkSettings, utc_offset: timedelta, now: datetime) -> Prior:
    """What holds until the user's own habits are known. On a day without work no hour is one of work."""
    if work.days and WEEKDAYS[(now + utc_offset).weekday()] not in work.days:
        return Prior(utc_offset=utc_offset, work_begins=0.0, work_ends=0.0)
    if work.hours is None:
        return Prior(utc_offset=utc_offset)
    begins, ends = (each.hour + each.minute / 60 for each in work.hours)
    return Prior(utc_offset=utc_offset, work_begins=begins, work_ends=ends if ends > begins else ends + 24)


def local_offset(now: datetime) -> timedelta:
    """How far the user's clocks are ahead of UTC, without what reading all rules of a time zone takes."""
    return now.astimezone().utcoffset() or timedelta()


# ---- what was read -----------------------------------------------------------------------------------------


def said_since(
    account: AccountView, memory: Memory, now: datetime, withdraws: Callable[[str], bool]
) -> list[Observation]:
    """The account's readings that its memory does not know yet, each of the instant it was captured at.

    `withdraws`: whether a source, by its id, tells of nothing but refusals.
    """
    if account.state is State.CLOCK_SUSPECT:
        return []
    known = {each.key: each.stated_at for each in memory.windows}
    found: list[Observation] = []
    for window in account.windows:
        at, before = window.captured_at, known.get(window.key)
        if window.used is None or window.length is None or at > now + FUTURE or (before is not None and at <= before):
            continue
        if window.used >= 1.0 and before is not None and withdraws(window.source_id):
            found.append(Refusal(window=window.key, at=at, resets_at=window.resets_at))
            continue
        found.append(
            WindowReading(
                window=window.key,
                used=window.used,
                resets_at=window.resets_at,
                length=window.length,
                captured_at=at,
                model=window.model,
            )
        )
    return found


# ---- what is shown -----------------------------------------------------------------------------------------


def foreseen(
    account: AccountView, memory: Memory, now: datetime, tell: Callable[[str], Forecast | None]
) -> AccountView:
    """The account with the forecasts of its windows, and the levels that follow.

    `memory`: stepped to `now`. `tell`: the forecast of a window, by its key.
    """
    windows = tuple(_foreseen(account, window, memory, now, tell) for window in account.windows)
    running = (each.level for each in windows if each.state is not WindowState.ENDED)
    return replace(account, windows=windows, level=max((account.level, *running)))


def _foreseen(
    account: AccountView, window: WindowView, memory: Memory, now: datetime, tell: Callable[[str], Forecast | None]
) -> WindowView:
    told = tell(window.key) if is_foreseeable(account, window) else None
    if told is None:
        return window
    warned = is_warned(memory, told, now)
    view = view_of(told, memory, now, warned=warned)
    return replace(window, forecast=view, level=max(window.level, _level(told, now) if warned else Level.NORMAL))


def is_foreseeable(account: AccountView, window: WindowView) -> bool:
    """Fresh and running: of nothing else is anything said to come."""
    return window.state is WindowState.OK and not window.stale and account.state is not State.CLOCK_SUSPECT


def _level(told: Forecast, now: datetime) -> Level:
    is_soon = told.exhausts_at is not None and told.exhausts_at[1] - now <= SOON
    return Level.CRITICAL if is_soon else Level.WARNING


def view_of(told: Forecast, memory: Memory, now: datetime, *, warned: bool) -> ForecastView:
    even = None if told.pace is None or told.used is None else min(max(told.used - told.pace, 0.0), 1.0)
    window = next(each for each in memory.windows if each.key == told.window)
    habit = next((each for each in memory.habits if each.model == window.model), None)
    return ForecastView(
        used=told.used,
        is_estimate=told.is_estimate,
        even=even,
        at_reset=told.at_reset,
        p_lockout=told.p_lockout,
        runs_out_at=told.exhausts_at,
        is_warned=warned,
        knows_enough=told.knows_enough,
        others_share=told.others_share,
        worked_at=habit.rush_at if habit is not None else None,
        allowances=window.meter.history,
        allowance_change=changed(window.meter, now),
    )


# ---- for those who only read the store ---------------------------------------------------------------------


def from_memories(
    memories: Mapping[tuple[str, str], Memory],
    work: WorkSettings,
    withdraws: Callable[[str, str], bool],
    accounts: Sequence[AccountView],
    now: datetime,
) -> list[AccountView]:
    """With what was stored, by provider and account, and the readings that came since."""
    expected, found = prior(work, local_offset(now), now), []
    for account in accounts:
        ids = ((account.provider, each) for each in (account.account, *account.formerly))
        memory = next((memories[each] for each in ids if each in memories), None)
        if memory is not None:
            seen = said_since(account, memory, now, partial(withdraws, account.provider))
            memory = stepped(memory, seen, now)
            account = foreseen(account, memory, now, partial(_told, memory, now, expected))
        found.append(account)
    return found


def _told(memory: Memory, now: datetime, expected: Prior, key: str) -> Forecast | None:
    return forecast(memory, key, now, expected)
