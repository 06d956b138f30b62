"""Lines for status bars and scripts: parsed as each bar would, with names that try to be more than text."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import Computer
from tests.views.build import BERLIN, DAYS, NOW, account, codex, fable, overview, said, usage_credits, week, window
from usagetray.domain.states import State
from usagetray.errors import UserError
from usagetray.overview import Overview
from usagetray.views import bars
from usagetray.views.cli.check import verdict

FOLDER = Path(__file__).parents[2] / "packaging" / "bars"
LEVELS = {
    "ordinary": "normal",
    "one warning": "warning",
    "locked": "locked",
    "paying": "paying",
    "offline": "stale",
    "ended": "normal",
    "first run": "unknown",
    "empty": "unknown",
}
HOSTILE = (
    "<b>&lt;span foreground='red'>&amp; AT&T </span>",
    "%{A1:reboot:}%{F#f00}",
    "#[fg=red]#(reboot)##[x]#{pid}",
    "--- | bash=/bin/reboot terminal=false :smile:",
    "\x1b[31m\nsecond\r\n---\u2028third\u202e\x07",
    "＜b＞ ％{F#f00} ＃[fg=red] ｜ bash=x",
    '"\\"}],{" $(reboot) `id` \'; exit',
    "=cmd|'/c calc'!A1",
    "x" * 10_000,
)


def hostile(name: str) -> Overview:
    """Every word that comes from outside is this."""
    shown = account(
        window(0.8, label=name, scope=name),
        week(0.41, label=name, model=name, scope=name),
        name=name,
        plan=name,
        label=name,
        money=(usage_credits(label=name),),
        money_captured_at=NOW,
    )
    return overview(shown, codex(name=name, label=name))


# ---- as the bars read it -----------------------------------------------------------------------------------


def of_waybar(text: str) -> dict[str, Any]:
    read = json.loads(text)
    assert set(read) == {"text", "alt", "tooltip", "class", "percentage"}
    assert "\n" not in read["text"]
    for name in ("text", "tooltip"):
        markup = ElementTree.fromstring(f"<markup>{read[name]}</markup>")
        assert list(markup) == []  # no element: it is all text
    assert read["class"] in {"normal", "warning", "critical", "paying", "locked", "stale", "unknown"}
    assert read["percentage"] is None or 0 <= read["percentage"] <= 100
    return dict(read)


def of_polybar(text: str) -> dict[str, Any]:
    tags = re.findall(r"%\{([^}]*)", text)
    assert "\n" not in text
    assert tags == [] or (re.fullmatch(r"F#[0-9A-F]{6}", tags[0]) and tags[1:] == ["F-"])
    return {"text": re.sub(r"%\{[^}]*\}", "", text)}


def of_i3blocks(text: str) -> dict[str, Any]:
    full, short, colour = text.split("\n")
    assert re.fullmatch(r"#[0-9A-F]{6}", colour)
    assert full
    assert short
    return {"text": full}


def of_tmux(text: str) -> dict[str, Any]:
    assert "\n" not in text
    bare = text.replace("##", "")
    orders = re.findall(r"#.[^\]]*\]?", bare)
    assert orders == [] or (re.fullmatch(r"#\[fg=#[0-9A-F]{6}\]", orders[0]) and orders[1:] == ["#[default]"])
    return {"text": re.sub(r"(?<!#)#\[[^\]]*\]", "", text).replace("##", "#")}


def of_xbar(text: str) -> dict[str, Any]:
    first, separator, *rows = text.split("\n")
    assert separator == "---"
    assert rows
    for row in (first, *rows):
        shown, parameters = row.split("|")
        assert not shown.lstrip().startswith("--")
        assert all(re.fullmatch(r"(?:color=#[0-9A-F]{6}|[a-zA-Z]+=false)", each) for each in parameters.split())
    return {"text": first.split(" | ")[0]}


READERS = {
    "waybar": of_waybar,
    "polybar": of_polybar,
    "i3blocks": of_i3blocks,
    "tmux": of_tmux,
    "xbar": of_xbar,
    "json": json.loads,
}


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("day", DAYS)
def test_every_day_is_told_in_every_language(day: str, kind: str) -> None:
    line = bars.line(DAYS[day](), left=False, zone=BERLIN)

    read = READERS[kind](bars.FORMATS[kind](line, bars.DARK))

    assert line.level == LEVELS[day]
    assert line.text.split()[0] in read["text"]


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("ascii_only", [False, True], ids=["UTF-8", "ASCII"])
@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_name_is_text_in_every_language(name: str, ascii_only: bool, kind: str) -> None:
    """Spelled out in ASCII too, where wide forms turn into the very signs that a bar obeys."""
    line = bars.line(hostile(name), left=False, zone=BERLIN)
    if ascii_only:
        line = bars.in_ascii(line)

    text = bars.FORMATS[kind](line, bars.DARK)

    READERS[kind](text)
    assert not ascii_only or text.isascii()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2028]", text)
    assert max(map(len, line.text.split("\n"))) <= bars.MOST_TEXT


def test_the_line_says_the_tightest_short_and_long_window() -> None:
    line = bars.line(overview(account(window(0.62), week(0.41), fable(0.88)), codex()), left=False)

    assert said(line.text) == "▲ Claude session 62 %, Fable 88 % used"
    assert (said(line.short), line.percentage) == ("88 %", 88)


def test_what_is_left_is_counted_everywhere() -> None:
    line = bars.line(overview(account(window(0.62), week(0.41))), left=True, zone=BERLIN)

    assert said(line.text) == "Claude session 38 %, week 59 % left"
    assert line.percentage == 38
    assert [said(row) for row in line.rows] == [
        "Claude Max 5x",
        "  Session  38 % left · resets 21:20 · in 1 h 16 m",
        "  Week  59 % left · resets Mon 09:00 · in 2 d 12 h",
    ]


def test_a_lock_says_when_it_ends() -> None:
    line = bars.line(DAYS["locked"](), left=False)

    assert said(line.text) == "⊖ Claude locked, back in 1 h 16 m"


def test_an_old_figure_says_its_age_and_warns_of_nothing() -> None:
    line = bars.line(DAYS["offline"](), left=False)

    assert said(line.text) == "Claude session 38 %, Fable 84 % used (1 h 42 m old)"
    assert (line.level, said(line.short)) == ("stale", "84 %?")


def test_where_only_one_figure_is_old_that_one_says_so() -> None:
    old = week(0.9, stale=True, captured_at=NOW - timedelta(hours=2))
    line = bars.line(overview(account(window(0.62), old)), left=False)

    assert said(line.text) == "Claude session 62 %, week 90 % (2 h old) used"
    assert line.level == "normal"


def test_an_ended_sign_in_takes_the_place_of_figures() -> None:
    line = bars.line(overview(account(window(0.62), state=State.SIGNED_OUT)), left=False)

    assert said(line.text) == "? Sign in to Claude again"
    assert line.level == "unknown"


def test_a_demo_is_marked() -> None:
    assert bars.line(replace(DAYS["ordinary"](), demo=True), left=False).text.startswith("DEMO · ")


# ---- for scripts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("used", "limits", "status"),
    [(0.74, (75, 90), 0), (0.75, (75, 90), 10), (0.90, (75, 90), 11), (1.05, (75, 90), 11), (0.42, (40, 50), 10)],
)
def test_the_exit_status_follows_the_worst_window(used: float, limits: tuple[float, float], status: int) -> None:
    found, text = verdict(overview(account(window(0.1), week(used)), codex()), *limits, left=False)

    assert found == status
    assert said(text).startswith(f"Claude week {int(used * 100 + 1e-9)} % used, resets in 2 d")


def test_a_lock_is_critical_whatever_the_limits() -> None:
    found, text = verdict(DAYS["locked"](), 100, 100, left=False)

    assert (found, said(text)) == (11, "Claude locked, back in 1 h 16 m")


def test_an_old_figure_still_counts_for_it_can_only_have_grown() -> None:
    found, text = verdict(DAYS["offline"](), 75, 90, left=False)

    assert found == 10
    assert said(text).startswith("Claude Fable 84 % used (1 h 42 m old)")


@pytest.mark.parametrize("day", ["empty", "first run"])
def test_without_a_figure_nothing_can_be_checked(day: str) -> None:
    with pytest.raises(UserError, match="no figure to check"):
        verdict(DAYS[day](), 75, 90, left=False)


# ---- as they are run ---------------------------------------------------------------------------------------


@pytest.fixture
def working(computer: Computer) -> Computer:
    """Claude's status line has reported 81 % of a session, and the status was looked at once."""
    computer.claude()
    ends = int(time.time()) + 3 * 3600
    report(computer, {"five_hour": {"used_percentage": 81, "resets_at": ends}})
    return computer


