"""Whole log files spoilt in every way: `python -m tests.bench.logs files` does the same a hundred thousand times."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bench import spoilt_logs


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes among its files, and links only for some users")
def test_what_is_left_whole_in_spoilt_logs_is_counted_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """400 files in two homes, a quarter of which become something else while they are read."""
    monkeypatch.setattr(spoilt_logs, "FILES", 400)
    monkeypatch.setattr(spoilt_logs, "AT_ONCE", 200)
    monkeypatch.setattr(spoilt_logs, "LOOKS", 4)

    (told,) = spoilt_logs.files(tmp_path)

    assert told.startswith("400 spoilt files: 0 crashes, 0 of ")


def test_a_line_touched_by_the_damage_need_not_be_counted() -> None:
    """Three lines of four bytes and their newline. What stands between two lines belongs to the second."""
    lines = [(1, b"aaaa"), (2, b"bbbb"), (3, b"cccc")]

    assert spoilt_logs._untouched(lines, 5, 6) == {1, 3}
    assert spoilt_logs._untouched(lines, 4, 5) == {3}
    assert spoilt_logs._untouched(lines, 7, 10) == {1}
    assert spoilt_logs._untouched(lines, 5, 5) == {1, 3}
    assert spoilt_logs._untouched(lines, 7, 7) == {1, 3}
    assert spoilt_logs._untouched(lines, 0, 15) == set()
