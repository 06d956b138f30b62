"""Cutting a stream of bytes into lines, and picking those that hold a needle, without copying any of them.

Logs are hundreds of megabytes of which a tenth is wanted. So a block is searched as a whole (with SIMD instructions
where stringzilla is there), and only around a hit is a line cut out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar


def _plain_find(view: memoryview, needle: bytes, start: int, end: int) -> int:
    found: int = view.obj.find(needle, start, end)  # type: ignore[attr-defined]  # a bytearray
    return found


try:
    from stringzilla import find
except ImportError:  # no wheel for this machine: four times slower, and the same result
    find = _plain_find

BLOCK = 1024 * 1024
MOST = 32 * 1024 * 1024
"""A line longer than this is skipped; nothing of the tools' own comes near."""
NEWLINE = b"\n"

ReadInto = Callable[[memoryview], int]
Into = TypeVar("Into")
Take = Callable[[memoryview, int, Into], None]
"""Given a line without its newline, where it begins in the stream, and what it is to be added to."""


class Lines:
    """Reads one stream after the other with one buffer, which grows for long lines and shrinks again."""

    def __init__(self) -> None:
        self._buffer = bytearray(BLOCK)
        self.offset = 0
        """After the last whole line; what comes after it is still being written."""
        self.too_long = 0
        """Lines skipped for their length, in this stream."""

    def pick(
        self, read_into: ReadInto, needles: tuple[bytes, ...], take: Take[Into], into: Into, offset: int = 0
    ) -> Iterator[None]:
        """Hands each line that holds a needle to `take`; pauses after each block. `offset`: where the stream begins."""
        self.offset, self.too_long = offset, 0
        carried, skipping = 0, False
        while True:
            with memoryview(self._buffer) as view:
                count = read_into(view[carried:])
            if not count:
                break
            end = carried + count
            cut = self._buffer.rfind(NEWLINE, carried, end) + 1
            if skipping:
                first = self._buffer.find(NEWLINE, carried, end) + 1
                self.offset += first or end
                if not first:
                    continue  # carried is 0 while skipping
                skipping = False
                self._shift(first, end)
                cut, end = cut - first, end - first
            if cut:
                self._search(needles, take, into, cut)
                self.offset += cut
                yield
            carried = end - cut
            if carried >= MOST:
                self.too_long += 1
                self.offset += carried
                carried, skipping = 0, True
                del self._buffer[BLOCK:]
            else:
                self._shift(cut, end)
                if carried > len(self._buffer) // 2:
                    self._buffer.extend(bytes(len(self._buffer)))
                elif not carried and len(self._buffer) > BLOCK:
                    del self._buffer[BLOCK:]

    def _shift(self, start: int, end: int) -> None:
        if start and start < end:
            self._buffer[: end - start] = self._buffer[start:end]

    def _search(self, needles: tuple[bytes, ...], take: Take[Into], into: Into, end: int) -> None:
        """Takes the lines of the first `end` bytes, which end with a newline, in their order."""
        buffer, base = self._buffer, self.offset
        with memoryview(buffer) as view:
            if len(needles) == 1:
                (needle,) = needles
                hit = find(view, needle, 0, end)
                while hit >= 0:
                    start, stop = buffer.rfind(NEWLINE, 0, hit) + 1, buffer.find(NEWLINE, hit, end)
                    take(view[start:stop], base + start, into)
                    hit = find(view, needle, stop, end)
                return
            found: dict[int, int] = {}
            for needle in needles:
                hit = find(view, needle, 0, end)
                while hit >= 0:
                    stop = buffer.find(NEWLINE, hit, end)
                    found[buffer.rfind(NEWLINE, 0, hit) + 1] = stop
                    hit = find(view, needle, stop, end)
            for start in sorted(found):
                take(view[start : found[start]], base + start, into)
