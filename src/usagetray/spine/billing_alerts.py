"""Whether another credential has taken over from a plan: one alert for each such change, never at the first look."""

from __future__ import annotations

from collections.abc import Mapping

from usagetray.billing import Route, Verdict
from usagetray.domain.alerts import Alert, AlertKind, Told
from usagetray.domain.billing_route import accepted, is_news, key_of
from usagetray.edges.store import AlertRow
from usagetray.overview import BillingView, Overview
from usagetray.settings import AlertSettings
from usagetray.spine.alert_rows import row_of
from usagetray.views.billing_words import alert

Id = tuple[str, str, str]
"""As a window's: provider, and in place of account and window the tool's home and the set-up."""
SET_UP = "billing_route"
NOW, BEFORE = Told(used=1.0), Told(used=0.0)
"""A set-up that holds, and one that held once."""


def earned(
    overview: Overview, former: Mapping[Id, Told], settings: AlertSettings
) -> tuple[list[AlertRow], dict[Id, Told]]:
    """The alerts, in words, and what is new to be remembered. With the alerts switched off it is remembered too."""
    rows: list[AlertRow] = []
    told: dict[Id, Told] = {}
    for view in overview.billing:
        if view.stale or not view.verdicts:
            continue
        # What may be read is part of the question: with a new consent the first look is a first look.
        place = f"{view.home}{'+profiles' * view.profiles_read}"
        known = {key for key in former if key[:2] == (view.provider, place) and key[2].startswith(SET_UP)}
        held = [tuple(key[2].split("\n")[1:]) for key in known if former[key] == NOW]
        before = [each for each in held if len(each) == 3] if known else None
        ids = {(view.provider, place, "\n".join((SET_UP, *key_of(each)))) for each in view.verdicts}
        told |= {each: NOW for each in ids if former.get(each) != NOW}
        told |= {each: BEFORE for each in known - ids if former[each] == NOW}
        news = [
            each
            for each in view.verdicts
            if is_news(before, each) and accepted(view.provider, key_of(each)) not in former
        ]
        if news and settings.enabled and settings.billing_route:
            rows.append(_row(view, _first(news), overview))
    return rows, told


def _first(news: list[Verdict]) -> Verdict:
    """One alert tells all of one tool: what is known to bill comes before what is not known."""
    return min(news, key=lambda each: each.route is Route.UNKNOWN)


def _row(view: BillingView, verdict: Verdict, overview: Overview) -> AlertRow:
    words = alert(view, verdict, demo=overview.demo)
    told = Alert(kind=AlertKind.BILLING_ROUTE, provider=view.provider, account="", window=SET_UP)
    return row_of(told, words, overview.generated_at)
