"""From an overview to the page: which lines there are and what each says. Pure; nothing here needs Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from usagetray.domain.states import Level, State, WindowState
from usagetray.model import MoneyLine
from usagetray.overview import AccountView, FoundTool, Overview, WindowView
from usagetray.views import billing_words, cost_words
from usagetray.views.figures import DASH, ago, countdown, instant, old, percent, used_percent
from usagetray.views.incident_words import incident
from usagetray.views.plain import plain
from usagetray.views.popup.budget_rows import budget_section
from usagetray.views.popup.cost_rows import cost_rows
from usagetray.views.popup.spec import (
    Caption,
    Card,
    Collapsed,
    FillKind,
    Footer,
    Head,
    Line,
    Page,
    Problem,
    Row,
    Section,
    Spoken,
)
from usagetray.views.popup.spoken import sentences, spoken
from usagetray.views.problems import TRY_NOW, problem
from usagetray.views.problems import Problem as Trouble
from usagetray.views.verdict import verdict
from usagetray.views.words import (
    account_name,
    figure,
    figure_text,
    has_day,
    has_figure,
    money_note,
    money_text,
    money_words,
    provenance,
    provider_name,
    row_left,
    row_rights,
    short_name,
    switched_off,
    updated,
    what_is_special,
    window_mark,
    window_name,
    window_title,
)

LEVEL_COLOURS = {
    Level.NORMAL: "ok",
    Level.WARNING: "warn",
    Level.CRITICAL: "crit",
    Level.PAYING: "pay",
    Level.LOCKED: "crit",
}
LEVEL_WORDS = {
    Level.NORMAL: "",
    Level.WARNING: "Warning",
    Level.CRITICAL: "Critical",
    Level.PAYING: "Paying extra",
    Level.LOCKED: "Locked",
}
TONES = {"ok": ("okbg", "ok"), "warn": ("warnbg", "warn"), "crit": ("critbg", "crit"), "pay": ("paybg", "pay")}
"""Tone of a verdict -> tint of its card and colour of its mark; any other tone is grey."""

MOST_SURFACES = 4


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user has flipped."""

    left: bool = False  # figures say what is left
    countdown: bool = False  # times begin with the span


def page(overview: Overview, now: datetime, zone: tzinfo, wish: Wish) -> Page:
    """Everything "Now" shows at `now`, which may be later than the overview's own instant."""
    overview = replace(overview, generated_at=now)
    said = verdict(overview, zone, wish.left)
    tint, mark_colour = TONES.get(said.tone, ("sunk", "text2"))
    card = Card(
        tint=tint,
        mark=said.mark,
        mark_colour=mark_colour,
        title=said.title,
        detail=said.detail,
        big=said.big or "",
        big_note=said.big_note,
        extra=said.extra,
    )
    sections = [_notes(overview.notices)] if overview.notices else []
    # What all accounts share stands in the card, once.
    is_shared = said.tone == "neutral" and len({account.state for account in overview.accounts}) == 1
    for at, account in enumerate(overview.accounts):
        wrong = None if is_shared else problem(account, now, zone)
        sections.append(_section(account, overview, zone, wish, wrong, first=at == 0))
    sections.extend(budget_section(overview, zone))
    sections.extend(_offer(tool) for tool in _unconnected(overview))
    return Page(
        card=card,
        sections=tuple(sections),
        footer=_footer(overview),
        demo=overview.demo,
        refreshing=overview.refreshing,
    )


def reading_page() -> Page:
    """Before the first reading has arrived."""
    card = Card(tint="sunk", mark="clock", mark_colour="text3", title="Reading the figures…")
    return Page(card=card, sections=(), footer=Footer(text="", spoken="Refresh"))


def unreadable_page() -> Page:
    """When the store did not answer and nothing older is at hand."""
    card = Card(
        tint="sunk",
        mark="question",
        mark_colour="text2",
        title="The figures can’t be read",
        detail="The store did not answer. Try again, or run “usagetray doctor”.",
    )
    return Page(card=card, sections=(), footer=Footer(text="Not read", action=TRY_NOW, spoken="Try now"))


def _footer(overview: Overview) -> Footer:
    text = cost_words.reading(overview) or updated(overview)
    failing = any(account.state not in (State.FRESH, State.WINDOW_ENDED) for account in overview.accounts)
    action = TRY_NOW if failing and not overview.refreshing else ""
    return Footer(text=text, action=action, spoken=f"Refresh, {spoken(text)}")


# ---- sections ----------------------------------------------------------------------------------------------


