"""Completion: the committed scripts are what the parser says, and each shell offers with them what it should."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Computer

FOLDER = Path(__file__).parents[2] / "packaging" / "completion"
FILES = {"bash": "usagetray.bash", "zsh": "_usagetray", "fish": "usagetray.fish"}
DRIVERS = {
    "bash": 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _usagetray; '
    'printf "%s\\n" "${COMPREPLY[@]}"',
    # Without a line editor zsh's own helpers do nothing: they are stood in for by ones that print.
    "zsh": 'compdef() { : }; compadd() { shift; print -l -- "$@" }; _files() { print -l -- ${words[CURRENT]}* }; '
    '_describe() { print -l -- ${(P)4%%:*} }; source "$1"; shift; words=("$@"); CURRENT=$#; _usagetray',
    "fish": 'source $argv[1]; complete -C (string join " " -- $argv[2..-1]) | string replace -r "\\t.*" ""',
}
"""Run with the script and the words of a command line, the last of which is being typed; prints what is offered."""
FLAGS = {"bash": ("--norc",), "zsh": ("-f",), "fish": ("--no-config",)}
OFFERS = {
    "a verb": ("st", {"status", "statusline"}, {"show"}),
    "an option": ("status --j", {"--json"}, {"--verbose"}),
    "a step": ("config ", {"get", "set", "path", "edit"}, {"waybar"}),
    "a kind of bar": ("bar w", {"waybar"}, {"polybar"}),
    "a provider": ("connect c", {"claude", "codex"}, {"status-line"}),
    "a provider behind an option": ("bar tmux --provider cl", {"claude"}, {"codex"}),
    "a source behind options": ("connect claude -y --only st", {"status-line"}, {"claude"}),
    "a setting": ("config set alerts.th", {"alerts.thresholds"}, {"icon.label"}),
    "a verb behind an option with a value": ("--origin status sho", {"show"}, {"--json"}),
    "an option behind a value that looks like a verb": ("status --warning show --js", {"--json"}, {"--left"}),
    "a file": ("icon-sheet pict", {"picture.png"}, {"notes.txt"}),
    "nothing where nothing is known": ("status --warning ", set(), {"status", "--json"}),
}


@pytest.fixture
def shell_env(tmp_path: Path) -> dict[str, str]:
    """A search path on which `usagetray` is this checkout's, and a folder with two files to stand in."""
    program = tmp_path / "bin" / "usagetray"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m usagetray "$@"\n')
    program.chmod(0o755)
    (tmp_path / "picture.png").touch()
    (tmp_path / "notes.txt").touch()
    path = f"{program.parent}:{os.defpath}:/usr/bin"
    return {"PATH": path, "HOME": str(tmp_path), "LANG": "C.UTF-8", "USAGETRAY_HOME": str(tmp_path / "profile")}


@pytest.mark.parametrize("shell", FILES)
def test_the_committed_script_is_what_the_parser_says(computer: Computer, shell: str) -> None:
    """After a change of verbs: `usagetray completion SHELL > packaging/completion/FILE`, for each of the three."""
    said = computer.run("completion", shell)

    assert said.raw.decode() == (FOLDER / FILES[shell]).read_text(), f"packaging/completion/{FILES[shell]} is old"


@pytest.mark.parametrize("shell", FILES)
@pytest.mark.parametrize("case", OFFERS)
def test_a_shell_offers_what_may_come_next(shell: str, case: str, shell_env: dict[str, str]) -> None:
    """bash is always there; zsh and fish are tested where they are installed."""
    program = shutil.which(shell) or pytest.skip(f"{shell} is not installed")
    typed, expected, unexpected = OFFERS[case]
    words = ["usagetray", *typed.split(" ")]
    command = [program, *FLAGS[shell], "-c", DRIVERS[shell], *([] if shell == "fish" else ["x"])]

    done = subprocess.run(
        [*command, str(FOLDER / FILES[shell]), *words],
        env=shell_env,
        cwd=shell_env["HOME"],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    offered = {word for word in done.stdout.split("\n") if word}
    if shell == "zsh":  # sorts out by itself what does not fit what was typed
        offered = {word for word in offered if word.startswith(words[-1])}
    assert done.stderr == ""
    assert expected <= offered
    assert not unexpected & offered


def test_tests_own_options_are_not_offered(computer: Computer) -> None:
    """They are explained once, by `usagetray --help`."""
    script = computer.run("completion", "bash").out

    assert '" status --origin"' not in script
    assert '" --origin"' in script
