"""Edits that spoil an input: bytes flipped, cut out, put in, copied; and values of its JSON replaced by odd ones.

An edit is three numbers, so that a fuzzer can draw it and hypothesis can make it smaller.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from tests.fuzz.target import Target

MOST = 65_536
NESTED = "@nested@"
"""Stands for what `json.dumps` itself could not write."""
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 7, 2**31, 2**63, 2**64, 10**30, 10**400, -(10**400), 0.5, -0.5, 1e-320, 1.5e308),
    *(float("nan"), float("inf"), -float("inf"), 253402300800, 1795203600000, -62135596800, 58_000 * 31_556_952),
    *("", " 7 ", "NaN", "-1", "100", "1e9", "1e999999", "Infinity", "\ud800", "9" * 5000, "x" * 3000, "0x10", "١٢"),
    *("2026-11-20T19:00:00Z", "2026-13-40", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "today"),
    *("\0", "\u202e", "a\nb", "../../x", "/", "é" * 40, "2026-11-20T19:00:00", "12:00", "P1D"),
    *([], [1], [None, {}], [[]], {}, {"x": 1}, {"amount": "x"}, {"": None}, [[0] * 50] * 20, NESTED),
)
PIECES: tuple[bytes, ...] = (
    *(b"\0", b"\xff", b"\xef\xbb\xbf", b"\n", b"\r\n", b"\r", b"\\ud800", b"\\", b'"', b"'", b"{", b"}", b"[", b"]"),
    *(
        b"NaN",
        b"Infinity",
        b"-",
        b"1e999",
        b"9" * 400,
        b"9" * 5000,
        b"null",
        b"true",
        b",",
        b":",
        b"=",
        b"#",
        b"$",
        b"`",
    ),
    *(b"[" * 3000, b'{"a":' * 2000, b"((" * 800, b"${" * 800, b"\xe2\x80\xa8", b"\xf0\x9f\x92\xa9", b" " * 200, b"\t"),
    *(b"<<EOF\n", b"@'\n", b'@"\n', b"$((", b"$(", b"<#", b"[[", b"]]", b'"""', b"'''", b"1979-05-27T07:32:00Z", b";"),
)
WORD = re.compile(rb"[A-Za-z_$][A-Za-z0-9_.-]{2,40}")


class Edit(NamedTuple):
    kind: int
    where: int  # each from 0 to `MOST`
    what: int


def spoilt(target: Target, content: bytes, edits: Iterable[Edit]) -> bytes:
    for edit in edits:
        changed = _value_changed(content, edit) if target.is_json and edit.kind % 3 else None
        content = _bytes_changed(content, edit, target.seeds) if changed is None else changed
    return content


# ---- values -------------------------------------------------------------------------------------------------


def _value_changed(content: bytes, edit: Edit) -> bytes | None:
    """One value of the JSON, or of one line of it, replaced; None where it is none."""
    try:
        return _replaced(json.loads(content), edit)
    except (ValueError, RecursionError):
        pass
    lines = content.split(b"\n")
    number = edit.where % len(lines)
    try:
        lines[number] = _replaced(json.loads(lines[number]), Edit(edit.kind, edit.where // len(lines), edit.what))
    except (ValueError, RecursionError):
        return None
    return b"\n".join(lines)


def _replaced(value: Any, edit: Edit) -> bytes:
    places = list(_places(value))
    odd = ODD[edit.what % len(ODD)]
    if not places:
        value = odd
    else:
        holder, key = places[edit.where % len(places)]
        match edit.kind % 7:
            case 0 if isinstance(holder, dict):
                holder[f"{key}_"] = holder.pop(key)  # a field of another name
            case 1 if isinstance(holder, list):
                holder.extend(holder[:20])
            case 2:
                other, there = places[edit.what % len(places)]
                holder[key], other[there] = other[there], holder[key]
                if _is_looped(value):
                    return b"{}"
            case _:
                holder[key] = odd
    return json.dumps(value).replace(f'"{NESTED}"', "[" * 5000 + "]" * 5000).encode()


def _is_looped(value: Any) -> bool:
    try:
        json.dumps(value)
    except (ValueError, RecursionError):
        return True
    return False


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    waiting = [value]
    while waiting:
        here = waiting.pop()
        for key in list(here) if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else ():
            yield here, key
            waiting.append(here[key])


# ---- bytes --------------------------------------------------------------------------------------------------


def _bytes_changed(content: bytes, edit: Edit, seeds: Sequence[bytes]) -> bytes:
    at = edit.where * (len(content) + 1) // (MOST + 1)
    match edit.kind // 3 % 8:
        case 0:
            return content[:at] + bytes([edit.what % 256]) + content[at + 1 :]
        case 1 | 2:
            return content[:at] + PIECES[edit.what % len(PIECES)] + content[at:]
        case 3:
            return content[:at] + content[at + 1 + edit.what % 40 :]
        case 4:
            return content[:at]
        case 5:
            other = seeds[edit.what % len(seeds)]
            return content[:at] + other[edit.what % (len(other) + 1) :]
        case 6:
            words = WORD.findall(seeds[edit.what % len(seeds)]) or [b"x"]
            return content[:at] + words[edit.what // 7 % len(words)] + content[at:]
        case _:
            return content[:at] + content[at // 2 : at] + content[at:]
