"""The alert before a lockout: once, in words that help, and never beside another of the same cause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest

from tests.domain.forecast_days import HOUR, MINUTE, MONDAY, SESSION, accustomed, worked
from tests.views.build import BERLIN, account, codex, overview, said, week, window
from usagetray.domain.alerts import Alert, AlertKind, Seen, Told
from usagetray.domain.forecast import Memory
from usagetray.domain.forensics import Cause
from usagetray.domain.states import WindowState
from usagetray.edges.store import Store, foresight
from usagetray.edges.store.counting_again import memory_store
from usagetray.overview import Overview, WindowView
from usagetray.settings import AlertSettings, Settings
from usagetray.spine.forecast_alerts import MARK, Earned, earned, rows
from usagetray.spine.foresight import Foresight

NOW = MONDAY + 9 * HOUR + 100 * MINUTE
ENDS = MONDAY + 9 * HOUR + SESSION
OWNER = ("claude", "acc-1")
OF = (*OWNER, "session")
ON = AlertSettings()


@pytest.fixture(scope="module")
def hard() -> Memory:
    """Half of a session went in its first third, and all of it is usual."""
    memory = worked(accustomed(), MONDAY + 9 * HOUR, NOW, 0.005)
    return replace(memory, windows=tuple(replace(each, used_up=2.0, ended=2.0) for each in memory.windows))


@pytest.fixture
def store(hard: Memory) -> Iterator[Store]:
    opened = memory_store()
    opened.database.write(*foresight.kept({OWNER: hard}, 0))
    yield opened
    opened.close()


def started(store: Store) -> Foresight:
    return Foresight(store, lambda: (), Settings, {}, lambda: UTC, lambda: True)


def session(**changes: Any) -> WindowView:
    given = {"used": 0.5, "key": "session", "captured_at": NOW, "resets_at": ENDS, "length": SESSION}
    return window(**{**given, **changes})


def looked(ours: Foresight, now: datetime = NOW, **changes: Any) -> Overview:
    """An overview with what is foreseen of our account; another one has room."""
    mine = account(session(**changes), week(0.3, captured_at=now), captured_at=now)
    shown = overview(*ours.foresee([mine], now), codex())
    return replace(shown, generated_at=now)


def due(
    shown: Overview,
    ours: Foresight,
    *others: Alert,
    settings: AlertSettings = ON,
    may: bool = True,
    former: Mapping[tuple[str, str, str], Told] = MappingProxyType({}),
) -> Earned:
    first = shown.accounts[0].windows[0]
    seen = Seen(
        provider=OWNER[0],
        account=OWNER[1],
        window=first.key,
        used=first.used,
        state=first.state,
        level=first.level,
        resets_at=first.resets_at,
        length=first.length,
        captured_at=first.captured_at,
        may_alert=may,
    )
    return earned(shown, [seen], others, ours, settings, former)


def other(kind: AlertKind, threshold: float | None = None, key: str = "session") -> Alert:
    return Alert(kind=kind, provider=OWNER[0], account=OWNER[1], window=key, threshold=threshold)


def test_it_says_when_how_long_before_the_reset_why_and_what_can_be_done(store: Store) -> None:
    ours = started(store)
    shown = looked(ours)
    found = due(shown, ours)

    (row,) = rows(
        found.foreseen, shown, BERLIN, False, {OF: Cause(project="/home/x/webshop", agents=3, share=0.9, rise=0.2)}
    )

    at = found.foreseen[OF][1].exhausts_at.astimezone(BERLIN)
    assert row.kind is AlertKind.FORECAST
    assert said(row.title) == f"Claude session runs out at {at:%H:%M}"
    first, *_ = said(row.body).split(". ")
    assert first.endswith("before its reset at 15:00")
    assert "Now 50 % used. Mostly x/webshop, 3 sub-agents." in said(row.body)
    assert "Codex has" in row.body
    assert len(row.title) <= 63
    assert len(row.body) <= 255


def test_it_is_given_once_and_a_restart_repeats_none(store: Store) -> None:
    ours = started(store)
    first = due(looked(ours), ours)
    store.save_told({}, besides=ours.unkept())
    again = due(looked(ours), ours)
    later = started(store)
    after = due(looked(later, NOW + MINUTE), later)

    assert [len(each.foreseen) for each in (first, again, after)] == [1, 0, 0]


def test_a_threshold_crossed_in_the_same_breath_is_said_by_it(store: Store) -> None:
    ours = started(store)
    crossed, elsewhere = other(AlertKind.THRESHOLD, 0.5), other(AlertKind.THRESHOLD, 0.5, "weekly")

    found = due(looked(ours), ours, crossed, elsewhere)

    assert found.others == [elsewhere]
    assert found.foreseen[OF][0].threshold == 0.5


def test_where_the_account_stops_anyway_it_waits_for_another_breath(store: Store) -> None:
    ours = started(store)
    locks = other(AlertKind.LOCKED, key="weekly")

    at_once = due(looked(ours), ours, locks)
    then = due(looked(ours, NOW + MINUTE), ours)

    assert at_once == Earned({}, [locks], {})
    assert len(then.foreseen) == 1


def test_an_old_or_doubtful_figure_earns_none(store: Store) -> None:
    ours = started(store)

    assert due(looked(ours), ours, may=False).foreseen == {}
    assert due(looked(ours, stale=True), ours).foreseen == {}
    assert due(looked(ours, state=WindowState.ENDED, used=None), ours).foreseen == {}


@pytest.mark.parametrize("settings", [AlertSettings(forecast=False), AlertSettings(enabled=False)])
def test_switched_off_it_is_remembered_as_if_it_had_been_given(store: Store, settings: AlertSettings) -> None:
    ours = started(store)
    crossed = other(AlertKind.THRESHOLD, 0.5)

    off = due(looked(ours), ours, crossed, settings=settings)
    on = due(looked(ours, NOW + MINUTE), ours)

    assert (off.foreseen, off.others) == ({}, [crossed])
    assert on.foreseen == {}
    assert looked(ours, NOW + timedelta(minutes=2)).accounts[0].windows[0].forecast.is_warned  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("ends_at", "used", "warns"),
    [
        (ENDS, 0.5, False),  # warned of this cycle before, and an estimate had only been too high
        (ENDS + MINUTE, 0.55, False),
        (ENDS, 0.61, True),  # the vendor has given back 11 %
        (ENDS - SESSION, 0.9, True),  # another cycle
    ],
)
def test_a_cycle_is_warned_of_once_unless_the_vendor_gave_some_back(
    store: Store, ends_at: datetime, used: float, warns: bool
) -> None:
    ours = started(store)
    before = {(*OWNER, MARK + "session"): Told(cycle_ends_at=ends_at, used=used)}

    found = due(looked(ours), ours, former=before)

    assert bool(found.foreseen) is warns
    assert found.told == {(*OWNER, MARK + "session"): Told(cycle_ends_at=ENDS, used=0.5)}
