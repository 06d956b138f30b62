"""`doctor`: from what a user does not see to the cause and the next step, and nothing touched on the way."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Computer, Said
from usagetray.edges import channel
from usagetray.edges.store.migrations import STEPS

CANARY = "sk-canary-0123456789abcdef"
ALLOWED = 'welcomed = true\n[providers.claude]\nallow = ["usage_endpoint"]\n'
YEAR_2001, YEAR_2096 = 1_000_000_000_000, 4_000_000_000_000
LOGINS = {
    "an expired one": ({"accessToken": CANARY, "expiresAt": YEAR_2001}, "has run out: open Claude once"),
    "a malformed one": ({"accessToken": 7}, "login file cannot be read: open Claude once"),
    "one without the right": (
        {"accessToken": CANARY, "expiresAt": YEAR_2096, "scopes": ["user:inference"]},
        "lacks the right to read usage: sign in with Claude itself",
    ),
}


@pytest.fixture
def computer(computer: Computer) -> Computer:
    """With the profile's folder as the program would have made it."""
    computer.profile.mkdir(mode=0o700)
    return computer


def wrong(said: Said) -> list[str]:
    """The sentences under the heading of what is wrong, each in one line."""
    head, _, _ = said.out.partition("\n\n")
    return [" ".join(part.split()) for part in head.split("\n  ! ")[1:]]


def text(said: Said) -> str:
    """Everything, without the line breaks."""
    return " ".join(said.out.split())


def login(of: dict[str, Any]) -> str:
    return json.dumps({"claudeAiOauth": of})


def everything(*folders: Path) -> dict[str, Any]:
    """Each file there: mode, time of change and bytes."""
    return {
        str(path): (stat.filemode(path.lstat().st_mode), path.lstat().st_mtime_ns, path.is_file() and path.read_bytes())
        for folder in folders
        for path in [folder, *folder.rglob("*")]
        if path.exists()
    }


# ---- nothing, or the sources -------------------------------------------------------------------------------


def test_on_a_new_computer_nothing_is_wrong(computer: Computer) -> None:
    """No tool, no desktop, no key store: all of that is said, and none of it is a fault."""
    said = computer.run("doctor")

    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("Nothing is wrong.\n")
    assert "There is no desktop here (neither DISPLAY nor WAYLAND_DISPLAY is set)" in text(said)
    assert "No key store answers" in text(said)
    assert f"No trace of it in {computer.home}/.claude: use Claude once" in text(said)


def test_a_tool_that_gives_no_figures_leads_to_what_may_be_allowed(computer: Computer) -> None:
    """Used here, but no consent was given to anything."""
    computer.claude()

    said = computer.run("doctor")

    assert said.status == 1
    assert len(wrong(said)) == 1
    assert "nothing it left gives figures: `usagetray connect claude` allows more (status-line" in wrong(said)[0]


@pytest.mark.parametrize("case", LOGINS)
def test_a_login_that_cannot_be_used_is_told_with_its_cure(computer: Computer, case: str) -> None:
    of, sentence = LOGINS[case]
    computer.claude(**{".credentials": login(of)})
    computer.write_config(ALLOWED)

    said = computer.run("doctor")

    assert said.status == 1
    assert any(sentence in each for each in wrong(said)), said
    assert CANARY[:12] not in said.out


def test_half_a_login_file_is_told_with_its_cure(computer: Computer) -> None:
    computer.claude(**{".credentials": login({"accessToken": CANARY})[:-9]})
    computer.write_config(ALLOWED)

    said = computer.run("doctor")

    assert "the login file cannot be read: open Claude once; it writes the file anew" in text(said)
    assert CANARY[:12] not in said.out


def test_without_consent_a_login_is_not_looked_at(computer: Computer) -> None:
    """A file that cannot be read would be complained about, had it been read; a pipe would hang the reader."""
    folder = computer.claude()
    os.mkfifo(folder / ".credentials.json")

    said = computer.run("doctor")

    assert "Anthropic: not allowed; `usagetray connect claude --only usage-endpoint` says what it would read" in text(
        said
    )
    assert ".credentials" not in said.out


def test_with_a_good_login_nobody_is_asked(computer: Computer) -> None:
    """The server named here would answer; it is never reached, and the figures are not missed yet."""
    computer.claude(**{".credentials": login({"accessToken": CANARY, "expiresAt": YEAR_2096})})
    computer.write_config(ALLOWED)

    said = computer.run("doctor", "--origin", "claude=http://127.0.0.1:9")

    assert said.status == 0
    assert "Anthropic: ready to be asked: start `usagetray`." in text(said)


