"""The last part of alerting: what was earned and noted is shown, at most once, never in a burst, and when it may."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Literal

from usagetray.domain import alerts, holding_back
from usagetray.domain.alerts import Alert
from usagetray.domain.holding_back import Decision, Held, Id, LeftOut, Standing, Waiting
from usagetray.domain.states import Level
from usagetray.edges.notify import AlertText, Notifier
from usagetray.edges.store import AlertRow, Store
from usagetray.overview import AccountView, Overview, WindowView
from usagetray.settings import Settings
from usagetray.spine import snoozing
from usagetray.views import presentable
from usagetray.views.alert_words import merged_words
from usagetray.views.digest_words import digest, fact, window_of
from usagetray.views.verbs import actions, to_open, verb

log = logging.getLogger(__name__)

MOST_AT_ONCE = 2
"""More alerts than this in one breath become one notification."""


class Announcing:
    def __init__(
        self, store: Store, notifier: Notifier, settings: Callable[[], Settings], zone: Callable[[], tzinfo]
    ) -> None:
        self._store = store
        self._notifier = notifier
        self._settings = settings
        self._zone = zone
        self.sent = 0
        self.merged = 0

    def deliver(self, overview: Overview) -> None:
        """Shows what waits and may be shown now; notes of the rest why it waits."""
        waiting = self._store.held_alerts()
        if not waiting:
            return
        now = overview.generated_at
        decided = self._decided(waiting, overview)
        rows = {row.id: row for row in waiting}
        fresh, held = [rows[id_] for id_ in decided.show], [rows[id_] for id_ in decided.digest]
        room = alerts.room(self._store.notified_since(now - alerts.DAY), now) if fresh or held else 0
        self._note(waiting, decided, is_burst=room == 0)
        if held and room:
            self._send(held, self._digest(held, overview), now)
            self.merged += len(held) if len(held) > 1 else 0
            room -= 1
        if not fresh or not room:
            return
        if len(fresh) <= min(room, MOST_AT_ONCE):
            for row in fresh:
                self._send([row], self._text(row, overview), now)
        else:
            self._send(fresh, self._merged(fresh, overview), now)
            self.merged += len(fresh)

    def _decided(self, waiting: Sequence[AlertRow], overview: Overview) -> Decision:
        settings = self._settings().alerts
        if not settings.enabled:
            return Decision(leave_out={row.id: LeftOut.SWITCHED_OFF for row in waiting})
        return holding_back.decide(
            [Waiting(id=row.id, alert=_alert(row), due_at=row.due_at, held_for=row.held_for) for row in waiting],
            overview.generated_at,
            self._zone(),
            quiet=settings.quiet_hours,
            snoozes=snoozing.snoozes(self._store, overview.generated_at),
            standing=_standings(overview),
        )

    def _note(self, waiting: Sequence[AlertRow], decided: Decision, *, is_burst: bool) -> None:
        """Only what is new of it is written: most ticks change nothing."""
        noted = []
        for row in waiting:
            held_for, left_out = row.held_for, decided.leave_out.get(row.id)
            if row.id in decided.hold:
                held_for = decided.hold[row.id].why
            elif is_burst and left_out is None:
                held_for = held_for or Held.BURST
            if (held_for, left_out) != (row.held_for, row.left_out):
                noted.append(replace(row, held_for=held_for, left_out=left_out))
        if noted:
            self._store.note_held(noted)
            log.info("%d alert(s) held back or left out", len(noted))

    def _send(self, held: Sequence[AlertRow], text: AlertText, now: datetime) -> None:
        self._store.mark_sent(held, sent_at=now, shown=None)  # before it is shown: at most once, come what may
        shown = self._notifier.send(text)
        self._store.mark_sent(held, sent_at=now, shown=shown)
        self.sent += 1
        log.info("alert %s: %s", text.key, "shown" if shown else "nothing could show it")

    # ---- in words ------------------------------------------------------------------------------------------

    def _text(self, row: AlertRow, overview: Overview) -> AlertText:
        is_presented = self._settings().presentation
        found = window_of(_alert(row), overview)
        project = next((each.project for each in overview.spikes if each.id == _alert(row).id), "")
        return AlertText(
            key=f"{row.provider}/{row.account}/{row.window}",
            title=presentable.alert_title(row.kind, row.threshold) if is_presented else row.title,
            body=presentable.alert_text() if is_presented else row.body,
            urgency="critical" if row.urgency == "critical" else "normal",
            actions=actions(
                row.kind,
                *(row.provider, row.account, row.window),
                resets=found is not None and found[1].resets_at is not None,
                project=project,
            ),
            opens=verb("show", row.provider, row.account, row.window) if found is not None else verb("show"),
            provider=row.provider,
            account=row.account,
            window=row.window,
            threshold=row.threshold,
        )

    def _merged(self, held: Sequence[AlertRow], overview: Overview) -> AlertText:
        gravest_first = sorted(held, key=lambda row: row.urgency != "critical")
        words = merged_words([self._title(row) for row in gravest_first], overview.demo)
        return _together("merged", words.title, words.text, held)

    def _digest(self, held: Sequence[AlertRow], overview: Overview) -> AlertText:
        settings, zone = self._settings(), self._zone()
        if settings.presentation:
            facts = [self._title(row) for row in held]
        else:
            facts = [fact(_alert(row), row.title, row.due_at, overview, zone, settings.show_left) for row in held]
        reasons = {row.held_for for row in held if row.held_for is not None} or {Held.QUIET}
        words = digest(facts, reasons.pop() if len(reasons) == 1 else None, demo=overview.demo)
        return _together("digest", words.title, words.text, held)

    def _title(self, row: AlertRow) -> str:
        return presentable.alert_title(row.kind, row.threshold) if self._settings().presentation else row.title


def _together(key: str, title: str, body: str, held: Sequence[AlertRow]) -> AlertText:
    is_critical = any(row.urgency == "critical" for row in held)
    urgency: Literal["normal", "critical"] = "critical" if is_critical else "normal"
    return AlertText(key=key, title=title, body=body, urgency=urgency, actions=to_open())


def _alert(row: AlertRow) -> Alert:
    return Alert(
        kind=row.kind, provider=row.provider, account=row.account, window=row.window, threshold=row.threshold
    )  # fmt: skip


def _standings(overview: Overview) -> dict[Id, Standing]:
    """What alerts speak of, as it is now; a window also under the names its account had."""
    found: dict[Id, Standing] = {}
    for account in overview.accounts:
        for window in account.windows:
            standing = _standing(account, window)
            found |= {(account.provider, name, window.key): standing for name in (account.account, *account.formerly)}
    for state in overview.budgets:
        seen = state.seen(now=overview.generated_at, may_alert=True)
        found[seen.id] = Standing(used=seen.used)
    return found


def _standing(account: AccountView, window: WindowView) -> Standing:
    return Standing(
        used=window.used,
        level=window.level,
        is_locked=account.locked_until is not None or window.level is Level.LOCKED,
        is_paid=account.pays,
        runs_out=window.forecast is not None and window.forecast.is_warned,
        resets_at=window.resets_at,
    )
