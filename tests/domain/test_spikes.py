"""Spend spikes: what is far above this user's own usual, said once, and never of a regular busy hour."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.spent import spend
from usagetray.domain.alerts import Told
from usagetray.domain.spending import Spend, by_quarter
from usagetray.domain.spikes import QUIET, Spike, is_news, session_hours, spikes, usual_hour, usual_of

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = date(2026, 11, 20)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), BERLIN).astimezone(UTC)


def history(weeks: int = 8, *, busy: object = 40, calm: object = 2, busy_hour: int = 9) -> list[Spend]:
    """Of each workday: five hours of little use, and one in which much is done; each hour is a session."""
    rows = []
    for back in range(1, weeks * 7 + 1):
        day = FRIDAY - timedelta(days=back)
        if day.weekday() < 5:
            for hour in (busy_hour, 11, 12, 14, 15, 16):
                usd = busy if hour == busy_hour else calm
                rows.append(spend(at(day, hour, 15), usd, session=f"{day} {hour}"))
    return rows


def found(rows: Iterable[Spend], now: datetime) -> tuple[Spike, ...]:
    kept = list(rows)
    before = [row for row in kept if row.quarter < int(now.timestamp() // 3600) * 4]
    hour = usual_hour(by_quarter(kept), now, BERLIN)
    return spikes(kept, hour, usual_of(list(session_hours(before).values())), now, BERLIN)


def test_a_regular_busy_hour_is_no_spike() -> None:
    """Every workday at nine costs $40 where the others cost $2; so does today, and three times that is not yet news."""
    for sessions in (["40"], ["60"], ["79"], ["60", "60"]):
        rows = [spend(at(FRIDAY, 9), usd, session=f"{number}") for number, usd in enumerate(sessions)]
        assert found([*history(), *rows], at(FRIDAY, 9, 59)) == ()


def test_the_same_sum_in_a_calm_hour_is_one() -> None:
    (spike,) = found([*history(), spend(at(FRIDAY, 14), 40, session="x")], at(FRIDAY, 14, 20))

    assert (spike.session, spike.usd, spike.usual, spike.by_weekday) == ("", 40, 2, True)
    assert (spike.starts_at, spike.project) == (at(FRIDAY, 14), "/home/me/webshop")
    assert spike.causes[1] == ("session", (("x", 1.0),))


def test_little_more_is_none_however_many_times_the_usual_it_is() -> None:
    """$6.99 is three and a half times $2, and not five dollars above it."""
    assert found([*history(), spend(at(FRIDAY, 14), "6.99")], at(FRIDAY, 14, 20)) == ()
    assert found([*history(), spend(at(FRIDAY, 14), "7.01")], at(FRIDAY, 14, 20)) != ()


def test_one_dear_hour_in_eight_weeks_does_not_hide_the_next() -> None:
    rows = [*history(), spend(at(FRIDAY - timedelta(weeks=3), 14), 500)]

    assert found([*rows, spend(at(FRIDAY, 14), 40)], at(FRIDAY, 14, 20)) != ()


def test_with_less_than_four_weeks_on_record_nothing_is_said() -> None:
    assert found([*history(3), spend(at(FRIDAY, 14), 400)], at(FRIDAY, 14, 20)) == ()
    assert found([spend(at(FRIDAY, 14), 400)], at(FRIDAY, 14, 20)) == ()


def test_an_hour_in_which_nobody_worked_before_is_measured_by_the_hours_of_work() -> None:
    """On a Saturday night: what an hour costs usually is no spike, three times the dearest is."""
    saturday = FRIDAY + timedelta(days=1)
    rows = history()

    assert found([*rows, spend(at(saturday, 23), 40)], at(saturday, 23, 30)) == ()
    (spike,) = found([*rows, spend(at(saturday, 23), 120)], at(saturday, 23, 30))
    assert not spike.by_weekday


def test_who_begins_an_hour_late_is_not_unusual() -> None:
    assert found([*history(), spend(at(FRIDAY, 10), 45)], at(FRIDAY, 10, 50)) == ()


def test_the_busy_hour_is_the_same_on_the_user_s_clock_after_the_clocks_were_changed() -> None:
    """Berlin went from summer to winter time on 25 October 2026: nine o'clock is another hour in UTC since then."""
    monday = date(2026, 11, 2)
    rows = [row for row in history() if row.quarter < int(at(monday, 0).timestamp() // 900)]

    assert found([*rows, spend(at(monday, 9), 41)], at(monday, 9, 50)) == ()
    assert found([*rows, spend(at(monday, 14), 41)], at(monday, 14, 50)) != ()


def test_a_session_that_runs_off_in_a_busy_hour_is_one() -> None:
    """The hour allows $120; one session that takes $90 of $95 is twice what any hour of a session was."""
    rows = [*history(), spend(at(FRIDAY, 9), 90, session="runaway"), spend(at(FRIDAY, 9), 5, session="other")]

    (spike,) = found(rows, at(FRIDAY, 9, 40))

    assert (spike.session, spike.usd) == ("runaway", 90)
    assert spike.causes[0] == ("project", (("/home/me/webshop", 1.0),))


def test_what_was_counted_late_of_an_hour_gone_by_is_none() -> None:
    assert found([*history(), spend(at(FRIDAY, 13), 400)], at(FRIDAY, 14, 5)) == ()


def test_a_spike_is_news_once_and_again_after_two_quiet_hours() -> None:
    told: Told | None = None
    said = []
    for hour in (11, 12, 14, 18):  # 14 is within two hours after 12's end, 18 is not
        (spike,) = found([*history(), spend(at(FRIDAY, hour), 400)], at(FRIDAY, hour, 30))
        for minute in (30, 45):
            is_new, told = is_news(spike, told, at(FRIDAY, hour, minute))
            said.append((hour, is_new))

    assert [hour for hour, is_new in said if is_new] == [11, 18]
    assert told is not None
    assert told.cycle_ends_at == at(FRIDAY, 19) + QUIET


@given(st.lists(st.decimals(1, 60, places=2), min_size=8, max_size=8), st.integers(0, 7))
def test_what_an_hour_has_cost_before_is_no_spike_where_it_varies_by_half(usual: list[Decimal], again: int) -> None:
    """Whatever the eight Fridays were, the dearest of those within half of their median comes without an alert."""
    middle = sorted(usual)[4]
    kept = [min(max(usd, middle / 2), middle * Decimal("1.5")) for usd in usual]
    rows = [spend(at(FRIDAY - timedelta(weeks=week + 1), 14), usd) for week, usd in enumerate(kept)]
    rows.append(spend(at(FRIDAY - timedelta(weeks=8), 12), 1))

    assert found([*rows, spend(at(FRIDAY, 14), kept[again])], at(FRIDAY, 14, 30)) == ()
