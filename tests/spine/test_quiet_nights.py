"""Nights, snoozes and a journey played on the real program: what waits is told once, together, and nothing is lost."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.spine.made_up import body, core_of, vendor
from tests.support import ManualClock, Recorder, Vendor, always, ok
from usagetray.domain.holding_back import Held, LeftOut, Snooze
from usagetray.edges.store import AlertRow
from usagetray.errors import UserError
from usagetray.spine import snoozing
from usagetray.spine.core import Core

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
QUIET = 'welcomed = true\n[alerts]\nquiet_hours = "22:00-07:00"\n'
BERLIN = ZoneInfo("Europe/Berlin")


def clock_at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@dataclass
class Night:
    """Two made-up plans, Alpha and Beta, used as a test says."""

    folder: Path
    clock: ManualClock
    servers: dict[str, Vendor]
    alerts: Recorder = field(default_factory=Recorder)
    told_at: list[datetime] = field(default_factory=list)
    used: dict[str, float] = field(default_factory=lambda: {"alpha": 20, "beta": 20})
    resets_at: dict[str, datetime] = field(default_factory=dict)

    def configure(self, text: str) -> None:
        (self.folder / "profile").mkdir(mode=0o700, exist_ok=True)
        (self.folder / "profile" / "config.toml").write_text(text)

    @contextmanager
    def program(self) -> Iterator[Core]:
        origins = {name: server.origin for name, server in self.servers.items()}
        providers = [vendor(name) for name in self.servers]
        with core_of(self.folder, self.clock, providers, origins, notifier=self.alerts) as core:
            yield core

    def play(self, core: Core, until: str, zone: ZoneInfo = BERLIN, step: timedelta = 30 * MINUTE) -> None:
        """Lets the time pass until a clock there shows this."""
        while self.clock.now() < clock_at(until, zone):
            self.clock.advance(min(step, clock_at(until, zone) - self.clock.now()))
            self.look(core)

    def look(self, core: Core) -> None:
        """Asks the servers anew, and ticks."""
        for name, server in self.servers.items():
            server.answer = always(ok(body(self.used[name], self.resets_at[name])))
        before = len(self.alerts.alerts)
        core.click()
        core.tick()
        self.told_at += [self.clock.now()] * (len(self.alerts.alerts) - before)

    def rows(self, core: Core) -> list[AlertRow]:
        """The list that `usagetray alerts` shows, oldest first."""
        return list(reversed(core.store.alerts(limit=1000)))


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    """A Friday evening in Berlin, 21:00; both windows run for another four days."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    clock = ManualClock(clock_at("2026-11-20 21:00"))
    servers = {name: Vendor(clock, always(ok({}))) for name in ("alpha", "beta")}
    made = Night(folder=tmp_path, clock=clock, servers=servers)
    made.resets_at = dict.fromkeys(servers, clock_at("2026-11-24 21:00"))
    made.configure(QUIET)
    try:
        yield made
    finally:
        for each in servers.values():
            each.close()


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


# ---- quiet hours -------------------------------------------------------------------------------------------


def test_a_night_is_told_in_one_digest_of_what_still_holds(night: Night) -> None:
    """Alpha passes 50, 75 and 90 %, and is at 93 % in the morning; Beta passes 50 %. One notification, at 07:00."""
    with night.program() as core:
        night.look(core)
        for hour, used in enumerate((55, 78, 93), 1):
            night.play(core, f"2026-11-21 0{hour}:00")
            night.used["alpha"] = used
        night.used["beta"] = 60
        night.play(core, "2026-11-21 06:30")
        assert night.alerts.alerts == []

        night.play(core, "2026-11-21 09:00")

        (digest,) = night.alerts.alerts
        assert digest.title == "While it was quiet"
        assert digest.actions == (("show", "Open"),)
        assert plain(digest.body) == "Alpha session 93 % used, Beta session 60 % used"
        assert night.told_at == [clock_at("2026-11-21 07:00")]
        assert [(row.threshold, row.left_out) for row in night.rows(core) if row.provider == "alpha"] == [
            (0.5, LeftOut.OVERTAKEN),
            (0.75, LeftOut.OVERTAKEN),
            (0.9, None),
        ]


def test_a_night_whose_alerts_were_all_overtaken_is_not_told_but_stays_in_the_list(night: Night) -> None:
    """92 % at two o'clock; the window resets at four, and it is at 3 % in the morning."""
    night.resets_at["alpha"] = clock_at("2026-11-21 04:00")
    with night.program() as core:
        night.look(core)
        night.play(core, "2026-11-21 02:00")
        night.used["alpha"] = 92
        night.play(core, "2026-11-21 04:00")
        night.used["alpha"], night.resets_at["alpha"] = 3, clock_at("2026-11-21 09:00")
        night.play(core, "2026-11-21 08:30")

        (row,) = night.rows(core)
        assert night.alerts.alerts == []
        assert (row.threshold, row.held_for, row.left_out) == (0.9, Held.QUIET, LeftOut.OVERTAKEN)


