"""A call of a model as the program that made it records it: read, checked, and made one event of the ledger.

Counts come as a vendor's usage object, as the whole response that holds one, or one by one; then it must be said
whether cached tokens are a part of the input or stand beside it, for vendors do both and a guess can be ten times off.
"""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from usagetray.domain.ledger import MOST_TOKENS
from usagetray.domain.usage_objects import Family, attempts, reasoning, streamed
from usagetray.usage import Attempt, EventPlace, EventTerms, TokenCounts, UsageEvent

INSIDE = "inside"
BESIDE = "beside"
CAN_WAIT = "can_wait"
"""The flag of a call whose answer could have come a day later, and so at half the price."""
MOST_TEXT = 200
"""Characters of a name that are kept."""
MOST_READ = 2_000
MOST_NESTED = 8

IN_RESPONSE = {
    "usage": ("usage", "usageMetadata", "usage_metadata"),
    "model": ("model", "modelVersion", "model_version"),
    "id": ("id", "responseId", "response_id"),
    "tier": ("service_tier",),
    "at": ("created_at", "created"),
}
"""Where a vendor's response names what goes with its usage."""


class Told(NamedTuple):
    """What somebody handed over of one call."""

    usage: Mapping[str, Any] | None  # None: there is none, as in the middle of a stream
    model: str = ""
    id: str = ""
    tier: str = ""
    at: datetime | None = None  # when the response was made


def told(found: object) -> Told:
    """A usage object, or the response that holds one, whether a mapping or an SDK's object. Raises ValueError."""
    if found is None:
        return Told(None)
    if not isinstance(found, Mapping):
        response = {name: getattr(found, name, None) for names in IN_RESPONSE.values() for name in names}
        if all(response[name] is None for name in IN_RESPONSE["usage"]):
            whole = plain(found)
            if not isinstance(whole, Mapping):
                raise ValueError("usage takes a vendor's usage object, or the response that holds one")
            return told(whole)
        found = response
    if "message_start" in found and "message_delta" in found:
        start, delta = plain(found["message_start"]), plain(found["message_delta"])
        if isinstance(start, Mapping) and isinstance(delta, Mapping):
            return Told(streamed(start, delta))
    within = [name for name in IN_RESPONSE["usage"] if name in found]
    if not within:
        return Told(_object(found))
    usage = next((found[name] for name in within if found[name] is not None), None)
    model, id_, tier = (_text_at(found, IN_RESPONSE[each]) for each in ("model", "id", "tier"))
    return Told(None if usage is None else _object(usage), model, id_, tier, _instant_at(found, IN_RESPONSE["at"]))


def _object(found: object) -> Mapping[str, Any]:
    read = plain(found)
    if isinstance(read, Mapping):
        return read
    raise ValueError("usage takes an object with the counts of tokens")


def _text_at(found: Mapping[str, Any], names: Sequence[str]) -> str:
    texts = (found.get(name) for name in names)
    return next((each for each in texts if isinstance(each, str)), "")


def _instant_at(found: Mapping[str, Any], names: Sequence[str]) -> datetime | None:
    """From seconds since 1970, as OpenAI tells it; None for anything else."""
    numbers = (found.get(name) for name in names)
    seconds = next((each for each in numbers if isinstance(each, int | float) and not isinstance(each, bool)), None)
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def plain(found: object, depth: int = 0) -> Any:
    """Mappings, lists, texts and numbers only; None for what is none of these. Of objects their public attributes."""
    if depth > MOST_NESTED:
        return None
    if found is None or isinstance(found, str | bool | int | float):
        return found
    if isinstance(found, Mapping):
        return {str(key): plain(each, depth + 1) for key, each in found.items()}
    if isinstance(found, list | tuple):
        return [plain(each, depth + 1) for each in found]
    dump = getattr(found, "model_dump", None)
    if callable(dump):
        return plain(dump(), depth + 1)
    if hasattr(found, "__index__"):
        return operator.index(found)
    names = (*getattr(found, "__dict__", ()), *getattr(type(found), "__slots__", ()))
    public = [name for name in names if isinstance(name, str) and not name.startswith("_")]
    return {name: plain(getattr(found, name, None), depth + 1) for name in public} if public else None


# ---- counts ------------------------------------------------------------------------------------------------


def family(provider: str) -> Family | None:
    """Whose shape a usage object has where the caller says so; None leaves it to the object. Raises ValueError."""
    if not provider:
        return None
    known = {each.partition("_")[0]: each for each in (Family.ANTHROPIC, Family.CHAT_COMPLETIONS, Family.GOOGLE)}
    found = known.get(provider.strip().lower())
    if found is None:
        raise ValueError(f"provider takes one of {', '.join(known)}, not {provider[:40]!r}")
    return found


