"""Reports for spreadsheets: one line for each model of each row, counts whole, costs in dollars unrounded.

A cost that is not known is an empty cell. What a log or a vendor called something can be no formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

from usagetray.domain.blocks import Block
from usagetray.domain.reports import Figures, ModelFigures, Report, Row
from usagetray.views.plain import csv_cell
from usagetray.views.report_json import PERIODS, instant

COUNTS = (
    *("requests", "input_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "cache_read_tokens"),
    *("output_tokens", "reasoning_tokens", "total_tokens", "list_price_usd", "unpriced_tokens"),
)


def report_csv(kind: str, report: Report) -> str:
    """`kind`: "daily", "session", "project", ... Without a line break at the end."""
    heads = {"session": ("session", "project", "first_at", "last_at"), "app": ("app", "task")}
    head = heads.get(kind, (PERIODS.get(kind, kind),))
    lines = [[*_texts(kind, row), *_model(row, each)] for row in report.rows for each in row.by_cost]
    return _written([*head, "providers", "model", *COUNTS], lines)


def blocks_csv(found: Iterable[tuple[Block, Row | None]]) -> str:
    lines = []
    for block, row in found:
        if row is not None:
            ends = [instant(block.starts_at), instant(block.ends_at), instant(block.last_at)]
            how = "server" if block.by_server else "log"
            active = "true" if block.is_active else "false"
            lines += [[*ends, how, active, csv_cell(block.account), *_model(row, each)] for each in row.by_cost]
    head = ["start", "end", "last_at", "bounded_by", "active", "account"]
    return _written([*head, "providers", "model", *COUNTS], lines)


def _texts(kind: str, row: Row) -> list[str | None]:
    key = csv_cell(row.key)
    if kind == "session":
        return [key, csv_cell(row.first.project), instant(row.figures.first_at), instant(row.figures.last_at)]
    return [key, csv_cell(row.first.task)] if kind == "app" else [key]


def _model(row: Row, each: ModelFigures) -> list[object]:
    return [csv_cell(" ".join(row.providers)), csv_cell(each.model), *_counts(each.figures)]


def _counts(figures: Figures) -> list[object]:
    tokens, cost = figures.tokens, figures.cost
    is_unknown = cost.unpriced_tokens == tokens.total and tokens.total > 0
    return [
        figures.responses,
        tokens.input,
        tokens.cache_write_5m,
        tokens.cache_write_1h,
        tokens.cache_read,
        tokens.output,
        figures.reasoning,
        tokens.total,
        "" if is_unknown else _amount(cost.usd),
        cost.unpriced_tokens,
    ]


def _amount(usd: Decimal) -> str:
    """All its digits, without those that say nothing, and never as a power of ten."""
    text = f"{usd:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _written(head: list[str], lines: list[list[object]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(lines)
    return stream.getvalue().rstrip("\n")
