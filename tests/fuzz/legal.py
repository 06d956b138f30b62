"""What no value may hold that the program makes of foreign bytes, whatever its type."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec

from usagetray.model import Secret

DEEPEST = 30
NUMBERS = ("int", "float", "Decimal")


def assert_legal(value: object, *, negative: tuple[str, ...] = ()) -> None:
    """No NaN, no infinity, nothing negative, no bool for a number, no naive instant, no text no file could hold.

    `negative`: names of fields whose figures may lie below zero.
    """
    _check(value, "", negative, 0)


def _check(value: object, name: str, negative: tuple[str, ...], depth: int) -> None:
    assert depth < DEEPEST, "nested without end"
    if isinstance(value, Secret | Enum | bool | bytes) or value is None:
        return
    if isinstance(value, int | float | Decimal):
        assert math.isfinite(value), f"{name} is {value}"
        assert value >= 0 or name in negative, f"{name} is {value}"
    elif isinstance(value, str):
        value.encode()
    elif isinstance(value, datetime):
        assert value.utcoffset() is not None, f"{name} is of no zone"
    elif isinstance(value, Mapping):
        for key, below in value.items():
            _check(key, name, negative, depth + 1)
            _check(below, str(key), negative, depth + 1)
    elif isinstance(value, tuple | list | set | frozenset) and not hasattr(value, "_fields"):
        for below in value:
            _check(below, name, negative, depth + 1)
    else:
        for field, kind, below in _members(value):
            is_number = any(each in kind for each in NUMBERS) and "bool" not in kind
            assert not (is_number and isinstance(below, bool)), f"{field} is {below}"
            _check(below, field, negative, depth + 1)


def _members(value: Any) -> Iterator[tuple[str, str, object]]:
    if is_dataclass(value):
        kinds = {each.name: str(each.type) for each in fields(value)}
    elif isinstance(value, msgspec.Struct):
        kinds = {name: str(value.__annotations__.get(name, "")) for name in value.__struct_fields__}
    elif hasattr(value, "_fields"):
        kinds = {name: str(type(value).__annotations__.get(name, "")) for name in value._fields}
    else:
        return
    for name, kind in kinds.items():
        yield name, kind, getattr(value, name)
