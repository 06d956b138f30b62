"""Logs of use: lines of every tool that has some, packed ones, and what other programs tell us in spools."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import zstandard

from tests.fuzz.legal import assert_legal
from tests.fuzz.target import Target, scratch, texts
from usagetray.edges.usage_logs.lines import Lines
from usagetray.edges.usage_logs.reading import Origin, read_log, whole_lines
from usagetray.edges.usage_logs.walk import look_at
from usagetray.providers import discover
from usagetray.providers.contract import Home, LogDecoder, LogPlace, LogSource
from usagetray.spine import own_programs
from usagetray.usage import EventRow, UsageEvent

HOME = Home(path=Path("/home/somebody/.tool"), is_default=True)
MOST_COUNT = 2**63
THREADS = ("019a0000-0000-7000-8000-000000000001", "019a0000-0000-7000-8000-000000000002")
CALL = (
    b'{"usagetray_call":1,"key":"call-00063f0000000000-0123456789abcdef01","at_us":1795203600000000,"app":"a",'
    b'"model":"gpt-5.5","input":10,"cache_read":5,"output":7}\n'
)


def targets() -> tuple[Target, ...]:
    found = []
    for provider in discover():
        if provider.logs is not None:
            seeds = tuple(_short(each) for each in texts(*PATTERNS[provider.id]))
            found.append(_lines(provider.id, provider.logs, seeds))
            found.append(_packed(provider.id, provider.logs, seeds))
    return (*found, _lines("own-calls", own_programs.SOURCE, (CALL * 2,)))


PATTERNS = {provider.id: (f"providers/{provider.id}/**/*.jsonl",) for provider in discover() if provider.logs}


def _short(content: bytes) -> bytes:
    """The first lines: a short input is tried, and made smaller, more often."""
    return b"".join(line + b"\n" for line in content.split(b"\n")[:12])


def _lines(name: str, source: LogSource, seeds: tuple[bytes, ...]) -> Target:
    def run(content: bytes) -> None:
        whole = told(source, content)
        middle = content.find(b"\n", len(content) // 2) + 1
        if middle:
            again = told(source, content, stop_at=middle)
            assert _answers(again) == _answers(whole), "told otherwise when read in two goes"

    holds = "never an exception; counts from 0 up, texts a database takes; the same when read in two goes"
    return Target(f"log-{name}", holds, run, seeds)


def _answers(events: list[UsageEvent]) -> dict[tuple[str, str, bool], int]:
    """By key the most output that was told: blocks of one response may come one by one, or as one."""
    found: dict[tuple[str, str, bool], int] = {}
    for each in events:
        key = each.key, each.part, each.side
        found[key] = max(found.get(key, 0), each.output)
    return found


def told(source: LogSource, content: bytes, stop_at: int = 0) -> list[UsageEvent]:
    """The events of a log; with `stop_at`, by a decoder that ends there and one that goes on."""
    place = LogPlace(path=f"p/rollout-2026-11-20T10-00-00-{THREADS[0]}.jsonl", home=HOME)
    decoder, events = source.decoder(place, b""), list[EventRow]()
    if stop_at:
        _pick(source, decoder, content[:stop_at], 0, events)
        decoder = source.decoder(place, decoder.state())
    _pick(source, decoder, content[stop_at:], stop_at, events)
    found = [UsageEvent(*each) for each in events]
    for each in found:
        assert_legal(each, negative=("at", "at_us"))
        for count in (each.input, each.output, each.cache_read, each.reasoning):
            assert type(count) is int
            assert count < MOST_COUNT
    assert all(count > 0 for count in decoder.skipped.values())
    return found


def _pick(source: LogSource, decoder: LogDecoder, content: bytes, offset: int, events: list[EventRow]) -> None:
    for _ in Lines().pick(io.BytesIO(content).readinto, source.needles, decoder.take, events, offset):
        pass


def _packed(name: str, source: LogSource, seeds: tuple[bytes, ...]) -> Target:
    """The same as a packed file, through the reader of whole logs: what cannot be unpacked tells nothing."""
    tree = scratch() / f"tree-{name}"
    origin = Origin(name, "", "", HOME, source, str(tree))

    def run(content: bytes) -> None:
        tree.mkdir(exist_ok=True)
        path = tree / f"rollout-2026-11-20T10-00-00-{THREADS[0]}.jsonl.zst"
        path.write_bytes(content)
        found = look_at(str(path), str(tree))
        assert found is not None
        for read in read_log(found, None, origin, Lines(), _nobody):
            assert_legal(read.told, negative=("at", "rank"))
        for line in whole_lines(str(path)):
            assert b"\n" not in line

    packed = tuple(zstandard.ZstdCompressor().compress(each) for each in seeds[:3])
    cut = packed[0][: len(packed[0]) // 2]
    bomb = zstandard.ZstdCompressor().compress(bytes(8 << 20))
    holds = "what is whole is told, the rest nothing; memory as of one block"
    return Target(f"zst-{name}", holds, run, (*packed, cut, packed[0] * 2, bomb), is_json=False)


def _nobody(text: str) -> Iterator[str]:
    del text
    return iter(())