def test_a_lockout_comes_through_and_its_end_waits_for_the_morning(night: Night) -> None:
    """Used up at 23:00, back at 04:00: "locked" at once, "back" in the digest with Beta's threshold."""
    night.resets_at["alpha"] = clock_at("2026-11-21 04:00")
    with night.program() as core:
        night.look(core)
        night.play(core, "2026-11-20 23:00")
        night.used["alpha"] = 100
        night.play(core, "2026-11-21 04:00")
        night.used |= {"alpha": 2, "beta": 78}
        night.resets_at["alpha"] = clock_at("2026-11-21 09:00")
        night.play(core, "2026-11-21 07:30")

    assert ["locked" in night.alerts.titles[0], *night.alerts.titles[1:]] == [True, "While it was quiet"]
    assert night.told_at == [clock_at("2026-11-20 23:30"), clock_at("2026-11-21 07:00")]
    assert sorted(plain(night.alerts.alerts[1].body).split(", ")) == ["Alpha is back", "Beta session 78 % used"]


@pytest.mark.parametrize(
    ("evening", "morning", "hours"),
    [("2026-03-28 21:00", "2026-03-29 07:00", 9), ("2026-10-24 21:00", "2026-10-25 07:00", 11)],
    ids=["set forward", "set back"],
)
def test_on_the_nights_that_clocks_are_changed_the_digest_comes_by_the_clock(
    night: Night, evening: str, morning: str, hours: int
) -> None:
    """From 21:00 to 07:00 there are nine hours in March, and eleven in October."""
    night.clock.jump(clock_at(evening) - night.clock.now())
    began = night.clock.now()
    night.resets_at = dict.fromkeys(night.servers, began + timedelta(days=4))
    with night.program() as core:
        night.look(core)
        night.clock.advance(2 * HOUR)
        night.used["alpha"] = 80
        night.play(core, morning.replace("07:00", "09:00"))

    assert night.told_at == [clock_at(morning)]
    assert clock_at(morning).astimezone(began.tzinfo) == clock_at(morning)
    assert (clock_at(morning).timestamp() - began.timestamp()) / 3600 == hours


def test_a_night_with_restarts_at_every_step_tells_each_alert_once(night: Night) -> None:
    """The program ends and begins anew every hour, also in the very tick in which something is earned."""
    told: list[datetime] = []
    for hour, used in enumerate((20, 55, 55, 78, 78, 93, 93, 93, 93, 93, 93, 93, 93, 93)):
        night.used["alpha"] = used
        with night.program() as core:
            night.look(core)
            night.clock.advance(30 * MINUTE)
            night.look(core)
            told = list(night.told_at)
        night.clock.advance(30 * MINUTE)
        assert len(night.alerts.alerts) <= (1 if hour >= 1 else 0) + (1 if hour >= 10 else 0)

    bodies = [plain(each.title + " " + each.body) for each in night.alerts.alerts]
    assert len(told) == len(bodies) == 1
    assert "Alpha session 93 % used" in bodies[0]
    assert told == [clock_at("2026-11-21 07:00")]


def test_a_computer_that_slept_through_the_end_tells_when_it_wakes(night: Night) -> None:
    """Earned at 23:00, closed at 23:30, opened at 10:00."""
    with night.program() as core:
        night.look(core)
        night.play(core, "2026-11-20 23:00")
        night.used["alpha"] = 80
        night.play(core, "2026-11-20 23:30")
        night.clock.jump(10.5 * HOUR)
        night.look(core)

    assert [plain(each.body) for each in night.alerts.alerts] == ["Alpha session 80 % used"]
    assert night.told_at == [clock_at("2026-11-21 10:00")]


