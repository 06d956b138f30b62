"""One file that describes a provider, checked: each fault is one sentence with file, line, key and what it takes.

A fault in one `[[windows]]` or `[[money]]` costs that one; a fault above them costs the file. What stands in the file
is quoted only where it is too short to be a key: somebody may have put one there.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from usagetray.edges.http_answers import AUTH
from usagetray.edges.origins import checked_origin
from usagetray.edges.origins import url as address
from usagetray.errors import UserError
from usagetray.model import MoneyKind
from usagetray.providers.contract import BEARER
from usagetray.providers.user_defined import RESETS, SHARES, At, Declared, MoneyRule, WindowRule, at
from usagetray.settings.reading import line_of, shown, syntax

MOST_QUOTED = 11
"""Of twelve characters of a key nothing may be shown."""
MOST_RULES = 20
PLACE_FORM = 'a place in the answer, such as "data.limits[0].used"'
HEADERS_OF_OURS = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "user-agent", "accept-encoding", "te", "upgrade"}
)
COUNTS = ("used", "remaining", "limit")

Check = Callable[[Any], Any]


# ---- what each key takes: a ValueError says it in words ----------------------------------------------------


def _id(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9-]{1,31}", value):
        return value
    raise ValueError("small letters, digits and -, a letter first, 2 to 32 of them")


def _text(value: Any) -> str:
    if isinstance(value, str) and 1 <= len(value.strip()) <= 40 and value.isprintable():
        return value.strip()
    raise ValueError("a text of 1 to 40 characters")


def _url(value: Any) -> tuple[str, str]:
    form = "an address like https://host.example/path (http:// only to 127.0.0.1:PORT or [::1]:PORT), without a login"
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
        origin = checked_origin(f"{parts.scheme}://{parts.netloc}")
        path = value[len(origin) :] or "/"
        address(origin, path)
    except (ValueError, UserError):
        raise ValueError(form) from None
    return origin, path


def _auth(value: Any) -> str:
    form = value.replace("{key}", "{}") if isinstance(value, str) and value.count("{key}") == 1 else ""
    carrier = AUTH.fullmatch(form)
    if carrier is None or carrier["name"].lower() in HEADERS_OF_OURS:
        raise ValueError('a header with {key} where the key goes, such as "Authorization: Bearer {key}"')
    return form


def _method(value: Any) -> str:
    if value == "GET":
        return "GET"
    raise ValueError('"GET", for a figure is only ever read')


def _minutes(value: Any) -> timedelta:
    if isinstance(value, int) and not isinstance(value, bool) and 2 <= value <= 1440:
        return timedelta(minutes=value)
    raise ValueError("whole minutes from 2 to 1440")


def _length(value: Any) -> timedelta:
    found = re.fullmatch(r"([1-9][0-9]{0,3}) ?([mhd])", value) if isinstance(value, str) else None
    if found is None or not (span := int(found[1]) * _UNITS[found[2]]) <= timedelta(days=400):
        raise ValueError('a span such as "30m", "5h" or "7d"')
    return span


_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def _place(value: Any) -> At:
    try:
        return at(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError(PLACE_FORM) from None


def _place_or_number(value: Any) -> At | Decimal:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 10**15:
        return Decimal(str(value))
    try:
        return _place(value)
    except ValueError:
        raise ValueError(f"a number above 0, or {PLACE_FORM}") from None


def _one_of(*choices: str) -> Check:
    def check(value: Any) -> str:
        if isinstance(value, str) and value in choices:
            return value
        raise ValueError(" or ".join(f'"{each}"' for each in choices))

    return check


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("true or false")


def _currency(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"[A-Z]{3}|credits", value):
        return value
    raise ValueError('a code such as "USD", or "credits"')


TOP: Mapping[str, Check] = {
    "id": _id,
    "name": _text,
    "url": _url,
    "auth": _auth,
    "method": _method,
    "poll_minutes": _minutes,
}
WINDOW: Mapping[str, Check] = {
    "key": _id,
    "label": _text,
    "length": _length,
    **dict.fromkeys(SHARES, _place),
    "used": _place,
    "remaining": _place,
    "limit": _place_or_number,
    "reset": _place,
    "reset_as": _one_of(*RESETS),
    "locks": _flag,
}
MONEY: Mapping[str, Check] = {
    "kind": _one_of("billed", "credits", "budget", "overage"),
    "label": _text,
    "used": _place,
    "limit": _place_or_number,
    "balance": _place,
    "unit": _one_of("whole", "hundredths"),
    "currency": _currency,
    "currency_at": _place,
    "period": _one_of("day", "week", "month", "year"),
}
RULES: Mapping[str, Mapping[str, Check]] = {"windows": WINDOW, "money": MONEY}


# ---- one file ----------------------------------------------------------------------------------------------


def declared(path: Path, text: str, taken: Mapping[str, str], tell: Callable[[str], None]) -> Declared | None:
    """What the file describes; None where it cannot be used. `taken`: ids, and who has them."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        tell(f"{path}: {syntax(error)}; it is not used until it is mended.")
        return None
    reader = _Reader(path, text, tell)
    top = reader.values(table, TOP, required=("id", "name", "url"), also=tuple(RULES))
    windows = [each for each in map(reader.window, *reader.rules(table, "windows")) if each is not None]
    money = [each for each in map(reader.money, *reader.rules(table, "money")) if each is not None]
    if top is None:
        return None
    if top["id"] in taken:
        reader.say("id", f"{top['id']} is taken by {taken[top['id']]}: choose another")
        return None
    if len({each.key for each in windows}) < len(windows):
        reader.say("windows", "each of the windows needs a key of its own")
        return None
    if not windows and not money:
        reader.say("", "there has to be a [[windows]] or a [[money]] that says where a figure stands")
        return None
    origin, way = top["url"]
    return Declared(
        id=top["id"],
        name=top["name"],
        file=path.name,
        origin=origin,
        path=way,
        auth=top.get("auth", BEARER),
        every=top.get("poll_minutes", timedelta(minutes=15)),
        windows=tuple(windows),
        money=tuple(money),
    )


