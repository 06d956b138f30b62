"""One line for a status bar: the tightest figures, a mark, a colour by level; in the language of each kind of bar.

Every bar reads something in a text as an order: markup, colour codes, columns. What vendors call things is made inert
for all of them by `plain`, and once more here for the one that is written to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo

from usagetray.domain.states import Level, State, WindowState
from usagetray.language import tr, tr_later
from usagetray.overview import AccountView, Overview, WindowView
from usagetray.quick_dataclass import dataclass
from usagetray.views import cost_words, forecast_words, tightest
from usagetray.views.figures import duration, old, used_percent
from usagetray.views.labels import label
from usagetray.views.plain import clip, plain, spelled
from usagetray.views.problems import problem
from usagetray.views.words import (
    DEMO,
    GLYPHS,
    MARKS,
    SHORT_WINDOW,
    Mark,
    account_name,
    account_title,
    aged,
    figure_text,
    has_figure,
    money_text,
    row_name,
    row_rights,
    short_name,
    unusable,
)

NOTHING = tr_later("usagetray: no figures yet")
MOST_TEXT = 100
"""Columns of the line; a bar has other things to show."""

Colours = Mapping[str, str]
DARK: Colours = {"warning": "#FFB224", "critical": "#FF7A6E", "locked": "#FF7A6E", "paying": "#C3A6FF"}
LIGHT: Colours = {"warning": "#9A4A00", "critical": "#B3160E", "locked": "#B3160E", "paying": "#6A35D4"}
"""By level, on a bar of that brightness; other levels have the bar's own colour."""
CALM = {"dark": "#FFFFFF", "light": "#1B1D21"}
"""For the one kind of bar that cannot leave a colour out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a bar may show, in plain words."""

    text: str
    short: str  # where there is hardly any room
    level: str  # "normal", "warning", "critical", "paying", "locked", "stale", "unknown"
    percentage: int | None  # 0-100, as the text counts: used or left; None: there is no figure
    rows: tuple[str, ...]  # one for each window and sum, for a tooltip or a menu
    cost: str | None = None  # today's and the month's, of all logs at list prices; None: nothing used


# ---- the words ---------------------------------------------------------------------------------------------


def line(overview: Overview, left: bool, zone: tzinfo | None = None) -> Line:
    """The tightest account. Clock times in the rows need a zone; without one they are left out."""
    now = overview.generated_at
    account = tightest.tightest(overview.accounts, now)
    if account is None:
        return failed(tr("No figures yet: `usagetray doctor` says why."), tr(NOTHING))
    shown = [window for window in account.windows if has_figure(window)]
    top = max(shown, key=lambda window: tightest.window_rank(account, window), default=None)
    level = _level(account, shown, now)
    words, short = _words(account, overview, top, left)
    if level == "normal" and not account.windows and (tight := _of_budget(overview)):
        level, words, short = tight
    mark = _mark(level)
    text = " ".join(filter(None, (GLYPHS[mark] if mark else "", words)))
    return Line(
        text=clip((DEMO if overview.demo else "") + text, MOST_TEXT),
        short=short,
        level=level,
        percentage=_whole(forecast_words.shown_share(top), left) if top is not None else None,
        rows=tuple(row for each in overview.accounts for row in _rows(each, overview, left, zone)),
        cost=cost_words.to_date(overview.cost, overview) if overview.cost else None,
    )


def failed(sentence: str, text: str = "usagetray ?") -> Line:
    """Where there is nothing to show: why, for a bar that shows more than its line."""
    return Line(text=text, short="?", level="unknown", percentage=None, rows=(plain(sentence, 200),))


def _level(account: AccountView, shown: list[WindowView], now: datetime) -> str:
    """The first that holds, as for the icon: a lock holds however old the reading, an old figure warns of nothing."""
    if account.state is State.SIGNED_OUT or not account.has_figures:
        return "unknown"
    if tightest.is_locked(account, now):
        return "locked"
    has_sums = account.money or (account.cost is not None and not account.windows)
    if all(window.stale for window in shown) if shown else account.money_stale or not has_sums:
        return "stale"
    if tightest.is_paying(account):
        return "paying"
    worst = max((tightest.level_of(account, window) for window in shown if not window.stale), default=account.level)
    if worst < Level.CRITICAL and any(unusable(sum_) for sum_ in account.money) and not shown:
        worst = Level.CRITICAL
    return worst.name.lower()


