"""A network that fails in every way it can.

Promised: every attempt ends within 30 s of real time with a named state, and no slow provider delays another.
Whatever is wrong is told apart (offline, unknown name, unsafe connection, proxy, login page, a server in trouble, what
cannot be read), none of it is called a missing sign-in, at most two retries are quick, the last figure stays and
is marked when it is old, and the next answer after the repair makes it fresh.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.edges.servers import Answer, Server, response, serving
from tests.reliability.fake_provider import (
    CHALLENGE,
    CLAUDE,
    CODEX,
    DEEPSEEK,
    GEMINI,
    LITELLM,
    MINIMAX,
    OPENROUTER,
    Kind,
)
from tests.reliability.network import HOST, Net
from tests.reliability.sim import HOUR, MINUTE, NOW, SECOND, Sim, simulated
from tests.support import always, refused, wait_until, within
from usagetray.providers.contract import Reply

Make = Callable[..., Sim]

# ---- one that never answers --------------------------------------------------------------------------------


def _silent(server: Server) -> Answer:
    return lambda connection, request: server.over.wait(60)


def _dripping(server: Server) -> Answer:
    """A byte now and then: each comes soon enough, all of them never."""

    def drip(connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{")
        while not server.over.wait(0.02):
            connection.sendall(b" ")

    return drip


def _endless_head(server: Server) -> Answer:
    def talk(connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 x\r\n")
        while not server.over.wait(0.02):
            connection.sendall(b"X-More: of the same\r\n")

    return talk


@contextlib.contextmanager
def never_answering(make: Callable[[Server], Answer] = _silent) -> Iterator[Server]:
    with serving(response()) as server:
        server._answer = make(server)
        yield server


def hanging_rounds(folder: Path, rounds: int, ceiling_s: float, make: Callable[[Server], Answer] = _silent) -> None:
    """One provider never answers, through so many polls; the full form has 50 rounds and the real ceiling of 30 s."""
    others = (MINIMAX, DEEPSEEK)
    with never_answering(make) as server, simulated(folder, CLAUDE, *others) as machine:
        machine.origins[CLAUDE.provider] = server.origin
        core = machine.start(ceiling_s=ceiling_s)
        core.look()
        wait_until(lambda: len([each for each in machine.states().values() if each == "fresh"]) == 2, "the others")
        wait_until(lambda: not core.refresh.is_busy, "the end of the attempt", ceiling_s + 5)
        assert machine.states() == {"claude": "server_error", "minimax": "fresh", "deepseek": "fresh"}

        threads = threading.active_count()
        for _ in range(rounds):
            machine.clock.advance(17 * MINUTE)  # longer than the longest interval of the two
            core.look()
            wait_until(lambda: not core.refresh.is_busy, "the end of the attempts", ceiling_s + 5)
        assert server.requests
        server.over.set()
        wait_until(lambda: threading.active_count() <= threads + 2, "the end of the threads")

        for kind in others:
            assert machine.asked(kind) == [NOW + each * 17 * MINUTE for each in range(rounds + 1)]
            assert machine.account(kind)["state"] == "fresh"


@pytest.mark.parametrize("make", [_silent, _dripping, _endless_head], ids=["silent", "dripping", "endless head"])
def test_r05_a_server_that_never_answers_gets_a_named_state_and_delays_no_other(
    tmp_path: Path, make: Callable[[Server], Answer]
) -> None:
    hanging_rounds(tmp_path, rounds=4 if make is _silent else 1, ceiling_s=0.6, make=make)


# ---- a way that is broken ----------------------------------------------------------------------------------

BREAKS = [
    (Net.refuse, "offline"),
    (Net.forget_name, "dns"),
    (Net.distrust, "tls"),
    (Net.misname, "tls"),
    (Net.want_password, "proxy"),
]


@pytest.mark.parametrize(("break_it", "state"), BREAKS, ids=[each[0].__name__ for each in BREAKS])
def test_r06_each_break_of_the_way_has_its_own_state_and_heals_at_the_next_poll(
    sim: Make, net: Net, break_it: Callable[[Net], None], state: str
) -> None:
    machine = sim(LITELLM)
    machine.at_address(LITELLM, f"https://{HOST}")
    break_it(net)
    machine.start()
    machine.tick()
    said: set[tuple[str, str]] = set()

    machine.run(10 * MINUTE, watch=lambda: said.add((machine.account()["state"], machine.account()["state_text"])))

    assert {each for each, _ in said} == {state}
    assert not [text for _, text in said if "sign in" in text.lower() or "key" in text.lower()]
    due_in = machine.due_in()

    net.mend()
    machine.run(due_in + 20 * SECOND)

    assert machine.account()["state"] == "fresh"
    assert machine.window()["used_percent"] == 20


# ---- answers that are none ---------------------------------------------------------------------------------


def _page(body: bytes, kind: str = "application/json", status: int = 200, **headers: str) -> Reply:
    return Reply(status=status, body=body, headers={"Content-Type": kind, **headers})


ANSWERS: list[tuple[str, Reply, str]] = [
    ("a login page", CHALLENGE, "portal"),
    ("a login page that says it is JSON", _page(b"\xef\xbb\xbf \n<html>Welcome to the hotel</html>"), "portal"),
    ("a redirect", _page(b"", status=302, Location="https://login.example.test/"), "portal"),
    ("the network wants a login", _page(b"", status=511), "portal"),
    ("empty", _page(b""), "bad_data"),
    ("blank", _page(b" \r\n"), "bad_data"),
    ("half of it", _page(b'{"rate_limit": {"primary_window": {"used_percent": 4'), "bad_data"),
    ("a list", _page(b'["five_hour", {"used_percent": 42}]'), "bad_data"),
    ("null", _page(b"null"), "bad_data"),
    ("a number", _page(b"42"), "bad_data"),
    ("something else", _page(b'{"hello": "world"}'), "bad_data"),
    ("very deep", _page(b"[" * 100_000), "bad_data"),
    ("more than 4 MiB", _page(b'{"a": "' + b"x" * (4 << 20) + b'"}'), "bad_data"),
    ("packed, and no such thing", _page(b"\x1f\x8b garbage", Content_Encoding="gzip"), "bad_data"),
    *((str(status), refused(status), "server_error") for status in (500, 502, 503, 504, 520, 408, 418)),
]
PAIRS = ((CODEX, OPENROUTER), (MINIMAX, GEMINI))
"""In turn: all four for every answer would say little more."""


@pytest.mark.parametrize(
    ("kinds", "reply", "state"),
    [(PAIRS[number % 2], *each[1:]) for number, each in enumerate(ANSWERS)],
    ids=[each[0] for each in ANSWERS],
)
def test_r07_a_useless_answer_is_named_costs_two_quick_retries_and_leaves_the_last_figure(
    sim: Make, kinds: tuple[Kind, ...], reply: Reply, state: str
) -> None:
    machine = sim(*kinds)
    for kind in kinds:
        machine.vendors[kind.provider].answer = kind.healthy(20, NOW + 24 * HOUR)
    machine.start()
    machine.tick()
    for vendor in machine.vendors.values():
        vendor.answer = always(reply)

    machine.run(11 * MINUTE + 10 * SECOND)  # the slowest has been asked again, and the quick retries are over
    said = {kind: machine.account(kind) for kind in kinds}
    machine.run(20 * MINUTE)

    for kind in kinds:
        times = [each - NOW for each in machine.asked(kind)]
        failing_since = times[1]
        assert said[kind]["state"] == machine.account(kind)["state"] == state
        assert "sign in" not in machine.account(kind)["state_text"].lower()
        assert len(within(times, failing_since, failing_since + 0.9 * kind.every)) <= 3
        assert machine.window(kind)["used_percent"] == 20
        assert machine.window(kind)["captured_at"] == "2026-11-20T09:00:00Z"
        assert machine.window(kind)["stale"] is True
