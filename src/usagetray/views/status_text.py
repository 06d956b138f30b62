"""The status in a terminal: aligned, calm, never wider than asked, and only text whatever a vendor calls its plans.

Built as lines of styled pieces; widths are reckoned before any colour code is added.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from datetime import tzinfo
from itertools import groupby

from usagetray.domain.states import Level, State, WindowState
from usagetray.language import tr
from usagetray.overview import AccountView, Attempted, Overview, WindowView
from usagetray.quick_dataclass import dataclass
from usagetray.views import billing_words, budget_words, cost_words, forecast_words, snooze_words
from usagetray.views.figures import ago
from usagetray.views.incident_words import incident
from usagetray.views.labels import label
from usagetray.views.plain import clip, columns, pad, plain, spelled
from usagetray.views.problems import Problem
from usagetray.views.verdict import Tone, section_problem, verdict
from usagetray.views.words import (
    DEMO,
    GLYPHS,
    account_name,
    figure_text,
    has_figure,
    money_note,
    money_words,
    next_try,
    provenance,
    row_rights,
    switched_off,
    updated,
    what_is_special,
    window_mark,
    window_title,
)

NARROWEST = 40
"""Columns below which nothing lines up any more; a narrower terminal wraps by itself."""

_NAME_MOST, _FIGURE, _BAR_MOST, _BAR_LEAST = 24, 10, 20, 8
_COLOURS = {"bold": "1", "dim": "2", "warn": "33", "crit": "31", "pay": "35", "ok": "", "neutral": ""}
_LEVEL_STYLES = {Level.WARNING: "warn", Level.CRITICAL: "crit", Level.LOCKED: "crit", Level.PAYING: "pay"}


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    style: str = ""


_Line = tuple[_Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """How one page of rows lines up; a part of 0 columns is left out."""

    name: int
    bar: int
    reset: int  # which of the two lengths of a reset is taken; -1: none


def status_text(
    overview: Overview,
    zone: tzinfo,
    left: bool,
    width: int = 80,
    verbose: bool = False,
    unicode: bool = True,
    color: bool = False,
) -> str:
    """The whole page, without a final line break; no line is wider than `width` columns (40 at least)."""
    width = max(NARROWEST, width)
    sections = [_verdict(overview, zone, left, width)]
    layout = _layout(overview, zone, width)
    for account in overview.accounts:
        sections.append(_account(account, overview, zone, left, layout, width))
        if verbose:
            sections[-1] += _reckoned(account, overview, width) + _attempts(account, overview, zone, width)
    sections.append(_wrapped(cost_words.all_together(overview), width, "") if cost_words.all_together(overview) else [])
    sections.append(_budgets(overview, zone, layout, width, verbose))
    sections.append(_tools(overview, width))
    if overview.accounts:
        sections.append([(_Piece(updated(overview), "dim"),)])
    lines = [line for section in sections if section for line in (*section, ())][:-1]
    return "\n".join(_rendered(line, width, unicode, color) for line in lines)


# ---- sections ----------------------------------------------------------------------------------------------


def _verdict(overview: Overview, zone: tzinfo, left: bool, width: int) -> list[_Line]:
    said = verdict(overview, zone, left)
    title = (DEMO if overview.demo else "") + said.line
    lines = [_styled(line, _tone(said.tone)) for line in _wrapped(title, width, "")]
    more = [said.detail, f"{said.big}, {said.big_note}." if said.big else "", *map(_ended, said.extra)]
    for text in filter(None, more):
        lines += _wrapped(text, width, "  ")
    held = (snooze_words.now(overview, zone), *(text for _, text in snooze_words.single(overview, zone)))
    for notice in (*overview.notices, cost_words.reading(overview), *map(_ended, held)):
        lines += _wrapped(plain(notice, 240), width, "  ") if notice else []
    if not overview.accounts:
        lines += _first_steps(overview)
    return lines


def _first_steps(overview: Overview) -> list[_Line]:
    steps = [
        ("usagetray providers", tr("what is known, and where it looks")),
        ("usagetray demo", tr("see it with made-up figures")),
    ]
    if overview.found:
        tool = overview.found[0]
        what = tr("allow it to read more") if tool.connected else tr("start reading its figures")
        steps.insert(0, (f"usagetray connect {plain(tool.provider, 16)}", what))
    side = max(columns(command) for command, _ in steps)
    rows: list[_Line] = [(_Piece(f"  {pad(command, side)}", "bold"), _Piece(f"  {what}")) for command, what in steps]
    return [(), *rows]


def _account(
    account: AccountView, overview: Overview, zone: tzinfo, left: bool, layout: _Columns, width: int
) -> list[_Line]:
    name = account_name(account, overview.accounts)
    asides = [plain(text, 32) for text in (account.plan, account.label) if text and f"({plain(text, 32)})" not in name]
    lines: list[_Line] = [(_Piece(name, "bold"), *(_Piece(f" · {text}") for text in asides))]
    wrong = section_problem(account, overview, zone)
    if wrong is not None:
        lines += _problem(wrong, width)
    for one in account.incidents:
        lines += _problem(incident(account, one, overview.generated_at, zone), width)
    for note, rows in groupby(account.windows, key=lambda window: _note(window, account, overview, zone, layout)):
        lines += [_row(window, overview, zone, left, layout) for window in rows]
        lines += [_styled(line, "dim") for line in _wrapped(note, width, "    ")] if note else []
    lines += _money(account, overview, layout, width)
    lines += _cost(account, overview, width)
    if len(lines) == 1:
        lines.append((_Piece("  " + tr("No figures yet") + "."),))
    if account.billing and (text := billing_words.line(account.billing)):
        style = "warn" if account.billing.warns else "dim"
        lines += [_styled(line, style) for line in _wrapped(text, width, "  ", hang="    ")]
    return lines


def _row(window: WindowView, overview: Overview, zone: tzinfo, left: bool, layout: _Columns) -> _Line:
    mark = window_mark(window)
    style = "" if window.stale or mark is None else _LEVEL_STYLES.get(window.level, "")
    pieces = [_Piece(f"  {pad(window_title(window), layout.name)}  ")]
    if layout.bar:
        pieces.append(_Piece(_bar(window, layout.bar), style))
    figure = figure_text(window, left)
    pieces.append(_Piece(" " * max(1, _FIGURE + 1 - columns(figure)) + figure, style))
    pieces.append(_Piece(f" {GLYPHS[mark] if mark else ' '} ", style))
    if layout.reset >= 0:
        pieces.append(_Piece(row_rights(window, overview.generated_at, zone)[layout.reset], "dim"))
    return tuple(pieces)


def _bar(window: WindowView, cells: int) -> str:
    """Over 0 at least one cell, under 100 % at most all but one; nothing in place of a figure there is not."""
    if not has_figure(window):
        return " " * cells
    used = forecast_words.shown_share(window) or 0.0
    full = cells if used >= 1 else min(cells - 1, max(int(used > 0), round(used * cells)))
    return ("▒" if window.stale else "█") * full + "░" * (cells - full)


def _note(window: WindowView, account: AccountView, overview: Overview, zone: tzinfo, layout: _Columns) -> str:
    """What stands under a row, or under several rows that share it: what is special, the source, the age."""
    now = overview.generated_at
    special = what_is_special(window, account, now, zone)
    if window.state is WindowState.ENDED:
        return special or ""
    coming = forecast_words.row(window, now, zone) if special is None else ""
    resets = row_rights(window, now, zone)[1] if layout.reset < 0 else ""
    return " · ".join(filter(None, (special, coming, resets, provenance(window, now))))


def _problem(wrong: Problem, width: int) -> list[_Line]:
    glyph = GLYPHS.get(wrong.mark, "")
    first, *rest = _wrapped(f"{glyph} {wrong.title}".strip(), width, "  ")
    more = _wrapped(wrong.detail, width, "    " if glyph else "  ") if wrong.detail else []
    return [_styled(first, "bold"), *rest, *more]


def _money(account: AccountView, overview: Overview, layout: _Columns, width: int) -> list[_Line]:
    lines: list[_Line] = []
    for words in filter(None, map(money_words, account.money)):
        text = " ".join(filter(None, (words.amount, words.unit, words.kind)))
        lines.append((_Piece(f"  {pad(words.label, layout.name)}  "), _Piece(text)))
    if lines and (note := money_note(account, overview.generated_at)):
        lines += [_styled(line, "dim") for line in _wrapped(note, width, "    ")]
    if off := switched_off(account):
        lines += _wrapped(off[:1].upper() + off[1:], width, "  ")
    return lines


def _cost(account: AccountView, overview: Overview, width: int) -> list[_Line]:
    if account.cost is None:
        return []
    text = cost_words.to_date(account.cost, overview)
    lines = _wrapped(text[:1].upper() + text[1:], width, "  ", hang="    ")
    note = _wrapped(cost_words.note(account, account.cost), width, "    ")
    return [*lines, *(_styled(line, "dim") for line in note)]


def _budgets(overview: Overview, zone: tzinfo, layout: _Columns, width: int, verbose: bool) -> list[_Line]:
    """The user's own; nothing where there are none."""
    now = overview.generated_at
    lines: list[_Line] = []
    for state in overview.budgets:
        name, text = budget_words.name(state), budget_words.of_limit(state)
        figure = ", ".join(filter(None, (text, budget_words.used(state) if state.share is not None else "")))
        style = "" if state.stale else _LEVEL_STYLES.get(state.level, "")
        first, *rest = _wrapped(figure, width - layout.name - 4, "")
        lines.append((_Piece(f"  {pad(name, layout.name)}  "), *_styled(first, style)))
        lines += [(_Piece(" " * (layout.name + 4)), *_styled(line, style)) for line in rest]
        more = (
            budget_words.heading(state),
            budget_words.cause(state),
            budget_words.until(state, now, zone),
            budget_words.age(state, now),
        )
        lines += [_styled(line, "dim") for line in _wrapped(" · ".join(filter(None, more)), width, "    ")]
        for each in budget_words.details(state) if verbose else ():
            lines += _wrapped(each, width, "    ", hang="      ")
    note = budget_words.notice_of_count(overview)
    more_lines = _wrapped(note, width, "  ") if note else []
    return [(_Piece(tr(budget_words.TITLE), "bold"),), *more_lines, *lines] if lines else []


