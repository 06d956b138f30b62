"""The verdict: the one sentence with a time that answers the question the user came with.

It says what was read and when; what will be only where the forecast knows enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

from usagetray.domain.budgets import BudgetState
from usagetray.domain.states import Level, State, WindowState
from usagetray.language import inside, tr
from usagetray.overview import AccountView, Overview, WindowView
from usagetray.views import budget_words, cost_words, forecast_words, outlook, tightest
from usagetray.views.figures import ago, countdown, duration, instant, old
from usagetray.views.labels import label
from usagetray.views.paying_words import since as paying_since
from usagetray.views.plain import plain
from usagetray.views.problems import Problem, problem
from usagetray.views.way_out import way_out
from usagetray.views.words import (
    GLYPHS,
    Mark,
    account_name,
    aged,
    clear_name,
    figure_text,
    has_day,
    has_figure,
    money_text,
    next_try,
    overage,
    sentence,
    unusable,
    window_name,
)

Tone = Literal["ok", "warn", "crit", "pay", "neutral"]

SAME_RESET = timedelta(minutes=2)
"""Vendors restate a reset some moments off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    tone: Tone
    mark: Mark
    title: str
    detail: str = ""
    big: str | None = None  # the countdown of a lock
    big_note: str = ""  # "then a fresh session"
    extra: tuple[str, ...] = ()  # further lines, true ones only

    @property
    def line(self) -> str:
        """The title with its mark as text, for menus and terminals."""
        glyph = GLYPHS.get(self.mark)
        return f"{glyph} {self.title}" if glyph else self.title


def verdict(overview: Overview, zone: tzinfo, left: bool) -> Verdict:
    """The worst thing first; the order is the icon's. Where all plans are calm, a budget that is nearly used up."""
    said = _of_plans(overview, zone, left)
    tight = budget_words.tightest(overview)
    return said if tight is None or said.tone != "ok" else _budget(tight, overview)


def _of_plans(overview: Overview, zone: tzinfo, left: bool) -> Verdict:
    now, accounts = overview.generated_at, overview.accounts
    if overview.first_run and not accounts:
        return Verdict(tone="neutral", mark="app", title=tr("Welcome to usagetray"), detail=_before_figures(overview))
    if not accounts:
        return _nothing_connected(overview)
    first = tightest.tightest(accounts, now)
    top = tightest.tightest_window(accounts)
    if first is not None and tightest.is_locked(first, now):
        return _locked(first, overview, zone)
    if top is None:
        return _no_figure(overview, zone)
    if all(window.stale for account in accounts for window in account.windows if has_figure(window)):
        return _all_stale(top[0], overview, zone)
    if first is not None and tightest.is_paying(first) and not first.stale:
        return _paying(first, overview, zone)
    return _figure(*top, overview, zone, left)


def section_problem(account: AccountView, overview: Overview, zone: tzinfo) -> Problem | None:
    """What stands in the account's own section; None where the card has said it for all of them."""
    said = problem(account, overview.generated_at, zone)
    return None if said is None or said.title == verdict(overview, zone, left=False).title else said


# ---- each case ---------------------------------------------------------------------------------------------


def _nothing_connected(overview: Overview) -> Verdict:
    if overview.refreshing or (overview.checked_at is None and overview.found):
        return Verdict(tone="neutral", mark="clock", title=tr("Looking for figures"), detail=tr("This takes a moment."))
    found = ", ".join(plain(tool.name, 24) for tool in overview.found[:4])
    return Verdict(
        tone="neutral",
        mark="app",
        title=tr("Nothing is connected"),
        detail=tr("Found on this computer: {names}.", names=found) if found else _none_found(),
    )


def _before_figures(overview: Overview) -> str:
    found = ", ".join(plain(tool.name, 24) for tool in overview.found[:4])
    if not found:
        return _none_found()
    if not any(tool.connected for tool in overview.found):
        return tr("Found here: {names}. Nothing of it is read.", names=found)
    return tr("Found here: {names}. Local files hold no figures yet; anything more asks first.", names=found)


def _none_found() -> str:
    return tr("No known tool was found on this computer.")


def _locked(account: AccountView, overview: Overview, zone: tzinfo) -> Verdict:
    now, name = overview.generated_at, account_name(account, overview.accounts)
    window = _locking_window(account)
    until = tightest.lock_ends_at(account)
    what = window_name(window) if window else tr("limit")
    also = _more_below(overview, account, window)
    fine = "" if window is None else _rest_is_fine(account, window)
    extra = [way_out(account, overview)]
    if any(line.enabled is False for line in account.money) and not tightest.is_paying(account):
        extra.append(tr("Nothing is being charged while you wait."))
    if window is not None and window.stale:
        at, age = instant(window.captured_at, now, zone), old(window.captured_at, now)
        extra.append(tr("Figures from {time}, {age}.", time=at, age=age))
    by_day = window is not None and has_day(window)
    title = tr("{name} is locked", name=name)
    if until:
        title = tr("{name} is locked until {time}", name=name, time=instant(until, now, zone, with_day=by_day))
    more = also or fine or ("" if until else tr("Its reset is not known."))
    return Verdict(
        tone="crit",
        mark="stop",
        title=title,
        detail=_joined(tr("The {window} is used up.", window=what), more),
        big=duration(until - now) if until else None,
        big_note=tr("then a fresh {window}", window=what) if until else "",
        extra=tuple(filter(None, extra)),
    )


