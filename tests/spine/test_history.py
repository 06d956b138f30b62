"""The history read from a real ledger: the user's prices, and only as much read again as has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.spine.spending_world import Call, Computer
from tests.support import ManualClock
from usagetray.domain.history import History, HistoryWish, history
from usagetray.domain.history_days import DaySums
from usagetray.edges.store import open_reader, open_writer
from usagetray.edges.tables import rate_table
from usagetray.profile import Profile, local_zone, open_profile
from usagetray.spine.history import HistoryDays, history_reader
from usagetray.spine.reporting import Question, report_of
from usagetray.spine.store_state import READING

ZONE = ZoneInfo("Pacific/Auckland")
NOW = datetime(2026, 11, 20, 7, 4, tzinfo=UTC)
HOUSE_RATE = '[[rates]]\nmodel = "house-model"\ninput = "{}"\noutput = "{}"\n'


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Computer:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    return Computer(profile=tmp_path / "profile", clock=ManualClock(NOW), zone=ZONE)


def profile_of(computer: Computer) -> Profile:
    return replace(open_profile({"USAGETRAY_HOME": str(computer.profile)}), clock=computer.clock)


def calls(*days: int, usd: float = 1, project: str = "/home/me/webshop", model: str = "house-model") -> list[Call]:
    return [Call(at=NOW - timedelta(days=each), usd=usd, project=project, model=model) for each in days]


def test_before_anything_was_counted_there_is_nothing(computer: Computer) -> None:
    computer.configure("")

    found = history_reader(profile_of(computer))(HistoryWish())

    assert found == History(wish=HistoryWish(), today=date(2026, 11, 20))


def test_the_history_goes_by_the_user_s_own_prices_as_they_are_now(computer: Computer) -> None:
    """10,000 tokens are $1 at $100 a million, and $2 at $200."""
    computer.configure("")
    computer.remember(calls(0, 3, 200))
    read = history_reader(profile_of(computer))
    before = read(HistoryWish())

    (computer.profile / "config.toml").write_text(HOUSE_RATE.format("200.00", "200.00"))

    assert before.total.usd == 2
    assert read(HistoryWish()).total.usd == 4
    assert read(HistoryWish(days=365)).total.usd == 6
    assert read(HistoryWish()).kept_since == date(2026, 5, 4)


def test_what_is_new_is_seen_whenever_it_was_made(computer: Computer) -> None:
    """Today's, and what a log found later tells of weeks ago."""
    computer.configure("")
    computer.remember(calls(0, 40))
    read = history_reader(profile_of(computer))
    assert read(HistoryWish(days=90)).total.usd == 2

    computer.remember(calls(0, usd=3))
    seen_today = read(HistoryWish(days=90)).total.usd
    computer.remember(calls(60, usd=5))
    seen_late = read(HistoryWish(days=90)).total.usd

    assert (seen_today, seen_late) == (5, 10)


def test_days_that_have_not_changed_are_not_read_again(computer: Computer) -> None:
    """What is the same object was not made anew: after another call only the last three UTC days are."""
    computer.configure("")
    computer.remember(calls(0, 40))
    days = HistoryDays()

    def look() -> tuple[DaySums, ...]:
        store = open_reader(computer.profile / "usagetray.db")
        assert store is not None
        found = days.sums(store, 90, (), NOW, ZONE).days
        store.close()
        return found

    first, second = look(), look()
    computer.remember(calls(0))
    third = look()

    assert len(first) > 40
    assert all(one is other for one, other in zip(first, second, strict=True))
    assert [number for number, each in enumerate(third) if each is not first[number]] == [*range(len(first))][-3:]


def test_a_day_that_was_of_today_is_read_again_when_it_has_become_an_old_one(computer: Computer) -> None:
    """A window left open over a weekend: what came on its first evening, after the look, is seen on Monday."""
    computer.configure("")
    computer.remember(calls(0))
    read = history_reader(profile_of(computer))
    read(HistoryWish())

    computer.remember(calls(0, usd=2))
    computer.clock.advance(timedelta(days=4))

    assert read(HistoryWish()).total.usd == 3


def test_the_history_and_the_report_agree(computer: Computer) -> None:
    """By day, by model and by project, to the last digit."""
    computer.configure("")
    models = ("claude-opus-4-5", "gpt-5.1-codex", "unknown-model")
    for number, model in enumerate(models):
        computer.remember(calls(*range(number, 28, 2), usd=1.37, project=f"/work/{number}", model=model))
    read = history_reader(profile_of(computer))
    by_model, by_project = read(HistoryWish()), read(HistoryWish(by="project"))

    store = open_writer(computer.profile / "usagetray.db")
    asked = Question(zone=local_zone(), since=date(2026, 10, 22), until=date(2026, 11, 20))
    table = rate_table(today=NOW.date())
    daily, projects = (report_of(kind, store, asked, table) for kind in ("daily", "project"))
    store.close()

    days = {each.day.isoformat(): each.total for each in by_model.bars if each.total.tokens}
    assert {row.key: (row.figures.cost.usd, row.figures.tokens.total) for row in daily.rows} == {
        day: (amount.usd, amount.tokens) for day, amount in days.items()
    }
    told = {row.key: row.figures.cost.usd for row in projects.rows if row.figures.cost.usd}
    assert {each.key: each.total.usd for each in by_project.series} == told
    assert by_model.total.usd == daily.total.cost.usd > Decimal(1)
    assert by_model.unpriced == ("unknown-model",)
    assert by_model.total.is_least


def test_a_history_says_how_far_the_logs_are_read(computer: Computer) -> None:
    computer.configure("")
    computer.remember(calls(0))
    store = open_writer(computer.profile / "usagetray.db")
    store.set_meta(READING, "312/1000")
    store.close()

    assert history_reader(profile_of(computer))(HistoryWish()).logs_read == (312, 1000)


def test_the_sums_of_one_look_answer_every_wish(computer: Computer) -> None:
    computer.configure("")
    computer.remember(calls(0, 20))
    store = open_reader(computer.profile / "usagetray.db")
    assert store is not None
    sums = HistoryDays().sums(store, 90, (), NOW, ZONE)
    store.close()

    found = [history(sums, HistoryWish(days=days, unit="tokens")).total.tokens for days in (7, 30, 90)]

    assert found == [10_000, 20_000, 20_000]


def test_logs_counted_anew_have_the_prices_of_their_own_models(computer: Computer) -> None:
    """After `index --rebuild` the ledger's numbers may mean other terms: here the same number is another model."""
    computer.configure("")
    computer.remember(calls(3, 4, usd=1, model="house-model"))
    read = history_reader(profile_of(computer))
    assert read(HistoryWish()).total.usd == 2

    store = open_writer(computer.profile / "usagetray.db")
    store.database.write(
        ("UPDATE terms SET model = 'unknown-model'", [()]), ("UPDATE usage SET input = input + 1", [()])
    )
    store.close()
    computer.remember(calls(5, usd=1, model="house-model"))
    found = read(HistoryWish())

    assert found.total.usd == 1
    assert found.unpriced == ("unknown-model",)


def test_a_ledger_from_a_clock_that_ran_ahead_is_no_error(computer: Computer) -> None:
    """Of days to come nothing is drawn."""
    computer.configure("")
    computer.remember(calls(-9))

    found = history_reader(profile_of(computer))(HistoryWish())

    assert found.total.tokens == 0
    assert len(found.bars) == 30
