"""Budgets and spend spikes, from the ledger on the disk to what is announced and shown; the clock is moved by hand."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import tzlocal

from tests.spine.spending_world import Call, Computer, at, workdays
from tests.support import ManualClock
from usagetray.domain.alerts import AlertKind
from usagetray.domain.budgets import scope
from usagetray.edges.store import open_writer
from usagetray.model import Account, Money, MoneyKind, MoneyLine, Snapshot, SpendDay
from usagetray.spine.core import Core
from usagetray.spine.spending import forecast
from usagetray.views.menu import menu
from usagetray.views.popup.content import Wish, page
from usagetray.views.status_text import status_text

NOVEMBER = date(2026, 11, 1)
BUDGETS = """
[[budgets]]
amount = "200"

[[budgets]]
name = "Shop"
period = "week"
amount = "40"
project = "webshop"
thresholds = [80]
"""


@pytest.fixture
def computer_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[Callable[[str], Computer]]:
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_CONFIG_HOME", "USAGETRAY_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    made: list[Computer] = []

    def make(zone: str) -> Computer:
        monkeypatch.setenv("TZ", zone)
        tzlocal.reload_localzone()
        place = ZoneInfo(zone)
        clock = ManualClock(at(place, NOVEMBER, 12))
        computer = Computer(profile=tmp_path / "profile", clock=clock, zone=place)
        computer.configure(BUDGETS)
        made.append(computer)
        return computer

    yield make
    for computer in made:
        computer.stop()
    monkeypatch.undo()
    tzlocal.reload_localzone()
    assert [each.getMessage() for each in caplog.get_records("call") if each.levelno >= logging.ERROR] == []


@pytest.fixture
def computer(computer_in: Callable[[str], Computer]) -> Computer:
    return computer_in("Pacific/Kiritimati")


# ---- a month -----------------------------------------------------------------------------------------------

MONTH = [
    ("Thu 05 11:20", "Shop", 0.8),  # 27 + 4 + 1 = $32 of $40
    ("Fri 06 09:20", "Shop", 1.0),  # 36 + 4
    ("Thu 12 11:20", "Shop", 0.8),
    ("Fri 13 09:20", "Shop", 1.0),
    ("Tue 17 09:20", "Everything", 0.5),  # 11 workdays are $99
    ("Thu 19 11:20", "Shop", 0.8),
    ("Fri 20 09:20", "Shop", 1.0),
    ("Tue 24 12:20", "Everything", 0.75),  # 16 x 9 + 4 + 1 + 1 = $150
    ("Wed 25 15:40", "Everything", 0.9),  # 17 x 9 + 8 + 30 = $191
    ("Wed 25 15:40", "spikes", None),  # $31 in an hour that costs $1
    ("Thu 26 11:20", "Shop", 0.8),
    ("Thu 26 15:20", "Everything", 1.0),  # $191 + 1 + 8 = $200
    ("Fri 27 09:20", "Shop", 1.0),
]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_a_month_is_announced_exactly_as_it_was_spent(computer_in: Callable[[str], Computer], zone: str) -> None:
    """Eight weeks of $9 a workday, busy at nine, then November likewise, with one dear hour in another project.

    14 hours before UTC, and 8 after it, where the clocks were changed on 1 November: the busy hour is no spike.
    """
    computer = computer_in(zone)
    computer.remember(workdays(computer.zone, date(2026, 9, 1), date(2026, 10, 31)))
    dear = Call(at=at(computer.zone, date(2026, 11, 25), 15, 40), usd=30, project="/home/me/docs", session="runaway")
    november = workdays(computer.zone, date(2026, 11, 1), date(2026, 11, 30))

    computer.play([*november, dear], restarts=[date(2026, 11, day) for day in (6, 17, 20, 25, 26, 27)])

    assert computer.said == MONTH


def test_the_same_figures_are_announced_once_whatever_the_restarts_and_looks(computer: Computer) -> None:
    computer.play([Call(at=at(computer.zone, date(2026, 11, 3), 10), usd=151)])

    for _ in range(5):
        computer.start()
        computer.clock.advance(timedelta(minutes=7))
        computer.tick()

    assert computer.said == [("Tue 03 10:20", "Everything", 0.75), ("Tue 03 10:20", "Shop", 1.0)]


def test_a_new_day_begins_at_the_user_s_midnight(computer: Computer) -> None:
    """$6 of $10 at 23:59, and at 00:01: two days, two alerts, though in UTC it is one morning."""
    computer.configure('[[budgets]]\nperiod = "day"\namount = "10"')
    zone = computer.zone
    calls = [Call(at=at(zone, date(2026, 11, 3), 23, 59), usd=6), Call(at=at(zone, date(2026, 11, 4), 0, 1), usd=6)]

    computer.play(calls)

    assert computer.said == [("Tue 03 23:59", "Everything", 0.5), ("Wed 04 00:01", "Everything", 0.5)]


def test_six_budgets_crossing_at_once_make_one_notification_that_names_all(computer: Computer) -> None:
    computer.configure("\n".join(f'[[budgets]]\nname = "Budget {each}"\namount = "10"' for each in "abcdef"))

    computer.play([Call(at=at(computer.zone, date(2026, 11, 3), 10), usd=8)])

    (alert,) = computer.alerts.alerts
    assert alert.title == "6 limits need a look"
    assert all(f"Budget {each}: 80" in alert.body for each in "abcdef")
    assert computer.core is not None
    assert [(row.kind, row.shown) for row in computer.core.store.alerts()] == [(AlertKind.BUDGET, True)] * 6


def test_budget_alerts_can_be_switched_off_and_do_not_come_late(computer: Computer) -> None:
    computer.configure(f"alerts.budgets = false\n{BUDGETS}")
    computer.play([Call(at=at(computer.zone, date(2026, 11, 3), 10), usd=110)])

    computer.configure(BUDGETS)
    computer.clock.advance(timedelta(minutes=1))
    computer.tick()

    assert computer.said == []


# ---- spikes ------------------------------------------------------------------------------------------------


def spiking(computer: Computer, settings: str) -> None:
    computer.configure(settings)
    computer.remember(workdays(computer.zone, date(2026, 9, 1), date(2026, 10, 31)))
    day = date(2026, 11, 3)
    computer.play(
        [
            Call(at=at(computer.zone, day, 15, 5), usd=30, project="/home/me/docs", session="runaway-1"),
            Call(at=at(computer.zone, day, 15, 50), usd=3),
            Call(at=at(computer.zone, day, 16, 10), usd=30, project="/home/me/docs", session="runaway-1"),
        ],
        restarts=[day],
    )


def test_a_spike_is_one_alert_with_its_cause_and_what_can_be_done(computer: Computer) -> None:
    spiking(computer, "")

    (alert,) = computer.alerts.alerts
    assert alert.title == "This hour costs 30 times the usual"
    assert alert.body == (
        "$30.00 at list prices since 15:00. $1.00 is usual at this hour of the week. "
        "Of it: docs 100\u202f%, session runaway- 100\u202f%, house-model 100\u202f%. "
        "If you do not expect that, stop it where it runs. To hear no more of docs, add it to alerts.spikes_mute."
    )


@pytest.mark.parametrize(
    "settings", ["alerts.spikes = false", 'alerts.spikes_mute = ["docs"]', "alerts.enabled = false"]
)
def test_spikes_can_be_muted_altogether_or_for_a_project(computer: Computer, settings: str) -> None:
    spiking(computer, settings)

    assert computer.alerts.alerts == []


# ---- what is shown -----------------------------------------------------------------------------------------


def shown(core: Core, zone: ZoneInfo) -> tuple[str, list[str], str]:
    overview = core.overview()
    text = status_text(overview, zone, left=False, width=90, verbose=True)
    rows = [line.text for line in menu(overview, zone, left=False)]
    section = next(
        each for each in page(overview, overview.generated_at, zone, Wish()).sections if each.key == "budgets"
    )
    return text, rows, repr(section)


def test_a_budget_at_list_prices_is_shown_everywhere_as_that(computer: Computer) -> None:
    computer.remember(workdays(computer.zone, date(2026, 9, 1), date(2026, 11, 19)))
    computer.play(
        [
            Call(at=at(computer.zone, date(2026, 11, 20), 9), usd=11),
            Call(at=at(computer.zone, date(2026, 11, 20), 10), usd=9, project="/home/me/docs"),
            Call(at=at(computer.zone, date(2026, 11, 20), 11), usd=0.5, model="of-nobody"),
        ]
    )
    assert computer.core is not None

    status = computer.core.status()
    text, rows, section = shown(computer.core, computer.zone)

    (entry,) = [each for each in status["accounts"] if each["provider"] == "budgets"]
    month, week = entry["money"]
    assert (month["kind"], month["period"], month["amount"], month["limit"]) == ("budget", "month", "146.00", "200.00")
    assert (month["name"], month["basis"], month["used_percent"], month["at_least"]) == (
        "Everything", "estimate", 73, True
    )  # fmt: skip
    assert (
        Decimal(month["forecast"]["low"]) <= Decimal(month["forecast"]["point"]) <= Decimal(month["forecast"]["high"])
    )
    assert month["today"]["project"] == [
        {"name": "/home/me/webshop", "percent": 55.0}, {"name": "/home/me/docs", "percent": 45.0}
    ]  # fmt: skip
    assert (week["amount"], week["ends_at"]) == ("47.00", "2026-11-22T10:00:00Z")
    for words in (text, "\n".join(rows), section):
        plain = words.replace("\u202f", " ").replace("\xa0", " ").replace("\\u202f", " ").replace("\\xa0", " ")
        assert "at least $146.00" in plain
        assert "at list prices" in plain
        assert "eading for at least $" in plain
        assert "billed" not in plain
        assert "spent" not in plain


def test_a_report_s_forecast_is_the_budget_s(computer: Computer) -> None:
    computer.remember(workdays(computer.zone, date(2026, 10, 1), date(2026, 11, 19)))
    computer.play([Call(at=at(computer.zone, date(2026, 11, 20), 10, 0), usd=30)])
    assert computer.core is not None

    core, now = computer.core, computer.clock.now()
    everything, shop = core.overview().budgets

    assert everything.forecast is not None
    assert forecast(core.store, core.settings.rates, now, computer.zone) == everything.forecast
    assert (
        forecast(core.store, core.settings.rates, now, computer.zone, kind="week", counts=scope(shop.budget))
        == shop.forecast
    )


def test_a_billed_budget_says_so_and_an_old_bill_alerts_nobody(computer: Computer) -> None:
    """The vendor's days are UTC days; $45 of $50 by the 20th, told a moment ago, and then not again for a day."""
    computer.configure(
        'providers.openai_admin.allow = ["costs"]\n[[budgets]]\nprovider = "openai_admin"\namount = "50"'
    )
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    tell(computer, now, {1: "10", 19: "5.50", 20: "30"})
    computer.clock.jump(now + timedelta(minutes=1) - computer.clock.now())
    core = computer.start()
    computer.tick()

    (alert,) = computer.alerts.alerts
    text, rows, _ = shown(core, computer.zone)
    computer.clock.advance(timedelta(hours=20))
    tell_more = core.overview().budgets[0]

    assert alert.title == "openai_admin: 91\u202f% of $50 spent"
    assert alert.body.replace("\xa0", " ") == (
        "$45.50 billed this month, until 1 Dec 14:00. Heading for $51 to $53, more than the budget. "
        "Nothing stops by itself: set a limit with the vendor, or use a smaller model or context."
    )
    assert any("$45.50 of $50 billed" in row for row in rows)
    assert "list prices" not in text.split("Budgets")[1]
    assert (tell_more.stale, tell_more.level) == (True, 0)


