"""A JSON file the user wrote: every mistake in it becomes one sentence with file, line, key and what is right.

JSON readers keep no lines; a second walk over the text finds them when a sentence needs one.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from usagetray.errors import UserError
from usagetray.quick_dataclass import dataclass
from usagetray.settings.reading import shown

MOST_BYTES = 4 << 20
MOST_DIGITS = 15
"""No amount, count or price of this world has more before the point or noughts behind it: a slip of the keyboard."""

_PIECE = re.compile(r'"(?:[^"\\\n]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')
Where = tuple[str | int, ...]


@dataclass
class Document:
    """One parsed file. Its problems grow while it is read: a mistake costs only what it stands in."""

    name: str
    text: str
    value: Any
    found: list[tuple[int, str]] = field(default_factory=list)

    @property
    def problems(self) -> tuple[str, ...]:
        """One sentence each, from the top of the file down."""
        return tuple(sentence for _, sentence in sorted(self.found, key=lambda each: each[0]))

    def problem(self, where: Where, sentence: str) -> None:
        """`sentence` follows "FILE, line N: "."""
        line = self.line(where)
        whole = (line, f"{self.name}, line {line}: {sentence}")
        if whole not in self.found:
            self.found.append(whole)

    def line(self, where: Where) -> int:
        """Of the key or item, or the nearest thing around it; 1-based."""
        return next(self._lines[where[:end]] for end in range(len(where), -1, -1) if where[:end] in self._lines)

    @cached_property
    def _lines(self) -> Mapping[Where, int]:
        return _lines_of(self.text)


def read_json(path: Path) -> Document:
    """Raises `UserError` where the file cannot be read or is no JSON at all."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror or 'no reason given'}).") from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8 text: save it as UTF-8 and try again.") from None
    if len(content) > MOST_BYTES:
        raise UserError(f"{path} is larger than {MOST_BYTES >> 20} MiB: that is no file written by hand.")
    return document(str(path), text)


def document(name: str, text: str) -> Document:
    """The text of a file as a document. Raises `UserError` where it is no JSON."""

    def no_number(word: str) -> NoReturn:
        raise ValueError(f"{word} is no number")

    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=no_number)
    except json.JSONDecodeError as error:
        reason = f"{error.msg[:1].lower()}{error.msg[1:]}"
        raise UserError(f"{name}, line {error.lineno}: this is not valid JSON ({reason}); mend it there.") from None
    except RecursionError:
        raise UserError(f"{name}: its lists or objects are nested too deeply.") from None
    except (ValueError, InvalidOperation) as error:
        reason = str(error) if "is no number" in str(error) else "a number in it has too many digits"
        raise UserError(f"{name}: {reason}; JSON takes plain numbers.") from None
    if "\\ud" in text.lower() and not _is_whole(value):
        raise UserError(f"{name}: a text in it holds half a character (\\ud800 to \\udfff); write the whole one.")
    return Document(name=name, text=text, value=value)


def _is_whole(value: Any) -> bool:
    """JSON can write half of a surrogate pair, which no screen and no file takes."""
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        return False
    return True


def _lines_of(text: str) -> Mapping[Where, int]:
    """Where each key and each list item stands. For text that has already been read as JSON."""
    lines: dict[Where, int] = {(): 1}
    where: list[str | int] = []  # the path to the value that comes next
    inside: list[str] = []  # "{" or "["
    line, position, expects_key = 1, 0, False
    for match in _PIECE.finditer(text):
        line += text.count("\n", position, match.start())
        position = match.start()
        piece = match[0]
        if piece in "{[":
            if inside and inside[-1] == "[":
                lines.setdefault(tuple(where), line)
            inside.append(piece)
            where.append(0 if piece == "[" else "")
            expects_key = piece == "{"
        elif piece in "}]":
            inside.pop()
            where.pop()
            expects_key = False
        elif piece == ",":
            if inside[-1] == "[":
                where[-1] = int(where[-1]) + 1
            expects_key = inside[-1] == "{"
        elif expects_key:
            where[-1] = json.loads(piece)
            lines[tuple(where)] = line
            expects_key = False
        elif piece != ":" and inside and inside[-1] == "[":
            lines.setdefault(tuple(where), line)
    return lines


# ---- reading it --------------------------------------------------------------------------------------------


