"""Connecting and disconnecting the status line: the user's settings change in one key, and change back."""

from __future__ import annotations

import json
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from usagetray.edges import hooks
from usagetray.errors import UserError
from usagetray.providers.claude.hook import HOOK
from usagetray.providers.contract import Home

COMMAND = hooks.own_command(Path("/opt/my tools/usagetray"), "statusline")

SETTINGS = {
    "no file": None,
    "empty object": "{}",
    "empty with blanks": "{ \n }\n",
    "one line": '{"model": "opus", "env": {"A": "1"}}',
    "indented": '{\n  "model": "opus",\n  "hooks": {\n    "Stop": []\n  }\n}\n',
    "tabs and CRLF": '{\r\n\t"model": "opus",\r\n\t"permissions": {"allow": ["x"]}\r\n}',
    "own status line": (
        '{\n    "a": 1,\n    "statusLine": {"type": "command", "command": "~/bin/line \\"x\\" # mine", "padding": 0},\n'
        '    "z": 2\n}\n'
    ),
    "status line first": '{"statusLine":{"command":"a &","type":"command","refreshInterval":9},"z":[{"statusLine":1}]}',
    "odd status line": '{"statusLine": null, "ünï": "\\u00fc"}',
}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / ".claude").mkdir()
    return Home(path=tmp_path / ".claude", is_default=True)


def settings(home: Home) -> Path:
    return home.path / "settings.json"


def put(home: Home, text: str | None) -> None:
    if text is not None:
        settings(home).write_bytes(text.encode())


def install(home: Home, command: str = COMMAND) -> str:
    return hooks.install(HOOK, home, command=command, state_dir=home.path.parent / "state")


def remove(home: Home) -> str:
    return hooks.remove(HOOK, home, state_dir=home.path.parent / "state")


def installed(home: Home) -> bool:
    return hooks.installed(HOOK, home, state_dir=home.path.parent / "state")


def now(home: Home) -> str | None:
    return settings(home).read_bytes().decode() if settings(home).exists() else None


@pytest.mark.parametrize("text", SETTINGS.values(), ids=SETTINGS.keys())
def test_disconnecting_restores_the_file_byte_for_byte(text: str | None, home: Home):
    """Also after connecting twice, and from another place; a file that was not there is gone again."""
    put(home, text)

    install(home)
    install(home)
    install(home, hooks.own_command(Path("/elsewhere/usagetray"), "statusline"))
    between = (installed(home), now(home))
    remove(home)

    assert between[0]
    assert between[1] != text
    assert now(home) == text
    assert not installed(home)


@pytest.mark.parametrize("text", SETTINGS.values(), ids=SETTINGS.keys())
def test_connecting_changes_one_key_and_keeps_the_rest(text: str | None, home: Home):
    """Other keys, their order, and what else stands in `statusLine`."""
    put(home, text)
    before = json.loads(text or "{}")

    install(home)

    after = json.loads(now(home) or "")
    assert [key for key in after if key in before] == list(before)
    assert {key: after[key] for key in after if key != "statusLine"} == {
        key: before[key] for key in before if key != "statusLine"
    }
    assert after["statusLine"]["type"] == "command"
    kept = before.get("statusLine") or {}
    assert {key: after["statusLine"][key] for key in kept if key != "command"} == {
        key: kept[key] for key in kept if key != "command"
    }


def test_lines_and_indentation_are_those_of_the_file(home: Home):
    """Tabs stay tabs, CRLF stays CRLF."""
    put(home, SETTINGS["tabs and CRLF"])

    install(home)

    text = now(home) or ""
    assert '\r\n\t"statusLine": {\r\n\t' in text
    assert "\n" not in text.replace("\r\n", "")


@pytest.mark.parametrize("name", ["indented", "own status line", "status line first"])
def test_what_others_changed_since_stays(name: str, home: Home):
    """A key added after connecting is kept; our command is taken out, the former one is back."""
    put(home, SETTINGS[name])
    install(home)
    changed = json.loads(now(home) or "")
    changed["added"] = True
    put(home, json.dumps(changed, indent=3))

    remove(home)

    assert json.loads(now(home) or "") == {**json.loads(SETTINGS[name] or ""), "added": True}


def test_a_status_line_the_user_set_since_is_left_alone(home: Home):
    """It is not ours any more."""
    install(home)
    put(home, '{"statusLine": {"type": "command", "command": "mine"}}')

    said = remove(home)

    assert now(home) == '{"statusLine": {"type": "command", "command": "mine"}}'
    assert "nothing of ours" in said


