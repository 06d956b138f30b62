"""Budgets: what was spent of them, what is announced and when, what is behind it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.spent import budget, spend
from usagetray.domain import alerts
from usagetray.domain.alerts import Told
from usagetray.domain.budgets import USED_UP, Basis, BudgetState, billed, estimated, scope
from usagetray.domain.spending import Spend, by_quarter
from usagetray.domain.states import Level
from usagetray.model import Money, SpendDay
from usagetray.settings.budgets import Budget

ZONE = ZoneInfo("Pacific/Kiritimati")
NOW = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)
"""01:30 on Saturday the 21st where the user is."""


def judged(of: Budget, rows: list[Spend], now: datetime = NOW) -> BudgetState:
    mine = [row for row in rows if scope(of)(row)]
    return estimated(of, by_quarter(mine), mine, now, ZONE)


def test_a_budget_counts_what_it_is_for_and_only_this_period() -> None:
    rows = [
        spend(NOW, 1),
        spend(NOW, 2, project="/home/me/docs"),
        spend(NOW, 4, provider="q"),
        spend(NOW, 8, app="bot"),
        spend(NOW - timedelta(hours=2), 16),  # yesterday
        spend(NOW - timedelta(days=21), 32),  # October
    ]

    spent = {
        name: judged(each, rows).spent
        for name, each in {
            "month": budget(),
            "day": budget(period="day"),
            "project": budget(project="webshop"),
            "provider": budget(provider="q"),
            "app": budget(app="bot"),
            "both": budget(provider="p", project="docs"),
        }.items()
    }

    assert {name: found and found.amount for name, found in spent.items()} == {
        "month": 31, "day": 15, "project": 29, "provider": 4, "app": 8, "both": 2
    }  # fmt: skip


def test_an_estimate_says_so_and_is_the_least_where_a_price_is_missing() -> None:
    state = judged(budget(), [spend(NOW, 30), spend(NOW, 0, model="new", unpriced=1000)])

    assert state.basis is Basis.ESTIMATE
    assert (state.spent, state.share) == (Money(amount=Decimal(30), currency="USD"), 0.3)
    assert (state.is_least, state.unpriced) == (True, 1000)


def test_what_is_not_known_is_no_sum_of_zero() -> None:
    nothing = judged(budget(), [])
    unpriced = judged(budget(), [spend(NOW, 0, unpriced=1000)])

    assert (nothing.spent, nothing.share, nothing.forecast) == (None, None, None)
    assert (unpriced.spent, unpriced.share, unpriced.unpriced) == (None, None, 1000)


def test_a_share_is_rounded_down_so_that_a_threshold_is_reached_and_not_neared() -> None:
    assert judged(budget(300), [spend(NOW, "224.99")]).share == 0.749
    assert judged(budget(300), [spend(NOW, "225.00")]).share == 0.75
    assert judged(budget(300), [spend(NOW, "299.99")]).level is Level.CRITICAL


def test_the_cause_is_the_project_or_within_one_project_the_session() -> None:
    rows = [spend(NOW, 61, session="a"), spend(NOW, 39, project="/home/me/docs", session="b", model="small")]

    assert judged(budget(), rows).lead == ("project", ("/home/me/webshop", 0.61))
    mine = [*rows, spend(NOW, 61, session="c")]
    assert judged(budget(project="webshop"), mine).lead == ("session", ("a", 0.5))
    assert judged(budget(project="webshop"), rows).lead is None


@given(
    st.lists(st.decimals(0, 1000, places=2), min_size=1, max_size=10),
    st.decimals(0, 1000, places=2),
    st.decimals("0.01", 5000, places=2),
)
def test_more_spending_never_lowers_a_share(sums: list[Decimal], more: Decimal, amount: Decimal) -> None:
    rows = [spend(NOW, usd) for usd in sums]

    before, after = judged(budget(amount), rows).share, judged(budget(amount), [*rows, spend(NOW, more)]).share

    assert before is not None
    assert after is not None
    assert after >= before


# ---- what is announced -------------------------------------------------------------------------------------

THRESHOLDS = (0.5, 0.75, 0.9, USED_UP)


def announced(of: Budget, steps: list[tuple[datetime, Decimal]], told: Told | None = None) -> list[tuple[date, float]]:
    """Of so many dollars at so many instants, in their order."""
    found, rows = [], []
    for at, usd in steps:
        rows.append(spend(at, usd))
        alert, told = alerts.due(judged(of, rows, at).seen(now=at, may_alert=True), told, THRESHOLDS)
        if alert is not None and alert.threshold is not None:
            found.append((at.astimezone(ZONE).date(), alert.threshold))
    return found


def test_each_threshold_is_announced_once_in_each_period() -> None:
    """$10 an hour against $100 a day, for two days: at $50, $80, $90 and $100 of each, and not again beyond."""
    start = datetime(2026, 11, 20, 10, tzinfo=UTC)  # midnight
    steps = [(start + timedelta(hours=hour), Decimal(10)) for hour in range(48)]

    assert announced(budget(period="day"), steps) == [
        (date(2026, 11, day), threshold) for day in (21, 22) for threshold in THRESHOLDS
    ]


def test_after_a_jump_only_the_highest_threshold_is_announced() -> None:
    assert announced(budget(), [(NOW, Decimal(97)), (NOW + timedelta(minutes=1), Decimal(1))]) == [
        (date(2026, 11, 21), 0.9)
    ]


hours = st.lists(st.tuples(st.integers(0, 20 * 24), st.decimals(0, 80, places=2)), min_size=1, max_size=30)


@pytest.mark.parametrize("zone_change", [False, True], ids=["at home", "travelling"])
@given(steps=hours, period=st.sampled_from(("day", "week", "month")))
def test_no_threshold_comes_twice_in_a_period_whatever_is_spent(
    zone_change: bool, steps: list[tuple[int, Decimal]], period: str
) -> None:
    """Also while clocks change on the way, and with what is remembered coming back from the store in between."""
    zone = ZoneInfo("Europe/Berlin")
    start, told, rows = datetime(2026, 10, 15, tzinfo=UTC), None, []
    found = []
    for hour, usd in sorted(steps):
        at = start + timedelta(hours=hour)
        here = ZoneInfo("America/New_York") if zone_change and hour > 200 else zone
        rows.append(spend(at, usd))
        state = estimated(budget(period=period), by_quarter(rows), rows, at, here)
        alert, told = alerts.due(state.seen(now=at, may_alert=True), told, THRESHOLDS)
        if alert is not None and alert.threshold is not None:
            found.append((state.ends_at, alert.threshold))

    assert len(found) == len(set(found))
    for ends_at in {each[0] for each in found}:
        mine = [threshold for at, threshold in found if at == ends_at]
        assert mine == sorted(mine)


def test_a_stale_bill_and_sums_still_being_counted_alert_nobody() -> None:
    fresh, stale = (bill([(20, 95)], stale=each) for each in (False, True))

    assert alerts.due(fresh.seen(now=NOW, may_alert=True), None, THRESHOLDS)[0] is not None
    assert alerts.due(fresh.seen(now=NOW, may_alert=False), None, THRESHOLDS)[0] is None
    assert alerts.due(stale.seen(now=NOW, may_alert=True), None, THRESHOLDS)[0] is None
    assert stale.level is Level.NORMAL


# ---- what was billed ---------------------------------------------------------------------------------------


def bill(days: list[tuple[int, object]], *, currency: str = "USD", stale: bool = False) -> BudgetState:
    told = [
        SpendDay(
            day=date(2026, 11, 1) + timedelta(days=day - 1),
            amount=Money(amount=Decimal(str(usd)), currency=currency),
            model="large" if usd != 10 else "small",
            key="key_1",
        )
        for day, usd in days
    ]
    of = budget(basis="billed")
    return billed(of, told, NOW, as_of=NOW - timedelta(minutes=5), stale=stale, names={"key_1": "Bots"})


def test_a_bill_is_cut_by_the_vendor_s_days() -> None:
    """The 20th in UTC, though it is the 21st where the user is; what is told of October is another month's."""
    state = bill([(20, 30), (20, 10), (1, 5), (0, 99)])

    assert (state.basis, state.starts_at) == (Basis.BILLED, datetime(2026, 11, 1, tzinfo=UTC))
    assert (state.spent, state.as_of) == (Money(amount=Decimal(45), currency="USD"), NOW - timedelta(minutes=5))
    assert state.causes == (
        ("project", ()), ("API key", (("Bots", 1.0),)), ("model", (("large", 0.75), ("small", 0.25)))
    )  # fmt: skip
    assert state.lead == ("model", ("large", 0.75))


def test_another_currency_is_never_added_and_no_bill_is_no_sum() -> None:
    assert bill([(20, 30)], currency="EUR").spent is None
    assert bill([(20, 0)], currency="EUR").spent == Money(amount=Decimal(0), currency="USD")
    none = billed(budget(basis="billed"), [], NOW, as_of=None, stale=False, names={})
    assert (none.spent, none.share) == (None, None)


def test_a_bill_s_month_is_carried_on_by_the_clock() -> None:
    """$10 on each of 19 days; at 11:30 UTC 12.5 hours of today are left, and ten days: 190 + 10 x 10.52."""
    state = bill([(day, 10) for day in range(1, 20)])

    assert state.forecast is not None
    assert round(state.forecast.point, 2) == Decimal("295.21")
    assert state.forecast.low <= state.forecast.point <= state.forecast.high