def _mark(level: str) -> Mark | None:
    if level == "unknown":
        return "question"
    return None if level == "stale" else MARKS.get(Level[level.upper()])


def _words(account: AccountView, overview: Overview, top: WindowView | None, left: bool) -> tuple[str, str]:
    """The line without its mark, and its shortest form."""
    now = overview.generated_at
    name = account_name(account, overview.accounts)
    if account.state is not State.SIGNED_OUT and tightest.is_locked(account, now):
        opens_at = tightest.lock_ends_at(account)
        span = duration(opens_at - now) if opens_at else ""
        if not span:
            return tr("{name} locked", name=name), "⊖"
        return tr("{name} locked, back in {span}", name=name, span=span), span
    if account.state is State.SIGNED_OUT or top is None:
        wrong = problem(account, now, None)
        sums = [said for each in account.money if (said := money_text(each))]
        if sums and account.state is not State.SIGNED_OUT:
            return f"{name} {sums[0]}" + _aged(account.money_captured_at, now, account.money_stale), sums[0]
        if wrong is not None:
            return wrong.title, "?"
        if account.cost is not None and not account.windows:
            cost = account.cost.of_day if account.cost.of_day.tokens else account.cost.of_month
            return f"{name} {cost_words.newest(account.cost, overview)}", cost_words.amount_or_why(cost)
        ended = any(window.state is WindowState.ENDED for window in account.windows)
        waits = tr("{name}: waiting for a new figure", name=name)
        return waits if ended else tr("{name}: no figures yet", name=name), "–"
    pair = _pair(account, top)
    short = forecast_words.figure(top, left) + ("?" if top.stale else "")
    together = all(window.stale for window in pair) and len({window.captured_at for window in pair}) == 1
    figures = ", ".join(
        f"{short_name(each, account.windows)} {forecast_words.figure(each, left)}"
        + ("" if together else aged(each, now))
        for each in pair
    )
    age = _aged(top.captured_at, now, together)
    out_at = tightest.warned_of(top)
    coming = tr(", out in {span}", span=duration(out_at - now)) if out_at is not None and out_at > now else ""
    said = tr("{share} left", share=figures) if left else tr("{share} used", share=figures)
    return f"{name} {said}{age}{coming}", short


def _of_budget(overview: Overview) -> tuple[str, str, str] | None:
    """Level and words of a budget that is nearly used up, or more: where there is money only, the card says so, too."""
    if not overview.budgets:
        return None
    from usagetray.views import budget_words  # deferred: for who has budgets

    tight = budget_words.tightest(overview)
    if tight is None:
        return None
    words = f"{budget_words.name(tight)}: {budget_words.of_limit(tight)}"
    return tight.level.name.lower(), words, budget_words.used_share(tight)


def _pair(account: AccountView, top: WindowView) -> list[WindowView]:
    """The tightest short and the tightest long window, in the order of their lengths."""

    def is_short(window: WindowView) -> bool:
        return window.length is not None and window.length <= SHORT_WINDOW

    others = [window for window in account.windows if has_figure(window) and is_short(window) != is_short(top)]
    other = max(others, key=lambda window: tightest.window_rank(account, window), default=None)
    both = [top] if other is None else [top, other]
    return sorted(both, key=is_short, reverse=True)


def _rows(account: AccountView, overview: Overview, left: bool, zone: tzinfo | None) -> list[str]:
    now = overview.generated_at
    title = account_title(account, overview.accounts)
    rows = []
    for window in account.windows:
        right = row_rights(window, now, zone)[0] if zone is not None else ""
        coming = forecast_words.row(window, now, zone) if zone is not None else ""
        figure = figure_text(window, left) + aged(window, now)
        rows.append(" · ".join(filter(None, (f"{row_name(window)}  {figure}", coming, right))))
    rows += [f"{label(plain(each.label, 40))}: {said}" for each in account.money if (said := money_text(each))]
    rows += [cost_words.to_date(account.cost, overview)] if account.cost else []
    wrong = problem(account, now, zone)
    if wrong is not None and account.state is not State.STALE:
        rows.insert(0, f"{wrong.title}. {wrong.detail}".strip())
    return [title, *("  " + row for row in rows or [tr("No figures yet")])]


