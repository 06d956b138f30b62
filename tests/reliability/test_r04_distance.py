"""Whatever happens, in whatever order: requests to one account keep their distance.

Promised: automatic requests are at least 60 s apart, those of clicks 20 s; after "too often" nothing is asked before
the wait is over, however often the user clicks, the machine sleeps, or the program starts anew.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.reliability.fake_provider import CHALLENGE, CODEX, GEMINI, MINIMAX, OPENROUTER, Kind
from tests.reliability.sim import HOUR, MINUTE, SECOND, Sim, simulated
from tests.support import Asked, refused
from usagetray.providers.contract import Reply

FATES = ("answer", "answer", "answer", "429", "429 with a wait", "503", "401", "403", "portal")
WAITS_S = (0, 1, 60, 900, 7200, 90_000)


@dataclass(frozen=True, slots=True)
class Met:
    """How the server met one attempt."""

    at: datetime
    reply: Reply | None  # None: with figures
    wait: timedelta  # until when nothing more may be asked with this token


class Moody:
    """A server that answers each attempt in another way, and windows that end at any time."""

    def __init__(self, kind: Kind, chance: random.Random) -> None:
        self._kind, self._chance = kind, chance
        self.met: list[Met] = []

    def __call__(self, asked: Asked) -> Reply:
        if not self.met or self.met[-1].at != asked.at:  # an attempt of two requests is met in one way
            self.met.append(self._meet(asked.at))
        return self.met[-1].reply or self._answer(asked)

    def _meet(self, at: datetime) -> Met:
        fate = self._chance.choice(FATES)
        if fate == "429 with a wait":
            told = self._chance.choice(WAITS_S)
            wait = min(timedelta(seconds=told), 6 * HOUR)
            return Met(at, refused(429, Retry_After=str(told)), max(wait, 5 * MINUTE))
        if fate == "429":
            return Met(at, refused(429), 5 * MINUTE)
        if fate == "portal":
            return Met(at, CHALLENGE, timedelta())
        return Met(at, None if fate == "answer" else refused(int(fate)), timedelta())

    def _answer(self, asked: Asked) -> Reply:
        used, span = self._chance.choice((10, 45, 74, 89, 100)), self._chance.choice((2 * MINUTE, 7 * MINUTE, 3 * HOUR))
        return self._kind.healthy(used, asked.at + span)(asked)


def hours_of_trouble(folder: Path, kind: Kind, seed: int, hours: float) -> None:
    """The full form plays a day, with twenty seeds for each."""
    chance = random.Random(seed)
    with simulated(folder, kind) as machine:
        server = machine.vendor.answer = Moody(kind, chance)
        clicked, renewed = list[datetime](), list[datetime]()
        machine.start()
        machine.tick()
        ends_at = machine.clock.now() + hours * HOUR
        while machine.clock.now() < ends_at:
            _happen(machine, kind, chance, clicked, renewed)
            machine.run(chance.choice((10 * SECOND, 30 * SECOND, 2 * MINUTE, 5 * MINUTE)))

    assert len(server.met) > 3  # and they do go on, if not soon
    for before, after in pairwise(server.met):
        gap = after.at - before.at
        by_click = any(before.at <= at <= after.at for at in clicked)
        by_new_token = any(before.at <= at <= after.at for at in renewed)
        assert gap >= (20 * SECOND if by_click else MINUTE), (seed, before, after)
        assert gap >= before.wait or by_new_token, (seed, before, after)


def _happen(machine: Sim, kind: Kind, chance: random.Random, clicked: list[datetime], renewed: list[datetime]) -> None:
    fate = chance.random()
    if fate < 0.15:
        clicked.append(machine.clock.now())
        machine.core.click()  # type: ignore[union-attr]
    elif fate < 0.18:
        machine.clock.jump(chance.choice((20 * SECOND, MINUTE, HOUR)))  # asleep
    elif fate < 0.21:
        machine.restart()
    elif fate < 0.24:
        renewed.append(machine.clock.now())
        machine.sign_in(kind, f"made-up-token-{len(renewed)}")


@pytest.mark.parametrize("kind", [CODEX, MINIMAX, GEMINI, OPENROUTER], ids=lambda kind: kind.provider)
def test_r04_whatever_happens_requests_keep_their_distance(tmp_path: Path, kind: Kind) -> None:
    hours_of_trouble(tmp_path, kind, seed=4, hours=4)
