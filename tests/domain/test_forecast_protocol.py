"""The benchmark's forecaster answers each tick, with the program's own figures."""

from __future__ import annotations

import json

from tests.bench.forecaster import Forecaster

START = 1795161600  # Friday 2026-11-20 08:00 UTC


def test_a_day_told_line_by_line_ends_in_one_standing_warning() -> None:
    """A request a minute, 0.5 % each, in a window that ends after five hours: used up after 200 minutes."""
    told = Forecaster()
    told.told(
        json.dumps(
            {
                "type": "start",
                "t": START,
                "utc_offset_min": 60,
                "tick_s": 180,
                "windows": ["session"],
                "scoped_model": None,
            }
        )
    )
    answers = []
    for minute in range(198):
        at = START + 60 * minute
        tokens = {"input": 5, "output": 300, "cache_write": 800, "cache_read": 90000}
        told.told(json.dumps({"type": "event", "t": at, "model": "opus", "session": "s1", **tokens}))
        if minute % 5 == 4:
            window = {"percent": (minute + 1) // 2, "resets_at": "2026-11-20T13:00:00.250000+00:00"}
            told.told(json.dumps({"type": "reading", "t": at + 5, "windows": {"session": window}}))
        if minute % 3 == 2:
            answer = told.told(json.dumps({"type": "tick", "t": at + 10}))
            assert answer is not None
            answers.append(answer["forecasts"][0])

    standing = [each["alert"] for each in answers]
    assert not standing[10]
    assert standing[-1]
    assert standing == sorted(standing)  # once it stands, it stands
    assert standing.index(True) * 3 < 185  # with a quarter of an hour to go at the least
    assert abs(answers[-1]["percent"] - 99) < 1
    assert json.loads(json.dumps(answers)) == answers