def _reckoned(account: AccountView, overview: Overview, width: int) -> list[_Line]:
    """How its cost was reckoned."""
    said = cost_words.details(account, account.cost, overview) if account.cost is not None else ()
    lines: list[_Line] = [(_Piece("  " + tr("Cost"), "dim"),)]
    for each in said:
        lines += _wrapped(each, width, "    ", hang="      ")
    return lines if said else []


def _attempts(account: AccountView, overview: Overview, zone: tzinfo, width: int) -> list[_Line]:
    lines: list[_Line] = [(_Piece("  " + tr("Sources"), "dim"),)]
    for attempt in account.attempts:
        lines += _wrapped(_attempt(attempt, overview, zone), width, "    ", hang="      ")
        for what, names in ((tr("could not be read"), attempt.dropped), (tr("left out"), attempt.ignored)):
            if names:
                text = f"{what}: {', '.join(plain(name) for name in names)}"
                lines += _wrapped(text, width, "      ", hang="        ")
    return lines if account.attempts else []


def _attempt(attempt: Attempted, overview: Overview, zone: tzinfo) -> str:
    now = overview.generated_at
    parts = [label(plain(attempt.label))]
    if attempt.consent is False:
        parts.append(tr("not allowed yet"))
    elif attempt.at is None:
        parts.append(tr("never tried"))
    else:
        how = tr("answered") if attempt.state is State.FRESH else attempt.state.value.replace("_", " ")
        parts.append(f"{how} {ago(attempt.at, now)}")
    if attempt.detail:
        parts.append(plain(attempt.detail, 160))
    if attempt.consent is not False and attempt.next_at is not None:
        parts.append(next_try(attempt.next_at, now, zone))
    return ", ".join(parts)