def test_an_allowed_program_is_found_but_not_started(computer: Computer) -> None:
    folder = computer.home / "bin"
    folder.mkdir()
    program = folder / "claude"
    program.write_text(f"#!/bin/sh\ntouch {computer.home}/started\n")
    program.chmod(0o755)
    computer.claude()
    computer.write_config('[providers.claude]\nallow = ["program"]\n')

    said = computer.run("doctor", PATH=f"{folder}:{os.defpath}")

    assert f"program: {program} (there)" in text(said)
    assert not (computer.home / "started").exists()


def test_figures_that_are_there_are_told_with_their_source_and_age(computer: Computer) -> None:
    """Through the status line; a field nobody can read is named."""
    computer.claude()
    limits = {
        "five_hour": {"used_percentage": 42, "resets_at": int(time.time()) + 3600},
        "seven_day": {"resets_at": "?"},
    }
    computer.run("statusline", stdin=json.dumps({"rate_limits": limits}).encode())
    computer.run("status")

    said = computer.run("doctor")

    assert said.status == 0
    assert "+ The status line: figures," in text(said)
    assert "could not be read: rate_limits.seven_day.resets_at" in text(said)
    assert "statusline.jsonl (there)" in text(said)
    assert f"+ The history is sound (schema {len(STEPS)}," in text(said)


def test_a_provider_that_is_switched_off_is_said_to_be(computer: Computer) -> None:
    computer.claude()
    computer.write_config("[providers.claude]\nenabled = false\n")

    said = computer.run("doctor")

    assert (said.status, "It is switched off: `usagetray connect claude` switches it on." in text(said)) == (0, True)


# ---- this program ------------------------------------------------------------------------------------------


def test_settings_that_cannot_be_used_are_told_with_their_line(computer: Computer) -> None:
    computer.write_config('show = "lft"\n')

    said = computer.run("doctor")

    assert said.status == 1
    assert "line 1: show takes" in wrong(said)[0]
    assert wrong(said)[0].endswith("correct it with `usagetray config edit`.")


def test_a_damaged_history_is_told_and_left_alone(computer: Computer) -> None:
    """Mending it is the tray's affair."""
    (computer.profile / "usagetray.db").write_bytes(b"no database at all " * 200)
    (computer.profile / "usagetray.db.damaged-1").write_bytes(b"an older one")
    before = everything(computer.profile)

    said = computer.run("doctor")

    assert wrong(said) == [
        "History: The history is damaged (file is not a database): start `usagetray`; it saves what can be read "
        "and keeps the old file."
    ]
    assert "was set aside as usagetray.db.damaged-1: delete it if you miss nothing" in text(said)
    assert everything(computer.profile) == before


def test_a_history_of_a_newer_program_asks_for_an_update(computer: Computer) -> None:
    store = sqlite3.connect(computer.profile / "usagetray.db")
    store.execute("CREATE TABLE meta (key, value)")
    store.execute("PRAGMA user_version = 99")
    store.close()

    assert f"(schema 99, this one knows {len(STEPS)}): update usagetray." in wrong(computer.run("doctor"))[0]


def test_folders_that_others_can_look_into_are_told(computer: Computer) -> None:
    computer.profile.chmod(0o755)

    assert f"can look into {computer.profile}: chmod go= {computer.profile}." in wrong(computer.run("doctor"))[0]


def test_a_running_tray_is_noticed(computer: Computer) -> None:
    """It answers on its channel."""
    (computer.profile / "run").mkdir(mode=0o700)
    asked: list[str] = []

    def answer(verb: str, args: dict[str, str]) -> str:
        asked.append(verb)
        return "ok"

    server = channel.serve(computer.profile / "run" / "tray.sock", answer)
    try:
        said = computer.run("doctor")
    finally:
        server.close()

    assert "+ The tray is running." in text(said)
    assert asked == ["ping"]


