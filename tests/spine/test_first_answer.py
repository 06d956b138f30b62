"""Before the first page is answered the tray reads nothing, but what the user has connected by name."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.support import World
from usagetray.edges.keychain import keychain_double
from usagetray.profile import open_profile
from usagetray.providers import discover
from usagetray.providers.contract import Provider
from usagetray.spine.changing import Changing
from usagetray.spine.core import Core
from usagetray.spine.sources import tools


@pytest.fixture
def tray(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    """As the tray makes its core: it asks first. Nothing of the settings is there."""
    world.configure("")
    monkeypatch.setenv("USAGETRAY_HOME", str(world.profile))
    profile = replace(open_profile(dict(os.environ)), clock=world.clock, keychain="ok")
    core = Core(profile, discover(), keychain=keychain_double("ok", world.clock), asks_first=True)
    yield core
    core.close()


def read_of(core: Core) -> list[str]:
    return [each["provider"] for each in core.status()["accounts"]]


def enabled(core: Core) -> set[str]:
    providers: list[Provider] = discover()
    return {each.provider.id for each in tools(providers, core.settings, core.profile.environ)}


def changing(core: Core, **wish: Any) -> str:
    class Nobody:
        def send(self, _alert: object) -> bool:
            raise AssertionError("no alert is due")

        def close(self) -> None:
            raise AssertionError("it was not opened")

    return Changing(core.profile, keychain_double("ok", core.profile.clock), Nobody()).do(wish)


def test_before_the_answer_nothing_is_read_and_nothing_counted(tray: Core) -> None:
    tray.tick()

    assert enabled(tray) == set()
    assert read_of(tray) == []
    assert tray.store.sources() == ()
    assert tray.overview().first_run


def test_after_the_answer_local_files_are_read_within_one_look(world: World, tray: Core) -> None:
    tray.tick()

    world.configure("welcomed = true\n")
    tray.tick()

    assert read_of(tray) == ["claude"]


def test_a_tool_that_was_left_unticked_is_not_read_after_the_answer_either(world: World, tray: Core) -> None:
    world.configure("welcomed = true\n[providers.claude]\nenabled = false\n")

    tray.tick()

    assert read_of(tray) == []


def test_what_is_connected_by_name_is_read_before_the_answer_and_nothing_else(tray: Core) -> None:
    changing(tray, event="allow", provider="deepseek", offer="balance", secret="sk-made-up-0123456789")

    tray.reload_settings()

    assert enabled(tray) == {"deepseek"}
    assert tray.overview().first_run


def test_a_key_is_in_no_record_of_the_log(tray: Core, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    changing(tray, event="allow", provider="deepseek", offer="balance", secret="sk-made-up-0123456789")

    assert "sk-made-up" not in caplog.text


def test_the_first_page_is_told_who_takes_a_key_and_what_asks(tray: Core) -> None:
    shown = tray.overview()

    assert ("deepseek", "DeepSeek") in shown.keyed
    (claude,) = (each for each in shown.found if each.provider == "claude")
    assert claude.is_free
    assert not claude.connected
