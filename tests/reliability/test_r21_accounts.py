"""Two accounts of one provider on one machine.

Promised: what the server says to one account's token is never stored or shown as the other's, although tools write who
is signed in and the token one after the other, into one file or two, whenever they like: also while we ask.
"""

from __future__ import annotations

import base64
import json
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.providers.codex_desk import token as codex_token
from tests.reliability.fake_provider import CLAUDE, CODEX, GEMINI, Kind
from tests.reliability.sim import DAY, NOW, SECOND, Sim, simulated
from tests.support import Asked, refused
from usagetray.providers.contract import Reply

IDS = ("00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b")
USED = {"token-a": 11, "token-b": 77}
RIGHT = dict(zip(IDS, USED.values(), strict=True))
LATER = 4_000_000_000


@dataclass(frozen=True, slots=True)
class Tool:
    """Where a tool keeps who is signed in, and the token; each is written by itself."""

    kind: Kind
    folder: str
    own: Callable[[Path, str], None]
    give: Callable[[Path, str], None]


def _amend(path: Path, **fields: object) -> None:
    """As tools do it: the whole file anew, in place."""
    before = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**before, **fields}))


def _claude_owner(folder: Path, owner: str) -> None:
    # The tool's own place has it beside the folder, every other one within.
    place = folder.parent / ".claude.json" if folder.name == ".claude" else folder / ".claude.json"
    _amend(place, oauthAccount={"accountUuid": owner})


def _claude_token(folder: Path, token: str) -> None:
    login = {"accessToken": token, "expiresAt": LATER * 1000, "scopes": ["user:profile"]}
    _amend(folder / ".credentials.json", claudeAiOauth=login)


def _codex(folder: Path, **changed: str) -> None:
    path = folder / "auth.json"
    before = json.loads(path.read_text())["tokens"] if path.exists() else {"refresh_token": "made-up"}
    _amend(path, auth_mode="chatgpt", OPENAI_API_KEY=None, tokens={**before, **changed})


def _gemini_owner(folder: Path, owner: str) -> None:
    said = base64.urlsafe_b64encode(json.dumps({"sub": owner}).encode()).rstrip(b"=").decode()
    _amend(folder / "oauth_creds.json", id_token=f"x.{said}.x")


TOOLS = (
    Tool(CLAUDE, ".claude", _claude_owner, _claude_token),
    Tool(
        CODEX,
        ".codex",
        lambda folder, owner: _codex(folder, account_id=owner),
        lambda folder, token: _codex(folder, access_token=codex_token(token)),
    ),
    Tool(
        GEMINI,
        ".gemini",
        _gemini_owner,
        lambda folder, token: _amend(folder / "oauth_creds.json", access_token=token, expiry_date=LATER * 1000),
    ),
)


def exchanges(folder: Path, tool: Tool, rounds: int) -> None:
    """Tokens change places before, between and during requests, and now and then the names with them."""
    chance = random.Random(21)
    with simulated(folder, tool.kind) as machine:
        homes = [machine.home / tool.folder, machine.home / "second"]
        homes[1].mkdir()
        text = (machine.profile_dir / "config.toml").read_text()
        machine.configure(text + f'homes = ["{homes[1]}"]\n')
        order = [0, 1]

        turn = threading.Lock()  # requests of both accounts come at once

        def exchange(*, names: bool) -> None:
            with turn:
                order.reverse()
                acts = [(tool.give, home, list(USED)[place]) for home, place in zip(homes, order, strict=True)]
                if names:
                    acts += [(tool.own, home, IDS[place]) for home, place in zip(homes, order, strict=True)]
                chance.shuffle(acts)
                for act, home, value in acts:
                    act(home, value)

        def answer(asked: Asked) -> Reply:
            used = next((used for token, used in USED.items() if token in asked.headers["authorization"]), None)
            if chance.random() < 0.3:
                exchange(names=chance.random() < 0.5)
            if used is None:
                return refused(401)
            return tool.kind.healthy(used, NOW + 7 * DAY)(asked)

        for home, owner, token in zip(homes, IDS, USED, strict=True):
            tool.own(home, owner)
            tool.give(home, token)
        machine.start()
        machine.vendor.answer = answer
        _rounds(machine, rounds, lambda: exchange(names=chance.random() < 0.5))

        shown = _wrong(machine, tool)
        rows = machine.core.store.database.rows("SELECT account, body FROM snapshot")  # type: ignore[union-attr]
        stored = [
            (account, window["utilization"])
            for account, body in rows
            for window in json.loads(body)["windows"]
            if window["key"] == tool.kind.window and round(window["utilization"] * 100) != RIGHT[account]
        ]
        assert (shown, stored) == ([], [])
        assert len({asked.headers["authorization"] for asked in machine.vendor.asked}) == 2
        assert {account for account, _ in rows} == set(IDS)  # something was believed of both


def _rounds(machine: Sim, rounds: int, exchange: Callable[[], None]) -> None:
    for number in range(rounds):
        if number % 2:
            exchange()
        machine.clock.advance(20 * SECOND)
        machine.core.click()  # type: ignore[union-attr]
        machine.tick()


def _wrong(machine: Sim, tool: Tool) -> list[tuple[str, float]]:
    return [
        (account["account"], window["used_percent"])
        for account in machine.accounts(tool.kind.provider)
        for window in account["windows"]
        if window["key"] == tool.kind.window and window["used_percent"] not in (None, RIGHT.get(account["account"]))
    ]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.kind.provider)
def test_r21_exchanged_tokens_bring_no_figure_under_the_wrong_name(tmp_path: Path, tool: Tool) -> None:
    """The full form exchanges a thousand times."""
    exchanges(tmp_path, tool, rounds=50)
