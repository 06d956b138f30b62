"""Names and row words: what stands beside a bar, the same in popup, menu, tooltip and terminal.

The sentences for problems are in `problems.py`, those of the verdict card in `verdict.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from usagetray.domain.states import Level, State, WindowState
from usagetray.language import inside, tr, tr_later
from usagetray.model import MoneyKind, MoneyLine
from usagetray.overview import AccountView, Overview, WindowView
from usagetray.views import forecast_words, labels
from usagetray.views.figures import (
    DASH,
    ago,
    bare,
    countdown,
    duration,
    instant,
    is_over,
    money,
    old,
    percent,
    used_or_left,
)
from usagetray.views.plain import plain

DEMO = "DEMO · "
"""Before the first line of everything that shows simulated figures."""

SHORT_WINDOW = timedelta(hours=24)
"""Up to this length a window is a session; a longer one always names the day of its reset."""

Mark = Literal["check", "triangle", "bang", "stop", "dollar", "clock", "question", "diamond", "app"]
"""One set of signs in popup, alerts, menu and icon."""

MARKS: Mapping[Level, Mark] = {
    Level.WARNING: "triangle",
    Level.CRITICAL: "bang",
    Level.PAYING: "dollar",
    Level.LOCKED: "stop",
}
GLYPHS: Mapping[Mark, str] = {"triangle": "▲", "bang": "!", "dollar": "$", "stop": "⊖", "question": "?", "diamond": "◇"}
"""Marks in text. The others ("check", "clock", "app") have none: calm needs no sign."""

_SHORT_ID, _LONG_ID = 9, 40  # of a vendor's identity: eight signs tell most apart
_COMMON = frozenset(["Session", "Day", "Week", "Month", "Limit", "Tools", "Key", "Personal", "Team", "Share", "Spend"])
"""Words that are small inside a sentence; a model's name is not."""
_REASONS = {
    "out_of_credits": tr_later("out of credits"),
    "org_level_disabled": tr_later("switched off by your organisation"),
    "user_disabled": tr_later("switched off"),
}
_UNUSABLE = {"spent": tr_later("add credits"), "not_usable": tr_later("not usable now")}
"""Why a prepaid sum is of no use, beside the sum."""


# ---- names -------------------------------------------------------------------------------------------------


def provider_name(account: AccountView) -> str:
    return plain(account.name, 40)


def account_name(account: AccountView, accounts: Sequence[AccountView]) -> str:
    """ "Claude", or "Claude (Personal)" where the same provider has several accounts.

    Told apart by who they are, never by their place in a list: a number would pass to another when one goes.
    """
    alike = [other for other in accounts if other.provider == account.provider]
    name = provider_name(account)
    if len(alike) < 2:
        return name
    labels = [plain(other.label or "", 32) for other in alike]
    mine = plain(account.label or "", 32)
    if labels.count(mine) > 1:
        short = [plain(other.account, _SHORT_ID) for other in alike]
        mine = plain(account.account, _SHORT_ID if len({*short}) == len(short) else _LONG_ID)
    return f"{name} ({mine})" if mine else name


def account_title(account: AccountView, accounts: Sequence[AccountView] = ()) -> str:
    """ "Claude Max 5x"."""
    name = account_name(account, accounts) if accounts else provider_name(account)
    return f"{name} {plain(account.plan, 24)}" if account.plan else name


def window_label(window: WindowView) -> str:
    """ "Session", "5 hours"."""
    return labels.label(plain(window.label, 48))


def window_scope(window: WindowView) -> str:
    """ "all models", "Fable only", "5 h"."""
    return labels.label(plain(window.scope, 32))


def window_title(window: WindowView) -> str:
    """ "Session (5 h)", "Week (Fable only)"."""
    label, scope = window_label(window), window_scope(window)
    return f"{label} ({scope})" if scope else label


def window_name(window: WindowView) -> str:
    """Inside a sentence: "session", "week", "5-hour limit", "week, Fable only"."""
    said = plain(window.label, 48)
    label = labels.limit(said) or window_label(window)
    if said.split(" ")[0] in _COMMON:
        label = inside(label)
    return _with_scope(window, label)


