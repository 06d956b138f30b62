"""The row of a usage window: its figure, its bar, what is to be known of it now, and when it resets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from usagetray.domain.states import Level, WindowState
from usagetray.language import tr
from usagetray.overview import AccountView, WindowView
from usagetray.quick_dataclass import dataclass
from usagetray.views import forecast_words
from usagetray.views.figures import DASH, ago, countdown, instant, old, used_or_left, used_percent
from usagetray.views.plain import plain
from usagetray.views.popup.spec import FillKind, Row, Spoken
from usagetray.views.popup.spoken import sentences, spoken
from usagetray.views.words import (
    MARKS,
    account_name,
    figure,
    figure_text,
    has_day,
    has_figure,
    provenance,
    row_rights,
    what_is_special,
    window_label,
    window_mark,
    window_name,
    window_scope,
    window_title,
)

LEVEL_COLOURS = {
    Level.NORMAL: "ok",
    Level.WARNING: "warn",
    Level.CRITICAL: "crit",
    Level.PAYING: "pay",
    Level.LOCKED: "crit",
}
SOON = timedelta(minutes=30)
"""A window that runs out within this is as bad as one that nearly has."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user has flipped."""

    left: bool = False  # figures say what is left
    countdown: bool = False  # times begin with the span


@dataclass(frozen=True, slots=True)
class Setting:
    """What a row stands in."""

    account: AccountView
    accounts: Sequence[AccountView]
    now: datetime
    zone: tzinfo
    wish: Wish


def level_of(window: WindowView, now: datetime) -> Level:
    """How bad it is, with what the forecast says of it."""
    at = forecast_words.runs_out_at(window)
    if at is None:
        return window.level
    return max(window.level, Level.CRITICAL if at - now < SOON else Level.WARNING)


def level_word(level: Level) -> str:
    words = {
        Level.WARNING: tr("Warning"),
        Level.CRITICAL: tr("Critical"),
        Level.PAYING: tr("Paying extra"),
        Level.LOCKED: tr("Locked"),
    }
    return words.get(level, "")


def window_row(key: str, window: WindowView, setting: Setting, *, compact: bool) -> Row:
    account, now, left = setting.account, setting.now, setting.wish.left
    shown, unit = figure(window, left)
    if forecast_words.is_estimated(window):
        shown = forecast_words.figure(window, left)
    counted = has_figure(window)
    level = level_of(window, now)
    colour = LEVEL_COLOURS[level]
    share = forecast_words.shown_share(window) if counted else None
    lefts, is_loud = _lefts(window, setting, level)
    return Row(
        key=f"{key}/{window.key}",
        name=window_label(window),
        scope=_compact_scope(window, account) if compact else window_scope(window),
        figure=shown,
        unit=unit,
        figure_colour="text3" if window.stale and counted else "text",
        mark=window_mark(window) or _mark(window, level),
        mark_colour=colour,
        share=_as_wished(share, left),
        even=_as_wished(forecast_words.tick(window), left),
        ahead=_as_wished(forecast_words.tint(window), left),
        fill=_fill(window, counted),
        fill_colour="text3" if window.stale else colour,
        lefts=lefts,
        left_colour=colour if is_loud else "text2",
        left_strong=is_loud,
        rights=_rights(window, setting, compact),
        compact=compact,
        why=_why(window, setting),
        spoken=_spoken(window, setting, level, (shown, unit), share, lefts[0] if lefts else ""),
    )


def _as_wished(share: float | None, left: bool) -> float | None:
    if share is None:
        return None
    return 1 - min(share, 1.0) if left else share


def _mark(window: WindowView, level: Level) -> str:
    return MARKS.get(level, "") if has_figure(window) and not window.stale else ""


def _lefts(window: WindowView, setting: Setting, level: Level) -> tuple[tuple[str, ...], bool]:
    """What is to be known now, in ever fewer letters; and whether it is said in the colour of the level."""
    account, now, zone = setting.account, setting.now, setting.zone
    special = what_is_special(window, account, now, zone)
    if special is not None:
        loud = has_figure(window) and bool(special) and level >= Level.CRITICAL
        if window.stale and has_figure(window):
            return (f"{special} · {old(window.captured_at, now)}", special), loud
        return ((special,) if special else ()), loud
    if window.stale:
        return (old(window.captured_at, now),), False
    if said := forecast_words.row(window, now, zone):
        return (said,), forecast_words.runs_out_at(window) is not None
    where = provenance(window, now)
    since = ago(window.captured_at, now)
    return (where[:1].upper() + where[1:], since[:1].upper() + since[1:]), False


