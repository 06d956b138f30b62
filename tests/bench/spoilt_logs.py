"""Whole log files spoilt in every way we could think of: what is left whole in them must be counted, line by line."""

from __future__ import annotations

import gzip
import itertools
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import zstandard

from tests.logs.desk import Desk, Running
from tests.logs.lines import answer, text
from tests.providers.codex.session_lines import line, meta

FILES = 100_000
AT_ONCE = 2500
"""In one home: many enough for the folders to be like real ones, few enough to leave the disk alone."""
SWAPPED = 12
"""Files that become something else after each of the first looks of a home."""
LOOKS = 20
LONG_IN = 400
"""One file in so many has a line of megabytes."""
RENAMED = (b'"usage"', b'"message"', b'"type"', b'"payload"', b'"timestamp"', b'"id"', b'"output_tokens"')
JUNK = (
    *(b"[" * 5000, b'{"usage":' * 500, b"\0" * 700, b"9" * 400, b"\\ud800", b"\xef\xbb\xbf", b"\xff\xfe"),
    *(b'"usage"', b'{"type":"assistant","message":{"usage":{"output_tokens":1e999}}}', b'}\n{"', b"\r", b"\n\n \n"),
)

Line = tuple[int, bytes]
"""The number by which a response is known, as it is its output, and the line without its newline."""


@dataclass(frozen=True, slots=True)
class Spoilt:
    content: bytes
    whole: frozenset[int]  # the lines that are as they were, and ended


Way = Callable[[list[Line], random.Random], Spoilt]


# ---- ways to spoil a file ------------------------------------------------------------------------------------


def _joined(lines: list[Line]) -> bytes:
    return b"".join(each + b"\n" for _, each in lines)


def _untouched(lines: list[Line], start: int, end: int) -> frozenset[int]:
    """Where the bytes from start to end are others now, or are missing; none of them: where some were put in."""
    kept, at = set[int](), 0
    for number, each in lines:
        after = at + len(each) + 1
        if after <= start or at > end:  # the newline before a line is whole too
            kept.add(number)
        at = after
    return frozenset(kept)


def _stretch(content: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(content))
    return start, min(len(content), start + chance.choice((1, 40, 600, 4096)))


def _cut_off(lines: list[Line], chance: random.Random) -> Spoilt:
    content = _joined(lines)
    start = chance.randrange(len(content))
    return Spoilt(content[:start], _untouched(lines, start, len(content)))


def _zeroed(lines: list[Line], chance: random.Random) -> Spoilt:
    content = _joined(lines)
    start, end = _stretch(content, chance)
    return Spoilt(content[:start] + bytes(end - start) + content[end:], _untouched(lines, start, end))


def _flipped(lines: list[Line], chance: random.Random) -> Spoilt:
    content = _joined(lines)
    start, end = _stretch(content, chance)
    return Spoilt(content[:start] + chance.randbytes(end - start) + content[end:], _untouched(lines, start, end))


def _lacking(lines: list[Line], chance: random.Random) -> Spoilt:
    content = _joined(lines)
    start, end = _stretch(content, chance)
    return Spoilt(content[:start] + content[end:], _untouched(lines, start, end))


def _spliced(lines: list[Line], chance: random.Random) -> Spoilt:
    """A piece of itself, or of something else, within a line."""
    content = _joined(lines)
    start, end = _stretch(content, chance)
    piece = chance.choice((content[start:end], chance.choice(JUNK), chance.randbytes(end - start)))
    at = chance.randrange(len(content))
    return Spoilt(content[:at] + piece + content[at:], _untouched(lines, at, at))


def _renamed(lines: list[Line], chance: random.Random) -> Spoilt:
    """A newer tool writes some fields under other names, or other things in them."""
    name, whole, written = chance.choice(RENAMED), set[int](), []
    new = chance.choice((name[:-1] + b's"', b'"x"', name + b':null,"x"', name + b":[],", b""))
    for number, each in lines:
        if chance.random() < 0.5:
            written.append(each.replace(name, new))
        else:
            written.append(each)
            whole.add(number)
    return Spoilt(b"".join(each + b"\n" for each in written), frozenset(whole))


def _otherwise_encoded(lines: list[Line], chance: random.Random) -> Spoilt:
    content, every = _joined(lines), frozenset(number for number, _ in lines)
    accented = content.replace(b'"content":[]', '"content":["déjà vu 日本"]'.encode())
    return chance.choice(
        (
            Spoilt(content.decode().encode("utf-16"), frozenset()),
            Spoilt(content.decode().encode("utf-32"), frozenset()),
            Spoilt(accented.decode().encode("cp1252", "replace"), every),
            Spoilt(accented.decode().encode("utf-8-sig"), every),
            Spoilt(content.replace(b"\n", b"\r\n"), every),
            Spoilt(content.replace(b"\n", b"\r"), frozenset()),
            Spoilt(gzip.compress(content, 1), frozenset()),
        )
    )


def _shuffled(lines: list[Line], chance: random.Random) -> Spoilt:
    """As a copy that was broken off and begun again."""
    written = [*lines, *chance.choices(lines, k=3)]
    chance.shuffle(written)
    return Spoilt(_joined(written), frozenset(number for number, _ in lines))


def _with_junk(lines: list[Line], chance: random.Random) -> Spoilt:
    written = _joined(lines[:2]) + chance.choice(JUNK) + b"\n" + _joined(lines[2:])
    return Spoilt(written, frozenset(number for number, _ in lines))


