"""The settings window's process: when the window is made, and what ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from tests.popup import samples
from tests.popup.settings_world import World, settle
from usagetray import language
from usagetray.spine.setting_up import setup
from usagetray.views.popup.settings.desk import SettingsDesk

Show = Callable[..., SettingsDesk]


@pytest.fixture
def show(application: QApplication, tmp_path: Path) -> Iterator[Show]:
    made: list[SettingsDesk] = []

    def show_one(events: list[dict[str, object]], **more: Callable[[], None]) -> SettingsDesk:
        world = World(tmp_path)

        def load(variables: object) -> object:
            events.append({"event": "loaded", "variables": variables})
            return setup(world.profile)

        desk = SettingsDesk(
            load, samples.calm, lambda: None, lambda event: events.append(dict(event)), theme="light", **more
        )  # type: ignore[arg-type]
        made.append(desk)
        return desk

    yield show_one
    for desk in made:
        if desk.window is not None:
            desk.window.close()
    application.processEvents()


def said(events: list[dict[str, object]], name: str) -> list[dict[str, object]]:
    return [each for each in events if each["event"] == name]


def test_nothing_is_made_or_read_before_it_is_asked_for(show: Show) -> None:
    events: list[dict[str, object]] = []
    desk = show(events)

    desk.obey({"verb": "refresh"})
    desk.obey({"verb": "answer", "id": 1, "ok": True, "text": ""})

    assert desk.window is None
    assert events == []


def test_it_opens_on_the_page_that_was_asked_for(show: Show) -> None:
    events: list[dict[str, object]] = []
    desk = show(events)

    desk.obey({"verb": "settings", "page": "privacy", "variables": ["X_KEY"]})

    assert desk.window is not None
    assert desk.window.isVisible()
    assert desk.window.stack.currentWidget() is desk.window.pages["privacy"]
    assert said(events, "settings_shown")


def test_it_opens_as_large_as_it_was_when_it_was_closed(show: Show) -> None:
    events: list[dict[str, object]] = []
    desk = show(events)
    desk.obey({"verb": "settings", "size": []})
    assert desk.window is not None
    desk.window.resize(812, 644)
    desk.window.close()

    (closed,) = said(events, "settings_closed")
    desk.obey({"verb": "settings", "size": closed["size"]})  # as another process would hear it

    assert (desk.window.width(), desk.window.height()) == (812, 644)


@pytest.mark.parametrize("verb", [{"page": 5}, {"variables": None}, {"size": "large"}, {"size": [1]}])
def test_a_verb_that_is_not_what_it_should_be_opens_it_all_the_same(show: Show, verb: dict[str, object]) -> None:
    desk = show([])

    desk.obey({"verb": "settings", **verb})

    assert desk.window is not None


def test_closed_it_is_gone_and_says_so(show: Show) -> None:
    closed: list[int] = []
    desk = show([], closed=lambda: closed.append(1))
    desk.obey({"verb": "settings"})
    assert desk.window is not None

    desk.window.close()
    settle()

    assert desk.window is None
    assert closed == [1]


def test_another_language_is_that_of_the_whole_window_at_once_and_the_page_stays(show: Show) -> None:
    desk = show([])
    desk.obey({"verb": "settings", "page": "appearance"})
    former = desk.window
    assert former is not None
    assert former.nav.currentItem().text() == "Appearance"

    try:
        language.speak("de")
        desk.arrived.emit(desk._load())

        assert desk.window is not None
        assert desk.window is not former
        assert desk.window.nav.currentItem().text() == "Aussehen"
        assert QCoreApplication.translate("QFileDialog", "&Save") == "S&peichern"
    finally:
        language.speak("en")
    desk.arrived.emit(desk._load())
    assert desk.window.nav.currentItem().text() == "Appearance"
    assert QCoreApplication.translate("QFileDialog", "&Save") == "&Save"