def tell(computer: Computer, now: datetime, days: dict[int, str]) -> None:
    computer.profile.mkdir(mode=0o700, exist_ok=True)
    store = open_writer(computer.profile / "usagetray.db")
    usd = Money(amount=Decimal(0), currency="USD")
    said = Snapshot(
        provider_id="openai_admin",
        strategy_id="costs",
        account=Account(id="org"),
        captured_at=now,
        money=(MoneyLine(kind=MoneyKind.BILLED, label="API", used=usd, period="month"),),
        spend=tuple(
            SpendDay(day=date(2026, 11, day), amount=Money(amount=Decimal(amount), currency="USD"), model="m")
            for day, amount in days.items()
        ),
    )
    store.save_snapshot(said, "-", now)
    store.close()


def test_a_budget_of_a_provider_nobody_heard_of_is_said_and_counts_nothing(computer: Computer) -> None:
    computer.configure('[[budgets]]\nprovider = "claud"\namount = "50"')

    computer.play([Call(at=at(computer.zone, date(2026, 11, 3), 10), usd=110)])

    assert computer.core is not None
    overview = computer.core.overview()
    assert overview.budgets[0].share is None
    assert overview.notices == (
        f"{computer.profile / 'config.toml'}, line 4: budgets.provider takes a provider that is used here, "
        'as `usagetray providers` names it, not "claud"; nothing counts for this budget.',
    )
    assert computer.said == []
