"""What vendors billed, in the store: each day as it was told last, for ever."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support import NOW
from usagetray.edges.store import Source, Store, open_reader, open_writer
from usagetray.model import Account, Money, Snapshot, SpendDay

FIRST, SECOND = date(2026, 11, 19), date(2026, 11, 20)
SOURCE = Source(provider="p", home="/h", strategy="s")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_writer(tmp_path / "usagetray.db")
    yield opened
    opened.close()


def spent(day: date, amount: str, **names: str) -> SpendDay:
    return SpendDay(day=day, amount=Money(amount=Decimal(amount), currency="USD"), **names)


def told(*days: SpendDay, account: str = "a", minutes: int = 0, names: tuple[tuple[str, str], ...] = ()) -> Snapshot:
    at = NOW + timedelta(minutes=minutes)
    return Snapshot(
        provider_id="p", strategy_id="s", account=Account(id=account), captured_at=at, spend=days, names=names
    )


def save(store: Store, snapshot: Snapshot) -> bool:
    return store.save_snapshot(snapshot, "/h", NOW)


def test_a_day_told_again_takes_the_place_of_what_was_told_before(store: Store) -> None:
    """Its rows are other ones by now; the other day, and another account's, stay."""
    save(store, told(spent(FIRST, "1"), spent(SECOND, "2", model="m"), spent(SECOND, "3", model="n")))
    save(store, told(spent(SECOND, "40"), account="b"))

    save(store, told(spent(SECOND, "5.25", model="n"), minutes=1))

    assert [(each.account, each.day) for each in store.spend(FIRST, SECOND)] == [
        ("a", spent(FIRST, "1")),
        ("b", spent(SECOND, "40")),
        ("a", spent(SECOND, "5.25", model="n")),
    ]


def test_every_name_and_digit_comes_back(store: Store) -> None:
    day = spent(
        *(SECOND, "0.000000412300"),
        model="m",
        key="k",
        workspace="w",
        project="p",
        line_item="m, input",
        kind="tokens",
    )

    save(store, told(day))

    (found,) = store.spend(SECOND, SECOND)
    assert (found.provider, found.account, found.day) == ("p", "a", day)
    assert str(found.day.amount.amount) == "4.12300E-7"


def test_both_ends_of_a_span_belong_to_it(store: Store) -> None:
    save(store, told(*(spent(FIRST + timedelta(days=number), str(number)) for number in range(-1, 4))))

    assert [each.day.amount.amount for each in store.spend(FIRST, SECOND)] == [0, 1]


def test_a_source_is_told_what_it_said_itself_and_not_what_others_did(store: Store) -> None:
    """With the bill of two months, and names; without, where the bill may be somebody else's."""
    long_ago = FIRST - timedelta(days=70)
    save(store, told(spent(long_ago, "9"), spent(FIRST, "1"), names=(("w", "Work"),)))
    store.save_snapshot(replace(told(spent(FIRST, "7"), account="b"), strategy_id="other"), "/h", NOW)

    (former,) = store.former(SOURCE, with_bill=True)
    (bare,) = store.former(SOURCE, with_bill=False)

    assert (former.spend, former.names) == ((spent(FIRST, "1"),), (("w", "Work"),))
    assert (bare.spend, bare.names, bare.captured_at) == ((), (), NOW)


def test_a_name_that_changed_is_known_by_its_new_one(store: Store) -> None:
    save(store, told(spent(FIRST, "1"), names=(("w", "Work"), ("v", "Vault"))))
    save(store, told(spent(FIRST, "1"), names=(("w", "Play"),), minutes=1))

    assert store.spend_names("p", "a") == {"v": "Vault", "w": "Play"}


def test_bills_are_kept_once_and_not_with_every_reading(store: Store, tmp_path: Path) -> None:
    """Twenty refreshes of a day of fifty rows leave fifty rows."""
    days = tuple(spent(SECOND, "1", line_item=f"line {number}") for number in range(50))
    for minutes in range(20):
        save(store, told(*days, minutes=minutes))

    assert len(store.spend(SECOND, SECOND)) == 50
    ((longest,),) = store.database.rows("SELECT max(length(body)) FROM snapshot")
    assert longest < 500


def test_a_row_that_a_damaged_disk_left_unreadable_costs_only_itself(store: Store, tmp_path: Path) -> None:
    save(store, told(spent(FIRST, "1"), spent(SECOND, "2"), spent(SECOND, "3", model="m")))
    with sqlite3.connect(tmp_path / "usagetray.db") as connection:
        connection.execute("UPDATE spend SET amount = 'x2' WHERE model IS NULL AND day = ?", (SECOND.isoformat(),))
        connection.execute("UPDATE spend SET day = '2026-11-1x' WHERE amount = '1'")
    connection.close()

    reader = open_reader(tmp_path / "usagetray.db")
    assert reader is not None
    found = reader.spend(FIRST - timedelta(days=30), SECOND)
    reader.close()

    assert [each.day.amount.amount for each in found] == [3]


def test_while_the_disk_is_full_bills_are_read_as_they_were_told(store: Store) -> None:
    """They go on in memory, with the weeks before; and onto the disk once there is space."""
    save(store, told(spent(FIRST, "1")))
    ((pages,),) = store.database.rows("PRAGMA page_count")
    store.database.rows(f"PRAGMA max_page_count = {pages}")
    many = tuple(spent(SECOND, "1", line_item=f"line {number} {'x' * 200}") for number in range(500))

    save(store, told(*many, minutes=1))
    assert store.database.is_full
    found = store.spend(FIRST, SECOND)
    store.database._disk.execute("PRAGMA max_page_count = 1000000")
    save(store, told(spent(SECOND, "4"), minutes=2))

    assert len(found) == 501
    assert not store.database.is_full
    assert [each.day.amount.amount for each in store.spend(FIRST, SECOND)] == [1, 4]
