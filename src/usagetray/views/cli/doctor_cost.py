"""`usagetray doctor cost`: what the program itself sent and took."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from typing import Any

from usagetray.domain.own_cost import CallCounts, Effort, OwnCost
from usagetray.errors import UserError
from usagetray.profile import Profile, local_zone
from usagetray.spine.own_cost import own_cost
from usagetray.views.cli import is_unicode, out, out_json
from usagetray.views.cli.opening import reader
from usagetray.views.grid import rendered
from usagetray.views.own_cost_words import page
from usagetray.views.plain import plain

SCHEMA = 1
MOST_WIDE = 100


def run(profile: Profile, mask: Callable[[str], str], *, as_json: bool) -> int:
    store = reader(profile)
    if store is None:
        raise UserError("Nothing is recorded yet: start `usagetray` once.")
    try:
        found = own_cost(store, profile.clock.now(), profile.paths.log_dir)
    finally:
        store.close()
    if as_json:
        out_json(_as_json(found))
        return 0
    width = min(shutil.get_terminal_size((80, 24)).columns, MOST_WIDE)
    color = sys.stdout is not None and sys.stdout.isatty()
    out(mask(rendered(page(found, local_zone(), width), width, unicode=is_unicode(sys.stdout), color=color)))
    return 0


def _as_json(found: OwnCost) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "at": found.at.isoformat(),
        "as_of": found.as_of.isoformat() if found.as_of else None,
        "today": {**_effort(found.this_day), **_counts(found.calls_this_day)},
        "seven_days": {**_effort(found.this_week), **_counts(found.calls_this_week)},
        "requests_a_day_and_host_at_most": found.ceiling,
        "store_bytes": found.store_bytes,
        "log_bytes": found.log_bytes,
        "hosts": [
            {
                "host": plain(each.host, 200),
                "purpose": plain(each.purpose),
                "first_at": each.first_at.isoformat(),
                "last_at": each.last_at.isoformat(),
                "today": _counts(each.this_day),
                "seven_days": _counts(each.this_week),
                "kept": _counts(each.kept),
            }
            for each in found.hosts
        ],
    }


def _effort(each: Effort) -> dict[str, Any]:
    return {
        "processor_s": each.processor.total_seconds(),
        "children_processor_s": each.children.total_seconds(),
        "memory_bytes": each.memory,
        "memory_peak_bytes": each.memory_peak,
        "written_bytes": each.written,
        "rows_written": each.rows,
        "looks_at_logs": each.looks,
    }


def _counts(each: CallCounts) -> dict[str, Any]:
    return {
        "requests": each.requests,
        "not_reached": each.unsent,
        "failed": each.failures,
        "refused_by_us": each.refused,
        "bytes_sent": each.bytes_out,
        "bytes_received": each.bytes_in,
    }