def _paying(account: AccountView, overview: Overview, zone: tzinfo) -> Verdict:
    now = overview.generated_at
    window = next((window for window in account.windows if window.level is Level.PAYING), None)
    line = overage(account)
    what = window_name(window) if window else tr("plan")
    source = label(plain(line.label, 40)) if line else ""
    why = tr("The {window} is used up; use goes on at your cost.", window=what)
    if source:
        why = tr("The {window} is used up; {source} took over.", window=what, source=inside(source))
    extra = []
    if paid := paying_since(account, now, zone):
        extra.append(f"{paid}.")
    if line is not None and (spent := money_text(line)):
        extra.append(f"{source}: {spent}.")
    if window is not None and window.resets_at and window.resets_at > now:
        extra.append(_resets(window, now, zone))
    if elsewhere := way_out(account, overview):
        extra.append(elsewhere)
    return Verdict(
        tone="pay",
        mark="dollar",
        title=tr("You are paying for {name} now", name=account_name(account, overview.accounts)),
        detail=_joined(why, _more_below(overview, account, window)),
        extra=tuple(extra),
    )


def _figure(account: AccountView, window: WindowView, overview: Overview, zone: tzinfo, left: bool) -> Verdict:
    """Warning, critical or calm: the tightest figure there is, and when it, or anything, comes back."""
    now = overview.generated_at
    name = clear_name(account, window, overview.accounts)
    level = tightest.level_of(account, window)
    title = f"{name}: {figure_text(window, left)}{'' if window.stale else aged(window, now)}"
    if window.stale:
        return Verdict(
            tone="neutral",
            mark="clock",
            title=f"{title} {ago(window.captured_at, now)}",
            detail=_joined(tr("It may be higher by now."), _resets(window, now, zone) if window.resets_at else ""),
        )
    coming = forecast_words.card(name, window, now, zone) if level >= Level.WARNING else None
    if coming is not None and tightest.warned_of(window) is not None:
        more = _more_below(overview, account, window) or outlook.everything_else(overview, window)
        critical = level >= Level.CRITICAL
        return Verdict(
            tone="crit" if critical else "warn",
            mark="bang" if critical else "triangle",
            title=coming[0],
            detail=_joined(coming[1], more),
        )
    if level >= Level.WARNING:
        critical = level >= Level.CRITICAL
        used_up = window.used is not None and window.used >= 1
        return Verdict(
            tone="crit" if critical else "warn",
            mark="bang" if critical else "triangle",
            title=tr("{name}: used up", name=name) if used_up else title,
            detail=_joined(
                sentence(forecast_words.row(window, now, zone)),
                _resets(window, now, zone),
                _more_below(overview, account, window),
            ),
        )
    likely = outlook.likeliest(overview)
    if likely is not None:
        title, detail = forecast_words.perhaps(clear_name(*likely, overview.accounts), likely[1], now, zone)
        return Verdict(tone="ok", mark="clock", title=title, detail=detail)
    close = outlook.closest(overview)
    if close:
        title, detail = forecast_words.just_enough(close)
        return Verdict(tone="ok", mark="check", title=title, detail=detail)
    return Verdict(
        tone="ok",
        mark="check",
        title=outlook.calm(overview) or title,
        detail=_next_reset(overview, zone),
    )


def _budget(state: BudgetState, overview: Overview) -> Verdict:
    is_critical = state.level >= Level.CRITICAL
    cause = budget_words.cause(state)
    return Verdict(
        tone="crit" if is_critical else "warn",
        mark="bang" if is_critical else "triangle",
        title=f"{budget_words.name(state)}: {budget_words.of_limit(state)}",
        detail=_joined(sentence(budget_words.heading(state)), sentence(cause), _more_below(overview, None, None)),
    )


def _all_stale(account: AccountView, overview: Overview, zone: tzinfo) -> Verdict:
    now, accounts = overview.generated_at, overview.accounts
    at = min(window.captured_at for window in account.windows if has_figure(window))
    oldest = min(window.captured_at for one in accounts for window in one.windows if has_figure(window))
    when = instant(at, now, zone)
    if oldest < at - timedelta(minutes=5):
        when = tr("{time} or before", time=when)
    shared = _shared_state(accounts)
    cause = None if shared in (None, State.STALE, State.OFFLINE) else problem(account, now, zone)
    coming = next_try(min((one.next_attempt_at for one in accounts if one.next_attempt_at), default=None), now)
    extra = f"{cause.title}. {cause.detail}" if cause else sentence(coming)
    return Verdict(
        tone="neutral",
        mark="clock",
        title=tr("Offline: figures from {time}", time=when)
        if shared is State.OFFLINE
        else tr("Figures from {time}", time=when),
        detail=_joined(f"{old(at, now)}.", tr("They may be higher by now.")),
        extra=(extra,) if extra else (),
    )