def test_a_usagetray_without_an_icon_is_noticed_without_disturbing_it(computer: Computer) -> None:
    """It holds the writer's lock and answers nobody."""
    folder = computer.profile / "run"
    folder.mkdir(mode=0o700)
    with (folder / "writer.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        assert "A usagetray without an icon is at work" in text(computer.run("doctor"))

    assert "The tray is not running: start it with `usagetray`." in text(computer.run("doctor"))


def test_a_key_store_that_is_needed_and_missing_is_wrong(computer: Computer) -> None:
    computer.write_config('[providers.deepseek]\nallow = ["balance"]\n')

    said = computer.run("--keychain", "missing", "doctor")

    assert said.status == 1
    assert any("so the keys of DeepSeek cannot be kept: install gnome-keyring" in each for each in wrong(said)), said


def test_a_missing_library_of_the_popup_is_named_with_its_package(computer: Computer) -> None:
    """As where PySide6 is installed, but not what its X11 part stands on."""
    fake = computer.home / "python" / "PySide6"
    fake.mkdir(parents=True)
    (fake / "__init__.py").touch()
    (fake / "QtCore.py").touch()
    missing = "libxcb-cursor.so.0: cannot open shared object file: No such file or directory"
    (fake / "QtWidgets.py").write_text(f"raise ImportError({missing!r})\n")

    said = computer.run("doctor", PYTHONPATH=str(fake.parent))

    assert "a system library is missing (libxcb-cursor.so.0): apt install libxcb-cursor0" in text(said)


def test_a_missing_toolkit_of_the_popup_is_named(computer: Computer) -> None:
    fake = computer.home / "python" / "PySide6"
    fake.mkdir(parents=True)
    (fake / "__init__.py").touch()

    said = computer.run("doctor", PYTHONPATH=str(fake.parent))

    assert "its toolkit is not installed: pip install PySide6-Essentials" in text(said)


def test_a_failing_alert_command_is_told(computer: Computer) -> None:
    """Once, until it works again."""
    computer.write_config('[alerts]\ncommand = ["/bin/false"]\n')
    computer.run("alerts", "test", "--notify-to", str(computer.home / "alerts"))

    failed = wrong(computer.run("doctor"))
    computer.write_config('[alerts]\ncommand = ["/bin/true"]\n')
    computer.run("alerts", "test", "--notify-to", str(computer.home / "alerts"))

    assert len(failed) == 1
    assert "What alerts.command names ended with status 1" in failed[0]
    assert wrong(computer.run("doctor")) == []


# ---- manners -----------------------------------------------------------------------------------------------


def test_it_leaves_no_trace(computer: Computer) -> None:
    """Not in our folders, not in a tool's, with everything allowed."""
    computer.claude(**{".credentials": login({"accessToken": CANARY, "expiresAt": YEAR_2096})}, settings="{}")
    computer.write_config('[providers.claude]\nallow = ["usage_endpoint", "program"]\n')
    before = everything(computer.home, computer.profile)

    computer.run("doctor")
    computer.run("doctor", "--json")
    computer.run("doctor", "--report")

    assert everything(computer.home, computer.profile) == before


def test_without_an_own_profile_nothing_is_made_either(computer: Computer) -> None:
    computer.run("doctor", isolated=False)

    assert list(computer.home.iterdir()) == []


def test_the_json_says_the_same_as_the_text(computer: Computer) -> None:
    computer.claude()
    said = computer.run("doctor", "--json")

    read = said.json
    assert (said.status, read["schema"], read["ok"]) == (1, 1, False)
    assert {each["grade"] for each in read["findings"]} == {"ok", "note", "wrong"}
    source = next(each for each in read["sources"] if each["strategy"] == "usage_endpoint")
    assert (source["provider"], source["consent"], source["now"]) == ("claude", False, None)
    assert read["seams"] == {"USAGETRAY_HOME": str(computer.profile)}
    assert not read["tray_runs"]


@pytest.mark.parametrize("words", [(), ("--json",)], ids=["text", "JSON"])
def test_a_report_holds_nothing_of_its_owner(computer: Computer, words: tuple[str, ...]) -> None:
    """No home path, name, address, account or key; what it is about can still be read."""
    named = computer.home / "work of alice"
    named.mkdir()
    (named / ".claude.json").write_text('{"oauthAccount": {"accountUuid": "11111111-1111-4111-8111-111111111111"}}')
    (named / ".credentials.json").write_text(login({"accessToken": CANARY, "expiresAt": YEAR_2001}))
    computer.claude()
    computer.write_config(f'show = "alice@example.org"\n{ALLOWED}homes = ["{named}", "/home/bob/.claude"]\n')

    said = computer.run("doctor", "--report", *words, USER="alice", SSH_CONNECTION="203.0.113.7 1 2 3")

    whole = text(said)
    assert said.status == 1
    assert "has run out: open Claude once" in whole
    for private in (str(computer.home), str(computer.profile), "alice", "bob", "11111111", "203.0.113", CANARY[:12]):
        assert private not in whole, private


def test_names_from_outside_are_only_text(computer: Computer) -> None:
    """A folder's name may hold anything but a slash."""
    evil = computer.home / "\x1b[31m\u202eevil<b>"
    evil.mkdir()
    computer.write_config(f"[providers.claude]\nhomes = [{json.dumps(str(evil))}]\n")

    said = computer.run("doctor")

    assert "evil‹b›" in said.out
    assert not any(sign in said.out for sign in ("\x1b", "\u202e", "<b>"))
