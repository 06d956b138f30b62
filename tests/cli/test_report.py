"""`usagetray report`, from logs on the disk to what is printed."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Computer, Said
from tests.logs.lines import answer, text
from usagetray.edges.store import open_writer
from usagetray.edges.store.migrations import STEPS
from usagetray.model import Account, Snapshot, UsageWindow
from usagetray.providers.claude.limits import session_window

LOGS = Path(__file__).parent / "report"
EXPECTED = json.loads((LOGS / "expected.json").read_text())
"""Added up when the logs were made up, before a line of them was written."""
UTC_ZONE = ("--timezone", "UTC")


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Computer:
    """A computer on which three sessions were held, and their logs were read once."""
    computer = Computer(tmp_path_factory.mktemp("busy"))
    shutil.copytree(LOGS / "claude", computer.home / ".claude")
    shutil.copytree(LOGS / "codex", computer.home / ".codex")
    assert computer.run("report").status == 0
    return computer


@pytest.fixture
def report(busy: Computer) -> Callable[..., Said]:
    def run(*words: str, **env: str) -> Said:
        said = busy.run("report", *words, "--no-scan", **env)
        assert said.err == ""
        assert said.status == 0
        return said

    return run


def counts(row: dict[str, Any]) -> dict[str, int]:
    return {name: row[f"{name}Tokens"] for name in ("input", "output", "cacheCreation", "cacheRead")}


def claude(expected: dict[str, int]) -> dict[str, int]:
    return {
        "input": expected["input_tokens"],
        "output": expected["output_tokens"],
        "cacheCreation": expected["cache_creation_input_tokens"],
        "cacheRead": expected["cache_read_input_tokens"],
    }


def codex(expected: dict[str, int]) -> dict[str, int]:
    """There the input holds what was read from the cache."""
    return {
        "input": expected["input_tokens"] - expected["cached_input_tokens"],
        "output": expected["output_tokens"],
        "cacheCreation": 0,
        "cacheRead": expected["cached_input_tokens"],
    }


def both(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {name: one[name] + other[name] for name in one}


ALL = both(claude(EXPECTED["claude"]["totals"]), codex(EXPECTED["codex"]["totals"]))


# ---- totals ------------------------------------------------------------------------------------------------


def test_days_and_their_totals_are_those_of_the_logs(report: Callable[..., Said]) -> None:
    found = report("daily", "--json", *UTC_ZONE).json

    days = {day: claude(each) for day, each in EXPECTED["claude"]["by_day"].items()}
    days |= {day: codex(each) for day, each in EXPECTED["codex"]["by_day"].items()}
    assert {row["date"]: counts(row) for row in found["daily"]} == days
    assert [row["date"] for row in found["daily"]] == sorted(days)
    assert counts(found["totals"]) == ALL


@pytest.mark.parametrize(
    ("what", "name"),
    [
        *(("weekly", "weekly"), ("monthly", "monthly"), ("session", "sessions"), ("project", "project")),
        ("model", "model"),
    ],
)
def test_every_report_comes_to_the_same_totals(report: Callable[..., Said], what: str, name: str) -> None:
    found = report(what, "--json", *UTC_ZONE).json

    rows = [counts(row) for row in found[name]]
    assert {each: sum(row[each] for row in rows) for each in ALL} == ALL
    assert counts(found["totals"]) == ALL
    assert found["totals"]["totalCost"] == pytest.approx(sum(row["totalCost"] for row in found[name]))


def test_blocks_come_to_the_same_totals(report: Callable[..., Said]) -> None:
    """Also called `blocks`, as other programs call them."""
    found = report("blocks", "--json").json["blocks"]

    names = {"input": "input", "output": "output", "cacheCreation": "cacheCreationInput", "cacheRead": "cacheReadInput"}
    for name, here in names.items():
        assert sum(block["tokenCounts"][f"{here}Tokens"] for block in found) == ALL[name]
    responses = EXPECTED["claude"]["totals"]["messages"] + EXPECTED["codex"]["totals"]["responses"]
    assert sum(block["entries"] for block in found) == responses
    assert {block["boundedBy"] for block in found if not block["isGap"]} == {"log"}


def test_models_and_projects_and_sessions_are_those_of_the_logs(report: Callable[..., Said]) -> None:
    for what, name, key in (("model", "model", "by_model"), ("project", "project", "by_project")):
        rows = {row[name]: counts(row) for row in report(what, "--json").json[name]}
        expected = {each: claude(found) for each, found in EXPECTED["claude"][key].items()}
        assert rows == expected | {each: codex(found) for each, found in EXPECTED["codex"][key].items()}
    sessions = {row["sessionId"]: counts(row) for row in report("session", "--json").json["sessions"]}
    expected = {each: claude(found) for each, found in EXPECTED["claude"]["by_session"].items()}
    assert sessions == expected | {each: codex(found) for each, found in EXPECTED["codex"]["by_session"].items()}


def test_the_cost_is_the_price_of_what_was_used(report: Callable[..., Said]) -> None:
    """Sonnet 4.5 on 11 November: 3,155 x 3 + 10,692 x 3.75 + 155,265 x 0.30 + 10,993 x 15 = 261,034.5 millionths."""
    (row,) = report("daily", "--json", *UTC_ZONE, "--since", "2026-11-11").json["daily"]

    assert row["totalCost"] == 0.2610345


# ---- which part --------------------------------------------------------------------------------------------


def test_since_and_until_are_both_included(report: Callable[..., Said]) -> None:
    found = report("daily", "--json", *UTC_ZONE, "--since", "20261106", "--until", "2026-11-08").json

    assert [row["date"] for row in found["daily"]] == ["2026-11-06", "2026-11-08"]


def test_one_provider_by_itself(report: Callable[..., Said]) -> None:
    found = report("daily", "--json", *UTC_ZONE, "--provider", "Codex").json

    assert counts(found["totals"]) == codex(EXPECTED["codex"]["totals"])


def test_days_are_those_of_the_zone(report: Callable[..., Said]) -> None:
    """Used on 11 November from 02:30 UTC on: in Honolulu that was the 10th."""
    found = report("daily", "--json", "--timezone", "Pacific/Honolulu").json

    assert [row["date"] for row in found["daily"]] == ["2026-11-06", "2026-11-07", "2026-11-10"]
    assert counts(found["totals"]) == ALL


def test_a_week_may_start_on_sunday(report: Callable[..., Said]) -> None:
    """8 November 2026 is one."""
    weeks = {
        day: [row["week"] for row in report("weekly", "--json", *UTC_ZONE, "--week-starts", day).json["weekly"]]
        for day in ("monday", "sunday")
    }

    assert weeks == {"monday": ["2026-11-02", "2026-11-09"], "sunday": ["2026-11-01", "2026-11-08"]}


def test_each_project_s_folder_by_itself(report: Callable[..., Said]) -> None:
    found = report("daily", "--json", "--instances", "--provider", "claude", *UTC_ZONE).json

    assert list(found["projects"]) == ["-home-dev-work-borealis"]
    assert [row["date"] for row in found["projects"]["-home-dev-work-borealis"]] == ["2026-11-06", "2026-11-11"]


# ---- forms -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["daily", "weekly", "monthly", "session", "project", "model", "block"])
def test_a_table_fits_a_terminal_of_80_columns(report: Callable[..., Said], what: str) -> None:
    lines = report(what, COLUMNS="80").out.splitlines()

    assert max(map(len, lines)) <= 80
    assert any("at list prices" in line for line in lines)
    assert any(line.startswith("Total ") for line in lines)


def test_the_week_in_detail_stands_under_the_weeks(report: Callable[..., Said]) -> None:
    said = report("weekly", *UTC_ZONE).out

    assert "Week of Mon 2026-11-09" in said
    assert said.index("Use by week") < said.index("Week of Mon") < said.index("Project ")


def test_the_week_in_detail_has_begun(computer: Computer) -> None:
    """A response that a clock ahead of the time wrote stands in its week, and that week is not told as the latest."""
    folder = computer.claude() / "projects" / "-work"
    folder.mkdir()
    log = text(answer("m_1", 10, request="r_1"), answer("m_2", 10, request="r_2", at=9 * 365 * 86400))
    (folder / "s1.jsonl").write_bytes(log)

    found = computer.run("report", "weekly", "--json", *UTC_ZONE).json

    assert found["latestWeek"]["startsAt"].startswith(found["weekly"][0]["week"])
    assert len(found["weekly"]) == 2


def test_the_week_in_detail_for_scripts(report: Callable[..., Said]) -> None:
    latest = report("weekly", "--json", *UTC_ZONE).json["latestWeek"]

    assert latest["startsAt"] == "2026-11-09T00:00:00.000Z"
    assert latest["totalCost"] == 0.2610345
    assert latest["projects"][0]["project"] == "/home/dev/work/borealis"


def test_csv_has_a_line_for_each_model_of_each_day(report: Callable[..., Said]) -> None:
    rows = list(csv.DictReader(io.StringIO(report("daily", "--csv", *UTC_ZONE).out)))

    assert [(row["date"], row["model"]) for row in rows] == [
        ("2026-11-06", "claude-sonnet-4-5-20250929"),
        ("2026-11-06", "claude-opus-4-5-20251101"),
        ("2026-11-08", "gpt-5-codex"),
        ("2026-11-11", "claude-sonnet-4-5-20250929"),
    ]
    assert sum(int(row["output_tokens"]) for row in rows) == ALL["output"]


def test_a_terminal_without_unicode_gets_ascii_and_json_stays_json(busy: Computer) -> None:
    table = busy.run("report", "weekly", "--no-scan", PYTHONIOENCODING="ascii", LANG="C")
    found = busy.run("report", "weekly", "--json", "--no-scan", PYTHONIOENCODING="ascii", LANG="C")

    assert table.raw.isascii()
    assert b"Use by week - at list prices" in table.raw
    assert counts(found.json["totals"]) == ALL


# ---- the ledger ---------------------------------------------------------------------------------------------


def test_a_report_reads_first_what_is_new_unless_told_not_to(busy: Computer, computer: Computer) -> None:
    shutil.copytree(LOGS / "claude", computer.home / ".claude")

    before = computer.run("report", "--json", "--no-scan").json
    after = computer.run("report", "--json").json

    assert before["daily"] == []
    assert counts(after["totals"]) == claude(EXPECTED["claude"]["totals"])


def test_blocks_end_at_the_reset_that_the_server_stated(computer: Computer) -> None:
    """By the log the session of 11 November lies in 02:00 to 07:00; the server said 06:40."""
    shutil.copytree(LOGS / "claude", computer.home / ".claude")
    computer.run("index")
    reset = datetime(2026, 11, 11, 6, 40, tzinfo=UTC)
    state_reset(computer, session_window(0.2, reset), at=datetime(2026, 11, 11, 3, 0, tzinfo=UTC))

    found = computer.run("report", "block", "--json", "--since", "2026-11-11", *UTC_ZONE).json["blocks"]

    assert [(each["startTime"], each["endTime"], each["boundedBy"], each["account"]) for each in found] == [
        ("2026-11-11T01:40:00.000Z", "2026-11-11T06:40:00.000Z", "server", "acc-1")
    ]


def test_a_window_that_had_not_begun_ends_no_block(computer: Computer) -> None:
    """Of a window without use the server says a reset that moves with the clock."""
    shutil.copytree(LOGS / "claude", computer.home / ".claude")
    computer.run("index")
    at = datetime(2026, 11, 11, 3, 0, tzinfo=UTC)
    state_reset(computer, session_window(0.0, at.replace(hour=8)), at=at)

    found = computer.run("report", "block", "--json", "--since", "2026-11-11", *UTC_ZONE).json["blocks"]

    assert {each["boundedBy"] for each in found} == {"log"}


def state_reset(computer: Computer, window: UsageWindow, *, at: datetime) -> None:
    store = open_writer(computer.profile / "usagetray.db")
    said = Snapshot(
        provider_id="claude", strategy_id="s", account=Account(id="acc-1"), captured_at=at, windows=(window,)
    )
    store.save_snapshot(said, str(computer.home / ".claude"), at)
    store.close()


def test_a_model_without_a_price_is_never_free(computer: Computer) -> None:
    folder = computer.home / ".claude" / "projects" / "-work"
    folder.mkdir(parents=True)
    log = LOGS / "claude" / "projects" / "-home-dev-work-borealis" / "68aefe0a-9ff2-4081-a35a-04375d656f03.jsonl"
    (folder / log.name).write_text(log.read_text().replace("claude-sonnet-4-5-20250929", "nobody-knows-1"))

    table, found = computer.run("report"), computer.run("report", "--json").json

    assert "unpriced" in table.out
    assert "$0" not in table.out
    assert found["totals"]["unpricedModels"] == ["nobody-knows-1"]
    assert found["totals"]["unpricedTokens"] == found["totals"]["totalTokens"] > 0


def test_a_history_of_an_older_version_is_brought_up_to_date_or_said(computer: Computer) -> None:
    computer.profile.mkdir()
    with closing(sqlite3.connect(computer.profile / "usagetray.db")) as connection:
        connection.executescript(f"{STEPS[0]} PRAGMA user_version = 1;")

    untouched, scanned = computer.run("report", "--no-scan"), computer.run("report")

    assert (untouched.status, untouched.out) == (1, "")
    assert "type `usagetray index` once" in untouched.err
    assert scanned.status == 0


# ---- nothing, and what is typed wrong ----------------------------------------------------------------------


@pytest.mark.parametrize("what", ["daily", "weekly", "session", "block", "app"])
def test_a_new_computer_is_told_what_to_do(computer: Computer, what: str) -> None:
    said = computer.run("report", what)

    assert said.status == 0
    assert "yet" in said.out
    assert "`usagetray " in said.out


def test_nothing_in_a_span_is_said_and_is_an_empty_list_for_scripts(report: Callable[..., Said]) -> None:
    said = report("daily", "--since", "2027-01-01")
    found = report("daily", "--since", "2027-01-01", "--json").json

    assert said.out == "Nothing was counted from 2027-01-01 on: without that it reports all there is.\n"
    assert (found["daily"], found["totals"]["totalTokens"], found["totals"]["totalCost"]) == ([], 0, 0)


WRONG = {
    "a day that is none": (("daily", "--since", "2026-02-30"), 2, "a day such as 2026-11-20, not '2026-02-30'"),
    "a report there is not": (("hourly",), 2, "invalid choice: 'hourly'"),
    "two forms at once": (("--json", "--csv"), 2, "not allowed with"),
    "the last day before the first": (
        ("--since", "2026-11-02", "--until", "2026-11-01"),
        1,
        "--since 2026-11-02 lies after --until 2026-11-01",
    ),
    "a zone there is not": (("--timezone", "Europe/Berln"), 1, "did you mean Europe/Berlin?"),
    "a zone that is a way out": (("--timezone", "../../etc/passwd"), 1, "There is no time zone called"),
    "a provider there is not": (("--provider", "cluade"), 1, "did you mean claude?"),
    "folders of a report without time": (("model", "--instances"), 1, "daily, weekly and monthly only"),
}


@pytest.mark.parametrize(("words", "status", "sentence"), WRONG.values(), ids=WRONG)
def test_what_is_typed_wrong_gets_one_sentence(
    busy: Computer, words: tuple[str, ...], status: int, sentence: str
) -> None:
    said = busy.run("report", *words, "--no-scan")

    assert (said.status, said.out) == (status, "")
    assert sentence in said.err
    assert said.err.startswith("usagetray: ")
    assert said.err.count("\n") == 1


# ---- who used the limit ------------------------------------------------------------------------------------


def test_without_a_reading_of_a_limit_why_says_what_it_takes(report: Callable[..., Said]) -> None:
    """Logs alone tell of no limit."""
    assert "No window to explain" in report("block", "--why").out
    assert report("block", "--why", "--json").json == {"windows": []}


@pytest.mark.parametrize(
    "words", [("daily", "--why"), ("block", "--why", "--csv"), ("block", "--why", "--since", "2026-11-01")]
)
def test_why_goes_with_the_blocks_that_run_now(busy: Computer, words: tuple[str, ...]) -> None:
    said = busy.run("report", *words)

    assert said.status != 0
    assert len(said.err.strip().splitlines()) <= 3
