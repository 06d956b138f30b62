"""Vendor JSON read field by field: one bad field costs one field, and its path is kept.

Nothing here raises on any value JSON can hold. Null and absent read as `None`; what is there but cannot be
understood reads as `None` too, and its dotted path is noted in `Answer.dropped`.
"""

from __future__ import annotations

import calendar
import json
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from usagetray.model import Account
from usagetray.providers.contract import Home

T = TypeVar("T")

MOST_TEXT = 200
"""Characters kept of any text of a vendor; views show at most 80."""
MOST_ROWS = 200
MOST_DROPPED = 50
"""An answer of which everything is wrong is told by its first fields as well as by all."""
MOST_NUMBER = Decimal(10) ** 15
MOST_PERCENT = Decimal(100_000)
"""Overage in the hundreds of percent is real; a thousandfold is a fault of the answer."""
MOST_FULL = 2.0
"""A quota that cannot be overdrawn is told a little past full, for what was under way; further is no share of it."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""No vendor states an instant outside these; between them seconds and milliseconds cannot be mistaken."""
MILLISECONDS_FROM = Decimal(10) ** 11
DAYS_OF_WEEK = 7
UNITS = ("day", "hour", "minute")
NUMERAL = re.compile(r"[+-]?\d{1,20}(\.\d{1,60})?([eE][+-]?\d{1,3})?", re.ASCII)
"""Bills are told with dozens of decimals."""


def decode(content: bytes | str) -> Any:
    """The JSON value of a text, or None if it is no JSON at all (half written, too deep, not UTF-8)."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def number_of(value: object) -> Decimal | None:
    """A number that is finite, not negative and of a believable size, written as a number or as digits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        if not NUMERAL.fullmatch(text):
            return None
        number = Decimal(text)
    elif isinstance(value, int):
        number = Decimal(value)
    elif isinstance(value, float) and math.isfinite(value):
        number = Decimal(repr(value))
    else:
        return None
    return abs(number) if 0 <= number <= MOST_NUMBER else None


