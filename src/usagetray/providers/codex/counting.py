"""Codex: the tokens of each answer, from its session files.

Newer builds write a `token_usage_record` for each answer, which counts once wherever it is found. Older ones write
only the thread's running total, again and again (`growth`), and copy it into the files of forks and sub-agents
(`ancestry`). From a file's first own record on its totals are passed over, for both tell of the same answers.
Undocumented ("no contract"), as read up to CLI 0.159.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import MsgspecError, msgpack

from usagetray.providers.codex import rollout
from usagetray.providers.codex.ancestry import Ancestry, Counted, Pair, Verdict
from usagetray.providers.codex.growth import ZERO, key_of, merged, minus, whole
from usagetray.providers.codex.rollout import Line, SessionMeta, TokenCount, UsageRecord, micros, name_of
from usagetray.providers.codex.sessions import ARCHIVED, SESSIONS, SUFFIXES
from usagetray.providers.codex.thread import Teller, Thread, id_in
from usagetray.providers.contract import LogPlace, LogSource
from usagetray.usage import EventRow

LONG_AGO = 1
"""Microseconds since 1970."""


class Decoder:
    """Reads one session file. A parent's log that turns up later does not change how its forks were counted."""

    def __init__(self, place: LogPlace, state: bytes) -> None:
        self.skipped: Counter[str] = Counter()
        self._place = place
        self._teller = Teller()
        self._parent: _Parent | None = None
        try:
            self._thread = msgpack.decode(state, type=Thread) if state else self._unknown()
        except MsgspecError:
            # With it the total so far is lost: only what comes on top of it from here on can be told.
            self._thread = self._unknown()
            self._thread.is_estimate = True
            self._thread.copy = Ancestry(parent="", began=0, opened=LONG_AGO, previous=LONG_AGO, is_unbroken=False)

    def _unknown(self) -> Thread:
        named = id_in(self._place.path)
        return Thread(id=named, session=named)

    def state(self) -> bytes:
        return msgpack.encode(self._thread)

    def take(self, line: memoryview, offset: int, events: list[EventRow]) -> None:
        thread = self._thread
        kind = rollout.kind_of(line)
        if kind is None or (thread.by_records and kind == rollout.COUNT):
            return
        found = rollout.read(kind, line)
        if found is None:
            return
        kind, said = found
        if said is None:
            self.skipped[kind] += 1
            return
        thread.at = micros(said.timestamp) or thread.at
        if thread.copy is not None:
            self._notice(kind, offset, len(line), said, events)
        if kind == rollout.COUNT:
            self._count(said, events)
        elif kind == rollout.RECORD:
            self._record(said.payload, events)
        elif kind == rollout.TURN:
            thread.turn(said.payload)
        elif kind == rollout.SETTINGS:
            thread.settings(said.payload)
        elif kind == rollout.META:
            self._meta(said.payload, offset)

    def _notice(self, kind: str, offset: int, length: int, line: Line[rollout.Trigger], events: list[EventRow]) -> None:
        """What a line says by its kind, place and time about where the copied part ends."""
        thread, copy = self._thread, self._thread.copy
        if copy is None:
            return
        if kind == rollout.TURN:
            copy.turn(thread.at, offset + length)
        elif kind == rollout.TRIGGER and copy.is_at_turn(offset) and line.payload and line.payload.trigger_turn:
            copy.ends(thread.at)
            self._disown()
            copy.is_triggered = True
        elif copy.ends(thread.at):
            self._own(events)

    def _meta(self, meta: SessionMeta, offset: int) -> None:
        """Only the first is the file's own; others repeat it, or were copied from ancestors."""
        thread = self._thread
        named = name_of(meta.id) or thread.id
        if not thread.is_named:
            thread.is_named = True
            if not offset or named == thread.id or thread.id == self._place.path:
                thread.name(meta, named)
                return
        if named == thread.id:
            return
        if thread.copy is None and thread.growth.mark == ZERO and not thread.by_records:
            thread.may_begin_with(named)
        if thread.copy is not None:
            self._disown()
            thread.copy.names_parent = True
            thread.copy.parent = thread.copy.parent or named

    def _record(self, record: UsageRecord, events: list[EventRow]) -> None:
        """An answer with a record of its own."""
        thread = self._thread
        if record.thread_id is not None and name_of(record.thread_id) != thread.id:
            return  # it stands in the other thread's file as well
        if record.usage is None or not record.usage.is_told():
            self.skipped[rollout.BAD_USAGE] += 1
            return
        after = whole(record.thread_token_usage.vector()) if record.thread_token_usage else ZERO
        # Should a total ever be written before its record, it has told of this answer already.
        is_counted = thread.has_counted and not thread.by_records and after == thread.growth.mark
        thread.by_records, thread.copy, self._parent = True, None, None
        if not is_counted:
            key = name_of(record.response_id) or key_of(thread.id, after)
            used = whole(record.usage.vector())
            told = thread.model, thread.turn_folder
            events.append(self._teller.tell(thread, key, thread.at, told, used))

    # ---- answers told by the thread's total --------------------------------------------------------------------

    def _count(self, line: Line[TokenCount], events: list[EventRow]) -> None:
        thread, copy = self._thread, self._thread.copy
        pair = _pair(line)
        if pair is None:
            if line.payload is not None and line.payload.info is not None:
                self.skipped[rollout.BAD_USAGE] += 1
            return
        counted = Counted(thread.at, *pair, thread.model, thread.turn_folder)
        if copy is None:
            self._add(counted, events)
            return
        verdict = copy.judge(line.ordinal, thread.at, pair, self._pair_of_parent)
        if verdict is Verdict.OWN:
            self._own(events)
            if not thread.is_inherited:
                self._begin(counted)
            self._add(counted, events)
        elif verdict is Verdict.HELD:
            copy.held.append(counted)
        else:
            self._disown()
            self._inherit(counted)
            thread.turn_folder = ""  # of a turn that was copied as well

    def _own(self, events: list[EventRow]) -> None:
        """The own part has begun; what was held until now belongs to it."""
        thread, copy = self._thread, self._thread.copy
        thread.copy, self._parent = None, None
        if copy is not None:
            thread.is_inherited = copy.seen > 0
            thread.is_estimate = thread.is_estimate or copy.is_estimate
            for each in copy.held:
                self._add(each, events)

    def _disown(self) -> None:
        """What was held until now was copied."""
        copy = self._thread.copy
        if copy is not None:
            for each in copy.held:
                self._inherit(each)
            copy.held = []

    def _inherit(self, counted: Counted) -> None:
        growth, copy = self._thread.growth, self._thread.copy
        growth.take(growth.told(counted.total), counted.last)
        if copy is not None:
            copy.seen += 1

    def _begin(self, counted: Counted) -> None:
        """The first own total where no other was copied: what it held before its answer is the parent's."""
        thread = self._thread
        total = whole(counted.total)
        thread.growth.mark = total if counted.last is None else whole(minus(total, whole(counted.last)))
        thread.is_estimate = thread.is_estimate or counted.last is None

    def _add(self, counted: Counted, events: list[EventRow]) -> None:
        thread, growth, last = self._thread, self._thread.growth, counted.last
        total = growth.told(counted.total)
        if thread.is_inherited and total != growth.mark:
            thread.is_inherited = False
            if last is not None and total == whole(last):
                growth.mark, growth.contained = ZERO, False  # the counter started again
        grown = growth.take(total, last)
        if grown is None:
            return
        thread.has_counted = True
        several = None if growth.contained or last is None else merged(grown, whole(last))
        key = key_of(thread.id, total)
        told = counted.model, counted.folder
        events.append(self._teller.tell(thread, key, counted.at, told, grown, several))

    def _pair_of_parent(self) -> Pair | None:
        copy = self._thread.copy
        if copy is None or not copy.parent or copy.parent == self._thread.id:
            return None
        if self._parent is None:
            self._parent = _Parent(self._place.find(copy.parent))
        return self._parent.pair(copy.matched)


