"""Answers to worked questions as the program gives them, and comparing them with figures worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from usagetray.domain.advice.tables import Tables
from usagetray.edges.json_file import document
from usagetray.edges.models import model_facts
from usagetray.edges.plans import plan_table
from usagetray.edges.tables import rate_table
from usagetray.views.cli.worked import answers

TODAY = date(2026, 11, 20)
CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "worked_figures.json").read_text("utf-8"))["cases"]
TABLES: list[Tables] = []


def tables() -> Tables:
    if not TABLES:
        TABLES.append(Tables(rates=rate_table(today=TODAY), plans=plan_table(), models=model_facts(), day=TODAY))
    return TABLES[0]


def asked(question: Mapping[str, Any]) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """The answer to one question, and what was wrong with it."""
    read = document("asked.json", json.dumps(question, default=str))
    found = answers(read, tables())
    return (found[0] if found else None), read.problems


def difference(expected: Any, computed: Any, tolerance: Decimal, where: str) -> list[str]:
    """Where a figure is further off than it may be; keys that were not expected do not matter."""
    if isinstance(expected, dict):
        if not isinstance(computed, dict):
            return [f"{where}: {computed!r} is no object"]
        return [
            line
            for key, each in expected.items()
            for line in difference(each, computed.get(key), tolerance, f"{where}.{key}")
        ]
    if isinstance(expected, list):
        if not isinstance(computed, list) or len(expected) != len(computed):
            return [f"{where}: {computed!r} is not {expected!r}"]
        pairs = zip(expected, computed, strict=True)
        return [
            line
            for index, (one, other) in enumerate(pairs)
            for line in difference(one, other, tolerance, f"{where}[{index}]")
        ]
    one, other = number(expected), number(computed)
    if one is not None and other is not None:
        return [] if abs(one - other) <= tolerance else [f"{where}: {computed} is not {expected}"]
    return [] if expected == computed else [f"{where}: {computed!r} is not {expected!r}"]


def number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return None
