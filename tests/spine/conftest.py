"""The small world that the tests of the spine are played in."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ALLOWED, ClaudeHome, ManualClock, Vendor, World, always, limits, ok


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[World]:
    """Claude Code signed in, asking Anthropic allowed; ends with nothing logged as an error."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_CONFIG_HOME", "USAGETRAY_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    clock = ManualClock()
    claude = ClaudeHome(path=home, clock=clock)
    claude.own()
    claude.sign_in()
    claude.work()
    made = World(folder=tmp_path, clock=clock, vendor=Vendor(clock, always(ok(limits()))), home=claude)
    made.configure(ALLOWED)
    try:
        yield made
    finally:
        made.close()
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR] == []
