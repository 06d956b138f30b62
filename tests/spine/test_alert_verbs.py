"""What buttons, menu rows and the popup ask for, by their verbs, on the tray's own program without a screen."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support import NOW, TICK, World, always, limits, ok, window
from usagetray.app import App
from usagetray.desktop import Desktop
from usagetray.edges.notify import AlertText
from usagetray.errors import UserError
from usagetray.profile import open_profile
from usagetray.views.verbs import verb

KEY = "made-up-key"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The tray's program, not yet looped; nothing is installed in its home."""
    environ = {"HOME": str(tmp_path), "USAGETRAY_HOME": str(tmp_path / "profile")}
    made = App(open_profile(environ, keychain="ok", notify_to=tmp_path / "alerts.jsonl"))
    try:
        yield made
    finally:
        made.notifier.close()
        made.core.close()


def settings_of(app: App) -> dict[str, object]:
    path = app.profile.paths.config_file
    return tomllib.loads(path.read_text()) if path.exists() else {}


def test_presentation_is_switched_on_and_off_and_kept(app: App) -> None:
    app.obey("presentation/on")
    assert settings_of(app) == {"presentation": True}
    assert app.core.overview().manners.presentation

    app.obey("presentation/off")
    assert settings_of(app) == {"presentation": False}
    assert not app.core.overview().manners.presentation


def test_a_project_is_muted_once_beside_those_that_were(app: App) -> None:
    app.configure("alerts.spikes_mute", ["old one"])

    for _ in range(2):
        app.obey(verb("mute_spikes", "/home/me/web shop"))

    assert settings_of(app) == {"alerts": {"spikes_mute": ["old one", "/home/me/web shop"]}}


def test_a_snooze_is_kept_and_ended(app: App) -> None:
    app.obey("snooze/1h")
    until = app.core.overview().manners.snoozed_until
    app.obey("snooze/off")

    assert until is not None
    assert app.core.overview().manners.snoozes == ()


@pytest.mark.parametrize(
    "words", ["", "snooze", "snooze/1h/claude", "want_back", "want_back/on", "presentation", "sn%00ooze", "quit/now"]
)
def test_what_is_no_verb_changes_nothing(app: App, words: str) -> None:
    app.obey(words)

    assert settings_of(app) == {}
    assert app.core.overview().manners.snoozes == ()


def test_a_time_that_nobody_offered_is_refused_in_a_sentence(app: App) -> None:
    with pytest.raises(UserError, match="snoozed for 1h, reset or tomorrow"):
        app.obey("snooze/for%20ever")


class Shown:
    """In place of the desktop's service and the popup: keeps what they are told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def send(self, alert: AlertText) -> bool:
        self.told.append(alert.body)
        return True

    def show(self, x: int | None, y: int | None, **more: object) -> None:
        self.told.append((x, y, more["focus"]))


def test_a_press_that_cannot_be_obeyed_says_why_and_one_that_opens_says_where(app: App) -> None:
    """No limit is known here, so there is no next reset."""
    shown = Shown()
    desktop = Desktop.__new__(Desktop)
    desktop._app, desktop._popup = app, shown  # type: ignore[assignment]
    notifier, app.notifier = app.notifier, shown  # type: ignore[assignment]
    try:
        desktop.act("snooze/reset")
        desktop.act(verb("show", "claude", "a/b", "five_hour"))
    finally:
        app.notifier = notifier

    assert shown.told == [
        "No limit says when it resets, so alerts were not snoozed; say 1h or tomorrow.",
        (None, None, ["claude", "a/b", "five_hour"]),
    ]


def test_a_key_that_is_meant_is_announced_no_more_and_another_one_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gone and back three times: one alert, for "It's on purpose" was pressed. Then a key of another name: one more."""
    monkeypatch.setenv("SHELL", "/usr/bin/zsh")
    world.configure('welcomed = true\n[providers.claude]\nallow = ["usage_endpoint", "shell_profiles"]\n')
    zshrc = world.home.path / ".zshrc"

    def wrote(text: str) -> list[str]:
        zshrc.write_text(text)
        world.run(core, TICK)
        return [each.title for each in world.alerts.alerts if each.key.endswith("/billing_route")]

    core = world.start()
    wrote("#\n")
    assert len(wrote(f"export ANTHROPIC_AUTH_TOKEN={KEY}\n")) == 1
    (shown,) = [each for each in world.alerts.alerts if each.key.endswith("/billing_route")]
    assert ("on_purpose/claude", "It’s on purpose") in shown.actions
    assert core.obey(("on_purpose", "claude"))

    for _ in range(3):
        wrote("#\n")
        core = world.restart(core)
        assert len(wrote(f"export ANTHROPIC_AUTH_TOKEN={KEY}\n")) == 1
        world.run(core, timedelta(minutes=1))
    wrote("#\n")

    assert len(wrote(f"export ANTHROPIC_API_KEY={KEY}\n")) == 2


def test_a_return_that_is_not_to_be_told_is_not_told_of_any_of_its_windows(world: World) -> None:
    """Session and week are used up and reset together."""
    ends = NOW + timedelta(hours=2)
    world.vendor.answer = always(ok(limits(100, session_ends=ends, week=100, week_ends=ends)))
    core = world.start()
    core.tick()
    (locked,) = core.overview().accounts
    assert core.obey(("want_back", "off", locked.provider, locked.account))

    later = {"session_ends": ends + timedelta(hours=5), "week_ends": ends + timedelta(days=7)}
    world.vendor.answer = always(ok(limits(1, week=1, **later)))
    world.run(core, timedelta(hours=3), every=timedelta(minutes=5))

    assert window(core)["used_percent"] == 1
    assert [each for each in world.alerts.titles if "back" in each] == []
