"""The tray in text: its menu (all of the program, where a click opens nothing else), tooltip and label."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from usagetray.domain.states import Level, State, WindowState
from usagetray.language import tr
from usagetray.overview import AccountView, Overview, WindowView
from usagetray.quick_dataclass import dataclass
from usagetray.views import billing_words, budget_words, cost_words, presentable, snooze_words, tightest
from usagetray.views.figures import DASH, ago, duration, instant, old, percent
from usagetray.views.headline import Headline, shown_account
from usagetray.views.incident_words import incident
from usagetray.views.labels import label
from usagetray.views.plain import plain
from usagetray.views.problems import problem
from usagetray.views.verbs import verb
from usagetray.views.verdict import section_problem, verdict
from usagetray.views.words import (
    DEMO,
    GLYPHS,
    account_name,
    account_title,
    aged,
    figure,
    figure_text,
    has_day,
    has_figure,
    money_text,
    row_left,
    row_name,
    row_rights,
    short_name,
)

TOOLTIP_UNITS = 127
"""UTF-16 units a Windows tooltip holds; the same everywhere, so that it is written once."""

_INDENT = "   "


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuLine:
    """One row. Without an action and children it is shown but cannot be chosen."""

    text: str = ""
    action: str | None = None  # "show", "refresh", "settings", "quit", or of `verbs`
    separator: bool = False
    checked: bool | None = None  # None: not a tick box
    children: tuple[MenuLine, ...] = ()
    is_default: bool = False  # what a plain click on the icon does


# ---- menu --------------------------------------------------------------------------------------------------


def menu(overview: Overview, zone: tzinfo, left: bool, popup_problem: str | None = None) -> tuple[MenuLine, ...]:
    """The whole menu. `popup_problem`: why the window cannot be opened, said right below the row that would."""
    overview = _for_others(overview)
    said = verdict(overview, zone, left)
    rule = MenuLine(separator=True)
    said_first = (popup_problem, *overview.notices, cost_words.reading(overview))
    notices = [MenuLine(text=plain(text, 120)) for text in said_first if text]
    figures = [MenuLine(text=text) for account in overview.accounts for text in _section(account, overview, zone, left)]
    figures += [MenuLine(text=text) for text in budget_words.menu_rows(overview)]
    checked = f" ({ago(overview.checked_at, overview.generated_at)})" if overview.checked_at else ""
    refresh = tr("Refreshing…") if overview.refreshing else tr("Refresh now") + checked
    return (
        MenuLine(text=tr("Show usage"), action="show", is_default=True),
        *notices,
        rule,
        MenuLine(text=(DEMO if overview.demo else "") + (_unseen(overview) or said.line)),
        *([] if figures else [MenuLine(text=_INDENT + said.detail)] if said.detail else []),
        *figures,
        rule,
        MenuLine(text=refresh, action=None if overview.refreshing else "refresh"),
        *_snooze_rows(overview, zone),
        *_back_rows(overview),
        MenuLine(
            text=tr("Presentation mode"),
            action=verb("presentation", "off" if overview.manners.presentation else "on"),
            checked=overview.manners.presentation,
        ),
        MenuLine(text=tr("Settings…"), action="settings"),
        MenuLine(text=tr("Quit"), action="quit"),
    )


def _snooze_rows(overview: Overview, zone: tzinfo) -> list[MenuLine]:
    """What alerts are asked to do; where they are held back, until when, and how that ends."""
    manners, wake = overview.manners, verb("snooze", "off")
    if manners.snoozed_until is not None:
        text = tr("{snoozed} · wake now", snoozed=snooze_words.now(overview, zone))
        return [MenuLine(text=text, action=wake)]
    rows = [MenuLine(text=quiet)] if (quiet := snooze_words.now(overview, zone)) else []
    rows += [
        MenuLine(text=tr("{snoozed} · wake now", snoozed=plain(text, 80)), action=verb("snooze", "off", *of))
        for of, text in snooze_words.single(overview, zone)
    ]
    choices = (("1h", tr("For 1 hour")), ("reset", tr("Until the next reset")), ("tomorrow", tr("Until tomorrow")))
    resets = any(
        window.resets_at is not None and window.resets_at > overview.generated_at
        for account in overview.accounts
        for window in account.windows
    )
    children = tuple(
        MenuLine(text=text, action=verb("snooze", choice) if resets or choice != "reset" else None)
        for choice, text in choices
    )
    return [*rows, MenuLine(text=tr("Snooze alerts"), children=children)]


def _back_rows(overview: Overview) -> list[MenuLine]:
    """Of each account that is locked, whether its return will be told."""
    rows = []
    for account in overview.accounts:
        if tightest.is_locked(account, overview.generated_at):
            tells = overview.manners.tells_back(account.provider, account.account)
            name = account_name(account, overview.accounts)
            rows.append(
                MenuLine(
                    text=tr("Tell me when {account} is back", account=name),
                    action=verb("want_back", "off" if tells else "on", account.provider, account.account),
                    checked=tells,
                )
            )
    return rows


def _for_others(overview: Overview) -> Overview:
    """While others see this screen, what they may."""
    return presentable.overview(overview) if overview.manners.presentation else overview


def _unseen(overview: Overview) -> str:
    """In place of a verdict on accounts of which others may see nothing."""
    hides = overview.manners.presentation and not overview.accounts and not overview.first_run
    return tr("Presentation mode is on") if hides else ""


def _section(account: AccountView, overview: Overview, zone: tzinfo, left: bool) -> list[str]:
    """An account's rows; one row alone where it is calm, fresh and not the first."""
    now = overview.generated_at
    title = account_title(account, overview.accounts)
    wrong = None if account.state is State.STALE else section_problem(account, overview, zone)  # rows say their age
    sums = [
        f"{label(plain(line.label, 40))}: {said}{_money_age(account, now)}"
        for line in account.money
        if (said := money_text(line))
    ]
    sums += [cost_words.to_date(account.cost, overview)] if account.cost else []
    calm = all(tightest.level_of(account, window) is Level.NORMAL and not window.stale for window in account.windows)
    bills = [text] if account.billing and (text := billing_words.line(account.billing)) else []
    is_fine = account.state is State.FRESH and not account.incidents and not (account.billing and account.billing.warns)
    if account is not overview.accounts[0] and calm and wrong is None and is_fine:
        if figures := _figures(account, now, left):
            return [f"{title}:  {figures}", *(_INDENT + line for line in sums)]
        if len(sums) == 1:
            return [f"{title}:  {sums[0]}"]
    rows = [_row(account, window, now, zone, left) for window in account.windows]
    problems = [f"{wrong.title}. {wrong.detail}"] if wrong else []
    problems += [f"{GLYPHS['diamond']} {incident(account, one, now, zone).title}" for one in account.incidents]
    nothing = [] if rows or sums or problems else [tr("No figures yet")]
    return [title, *(_INDENT + line for line in (*problems, *rows, *sums, *nothing, *bills))]