def row_name(window: WindowView) -> str:
    """Before a figure of its own: "Session", "5 hours", "Week, Fable only"."""
    label = window_label(window)
    return _with_scope(window, label[:1].upper() + label[1:])


def _with_scope(window: WindowView, label: str) -> str:
    return f"{label}, {window_scope(window) or plain(window.model or '', 32)}" if _is_narrow(window) else label


def short_name(window: WindowView, windows: Iterable[WindowView]) -> str:
    """The fewest words that tell it from its neighbours: "session", "week", "Fable", "5 h"."""
    full = window_name(window)
    short = plain(window.model, 32) if window.model else labels.short(plain(window.label, 48)) or full
    clash = any(other is not window and (other.model or "") == (window.model or "-") for other in windows)
    return full if clash else short


def clear_name(account: AccountView, window: WindowView, accounts: Sequence[AccountView]) -> str:
    """In few words, for titles: "Claude session"; "Fable" where one account alone has it."""
    name = account_name(account, accounts)
    if window.model is None:
        return f"{name} {window_name(window)}"
    short = short_name(window, account.windows)
    elsewhere = (other for one in accounts if one is not account for other in one.windows)
    is_alone = short == plain(window.model, 32) and all(other.model != window.model for other in elsewhere)
    return short if is_alone else f"{name} {short}"


def has_day(window: WindowView) -> bool:
    """Whether its reset is always said with the day."""
    return window.length is not None and window.length > SHORT_WINDOW


def _is_narrow(window: WindowView) -> bool:
    """Holds for one model or one surface only, which has to be said."""
    return window.model is not None or (not window.locks and bool(window.scope))


# ---- one window --------------------------------------------------------------------------------------------


def figure(window: WindowView, left: bool) -> tuple[str, str]:
    """("62 %", "used"): the figure and its unit; ("–", "") where there is none, ("No limit", "") without a limit."""
    if window.state is WindowState.UNLIMITED:
        return tr("No limit"), ""
    shown = _figure(window, left)
    return (shown, "") if shown == DASH else (shown, tr("left") if left else tr("used"))


def figure_text(window: WindowView, left: bool) -> str:
    """ "62 % used" in one piece; "~63 % used" where logs counted more since the reading."""
    if window.state is WindowState.UNLIMITED:
        return tr("No limit")
    shown = _figure(window, left)
    if shown == DASH:
        return shown
    return tr("{share} left", share=shown) if left else tr("{share} used", share=shown)


def reading_text(window: WindowView, left: bool) -> str:
    """The same of what the vendor said, whatever was counted since."""
    return tr("No limit") if window.state is WindowState.UNLIMITED else used_or_left(_shown_share(window), left)


def has_figure(window: WindowView) -> bool:
    """Whether a share may be shown as the current one (though it may be stale)."""
    return window.state is not WindowState.UNLIMITED and percent(_shown_share(window)) != DASH


def window_mark(window: WindowView) -> Mark | None:
    """Name of the mark beside the figure. Old figures carry none, except that a lock holds until its reset."""
    if window.stale and window.level is not Level.LOCKED:
        return None
    return MARKS.get(window.level) if has_figure(window) else None


def row_left(window: WindowView, account: AccountView, now: datetime, zone: tzinfo) -> str:
    """What is to be known of this window now; the age comes with it as soon as the figure is old or estimated."""
    said = what_is_special(window, account, now, zone)
    if said is None:
        said = forecast_words.row(window, now, zone) or None
    if said is None:
        where = provenance(window, now)
        return old(window.captured_at, now) if window.stale else where[:1].upper() + where[1:]
    is_aged = (window.stale and has_figure(window)) or forecast_words.is_estimated(window)
    return f"{said} · {old(window.captured_at, now)}" if is_aged else said


