"""A day on which a key takes over from a plan: said once, never at the first look, never with a value."""

from __future__ import annotations

import json
import logging
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support import ALLOWED, World
from usagetray.edges.store import open_reader
from usagetray.providers import discover
from usagetray.spine.billing_record import kept
from usagetray.spine.core import Core

CANARY = "NOTAREALKEY"
KEY = f"sk-ant-api03-{CANARY}-0000000000000000001"
TICK = timedelta(seconds=10)
PROFILES = 'welcomed = true\n[providers.claude]\nallow = ["shell_profiles"]\n'


@pytest.fixture
def zshrc(world: World, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user has allowed shell profiles to be read, and has one that sets nothing."""
    monkeypatch.setenv("SHELL", "/usr/bin/zsh")
    world.configure(PROFILES)
    path = world.home.path / ".zshrc"
    path.write_text("setopt share_history\n")
    return path


def titles(world: World) -> list[str]:
    return [each.title for each in world.alerts.alerts if each.key.endswith("/billing_route")]


def route(core: Core, mode: str = "headless", provider: str = "claude") -> dict[str, Any]:
    routes = core.status()["billing_route"]["routes"]
    found: dict[str, Any] = next(each for each in routes if (each["mode"], each["provider"]) == (mode, provider))
    return found


def test_a_key_that_takes_over_is_announced_once_and_no_restart_repeats_it(world: World, zshrc: Path) -> None:
    core = world.start()
    world.run(core, TICK)
    before = (route(core)["route"], titles(world))

    zshrc.write_text(f"setopt share_history\nexport ANTHROPIC_AUTH_TOKEN={KEY}\n")
    world.run(core, TICK)
    at_once = titles(world)
    world.run(core, timedelta(hours=3), every=timedelta(minutes=10))
    core = world.restart(core)
    world.run(core, timedelta(hours=3), every=timedelta(minutes=10))

    assert before == ("plan", [])
    assert at_once == titles(world) == ["Claude Code now bills a bearer token"]
    assert route(core)["because"][0] == {
        "source": "file", "file": str(zshrc), "line": 2, "variable": "ANTHROPIC_AUTH_TOKEN",
    }  # fmt: skip


def test_what_is_there_at_the_first_look_is_shown_and_not_announced(world: World, zshrc: Path) -> None:
    zshrc.write_text(f"export ANTHROPIC_API_KEY={KEY}\n")

    core = world.start()
    world.run(core, timedelta(minutes=20), every=timedelta(minutes=5))

    assert titles(world) == []
    assert (route(core)["route"], route(core)["would_warn"]) == ("api_key", True)


def test_one_alert_tells_of_both_ways_to_start_a_tool(world: World, zshrc: Path) -> None:
    """A key nobody has approved yet leaves a session unclear, while scripts bill it: that is what is told."""
    core = world.start()
    world.run(core, TICK)

    zshrc.write_text(f"export ANTHROPIC_API_KEY={KEY}\n")
    world.run(core, TICK)

    assert titles(world) == ["claude -p now bills an API key"]
    assert "~/.zshrc line 1" in world.alerts.alerts[-1].body


def test_a_line_that_moves_is_no_change_and_a_return_of_the_key_is_one(world: World, zshrc: Path) -> None:
    core = world.start()
    world.run(core, TICK)

    texts = (f"export ANTHROPIC_AUTH_TOKEN={KEY}\n", f"# moved\n\nexport ANTHROPIC_AUTH_TOKEN={KEY}\n", "#\n")
    for text in texts:
        zshrc.write_text(text)
        world.run(core, TICK)
    gone = titles(world)
    zshrc.write_text(texts[0])
    world.run(core, TICK)

    assert (len(gone), len(titles(world))) == (1, 2)


def test_without_consent_no_profile_is_read_and_with_it_the_first_look_is_a_first_look(
    world: World, zshrc: Path
) -> None:
    world.configure(ALLOWED)
    zshrc.write_text(f"export ANTHROPIC_AUTH_TOKEN={KEY}\n")
    core = world.start()
    world.run(core, TICK)
    unread = route(core)

    world.configure(PROFILES)
    world.run(core, TICK)
    read = route(core)

    assert (unread["route"], unread["profiles_read"]) == ("plan", False)
    assert (read["route"], read["profiles_read"]) == ("auth_token", True)
    assert titles(world) == []


def test_the_tool_s_own_settings_need_no_consent(world: World) -> None:
    core = world.start()
    world.run(core, TICK)

    settings = world.home.path / ".claude" / "settings.json"
    settings.write_text(json.dumps({"env": {"ANTHROPIC_BASE_URL": "https://api.z.ai", "ANTHROPIC_AUTH_TOKEN": KEY}}))
    world.run(core, TICK)

    assert titles(world) == ["Claude Code now bills Z.ai"]


def test_switched_off_it_is_not_announced_later_either(world: World, zshrc: Path) -> None:
    world.configure("[alerts]\nbilling_route = false\n" + PROFILES.replace("welcomed = true\n", ""))
    core = world.start()
    world.run(core, TICK)
    zshrc.write_text(f"export ANTHROPIC_AUTH_TOKEN={KEY}\n")
    world.run(core, TICK)

    world.configure(PROFILES)
    world.run(core, TICK)

    assert titles(world) == []


def test_a_config_that_is_half_written_changes_nothing(world: World, zshrc: Path) -> None:
    core = world.start()
    world.run(core, TICK)
    config = world.home.path / ".claude.json"
    whole = config.read_text()

    config.write_text(whole[:40])
    world.run(core, TICK)
    meanwhile = route(core)["route"]
    config.write_text(whole)
    world.run(core, TICK)

    assert (meanwhile, route(core)["route"], titles(world)) == ("plan", "plan", [])


def test_codex_s_sign_in_is_not_looked_at_without_consent(world: World) -> None:
    folder = world.home.path / ".codex"
    (folder / "sessions").mkdir(parents=True)
    (folder / "sessions" / "rollout-1.jsonl").write_text("{}\n")
    auth = folder / "auth.json"
    auth.write_text(json.dumps({"auth_mode": "apikey", "OPENAI_API_KEY": KEY}))
    os.utime(auth, (0, 0))
    core = world.start()

    world.run(core, TICK)

    assert auth.stat().st_atime == 0
    routes = core.status()["billing_route"]["routes"]
    assert [each for each in routes if each["provider"] == "codex"] == []


def test_codex_is_watched_too(world: World) -> None:
    world.configure('[providers.codex]\nallow = ["shell_profiles"]\n')
    folder = world.home.path / ".codex"
    (folder / "sessions").mkdir(parents=True)
    (folder / "sessions" / "rollout-1.jsonl").write_text("{}\n")
    (folder / "auth.json").write_text(json.dumps({"auth_mode": "chatgpt", "tokens": {"id_token": KEY}}))
    core = world.start()
    world.run(core, TICK)

    (folder / "auth.json").write_text(
        json.dumps({"auth_mode": "apikey", "OPENAI_API_KEY": KEY, "tokens": {"id_token": KEY}})
    )
    world.run(core, TICK)

    assert route(core, provider="codex")["route"] == "api_key"
    assert titles(world) == ["Codex now bills an API key"]


def test_a_tick_without_a_change_reads_nothing_and_a_look_comes_every_few_minutes(world: World, zshrc: Path) -> None:
    """The same length at the same instant: nothing that a look at the folder could tell."""
    text = f"export ANTHROPIC_AUTH_TOKEN={KEY}\n"
    zshrc.write_text("#" * len(text))
    at = zshrc.stat().st_mtime_ns
    core = world.start()
    world.run(core, TICK)

    with zshrc.open("r+") as stream:
        stream.write(text)
    os.utime(zshrc, ns=(at, at))
    world.run(core, timedelta(minutes=4), every=timedelta(minutes=1))
    unread = route(core)["route"]
    world.run(core, timedelta(minutes=2), every=timedelta(minutes=1))

    assert (unread, route(core)["route"]) == ("plan", "auth_token")


def test_what_nobody_has_looked_at_for_hours_is_old(world: World, zshrc: Path) -> None:
    core = world.start()
    world.run(core, timedelta(hours=3), every=timedelta(minutes=10))
    world.stop(core)
    claude = next(each for each in discover() if each.id == "claude")
    store = open_reader(world.profile / "usagetray.db")
    assert store is not None

    now = world.clock.now()
    (soon,), (later,) = kept(store, claude, now), kept(store, claude, now + timedelta(hours=3))
    store.close()

    assert (soon.stale, later.stale) == (False, True)


def test_no_value_leaves_the_memory(
    world: World, zshrc: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """In every variable and file that is looked at stands a key; in what is written, said and logged stands none."""
    caplog.set_level(logging.DEBUG)
    home = world.home.path
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CODEX_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, KEY)
    (home / ".codex" / "sessions").mkdir(parents=True)
    (home / ".codex" / "sessions" / "rollout-1.jsonl").write_text("{}\n")
    core = world.start()
    world.run(core, TICK)

    kept_by_claude = {"approved": [KEY[-20:]], "rejected": [KEY[-20:]]}
    config = json.loads((home / ".claude.json").read_text())
    (home / ".claude.json").write_text(
        json.dumps({**config, "customApiKeyResponses": kept_by_claude, "primaryApiKey": KEY})
    )
    zshrc.write_text(f"export ANTHROPIC_API_KEY={KEY}\nexport ANTHROPIC_BASE_URL=https://{KEY}.example/{KEY}\n")
    for name in (".zshenv", ".zprofile", ".profile", ".bashrc"):
        (home / name).write_text(f"export ANTHROPIC_AUTH_TOKEN='{KEY}\n")
    (home / ".claude" / "settings.json").write_text(f'{{"env": {{"ANTHROPIC_API_KEY": "{KEY}"}}, {KEY}')
    (home / ".codex" / "auth.json").write_text(f'{{"OPENAI_API_KEY": "{KEY}", "tokens": "{KEY}"}}')
    (home / ".codex" / "config.toml").write_text(f'model_provider = "{KEY}"\n[model_providers.{KEY}\n')
    world.run(core, timedelta(minutes=6), every=timedelta(minutes=3))
    said = json.dumps(core.status()) + repr(core.overview()) + repr(world.alerts.alerts)
    world.stop(core)

    files = [path.read_bytes() for path in world.profile.rglob("*") if path.is_file()]
    assert titles(world)
    assert files
    assert not any(CANARY.encode() in each for each in files)
    assert CANARY not in said
    assert CANARY not in caplog.text
