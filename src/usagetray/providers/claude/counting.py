"""What each response used, from Claude Code's session logs.

Source: `projects/**/*.jsonl`, undocumented; shapes seen from version 1.0 (2025) to 2.1 (2026-11). One line for each
block of content, so several lines for a response, early ones with a placeholder for its output. A sub-agent has a
log of its own; versions 2.0 to early 2.1 nest copies of it in the parent's log as well (`agent_progress`), and
where its own log is gone, those are the only trace. `toolUseResult.usage` is a sum of what stands elsewhere.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from usagetray.providers.contract import LocalFile, LogPlace, LogSource, Retention
from usagetray.usage import EventPlace, EventRow, EventTerms, UsageEvent

COUNT_BITS = 48
"""A count longer than this is no count."""
NOT_A_MODEL = "<synthetic>"
"""Claude Code's own messages, which no model made."""
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_OF_NO_ZONE = datetime(1970, 1, 1)  # noqa: DTZ001 - for a time without a zone: the log's times are UTC
MOST_SEARCHES = 1_000_000
ADVISOR = b"advisor"
NOTHING = msgspec.Raw(b"")


class _Creation(msgspec.Struct, gc=False):
    ephemeral_5m_input_tokens: int | None = None
    ephemeral_1h_input_tokens: int | None = None


class _Tools(msgspec.Struct, gc=False):
    web_search_requests: int | None = None


class _Details(msgspec.Struct, gc=False):
    thinking_tokens: int | None = None


class _Usage(msgspec.Struct, gc=False):
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation: _Creation | None = None
    server_tool_use: _Tools | None = None
    service_tier: str | None = None
    speed: str | None = None
    inference_geo: str | None = None
    output_tokens_details: _Details | None = None
    iterations: msgspec.Raw = NOTHING


class _Message(msgspec.Struct, gc=False):
    id: str | None = None
    model: str | None = None
    usage: _Usage | None = None


class _Copy(msgspec.Struct, gc=False):
    type: str | None = None
    timestamp: str | None = None
    requestId: str | None = None  # noqa: N815 - the log's own names
    message: _Message | None = None


class _Progress(msgspec.Struct, gc=False):
    type: str | None = None
    agentId: str | None = None  # noqa: N815
    message: _Copy | None = None


class _Line(msgspec.Struct, gc=False):
    type: str | None = None
    isSidechain: bool | None = None  # noqa: N815
    agentId: str | None = None  # noqa: N815
    sessionId: str | None = None  # noqa: N815
    cwd: str | None = None
    timestamp: str | None = None
    requestId: str | None = None  # noqa: N815
    message: _Message | None = None
    data: _Progress | None = None


_typed = msgspec.json.Decoder(_Line).decode