def _with_a_long_line(lines: list[Line], chance: random.Random) -> Spoilt:
    filler = chance.choice((b"x", b'"usage"', b'{"usage":[', bytes(1), b'"token_count",'))
    size = 40_000_000 if not chance.randrange(40) else chance.randrange(3_000_000)
    written = _joined(lines[:2]) + filler * (size // len(filler)) + b"\n" + _joined(lines[2:])
    return Spoilt(written, frozenset(number for number, _ in lines))


def _random_bytes(_: list[Line], chance: random.Random) -> Spoilt:
    return Spoilt(chance.randbytes(chance.randrange(5000)), frozenset())


WAYS: tuple[Way, ...] = (
    *(_cut_off, _zeroed, _flipped, _lacking, _spliced, _spliced, _renamed, _otherwise_encoded, _shuffled),
    *(_with_junk, _random_bytes),
)  # fmt: skip


# ---- files ---------------------------------------------------------------------------------------------------


class Maker:
    """Writes spoilt files into a home, and remembers which lines must be counted."""

    def __init__(self, desk: Desk, chance: random.Random, numbers: Iterator[int]) -> None:
        self._desk = desk
        self._chance = chance
        self._numbers = numbers
        self.due: dict[Path, tuple[str, frozenset[int]]] = {}
        """How each file was spoilt, and what is whole in it."""

    def make(self, number: int) -> None:
        """One file of either tool, some of them packed."""
        kind = self._chance.random()
        if kind < 0.6:
            folder = self._desk.tree / f"-p{number % 50}"
            self._put(folder / f"s{number}.jsonl", b"", self._of_claude(number))
        else:
            thread = f"019aa000-0000-7000-8000-{number:012x}"
            folder = self._desk.home / ".codex" / "sessions" / "2026" / "11" / f"{number % 28 + 1:02}"
            path = folder / f"rollout-2026-11-18T10-00-00-{thread}.jsonl"
            # By its first line a thread is known: where that is spoilt, its answers may be another's.
            self._put(path, meta(thread) + b"\n", self._of_codex(thread), is_packed=kind > 0.9)

    def _put(self, path: Path, head: bytes, lines: list[Line], *, is_packed: bool = False) -> None:
        chance = self._chance
        way = _with_a_long_line if not chance.randrange(LONG_IN) else chance.choice(WAYS)
        spoilt = way(lines, chance)
        name, whole, content = way.__name__.strip("_"), spoilt.whole, head + spoilt.content
        if way is _otherwise_encoded and head:
            content, whole, name = head + _joined(lines), frozenset(each for each, _ in lines), "none"
        if is_packed:
            path, content, name = path.with_suffix(".jsonl.zst"), zstandard.compress(content, 1), f"packed, {name}"
            if chance.random() < 0.7:
                start, end = _stretch(content, chance)
                broken = (content[:start], content[:start] + chance.randbytes(end - start) + content[end:])
                content, whole, name = chance.choice(broken), frozenset(), "packing broken"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.due[path] = (name, whole)

    def _of_claude(self, number: int) -> list[Line]:
        session = f"s{number}"
        made = []
        for each in itertools.islice(self._numbers, self._chance.randint(1, 7)):
            given = answer(f"msg_{each}", each, request=f"req_{each}", at=each * 2, session=session)
            made.append((each, text(given)[:-1]))
        return made

    def _of_codex(self, thread: str) -> list[Line]:
        made = []
        for each in itertools.islice(self._numbers, self._chance.randint(1, 7)):
            used = {"input_tokens": 1000, "cached_input_tokens": 400, "output_tokens": each}
            told = {"thread_id": thread, "response_id": f"resp_{each}", "usage": used}
            made.append((each, line(each * 2, "token_usage_record", told)))
        return made

    def swap(self) -> None:
        """Some files become something else while they wait to be read: what they were need not be counted."""
        for path in self._chance.sample(sorted(self.due), SWAPPED):
            del self.due[path]
            path.unlink()
            match self._chance.randrange(6):
                case 0:
                    pass
                case 1:
                    path.mkdir()
                case 2:
                    path.symlink_to("/etc/hostname")
                case 3:
                    os.mkfifo(path)
                case 4:
                    path.symlink_to(path)
                case _:
                    head = meta(path.stem[-36:]) + b"\n" if path.name.startswith("rollout") else b""
                    lines = self._of_codex(path.stem[-36:]) if head else self._of_claude(0)
                    path = path.with_suffix("") if path.suffix == ".zst" else path
                    path.write_bytes(head + _joined(lines))
                    self.due[path] = ("swapped", frozenset(number for number, _ in lines))


def files(scratch: Path) -> list[str]:
    """Homes full of spoilt files, read look by look while some change under the reader, then to the end."""
    chance, numbers, made = random.Random(1), itertools.count(1), 0
    ways, lost = Counter[str](), list[str]()
    whole = 0
    while made < FILES:
        folder = scratch / f"spoilt-{made}"
        folder.mkdir()
        desk = Desk(folder)
        maker = Maker(desk, chance, numbers)
        for number in range(made, min(made + AT_ONCE, FILES)):
            maker.make(number)
            made += 1
        with desk.running() as it:
            _read(it, maker)
            counted = {each.tokens.output for response in it.store.responses() for each in response.attempts}
        for path, (way, due) in maker.due.items():
            ways[way] += 1
            whole += len(due)
            lost += [f"{each} in {path.name}, {way}" for each in sorted(due - counted)]
        shutil.rmtree(folder)
    shown = ", ".join(f"{way} {count:,}" for way, count in ways.most_common())
    return [
        f"{made:,} spoilt files: 0 crashes, {len(lost)} of {whole:,} whole lines lost; {shown}",
        *lost[:10],
    ]


def _read(it: Running, maker: Maker) -> None:
    for _ in range(LOOKS):
        it.desk.clock.sleep(2)
        it.indexing.look(0)
        maker.swap()
    it.indexing.catch_up()
