"""One's own use, as the advice takes it from the store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.logs.desk import Desk
from tests.logs.lines import answer
from usagetray.edges.store import Store, open_writer
from usagetray.model import Account, Snapshot, UsageWindow
from usagetray.spine.own_use import own_use

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
DRAWS_ON = {"maker": "The Maker"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_writer(tmp_path / "usagetray.db")
    yield opened
    opened.close()


def said(
    store: Store, used: float | None, at: datetime, resets_at: datetime, *, provider: str = "maker", plan: str = "Big"
) -> None:
    window = UsageWindow(key="weekly", label="Week", utilization=used, resets_at=resets_at, length=WEEK)
    account = Account(id="a-1", plan=plan)
    snapshot = Snapshot(
        provider_id=provider, strategy_id="s", account=account, captured_at=at, windows=(window,)
    )  # fmt: skip
    store.save_snapshot(snapshot, "/home/x/.maker", at)


def test_readings_of_one_window_are_one_cycle_though_its_reset_is_restated_some_seconds_off(store: Store) -> None:
    first, second = NOW - timedelta(days=2), NOW + timedelta(days=5)
    said(store, 0.5, NOW - timedelta(days=4), first)
    said(store, 0.8, NOW - timedelta(days=3), first + timedelta(seconds=2))
    said(store, 0.1, NOW - timedelta(days=1), second)

    cycles = own_use(store, NOW - timedelta(days=30), NOW, DRAWS_ON).cycles["The Maker"]

    assert [(each.key, each.length, each.peak) for each in cycles] == [
        ("weekly", WEEK, Decimal("0.8")),
        ("weekly", WEEK, Decimal("0.1")),
    ]


def test_the_plan_is_what_the_newest_reading_calls_it(store: Store) -> None:
    said(store, 0.5, NOW - timedelta(days=4), NOW)
    said(store, 0.6, NOW - timedelta(days=3), NOW, plan="Bigger")

    assert own_use(store, NOW - timedelta(days=30), NOW, DRAWS_ON).plans == {"The Maker": "Bigger"}


def test_what_was_read_before_or_says_no_figure_or_draws_on_no_plan_is_left_out(store: Store) -> None:
    said(store, 0.5, NOW - timedelta(days=40), NOW - timedelta(days=35))
    said(store, None, NOW - timedelta(days=4), NOW)
    said(store, 0.5, NOW - timedelta(days=4), NOW, provider="prepaid")

    found = own_use(store, NOW - timedelta(days=30), NOW, DRAWS_ON)

    assert (found.cycles, found.plans) == ({}, {})


def test_what_a_clock_ahead_of_the_time_wrote_is_no_use_of_these_days(tmp_path: Path) -> None:
    """One response stamped in 2035 made nine years of three weeks, and pennies of each month."""
    desk = Desk(tmp_path)
    ahead = answer("msg_2", 10, request="req_2", at=9 * 365 * 86_400)
    desk.write("-work/s1.jsonl", answer("msg_1", 10), ahead)
    desk.index()
    with desk.running() as it:
        found = own_use(it.store, NOW - timedelta(days=30), NOW, {})

    assert [each.at.year for each in found.responses] == [2026]
