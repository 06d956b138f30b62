"""Reports for people: a table that fits the terminal, its totals, and what the figures leave out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from usagetray.domain.blocks import Block, Pace, pace
from usagetray.domain.reports import Figures, Report, Row
from usagetray.domain.weekly import Day, Week
from usagetray.views.amounts import dollars, share, tokens
from usagetray.views.figures import countdown
from usagetray.views.grid import Column, Line, grid, labelled, wrapped
from usagetray.views.plain import clip, plain
from usagetray.views.report_words import CACHE, LIST_PRICES, cost_cell, least

TITLES = {
    "daily": ("Use by day", "Day"),
    "weekly": ("Use by week", "Week of"),
    "monthly": ("Use by month", "Month"),
    "session": ("Use by session, the last used at the end", "Last used"),
    "project": ("Use by project", "Project"),
    "model": ("Use by model", "Model"),
    "app": ("Use by your own programs", "Program"),
    "block": ("Blocks of five hours", "Block"),
}
AT_LIST_PRICES = " · at list prices"
MOST_PROJECTS = 8
SIDE = 9
WEEK = timedelta(days=7)
_DATED = re.compile(r"-20\d{6}$")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def report_lines(kind: str, report: Report, zone: tzinfo, width: int) -> list[Line]:
    """The page of any report but the blocks'. `kind`: a key of `TITLES`."""
    title, head = TITLES[kind]
    rows, total = report.rows, report.total
    names = [_name(kind, row, zone) for row in rows]
    whole = 16 if kind == "session" else 8  # of an instant nothing can be left out
    texts = [Column(head=head, cells=names, total="Total", is_text=True, least=whole)]
    if kind == "session":
        texts.append(Column(head="Project", cells=[_tail(row.first.project) for row in rows], is_text=True, spare=1))
    if kind == "app":
        texts.append(Column(head="Task", cells=[plain(row.first.task, 24) for row in rows], is_text=True, spare=3))
        texts.append(Column(head="Model", cells=[_models(row) for row in rows], is_text=True))
    shown = [*texts, *_figures([row.figures for row in rows], total, requests=kind in ("app", "model", "project"))]
    if kind in ("daily", "weekly", "monthly"):
        shown.append(Column(head="Models", cells=[_models(row) for row in rows], is_text=True, spare=6))
    return [(title + AT_LIST_PRICES, "bold"), ("", ""), *grid(shown, width)]


def week_lines(found: Week, zone: tzinfo, width: int) -> list[Line]:
    """One week in detail, under the table of weeks."""
    begins = found.starts_at.astimezone(zone).date()
    sofar = "" if found.is_over else f", {_days(found.elapsed)} so far"
    models = found.models.rows
    lines: list[Line] = [(f"Week of {_date(begins.isoformat())}{sofar}", "bold"), ("", "")]
    names = Column(head="Model", cells=[plain(row.models[0].model, 48) for row in models], total="Total", is_text=True)
    lines += grid([names, *_figures([row.figures for row in models], found.total)], width)
    lines.append(("", ""))
    for label, text in _remarks(found):
        lines += labelled(label, text, SIDE, width)
    return [*lines, ("", ""), *_projects(found, width)]


def block_lines(
    found: Sequence[tuple[Block, Row | None]], total: Figures, zone: tzinfo, now: datetime, width: int
) -> list[Line]:
    """`found`: each block with its row; gaps are left out."""
    full = [(block, row) for block, row in found if row is not None]
    several = len({(block.provider, block.account) for block, _ in full}) > 1
    spans = [_span(block, zone) for block, _ in full]
    texts = [Column(head="Block", cells=spans, total="Total", is_text=True, least=24)]
    if several:
        texts.append(Column(head="Of", cells=[plain(block.provider, 12) for block, _ in full], is_text=True))
    ends = ["server" if block.by_server else "log" for block, _ in full]
    texts.append(Column(head="Ends by", cells=ends, is_text=True))
    shown = [*texts, *_figures([row.figures for _, row in full], total)]
    lines = [(TITLES["block"][0] + AT_LIST_PRICES, "bold"), ("", ""), *grid(shown, width)]
    for block, row in full:
        if block.is_active:
            lines += [("", ""), *_active(block, row, pace(block, now), now, width)]
    note = "Ends by server: at the reset the server stated. By log: reckoned from the full hour of the first response."
    return [*lines, ("", ""), *wrapped(note, width, "dim")]


# ---- columns -----------------------------------------------------------------------------------------------


def _figures(each: Sequence[Figures], total: Figures, *, requests: bool = False) -> list[Column]:
    def column(head: str, cell: str, spare: int = 0) -> Column:
        return Column(
            head=head,
            cells=[_CELLS[cell](figures) for figures in each],
            total=_CELLS[cell](total),
            spare=spare,
        )

    counted = [column("Requests", "requests", 4)] if requests else []
    return [
        *counted,
        column("Input", "input"),
        column("Written", "written", 5),
        column("Read", "read", 2),
        column("Hit", "hit", 3),
        column("Output", "output"),
        column("Cost", "cost"),
    ]


