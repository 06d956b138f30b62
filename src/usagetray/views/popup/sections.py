"""The sections of "Now": one for each account, with its head, what is wrong, its limits, its money and its cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from usagetray.domain.states import Level, State
from usagetray.language import tr
from usagetray.overview import AccountView, FoundTool, Overview, WindowView
from usagetray.views import billing_words, tightest
from usagetray.views.figures import ago, instant, percent
from usagetray.views.forecast_words import figure as figure_now
from usagetray.views.incident_words import incident
from usagetray.views.plain import plain
from usagetray.views.popup.cost_rows import cost_rows
from usagetray.views.popup.money_rows import money_row
from usagetray.views.popup.spec import Caption, Collapsed, Event, Head, Line, Problem, Section, Spoken
from usagetray.views.popup.spoken import sentences
from usagetray.views.popup.window_rows import Setting, Wish, level_of, window_row
from usagetray.views.problems import Problem as Trouble
from usagetray.views.problems import problem
from usagetray.views.words import (
    account_name,
    has_figure,
    money_words,
    provider_name,
    short_name,
    switched_off,
)

MOST_SURFACES = 4
OF_KEYS = (State.SIGNED_OUT, State.NOT_ALLOWED, State.CREDENTIAL_MALFORMED)
"""With a key of the user's own: another one helps."""


def account_section(
    account: AccountView, overview: Overview, zone: tzinfo, wish: Wish, *, first: bool, is_told: bool
) -> Section:
    """`first` ones are never folded, and have full rows; so have those that need a look.

    `is_told`: what is wrong with all accounts alike stands in the card, and not here again.
    """
    accounts, now = overview.accounts, overview.generated_at
    setting = Setting(account, accounts, now, zone, wish)
    key = key_of(account)
    level = max((level_of(window, now) for window in account.windows), default=Level.NORMAL)
    level = max(level, account.level)
    compact = not first and level < Level.WARNING
    wrong = None if is_told else problem(account, now, zone)
    lines: list[Line] = [_head(key, account, accounts, now, zone), *_troubles(key, account, wrong, now, zone)]
    lines.extend(window_row(key, window, setting, compact=compact) for window in account.windows)
    lines.extend(
        row for at, line in enumerate(account.money) if (row := money_row(f"{key}/money{at}", line, account, overview))
    )
    lines.extend(cost_rows(key, account, overview, compact=compact and bool(account.windows)))
    lines.extend(_captions(key, account, now))
    may_fold = not first and level < Level.WARNING and wrong is None and not account.incidents
    may_fold = may_fold and not (account.billing and account.billing.warns)
    folded = _collapsed(key, account, accounts, wish) if may_fold and account.windows else None
    return Section(key=key, level=level, lines=tuple(lines), collapsed=folded)


def key_of(account: AccountView) -> str:
    return f"{account.provider}/{account.account}"


