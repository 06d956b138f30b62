"""Codex's figures from its session files: the newest own line, whatever forks copied."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.providers.recorded import codex_home, facts, strategy
from usagetray.errors import Cause, SourceError
from usagetray.model import Snapshot
from usagetray.providers.codex import PROVIDER
from usagetray.providers.codex.limits import plan_label
from usagetray.providers.contract import Home

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)


def read(home: Home, now: datetime = NOW) -> tuple[Snapshot, ...]:
    one = strategy(PROVIDER, "sessions")
    return one.fetch(facts(one, home, now=now), None)


def figures(snapshot: Snapshot) -> dict[str, float | None]:
    return {window.key: window.utilization for window in snapshot.windows}


def test_of_nine_sessions_the_newest_line_counts(tmp_path: Path):
    """Session 9 at 17:00:20: 37 % of five hours until 20:00 + 1 h, 46 % of the week."""
    (snapshot,) = read(codex_home(tmp_path))

    assert figures(snapshot) == {"codex:5-hour": 0.37, "codex:weekly": 0.46}
    assert snapshot.windows[0].resets_at == datetime.fromtimestamp(1795035600, UTC)
    assert snapshot.captured_at == datetime(2026, 11, 18, 17, 0, 20, 10_000, tzinfo=UTC)
    assert snapshot.account.id == "default"


def test_a_last_line_with_both_windows_null_is_passed_over(tmp_path: Path):
    """Session 6: the weekly window stands first and is full; a `premium` line without windows comes last."""
    (snapshot,) = read(codex_home(tmp_path, "0006"))

    assert figures(snapshot) == {"codex:weekly": 1.0}
    assert [window.label for window in snapshot.windows] == ["Week"]
    assert snapshot.account.plan == "Pro"
    assert [line.covers for line in snapshot.money] == [False]


def test_the_shape_of_2025_counts_seconds_from_its_line(tmp_path: Path):
    """Session 5: 299 and 10079 minutes, 17920 s and 299980 s after 13:00:30; a bad line, a half last line."""
    (snapshot,) = read(codex_home(tmp_path, "0005"))

    assert figures(snapshot) == {"codex:5-hour": 0.035, "codex:weekly": 0.5}
    at = datetime(2026, 11, 18, 13, 0, 30, tzinfo=UTC)
    assert [window.resets_at for window in snapshot.windows] == [
        at + timedelta(seconds=17_920),
        at + timedelta(seconds=299_980),
    ]
    assert [window.length for window in snapshot.windows] == [timedelta(hours=5), timedelta(days=7)]


@pytest.mark.parametrize(
    ("session", "second", "share"), [("0002", 40, 0.15), ("0003", 50, 0.21), ("0007", 40, 0.34), ("0008", 30, 0.35)]
)
def test_a_fork_speaks_for_itself(session: str, second: int, share: float, tmp_path: Path):
    """The last own line of each of the four shapes of forked sessions."""
    (snapshot,) = read(codex_home(tmp_path, session))

    assert snapshot.captured_at.second == second
    assert figures(snapshot)["codex:5-hour"] == share


@pytest.mark.parametrize("session", ["0002", "0003", "0008"])
def test_what_a_fork_copied_is_no_reading(session: str, tmp_path: Path):
    """Cut before its first own line, a fork holds its parent's old figures under new times: nothing is said."""
    home = codex_home(tmp_path, session)
    (file,) = home.path.rglob("*.jsonl")
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:-1]))

    assert read(home) == ()


def line(second: int, **limits: Any) -> str:
    at = f"2026-11-18T12:00:{second:02}.000Z"
    return json.dumps(
        {"timestamp": at, "type": "event_msg", "payload": {"type": "token_count", "info": None, "rate_limits": limits}}
    )


def window(percent: object, minutes: object = 300) -> dict[str, object]:
    return {"used_percent": percent, "window_minutes": minutes, "resets_at": 1795035600}


def session(folder: Path, *lines: str) -> Home:
    place = folder / ".codex" / "sessions" / "2026" / "11" / "18"
    place.mkdir(parents=True)
    (place / "rollout-1.jsonl").write_text("\n".join(lines) + "\n")
    return Home(path=folder / ".codex", is_default=True)


def test_a_limit_of_one_model_stands_beside_the_main_one(tmp_path: Path):
    """The Spark line is newer; the main limit keeps its own time, and Spark locks nothing."""
    (snapshot,) = read(
        session(
            tmp_path,
            line(1, limit_id="codex", primary=window(20)),
            line(9, limit_id="codex_spark", limit_name="GPT-5.3-Codex-Spark", primary=window(100)),
        )
    )

    main, spark = snapshot.windows
    assert (main.key, main.utilization, main.captured_at) == ("codex:5-hour", 0.2, snapshot.captured_at)
    assert (spark.key, spark.utilization) == ("codex_spark:5-hour", 1.0)
    assert spark.captured_at == snapshot.captured_at + timedelta(seconds=8)
    assert (spark.scope, spark.locks) == ("GPT-5.3-Codex-Spark only", False)


