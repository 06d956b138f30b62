"""What is new in one log, told in parts small enough for a transaction each."""

from __future__ import annotations

import contextlib
import io
import json
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, NamedTuple

import msgspec

from usagetray.domain.ledger import AGENT, MOST_IN_A_SECOND, REPLAYED, SIDE, Names, Record, attempts_text, joined
from usagetray.edges.store.ledger import LogRead, Mark, Told
from usagetray.edges.usage_logs.lines import Lines
from usagetray.edges.usage_logs.walk import Found, as_name
from usagetray.providers.contract import Home, LogDecoder, LogPlace, LogSource
from usagetray.usage import EventPlace, EventRow, EventTerms

PART = 4000
"""Records told at once: what a crash makes to be read again, and what stands in memory."""
ENDING = 32
"""Bytes before the mark by which a file that was written anew is known."""
TOO_LONG = "too long"
EARLIEST_US, LATEST_US = 946_684_800_000_000, 4_102_444_800_000_000
"""The years 2000 and 2100: a time outside of them was told by a clock that was not set, and no calendar reaches it."""
COMPRESSED = ".zst"
WINDOW = 128 * 1024 * 1024
OPEN_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)  # a pipe planted under a log's name must not block us


class Origin(NamedTuple):
    """Whose logs a tree holds."""

    provider: str
    account: str  # "" for the tool's own place, else the home's path
    machine: str  # "" for this computer
    home: Home
    source: LogSource
    tree: str
    in_bursts: bool = False  # many responses in a second are nothing odd, as they are in a conversation


class _State(msgspec.Struct, array_like=True):
    """What has to be known to go on reading a log where an earlier look ended."""

    decoder: bytes = b""
    second: int = 0
    in_second: int = 0
    last_key: str = ""


def read_log(
    found: Found, mark: Mark | None, origin: Origin, lines: Lines, siblings: Callable[[str], Iterable[str]]
) -> Iterator[LogRead]:
    """What the log tells beyond its mark; of one that was written anew, all of it. Nothing where it cannot be read.

    `siblings`: paths of logs of the same source whose name contains a text.
    """
    file = _opened(found.path)
    if file is None:
        return
    with file:
        try:
            yield from _Reading(found, mark, origin, siblings).parts(file, lines)
        except OSError:
            return  # a disk that fails, a share that went away: what was told so far is marked


def _opened(path: str) -> BinaryIO | None:
    """None for what is gone, not ours to read, or no file any more: a folder may have come into its place."""
    handle = -1
    try:
        handle = os.open(as_name(path), OPEN_FLAGS)
        if stat.S_ISREG(os.fstat(handle).st_mode):
            return os.fdopen(handle, "rb", buffering=0)
    except (OSError, ValueError):
        pass
    if handle >= 0:
        os.close(handle)
    return None


