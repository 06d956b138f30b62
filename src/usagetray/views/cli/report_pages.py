"""What `usagetray report` can print: each report as JSON, as CSV or as text, made only in the form that is asked for.

What only another form needs is imported there: a script that asks every minute waits for none of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from usagetray.domain.rates import RateTable
from usagetray.domain.reports import Figures, Report, added
from usagetray.domain.weekly import Week
from usagetray.edges.store import Store
from usagetray.quick_dataclass import dataclass
from usagetray.spine import reporting
from usagetray.spine.reporting import Question
from usagetray.views import report_json

if TYPE_CHECKING:
    from usagetray.views.grid import Line

UNFINISHED_LINES = 1_000_000
"""So many bytes behind the last whole lines of the logs are only lines that are being written."""
NARROWEST, WIDEST = 40, 120
NO_LEDGER = (
    "Nothing counted yet. Figures appear after your first session.",
    "`usagetray providers` says where it looks.",
)
NO_APP = ("No program of yours has recorded a call yet.", "`usagetray log --help` says how one does.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One report, not yet in any form."""

    lines: Callable[[], list[Line]]
    json: Callable[[], dict[str, Any]]
    csv: Callable[[], str]
    total: Figures
    models: frozenset[str]  # as logged

    @property
    def is_empty(self) -> bool:
        return not self.models


def page(what: str, store: Store | None, question: Question, table: RateTable, now: datetime) -> Page:
    if what == "block":
        return _blocks(store, question, table, now)
    found = reporting.report_of(what, store, question, table) if store else Report(rows=(), total=added(()))

    def latest() -> Week | None:
        if what != "weekly" or store is None:
            return None
        today = now.astimezone(question.zone).date()
        begun = [day for row in found.rows if (day := date.fromisoformat(row.key)) <= today]  # clocks may be ahead
        return reporting.week_of(begun[-1], store, question, table, now) if begun else None

    def as_lines() -> list[Line]:
        from usagetray.views.report_table import report_lines, week_lines

        lines, week = report_lines(what, found, question.zone, width()), latest()
        return lines if week is None else [*lines, ("", ""), *week_lines(week, question.zone, width())]

    def as_json() -> dict[str, Any]:
        if what in report_json.PERIODS:
            shown, week = report_json.over_time(what, found), latest()
            return {**shown, "latestWeek": week and report_json.week(week)} if what == "weekly" else shown
        return report_json.sessions(found) if what == "session" else report_json.grouped(what, found)

    def as_csv() -> str:
        from usagetray.views.report_csv import report_csv

        return report_csv(what, found)

    models = frozenset(each.model for row in found.rows for each in row.models)
    return Page(lines=as_lines, json=as_json, csv=as_csv, total=found.total, models=models)


def _blocks(store: Store | None, question: Question, table: RateTable, now: datetime) -> Page:
    found = reporting.blocks_of(store, question, table, now) if store else ()
    rows = [row for _, row in found if row is not None]
    total = added([row.figures for row in rows])

    def as_lines() -> list[Line]:
        from usagetray.views.report_table import block_lines

        return block_lines(found, total, question.zone, now, width())

    def as_csv() -> str:
        from usagetray.views.report_csv import blocks_csv

        return blocks_csv(found)

    return Page(
        lines=as_lines,
        json=lambda: report_json.blocks(found, now),
        csv=as_csv,
        total=total,
        models=frozenset(each.model for row in rows for each in row.models),
    )


def by_folder(what: str, store: Store | None, question: Question, table: RateTable) -> dict[str, Any]:
    """The JSON of a report over time, for each project's folder by itself."""
    folders = reporting.by_folder(what, store, question, table) if store else {}
    return report_json.by_project_folder(what, folders, added([each.total for each in folders.values()]))


def text(
    shown: Page, what: str, store: Store | None, question: Question, table: RateTable, now: datetime
) -> list[Line]:
    """The page with what stands under it."""
    from usagetray.views.grid import wrapped
    from usagetray.views.report_table import footer
    from usagetray.views.report_words import old_prices

    if shown.is_empty:
        lines = [line for sentence in _nothing(what, store, question) for line in wrapped(sentence, width())]
    else:
        lines = [*shown.lines(), ("", ""), *footer(shown.total, width())]
    notes = [*old_prices(shown.models, table, now.date()), *(_not_indexed(store, now) if store else ())]
    return [*lines, *(line for note in notes for line in wrapped(note, width(), "warn"))]


def width() -> int:
    return max(NARROWEST, min(shutil.get_terminal_size((80, 24)).columns, WIDEST))


def _nothing(what: str, store: Store | None, question: Question) -> tuple[str, ...]:
    """What to say of an empty report, sentence by sentence: a command to type stands in one line."""
    if what == "app":
        return NO_APP
    if store is None or not store.index_state().files:
        return NO_LEDGER
    asked = [
        f"from {question.since} on" if question.since and not question.until else "",
        f"up to {question.until}" if question.until and not question.since else "",
        f"from {question.since} to {question.until}" if question.since and question.until else "",
        f"by {question.provider}" if question.provider else "",
    ]
    limits = " ".join(filter(None, asked))
    return (f"Nothing was counted {limits}: without that it reports all there is.",) if limits else NO_LEDGER


def _not_indexed(store: Store, now: datetime) -> list[str]:
    from usagetray.views.report_words import not_indexed

    state = store.index_state()
    pending = state.bytes_seen - state.bytes_read
    return not_indexed(
        pending_bytes=pending if pending > UNFINISHED_LINES else 0,
        skipped=state.skipped,
        aside=state.aside,
        finished_at=state.finished_at,
        now=now,
    )
