"""Session files made of lines, and a reader that hands them to the decoder as the real one would."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from usagetray.providers.codex import PROVIDER
from usagetray.providers.contract import Home, LogPlace, LogSource
from usagetray.usage import EventRow, UsageEvent

assert PROVIDER.logs is not None
LOGS: LogSource = PROVIDER.logs
HOME = Home(path=Path("/home/dev/.codex"), is_default=True)
BEGAN = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
PARENT = "019aa000-0000-7000-8000-0000000000aa"
CHILD = "019aa000-0000-7000-8000-0000000000bb"
RECORDED = Path(__file__).parent / "sessions"
MOST_STATE = 4096


def name(thread: str) -> str:
    return f"2026/11/18/rollout-2026-11-18T10-00-00-{thread}.jsonl"


def recorded() -> dict[str, bytes]:
    """The recorded sessions: content by path below the tree."""
    return {str(each.relative_to(RECORDED)): each.read_bytes() for each in sorted(RECORDED.rglob("*.jsonl"))}


# ---- lines -------------------------------------------------------------------------------------------------


def moment(seconds: float) -> str:
    return (BEGAN + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def line(seconds: float, kind: str, payload: object, **more: object) -> bytes:
    body = {"timestamp": moment(seconds), **more, "type": kind, "payload": payload}
    return json.dumps(body, separators=(",", ":")).encode()


def meta(thread: str, seconds: float = 0, **more: object) -> bytes:
    return line(seconds, "session_meta", {"id": thread, "timestamp": moment(seconds), "cwd": "/work", **more})


def agent(thread: str = CHILD, parent: str = PARENT, **more: object) -> bytes:
    source = {"subagent": {"thread_spawn": {"parent_thread_id": parent, "depth": 1}}}
    return meta(thread, source=source, thread_source="subagent", session_id=parent, **more)


def turn(seconds: float, model: str = "gpt-5.5", **more: object) -> bytes:
    return line(seconds, "turn_context", {"turn_id": f"turn-{seconds}", "model": model, **more})


def trigger(seconds: float) -> bytes:
    return line(seconds, "inter_agent_communication_metadata", {"trigger_turn": True})


def settings(seconds: float, **stated: object) -> bytes:
    return line(seconds, "event_msg", {"type": "thread_settings_applied", "thread_settings": stated})


def usage(number: int) -> dict[str, int]:
    """`number` answers of 100 tokens of input, 40 of them cached, and 10 of output, 4 of them reasoning."""
    return {
        "input_tokens": 100 * number,
        "cached_input_tokens": 40 * number,
        "output_tokens": 10 * number,
        "reasoning_output_tokens": 4 * number,
        "total_tokens": 110 * number,
    }


def count(seconds: float, total: int, last: int | None = 1, **more: object) -> bytes:
    """A total of so many answers, the last of which was as large as `last` of them."""
    info = {"total_token_usage": usage(total), "last_token_usage": None if last is None else usage(last)}
    return line(seconds, "event_msg", {"type": "token_count", "info": info, "rate_limits": None}, **more)


def record(seconds: float, response: str, total: int, last: int = 1, thread: str = PARENT) -> bytes:
    payload = {"thread_id": thread, "response_id": response, "usage": usage(last), "thread_token_usage": usage(total)}
    return line(seconds, "token_usage_record", payload)


# ---- reading -----------------------------------------------------------------------------------------------


@dataclass
class Reading:
    events: list[UsageEvent] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def answers(self) -> int:
        """How many answers' worth of tokens was counted, where all are made by `usage`."""
        whole = [(each.input + each.cache_read, each.cache_read, each.output, each.reasoning) for each in self.events]
        a, b, c, d = (sum(each) for each in zip(*whole, strict=True)) if whole else (0, 0, 0, 0)
        assert (a, b, c, d) == tuple(usage(a // 100)[key] for key in list(usage(1))[:4])
        return a // 100


def cut(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The whole lines of a file, and where each begins; a last one without its newline is left for later."""
    offset = 0
    for each in content.split(b"\n")[:-1]:
        yield offset, each
        offset += len(each) + 1


def read(files: Mapping[str, bytes], path: str, resume_before: Iterable[int] = ()) -> Reading:
    """What one of the files tells; before the lines of these numbers a new decoder goes on from the former's state."""

    def find(text: str) -> Iterator[bytes]:
        for other, content in files.items():
            if text in Path(other).name and other != path:
                yield from (each for _, each in cut(content))
                return

    place = LogPlace(path=path, home=HOME, find=find)
    reading, told, stops = Reading(), list[EventRow](), set(resume_before)
    decoder = LOGS.decoder(place, b"")
    for number, (offset, each) in enumerate(cut(files[path])):
        if number in stops:
            state = decoder.state()
            assert len(state) < MOST_STATE
            reading.skipped += decoder.skipped
            decoder = LOGS.decoder(place, state)
        if any(needle in each for needle in LOGS.needles):
            buffer = bytearray(each)
            with memoryview(buffer) as view:
                decoder.take(view, offset, told)
            buffer.clear()  # the reader's memory is its own: nothing may hold on to it
    reading.skipped += decoder.skipped
    reading.events += map(UsageEvent._make, told)
    return reading


def read_in_every_way(files: Mapping[str, bytes], path: str) -> Reading:
    """What a file tells: the same read at once, cut at any one line, or line by line."""
    at_once = read(files, path)
    lines = len(list(cut(files[path])))
    for stops in (*([each] for each in range(1, lines)), range(1, lines)):
        assert read(files, path, stops) == at_once
    return at_once


def of(*lines: bytes, thread: str = PARENT, **others: tuple[bytes, ...]) -> Reading:
    """What a thread's lines tell; `others`: the lines of other threads by the name of a constant here."""
    files = {name(globals()[each]): b"\n".join((*content, b"")) for each, content in others.items()}
    files[name(thread)] = b"\n".join((*lines, b""))
    return read_in_every_way(files, name(thread))


def by_key(readings: Iterable[Reading]) -> dict[str, Any]:
    """One event for each key: what a ledger makes of several files."""
    found: dict[str, Any] = {}
    for reading in readings:
        for each in reading.events:
            found.setdefault(each.key, each)
    return found
