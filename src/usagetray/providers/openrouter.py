"""OpenRouter: prepaid credits, a key's own limit, and what it spent.

Source: GET /api/v1/key and /api/v1/credits, documented by the vendor, read on 2026-11-20. All sums are US dollars.
`limit` null means that the key has none. A limit begins anew at midnight UTC: each day, on Mondays, or on the first of
the month; the instant is not stated. The credits are the account's, and the documentation wants a management key
for them, so a refusal there costs the balance alone. `label` holds part of the key: it is never read.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from usagetray.errors import SourceError
from usagetray.model import MoneyKind, MoneyLine, Snapshot, UsageWindow
from usagetray.providers.contract import Facts, Key, Provider, Web
from usagetray.providers.keyed import by_key, key_and_way, told, usd
from usagetray.providers.parse import Answer, part

ID = "openrouter"
SOURCE = "OpenRouter"
KEY = Key(name="api_key", label="API key", env=("OPENROUTER_API_KEY",))
PERIODS = {"daily": "day", "weekly": "week", "monthly": "month"}
SPANS = {"day": "Today (UTC day)", "week": "This week (UTC)", "month": "This month (UTC)"}


def fetch(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    key, way = key_and_way(SOURCE, KEY, facts, web)
    answer = Answer(way.get_json("/api/v1/key", bearer=key))
    own = answer.sub("data") or Answer({})
    bought: tuple[MoneyLine, ...] = ()
    missing: tuple[str, ...] = ()
    try:
        bought = _credits(Answer(way.get_json("/api/v1/credits", bearer=key), path="credits", dropped=answer.dropped))
    except SourceError:
        missing = ("credits (not told to this key)",)
    limit, used = own.number("limit"), _used(own)
    money = (*bought, *_limit(own, limit, used), *_spent(own))
    windows = _windows(own, part(used, limit), facts.now)
    plan = "Free" if own.flag("is_free_tier") else None
    return told(SOURCE, ID, "key", facts, answer, windows=windows, money=money, plan=plan, ignored=missing)


def _credits(answer: Answer) -> tuple[MoneyLine, ...]:
    bought, used = answer.number("data", "total_credits"), answer.number("data", "total_usage")
    if bought is None or used is None:
        return ()
    left = max(bought - used, Decimal())  # a request under way may overdraw it by a little
    reason = None if left else "spent"
    return (MoneyLine(kind=MoneyKind.CREDITS, label="Credits", balance=usd(left), disabled_reason=reason),)


def _used(own: Answer) -> Decimal | None:
    """Of the limit, in its present period."""
    limit, left = own.number("limit"), own.number("limit_remaining")
    if limit is not None and left is not None:
        return max(limit - left, Decimal())
    reset = own.text("limit_reset")
    return own.number(f"usage_{reset}" if reset in PERIODS else "usage")


def _limit(own: Answer, limit: Decimal | None, used: Decimal | None) -> tuple[MoneyLine, ...]:
    if limit is None or used is None:
        return ()
    period = PERIODS.get(own.text("limit_reset") or "")
    return (MoneyLine(kind=MoneyKind.BUDGET, label="Key limit", used=usd(used), limit=usd(limit), period=period),)


def _spent(own: Answer) -> tuple[MoneyLine, ...]:
    sums = [(period, own.number(f"usage_{name}")) for name, period in PERIODS.items()]
    return tuple(
        MoneyLine(kind=MoneyKind.BILLED, label=SPANS[period], used=usd(used), period=period)
        for period, used in sums
        if used is not None
    )


def _windows(own: Answer, used: float | None, now: datetime) -> tuple[UsageWindow, ...]:
    if used is None:
        return ()
    begins, resets_at = _period(own.text("limit_reset"), now)
    return (
        UsageWindow(
            key="key_limit",
            label="Key limit",
            scope=PERIODS.get(own.text("limit_reset") or "", ""),
            utilization=min(used, 1.0),
            resets_at=resets_at,
            length=resets_at - begins if resets_at and begins else None,
        ),
    )


def _period(reset: str | None, now: datetime) -> tuple[datetime | None, datetime | None]:
    """When the limit began last, and when it does next; None for one that never does, or in a way not known here."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    if reset == "daily":
        return today, today + timedelta(days=1)
    if reset == "weekly":
        return monday, monday + timedelta(days=7)
    if reset == "monthly":
        return first, (first + timedelta(days=32)).replace(day=1)
    return None, None


PROVIDER = Provider(
    id=ID,
    name=SOURCE,
    homes=None,
    hosts=("openrouter.ai",),
    strategies=(
        by_key(
            id="key",
            label=SOURCE,
            key=KEY,
            fetch=fetch,
            origin="https://openrouter.ai",
            asks="what this key has spent, what it may spend, and what is left of your credits",
        ),
    ),
    official=True,
)
