"""Which model a name in a log means. Names are brought to one form by rules, then matched exactly or not at all:
a sibling's price is wrong by a factor of three as easily as not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

NOT_A_REQUEST = ("", "<synthetic>")
"""Rows that a client writes by itself: nothing was asked of a model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the rules need to know; all of it comes with the rates."""

    known: frozenset[str] = frozenset()  # canonical ids
    fast: frozenset[str] = frozenset()  # those that have or had a price for fast mode
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    unpriced: frozenset[str] = frozenset()  # names that are known to mean no one model, or to have no price
    routes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What may stand before a slash, and the platform it means: "direct", "aws" or "google_cloud"."""

    def knowing(self, known: frozenset[str], fast: frozenset[str]) -> Names:
        return replace(self, known=known, fast=fast)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelName:
    id: str | None  # canonical; None: not known
    shown: str  # for people: the canonical id, or else the name as it was told
    ignored: bool = False  # no request was made
    fast: bool = False  # the name says so; counts only where the usage reports no speed
    regional: bool = False  # a cloud's regional endpoint
    flags: frozenset[str] = frozenset()


def resolve(name: str, names: Names) -> ModelName:
    raise NotImplementedError
