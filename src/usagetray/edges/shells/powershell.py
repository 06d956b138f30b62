"""What a PowerShell profile does to variables of the environment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field

from usagetray.edges.shells.statements import Statement
from usagetray.quick_dataclass import dataclass

NAME = r"([A-Za-z_]\w*)"
ASSIGNED = re.compile(rf"\$\{{?env:{NAME}\}}?\s*(\+?)=\s*(.*)", re.IGNORECASE | re.DOTALL | re.ASCII)
REMOVED = re.compile(
    rf"(?:Remove-Item|ri|rm|del|rd|erase)\s+(?:-\w+\s+)*[\"']?env:[\\/]?{NAME}", re.IGNORECASE | re.ASCII
)
ITEM = re.compile(
    rf"(?:Set-Item|si|New-Item|ni|Set-Content|sc)\s+(?:-Path\s+)?[\"']?env:[\\/]?{NAME}[\"']?\s+(?:-Value\s+)?(.*)",
    re.IGNORECASE | re.DOTALL | re.ASCII,
)
CALLED = re.compile(
    rf"\[(?:System\.)?Environment\]::SetEnvironmentVariable\(\s*[\"']{NAME}[\"']\s*,\s*(.*)\)",
    re.IGNORECASE | re.DOTALL | re.ASCII,
)
SOURCED = re.compile(r"\.\s+(.+)", re.DOTALL)
ELSEWHERE = re.compile(r",\s*[\"'\[].*(?:User|Machine)", re.IGNORECASE | re.DOTALL)
"""Written for other processes; this one goes on without."""


MOST = 4096
"""Characters looked at of one statement; a longer one sets no key."""


@dataclass(frozen=True, slots=True)
class _Command:
    text: str = field(repr=False)
    line: int
    perhaps: bool


def statements(text: str, known: Mapping[str, str]) -> Iterator[Statement]:
    """Names are told in upper case: they ignore case."""
    for command in _commands(text.replace("\r\n", "\n")):
        if found := ASSIGNED.match(command.text):
            yield _set(command, found[1], None if found[2] else _value(found[3], known))
        elif found := ITEM.match(command.text):
            yield _set(command, found[1], _value(found[2], known))
        elif found := CALLED.match(command.text):
            if not ELSEWHERE.search(found[2]):
                yield _set(command, found[1], _value(found[2].partition(",")[0], known))
        elif found := REMOVED.match(command.text):
            yield Statement(kind="unset", name=found[1].upper(), line=command.line, perhaps=command.perhaps)
        elif found := SOURCED.match(command.text):
            path = _value(found[1], known)
            if path:
                yield Statement(kind="source", value=path, line=command.line, perhaps=command.perhaps)


def _set(command: _Command, name: str, value: str | None) -> Statement:
    return Statement(
        kind="set", name=name.upper(), value=value, line=command.line, perhaps=command.perhaps, exported=True
    )


def _value(text: str, known: Mapping[str, str]) -> str | None:
    """A quoted text, or `$null`; None where it would have to be worked out."""
    text = text.strip()
    if text.lower() == "$null":
        return ""
    if found := re.fullmatch(r"'((?:[^']|'')*)'", text):
        return found[1].replace("''", "'")
    if found := re.fullmatch(r'"((?:[^"`]|`.|"")*)"', text, re.DOTALL):
        inside = found[1]
        for name, value in known.items():
            inside = re.sub(rf"\$(?:env:)?{name}\b", lambda _, value=value: value, inside, flags=re.IGNORECASE)
        return None if "$" in inside else inside.replace("`", "").replace('""', '"')
    return text if re.fullmatch(r"[A-Za-z]:[\\/][\w\\/.-]+|[\w-]+", text) else None


def _commands(text: str) -> Iterator[_Command]:
    """Each statement by itself; what stands in braces is done perhaps."""
    at, line, begins_at_line, depth = 0, 1, 1, 0
    parts: list[str] = []
    brackets = 0
    while at < len(text):
        char, pair = text[at], text[at : at + 2]
        if char == "#" or pair == "<#":
            closing = "#>" if pair == "<#" else "\n"
            end = text.find(closing, at)
            end = len(text) if end < 0 else end + (2 if pair == "<#" else 0)
            line += text.count("\n", at, end)
            at = end
        elif pair in ("@'", '@"'):
            end = text.find(f"\n{pair[1]}@", at)
            end = len(text) if end < 0 else end + 3
            line += text.count("\n", at, end)
            parts.append("$here")  # a text over several lines is no key
            at = end
        elif char in "'\"":
            end = _behind(text, at)
            parts.append(text[at:end])
            line += text.count("\n", at, end)
            at = end
        elif char == "`":
            parts.append("" if pair == "`\n" else pair)
            line += pair == "`\n"
            at += 2
        elif char in "{}" or (char in "\n;" and brackets == 0):
            is_braced_name = char == "{" and parts[-1:] == ["$"]
            if is_braced_name:
                end = text.find("}", at)
                end = len(text) if end < 0 else end + 1
                parts.append(text[at:end])
                at = end
                continue
            if command := "".join(parts).strip()[:MOST]:
                yield _Command(command, begins_at_line, depth > 0)
            parts = []
            depth = max(0, depth + (char == "{") - (char == "}"))
            line += char == "\n"
            at += 1
        else:
            if not parts and char in " \t":
                at += 1
                continue
            brackets = max(0, brackets + (char == "(") - (char == ")"))
            line += char == "\n"
            parts.append(char)
            at += 1
        if not parts:
            begins_at_line = line
    if command := "".join(parts).strip()[:MOST]:
        yield _Command(command, begins_at_line, depth > 0)


def _behind(text: str, at: int) -> int:
    """Behind the quote that closes the one here."""
    quote, at = text[at], at + 1
    while at < len(text):
        if (quote == '"' and text[at] == "`") or (text[at] == quote and text[at + 1 : at + 2] == quote):
            at += 2
        elif text[at] == quote:
            return at + 1
        else:
            at += 1
    return len(text)