def _troubles(key: str, account: AccountView, wrong: Trouble | None, now: datetime, zone: tzinfo) -> list[Problem]:
    """What stands between the head and the rows."""
    found = []
    if account.billing and account.billing.warns and (card := billing_words.problem(account.billing)):
        found.append(Problem(key=f"{key}/billing", mark=card.mark, title=card.title, detail=card.detail))
    if wrong is not None:
        action, event = _remedy(account, wrong)
        found.append(
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
        found.append(Problem(key=f"{key}/incident{at}", mark=said.mark, title=said.title, detail=said.detail))
    return found


def _remedy(account: AccountView, wrong: Trouble) -> tuple[str, Event]:
    """The button's words and deed. A button without a deed would be a promise nobody keeps."""
    if wrong.action:
        return wrong.action, (("event", "refresh"),)
    if account.by_key and account.state in OF_KEYS:
        return tr("Replace the key"), (("event", "settings"), ("page", "providers"))
    return "", ()


def _captions(key: str, account: AccountView, now: datetime) -> list[Caption]:
    found = []
    surfaces = sorted(account.shares, key=lambda share: -share.share)[:MOST_SURFACES]
    if surfaces:
        text = ", ".join(f"{plain(surface.label, 24)} {percent(surface.share)}" for surface in surfaces)
        found.append(Caption(key=f"{key}/shares", text=text))
    if tightest.is_locked(account, now) and not_charged(account):
        found.append(Caption(key=f"{key}/charged", text=tr("Nothing is being charged while you wait.")))
    if account.billing and not account.billing.warns and (billed := billing_words.line(account.billing)):
        found.append(Caption(key=f"{key}/billing", text=billed))
    return found


def not_charged(account: AccountView) -> bool:
    """The vendor says that no money takes over."""
    return any(line.enabled is False for line in account.money) and not tightest.is_paying(account)


def _head(key: str, account: AccountView, accounts: Sequence[AccountView], now: datetime, zone: tzinfo) -> Head:
    name, plan, label = provider_name(account), plain(account.plan or "", 24), plain(account.label or "", 32)
    aside = switched_off(account) or ""
    kinds = dict.fromkeys(said.kind for line in account.money if (said := money_words(line)) and said.kind)
    if account.stale and (captured_at := account.captured_at or account.money_captured_at) is not None:
        at = tr("at {when}", when=instant(captured_at, now, zone))
        aside = ", ".join((*kinds, at)) if not account.windows else at
    elif not account.windows and account.money:
        aside = ", ".join((*kinds, ago(account.money_captured_at, now))) if account.money_captured_at else ""
    heard = Spoken(name=account_name(account, accounts), description=sentences(plan, label, aside))
    return Head(key=key, name=name, plan=plan, label=label, aside=aside, stale=account.stale, spoken=heard)


def _collapsed(key: str, account: AccountView, accounts: Sequence[AccountView], wish: Wish) -> Collapsed | None:
    counted = [window for window in account.windows if has_figure(window)]
    if not counted or any(window.stale for window in account.windows):
        return None  # an old figure must carry its age, for which one line has no room

    def said(window: WindowView) -> str:
        return f"{short_name(window, account.windows)} {figure_now(window, wish.left)}"

    def with_word(figures: str) -> str:
        return tr("{share} left", share=figures) if wish.left else tr("{share} used", share=figures)

    highest = max(counted, key=lambda window: window.used or 0.0)
    texts = (
        with_word(" · ".join(said(window) for window in counted)),
        with_word(said(highest)),
        with_word(figure_now(highest, wish.left)),
    )
    heard = Spoken(name=account_name(account, accounts), description=sentences(texts[0], tr("Press Enter to unfold")))
    return Collapsed(key=key, name=account_name(account, accounts), texts=texts, spoken=heard)


# ---- what belongs to no account ----------------------------------------------------------------------------


def notes(notices: Sequence[str]) -> Section:
    lines = tuple(
        Problem(key=f"notice{at}", mark="triangle", title="usagetray", detail=plain(notice, 200))
        for at, notice in enumerate(notices)
    )
    return Section(key="notices", level=Level.NORMAL, lines=lines)


def _unconnected(overview: Overview) -> list[FoundTool]:
    shown = {account.provider for account in overview.accounts}
    return [tool for tool in overview.found if not tool.connected and tool.provider not in shown]


def offers(overview: Overview) -> list[Section]:
    """Tools that were found here, and of which nothing is read."""
    return [_offer(tool) for tool in _unconnected(overview)]


def _offer(tool: FoundTool) -> Section:
    name = plain(tool.name, 40)
    line = Problem(
        key=f"offer/{tool.provider}",
        mark="question",
        title=tr("{name} is on this computer", name=name),
        detail=plain(tr(tool.reads), 160),
        action=tr("Connect"),
        event=(("event", "connect"), ("provider", tool.provider), ("hooks", ())),
    )
    return Section(key=f"offer/{tool.provider}", level=Level.NORMAL, lines=(line,))
