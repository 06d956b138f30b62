"""The full forms of checks that are short on each commit, by name; each takes a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.reliability.fake_provider import KINDS
from tests.reliability.sim import DAY
from tests.reliability.test_r04_distance import hours_of_trouble
from tests.reliability.test_r05_r07_network import hanging_rounds
from tests.reliability.test_r08_r10_sign_ins import expired_for
from tests.reliability.test_r11_r13_key_store import days_without_a_question, locked_for
from tests.reliability.test_r14_shapes import damaged_answers
from tests.reliability.test_r21_accounts import TOOLS, exchanges

DAMAGED = 2000
"""Answers of each provider."""


def _damaged(folder: Path) -> None:
    for kind in KINDS:
        damaged_answers(folder / kind.provider, kind, DAMAGED)


def _exchanged(folder: Path) -> None:
    for tool in TOOLS:
        exchanges(folder / tool.kind.provider, tool, 1000)


def _troubled(folder: Path) -> None:
    for kind in KINDS:
        for seed in range(20):
            hours_of_trouble(folder / f"{kind.provider}-{seed}", kind, seed, hours=24)


FORMS: Mapping[str, Callable[[Path], None]] = {
    "troubled": _troubled,
    "hanging": lambda folder: hanging_rounds(folder, rounds=50, ceiling_s=30.0),  # half an hour
    "expired": lambda folder: expired_for(folder, DAY),
    "locked": lambda folder: locked_for(folder, rounds=10, deadline_s=5.0),
    "unasked": lambda folder: days_without_a_question(folder, days=7),
    "damaged-answers": _damaged,
    "exchanged": _exchanged,
}
