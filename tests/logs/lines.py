"""Lines of Claude Code's session logs, as it writes them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

BEGAN = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
OPUS = "claude-opus-4-6"
SONNET = "claude-sonnet-4-5-20250929"


def stamp(seconds: float) -> str:
    return (BEGAN + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def used(output: int = 50, *, input_: int = 10, write: int = 200, read: int = 1000, **more: Any) -> dict[str, Any]:
    """A usage with all of its cache writes for five minutes."""
    return {
        "input_tokens": input_,
        "cache_creation_input_tokens": write,
        "cache_read_input_tokens": read,
        "cache_creation": {"ephemeral_5m_input_tokens": write, "ephemeral_1h_input_tokens": 0},
        "output_tokens": output,
        "service_tier": "standard",
        **more,
    }


def entry(output: int, kind: str = "message", **more: Any) -> dict[str, Any]:
    """One of a response's several requests."""
    return {**used(output), "type": kind, **more}


def answer(
    id_: str | None = "msg_1",
    output: int = 50,
    *,
    request: str | None = "req_1",
    at: float = 0,
    model: str | None = OPUS,
    session: str = "s1",
    cwd: str = "/work/a",
    side: bool = False,
    agent: str | None = None,
    usage: Any = None,
    **more: Any,
) -> dict[str, Any]:
    """The record of one block of an answer. `at`: seconds after ten o'clock. None leaves a field out."""
    message: dict[str, Any] = {"id": id_, "type": "message", "role": "assistant", "model": model, "content": []}
    message["usage"] = used(output) if usage is None else usage
    record: dict[str, Any] = {
        "isSidechain": side,
        "cwd": cwd,
        "sessionId": session,
        "agentId": agent,
        "message": {name: value for name, value in message.items() if value is not None},
        "requestId": request,
        "type": "assistant",
        "timestamp": stamp(at),
        **more,
    }
    return {name: value for name, value in record.items() if value is not None}


def progress(nested: dict[str, Any], agent: str = "a1", *, session: str = "s1", cwd: str = "/work/a") -> dict[str, Any]:
    """A sub-agent's record as its parent's log repeats it."""
    copy = {name: nested[name] for name in ("type", "timestamp", "requestId", "message") if name in nested}
    told = {"type": "agent_progress", "agentId": agent, "prompt": "", "normalizedMessages": [], "message": copy}
    outer = {"isSidechain": False, "cwd": cwd, "sessionId": session, "type": "progress", "data": told}
    return {**outer, "timestamp": nested["timestamp"]}


def text(*records: dict[str, Any] | bytes) -> bytes:
    """A log of these lines, each with its newline; bytes stand as they are."""
    lines = [each if isinstance(each, bytes) else json.dumps(each, separators=(",", ":")).encode() for each in records]
    return b"".join(each + b"\n" for each in lines)


PROMPT = text({"type": "user", "message": {"role": "user", "content": "hello"}, "timestamp": stamp(0)})
