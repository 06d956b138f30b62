"""Which API key a row of the bill is for: the bill does not say, the usage report does, in tokens.

A row of the bill is for one kind of token of one model, workspace, tier, context length and place, all at one price.
So the tokens of that kind which each key used part its amount among the keys, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from usagetray.model import SpendDay
from usagetray.providers.parse import Answer
from usagetray.quick_dataclass import dataclass

PRICED_BY = ("model", "service_tier", "context_window", "inference_geo")
"""Where either report leaves one of these out, it was not parted by it."""
COUNTS: Mapping[str, tuple[str, ...]] = {
    "uncached_input_tokens": ("uncached_input_tokens",),
    "output_tokens": ("output_tokens",),
    "cache_read_input_tokens": ("cache_read_input_tokens",),
    "cache_creation.ephemeral_5m_input_tokens": ("cache_creation", "ephemeral_5m_input_tokens"),
    "cache_creation.ephemeral_1h_input_tokens": ("cache_creation", "ephemeral_1h_input_tokens"),
    "web_search": ("server_tool_use", "web_search_requests"),
}
"""Where the usage report counts what a `token_type`, or else a `cost_type`, of the bill is for."""


@dataclass(frozen=True, slots=True)
class Used:
    """A row of the usage report."""

    key: str | None  # None: the Workbench
    workspace: str | None  # None: the default one
    terms: tuple[str | None, ...]  # in the order of PRICED_BY
    counts: Mapping[str, int]


def used(rows: Iterable[Answer]) -> tuple[Used, ...]:
    return tuple(
        Used(
            key=row.text("api_key_id"),
            workspace=row.text("workspace_id"),
            terms=_terms(row),
            counts={kind: row.whole(*path) or 0 for kind, path in COUNTS.items()},
        )
        for row in rows
    )


def parted(whole: SpendDay, row: Answer, usage: Iterable[Used]) -> tuple[SpendDay, ...]:
    """The row's amount by key; as it is where the usage report has nothing to go by. The parts add up to the whole."""
    kind = row.text("token_type") or whole.kind or ""
    terms = _terms(row)
    tokens: dict[str | None, int] = {}
    for each in usage:
        if each.workspace == whole.workspace and _alike(each.terms, terms) and each.counts.get(kind):
            tokens[each.key] = tokens.get(each.key, 0) + each.counts[kind]
    if not tokens:
        return (whole,)
    total, left = Decimal(sum(tokens.values())), whole.amount.amount
    parts = []
    for number, (key, count) in enumerate(tokens.items(), 1):
        part = left if number == len(tokens) else min(whole.amount.amount * count / total, left)
        left -= part
        parts.append(replace(whole, key=key, amount=replace(whole.amount, amount=part)))
    return tuple(parts)


def _terms(row: Answer) -> tuple[str | None, ...]:
    return tuple(row.text(each) for each in PRICED_BY)


def _alike(one: tuple[str | None, ...], other: tuple[str | None, ...]) -> bool:
    return all(a is None or b is None or a == b for a, b in zip(one, other, strict=True))
