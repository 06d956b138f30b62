"""The small world that the tests of the spine are played in."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import World, own_world


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[World]:
    """Claude Code signed in, asking Anthropic allowed; ends with nothing logged as an error."""
    with own_world(tmp_path, monkeypatch) as made:
        yield made
    assert [each.getMessage() for each in caplog.get_records("call") if each.levelno >= logging.ERROR] == []
