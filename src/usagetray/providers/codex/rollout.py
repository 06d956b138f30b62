"""The lines of a Codex session file that bear on tokens, read fast, and field by field where one is odd.

A line is `{"timestamp", "ordinal"?, "type", "payload"}`. Most are conversation and of no interest: the kind is told
from the first bytes, and only the kinds below are read further. Undocumented ("no contract"), as of CLI 0.159.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Generic, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType, ValidationError, convert
from msgspec.json import Decoder

from usagetray.providers.parse import EARLIEST, LATEST, decode, text_of

COUNT = "token_count"
META = "session_meta"
TURN = "turn_context"
RECORD = "token_usage_record"
SETTINGS = "thread_settings_applied"
TRIGGER = "inter_agent_communication_metadata"
UNCLEAR = "unclear"
"""Its kind cannot be told from the first bytes: fields in another order, or no line of a session at all."""

NEEDLES = tuple(
    needle.encode() for needle in ('"token_', f'"{TURN}"', f'"{META}"', f'"{TRIGGER}"', f'"{SETTINGS}"')
)  # The names alone, without the colon before them: blanks after colons, which Codex never writes, lose nothing.

NOT_JSON = "not JSON"
NO_OBJECT = "not an object"
BAD_USAGE = "bad usage"
BAD_LINE = "bad line"

EVENT = "event_msg"
KINDS = {each.encode(): each for each in (META, TURN, RECORD, TRIGGER)} | {
    each.encode(): UNCLEAR for each in (COUNT, SETTINGS)
}
EVENTS = {each.encode(): each for each in (COUNT, SETTINGS)}
HEAD = re.compile(rb'"type"\s*:\s*"(\w+)"(?:\s*,\s*"payload"\s*:\s*\{\s*"type"\s*:\s*"(\w+)")?')
HEAD_BYTES = 256
HEAD_OF_TOTAL = b'"type":"event_msg","payload":{"type":"token_count"'
WHERE_TOTAL = slice(40, 40 + len(HEAD_OF_TOTAL))  # behind a time with milliseconds
MOST_TOKENS = 10**15
MOST_CURES = 24
MOST_FOLDER = 4096
UNTOLD = -1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

Vector = tuple[int, int, int, int, int]
"""Tokens of input (cached ones included), read from a cache, written to one, output (reasoning included), reasoning.
`UNTOLD` for a field that is missing or cannot be read."""

_Count = Annotated[int, Meta(ge=0, le=MOST_TOKENS)]
P = TypeVar("P")


class Usage(Struct, gc=False):
    input_tokens: _Count = UNTOLD
    cached_input_tokens: _Count = UNTOLD
    cache_write_input_tokens: _Count = UNTOLD
    output_tokens: _Count = UNTOLD
    reasoning_output_tokens: _Count = UNTOLD

    def vector(self) -> Vector:
        return (
            self.input_tokens,
            self.cached_input_tokens,
            self.cache_write_input_tokens,
            self.output_tokens,
            self.reasoning_output_tokens,
        )

    def is_told(self) -> bool:
        return self.input_tokens != UNTOLD or self.output_tokens != UNTOLD


class Totals(Struct, gc=False):
    total_token_usage: Usage | None = None  # of the thread since it began
    last_token_usage: Usage | None = None  # of the last answer


class TokenCount(Struct, gc=False):
    type: str | None = None
    info: Totals | None = None  # null: the line holds limits only


class UsageRecord(Struct, gc=False):
    thread_id: str | None = None
    response_id: str | None = None
    usage: Usage | None = None
    thread_token_usage: Usage | None = None


class Turn(Struct, gc=False):
    model: str | None = None
    cwd: str | None = None


class ThreadSettings(Struct, gc=False):
    model: str | None = None
    service_tier: str | UnsetType | None = UNSET


class Settings(Struct, gc=False):
    type: str | None = None
    thread_settings: ThreadSettings | None = None


class Trigger(Struct, gc=False):
    trigger_turn: bool = False


class SessionMeta(Struct):
    id: str | None = None
    session_id: str | None = None  # the root of the tree of agents
    timestamp: datetime | None = None
    cwd: str | None = None
    forked_from_id: str | None = None
    parent_thread_id: str | None = None
    thread_source: str | None = None
    source: Any = None  # text, or {"subagent": ...}
    subagent_history_start_ordinal: int | None = None

    @property
    def is_agent(self) -> bool:
        return self.thread_source == "subagent" or (isinstance(self.source, dict) and "subagent" in self.source)

    @property
    def is_fork(self) -> bool:
        return bool(self.forked_from_id or self.parent_thread_id) or self.is_agent

    @property
    def parent(self) -> str:
        """The thread whose lines it may begin with."""
        return name_of(self.forked_from_id) or name_of(self.parent_thread_id) or self._spawned_by()

    def _spawned_by(self) -> str:
        below: Any = self.source
        for step in ("subagent", "thread_spawn", "parent_thread_id"):
            below = below.get(step) if isinstance(below, dict) else None
        return name_of(below)


class Line(Struct, Generic[P], gc=False):
    timestamp: datetime | None = None
    ordinal: int | None = None
    type: str | None = None
    payload: P | None = None


SHAPES: dict[str, type[Any]] = {
    COUNT: Line[TokenCount],
    RECORD: Line[UsageRecord],
    TURN: Line[Turn],
    SETTINGS: Line[Settings],
    TRIGGER: Line[Trigger],
    META: Line[SessionMeta],
}
READERS = {kind: Decoder(shape).decode for kind, shape in SHAPES.items()}


def kind_of(line: bytes | memoryview) -> str | None:
    """Which of the kinds above a line seems to be; None for one that does not matter here."""
    if bytes(line[WHERE_TOTAL]) == HEAD_OF_TOTAL:
        return COUNT  # nine of ten are, and comparing takes a fifth of the time of searching
    head = HEAD.search(line, 0, HEAD_BYTES)
    if head is None:
        return UNCLEAR
    outer, inner = head.groups()
    if outer == b"event_msg":
        return EVENTS.get(inner) if inner else UNCLEAR
    return KINDS.get(outer)


def read(kind: str, line: bytes | memoryview) -> tuple[str, Any] | None:
    """The line's kind and itself as a `Line`; or the reason why it cannot be read, and None; or None: not our kind."""
    if kind != UNCLEAR:
        try:
            said = READERS[kind](line)
        except (ValueError, RecursionError):  # msgspec's own errors are ValueErrors
            pass
        else:
            if said.payload is not None:
                return (kind, said) if _kind(said.type, said.payload) == kind else None
    return _read_oddity(bytes(line))


