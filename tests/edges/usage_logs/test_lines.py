"""Cutting a stream into lines: each line that holds a needle once, whole, with its place; memory stays bounded."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usagetray.edges.usage_logs import lines as module
from usagetray.edges.usage_logs.lines import BLOCK, MOST, Lines

NEEDLE = b"usage"


def picked(
    content: bytes, needles: tuple[bytes, ...] = (NEEDLE,), most: int = BLOCK, offset: int = 0
) -> tuple[list[tuple[bytes, int]], Lines]:
    """The lines taken, with their places; the stream gives at most so many bytes at once."""
    stream, taken, lines = io.BytesIO(content), list[tuple[bytes, int]](), Lines()

    def read_into(view: memoryview) -> int:
        return stream.readinto(view[:most])

    for _ in lines.pick(read_into, needles, lambda line, at, into: into.append((bytes(line), at)), taken, offset):
        pass
    return taken, lines


def expected(content: bytes, needles: tuple[bytes, ...] = (NEEDLE,)) -> Iterator[tuple[bytes, int]]:
    offset = 0
    for line in content.split(b"\n")[:-1]:
        if any(each in line for each in needles):
            yield line, offset
        offset += len(line) + 1


@pytest.fixture(params=["stringzilla", "without"])
def either_search(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """stringzilla has no wheel for some machines: both ways find the same."""
    if request.param == "without":
        monkeypatch.setattr(module, "find", module._plain_find)
    else:
        pytest.importorskip("stringzilla")


PIECES = st.lists(
    st.sampled_from([b"usage", b"usag", b"e", b"\n", b"x" * 40, b"", b"\r", b"\0", b"total"]), max_size=60
)


@pytest.mark.usefixtures("either_search")
@pytest.mark.parametrize("needles", [(NEEDLE,), (NEEDLE, b"total")], ids=["one needle", "two"])
def test_every_line_with_a_needle_is_taken_once_however_the_stream_is_cut(needles: tuple[bytes, ...]) -> None:
    """80 streams, handed over in pieces of 1 to 50 bytes; a line without its newline waits."""

    @settings(max_examples=80, deadline=None, derandomize=True)
    @given(pieces=PIECES, most=st.integers(1, 50))
    def check(pieces: list[bytes], most: int) -> None:
        content = b"".join(pieces)
        taken, lines = picked(content, needles, most)
        assert taken == list(expected(content, needles))
        assert lines.offset == content.rfind(b"\n") + 1

    check()


def test_places_count_from_where_the_stream_begins() -> None:
    taken, lines = picked(b"usage 1\nother\nusage 2\nhalf", offset=1000)

    assert taken == [(b"usage 1", 1000), (b"usage 2", 1014)]
    assert lines.offset == 1022


@pytest.mark.usefixtures("either_search")
@pytest.mark.parametrize("length", [BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 17])
def test_a_line_longer_than_a_block_is_taken_whole(length: int) -> None:
    line = b"a" * (length - 5) + b"usage"

    taken, lines = picked(b"usage\n" + line + b"\nusage 2\n")

    assert taken == [(b"usage", 0), (line, 6), (b"usage 2", 7 + length)]
    assert lines.too_long == 0


class Zeros:
    """A stream of one huge line between two short ones, made while it is read."""

    def __init__(self, size: int) -> None:
        self._parts = [b"usage 1\nusage", size, b"\nusage 2\n"]

    def __call__(self, view: memoryview) -> int:
        while self._parts:
            part = self._parts[0]
            if isinstance(part, int):
                count = min(part, len(view))
                self._parts[0] = part - count
                if count:
                    view[:count] = bytes(count)
                    return count
            elif part:
                count = min(len(part), len(view))
                view[:count] = part[:count]
                self._parts[0] = part[count:]
                return count
            del self._parts[0]
        return 0


def test_a_line_beyond_all_measure_is_skipped_and_counted_in_bounded_memory() -> None:
    """R24 in short: 100 MiB in one line costs no more than the longest line that is kept, and that is given back."""
    lines, taken = Lines(), list[bytes]()
    tracemalloc.start()
    try:
        for _ in lines.pick(Zeros(100 * 1024 * 1024), (NEEDLE,), lambda line, _, into: into.append(bytes(line)), taken):
            pass
        now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert taken == [b"usage 1", b"usage 2"]
    assert lines.too_long == 1
    assert lines.offset == len(b"usage 1\nusage") + 100 * 1024 * 1024 + len(b"\nusage 2\n")
    assert peak < 2.1 * MOST
    assert now < 2 * BLOCK


def test_a_huge_line_that_has_not_ended_is_not_read_again_and_again() -> None:
    """What was skipped stays skipped: the place lies behind it, though its newline is still to come."""
    content = b"usage 1\n" + b"x" * (MOST + BLOCK)

    taken, lines = picked(content)

    assert taken == [(b"usage 1", 0)]
    assert lines.too_long == 1
    assert lines.offset == len(content)
