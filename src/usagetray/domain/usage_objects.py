"""Usage objects as vendors' programs hand them out, read into attempts.

Shapes: Anthropic's `message.usage`, OpenAI's Chat Completions and Responses usage, Codex's token usage, Gemini's
`usageMetadata` (or `usage_metadata`), and our own words for those who count themselves. Vendors' counts overlap in
different ways; here that ends. What is null is absent; what is unknown is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from usagetray.usage import Attempt, TokenCounts

MOST_TOKENS = 10**12
"""No one request takes as many: such a count is a mistake, not a bill."""


class Family(StrEnum):
    ANTHROPIC = "anthropic_message"
    CHAT_COMPLETIONS = "openai_chat_completions"
    RESPONSES = "openai_responses"
    CODEX = "codex_token_usage"
    GOOGLE = "gemini_usage_metadata"
    NORMALISED = "normalised"  # `input_tokens`, `cache_write_5m_tokens`, ..., of which no two overlap


def family_of(usage: Mapping[str, Any]) -> Family:
    """Which shape it has, by the names of its fields. Raises ValueError where it has none of them."""
    keys = {key for key, value in usage.items() if value is not None}
    if keys & {"promptTokenCount", "prompt_token_count"}:
        return Family.GOOGLE
    if "prompt_tokens" in keys:
        return Family.CHAT_COMPLETIONS
    if keys & {"cached_input_tokens", "reasoning_output_tokens"}:
        return Family.CODEX
    if keys & {"cache_write_5m_tokens", "cache_write_1h_tokens", "cache_read_tokens", "web_search_requests"}:
        return Family.NORMALISED
    if "input_tokens" in keys:
        return Family.RESPONSES if keys & {"input_tokens_details", "total_tokens"} else Family.ANTHROPIC
    raise ValueError(
        "this is no usage object that is known: it has neither input_tokens (Anthropic, OpenAI Responses) nor "
        "prompt_tokens (OpenAI Chat Completions) nor promptTokenCount (Gemini)"
    )


def attempts(
    usage: Mapping[str, Any] | None,
    *,
    model: str,
    at: datetime | None,
    tier: str = "",
    speed: str = "",
    geo: str = "",
    family: Family | None = None,
) -> tuple[Attempt, ...]:
    """The attempts that a usage object tells of; none where it is null, as in a stream before its end.

    `tier`, `speed` and `geo` are the response's own fields outside `usage`; what `usage` says itself goes first.
    Raises ValueError, in a sentence that names the field, for what is no usage object.
    """
    if usage is None:
        return ()
    if not isinstance(usage, Mapping):
        raise ValueError("usage takes an object with the counts of tokens")  # noqa: TRY004 - one error for callers
    whole = Attempt(
        model=model,
        at=at,
        tokens=TokenCounts(),
        prompt=0,
        tier=_text(usage, "service_tier") or tier,
        speed=_text(usage, "speed") or speed,
        geo=_text(usage, "inference_geo") or geo,
    )
    match family or family_of(usage):
        case Family.ANTHROPIC:
            return _anthropic(usage, whole)
        case Family.GOOGLE:
            return (_google(usage, whole),)
        case Family.NORMALISED:
            return (_normalised(usage, whole),)
        case _:
            return (_openai(usage, whole),)


def streamed(start: Mapping[str, Any], delta: Mapping[str, Any]) -> dict[str, Any]:
    """Anthropic's `message_start` and last `message_delta` usage as one: the delta's counts are sums, not additions."""
    return {**start, **{key: value for key, value in delta.items() if value is not None}}


def reasoning(usage: Mapping[str, Any]) -> int | None:
    """Tokens of thought within the output; None where it is not told."""
    details = _part(usage, "output_tokens_details") or _part(usage, "completion_tokens_details")
    found = (
        _told(details, "thinking_tokens", "reasoning_tokens"),
        _told(usage, "reasoning_output_tokens", "thoughtsTokenCount", "thoughts_token_count"),
    )
    return next((each for each in found if each is not None), None)


# ---- Anthropic ---------------------------------------------------------------------------------------------


def _anthropic(usage: Mapping[str, Any], whole: Attempt) -> tuple[Attempt, ...]:
    """One attempt, or one for each of `iterations`.

    The counts at the top are the sum of the entries of type "message"; an adviser's are not among them. Searches are
    told once, at the top.
    """
    tools = _part(usage, "server_tool_use")
    whole = replace(whole, web_searches=_count(tools, "web_search_requests"))
    if _count(tools, "code_execution_requests"):
        # Billed by the hour of a container beyond a free allowance: cannot be known from a record.
        whole = replace(whole, flags=whole.flags | {"code_execution_seen"})
    top = _anthropic_counts(usage, whole)
    entries = _iterations(usage)
    if not entries:
        return (top,)
    once = replace(whole, web_searches=0)
    read = [(_text(entry, "type") or "message", _anthropic_counts(entry, once)) for entry in entries]
    messages = [attempt for kind, attempt in read if kind == "message"]
    others = [attempt for kind, attempt in read if kind != "message"]
    if _totals(*messages) != _totals(top):
        advisers = [attempt for kind, attempt in read if kind == "advisor_message"]
        return (replace(top, flags=top.flags | {"iterations_mismatch"}), *advisers)
    first, *rest = [*messages, *others]
    return (replace(first, web_searches=whole.web_searches), *rest)


def _iterations(usage: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    entries = usage.get("iterations") or []
    if isinstance(entries, list) and all(isinstance(each, Mapping) for each in entries):
        return entries
    raise ValueError("iterations takes a list of objects")


def _anthropic_counts(usage: Mapping[str, Any], whole: Attempt) -> Attempt:
    total = _count(usage, "cache_creation_input_tokens")
    split = _part(usage, "cache_creation")
    short, long = _count(split, "ephemeral_5m_input_tokens"), _count(split, "ephemeral_1h_input_tokens")
    assumed = total > 0 and not split
    tokens = TokenCounts(
        input=_count(usage, "input_tokens"),
        cache_write_5m=max(total, short + long) - long,
        cache_write_1h=long,
        cache_read=_count(usage, "cache_read_input_tokens"),
        output=_count(usage, "output_tokens"),
    )
    return replace(
        whole,
        model=_text(usage, "model") or whole.model,
        tokens=tokens,
        prompt=tokens.prompt,
        flags=whole.flags | {"assumed_5m_cache"} if assumed else whole.flags,
    )


def _totals(*found: Attempt) -> tuple[int, int, int, int]:
    """Counts that two views of one message must share; only one of them may tell the lifetime of its writes."""
    counts = [each.tokens for each in found]
    return (
        sum(each.input for each in counts),
        sum(each.cache_write_5m + each.cache_write_1h for each in counts),
        sum(each.cache_read for each in counts),
        sum(each.output for each in counts),
    )


# ---- others ------------------------------------------------------------------------------------------------


def _openai(usage: Mapping[str, Any], whole: Attempt) -> Attempt:
    """Cached and written tokens are parts of the prompt, reasoning is part of the output."""
    details = _part(usage, "input_tokens_details") or _part(usage, "prompt_tokens_details")
    cached = _told(usage, "cached_input_tokens") or _told(details, "cached_tokens") or 0
    written = _told(usage, "cache_write_input_tokens") or _told(details, "cache_write_tokens") or 0
    whole = whole if whole.tier else replace(whole, flags=whole.flags | {"tier_assumed"})
    prompt = _told(usage, "input_tokens", "prompt_tokens") or 0
    output = _told(usage, "output_tokens", "completion_tokens") or 0
    return _parted(whole, prompt, cached, written, output)


def _google(usage: Mapping[str, Any], whole: Attempt) -> Attempt:
    """Cached tokens are part of the prompt; what tools added to it and thoughts are not."""
    prompt = _either(usage, "promptTokenCount", "prompt_token_count")
    tools = _either(usage, "toolUsePromptTokenCount", "tool_use_prompt_token_count")
    cached = _either(usage, "cachedContentTokenCount", "cached_content_token_count")
    answer = _either(usage, "candidatesTokenCount", "candidates_token_count")
    thoughts = _either(usage, "thoughtsTokenCount", "thoughts_token_count")
    return _parted(whole, prompt + tools, cached, 0, answer + thoughts)


def _parted(whole: Attempt, prompt: int, cached: int, written: int, output: int) -> Attempt:
    """A whole prompt into its disjoint parts; a part beyond the whole is cut, and said."""
    read = min(cached, prompt)
    write = min(written, prompt - read)
    tokens = TokenCounts(input=prompt - read - write, cache_write_5m=write, cache_read=read, output=output)
    is_cut = (read, write) != (cached, written)
    flags = whole.flags | {"clamped"} if is_cut else whole.flags
    return replace(whole, tokens=tokens, prompt=prompt, flags=flags)


def _normalised(usage: Mapping[str, Any], whole: Attempt) -> Attempt:
    tokens = TokenCounts(
        input=_count(usage, "input_tokens"),
        cache_write_5m=_count(usage, "cache_write_5m_tokens"),
        cache_write_1h=_count(usage, "cache_write_1h_tokens"),
        cache_read=_count(usage, "cache_read_tokens"),
        output=_count(usage, "output_tokens"),
    )
    return replace(whole, tokens=tokens, prompt=tokens.prompt, web_searches=_count(usage, "web_search_requests"))


# ---- fields ------------------------------------------------------------------------------------------------


def _part(usage: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = usage.get(key)
    if found is None:
        return {}
    if isinstance(found, Mapping):
        return found
    raise ValueError(f"{key} takes an object")


def _text(usage: Mapping[str, Any], key: str) -> str:
    found = usage.get(key)
    if found is None or isinstance(found, str):
        return found or ""
    raise ValueError(f"{key} takes a text")


def _told(usage: Mapping[str, Any], *keys: str) -> int | None:
    """The count under the first of the keys that has one; None where none has."""
    for key in keys:
        found = usage.get(key)
        if found is None:
            continue
        if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= MOST_TOKENS:
            raise ValueError(f"{key} takes a whole number of tokens from 0 up")
        return found
    return None


def _count(usage: Mapping[str, Any], key: str) -> int:
    return _told(usage, key) or 0


def _either(usage: Mapping[str, Any], key: str, other: str) -> int:
    return _told(usage, key, other) or 0
