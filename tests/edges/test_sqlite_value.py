"""One value of another program's SQLite file, read so that the program never notices."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from usagetray.edges import facts as edge
from usagetray.providers.contract import Home, HomeRule, SqliteValue, Strategy

NOW = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
NEED = SqliteValue(
    name="value", place=lambda home: home.path / "state #1?.db", table="ItemTable", key="the/key", most=100
)
"""The file's name holds what an address would read as its end."""


def database(home: Path, value: object = "the value", key: str = "the/key") -> Path:
    home.mkdir(exist_ok=True)
    path = home / "state #1?.db"
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE ItemTable (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)")
        connection.execute("INSERT INTO ItemTable VALUES (?, ?)", (key, value))
    return path


def read(home: Path) -> bytes | None:
    one = Strategy(id="one", label="one", needs=(NEED,), fetch=lambda *_: ())
    place = Home(path=home, is_default=True)
    found = edge.resolve(one, place, now=NOW, spool_dir=home, keychain=None, environ={}).file("value")
    return found.content if found else None


@pytest.mark.parametrize(
    ("value", "content"),
    [("the value", b"the value"), ("é".encode("utf-16-le"), b"\xe9\x00"), ("x" * 100, b"x" * 100)],
    ids=["text", "bytes", "as long as allowed"],
)
def test_a_value_is_found_by_its_key_as_it_stands(value: object, content: bytes, tmp_path: Path):
    database(tmp_path / "home", value)

    assert read(tmp_path / "home") == content


@pytest.mark.parametrize("value", [None, 17, 1.5, "x" * 101], ids=str)
def test_what_is_no_text_or_too_long_is_not_there(value: object, tmp_path: Path):
    database(tmp_path / "home", value)

    assert read(tmp_path / "home") is None


def test_another_key_no_table_and_no_file_are_not_there_and_nothing_is_made(tmp_path: Path):
    home = tmp_path / "home"
    home.mkdir()
    assert read(home) is None
    assert list(home.iterdir()) == []

    database(home, key="another")
    assert read(home) is None
    (home / "state #1?.db").write_bytes(b"SQLite format 3\0 and then nonsense" * 100)
    assert read(home) is None


def test_a_program_that_holds_the_file_locked_and_writes_is_not_noticed_and_does_not_notice(tmp_path: Path):
    """What lies in the write-ahead log is not seen, no side file is made or touched, the lock is not waited for."""
    home = tmp_path / "home"
    path = database(home, "old")
    owner = sqlite3.connect(path, isolation_level=None)
    with contextlib.closing(owner):
        owner.execute("PRAGMA journal_mode=WAL")
        owner.execute("BEGIN IMMEDIATE")
        owner.execute("UPDATE ItemTable SET value = 'new'")
        before = {each.name: (each.stat().st_mtime_ns, each.read_bytes()) for each in home.iterdir()}

        assert read(home) == b"old"

        assert {each.name: (each.stat().st_mtime_ns, each.read_bytes()) for each in home.iterdir()} == before
        owner.execute("COMMIT")


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_that_leads_away_is_not_followed(tmp_path: Path):
    elsewhere = database(tmp_path / "elsewhere")
    home = tmp_path / "a" / "home"
    home.mkdir(parents=True)
    (home / "state #1?.db").symlink_to(elsewhere)

    assert read(home) is None


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "/home/u/.config/Tool"),
        ({"XDG": "/else"}, "/else/Tool"),
        ({"XDG": "else"}, "/home/u/.config/Tool"),
        ({"TOOL_HOME": "/named", "XDG": "/else"}, "/named"),
    ],
    ids=["nothing set", "set", "not absolute", "the tool's own variable"],
)
def test_a_tool_that_follows_the_systems_folders_is_found_in_them(environ: dict[str, str], expected: str):
    rule = HomeRule(env="TOOL_HOME", default="~/.config/Tool", elsewhere={sys.platform: ("$XDG/Tool",)})

    (home,) = edge.homes(rule, {"HOME": "/home/u", **environ})

    assert home.path == Path(expected)
    assert home.is_default is ("TOOL_HOME" not in environ)
