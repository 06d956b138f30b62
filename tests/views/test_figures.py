"""Figures: rounded so that nobody is told more than was reached."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.views.build import BERLIN, KATHMANDU, NOW, said
from usagetray.model import Money
from usagetray.views.figures import (
    age,
    ago,
    countdown,
    duration,
    exact_amount,
    instant,
    money,
    percent,
    used_or_left,
    used_percent,
)


@pytest.mark.parametrize(
    ("share", "used", "left"),
    [
        (0.0, "0 % used", "100 % left"),
        (0.004, "<1 % used", ">99 % left"),
        (0.000000001, "<1 % used", ">99 % left"),
        (0.01, "1 % used", "99 % left"),
        (0.29, "29 % used", "71 % left"),
        (0.42, "42 % used", "58 % left"),
        (0.6199, "61 % used", "39 % left"),
        (0.9999, "99 % used", "1 % left"),
        (1.0, "100 % used", "0 % left"),
        (1.05, "105 % used", "0 % left"),
        (3.53, "353 % used", "0 % left"),
        (50.0, ">999 % used", "0 % left"),
        (None, "–", "–"),
        (float("nan"), "–", "–"),
        (float("inf"), "–", "–"),
        (-0.05, "–", "–"),
        (1e307, "–", "–"),
    ],
)
def test_a_share_is_rounded_down_and_used_and_left_add_up(share, used, left):
    assert said(used_or_left(share, left=False)) == used
    assert said(used_or_left(share, left=True)) == left


def test_the_space_before_the_sign_is_narrow_and_does_not_break():
    assert percent(0.62) == "62\u202f%"


def test_scripts_get_whole_percents_without_float_noise():
    assert used_percent(0.6100000000000001) == 61
    assert isinstance(used_percent(0.42), int)
    assert used_percent(0.425) == 42.5
    assert used_percent(float("nan")) is None


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(days=2, hours=13, minutes=56), "2 d 13 h"),
        (timedelta(days=2, minutes=5), "2 d"),
        (timedelta(hours=1, minutes=16, seconds=59), "1 h 16 m"),
        (timedelta(minutes=13, seconds=59), "13 m"),
        (timedelta(seconds=59), "under 1 m"),
        (timedelta(0), "now"),
        (timedelta(hours=-5), "now"),
    ],
)
def test_time_to_go_has_two_units_and_is_never_negative(span, text):
    assert said(duration(span)) == text
    assert "\u0020" not in duration(span)


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=24), "24 s"),
        (timedelta(seconds=90), "1 m"),
        (timedelta(hours=1, minutes=42), "1 h 42 m"),
        (timedelta(seconds=-30), "0 s"),
    ],
)
def test_ages_count_seconds_and_are_never_negative(span, text):
    assert said(age(span)) == text


def test_a_countdown_that_has_run_out_says_now():
    assert countdown(NOW - timedelta(seconds=30), NOW) == "now"
    assert said(countdown(NOW + timedelta(minutes=13), NOW)) == "in 13 m"


def test_the_last_seconds_are_just_now():
    assert ago(NOW, NOW) == "just now"
    assert ago(NOW + timedelta(hours=48), NOW) == "just now"


@pytest.mark.parametrize(
    ("at", "zone", "text"),
    [
        (datetime(2026, 11, 20, 20, 20, tzinfo=UTC), BERLIN, "21:20"),
        (datetime(2026, 11, 20, 20, 19, 59, 900000, tzinfo=UTC), BERLIN, "21:20"),
        (datetime(2026, 11, 23, 8, 0, tzinfo=UTC), BERLIN, "Mon 09:00"),
        (datetime(2026, 11, 26, 8, 0, tzinfo=UTC), BERLIN, "Thu 09:00"),
        (datetime(2026, 11, 27, 8, 0, tzinfo=UTC), BERLIN, "27 Nov 09:00"),
        (datetime(2027, 11, 27, 8, 0, tzinfo=UTC), BERLIN, "27 Nov 2027 09:00"),
        (datetime(2026, 11, 20, 20, 20, tzinfo=UTC), KATHMANDU, "02:05"),
        (datetime(2026, 11, 19, 17, 22, tzinfo=UTC), BERLIN, "Thu 18:22"),
        (datetime(9999, 12, 31, 23, 0, tzinfo=UTC), KATHMANDU, "31 Dec 9999 23:00"),
    ],
)
def test_an_instant_says_as_much_of_the_date_as_is_needed(at, zone, text):
    """Now is Fri 20 Nov 20:04 in Berlin and already Sat 21 Nov 00:49 in Kathmandu."""
    assert said(instant(at, NOW, zone)) == text


def test_a_weekly_reset_names_its_day_even_today():
    assert said(instant(datetime(2026, 11, 20, 20, 20, tzinfo=UTC), NOW, BERLIN, with_day=True)) == "Fri 21:20"


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("12.66", "USD", "$12.66"),
        ("41.32", "EUR", "€41.32"),
        ("412.5", "credits", "412.50 credits"),
        ("999.994", "USD", "$999.99"),
        ("999.996", "USD", "$1,000"),
        ("1234.5", "USD", "$1,235"),
        ("0", "USD", "$0.00"),
        ("0.004", "USD", "<$0.01"),
        ("-3.1", "USD", "−$3.10"),
        ("1234", "JPY", "¥1,234"),
        ("NaN", "USD", "–"),
        ("1E+40", "USD", "–"),
        ("5", "<b>X", "5.00 ‹b›X"),
    ],
)
def test_money_carries_its_own_sign_and_no_false_precision(amount, currency, text):
    assert said(money(Money(amount=Decimal(amount), currency=currency))) == text


def test_a_round_limit_reads_without_cents():
    assert money(Money(amount=Decimal("50.00"), currency="USD"), trim=True) == "$50"
    assert money(Money(amount=Decimal("49.50"), currency="USD"), trim=True) == "$49.50"


def test_scripts_get_the_currencys_own_decimals():
    assert exact_amount(Money(amount=Decimal("300"), currency="USD")) == "300.00"
    assert exact_amount(Money(amount=Decimal("1234"), currency="JPY")) == "1234"
    assert exact_amount(Money(amount=Decimal("Infinity"), currency="USD")) is None
