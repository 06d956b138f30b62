"""The counting rule once more, written down as plainly as it can be: all records at once, no state, no store.

1. A message id is one response; only where two records outside side-chains name different requests is each request a
   response of its own.
2. A record of a side-chain, a copy nested in a parent's log, and one that names no request joins the response of its
   request, else the only one, else is dropped.
3. The record with most output counts, per field the largest among those equal in that; time is the earliest.
4. Project and session are those of the earliest record, outside side-chains first, then outside sub-agents' logs.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Counted(NamedTuple):
    """One response."""

    day: str
    model: str
    speed: str
    project: str
    session: str
    input: int
    write_5m: int
    write_1h: int
    read: int
    output: int
    searches: int


class _Told(NamedTuple):
    """One record of it."""

    message: str
    request: str
    side: bool
    at: str
    place: tuple[bool, bool, str, float, str, str]  # what decides, then project and session
    model: str
    speed: str
    counts: tuple[int, int, int, int, int, int]


def second_count(logs: Mapping[str, bytes], written: Mapping[str, float] | None = None) -> Counter[Counted]:
    """How often each response was made. `logs`: content by path. `written`: when each log last was."""
    by_message: dict[str, list[_Told]] = defaultdict(list)
    for path, content in logs.items():
        for told in _records(path, content, (written or {}).get(path, 0.0)):
            by_message[told.message].append(told)
    return Counter(each for records in by_message.values() for each in _responses(records))


def _records(path: str, content: bytes, written: float) -> Iterator[_Told]:
    offset = 0
    for line in content.split(b"\n")[:-1]:
        told = _told(line, f"{path}@{offset}", path, written)
        if told is not None:
            yield told
        offset += len(line) + 1


def _told(line: bytes, place: str, path: str, written: float) -> _Told | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    if not isinstance(record, dict):
        return None
    outer, side = record, bool(record.get("isSidechain"))
    if record.get("type") == "progress" and record["data"]["type"] == "agent_progress":
        record, side = record["data"]["message"], True
        outer = {**outer, "agentId": outer["data"]["agentId"]}
    if record.get("type") != "assistant":
        return None
    message = record.get("message", {})
    usage, model = message.get("usage"), message.get("model")
    counts = _counts(usage) if usage else (0,) * 6
    if not model or model == "<synthetic>" or not any(counts[:5]):
        return None
    at = record.get("timestamp") or outer["timestamp"]
    is_agent = bool(outer.get("agentId")) or "agent-" in path
    session = outer.get("sessionId") or path.rpartition("/")[2].removesuffix(".jsonl")
    return _Told(
        message.get("id") or place,
        record.get("requestId") or "",
        side,
        at,
        (side, is_agent, at, written, outer.get("cwd", ""), session),
        model,
        usage.get("speed") or "",
        counts,
    )


def _counts(usage: Mapping[str, Any]) -> tuple[int, int, int, int, int, int]:
    nested = usage.get("cache_creation") or {}
    hour = nested.get("ephemeral_1h_input_tokens", 0)
    five = max(nested.get("ephemeral_5m_input_tokens", 0), usage.get("cache_creation_input_tokens", 0) - hour)
    searches = (usage.get("server_tool_use") or {}).get("web_search_requests", 0)
    kinds = ("input_tokens", "cache_read_input_tokens", "output_tokens")
    given, read, output = (usage.get(each, 0) for each in kinds)
    return given, five, hour, read, output, searches


def _responses(records: list[_Told]) -> Iterator[Counted]:
    requests = sorted({each.request for each in records if not each.side and each.request}) or [""]
    for request in requests:
        own = [each for each in records if len(requests) == 1 or each.request == request]
        most = max(each.counts[4] for each in own)
        winners = [each for each in own if each.counts[4] == most]
        counts = [max(column) for column in zip(*(each.counts for each in winners), strict=True)]
        place = min(each.place for each in own)
        yield Counted(min(each.at for each in own)[:10], winners[0].model, winners[0].speed, *place[4:], *counts)