class Counting:
    """Decodes one session log. What it needs of earlier lines is the time alone."""

    def __init__(self, place: LogPlace, state: bytes) -> None:
        self.skipped: Counter[str] = Counter()
        *folders, self._file = place.path.split("/")
        stem = self._file.rpartition(".")[0]
        # Where the lines do not say: the file's name, of a sub-agent's log the folder it lies in.
        self._session = folders[folders.index("subagents") - 1] if "subagents" in folders[1:] else stem
        self._agent = stem.removeprefix("agent-") if stem.startswith("agent-") else ""
        self._at_us = int(state) if state.isdigit() else 0
        self._here, self._place = ("", "", ""), EventPlace()
        self._terms = EventTerms("")
        self._said: tuple[object, ...] = ()
        self._said_at = ""

    def state(self) -> bytes:
        return str(self._at_us).encode()

    def take(self, line: memoryview, offset: int, events: list[EventRow]) -> None:
        record: _Line | None
        try:
            record = _typed(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            record = self._mended(bytes(line))
        if record is None:
            return
        message, request, timestamp = record.message, record.requestId, record.timestamp
        side, agent = record.isSidechain, record.agentId
        if record.type != "assistant":
            nested = record.data
            if record.type != "progress" or nested is None or nested.type != "agent_progress":
                return
            copy = nested.message
            if copy is None or copy.type != "assistant":
                return
            message, request, agent, side = copy.message, copy.requestId, nested.agentId, True
            timestamp = copy.timestamp or timestamp
        if message is None or message.usage is None:
            return
        usage, model, key = message.usage, message.model, message.id
        iterations = b""
        if usage.iterations is not NOTHING:
            # A copy: it points into the reader's memory, which changes.
            iterations, usage.iterations = bytes(usage.iterations), NOTHING
        said = (message, iterations, request, side, agent)
        if said == self._said and (timestamp or "") >= self._said_at and key:
            return  # the same response's next block of content: four lines of ten are that
        self._said, self._said_at = said, timestamp or ""
        if not model or model == NOT_A_MODEL:
            return
        creation, tools, details = usage.cache_creation, usage.server_tool_use, usage.output_tokens_details
        given, written = usage.input_tokens or 0, usage.cache_creation_input_tokens or 0
        read, output = usage.cache_read_input_tokens or 0, usage.output_tokens or 0
        write_1h = write_5m = 0
        if creation is not None:
            write_1h, write_5m = creation.ephemeral_1h_input_tokens or 0, creation.ephemeral_5m_input_tokens or 0
        if written - write_1h > write_5m:
            write_5m = written - write_1h
        together = given | write_5m | write_1h | read | output
        if together >> COUNT_BITS:  # one of them is negative, or far too large
            self.skipped["bad usage"] += 1
            return
        if not together:
            return
        # Place and terms of the response before are kept where they are the same, as they mostly are.
        here = (record.cwd or "", record.sessionId or self._session, agent or self._agent)
        if here != self._here:
            self._here, self._place = here, EventPlace(*here)
        assumed = "assumed_5m_cache" if written and creation is None else ""
        served = (model, usage.service_tier or "", usage.speed or "", usage.inference_geo or "", assumed)
        if served != self._terms:
            self._terms = EventTerms(*served)
        reasoning = searches = 0
        if details is not None and details.thinking_tokens:
            reasoning = min(max(details.thinking_tokens, 0), output)
        if tools is not None and tools.web_search_requests:
            searches = min(max(tools.web_search_requests, 0), MOST_SEARCHES)
        if not key:
            # By its place in the file, which may move to another folder; by its text, for another file of this name.
            key = f"{self._file}@{offset}/{zlib.crc32(line):08x}"
        at = self._at(timestamp)
        event: EventRow = (
            key, request or "", side is True, at, self._place, self._terms,
            given, write_5m, write_1h, read, output, reasoning, searches, (),
        )  # fmt: skip
        if iterations and _is_several(iterations):
            event = _parted(UsageEvent._make(event), iterations)
        events.append(event)

    def _at(self, timestamp: str | None) -> int:
        """Microseconds since 1970 UTC; where the line tells no time, the former line's; 0 where none did."""
        if timestamp is not None:
            try:
                at = datetime.fromisoformat(timestamp)
                self._at_us = (at - (EPOCH if at.tzinfo else EPOCH_OF_NO_ZONE)) // MICROSECOND
            except (ValueError, OverflowError):
                pass
        return self._at_us

    def _mended(self, line: bytes) -> _Line | None:
        """The second try, for a line that is not as it should be; None where it tells nothing.

        A crash leaves zeros before a line, an editor a mark at the beginning of a file. A field of the wrong kind, or
        of bytes that are no text, is left out, and the rest is read as if it were not there.
        """
        text = line.strip(b"\0 \t\r").removeprefix(b"\xef\xbb\xbf").decode(errors="replace")
        if not text:
            return None
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            self.skipped["not JSON"] += 1
            return None
        if not isinstance(found, dict):
            self.skipped["not an object"] += 1
            return None
        try:
            # Half a character, which JSON can write and no text can hold, becomes a question mark.
            return _typed(json.dumps(_cleaned(found, _LINE), ensure_ascii=False).encode(errors="replace"))
        except (msgspec.MsgspecError, ValueError, RecursionError):
            self.skipped["bad usage"] += 1
            return None


_USAGE = {
    **dict.fromkeys(("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"), int),
    "cache_creation": {"ephemeral_5m_input_tokens": int, "ephemeral_1h_input_tokens": int},
    "server_tool_use": {"web_search_requests": int},
    "output_tokens_details": {"thinking_tokens": int},
    **dict.fromkeys(("service_tier", "speed", "inference_geo"), str),
    "iterations": list,
}
_MESSAGE = {"id": str, "model": str, "usage": _USAGE}
_LINE: Mapping[str, Any] = {
    **dict.fromkeys(("type", "agentId", "sessionId", "cwd", "timestamp", "requestId"), str),
    "isSidechain": bool,
    "message": _MESSAGE,
    "data": {
        "type": str,
        "agentId": str,
        "message": {"type": str, "timestamp": str, "requestId": str, "message": _MESSAGE},
    },
}


def _cleaned(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the kinds wanted; a count may be a whole float or a text of digits."""
    kept: dict[str, Any] = {}
    for name, kind in wanted.items():
        value = found.get(name)
        if isinstance(kind, Mapping):
            if isinstance(value, Mapping):
                kept[name] = _cleaned(value, kind)
        elif kind is int:
            count = _count(value)
            if count is not None:
                kept[name] = count
        elif isinstance(value, kind):
            kept[name] = value
    return kept


def _count(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return int(value) if abs(value) < 2**62 else None
    return None


# ---- responses of several requests ------------------------------------------------------------------------------


def _is_several(iterations: bytes) -> bool:
    """One iteration says again what the message says."""
    return iterations.count(b'"output_tokens"') > 1 or ADVISOR in iterations


def _parted(event: UsageEvent, iterations: bytes) -> UsageEvent:
    """The event with its requests one by one. The message's counts are the sum of its own, without the advisor's."""
    try:
        entries = msgspec.json.decode(iterations)
    except (msgspec.DecodeError, RecursionError):
        return event
    if not isinstance(entries, list):
        return event
    read = [_cleaned(each, {**_USAGE, "type": str, "model": str}) for each in entries if isinstance(each, dict)]
    own = [_attempt(each) for each in read if each.get("type", "message") == "message"]
    advisors = [_attempt(each) for each in read if each.get("type") == "advisor_message"]
    flags = event.terms.flags
    if [sum(column) for column in zip(*(each[1:] for each in own), strict=True)] != list(event[6:11]):
        if own:
            flags = f"{flags} iterations_mismatch".strip()
        own = [("", *event[6:11])]
    attempts = (*own, *advisors)
    if len(attempts) < 2:
        return event._replace(terms=event.terms._replace(flags=flags))
    given, write_5m, write_1h, cached, output = (sum(column) for column in zip(*(a[1:] for a in attempts), strict=True))
    return event._replace(
        input=given,
        cache_write_5m=write_5m,
        cache_write_1h=write_1h,
        cache_read=cached,
        output=output,
        terms=event.terms._replace(flags=flags),
        attempts=attempts,
    )


def _attempt(entry: Mapping[str, Any]) -> tuple[str, int, int, int, int, int]:
    creation = entry.get("cache_creation", {})
    write_1h = creation.get("ephemeral_1h_input_tokens", 0)
    write_5m = max(creation.get("ephemeral_5m_input_tokens", 0), entry.get("cache_creation_input_tokens", 0) - write_1h)
    counts: Sequence[int] = (
        entry.get("input_tokens", 0),
        write_5m,
        write_1h,
        entry.get("cache_read_input_tokens", 0),
        entry.get("output_tokens", 0),
    )
    given, five, hour, cached, output = (max(each, 0) for each in counts)
    return entry.get("model", ""), given, five, hour, cached, output


# ---- where the logs lie --------------------------------------------------------------------------------------


def _kept_days(content: bytes) -> timedelta | None:
    try:
        days = json.loads(content).get("cleanupPeriodDays")
        is_days = isinstance(days, int | float) and not isinstance(days, bool) and days >= 0
        return timedelta(days=days) if is_days else None
    except (ValueError, AttributeError, OverflowError, RecursionError):
        return None


LOGS = LogSource(
    trees=lambda home: (home.path if home.path.name == "projects" else home.path / "projects",),
    decoder=Counting,
    needles=(b'"usage"',),
    skips=lambda path: path.endswith("/journal.jsonl") and "/subagents/" in path,
    retention=Retention(
        file=LocalFile(name="settings", place=lambda home: home.path / "settings.json"),
        setting="cleanupPeriodDays",
        read=_kept_days,
        default=timedelta(days=30),
    ),
)
