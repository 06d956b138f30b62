"""Where else there is room, once a plan has none."""

from __future__ import annotations

from usagetray.domain.states import WindowState
from usagetray.language import tr
from usagetray.model import MoneyKind
from usagetray.overview import AccountView, Overview
from usagetray.views import tightest
from usagetray.views.figures import money, percent
from usagetray.views.words import account_name, has_figure, unusable

ROOM = 0.90
"""From this share on another provider is not offered as a way out."""


def way_out(locked: AccountView, overview: Overview) -> str:
    """ "Codex has 82 % left", of another account whose every limit is known to have room now; "" without one.

    Where no plan has, what is left of prepaid credits: "DeepSeek has $12.66 left".
    """
    now = overview.generated_at
    best: tuple[float, AccountView] | None = None
    for account in overview.accounts:
        shown = [window for window in account.windows if window.locks and window.state is not WindowState.UNLIMITED]
        if account is locked or not shown or tightest.is_locked(account, now):
            continue
        if any(window.stale or not has_figure(window) for window in shown):
            continue
        used = max(window.used or 0.0 for window in shown)
        if used < ROOM and (best is None or used < best[0]):
            best = used, account
    if best is None:
        return _prepaid(locked, overview)
    name = account_name(best[1], overview.accounts)
    return tr("{name} has {amount} left", name=name, amount=percent(best[0], left=True))


def _prepaid(locked: AccountView, overview: Overview) -> str:
    for account in overview.accounts:
        if account is locked or account.windows or account.money_stale:
            continue
        for line in account.money:
            if line.kind is MoneyKind.CREDITS and line.balance and line.balance.amount and not unusable(line):
                name = account_name(account, overview.accounts)
                return tr("{name} has {amount} left", name=name, amount=money(line.balance))
    return ""
