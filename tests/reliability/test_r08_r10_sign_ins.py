"""Sign-ins that belong to other tools, and keys the user gave.

Promised: another tool's credentials are read afresh before each use, and never renewed, written, moved or locked.
"Sign in again" is said only after two refusals of one unchanged token, at least 60 s apart; a missing right, a renewed
token and an expired one are none. What was refused for good is not asked about more than twice an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from tests.reliability.fake_provider import BY_FILE, CLAUDE, CODEX, DEEPSEEK, KIMI, KINDS, MINIMAX, Kind
from tests.reliability.sim import HOUR, MINUTE, NOW, SECOND, Sim, simulated
from tests.support import Asked, always, ok, refused
from usagetray.providers.contract import Reply

Make = Callable[..., Sim]


def sent(asked: Asked) -> str:
    """Whatever carries the secret."""
    return asked.headers["authorization"]


@pytest.mark.parametrize("kind", [*BY_FILE, MINIMAX, DEEPSEEK], ids=lambda kind: kind.provider)
def test_r08_a_token_renewed_after_a_refusal_is_used_next_and_nobody_is_told_to_sign_in(sim: Make, kind: Kind) -> None:
    """A is refused, B is written: the next request carries B. B is refused once too, before the server knows it."""
    machine = sim(kind)
    machine.start()
    machine.tick()
    before = len(machine.asked())
    first = sent(machine.vendor.asked[0])
    seen: list[str] = []

    def answer(asked: Asked) -> Reply:
        if sent(asked) != first and sent(asked) not in seen:
            seen.append(sent(asked))
            return refused(401)
        return refused(401) if sent(asked) == first else kind.healthy()(asked)

    machine.vendor.answer = answer
    while len(machine.asked()) == before:
        machine.run(10 * SECOND)
    machine.sign_in(kind, "made-up-token-b")
    states: set[str] = set()
    if kind.key:
        machine.core.click()  # type: ignore[union-attr]  # as `connect` does

    machine.run(6 * MINUTE, watch=lambda: states.add(machine.account()["state"]))

    at_401 = machine.asked()[before]
    assert {sent(each) for each in machine.vendor.asked if each.at > at_401} == set(seen)
    assert len(seen) == 1
    assert states == {"fresh"}


WORDS_OF_REFUSAL: Mapping[str, Callable[[Asked], Reply]] = {
    "minimax": always(ok({"base_resp": {"status_code": 1004, "status_msg": "login fail"}})),
    "zai": always(ok({"code": 1001, "success": False, "msg": "made up"})),
}
"""Some refuse with the status of success."""


def test_r09_signed_out_takes_two_refusals_a_minute_apart_and_then_hardly_anything_is_asked(sim: Make) -> None:
    """All providers at once, each refusing always, with a restart each hour."""
    machine = sim(*KINDS)
    for kind in KINDS:
        machine.vendors[kind.provider].answer = WORDS_OF_REFUSAL.get(kind.provider, always(refused(401)))
    machine.start()
    machine.tick()
    early = []

    def watch() -> None:
        early.extend(
            provider
            for provider, state in machine.states().items()
            if state == "signed_out" and machine.asked(KIND[provider])[-1] - NOW < MINUTE
        )

    watch()
    machine.run(2 * MINUTE, every=10 * SECOND, watch=watch)

    assert early == []
    assert set(machine.states().values()) == {"signed_out"}
    for _ in range(3):
        asked = {kind: len(machine.asked(kind)) for kind in KINDS}
        machine.run(HOUR)
        assert {kind.provider: n for kind in KINDS if (n := len(machine.asked(kind)) - asked[kind]) > 2} == {}
        machine.restart().tick()

    for kind in KINDS:
        machine.vendors[kind.provider].answer = kind.healthy()
        machine.sign_in(kind, "made-up-token-b")
    machine.core.click()  # type: ignore[union-attr]  # keys of our own change by `connect`, which clicks
    machine.run(MINUTE, every=10 * SECOND)

    assert set(machine.states().values()) == {"fresh"}


KIND = {kind.provider: kind for kind in KINDS}


def test_r09_a_missing_right_is_never_called_a_missing_sign_in(sim: Make) -> None:
    """All providers at once answer 403, as to a token without the scope."""
    machine = sim(*KINDS)
    for vendor in machine.vendors.values():
        vendor.answer = always(refused(403))
    machine.start()
    machine.tick()
    seen: set[str] = set()

    machine.run(3 * HOUR, watch=lambda: seen.update(machine.states().values()))

    assert seen == {"not_allowed"}
    assert not [each["state_text"] for each in machine.accounts() if "sign in" in each["state_text"].lower()]
    assert {kind.provider: n for kind in KINDS if (n := len(machine.asked(kind))) > 6} == {}


def traces(folder: Path) -> Mapping[Path, tuple[int, int, int, bytes]]:
    """Every file of the home: what would show that somebody wrote, replaced or moved it."""
    found = {}
    for each in sorted(folder.rglob("*")):
        at = each.lstat()
        content = each.read_bytes() if each.is_file() else b""
        found[each] = (at.st_ino, at.st_mtime_ns if each.is_file() else 0, at.st_mode, content)
    return found


def expired_for(folder: Path, span: timedelta) -> None:
    """Tokens of four tools run out after half an hour, and nobody opens the tools for the rest of the time."""
    with simulated(folder, *BY_FILE) as machine:
        for kind in BY_FILE:
            machine.sign_in(kind, ends_in=HOUR / 2)
        before = traces(machine.home)
        machine.start()
        machine.tick()
        assert set(machine.states().values()) == {"fresh"}

        machine.run(span, every=5 * MINUTE)

        for kind in BY_FILE:
            said = machine.account(kind)
            assert max(machine.asked(kind)) < NOW + HOUR / 2
            assert not [each for each in machine.vendors[kind.provider].asked if b"refresh" in each.body]
            assert said["state"] == "expired"
            assert "Open " in said["state_text"]
            assert "sign in" not in said["state_text"].lower()
        assert traces(machine.home) == before

        for kind in BY_FILE:
            machine.sign_in(kind, "made-up-token-b")
        machine.run(2 * MINUTE)
        assert set(machine.states().values()) == {"fresh"}


def test_r10_an_expired_sign_in_is_left_alone_and_the_owner_s_tool_is_named(tmp_path: Path) -> None:
    """The full form runs a day."""
    expired_for(tmp_path, 5 * HOUR)


@pytest.mark.parametrize("kind", [CLAUDE, CODEX, KIMI], ids=lambda kind: kind.provider)
def test_r10_a_token_that_ran_out_before_the_first_start_is_never_sent(sim: Make, kind: Kind) -> None:
    """A server that would hand out a new token stands ready; it hears nothing at all."""
    machine = sim(kind)
    machine.sign_in(kind, ends_in=-MINUTE)
    machine.vendor.answer = always(ok({"access_token": "made-up", "refresh_token": "made-up", "expires_in": 3600}))
    before = traces(machine.home)
    machine.start()

    machine.tick()
    machine.run(HOUR / 2, every=5 * MINUTE)

    assert machine.vendor.asked == []
    assert traces(machine.home) == before
    assert machine.account()["state"] == "expired"
