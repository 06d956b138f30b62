"""Reports for scripts. The field names are those that scripts written for ccusage read; ours are added beside them.

A period stands under both names in use, `date` and `period`. All numbers are JSON numbers, costs in US dollars at
list prices and unrounded; where `unpricedModels` is there, the cost is the least it can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from usagetray.domain.blocks import Block, Pace, pace
from usagetray.domain.reports import Figures, ModelFigures, Report, Row
from usagetray.domain.weekly import Day, Week
from usagetray.views.plain import MOST_SHOWN, plain

PERIODS = {"daily": "date", "weekly": "week", "monthly": "month"}
"""The reports over time, and what their rows call the period."""

Json = dict[str, Any]


def over_time(kind: str, report: Report) -> Json:
    """`kind`: one of `PERIODS`."""
    return {kind: [_period_row(PERIODS[kind], row) for row in report.rows], "totals": _totals(report.total)}


def by_project_folder(kind: str, reports: Mapping[str, Report], total: Figures) -> Json:
    """What `--instances` gives: of each project's folder its rows over time."""
    rows = {
        name: [{**_period_row(PERIODS[kind], row), "project": name} for row in reports[folder].rows]
        for folder, name in _told_apart(reports).items()
    }
    return {"projects": rows, "totals": _totals(total)}


def sessions(report: Report) -> Json:
    """The list stands there under both names in use."""
    rows = [
        {
            "sessionId": plain(row.key),
            "period": plain(row.key),
            "agent": plain(row.providers[0]),
            "projectPath": plain(row.first.folder or row.first.project),
            "project": plain(row.first.project),
            "directory": None,  # of the log file; the ledger counts responses, and does not keep where they stood
            "sessionFile": None,
            "firstActivity": instant(row.figures.first_at),
            "lastActivity": instant(row.figures.last_at),
            "metadata": {
                "lastActivity": instant(row.figures.last_at),
                "reasoningOutputTokens": row.figures.reasoning,
            },
            **_figures(row),
        }
        for row in report.rows
    ]
    return {"sessions": rows, "session": rows, "totals": _totals(report.total)}


def grouped(kind: str, report: Report) -> Json:
    """By project, model or app: `kind` names the list and the key of each row."""
    rows = [
        {
            kind: plain(row.key),
            **({"task": plain(row.first.task)} if kind == "app" else {}),
            **_all_agents(row),
            **_figures(row),
        }
        for row in report.rows
    ]
    return {kind: rows, "totals": _totals(report.total)}


def week(found: Week) -> Json:
    """One week in detail; null where it is too early to say, or nothing has a price."""
    return {
        "startsAt": instant(found.starts_at),
        "endsAt": instant(found.ends_at),
        "isOver": found.is_over,
        **_counts(found.total),
        "totalCost": number(found.total.cost.usd),
        **_unpriced(found.total),
        "cacheHitRate": found.total.hit_rate,
        "projectedMonthCost": _maybe(found.month_usd),
        "projection": "week x 52/12",
        "uncachedCost": _maybe(found.uncached_usd),
        "savedByCaching": _maybe(found.saved_usd),
        "outputShareOfCost": found.output_share,
        "cheapestDay": _day(found.cheapest),
        "dearestDay": _day(found.dearest),
        "averageDayCost": _maybe(found.mean_day_usd),
        "daysWithUse": len(found.days),
        "models": grouped("model", found.models)["model"],
        "projects": grouped("project", found.projects)["project"],
    }


def blocks(found: Iterable[tuple[Block, Row | None]], now: datetime) -> Json:
    """`found`: each block with its row; None for a gap."""
    return {"blocks": [_block(block, row, pace(block, now)) for block, row in found]}


# ---- rows --------------------------------------------------------------------------------------------------


def _period_row(name: str, row: Row) -> Json:
    return {name: row.key, "period": row.key, **_all_agents(row), **_figures(row)}


def _all_agents(row: Row) -> Json:
    return {"agent": "all", "metadata": {"agents": [plain(each) for each in row.providers]}}


def _figures(row: Row) -> Json:
    names = _told_apart([each.model for each in row.models])
    return {
        **_counts(row.figures),
        **_cost(row.figures),
        "cacheHitRate": row.figures.hit_rate,
        "modelsUsed": list(names.values()),
        "modelBreakdowns": [_breakdown(each, names[each.model]) for each in row.by_cost],
        "models": {
            names[each.model]: {**_counts(each.figures), "isFallback": each.is_assumed, **_cost(each.figures)}
            for each in row.models
        },
    }