class _Reading:
    def __init__(
        self, found: Found, mark: Mark | None, origin: Origin, siblings: Callable[[str], Iterable[str]]
    ) -> None:
        self._found = found
        self._mark = mark
        self._origin = origin
        self._siblings = siblings
        self._state = _State()
        self._places: dict[EventPlace, int] = {}
        self._terms: dict[EventTerms, int] = {}
        self._names = Names(self._terms_of, self._place_of)
        self._told_so_far: dict[tuple[str, str, int], Told] = {}
        """Since it was last handed on; by key, part and side."""
        self._events: list[EventRow] = []
        self._too_long = 0

    def parts(self, file: BinaryIO, lines: Lines) -> Iterator[LogRead]:
        is_packed = self._found.path.endswith(COMPRESSED)
        start = 0 if is_packed else self._go_on_at(file)
        if start and self._mark is not None:
            with contextlib.suppress(msgspec.MsgspecError):
                self._state = msgspec.msgpack.decode(self._mark.state, type=_State)
        place = LogPlace(path=self._found.below, home=self._origin.home, find=self._find)
        decoder = self._origin.source.decoder(place, self._state.decoder)
        if start and self._mark is not None and self._mark.skipped:
            decoder.skipped.update(json.loads(self._mark.skipped))
        file.seek(start)
        with _unpacked(file) if is_packed else contextlib.nullcontext(file) as stream:
            events = self._events
            for _ in lines.pick(
                stream.readinto,  # type: ignore[attr-defined]
                self._origin.source.needles,
                decoder.take,
                events,
                start,
            ):
                if events:
                    self._note()
                if len(self._told_so_far) >= PART and not is_packed:
                    yield self._told(file, decoder, lines.offset, lines.too_long)
        # Of a packed log the place is of no use: it is read whole, or not at all.
        yield self._told(file, decoder, self._found.size if is_packed else lines.offset, lines.too_long)

    def _go_on_at(self, file: BinaryIO) -> int:
        mark = self._mark
        if mark is None or not mark.offset or mark.identity != self._found.identity or self._found.size < mark.offset:
            return 0
        file.seek(mark.offset - len(mark.ending))
        return mark.offset if file.read(len(mark.ending)) == mark.ending else 0

    def _note(self) -> None:
        """Takes in the events of a block. Several records of the same response become one."""
        told, state, tie = self._told_so_far, self._state, self._found.modified
        second, in_second, last_key = state.second, state.in_second, state.last_key
        in_bursts = self._origin.in_bursts
        place: EventPlace | None = None
        terms: EventTerms | None = None
        at_place = at_terms = agent = 0
        for event in self._events:
            key, part, side, at, where, what, given, write_5m, write_1h, read, output, thought, searches, more = event
            if at // 1_000_000 != second or not at:  # those that tell no time tell of no second
                second, in_second, last_key = at // 1_000_000, 1, key
            elif key != last_key:
                in_second += not in_bursts
                last_key = key
            if not EARLIEST_US <= at < LATEST_US or in_second > MOST_IN_A_SECOND:
                at, what = self._doubtful(at, what, in_second)
            if where is not place:
                place = where
                at_place, agent = self._places.setdefault(place, len(self._places)), AGENT if place.agent else 0
            if what is not terms:
                terms = what
                at_terms = self._terms.setdefault(terms, len(self._terms))
            aside, rank = (1, at | agent | SIDE) if side else (0, at | agent)
            row: Told = (
                key, part, aside, at, at_place, rank, tie, at_terms,
                given, write_5m, write_1h, read, output, thought, searches, attempts_text(more) if more else "",
            )  # fmt: skip
            former = told.setdefault((key, part, aside), row)
            if former is not row:
                told[key, part, aside] = self._joined(former, row)
        state.second, state.in_second, state.last_key = second, in_second, last_key
        self._events.clear()

    def _joined(self, former: Told, row: Told) -> Told:
        if former[12] < row[12] and former[5] < row[5] and former[3] <= row[3]:
            # The next block of the same response, with more of its output: a third of the time of the general way.
            return (*row[:3], *former[3:7], *row[7:])
        return joined(Record._make(former), Record._make(row), self._names)

    def _place_of(self, number: int) -> EventPlace:
        return list(self._places)[number]

    def _terms_of(self, number: int) -> EventTerms:
        return list(self._terms)[number]

    def _doubtful(self, at: int, terms: EventTerms, in_second: int) -> tuple[int, EventTerms]:
        """A response without a time that can be true has the log's; one of too many in a second is marked as such."""
        if not EARLIEST_US <= at < LATEST_US:
            at = min(max(self._found.modified // 1000, EARLIEST_US), LATEST_US - 1)
        if in_second > MOST_IN_A_SECOND:
            terms = terms._replace(flags=f"{terms.flags} {REPLAYED}".strip())
        return at, terms

    def _told(self, file: BinaryIO, decoder: LogDecoder, offset: int, too_long: int) -> LogRead:
        ending = b""
        if offset:
            size = min(ENDING, offset)
            at = file.tell()
            file.seek(offset - size)
            ending = file.read(size)
            file.seek(at)
        self._state.decoder = decoder.state()
        if too_long > self._too_long:
            decoder.skipped[TOO_LONG] += too_long - self._too_long
            self._too_long = too_long
        origin, found = self._origin, self._found
        mark = Mark(
            found.path, origin.provider, found.tree, found.identity, found.size, found.modified, offset, ending,
            msgspec.msgpack.encode(self._state), json.dumps(decoder.skipped) if decoder.skipped else "",
        )  # fmt: skip
        where = (origin.provider, origin.account, origin.machine, origin.source.folder(found.below))
        told = LogRead(mark, where, list(self._places), list(self._terms), list(self._told_so_far.values()))
        self._places, self._terms, self._told_so_far = {}, {}, {}
        return told

    def _find(self, text: str) -> Iterator[bytes]:
        for path in self._siblings(text):
            if path != self._found.path:
                yield from whole_lines(path)
                return


def whole_lines(path: str) -> Iterator[bytes]:
    """The lines of a log, unpacked; none where it cannot be read."""
    file = _opened(path)
    if file is None:
        return
    with file:
        try:
            with _unpacked(file) if path.endswith(COMPRESSED) else contextlib.nullcontext(file) as stream:
                yield from _whole(io.BufferedReader(stream))  # type: ignore[type-var]
        except OSError:
            return


def _whole(stream: Iterable[bytes]) -> Iterator[bytes]:
    return (line[:-1] for line in stream if line.endswith(b"\n"))


@contextlib.contextmanager
def _unpacked(file: BinaryIO) -> Iterator[BinaryIO]:
    import zstandard  # deferred: only where there is such a file

    unpacker = zstandard.ZstdDecompressor(max_window_size=WINDOW)
    with unpacker.stream_reader(file, read_across_frames=True, closefd=False) as stream:
        try:
            yield stream
        except zstandard.ZstdError as error:
            raise OSError(str(error)) from None
