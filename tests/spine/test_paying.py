"""From a plan to usage credits and back, with the server's sums: what is announced, and how often."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.spine.logged import MINUTE, Work
from tests.support import ALLOWED, NOW, Asked, World, account, limits, ok
from usagetray.providers.contract import Reply
from usagetray.spine.core import Core

SUMS = ALLOWED.replace("welcomed = true\n", "welcomed = true\nalerts.paying_amounts = [5, 20]\n")
RESET = NOW + timedelta(hours=4, minutes=50)


@pytest.fixture
def work(world: World) -> Work:
    made = Work(world=world, used=40)
    made.spend = credits_of(3820)
    world.vendor.answer = made.answer
    world.configure(SUMS)
    return made


def credits_of(cents: int) -> dict[str, object]:
    def amount(minor: int) -> dict[str, object]:
        return {"amount_minor": minor, "currency": "USD", "exponent": 2}

    return {"enabled": True, "used": amount(cents), "limit": amount(10_000), "disabled_reason": None}


def said(world: World) -> list[tuple[str, str]]:
    return [
        tuple(text.replace("\u202f", " ").replace("\u00a0", " ") for text in (each.title, each.body))  # type: ignore[misc]
        for each in world.alerts.alerts
    ]


def paid(work: Work, core: Core, *, used: float, cents: int) -> None:
    """The server counts that, and is asked."""
    work.used, work.spend = used, credits_of(cents)
    work.world.run(core, 8 * MINUTE, every=MINUTE)


def test_the_way_into_credits_and_out_of_them(world: World, work: Work) -> None:
    """$0.42 at the transition, then $3.12, $6.80, $21: the transition, $5 and $20 are announced, each once."""
    core = world.start()
    core.tick()
    paid(work, core, used=100, cents=3862)

    for cents in (4132, 4500, 4500):
        paid(work, core, used=100, cents=cents)
        core = world.restart(core)
    paid(work, core, used=104, cents=5920)

    titles = [title for title, _ in said(world)]
    assert titles == ["You are now paying for Claude", "$6.80 paid for Claude", "$21.00 paid for Claude"]
    first, second, _ = (body for _, body in said(world))
    assert first.startswith(
        "The session is used up and usage credits took over: $0.42 so far, $38.62 of $100. To stop it, switch it off"
    )
    assert second.startswith("On top of the plan since ")
    assert ", when the session was used up. Usage credits: $45.00 of $100." in second
    assert [each.threshold for each in world.alerts.alerts] == [None, 5.0, 20.0]
    told = account(core)["paying"]
    assert (told["window"], told["amount"], told["currency"]) == ("five_hour", "21.00", "USD")


def test_the_reset_ends_it_and_the_next_time_begins_at_nothing(world: World, work: Work) -> None:
    core = world.start()
    core.tick()
    paid(work, core, used=100, cents=4500)  # $6.80 at once: the first alert says so, and is the only one

    work.used, work.ends_at = 4, RESET + timedelta(hours=5)
    world.clock.advance(RESET - world.clock.now())
    world.run(core, 8 * MINUTE, every=MINUTE)
    before = account(core)["paying"]
    paid(work, core, used=100, cents=4700)
    paid(work, core, used=100, cents=5100)

    titles = [title for title, _ in said(world)]
    assert before is None
    assert titles == ["You are now paying for Claude", "You are now paying for Claude", "$6.00 paid for Claude"]
    assert account(core)["paying"]["amount"] == "6.00"


def test_a_second_window_that_fills_up_while_paying_is_nothing_new(world: World, work: Work) -> None:
    core = world.start()
    core.tick()
    paid(work, core, used=100, cents=3862)
    world.vendor.answer = lambda asked: _with_full_week(work, asked)
    world.run(core, 8 * MINUTE, every=MINUTE)

    assert [title for title, _ in said(world)] == ["You are now paying for Claude"]


def _with_full_week(work: Work, asked: Asked) -> Reply:
    del asked
    return ok({**limits(100, session_ends=work.ends_at, week=100), "spend": work.spend})


@pytest.mark.parametrize(
    ("switch", "titles"),
    [
        ("alerts.paying_amounts = []", ["You are now paying for Claude"]),
        ("alerts.paying = false", []),
        ("alerts.enabled = false", []),
    ],
)
def test_what_is_switched_off_is_not_announced(world: World, work: Work, switch: str, titles: list[str]) -> None:
    world.configure(ALLOWED.replace("welcomed = true", f"welcomed = true\n{switch}"))
    core = world.start()
    core.tick()
    paid(work, core, used=100, cents=3862)
    paid(work, core, used=100, cents=9000)

    assert [title for title, _ in said(world)] == titles


def test_an_alert_names_the_project_that_most_of_the_last_hour_is_from(world: World, work: Work) -> None:
    """From 5 to 79 % by work/borealis and three sub-agents of it."""
    work.used = 5
    core = world.start()
    core.tick()
    work.says(20)
    for agent in ("a", "b", "c"):
        work.says(18, agent=agent)
    world.run(core, 8 * MINUTE, every=MINUTE)

    ((title, body),) = said(world)
    assert title.startswith("Claude session runs out at ")
    assert "Now 79 % used. Mostly work/borealis, 3 sub-agents." in body


def test_an_alert_says_when_most_of_it_was_used_elsewhere(world: World, work: Work) -> None:
    core = world.start()
    core.tick()
    work.used = 80
    world.run(core, 8 * MINUTE, every=MINUTE)

    ((_, body),) = said(world)
    assert "Mostly used elsewhere: another device, or the web." in body