def _tools(overview: Overview, width: int) -> list[_Line]:
    shown = {account.provider for account in overview.accounts}
    lines: list[_Line] = []
    for tool in overview.found:
        if tool.provider not in shown and not tool.connected:
            connect = f"usagetray connect {plain(tool.provider, 16)}"
            lines += _wrapped(
                tr("{name}: found here, not connected ({command})", name=plain(tool.name, 24), command=connect),
                width,
                "",
            )
    if missing := ", ".join(plain(name, 24) for name in overview.missing):
        lines += _wrapped(tr("No trace on this computer: {names}", names=missing), width, "")
    return [_styled(line, "dim") for line in lines]


# ---- layout ------------------------------------------------------------------------------------------------


def _layout(overview: Overview, zone: tzinfo, width: int) -> _Columns:
    """The widest bar that leaves room; where there is none, first the countdown goes, then the bar, then the reset."""
    windows = [window for account in overview.accounts for window in account.windows]
    titles = [window_title(window) for window in windows]
    titles += [words.label for account in overview.accounts for words in map(money_words, account.money) if words]
    titles += map(budget_words.name, overview.budgets)
    name = min(max(map(columns, titles), default=0), _NAME_MOST, width // 3)
    rights = [row_rights(window, overview.generated_at, zone) for window in windows]
    fixed = 2 + name + 2 + _FIGURE + 1 + 3
    for length in (0, 1):
        room = width - fixed - max((columns(right[length]) for right in rights), default=0)
        if room >= _BAR_LEAST:
            return _Columns(name=name, bar=min(room, _BAR_MOST), reset=length)
    room = width - fixed - max((columns(right[1]) for right in rights), default=0)
    return _Columns(name=name, bar=0, reset=1 if room >= 0 else -1)


def _wrapped(text: str, width: int, indent: str, hang: str | None = None) -> list[_Line]:
    """One line for each part; never empty. Wide characters count two, so long parts are cut again when drawn."""
    lines = textwrap.wrap(text, max(8, width - len(indent)), break_on_hyphens=False) or [""]
    return [(_Piece((indent if not index else hang or indent) + line),) for index, line in enumerate(lines)]


def _styled(line: _Line, style: str) -> _Line:
    return tuple(_Piece(piece.text, style) for piece in line)


def _rendered(line: Iterable[_Piece], width: int, unicode: bool, color: bool) -> str:
    shown, room = "", width
    for piece in line:
        text = piece.text.replace("\u202f", " ").replace("\u00a0", " ")
        text = clip(text if unicode else spelled(text), room)
        text = text if unicode else text.replace("…", ".")
        room -= columns(text)
        code = _COLOURS.get(piece.style, "")
        shown += f"\x1b[{code}m{text}\x1b[0m" if color and code and text.strip() else text
    return shown.rstrip()


def _tone(tone: Tone) -> str:
    return tone if tone in ("warn", "crit", "pay") else "bold"


def _ended(text: str) -> str:
    return text if not text or text.endswith((".", "…")) else f"{text}."
