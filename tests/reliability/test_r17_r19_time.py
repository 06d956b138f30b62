"""Figures that grow old, windows that end, and clocks that are wrong.

Promised: each figure carries its age, and from twice its interval on (10 minutes at least) it is marked as old wherever
it appears, until there is a new one. From 60 s after its reset a window's old figure is no longer shown as current and
announces nothing; no countdown is negative; one request 5 to 60 s after the reset asks for the new one, if asking is
allowed at all. A wrong clock is said, and is never a reason to sign in or to warn of anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, timedelta

import pytest

from tests.reliability.fake_provider import (
    CHALLENGE,
    CODEX,
    COPILOT,
    DEEPSEEK,
    GEMINI,
    KIMI,
    MINIMAX,
    OPENROUTER,
    ZAI,
    Kind,
)
from tests.reliability.sim import DAY, HOUR, MINUTE, NOW, SECOND, Sim
from tests.support import always, refused, within
from usagetray.views.menu import tooltip
from usagetray.views.popup.content import Wish, page
from usagetray.views.status_text import status_text

Make = Callable[..., Sim]
NEGATIVE = re.compile(r"(?<![\w.])[-−]\d")


def texts(machine: Sim) -> tuple[str, str]:
    """What the terminal and the tooltip say."""
    seen = machine.core.overview()  # type: ignore[union-attr]
    return status_text(seen, UTC, left=False), tooltip(seen, UTC, False)


def close_port(machine: Sim, kind: Kind) -> None:
    machine.vendors[kind.provider].close()


def failing_with(status: int, **headers: str) -> Callable[[Sim, Kind], None]:
    def fail(machine: Sim, kind: Kind) -> None:
        machine.vendors[kind.provider].answer = always(refused(status, **headers))

    return fail


def saying_the_old(machine: Sim, kind: Kind) -> None:
    """The server goes on telling of the window that has ended."""


# ---- the end of a window -----------------------------------------------------------------------------------

RESET = timedelta(minutes=10)
ENDINGS: list[tuple[Kind, Callable[[Sim, Kind], None], int]] = [
    (CODEX, failing_with(503), 1),
    (MINIMAX, close_port, 0),  # nobody is there to count
    (ZAI, failing_with(429, Retry_After="7200"), 0),  # told to wait for longer
    (KIMI, saying_the_old, 1),
]


@pytest.mark.parametrize(
    ("kind", "fail", "asked_at_reset"), ENDINGS, ids=[f"{each[0].provider}, {each[1].__name__}" for each in ENDINGS]
)
def test_r17_a_window_s_figure_ends_with_the_window(
    sim: Make, kind: Kind, fail: Callable[[Sim, Kind], None], asked_at_reset: int
) -> None:
    """All used, the reset ten minutes ahead, and then no answer for three hours."""
    machine = sim(kind)
    machine.vendor.answer = kind.healthy(100, NOW + RESET)
    machine.start()
    machine.tick()
    machine.run(10 * SECOND)
    fail(machine, kind)
    machine.run(RESET + 59 * SECOND - (machine.clock.now() - NOW), every=10 * SECOND)
    assert machine.window()["used_percent"] == 100
    announced = len(machine.alerts.alerts)
    assert announced == 1  # that it is used up

    def watch() -> None:
        window = machine.window()
        assert (window["state"], window["used_percent"]) == ("ended", None)
        assert machine.account()["state"] == "window_ended"
        for text in texts(machine):
            assert not re.search(r"\b100\s?%", text)
            assert not NEGATIVE.search(text)

    machine.run(SECOND, watch=watch)
    machine.run(2 * MINUTE, every=10 * SECOND, watch=watch)
    machine.run(3 * HOUR, leap=HOUR / 2, watch=watch)

    times = [at - NOW for at in machine.asked()]
    assert len(within(times, RESET + 5 * SECOND, RESET + MINUTE)) == asked_at_reset
    # One due less than a minute before is put off; the latest that is asked at a reset is so 48 s after it.
    assert len(within(times, RESET - 2 * SECOND, RESET + 5 * SECOND)) == 0 or kind is MINIMAX
    assert len(machine.alerts.alerts) == announced


# ---- age ---------------------------------------------------------------------------------------------------


def lock_keys(machine: Sim, kind: Kind) -> None:
    machine.vault.unlocked.clear()


def lose_key_store(machine: Sim, kind: Kind) -> None:
    machine.vault.kind = "missing"


def expire(machine: Sim, kind: Kind) -> None:
    machine.sign_in(kind, ends_in=-MINUTE)


def garble(machine: Sim, kind: Kind) -> None:
    machine.sign_in(kind, "no token\n has line ends")


def sign_out(machine: Sim, kind: Kind) -> None:
    for each in machine.home.rglob("*.json"):
        each.unlink()


def portal(machine: Sim, kind: Kind) -> None:
    machine.vendors[kind.provider].answer = always(CHALLENGE)


FAILURES: Mapping[str, tuple[Kind, Callable[[Sim, Kind], None]]] = {
    "rate_limited": (CODEX, failing_with(429)),
    "not_allowed": (MINIMAX, failing_with(403)),
    "signed_out": (ZAI, failing_with(401)),
    "server_error": (KIMI, failing_with(503)),
    "bad_data": (GEMINI, failing_with(404)),
    "portal": (OPENROUTER, portal),
    "offline": (CODEX, close_port),
    "expired": (KIMI, expire),
    "credential_malformed": (CODEX, garble),
    "secret_store_locked": (MINIMAX, lock_keys),
    "secret_store_missing": (COPILOT, lose_key_store),
    "stale": (GEMINI, sign_out),  # nothing to ask with is no fault
}


@pytest.mark.parametrize("state", FAILURES)
def test_r18_a_figure_nobody_renews_is_marked_old_when_promised_everywhere_and_stays_so(sim: Make, state: str) -> None:
    """From twice the interval on, to the second; through an hour; until there is a new one."""
    kind, fail = FAILURES[state]
    machine = sim(kind)
    machine.locked_s = 0.05
    machine.vendor.answer = kind.healthy(20, NOW + DAY)
    machine.start()
    machine.tick()
    fail(machine, kind)
    promised = max(2 * kind.every, 10 * MINUTE)

    def is_marked() -> bool:
        seen = machine.core.overview()  # type: ignore[union-attr]
        popup = [line for section in page(seen, seen.generated_at, UTC, Wish()).sections for line in section.lines]
        row = next(line for line in popup if getattr(line, "share", None) == 0.2)
        terminal, tip = texts(machine)
        marks = (machine.window()["stale"], row.fill == "stale", "▒" in terminal, " old" in tip)  # type: ignore[union-attr]
        assert len(set(marks)) == 1, (marks, terminal, tip)
        return marks[0]

    machine.run(promised - SECOND, every=2.5 * MINUTE)
    assert not is_marked()
    machine.run(SECOND)
    assert is_marked()
    assert machine.window()["age_s"] == promised.total_seconds()

    machine.run(HOUR, every=6 * MINUTE, watch=lambda: is_marked() or pytest.fail("no longer marked as old"))
    assert machine.account()["state"] == state
    assert machine.window()["used_percent"] == 20


# ---- clocks ------------------------------------------------------------------------------------------------


def _set_clock(machine: Sim, hours: float) -> None:
    """Somebody sets this machine's clock; the servers' go on as they were."""
    machine.clock.jump(timedelta(hours=hours))
    for vendor in machine.vendors.values():
        vendor.ahead -= timedelta(hours=hours)


@pytest.mark.parametrize("hours", [48, -48])
def test_r19_a_wrong_clock_is_said_with_the_difference_and_warns_of_nothing(sim: Make, hours: int) -> None:
    """Two days ahead, or behind; three providers, all suddenly at 95 %, one of them refusing."""
    kinds = (CODEX, MINIMAX, KIMI)
    machine = sim(*kinds)
    machine.start()
    machine.tick()
    _set_clock(machine, hours)
    for kind in kinds:
        machine.vendors[kind.provider].answer = kind.healthy(95, NOW + 3 * HOUR)
    machine.vendors["kimi"].answer = always(refused(401))

    def watch() -> None:
        assert all(window["age_s"] >= 0 for each in machine.accounts() for window in each["windows"])
        assert "signed_out" not in machine.states().values()
        assert not any(NEGATIVE.search(text) for text in texts(machine))

    machine.run(20 * MINUTE, every=MINUTE, watch=watch)

    assert set(machine.states().values()) == {"clock_suspect"}
    said = {re.sub(r"\s", " ", each["state_text"]) for each in machine.accounts()}
    assert all(re.search("(2 d|1 d 23 h) " + ("ahead of" if hours > 0 else "behind"), text) for text in said), said
    assert machine.alerts.titles == []

    _set_clock(machine, -hours)
    for kind in kinds:
        machine.vendors[kind.provider].answer = kind.healthy(20, machine.clock.now() + 3 * HOUR)
    machine.run(20 * MINUTE, every=MINUTE)
    assert [machine.account(kind)["state"] for kind in (CODEX, MINIMAX)] == ["fresh", "fresh"]
    assert machine.account(KIMI)["state"] != "clock_suspect"  # though nobody asks with a token that was refused
    assert machine.alerts.titles == []


def test_r19_a_clock_that_jumps_to_and_fro_neither_floods_nor_frightens(sim: Make) -> None:
    """Every five minutes two days ahead or back again."""
    machine = sim(CODEX, DEEPSEEK)
    for vendor in machine.vendors.values():
        vendor.answer = machine.kinds["codex" if vendor is machine.vendors["codex"] else "deepseek"].healthy(95)
    machine.start()
    machine.tick()
    machine.alerts.alerts.clear()
    seen: set[str] = set()

    def watch() -> None:
        seen.update(machine.states().values())
        assert all(window["age_s"] >= 0 for each in machine.accounts() for window in each["windows"])

    for number in range(12):
        _set_clock(machine, 48 if number % 2 == 0 else -48)
        machine.run(5 * MINUTE, every=MINUTE, watch=watch)

    assert seen <= {"clock_suspect", "fresh", "stale", "window_ended"}
    assert machine.alerts.titles == []
    assert max(len(machine.asked(kind)) for kind in (CODEX, DEEPSEEK)) <= 1 + 60 // 2
