"""What is shown of answers in odd shapes."""

from __future__ import annotations

import json
import math
from datetime import UTC, timedelta
from typing import Any

import pytest

from tests.support import NOW, World, account, always, in_turn, limits, ok, row, window
from usagetray.views.status_text import status_text

HOUR = timedelta(hours=1)
SOON = (NOW + 3 * HOUR).isoformat()


def until_asked(world: World, core: Any, times: int) -> None:
    for _ in range(200):
        if len(world.vendor.asked) >= times:
            return
        world.run(core, timedelta(seconds=10))
    raise AssertionError(f"asked {len(world.vendor.asked)} times, not {times}")


# ---- shapes ------------------------------------------------------------------------------------------------

FLAT = {"utilization": 55, "resets_at": SOON}
OLD = {"five_hour": {"utilization": 42, "resets_at": SOON}, "seven_day": {"utilization": 30, "resets_at": SOON}}
SHAPES: list[tuple[str, dict[str, Any], set[str]]] = [
    ("a window null", {**OLD, "seven_day": None}, {"five_hour"}),
    ("a window absent", {"five_hour": FLAT}, {"five_hour"}),
    ("null inside", {**OLD, "seven_day": {"utilization": None, "resets_at": None}}, {"five_hour"}),
    ("an unknown one beside", {**OLD, "seven_day_tangelo": FLAT}, {"five_hour", "seven_day"}),
    (
        "given twice, as object and as list",
        {**OLD, "limits": [row("session", 42, NOW + 3 * HOUR), row("weekly_all", 30, NOW + 3 * HOUR)]},
        {"five_hour", "seven_day"},
    ),
    (
        "one kind that nobody knows",
        {"limits": [row("session", 42, NOW + 3 * HOUR), row("monthly_moon", 9, NOW + 3 * HOUR)]},
        {"five_hour"},
    ),
]


@pytest.mark.parametrize(("body", "keys"), [each[1:] for each in SHAPES], ids=[each[0] for each in SHAPES])
def test_each_well_formed_window_is_shown_exactly_once(world: World, body: dict[str, Any], keys: set[str]) -> None:
    world.vendor.answer = always(ok(body))
    core = world.start()

    core.tick()

    shown = [each["key"] for each in account(core)["windows"] if each["used_percent"] is not None]
    assert sorted(shown) == sorted(keys)
    assert account(core)["state"] == "fresh"


BAD = ["abc", "", True, [], {}, -5, "NaN", math.nan, math.inf, "1e400"]


@pytest.mark.parametrize("bad", BAD, ids=repr)
@pytest.mark.parametrize("flat", [True, False], ids=["flat", "rows"])
def test_a_field_that_cannot_be_read_leaves_the_last_good_figure_with_its_age(
    world: World, bad: object, flat: bool
) -> None:
    """The week goes on being renewed, the session keeps 42 % of the first answer; the field is named."""
    broken = (
        {"five_hour": {"utilization": bad, "resets_at": SOON}, "seven_day": {"utilization": 31, "resets_at": SOON}}
        if flat
        else limits(bad, week=31)
    )
    world.vendor.answer = in_turn(ok(limits(42)), ok(broken))
    core = world.start()
    core.tick()
    until_asked(world, core, 3)
    asked_last = world.vendor.asked[-1].at

    assert window(core)["used_percent"] == 42
    assert window(core)["captured_at"] == "2026-11-20T09:00:00Z"
    assert window(core)["age_s"] == (world.clock.now() - NOW).total_seconds()
    assert window(core, "seven_day")["used_percent"] == 31
    assert window(core, "seven_day")["age_s"] == (world.clock.now() - asked_last).total_seconds()
    name = "five_hour.utilization" if flat else "limits[0].percent"
    assert account(core)["state"] in ("fresh", "stale")
    assert core.status()["counters"]["fields_dropped"] == {f"claude: {name}": 1}
    assert f"could not be read: {name}" in status_text(core.overview(), UTC, left=False, verbose=True)
    assert "NaN" not in json.dumps(core.status())


def test_a_window_that_an_answer_read_whole_does_not_name_is_gone(world: World) -> None:
    """A plan changes: nothing was unreadable, so the missing week is no fault."""
    world.vendor.answer = in_turn(ok(limits(42)), ok({"limits": [row("session", 43, NOW + 3 * HOUR)]}))
    core = world.start()
    core.tick()

    until_asked(world, core, 2)

    assert [each["key"] for each in account(core)["windows"]] == ["five_hour"]
