"""A report asked for again looks at names and times only, and at everything where anything might be new."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.logs.lines import answer, text
from usagetray.edges.store import open_reader, open_writer
from usagetray.profile import Profile, open_profile
from usagetray.providers import with_logs
from usagetray.spine.indexing_once import bring_up_to_date
from usagetray.spine.unchanged import SEEN, is_unchanged

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there everything is looked at each time")


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    """All logs were read a moment ago; one file among them holds nothing to count."""
    made = open_profile({"HOME": str(tmp_path / "home"), "USAGETRAY_HOME": str(tmp_path / "own")})
    folder = logs(made)
    (folder / "s1" / "subagents" / "w").mkdir(parents=True)
    (folder / "s1.jsonl").write_bytes(text(answer("msg_1", 10)))
    (folder / "s1" / "subagents" / "w" / "journal.jsonl").write_bytes(b"{}\n")
    bring_up_to_date(made, with_logs())
    return made


def logs(profile: Profile) -> Path:
    return Path(profile.environ["HOME"]) / ".claude" / "projects" / "-work"


def unchanged(profile: Profile, **environ: str) -> bool:
    store = open_reader(profile.paths.store_file)
    assert store is not None
    again = open_profile({**profile.environ, **environ})
    try:
        return is_unchanged(store, again)
    finally:
        store.close()


def test_where_nothing_changed_it_is_known(profile: Profile) -> None:
    assert unchanged(profile)
    bring_up_to_date(profile, with_logs())
    assert unchanged(profile, SOMETHING="else")


def grows(profile: Profile) -> None:
    with (logs(profile) / "s1.jsonl").open("ab") as file:
        file.write(text(answer("msg_2", 1)))


def is_touched(profile: Profile) -> None:
    os.utime(logs(profile) / "s1.jsonl", ns=(1, 1))


def is_replaced(profile: Profile) -> None:
    log, other = logs(profile) / "s1.jsonl", logs(profile) / "other"
    other.write_bytes(log.read_bytes())
    os.utime(other, ns=(log.stat().st_mtime_ns,) * 2)
    other.rename(log)


def is_moved(profile: Profile) -> None:
    (logs(profile) / "s1.jsonl").rename(logs(profile) / "s2.jsonl")


def is_gone(profile: Profile) -> None:
    (logs(profile) / "s1.jsonl").unlink()


def other_tool(profile: Profile) -> None:
    folder = Path(profile.environ["HOME"]) / ".codex" / "sessions" / "2026"
    folder.mkdir(parents=True)
    (folder / "rollout-x.jsonl").write_bytes(b"{}\n")


def other_place(profile: Profile) -> None:
    (Path(profile.environ["HOME"]) / ".config" / "claude").mkdir(parents=True)


def recorded_call(profile: Profile) -> None:
    profile.paths.calls_dir.mkdir(parents=True, exist_ok=True)
    (profile.paths.calls_dir / "2026-11-20-x.jsonl").write_bytes(b"{}\n")


def settings(profile: Profile) -> None:
    profile.paths.config_file.parent.mkdir(parents=True, exist_ok=True)
    profile.paths.config_file.write_text("[providers.claude]\nlogs = ['b=/mnt/b']\n")


@pytest.mark.parametrize(
    "change",
    [grows, is_touched, is_replaced, is_moved, is_gone, other_tool, other_place, recorded_call, settings],
    ids=lambda each: each.__name__,
)
def test_whatever_may_bring_new_counts_is_noticed(profile: Profile, change: Callable[[Profile], None]) -> None:
    change(profile)

    assert not unchanged(profile)
    bring_up_to_date(profile, with_logs())
    assert unchanged(profile)


@pytest.mark.parametrize("name", ["CLAUDE_CONFIG_DIR", "CODEX_HOME", "HOME"])
def test_a_variable_that_names_other_logs_is_noticed(profile: Profile, name: str) -> None:
    assert not unchanged(profile, **{name: "/elsewhere"})


@pytest.mark.parametrize("kept", ["", "{", "[]", "5", "{}", '{"inputs": 1}', '{"inputs": [], "trees": 5}'])
def test_what_a_damaged_disk_made_of_it_is_no_certainty(profile: Profile, kept: str) -> None:
    store = open_writer(profile.paths.store_file)
    store.set_meta(SEEN, kept)
    store.close()

    assert not unchanged(profile)


def test_a_report_without_news_loads_no_provider_and_one_with_news_tells_them(profile: Profile) -> None:
    code = (
        "import sys\nfrom usagetray.views.cli import main\nmain(['report', '--json'])\n"
        "print('usagetray.spine.indexing' in sys.modules)"
    )
    environ = {**profile.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    def told() -> tuple[int, str]:
        done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
        *report, is_indexing = done.stdout.splitlines()
        return json.loads("\n".join(report))["totals"]["outputTokens"], is_indexing

    before = told()
    grows(profile)

    assert before == (10, "False")
    assert told() == (11, "True")
