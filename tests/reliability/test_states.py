"""Each state an account can be in, and each way a request can fail, brought about from outside.

Promised: the list of states is closed; each is told in the status with its own words, which say what is wrong and what
happens next; and "sign in again" is said in one of them only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.reliability.fake_provider import (
    CHALLENGE,
    CODEX,
    DEEPSEEK,
    GEMINI,
    KIMI,
    LITELLM,
    MINIMAX,
    OPENROUTER,
    ZAI,
    Kind,
)
from tests.reliability.network import HOST, Net
from tests.reliability.sim import DAY, HOUR, MINUTE, NOW, SECOND, Sim
from tests.support import Asked, always, ok, refused
from usagetray.domain.states import State
from usagetray.edges.store.opening import PAGE
from usagetray.errors import Cause
from usagetray.providers.contract import Reply

Make = Callable[..., Sim]
Act = Callable[[Sim, Net], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a state is brought about on a machine where all was well, or (`first`) where nothing was ever asked."""

    state: State
    kind: Kind
    act: Act
    words: str  # a pattern that the state's text matches
    cause: Cause | None = None  # how the last request ended; None: with an answer
    first: bool = False
    after: timedelta = 6 * MINUTE  # by then it has to be said


def answers(reply: Reply | Callable[[Asked], Reply]) -> Act:
    def act(machine: Sim, net: Net) -> None:
        machine.vendor.answer = reply if callable(reply) else always(reply)

    return act


def on_disk(change: Callable[[Path], object], pattern: str) -> Act:
    """Something happens to the tool's own files."""

    def act(machine: Sim, net: Net) -> None:
        for each in machine.home.rglob(pattern):
            change(each)

    return act


def ask_way(break_it: Callable[[Net], None]) -> Act:
    def act(machine: Sim, net: Net) -> None:
        machine.at_address(LITELLM, f"https://{HOST}")
        break_it(net)

    return act


def lock(machine: Sim, net: Net) -> None:
    machine.vault.unlocked.clear()


def lose_key_store(machine: Sim, net: Net) -> None:
    machine.vault.kind = "missing"


def refuse_key(machine: Sim, net: Net) -> None:
    machine.vault.kind = "refuses"


def garble_key(machine: Sim, net: Net) -> None:
    machine.sign_in(machine.kinds["zai"], "a key with blanks and ümlauts")


def expire(machine: Sim, net: Net) -> None:
    machine.sign_in(next(iter(machine.kinds.values())), ends_in=-MINUTE)


def close_port(machine: Sim, net: Net) -> None:
    machine.vendor.close()


def hang(machine: Sim, net: Net) -> None:
    """The server takes the request and says nothing."""
    machine.stop()
    machine.vendor.delay_s = 60
    machine.start(ceiling_s=0.1)


def change_owner(machine: Sim, net: Net) -> None:
    """Somebody else signs in while we ask."""

    def answer(asked: Asked) -> Reply:
        path = machine.home / ".codex" / "auth.json"
        path.write_text(path.read_text().replace("00000000000a", "00000000000b"))
        return CODEX.healthy()(asked)

    machine.vendor.answer = answer


def set_server_s_clock(machine: Sim, net: Net) -> None:
    machine.vendor.ahead = timedelta(hours=-3)


def fill_disk(machine: Sim, net: Net) -> None:
    """The file may not grow any more; a real disk is filled elsewhere, where there are rights to make one."""
    database = machine.core.store.database  # type: ignore[union-attr]
    (pages,) = database._disk.execute("PRAGMA page_count").fetchone()
    database._disk.execute(f"PRAGMA max_page_count = {pages}")
    while not database.is_full:
        database.write(("INSERT INTO meta VALUES (hex(randomblob(16)), hex(randomblob(1000)))", [()]))


def damage_store(machine: Sim, net: Net) -> None:
    machine.stop()
    file = machine.profile_dir / "usagetray.db"
    content = file.read_bytes()
    file.write_bytes(content[: 2 * PAGE] + b"\xff" * PAGE + content[3 * PAGE :])
    machine.start()


