"""The user's own prices, as the settings file tells them: `[[rates]]` tables, one per model.

[[rates]]
model = "house-model"          # as the logs name it
since = "2026-10-01"           # the first day (UTC) on which it holds; without it, always
input = "3.00"                 # US dollars per million tokens, in quotes so that no digit is lost
output = "15.00"
cache_read = "0.30"            # without these, such tokens cost what input does
cache_write_5m = "3.75"
cache_write_1h = "6.00"

[[rates]]
model = "gateway/opus-latest"
like = "claude-opus-5-5"       # instead of prices: the same as a model that has them
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from usagetray.quick_dataclass import dataclass

KEYS = ("model", "since", "like", "input", "output", "cache_read", "cache_write_5m", "cache_write_1h")
PRICES = KEYS[3:]

PRICE = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
DEAREST = Decimal(100_000)
"""No million tokens cost as much: more is a slip of the keyboard."""

A_PRICE = 'US dollars per million tokens in quotes, like "3.00"'
A_MODEL = "the name of a model in quotes, as the logs tell it"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRate:
    """One row: either all prices, or `like`."""

    model: str
    place: str  # for sentences: the file and the line
    since: date | None = None
    like: str = ""
    input: Decimal = Decimal(0)
    output: Decimal = Decimal(0)
    cache_read: Decimal | None = None
    cache_write_5m: Decimal | None = None
    cache_write_1h: Decimal | None = None

    def written(self) -> dict[str, str]:
        """As it stands in the file."""
        keys = KEYS[:3] if self.like else ("model", "since", *PRICES)
        return {key: str(value) for key in keys if (value := getattr(self, key)) is not None}


class RowError(ValueError):
    """What a row should have had; its text follows "takes"."""

    def __init__(self, key: str, wanted: str, found: str) -> None:
        super().__init__(wanted)
        self.key, self.found = key, found


def read(found: Any, path: str, text: str, problem: Callable[[str], None]) -> tuple[UserRate, ...]:
    """The rows of a file's text that can be used; `problem` is told of each other one, in a sentence, and it is left
    out."""
    try:
        tables = _tables(found)
    except ValueError as error:
        problem(f"{path}, line {line_of(text, 0, '')}: rates takes {error}; none are used.")
        return ()
    rows = []
    for number, row in enumerate(tables):
        try:
            rows.append(_row(row, f"{path}, line {line_of(text, number, 'model')}"))
        except RowError as error:
            place = f"{path}, line {line_of(text, number, error.key)}"
            problem(f"{place}: rates.{error.key} takes {error}, not {error.found}; this row is left out.")
    return tuple(rows)


def check(found: Any) -> tuple[UserRate, ...]:
    """All rows, for one who sets them: raises ValueError at the first that cannot be used."""
    return tuple(_row(row, "") for row in _tables(found))


def line_of(text: str, number: int, key: str, table: str = "rates") -> int:
    """The line of a key in the row of that number, or of the row: TOML readers do not keep it. 1-based; 1 if unseen."""
    at, seen, within = 1, -1, False
    for line_number, line in enumerate(text.split("\n"), 1):
        if re.match(rf"\s*\[\[\s*[\"']?{table}[\"']?\s*\]\]", line):
            seen += 1
            within = seen == number
            at = line_number if within else at
        elif re.match(r"\s*\[", line):
            within = False
        elif re.match(rf"\s*[\"']?{table}[\"']?\s*=", line) and seen < 0:
            at = line_number  # written as one list: its beginning is all there is to point to
        elif within and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return line_number
    return at


# ---- one row -----------------------------------------------------------------------------------------------


def _tables(found: Any) -> list[Mapping[str, Any]]:
    if isinstance(found, list) and all(isinstance(each, Mapping) for each in found):
        return found
    raise ValueError("[[rates]] tables, each with model, input and output")


def _row(row: Mapping[str, Any], place: str) -> UserRate:
    for key in row:
        if key not in KEYS:
            raise RowError(key, f"nothing, a row has {', '.join(KEYS)}", as_written(row[key]))
    model = _name(row, "model")
    since = _day(row["since"]) if "since" in row else None
    if "like" in row:
        for key in PRICES:
            if key in row:
                raise RowError(key, "no price beside like", as_written(row[key]))
        return UserRate(model=model, place=place, since=since, like=_name(row, "like"))
    return UserRate(
        model=model,
        place=place,
        since=since,
        input=_price(row, "input"),
        output=_price(row, "output"),
        cache_read=_price(row, "cache_read") if "cache_read" in row else None,
        cache_write_5m=_price(row, "cache_write_5m") if "cache_write_5m" in row else None,
        cache_write_1h=_price(row, "cache_write_1h") if "cache_write_1h" in row else None,
    )


def _name(row: Mapping[str, Any], key: str) -> str:
    name = row.get(key)
    if isinstance(name, str) and name.strip() and len(name) <= 200:
        return name.strip()
    raise _wrong(row, key, A_MODEL)


def _price(row: Mapping[str, Any], key: str) -> Decimal:
    price = row.get(key)
    if isinstance(price, str) and PRICE.fullmatch(price.strip()) and Decimal(price) <= DEAREST:
        return Decimal(price)
    raise _wrong(row, key, A_PRICE)


def _day(found: Any) -> date:
    if isinstance(found, date) and not isinstance(found, datetime):
        return found
    if isinstance(found, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", found):
        try:
            return date.fromisoformat(found)
        except ValueError:
            pass
    raise RowError("since", 'a day like "2026-10-01"', as_written(found))


def _wrong(row: Mapping[str, Any], key: str, wanted: str) -> RowError:
    return RowError(key, wanted, as_written(row[key]) if key in row else "nothing")


def as_written(value: Any) -> str:
    """As the user wrote it, short."""
    return str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')[:40]
