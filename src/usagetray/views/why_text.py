"""`usagetray report block --why` for people: a page of each window."""

from __future__ import annotations

from datetime import tzinfo

from usagetray.domain.forensics import Why
from usagetray.domain.moments import moments
from usagetray.language import tr
from usagetray.overview import AccountView, Overview, WindowView
from usagetray.views import why_words as words
from usagetray.views.allowance_words import allowance_lines
from usagetray.views.amounts import share
from usagetray.views.figures import countdown, instant, percent
from usagetray.views.grid import Column, Line, grid, labelled, wrapped
from usagetray.views.plain import plain
from usagetray.views.words import account_name, has_day, window_name

MOST_TAKERS = 8
SIDE = 13
MOMENT_SIDE = 16


def why_lines(
    account: AccountView, window: WindowView, found: Why, overview: Overview, zone: tzinfo, width: int
) -> list[Line]:
    now = overview.generated_at
    by_day = has_day(window)
    is_over = found.resets_at <= now
    name = f"{account_name(account, overview.accounts)} {window_name(window)}"
    when = instant(found.resets_at, now, zone, with_day=by_day)
    until = f"ended {when}" if is_over else f"resets {when}, {countdown(found.resets_at, now)}"
    lines = wrapped(f"{name}: {percent(found.used)} used, {until}", width, "bold")
    since = instant(found.starts_at, now, zone, with_day=by_day)
    stated = f"stated {instant(found.stated_at, now, zone)}" if is_over else words.source(window, now)
    lines += wrapped(f"Since {since}. {stated[:1].upper()}{stated[1:]}.", width, "dim")
    lines += [("", ""), *_takers(found, width)]
    facts = (
        ("Projects", words.projects(found)),
        ("Models", words.models(found)),
        ("Sub-agents", words.agents(found)),
        ("Own programs", words.programs(found)),
    )
    told = [line for label, text in facts if text for line in labelled(label, text, SIDE, width)]
    if told:
        lines += [("", ""), *told]
    dear = moments(found)
    if dear:
        lines += [("", ""), ("Dearest moments", "bold")]
        for moment in dear:
            at = f"{instant(moment.at, now, zone, with_day=by_day):>9}  {share(moment.share):>4}"
            where = plain(moment.app, 40) or words.project(moment.project)
            lines += labelled(at, f"{where}: {words.moment(moment)}", MOMENT_SIDE, width)
    lines.append(("", ""))
    for remark in (*allowance_lines(window), *words.remarks(found, now, zone)):
        lines += wrapped(remark, width, "dim")
    return lines


def _takers(found: Why, width: int) -> list[Line]:
    own = words.takers(found)
    shown, rest = own[:MOST_TAKERS], own[MOST_TAKERS:]
    elsewhere = found.elsewhere >= words.LEAST_SHOWN
    names = [each.name for each in shown]
    sessions = [each.session for each in shown]
    counts = [f"{each.responses:,}" for each in shown]
    shares = [share(each.share) for each in shown]
    if rest:
        names.append(f"{len(rest)} more")
        sessions.append("")
        counts.append(f"{sum(each.responses for each in rest):,}")
        shares.append(share(sum(each.share for each in rest)))
    if elsewhere:
        names.append(tr(words.ELSEWHERE))
        sessions.append("")
        counts.append("")
        shares.append(share(found.elsewhere))
    if not names:
        return [("Nothing was used of it.", "")]
    return grid(
        [
            Column(head="Who", cells=names, is_text=True),
            Column(head="Session", cells=sessions, is_text=True, spare=1),
            Column(head="Responses", cells=counts, spare=2),
            Column(head="Of the limit", cells=shares),
        ],
        width,
    )


def nothing() -> list[Line]:
    return [
        ("No window to explain: that takes readings of a limit and logs of the same tool.", ""),
        ("`usagetray providers` says what is read.", ""),
    ]