def _breakdown(each: ModelFigures, name: str) -> Json:
    tokens = each.figures.tokens
    unpriced = each.figures.cost.unpriced_tokens
    return {
        "modelName": name,
        "inputTokens": tokens.input,
        "outputTokens": tokens.output,
        "cacheCreationTokens": tokens.cache_write_5m + tokens.cache_write_1h,
        "cacheReadTokens": tokens.cache_read,
        "cost": number(each.figures.cost.usd),
        **({"unpricedTokens": unpriced} if unpriced else {}),
    }


def _totals(figures: Figures) -> Json:
    return {**_counts(figures), **_cost(figures)}


def _counts(figures: Figures) -> Json:
    tokens = figures.tokens
    return {
        "inputTokens": tokens.input,
        "outputTokens": tokens.output,
        "cacheCreationTokens": tokens.cache_write_5m + tokens.cache_write_1h,
        "cacheReadTokens": tokens.cache_read,
        "reasoningOutputTokens": figures.reasoning,
        "totalTokens": tokens.total,
        "requests": figures.responses,
    }


def _cost(figures: Figures) -> Json:
    """Under both names in use. A model without a price counts nothing, and is named."""
    usd = number(figures.cost.usd)
    return {"totalCost": usd, "costUSD": usd, **_unpriced(figures)}


def _unpriced(figures: Figures) -> Json:
    if not figures.cost.unpriced:
        return {}
    return {
        "unpricedModels": [plain(each) for each in figures.cost.unpriced],
        "unpricedTokens": figures.cost.unpriced_tokens,
    }


def _day(day: Day | None) -> Json | None:
    return None if day is None else {"date": day.day, "totalCost": number(day.usd)}


def _block(block: Block, row: Row | None, pace_: Pace | None) -> Json:
    tokens = row.figures.tokens if row else None
    usd = number(row.figures.cost.usd) if row else 0
    starts = instant(block.starts_at)
    return {
        "id": f"gap-{starts}" if block.is_gap else starts,
        "startTime": starts,
        "endTime": instant(block.ends_at),
        "actualEndTime": instant(block.last_at),
        "isActive": block.is_active,
        "isGap": block.is_gap,
        "entries": block.responses,
        "tokenCounts": {
            "inputTokens": tokens.input if tokens else 0,
            "outputTokens": tokens.output if tokens else 0,
            "cacheCreationInputTokens": tokens.cache_write_5m + tokens.cache_write_1h if tokens else 0,
            "cacheReadInputTokens": tokens.cache_read if tokens else 0,
        },
        "totalTokens": tokens.total if tokens else 0,
        "costUSD": usd,
        "models": [plain(each.model) for each in row.models] if row else [],
        "burnRate": _burn_rate(pace_, row.figures) if pace_ and row else None,
        "projection": _projection(pace_, row.figures) if pace_ and row else None,
        "agent": plain(block.provider),
        "account": plain(block.account) or None,
        "boundedBy": None if block.is_gap else "server" if block.by_server else "log",
        **(_unpriced(row.figures) if row else {}),
    }


def _burn_rate(pace_: Pace, figures: Figures) -> Json:
    tokens = figures.tokens
    return {
        "tokensPerMinute": pace_.per_minute(tokens.total),
        "tokensPerMinuteForIndicator": pace_.per_minute(tokens.input + tokens.output),
        "costPerHour": pace_.per_minute(float(figures.cost.usd)) * 60,
    }


def _projection(pace_: Pace, figures: Figures) -> Json:
    return {
        "remainingMinutes": pace_.remaining_minutes,
        "totalTokens": round(pace_.at_the_end(figures.tokens.total)),
        "totalCost": round(pace_.at_the_end(float(figures.cost.usd)), 2),
    }


def _told_apart(names: Iterable[str]) -> dict[str, str]:
    """Names from outside as they may be printed. Two that would look alike get a number: each is a key of its own."""
    found: dict[str, str] = {}
    for name in names:
        shown, number = plain(name), 1
        while shown in found.values():
            number += 1
            shown = f"{plain(name, MOST_SHOWN - 5)} ({number})"
        found[name] = shown
    return found


# ---- values ------------------------------------------------------------------------------------------------


def number(amount: Decimal) -> float:
    return float(amount)


def _maybe(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def instant(at: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds, as "2026-11-20T21:01:36.000Z"."""
    return None if at is None else at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