def _section(
    account: AccountView, overview: Overview, zone: tzinfo, wish: Wish, wrong: Trouble | None, *, first: bool
) -> Section:
    accounts, now = overview.accounts, overview.generated_at
    key = f"{account.provider}/{account.account}"
    compact = not first and account.level < Level.WARNING
    lines: list[Line] = [_head(key, account, accounts, now, zone)]
    if wrong is not None:
        event = (("event", "refresh"),) if wrong.action == TRY_NOW else ()
        # A button without a deed would be a promise nobody keeps.
        action = wrong.action if wrong.action and event else ""
        lines.append(
            Problem(
                key=f"{key}/problem",
                mark=wrong.mark,
                title=wrong.title,
                detail=wrong.detail,
                action=action,
                event=event,
            )
        )
    for at, view in enumerate(account.incidents):
        said = incident(account, view, now, zone)
        lines.append(Problem(key=f"{key}/incident{at}", mark=said.mark, title=said.title, detail=said.detail))
    lines.extend(_window_row(key, window, account, accounts, now, zone, wish, compact) for window in account.windows)
    lines.extend(
        row for at, line in enumerate(account.money) if (row := _money_row(f"{key}/money{at}", line, account, now))
    )
    lines.extend(cost_rows(key, account, overview, compact=compact and bool(account.windows)))
    surfaces = sorted(account.shares, key=lambda share: -share.share)[:MOST_SURFACES]
    if surfaces:
        text = ", ".join(f"{plain(surface.label, 24)} {percent(surface.share)}" for surface in surfaces)
        lines.append(Caption(key=f"{key}/shares", text=text))
    if account.billing and (billed := billing_words.line(account.billing)) and not account.billing.warns:
        lines.append(Caption(key=f"{key}/billing", text=billed))
    elif account.billing and (card := billing_words.problem(account.billing)):
        lines.insert(1, Problem(key=f"{key}/billing", mark=card.mark, title=card.title, detail=card.detail))
    may_fold = not first and account.level < Level.WARNING and wrong is None and not account.incidents
    may_fold = may_fold and not (account.billing and account.billing.warns)
    folded = _collapsed(key, account, accounts, wish) if may_fold and account.windows else None
    return Section(key=key, level=account.level, lines=tuple(lines), collapsed=folded)


def _head(key: str, account: AccountView, accounts: Sequence[AccountView], now: datetime, zone: tzinfo) -> Head:
    name, plan, label = provider_name(account), plain(account.plan or "", 24), plain(account.label or "", 32)
    aside = switched_off(account) or ""
    if account.stale and account.captured_at is not None:
        aside = f"at {instant(account.captured_at, now, zone)}"
    elif not account.windows and account.money:
        kinds = dict.fromkeys(said.kind for line in account.money if (said := money_words(line)) and said.kind)
        aside = ", ".join((*kinds, ago(account.money_captured_at, now))) if account.money_captured_at else ""
    heard = Spoken(name=account_name(account, accounts), description=sentences(plan, label, aside))
    return Head(key=key, name=name, plan=plan, label=label, aside=aside, stale=account.stale, spoken=heard)


def _collapsed(key: str, account: AccountView, accounts: Sequence[AccountView], wish: Wish) -> Collapsed | None:
    counted = [window for window in account.windows if has_figure(window)]
    if not counted or any(window.stale for window in account.windows):
        return None  # an old figure must carry its age, for which one line has no room
    word = "left" if wish.left else "used"
    each = [f"{short_name(window, account.windows)} {figure(window, wish.left)[0]}" for window in counted]
    tightest = max(counted, key=lambda window: window.used or 0.0)
    texts = (
        f"{' · '.join(each)} {word}",
        f"{short_name(tightest, account.windows)} {figure(tightest, wish.left)[0]} {word}",
        f"{figure(tightest, wish.left)[0]} {word}",
    )
    heard = Spoken(name=account_name(account, accounts), description=sentences(texts[0], "Press Enter to unfold"))
    return Collapsed(key=key, name=account_name(account, accounts), texts=texts, spoken=heard)


def _notes(notices: Sequence[str]) -> Section:
    lines = tuple(
        Problem(key=f"notice{at}", mark="triangle", title="usagetray", detail=plain(notice, 200))
        for at, notice in enumerate(notices)
    )
    return Section(key="notices", level=Level.NORMAL, lines=lines)


def _unconnected(overview: Overview) -> list[FoundTool]:
    shown = {account.provider for account in overview.accounts}
    return [tool for tool in overview.found if not tool.connected and tool.provider not in shown]


def _offer(tool: FoundTool) -> Section:
    name = plain(tool.name, 40)
    line = Problem(
        key=f"offer/{tool.provider}",
        mark="question",
        title=f"{name} is on this computer",
        detail=plain(tool.reads, 160),
        action="Connect",
        event=(("event", "connect"), ("provider", tool.provider), ("hooks", ())),
    )
    return Section(key=f"offer/{tool.provider}", level=Level.NORMAL, lines=(line,))


# ---- rows --------------------------------------------------------------------------------------------------


