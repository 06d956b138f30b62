"""The text of an sh, bash or zsh profile as words and operators, each with its line. Never raises on any text.

Quotes are removed, comments and here-documents left out, and what would have to be worked out by a shell is marked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from string import ascii_letters, digits

from usagetray.quick_dataclass import dataclass

BLANK = " \t\r\f\v"
ENDS_WORD = BLANK + "\n;&|()<>"
IN_NAME = frozenset(ascii_letters + digits + "_")
OPERATORS = (";;&", ";;", ";&", "&&", "||", "|&", "&>", "<<<", "<<-", "<<", ">>", ">|", ">&", "<&", "<>")
"""Longest first; every other operator is one character."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    text: str = field(repr=False)
    line: int
    bare: int  # so many characters at its beginning stand there without quotes
    dynamic: bool = False  # a variable or a command would have to be worked out
    refers: str = ""  # the one variable it consists of: `$NAME`


@dataclass(frozen=True, slots=True)
class Operator:
    text: str
    line: int


class Words:
    """`known`: variables whose values may stand in for them, such as HOME."""

    def __init__(self, text: str, known: Mapping[str, str]) -> None:
        self._text = text.replace("\r\n", "\n")
        self._known = known
        self._at = 0
        self._line = 1
        self._waiting: list[tuple[str, bool]] = []  # ends of here-documents that begin with the next line

    def __iter__(self) -> Iterator[Word | Operator]:
        text = self._text
        while self._at < len(text):
            char = text[self._at]
            if char in BLANK:
                self._at += 1
            elif char == "\n":
                yield Operator("\n", self._line)
                self._step()
                self._skip_here_documents()
            elif char == "#":
                self._at = self._end_of_line()
            elif char == "\\" and text[self._at + 1 : self._at + 2] == "\n":
                self._step(2)
            elif text.startswith("((", self._at):  # arithmetic, in which << is no here-document
                yield Word(text="((", line=self._line, bare=0)
                self._skip_nested("(", ")")
            elif char in ";&|()<>":
                yield from self._operator()
            else:
                yield self._word()

    # ---- operators -----------------------------------------------------------------------------------------

    def _operator(self) -> Iterator[Operator]:
        sign = next((each for each in OPERATORS if self._text.startswith(each, self._at)), self._text[self._at])
        line = self._line
        self._at += len(sign)
        if sign[0] not in "<>" and sign != "&>":
            yield Operator(sign, line)
            return
        if sign in ("<", ">") and self._text.startswith("(", self._at):
            self._skip_nested("(", ")")
            return
        while self._at < len(self._text) and self._text[self._at] in BLANK:
            self._at += 1
        start = self._at
        if start < len(self._text) and self._text[start] not in ENDS_WORD:
            target = self._word()
            if sign in ("<<", "<<-"):
                self._waiting.append((target.text, sign == "<<-"))

    def _skip_here_documents(self) -> None:
        for end, strips in self._waiting:
            while self._at < len(self._text):
                stop = self._end_of_line()
                line = self._text[self._at : stop]
                self._step(stop - self._at + 1)
                if (line.lstrip("\t") if strips else line) == end:
                    break
        self._waiting.clear()

    # ---- words ---------------------------------------------------------------------------------------------

    def _word(self) -> Word:
        line, text = self._line, self._text
        parts: list[str] = []
        bare, is_bare, dynamic, refers, tail = 0, True, False, "", ""
        while self._at < len(text):
            char = text[self._at]
            if char == "(" and tail == "=":  # NAME=(a b c)
                self._skip_nested("(", ")")
                dynamic = True
            elif char in ENDS_WORD:
                break
            elif char in "'\"\\`$":
                is_bare = False
                found, name, unknown = self._special(char)
                refers = name if tail in ("", "=") and not dynamic else ""
                dynamic |= unknown
                tail = found[-1:] or tail
                parts.append(found)
            else:
                refers, tail = "", char
                bare += is_bare
                parts.append(char)
                self._at += 1
        return Word(text="".join(parts), line=line, bare=bare, dynamic=dynamic, refers=refers)

    def _special(self, char: str) -> tuple[str, str, bool]:
        """(text, the variable's name where it is one and nothing else, cannot be told)."""
        if char == "'":
            return self._until("'"), "", False
        if char == '"':
            return self._double_quoted()
        if char == "\\":
            taken = self._text[self._at + 1 : self._at + 2]
            self._step(2)
            return ("" if taken == "\n" else taken), "", False
        if char == "`":
            self._until("`")
            return "", "", True
        return self._dollar()

    def _double_quoted(self) -> tuple[str, str, bool]:
        self._at += 1
        parts: list[str] = []
        names: list[str] = []
        dynamic = False
        while self._at < len(self._text) and self._text[self._at] != '"':
            char = self._text[self._at]
            if char == "\\":
                taken = self._text[self._at + 1 : self._at + 2]
                parts.append("" if taken == "\n" else taken if taken in '"\\$`' else f"\\{taken}")
                self._step(2)
            elif char in "$`":
                found, name, unknown = self._special(char)
                parts.append(found)
                names.append(name)
                dynamic |= unknown
            else:
                parts.append(char)
                self._step()
        self._at += 1
        alone = names[0] if len(names) == 1 and not "".join(parts) else ""
        return "".join(parts), alone, dynamic

    def _dollar(self) -> tuple[str, str, bool]:
        after = self._text[self._at + 1 : self._at + 2]
        if after == "'":
            self._at += 1
            return self._until("'", escapes=True), "", False
        if after == '"':
            self._at += 1
            return self._double_quoted()
        if after in ("(", "{"):
            self._at += 1
            begins_at = self._at
            self._skip_nested(after, ")" if after == "(" else "}")
            inside = self._text[begins_at + 1 : self._at - 1]
            name = inside.rstrip(":-") if after == "{" else ""
            if name in self._known and inside == name:
                return self._known[name], "", False
            return "", name if name.isidentifier() else "", True
        end = self._at + 1
        while end < len(self._text) and self._text[end] in IN_NAME:
            end += 1
        name = self._text[self._at + 1 : end]
        if name:
            self._at = end
            return (self._known[name], "", False) if name in self._known else ("", name, True)
        self._at += 1
        if after and after in "@*#?$!-":
            self._at += 1
            return "", "", True
        return "$", "", False

    # ---- moving on -----------------------------------------------------------------------------------------

    def _step(self, count: int = 1) -> None:
        self._line += self._text.count("\n", self._at, self._at + count)
        self._at = min(self._at + count, len(self._text))

    def _end_of_line(self) -> int:
        found = self._text.find("\n", self._at)
        return len(self._text) if found < 0 else found

    def _until(self, quote: str, *, escapes: bool = False) -> str:
        """From an opening quote behind its closing one; a quote that is never closed takes the rest."""
        end = self._at + 1
        parts: list[str] = []
        while end < len(self._text) and self._text[end] != quote:
            if self._text[end] == "\\" and (escapes or quote == "`"):
                end += 1
            parts.append(self._text[end : end + 1])
            end += 1
        self._step(end + 1 - self._at)
        return "".join(parts)

    def _skip_nested(self, opening: str, closing: str) -> None:
        """From an opening bracket behind its closing one, quotes seen as such."""
        depth = 0
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == "\\":
                self._step(2)
                continue
            if char in "'`" or (char == '"' and self._is_closed('"')):
                self._until(char, escapes=char == '"')
                continue
            depth += (char == opening) - (char == closing)
            self._step()
            if depth == 0:
                return

    def _is_closed(self, quote: str) -> bool:
        return self._text.find(quote, self._at + 1) >= 0
