"""Simulated machines for the checks, closed after each; none may end with an error of ours in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.reliability.fake_provider import Kind
from tests.reliability.network import Net, pretended_network
from tests.reliability.sim import Sim


@pytest.fixture
def sim(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Callable[..., Sim]]:
    """Makes a machine on which these providers are used; several, if a check needs them."""
    made: list[Sim] = []

    def make(*kinds: Kind, settings: str = "") -> Sim:
        made.append(Sim(tmp_path / f"machine-{len(made)}", *kinds, settings=settings))
        return made[-1]

    try:
        yield make
    finally:
        for each in made:
            each.close()
    assert [each.getMessage() for each in caplog.get_records("call") if each.levelno >= logging.ERROR] == []


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Net]:
    """A network that can be broken."""
    with pretended_network(tmp_path, monkeypatch) as made:
        yield made