def _aged(captured_at: datetime | None, now: datetime, is_old: bool) -> str:
    return f" ({old(captured_at, now)})" if is_old and captured_at is not None else ""


def _whole(share: float | None, left: bool) -> int | None:
    if share is None:
        return None
    exact = used_percent(share)
    used = min(100, int(exact)) if exact is not None else 0
    return 100 - used if left else used


# ---- the languages -----------------------------------------------------------------------------------------


def waybar(said: Line, colours: Colours) -> str:
    """One JSON object; text and tooltip are Pango markup there, the colour comes from the style sheet by class."""
    del colours
    tooltip = "\n".join(said.rows)
    written: dict[str, object] = {
        "text": _for_pango(said.text),
        "alt": said.level,
        "tooltip": _for_pango(tooltip),
        "class": said.level,
        "percentage": said.percentage,
    }
    return json.dumps(written, ensure_ascii=False)


def _for_pango(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def polybar(said: Line, colours: Colours) -> str:
    """`%{F#rrggbb}text%{F-}`; a `%{` of the text gets a space, for there is no way to write it."""
    text = said.text.replace("%{", "% {")
    colour = colours.get(said.level)
    return f"%{{F{colour}}}{text}%{{F-}}" if colour else text


def i3blocks(said: Line, colours: Colours) -> str:
    """Three lines: the text, a short one, the colour."""
    calm = CALM["light" if colours is LIGHT else "dark"]
    return "\n".join((said.text, said.short, colours.get(said.level, calm)))


def tmux(said: Line, colours: Colours) -> str:
    """`#[fg=#rrggbb]text#[default]`; a `#` of the text is doubled."""
    text = said.text.replace("#", "##")
    colour = colours.get(said.level)
    return f"#[fg={colour}]{text}#[default]" if colour else text


def xbar(said: Line, colours: Colours) -> str:
    """The line, `---`, and a menu of rows; what stands behind `|` are parameters, dashes in front make submenus."""
    inert = "ansi=false emojize=false symbolize=false useMarkup=false trim=false"
    colour = colours.get(said.level)
    first = f"{_for_xbar(said.text)} | {f'color={colour} ' if colour else ''}{inert}"
    return "\n".join((first, "---", *(f"{_for_xbar(row)} | {inert}" for row in said.rows)))


def _for_xbar(text: str) -> str:
    bare = text.lstrip(" -")
    return (text[: len(text) - len(bare)].replace("-", "_") + bare).replace("|", "/")


def own_json(said: Line, colours: Colours) -> str:
    """For scripts of one's own: everything, as one JSON object in a line."""
    written = {
        "text": said.text,
        "short": said.short,
        "level": said.level,
        "percentage": said.percentage,
        "color": colours.get(said.level),
        "rows": list(said.rows),
        "cost": said.cost,
    }
    return json.dumps(written, ensure_ascii=False)


FORMATS: Mapping[str, Callable[[Line, Colours], str]] = {
    "waybar": waybar,
    "polybar": polybar,
    "i3blocks": i3blocks,
    "tmux": tmux,
    "xbar": xbar,
    "json": own_json,
}
WITH_ROWS = frozenset({"waybar", "xbar", "json"})
"""The kinds that show more than the line, and so need the user's time zone."""


def in_ascii(said: Line) -> Line:
    """For an output that is not UTF-8. Done before a bar's language is written: spelling out may bring its signs."""
    return Line(
        text=spelled(said.text)[:MOST_TEXT],  # spelling out may take more room
        short=spelled(said.short),
        level=said.level,
        percentage=said.percentage,
        rows=tuple(map(spelled, said.rows)),
        cost=None if said.cost is None else spelled(said.cost),
    )