def _row(account: AccountView, window: WindowView, now: datetime, zone: tzinfo, left: bool) -> str:
    """ "Week, Fable  88 % used · resets Mon 09:00"; an old figure carries its age."""
    name = row_name(window)
    if not has_figure(window):
        words = tr("No limit") if window.state is WindowState.UNLIMITED else row_left(window, account, now, zone)
        return f"{name}  {words}"
    resets = row_rights(window, now, zone)[1]
    return f"{name}  {figure_text(window, left)}{aged(window, now)}" + (f" · {resets}" if resets else "")


def _figures(account: AccountView, now: datetime, left: bool) -> str:
    """ "session 62 %, week 41 %, Fable 88 % used", a dash for one without; "" without any figure."""
    shown = [window for window in account.windows if window.state is not WindowState.UNLIMITED]
    known = [window for window in shown if has_figure(window)]
    if not known:
        return ""
    ages = {old(window.captured_at, now) for window in known if window.stale}
    together = len(ages) == 1 and all(window.stale for window in known)
    figures = ", ".join(
        f"{short_name(window, account.windows)} {figure(window, left)[0]}{'' if together else aged(window, now)}"
        for window in shown
    )
    said = tr("{share} left", share=figures) if left else tr("{share} used", share=figures)
    return said + (f" ({ages.pop()})" if together else "")


