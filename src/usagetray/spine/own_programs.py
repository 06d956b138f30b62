"""Calls that the user's own programs recorded, as a source of logs: read like the tools' logs, then deleted.

A record has its own key, so one that is read again after a crash, or comes twice, counts once.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

from usagetray.domain.ledger import MOST_TOKENS
from usagetray.edges import own_calls
from usagetray.edges.store import Store
from usagetray.edges.usage_logs.reading import Origin
from usagetray.providers.contract import Home, LogPlace, LogSource
from usagetray.usage import EventPlace, EventRow, EventTerms, UsageEvent

PROGRAMS = "programs"
"""Stands in the ledger where a vendor's tool has its provider's id."""
KEPT = timedelta(days=2)
"""After the UTC day on which they were written: should the history be damaged meanwhile, they can be read again."""
LATEST_US = 4_102_444_800_000_000
"""The year 2100."""
MOST_TEXT = 300
MOST_ATTEMPTS = 1000
KEY = re.compile(r"call-[0-9a-f-]{8,64}")

NOT_A_CALL = "not a call that was recorded"
NEWER = "recorded by a newer usagetray"

Counts = tuple[str, int, int, int, int, int]


class Line(msgspec.Struct, frozen=True):
    usagetray_call: int
    key: str
    at_us: int
    model: str
    input: int
    cache_write_5m: int
    cache_write_1h: int
    cache_read: int
    output: int
    app: str = ""
    task: str = ""
    tier: str = ""
    speed: str = ""
    geo: str = ""
    flags: str = ""
    reasoning: int = 0
    web_searches: int = 0
    attempts: tuple[Counts, ...] = ()

    def is_sound(self) -> bool:
        counts = (self.input, self.cache_write_5m, self.cache_write_1h, self.cache_read, self.output)
        parts = [counts, *(each[1:] for each in self.attempts), (self.reasoning, self.web_searches)]
        texts = (self.app, self.task, self.model, self.tier, self.speed, self.geo, self.flags)
        return (
            KEY.fullmatch(self.key) is not None
            and 0 < self.at_us < LATEST_US
            and len(self.attempts) <= MOST_ATTEMPTS
            and all(0 <= count <= MOST_TOKENS * max(1, len(self.attempts)) for part in parts for count in part)
            and all(len(each) <= MOST_TEXT for each in (*texts, *(each[0] for each in self.attempts)))
        )


class Decoder:
    """Of one spool; each line stands for itself."""

    def __init__(self, place: LogPlace, state: bytes) -> None:
        del place, state
        self.skipped: Counter[str] = Counter()
        self._read = msgspec.json.Decoder(Line)

    def state(self) -> bytes:
        return b""

    def take(self, line: memoryview, offset: int, events: list[EventRow]) -> None:
        del offset
        try:
            call = self._read.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            self.skipped[NEWER if _is_newer(line) else NOT_A_CALL] += 1
            return
        if call.usagetray_call != own_calls.FORMAT:
            self.skipped[NEWER] += 1
        elif not call.is_sound():
            self.skipped[NOT_A_CALL] += 1
        else:
            events.append(_event(call))


def _is_newer(line: memoryview) -> bool:
    try:
        read = json.loads(bytes(line))
    except (ValueError, RecursionError):
        return False
    found = read.get(own_calls.MARK) if isinstance(read, dict) else None
    return isinstance(found, int) and found > own_calls.FORMAT


def _event(call: Line) -> UsageEvent:
    return UsageEvent(
        call.key, "", False, call.at_us,
        EventPlace(app=call.app, task=call.task),
        EventTerms(call.model, call.tier, call.speed, call.geo, call.flags),
        call.input, call.cache_write_5m, call.cache_write_1h, call.cache_read, call.output,
        call.reasoning, call.web_searches, call.attempts,
    )  # fmt: skip


SOURCE = LogSource(
    trees=lambda home: (home.path,),
    decoder=Decoder,
    needles=(f'"{own_calls.MARK}"'.encode(),),
    suffixes=(own_calls.SUFFIX,),
    folder=lambda _: "",
)


def origin(folder: Path) -> Origin:
    return Origin(PROGRAMS, "", "", Home(path=folder, is_default=True), SOURCE, str(folder), in_bursts=True)


def clear(store: Store, folder: Path, now: datetime) -> int:
    """Deletes spools of days that are over and whose every line is in the ledger, and on the disk. Returns how many.

    One with lines of a newer program stays: after an update `index --rebuild` reads them.
    """
    old = [path for path in _listed(folder) if _is_over(path, now)]
    if not old:
        return 0
    marks = store.ledger.marks()
    booked = {
        path: mark.offset
        for path in old
        if (mark := marks.get(str(path))) is not None and NEWER not in json.loads(mark.skipped or "{}")
    }
    # The forgetting is the first write since that waits for the disk, and so all before it is there too.
    if not booked or not store.ledger.forget(map(str, booked)):
        return 0
    return sum(own_calls.remove(path, offset) for path, offset in booked.items())


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == own_calls.SUFFIX)
    except OSError:
        return []


def _is_over(path: Path, now: datetime) -> bool:
    try:
        day = date.fromisoformat(path.name[:10])
    except ValueError:
        return False
    return day + KEPT < now.date()
