"""Bands that cost articles of 2026 print: shown beside one's own answer, marked as rules of thumb, never instead.

They assume a price per token that is nobody's own, and disagree with each other: weekly matrix against weekly tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

MILLION = 1_000_000
PUBLISHED_SESSION_USD = Decimal("0.50")
"""What the published table of sessions works at; the text beside it says $0.40."""

WEEKLY_MATRIX_USD: Mapping[str, str] = {
    "subscription": "20",
    "hybrid": "20-100",
    "api_optimised": "100-600",
    "team_or_self_hosted": "500+",
}
WEEKLY_TREE_USD: Mapping[str, str] = {"hybrid": "100-200", "api": "300-600+"}
MONTHLY_MATRIX_USD: Mapping[str, str] = {"light": "<100", "medium": "100-400", "heavy": ">400"}
MONTHLY_MATRIX_PLANS: Mapping[str, tuple[str, ...]] = {
    "light": ("pro", "api"),
    "medium": ("max_5x", "max_20x"),
    "heavy": ("max_20x",),
}


def weekly_matrix(tokens: int) -> str:
    """By tokens a week: below 1M, to 5M, to 20M, above."""
    if tokens < 1 * MILLION:
        return "subscription"
    if tokens <= 5 * MILLION:
        return "hybrid"
    return "api_optimised" if tokens <= 20 * MILLION else "team_or_self_hosted"


def weekly_tree(hours: Decimal, tokens: int) -> str:
    """By hours a week, then tokens: more than 10 h? from 5M on? above 15M?"""
    if hours <= 10:
        return "subscription"
    if tokens < 5 * MILLION:
        return "subscription_with_monitoring"
    return "hybrid" if tokens <= 15 * MILLION else "api"


def monthly_matrix(tokens: int) -> str:
    """By tokens a month; exactly 200M stands in two rows as printed, the middle one is taken."""
    if tokens < 50 * MILLION:
        return "light"
    return "medium" if tokens <= 200 * MILLION else "heavy"


def by_sessions(sessions: Decimal, days: Decimal) -> str:
    """By sessions a month: below 50 the API, up to five a day the small plan, then the large one."""
    if sessions < 50:
        return "api"
    return "pro" if sessions <= 5 * days else "max"


SITUATIONS: Mapping[str, tuple[str, str]] = {
    "daily and even": ("subscription", "share of days active and spread of days"),
    "bursty: heavy and light weeks": ("api", "week-to-week spread"),
    "prompts above 500K tokens": ("api", "longest prompts"),
    "frequent sessions of 5 h and more": ("max", "session lengths"),
    "web chat and Claude Code together": ("subscription", "weekly use by surface"),
    "Claude Code only": ("either: by usage", "surfaces seen"),
    "no lockout can be accepted": ("api", "user says so"),
}
"""By situation as printed: what is advised, and what would show that it holds."""


def situation(words: str) -> tuple[str, str] | None:
    return {each.casefold(): found for each, found in SITUATIONS.items()}.get(words.strip().casefold())
