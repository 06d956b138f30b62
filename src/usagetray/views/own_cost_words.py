"""What this program itself cost, in words: for `doctor cost` and the page about privacy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta, tzinfo

from usagetray.domain.own_cost import CallCounts, Effort, OwnCost
from usagetray.language import tr, tr_later, tr_n
from usagetray.views.figures import ago, instant, number
from usagetray.views.grid import Column, Line, grid, wrapped
from usagetray.views.plain import plain

UNTOLD = "–"
"""Stands where the system does not tell; a zero is a zero."""
UNITS = (
    (10**9, tr_later("{count} GB")),
    (10**6, tr_later("{count} MB")),
    (10**3, tr_later("{count} KB")),
    (1, tr_later("{count} B")),
)


def size(count: int | None) -> str:
    """ "4.2 MB", "312 KB", "0 B"; a dash for what nobody told."""
    if count is None:
        return UNTOLD
    unit, text = next((each for each in UNITS if count >= each[0]), UNITS[-1])
    value = count / unit
    return tr(text, count=number(value, ",.1f" if value < 9.95 and unit > 1 else ",.0f")).replace(" ", "\u00a0")


def seconds(span: timedelta) -> str:
    """Processor time: "0.42 s", "14 s"; with minutes from ten of them on."""
    value = span.total_seconds()
    if value >= 600:
        return tr("{count} min", count=number(value / 60, ",.0f")).replace(" ", "\u00a0")
    return tr("{count} s", count=number(value, ".2f" if value < 10 else ",.0f")).replace(" ", "\u00a0")


def summary(cost: OwnCost) -> str:
    """One sentence, for a page that has no room for a table."""
    calls = cost.calls_this_day
    sent = tr_n("{count} request today", "{count} requests today", calls.requests)
    if not calls.requests:
        return tr("Nothing was sent to anybody today (UTC).")
    return tr(
        "{requests} (UTC), {out} sent and {back} received.",
        requests=sent,
        out=size(calls.bytes_out),
        back=size(calls.bytes_in),
    )


def host_rows(cost: OwnCost, zone: tzinfo) -> tuple[tuple[str, str, str], ...]:
    """Of each server: its name, what for, and a sentence of figures."""
    return tuple(
        (
            plain(each.host, 60),
            plain(each.purpose, 40),
            tr(
                "{count} in seven days, {out} sent, {back} received; the last {when}",
                count=number(each.this_week.requests),
                out=size(each.this_week.bytes_out),
                back=size(each.this_week.bytes_in),
                when=instant(each.last_at, cost.at, zone),
            ),
        )
        for each in cost.hosts
    )


def brief(cost: OwnCost) -> tuple[tuple[str, str, str], ...]:
    """A head and some rows for a page of a window: what for, today, in seven days."""
    day, week, calls = cost.this_day, cost.this_week, (cost.calls_this_day, cost.calls_this_week)
    return (
        ("", tr("today"), tr("7 days")),
        (tr("Processor time"), seconds(day.processor), seconds(week.processor)),
        (tr("Memory, at most"), size(day.memory_peak), size(week.memory_peak)),
        (tr("Written to the disk"), size(day.written), size(week.written)),
        (tr("Requests sent"), number(calls[0].requests), number(calls[1].requests)),
        (tr("Bytes received"), size(calls[0].bytes_in), size(calls[1].bytes_in)),
    )


# ---- the page of the terminal ------------------------------------------------------------------------------


def page(cost: OwnCost, zone: tzinfo, width: int) -> list[Line]:
    """Everything, as a table of what was taken and one of the servers."""
    noted = tr("noted {when}", when=ago(cost.as_of, cost.at)) if cost.as_of else tr("no tray has run yet")
    lines: list[Line] = [(tr("What usagetray itself takes ({noted})", noted=noted), "bold"), ("", "")]
    lines += grid(_efforts(cost), width)
    lines += [("", ""), *wrapped(_kept(cost), width), ("", "")]
    if not cost.hosts:
        return [*lines, *wrapped(tr("No server was ever asked anything by this profile."), width)]
    lines += [(tr("Every server that was asked"), "bold"), ("", ""), *_hosts(cost, zone, width), ("", "")]
    lines += wrapped(
        tr(
            "Days are from midnight to midnight UTC; what failed (had no answer that could be used), was sent and "
            "received is of the last seven. After {most} "
            "requests to one server in a day no more are sent.",
            most=number(cost.ceiling),
        ),
        width,
    )
    refused = [each for each in cost.hosts if each.this_day.refused]
    for each in refused:
        text = tr(
            "{host} has had its day’s requests: {count} more were not sent, and it is asked again after midnight UTC. "
            "That should not happen: please report it with `usagetray doctor --report`.",
            host=plain(each.host, 60),
            count=number(each.this_day.refused),
        )
        lines += [("", ""), *wrapped(text, width, "warn")]
    return lines


def _efforts(cost: OwnCost) -> list[Column]:
    taken: list[tuple[str, Callable[[Effort], str]]] = [
        (tr("Processor time"), lambda each: seconds(each.processor)),
        (tr("Processor time of the popup and allowed programs"), lambda each: seconds(each.children)),
        (tr("Memory, at most"), lambda each: size(each.memory_peak)),
        (tr("Memory, at last"), lambda each: size(each.memory)),
        (tr("Written to the disk"), lambda each: size(each.written)),
        (tr("Rows written to the history"), lambda each: number(each.rows)),
        (tr("Looks at the tools’ logs"), lambda each: number(each.looks)),
    ]
    sent: list[tuple[str, Callable[[CallCounts], str]]] = [
        (tr("Requests sent"), lambda each: number(each.requests)),
        (tr("Bytes sent"), lambda each: size(each.bytes_out)),
        (tr("Bytes received"), lambda each: size(each.bytes_in)),
    ]
    calls = (cost.calls_this_day, cost.calls_this_week)
    return [
        Column(head="", cells=[name for name, _ in (*taken, *sent)], is_text=True, least=20),
        Column(
            head=tr("today"),
            cells=[*(of(cost.this_day) for _, of in taken), *(of(calls[0]) for _, of in sent)],
        ),
        Column(
            head=tr("7 days"),
            cells=[*(of(cost.this_week) for _, of in taken), *(of(calls[1]) for _, of in sent)],
        ),
    ]


def _kept(cost: OwnCost) -> str:
    logs = size(cost.log_bytes)
    return tr("On the disk: {history} of history, {logs} of logs.", history=size(cost.store_bytes), logs=logs)


def _hosts(cost: OwnCost, zone: tzinfo, width: int) -> list[Line]:
    """A row of figures for each, and below it what for and since when: side by side they would cut the names off."""
    found = cost.hosts
    head, *figures = grid(
        [
            Column(head=tr("Server"), cells=[plain(each.host, 60) for each in found], is_text=True, least=16),
            Column(head=tr("today"), cells=[number(each.this_day.requests) for each in found]),
            Column(head=tr("7 days"), cells=[number(each.this_week.requests) for each in found]),
            Column(head=tr("failed"), cells=[number(each.this_week.failures) for each in found]),
            Column(head=tr("sent"), cells=[size(each.this_week.bytes_out) for each in found], spare=1),
            Column(head=tr("received"), cells=[size(each.this_week.bytes_in) for each in found], spare=1),
        ],
        width,
    )
    lines = [head]
    for each, row in zip(found, figures, strict=True):
        first, last = instant(each.first_at, cost.at, zone), instant(each.last_at, cost.at, zone)
        text = tr("for {purpose}; first {first}, last {last}", purpose=plain(each.purpose, 40), first=first, last=last)
        lines += [row, *wrapped(text, width, "dim", "  ")]
    return lines
