"""Costs to date on the real program: from lines in a log to what the status says, and what is not done again."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support import NOW, World, account
from tests.views.costs import with_a_bill
from usagetray.edges.store import open_reader
from usagetray.profile import local_zone
from usagetray.providers import discover
from usagetray.spine.core import Core
from usagetray.spine.costing import KEPT, Costing, with_bills
from usagetray.spine.glance import glance
from usagetray.spine.kept_costs import read

KATHMANDU = "Asia/Kathmandu"  # 5 h 45 m ahead of UTC
DEAR = "claude-opus-4-8"  # $5 in, $25 out


@pytest.fixture(autouse=True)
def in_kathmandu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", KATHMANDU)


def line(number: int, at: datetime, model: str = DEAR, *, given: int = 100_000, output: int = 20_000) -> str:
    """By default one dollar."""
    usage = {"input_tokens": given, "output_tokens": output}
    return json.dumps(
        {
            "type": "assistant", "sessionId": "s", "cwd": "/w", "timestamp": at.isoformat(), "requestId": f"r{number}",
            "message": {"id": f"m{number}", "model": model, "usage": usage},
        }
    )  # fmt: skip


def write(home: Path, *lines: str, name: str = "s") -> None:
    log = home / "projects" / "p" / f"{name}.jsonl"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as stream:
        stream.write("".join(f"{each}\n" for each in lines))


def estimates(core: Core, index: int = 0) -> dict[str, Any]:
    return {each["period"]: each for each in account(core, index)["money"] if each["kind"] == "estimate"}


def amounts(core: Core, index: int = 0) -> dict[str, Any]:
    return {period: each["amount"] for period, each in estimates(core, index).items()}


@pytest.fixture
def home(world: World) -> Path:
    return world.home.path / ".claude"


def test_what_the_logs_tell_stands_beside_the_limits(world: World, home: Path) -> None:
    """Two dollars today, one yesterday; the account is the one that is signed in there."""
    write(home, line(1, NOW), line(2, NOW - timedelta(minutes=5)), line(3, NOW - timedelta(days=1)))
    core = world.start()

    core.tick()

    assert len(account(core)["windows"]) == 2
    assert amounts(core) == {"today": "2.00", "month": "3.00"}
    assert estimates(core)["today"]["as_of"] == NOW.isoformat().replace("+00:00", "Z")


def test_the_day_is_the_user_s_own(world: World, home: Path) -> None:
    """At 09:00 UTC it is 14:45 in Kathmandu, where the day began at 18:15 UTC; so did the month."""
    midnight = datetime(2026, 11, 19, 18, 15, tzinfo=UTC)
    month = datetime(2026, 10, 31, 18, 15, tzinfo=UTC)
    second = timedelta(seconds=1)
    write(home, line(1, midnight), line(2, midnight - second), line(3, month), line(4, month - second))
    core = world.start()

    core.tick()

    assert amounts(core) == {"today": "1.00", "month": "3.00"}


def test_at_midnight_today_begins_anew(world: World, home: Path) -> None:
    write(home, line(1, NOW))
    core = world.start()
    core.tick()

    world.clock.advance(timedelta(hours=10))
    core.tick()

    assert amounts(core) == {"today": "0.00", "month": "1.00"}


def test_a_model_without_a_price_makes_it_the_least_it_can_be(world: World, home: Path) -> None:
    write(home, line(1, NOW), line(2, NOW, "house-model", given=700, output=300))
    core = world.start()
    core.tick()

    assert [(each["amount"], each["at_least"], each["unpriced_tokens"]) for each in estimates(core).values()] == [
        ("1.00", True, 1000)
    ] * 2

    world.configure('[[rates]]\nmodel = "house-model"\ninput = "1000"\noutput = "1000"\n')
    core.tick()

    assert [(each["amount"], each["at_least"]) for each in estimates(core).values()] == [("2.00", False)] * 2


def test_use_without_any_limit_has_a_section_of_its_own(world: World, home: Path) -> None:
    """Who pays by API key has no plan: nothing failed, and the sum is there."""
    world.configure("welcomed = true\n")
    world.home.credentials.unlink()
    (world.home.path / ".claude.json").unlink()
    write(home, line(1, NOW))
    core = world.start()

    core.tick()

    told = account(core)
    assert (told["provider"], told["account"], told["state"], told["windows"]) == ("claude", "default", "fresh", [])
    assert amounts(core) == {"today": "1.00", "month": "1.00"}


def test_each_home_s_use_is_its_own_account_s(world: World, home: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    world.configure(f'welcomed = true\n[providers.claude]\nallow = ["usage_endpoint"]\nhomes = ["{work}"]\n')
    write(home, line(1, NOW))
    write(work, line(2, NOW), line(3, NOW))
    core = world.start()

    core.tick()

    assert [amounts(core, index)["today"] for index in (0, 1)] == ["1.00", "2.00"]
    assert core.overview().cost is not None
    assert core.overview().cost.of_day.usd == 3  # type: ignore[union-attr]


def test_another_computer_s_logs_are_named(world: World, home: Path, tmp_path: Path) -> None:
    laptop = tmp_path / "laptop"
    world.configure(f'welcomed = true\n[providers.claude]\nallow = ["usage_endpoint"]\nlogs = ["laptop={laptop}"]\n')
    write(home, line(1, NOW))
    write(laptop, line(2, NOW))
    core = world.start()

    core.tick()

    assert amounts(core)["today"] == "2.00"
    assert estimates(core)["today"]["source"] == "the logs of this computer and laptop"


# ---- what is not done again --------------------------------------------------------------------------------


def test_a_tick_without_news_adds_nothing_up(world: World, home: Path) -> None:
    write(home, line(1, NOW))
    core = world.start()
    core.tick()
    before = core.overview().cost

    world.run(core, timedelta(minutes=2))

    assert before is not None
    assert core.overview().cost is before


def test_a_new_line_counts_at_the_next_tick(world: World, home: Path) -> None:
    write(home, line(1, NOW))
    core = world.start()
    core.tick()

    world.clock.advance(timedelta(seconds=10))
    write(home, line(2, world.clock.now()))
    core.tick()

    assert amounts(core) == {"today": "2.00", "month": "2.00"}


def test_who_only_looks_is_told_the_same(world: World, home: Path) -> None:
    write(home, line(1, NOW), line(2, NOW, "house-model", given=700, output=300))
    core = world.start()
    core.tick()

    seen = glance(core.profile, core.settings).accounts[0].cost
    own = core.overview().accounts[0].cost

    assert seen is not None
    assert own is not None
    for told, counted in ((seen.of_day, own.of_day), (seen.of_month, own.of_month)):
        assert (told.usd, told.tokens, dict(told.unpriced)) == (counted.usd, counted.tokens, dict(counted.unpriced))


def kept_as(core: Core, usd: str) -> None:
    """Writes another sum into what was kept, which shows who believes it."""
    kept = json.loads(core.store.meta(KEPT) or "{}")
    kept["used"][0]["of_day"]["usd"] = usd
    core.store.set_meta(KEPT, json.dumps(kept))


def seen_today(core: Core, *, now: datetime = NOW, zone: tzinfo | None = None) -> Decimal | None:
    """By a process that only looks."""
    store = open_reader(core.profile.paths.store_file)
    assert store is not None
    found = Costing({}).costs(store, (), core.settings, now, zone or local_zone()).total
    store.close()
    return found.of_day.usd if found is not None else None


def test_who_only_looks_takes_what_was_kept_until_anything_has_changed(world: World, home: Path) -> None:
    """The zone, the day, the user's prices and the ledger: each has it added up anew."""
    write(home, line(1, NOW))
    core = world.start()
    core.tick()
    kept_as(core, "7")

    assert seen_today(core) == 7
    assert seen_today(core, zone=UTC) == 1
    assert seen_today(core, now=NOW + timedelta(days=1)) == 0

    write(home, line(2, NOW))
    core.indexing.look(1.0)
    core.settle()
    assert seen_today(core) == 2

    core.tick()
    kept_as(core, "7")
    world.configure('[[rates]]\nmodel = "house-model"\ninput = "1"\noutput = "1"\n')
    core.reload_settings()
    assert seen_today(core) == 2