def test_a_traveller_is_told_when_it_is_morning_where_they_are(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    """Held back at 23:00 in Berlin; in New York, where it is 17:00 then, it is told at once."""
    with night.program() as core:
        night.look(core)
        night.play(core, "2026-11-20 22:30")
        night.used["alpha"] = 80
        night.play(core, "2026-11-20 23:00")
        assert night.alerts.alerts == []

        monkeypatch.setenv("TZ", "America/New_York")
        night.look(core)
        night.play(core, "2026-11-21 05:00")

        assert night.told_at == [clock_at("2026-11-20 23:00")]
        assert core.overview().manners.quiet_until == clock_at("2026-11-21 07:00", ZoneInfo("America/New_York"))


def test_quiet_hours_that_are_switched_off_end_at_once(night: Night) -> None:
    with night.program() as core:
        night.look(core)
        night.play(core, "2026-11-20 23:00")
        night.used["alpha"] = 80
        night.play(core, "2026-11-20 23:30")
        night.configure("welcomed = true # no quiet hours\n")
        night.play(core, "2026-11-21 00:00")

    assert night.told_at == [clock_at("2026-11-21 00:00")]


# ---- snoozes -----------------------------------------------------------------------------------------------


def test_a_snooze_of_everything_holds_back_until_it_ends_and_survives_a_restart(night: Night) -> None:
    night.configure("welcomed = true\n")
    with night.program() as core:
        night.look(core)
        assert core.obey(("snooze", "1h"))
        night.used["alpha"] = 80
        night.play(core, "2026-11-20 21:30")
    with night.program() as core:
        assert core.overview().manners.snoozed_until == clock_at("2026-11-20 22:00")
        night.play(core, "2026-11-20 21:50")
        assert night.alerts.alerts == []
        night.play(core, "2026-11-20 23:00", step=10 * MINUTE)

    assert night.told_at == [clock_at("2026-11-20 22:00")]
    assert [(each.title, plain(each.body)) for each in night.alerts.alerts] == [
        ("While alerts were snoozed", "Alpha session 80 % used")
    ]


def test_a_lockout_comes_through_a_snooze_of_everything_but_not_through_its_own(night: Night) -> None:
    """Alpha was snoozed by the button of its alert, Beta only with all."""
    night.configure("welcomed = true\n")
    night.used["alpha"] = 80
    with night.program() as core:
        night.look(core)
        (first,) = night.alerts.alerts
        assert first.actions == (("snooze/reset/alpha/account%20of%20alpha/five_hour", "Snooze until reset"),)
        assert core.obey(("snooze", "reset", "alpha", "account of alpha", "five_hour"))
        assert core.obey(("snooze", "tomorrow"))

        night.used |= {"alpha": 100, "beta": 100}
        night.play(core, "2026-11-21 07:00")

        assert ["Beta is locked" in each for each in night.alerts.titles[1:]] == [True]


def test_whoever_wakes_alerts_hears_at_once_what_waited(night: Night) -> None:
    night.configure("welcomed = true\n")
    with night.program() as core:
        night.look(core)
        core.obey(("snooze", "tomorrow"))
        core.obey(("snooze", "reset", "alpha", "account of alpha", "five_hour"))
        night.used["alpha"] = 80
        night.play(core, "2026-11-20 21:30")
        core.obey(("snooze", "off"))
        core.tick()

        assert [plain(each.body) for each in night.alerts.alerts] == ["Alpha session 80 % used"]
        assert core.overview().manners.snoozes == ()


def test_a_snooze_until_the_reset_ends_with_it_though_the_vendor_moves_it_by_a_minute(night: Night) -> None:
    """75 and 90 % are overtaken by the reset at 23:00, restated as 23:01; in the next cycle alerts come at once."""
    night.configure("welcomed = true\n")
    night.used["alpha"], night.resets_at["alpha"] = 55, clock_at("2026-11-20 23:00")
    with night.program() as core:
        night.look(core)
        core.obey(("snooze", "reset", "alpha", "account of alpha", "five_hour"))
        night.used["alpha"] = 92
        night.play(core, "2026-11-20 22:50")
        night.resets_at["alpha"] += MINUTE
        night.play(core, "2026-11-20 23:00", step=MINUTE)
        night.used["alpha"], night.resets_at["alpha"] = 3, clock_at("2026-11-21 04:00")
        night.play(core, "2026-11-20 23:10", step=MINUTE)
        assert len(night.alerts.alerts) == 1

        night.used["alpha"] = 80
        night.play(core, "2026-11-20 23:30")

        assert [each.threshold for each in night.alerts.alerts] == [0.5, 0.75]
        assert [row.left_out for row in night.rows(core)] == [None, LeftOut.OVERTAKEN, None]


def test_a_snooze_until_the_next_reset_needs_one_that_is_known(night: Night) -> None:
    with night.program() as core, pytest.raises(UserError, match="No limit says when it resets"):
        core.obey(("snooze", "reset"))


def test_an_order_from_outside_is_taken_in_at_the_next_tick_and_a_broken_one_does_no_harm(night: Night) -> None:
    night.configure("welcomed = true\n")
    with night.program() as core:
        folder = core.profile.paths.orders_dir
        until = night.clock.now() + HOUR
        snoozing.order(folder, Snooze(until_at=until))
        (order,) = folder.iterdir()
        assert order.stat().st_mode & 0o777 == 0o600
        for number, text in enumerate(("", "[]", '{"of":["",""],"until":"x"}', '{"of":1}', "\xff", "[" * 5000)):
            (folder / f"{number}.json").write_text(text, encoding="latin-1")
        (folder / "far.json").write_text('{"of": ["", "", ""], "until": "2199-01-01T00:00:00+00:00"}')
        (folder / "local.json").write_text('{"of": ["", "", ""], "until": "2026-11-21T00:00:00"}')

        night.look(core)

        assert core.overview().manners.snoozes == (Snooze(until_at=until),)
        assert list(folder.iterdir()) == []


def test_orders_are_carried_out_in_the_order_in_which_they_were_given(night: Night) -> None:
    with night.program() as core:
        folder, now = core.profile.paths.orders_dir, night.clock.now()
        for hours in (3, 2, 0, 1):
            snoozing.order(folder, Snooze(until_at=now + hours * HOUR))
            time.sleep(0)
        core.tick()

        assert core.overview().manners.snoozed_until == now + HOUR


# ---- the end of one lockout --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("default", "wish", "is_told"),
    [(True, None, True), (True, "off", False), (False, None, False), (False, "on", True)],
)
def test_the_end_of_one_lockout_is_told_as_was_said_of_it(
    night: Night, *, default: bool, wish: str | None, is_told: bool
) -> None:
    """And what was said is forgotten: the next lockout goes by the setting again."""
    night.configure(f"welcomed = true\n[alerts]\nback = {str(default).lower()}\n")
    ends = [clock_at(f"2026-11-2{day} 23:00") for day in (0, 1, 2)]
    night.resets_at["alpha"], night.used["alpha"] = ends[0], 100
    with night.program() as core:
        night.look(core)
        if wish:
            assert core.obey(("want_back", wish, "alpha", "account of alpha"))
            assert core.overview().manners.tells_back("alpha", "account of alpha") is (wish == "on")
    with night.program() as core:
        night.play(core, "2026-11-20 23:00")
        night.used["alpha"], night.resets_at["alpha"] = 1, ends[1]
        night.play(core, "2026-11-20 23:20")
        assert ("Alpha is back" in night.alerts.titles) is is_told
        assert core.overview().manners.back_of == {}

        night.used["alpha"] = 100
        night.play(core, "2026-11-21 23:00", step=HOUR)
        night.used["alpha"], night.resets_at["alpha"] = 1, ends[2]
        night.play(core, "2026-11-21 23:20")

    assert night.alerts.titles.count("Alpha is back") == int(is_told) + int(default)


