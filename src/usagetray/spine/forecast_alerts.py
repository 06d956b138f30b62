"""Before a lockout: one alert for each window that will be used up before its reset, once in an episode.

Never from a figure that is stale, old or doubtful, and not in the breath in which the account stops anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import NamedTuple

from usagetray.domain.alerts import SMALL_MOVE, Alert, AlertKind, Seen, Told
from usagetray.domain.forecast import LockoutAlert
from usagetray.domain.forensics import Cause
from usagetray.edges.store import AlertRow
from usagetray.overview import Overview
from usagetray.settings import AlertSettings
from usagetray.spine.alert_rows import row_of
from usagetray.spine.foresight import Foresight
from usagetray.views.forecast_alert_words import forecast_alert

Id = tuple[str, str, str]
"""Of a window: provider, account, key."""
STOPS = frozenset({AlertKind.LOCKED, AlertKind.PAYING})
MARK = "forecast:"
"""Before a window's key: what is remembered under it is the reset that was warned of, and the reading then."""
GIVEN_BACK = 0.10
"""A share that the vendor has to have given back before another warning in the same cycle."""


class Earned(NamedTuple):
    """The alerts before a lockout, and the others without those that they say too."""

    foreseen: dict[Id, tuple[Alert, LockoutAlert]]
    others: list[Alert]
    told: dict[Id, Told]  # to be remembered with them


def earned(
    overview: Overview,
    seen: Iterable[Seen],
    due: Sequence[Alert],
    foresight: Foresight,
    settings: AlertSettings,
    former: Mapping[Id, Told],
) -> Earned:
    """Which windows have earned one. `due`: the other alerts of this breath. `former`: what was told before. What is
    decided is remembered, also with these alerts switched off.
    """
    stopped = {each.id[:2] for each in due if each.kind in STOPS}
    foreseen: dict[Id, tuple[Alert, LockoutAlert]] = {}
    notes: dict[Id, Told] = {}
    for each in seen:
        may_alert = each.may_alert and each.id[:2] not in stopped
        told = foresight.decided(each.id[:2], each.window, overview.generated_at, may_alert=may_alert)
        if told is None or each.used is None:
            continue
        mark = (*each.id[:2], MARK + each.window)
        is_new = _is_new(former.get(mark), told, each.used)
        notes[mark] = Told(cycle_ends_at=told.resets_at, used=each.used)
        if is_new and settings.enabled and settings.forecast:
            alert = Alert(kind=AlertKind.FORECAST, provider=each.provider, account=each.account, window=each.window)
            foreseen[each.id] = alert, told
    others = []
    for one in due:
        if one.kind is AlertKind.THRESHOLD and one.id in foreseen:  # one cause, one alert: it says what is used
            alert, told = foreseen[one.id]
            foreseen[one.id] = replace(alert, threshold=one.threshold), told
        else:
            others.append(one)
    return Earned(foreseen, others, notes)


def _is_new(told: Told | None, found: LockoutAlert, used: float) -> bool:
    """An estimate that was too high and came down again is no recovery: one warning for a cycle, by what was read."""
    if told is None or told.cycle_ends_at is None or abs(found.resets_at - told.cycle_ends_at) > SMALL_MOVE:
        return True
    return used <= told.used - GIVEN_BACK


def rows(
    foreseen: Mapping[Id, tuple[Alert, LockoutAlert]],
    overview: Overview,
    zone: tzinfo,
    left: bool,
    causes: Mapping[Id, Cause],
) -> list[AlertRow]:
    """The same in words."""
    found = []
    for account in overview.accounts:
        for window in account.windows:
            of = account.provider, account.account, window.key
            if of not in foreseen:
                continue
            alert, told = foreseen[of]
            words = forecast_alert(account, window, told.exhausts_at, overview, zone, left, causes.get(of))
            found.append(row_of(alert, words, overview.generated_at))
    return found
