"""`usagetray log`: records calls of a model that a program made. Needs neither tray nor history to be there."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from usagetray import recording
from usagetray.domain.pricing import Cost, price, total
from usagetray.domain.rates import RateTable
from usagetray.edges.tables import rate_table
from usagetray.errors import UserError
from usagetray.profile import Profile
from usagetray.settings.reading import load
from usagetray.usage import Attempt, TokenCounts, UsageEvent
from usagetray.views.amounts import dollars, tokens
from usagetray.views.cli import out, out_json, say
from usagetray.views.cli.opening import opened
from usagetray.views.plain import plain
from usagetray.views.report_words import least

SCHEMA = 1
MOST_READ = 64 * 1024 * 1024
MOST_NAMED = 5
"""Mistakes of one file that are told one by one."""
STDIN = Path("-")
COUNTS = ("input", "output", "cached", "cache_write_5m", "cache_write_1h", "cached_is")

Found = Sequence[tuple[str, Any]]
"""Where it stands, for a sentence about it, and what was read there; a ValueError for what could not be."""


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    events, mistakes = _stated(arguments) if arguments.usage is None else _given(arguments)
    if not events and not mistakes:
        raise UserError("Nothing was recorded: the usage there is null, as in a stream before its end.")
    try:
        for event in events:
            recording.write(event, profile.paths.calls_dir)
    except OSError as error:
        where = profile.paths.calls_dir
        raise UserError(
            f"{where} cannot be written ({error.strerror}): check the disk, then record it again."
        ) from None
    for sentence in mistakes[:MOST_NAMED]:
        say(sentence)
    if len(mistakes) > MOST_NAMED:
        say(f"{len(mistakes) - MOST_NAMED:,} more calls could not be recorded.")
    if events:
        _print(events, profile, as_json=arguments.json)
    return 1 if mistakes else 0


# ---- what is told ------------------------------------------------------------------------------------------


def _stated(arguments: argparse.Namespace) -> tuple[list[UsageEvent], list[str]]:
    counts = {name: getattr(arguments, name) for name in COUNTS}
    if counts["input"] is None and counts["output"] is None:
        raise UserError("The counts are missing: give --input and --output, or --usage FILE.")
    if not arguments.model:
        raise UserError("The model is missing: give --model, as its vendor calls it.")
    if any(counts[name] for name in COUNTS[2:5]) and counts["cached_is"] is None:
        raise UserError(
            "It is not said where the cached tokens are counted: add --cached-inside where they are a part of --input "
            "(OpenAI, Gemini), --cached-beside where --input leaves them out (Anthropic)."
        )
    try:
        event = recording.event_of(counts=counts, **_words(arguments))
    except ValueError as error:
        raise UserError(_sentence(error)) from None
    return ([event] if event else []), []


def _given(arguments: argparse.Namespace) -> tuple[list[UsageEvent], list[str]]:
    given = [name for name in COUNTS if getattr(arguments, name) is not None]
    if given:
        option = "--" + given[0].replace("_", "-").replace("cached-is", f"cached-{arguments.cached_is}")
        raise UserError(
            f"{option} goes with --input and --output; --usage has its own counts, and says how they are meant."
        )
    name = "standard input" if arguments.usage == STDIN else arguments.usage.name
    found = list(_read(arguments.usage))
    if arguments.id and len(found) > 1:
        raise UserError(f"--id names one call, and {name} holds {len(found):,}.")
    events, mistakes = list[UsageEvent](), list[str]()
    for place, usage in found:
        try:
            if isinstance(usage, ValueError):
                raise usage
            event = recording.event_of(usage=usage, counts={}, **_words(arguments))
        except ValueError as error:
            mistakes.append(f"{name}{place}: {_cut(error)}.")
        else:
            events += [event] if event else []
    return events, mistakes


def _words(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "model": arguments.model,
        "app": arguments.app or recording.UNNAMED,
        "task": arguments.task,
        "at": arguments.at,
        "tier": arguments.tier,
        "speed": arguments.speed,
        "geo": arguments.geo,
        "can_wait": arguments.can_wait,
        "id_": arguments.id,
    }


def _sentence(error: ValueError) -> str:
    text = _cut(error)
    return f"{text[:1].upper()}{text[1:]}."


def _cut(error: ValueError) -> str:
    return plain(str(error), 300)


def _read(path: Path) -> Iterator[tuple[str, Any]]:
    """One object, a list of them, or a line for each. Raises `UserError` where nothing can be read at all."""
    text = _text(path)
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        yield from _read_lines(text, path)
        return
    if isinstance(whole, list):
        yield from ((f", call {number}", each) for number, each in enumerate(whole, 1))
    else:
        yield "", whole


def _read_lines(text: str, path: Path) -> Iterator[tuple[str, Any]]:
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise UserError(f"{path} is empty: it takes usage objects as JSON." if path != STDIN else "Nothing came in.")
    for number, line in lines:
        try:
            yield f", line {number}", json.loads(line)
        except (ValueError, RecursionError):
            yield f", line {number}", ValueError("that is no JSON: it takes one object, a list of them, or one a line")


def _text(path: Path) -> str:
    try:
        if path == STDIN:
            content = sys.stdin.buffer.read(MOST_READ + 1)
        else:
            with path.open("rb") as file:
                content = file.read(MOST_READ + 1)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): name a file that is there.") from None
    if len(content) > MOST_READ:
        raise UserError(f"{path} is larger than {MOST_READ // 1024**2} MiB: split it.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{path} is no text in UTF-8: it takes usage objects as JSON.") from None


# ---- what was recorded -------------------------------------------------------------------------------------


def _print(events: Sequence[UsageEvent], profile: Profile, *, as_json: bool) -> None:
    table = rate_table(load(profile.paths.config_file).rates)
    costs = [_cost(each, table) for each in events]
    whole = total(costs)
    if as_json:
        calls = [_as_json(event, cost) for event, cost in zip(events, costs, strict=True)]
        out_json({"schema": SCHEMA, "recorded": len(events), **_price_json(whole), "calls": calls})
        return
    if len(events) == 1:
        out(f"Recorded: {_in_words(events[0])}: {_price(whole)}.")
    else:
        out(f"Recorded {len(events):,} calls, {tokens(whole.tokens)} tokens: {_price(whole)}.")
    if whole.usd and whole.is_lower_bound:
        out(least(whole))


def _cost(event: UsageEvent, table: RateTable) -> Cost:
    return total(price(each, table) for each in _attempts(event))


def _attempts(event: UsageEvent) -> Iterator[Attempt]:
    """As the ledger will have them."""
    terms, at = event.terms, recording.at_of(event)
    parts = event.attempts or ((terms.model, *event[6:11]),)
    for number, (model, given, write_5m, write_1h, read, output) in enumerate(parts):
        counts = TokenCounts(
            input=given, cache_write_5m=write_5m, cache_write_1h=write_1h, cache_read=read, output=output
        )
        yield Attempt(
            model=model,
            at=at,
            tokens=counts,
            prompt=counts.prompt,
            tier=terms.tier,
            speed=terms.speed,
            geo=terms.geo,
            web_searches=0 if number else event.web_searches,
            flags=frozenset(terms.flags.split()),
        )


def _in_words(event: UsageEvent) -> str:
    place, written = event.place, event.cache_write_5m + event.cache_write_1h
    told = [
        f"{event.input:,} in",
        f"{written:,} written to the cache" if written else "",
        f"{event.cache_read:,} read from it" if written and event.cache_read else "",
        f"{event.cache_read:,} read from the cache" if event.cache_read and not written else "",
        f"{event.output:,} out",
    ]
    whose = plain(place.app) + (f", {plain(place.task)}" if place.task else "")
    return f"{plain(event.terms.model)} for {whose}, {', '.join(filter(None, told))}"


def _price(cost: Cost) -> str:
    if not cost.usd and cost.unpriced:
        return "no price is known for that model; one of your own goes into the settings, under rates"
    least_of = "at least " if cost.is_lower_bound else ""
    shown = dollars(cost.usd) if cost.usd >= 1 or not cost.usd else f"${_exact(cost.usd.quantize(Decimal('0.000001')))}"
    return f"{least_of}{shown} at list prices"


def _exact(usd: Decimal) -> str:
    text = f"{usd:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _price_json(cost: Cost) -> dict[str, Any]:
    is_unknown = bool(cost.unpriced) and not cost.usd
    return {"list_price_usd": None if is_unknown else _exact(cost.usd), "unpriced_tokens": cost.unpriced_tokens}


def _as_json(event: UsageEvent, cost: Cost) -> dict[str, Any]:
    return {
        "at": recording.at_of(event).isoformat().replace("+00:00", "Z"),
        "app": plain(event.place.app),
        "task": plain(event.place.task) or None,
        "model": plain(event.terms.model),
        "tier": plain(event.terms.tier) or None,
        "input_tokens": event.input,
        "cache_write_5m_tokens": event.cache_write_5m,
        "cache_write_1h_tokens": event.cache_write_1h,
        "cache_read_tokens": event.cache_read,
        "output_tokens": event.output,
        "reasoning_tokens": event.reasoning,
        "web_search_requests": event.web_searches,
        **_price_json(cost),
    }