# ---- presentation ------------------------------------------------------------------------------------------


def test_while_presenting_alerts_name_nobody(night: Night) -> None:
    """One by itself, then two that were held back."""
    night.configure(f"presentation = true\n{QUIET}")
    with night.program() as core:
        night.used["alpha"] = 80
        night.look(core)
        night.used |= {"alpha": 93, "beta": 60}
        night.play(core, "2026-11-20 22:00")
        night.play(core, "2026-11-21 07:00", step=HOUR)

        said = [plain(f"{each.title}: {each.body}") for each in night.alerts.alerts]
        assert said[0] == "A limit is at 75 %: Presentation mode is on; the rest is in usagetray."
        assert not any(name in each for each in said for name in ("Alpha", "Beta", "session", "account"))
        assert {row.provider for row in night.rows(core)} == {"alpha", "beta"}


# ---- nothing is lost, nothing comes twice ------------------------------------------------------------------


def test_of_two_busy_days_each_alert_has_one_fate(night: Night) -> None:
    """Two plans that fill up and reset all the time, quiet nights, snoozes, a restart every eight hours."""
    for name, hours in (("alpha", 5), ("beta", 7)):
        night.resets_at[name] = night.clock.now() + hours * HOUR
    for shift in range(6):
        with night.program() as core:
            for _ in range(16):
                for (name, length), step in zip((("alpha", 5), ("beta", 7)), (17, 11), strict=True):
                    night.used[name] = min(night.used[name] + step, 100)
                    if night.clock.now() >= night.resets_at[name]:
                        night.used[name], night.resets_at[name] = 2, night.resets_at[name] + length * HOUR
                night.look(core)
                night.clock.advance(30 * MINUTE)
            if shift % 3 == 0:
                core.obey(("snooze", "1h"))
            rows = night.rows(core)

    sent = [row for row in rows if row.sent_at is not None]
    assert all(row.sent_at or row.left_out or row.held_for for row in rows)
    assert not any(row.sent_at and row.left_out for row in rows)
    assert len(sent) > 12
    assert len({row.merged_into for row in sent}) == len(night.alerts.alerts)
    keys = [(row.provider, row.kind, row.threshold, row.due_at) for row in rows]
    assert len(set(keys)) == len(keys)
    apart = [later - earlier for earlier, later in itertools.pairwise(night.told_at)]
    assert apart.count(timedelta()) <= len(apart) // 2
    local = [each.astimezone(BERLIN).hour for each in night.told_at]
    quiet = [title for title, hour in zip(night.alerts.titles, local, strict=True) if hour >= 22 or hour < 7]
    assert all("locked" in title for title in quiet)
    assert os.environ["TZ"] == "Europe/Berlin"
