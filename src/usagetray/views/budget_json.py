"""The user's budgets for scripts: the money of one more entry among the accounts, for they belong to no vendor's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from usagetray.domain.budgets import BudgetState
from usagetray.model import Money, MoneyKind
from usagetray.overview import Overview
from usagetray.views import budget_words
from usagetray.views.figures import exact_amount, used_percent
from usagetray.views.plain import plain


def accounts(overview: Overview) -> list[dict[str, Any]]:
    """Empty where the user has set no budget. Sums of which nothing is known are null, never 0."""
    if not overview.budgets:
        return []
    is_stale = all(each.stale for each in overview.budgets)
    return [
        {
            "provider": "budgets",
            "account": "own",
            "label": None,
            "plan": None,
            "state": "stale" if is_stale else "fresh",
            "state_text": "The bills are old; they may be higher by now." if is_stale else "Up to date.",
            "next_attempt_at": None,
            "windows": [],
            "money": [_money(each, overview) for each in overview.budgets],
            "paying": None,
            "incidents": [],
        }
    ]


def _money(state: BudgetState, overview: Overview) -> dict[str, Any]:
    budget = state.budget
    return {
        "kind": MoneyKind.BUDGET.value,
        "period": budget.period,
        "amount": exact_amount(state.spent) if state.spent is not None else None,
        "limit": exact_amount(Money(amount=budget.amount, currency=budget.currency)),
        "currency": budget.currency,
        "as_of": _iso(state.as_of or overview.generated_at),
        "source": state.source,
        "at_least": state.is_least,
        "so_far": overview.is_counting,
        "unpriced_tokens": state.unpriced,
        "name": plain(budget.name),
        "basis": state.basis.value,
        "used_percent": used_percent(state.share),
        "stale": state.stale,
        "starts_at": _iso(state.starts_at),
        "ends_at": _iso(state.ends_at),
        "forecast": _forecast(state),
        "today": {
            kind.replace(" ", "_"): [
                {"name": plain(each.name), "percent": round(each.share * 100, 1)} for each in found
            ]
            for kind, found in state.causes
        },
    }


def _forecast(state: BudgetState) -> dict[str, Any] | None:
    """Where the period will end, never without its band; null where it is too early to say."""
    found = state.forecast
    if found is None or state.stale:
        return None
    ends = {"low": found.low, "point": found.point, "high": found.high}
    return {
        **{name: exact_amount(Money(amount=amount, currency=state.budget.currency)) for name, amount in ends.items()},
        "band": "percentile_10_90" if found.is_percentile else "paces",
        "text": budget_words.heading(state).replace("\u202f", " ").replace("\u00a0", " "),
    }


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
