"""`usagetray.log_usage(...)`: how the user's own programs record what a call of a model used.

It runs inside other people's programs: nothing is imported before the first call, nothing is sent anywhere, no thread
is started, and our troubles stay ours.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from usagetray.domain import calls
from usagetray.edges import own_calls
from usagetray.edges.files import paths
from usagetray.errors import UserError
from usagetray.usage import Attempt, UsageEvent

log = logging.getLogger("usagetray")

EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
"""A call may seem to lie this far in the future: clocks differ, and so do zones that were not said."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_COMPLAINTS = 20
UNNAMED = "unnamed"

_NOT_GIVEN: Any = object()
_complaints: set[str] = set()


def log_usage(
    *,
    model: str = "",
    usage: object = _NOT_GIVEN,
    input: int | None = None,  # noqa: A002 - the word of every vendor
    output: int | None = None,
    cached: int | None = None,
    cached_is: Literal["inside", "beside"] | None = None,
    cache_write_5m: int | None = None,
    cache_write_1h: int | None = None,
    app: str = "",
    task: str = "",
    at: datetime | str | None = None,
    tier: str = "",
    speed: str = "",
    geo: str = "",
    can_wait: bool = False,
    id: str = "",  # noqa: A002 - what vendors call it
    provider: str = "",
    strict: bool = False,
) -> bool:
    """Records one call of a model. True once it is recorded; it then appears in `usagetray report app`.

    usage: what the vendor's SDK returned, as it is: the response, its usage object, or either as a dict (Anthropic,
        OpenAI Chat Completions and Responses, Gemini). None, as within a stream, records nothing.
    input, output, cached, cache_write_5m, cache_write_1h: tokens, in place of `usage`. Output includes reasoning.
    cached_is: needed with any cached tokens. "inside": they are a part of input, as OpenAI and Gemini count;
        "beside": input leaves them out, as Anthropic counts.
    model: as the vendor calls it. May be left out where `usage` is the whole response.
    app, task: what the report groups by; without app it is the name of the running script.
    at: when; now, if left out. Without a zone it is this computer's time.
    tier, speed, geo: as served ("batch", "fast", "us"), where `usage` does not say.
    can_wait: a day would have been soon enough: shows what batches would save.
    id: a name of the call by which a record of it that comes again counts once, within its app. A whole response has
        its own.
    provider: whose usage object it is, "anthropic", "openai" or "gemini", where its fields do not tell.
    strict: raises ValueError for a call that is not right and OSError where it cannot be written. Else both are logged
        once, to the logger "usagetray", and the answer is False.

    One line goes to a private file (0600) in usagetray's own folder of this user, with the counts and names above and
    nothing else of the response. It outlives this program, but not a power cut within seconds. No network, no lock
    that is waited for, no need for the tray: it, `usagetray report` or `usagetray index` takes the line in.
    """
    try:
        event = event_of(
            model=model, usage=usage, app=app, task=task, at=at, tier=tier, speed=speed, geo=geo, can_wait=can_wait,
            id_=id, provider=provider,
            counts={
                "input": input, "output": output, "cached": cached, "cached_is": cached_is,
                "cache_write_5m": cache_write_5m, "cache_write_1h": cache_write_1h,
            },
        )  # fmt: skip
        if event is None:
            return False
        write(event)
    except ValueError as error:
        return _not_recorded(f"log_usage: {error}", error, strict)
    except (OSError, UserError) as error:
        trouble = error if isinstance(error, OSError) else OSError(str(error))
        return _not_recorded(f"log_usage: the call could not be written ({error})", trouble, strict)
    except Exception as error:  # whatever an SDK's object does when it is asked: the caller's program goes on
        return _not_recorded(f"log_usage: usage could not be read ({type(error).__name__})", error, strict)
    return True


def _not_recorded(sentence: str, error: Exception, strict: bool) -> bool:
    if strict:
        raise error
    if sentence not in _complaints and len(_complaints) < MOST_COMPLAINTS:
        _complaints.add(sentence)
        log.warning("%s", sentence)
    return False