def _rights(window: WindowView, setting: Setting, compact: bool) -> tuple[str, ...]:
    """The reset in ever fewer letters; in a compact row, which has no left text, what else must be said."""
    account, now, zone = setting.account, setting.now, setting.zone
    both, clock = row_rights(window, now, zone)
    if compact and window.stale and not account.stale and has_figure(window):
        return (old(window.captured_at, now),)
    if window.state is WindowState.ENDED or window.resets_at is None or not both:
        if compact and window.state is WindowState.NOT_STARTED:
            return (tr("not started"),)
        return (clock,) if compact and clock else ()
    at = instant(window.resets_at, now, zone, with_day=has_day(window))
    if not setting.wish.countdown:
        return (clock, at) if compact else (both, clock)
    span = countdown(window.resets_at, now)
    short = (tr("resets {span}", span=span), span)
    return short if compact else (tr("resets {span} · {when}", span=span, when=at), *short)


def _compact_scope(window: WindowView, account: AccountView) -> str:
    """Only where the label alone would not tell it from its neighbour."""
    alike = [other for other in account.windows if other.label == window.label]
    return (plain(window.model, 32) if window.model else window_scope(window)) if len(alike) > 1 else ""


def _fill(window: WindowView, counted: bool) -> FillKind:
    if window.state is WindowState.UNLIMITED:
        return "none"
    if not counted:
        return "dash"
    if window.state is WindowState.NOT_STARTED:
        return "outline"
    return "stale" if window.stale else "solid"


def _spoken(
    window: WindowView, setting: Setting, level: Level, said: tuple[str, str], share: float | None, left: str
) -> Spoken:
    account, now, zone = setting.account, setting.now, setting.zone
    shown, unit = said
    is_old = window.stale and has_figure(window)
    special = what_is_special(window, account, now, zone)
    return Spoken(
        name=spoken(f"{account_name(account, setting.accounts)} {window_name(window)}"),
        percent=heard_percent(share, setting.wish.left),
        description=sentences(
            old(window.captured_at, now) if is_old else "",
            level_word(level) if not window.stale or level is Level.LOCKED else "",
            f"{shown} {unit}" if unit else (shown if shown != DASH else tr("not given")),
            special or ("" if window.stale else left),
            row_rights(window, now, zone)[0],
        ),
    )


def heard_percent(share: float | None, left: bool) -> int | None:
    exact = used_percent(share)
    if exact is None:
        return None
    whole = min(math.floor(exact), 100)
    return 100 - whole if left else whole


def _why(window: WindowView, setting: Setting) -> str:
    """Where the figure is from and how old it is, in plain lines."""
    now, zone, left = setting.now, setting.zone, setting.wish.left
    where = provenance(window, now)
    said = figure_text(window, left) if has_figure(window) else tr("no figure")
    lines = [
        tr("{window}: {figure}", window=window_title(window), figure=said),
        f"{where[:1].upper()}{where[1:]}",
        tr("Stated {when}", when=instant(window.captured_at, now, zone, with_day=True)),
    ]
    if forecast_words.is_estimated(window):
        lines.append(tr("~: moved on by what your logs counted since"))
    lines += _expected(window, setting)
    if window.resets_at is not None:
        reset = instant(window.resets_at, now, zone, with_day=True)
        named = f"{reset} {window.resets_at.astimezone(zone).tzname() or ''}".rstrip()
        lines.append(tr("Ended {when}", when=named) if _has_ended(window) else tr("Resets {when}", when=named))
    if window.stale:
        lines.append(tr("It may be higher by now"))
    return "\n".join(lines)


def _expected(window: WindowView, setting: Setting) -> list[str]:
    """What the tick and the tint of its bar stand for, and how sure the forecast is."""
    told = forecast_words.of(window)
    if told is None:
        return []
    left = setting.wish.left
    found = []
    if told.even is not None:
        found.append(tr("Even use would be at {figure} now", figure=used_or_left(told.even, left)))
    if told.runs_out_at is not None and forecast_words.runs_out_at(window) is not None:
        early, _, late = (instant(at, setting.now, setting.zone, with_day=has_day(window)) for at in told.runs_out_at)
        if early != late:
            found.append(tr("Used up between {early} and {late}, in 8 of 10 cases", early=early, late=late))
    elif told.at_reset is not None:
        found.append(tr("About {figure} by the reset, if you go on as usual", figure=used_or_left(told.at_reset, left)))
    return found


def _has_ended(window: WindowView) -> bool:
    return window.state is WindowState.ENDED