def _money_age(account: AccountView, now: datetime) -> str:
    at = account.money_captured_at
    return f" ({old(at, now)})" if account.money_stale and at else ""


# ---- tooltip and label -------------------------------------------------------------------------------------


def tooltip(overview: Overview, zone: tzinfo, left: bool) -> str:
    """The verdict, then each account's figures, then their age; cut from the end by whole lines."""
    overview = _for_others(overview)
    title = (DEMO if overview.demo else "") + (_unseen(overview) or verdict(overview, zone, left).title)
    lines = [title, *_summaries(overview.accounts, overview, zone, left)]
    text = _with_cost(title, overview, zone, left) or _within(lines, TOOLTIP_UNITS)
    held = snooze_words.now(overview, zone)
    return text if not held or _units(f"{text}\n{held}") > TOOLTIP_UNITS else f"{text}\n{held}"


def _with_cost(title: str, overview: Overview, zone: tzinfo, left: bool) -> str:
    """The cost stands last; of the other accounts whole lines give way to it. "" where there is none, or no room."""
    cost, accounts = overview.cost, overview.accounts
    if cost is None:
        return ""
    if len(accounts) == 1 and not accounts[0].windows and accounts[0].cost:
        return ""  # the account's own line has said it
    for count in range(len(accounts), 0, -1):
        lines = [title, *_summaries(accounts[:count], overview, zone, left)]
        for said in (cost_words.to_date(cost, overview), cost_words.newest(cost, overview)):
            if _units(text := "\n".join((*lines, said))) <= TOOLTIP_UNITS:
                return text
    return ""


def _summaries(accounts: Sequence[AccountView], overview: Overview, zone: tzinfo, left: bool) -> list[str]:
    """A line for each; the last one with fresh figures says how old the oldest of them is."""
    lines, captured, fresh_line = list[str](), list[datetime](), -1
    for account in accounts:
        lines.append(_summary(account, overview, zone, left))
        fresh = [window.captured_at for window in account.windows if has_figure(window) and not window.stale]
        if fresh:
            fresh_line = len(lines) - 1
            captured += fresh
    if captured:
        lines[fresh_line] += f" · {ago(min(captured), overview.generated_at)}"
    return lines


def _summary(account: AccountView, overview: Overview, zone: tzinfo, left: bool) -> str:
    now = overview.generated_at
    name = account_name(account, overview.accounts)
    if figures := _figures(account, now, left):
        return f"{name}: {figures}"
    if wrong := problem(account, now, zone):
        return wrong.title
    sums = [said for line in account.money if (said := money_text(line))]
    if sums:
        return f"{name}: {sums[0]}"
    if account.cost and not account.windows:
        return f"{name}: {cost_words.newest(account.cost, overview)}"
    ended = [
        instant(window.resets_at, now, zone, with_day=has_day(window))
        for window in account.windows
        if window.state is WindowState.ENDED and window.resets_at is not None
    ]
    if not ended:
        return tr("{name}: no figures yet", name=name)
    return tr("{name}: ended {time}, waiting for a new figure", name=name, time=ended[0])


def label_text(overview: Overview, head: Headline, left: bool) -> str:
    """Beside the icon: "62 %", "1 h 16 m" while locked, "62 %?" when old, "–" when nothing is known."""
    account, now = shown_account(overview, head), overview.generated_at
    if account is None:
        return DASH
    opens_at = tightest.lock_ends_at(account)
    if opens_at and tightest.is_locked(account, now):
        return duration(opens_at - now)
    top = tightest.tightest_window((account,), head.held)
    if top is None:
        return DASH
    return percent(top[1].used, left=left) + ("?" if top[1].stale else "")


def _within(lines: list[str], most: int) -> str:
    """As many whole lines as fit; a first line that alone is too long is cut."""
    while len(lines) > 1 and _units("\n".join(lines)) > most:
        lines = lines[:-1]
    text = "\n".join(lines)
    if _units(text) <= most:
        return text
    while _units(text) >= most:
        text = text[:-1]
    return text + "…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