@pytest.mark.parametrize(
    "kept", [None, "", "{", "[]", '{"key": "k"}', '{"key": "k", "used": [{}]}', '{"key": "other"}']
)
def test_what_a_damaged_disk_kept_is_as_if_nothing_had_been_kept(kept: str | None) -> None:
    assert read(kept, "k") is None


# ---- while logs are read -----------------------------------------------------------------------------------


def test_until_all_is_read_the_sums_are_so_far(world: World, home: Path) -> None:
    """33 MiB of an old log are left for the next look; who only looks is told too."""
    write(home, line(1, NOW - timedelta(days=1)), *["x" * (1024 * 1024)] * 33, name="old")
    os.utime(home / "projects" / "p" / "old.jsonl", (1, 1))
    write(home, line(2, NOW), name="new")
    core = world.start()

    core.indexing.look(0.0)
    core.refresh.tick(ask=False)
    under_way = core.overview()
    seen = glance(core.profile, core.settings)
    while core.indexing.progress is not None:
        core.indexing.look(1.0)
    done = core.overview()

    assert under_way.reading is not None
    assert 0 < under_way.reading.done < under_way.reading.total
    assert seen.reading is not None  # as it was told within the last second
    assert (seen.reading.total, seen.is_counted) == (under_way.reading.total, False)
    assert (done.reading, done.is_counted, amounts(core)["month"]) == (None, True, "2.00")
    core.look(ask=False)
    core.settle()
    assert glance(core.profile, core.settings).is_counted


