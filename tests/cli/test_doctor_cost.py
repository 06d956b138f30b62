"""`doctor cost` and what `doctor` says of breakdowns: as a person reads them, and as a script does."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.conftest import Computer
from usagetray.domain.own_cost import CallCounts, CallDay, Effort, EffortDay
from usagetray.edges.crashes import report
from usagetray.edges.files import PROFILE_VARIABLE, paths
from usagetray.edges.store import accounting, open_writer

NOW = datetime.now(UTC)


@pytest.fixture
def busy(computer: Computer) -> Computer:
    """A profile in which a tray has run today."""
    computer.profile.mkdir(mode=0o700)
    store = open_writer(computer.profile / "usagetray.db")
    effort = Effort(
        processor=timedelta(seconds=1.234),
        children=timedelta(seconds=700),
        memory=50_000_000,
        memory_peak=61_000_000,
        written=None,
        rows=12,
        looks=8640,
    )
    counts = CallCounts(requests=3, failures=1, bytes_out=1500, bytes_in=4_200_000)
    calls = [
        CallDay(host=host, purpose=purpose, day=NOW.date(), first_at=NOW, last_at=NOW, counts=counts)
        for host, purpose in (("api.example.com", "Example"), ("evil\x1b[31m.example", "<b>status page</b>"))
    ]
    spent = [EffortDay(process="tray", day=NOW.date(), at=NOW, effort=effort)]
    store.database.write(*accounting.added(calls, spent))
    store.close()
    return computer


def test_a_person_reads_it_in_eighty_columns(busy: Computer) -> None:
    said = busy.run("doctor", "cost", COLUMNS="80")

    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("What usagetray itself takes (noted ")
    for words in ("1.23 s", "12 min", "61 MB", "50 MB", "8,640", "api.example.com", "Every server that was asked"):
        assert words in said.out, words
    assert "\x1b" not in said.out
    written = next(line for line in lines if line.startswith("Written to the disk"))
    assert written.split()[-2:] == ["–", "–"]  # the system did not tell: no zero
    sent = next(line for line in lines if line.startswith("Requests sent"))
    assert sent.split()[-2:] == ["6", "6"]
    assert "After 5,760 requests to one server in a day no more are sent." in " ".join(said.out.split())


def test_a_script_reads_the_same(busy: Computer) -> None:
    said = busy.run("doctor", "cost", "--json").json

    assert said["schema"] == 1
    assert said["today"]["requests"] == 6
    assert said["today"]["processor_s"] == 1.234
    assert said["seven_days"]["written_bytes"] is None
    assert said["requests_a_day_and_host_at_most"] == 5760
    assert {each["host"] for each in said["hosts"]} == {"api.example.com", "evil.example"}
    assert said["hosts"][0]["today"] == {
        "requests": 3, "not_reached": 0, "failed": 1, "refused_by_us": 0, "bytes_sent": 1500, "bytes_received": 4200000,
    }  # fmt: skip


def test_where_nothing_ran_yet_it_says_so(computer: Computer) -> None:
    said = computer.run("doctor", "cost")

    assert (said.status, said.err) == (1, "usagetray: Nothing is recorded yet: start `usagetray` once.\n")


def test_a_run_without_any_request_says_that_nobody_was_asked(computer: Computer) -> None:
    assert computer.run("run", "--headless", "--once", "--keychain", "ok").status == 0

    said = computer.run("doctor", "cost")

    assert "No server was ever asked anything by this profile." in said.out


def test_a_breakdown_is_named_once_and_its_text_is_in_the_report_without_names(computer: Computer) -> None:
    own = paths({PROFILE_VARIABLE: str(computer.profile)})
    for number in range(2):
        report(own, "tray", LookupError(f"number {number} of {computer.home}/project"))

    plain, masked = computer.run("doctor"), computer.run("doctor", "--report")

    text = " ".join(plain.out.split())
    assert text.count("Breakdowns") == 1
    assert "It broke down 2 times, last in tray, " in text
    assert "LookupError" not in plain.out
    assert plain.status == 0
    assert "LookupError: number " in masked.out
    assert str(computer.home) not in masked.out
    assert computer.run("doctor", "--json", "--report").json["crashes"][0]["process"] == "tray"


def test_a_verb_that_breaks_says_where_the_details_are(computer: Computer) -> None:
    """An exception that nobody foresaw, raised in the middle of one."""
    code = (
        "import sys; from usagetray.views.cli import doctor; doctor.run = lambda _: 1 / 0; "
        "from usagetray.views.cli import main; sys.exit(main(['doctor']))"
    )
    computer.profile.mkdir(mode=0o700)

    said = computer.run(shell=f'"{sys.executable}" -c "{code}"')

    assert said.status == 1
    assert "doctor failed in a way nobody foresaw; " in said.err
    (crash,) = (computer.profile / "state" / "crashes").iterdir()
    assert str(crash) in said.err
    assert "ZeroDivisionError" in crash.read_text()
