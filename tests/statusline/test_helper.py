"""The status line helper, run as Claude Code runs it: a process, one JSON object in, a line out, always 0."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.providers.recorded import HERE, body
from usagetray import statusline
from usagetray.edges import files
from usagetray.providers.claude import hook

NOW = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
FIVE_HOURS_ENDS = 1795212000  # 22:00 UTC
WEEK_ENDS = 1795539599
ME = "11111111-1111-4111-8111-111111111111"
TOLD = (HERE / "claude" / "statusline_stdin.json").read_bytes()
HELPER = [sys.executable, "-m", "usagetray", "statusline"]


def environment(home: Path, **more: str) -> dict[str, str]:
    return {"HOME": str(home), "PATH": os.environ["PATH"], "TZ": "Asia/Kathmandu", **more}


def run(home: Path, told: bytes = TOLD, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        HELPER, input=told, env=environment(home, **more), capture_output=True, timeout=20, check=False
    )


def notes(state: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (state / "spool" / "statusline.jsonl").read_text().splitlines()]


def state_of(home: Path) -> Path:
    return home / ".local" / "state" / "usagetray"


def wrapping(home: Path, former: str) -> None:
    """A record as `connect` leaves it."""
    folder = state_of(home) / "hooks"
    folder.mkdir(parents=True)
    record = folder / f"{hook.HOOK.id}.json"
    record.write_text(json.dumps({"homes": {str(home / ".claude"): {"former_command": former}}}))
    record.chmod(0o600)


def test_a_run_notes_the_limits_and_nothing_else(tmp_path: Path):
    """Two figures each, the time, the home and the account signed in: no path, no session, no model."""
    (tmp_path / ".claude.json").write_text(json.dumps(body("claude", "global_config.json")))

    done = run(tmp_path)

    assert (done.returncode, done.stderr) == (0, b"")
    (note,) = notes(state_of(tmp_path))
    assert abs(note.pop("at") - time.time()) < 60
    assert note == {
        "home": str(tmp_path / ".claude"),
        "account": ME,
        "rate_limits": {
            "five_hour": {"used_percentage": 42.0, "resets_at": FIVE_HOURS_ENDS},
            "seven_day": {"used_percentage": 61.00000000000001, "resets_at": 1795539599},
        },
    }


def test_another_home_names_its_own_account(tmp_path: Path):
    """`CLAUDE_CONFIG_DIR` is what Claude Code itself runs with; its config file lies inside."""
    work = tmp_path / "work"
    work.mkdir()
    (work / ".claude.json").write_text(json.dumps({"oauthAccount": {"accountUuid": "work"}}))
    (tmp_path / ".claude.json").write_text(json.dumps({"oauthAccount": {"accountUuid": "private"}}))

    run(tmp_path, CLAUDE_CONFIG_DIR=str(work))

    (note,) = notes(state_of(tmp_path))
    assert (note["home"], note["account"]) == (str(work), "work")


def test_our_folders_and_files_are_private_whatever_the_umask(tmp_path: Path):
    """0700 and 0600 under umask 000."""
    command = ["/bin/sh", "-c", 'umask 000; exec "$@"', "sh", *HELPER]

    subprocess.run(command, input=TOLD, env=environment(tmp_path), capture_output=True, timeout=20, check=True)

    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_without_limits_nothing_is_noted_and_the_row_is_not_blank(tmp_path: Path):
    """An API key, or the start of a session."""
    done = run(tmp_path, (HERE / "claude" / "statusline_stdin_no_rate_limits.json").read_bytes())

    assert (done.returncode, done.stdout.strip()) == (0, b"usagetray: no limits yet")
    assert not state_of(tmp_path).exists()


@pytest.mark.parametrize(
    "told", [b"", b"{", b"[]", b"null", b"\xff\x00", b'{"rate_limits": [1]}', b"[" * 100_000, b"9" * 9_000]
)
def test_whatever_is_told_the_run_ends_well(told: bytes, tmp_path: Path):
    """0, and something to show."""
    done = run(tmp_path, told)

    assert done.returncode == 0
    assert done.stdout.strip()


def test_an_open_pipe_is_not_waited_for(tmp_path: Path):
    """Some versions never close it: a whole object is enough."""
    with subprocess.Popen(HELPER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(tmp_path)) as helper:
        assert helper.stdin is not None
        helper.stdin.write(TOLD)
        helper.stdin.flush()
        code = helper.wait(10)

    assert code == 0
    assert notes(state_of(tmp_path))


def test_half_an_object_in_an_open_pipe_is_given_up(tmp_path: Path):
    """After a second, well below the five that Claude Code allows."""
    with subprocess.Popen(HELPER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(tmp_path)) as helper:
        assert helper.stdin is not None
        helper.stdin.write(TOLD[:100])
        helper.stdin.flush()
        code = helper.wait(10)

    assert code == 0


def test_a_reader_that_has_gone_is_no_error(tmp_path: Path):
    """The output pipe is closed before we write."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(
            HELPER,
            input=TOLD,
            stdout=closed,
            stderr=subprocess.PIPE,
            env=environment(tmp_path),
            timeout=20,
            check=False,
        )

    assert (done.returncode, done.stderr) == (0, b"")


