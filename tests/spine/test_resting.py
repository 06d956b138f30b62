"""The tray looks at logs between its ticks while they grow, and lets the machine rest else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.logs.lines import answer, text
from usagetray.app import App
from usagetray.profile import open_profile


@pytest.fixture(params=["", "UTC0"], ids=["usual", "a zone of rules alone"])
def _zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As containers have it, of which the scheduler's library knows no name."""
    if request.param:
        monkeypatch.setenv("TZ", request.param)


@pytest.fixture
def app(tmp_path: Path, _zone: None) -> Iterator[App]:
    (tmp_path / "own").mkdir(mode=0o700)
    (tmp_path / "own" / "config.toml").write_text("welcomed = true\n")
    environ = {"HOME": str(tmp_path / "home"), "USAGETRAY_HOME": str(tmp_path / "own")}
    made = App(open_profile(environ, keychain="ok", notify_to=tmp_path / "alerts"))
    made._scheduler = made._schedule()
    yield made
    made._scheduler.shutdown(wait=True)
    made.notifier.close()
    made.core.close()


def is_looking(app: App) -> bool:
    assert app._scheduler is not None
    return app._scheduler.get_job("index").next_run_time is not None


def test_between_ticks_it_looks_only_while_logs_grow(app: App, tmp_path: Path) -> None:
    app.tick()
    before = is_looking(app)
    log = tmp_path / "home" / ".claude" / "projects" / "-work" / "s1.jsonl"
    log.parent.mkdir(parents=True)
    log.write_bytes(text(answer("msg_1", 1)))
    app.core.indexing.read_anew()  # a new tool's folder is found every five minutes

    app.tick()

    assert (before, is_looking(app)) == (False, True)
