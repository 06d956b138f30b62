"""The status for scripts: one JSON object, schema 1, every key always present.

Percentages are 0-100 and upward, money is decimal text, instants are ISO 8601 in UTC. Text from outside is plain here
too: a terminal that prints this obeys nothing in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from usagetray.domain.holding_back import ALL, Manners
from usagetray.domain.states import WindowState
from usagetray.model import MoneyKind, MoneyLine
from usagetray.overview import AccountView, ForecastView, IncidentView, Overview, WindowView
from usagetray.views import billing_json, budget_json, cost_words
from usagetray.views.figures import exact_amount, used_percent
from usagetray.views.plain import plain
from usagetray.views.problems import state_text
from usagetray.views.words import window_title

SCHEMA = 1

_COUNTERS: Mapping[str, object] = {
    "requests": {},
    "fields_dropped": {},
    "lines_skipped": {},
    "rows_written": 0,
    "alerts_sent": 0,
    "alerts_merged": 0,
    "open_handles": None,  # not every system can count them
    "threads": None,
}


def status_json(overview: Overview) -> dict[str, Any]:
    """The documented object; `json.dumps` takes it as it is."""
    return {
        "schema": SCHEMA,
        "generated_at": iso(overview.generated_at),
        "demo": overview.demo,
        "billing_route": billing_json.billing_route(overview.billing),
        "accounts": [*(_account(account, overview) for account in overview.accounts), *budget_json.accounts(overview)],
        "alerts": _alerts(overview.manners),
        "counters": {**_COUNTERS, **{plain(key): _counted(value) for key, value in overview.counters.items()}},
    }


def iso(at: datetime | None) -> str | None:
    """ "2026-11-20T19:04:00Z"; fractions of a second only where there are any."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _alerts(manners: Manners) -> dict[str, Any]:
    """What holds alerts back now; `snoozed` are the limits that are so by themselves."""
    single = [each for each in manners.snoozes if each.of != ALL]
    return {
        "quiet_until": iso(manners.quiet_until),
        "snoozed_until": iso(manners.snoozed_until),
        "snoozed": [
            {
                **dict(zip(("provider", "account", "window"), map(plain, each.of), strict=True)),
                "until": iso(each.until_at),
            }
            for each in single
        ],
        "waiting": manners.waiting,
    }


def _account(account: AccountView, overview: Overview) -> dict[str, Any]:
    now = overview.generated_at
    return {
        "provider": plain(account.provider),
        "account": plain(account.account),
        "label": _text(account.label),
        "plan": _text(account.plan),
        "state": account.state.value,
        "state_text": plain(state_text(account, now), 200),
        "next_attempt_at": iso(account.next_attempt_at),
        "windows": [_window(window, now) for window in account.windows],
        "money": [*(_money(line, account) for line in account.money), *_costs(account, overview)],
        "paying": _paying(account),
        "incidents": [_incident(each) for each in account.incidents],
    }


def _window(window: WindowView, now: datetime) -> dict[str, Any]:
    current = window.state not in (WindowState.ENDED, WindowState.UNKNOWN, WindowState.UNLIMITED)
    return {
        "key": plain(window.key),
        "label": window_title(window),
        "used_percent": used_percent(window.used) if current else None,
        "state": window.state.value,
        "stale": window.stale,
        "resets_at": iso(window.resets_at),
        "length_s": None if window.length is None else int(window.length.total_seconds()),
        "source": plain(window.source),
        "captured_at": iso(window.captured_at),
        "age_s": max(0, int((now - window.captured_at).total_seconds())),
        "forecast": _forecast(window.forecast),
    }


def _forecast(told: ForecastView | None) -> dict[str, Any] | None:
    """What will come of the window; null while too little is known of its use."""
    if told is None or not told.knows_enough or told.even is None:
        return None
    early, middle, late = told.runs_out_at or (None, None, None)
    return {
        "used_percent": _rounded(told.used),
        "is_estimate": told.is_estimate,
        "even_percent": _rounded(told.even),
        "at_reset_percent": _rounded(told.at_reset),
        "lockout_chance": round(told.p_lockout, 3),
        "runs_out": None if middle is None else {"early": iso(early), "expected": iso(middle), "late": iso(late)},
        "is_warned": told.is_warned,
        "elsewhere_percent": _rounded(told.others_share),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)


def _money(line: MoneyLine, account: AccountView) -> dict[str, Any]:
    """Spent so far; for prepaid credits of which only the rest is known, that rest."""
    amount = line.used or line.balance
    known = amount or line.limit
    return {
        "kind": line.kind.value,
        "period": _text(line.period),
        "amount": exact_amount(amount) if amount else None,
        "limit": exact_amount(line.limit) if line.limit else None,
        "currency": plain(known.currency, 12) if known else None,
        "as_of": iso(account.money_captured_at),
        "source": _text(account.money_source),
        "at_least": False,
        "so_far": False,
        "unpriced_tokens": 0,
    }


def _paying(account: AccountView) -> dict[str, Any] | None:
    """What was paid on top of the plan since a window was full; null while nothing is, or it was not noticed yet."""
    paid = account.paid
    if paid is None:
        return None
    return {
        "window": plain(paid.window),
        "since": iso(paid.began_at),
        "amount": exact_amount(paid.amount) if paid.amount else None,
        "currency": plain(paid.amount.currency, 12) if paid.amount else None,
    }


def _costs(account: AccountView, overview: Overview) -> list[dict[str, Any]]:
    """Today and this month of the user's own zone at list prices. Without any price the amount is null, never 0."""
    if account.cost is None:
        return []
    return [
        {
            "kind": MoneyKind.ESTIMATE.value,
            "period": period,
            "amount": cost_words.exact(cost),
            "limit": None,
            "currency": "USD",
            "as_of": iso(overview.counted_at),
            "source": cost_words.source(account.cost),
            "at_least": cost.is_lower_bound,
            "so_far": not overview.is_counted,
            "unpriced_tokens": cost.unpriced_tokens,
        }
        for period, cost in (("today", account.cost.of_day), ("month", account.cost.of_month))
    ]


def _incident(view: IncidentView) -> dict[str, Any]:
    """What the vendor reports of itself, in its own words."""
    return {
        "name": plain(view.incident.name),
        "status": plain(view.incident.status, 40),
        "impact": plain(view.incident.impact, 40),
        "parts": [plain(part, 40) for part in view.incident.parts],
        "since": iso(view.incident.since_at),
        "as_of": iso(view.captured_at),
        "stale": view.stale,
    }


def _counted(value: object) -> object:
    """Counters as JSON, with the names of foreign fields made plain."""
    if isinstance(value, Mapping):
        return {plain(key): _counted(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_counted(inner) for inner in value]
    return plain(value) if isinstance(value, str) else value


def _text(text: str | None) -> str | None:
    return None if text is None else plain(text)
