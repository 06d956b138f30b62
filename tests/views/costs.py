"""Overviews with costs to date, each of another kind, in the sample moment of `build`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from tests.views.build import NOW, account, codex, fable, overview, paying, week, window
from usagetray.domain.cost import Cost
from usagetray.domain.cost_to_date import CostToDate, together
from usagetray.model import Money, MoneyKind, MoneyLine
from usagetray.overview import AccountView, BilledBeside, Overview, ReadingLogs

TODAY = NOW.date()
HOSTILE = "\x1b[31m<b>house\u202e-model" + "x" * 90


def priced(usd: str, tokens: int = 1_200_000, **unpriced: int) -> Cost:
    return Cost(usd=Decimal(usd), tokens=tokens, unpriced=dict(unpriced))


def cost(today: Cost | str, month: Cost | str, *machines: str) -> CostToDate:
    given = [priced(each) if isinstance(each, str) else each for each in (today, month)]
    return CostToDate(day=TODAY, of_day=given[0], of_month=given[1], machines=machines)


USUAL = cost("3.204", "48.096")
UNPRICED_PART = cost(priced("3.204", house=12_000), priced("48.096", house=12_000, foo=300))
UNPRICED = cost(Cost(tokens=38_000, unpriced={HOSTILE: 38_000}), Cost(tokens=38_000, unpriced={HOSTILE: 38_000}))
IDLE = cost(Cost(), "48.096")
TINY = cost(priced("0.001", 100), priced("0.001", 100))


def of(*accounts: AccountView, **changes: object) -> Overview:
    known = [each.cost for each in accounts if each.cost is not None]
    return replace(overview(*accounts), cost=together(known), counted_at=NOW - timedelta(seconds=2), **changes)  # type: ignore[arg-type]


def subscriber() -> Overview:
    return of(
        account(window(0.62), week(0.41), fable(0.88), cost=USUAL), codex(cost=cost("0.84", "12.1", "laptop", "nas"))
    )


def by_key() -> Overview:
    """Logs, and nothing else: no plan is known."""
    return of(account(plan=None, label=None, cost=USUAL, next_attempt_at=None))


def part_without_price() -> Overview:
    return of(account(window(0.62), cost=UNPRICED_PART), codex(cost=UNPRICED))


def without_price() -> Overview:
    return of(account(plan=None, label=None, cost=UNPRICED))


def idle_day() -> Overview:
    return of(account(window(0.62), cost=IDLE), codex(cost=IDLE))


def tiny() -> Overview:
    return of(
        account(window(0.62), cost=TINY), codex(cost=cost(Cost(tokens=5, usd=Decimal("0.001"), unpriced={"a": 3}), "4"))
    )


def being_read() -> Overview:
    accounts = (account(window(0.62), cost=USUAL), codex(cost=IDLE))
    return of(*accounts, reading=ReadingLogs(done=312_400_000, total=999_600_000))


def never_read() -> Overview:
    return replace(of(account(window(0.62), cost=USUAL)), counted_at=None)


def with_a_bill() -> Overview:
    billed = [("today", "12.66"), ("month", "214.37")]
    lines = tuple(
        MoneyLine(
            kind=MoneyKind.BILLED,
            label="Today (UTC day)" if period == "today" else "This month (UTC)",
            used=Money(amount=Decimal(amount), currency="USD"),
            period=period,
        )
        for period, amount in billed
    )
    beside = tuple(
        BilledBeside(name="Anthropic API", period=period, amount=Money(amount=Decimal(amount), currency="USD"))
        for period, amount in billed
    )
    bill = account(
        provider="anthropic_api", name="Anthropic API", account="org", label=None, plan=None, money=lines,
        money_captured_at=NOW - timedelta(minutes=4), money_source="the cost report",
    )  # fmt: skip
    return of(account(window(0.62), cost=USUAL, billed_beside=beside), bill)


def also_paying() -> Overview:
    shown = paying()
    return replace(of(replace(shown.accounts[0], cost=USUAL), *shown.accounts[1:]))


KINDS: Mapping[str, Callable[[], Overview]] = {
    "subscriber": subscriber,
    "by key": by_key,
    "part without price": part_without_price,
    "without price": without_price,
    "idle day": idle_day,
    "tiny": tiny,
    "being read": being_read,
    "never read": never_read,
    "with a bill": with_a_bill,
    "also paying": also_paying,
}