# ---- for the status line -----------------------------------------------------------------------------------


def told(core: Core) -> dict[str, Any] | None:
    path = core.profile.paths.spool_dir / "costs.json"
    return json.loads(path.read_text()) if path.exists() else None


def test_the_status_line_s_line_lies_there_while_somebody_keeps_it_up_to_date(world: World, home: Path) -> None:
    write(home, line(1, NOW))
    core = world.start()
    core.tick()

    first = told(core)
    world.run(core, timedelta(minutes=4, seconds=50))
    unchanged = told(core)
    world.run(core, timedelta(seconds=20))
    later = told(core)
    world.stop(core)

    assert first is not None
    assert first["lines"] == {str(home): "≈ $1.00 today at list prices"}
    assert first["until"] == datetime(2026, 11, 20, 18, 15, tzinfo=UTC).timestamp()
    assert unchanged == first
    assert later is not None
    assert later["at"] > first["at"]
    assert told(core) is None


def test_who_wants_no_cost_in_the_status_line_has_none(world: World, home: Path) -> None:
    write(home, line(1, NOW))
    core = world.start()
    core.tick()

    world.configure("[statusline]\ncost = false\n")
    core.tick()

    assert told(core) is None


# ---- beside a bill -----------------------------------------------------------------------------------------


def test_what_the_same_vendor_billed_stands_beside_and_nobody_else_s() -> None:
    """By the vendor, whatever the providers are called; an old bill is left out."""
    accounts = with_a_bill().accounts
    used, bill = replace(accounts[0], billed_beside=()), replace(accounts[1], provider="anthropic_admin")
    other = replace(bill, provider="openai_admin", name="OpenAI API")

    found = with_bills([used, bill, other], discover())
    stale = with_bills([used, replace(bill, money_stale=True)], discover())

    assert [(each.name, each.period, each.amount.amount) for each in found[0].billed_beside] == [
        ("Anthropic API", "today", Decimal("12.66")),
        ("Anthropic API", "month", Decimal("214.37")),
    ]
    assert found[1:] == [bill, other]
    assert stale[0].billed_beside == ()