def _read_oddity(line: bytes) -> tuple[str, Any] | None:
    """The same without those fields whose value is of the wrong kind."""
    body = decode(line)
    if not isinstance(body, dict):
        return (NO_OBJECT if body is not None else NOT_JSON), None
    payload = body.get("payload")
    inner = payload.get("type") if isinstance(payload, dict) else None
    kind = inner if body.get("type") == EVENT else body.get("type")
    if not isinstance(kind, str) or kind not in SHAPES:
        return None
    has_info = isinstance(payload, dict) and payload.get("info") is not None
    for _ in range(MOST_CURES):
        try:
            said = convert(body, SHAPES[kind], strict=False)
        except ValidationError as error:
            if not _cut_out(body, str(error)):
                break
        except (ValueError, OverflowError, RecursionError):
            break
        else:
            if said.payload is None:
                break
            return (BAD_USAGE, None) if has_info and kind == COUNT and said.payload.info is None else (kind, said)
    return BAD_LINE, None


def _cut_out(body: dict[str, Any], complaint: str) -> bool:
    """Takes the one field out that "... - at `$.payload.info.last_token_usage`" complains of."""
    *above, name = complaint.rpartition("`$.")[2].rstrip("`").split(".")
    for step in above:
        below = body.get(step)
        if not isinstance(below, dict):
            return False
        body = below
    if name not in body:
        return False
    del body[name]
    return True


def _kind(outer: str | None, payload: object) -> str | None:
    return getattr(payload, "type", None) if outer == EVENT else outer


def micros(instant: datetime | None) -> int:
    """Microseconds since 1970 UTC; 0 for None and for what cannot be. A time without a zone is UTC."""
    if instant is None:
        return 0
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return (instant - EPOCH) // MICROSECOND if EARLIEST <= instant < LATEST else 0


def name_of(value: object) -> str:
    """An id, a model or the like; "" for none."""
    return text_of(value) or ""


def folder_of(value: str | None) -> str:
    # Half a surrogate pair is legal in JSON and illegal in UTF-8, so in every file and database.
    return value[:MOST_FOLDER].encode("utf-8", "replace").decode() if value else ""