def folder() -> Path:
    """Where calls are kept until they are taken in."""
    return paths(os.environ).calls_dir


def write(event: UsageEvent, into: Path | None = None) -> None:
    """Raises OSError or `UserError`."""
    own_calls.append(into or folder(), own_calls.line_of(event), datetime.now(UTC).date())


def event_of(
    *,
    model: str,
    usage: object = _NOT_GIVEN,
    counts: dict[str, Any],
    app: str,
    task: str,
    at: datetime | str | None,
    tier: str,
    speed: str,
    geo: str,
    can_wait: bool,
    id_: str,
    provider: str = "",
) -> UsageEvent | None:
    """The event of a call told in the words of `log_usage`; None where `usage` is None. Raises ValueError.

    `counts`: the arguments of `calls.stated`.
    """
    texts = {"model": model, "app": app, "task": task, "tier": tier, "speed": speed, "geo": geo, "id": id_}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise ValueError(f"{name} takes a text, not {type(text).__name__}")  # noqa: TRY004 - one error for callers
    if usage is _NOT_GIVEN:
        tokens = calls.stated(**counts)
        attempt = Attempt(model=model, at=None, tokens=tokens, prompt=tokens.prompt, tier=tier, speed=speed, geo=geo)
        return _made((attempt,), app=app, task=task, at=at, id_=id_, can_wait=can_wait)
    given = sorted(name for name, count in counts.items() if count is not None)
    if given:
        raise ValueError(f"usage has the counts already: leave out {', '.join(given)}, or usage")
    told = calls.told(usage)
    if told.usage is None:
        return None
    found = calls.attempts_of(
        told.usage, model=model or told.model, tier=tier or told.tier, speed=speed, geo=geo, provider=provider
    )
    thought = calls.thought_in(told.usage)
    if at is None and told.at is not None and _is_possible(told.at):
        at = told.at
    return _made(found, app=app, task=task, at=at, id_=id_ or told.id, can_wait=can_wait, thought=thought)


def _made(
    told: tuple[Attempt, ...],
    *,
    app: str,
    task: str,
    at: datetime | str | None,
    id_: str,
    can_wait: bool,
    thought: int = 0,
) -> UsageEvent:
    """The event, at its instant and under its key. Raises ValueError."""
    app = app.strip() or _program()
    at_us = (instant(at) - EPOCH) // timedelta(microseconds=1)
    # With the time before it, new keys stand beside each other in the ledger.
    key = calls.key_of(app, id_) if id_ else f"call-{at_us:014x}-{os.urandom(9).hex()}"
    return calls.event(told, key=key, at_us=at_us, app=app, task=task, thought=thought, can_wait=can_wait)


def instant(at: datetime | str | None) -> datetime:
    """Without a zone it is this computer's. Raises ValueError."""
    if at is None:
        return EPOCH + timedelta(microseconds=time.time_ns() // 1000)
    if isinstance(at, str):
        return _checked(_read(at))
    if not isinstance(at, datetime):
        raise ValueError(f"at takes a datetime or a text, not {type(at).__name__}")  # noqa: TRY004 - as above
    return _checked(at)


def _read(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"at takes a time such as 2026-11-20T14:30:00+01:00, not {text[:40]!r}") from None


def _checked(at: datetime) -> datetime:
    if not _is_possible(at):
        raise ValueError(f"at is {at.isoformat()}: a call lies between {EARLIEST:%Y} and now")
    return at.astimezone(UTC)


def _is_possible(at: datetime) -> bool:
    try:
        return EARLIEST <= at.astimezone(UTC) <= datetime.now(UTC) + AHEAD
    except (OverflowError, OSError):
        return False


def at_of(event: UsageEvent) -> datetime:
    return EPOCH + timedelta(microseconds=event.at_us)


def _program() -> str:
    """What the running script is called."""
    started = Path(sys.argv[0]) if sys.argv and sys.argv[0] not in ("", "-c") else None
    if started is None:
        return UNNAMED
    return (started.parent.name if started.stem == "__main__" else started.stem) or UNNAMED