def test_a_disk_that_refuses_costs_the_reading_only(tmp_path: Path):
    """Where our state should be stands a file."""
    (tmp_path / ".local").write_text("in the way")

    done = run(tmp_path)

    assert done.returncode == 0
    assert b"week 61 %" in done.stdout


# ---- the former command ------------------------------------------------------------------------------------


def test_the_former_command_gets_the_same_input_and_is_what_is_shown(tmp_path: Path):
    """`cat` gives back byte for byte what Claude Code told; the reading is noted all the same."""
    wrapping(tmp_path, "cat; echo oops >&2; exit 3")

    done = run(tmp_path)

    assert (done.returncode, done.stdout) == (0, TOLD)
    assert notes(state_of(tmp_path))


@pytest.mark.parametrize("former", ["true", "no-such-command-here", "exit 127"])
def test_a_former_command_that_shows_nothing_gives_way_to_our_line(former: str, tmp_path: Path):
    """A blank row would hide that anything runs."""
    wrapping(tmp_path, former)

    done = run(tmp_path)

    assert done.returncode == 0
    assert b"week 61 %" in done.stdout


def test_a_former_command_that_does_not_read_is_not_fed_for_ever(tmp_path: Path):
    """300 kB of input, and `echo` reads none of it."""
    wrapping(tmp_path, "echo hello")
    told = json.dumps({**json.loads(TOLD), "padding": "x" * 300_000}).encode()

    assert run(tmp_path, told).stdout == b"hello\n"


def test_what_a_former_command_leaves_running_is_not_waited_for(tmp_path: Path):
    """A background job keeps the output open for a minute."""
    wrapping(tmp_path, "sleep 60 2>/dev/null & echo $!")

    done = run(tmp_path)
    os.kill(int(done.stdout), signal.SIGKILL)

    assert done.returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its killed parent")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_former_command_dies_with_us(number: signal.Signals, tmp_path: Path):
    """Claude Code kills a status line that is still running when the next is due."""
    mark = tmp_path / "pid"
    wrapping(tmp_path, f"echo $$ > {mark}; exec sleep 60")
    with subprocess.Popen(HELPER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(tmp_path)) as helper:
        assert helper.stdin is not None
        helper.stdin.write(TOLD)
        helper.stdin.flush()
        former = int(awaited(lambda: mark.read_text().strip() if mark.exists() else ""))
        helper.send_signal(number)
        helper.wait(10)

    assert awaited(lambda: "gone" if not alive(former) else "") == "gone"