def instant_of(value: object) -> datetime | None:
    """An instant from ISO 8601 text, or from seconds or milliseconds since 1970.

    Text without a zone is UTC: no vendor we read writes local time without saying so.
    """
    number = number_of(value)
    if number is not None:
        seconds = number / 1000 if number >= MILLISECONDS_FROM else number
        if seconds >= MILLISECONDS_FROM:
            return None
        return _believable(datetime.fromtimestamp(float(seconds), UTC))
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        return None
    try:
        instant = datetime.fromisoformat(value.strip().upper())
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=UTC)
        return _believable(instant.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def _believable(instant: datetime) -> datetime | None:
    return instant if EARLIEST <= instant < LATEST else None


def text_of(value: object) -> str | None:
    """Text without outer blanks, cut to a bounded length; None for anything else, or if nothing is left."""
    if not isinstance(value, str):
        return None
    # Half a surrogate pair is legal in JSON and illegal in UTF-8, so in every file and database.
    return value.strip()[:MOST_TEXT].rstrip().encode("utf-8", "replace").decode("utf-8") or None


def _is_name(name: str) -> bool:
    """Something, and no half of a surrogate pair, which JSON may write: it would keep all told from the store."""
    return bool(name.strip()) and (name.isascii() or name == name.encode("utf-8", "replace").decode("utf-8"))


class Answer:
    """One JSON object of a vendor. Every reader takes the path of a field: `share("five_hour", "utilization")`."""

    __slots__ = ("_fields", "_path", "dropped")

    def __init__(self, body: object, *, path: str = "", dropped: list[str] | None = None) -> None:
        self.dropped: list[str] = [] if dropped is None else dropped
        self._path = path
        self._fields: dict[str, Any] = {}
        if isinstance(body, dict):
            self._fields = body
        else:
            self._drop()

    def names(self) -> tuple[str, ...]:
        """The fields that are there and not null, by such names as any file can hold."""
        return tuple(name for name, value in self._fields.items() if value is not None and _is_name(name))

    def pick(self, *names: str) -> str:
        """The first of several spellings that is there and not null; the first of all if none is."""
        return next((name for name in names if self._fields.get(name) is not None), names[0])

    def sub(self, *path: str) -> Answer | None:
        value = self._find(path)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._drop(*path)
            return None
        return Answer(value, path=self._name(*path), dropped=self.dropped)

    def rows(self, *path: str, most: int = MOST_ROWS) -> tuple[Answer, ...]:
        """The objects of a list, up to `most`; entries that are none are dropped one by one."""
        value = self._find(path)
        if value is None:
            return ()
        if not isinstance(value, list):
            self._drop(*path)
            return ()
        found = []
        for index, row in enumerate(value[:most]):
            name = f"{self._name(*path)}[{index}]"
            if isinstance(row, dict):
                found.append(Answer(row, path=name, dropped=self.dropped))
            else:
                self._note(name)
        return tuple(found)

    def number(self, *path: str) -> Decimal | None:
        """A number from zero upward."""
        return self._read(path, number_of)

    def whole(self, *path: str) -> int | None:
        number = self.number(*path)
        if number is None:
            return None
        if number != int(number):
            self._drop(*path)
            return None
        return int(number)

    def share(self, *path: str) -> float | None:
        """A percentage, as a share: 42 reads as 0.42, 1 as 0.01 (never guessed to be a share already)."""
        return self._read(path, _share_of)

    def filled(self, *path: str) -> float | None:
        """A percentage of a quota that cannot be overdrawn, as a share from 0 to 1; a count is no percentage."""
        return self._read(path, lambda value: full_at_most(_share_of(value)))

    def instant(self, *path: str) -> datetime | None:
        """Aware UTC. A zero is how several vendors write "unknown": None, but nothing wrong with the field."""
        value = self._find(path)
        if value is None or number_of(value) == 0:
            return None
        return self._read(path, instant_of)

    def text(self, *path: str) -> str | None:
        value = self._find(path)
        if value is not None and not isinstance(value, str):
            self._drop(*path)
        return text_of(value)

    def flag(self, *path: str) -> bool | None:
        return self._read(path, lambda value: value if isinstance(value, bool) else None)

    def raw(self, *path: str) -> object:
        """A field as it came, for the few that have several shapes; None if absent or null."""
        return self._find(path)

    def drop(self, *path: str) -> None:
        """Notes a field as unreadable that was readable by itself but makes no sense where it stands."""
        self._drop(*path)

    def _read(self, path: tuple[str, ...], reader: Callable[[object], T | None]) -> T | None:
        value = self._find(path)
        if value is None:
            return None
        result = reader(value)
        if result is None:
            self._drop(*path)
        return result

    def _find(self, path: tuple[str, ...]) -> object:
        here = self._fields
        for depth, name in enumerate(path[:-1], start=1):
            below = here.get(name)
            if below is None:
                return None
            if not isinstance(below, dict):
                self._drop(*path[:depth])
                return None
            here = below
        found: object = here.get(path[-1])
        return found

    def _name(self, *path: str) -> str:
        return ".".join((self._path, *path) if self._path else path)

    def _drop(self, *path: str) -> None:
        self._note(self._name(*path) or "(all)")

    def _note(self, name: str) -> None:
        if name not in self.dropped and len(self.dropped) < MOST_DROPPED:
            self.dropped.append(name)


def _share_of(value: object) -> float | None:
    number = number_of(value)
    if number is None or number > MOST_PERCENT:
        return None
    # Nine digits: 28.000000000000004 is noise, and 99.99999999999999 means the window is full.
    return round(float(number) / 100, 9)


def full_at_most(share: float | None) -> float | None:
    """The share of a quota that cannot be overdrawn, 0 to 1; None for what can be no share of it."""
    return None if share is None or share > MOST_FULL else min(share, 1.0)


def part(used: Decimal | None, total: Decimal | None) -> float | None:
    """A count as a share of its total, 0 upward; None where either is unknown, or there is no total."""
    if used is None or not total:
        return None
    share = min(used / total, MOST_PERCENT / 100)
    return round(float(share), 9)


def length_name(length: timedelta) -> tuple[str, str]:
    """Key and label of a window by its length: ("5-hour", "5 hours"), ("weekly", "Week")."""
    if round(length / timedelta(days=1)) == DAYS_OF_WEEK:
        return "weekly", "Week"
    unit = next((each for each in UNITS if length >= timedelta(**{f"{each}s": 1})), "minute")
    count = max(1, round(length / timedelta(**{f"{unit}s": 1})))
    return f"{count}-{unit}", f"{count} {unit}{'s' if count > 1 else ''}"


def unread(sentence: str, answer: Answer) -> str:
    """The sentence with the names of the fields that could not be read: what a report to us should name."""
    names = [name[:40] for name in answer.dropped[:5]]
    return f"{sentence}: {', '.join(names)}" if names else sentence


def account_of_home(home: Home) -> Account:
    """Whose figures these are where the vendor names nobody: those of the installation's own sign-in."""
    if home.is_default:
        return Account(id="default")
    import hashlib  # deferred: 2 ms, for those who have several homes

    folder = hashlib.sha256(str(home.path).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    name = home.path.name.strip(".") or "home"
    return Account(id=f"{name}-{folder}", label=name)


def is_home(account: Account, path: str) -> bool:
    """Whether the account stands for the installation at `path` because nobody was named."""
    return account.id in {account_of_home(Home(path=Path(path), is_default=each)).id for each in (True, False)}


def month_before(at: datetime) -> datetime:
    """The same day and hour a month earlier; the month's last day where it is shorter."""
    year, month = (at.year, at.month - 1) if at.month > 1 else (at.year - 1, 12)
    return at.replace(year=year, month=month, day=min(at.day, calendar.monthrange(year, month)[1]))
