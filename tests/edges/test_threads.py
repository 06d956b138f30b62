"""Threads: what ends side by side."""

from __future__ import annotations

import threading
import time

import pytest

from usagetray.edges.threads import side_by_side


def test_ends_that_hang_take_no_longer_together_than_one_may(caplog: pytest.LogCaptureFixture) -> None:
    """Three that hang, one that fails and one that ends: half a second for all, where they would take a minute."""
    over, ended = threading.Event(), threading.Event()

    def fails() -> None:
        raise OSError("gone")

    began = time.monotonic()
    side_by_side([lambda: over.wait(20) and None, lambda: over.wait(20) and None, fails, ended.set], 0.5)
    took = time.monotonic() - began
    over.set()

    assert took < 15
    assert ended.is_set()
    assert "gone" in caplog.text


def test_where_no_thread_can_be_had_they_end_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuses)
    done: list[int] = []

    side_by_side([lambda: done.append(1), lambda: done.append(2)], 5)

    assert done == [1, 2]