def what_is_special(window: WindowView, account: AccountView, now: datetime, zone: tzinfo) -> str | None:
    """The words of a window that is not simply counting; None for one that is."""
    if window.state is WindowState.UNLIMITED:
        return ""
    if window.state is WindowState.ENDED:
        if window.resets_at is None:
            return tr("Ended, waiting for a new figure")
        at = instant(window.resets_at, now, zone, with_day=has_day(window))
        return tr("Ended {time}, waiting for a new figure", time=at)
    if not has_figure(window):
        return tr("{name} did not say", name=provider_name(account))
    if window.state is WindowState.NOT_STARTED:
        return tr("Starts with your next message")
    if window.level is Level.PAYING:
        return paying_words(account)
    if is_over(window.used):
        return tr("Over the limit")
    if window.state is WindowState.LOCKED or (window.used is not None and window.used >= 1):
        if window.used_up_at is None:
            return tr("Used up")
        return tr("Used up at {time}", time=instant(window.used_up_at, now, zone))
    return None


def row_rights(window: WindowView, now: datetime, zone: tzinfo) -> tuple[str, str]:
    """The reset in two lengths: with the countdown, and the clock alone ("ended 19:02" once it has passed)."""
    if window.resets_at is None or window.state in (WindowState.NOT_STARTED, WindowState.UNLIMITED):
        return "", ""
    at = instant(window.resets_at, now, zone, with_day=has_day(window))
    if window.state is WindowState.ENDED:
        return "", tr("ended {time}", time=at)
    resets = tr("resets {time}", time=at)
    return f"{resets} · {countdown(window.resets_at, now)}", resets


def provenance(window: WindowView, now: datetime) -> str:
    """ "from the status line, 2 m ago"; an old figure says "1 h 42 m old" instead."""
    when = old(window.captured_at, now) if window.stale else ago(window.captured_at, now)
    return tr("from {source}, {when}", source=labels.label(plain(window.source)), when=when) if window.source else when


def aged(window: WindowView, now: datetime) -> str:
    """ " (4 m old)": behind a figure that is old, or was moved on from a reading of that age; "" where neither."""
    is_told = (window.stale and has_figure(window)) or forecast_words.is_estimated(window)
    return f" ({old(window.captured_at, now)})" if is_told else ""


def _figure(window: WindowView, left: bool) -> str:
    return DASH if _shown_share(window) is None else forecast_words.figure(window, left)


def _shown_share(window: WindowView) -> float | None:
    return None if window.state in (WindowState.ENDED, WindowState.UNKNOWN) else window.used


# ---- money -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyWords:
    label: str  # "Usage credits"
    amount: str  # "$3.12"
    unit: str  # "of $50", "left", "so far"
    kind: str  # "billed", "at list prices", or "" where the label says it


def money_words(line: MoneyLine) -> MoneyWords | None:
    """A sum as it is shown; None for one that is switched off or says nothing."""
    if line.enabled is False:
        return None
    kind = {MoneyKind.BILLED: tr("billed"), MoneyKind.ESTIMATE: tr("at list prices")}.get(line.kind, "")
    label = labels.label(plain(line.label, 40))
    if line.used is not None:
        used = money(line.used)
        if line.limit is not None:
            unit = tr("of {limit}", limit=money(line.limit, trim=True))
            if line.limit.currency == line.used.currency:
                used = bare(line.used)
        else:
            unit = tr("so far, no limit") if line.unlimited else tr("so far")
        amount = tr("about {amount}", amount=used) if line.kind is MoneyKind.ESTIMATE else used
        return MoneyWords(label=label, amount=amount, unit=unit, kind=kind)
    if line.balance is not None:
        wrong = unusable(line)
        unit = tr("left, {reason}", reason=wrong) if wrong else tr("left")
        return MoneyWords(label=label, amount=money(line.balance), unit=unit, kind=kind)
    if line.unlimited:
        return MoneyWords(label=label, amount=tr("No limit"), unit="", kind=kind)
    return None


def money_text(line: MoneyLine) -> str | None:
    """ "$214.37 of $300 billed"."""
    words = money_words(line)
    return None if words is None else " ".join(filter(None, (words.amount, words.unit, words.kind)))


