"""Quarters of an hour drawn as days and hours of the week: sums, order, clock changes, and what has no price."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report_build import AT, TABLE
from usagetray.domain.history import (
    Amount,
    Busiest,
    History,
    HistorySums,
    HistoryWish,
    history,
    hours_until,
)
from usagetray.domain.history_days import (
    DAY,
    EPOCH_ORDINAL,
    Counted,
    DaySums,
    UnitPrice,
    ahead,
    day_sums,
    unit_price,
)
from usagetray.domain.pricing import price, uncached
from usagetray.usage import Attempt, TokenCounts

AUCKLAND, BERLIN, KATHMANDU = ZoneInfo("Pacific/Auckland"), ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu")
NOW = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)  # a Friday
MODELS = ("large", "small", "other", "a", "b", "c", "d")
PROJECTS = ("/work/one", "/work/two", "")


def quarter(at: datetime) -> int:
    return int(at.timestamp()) // 900


def used(at: datetime, model: str = "large", project: str = "/work/one", *, tokens: int = 1_000_000) -> Counted:
    """Input only: a million tokens of "large" are $3, of "small" $1, of the others nobody knows."""
    return (quarter(at), PROJECTS.index(project), MODELS.index(model), 0, tokens, 0, 0, 0, 0, 0)


def unit(terms: int, band: int) -> UnitPrice | None:
    del band
    return unit_price(Attempt(model=MODELS[terms], at=AT, tokens=TokenCounts(), prompt=0), TABLE)


def sums(*rows: Counted, zone: ZoneInfo = BERLIN, now: datetime = NOW) -> HistorySums:
    by_day: dict[int, list[Counted]] = {}
    for row in sorted(rows):
        by_day.setdefault(row[0] // DAY, []).append(row)
    days = tuple(day_sums(own, day, zone, dict(enumerate(PROJECTS)), unit) for day, own in by_day.items())
    first = rows and min(row[0] for row in rows)
    kept = date.fromordinal((first + ahead(zone, first)) // DAY + EPOCH_ORDINAL) if first else None
    return HistorySums(read_at=now, zone=zone, days=days, reach=365, kept_since=kept)


def drawn(*rows: Counted, zone: ZoneInfo = BERLIN, now: datetime = NOW, **wish: object) -> History:
    return history(sums(*rows, zone=zone, now=now), HistoryWish(**wish))  # type: ignore[arg-type]


def days_ago(days: int, hour: int = 10) -> datetime:
    return datetime(2026, 11, 20, hour, tzinfo=UTC) - timedelta(days=days)


# ---- days --------------------------------------------------------------------------------------------------


def test_there_is_a_bar_for_every_day_with_use_or_without() -> None:
    found = drawn(used(days_ago(0)), used(days_ago(29), tokens=2_000_000), used(days_ago(30)))

    assert [each.day for each in found.bars] == [date(2026, 10, 22) + timedelta(days=at) for at in range(30)]
    assert [each.total.usd for each in found.bars] == [Decimal(6), *[Decimal(0)] * 28, Decimal(3)]
    assert found.total == Amount(3_000_000, Decimal(9), 0, False)
    assert found.kept_since == date(2026, 10, 21)


def test_a_day_is_the_user_s_own() -> None:
    """20 November, 11:30 UTC is after midnight in Auckland, where at 10:30 it was still the 20th."""
    found = drawn(used(NOW - timedelta(hours=1)), used(NOW), zone=AUCKLAND, days=7)

    assert [(each.day, each.total.usd) for each in found.bars[-2:]] == [
        (date(2026, 11, 20), Decimal(3)),
        (date(2026, 11, 21), Decimal(3)),
    ]


def test_nothing_counted_is_no_history_and_no_day_of_zero() -> None:
    found = drawn()

    assert (found.kept_since, found.bars, found.series, found.busiest) == (None, (), (), None)


def test_a_quiet_week_after_an_old_use_shows_days_without_any() -> None:
    found = drawn(used(days_ago(40)), days=7)

    assert len(found.bars) == 7
    assert found.total == Amount()
    assert (found.series, found.busiest, found.cache_share, found.cache_saved) == ((), None, None, None)


def test_what_has_no_price_is_no_zero() -> None:
    """$3 of one model and 5M tokens of another: at least $3. A day of the other alone has no price at all."""
    found = drawn(used(days_ago(0)), used(days_ago(0), "other"), used(days_ago(1), "other", tokens=4_000_000))

    assert found.total == Amount(6_000_000, Decimal(3), 5_000_000, True)
    assert found.bars[-2].total.is_unknown
    assert not found.bars[-1].total.is_unknown
    assert found.unpriced == ("other",)
    assert [each.key for each in found.series] == ["large"]
    assert all(len(each.parts) == 1 for each in found.bars)


# ---- order and colours -------------------------------------------------------------------------------------


def test_the_largest_five_are_named_and_the_rest_is_one() -> None:
    rows = [used(days_ago(1), model, tokens=(at + 1) * 1000) for at, model in enumerate(MODELS)]

    found = drawn(*rows, unit="tokens")

    assert [each.key for each in found.series] == ["d", "c", "b", "a", "other", ""]
    assert found.series[5].others == 2
    assert found.series[5].total.tokens == 3000
    assert sum(each.share or 0 for each in found.series) == pytest.approx(1)


def test_a_sixth_one_is_named_too() -> None:
    rows = [used(days_ago(1), model, tokens=(at + 1) * 1000) for at, model in enumerate(MODELS[:6])]

    found = drawn(*rows, unit="tokens")

    assert [(each.key, each.others) for each in found.series] == [
        ("small", 0), ("c", 0), ("b", 0), ("a", 0), ("other", 0), ("large", 0),
    ]  # fmt: skip
    assert all(len(each.parts) == 6 for each in found.bars)


def test_a_model_keeps_its_place_whatever_span_and_unit_are_shown() -> None:
    """Over 90 days large cost most; in the last week small did, and had more tokens."""
    rows = (used(days_ago(60), tokens=9_000_000), used(days_ago(2), "small", tokens=8_000_000), used(days_ago(1)))

    orders = {
        tuple(each.key for each in drawn(*rows, days=days, unit=unit_).series)
        for days in (7, 30, 90)
        for unit_ in ("cost", "tokens")
    }

    assert orders == {("large", "small")}


def test_parts_of_a_bar_stand_in_the_legend_s_order_and_add_up() -> None:
    found = drawn(used(days_ago(0)), used(days_ago(0), "small"), used(days_ago(3), "small"), by="model")

    assert [each.key for each in found.series] == ["large", "small"]
    assert [part.usd for part in found.bars[-1].parts] == [Decimal(3), Decimal(1)]
    assert [part.usd for part in found.bars[-4].parts] == [Decimal(0), Decimal(1)]


def test_the_same_use_can_be_seen_by_project() -> None:
    rows = (used(days_ago(0), project="/work/two"), used(days_ago(0), project=""), used(days_ago(1)))

    found = drawn(*rows, by="project")

    assert {each.key: each.total.usd for each in found.series} == {each: Decimal(3) for each in PROJECTS}
    assert found.total.usd == 9


# ---- the week ----------------------------------------------------------------------------------------------


def test_an_hour_of_the_week_is_told_per_such_hour() -> None:
    """Four Fridays at 11 in Berlin, of which one is just going on; used in two of them."""
    found = drawn(used(days_ago(7)), used(days_ago(14), tokens=3_000_000), used(days_ago(27)), days=28)
    friday = found.week[4][11]

    assert (friday.total.usd, friday.times) == (Decimal(12), 4)
    assert friday.mean("cost") == 3
    assert found.busiest_hours == (None, None, None, None, 11, 12, None)


def test_the_busiest_hours_are_three_of_one_day_without_idle_ends() -> None:
    found = drawn(used(days_ago(7, 9)), used(days_ago(7, 10)), used(days_ago(2, 9), tokens=900_000))

    assert found.busiest == Busiest(weekday=4, first=10, last=11)


@pytest.mark.parametrize(
    ("zone", "day", "hour", "times"),
    [
        (BERLIN, datetime(2026, 10, 25, tzinfo=UTC), 2, 2),  # clocks went back at 3: the hour from 2 came twice
        (BERLIN, datetime(2026, 3, 29, tzinfo=UTC), 2, 0),  # and never in spring
        (AUCKLAND, datetime(2026, 4, 4, 20, tzinfo=UTC), 2, 2),
        (KATHMANDU, datetime(2026, 10, 25, tzinfo=UTC), 2, 1),
    ],
)
def test_an_hour_that_clocks_repeat_or_skip_is_counted_as_often_as_it_was(
    zone: ZoneInfo, day: datetime, hour: int, times: int
) -> None:
    local = day.astimezone(zone).date()

    assert hours_until(local, day + timedelta(hours=40), zone)[local.weekday()][hour] == times


def test_use_before_and_after_clocks_go_back_is_of_the_same_hour() -> None:
    """00:30 and 01:30 UTC are both half past two in Berlin on 25 October 2026."""
    twice = [used(datetime(2026, 10, 25, hour, 30, tzinfo=UTC)) for hour in (0, 1)]

    found = drawn(*twice, now=datetime(2026, 10, 25, 12, tzinfo=UTC), days=7)

    assert found.week[6][2].total.usd == 6
    assert found.week[6][2].times == 2
    assert found.bars[-1].total.usd == 6


def test_an_hour_that_has_not_begun_does_not_count() -> None:
    found = hours_until(date(2026, 11, 20), NOW, BERLIN)

    assert sum(map(sum, found)) == 13  # from midnight to the one that began at 12


# ---- prices ------------------------------------------------------------------------------------------------

COUNTS = st.integers(0, 10**9)


@settings(max_examples=40, deadline=None)
@given(given_=COUNTS, write_5m=COUNTS, write_1h=COUNTS, read=COUNTS, output=COUNTS, model=st.sampled_from(MODELS))
def test_a_sum_costs_what_the_price_list_says_to_the_last_digit(
    given_: int, write_5m: int, write_1h: int, read: int, output: int, model: str
) -> None:
    """By whole numbers, and by the decimals that reports reckon with."""
    counts = TokenCounts(input=given_, cache_write_5m=write_5m, cache_write_1h=write_1h, cache_read=read, output=output)
    attempt = Attempt(model=model, at=AT, tokens=counts, prompt=counts.prompt)
    row = (quarter(NOW), 0, MODELS.index(model), 0, given_, write_5m, write_1h, read, output, 0)

    found = drawn(row)

    usd = price(attempt, TABLE).usd
    assert found.total.usd == (usd or 0)
    assert found.total.is_least == (usd is None)
    assert found.total.tokens == counts.total
    if found.cache_saved is not None:
        assert found.cache_saved == (uncached(attempt, TABLE).usd or 0) - (usd or 0)


def test_searches_without_a_known_fee_make_a_sum_the_least_it_can_be() -> None:
    """The price list has no fee for them."""
    found = drawn((quarter(NOW), 0, 0, 0, 1_000_000, 0, 0, 0, 0, 2))

    assert found.total == Amount(1_000_000, Decimal(3), 0, True)
    assert not found.total.is_unknown


def test_rows_that_a_client_wrote_by_itself_are_no_use() -> None:
    row = used(NOW)

    assert day_sums([row], row[0] // DAY, BERLIN, {0: "/work/one"}, lambda _terms, _band: None) == DaySums(
        (), (), (), ()
    )
    assert unit_price(Attempt(model="<synthetic>", at=AT, tokens=TokenCounts(), prompt=0), TABLE) is None
