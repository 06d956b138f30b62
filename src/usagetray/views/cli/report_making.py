"""Makes a report: what was used, from the tools' own logs, at list prices; as a table, as JSON or as CSV."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from contextlib import closing
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

import msgspec

from usagetray.edges.store import open_reader
from usagetray.edges.tables import rate_table
from usagetray.errors import UnwritableError, UserError
from usagetray.profile import Profile, local_zone
from usagetray.settings.reading import load
from usagetray.spine.reporting import Question
from usagetray.views import report_json
from usagetray.views.cli import is_unicode, out, out_json, report_pages, say
from usagetray.views.cli.opening import read_on, reader

if TYPE_CHECKING:
    from usagetray.domain.rates import RateTable
    from usagetray.edges.store import Store
    from usagetray.spine.kept_reports import KeptReport
    from usagetray.views.grid import Line

WEEK_STARTS = {"monday": 0, "sunday": 6}


def run(arguments: argparse.Namespace, profile: Profile, kept: KeptReport | None) -> int:
    """`kept`: what keeps the text of this report, where it may be kept."""
    question = _question(arguments)
    if not arguments.no_scan:
        _bring_up_to_date(profile, quiet=arguments.json or arguments.csv)
    if kept is not None:
        kept.begin()
    now = profile.clock.now()
    table = rate_table(load(profile.paths.config_file).rates, today=now.date())
    for problem in table.problems:
        say(problem)
    store = reader(profile)
    try:
        if arguments.why:
            return _print_why(profile, store, question, table, as_json=arguments.json)
        found = report_pages.page(arguments.what, store, question, table, now)
        if found.is_empty and question.provider is not None:
            _check_provider(question.provider, profile)
        if arguments.json:
            per_folder = arguments.instances
            shown = report_pages.by_folder(arguments.what, store, question, table) if per_folder else found.json()
            _print_json(shown, None if table.problems else kept)
        elif arguments.csv:
            out(found.csv())
        else:
            _print_text(report_pages.text(found, arguments.what, store, question, table, now), profile)
    finally:
        if store is not None:
            store.close()
    return 0


def _print_why(profile: Profile, store: Store | None, question: Question, table: RateTable, *, as_json: bool) -> int:
    from usagetray.views.cli import why  # deferred: the other reports look at no limit

    page = why.page(profile, store, question, table)
    if page.is_empty and question.provider is not None:
        _check_provider(question.provider, profile)
    if as_json:
        _print_json(page.json())
    else:
        _print_text(page.lines(report_pages.width()), profile)
    return 0


def _bring_up_to_date(profile: Profile, *, quiet: bool) -> None:
    from usagetray.spine import unchanged  # deferred: a report of what is stored needs none of it

    known = open_reader(profile.paths.store_file)
    if known is not None:
        with closing(known):
            if unchanged.is_unchanged(known, profile):
                return
    from usagetray.providers import with_logs
    from usagetray.spine.indexing_once import bring_up_to_date
    from usagetray.views.cli.index import show_progress

    is_watched = not quiet and sys.stderr is not None and sys.stderr.isatty()
    try:
        bring_up_to_date(profile, with_logs(), show_progress if is_watched else None)
    except UnwritableError as error:
        read_on(profile, error)


def _print_json(shown: dict[str, Any], kept: KeptReport | None = None) -> None:
    if is_unicode(sys.stdout):  # a long list takes the standard library ten times as long
        text = msgspec.json.format(msgspec.json.encode(shown), indent=2).decode()
        if kept is not None:
            kept.keep(text)
        out(text)
    else:
        out_json(shown)


def _print_text(lines: list[Line], profile: Profile) -> None:
    from usagetray.views.grid import rendered

    demo: list[Line] = [("DEMO, on made-up figures", "bold"), ("", "")] if profile.demo else []
    is_colored = sys.stdout is not None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    shown = rendered([*demo, *lines], report_pages.width(), unicode=is_unicode(sys.stdout), color=is_colored)
    out(shown)


# ---- what is asked for -------------------------------------------------------------------------------------


def _question(arguments: argparse.Namespace) -> Question:
    since, until = arguments.since, arguments.until
    if since is not None and until is not None and since > until:
        raise UserError(f"--since {since} lies after --until {until}: there is no day between them.")
    if arguments.instances and arguments.what not in report_json.PERIODS:
        raise UserError("--instances goes with daily, weekly and monthly only; `report project` adds up by project.")
    if arguments.why and (arguments.what != "block" or arguments.csv or since or until):
        raise UserError("--why explains the limits that run now: `usagetray report block --why`, also with --json.")
    return Question(
        zone=_zone(arguments.timezone) if arguments.timezone else local_zone(),
        week_starts=WEEK_STARTS[arguments.week_starts],
        since=since,
        until=until,
        provider=arguments.provider.lower() if arguments.provider else None,
    )


def _zone(name: str) -> tzinfo:
    import zoneinfo  # deferred: most reports are in the zone of this computer

    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = zoneinfo.available_timezones()
        raise UserError(
            f"There is no time zone called {name[:60]!r}{_alike(name, known)}; names look like Europe/Berlin, or UTC."
        ) from None


def _check_provider(name: str, profile: Profile) -> None:
    """Nothing was found for it: raises `UserError` where there is no such provider."""
    from usagetray.spine import own_providers  # deferred: only where there is nothing to show
    from usagetray.spine.own_programs import PROGRAMS

    ids = {PROGRAMS, *(each.id for each in own_providers.known(profile).providers)}
    if name not in ids:
        raise UserError(
            f"There is no provider called {name[:60]!r}{_alike(name, ids)}; known are {', '.join(sorted(ids))}."
        )


def _alike(name: str, known: Iterable[str]) -> str:
    import difflib  # deferred: only for a name there is not

    by_lower = {each.lower(): each for each in known}
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.5)
    return f" (did you mean {by_lower[found[0]]}?)" if found else ""