_CELLS = {
    "requests": lambda each: f"{each.responses:,}",
    "input": lambda each: tokens(each.tokens.input),
    "written": lambda each: tokens(each.tokens.cache_write_5m + each.tokens.cache_write_1h),
    "read": lambda each: tokens(each.tokens.cache_read),
    "hit": lambda each: share(each.hit_rate),
    "output": lambda each: tokens(each.tokens.output),
    "cost": lambda each: cost_cell(each.cost),
}


def _name(kind: str, row: Row, zone: tzinfo) -> str:
    if kind == "session":
        at = row.figures.last_at
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else ""
    return _tail(row.key) if kind == "project" else plain(row.key, 48) or "(no name)"


def _models(row: Row) -> str:
    """The dearest without its date, and how many more."""
    more = len(row.models) - 1
    return _DATED.sub("", plain(row.by_cost[0].model, 48)) + (f" +{more}" if more else "")


def _tail(path: str) -> str:
    """The last two folders of a path, whichever system's."""
    parts = [part for part in plain(path, 400).replace("\\", "/").split("/") if part]
    return clip("/".join(parts[-2:]), 32) or "(no folder)"


# ---- words -------------------------------------------------------------------------------------------------


def footer(total: Figures, width: int) -> list[Line]:
    """What holds for every report: what its costs are, and what they leave out."""
    lines = wrapped(LIST_PRICES, width, "dim")
    if said := least(total.cost):
        lines += wrapped(said, width, "warn")
    return [*lines, *wrapped(CACHE, width, "dim")]


def _remarks(found: Week) -> list[tuple[str, str]]:
    bound = "at least " if found.total.cost.is_lower_bound else ""
    said = []
    if found.month_usd is not None:
        is_whole = abs(found.elapsed - WEEK) <= timedelta(hours=1)
        how = "this week × 52/12" if is_whole else f"{_days(found.elapsed)} taken as 7, × 52/12"
        said.append(("Month", f"about {bound}{dollars(found.month_usd, whole=True)} at this pace ({how})"))
    elif found.total.responses:
        said.append(("Month", "too early to say: less than a day of the week has passed, or nothing has a price"))
    saved, uncached = found.saved_usd, found.uncached_usd
    if saved is not None and uncached is not None:
        of = f"without a cache the cost would have been {dollars(uncached)}"
        said.append(
            (
                "Caching",
                f"saved {dollars(saved, whole=True)}; {of}"
                if saved >= 0
                else f"cost {dollars(-saved, whole=True)} more; {of}",
            )
        )
    if found.output_share is not None:
        said.append(("Output", f"{share(found.output_share)} of the cost"))
    if found.cheapest and found.dearest and found.mean_day_usd is not None:
        days = f"cheapest {_day(found.cheapest)}, dearest {_day(found.dearest)}, average {dollars(found.mean_day_usd)}"
        count = len(found.days)
        said.append(("Days", f"{days} over {count} day{'' if count == 1 else 's'} with use"))
    return said


def _projects(found: Week, width: int) -> list[Line]:
    rows = found.projects.rows
    shown, rest = rows[:MOST_PROJECTS], rows[MOST_PROJECTS:]
    usd = found.total.cost.usd
    names = [_tail(row.key) for row in shown]
    figures = [row.figures for row in shown]
    shares = [share(float(each.cost.usd / usd)) if usd else share(None) for each in figures]
    lines = grid(
        [
            Column(head="Project", cells=names, is_text=True),
            Column(head="Requests", cells=[f"{each.responses:,}" for each in figures], spare=1),
            Column(head="Tokens", cells=[tokens(each.tokens.total) for each in figures]),
            Column(head="Cost", cells=[cost_cell(each.cost) for each in figures]),
            Column(head="Share", cells=shares),
        ],
        width,
    )
    if rest:
        lines.append((f"and {len(rest)} more: `usagetray report project`", "dim"))
    return lines


def _active(block: Block, row: Row, found: Pace | None, now: datetime, width: int) -> list[Line]:
    ends = countdown(block.ends_at, now)
    if found is None:
        return wrapped(f"The block that runs now ends {ends}.", width)
    cost, count = row.figures.cost, row.figures.tokens.total
    bound = "at least " if cost.is_lower_bound else ""
    an_hour = Decimal(found.per_minute(float(cost.usd)) * 60)
    at_the_end = Decimal(found.at_the_end(float(cost.usd)))
    text = (
        f"The block that runs now ends {ends}. It uses {tokens(round(found.per_minute(count)))} tokens a minute, "
        f"{bound}{dollars(an_hour)} an hour; at this pace it comes to {tokens(round(found.at_the_end(count)))} tokens "
        f"and about {bound}{dollars(at_the_end)}."
    )
    return wrapped(text, width)


def _span(block: Block, zone: tzinfo) -> str:
    starts, ends = block.starts_at.astimezone(zone), block.ends_at.astimezone(zone)
    return f"{starts:%Y-%m-%d %H:%M}–{ends:%H:%M}{' ▸' if block.is_active else ''}"


def _day(day: Day) -> str:
    return f"{_date(day.day)} {dollars(day.usd)}"


def _date(day: str) -> str:
    """ "Mon 16 Nov" would leave out the year: "Mon 2026-11-16"."""
    return f"{_DAYS[datetime.fromisoformat(day).weekday()]} {day}"


def _days(span: timedelta) -> str:
    count = span / timedelta(days=1)
    return f"{count:.1f}".removesuffix(".0") + (" day" if count == 1 else " days")
