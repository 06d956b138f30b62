"""The system's key store, where the user's own keys lie: locked, missing, unwilling, slow.

Promised: keys lie there and nowhere else, with no plain-text place instead. Each call ends or is given up within 5 s,
beside everything else; at most one is under way. Work in the background never makes the store ask the user anything,
and after a refusal it is not knocked at for 6 hours; a click is an act of the user, and knocks once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Computer
from tests.reliability.fake_provider import CLAUDE, COPILOT, DEEPSEEK, MINIMAX, OPENROUTER, ZAI
from tests.reliability.sim import HOUR, MINUTE, TOKEN, Sim, simulated
from tests.support import wait_until
from usagetray.edges.keychain import Keychain
from usagetray.spine.reading import reader

Make = Callable[..., Sim]


def calls_under_way(besides: frozenset[int | None] = frozenset()) -> int:
    """`besides`: threads that hung before, in a key store of another test."""
    return sum(each.name == "key store" and each.ident not in besides for each in threading.enumerate())


def hanging() -> frozenset[int | None]:
    return frozenset(each.ident for each in threading.enumerate() if each.name == "key store")


# ---- locked ------------------------------------------------------------------------------------------------


def locked_for(folder: Path, rounds: int, deadline_s: float) -> None:
    """Locked at the start, opened, and locked again later; the full form waits the real 5 s each time."""
    before = hanging()
    with simulated(folder, CLAUDE, DEEPSEEK, MINIMAX) as machine:
        machine.locked_s = deadline_s
        machine.vault.unlocked.clear()
        keychain = machine.key_store()
        core = machine.start(keychain)
        core.look()
        wait_until(lambda: machine.states().get("claude") == "fresh", "the figure that needs no key")
        wait_until(lambda: not core.refresh.is_busy, "the end of the waiting")
        assert keychain.askers == {"ask"}  # it is waited for beside the look
        locked = {"claude": "fresh", "deepseek": "secret_store_locked", "minimax": "secret_store_locked"}
        assert machine.states() == locked
        assert "sign in" not in machine.account(DEEPSEEK)["state_text"].lower()
        assert calls_under_way(before) <= 1
        for _ in range(rounds):
            machine.run(MINUTE, every=MINUTE)
            assert machine.states() == locked
            assert calls_under_way(before) <= 1
        assert machine.asked(DEEPSEEK) == machine.asked(MINIMAX) == []
        seen = reader(machine.profile())()  # as the popup and the command line look: beside the key store
        assert {each.provider: each.state.value for each in seen.accounts} == locked

        machine.vault.unlocked.set()
        wait_until(lambda: calls_under_way(before) == 0, "the end of the hanging call")
        machine.run(2 * MINUTE, every=30 * timedelta(seconds=1))
        assert set(machine.states().values()) == {"fresh"}

        machine.vault.unlocked.clear()
        machine.run(40 * MINUTE, every=20 * MINUTE)
        assert machine.states() == locked
        assert machine.account(DEEPSEEK)["money"][0]["amount"] == "20.00"
        assert machine.window(MINIMAX)["used_percent"] == 20
        assert machine.window(MINIMAX)["stale"] is True
        assert calls_under_way(before) <= 1

        machine.vault.unlocked.set()
        machine.run(2 * MINUTE, every=30 * timedelta(seconds=1))
        assert set(machine.states().values()) == {"fresh"}


def test_r11_a_locked_key_store_holds_up_nothing_and_is_used_when_it_opens(tmp_path: Path) -> None:
    locked_for(tmp_path, rounds=1, deadline_s=0.2)


def test_r11_a_slow_key_store_is_waited_for_within_its_time(sim: Make) -> None:
    """Two tenths of a second for each answer are slow, and no reason to give up."""
    machine = sim(OPENROUTER, ZAI)
    machine.vault._delay_s = 0.2
    machine.start()

    machine.tick()

    assert set(machine.states().values()) == {"fresh"}


# ---- missing, or unwilling to keep -------------------------------------------------------------------------

KEY = "sk-CANARY-0123456789abcdef-made-up"


@pytest.mark.parametrize("kind", ["missing", "refuses"])
@pytest.mark.parametrize(
    ("provider", "words", "variable"),
    [("deepseek", (), "DEEPSEEK_API_KEY"), ("zai", ("--only", "quota-china"), "BIGMODEL_API_KEY")],
)
def test_r12_a_key_that_cannot_be_kept_is_nowhere_on_disk_and_the_way_out_is_said(
    tmp_path: Path, kind: str, provider: str, words: tuple[str, ...], variable: str
) -> None:
    computer = Computer(tmp_path)

    said = computer.run("connect", provider, *words, "--keychain", kind, stdin=f"{KEY}\n".encode())

    files = [each for each in tmp_path.rglob("*") if each.is_file()]
    pieces = [KEY[at : at + 12] for at in range(len(KEY) - 11)]
    assert said.status == 1
    assert [each for each in files for piece in pieces if piece.encode() in each.read_bytes()] == []
    assert not [piece for piece in pieces if piece in said.out + said.err]
    assert "not kept" in said.err
    assert ("install one" if kind == "missing" else "unlock it") in said.err
    assert variable in said.err


@pytest.mark.parametrize("kind", [DEEPSEEK, MINIMAX, ZAI], ids=lambda kind: kind.provider)
def test_r12_a_missing_key_store_has_its_state_and_a_key_of_the_environment_is_still_used(sim: Make, kind) -> None:
    machine = sim(kind)
    machine.start("missing")
    machine.tick()
    machine.run(5 * MINUTE)
    assert machine.account()["state"] == "secret_store_missing"
    assert "environment" in machine.account()["state_text"]
    assert machine.vendor.asked == []

    machine.environ = dict.fromkeys(("DEEPSEEK_API_KEY", "MINIMAX_TOKEN_PLAN_KEY", "Z_AI_API_KEY"), TOKEN)
    machine.stop()
    machine.start("missing")
    machine.run(2 * MINUTE)

    assert machine.account()["state"] == "fresh"
    assert machine.vendor.asked[-1].token == TOKEN


# ---- nobody is asked ---------------------------------------------------------------------------------------


def days_without_a_question(folder: Path, days: float) -> None:
    """Three accounts polled in the background; the full form is a week."""
    with simulated(folder, DEEPSEEK, OPENROUTER, COPILOT) as machine:
        store = machine.key_store()
        machine.start(store)
        machine.tick()
        machine.run(days * 24 * HOUR)
        assert set(machine.states().values()) == {"fresh"}
        assert store.counters()["calls"] > 100 * days
        assert store.counters()["may_ask"] == 0

        machine.vault.kind = "refuses"
        refused_at = _refusal(machine, store)
        knocked = store.counters()["calls"]
        machine.run(refused_at + 6 * HOUR - machine.clock.now() - MINUTE, every=10 * MINUTE)
        assert store.counters() == {"calls": knocked, "may_ask": 0}
        assert set(machine.states().values()) == {"secret_store_locked"}
        machine.run(3 * MINUTE)
        assert store.counters()["calls"] > knocked  # and then it is tried once again
        assert store.counters()["may_ask"] == 0


def _refusal(machine: Sim, store: Keychain) -> datetime:
    while store.silent_until is None:
        machine.run(timedelta(seconds=10))
    return store.silent_until - 6 * HOUR


def test_r13_nobody_is_asked_for_a_password_in_the_background(tmp_path: Path) -> None:
    days_without_a_question(tmp_path, days=0.1)


@pytest.mark.parametrize("restarts", [False, True], ids=["running on", "started anew"])
def test_r13_after_a_refusal_a_click_knocks_exactly_once(sim: Make, restarts: bool) -> None:
    machine = sim(DEEPSEEK)
    machine.vault.kind = "refuses"
    store = machine.key_store()
    core = machine.start(store)
    machine.tick()
    assert store.counters() == {"calls": 1, "may_ask": 0}
    machine.run(HOUR, every=MINUTE)
    assert store.counters() == {"calls": 1, "may_ask": 0}
    if restarts:
        machine.stop()
        store = machine.key_store()
        core = machine.start(store)
        machine.run(HOUR, every=MINUTE)
        assert store.counters() == {"calls": 0, "may_ask": 0}
    before = store.counters()["calls"]

    core.click()
    machine.tick()
    machine.run(HOUR, every=MINUTE)

    assert store.counters() == {"calls": before + 1, "may_ask": 1}


def test_r13_one_click_knocks_once_however_many_keys_there_are(sim: Make) -> None:
    """Whoever says no to the prompt is not shown it twice more; the next click is another matter."""
    kinds = (DEEPSEEK, OPENROUTER, COPILOT)
    machine = sim(*kinds)
    machine.vault.kind = "refuses"
    store = machine.key_store()
    core = machine.start(store)
    machine.tick()
    before = store.counters()["calls"]

    for clicks in (1, 2):
        machine.run(HOUR, every=10 * MINUTE)
        core.click()
        machine.tick()
        machine.run(5 * MINUTE, every=MINUTE)
        assert store.counters() == {"calls": before + clicks, "may_ask": clicks}

    machine.vault.kind = "ok"
    machine.run(HOUR, every=10 * MINUTE)
    core.click()
    machine.tick()
    assert set(machine.states().values()) == {"fresh"}


def test_r13_a_click_of_long_ago_lets_nobody_be_asked_now(sim: Make) -> None:
    """Told to wait for an hour, the user clicks in vain; the request after the hour is nobody's click."""
    machine = sim(MINIMAX)
    machine.vendor.answer = MINIMAX.refusing(429, Retry_After="3600")
    store = machine.key_store()
    core = machine.start(store)
    machine.tick()
    machine.run(MINUTE)
    core.click()

    machine.run(2 * HOUR)

    assert len(machine.asked()) >= 2
    assert store.counters()["may_ask"] == 0
