"""`doctor --wipe`: afterwards the home is as if we had never been there, and what is not ours is as it was."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Computer
from tests.cli.test_doctor import everything
from usagetray.edges import channel

OWN_SETTINGS = '{\n  "statusLine": {"type": "command", "command": "echo mine"},\n  "theme": "dark"\n}\n'
DESKTOP_FILE = ".config/autostart/usagetray.desktop"


def contents(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def used(computer: Computer, *, isolated: bool) -> None:
    """All that leaves something behind: settings, a helper, history, calls, log, a breakdown, a start at login."""
    folder = computer.claude(settings=OWN_SETTINGS)
    line = {"type": "assistant", "message": {"id": "m1", "model": "claude-opus-4-5", "usage": {"output_tokens": 5}}}
    (folder / "projects" / "p").mkdir()
    (folder / "projects" / "p" / "s.jsonl").write_text(json.dumps(line) + "\n")
    for words in (
        ("connect", "claude", "--only", "status-line", "--yes"),
        ("config", "set", "icon.style", "ring"),
        ("run", "--headless", "--once"),
        ("log", "--model", "claude-opus-4-5", "--input", "10", "--output", "5"),
        ("report", "daily"),
    ):
        assert computer.run(*words, isolated=isolated).status == 0, words
    status = {"session_id": "s", "rate_limits": {"five_hour": {"used_percentage": 12, "resets_at": 4_000_000_000}}}
    computer.run("statusline", isolated=isolated, stdin=json.dumps(status).encode())


@pytest.mark.parametrize("isolated", [True, False], ids=["an isolated profile", "the ordinary one"])
def test_afterwards_nothing_of_ours_is_in_the_home_and_nothing_else_has_changed(
    computer: Computer, isolated: bool
) -> None:
    computer.claude(settings=OWN_SETTINGS)
    (computer.home / "notes.txt").write_text("usagetray is nice")
    used(computer, isolated=isolated)
    before = contents(computer.home)
    if not isolated:
        assert computer.run("autostart", "on", isolated=False).status == 0
        assert (computer.home / DESKTOP_FILE).exists()
    assert b"usagetray" in (computer.home / ".claude" / "settings.json").read_bytes()

    said = computer.run("doctor", "--wipe", "--yes", isolated=isolated)

    assert (said.status, said.err) == (0, ""), said
    assert "All of it was removed" in said.out
    assert not computer.profile.exists()
    after = contents(computer.home)
    assert after.pop(".claude/settings.json").decode() == OWN_SETTINGS
    theirs = {name: octets for name, octets in before.items() if name.split("/")[0] in (".claude", "notes.txt")}
    theirs.pop(".claude/settings.json")
    assert after == {**theirs, ".claude.json": before[".claude.json"]}
    assert list(computer.home.rglob("*usagetray*")) == []
    assert computer.run("doctor", "--wipe", "--yes", isolated=isolated).out == (
        "There is nothing of usagetray here to remove.\n"
    )


def test_it_says_in_words_what_goes_and_only_yes_is_yes(computer: Computer) -> None:
    used(computer, isolated=True)
    before = everything(computer.home, computer.profile / "config.toml")

    said = computer.run("doctor", "--wipe", stdin=b"y\n")

    assert (said.status, said.err) == (1, "usagetray: Nothing was removed.\n")
    for words in (
        "our line in another program’s settings",
        f"Claude: {computer.home}/.claude/settings.json",
        "the history",
        "the log",
        "its state",
        "the settings",
        "Type yes to remove all of it.",
    ):
        assert words in said.out, words
    assert everything(computer.home, computer.profile / "config.toml") == before
    assert computer.run("doctor", "--wipe", stdin=b"").status == 1
    assert computer.run("doctor", "--wipe", stdin=b"YES\n").status == 0
    assert not computer.profile.exists()


def test_while_the_tray_runs_nothing_is_removed_and_it_says_how_to_end_it(computer: Computer) -> None:
    used(computer, isolated=True)
    server = channel.serve(computer.profile / "run" / "tray.sock", lambda *_: "ok")
    try:
        said = computer.run("doctor", "--wipe", "--yes")
    finally:
        server.close()

    assert said.status == 1
    assert "The tray is running" in said.err
    assert "choose Quit in its menu" in said.err
    assert computer.config.exists()
    assert b"usagetray" in (computer.home / ".claude" / "settings.json").read_bytes()


def test_while_a_headless_one_runs_nothing_is_removed_either(computer: Computer) -> None:
    used(computer, isolated=True)
    with (computer.profile / "run" / "writer.lock").open("r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = computer.run("doctor", "--wipe", "--yes")

    assert said.status == 1
    assert "`run --headless`" in said.err
    assert (computer.profile / "usagetray.db").exists()


def test_what_somebody_else_put_into_the_folder_stays(computer: Computer) -> None:
    """A profile may lie in a folder of the user's; and a link of theirs is not followed."""
    used(computer, isolated=True)
    treasure = computer.home / "treasure"
    treasure.mkdir()
    (treasure / "gold.log").write_text("gold")
    (computer.profile / "diary.txt").write_text("dear diary")
    (computer.profile / "log" / "mine.txt").write_text("mine")
    (computer.profile / "state" / "spool" / "link").symlink_to(treasure)
    (computer.profile / "providers").mkdir()
    (computer.profile / "providers" / "notes.md").write_text("notes")

    said = computer.run("doctor", "--wipe", "--yes")

    assert said.status == 0
    assert set(contents(computer.profile)) == {"diary.txt", "log/mine.txt", "providers/notes.md"}
    assert (treasure / "gold.log").read_text() == "gold"


def test_a_settings_file_that_cannot_be_put_back_is_told_and_our_record_of_it_kept(computer: Computer) -> None:
    """It is no text any more: it stays as it is, and a second try goes on where this one stopped."""
    used(computer, isolated=True)
    settings = computer.home / ".claude" / "settings.json"
    whole = settings.read_bytes()
    settings.write_bytes(b"\xff\xfe")

    said = computer.run("doctor", "--wipe", "--yes")

    assert said.status == 1
    assert "1 thing could not be removed" in said.err
    assert "is not UTF-8 text" in said.err
    assert settings.read_bytes() == b"\xff\xfe"
    assert [path.name for path in (computer.profile / "state").iterdir()] == ["hooks"]
    settings.write_bytes(whole)
    assert computer.run("doctor", "--wipe", "--yes").status == 0
    assert settings.read_text() == OWN_SETTINGS
    assert not computer.profile.exists()
