"""An icon for each provider: they come with the setting, each says its own, and they go with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.desktop.program import CRITICAL, Program, computer
from tests.desktop.session import Desktop

pytestmark = pytest.mark.desktop


@pytest.fixture
def program(desktop: Desktop, tmp_path: Path) -> Iterator[Program]:
    """Claude at 42 %, Codex at 96 %; not yet started."""
    with computer(desktop, tmp_path) as made:
        made.use_claude(42)
        use_codex(made, 96)
        yield made
    assert made.errors == ""


def use_codex(program: Program, session: float) -> None:
    """Codex has written a session file."""
    now = datetime.now(UTC)
    day = program.home / ".codex" / "sessions" / f"{now:%Y/%m/%d}"
    day.mkdir(parents=True)
    window = {"used_percent": session, "window_minutes": 300, "resets_at": int((now + timedelta(hours=2)).timestamp())}
    payload = {"type": "token_count", "info": None, "rate_limits": {"primary": window, "secondary": None}}
    line = {"timestamp": f"{now:%Y-%m-%dT%H:%M:%S.000Z}", "type": "event_msg", "payload": payload}
    name = f"rollout-{now:%Y-%m-%dT%H-%M-%S}-01234567-89ab-4cde-8f01-23456789abcd.jsonl"
    (day / name).write_text(json.dumps(line) + "\n")


def test_each_provider_has_its_icon_while_that_is_wished(program: Program) -> None:
    desktop = program.desktop

    def own() -> int:
        return sum(f"StatusNotifierItem-{program.pid}-" in each for each in desktop.registered_items())

    program.start()
    program.wait_for_icon()
    assert own() == 1

    program.verb("config", "set", "icon.separate", "true")
    desktop.wait_until(lambda: own() == 2, "two icons")
    desktop.wait_until(lambda: len(_critical(program)) == 1, "one of them critical")
    program.picture("program-separate-icons", (1100, 0, 1280, 33))

    program.verb("config", "set", "icon.separate", "false")
    desktop.wait_until(lambda: own() == 1, "one icon again")


def _critical(program: Program) -> list[int]:
    """Which of the two icons in the panel have the critical ink."""
    boxes = [program.desktop.icon_box(index) for index in (0, 1)]
    return [index for index, box in enumerate(boxes) if CRITICAL in program.desktop.colours(box)]