def stated(
    *,
    input: int | None,  # noqa: A002 - the word of those who call
    output: int | None,
    cached: int | None = None,
    cache_write_5m: int | None = None,
    cache_write_1h: int | None = None,
    cached_is: str | None = None,
) -> TokenCounts:
    """Counts one by one. Raises ValueError in a sentence that says what is missing or cannot be."""
    named = {
        "input": input,
        "output": output,
        "cached": cached,
        "cache_write_5m": cache_write_5m,
        "cache_write_1h": cache_write_1h,
    }
    for name, count in named.items():
        if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 0):
            raise ValueError(f"{name} takes a whole number of tokens from 0 up, not {str(count)[:40]!r}")
    if input is None and output is None:
        raise ValueError("the counts are missing: give input and output, or usage")
    if cached_is not in (None, INSIDE, BESIDE):
        raise ValueError(f'cached_is takes "{INSIDE}" or "{BESIDE}", not {str(cached_is)[:40]!r}')
    read, short, long = (cached or 0, cache_write_5m or 0, cache_write_1h or 0)
    whole, parts = input or 0, read + short + long
    if parts and cached_is is None:
        raise ValueError(
            "it is not said whether the cached tokens are a part of input or stand beside it: say cached_is="
            f'"{INSIDE}" (OpenAI and Gemini count so) or cached_is="{BESIDE}" (Anthropic counts so)'
        )
    if cached_is == INSIDE and parts > whole:
        raise ValueError(
            f"{parts:,} cached tokens cannot be a part of {whole:,} input tokens: they stand beside it, or one count "
            "is wrong"
        )
    return TokenCounts(
        input=whole - parts if cached_is == INSIDE else whole,
        cache_write_5m=short,
        cache_write_1h=long,
        cache_read=read,
        output=output or 0,
    )


def attempts_of(
    usage: Mapping[str, Any], *, model: str, tier: str = "", speed: str = "", geo: str = "", provider: str = ""
) -> tuple[Attempt, ...]:
    """What a usage object tells. Raises ValueError in a sentence that names the field."""
    return attempts(usage, model=model, at=None, tier=tier, speed=speed, geo=geo, family=family(provider))


# ---- the event ---------------------------------------------------------------------------------------------


def key_of(app: str, id_: str) -> str:
    """The ledger's key of a call that its program names: the same for every record of it, on every computer."""
    return "call-" + hashlib.blake2b(f"{app}\0{id_}".encode("utf-8", "replace"), digest_size=16).hexdigest()


def event(
    told: Sequence[Attempt], *, key: str, at_us: int, app: str, task: str = "", thought: int = 0, can_wait: bool = False
) -> UsageEvent:
    """One call, whether it took one request or several. Raises ValueError for what cannot be one call."""
    if not all(each.model.strip() for each in told):
        raise ValueError("the model is missing: name it as its vendor does, such as in the response")
    for each in told:
        if max(each.prompt, each.tokens.output) > MOST_TOKENS:
            raise ValueError(
                f"{max(each.prompt, each.tokens.output):,} tokens cannot be one call, the most is {MOST_TOKENS:,}: "
                "record each call by itself, for prices depend on the length of each prompt"
            )
    first, sums = told[0], TokenCounts()
    for each in told:
        sums += each.tokens
    flags = frozenset().union(*(each.flags for each in told)) | ({CAN_WAIT} if can_wait else set())
    terms = EventTerms(
        model=name(first.model),
        tier=name(first.tier),
        speed=name(first.speed),
        geo=name(first.geo),
        flags=" ".join(sorted(flags)),
    )
    several = tuple((name(each.model), *_counts(each.tokens)) for each in told) if len(told) > 1 else ()
    return UsageEvent(
        key, "", False, at_us, EventPlace(app=name(app), task=name(task)), terms, *_counts(sums),
        min(thought, sums.output), sum(each.web_searches for each in told), several,
    )  # fmt: skip


def _counts(tokens: TokenCounts) -> tuple[int, int, int, int, int]:
    return (tokens.input, tokens.cache_write_5m, tokens.cache_write_1h, tokens.cache_read, tokens.output)


def thought_in(usage: Mapping[str, Any]) -> int:
    return reasoning(usage) or 0


def name(text: str) -> str:
    """A name as it is kept: one that every encoding can write, of a bearable length."""
    return text[:MOST_READ].encode("utf-8", "replace").decode("utf-8").replace("\0", "").strip()[:MOST_TEXT]