def awaited(look: Any, deadline_s: float = 10) -> str:
    until = time.monotonic() + deadline_s
    while time.monotonic() < until:
        if found := look():
            return str(found)
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def alive(process: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False


def test_a_former_command_that_leads_back_to_us_runs_once(tmp_path: Path):
    """However it came about: no endless chain."""
    wrapping(tmp_path, f"{sys.executable} -m usagetray statusline")

    assert run(tmp_path).returncode == 0
    assert len(notes(state_of(tmp_path))) == 2


def test_a_record_that_others_can_write_is_not_run(tmp_path: Path):
    """What stands in it is given to a shell."""
    wrapping(tmp_path, "echo planted")
    (state_of(tmp_path) / "hooks" / f"{hook.HOOK.id}.json").chmod(0o666)

    assert b"planted" not in run(tmp_path).stdout


# ---- words and places --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("five_hours", "week", "line"),
    [
        ((42.0, FIVE_HOURS_ENDS), (61.00000000000001, WEEK_ENDS), "5 h 42 % · week 61 % used · week resets Tue 16:59"),
        ((81.9, FIVE_HOURS_ENDS), (61, WEEK_ENDS), "▲ 5 h 81 % · week 61 % used · 5 h resets 22:00"),
        ((0, None), (0.4, None), "5 h 0 % · week <1 % used"),
        ((99.7, FIVE_HOURS_ENDS), (100, None), "! 5 h 99 % · ⊖ week 100 % used"),
        ((105, FIVE_HOURS_ENDS), (None, None), "⊖ 5 h 105 % used · resets 22:00"),
        ((None, None), (88.4, WEEK_ENDS), "▲ week 88 % used · resets Tue 16:59"),
        ((42, 1795190000), ("61", None), "5 h – · week 61 % used"),
        ((42, 1795190000), (None, None), "5 h –"),
        ((True, True), (float("nan"), float("inf")), "usagetray: no limits yet"),
        ((-5, -5), ("abc", "abc"), "usagetray: no limits yet"),
    ],
)
def test_our_own_line_says_what_is_known(
    five_hours: tuple[object, object], week: tuple[object, object], line: str, monkeypatch: pytest.MonkeyPatch
):
    """Local time, UTC here. A window that has ended has no figure; what is no figure is left out."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()

    assert statusline.own_line(told_of(five_hours, week), NOW.timestamp()) == line


def told_of(five_hours: tuple[object, object], week: tuple[object, object]) -> dict[str, dict[str, object]]:
    return {
        name: {"used_percentage": used, "resets_at": ends}
        for name, (used, ends) in (("five_hour", five_hours), ("seven_day", week))
    }


def test_what_is_left_and_what_is_used_add_up():
    limits = told_of((81.9, None), (0.4, None))

    assert statusline.own_line(limits, NOW.timestamp(), left=True) == "▲ 5 h 19 % · week >99 % left"


@pytest.mark.parametrize(("used", "code"), [(74.9, None), (75, "33"), (90, "31"), (100, "31")])
def test_a_tight_window_is_coloured_where_colours_are_wanted(used: float, code: str | None):
    """From 75 % yellow, from 90 % red; a calm line has no escape at all."""
    line = statusline.own_line(told_of((used, None), (None, None)), NOW.timestamp(), colour=True)

    assert line.startswith(f"\x1b[{code}m") if code else "\x1b" not in line
    assert line.count("\x1b") == (2 if code else 0)


def test_a_user_who_wants_no_colours_gets_none(tmp_path: Path):
    """By the usual variable."""
    told = json.dumps({"rate_limits": {"five_hour": {"used_percentage": 95}}}).encode()

    assert run(tmp_path, told).stdout.decode() == "\x1b[31m! 5 h 95 %\x1b[0m used\n"
    assert run(tmp_path, told, NO_COLOR="1").stdout.decode() == "! 5 h 95 % used\n"


@pytest.mark.parametrize(
    ("config", "line"),
    [
        ("show = 'left'  # mine", "58 % left"),
        ('[providers.x]\nshow = "left"', "42 % used"),
        ('show = "used"', "42 % used"),
        ("\xff\x00[[[", "42 % used"),
        ("", "42 % used"),
    ],
)
def test_the_line_follows_the_setting_for_used_or_left(tmp_path: Path, config: str, line: str):
    """Of the top of the file; a file that is broken changes nothing."""
    folder = tmp_path / ".config" / "usagetray"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(config, encoding="latin-1")
    told = json.dumps({"rate_limits": {"five_hour": {"used_percentage": 42}}}).encode()

    assert run(tmp_path, told).stdout.decode() == f"5 h {line}\n"


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"XDG_STATE_HOME": "/x/state"},
        {"XDG_STATE_HOME": "relative"},
        {"XDG_STATE_HOME": ""},
        {"USAGETRAY_HOME": "/x/profile"},
        {"USAGETRAY_HOME": "~/profile"},
        {"USAGETRAY_HOME": "profile", "XDG_STATE_HOME": "/x/state"},
    ],
)
def test_the_helper_and_the_tray_agree_where_our_state_lies(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    """The helper finds out by itself, because importing the rule would cost it its budget."""
    for name in ("XDG_STATE_HOME", "USAGETRAY_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/x/home", **environ}.items():
        monkeypatch.setenv(name, value)

    assert Path(statusline.state_dir()) == files.paths(os.environ).state_dir


def test_the_helper_imports_next_to_nothing():
    """What it does not import cannot cost it time."""
    listing = "import sys, usagetray.statusline; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-S", "-c", listing],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(Path(statusline.__file__).parents[1])},
        timeout=20,
    ).stdout.split()

    assert "usagetray.statusline" in loaded
    heavy = {
        "typing",
        "pathlib",
        "dataclasses",
        "subprocess",
        "datetime",
        "logging",
        "ctypes",
        "platformdirs",
        "decimal",
    }
    assert heavy.isdisjoint(loaded)
