"""What an sh, bash or zsh profile does to variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from usagetray.edges.shells.posix_words import Operator, Word, Words
from usagetray.edges.shells.statements import Kind, Statement

ASSIGNED = re.compile(r"([A-Za-z_]\w*)(\+?)=", re.ASCII)
OPENS = {"if": "fi", "while": "done", "until": "done", "for": "done", "select": "done", "case": "esac", "{": "}"}
GOES_ON = frozenset(
    {"then", "else", "elif", "do", "!", "time", "function", "builtin", "command", "noglob", "nocorrect"}
)
DECLARES = frozenset({"export", "typeset", "declare", "readonly", "integer"})
MOST_DEPTH = 200
"""Deeper nesting is no profile; what it holds counts as set perhaps in any case."""


def statements(text: str, known: Mapping[str, str]) -> Iterator[Statement]:
    """In the order of the file. `known`: HOME and such, for the paths of files that are read along."""
    return _Reader(Words(text, known)).statements()


class _Reader:
    """Takes one command after the other; keeps what it stands in: conditions, loops, functions, other shells."""

    def __init__(self, words: Words) -> None:
        self._tokens = iter(words)
        self._stack: list[str] = []  # what will end each construct around the present place
        self._depth_of_shells = 0  # of ( ): what is set in one never leaves it
        self._exports_all = False
        self._is_over = False  # an unconditional `return`

    def statements(self) -> Iterator[Statement]:
        words: list[Word] = []
        after = ";"  # the operator before the present command
        in_pattern = names_function = False  # of `case`, up to its bracket; behind `function`
        for token in self._tokens:
            if in_pattern:
                in_pattern = not self._ends_pattern(token)
                continue
            if isinstance(token, Word):
                if names_function or (not words and self._is_structure(token)):
                    names_function = not names_function and token.text == "function" and token.bare > 0
                    continue
                words.append(token)
                if token.text == "in" and token.bare and words[0].text == "case" and words[0].bare:
                    words, in_pattern = [], True
                continue
            if token.text == "(":
                if len(words) == 1 and not self._has_value(words[0]):
                    words = []  # NAME ( ): the body comes next, and runs when it is called
                self._open(")", is_shell=True)
                continue
            if not words and token.text == "\n" and after in ("&&", "||", "|"):
                continue  # the command goes on in the next line
            yield from self._command(words, after, token)
            if self._is_over:
                return
            words = []
            in_pattern = token.text in (";;", ";&", ";;&")
            if token.text == ")":
                self._close(")")
            after = token.text
        yield from self._command(words, after, Operator("\n", 0))

    # ---- structure -----------------------------------------------------------------------------------------

    def _ends_pattern(self, token: Word | Operator) -> bool:
        if isinstance(token, Word) and token.text == "esac" and token.bare:
            self._close("esac")
            return True
        return isinstance(token, Operator) and token.text == ")"

    def _is_structure(self, word: Word) -> bool:
        """A reserved word that is taken in; after it a command begins. `for` and `case` keep theirs."""
        text = word.text if word.bare == len(word.text) and not word.dynamic else ""
        if text in ("for", "select", "case"):
            self._open(OPENS[text])
            return text != "case"
        if text in OPENS:
            self._open(OPENS[text])
            return True
        if text in ("fi", "done", "esac", "}"):
            self._close(text)
            return True
        return text in GOES_ON

    def _open(self, end: str, *, is_shell: bool = False) -> None:
        if len(self._stack) < MOST_DEPTH:
            self._stack.append(end)
            self._depth_of_shells += is_shell

    def _close(self, end: str) -> None:
        """The innermost one of this kind, with what was left open in it."""
        if end not in self._stack:
            return
        while self._stack:
            closed = self._stack.pop()
            self._depth_of_shells -= closed == ")"
            if closed == end:
                return

    @staticmethod
    def _has_value(word: Word) -> bool:
        return ASSIGNED.match(word.text) is not None

    # ---- commands ------------------------------------------------------------------------------------------

    def _command(self, words: Sequence[Word], after: str, ends: Operator) -> Iterator[Statement]:
        if not words or self._depth_of_shells or "|" in (after, ends.text) or ends.text in ("&", "|&"):
            return  # in a shell of its own, nothing stays
        perhaps = bool(self._stack) or after in ("&&", "||")
        assigned = 0
        while assigned < len(words) and _assignment(words[assigned]):
            assigned += 1
        if assigned == len(words):
            for word in words:
                yield from _set(word, perhaps, exported=self._exports_all)
            return
        name, rest = words[assigned], words[assigned + 1 :]
        if name.text in ("return", "exit", "exec") and not perhaps:
            self._is_over = name.text != "exec" or bool(rest)
        elif name.text == "set":
            self._exports_all = _exports_all([each.text for each in rest], self._exports_all)
        elif name.text in DECLARES:
            yield from _declared(name.text, rest, perhaps, exports_all=self._exports_all)
        elif name.text == "unset":
            if not any(each.text == "-f" for each in rest):
                yield from (_about("unset", each, perhaps) for each in rest if not each.text.startswith("-"))
        elif name.text in ("source", ".") and rest and not rest[0].dynamic:
            yield Statement(kind="source", value=rest[0].text, line=name.line, perhaps=perhaps)
        elif name.text == "alias":
            for word in rest:
                command, sign, value = word.text.partition("=")
                if sign:
                    yield Statement(kind="alias", name=command, value=value, line=word.line, perhaps=perhaps)


def _assignment(word: Word) -> re.Match[str] | None:
    """`NAME=...` of which the name stands without quotes."""
    found = ASSIGNED.match(word.text)
    return found if found and word.bare >= found.end() else None


def _set(word: Word, perhaps: bool, *, exported: bool) -> Iterator[Statement]:
    found = _assignment(word)
    if found is None or word.refers == found[1]:  # NAME=$NAME changes nothing
        return
    value = word.text[found.end() :]
    unknown = word.dynamic or bool(found[2])
    yield Statement(
        kind="set",
        name=found[1],
        value=None if unknown else value,
        line=word.line,
        perhaps=perhaps,
        exported=exported,
    )


def _about(kind: Kind, word: Word, perhaps: bool) -> Statement:
    return Statement(kind=kind, name=word.text, line=word.line, perhaps=perhaps)


def _declared(command: str, words: Sequence[Word], perhaps: bool, *, exports_all: bool) -> Iterator[Statement]:
    """`export`, and `typeset -x` and its like; without -x they set what may be exported already."""
    flags = "".join(each.text[1:] for each in words if re.fullmatch(r"-\w+", each.text))
    off = any(re.fullmatch(r"\+\w*x\w*", each.text) for each in words) or (command == "export" and "n" in flags)
    if "f" in flags or "F" in flags:
        return
    exported = not off and (command == "export" or "x" in flags or exports_all)
    for word in words:
        if re.match(r"[-+]", word.text):
            continue
        if _assignment(word):
            yield from _set(word, perhaps, exported=exported)
            if _assignment(word) and word.refers and exported:
                yield Statement(kind="export", name=word.text.partition("=")[0], line=word.line, perhaps=perhaps)
        elif exported or off:
            yield _about("export" if exported else "unexport", word, perhaps)


def _exports_all(words: Sequence[str], is_on: bool) -> bool:
    """`set -a`, `set +a`, `set -o allexport`."""
    for at, word in enumerate(words):
        is_long = word in ("-o", "+o") and words[at + 1 : at + 2] == ["allexport"]
        if is_long or re.fullmatch(r"[-+]\w*a\w*", word):
            is_on = word[0] == "-"
    return is_on