class _Reader:
    """Takes the values of one file and says what is wrong with them, one sentence each."""

    def __init__(self, path: Path, text: str, tell: Callable[[str], None]) -> None:
        self.path, self.text, self.tell = path, text, tell

    def rules(self, table: Mapping[str, Any], name: str) -> tuple[list[int], list[Mapping[str, Any]]]:
        found = table.get(name, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            self.say(name, f"{name} takes tables that begin with [[{name}]]")
            return [], []
        if len(found) > MOST_RULES:
            self.say(name, f"at most {MOST_RULES} of [[{name}]] are taken")
        return list(range(len(found[:MOST_RULES]))), found[:MOST_RULES]

    def window(self, index: int, table: Mapping[str, Any]) -> WindowRule | None:
        place = ("windows", index)
        found = self.values(table, WINDOW, required=("label",), place=place)
        if found is None:
            return None
        shares = [each for each in SHARES if each in found]
        counts = [each for each in COUNTS if each in found]
        if len(shares) + bool(counts) != 1 or (counts and len(counts) != 2):
            ways = ", ".join(SHARES)
            self.say("", f"a window takes one of {ways}, or two of {', '.join(COUNTS)}", place)
            return None
        if ("reset" in found) != ("reset_as" in found):
            self.say("reset", "reset and reset_as stand together: where it is, and in which form", place)
            return None
        key = found.get("key") or re.sub(r"[^a-z0-9]+", "-", found["label"].lower()).strip("-") or f"window-{index}"
        return WindowRule(
            key=key,
            label=found["label"],
            length=found.get("length"),
            share=found[shares[0]] if shares else None,
            unit=shares[0] if shares else "",
            used=found.get("used"),
            remaining=found.get("remaining"),
            limit=found.get("limit"),
            reset=found.get("reset"),
            reset_as=found.get("reset_as", ""),
            locks=found.get("locks", True),
        )

    def money(self, index: int, table: Mapping[str, Any]) -> MoneyRule | None:
        place = ("money", index)
        found = self.values(table, MONEY, required=("kind", "label", "unit"), place=place)
        if found is None:
            return None
        if "used" not in found and "balance" not in found:
            self.say("", "money takes used or balance, or both", place)
            return None
        if ("currency" in found) == ("currency_at" in found):
            self.say("", "money takes either currency or currency_at", place)
            return None
        return MoneyRule(
            kind=MoneyKind(found["kind"]),
            label=found["label"],
            used=found.get("used"),
            limit=found.get("limit"),
            balance=found.get("balance"),
            parts=Decimal(100 if found["unit"] == "hundredths" else 1),
            currency=found.get("currency") or found["currency_at"],
            period=found.get("period"),
        )

    def values(
        self,
        table: Mapping[str, Any],
        checks: Mapping[str, Check],
        *,
        required: tuple[str, ...],
        place: tuple[str, int] | None = None,
        also: tuple[str, ...] = (),
    ) -> dict[str, Any] | None:
        """The checked values; None where one is wrong or missing. An unknown key is told, and costs nothing."""
        found, is_right = {}, True
        for key, value in table.items():
            if key in checks:
                try:
                    found[key] = checks[key](value)
                except ValueError as error:
                    self.say(key, f"{key} takes {error}{_quoted(value)}", place)
                    is_right = False
            elif key not in also:
                self._unknown(key, (*checks, *also), place)
        for key in required:
            if key not in table:
                self.say("", f"{key} is missing", place)
                is_right = False
        return found if is_right else None

    def _unknown(self, key: str, known: tuple[str, ...], place: tuple[str, int] | None) -> None:
        near = difflib.get_close_matches(key, known, n=1)
        meant = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
        self.say(key, f"there is no such key here; {meant}", place, keeps=True)

    def say(self, key: str, fault: str, place: tuple[str, int] | None = None, *, keeps: bool = False) -> None:
        line = line_of(self.text, key) if place is None else _line(self.text, *place, key)
        loss = "it is not used" if place is None else f"this one of the {place[0]} is not used"
        end = "" if keeps else f"; {loss} until it is mended"
        self.tell(f"{self.path}, line {line}: {fault}{end}.")


def _quoted(value: Any) -> str:
    text = shown(value)
    return f", not {text}" if len(text) <= MOST_QUOTED else ""


def _line(text: str, section: str, index: int, key: str) -> int:
    """Where a key stands in the n-th table of an array, 1-based; else where that table begins."""
    lines = text.split("\n")
    heads = [number for number, line in enumerate(lines, 1) if re.match(rf"\s*\[\[\s*{section}\s*\]\]", line)]
    if index >= len(heads):
        return line_of(text, section)
    for number, line in enumerate(lines[heads[index] :], heads[index] + 1):
        if re.match(r"\s*\[", line):
            break
        if key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return heads[index]
