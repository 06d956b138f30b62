"""The pipes and the loader: nothing they carry can stall or break the window."""

from __future__ import annotations

import json
import os
import queue
import threading

import pytest

from tests.popup import samples
from usagetray.overview import Overview
from usagetray.views.popup.loading import Loader
from usagetray.views.popup.pipes import EventWriter, decode, read_verbs


def test_verbs_are_read_line_by_line_however_the_pipe_cuts_them() -> None:
    ours, theirs = os.pipe()
    heard: queue.SimpleQueue[object] = queue.SimpleQueue()
    read_verbs(ours, heard.put)

    os.write(theirs, b'{"verb": "sh')
    os.write(theirs, b'ow", "x": 1}\n[]\nnonsense\n{"verb": "hide"}\n')
    first, second = heard.get(timeout=5), heard.get(timeout=5)
    os.close(theirs)
    last = heard.get(timeout=5)

    assert (first, second) == ({"verb": "show", "x": 1}, {"verb": "hide"})
    assert last == {"verb": "quit"}  # the tray is gone
    os.close(ours)


@pytest.mark.parametrize("line", [b"", b"\xff\xfe", b"[" * 100_000, b'"show"', b"null", b"{"])
def test_what_is_no_verb_is_passed_over(line: bytes) -> None:
    assert decode(line) is None


def test_events_leave_in_order_and_before_the_end() -> None:
    ours, theirs = os.pipe()
    writer = EventWriter(theirs)

    writer.send({"event": "ready"})
    writer.send({"event": "shown", "ms": 12.5})
    writer.close()

    lines = os.read(ours, 4096).splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["ready", "shown"]
    os.close(ours)
    os.close(theirs)


def test_a_reader_that_is_gone_is_no_error() -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    writer = EventWriter(theirs)

    writer.send({"event": "ready"})
    writer.close()

    assert not writer._thread.is_alive()
    os.close(theirs)


def test_requests_during_a_reading_become_one_more_reading() -> None:
    """Five requests while the first reading runs: two readings, not six."""
    go, started, done = threading.Event(), threading.Event(), queue.SimpleQueue[Overview | None]()
    count: list[int] = []

    def load() -> Overview:
        count.append(1)
        started.set()
        go.wait(5)
        return samples.calm()

    loader = Loader(load)
    loader.deliver_to(done.put)
    loader.request()
    started.wait(5)
    for _ in range(5):
        loader.request()
    go.set()
    done.get(timeout=5)
    done.get(timeout=5)

    assert len(count) == 2


def test_a_reading_made_before_anybody_listened_is_kept() -> None:
    """The store is read while Qt is still being loaded."""
    read, heard = threading.Event(), queue.SimpleQueue[Overview | None]()

    def load() -> Overview:
        read.set()
        return samples.calm()

    loader = Loader(load)
    loader.request()
    read.wait(5)
    loader.deliver_to(heard.put)

    assert heard.get(timeout=5) == samples.calm()


def test_a_store_that_raises_is_delivered_as_no_reading() -> None:
    heard = queue.SimpleQueue[Overview | None]()

    def load() -> Overview:
        raise OSError("disk")

    loader = Loader(load)
    loader.deliver_to(heard.put)
    loader.request()

    assert heard.get(timeout=5) is None
