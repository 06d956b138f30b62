"""Where the output goes is the user's business: closed, cut short, full, narrow, or not UTF-8."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import Computer

VERBS = (
    "connect claude",
    "status",
    "status --json",
    "providers",
    "alerts",
    "config get",
    "run --headless --once",
    "show",
    "--help",
)
NOT_UTF8 = {
    "the locale C": {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "said to be ASCII": {"PYTHONIOENCODING": "ascii"},
}


@pytest.mark.parametrize("verb", VERBS)
def test_with_closed_standard_streams_a_verb_ends_as_it_would(computer: Computer, verb: str) -> None:
    """None of our files may get the number of a closed stream: what is said would be written into it."""
    usual = computer.run(*verb.split())

    closed = computer.run(shell=f"usagetray {verb} <&- >&- 2>&-")

    assert closed.status == usual.status
    database = computer.profile / "usagetray.db"
    assert not database.exists() or database.read_bytes().startswith(b"SQLite format 3\0")


@pytest.mark.parametrize("verb", ["status --json", "providers", "config get", "--help"])
def test_a_reader_that_leaves_early_is_no_error(computer: Computer, verb: str) -> None:
    said = computer.run(shell=f"usagetray {verb} | head -1")

    assert (said.status, said.err) == (0, "")
    assert said.out.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full on this system")
def test_a_full_disk_is_said_and_counts_as_not_done(computer: Computer) -> None:
    said = computer.run(shell="usagetray status --json >/dev/full")

    assert said.status == 1
    assert said.err == "usagetray: The output could not be written (No space left on device).\n"


@pytest.mark.parametrize("env", NOT_UTF8.values(), ids=NOT_UTF8)
def test_a_terminal_that_is_not_utf8_gets_ascii(computer: Computer, env: dict[str, str]) -> None:
    """Every sign we use has a spelling; a question mark in its place would be one we forgot."""
    computer.claude()

    said = [computer.run(*verb.split(), **env) for verb in ("providers", "alerts", "demo --text --speed 90000")]

    assert [each.status for each in said] == [0, 0, 0]
    assert all(each.raw.isascii() for each in said)
    assert [line for each in said for line in each.out.splitlines() if "?" in line] == []


def test_json_is_json_in_every_encoding(computer: Computer) -> None:
    plain = computer.run("providers", "--json", PYTHONIOENCODING="ascii")
    whole = computer.run("providers", "--json")

    assert plain.raw.isascii()
    assert json.loads(plain.raw) == json.loads(whole.raw)


@pytest.mark.parametrize("columns", [40, 80])
def test_a_page_fits_the_terminal(computer: Computer, columns: int) -> None:
    """The demo's last page has every kind of row."""
    said = computer.run("demo", "--text", "--speed", "90000", COLUMNS=str(columns))

    page = said.out[said.out.index("\nClaude · ") :]
    assert max(map(len, page.splitlines())) <= columns


def test_no_colour_where_nobody_looks(computer: Computer) -> None:
    assert "\x1b" not in computer.run("demo", "--text", "--speed", "90000").out


def test_the_data_folder_may_be_one_we_cannot_write(computer: Computer) -> None:
    """Somebody else's file where our folder should be: a sentence with its name."""
    computer.profile.write_text("not a folder")

    said = computer.run("status")

    assert said.status == 1
    assert str(computer.profile) in said.err


def test_a_path_that_is_not_utf8_is_no_obstacle(computer: Computer) -> None:
    odd = os.fsdecode(os.fsencode(computer.home) + b"/\xff\xfe")

    said = computer.run("config", "path", USAGETRAY_HOME=odd)

    assert said.status == 0
    assert computer.run("status", USAGETRAY_HOME=odd).status == 0