def report(computer: Computer, limits: dict[str, Any]) -> None:
    computer.run("statusline", stdin=json.dumps({"rate_limits": limits}).encode())
    computer.run("status")


@pytest.mark.parametrize("kind", READERS)
def test_each_kind_runs_from_the_store(working: Computer, kind: str) -> None:
    ran = working.run("bar", kind)

    assert (ran.status, ran.err) == (0, "")
    assert said(READERS[kind](ran.raw.decode().rstrip("\n"))["text"]) == "▲ Claude session 81 % used"


def test_an_output_that_is_not_utf_8_gets_ascii(working: Computer) -> None:
    ran = working.run("bar", "tmux", PYTHONIOENCODING="ascii")

    assert ran.raw == b"#[fg=#FFB224]^ Claude session 81 % used#[default]\n"


def test_a_light_panel_gets_darker_colours(working: Computer) -> None:
    working.run("config", "set", "icon.panel", "light")

    assert working.run("bar", "polybar").out.startswith("%{F#9A4A00}")


def test_one_provider_can_be_asked_for(working: Computer) -> None:
    assert "81 %" in working.run("bar", "json", "--provider", "claude").json["text"].replace("\u202f", " ")
    assert working.run("bar", "json", "--provider", "codex").json["level"] == "unknown"
    assert "known are" in working.run("bar", "json", "--provider", "nope").err