def _no_figure(overview: Overview, zone: tzinfo) -> Verdict:
    now, accounts = overview.generated_at, overview.accounts
    said = problem(accounts[0], now, zone) if _shared_state(accounts) else None
    if said is not None:
        return Verdict(tone="neutral", mark=said.mark, title=said.title, detail=said.detail)
    for account in accounts:
        for line in account.money:
            if spent := money_text(line):
                title = f"{account_name(account, accounts)}: {spent}"
                note = ago(account.money_captured_at, now) if account.money_captured_at else ""
                detail = f"{label(plain(line.label, 40))}{', ' * bool(note)}{note}."
                if unusable(line):
                    return Verdict(tone="warn", mark="triangle", title=title, detail=detail)
                return Verdict(tone="ok", mark="check", title=title, detail=detail)
        if account.cost is not None and not account.windows:
            title = f"{account_name(account, accounts)}: {cost_words.newest(account.cost, overview)}"
            source = tr("From {source}.", source=cost_words.source(account.cost))
            return Verdict(tone="ok", mark="check", title=title, detail=source)
    windows = [(account, window) for account in accounts for window in account.windows]
    ended = [pair for pair in windows if pair[1].state is WindowState.ENDED and pair[1].resets_at]
    if ended:
        account, window = max(ended, key=lambda pair: pair[1].resets_at or now)
        at = instant(window.resets_at or now, now, zone, with_day=has_day(window))
        return Verdict(
            tone="neutral",
            mark="clock",
            title=tr("Waiting for a new figure"),
            detail=tr("{name} ended {time}.", name=f"{account_name(account, accounts)} {window_name(window)}", time=at),
        )
    if windows and all(window.state is WindowState.UNLIMITED for _, window in windows):
        return Verdict(tone="ok", mark="check", title=tr("No limits"), detail=tr("Your plans report none."))
    names = ", ".join(account_name(account, accounts) for account in accounts[:4])
    return Verdict(
        tone="neutral", mark="question", title=tr("No figures yet"), detail=tr("None from {names}.", names=names)
    )


# ---- parts of sentences ------------------------------------------------------------------------------------


def _locking_window(account: AccountView) -> WindowView | None:
    locked = [window for window in account.windows if window.state is WindowState.LOCKED and window.locks]
    until = account.locked_until
    if until is not None:
        for window in locked:
            if window.resets_at is not None and abs(window.resets_at - until) <= SAME_RESET:
                return window
    return max(locked, key=lambda window: window.resets_at or datetime.min.replace(tzinfo=UTC), default=None)


def _rest_is_fine(account: AccountView, used_up: WindowView) -> str:
    """ "Your week is fine.", only when every other limit is known, fresh and calm."""
    others = [window for window in account.windows if window is not used_up]
    if not others or any(
        window.stale or window.level is not Level.NORMAL or not has_figure(window) for window in others
    ):
        return ""
    broad = [window for window in others if window.locks]
    if len(broad) == 1:
        return tr("Your {window} is fine.", window=window_name(broad[0]))
    return tr("Your other limits are fine.")


def _more_below(overview: Overview, account: AccountView | None, window: WindowView | None) -> str:
    """ "And 2 more below.": the other windows, and the budgets, at a warning or worse."""
    count = sum(
        tightest.level_of(one, other) >= Level.WARNING
        for one in overview.accounts
        for other in one.windows
        if not (one is account and other is window)
    )
    count += sum(budget_words.level_of(each) >= Level.WARNING for each in overview.budgets)
    if account is None:
        count -= 1  # the budget that the card itself is about
    return tr("And {count} more below.", count=count) if count else ""


def _shared_state(accounts: Sequence[AccountView]) -> State | None:
    """The state all accounts are in; None when they differ."""
    states = {account.state for account in accounts}
    return states.pop() if len(states) == 1 else None


def _resets(window: WindowView, now: datetime, zone: tzinfo) -> str:
    if window.resets_at is None:
        return tr("Its reset is not known.")
    at = instant(window.resets_at, now, zone, with_day=has_day(window))
    return tr("Resets {time}, {countdown}.", time=at, countdown=countdown(window.resets_at, now))


def _next_reset(overview: Overview, zone: tzinfo) -> str:
    """ "Next reset: Claude session, 21:20."."""
    now = overview.generated_at
    coming = [
        (window.resets_at, account, window)
        for account in overview.accounts
        for window in account.windows
        if window.resets_at is not None and window.resets_at > now and window.state is not WindowState.ENDED
    ]
    if not coming:
        return ""
    at, account, window = min(coming, key=lambda reset: reset[0])
    name = f"{account_name(account, overview.accounts)} {window_name(window)}"
    return tr("Next reset: {name}, {time}.", name=name, time=instant(at, now, zone, with_day=has_day(window)))


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