def unusable(line: MoneyLine) -> str | None:
    """ "add credits", "not usable now": what is wrong with a prepaid sum; None if nothing is."""
    reason = _UNUSABLE.get(line.disabled_reason or "") if line.enabled is None else None
    return reason and tr(reason)


def switched_off(account: AccountView) -> str | None:
    """ "usage credits: off", where the vendor says that money cannot take over."""
    line = off_line(account)
    if line is None:
        return None
    off = tr("{name}: off", name=inside(labels.label(plain(line.label, 40))))
    if not line.disabled_reason:
        return off
    return f"{off}, {tr(_REASONS.get(line.disabled_reason, plain(line.disabled_reason.replace('_', ' '), 40)))}"


def off_line(account: AccountView) -> MoneyLine | None:
    """The money that could take over, and is off."""
    return next((line for line in account.money if line.enabled is False and line.kind is not MoneyKind.BUDGET), None)


def paying_words(account: AccountView) -> str:
    """ "Now paying: $3.12 of $50"."""
    line = overage(account)
    spent = line and money_text(line)
    return tr("Now paying: {spent}", spent=spent) if spent else tr("Now paying")


def overage(account: AccountView) -> MoneyLine | None:
    """The money that takes over when a window is full."""
    running = [line for line in account.money if line.enabled is not False]
    on_top = [line for line in running if line.kind is MoneyKind.OVERAGE]
    return next(iter(on_top + [line for line in running if line.covers]), None)


def money_note(account: AccountView, now: datetime) -> str:
    """Where the sums come from: "from the usage endpoint, 4 m ago"; "" without any."""
    if account.money_captured_at is None:
        return ""
    when = ago(account.money_captured_at, now)
    if not account.money_source:
        return when
    return tr("from {source}, {when}", source=labels.label(plain(account.money_source)), when=when)


def aside(account: AccountView, now: datetime, zone: tzinfo) -> str:
    """At the right of an account's name: "at 18:22" when old, "usage credits: off", "billed, 4 m ago"."""
    if account.stale and account.captured_at is not None:
        return tr("at {time}", time=instant(account.captured_at, now, zone))
    kinds = [words.kind for words in map(money_words, account.money) if words and words.kind]
    if kinds and account.money_captured_at is not None:
        return f"{kinds[0]}, {ago(account.money_captured_at, now)}"
    return switched_off(account) or ""


# ---- the whole ---------------------------------------------------------------------------------------------


def next_try(at: datetime | None, now: datetime, zone: tzinfo | None = None) -> str:
    """ "next try in 4 m"; with a zone the clock: "next try 20:31". "" when none is planned."""
    if at is None:
        return ""
    if at <= now:
        return tr("trying again now")
    return tr("next try {when}", when=instant(at, now, zone) if zone else countdown(at, now))


def sentence(text: str) -> str:
    """ "Next try in 4 m." from "next try in 4 m"; "" stays ""."""
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def updated(overview: Overview) -> str:
    """The footer: "Updated 1 m ago · next in 4 m". An attempt that failed was a check, not an update."""
    now = overview.generated_at
    if overview.refreshing:
        return tr("Updating…")
    states = {account.state for account in overview.accounts}
    coming = overview.next_check_at
    if states and states <= {State.OFFLINE, State.DNS}:
        return tr("No connection") + (f" · {next_try(coming, now)}" if coming else "")
    if overview.figures_at and (overview.checked_at is None or overview.figures_at > overview.checked_at):
        return _and_next(tr("Updated {when}", when=ago(min(overview.figures_at, now), now)), coming, now)
    if overview.checked_at is None:
        if overview.cost is not None and overview.counted_at is not None:
            return tr("Logs read {when}", when=ago(overview.counted_at, now))
        return tr("No figures yet")
    when, is_update = ago(overview.checked_at, now), bool(states & {State.FRESH, State.WINDOW_ENDED})
    return _and_next(tr("Updated {when}", when=when) if is_update else tr("Checked {when}", when=when), coming, now)


def _and_next(said: str, coming: datetime | None, now: datetime) -> str:
    if coming is None or coming <= now:
        return said
    after = tr("next in {span}", span=duration(coming - now))
    return f"{said} · {after}"