def test_a_store_that_cannot_be_read_is_a_question_mark_not_a_gap(computer: Computer) -> None:
    """A bar hides what fails; nobody would look for it."""
    computer.profile.mkdir(mode=0o700)
    (computer.profile / "usagetray.db").write_bytes(b"no database at all" * 100)

    ran = computer.run("bar", "waybar")

    assert (ran.status, ran.json["text"], ran.json["class"]) == (0, "usagetray ?", "unknown")
    assert "cannot be read" in ran.json["tooltip"]


def test_a_check_ends_with_10_at_the_warning_and_11_at_the_critical_limit(working: Computer) -> None:
    ran = working.run("status", "--check")

    assert (ran.status, ran.out.startswith("warning: Claude session 81 % used, resets in 2 h 59 m")) == (10, True)
    assert ran.out.count("\n") == 1
    assert working.run("status", "--check", "--critical", "80").status == 11
    assert working.run("status", "--check", "--warning", "90", "--critical", "95").status == 0


def test_a_check_without_a_figure_ends_with_1(computer: Computer) -> None:
    ran = computer.run("status", "--check")

    assert (ran.status, ran.out) == (1, "")
    assert "no figure to check" in ran.err


def test_a_limit_that_is_no_percentage_is_wrong_use(computer: Computer) -> None:
    assert computer.run("status", "--check", "--warning", "lots").status == 2


# ---- the snippets ------------------------------------------------------------------------------------------


def snippet(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def test_the_snippet_of_each_bar_runs_what_there_is(working: Computer) -> None:
    """Each is read as the bar reads it, and its command run."""
    commented = "\n".join(line for line in snippet("waybar.jsonc").splitlines() if not line.startswith("//"))
    waybar = json.loads(commented)["custom/usagetray"]
    polybar = configparser.ConfigParser(interpolation=None)
    polybar.read_string(snippet("polybar.ini"))
    i3blocks = configparser.ConfigParser(interpolation=None)
    i3blocks.read_string(snippet("i3blocks.conf"))
    in_tmux = re.findall(r"#\(([^)]*)\)", snippet("tmux.conf"))

    commands = {
        "waybar": waybar["exec"],
        "polybar": polybar["module/usagetray"]["exec"],
        "i3blocks": i3blocks["usagetray"]["command"],
        "tmux": in_tmux[0],
        "xbar": snippet("xbar.30s.sh").strip().splitlines()[-1].removeprefix("exec "),
    }

    for kind, command in commands.items():
        program, *words = shlex.split(command)
        assert program == "usagetray"
        READERS[kind](working.run(*words).raw.decode().rstrip("\n"))
    assert waybar["return-type"] == "json"
    assert (FOLDER / "xbar.30s.sh").stat().st_mode & 0o111
