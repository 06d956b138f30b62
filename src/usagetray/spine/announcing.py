"""The last part of alerting: what was earned and noted is shown, at most once and never in a burst."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from usagetray.domain import alerts
from usagetray.edges.notify import AlertText, Notifier
from usagetray.edges.store import AlertRow, Store
from usagetray.overview import Overview
from usagetray.views.alert_words import merged_words

log = logging.getLogger(__name__)

HELD_AT_MOST = timedelta(hours=2)
"""An alert held back for longer, or found after a crash, speaks of the past: it stays in the list only."""
MOST_AT_ONCE = 2
"""More alerts than this in one breath become one notification."""


class Announcing:
    def __init__(self, store: Store, notifier: Notifier) -> None:
        self._store = store
        self._notifier = notifier
        self.sent = 0
        self.merged = 0

    def deliver(self, overview: Overview) -> None:
        now = overview.generated_at
        held = [row for row in self._store.held_alerts() if now - row.due_at < HELD_AT_MOST]
        room = alerts.room(self._store.notified_since(now - alerts.DAY), now) if held else 0
        if room == 0:
            return
        if len(held) <= min(room, MOST_AT_ONCE):
            for row in held:
                self._send([row], _text(row), now)
        else:
            words = merged_words([row.title for row in held], overview.demo)
            critical = any(row.urgency == "critical" for row in held)
            text = AlertText(
                key="merged", title=words.title, body=words.text, urgency="critical" if critical else "normal"
            )
            self._send(held, text, now)
            self.merged += len(held)

    def _send(self, held: Sequence[AlertRow], text: AlertText, now: datetime) -> None:
        self._store.mark_sent(held, sent_at=now, shown=None)  # before it is shown: at most once, come what may
        shown = self._notifier.send(text)
        self._store.mark_sent(held, sent_at=now, shown=shown)
        self.sent += 1
        log.info("alert %s: %s", text.key, "shown" if shown else "nothing could show it")


def _text(row: AlertRow) -> AlertText:
    return AlertText(
        key=f"{row.provider}/{row.account}/{row.window}",
        title=row.title,
        body=row.body,
        urgency="critical" if row.urgency == "critical" else "normal",
        provider=row.provider,
        account=row.account,
        window=row.window,
        threshold=row.threshold,
    )
