"""What the inputs of a question may hold, and how figures are written down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

from usagetray.domain.advice.costs import MILLION as MILLION
from usagetray.domain.advice.costs import by_category as by_category
from usagetray.domain.advice.costs import cost as cost
from usagetray.domain.advice.tables import Tables as Tables
from usagetray.domain.rates import Rates
from usagetray.edges.json_file import Fields
from usagetray.quick_dataclass import dataclass
from usagetray.usage import TokenCounts

T = TypeVar("T")

CENT = Decimal("0.01")
PERCENT = Decimal(100)


class UnreadableError(Exception):
    """An input that the answer needs is missing or wrong; the document already has the sentence."""


@dataclass(frozen=True, slots=True)
class Answer:
    figures: Mapping[str, Any]
    explain: tuple[str, ...] = ()  # sentences: why a figure printed elsewhere may differ from this one


class Inputs:
    """The inputs of one question. What is missing or wrong ends it with a sentence, `UnreadableError`."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields

    def __contains__(self, key: str) -> bool:
        return key in self.fields

    def has(self, *keys: str) -> bool:
        return all(key in self.fields for key in keys)

    def amount(self, key: str, default: Decimal | None = None) -> Decimal:
        return self._there(key, self.fields.amount(key), default, 'an amount such as "20"')

    def above_zero(self, key: str) -> Decimal:
        return self._there(key, self.fields.amount(key, above_zero=True), None, 'an amount above 0 such as "20"')

    def share(self, key: str, default: Decimal | None = None) -> Decimal:
        return self._there(key, self.fields.share(key), default, 'a share from 0 to 1 such as "0.6"')

    def count(self, key: str, default: int | None = None, *, least: int = 0) -> int:
        return self._there(key, self.fields.count(key, least=least), default, f"a whole number from {least} up")

    def text(self, key: str, default: str | None = None) -> str:
        return self._there(key, self.fields.text(key), default, "a text")

    def day(self, key: str) -> date:
        return self._there(key, self.fields.day(key), None, 'a day such as "2026-11-20"')

    def below(self, key: str) -> Inputs:
        found = self.fields.below(key)
        return Inputs(self._there(key, found, None, "an object in braces"))

    def rows(self, key: str) -> list[Inputs]:
        if key not in self.fields:
            self.fields.wrong(key, "a list of objects")
            raise UnreadableError(key)
        return [Inputs(each) for each in self.fields.rows(key)]

    def amounts(self, key: str) -> list[Decimal]:
        return [each.amount(each_key) for each, each_key in self._each(key)]

    def shares(self, key: str) -> list[Decimal]:
        return [each.share(each_key) for each, each_key in self._each(key)]

    def counts(self, key: str) -> list[int]:
        return [each.count(each_key) for each, each_key in self._each(key)]

    def texts(self, key: str) -> list[str]:
        return [each.text(each_key) for each, each_key in self._each(key)]

    def named(self, key: str) -> dict[str, Inputs]:
        """The objects of an object, by name."""
        below = self.below(key)
        return {name: below.below(name) for name in below.fields.value}

    def named_amounts(self, key: str) -> dict[str, Decimal]:
        below = self.below(key)
        return {name: below.amount(name) for name in below.fields.value}

    def _each(self, key: str) -> list[tuple[Inputs, str]]:
        found = self.fields.value.get(key)
        if not isinstance(found, list):
            self.fields.wrong(key, "a list")
            raise UnreadableError(key)
        listed = Fields.listed(self.fields.document, found, self.fields.place(key), self.fields.lost)
        return [(Inputs(listed), name) for name in listed.value]

    def _there(self, key: str, found: T | None, default: T | None, wanted: str) -> T:
        if found is not None:
            return found
        if key in self.fields or default is None:
            if key not in self.fields:
                self.fields.wrong(key, wanted)
            raise UnreadableError(key)
        return default


# ---- rates and tokens --------------------------------------------------------------------------------------


def rates_of(inputs: Inputs, tables: Tables, key: str = "rates_usd_per_mtok") -> Rates:
    """The rates stated, or those of the model named, on its date or today. What is not stated follows the usual
    ratios: writes 1.25 and 2 times the input, reads a tenth."""
    if key in inputs:
        return stated_rates(inputs.below(key))
    model = inputs.text("model")
    day = inputs.day("date") if "date" in inputs else tables.day
    found = tables.base_rates(model, day)
    if found is None:
        inputs.fields.wrong("model", f"a model with a known price, or {key} beside it")
        raise UnreadableError("model")
    return found


def stated_rates(inputs: Inputs) -> Rates:
    each = inputs.amount("input")
    return Rates(
        input=each,
        cache_write_5m=inputs.amount("cache_write_5m", each * Decimal("1.25")),
        cache_write_1h=inputs.amount("cache_write_1h", each * 2),
        cache_read=inputs.amount("cache_read", each / 10),
        output=inputs.amount("output"),
    )


def tokens_of(inputs: Inputs) -> TokenCounts:
    """Categories beside each other: each token stands in one of them."""
    return TokenCounts(
        input=inputs.count("input", 0),
        cache_write_5m=inputs.count("cache_write_5m", 0),
        cache_write_1h=inputs.count("cache_write_1h", 0),
        cache_read=inputs.count("cache_read", 0),
        output=inputs.count("output", 0),
    )


# ---- writing it down ---------------------------------------------------------------------------------------


def display(usd: Decimal) -> str:
    """As people see it: cents, half a cent up."""
    if 0 < usd < CENT / 2:
        return "<0.01"
    return f"{usd.quantize(CENT, ROUND_HALF_UP):f}"


def money(usd: Decimal) -> str:
    """In a sentence: "$203.40"."""
    return f"${usd.quantize(CENT, ROUND_HALF_UP):,f}"


def millions(tokens: int) -> str:
    """In a sentence: "12M tokens"; "3.2M"."""
    short = (Decimal(tokens) / MILLION).quantize(Decimal("0.1"), ROUND_HALF_UP).normalize()
    return f"{short:f}M"


def percent(part: Decimal, of: Decimal, places: str = "0.01") -> Decimal | None:
    """None of nothing."""
    return (part * PERCENT / of).quantize(Decimal(places), ROUND_HALF_UP) if of else None