@pytest.mark.parametrize(
    ("minutes", "key", "label"),
    [
        (300, "codex:5-hour", "5 hours"),
        (299, "codex:5-hour", "5 hours"),
        (10_080, "codex:weekly", "Week"),
        (10_079, "codex:weekly", "Week"),
        (43_200, "codex:monthly", "30 days"),
        (720, "codex:12-hour", "12 hours"),
        (4_320, "codex:3-day", "3 days"),
        (None, "codex:limit-1", "Limit 1"),
        ("soon", "codex:limit-1", "Limit 1"),
    ],
)
def test_a_window_is_told_by_its_length(minutes: object, key: str, label: str, tmp_path: Path):
    """Never by its slot; without a length it has a neutral name."""
    (snapshot,) = read(session(tmp_path, line(1, primary=window(20, minutes))))

    assert [(one.key, one.label) for one in snapshot.windows] == [(key, label)]


def test_limit_reached_fills_the_window_that_is_a_hair_short(tmp_path: Path):
    """99 % when the refusal came: full. The 60 % of the week stay."""
    (snapshot,) = read(
        session(
            tmp_path,
            line(1, primary=window(99), secondary=window(60, 10_080), rate_limit_reached_type="rate_limit_reached"),
        )
    )

    assert figures(snapshot) == {"codex:5-hour": 1.0, "codex:weekly": 0.6}


def test_bought_credits_take_over(tmp_path: Path):
    """412.50 credits of the vendor's own unit, no dollars."""
    (snapshot,) = read(
        session(
            tmp_path,
            line(1, primary=window(100), credits={"has_credits": True, "unlimited": False, "balance": "412.50"}),
        )
    )

    (credits_line,) = snapshot.money
    assert credits_line.covers
    assert credits_line.balance is not None
    assert (str(credits_line.balance.amount), credits_line.balance.currency) == ("412.50", "credits")


def test_a_line_from_another_clock_does_not_count(tmp_path: Path):
    """An hour after our now."""
    home = session(tmp_path, line(1, primary=window(20)))

    assert read(home, now=datetime(2026, 11, 18, 11, 0, tzinfo=UTC)) == ()


def test_files_whose_limits_cannot_be_read_are_bad_data(tmp_path: Path):
    """Limits are there, in no shape we know."""
    with pytest.raises(SourceError) as caught:
        read(session(tmp_path, line(1, primary="new", secondary=[1])))

    assert caught.value.cause is Cause.BAD_DATA


def test_without_session_files_codex_is_not_connected(tmp_path: Path):
    """No folder at all."""
    with pytest.raises(SourceError) as caught:
        read(Home(path=tmp_path / ".codex", is_default=True))

    assert caught.value.cause is Cause.NOT_CONNECTED


def test_the_end_of_a_long_fork_is_judged_by_its_head(tmp_path: Path):
    """400 KiB of conversation between the copied lines and an own one; a fork that only copied says nothing."""
    meta = {"id": "b", "timestamp": "2026-11-18T12:00:00.000Z", "forked_from_id": "a"}
    head = json.dumps({"timestamp": "2026-11-18T12:00:00.000Z", "type": "session_meta", "payload": meta})
    talk = json.dumps(
        {"timestamp": "2026-11-18T12:00:00.500Z", "type": "response_item", "payload": {"text": "x" * 400_000}}
    )
    (tmp_path / "own").mkdir()
    (tmp_path / "copied").mkdir()

    own = read(session(tmp_path / "own", head, talk, line(30, primary=window(20))))
    copied = read(session(tmp_path / "copied", head, talk, line(0, primary=window(90))))

    assert [figures(one) for one in own] == [{"codex:5-hour": 0.2}]
    assert copied == ()


def test_compressed_sessions_are_read(tmp_path: Path):
    """Sessions idle for a week are kept as `.jsonl.zst`."""
    zstandard = pytest.importorskip("zstandard")
    home = session(tmp_path, line(1, primary=window(20)))
    (file,) = home.path.rglob("*.jsonl")
    file.with_name(file.name + ".zst").write_bytes(zstandard.compress(file.read_bytes()))
    file.unlink()

    assert [figures(one) for one in read(home)] == [{"codex:5-hour": 0.2}]


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("plus", "Plus"),
        ("prolite", "Pro"),
        ("pro_lite", "Pro"),
        ("pro", "Pro More"),
        ("promax", "Pro Max"),
        ("self_serve_business_usage_based", "Self Serve Business Usage Based"),
        (None, None),
    ],
)
def test_plans_have_the_vendors_names(code: str | None, label: str | None):
    """Codes of the Pro ladder are one step off their names; an unknown code is made readable."""
    assert plan_label(code) == label
