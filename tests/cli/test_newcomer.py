"""The first minutes: no files, no screen, no tool; nothing is made outside our own folders."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Computer

EVERY_LOOK = (("status",), ("status", "-v"), ("status", "--json"), ("providers",), ("alerts",), ("config", "get"))


def made(folder: Path) -> dict[str, str]:
    """What lies there: path and mode."""
    return {str(path.relative_to(folder)): stat.filemode(path.lstat().st_mode) for path in folder.rglob("*")}


def test_the_status_of_a_new_computer_says_what_to_do_next(computer: Computer) -> None:
    said = computer.run("status")

    assert said.status == 0
    assert said.out.startswith("Welcome to usagetray\n  No known tool was found on this computer.\n")
    assert "usagetray demo" in said.out


def test_where_claude_code_was_used_the_status_says_what_was_found(computer: Computer) -> None:
    """A sign-in, but no figure yet: neither an error nor a number."""
    computer.claude()

    said = computer.run("status")

    assert said.status == 0
    assert "No figures from Claude yet" in said.out
    assert "%" not in said.out


def test_without_a_screen_the_tray_says_so_and_shows_the_status(computer: Computer) -> None:
    said = computer.run()

    assert said.status == 0
    assert "no desktop here" in said.err
    assert "Welcome to usagetray" in said.out


@pytest.mark.parametrize("words", EVERY_LOOK, ids=" ".join)
def test_looking_needs_nothing_to_be_there(computer: Computer, words: tuple[str, ...]) -> None:
    said = computer.run(*words)

    assert (said.status, said.err) == (0, "")
    assert said.out.strip()


def test_without_a_profile_of_its_own_the_files_go_where_the_desktop_keeps_them(computer: Computer) -> None:
    """XDG's folders, or their defaults below HOME; all of ours private."""
    xdg = {f"XDG_{each.upper()}_HOME": str(computer.home / each) for each in ("config", "data", "state")}

    computer.run("config", "set", "icon.label", "true", isolated=False, **xdg)
    computer.run("status", isolated=False, **xdg)

    ours = made(computer.home)
    assert {path.split("/")[0] for path in ours} == {"config", "data", "state"}
    assert ours["config/usagetray/config.toml"] == "-rw-------"
    assert ours["data/usagetray/usagetray.db"] == "-rw-------"
    assert {mode for path, mode in ours.items() if path.endswith("usagetray")} == {"drwx------"}


def test_a_look_leaves_the_tools_of_others_as_they_were(computer: Computer) -> None:
    """Names, modes, bytes and times of everything in Claude Code's home, after every look there is."""
    home = computer.claude(settings='{"model": "opus"}')
    before = {path: (path.stat().st_mtime_ns, path.is_file() and path.read_bytes()) for path in home.rglob("*")}

    for words in EVERY_LOOK:
        computer.run(*words, isolated=False)
    computer.run("run", "--headless", "--once", isolated=False)

    after = {path: (path.stat().st_mtime_ns, path.is_file() and path.read_bytes()) for path in home.rglob("*")}
    assert after == before


def test_everything_of_ours_is_private_from_the_start(computer: Computer) -> None:
    """Under the loosest umask, after every kind of run."""
    for words in ("status", "config set show left", "run --headless --once --log", "alerts test --notify-to /dev/null"):
        computer.run(shell=f"umask 000; usagetray {words}")

    loose = {path: mode for path, mode in made(computer.profile).items() if not mode.endswith("------")}
    assert loose == {}
    assert len(made(computer.profile)) > 4


def test_the_providers_say_what_they_read_and_what_they_ask(computer: Computer) -> None:
    known = {each["id"]: each for each in computer.run("providers", "--json").json}

    claude, codex = known["claude"], known["codex"]
    assert not claude["found"]
    assert {"status-line", "usage-endpoint"} <= {each["name"] for each in claude["offers"]}
    assert not any(each["given"] for provider in known.values() for each in provider["offers"])
    assert [each["name"] for each in claude["sources"] if each["asks_network"]] == ["usage_endpoint"]
    assert claude["reads"].endswith(".")
    assert codex["reads"].endswith(".")


def test_help_names_every_verb(computer: Computer) -> None:
    said = computer.run("--help")

    assert said.status == 0
    for verb in ("demo", "status", "show", "run", "providers", "connect", "disconnect", "config", "alerts"):
        assert f"\n    {verb} " in said.out


def test_show_without_a_tray_says_how_to_start_one(computer: Computer) -> None:
    said = computer.run("show")

    assert (said.status, said.out) == (1, "")
    assert said.err == "usagetray: No tray is running; start it with `usagetray`, or see `usagetray status`.\n"


def test_the_icon_sheet_is_a_picture(computer: Computer) -> None:
    picture = computer.home / "sheet.png"

    said = computer.run("icon-sheet", str(picture))

    assert said.status == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
