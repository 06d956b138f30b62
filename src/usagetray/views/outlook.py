"""What holds for all limits together: said only where every one of them is known and fresh."""

from __future__ import annotations

from usagetray.domain.states import WindowState
from usagetray.language import tr
from usagetray.overview import AccountView, Overview, WindowView
from usagetray.views import forecast_words
from usagetray.views.words import clear_name, has_figure


def calm(overview: Overview) -> str:
    """What holds for every limit, said only when every limit is known and fresh."""
    windows = _limited(overview)
    accounts_known = all(account.has_figures for account in overview.accounts)
    if not accounts_known or any(window.stale or not has_figure(window) for window in windows):
        return ""
    if any(forecast_words.runs_out_at(window) is not None for window in windows):
        return ""
    if not any(window.used for window in windows):
        return tr("Nothing is used yet")
    return tr("Everything lasts") if all(map(_lasts, windows)) else tr("Nothing is near its limit")


def closest(overview: Overview) -> str:
    """The limit that lasts with nothing to spare, where all others last: "Claude session"; "" without one."""
    windows = _limited(overview)
    if not all(map(_lasts, windows)) or any(not account.has_figures for account in overview.accounts):
        return ""
    for account in overview.accounts:
        for window in account.windows:
            if forecast_words.is_close(window):
                return clear_name(account, window, overview.accounts)
    return ""


def likeliest(overview: Overview) -> tuple[AccountView, WindowView] | None:
    """The limit that will more likely than not run out, the soonest first; not yet sure enough for a warning."""
    found = [
        (at, account, window)
        for account in overview.accounts
        for window in account.windows
        if (at := forecast_words.runs_out_at(window)) is not None
    ]
    return min(found, key=lambda each: each[0])[1:] if found else None


def _limited(overview: Overview) -> list[WindowView]:
    return [
        window
        for account in overview.accounts
        for window in account.windows
        if window.state is not WindowState.UNLIMITED
    ]


def _lasts(window: WindowView) -> bool:
    """Known to last; what has not begun does."""
    return window.state is WindowState.NOT_STARTED or forecast_words.lasts(window)


def everything_else(overview: Overview, window: WindowView) -> str:
    """Only when true."""
    others = [other for other in _limited(overview) if other is not window]
    known = all(account.has_figures for account in overview.accounts)
    return tr("Everything else lasts.") if others and known and all(map(_lasts, others)) else ""
