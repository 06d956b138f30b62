"""The one file of facts: what was said and when, which attempts were made, what was announced.

SQLite in WAL mode. One process writes (it holds the writer's lock), any number read. What cannot be written
because the disk is full is kept in memory, shown, and written once it can be.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path

from usagetray.domain.alerts import Told
from usagetray.domain.attempts import Attempt
from usagetray.edges.store import ledger_reading, rows, speakers
from usagetray.edges.store import spend as bills
from usagetray.edges.store.database import Database, Statement, StoreBusyError
from usagetray.edges.store.ledger import Ledger
from usagetray.edges.store.ledger_reading import IndexState
from usagetray.edges.store.opening import open_for_reading, open_for_writing
from usagetray.edges.store.rows import AlertRow, Plan, Source
from usagetray.edges.store.spend import Spent
from usagetray.edges.store.window_reading import WindowSaid, windows_said
from usagetray.model import Snapshot
from usagetray.usage import Response, UsageSum

__all__ = ["AlertRow", "IndexState", "Plan", "Source", "Spent", "Store", "StoreBusyError", "open_reader", "open_writer"]

SETTLED_AFTER = timedelta(minutes=2)
"""How far other processes may be behind in what can be had again, unless they ask the tray for it."""
KEPT_ATTEMPTS = 40
"""Of each source, read back: enough for a day of waits."""
SET_META = "INSERT OR REPLACE INTO meta VALUES (?, ?)"
ALERT = (
    "id, due_at, sent_at, shown, kind, provider, account, window, threshold, title, body, urgency,"
    " held_for, left_out, merged_into"
)


def open_writer(path: Path) -> Store:
    database, notice = open_for_writing(path)
    return Store(database, notice)


def open_reader(path: Path) -> Store | None:
    database = open_for_reading(path)
    return None if database is None else Store(database)


class Store:
    """An open store; safe to use from several threads of the process that opened it."""

    def __init__(self, database: Database, notice: str | None = None) -> None:
        self.database = database
        self.notice = notice
        self._ledger: tuple[tuple[int, int], Ledger] | None = None
        self._committed = (-1, rows.EPOCH)
        self._latest: tuple[object, tuple[tuple[Snapshot, str], ...]] | None = None
        """A sentence about the store itself that the user should see."""

    def close(self) -> None:
        if self._ledger is not None:
            self.ledger.keep_marks()
        self.database.close()

    def settle(self) -> None:
        """Has on the disk what other processes are to see; see `Database.holds`."""
        self.database.settle()

    def settle_in_time(self, now: datetime) -> None:
        """The same once nothing has been committed for `SETTLED_AFTER`. To be called every few seconds."""
        commits, since = self._committed
        if commits != self.database.commits:
            self._committed = self.database.commits, now
        elif not timedelta() <= now - since < SETTLED_AFTER:
            self.settle()
            self._committed = self.database.commits, now

    # ---- what was said -----------------------------------------------------------------------------------

    def save_snapshot(self, snapshot: Snapshot, home: str, stored_at: datetime, *, is_asked: bool = True) -> bool:
        """Keeps a snapshot unless its source said exactly this already. True if it was new.

        `is_asked`: it cannot be had again, as one that was read on this machine can.
        """
        speaker = (snapshot.provider_id, snapshot.account.id, snapshot.strategy_id, home)
        kept = bills.without(snapshot)
        if kept == speakers.last_said(self.database, speaker):
            return False
        keep = self.database.write if is_asked else self.hold
        keep(*speakers.said(speaker, kept, stored_at), *(bills.statements(snapshot) if snapshot.spend else ()))
        return True

    def latest_snapshots(self) -> tuple[tuple[Snapshot, str], ...]:
        """The newest snapshot of each provider, account, strategy and home, with the home."""
        found = self.database.known_rows(speakers.NEWEST_SAID)
        known = self._latest
        if known is None or known[0] is not found:
            said = tuple((snapshot, home) for home, body in found if (snapshot := rows.to_snapshot(body)))
            known = self._latest = (found, said)
        return known[1]

    def former(self, source: Source, *, with_bill: bool) -> tuple[Snapshot, ...]:
        """What this source said last of each account, newest first; if wanted, with what it said was billed."""
        own = [
            bills.with_bill(self.database, snapshot) if with_bill else snapshot
            for snapshot, home in self.latest_snapshots()
            if (snapshot.provider_id, home, snapshot.strategy_id) == source.key
        ]
        return tuple(sorted(own, key=lambda each: each.captured_at, reverse=True))

    def spend(self, since: date, until: date) -> tuple[Spent, ...]:
        """What vendors billed on these UTC days, both included, of all accounts and in the order of the days."""
        return bills.read(self.database, since, until)

    def spend_names(self, provider: str, account: str) -> Mapping[str, str]:
        """What people call the keys, workspaces and projects in the account's bill, by the vendor's ids."""
        return bills.names(self.database, provider, account)

    # ---- what was tried ----------------------------------------------------------------------------------

    def begin_attempt(self, source: Source, at: datetime, credential: str | None) -> int:
        """Notes an attempt before it is made, so that even a killed program remembers having asked."""
        number = speakers.next_number(self.database, source)
        self.database.note(*speakers.begun(source, number, at, credential))
        return number

    def end_attempt(self, number: int | None, attempt: Attempt, source: Source) -> None:
        """Completes the note; None: there was none, for nothing was asked."""
        number = speakers.next_number(self.database, source) if number is None else number
        self.database.write(*speakers.ended(source, number, attempt))

    def note_outcome(self, source: Source, attempt: Attempt) -> bool:
        """For attempts without a request: kept only when the outcome differs from the last. True if it did."""
        former = self.attempts(source)[-1:]
        if former and former[0].cause == attempt.cause and former[0].detail == attempt.detail:
            return False
        self.end_attempt(None, attempt, source)
        return True

    def attempts(self, source: Source) -> tuple[Attempt, ...]:
        """The last ones, oldest first."""
        return speakers.attempts(self.database, source, KEPT_ATTEMPTS)

    def sources(self) -> tuple[Source, ...]:
        """All that were ever tried."""
        found = self.database.known_rows("SELECT provider, home, strategy FROM source")
        return tuple(Source(provider=provider, home=home, strategy=strategy) for provider, home, strategy in found)

    def save_plan(self, source: Source, plan: Plan) -> None:
        if plan != self.plan(source):
            values = (*source.key, rows.to_us(plan.next_at), rows.to_span_us(plan.every), plan.reason)
            self.database.write(("INSERT OR REPLACE INTO plan VALUES (?, ?, ?, ?, ?, ?)", [values]))

    def plan(self, source: Source) -> Plan | None:
        found = self.database.rows(
            "SELECT next_at, every, reason FROM plan WHERE provider = ? AND home = ? AND strategy = ?", *source.key
        )
        if not found:
            return None
        next_at, every, reason = found[0]
        return Plan(next_at=rows.to_at(next_at), every=rows.to_span(every), reason=reason)

    def save_activity(self, provider: str, home: str, active_at: datetime) -> None:
        self.hold(("INSERT OR REPLACE INTO activity VALUES (?, ?, ?)", [(provider, home, rows.to_us(active_at))]))

    def activity(self) -> Mapping[tuple[str, str], datetime]:
        """When the vendor's own logs last changed, by (provider, home)."""
        found = self.database.rows("SELECT provider, home, active_at FROM activity")
        return {(provider, home): rows.to_at(at) or rows.EPOCH for provider, home, at in found}

    # ---- what was announced ------------------------------------------------------------------------------

    def told(self) -> dict[tuple[str, str, str], Told]:
        """By (provider, account, window)."""
        found = self.database.rows(
            "SELECT provider, account, window, cycle_ends_at, used, threshold, stops, used_up_at FROM told"
        )
        return {tuple(row[:3]): rows.to_told(row[3:]) for row in found}

    def save_told(
        self,
        told: Mapping[tuple[str, str, str], Told],
        alerts: Sequence[AlertRow] = (),
        besides: Sequence[Statement] = (),
    ) -> None:
        """Remembers what is announced together with the alerts themselves, before any is shown.

        `besides`: what else is true only with these alerts.
        """
        keep = self.database.write if alerts or besides else self.hold
        keep(
            *besides,
            (
                "INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [(*key, *rows.told_row(each)) for key, each in told.items()],
            ),
            (
                "INSERT INTO alert (due_at, kind, provider, account, window, threshold, title, body, urgency)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        *(rows.to_us(each.due_at), each.kind, each.provider, each.account, each.window),
                        *(each.threshold, each.title, each.body, each.urgency),
                    )
                    for each in alerts
                ],
            ),
        )

    def alerts(self, limit: int = 100) -> tuple[AlertRow, ...]:
        """Newest first."""
        found = self.database.rows(f"SELECT {ALERT} FROM alert ORDER BY id DESC LIMIT ?", limit)
        return tuple(rows.to_alert_row(row) for row in found)

    def held_alerts(self) -> tuple[AlertRow, ...]:
        """Those not yet shown, and to be shown, oldest first."""
        found = self.database.rows(f"SELECT {ALERT} FROM alert WHERE sent_at IS NULL AND left_out IS NULL ORDER BY id")
        return tuple(rows.to_alert_row(row) for row in found)

    def note_held(self, alerts: Sequence[AlertRow]) -> None:
        """Keeps `held_for` and `left_out` of these."""
        self.database.write(
            (
                "UPDATE alert SET held_for = ?, left_out = ? WHERE id = ?",
                [(each.held_for, each.left_out, each.id) for each in alerts],
            )
        )

    def mark_sent(self, alerts: Sequence[AlertRow], *, sent_at: datetime, shown: bool | None) -> None:
        """Several at once were merged into one notification."""
        first = min(each.id for each in alerts)
        self.database.write(
            (
                "UPDATE alert SET sent_at = ?, shown = ?, merged_into = ? WHERE id = ?",
                [(rows.to_us(sent_at), shown, first, each.id) for each in alerts],
            )
        )

    def notified_since(self, since: datetime) -> tuple[datetime, ...]:
        """When notifications were shown; several alerts merged into one count once."""
        found = self.database.rows(
            "SELECT max(sent_at) FROM alert WHERE sent_at >= ? GROUP BY merged_into", rows.to_us(since)
        )
        return tuple(at for at in (rows.to_at(row[0]) for row in found) if at is not None)

    # ---- what the logs told ------------------------------------------------------------------------------

    @property
    def ledger(self) -> Ledger:
        """For the one process that writes. Another one where rows that were written have gone since."""
        known, stands_on = self._ledger, (self.database.mended, self.database.lost)
        if known is None or known[0] != stands_on:
            made = Ledger(self.database)  # what the former remembered of the store is true no more
            made.changes = known[1].changes + 1 if known is not None else 0
            known = self._ledger = (stands_on, made)
        return known[1]

    def usage(
        self,
        *,
        by: Sequence[str],
        zone: tzinfo,
        week_starts: int = 0,
        since: date | None = None,
        until: date | None = None,
        provider: str | None = None,
        account: str | None = None,
    ) -> tuple[UsageSum, ...]:
        """See `ledger_reading.usage`."""
        return ledger_reading.usage(
            self.database,
            by=by,
            zone=zone,
            week_starts=week_starts,
            since=since,
            until=until,
            provider=provider,
            account=account,
        )

    def responses(
        self, *, since: datetime | None = None, until: datetime | None = None, provider: str | None = None
    ) -> Iterator[Response]:
        """See `ledger_reading.counted`."""
        return ledger_reading.counted(self.database, since=since, until=until, provider=provider)

    def windows_said(self, since: datetime) -> Iterator[WindowSaid]:
        """See `window_reading.windows_said`."""
        return windows_said(self.database, since)

    def count_since(self, since: datetime, provider: str, models: Sequence[str] = ()) -> int:
        """See `ledger_reading.count_since`."""
        return ledger_reading.count_since(self.database, since, provider, models)

    @property
    def foresees(self) -> bool:
        """A forecast was ever made; see `foresight`."""
        tables = self.database.rows("SELECT 1 FROM sqlite_schema WHERE name = 'foresight'")  # absent in an older store
        return bool(tables) and bool(self.database.rows("SELECT 1 FROM foresight LIMIT 1"))

    def index_state(self) -> IndexState:
        return ledger_reading.index_state(self.database)

    # ---- the rest ----------------------------------------------------------------------------------------

    def meta(self, key: str) -> str | None:
        found = self.database.rows("SELECT value FROM meta WHERE key = ?", key)
        return found[0][0] if found else None

    def set_meta(self, key: str, value: str) -> None:
        if self.meta(key) != value:
            self.database.write((SET_META, [(key, value)]))

    def keep(self, key: str, value: str) -> None:
        """Like `set_meta`, for what can be had again: where the disk refuses, it is not kept."""
        if self.meta(key) != value:
            with contextlib.suppress(StoreBusyError):
                self.database.transact((SET_META, [(key, value)]))

    def hold(self, *statements: Statement) -> None:
        """For what may come to the disk later; where the disk refuses, it is kept in memory like all else."""
        try:
            self.database.transact(*statements)
        except StoreBusyError:
            self.database.write(*statements)

    def prune(self, before: datetime) -> None:
        """Drops what is older, but for the newest snapshot and attempt of each source."""
        self.database.write(*speakers.pruned(before), ("DELETE FROM alert WHERE due_at < ?", [(rows.to_us(before),)]))


KEEP = timedelta(days=400)
"""Readings are the history that charts and forecasts are drawn from: more than a year of them."""
