"""Advice from one's own use: what is said, from how many days, how sure, and what is left unsaid."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.domain.advice.made_up import (
    NOW,
    SONNET,
    advised,
    asked,
    days,
    kinds,
    response,
    session,
    the,
    week,
)
from usagetray.domain.advice.advise import advise
from usagetray.domain.advice.confidence import Confidence, Doubt
from usagetray.domain.advice.items import Kind, Verdict
from usagetray.domain.advice.plan_choice import Cycle

YESTERDAY = NOW - timedelta(days=1)
QUIET = tuple(week(YESTERDAY - timedelta(days=7 * back), peak) for back, peak in enumerate(("0.15", "0.1")))


def test_without_use_there_is_no_report() -> None:
    assert advise([], asked()) is None


@pytest.mark.parametrize(
    ("count", "confidence"),
    [(2, Confidence.NONE), (3, Confidence.EARLY), (7, Confidence.LOW), (28, Confidence.NORMAL), (90, Confidence.HIGH)],
)
def test_confidence_grows_with_the_days(count: int, confidence: Confidence) -> None:
    assert advised(days(count, "9"), "max_5x").confidence is confidence


def test_under_three_days_there_are_figures_and_no_advice() -> None:
    report = advised(days(2, "9"), "max_5x", QUIET)

    assert report.covered["anthropic"].usd == 18
    assert report.advice == ()


def test_under_a_week_nothing_is_recommended() -> None:
    """The comparison with the fee stands; that a smaller plan would do is not said."""
    report = advised(days(6, "9"), "max_5x", QUIET)

    assert the(report, Kind.PLAN_PAYS).figures["fee_month_usd"] == 100
    assert the(report, Kind.LOWER_PLAN).verdict is Verdict.UNKNOWN


def test_a_plan_pays_by_what_its_use_is_worth_beyond_the_fee() -> None:
    """20 September to 19 November, $9 a day: 11 of 30 days, 31, 19 of 30, two months of $274.50; less $100."""
    item = the(advised(days(61, "9"), "max_5x"), Kind.PLAN_PAYS)

    assert item.verdict is Verdict.YES
    assert item.figures["equivalent_month_usd"] == Decimal("274.50")
    assert item.monthly is not None
    assert item.monthly.point == Decimal("174.50")
    assert item.figures["break_even_tokens_month"] == 33_333_333  # at $3 a million
    assert item.figures["break_even_active_days_month"] == Decimal(100) / 9
    assert "other_machines" in item.missing


def test_a_plan_that_does_not_pay_says_by_how_much_at_most() -> None:
    item = the(advised(days(61, "3"), "max_5x"), Kind.PLAN_PAYS)

    assert item.verdict is Verdict.NO
    assert item.figures["difference_usd"] == 100 - Decimal("91.50")
    assert item.monthly is not None
    assert (item.monthly.low, item.monthly.high) == (0, Decimal("8.50"))


def test_a_use_worth_just_the_fee_is_at_break_even() -> None:
    """All of September and October: $200 of Haiku 4.5 on the first day, nothing since."""
    first, last = NOW.replace(month=9, day=1), NOW.replace(month=10, day=31)
    rows = [response(first, "claude-haiku-4-5", input=200_000_000), response(last, output=0)]

    item = the(advised(rows, "max_5x"), Kind.PLAN_PAYS)

    assert item.figures["equivalent_month_usd"] == 100
    assert item.verdict is Verdict.EVEN


def test_two_quiet_weeks_show_that_a_smaller_plan_would_do() -> None:
    """15 % of Max 5x is 75 % of Pro at the strict multiple: $80 a month less."""
    item = the(advised(days(31, "9"), "max_5x", QUIET), Kind.LOWER_PLAN)

    assert (item.about, item.verdict) == ("anthropic/pro", Verdict.YES)
    assert item.figures["peak_there_strict"] == Decimal("0.75")
    assert item.monthly is not None
    assert item.monthly.point == 80
    assert item.flips is not None
    assert (item.flips.what, item.flips.at) == ("peak", Decimal("0.2"))


def test_without_readings_no_smaller_plan_is_named() -> None:
    assert Kind.LOWER_PLAN not in kinds(advised(days(31, "9"), "max_5x"))


def test_a_small_plan_that_ran_out_is_weighed_by_what_an_hour_is_worth() -> None:
    full = (week(YESTERDAY, "1.0"), week(YESTERDAY - timedelta(days=7), "0.9"))

    silent = the(advised(days(31, "9"), "pro", full), Kind.HIGHER_PLAN)
    told = the(advised(days(31, "9"), "pro", full, hour_value=Decimal(50)), Kind.HIGHER_PLAN)
    cheap = the(advised(days(31, "9"), "pro", full, hour_value=Decimal(5)), Kind.HIGHER_PLAN)

    assert (silent.verdict, silent.monthly) == (Verdict.UNKNOWN, None)
    assert "hour_value" in silent.missing
    assert told.verdict is Verdict.YES
    assert told.figures["lockouts"] == 1
    assert told.figures["hours_lost_month"] == Decimal("12.9")  # the last thirteenth of a week
    assert cheap.verdict is Verdict.NO


def test_a_smaller_plan_with_overflow_costs_what_its_full_windows_leave() -> None:
    """$63 a week moved 20x by 45 %, so Max 5x holds $35 a week: $28 of each week go on at list prices."""
    cycles = tuple(week(YESTERDAY - timedelta(days=7 * back), "0.45") for back in range(4))

    item = the(advised(days(28, "9", last=YESTERDAY), "max_20x", cycles), Kind.HYBRID)

    assert item.about == "anthropic/max_5x"
    assert item.figures["fee_month_usd"] == 100
    overflow = item.figures["overflow_month_usd"]
    assert isinstance(overflow, Decimal)
    assert Decimal(110) < overflow < Decimal(135)


def test_a_year_s_fee_is_offered_with_what_is_paid_at_once() -> None:
    item = the(advised(days(31, "3"), "pro"), Kind.YEARLY)

    assert item.figures["year_saving_usd"] == 40
    assert item.figures["paid_at_once_usd"] == 200
    assert item.flips is not None
    assert item.flips.at == 10  # months


def test_fast_mode_and_own_programs_are_billed_and_never_held_against_the_fee() -> None:
    rows = days(31, "9") + days(31, "6", app="mail") + [response(YESTERDAY, "claude-opus-5", output=1000, speed="fast")]

    report = advised(rows, "max_5x")

    assert report.covered["anthropic"].usd == 31 * 9
    assert report.billed is not None
    assert report.billed.usd == 31 * 6 + Decimal("0.05")


def test_without_a_known_plan_each_fee_is_compared_and_the_lack_is_said() -> None:
    report = advised(days(31, "9"))

    found = {each.about: each for each in report.advice if each.kind is Kind.API_OR_PLAN}
    assert {name: each.verdict for name, each in found.items()} == {
        "anthropic/pro": Verdict.YES,
        "anthropic/max_5x": Verdict.YES,
        "anthropic/max_20x": Verdict.YES,
    }
    assert all("window_readings" in each.missing for each in found.values())


def test_fees_within_a_tenth_of_the_use_make_no_clear_difference() -> None:
    """$98.43 a month against $100."""
    found = the(advised(days(61, "3.24")), Kind.API_OR_PLAN, "anthropic/max_5x")

    assert found.verdict is Verdict.UNCLEAR


# ---- calls that are billed ---------------------------------------------------------------------------------


def test_a_task_that_can_wait_is_offered_as_a_batch() -> None:
    """$6 a day for 61 days is $183 by the month, half of it $91.50, nothing of it read from a cache."""
    rows = days(61, "6", app="mail", task="sort")

    item = the(advised(rows, waits=frozenset({"sort"})), Kind.BATCH)

    assert item.about == "mail / sort"
    assert (item.figures["low_month_usd"], item.figures["high_month_usd"]) == (Decimal("91.50"), Decimal("91.50"))
    assert Kind.BATCH not in kinds(advised(rows))


def test_a_batch_s_low_end_counts_no_cache_reads() -> None:
    """$0.945 a day, half in a batch; with the 150,000 read tokens unread $1.35, half of it $0.675."""
    rows = [
        response(YESTERDAY - timedelta(days=back), app="a", task="t", cache_read=150_000, output=60_000)
        for back in range(61)
    ]

    item = the(advised(rows, waits=frozenset({"t"})), Kind.BATCH)

    assert item.figures["high_month_usd"] == Decimal("14.41")  # 0.4725 x 30.5
    assert item.figures["low_month_usd"] == Decimal("8.24")  # 0.27 x 30.5


def test_a_job_that_runs_by_the_clock_can_be_a_batch_without_being_named() -> None:
    rows = [
        response(YESTERDAY - timedelta(days=back) + timedelta(seconds=count), app="nightly", input=20_000, output=900)
        for back in range(30)
        for count in range(20)
    ]

    assert the(advised(rows), Kind.BATCH).about == "nightly"


def test_coding_turns_are_never_a_batch() -> None:
    assert Kind.BATCH not in kinds(advised(days(31, "9"), waits=frozenset({""})))


def test_a_cache_written_for_five_minutes_over_longer_gaps_is_advised_an_hour() -> None:
    """Each day 20 calls a quarter of an hour apart, 100,000 tokens written each time: 25 units against 2 + 1.9."""
    rows = [
        response(
            YESTERDAY - timedelta(days=back) + timedelta(minutes=15 * count),
            app="mail",
            session=f"day {back}",
            cache_write_5m=100_000,
            output=100,
        )
        for back in range(30)
        for count in range(20)
    ]

    item = the(advised(rows), Kind.CACHE_LIFETIME)

    assert item.figures["choice"] == "1h"
    assert item.monthly is not None
    assert item.monthly.low == 0
    a_day = Decimal("0.3") * (25 - Decimal("3.9"))
    assert item.monthly.high == pytest.approx(a_day * Decimal("30.33"), rel=Decimal("0.01"))


def test_a_program_that_caches_nothing_hears_of_it_only_where_its_prompts_are_long_enough() -> None:
    """Haiku 4.5 caches from 4,096 tokens on."""

    def calls(prompt: int) -> list[object]:
        return [
            response(
                YESTERDAY - timedelta(days=back, minutes=count),
                "claude-haiku-4-5",
                app="mail",
                session=f"{back}",
                input=prompt,
            )
            for back in range(30)
            for count in range(50)
        ]

    short, long = (advised(calls(prompt)) for prompt in (4_000, 5_000))  # type: ignore[arg-type]

    assert Kind.CACHE_START not in kinds(short)
    assert the(long, Kind.CACHE_START).about == "mail"


def test_a_smaller_model_is_told_as_a_range_with_its_tokenizer() -> None:
    """Sonnet 4.5 to Sonnet 5.5: two thirds of the price, up to 1.3 times the tokens."""
    item = the(advised(days(61, "6", app="mail")), Kind.ROUTING)

    assert (item.about, item.figures["choice"]) == (SONNET, "claude-sonnet-5-5")
    assert item.figures["high_month_usd"] == Decimal("61.00")
    assert item.figures["low_month_usd"] == Decimal("24.40")  # 183 - 122 x 1.3
    assert item.verdict is Verdict.MAY


def test_small_change_is_not_mentioned() -> None:
    """Caching saves cents here, a batch half of them."""
    rows = [*days(31, "9"), response(YESTERDAY, app="a", task="t", input=10_000, output=10)]

    assert Kind.BATCH not in kinds(advised(rows, "max_5x", waits=frozenset({"t"})))


# ---- doubts ------------------------------------------------------------------------------------------------


def test_unpriced_tokens_lower_the_confidence_and_are_said() -> None:
    rows = [*days(31, "9"), response(YESTERDAY, "nobody-knows", input=10_000_000)]

    report = advised(rows, "max_5x")
    item = the(report, Kind.PLAN_PAYS)

    assert report.doubts == (Doubt.UNPRICED,)
    assert item.confidence is Confidence.LOW
    assert "unpriced_tokens" in item.missing
    assert report.covered["anthropic"].usd == 31 * 9


def test_a_week_that_is_more_than_half_of_everything_is_shown_without_too() -> None:
    rows = [*days(31, "3"), *days(3, "60", last=NOW - timedelta(days=10))]

    report = advised(rows, "max_5x")

    assert Doubt.ONE_WEEK in report.doubts
    assert the(report, Kind.PLAN_PAYS).figures["without_busiest_week_usd"] == Decimal("91.31")  # 24 days of $3


def test_an_unconfirmed_plan_row_that_decides_lowers_the_confidence() -> None:
    table = asked().plans
    doubtful = replace(table.for_one("anthropic")[1], confidence="low")
    report = advise(days(31, "9"), replace(asked(), owned={"anthropic": doubtful}))

    assert report is not None
    assert the(report, Kind.PLAN_PAYS).confidence is Confidence.LOW


def test_use_long_ago_is_said() -> None:
    assert advised(days(31, "9", last=NOW - timedelta(days=9)), "max_5x").missing == ("recent_use",)


def test_the_order_of_the_responses_changes_nothing() -> None:
    rows = days(31, "9") + days(20, "3", app="mail", task="t")
    shuffled = random.Random(7).sample(rows, len(rows))
    cycles: tuple[Cycle, ...] = (*QUIET, session(YESTERDAY, "0.1"))

    one, other = (advised(each, "max_5x", cycles, waits=frozenset({"t"})) for each in (rows, shuffled))

    assert one == other


def test_the_advice_with_most_money_comes_first() -> None:
    report = advised(days(61, "6", app="mail", task="t") + days(61, "9"), "max_5x", QUIET, waits=frozenset({"t"}))

    weights = [each.weight for each in report.advice]
    assert weights == sorted(weights, reverse=True)
    assert report.advice[0].kind is Kind.PLAN_PAYS
