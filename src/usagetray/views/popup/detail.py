"""What opens under a limit's row: who used it, its dearest moments, and where the figure is from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, tzinfo

from usagetray.domain.forensics import Why
from usagetray.domain.moments import moments
from usagetray.language import tr, tr_n
from usagetray.overview import AccountView, Overview, WindowView
from usagetray.views import why_words as words
from usagetray.views.allowance_words import allowance_lines
from usagetray.views.amounts import share
from usagetray.views.figures import instant
from usagetray.views.plain import plain
from usagetray.views.popup.spec import Detail, Line, Page, Row, Section, Spoken
from usagetray.views.popup.spoken import sentences
from usagetray.views.words import has_day, has_figure, window_name

MOST_TAKERS, MOST_MOMENTS = 4, 2

Id = tuple[str, str, str]
"""Of a window: provider, account, key."""
Whys = Mapping[Id, Why | None]
"""Of windows that were asked about; None: nothing can be told of it."""


def ids(overview: Overview) -> dict[str, Id]:
    """Of the windows that can be opened, by the keys of their rows."""
    return {
        f"{account.provider}/{account.account}/{window.key}": (account.provider, account.account, window.key)
        for account in overview.accounts
        for window in account.windows
        if has_figure(window) or window.resets_at is not None
    }


def with_details(
    page: Page, overview: Overview, now: datetime, zone: tzinfo, opened: frozenset[str], whys: Whys
) -> Page:
    """The page with what stands under each opened row; rows that can be opened say so."""
    named, windows = ids(overview), _windows(overview)

    def lines(section: Section) -> tuple[Line, ...]:
        found: list[Line] = []
        for line in section.lines:
            if isinstance(line, Row) and line.key in named:
                which = named[line.key]
                is_open = line.key in opened
                hint = tr("Press Enter to close its detail.") if is_open else tr("Press Enter for what used it.")
                heard = replace(line.spoken, description=f"{line.spoken.description} {hint}".strip())
                found.append(replace(line, opens=True, spoken=heard))
                if is_open:
                    found.append(_detail(line.key, windows[which], whys.get(which), which in whys, now, zone))
            else:
                found.append(line)
        return tuple(found)

    return replace(page, sections=tuple(replace(each, lines=lines(each)) for each in page.sections))


def _windows(overview: Overview) -> dict[Id, tuple[AccountView, WindowView]]:
    return {
        (account.provider, account.account, window.key): (account, window)
        for account in overview.accounts
        for window in account.windows
    }


def _detail(
    key: str, where: tuple[AccountView, WindowView], found: Why | None, is_known: bool, now: datetime, zone: tzinfo
) -> Detail:
    _, window = where
    rows = _rows(found) if found is not None else ()
    notes = [f"{words.source(window, now)}." if window.source else ""]
    if not is_known:
        notes.append(tr("Looking at the logs…"))
    elif found is None or not rows:
        notes.append(tr("No log here tells what used it."))
    else:
        notes += _moments(found, window, now, zone)
        notes.append(tr("Shared out by list prices: an estimate."))
        if not found.can_tell and found.charged:
            notes.append(tr("Use elsewhere cannot be told apart yet."))
    notes += allowance_lines(window)
    notes[0] = notes[0][:1].upper() + notes[0][1:]
    told = tuple(filter(None, (*notes[1:], notes[0])))
    title = tr("Who used the {window}", window=window_name(window)) if rows else ""
    return Detail(
        key=f"{key}/detail",
        title=title,
        rows=rows,
        notes=told,
        spoken=Spoken(
            name=title or tr("Detail"), description=sentences(*(f"{name}, {figure}" for name, figure in rows), *told)
        ),
    )


def _rows(found: Why) -> tuple[tuple[str, str], ...]:
    own = words.takers(found)
    shown = own[:MOST_TAKERS] if len(own) <= MOST_TAKERS else own[: MOST_TAKERS - 1]
    rest = own[len(shown) :]
    several = len({each.name for each in own}) < len(own)
    rows = [(f"{each.name} {each.session}".strip() if several else each.name, share(each.share)) for each in shown]
    if rest:
        rows.append(
            (tr_n("{count} more session", "{count} more sessions", len(rest)), share(sum(each.share for each in rest)))
        )
    if found.elsewhere >= words.LEAST_SHOWN:
        rows.append((tr("Elsewhere: other devices, the web"), share(found.elsewhere)))
    return tuple(rows)


def _moments(found: Why, window: WindowView, now: datetime, zone: tzinfo) -> list[str]:
    return [
        f"{instant(each.at, now, zone, with_day=has_day(window))}, {share(each.share)}, "
        f"{plain(each.app, 24) or words.project(each.project)}: {words.moment(each)}."
        for each in moments(found, MOST_MOMENTS)
    ]
