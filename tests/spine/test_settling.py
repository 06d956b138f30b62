"""Who looks at the store has a running tray write first what it holds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from usagetray.edges import channel
from usagetray.errors import UserError
from usagetray.profile import Profile, open_profile
from usagetray.settings import Settings
from usagetray.spine.glance import glance
from usagetray.spine.settling import settle
from usagetray.views.cli import status
from usagetray.views.cli.opening import reader


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return open_profile({"HOME": str(tmp_path), "USAGETRAY_HOME": str(tmp_path / "own")})


@pytest.mark.parametrize(
    "look",
    [
        lambda profile: glance(profile, Settings()),
        lambda profile: status.current(profile, scan=False),
        lambda profile: reader(profile),
        settle,
    ],
    ids=["status bar", "status", "history", "settle"],
)
def test_a_running_tray_is_asked_to_write(profile: Profile, look: Callable[[Profile], object]) -> None:
    asked: list[str] = []

    def write(verb: str, _: dict[str, str]) -> str:
        asked.append(verb)
        return "ok"

    with closing(channel.serve(profile.paths.socket, write)):
        look(profile)

    assert asked == ["settle"]


def test_one_that_does_not_know_how_and_none_at_all_are_no_trouble(profile: Profile) -> None:
    settle(profile)

    def refuse(verb: str, _: dict[str, str]) -> str:
        raise UserError(f"The running usagetray does not know {verb!r}.")

    with closing(channel.serve(profile.paths.socket, refuse)):
        settle(profile)
