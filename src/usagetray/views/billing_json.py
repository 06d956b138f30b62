"""What the tools bill, for scripts: routes, names of variables, files and lines; never a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from usagetray.billing import Evidence, Route, Verdict
from usagetray.overview import BillingView
from usagetray.views.billing_words import short
from usagetray.views.plain import plain

MOST_PATH = 400


def billing_route(views: Sequence[BillingView]) -> dict[str, Any] | None:
    """The route that needs a look first, or the first there is, and all of them under `routes`; None without any."""
    routes = [route(verdict, view) for view in views for verdict in view.verdicts]
    if not routes:
        return None
    first = min(routes, key=lambda each: (not each["would_warn"], each["route"] == Route.PLAN))
    return {**first, "routes": routes}


def route(verdict: Verdict, view: BillingView) -> dict[str, Any]:
    return {
        "provider": plain(view.provider),
        "tool": plain(view.tool),
        "home": plain(view.home, MOST_PATH),
        "mode": verdict.mode.value,
        "route": verdict.route.value,
        "certainty": verdict.certainty.value,
        "would_warn": verdict.would_warn,
        "vendor": plain(verdict.vendor) or None,
        "text": f"billing: {short(verdict, view)}",
        "because": [_evidence(each) for each in verdict.because],
        "set_aside": [{**_evidence(each.at), "why": plain(each.why, MOST_PATH)} for each in verdict.set_aside],
        "profiles_read": view.profiles_read,
        "as_of": view.looked_at.isoformat().replace("+00:00", "Z"),
        "stale": view.stale,
    }


def _evidence(at: Evidence) -> Mapping[str, Any]:
    return {
        "source": at.source,
        "file": plain(at.file, MOST_PATH) if at.file else None,
        "line": at.line,
        "variable": plain(at.variable) if at.variable else None,
    }
