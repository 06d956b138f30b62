"""The settings file: what is wrong costs only itself and is said in one sentence; the file is never overwritten."""

from __future__ import annotations

import os
import random
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support import World
from usagetray.edges.settings_file import set_value
from usagetray.errors import SettingsError
from usagetray.settings import DEFAULT_THRESHOLDS, Settings
from usagetray.settings.reading import load

FILE = """\
# mine
show = "left"
future_key = 7  # of a newer version

[alerts]
thresholds = [60, 80]
locked = true

[providers.claude]
allow = ["usage_endpoint"]
enabled = true

[providers.codex]
enabled = false
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


WRONG = [
    ('show = "left"', 'show = "both"', 2, "show", '"used" or "left"'),
    ("thresholds = [60, 80]", "thresholds = [60, 800]", 6, "alerts.thresholds", "percentages from 1 to 99"),
    ("thresholds = [60, 80]", 'thresholds = "60"', 6, "alerts.thresholds", "percentages from 1 to 99"),
    ("locked = true", "locked = 1", 7, "alerts.locked", "true or false"),
    ('allow = ["usage_endpoint"]', "allow = true", 10, "providers.claude.allow", "a list of texts"),
    ("enabled = true", 'enabled = "yes"', 11, "providers.claude.enabled", "true or false"),
    ("enabled = false", "enabled = 0", 14, "providers.codex.enabled", "true or false"),
    ("[alerts]", "[alert]\n[[alerts]]", 6, "alerts", "a [section]"),
]


@pytest.mark.parametrize(("right", "wrong", "line", "key", "wanted"), WRONG, ids=[each[1] for each in WRONG])
def test_a_wrong_value_is_named_with_file_line_and_key(
    path: Path, right: str, wrong: str, line: int, key: str, wanted: str
) -> None:
    text = FILE.replace(right, wrong, 1)
    path.write_text(text)

    settings = load(path)

    assert len(settings.problems) == 1
    assert settings.problems[0].startswith(f"{path}, line {line}: {key} takes ")
    assert wanted in settings.problems[0]
    assert path.read_text() == text


def test_what_is_right_beside_a_wrong_value_holds(path: Path) -> None:
    path.write_text(FILE.replace("[60, 80]", '"sixty"'))

    settings = load(path)

    assert settings.alerts.thresholds == DEFAULT_THRESHOLDS
    assert settings.show_left is True
    assert settings.of("claude").allow == ("usage_endpoint",)
    assert settings.of("codex").enabled is False


BROKEN = [
    ("show = \n", "line 1"),
    ('a = 1\nb = "open\n', "line 2"),
    ("[alerts\n", "line 1"),
    ("a = 1\na = 2\n", "line 2"),
    ("x = " + "[" * 5000, "nested"),
    ("x = " + "9" * 5000, "digits"),
    ("\x00", "line 1"),
]


@pytest.mark.parametrize(("text", "said"), BROKEN, ids=[each[0][:12] for each in BROKEN])
def test_a_file_that_is_no_toml_leaves_the_defaults_and_says_where(path: Path, text: str, said: str) -> None:
    path.write_text(text)

    settings = load(path)

    assert settings.alerts == Settings().alerts
    assert len(settings.problems) == 1
    assert str(path) in settings.problems[0]
    assert said in settings.problems[0]
    with pytest.raises(SettingsError, match=r"config\.toml"):
        set_value(path, "show", "left")
    assert path.read_text() == text


def test_a_hundred_damaged_files_stop_nothing_and_are_left_as_they_are(path: Path) -> None:
    chance = random.Random(1)
    for number in range(100):
        content = bytearray(FILE.encode())
        for _ in range(chance.choice((1, 3, 30))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        cut = bytes(content[: chance.randrange(len(content))] if number % 3 == 0 else content)
        path.write_bytes(cut)

        settings = load(path)

        assert isinstance(settings, Settings)
        assert all(str(path) in problem and "\n" not in problem for problem in settings.problems)
        assert path.read_bytes() == cut


def test_a_provider_of_an_odd_name_is_nobody_s_trouble(path: Path) -> None:
    path.write_text('[providers."a.b"]\nenabled = false\n[providers.claude]\nenabled = false\n')

    settings = load(path)

    assert settings.of("claude").enabled is False
    assert settings.problems == ()


def test_a_change_keeps_comments_and_unknown_keys(path: Path) -> None:
    path.write_text(FILE)

    set_value(path, "alerts.thresholds", [70])
    set_value(path, "providers.codex.allow", ["x"])

    text = path.read_text()
    assert "# mine" in text
    assert "future_key = 7  # of a newer version" in text
    assert load(path).alerts.thresholds == (0.7,)
    assert load(path).of("codex").allow == ("x",)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_settings_file_that_is_a_link_stays_one(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles.toml"
    target.write_text(FILE)
    path.symlink_to(target)

    set_value(path, "show", "used")

    assert path.is_symlink()
    assert load(target).show_left is False


def test_changes_made_at_the_same_moment_are_all_kept(path: Path) -> None:
    """The tray's window and a script's commands: each of twelve reads, changes and replaces the whole file."""
    wanted = {f"providers.made-up-{number}.enabled": number % 2 == 0 for number in range(12)}
    path.write_text("# mine\n")

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda each: set_value(path, *each), wanted.items()))

    kept = tomllib.loads(path.read_text())["providers"]
    assert {f"providers.{name}.enabled": each["enabled"] for name, each in kept.items()} == wanted
    assert path.read_text().startswith("# mine\n")
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_link_that_leads_to_itself_is_said_and_left(path: Path) -> None:
    path.symlink_to(path)

    with pytest.raises(SettingsError, match="cannot be read"):
        set_value(path, "show", "left")

    assert path.is_symlink()
    assert "cannot be read" in load(path).problems[0]


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "too long"])
def test_what_is_no_file_of_settings_holds_nothing_up(path: Path, kind: str) -> None:
    """Opening a pipe waits for its writer, a device may never end."""
    assert sys.platform != "win32"  # for the type checker
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"#" * (5 << 20))

    settings = load(path)

    assert "cannot be read" in settings.problems[0]
    with pytest.raises(SettingsError, match="cannot be read"):
        set_value(path, "show", "left")


def test_a_file_broken_while_the_program_runs_is_said_and_mended_without_a_restart(world: World) -> None:
    core = world.start()
    core.tick()
    world.configure("[alerts\n")
    core.tick()
    assert any("line 1" in each for each in core.overview().notices)

    world.configure("welcomed = true\n[alerts]\nthresholds = [10]\n")
    core.tick()

    assert core.overview().notices == ()
    assert core.settings.alerts.thresholds == (0.1,)


def test_a_key_in_the_wrong_place_is_not_repeated(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('language = "sk-made-up-0123456789abcdef"\nshow = "9f86d081884c7d659a2feaa0c55ad015"\n')

    show, language = load(file).problems

    assert "made-up" not in language
    assert "884c7d65" not in show
    assert 'takes "used" or "left", not "…"' in show
