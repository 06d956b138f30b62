"""A simulated day with generated logs: what is behind the session's figure, from files and server to the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.spine.logged import BOREALIS, MINUTE, WEBSHOP, Work
from tests.support import ACCOUNT, World
from usagetray.edges.store import open_reader
from usagetray.edges.tables import rate_table
from usagetray.profile import Profile, open_profile
from usagetray.spine.core import Core
from usagetray.spine.reading import explainer
from usagetray.spine.reporting import Question
from usagetray.views.cli import why
from usagetray.views.grid import rendered
from usagetray.views.plain import columns

KATHMANDU = ZoneInfo("Asia/Kathmandu")


@pytest.fixture
def work(world: World) -> Work:
    made = Work(world=world)
    world.vendor.answer = made.answer
    return made


def a_day(work: Work, core: Core) -> None:
    """22 % of steady work; 70 minutes of rest and 5.7 % in one response; 15.9 % by sub-agents in another project; and
    in the end 9 % of which no log tells. The server counts by list prices, 4.74 % a dollar."""
    world = work.world
    for _ in range(20):
        for _ in range(2):
            work.says(0.55, read=120_000, write=3_000, output=1_500)
        world.run(core, 2 * MINUTE, every=2 * MINUTE)
    world.run(core, 70 * MINUTE, every=5 * MINUTE)
    work.says(5.7, write=190_000, output=900)
    world.run(core, 6 * MINUTE, every=2 * MINUTE)
    for _ in range(10):
        for agent in ("a", "b", "c"):
            work.says(0.53, WEBSHOP, "77aa", agent=agent, read=50_000, write=8_000, output=1_500)
        world.run(core, MINUTE, every=MINUTE)
    world.run(core, 6 * MINUTE, every=3 * MINUTE)
    work.used += 9
    world.run(core, 6 * MINUTE, every=3 * MINUTE)


def profile_of(world: World) -> Profile:
    environ = {"HOME": str(world.home.path), "USAGETRAY_HOME": str(world.profile)}
    return replace(open_profile(environ), clock=world.clock)


def page(world: World, provider: str | None = None) -> why.Page:
    profile = profile_of(world)
    store = open_reader(profile.paths.store_file)
    try:
        return why.page(profile, store, Question(zone=KATHMANDU, provider=provider), rate_table())
    finally:
        if store is not None:
            store.close()


def shown(told: why.Page, width: int) -> str:
    return rendered(told.lines(width), width, unicode=True, color=False)


def test_a_day_s_figure_is_taken_apart(world: World, work: Work) -> None:
    core = world.start()
    core.tick()
    a_day(work, core)

    told = page(world)

    (session, week) = told.json()["windows"]
    parts = {each["project"]: each["percent"] for each in session["sessions"]}
    assert session["usedPercent"] == 52
    assert parts[BOREALIS] == pytest.approx(27.7, abs=1.5)
    assert parts[WEBSHOP] == pytest.approx(15.9, abs=1.5)
    assert session["elsewherePercent"] == pytest.approx(9, abs=1.5)
    assert sum(parts.values()) + session["elsewherePercent"] == pytest.approx(52, abs=0.01)
    assert sum(each["percent"] for each in session["steps"]) == pytest.approx(52, abs=0.01)
    (webshop,) = (each for each in session["sessions"] if each["project"] == WEBSHOP)
    assert webshop["bySubAgentsPercent"] == webshop["percent"]
    reasons = {each["reason"]: each for each in session["moments"]}
    assert set(reasons) == {"agents", "cache_lost"}
    assert reasons["cache_lost"]["pauseSeconds"] == 72 * 60 + 10
    assert reasons["cache_lost"]["promptTokens"] == 190_000
    assert reasons["agents"]["subAgents"] == 3
    # 30 % of the week were used before anything here was counted.
    assert (week["elsewherePercent"], week["moments"]) == (30, [])
    text = shown(told, 80)
    assert max(columns(line) for line in text.splitlines()) <= 80
    assert "Claude session: 52 % used, resets 19:35, in 2 h 20 m" in text
    assert "work/borealis  4f2a1c07" in text
    assert "Sub-agents   " in text
    assert "went on after 1 h 12 m: the cache was gone, 190k" in text
    assert "Elsewhere: no log here tells of it" in text
    assert max(columns(line) for line in shown(told, 48).splitlines()) <= 48


def test_another_provider_s_page_is_empty_and_says_what_it_takes(world: World, work: Work) -> None:
    core = world.start()
    core.tick()
    work.says(3)
    world.run(core, 6 * MINUTE, every=3 * MINUTE)

    told = page(world, "codex")

    assert told.is_empty
    assert shown(told, 80).startswith("No window to explain")


def test_the_popup_is_told_the_same(world: World, work: Work) -> None:
    core = world.start()
    core.tick()
    work.says(12, write=90_000)
    world.run(core, 6 * MINUTE, every=3 * MINUTE)
    session, nobody = ("claude", ACCOUNT, "five_hour"), ("claude", "nobody", "five_hour")

    told = explainer(profile_of(world))(frozenset({session, nobody}))

    found = told[session]
    assert found is not None
    assert [part.name for part in found.by(lambda use: use.project)] == [BOREALIS]
    assert found.used == 0.12
    assert told[nobody] is None


def test_a_window_that_has_ended_is_explained_until_the_next_one_begins(world: World, work: Work) -> None:
    core = world.start()
    core.tick()
    work.says(12, write=90_000)
    world.run(core, 6 * MINUTE, every=3 * MINUTE)
    world.vendor.close()
    world.clock.advance(timedelta(hours=5))

    (session, _) = page(world).json()["windows"]

    assert session["usedPercent"] == 12
    assert "Claude session: 12 % used, ended 19:35" in shown(page(world), 80)


def test_two_accounts_of_one_home_are_charged_by_who_was_signed_in(world: World, work: Work) -> None:
    """Another account signs in after an hour: what was used before is not its."""
    core = world.start()
    core.tick()
    work.says(10)
    world.run(core, 60 * MINUTE, every=5 * MINUTE)
    world.home.own("00000000-0000-4000-8000-00000000000b")
    world.home.sign_in("made-up-token-b")
    work.used = 0
    world.run(core, 6 * MINUTE, every=3 * MINUTE)
    work.says(4, WEBSHOP, "77aa")
    world.run(core, 10 * MINUTE, every=5 * MINUTE)

    windows = [each for each in page(world).json()["windows"] if each["key"] == "five_hour"]

    found: dict[str, Any] = {each["account"][-1]: [part["project"] for part in each["sessions"]] for each in windows}
    assert found["b"] == [WEBSHOP]
    assert found["a"] == [BOREALIS]
