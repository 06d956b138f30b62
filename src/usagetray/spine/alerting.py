"""The spine's third part: from an overview to the notifications that are due, each at most once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from usagetray.domain import alerts
from usagetray.domain.alerts import Alert, AlertKind, Seen, Told
from usagetray.domain.forensics import Cause
from usagetray.domain.states import State, WindowState
from usagetray.edges.notify import Notifier
from usagetray.edges.store import AlertRow, Store
from usagetray.overview import Overview
from usagetray.settings import AlertSettings, Settings
from usagetray.spine import billing_alerts, forecast_alerts, snoozing, spending_alerts
from usagetray.spine.alert_rows import row_of
from usagetray.spine.announcing import Announcing
from usagetray.spine.foresight import Foresight
from usagetray.spine.paying import Paying
from usagetray.views.alert_words import Behind, alert_words

log = logging.getLogger(__name__)

BACKFILLED_AFTER = timedelta(minutes=30)
"""A figure first seen this long after it was captured is history: it is shown, and announces nothing."""
Id = tuple[str, str, str]
"""Of a window: provider, account, key."""


Causes = Callable[[Overview, Sequence[Id]], Mapping[Id, Cause]]


class Alerting:
    def __init__(
        self,
        store: Store,
        notifier: Notifier,
        settings: Callable[[], Settings],
        zone: Callable[[], tzinfo],
        *,
        paying: Paying,
        foresight: Foresight,
        causes: Causes,
    ) -> None:
        """`causes`: what most of the last hour's rise of some windows is from; asked only when an alert is due."""
        self._paying = paying
        self._foresight = foresight
        self._causes = causes
        self._store = store
        self._settings = settings
        self._zone = zone
        self.announcing = Announcing(store, notifier, settings, zone)

    def consider(self, overview: Overview) -> bool:
        """Remembers what the overview earns before any of it is shown: a crash loses an alert, never repeats one.

        True if there was anything to remember: then another overview would say more than this one.
        """
        earned, has_changed = self._earned(overview)
        if earned:
            log.info("%d alert(s) due", len(earned))
        self.announcing.deliver(overview)
        return has_changed

    def _earned(self, overview: Overview) -> tuple[list[AlertRow], bool]:
        """The alerts that are due, and whether anything new is to be remembered of any window."""
        settings = self._settings()
        former = self._store.told()
        now_told: dict[tuple[str, str, str], Told] = {}
        due: list[Alert] = []
        ends_at: dict[tuple[str, str, str], datetime | None] = {}
        tells_back: dict[tuple[str, str], bool] = {}
        seen_windows = list(_seen(overview))
        for seen, aliases, own in seen_windows:
            ends_at[seen.id] = seen.resets_at
            known = next((former[each] for each in (seen.id, *aliases) if each in former), None)
            alert, told = alerts.due(seen, known, settings.alerts.thresholds if own is None else own)
            # Also under the names it had: the account may lose its present one when a consent is withdrawn.
            now_told |= {each: told for each in (seen.id, *aliases) if told != former.get(each)}
            if (
                alert is not None
                and not _still_locked(alert, overview)
                and self._is_wanted(alert, overview, tells_back)
            ):
                due.append(alert)
        paying = self._paying.follow(
            overview, [seen for seen, _, _ in seen_windows], {**former, **now_told}, settings.alerts, self._store
        )
        now_told |= paying.told
        due = [*(each for each in due if not paying.is_told(each)), *paying.due]
        foreseen, due, told_of_these = forecast_alerts.earned(
            overview, (seen for seen, _, _ in seen_windows), due, self._foresight, settings.alerts, former
        )
        now_told |= told_of_these
        causes = self._causes(overview, [*foreseen, *(each.id for each in due if each.kind is AlertKind.THRESHOLD)])
        rows = [
            self._row(each, overview, Behind(cause=causes.get(each.id), paid=paying.paid.get(each.id[:2])))
            for each in alerts.one_stop_per_account(due, ends_at)
        ]
        rows += forecast_alerts.rows(foreseen, overview, self._zone(), settings.show_left, causes)
        of_spending, told_of_spending = spending_alerts.earned(overview, former, settings.alerts, self._zone())
        rows += of_spending
        now_told |= told_of_spending
        of_billing, told_of_billing = billing_alerts.earned(overview, former, settings.alerts)
        rows += of_billing
        now_told |= told_of_billing
        if now_told or rows:
            self._store.save_told(now_told, rows, besides=self._foresight.unkept() if told_of_these else ())
        if told_of_these:
            self._foresight.was_kept(overview.generated_at)
        return rows, bool(now_told or rows)

    def _is_wanted(self, alert: Alert, overview: Overview, tells_back: dict[tuple[str, str], bool]) -> bool:
        """The end of a lockout: also by what was said of this one alone, of all its windows alike.

        `tells_back`: of the accounts that were asked about in this breath.
        """
        settings = self._settings().alerts
        if alert.kind is not AlertKind.BACK:
            return _wanted(alert, settings)
        account = alert.id[:2]
        if account not in tells_back:
            now = overview.generated_at
            tells_back[account] = snoozing.tells_back(self._store, *account, now, default=settings.back)
        return settings.enabled and tells_back[account]

    def _row(self, alert: Alert, overview: Overview, behind: Behind) -> AlertRow:
        words = alert_words(alert, overview, self._zone(), self._settings().show_left, behind)
        return row_of(alert, words, overview.generated_at)


def _seen(overview: Overview) -> Iterator[tuple[Seen, list[tuple[str, str, str]], tuple[float, ...] | None]]:
    """Each window, the ids under which it may have been announced before its account was named, own thresholds."""
    for account in overview.accounts:
        for window in account.windows:
            age = overview.generated_at - window.captured_at
            aliases = [(account.provider, each, window.key) for each in account.formerly]
            seen = Seen(
                provider=account.provider,
                account=account.account,
                window=window.key,
                used=window.used if window.state is not WindowState.UNKNOWN else None,
                state=window.state,
                level=window.level,
                resets_at=window.resets_at,
                length=window.length,
                captured_at=window.captured_at,
                may_alert=not window.stale
                and age < BACKFILLED_AFTER
                and account.state is not State.CLOCK_SUSPECT
                and window.state is not WindowState.ENDED,
            )
            yield seen, aliases, account.thresholds


def _wanted(alert: Alert, settings: AlertSettings) -> bool:
    kinds = {AlertKind.LOCKED: settings.locked, AlertKind.PAYING: settings.paying}
    return settings.enabled and kinds.get(alert.kind, True)


def _still_locked(alert: Alert, overview: Overview) -> bool:
    """One window is back, but another still locks the account: nothing to be glad about yet."""
    return alert.kind is AlertKind.BACK and any(
        account.locked_until is not None
        for account in overview.accounts
        if (account.provider, account.account) == (alert.provider, alert.account)
    )
