"""`config`: one key at a time, the rest of the file as its owner wrote it."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Computer

OWN = """\
# my settings
theme = "solarized"  # of another program

[alerts]
thresholds = [80]  # one is enough
sound = true

[ours.by.mistake]
key = 1
"""
BROKEN = {
    "cut in half": 'show = "left\n[alerts',
    "not text": "show = \x00",
    "the same key twice": 'show = "used"\nshow = "left"\n',
}


def test_what_is_set_is_what_is_got(computer: Computer) -> None:
    """Texts need no quotes; lists are as in the file."""
    for key, typed, shown in (
        ("show", "left", '"left"'),
        ("alerts.thresholds", "[60, 95]", "[60, 95]"),
        ("alerts.back", "false", "false"),
        ("icon.panel", "dark", '"dark"'),
        ("polling.minutes", "15", "15"),
        ("providers.codex.enabled", "false", "false"),
    ):
        assert computer.run("config", "set", key, typed).status == 0
        assert computer.run("config", "get", key).out == shown + "\n"


def test_without_a_key_every_setting_is_shown(computer: Computer) -> None:
    shown = computer.run("config", "get").out.splitlines()

    assert 'show = "used"' in shown
    assert "alerts.thresholds = [50, 75, 90]" in shown
    assert "providers.claude.allow = []" in shown


def test_comments_and_keys_that_are_not_ours_survive(computer: Computer) -> None:
    computer.write_config(OWN)

    assert computer.run("config", "set", "alerts.thresholds", "[70]").status == 0

    assert computer.config.read_text() == OWN.replace("[80]", "[70]")


def test_a_key_that_was_not_there_is_added_to_its_section(computer: Computer) -> None:
    computer.write_config(OWN)

    computer.run("config", "set", "alerts.back", "false")

    text = computer.config.read_text()
    assert text.replace("back = false\n", "") == OWN
    assert text.index("[alerts]") < text.index("back = false") < text.index("[ours")


@pytest.mark.parametrize("typed", ["lft", "3", "true", "[1]"])
def test_a_value_that_is_not_right_leaves_the_file_byte_for_byte(computer: Computer, typed: str) -> None:
    before = computer.write_config(OWN)

    said = computer.run("config", "set", "show", typed)

    assert said.status == 1
    assert computer.config.read_bytes() == before


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_named_and_left_byte_for_byte(computer: Computer, text: str) -> None:
    before = computer.write_config(text)

    changed = computer.run("config", "set", "show", "used")
    asked = computer.run("config", "get", "show")

    assert changed.status == asked.status == 1
    assert str(computer.config) in changed.err
    assert str(computer.config) in asked.err
    assert asked.out == '"used"\n'  # the default holds
    assert computer.config.read_bytes() == before


def test_a_broken_file_is_no_reason_to_show_nothing(computer: Computer) -> None:
    computer.write_config("show = ")

    said = computer.run("status")

    assert said.status == 0
    assert said.out.startswith("Welcome")
    assert "the defaults hold" in " ".join(said.out.split())


def test_a_wrong_value_costs_itself_and_is_told_with_its_line(computer: Computer) -> None:
    computer.write_config('show = "left"\n\n[icon]\npanel = "blue"\n')

    said = computer.run("config", "get", "show")

    assert said.out == '"left"\n'
    assert "line 4: icon.panel takes" in said.err


def test_the_path_is_that_of_the_profile(computer: Computer) -> None:
    assert computer.run("config", "path").out == f"{computer.config}\n"
    assert computer.run("config", "path", isolated=False).out == f"{computer.home}/.config/usagetray/config.toml\n"


def test_edit_opens_the_file_in_the_users_editor(computer: Computer) -> None:
    """An editor that is a command with arguments; the file is made first, private."""
    said = computer.run("config", "edit", EDITOR='sh -c \'echo "show = \\"left\\"" > "$0"\'')

    assert said.status == 0
    assert computer.run("config", "get", "show").out == '"left"\n'
    assert computer.config.stat().st_mode & 0o777 == 0o600


def test_an_editor_that_is_not_there_is_said(computer: Computer) -> None:
    said = computer.run("config", "edit", EDITOR="no-such-editor")

    assert said.status == 1
    assert "no-such-editor" in said.err
