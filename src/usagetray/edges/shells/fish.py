"""What a fish configuration does to variables: `config.fish`, `conf.d/*.fish`, and its own `fish_variables`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from usagetray.edges.shells.statements import Statement
from usagetray.quick_dataclass import dataclass

BLANK = " \t\r\f\v"
ENDS_WORD = BLANK + "\n;&|<>)"
OPENS = frozenset({"if", "while", "for", "switch", "function", "begin"})
CONDITIONS = frozenset({"and", "or", "not", "!"})
LONG = {
    "export": "x",
    "unexport": "u",
    "erase": "e",
    "global": "g",
    "universal": "U",
    "local": "l",
    "function": "f",
    "query": "q",
    "append": "a",
    "prepend": "p",
    "path": "",
    "unpath": "",
    "names": "n",
    "show": "S",
}
STORED = re.compile(r"SETUVAR((?: --\w+)*) ([A-Za-z_]\w*):(.*)", re.ASCII)
ESCAPED = re.compile(r"\\x([0-9a-fA-F]{2})|\\(.)")
MOST_DEPTH = 1000


@dataclass(frozen=True, slots=True)
class _Word:
    text: str = field(repr=False)
    line: int
    is_bare: bool
    dynamic: bool


def statements(text: str, known: Mapping[str, str]) -> Iterator[Statement]:
    depth, after = 0, ";"
    for words, ends in _commands(text.replace("\r\n", "\n"), known):
        names = [each.text if each.is_bare else "" for each in words]
        perhaps = after in ("&&", "||")
        while names and (names[0] in CONDITIONS or names[0] == "builtin"):
            perhaps |= names[0] in CONDITIONS
            words, names = words[1:], names[1:]
        first = names[0] if names else ""
        if first in OPENS:
            depth = min(depth + 1, MOST_DEPTH)
        elif first == "end":
            depth = max(0, depth - 1)
        elif words and "|" not in (after, ends) and ends != "&":
            yield from _command(words, perhaps=perhaps or depth > 0)
        after = ends


def _command(words: Sequence[_Word], *, perhaps: bool) -> Iterator[Statement]:
    name, rest = words[0], words[1:]
    if name.text == "set":
        yield from _set(rest, perhaps)
    elif name.text == "export":  # fish brings a function of this name
        for word in rest:
            variable, sign, value = word.text.partition("=")
            if sign:
                told = None if word.dynamic else value
                yield Statement(kind="set", name=variable, value=told, line=word.line, perhaps=perhaps, exported=True)
            else:
                yield Statement(kind="export", name=variable, line=word.line, perhaps=perhaps)
    elif name.text in ("source", ".") and rest and not rest[0].dynamic:
        yield Statement(kind="source", value=rest[0].text, line=name.line, perhaps=perhaps)
    elif name.text == "alias" and rest:
        command, sign, value = rest[0].text.partition("=")
        if sign or len(rest) > 1:
            value = value if sign else " ".join(each.text for each in rest[1:])
            yield Statement(kind="alias", name=command, value=value, line=name.line, perhaps=perhaps)


def _set(words: Sequence[_Word], perhaps: bool) -> Iterator[Statement]:
    flags = ""
    at = 0
    while at < len(words) and words[at].is_bare and words[at].text.startswith("-") and len(words[at].text) > 1:
        text = words[at].text
        flags += LONG.get(text[2:], "") if text.startswith("--") else text[1:]
        at += 1
    if at == len(words) or set(flags) & {"q", "n", "S"}:
        return
    name, values = words[at], words[at + 1 :]
    if "e" in flags:
        yield Statement(kind="unset", name=name.text, line=name.line, perhaps=perhaps)
    elif not set(flags) & {"l", "f"}:  # those end with their block
        unknown = any(each.dynamic for each in values) or bool(set(flags) & {"a", "p"})
        value = None if unknown else " ".join(each.text for each in values)
        exported = "x" in flags
        yield Statement(kind="set", name=name.text, value=value, line=name.line, perhaps=perhaps, exported=exported)
        if "u" in flags:
            yield Statement(kind="unexport", name=name.text, line=name.line, perhaps=perhaps)


def stored(text: str) -> Iterator[Statement]:
    """`fish_variables`, which fish writes itself: `SETUVAR --export NAME:value`."""
    for number, line in enumerate(text.split("\n"), 1):  # alone: other signs that end lines stand in values
        if found := STORED.fullmatch(line.removesuffix("\r")):
            value = ESCAPED.sub(lambda escape: chr(int(escape[1], 16)) if escape[1] else escape[2], found[3])
            value = value.replace("\x1e", " ").replace("\x1d", "")  # between the parts of a list; an empty list
            yield Statement(
                kind="set", name=found[2], value=value, line=number, exported="--export" in found[1].split()
            )


# ---- words -------------------------------------------------------------------------------------------------


def _commands(text: str, known: Mapping[str, str]) -> Iterator[tuple[list[_Word], str]]:
    """Each command with the operator that ends it."""
    words: list[_Word] = []
    at, line = 0, 1
    while at < len(text):
        char = text[at]
        if char in BLANK:
            at += 1
        elif char == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        elif text.startswith("\\\n", at):
            at, line = at + 2, line + 1
        elif char in "\n;&|":
            sign = text[at : at + 2] if text[at : at + 2] in ("&&", "||") else char
            yield words, sign
            words, at, line = [], at + len(sign), line + (char == "\n")
        elif char in "<>" or char == ")":
            at += 1
        else:
            word, end = _word(text, at, line, known)
            line += text.count("\n", at, end)
            at = end
            # `else if` opens nothing anew.
            if not (words and len(words) == 1 and words[0].text == "else" and words[0].is_bare):
                words.append(word)
    yield words, "\n"


def _word(text: str, at: int, line: int, known: Mapping[str, str]) -> tuple[_Word, int]:
    parts: list[str] = []
    is_bare, dynamic, begins_at = True, False, at
    while at < len(text) and text[at] not in ENDS_WORD:
        char = text[at]
        if char in "'\"":
            is_bare = False
            found, at, unknown = _quoted(text, at, known)
            dynamic |= unknown
            parts.append(found)
        elif char == "\\":
            is_bare = False
            parts.append("" if text[at + 1 : at + 2] == "\n" else text[at + 1 : at + 2])
            at += 2
        elif char == "$":
            found, at, unknown = _variable(text, at, known)
            is_bare = False
            dynamic |= unknown
            parts.append(found)
        elif char == "(":
            at = _behind(text, at)
            is_bare, dynamic = False, True
        else:
            parts.append(char)
            at += 1
    at = max(at, begins_at + 1)
    return _Word("".join(parts), line, is_bare, dynamic), min(at, len(text))


def _quoted(text: str, at: int, known: Mapping[str, str]) -> tuple[str, int, bool]:
    quote, at = text[at], at + 1
    parts: list[str] = []
    dynamic = False
    while at < len(text) and text[at] != quote:
        char = text[at]
        if char == "\\":
            taken = text[at + 1 : at + 2]
            escapes = "'\\" if quote == "'" else '"\\$'
            parts.append(taken if taken in escapes else "" if taken == "\n" else f"\\{taken}")
            at += 2
        elif char == "$" and quote == '"':
            found, at, unknown = _variable(text, at, known)
            dynamic |= unknown
            parts.append(found)
        else:
            parts.append(char)
            at += 1
    return "".join(parts), at + 1, dynamic


def _variable(text: str, at: int, known: Mapping[str, str]) -> tuple[str, int, bool]:
    if text[at + 1 : at + 2] == "(":
        return "", _behind(text, at + 1), True
    end = at + 1
    while end < len(text) and (text[end] == "_" or (text[end].isascii() and text[end].isalnum())):
        end += 1
    name = text[at + 1 : end]
    if name in known:
        return known[name], end, False
    return ("", end, True) if name else ("$", at + 1, False)


def _behind(text: str, at: int) -> int:
    """Behind the bracket that closes the one here."""
    depth = 0
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 2
            continue
        if char in "'\"":
            _, at, _ = _quoted_plain(text, at)
            continue
        depth += (char == "(") - (char == ")")
        at += 1
        if depth == 0:
            break
    return at


def _quoted_plain(text: str, at: int) -> tuple[str, int, bool]:
    """Without looking into it: a quote in a command's own text."""
    quote, at = text[at], at + 1
    while at < len(text) and text[at] != quote:
        at += 2 if text[at] == "\\" else 1
    return "", at + 1, True
