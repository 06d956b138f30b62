"""`usagetray export WHAT`: the history as CSV or JSON, written as it is read."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from usagetray.edges.store import Store
from usagetray.edges.tables import rate_table
from usagetray.errors import UnwritableError, UserError
from usagetray.profile import Profile, local_zone
from usagetray.settings.reading import load
from usagetray.spine import exporting
from usagetray.spine.exporting import Span
from usagetray.views.cli import is_unicode, out, say
from usagetray.views.cli.opening import opened, read_on, reader
from usagetray.views.export import Row, as_csv, as_json

Write = Callable[[str], None]


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    if arguments.since is not None and arguments.until is not None and arguments.since > arguments.until:
        raise UserError(
            f"--since {arguments.since} lies after --until {arguments.until}: there is no day between them."
        )
    if arguments.by is not None and arguments.what != "usage":
        raise UserError(f"--by goes with usage only; {arguments.what} has a row for each thing that was told.")
    if arguments.what == "usage" and not arguments.no_scan:
        _bring_up_to_date(profile)
    if profile.demo:
        say("DEMO: these are made-up figures.")
    store = reader(profile)
    try:
        counted = _Counted(_rows(arguments, store, profile))
        target = None if arguments.out in (None, Path("-")) else arguments.out
        if target is None:
            for piece in _pieces(arguments, counted, ascii_only=not is_unicode(sys.stdout), demo=profile.demo):
                out(piece)
        else:
            with _into(target) as write:
                for piece in _pieces(arguments, counted, ascii_only=False, demo=profile.demo):
                    write(piece)
            say(f"{counted.rows:,} row{'' if counted.rows == 1 else 's'} written to {target}.")
    finally:
        if store is not None:
            store.close()
    return 0


def _bring_up_to_date(profile: Profile) -> None:
    from usagetray.providers import with_logs  # deferred: what is stored needs none of it
    from usagetray.spine.indexing_once import bring_up_to_date
    from usagetray.views.cli.index import show_progress

    is_watched = sys.stderr is not None and sys.stderr.isatty()
    try:
        bring_up_to_date(profile, with_logs(), show_progress if is_watched else None)
    except UnwritableError as error:
        read_on(profile, error)


def _rows(arguments: argparse.Namespace, store: Store | None, profile: Profile) -> Iterator[Row]:
    if store is None:
        return iter(())
    span = Span(zone=local_zone(), since=arguments.since, until=arguments.until)
    if arguments.what == "usage":
        table = rate_table(load(profile.paths.config_file).rates, today=profile.clock.now().date())
        for problem in table.problems:
            say(problem)
        by = exporting.usage_by_quarter if arguments.by == "quarter" else exporting.usage_by_day
        return by(store, span, table)
    kinds = {"readings": exporting.readings, "alerts": exporting.alerts, "spend": exporting.spend}
    return kinds[arguments.what](store, span)


def _pieces(arguments: argparse.Namespace, rows: _Counted, *, ascii_only: bool, demo: bool) -> Iterator[str]:
    kind = f"usage by {arguments.by or 'day'}" if arguments.what == "usage" else arguments.what
    if arguments.format == "csv":
        return as_csv(kind, rows)
    zone = "UTC" if arguments.what == "spend" else str(local_zone())
    days = {name: day.isoformat() if day else None for name, day in vars(arguments).items() if name in DAYS}
    head = {"export": kind, "demo": demo, "timezone": zone, **dict(sorted(days.items()))}
    return as_json(kind, rows, head, ascii_only=ascii_only)


DAYS = ("since", "until")


class _Counted:
    """Rows that are counted as they go by."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self.rows = 0
        self._rows = rows

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.rows += 1
            yield row


@contextlib.contextmanager
def _into(path: Path) -> Iterator[Write]:
    """A file that only you may read, there whole at the end or not at all. Raises `UserError`."""
    try:
        whole = path.resolve()
        if whole.exists() and not whole.is_file() and not whole.is_dir():
            with whole.open("w", encoding="utf-8", newline="\n") as stream:  # a device, a pipe
                yield lambda piece: print(piece, file=stream)
            return
        if whole.is_dir():
            raise UserError(f"{path} is a folder: name a file in it.")
        handle, temporary = tempfile.mkstemp(dir=whole.parent, prefix=f".{whole.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                yield lambda piece: print(piece, file=stream)
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).replace(whole)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}): name a file in a folder of yours.") from None