class Fields:
    """One object of the file, read key by key. What cannot be used is None, and a sentence says so."""

    def __init__(
        self,
        document: Document,
        value: Mapping[str, Any],
        where: Where = (),
        lost: str = "left out",
        *,
        is_list: bool = False,
    ) -> None:
        """`lost`: what becomes of a value that is wrong. `is_list`: the keys are places in a list, "1" the first."""
        self.document, self.value, self.where, self.lost, self.is_list = document, value, where, lost, is_list

    @classmethod
    def listed(cls, document: Document, items: Sequence[Any], where: Where, lost: str) -> Fields:
        """The items of a list, to be read one by one under "1", "2", ..."""
        numbered = {str(index + 1): each for index, each in enumerate(items)}
        return cls(document, numbered, where, lost, is_list=True)

    def place(self, key: str) -> Where:
        return (*self.where, int(key) - 1 if self.is_list else key)

    def __contains__(self, key: str) -> bool:
        return self.value.get(key) is not None

    def name(self, key: str = "") -> str:
        """ "plans[2].fee", as a sentence names it."""
        text = ""
        for part in self.place(key) if key else self.where:
            text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
        return text

    def wrong(self, key: str, wanted: str) -> None:
        found = self.value.get(key)
        said = _short(found) if key in self.value else "nothing"
        self.document.problem(self.place(key), f"{self.name(key)} takes {wanted}, not {said}; it is {self.lost}.")

    def amount(self, key: str, *, above_zero: bool = False) -> Decimal | None:
        """A price, fee or sum: a decimal string or a number, from 0 up."""
        wanted = f'an amount {"above 0" if above_zero else "from 0 up"} such as "20" or 20.50'
        number = self._number(key, wanted)
        if number is not None and (number < 0 or (above_zero and number == 0)):
            self.wrong(key, wanted)
            return None
        return number

    def share(self, key: str) -> Decimal | None:
        wanted = 'a share from 0 to 1 such as "0.6"'
        number = self._number(key, wanted)
        if number is not None and not 0 <= number <= 1:
            self.wrong(key, wanted)
            return None
        return number

    def count(self, key: str, *, least: int = 0) -> int | None:
        wanted = f"a whole number from {least} up"
        number = self._number(key, wanted)
        if number is not None and (number != number.to_integral_value() or number < least):
            self.wrong(key, wanted)
            return None
        return None if number is None else int(number)

    def _number(self, key: str, wanted: str) -> Decimal | None:
        found = self.value.get(key)
        if found is None:
            return None
        number = _decimal(found)
        if number is None:
            self.wrong(key, wanted)
        return number

    def text(self, key: str, choices: Collection[str] = ()) -> str | None:
        found = self.value.get(key)
        if found is None:
            return None
        if isinstance(found, str) and found.strip() and (not choices or found in choices):
            return found.strip()
        self.wrong(key, " or ".join(f'"{each}"' for each in choices) if choices else "a text")
        return None

    def flag(self, key: str) -> bool | None:
        found = self.value.get(key)
        if found is None or isinstance(found, bool):
            return found
        self.wrong(key, "true or false")
        return None

    def day(self, key: str) -> date | None:
        found = self.value.get(key)
        if found is None:
            return None
        try:
            return date.fromisoformat(found)
        except (TypeError, ValueError):
            self.wrong(key, 'a day such as "2026-11-20"')
            return None

    def texts(self, key: str) -> tuple[str, ...]:
        found = self.value.get(key)
        if found is None:
            return ()
        if isinstance(found, list) and all(isinstance(each, str) for each in found):
            return tuple(found)
        self.wrong(key, "a list of texts")
        return ()

    def below(self, key: str) -> Fields | None:
        found = self.value.get(key)
        if found is None:
            return None
        if isinstance(found, Mapping):
            return Fields(self.document, found, self.place(key), self.lost)
        self.wrong(key, "an object in braces")
        return None

    def rows(self, key: str) -> tuple[Fields, ...]:
        """The objects of a list; an item that is none costs only itself."""
        found = self.value.get(key)
        if found is None:
            return ()
        if not isinstance(found, list):
            self.wrong(key, "a list of objects")
            return ()
        return tuple(each for each in self._items(key, found))

    def _items(self, key: str, found: list[Any]) -> list[Fields]:
        kept = []
        for index, each in enumerate(found):
            where = (*self.place(key), index)
            if isinstance(each, Mapping):
                kept.append(Fields(self.document, each, where, self.lost))
            else:
                name = f"{self.name(key)}[{index + 1}]"
                self.document.problem(where, f"{name} takes an object in braces, not {_short(each)}; it is left out.")
        return kept

    def only(self, *known: str) -> None:
        """A key nobody reads is most often a slip: it is named, with those that are read."""
        for key in self.value:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                hint = f'did you mean "{near[0]}"?' if near else f"known are {', '.join(known[:12])}."
                self.document.problem(self.place(key), f"{self.name(key)[:60]} is not read here; {hint}")


def _decimal(found: object) -> Decimal | None:
    """A number, or a text that holds one; None for anything else, and for what no amount of this world is."""
    if isinstance(found, bool) or not isinstance(found, int | str | Decimal):
        return None
    try:
        number = Decimal(found.strip()) if isinstance(found, str) else Decimal(found)
    except InvalidOperation:
        return None
    is_usual = number.is_finite() and (not number or abs(number.adjusted()) < MOST_DIGITS)
    return number if is_usual else None


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "null"
    return str(value)[:40] if isinstance(value, Decimal) else shown(value)
