"""`usagetray index`: the ledger brought up to date, made anew, checked."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Computer
from tests.logs.lines import answer, text


@pytest.fixture
def logs(computer: Computer) -> Path:
    """Claude Code was used: two sessions of 30 responses each, of 10 output tokens."""
    folder = computer.claude() / "projects" / "-work"
    folder.mkdir()
    for session in ("s1", "s2"):
        told = [
            answer(f"m_{session}_{n}", 10, request=f"r_{session}_{n}", at=n * 30, session=session) for n in range(30)
        ]
        (folder / f"{session}.jsonl").write_bytes(text(*told))
    return folder


def output(computer: Computer) -> int:
    found: int = computer.run("report", "daily", "--json", "--no-scan").json["totals"]["outputTokens"]
    return found


def spoil(computer: Computer, statement: str) -> None:
    (store,) = computer.profile.rglob("usagetray.db")
    with sqlite3.connect(store) as connection:
        connection.execute(statement)
    connection.close()


def test_it_reads_the_logs_and_says_how_much_it_read(computer: Computer, logs: Path) -> None:
    said = computer.run("index")

    assert (said.status, said.err) == (0, "")
    assert said.out == "2 logs read, 0 MB.\n"
    assert output(computer) == 600


def test_one_of_a_kind_is_no_plural(computer: Computer, logs: Path) -> None:
    (logs / "s2.jsonl").write_bytes(b'{"usage": cut\n' + text(answer("big", 5_000_000, request="rx", session="s3")))
    (logs / "s1.jsonl").unlink()

    assert computer.run("index").out.splitlines() == [
        "1 log read, 0 MB.",
        "1 line skipped: not JSON.",
        "1 response set aside and not counted: larger than any context window.",
    ]


def test_for_scripts_it_says_the_same_as_json(computer: Computer, logs: Path) -> None:
    (logs / "s3.jsonl").write_bytes(b'{"usage": cut\n' + text(answer("big", 5_000_000, request="rx", session="s3")))

    told = computer.run("index", "--json").json

    size = sum(path.stat().st_size for path in logs.iterdir())
    assert told.pop("finished_at").startswith("20")
    assert told == {
        "files": 3,
        "files_gone": 0,
        "bytes_seen": size,
        "bytes_read": size,
        "lines_skipped": {"not JSON": 1},
        "set_aside": {"larger than any context window": 1},
    }


def test_without_any_log_it_says_so(computer: Computer) -> None:
    assert computer.run("index").out == "No logs to count were found here.\n"


def test_a_second_run_adds_what_is_new_and_nothing_twice(computer: Computer, logs: Path) -> None:
    computer.run("index")
    with (logs / "s1.jsonl").open("ab") as file:
        file.write(text(answer("m_new", 7, request="r_new", at=9999)))

    computer.run("index")
    computer.run("index")

    assert output(computer) == 607


def test_rebuilding_keeps_what_deleted_logs_told(computer: Computer, logs: Path) -> None:
    computer.run("index")
    (logs / "s1.jsonl").unlink()

    said = computer.run("index", "--rebuild")

    assert said.status == 0
    assert output(computer) == 600


def test_deleted_logs_are_told_as_such(computer: Computer, logs: Path) -> None:
    computer.run("index")
    shutil.rmtree(logs)
    logs.mkdir()

    assert computer.run("index").out == "2 logs read (2 of them deleted since; what they told is kept), 0 MB.\n"


def test_checking_agrees_with_a_sound_ledger(computer: Computer, logs: Path) -> None:
    computer.run("index")
    (logs / "s1.jsonl").unlink()

    said = computer.run("index", "--verify")

    assert said.status == 0
    assert said.out == "The ledger agrees with the logs: 30 responses, and 30 more whose logs are gone.\n"


@pytest.mark.parametrize(
    ("statement", "sentence", "told"),
    [
        ("DELETE FROM record WHERE key = 'm_s1_3'", "1 of 60 responses is missing", {"missing": 1}),
        ("UPDATE record SET output = 9 WHERE key = 'm_s1_3'", "1 has other counts", {"differing": 1}),
        ("UPDATE usage SET output = output + 1", "the sums are not those of the rows", {"sums_agree": False}),
    ],
    ids=["missing", "differing", "sums"],
)
def test_checking_finds_what_is_wrong_changes_nothing_and_rebuilding_mends_it(
    computer: Computer, logs: Path, statement: str, sentence: str, told: dict[str, object]
) -> None:
    computer.run("index")
    spoil(computer, statement)

    said = computer.run("index", "--verify")
    again = computer.run("index", "--verify", "--json")

    assert (said.status, again.status) == (1, 1)
    assert sentence in said.out
    assert "Run `usagetray index" in said.out
    assert {name: again.json[name] for name in told} == told
    assert again.json["ok"] is False
    if "differing" not in told:  # a larger count stands above a smaller one, not below
        computer.run("index", "--rebuild")
        assert computer.run("index", "--verify").status == 0
        assert output(computer) == 600


@pytest.mark.parametrize("words", [("--verify",), ("--verify", "--json")])
def test_there_is_nothing_to_check_before_the_first_scan(
    computer: Computer, logs: Path, words: tuple[str, ...]
) -> None:
    said = computer.run("index", *words)

    assert (said.status, said.out) == (1, "")
    assert "run `usagetray index` first" in said.err


def test_what_logs_say_is_not_in_the_ledger(computer: Computer, logs: Path) -> None:
    """Counts, names and times are kept, and no word of a conversation."""
    secret = "the-words-of-a-conversation"
    line = answer("m_x", 5, request="r_x")
    line["message"]["content"] = [{"type": "text", "text": secret}]
    prompt = {"type": "user", "message": {"role": "user", "content": secret}}
    (logs / "s9.jsonl").write_bytes(text(prompt, line))

    computer.run("index")

    kept = b"".join(path.read_bytes() for path in computer.profile.rglob("*") if path.is_file())
    assert json.dumps(secret).strip('"').encode() not in kept
    assert b"m_x" in kept
