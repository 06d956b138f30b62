"""The Alibaba Coding Plan, estimated from the user's own requests: its three windows, to the minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.providers import recorded, sign_ins
from tests.support import ManualClock
from usagetray.domain import windows as judging
from usagetray.domain.states import Level, WindowState
from usagetray.errors import Cause, SourceError
from usagetray.providers.alibaba import counted
from usagetray.providers.contract import Counted, CountSince
from usagetray.settings import ProviderSettings
from usagetray.spine.planned import signature, with_plan

NOW = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)  # Saturday the 21st, 03:00 in China
LITE = counted.PLANS["lite"]


def counting(*at: datetime) -> CountSince:
    return lambda since: sum(each >= since for each in at)


def hours_ago(*hours: float) -> list[datetime]:
    return [NOW - timedelta(hours=each) for each in hours]


def test_each_window_counts_from_where_it_began():
    """Three within five hours, four in the week (since Sunday 16:00 UTC), five in the month (since 31 October)."""
    sunday, early = datetime(2026, 11, 15, 16, 0, tzinfo=UTC), datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
    second = timedelta(seconds=1)
    count = counting(*hours_ago(1, 2, 4.99), sunday, early, early - second)

    found = {each.key: each for each in counted.windows(LITE, 1, count, NOW)}

    assert {key: window.utilization for key, window in found.items()} == {
        "five_hours_counted": 3 / 1_200,
        "week_counted": 4 / 9_000,
        "month_counted": 5 / 18_000,
    }
    assert found["week_counted"].resets_at == datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert found["month_counted"].resets_at == datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    assert found["month_counted"].length == timedelta(days=30)


def test_every_window_says_that_it_is_an_estimate_and_locks_nobody():
    """Twice the limit: used up, as far as this computer knows; the account is not said to be locked."""
    for window in counted.windows(LITE, 1, lambda since: 40_000, NOW):
        state = judging.state(window, (), NOW)

        assert window.scope == "estimate"
        assert not window.locks
        assert judging.level(window, state) is Level.CRITICAL


def test_nothing_counted_is_a_window_that_has_not_started():
    five_hours, *_ = counted.windows(LITE, 1, counting(), NOW)

    assert judging.state(five_hours, (), NOW) is WindowState.NOT_STARTED


def test_a_full_rolling_window_says_when_one_more_fits():
    """1200 and 100 more, one each ten seconds from 04:30 ago: room when the 101st is five hours old."""
    began = NOW - timedelta(hours=4, minutes=30)
    times = [began + timedelta(seconds=10 * index) for index in range(1_300)]

    at = counted.has_room_at(LITE.five_hours, counting(*times), NOW)

    assert at is not None
    assert abs(at - (times[100] + timedelta(hours=5))) <= timedelta(seconds=1)
    assert counted.has_room_at(1_301, counting(*times), NOW) is None


@pytest.mark.parametrize(
    ("now", "day", "begins", "ends"),
    [
        ("2026-11-20T19:00", 21, "2026-11-20T16:00", "2026-12-20T16:00"),
        ("2026-11-20T19:00", 22, "2026-10-21T16:00", "2026-11-21T16:00"),
        ("2026-02-10T00:00", 31, "2026-01-30T16:00", "2026-02-27T16:00"),
        ("2026-02-28T00:00", 31, "2026-02-27T16:00", "2026-03-30T16:00"),
        ("2027-01-01T00:00", 15, "2026-12-14T16:00", "2027-01-14T16:00"),
        ("2026-12-31T15:59", 1, "2026-11-30T16:00", "2026-12-31T16:00"),
    ],
)
def test_the_month_begins_on_the_day_of_subscription_in_china(now: str, day: int, begins: str, ends: str):
    """On the last day of a month that has no such day."""
    found = counted.month_of(datetime.fromisoformat(f"{now}+00:00"), day)

    assert found == (datetime.fromisoformat(f"{begins}+00:00"), datetime.fromisoformat(f"{ends}+00:00"))


@pytest.mark.parametrize(("plan", "named"), [("pro", "Pro"), (" LITE ", "Lite")])
def test_the_plan_is_the_one_the_user_names(plan: str, named: str):
    facts = replace(sign_ins.facts(NOW), plan=plan, plan_day=4, count=counting(*hours_ago(1)))

    (said,) = counted.fetch(facts, None)

    assert said.account.plan == named
    assert said.windows[0].utilization == 1 / counted.PLANS[plan.strip().lower()].five_hours


@pytest.mark.parametrize(("plan", "has_ledger"), [("", True), ("platinum", True), ("pro", False)])
def test_without_a_known_plan_or_a_ledger_nothing_is_said(plan: str, has_ledger: bool):
    facts = replace(sign_ins.facts(NOW), plan=plan, count=counting() if has_ledger else None)

    with pytest.raises(SourceError) as caught:
        counted.fetch(facts, None)

    assert caught.value.cause is Cause.NOT_CONNECTED


def test_settings_and_ledger_reach_the_source_and_nothing_else_does():
    asked: list[tuple[str, Counted]] = []

    def count(provider_id: str, need: Counted) -> CountSince:
        asked.append((provider_id, need))
        return counting(*hours_ago(1, 2))

    own = ProviderSettings(plan="pro", plan_day=7)
    known = with_plan(sign_ins.facts(NOW), counted.STRATEGY, "alibaba", own, count)

    assert asked == [("alibaba", counted.REQUESTS)]
    assert (known.plan, known.plan_day) == ("pro", 7)
    assert known.count is not None
    assert known.count(NOW - timedelta(hours=3)) == 2
    other = recorded.strategy(recorded.deepseek.PROVIDER, "balance")
    assert with_plan(sign_ins.facts(NOW), other, "deepseek", own, count) == sign_ins.facts(NOW)


def test_it_is_counted_anew_every_five_minutes_and_when_the_plan_changes():
    own, clock = ProviderSettings(plan="pro"), ManualClock(NOW)
    first = signature(counted.STRATEGY, own, clock.now())

    clock.advance(timedelta(minutes=4))
    assert signature(counted.STRATEGY, own, clock.now()) == first
    assert signature(counted.STRATEGY, replace(own, plan="lite"), clock.now()) != first
    clock.advance(timedelta(minutes=2))
    assert signature(counted.STRATEGY, own, clock.now()) != first
