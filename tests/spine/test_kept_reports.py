"""A report that a script asks for again is the same text, and made anew where anything may have changed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.logs.lines import answer, text
from tests.support import ManualClock
from usagetray.profile import Profile, open_profile
from usagetray.spine.kept_reports import FILE, KeptReport
from usagetray.views.cli import main

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there everything is looked at each time")

ASKED = ("report", "daily", "--json")


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USAGETRAY_HOME", str(tmp_path / "own"))
    made = open_profile(dict(os.environ))
    log(made).parent.mkdir(parents=True)
    log(made).write_bytes(text(answer("msg_1", 10)))
    return made


def log(profile: Profile) -> Path:
    return Path(profile.environ["HOME"]) / ".claude" / "projects" / "-work" / "s1.jsonl"


def told(capsys: pytest.CaptureFixture[str], *asked: str) -> str:
    assert main(asked or ASKED) == 0
    return capsys.readouterr().out


def kept_text(profile: Profile) -> str:
    return str(json.loads((profile.paths.state_dir / FILE).read_text())["text"])


def mark(profile: Profile) -> None:
    """So that a text that was kept can be told from one that is made."""
    path = profile.paths.state_dir / FILE
    kept = json.loads(path.read_text())
    path.write_text(json.dumps({**kept, "text": "kept"}))


def test_the_same_question_gets_the_same_text(profile: Profile, capsys: pytest.CaptureFixture[str]) -> None:
    first = told(capsys)

    assert kept_text(profile) == first.rstrip("\n")
    assert (profile.paths.state_dir / FILE).stat().st_mode & 0o777 == 0o600
    mark(profile)
    assert told(capsys) == "kept\n"


def grows(profile: Profile) -> None:
    with log(profile).open("ab") as file:
        file.write(text(answer("msg_2", 1, request="req_2")))


def is_gone(profile: Profile) -> None:
    log(profile).unlink()


def settings(profile: Profile) -> None:
    profile.paths.config_file.parent.mkdir(parents=True, exist_ok=True)
    profile.paths.config_file.write_text("show_left = true\n")


def store_is_gone(profile: Profile) -> None:
    profile.paths.store_file.unlink()


def is_damaged(profile: Profile) -> None:
    (profile.paths.state_dir / FILE).write_text('{"key": 5')


@pytest.mark.parametrize(
    "change", [grows, is_gone, settings, store_is_gone, is_damaged], ids=lambda each: each.__name__
)
def test_what_may_change_a_report_has_it_made_anew(
    profile: Profile, capsys: pytest.CaptureFixture[str], change: Callable[[Profile], None]
) -> None:
    told(capsys)
    mark(profile)
    change(profile)

    assert "totals" in json.loads(told(capsys))


@pytest.mark.parametrize(
    "other", [("report", "monthly", "--json"), (*ASKED, "--since", "2026-01-01"), (*ASKED, "--timezone", "Asia/Tokyo")]
)
def test_another_question_gets_another_answer(
    profile: Profile, capsys: pytest.CaptureFixture[str], other: tuple[str, ...]
) -> None:
    told(capsys)
    mark(profile)

    assert "totals" in json.loads(told(capsys, *other))


def test_another_zone_another_day_and_a_new_count_are_other_keys(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    main(ASKED)

    def kept(profile: Profile, *, scans: bool = False) -> str | None:
        asked = json.loads((profile.paths.state_dir / FILE).read_text())["key"][1]
        return KeptReport(profile, asked, scans=scans).text()

    assert kept(profile, scans=True) is not None
    tomorrow = ManualClock(datetime.now(UTC) + timedelta(days=1))
    assert kept(Profile(paths=profile.paths, environ=profile.environ, clock=tomorrow)) is None
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert kept(profile) is None
    monkeypatch.delenv("TZ")
    grows(profile)
    assert kept(profile) is not None  # of what is stored
    main(("index",))
    assert kept(profile) is None


def test_a_report_of_this_moment_is_never_kept(profile: Profile, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "report", "blocks", "--json")
    told(capsys, "report", "weekly", "--json")
    told(capsys, "report", "daily", "--csv")

    assert not (profile.paths.state_dir / FILE).exists()
