"""Which alerts the budgets and the spikes of an overview have earned, and what is to be remembered of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

from usagetray.domain import alerts, budgets, spikes
from usagetray.domain.alerts import Alert, AlertKind, Told
from usagetray.edges.store import AlertRow
from usagetray.overview import Overview
from usagetray.settings import AlertSettings
from usagetray.spine.alert_rows import row_of
from usagetray.views.alert_words import AlertWords, budget_alert, spike_alert

Id = tuple[str, str, str]
"""As a window's: provider, account, window."""


def earned(
    overview: Overview, former: Mapping[Id, Told], settings: AlertSettings, zone: tzinfo
) -> tuple[list[AlertRow], dict[Id, Told]]:
    """The alerts, in words, and what is new to be remembered. What is switched off is remembered all the same: it is
    not announced later."""
    rows: list[AlertRow] = []
    told: dict[Id, Told] = {}
    for state in overview.budgets:
        seen = state.seen(now=overview.generated_at, may_alert=not overview.is_counting)
        own = settings.thresholds if state.budget.thresholds is None else state.budget.thresholds
        alert, now_told = alerts.due(seen, former.get(seen.id), (*own, budgets.USED_UP))
        if now_told != former.get(seen.id):
            told[seen.id] = now_told
        if alert is not None and alert.threshold is not None and settings.enabled and settings.budgets:
            words = budget_alert(state, alert.threshold, overview, zone)
            rows.append(_row(AlertKind.BUDGET, seen.id, alert.threshold, words, overview))
    for spike in overview.spikes:
        is_new, now_told = spikes.is_news(spike, former.get(spike.id), overview.generated_at)
        if now_told != former.get(spike.id):
            told[spike.id] = now_told
        if is_new:
            rows.append(_row(AlertKind.SPIKE, spike.id, None, spike_alert(spike, overview, zone), overview))
    return rows, told


def _row(kind: AlertKind, named: Id, threshold: float | None, words: AlertWords, overview: Overview) -> AlertRow:
    provider, account, window = named
    alert = Alert(kind=kind, provider=provider, account=account, window=window, threshold=threshold)
    return row_of(alert, words, overview.generated_at)
