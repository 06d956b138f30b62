"""What the one icon shows: the account with the tightest window, without flickering between two that are close.

Pure: the last headline goes in, the next comes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta

from usagetray.domain.states import Level, State, WindowState
from usagetray.model import MoneyLine
from usagetray.overview import AccountView, Overview, WindowView
from usagetray.quick_dataclass import dataclass
from usagetray.views import forecast_words, tightest
from usagetray.views.icon.picture import Bar, IconPicture, IconState
from usagetray.views.incident_words import is_alarming
from usagetray.views.words import SHORT_WINDOW, has_figure

CHANGE_AT = 0.10
"""Points of share by which another account must be tighter to take the icon at an equal state."""

LEAVE_AT: Mapping[Level, float] = {Level.WARNING: 0.73, Level.CRITICAL: 0.88}
"""A warning is left 2 points below its threshold (0.75, 0.90), so that a figure swinging round it does not blink."""

LEAVE_CHANCE, LEAVE_SOON = 0.3, timedelta(minutes=35)
"""The same for what was foreseen: of the chance of a lockout (from 0.4), and of the time until it (from 30 minutes)."""

SOONER = timedelta(minutes=10)
"""By so much earlier must another account run out to take the icon from one that does."""

_CALM = (IconState.NORMAL, IconState.INCIDENT)
_LEVEL_STATES = {Level.WARNING: IconState.WARNING, Level.CRITICAL: IconState.CRITICAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    provider: str | None  # None: no account is shown
    account: str | None
    picture: IconPicture
    held: tightest.HeldLevels = field(default_factory=dict)
    """Every window now at a warning or critical, for the next decision."""


def headline(overview: Overview, previous: Headline | None = None) -> Headline:
    """What the icon says now. `previous` is the headline before it, None at the start."""
    accounts, now = overview.accounts, overview.generated_at
    if not accounts or (overview.first_run and not any(account.has_figures for account in accounts)):
        return Headline(provider=None, account=None, picture=IconPicture(state=IconState.FIRST_RUN))
    held = _held(accounts, previous, now)
    shown = _chosen(accounts, now, previous, held)
    picture = _picture(shown, now, held)
    if not shown.windows:
        picture = _with_budget(picture, overview)
    return Headline(provider=shown.provider, account=shown.account, picture=picture, held=held)


def followed(overview: Overview, provider: str) -> Overview:
    """What the icon is to speak of: one provider alone where the user wants that and it has accounts, else all."""
    own = tuple(account for account in overview.accounts if account.provider == provider)
    return replace(overview, accounts=own) if own else overview


def shown_account(overview: Overview, head: Headline) -> AccountView | None:
    """The account a headline speaks of."""
    return next((one for one in overview.accounts if _key(one) == (head.provider, head.account)), None)


def _held(
    accounts: tuple[AccountView, ...], previous: Headline | None, now: datetime
) -> dict[tuple[str, str, str], Level]:
    before = previous.held if previous else {}
    held = {}
    for account in accounts:
        for window in account.windows:
            key = (account.provider, account.account, window.key)
            level = min(tightest.level_of(account, window), Level.CRITICAL)
            was = before.get(key, Level.NORMAL)
            if has_figure(window) and was > level:
                level = max(level, _kept(window, was, now))
            if level > Level.NORMAL:
                held[key] = level
    return held


def _kept(window: WindowView, was: Level, now: datetime) -> Level:
    """The level that a window has not clearly left: by its share, or by what was foreseen of it."""
    if (window.used or 0.0) >= LEAVE_AT.get(was, 2.0):
        return was
    told = forecast_words.of(window)
    if told is None or told.runs_out_at is None or told.p_lockout < LEAVE_CHANCE:
        return Level.NORMAL
    return was if told.runs_out_at[1] - now < LEAVE_SOON else Level.WARNING


def _chosen(
    accounts: tuple[AccountView, ...], now: datetime, previous: Headline | None, held: tightest.HeldLevels
) -> AccountView:
    """The tightest, unless the one shown before is at the same state and less than `CHANGE_AT` behind."""
    first = max(accounts, key=lambda account: tightest.account_rank(account, now, held))
    before = previous and next((one for one in accounts if _key(one) == (previous.provider, previous.account)), None)
    if not before:
        return first
    rank, rank_before = tightest.account_rank(first, now, held), tightest.account_rank(before, now, held)
    stays = rank[:2] == rank_before[:2] and (
        rank.soon < rank_before.soon + SOONER.total_seconds() and rank.share < rank_before.share + CHANGE_AT
    )
    return before if stays else first


def _picture(account: AccountView, now: datetime, held: tightest.HeldLevels) -> IconPicture:
    figures = [window for window in account.windows if has_figure(window)]
    short = _bar(account, [w for w in account.windows if w.length is not None and w.length <= SHORT_WINDOW], held)
    week = _bar(account, [w for w in account.windows if w.length is None or w.length > SHORT_WINDOW], held)
    if not account.windows:
        short = _money_bar(account)
    return IconPicture(state=_state(account, figures, now, held), short=short, week=week)


def _state(account: AccountView, figures: list[WindowView], now: datetime, held: tightest.HeldLevels) -> IconState:
    """The first that holds, in the order of the design."""
    has_sums = account.money or (account.cost is not None and not account.windows)
    nothing = not figures and not has_sums and not any(w.state in _WITHOUT_SHARE for w in account.windows)
    level = max((tightest.level_of(account, window, held) for window in figures), default=account.level)
    if nothing or account.state is State.SIGNED_OUT:
        return IconState.NO_SOURCE
    if tightest.is_locked(account, now):
        return IconState.LOCKED
    if all(window.stale for window in figures) if figures else account.money_stale and not account.windows:
        return IconState.STALE
    if tightest.is_paying(account):
        return IconState.PAYING
    return _LEVEL_STATES.get(level, IconState.INCIDENT if is_alarming(account) else IconState.NORMAL)


_WITHOUT_SHARE = (WindowState.ENDED, WindowState.UNLIMITED)


def _bar(account: AccountView, windows: list[WindowView], held: tightest.HeldLevels) -> Bar | None:
    """The tightest of these windows; a dash when none has a figure; None when there is none."""
    limited = [window for window in windows if window.state is not WindowState.UNLIMITED]
    shown = [window for window in limited if has_figure(window)]
    if not shown:
        return Bar(share=None) if limited else None
    window = max(shown, key=lambda one: tightest.window_rank(account, one, held))
    return Bar(share=forecast_words.shown_share(window), level=tightest.level_of(account, window, held))


def _money_bar(account: AccountView) -> Bar | None:
    """One bar for the budget of an account that has only money."""
    shares = [share for line in account.money if (share := spent_share(line)) is not None]
    return Bar(share=max(shares), level=account.level) if shares else None


def _with_budget(picture: IconPicture, overview: Overview) -> IconPicture:
    """Where there is money only, the fullest of the user's own budgets is the bar: of it the card warns, too."""
    known = [(each.share, each.level) for each in overview.budgets if each.share is not None and not each.stale]
    share, level = max(known, default=(-1.0, Level.NORMAL))
    if picture.state not in _CALM or share <= ((picture.short and picture.short.share) or 0.0):
        return picture
    return replace(picture, state=_LEVEL_STATES.get(level, picture.state), short=Bar(share=share, level=level))


def spent_share(line: MoneyLine) -> float | None:
    """How much of its limit a sum is; None without both, or in two currencies."""
    if line.used is None or line.limit is None or line.used.currency != line.limit.currency:
        return None
    if not (line.used.amount.is_finite() and line.limit.amount.is_finite()) or line.limit.amount <= 0:
        return None
    return max(0.0, float(line.used.amount / line.limit.amount))


def _key(account: AccountView) -> tuple[str | None, str | None]:
    return account.provider, account.account
