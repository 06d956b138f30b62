"""`usagetray export`: what is stored, whole, in a fixed order and in the shape the README names."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Computer
from usagetray import recording
from usagetray.domain.alerts import AlertKind
from usagetray.edges.store import AlertRow, Store, open_writer
from usagetray.model import Account, Money, MoneyKind, MoneyLine, Snapshot, SpendDay, UsageWindow
from usagetray.views.export import COLUMNS

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
HOSTILE = '=HYPERLINK("http://evil.example")\x1b[31m\u202e<b>' + "x" * 10_000
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def call(computer: Computer, at: str, *, app: str = "mail", model: str = "claude-sonnet-4-5", **counts: Any) -> None:
    event = recording.event_of(
        model=model, counts={"input": 0, "output": 0, **counts}, app=app, task="sort", at=at, tier="", speed="", geo="",
        can_wait=False, id_="",
    )  # fmt: skip
    assert event is not None
    recording.write(event, computer.profile / "state" / "calls")


def store_of(computer: Computer) -> Store:
    return open_writer(computer.profile / "usagetray.db")


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Computer:
    """In Kathmandu the day begins at 18:15 UTC: the last two of four calls are of the 21st."""
    computer = Computer(tmp_path_factory.mktemp("busy"))
    call(computer, "2026-11-20T09:00Z", input=1_000_000 // 10, output=1000)
    call(computer, "2026-11-20T18:14Z", input=300_000, output=1000)  # a long prompt, dearer by the token
    call(computer, "2026-11-20T18:15Z", input=10)
    call(computer, "2026-11-21T00:10Z", input=20)
    call(computer, "2026-11-20T09:00Z", app=HOSTILE, model="house", input=7)
    store = store_of(computer)
    window = UsageWindow(
        key="five_hour", label=HOSTILE, utilization=0.29, resets_at=AT + timedelta(hours=2), length=timedelta(hours=5)
    )
    money = MoneyLine(
        kind=MoneyKind.CREDITS, label="Credits", balance=Money(amount=Decimal("12.50"), currency="USD"), period="month"
    )
    bill = [
        SpendDay(day=date(2026, 11, day), amount=Money(amount=Decimal(amount), currency="USD"), key="k1", model=HOSTILE)
        for day, amount in ((18, "0.000000000000000001"), (19, "1234.5"), (20, "0"))
    ]
    for minutes in (0, 10):
        store.save_snapshot(
            Snapshot(
                provider_id="p",
                strategy_id="s",
                account=Account(id="acc", plan="Max 5x"),
                captured_at=AT + timedelta(minutes=minutes),
                windows=(window,),
                money=(money,),
                spend=tuple(bill),
                names=(("k1", "Team key"),),
            ),
            "/h",
            AT,
        )
    store.save_told(
        {},
        [
            AlertRow(
                due_at=AT,
                kind=AlertKind.THRESHOLD,
                provider="p",
                account="acc",
                window="five_hour",
                threshold=0.9,
                title="90 % used",
                body="long " * 40,
                urgency="normal",
            )
        ],
    )
    store.close()
    return computer


@cache
def exported(computer: Computer, *words: str) -> str:
    """Kept: one test says that it is the same each time."""
    said = computer.run("export", *words)
    assert said.status == 0, said
    return said.raw.decode()


def rows(computer: Computer, *words: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported(computer, *words))))


# ---- usage -------------------------------------------------------------------------------------------------


def test_a_day_of_usage_is_this_computer_s_and_each_prompt_has_its_own_price(busy: Computer) -> None:
    """100,000 x 3 + 1,000 x 15 at the usual price, 300,000 x 6 + 1,000 x 22.5 at that of long ones, in millionths."""
    found = [row for row in rows(busy, "usage") if row["app"] == "mail"]

    told = [(row["day"], row["requests"], row["input_tokens"], row["list_price_usd"]) for row in found]
    assert told == [
        ("2026-11-20", "2", "400000", "2.1375"),
        ("2026-11-21", "2", "30", "0.00009"),
    ]
    assert found[0]["total_tokens"] == "402000"
    assert {(row["provider"], row["task"], row["model"]) for row in found} == {
        ("programs", "sort", "claude-sonnet-4-5")
    }


def test_quarters_of_an_hour_come_to_the_same(busy: Computer) -> None:
    found = [row for row in rows(busy, "usage", "--by", "quarter") if row["app"] == "mail"]

    assert [row["starts_at"] for row in found] == [
        "2026-11-20T09:00:00Z",
        "2026-11-20T18:00:00Z",
        "2026-11-20T18:15:00Z",
        "2026-11-21T00:00:00Z",
    ]
    assert sum(Decimal(row["list_price_usd"]) for row in found) == Decimal("2.13759")


def test_days_that_are_named_are_both_included(busy: Computer) -> None:
    assert {row["day"] for row in rows(busy, "usage", "--since", "2026-11-21")} == {"2026-11-21"}
    assert {row["day"] for row in rows(busy, "usage", "--until", "2026-11-20")} == {"2026-11-20"}
    assert rows(busy, "usage", "--since", "2026-11-22", "--until", "9999-12-31") == []
    assert len(rows(busy, "usage", "--since", "0001-01-01")) == 3


def test_what_has_no_price_has_an_empty_cell(busy: Computer) -> None:
    (row,) = [row for row in rows(busy, "usage") if row["model"] == "house"]

    assert (row["list_price_usd"], row["unpriced_tokens"]) == ("", "7")


# ---- readings, alerts, spend -------------------------------------------------------------------------------


def test_each_window_and_each_sum_of_a_reading_is_a_row(busy: Computer) -> None:
    window, money, *_ = found = rows(busy, "readings")

    assert len(found) == 4
    assert (window["captured_at"], window["plan"], window["used_percent"]) == ("2026-11-20T09:00:00Z", "Max 5x", "29")
    assert (window["resets_at"], window["length_s"], window["kind"]) == ("2026-11-20T11:00:00Z", "18000", "window")
    assert (money["kind"], money["key"], money["balance"], money["currency"]) == ("money", "credits", "12.5", "USD")
    assert rows(busy, "readings", "--until", "2026-11-19") == []


def test_an_alert_is_told_in_full(busy: Computer) -> None:
    (row,) = rows(busy, "alerts")

    assert (row["due_at"], row["sent_at"], row["threshold_percent"]) == ("2026-11-20T09:00:00Z", "", "90")
    assert row["body"] == ("long " * 40).strip()


def test_a_bill_keeps_every_digit_and_the_names_of_its_keys(busy: Computer) -> None:
    found = rows(busy, "spend", "--since", "2026-11-18", "--until", "2026-11-20")

    assert [row["amount"] for row in found] == ["0.000000000000000001", "1234.5", "0"]
    assert {row["key_name"] for row in found} == {"Team key"}
    assert len(rows(busy, "spend", "--since", "2026-11-19")) == 2


# ---- forms -------------------------------------------------------------------------------------------------

WHATS = [["usage"], ["usage", "--by", "quarter"], ["readings"], ["alerts"], ["spend"]]


@pytest.mark.parametrize("words", WHATS, ids=" ".join)
def test_json_and_csv_say_the_same_in_the_same_order(busy: Computer, words: list[str]) -> None:
    found = json.loads(exported(busy, *words, "--format", "json"))

    table = rows(busy, *words)
    assert found["schema"] == 1
    assert found["columns"] == list(table[0])
    assert [list(map(shown, row.values())) for row in found["rows"]] == [
        [cell.removeprefix("'") for cell in row.values()] for row in table
    ]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_it_is_the_same_each_time(busy: Computer, form: str) -> None:
    assert busy.run("export", "usage", "--format", form).raw.decode() == exported(busy, "usage", "--format", form)


def test_a_terminal_without_unicode_gets_sound_json(busy: Computer) -> None:
    words = ("usage", "--format", "json")

    found = busy.run("export", *words, LANG="C", LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")

    assert found.raw.isascii()
    assert found.json == json.loads(exported(busy, *words))


def shown(value: object) -> str:
    return (
        ""
        if value is None
        else json.dumps(value).strip('"').replace('\\"', '"')
        if not isinstance(value, str)
        else value
    )


@pytest.mark.parametrize("words", WHATS, ids=" ".join)
def test_a_name_from_outside_is_no_formula_and_no_escape(busy: Computer, words: list[str]) -> None:
    text = exported(busy, *words)

    assert "\x1b" not in text
    assert "\u202e" not in text
    for line in csv.reader(io.StringIO(text)):
        assert all(not cell.startswith(("=", "+", "-", "@")) and len(cell) <= 201 for cell in line)


def test_the_columns_are_those_the_readme_promises() -> None:
    section = README[README.index("### The history as a table") : README.index("### Advice on stated use")]
    told = {
        row[0]: re.findall(r"`(\w+)`", row[1]) for row in re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.MULTILINE)
    }

    for kind, columns in COLUMNS.items():
        named = [each for each in told[kind.split()[0]] if each not in ("window", "money") or each in columns]
        left_out = {"starts_at", "day"} - set(columns) if kind.startswith("usage") else set()
        assert [each for each in named if each not in left_out] == list(columns), kind


def test_a_file_is_private_and_there_whole_or_not_at_all(busy: Computer, tmp_path: Path) -> None:
    file = tmp_path / "spend.csv"
    file.write_text("former")
    file.chmod(0o644)

    said = busy.run("export", "spend", "--out", str(file))

    assert said.out == ""
    assert said.err == f"usagetray: 3 rows written to {file}.\n"
    assert file.read_text() == exported(busy, "spend")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("usage", "--out", "/nowhere/at/all.csv"), 1, "cannot be written (No such file or directory)"),
        (("usage", "--out", "/"), 1, "is a folder: name a file in it"),
        (("spend", "--by", "day"), 1, "--by goes with usage only"),
        (("usage", "--since", "2026-11-21", "--until", "2026-11-20"), 1, "there is no day between them"),
        (("figures",), 2, "invalid choice: 'figures'"),
        (("usage", "--since", "monday"), 2, "a day such as 2026-11-20, not 'monday'"),
        (("usage", "--format", "xml"), 2, "invalid choice: 'xml'"),
    ],
)
def test_a_mistake_is_one_sentence(computer: Computer, words: tuple[str, ...], status: int, said: str) -> None:
    found = computer.run("export", *words)

    assert (found.status, found.out) == (status, "")
    assert said in found.err
    assert found.err.count("\n") == 1


def test_without_a_history_there_are_no_rows(computer: Computer) -> None:
    assert rows(computer, "usage", "--no-scan") == []
    assert json.loads(exported(computer, "spend", "--format", "json"))["rows"] == []


# ---- size --------------------------------------------------------------------------------------------------

PEAK = """
import sys
from usagetray.views.cli import main
assert main(sys.argv[1:]) == 0
print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0], file=sys.stderr)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_a_year_takes_hardly_more_memory_than_a_day(computer: Computer) -> None:
    """35,040 quarters of an hour; held at once they would be some 50 MB. In KiB, of the whole process."""
    store = store_of(computer)
    first = 1_980_000
    store.database.write(
        ("INSERT INTO terms VALUES (1, 'claude-opus-5', '', '', '', '')", [()]),
        ("INSERT INTO place VALUES (1, 'p', '', '', '/home/project', 'f', 's', '', '', '')", [()]),
        (
            "INSERT INTO usage VALUES (?, 1, 1, 0, 1, 10, 20, 30, 40, 50, 0, 0)",
            [(first + quarter,) for quarter in range(35_040)],
        ),
    )
    store.close()
    day = (datetime(1970, 1, 1, tzinfo=UTC) + first * timedelta(minutes=15)).date()

    def peak(*words: str) -> tuple[int, int]:
        command = [sys.executable, "-c", PEAK, "export", "usage", "--by", "quarter", "--no-scan", *words]
        done = subprocess.run(command, env={**computer.env, **computer.isolated}, capture_output=True, check=True)
        return done.stdout.count(b"\n"), int(done.stderr)

    lines, least = peak("--until", (day + timedelta(days=1)).isoformat())
    assert 97 <= lines <= 200
    lines, most = peak()
    assert lines == 35_041
    assert most - least < 5_000
    assert most < 50_000
