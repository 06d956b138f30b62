"""When what is shown reads differently by itself, though nothing new was said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from usagetray.domain import windows
from usagetray.domain.incidents import stale_at
from usagetray.overview import AccountView


def soonest(instants: Iterable[datetime | None], now: datetime) -> datetime | None:
    return min((at for at in instants if at is not None and at > now), default=None)


def changes_at(accounts: Sequence[AccountView], now: datetime) -> datetime | None:
    """The next instant at which a figure turns stale or a window ends."""
    instants: list[datetime | None] = []
    for account in accounts:
        instants += [account.money_stale_at, *(line.ends_at for line in account.money)]
        instants += [stale_at(each.captured_at) for each in account.incidents]
        for window in account.windows:
            ends_at = window.resets_at + windows.RESET_GRACE if window.resets_at else None
            instants += [window.stale_at, ends_at]
    return soonest(instants, now)
