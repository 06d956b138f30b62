"""What a million tokens cost: dated cards of each model, and which of them was in force on a day.

A card is a row that is only ever appended: a changed price is a new row with the date from which it holds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import field
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from usagetray.domain.model_names import ModelName, Names, resolve
from usagetray.quick_dataclass import dataclass

T = TypeVar("T")

ONE = Decimal(1)
FROM_THE_START = date.min
"""`since` of a first row whose model's launch is of no use to anybody: no request can be older."""

CHECK_EVERY = timedelta(days=90)
"""Vendors change prices some times a year: a rate nobody has looked at for longer may be wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """US dollars per million tokens of each kind."""

    input: Decimal
    cache_write_5m: Decimal
    cache_write_1h: Decimal
    cache_read: Decimal
    output: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TierPrice:
    """What a service tier does to every token rate of a card."""

    times: Decimal = ONE
    cache_read: Decimal | None = None  # where the tier treats cached tokens differently
    long: bool = True  # whether it exists for prompts above the threshold; if not, those cost the standard long rates
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRow:
    """One model's card from one UTC date on, until the next row of the same model."""

    model: str  # canonical id
    since: date  # first UTC date on which it holds
    base: Rates
    long: Rates | None = None  # for prompts longer than `threshold`, every token of them
    threshold: int | None = None  # tokens of the whole prompt; one of `usage.BANDS`
    fast: Rates | None = None  # for responses that report speed "fast"
    fast_long: Rates | None = None
    fast_flags: frozenset[str] = frozenset()
    fast_is_standard: bool = False  # fast mode was switched off, and bills as standard by the vendor's own word
    tiers: Mapping[str, TierPrice] = field(default_factory=lambda: MappingProxyType({}))  # by the name as served
    untold_tier: frozenset[str] = frozenset()  # flags of an attempt that does not tell its tier
    us_only: Decimal = ONE  # factor on tokens of inference kept in the US
    regional: Decimal = ONE  # factor on tokens at a cloud's regional endpoint
    web_search: Decimal | None = None  # dollars per search; None: not known
    flags: frozenset[str] = frozenset()  # "unverified_rate", "user_rate"
    source: str
    checked: date  # when somebody last compared it with the source
    user: bool = False  # from the settings


class Card(NamedTuple):
    """The row in force, and what is odd about it being so: "undated", "before_first_rate"."""

    row: RateRow
    flags: frozenset[str]


class RateTable:
    """All rows, looked up by canonical id and day. Remembers what was worked out from it (see `remember`)."""

    def __init__(self, rows: Iterable[RateRow], *, names: Names, today: date, problems: tuple[str, ...] = ()) -> None:
        """`today` decides which card a row without a date gets; `problems` are sentences on rows left out."""
        self.problems = problems
        self._today = today
        self._vendor: dict[str, list[RateRow]] = {}
        self._user: dict[str, list[RateRow]] = {}
        for row in sorted(rows, key=lambda each: each.since):
            (self._user if row.user else self._vendor).setdefault(row.model, []).append(row)
        self._names = names.knowing(
            frozenset(self._vendor) | frozenset(self._user), frozenset(row.model for row in self.rows if row.fast)
        )
        self._remembered: dict[Hashable, Any] = {}

    @property
    def ids(self) -> tuple[str, ...]:
        """Canonical ids that have a price, in alphabetical order."""
        return tuple(sorted({*self._vendor, *self._user}))

    @property
    def rows(self) -> tuple[RateRow, ...]:
        return tuple(row for table in (self._vendor, self._user) for rows in table.values() for row in rows)

    def dated(self, model: str) -> tuple[RateRow, ...]:
        """The vendor's rows of a canonical id, oldest first; none where it has no price."""
        return tuple(self._vendor.get(model, ()))

    def name(self, model: str) -> ModelName:
        """The model that a name in a log means, and what the name says of platform and speed."""
        return self.remember(("name", model), lambda: resolve(model, self._names))

    def card(self, model: str, day: date | None) -> Card | None:
        """The card of a canonical id on a UTC date; None where it has no price then.

        None as the day: today's card. A day before the first row: that row, except for previews, whose first price
        says nothing of the time before. The user's own rows go before the vendor's from the date they name.
        """
        own, listed = self._user.get(model, []), self._vendor.get(model, [])
        if not own and not listed:
            return None
        on = day if day is not None else self._today
        undated = frozenset({"undated"}) if day is None else frozenset[str]()
        for rows in (own, listed):
            if index := bisect_right(rows, on, key=lambda row: row.since):
                return Card(rows[index - 1], undated)
        if "-preview" in model:
            return None
        return Card((listed or own)[0], undated | {"before_first_rate"})

    def in_force(self, day: date) -> tuple[RateRow, ...]:
        cards = (self.card(model, day) for model in self.ids)
        return tuple(card.row for card in cards if card is not None and card.row.since <= day)

    def unchecked(self, day: date) -> tuple[RateRow, ...]:
        """Rows in force on that day which nobody has compared with their source for 90 days, oldest first.

        The user's own rows are theirs to check.
        """
        old = [row for row in self.in_force(day) if not row.user and day - row.checked > CHECK_EVERY]
        return tuple(sorted(old, key=lambda row: (row.checked, row.model)))

    def age(self, day: date) -> timedelta | None:
        """How long ago the row in force that was checked longest ago was checked; None where there is none."""
        checks = [row.checked for row in self.in_force(day) if not row.user]
        return day - min(checks) if checks else None

    def remember(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gave the first time. A report asks for the same few hundred prices thousands of times."""
        try:
            return self._remembered[key]  # type: ignore[no-any-return]
        except KeyError:
            made = self._remembered[key] = make()
            return made
