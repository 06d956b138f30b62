"""Other programs' sign-ins: read afresh, never renewed, never mixed up, and no false "sign in again"."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support import ACCOUNT, ALLOWED, NOW, Asked, World, account, always, in_turn, limits, ok, refused, window
from usagetray.edges.logs import configure
from usagetray.providers.contract import Reply

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
OTHER = "00000000-0000-4000-8000-00000000000b"


def states(world: World, core: object, span: timedelta) -> set[str]:
    """All states the account goes through."""
    seen = set()
    for _ in range(int(span / timedelta(seconds=10))):
        world.run(core, timedelta(seconds=10))  # type: ignore[arg-type]
        seen.add(account(core)["state"])  # type: ignore[arg-type]
    return seen


def test_a_renewed_token_is_used_at_the_next_attempt_and_nobody_is_told_to_sign_in(world: World) -> None:
    """Token A is answered 401; its owner writes B before the next attempt: that one carries B and succeeds."""
    world.vendor.answer = lambda asked: ok(limits()) if asked.token == "token-b" or world.clock.now() == NOW else A_401
    core = world.start()
    core.tick()
    while len(world.vendor.asked) < 2:
        world.run(core, timedelta(seconds=10))
    assert account(core)["state"] == "fresh"  # one 401 is no sign-out

    world.home.sign_in("token-b")
    seen = states(world, core, 10 * MINUTE)

    assert world.vendor.asked[2].token == "token-b"
    assert "signed_out" not in seen
    assert account(core)["state"] == "fresh"


A_401 = refused(401)


def test_signed_out_needs_two_refusals_a_minute_apart_and_then_asks_no_more(world: World) -> None:
    """Always 401: two requests, at least 60 s apart, and none in the two hours after; a new token is asked at once."""
    world.vendor.answer = always(A_401)
    core = world.start()
    core.tick()
    assert account(core)["state"] != "signed_out"

    world.run(core, 3 * MINUTE)

    assert account(core)["state"] == "signed_out"
    assert world.vendor.asked[1].at - world.vendor.asked[0].at >= MINUTE

    world.run(core, 2 * HOUR, leap=5 * MINUTE)
    assert len(world.vendor.asked) <= 2 + 2 * 2

    world.vendor.answer = always(ok(limits()))
    world.home.sign_in("token-b")
    world.run(core, timedelta(seconds=20))

    assert account(core)["state"] == "fresh"


def test_a_missing_right_is_not_a_sign_out(world: World) -> None:
    world.vendor.answer = always(refused(403))
    core = world.start()
    core.tick()
    world.run(core, HOUR, leap=5 * MINUTE)

    assert account(core)["state"] == "not_allowed"
    assert len(world.vendor.asked) <= 2


def test_an_expired_sign_in_is_left_alone_for_a_day(world: World) -> None:
    """The access token has run out, a refresh token lies beside it: no request at all, the file stays as it was."""
    core = world.start()
    core.tick()
    world.home.sign_in(ends_in=-MINUTE)
    before = world.home.credentials.stat(), world.home.credentials.read_bytes()
    asked = len(world.vendor.asked)

    world.run(core, timedelta(days=1), leap=10 * MINUTE)

    after = world.home.credentials.stat(), world.home.credentials.read_bytes()
    assert len(world.vendor.asked) == asked
    assert (after[0].st_mtime_ns, after[0].st_ino, after[0].st_mode) == (
        before[0].st_mtime_ns,
        before[0].st_ino,
        before[0].st_mode,
    )
    assert after[1] == before[1]
    assert account(core)["state"] == "expired"
    assert "Claude Code" in account(core)["state_text"] or "open" in account(core)["state_text"].lower()

    world.home.sign_in("token-b")
    world.run(core, 2 * MINUTE)

    assert account(core)["state"] == "fresh"


def test_an_answer_that_came_while_somebody_else_signed_in_is_nobody_s(world: World) -> None:
    """The config file names B when the answer to A's request arrives, the token being unchanged as yet."""

    def answer(asked: Asked) -> Reply:
        world.home.own(OTHER)
        return ok(limits(77))

    world.vendor.answer = answer
    core = world.start()
    core.tick()

    assert [each["windows"] for each in core.status()["accounts"] if each["windows"]] == []


def test_exchanged_tokens_never_bring_one_account_s_figures_under_the_other_s_name(world: World) -> None:
    """Two homes whose tokens are exchanged 60 times: token-a's figure is 11 %, token-b's 77 %."""
    second = world.folder / "second"
    second.mkdir()
    (second / ".claude.json").write_text(json.dumps({"oauthAccount": {"accountUuid": OTHER}}))
    world.configure(ALLOWED + f'homes = ["{second}"]\n')
    world.vendor.answer = lambda asked: ok(limits({"token-a": 11, "token-b": 77}[asked.token]))
    right = {ACCOUNT: 11, OTHER: 77}
    places = [world.home.credentials, second / ".credentials.json"]

    def write(tokens: tuple[str, str]) -> None:
        for place, token in zip(places, tokens, strict=True):
            login = {"accessToken": token, "expiresAt": 4_000_000_000_000, "scopes": ["user:profile"]}
            place.write_text(json.dumps({"claudeAiOauth": login}))

    write(("token-a", "token-b"))
    core = world.start()
    core.tick()
    wrong = []
    for number in range(60):
        write(("token-b", "token-a") if number % 2 == 0 else ("token-a", "token-b"))
        world.run(core, 2 * MINUTE, every=MINUTE)
        wrong += [
            (number, each["account"], each["windows"][0]["used_percent"])
            for each in core.status()["accounts"]
            if each["windows"] and each["windows"][0]["used_percent"] not in (None, right[each["account"]])
        ]

    assert {asked.token for asked in world.vendor.asked} == {"token-a", "token-b"}
    assert wrong == []
    assert {each["account"] for each in core.status()["accounts"]} == {ACCOUNT, OTHER}


def test_a_quick_answer_after_one_refusal_leaves_no_trace(world: World) -> None:
    """200, 401, 200: fresh throughout, the figure of the last answer shown."""
    world.vendor.answer = in_turn(ok(limits(20)), A_401, ok(limits(21)))
    core = world.start()
    core.tick()

    seen = states(world, core, 9 * MINUTE)

    assert seen == {"fresh"}
    assert window(core)["used_percent"] == 21


@pytest.mark.usefixtures("untouched_logging")
def test_a_token_that_was_sent_cannot_stand_in_the_log(world: World, tmp_path: Path) -> None:
    """Whatever quotes it later, and though it looks like no key: not whole, and no 12 characters of it."""
    token = "plain.words.made.up.token"
    world.home.sign_in(token)
    configure(tmp_path / "log", verbose=False)
    world.start().tick()

    logging.getLogger("usagetray.spine").info("a library said: %s", f"refused {token}!")

    said = (tmp_path / "log" / "usagetray.log").read_text(encoding="utf-8")
    assert "a library said: refused •••" in said
    assert [token[at : at + 12] for at in range(len(token) - 11) if token[at : at + 12] in said] == []