class _Parent:
    """The totals of a parent's log, read only as far as its child repeats them."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._pairs = (pair for line in lines if (pair := _pair_in(line)) is not None)
        self._pair: Pair | None = None
        self._taken = 0

    def pair(self, number: int) -> Pair | None:
        while self._taken <= number:
            self._pair = next(self._pairs, None)
            self._taken += 1
        return self._pair


def _pair_in(line: bytes) -> Pair | None:
    if rollout.kind_of(line) != rollout.COUNT:
        return None
    found = rollout.read(rollout.COUNT, line)
    return None if found is None or found[1] is None else _pair(found[1])


def _pair(line: Line[TokenCount]) -> Pair | None:
    """None where a line tells no total: most that tell none hold limits only."""
    totals = line.payload.info if line.payload is not None else None
    total = totals.total_token_usage if totals is not None else None
    if totals is None or total is None or not total.is_told():
        return None
    return total.vector(), totals.last_token_usage.vector() if totals.last_token_usage is not None else None


LOGS = LogSource(
    trees=lambda home: (SESSIONS.under(home), ARCHIVED.under(home)),
    decoder=Decoder,
    needles=rollout.NEEDLES,
    suffixes=SUFFIXES,
    folder=lambda _: "",  # the folders below a tree are dates
)