def test_a_lost_record_is_made_good_from_the_text(home: Home):
    """The former command stands in the installed line as well."""
    put(home, SETTINGS["own status line"])
    install(home)
    (home.path.parent / "state" / "hooks" / "status-line.json").unlink()

    install(home)
    remove(home)

    assert json.loads(now(home) or "") == json.loads(SETTINGS["own status line"] or "")


@pytest.mark.parametrize("text", ["", "{", "[]", "// hello\n{}", '{"a": 1,}', "\ufeff{}"])
def test_settings_that_do_not_parse_are_left_as_they_are(text: str, home: Home):
    """And that is said in one sentence."""
    put(home, text)

    with pytest.raises(UserError, match="nothing was changed"):
        install(home)

    assert now(home) == text
    assert not installed(home)


def test_settings_that_are_no_text_are_left_as_they_are(home: Home):
    """Not UTF-8."""
    settings(home).write_bytes(b'{"a": "\xff"}')

    with pytest.raises(UserError, match="UTF-8"):
        install(home)

    assert settings(home).read_bytes() == b'{"a": "\xff"}'


def test_without_the_tools_folder_nothing_is_made(tmp_path: Path):
    """We create no folder of another tool."""
    with pytest.raises(UserError, match="is not there"):
        install(Home(path=tmp_path / ".claude", is_default=True))

    assert list(tmp_path.iterdir()) == []


def test_mode_and_link_of_the_settings_stay(home: Home):
    """0640, kept among dot files and linked into place; a new file is 0600."""
    kept = home.path.parent / "dotfiles.json"
    kept.write_text("{}")
    kept.chmod(0o640)
    settings(home).symlink_to(kept)

    install(home)

    assert settings(home).is_symlink()
    assert "usagetray" in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640


def test_the_record_holds_no_copy_of_the_settings(home: Home):
    """Settings may hold keys; the record is ours alone."""
    put(home, '{"env": {"ANTHROPIC_API_KEY": "sk-canary"}, "statusLine": {"type": "command", "command": "mine"}}')

    install(home)

    record = home.path.parent / "state" / "hooks" / "status-line.json"
    assert "canary" not in record.read_text()
    assert "mine" in record.read_text()
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    assert stat.S_IMODE(record.parent.stat().st_mode) == 0o700


def shell(command: str, home: Home) -> subprocess.CompletedProcess[str]:
    environ = {"HOME": str(home.path.parent), "PATH": "/usr/bin:/bin"}
    told = '{"rate_limits": {"seven_day": {"used_percentage": 61}}}'
    return subprocess.run(
        ["/bin/sh", "-c", command], input=told, env=environ, capture_output=True, text=True, timeout=20, check=False
    )


@pytest.mark.parametrize(
    "former", ["echo 'it''s' \"$HOME\" # note", "echo a; echo b;", "printf '%s' x &\nwait", "cat | wc -l"]
)
def test_with_our_program_gone_the_installed_line_is_the_former_one(former: str, home: Home):
    """Whatever stands in it: quotes, comments, line ends, a job in the background."""
    put(home, json.dumps({"statusLine": {"type": "command", "command": former}}))
    install(home)
    line = json.loads(now(home) or "")["statusLine"]["command"]

    assert shell(line, home).stdout == shell(former, home).stdout
    assert shell(line, home).returncode == 0


def test_with_our_program_gone_and_no_former_line_nothing_is_shown(home: Home):
    """No error either."""
    install(home)

    done = shell(json.loads(now(home) or "")["statusLine"]["command"], home)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_installed_line_runs_the_helper_which_runs_the_former_line(home: Home):
    """From settings to row: the real program in an isolated profile, the former command with its input."""
    profile = home.path.parent / "my profile"
    put(home, json.dumps({"statusLine": {"type": "command", "command": "echo mine; wc -c"}}))
    command = hooks.own_command(Path(sys.executable), "-m usagetray statusline", profile)
    hooks.install(HOOK, home, command=command, state_dir=profile / "state")
    line = json.loads(now(home) or "")["statusLine"]["command"]

    done = shell(line, home)

    assert done.stdout == "mine\n55\n"
    assert "61" in (profile / "state" / "spool" / "statusline.jsonl").read_text()
    assert shlex.quote(str(profile)) in line