ONLY_A_PLAN = ok({"plan_type": "plus"})
WAYS = (
    Way(state=State.FRESH, kind=CODEX, act=answers(CODEX.healthy()), words="Up to date"),
    Way(
        state=State.STALE,
        kind=GEMINI,
        act=on_disk(Path.unlink, "oauth_creds.json"),
        words="Gemini: figures .* old",
        cause=Cause.NOT_CONNECTED,
        after=21 * MINUTE,
    ),
    Way(
        state=State.RATE_LIMITED,
        kind=MINIMAX,
        act=answers(refused(429)),
        words="asked too often.*next try",
        cause=Cause.RATE_LIMITED,
    ),
    Way(
        state=State.SIGNED_OUT,
        kind=CODEX,
        act=answers(refused(401)),
        words="Sign in to Codex again",
        cause=Cause.REFUSED,
        after=8 * MINUTE,
    ),
    Way(
        state=State.SIGNED_OUT,
        kind=DEEPSEEK,
        act=answers(refused(401)),
        words="refused the key.*usagetray connect deepseek",
        cause=Cause.REFUSED,
        first=True,
    ),
    Way(  # one refusal proves nothing
        state=State.FRESH,
        kind=ZAI,
        act=answers(ok({"code": 1001, "success": False})),
        words="Up to date",
        cause=Cause.REFUSED,
        after=5 * MINUTE + 20 * SECOND,
    ),
    Way(
        state=State.NOT_ALLOWED,
        kind=GEMINI,
        act=answers(refused(403)),
        words="Gemini does not allow this",
        cause=Cause.NOT_ALLOWED,
        after=12 * MINUTE,
    ),
    Way(state=State.OFFLINE, kind=KIMI, act=close_port, words="Offline: figures .* old", cause=Cause.OFFLINE),
    Way(state=State.OFFLINE, kind=LITELLM, act=ask_way(Net.refuse), words="Offline", cause=Cause.OFFLINE, first=True),
    Way(
        state=State.DNS,
        kind=LITELLM,
        act=ask_way(Net.forget_name),
        words="LiteLLM can’t be found",
        cause=Cause.DNS,
        first=True,
    ),
    Way(
        state=State.TLS,
        kind=LITELLM,
        act=ask_way(Net.distrust),
        words="No safe connection.*nothing was sent",
        cause=Cause.TLS,
        first=True,
    ),
    Way(
        state=State.PROXY,
        kind=LITELLM,
        act=ask_way(Net.want_password),
        words="The proxy wants a password",
        cause=Cause.PROXY,
        first=True,
    ),
    Way(
        state=State.PORTAL,
        kind=OPENROUTER,
        act=answers(CHALLENGE),
        words="This network wants a login",
        cause=Cause.PORTAL,
    ),
    Way(
        state=State.SERVER_ERROR,
        kind=MINIMAX,
        act=answers(refused(502)),
        words="MiniMax has trouble",
        cause=Cause.SERVER_ERROR,
    ),
    Way(
        state=State.SERVER_ERROR, kind=DEEPSEEK, act=hang, words="DeepSeek has trouble", cause=Cause.TIMEOUT, first=True
    ),
    Way(
        state=State.BAD_DATA,
        kind=CODEX,
        act=answers(ok(["five_hour"])),
        words="answered in a new way.*update may help",
        cause=Cause.BAD_DATA,
    ),
    Way(
        state=State.EXPIRED,
        kind=KIMI,
        act=expire,
        words="Kimi’s access has run out.*Open Kimi once",
        cause=Cause.EXPIRED,
    ),
    Way(state=State.NOT_CONNECTED, kind=CODEX, act=answers(ONLY_A_PLAN), words="No figures from Codex yet", first=True),
    Way(
        state=State.SECRET_STORE_LOCKED,
        kind=ZAI,
        act=lock,
        words="Key store is locked.*All else still works",
        cause=Cause.STORE_LOCKED,
    ),
    Way(
        state=State.SECRET_STORE_LOCKED,
        kind=DEEPSEEK,
        act=refuse_key,
        words="Key store is locked",
        cause=Cause.STORE_LOCKED,
        first=True,
    ),
    Way(
        state=State.SECRET_STORE_MISSING,
        kind=MINIMAX,
        act=lose_key_store,
        words="No key store on this system.*environment",
        cause=Cause.STORE_MISSING,
    ),
    Way(
        state=State.CREDENTIAL_MALFORMED,
        kind=CODEX,
        act=on_disk(lambda each: each.write_text(each.read_text().replace("signature", "sig nature")), "auth.json"),
        words="Codex’s login file can’t be read.*Open Codex once",
        cause=Cause.CREDENTIAL_MALFORMED,
    ),
    Way(
        state=State.CREDENTIAL_MALFORMED,
        kind=ZAI,
        act=garble_key,
        words="Z.ai’s key can’t be used.*usagetray connect zai",
        cause=Cause.CREDENTIAL_MALFORMED,
        first=True,
    ),
    Way(state=State.FRESH, kind=CODEX, act=change_owner, words="Up to date", cause=Cause.CHANGED),
    Way(state=State.DISK_FULL, kind=KIMI, act=fill_disk, words="The disk is full.*until there is space"),
    Way(state=State.STORE_DAMAGED, kind=KIMI, act=damage_store, words="History was repaired.*old file is kept"),
    Way(
        state=State.CLOCK_SUSPECT,
        kind=OPENROUTER,
        act=set_server_s_clock,
        words="The clock looks wrong.*3 h ahead of OpenRouter",
    ),
    Way(
        state=State.WINDOW_ENDED,
        kind=ZAI,
        act=close_port,
        words="A window has ended; waiting for a new figure",
        cause=Cause.OFFLINE,
        after=3 * HOUR + MINUTE,
    ),
)


def _name(way: Way) -> str:
    return f"{way.state.value}, {way.cause or 'answered'}, {way.kind.provider}"


@pytest.mark.parametrize("way", WAYS, ids=_name)
def test_the_state_is_told_with_its_words(sim: Make, net: Net, way: Way) -> None:
    machine = sim(way.kind)
    machine.locked_s = 0.05
    machine.vendor.answer = way.kind.healthy(20, NOW + (DAY if way.state is not State.WINDOW_ENDED else 3 * HOUR))
    if way.first:
        way.act(machine, net)
        if machine.core is None:
            machine.start()
        machine.tick()
    else:
        machine.start()
        machine.tick()
        way.act(machine, net)

    machine.run(way.after)

    said = machine.account()
    text = re.sub(r"\s", " ", said["state_text"])
    assert said["state"] == way.state.value
    assert re.search(way.words, text), text
    assert ("sign in" in text.lower()) == (way.state is State.SIGNED_OUT and way.kind.key is None), text
    assert way.cause in set(_causes(machine))


def _causes(machine: Sim) -> Iterator[Cause | None]:
    """How the requests since then have ended."""
    store = machine.core.store  # type: ignore[union-attr]
    for source in store.sources():
        yield from (attempt.cause for attempt in store.attempts(source) if attempt.ended_at is not None)


def test_no_state_and_no_cause_is_left_out() -> None:
    assert {way.state for way in WAYS} == set(State)
    assert {way.cause for way in WAYS} == {None, *Cause}
