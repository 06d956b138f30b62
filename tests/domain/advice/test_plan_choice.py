"""Which plan would have sufficed: peaks carried over by the plans' multiples, and what is not known said."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.advice.made_up import NOW, plan, session, week
from tests.domain.advice.worked import tables
from usagetray.domain.advice.plan_choice import Cycle, Sufficiency, fit, lockouts
from usagetray.domain.advice.plans import session_ratio, week_ratio

ENDED = NOW - timedelta(days=1)


def weeks(*peaks: str, readings: int = 12) -> tuple[Cycle, ...]:
    """The last one ended yesterday."""
    return tuple(week(ENDED - timedelta(days=7 * back), peak, readings=readings) for back, peak in enumerate(peaks))


@pytest.mark.parametrize(
    ("of", "on", "strict", "mild"),
    [("max_20x", "max_5x", "4", "1.71"), ("max_20x", "pro", "20", "6"), ("max_5x", "pro", "5", "3.5")],
)
def test_the_week_s_multiple_is_read_strictly_and_mildly(of: str, on: str, strict: str, mild: str) -> None:
    ratio = week_ratio(plan(of), plan(on))

    assert ratio is not None
    assert (ratio.strict, round(ratio.mild, 2)) == (Decimal(strict), Decimal(mild))


def test_without_a_published_week_the_session_s_multiple_stands_in_and_says_so() -> None:
    week_, session_ = (ratio(plan("openai/pro"), plan("plus")) for ratio in (week_ratio, session_ratio))

    assert week_ is not None
    assert session_ is not None
    assert (week_.strict, week_.is_assumed) == (20, True)
    assert (session_.strict, session_.is_assumed) == (20, False)


def test_percent_never_carries_over_to_another_vendor() -> None:
    assert week_ratio(plan("max_5x"), plan("plus")) is None
    assert fit(weeks("0.1", "0.1"), plan("max_5x"), plan("plus"), NOW).verdict is Sufficiency.UNKNOWN


@pytest.mark.parametrize(
    ("peak", "verdict"),
    [
        ("0.15", Sufficiency.SUFFICES),  # 75 % of Pro
        ("0.16", Sufficiency.JUST),  # 80 %
        ("0.20", Sufficiency.JUST),  # 100 %
        ("0.21", Sufficiency.MAY),  # 105 %, 74 % on the hours of 2025
        ("0.38", Sufficiency.NOT),  # 190 %, 133 %
        ("1.00", Sufficiency.NOT),  # censored, at least 500 %
    ],
)
def test_a_smaller_plan_is_judged_by_the_strict_peak(peak: str, verdict: Sufficiency) -> None:
    found = fit(weeks(peak, "0.05"), plan("max_5x"), plan("pro"), NOW)

    assert found.verdict is verdict


def test_the_tightest_window_decides() -> None:
    """75 % of Pro's week, but 150 % of its five hours."""
    found = fit((*weeks("0.15", "0.1"), session(ENDED, "0.3")), plan("max_5x"), plan("pro"), NOW)

    assert found.verdict is Sufficiency.NOT
    assert found.tightest is not None
    assert (found.tightest.key, found.tightest.strict) == ("five_hour", Decimal("1.5"))


def test_weeks_above_the_limits_and_the_hours_to_the_reset_are_counted() -> None:
    """12 even readings to 30 %; Pro is full at 20 %, first passed by the ninth, four thirteenths of a week early."""
    found = fit(weeks("0.30", "0.18", "0.05"), plan("max_5x"), plan("pro"), NOW).tightest

    assert found is not None
    assert (found.cycles, found.tight, found.over) == (3, 2, 1)
    assert found.waited == pytest.approx(timedelta(days=7) / 13 * 4, abs=timedelta(seconds=1))


@pytest.mark.parametrize(
    ("cycles", "missing"),
    [
        ((), ("weeks", "recent_readings")),
        (weeks("0.1"), ("weeks",)),
        (weeks("0.1", "0.1", readings=9), ("weeks",)),
        (tuple(week(NOW - timedelta(days=8 + 7 * back), "0.1") for back in range(3)), ("recent_readings",)),
    ],
    ids=["none", "one week", "few readings", "old"],
)
def test_too_few_readings_are_no_verdict(cycles: tuple[Cycle, ...], missing: tuple[str, ...]) -> None:
    found = fit(cycles, plan("max_5x"), plan("pro"), NOW)

    assert (found.verdict, found.missing) == (Sufficiency.UNKNOWN, missing)


def test_a_boosted_week_and_one_not_over_tell_nothing() -> None:
    boosted = Cycle(
        key="weekly", length=timedelta(days=7), ends_at=ENDED, points=weeks("0.9")[0].points, is_boosted=True
    )
    running = week(NOW + timedelta(days=3), "0.9")

    found = fit((boosted, running, *weeks("0.1", "0.1")), plan("max_5x"), plan("pro"), NOW)

    assert found.verdict is Sufficiency.SUFFICES


def test_a_full_window_leaves_the_demand_on_a_larger_plan_unknown() -> None:
    assert fit(weeks("1.0", "0.9"), plan("pro"), plan("max_5x"), NOW).verdict is Sufficiency.UNKNOWN


def test_hours_locked_out_by_two_windows_at_once_count_once() -> None:
    """The session's reset lies within the week's lockout, which lasts a thirteenth of a week."""
    cycles = (week(ENDED, "1.0"), session(ENDED, "1.0"))

    found = lockouts(cycles, NOW - timedelta(days=30), NOW)

    assert (found.count, found.weeks) == (2, 1)
    assert found.waited == pytest.approx(timedelta(days=7) / 13, abs=timedelta(seconds=1))


PEAKS = st.lists(st.integers(0, 130), min_size=2, max_size=4)
SIZES = ("pro", "max_5x", "max_20x")


@settings(max_examples=80, deadline=None)
@given(peaks=PEAKS, short=st.integers(0, 130), owned=st.sampled_from(SIZES))
def test_a_plan_that_suffices_suffices_as_any_larger_one(peaks: list[int], short: int, owned: str) -> None:
    cycles = (
        *weeks(*(f"0.{peak:02}" if peak < 100 else f"1.{peak - 100:02}" for peak in peaks)),
        session(ENDED, f"{short / 100}"),
    )

    verdicts = [fit(cycles, plan(owned), plan(name), NOW).verdict for name in SIZES]

    good = [each in (Sufficiency.SUFFICES, Sufficiency.JUST) for each in verdicts]
    assert good == sorted(good)


def test_every_plan_for_one_person_is_ranked_by_what_a_month_costs() -> None:
    """A year of $200 is $16.67 a month; seats, contracts and the free plan are left out."""
    names = [(each.id, round(each.monthly or 0, 2)) for each in tables().plans.for_one("anthropic")]

    assert names == [("pro_yearly", Decimal("16.67")), ("pro", 20), ("max_5x", 100), ("max_20x", 200)]
