"""What was held back, in one notification: of each alert the fact as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from usagetray.domain.alerts import Alert, AlertKind
from usagetray.domain.holding_back import Held, Id
from usagetray.language import tr
from usagetray.overview import AccountView, Overview, WindowView
from usagetray.views.alert_words import MOST_TEXT, MOST_TITLE, AlertWords
from usagetray.views.figures import instant
from usagetray.views.plain import clip, fit
from usagetray.views.words import DEMO, account_name, figure_text, window_name

ITEM_LEAST = 12


def fact(alert: Alert, title: str, due_at: datetime, overview: Overview, zone: tzinfo, left: bool) -> str:
    """ "Claude session 90 % used", "Codex is back": with the figure of now, not of when the alert was earned.

    `title`: of the alert as it was then.
    """
    bare = title.removeprefix(DEMO)
    if alert.kind in (AlertKind.THRESHOLD, AlertKind.FORECAST) and (found := window_of(alert, overview)):
        account, window = found
        names = {"account": account_name(account, overview.accounts), "window": window_name(window)}
        if window.forecast is not None and window.forecast.is_warned:
            return tr(
                "{account} {window} {figure} and running out before its reset",
                **names,
                figure=figure_text(window, left),
            )
        return tr("{account} {window} {figure}", **names, figure=figure_text(window, left))
    if alert.kind is AlertKind.SPIKE:
        return tr("{time}: {title}", time=instant(due_at, overview.generated_at, zone), title=bare)
    return bare


def digest(facts: Sequence[str], why: Held | None, *, demo: bool, critical: bool = False) -> AlertWords:
    """ "While it was quiet", with all the facts. `why`: what held them back; None: not the same for all."""
    title = {
        Held.QUIET: tr("While it was quiet"),
        Held.SNOOZED: tr("While alerts were snoozed"),
    }.get(why or Held.BURST, tr("While alerts were held back"))
    most = max(ITEM_LEAST, (MOST_TEXT - 2 * len(facts)) // max(len(facts), 1))
    text = ", ".join(clip(each, most) for each in facts)
    return AlertWords(
        title=fit((DEMO if demo else "") + title, MOST_TITLE),
        text=fit(text, MOST_TEXT),
        urgency="critical" if critical else "normal",
    )


def window_of(alert: Alert, overview: Overview) -> tuple[AccountView, WindowView] | None:
    """The window an alert spoke of."""
    return window_in(alert.id, overview)


def window_in(of: Id, overview: Overview) -> tuple[AccountView, WindowView] | None:
    """The window with this id, also where its account has got a name since."""
    provider, name, key = of
    for account in overview.accounts:
        if account.provider == provider and name in (account.account, *account.formerly):
            for window in account.windows:
                if window.key == key:
                    return account, window
    return None