def _window_row(
    key: str,
    window: WindowView,
    account: AccountView,
    accounts: Sequence[AccountView],
    now: datetime,
    zone: tzinfo,
    wish: Wish,
    compact: bool,
) -> Row:
    shown, unit = figure(window, wish.left)
    counted = has_figure(window)
    special = what_is_special(window, account, now, zone)
    loud = counted and bool(special) and window.level >= Level.CRITICAL
    colour = LEVEL_COLOURS[window.level]
    share = window.used if counted else None
    left = row_left(window, account, now, zone)
    label, scope = plain(window.label, 48), plain(window.scope, 32)
    rights = _rights(window, account, now, zone, wish, compact)
    return Row(
        key=f"{key}/{window.key}",
        name=label,
        scope=_compact_scope(window, account) if compact else scope,
        figure=shown,
        unit=unit,
        figure_colour="text3" if window.stale and counted else "text",
        mark=window_mark(window) or "",
        mark_colour=colour,
        share=1 - min(share, 1.0) if wish.left and share is not None else share,
        fill=_fill(window, counted),
        fill_colour="text3" if window.stale else colour,
        lefts=(left,) if special is not None or window.stale else (left, ago(window.captured_at, now)),
        left_colour=colour if loud else "text2",
        left_strong=loud,
        rights=rights,
        compact=compact,
        why=_why(window, now, zone, wish.left),
        spoken=Spoken(
            name=spoken(f"{account_name(account, accounts)} {window_name(window)}"),
            percent=_heard_percent(share, wish.left),
            description=sentences(
                old(window.captured_at, now) if window.stale and counted else "",
                LEVEL_WORDS[window.level],
                f"{shown} {unit}" if unit else (shown if shown != DASH else "not given"),
                special or ("" if window.stale else left),
                row_rights(window, now, zone)[0],
            ),
        ),
    )


def _rights(
    window: WindowView, account: AccountView, now: datetime, zone: tzinfo, wish: Wish, compact: bool
) -> tuple[str, ...]:
    """The reset in ever fewer letters; in a compact row, which has no left text, what else must be said."""
    both, clock = row_rights(window, now, zone)
    if compact and window.stale and not account.stale and has_figure(window):
        return (old(window.captured_at, now),)
    if window.state is WindowState.ENDED or window.resets_at is None or not both:
        if compact and window.state is WindowState.NOT_STARTED:
            return ("not started",)
        return (clock,) if compact and clock else ()
    at = instant(window.resets_at, now, zone, with_day=has_day(window))
    if not wish.countdown:
        return (clock, at) if compact else (both, clock)
    span = countdown(window.resets_at, now)
    short = (f"resets {span}", span)
    return short if compact else (f"resets {span} · {at}", *short)


def _compact_scope(window: WindowView, account: AccountView) -> str:
    """Only where the label alone would not tell it from its neighbour."""
    alike = [other for other in account.windows if other.label == window.label]
    return plain(window.model or window.scope, 32) if len(alike) > 1 else ""


def _fill(window: WindowView, counted: bool) -> FillKind:
    if window.state is WindowState.UNLIMITED:
        return "none"
    if not counted:
        return "dash"
    if window.state is WindowState.NOT_STARTED:
        return "outline"
    return "stale" if window.stale else "solid"


def _heard_percent(share: float | None, left: bool) -> int | None:
    exact = used_percent(share)
    if exact is None:
        return None
    whole = min(math.floor(exact), 100)
    return 100 - whole if left else whole


def _why(window: WindowView, now: datetime, zone: tzinfo, left: bool) -> str:
    """Where the figure is from and how old it is, in plain lines."""
    where = provenance(window, now)
    at = instant(window.captured_at, now, zone, with_day=True)
    lines = [
        f"{window_title(window)}: {figure_text(window, left) if has_figure(window) else 'no figure'}",
        f"{where[:1].upper()}{where[1:]}",
        f"Stated {at}",
    ]
    if window.resets_at is not None:
        passed = window.state is WindowState.ENDED
        reset = instant(window.resets_at, now, zone, with_day=True)
        lines.append(
            f"{'Ended' if passed else 'Resets'} {reset} {window.resets_at.astimezone(zone).tzname() or ''}".rstrip()
        )
    if window.stale:
        lines.append("It may be higher by now")
    return "\n".join(lines)


def _money_row(key: str, line: MoneyLine, account: AccountView, now: datetime) -> Row | None:
    said = money_words(line)
    if said is None:
        return None
    share = None
    if line.used is not None and line.limit is not None and line.limit.amount > 0:
        share = float(line.used.amount / line.limit.amount)
    colour = "pay" if account.level is Level.PAYING and line.covers else "ok"
    note = money_note(account, now)
    exact = used_percent(share)
    return Row(
        key=key,
        name=said.label,
        scope="" if line.period and line.period in said.label.lower() else plain(line.period or "", 24),
        figure=said.amount,
        unit=said.unit,
        figure_colour="text3" if account.stale else "text",
        share=share,
        fill="none" if share is None else ("stale" if account.stale else "solid"),
        fill_colour="text3" if account.stale else colour,
        lefts=(said.kind,) if said.kind else (),
        rights=(note, ago(account.money_captured_at, now)) if note and account.money_captured_at else (),
        why="\n".join(filter(None, (f"{said.label}: {money_text(line)}", note))),
        spoken=Spoken(
            name=f"{account_name(account, (account,))} {said.label}",
            percent=None if exact is None else min(math.floor(exact), 100),
            description=sentences(money_text(line) or "", note),
        ),
    )
