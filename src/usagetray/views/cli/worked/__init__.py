"""Worked figures: a question in JSON, `{"kind": ..., "inputs": {...}}`, answered with figures under fixed names.

Each kind is one function over the inputs; the arithmetic is the domain's. Whoever doubts a figure can ask for it from
outside, and a figure printed elsewhere can be checked against its own inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from usagetray.edges.json_file import Document, Fields
from usagetray.views.advice_json import figures
from usagetray.views.cli.worked import bands, caching, costs, plans, reports, sessions, what_ifs
from usagetray.views.cli.worked.reading import Answer, Inputs, Tables, UnreadableError

Worker = Callable[[Inputs, Tables], Answer]

KINDS: Mapping[str, Worker] = {
    **bands.KINDS,
    **caching.KINDS,
    **costs.KINDS,
    **plans.KINDS,
    **reports.KINDS,
    **sessions.KINDS,
    **what_ifs.KINDS,
}


def is_worked(value: object) -> bool:
    """Whether a file holds questions of this form: one, or a list of them under "cases"."""
    return isinstance(value, Mapping) and ("cases" in value or ("kind" in value and "inputs" in value))


def answers(document: Document, tables: Tables) -> list[dict[str, Any]]:
    """One answer per question that could be read; the others are problems of the document."""
    top = Fields(document, document.value, lost="left out")
    rows = top.rows("cases") if "cases" in document.value else (top,)
    found = (_answer(row, tables) for row in rows)
    return [each for each in found if each is not None]


def _answer(row: Fields, tables: Tables) -> dict[str, Any] | None:
    kind, inputs = row.text("kind"), row.below("inputs")
    if kind is None and "kind" not in row:
        row.wrong("kind", 'the kind of question, such as "cost"')
    elif kind is not None and kind not in KINDS:
        row.wrong("kind", f"one of {', '.join(sorted(KINDS))}")
    if inputs is None and "inputs" not in row:
        row.wrong("inputs", "an object in braces")
    if kind is None or kind not in KINDS or inputs is None:
        return None
    inputs.lost = "not answered"
    try:
        answer = KINDS[kind](Inputs(inputs), tables)
    except UnreadableError:
        return None
    said: dict[str, Any] = {"id": row.text("id"), "kind": kind, "figures": figures(answer.figures)}
    published = row.value.get("published")
    if isinstance(published, Mapping):
        said["published"] = _as_given(published)
        said["differs"] = [key for key in published if _differs(published[key], answer.figures.get(key))]
    said["explain"] = " ".join(answer.explain) or None
    return said


def _as_given(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _as_given(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_given(each) for each in value]
    return str(value) if isinstance(value, Decimal) else value


def _differs(published: Any, computed: Any) -> bool:
    """Whether a figure printed elsewhere is another than ours, rounded as it was printed. Words are not compared."""
    if isinstance(published, list) and isinstance(computed, list | tuple) and len(published) == len(computed):
        return any(_differs(one, other) for one, other in zip(published, computed, strict=True))
    if not isinstance(published, str | int | Decimal) or not isinstance(computed, Decimal | int):
        return False
    try:
        printed = Decimal(str(published).removeprefix("~"))
        return printed != Decimal(computed).quantize(Decimal((0, (1,), int(printed.as_tuple().exponent))))
    except (InvalidOperation, ValueError, TypeError):
        return False
