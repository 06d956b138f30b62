"""The sentences under a report: what its costs are, what they leave out, and what is not counted yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from usagetray.domain.pricing import Cost
from usagetray.domain.rates import RateTable
from usagetray.views.amounts import dollars, tokens
from usagetray.views.figures import ago
from usagetray.views.plain import plain

LIST_PRICES = "Costs are at list prices, as if all of it had gone through the API."
CACHE = "Written and read: to and from the prompt cache. Hit: the share of the prompt that was read from it."
MOST_NAMED = 3


def cost_cell(cost: Cost) -> str:
    """ "$12.66", "≥ $12.66" where something in it has no price, "unpriced" where nothing has one."""
    if not cost.is_lower_bound:
        return dollars(cost.usd)
    return f"≥ {dollars(cost.usd)}" if cost.usd else "unpriced"


def least(cost: Cost) -> str:
    """ "At least $12.66; 1.2M tokens of some-model unpriced."; "" where everything has a price."""
    if not cost.is_lower_bound:
        return ""
    if not cost.usd and cost.unpriced:
        return f"The cost is not known: {unpriced(cost.unpriced)} unpriced."
    left_out = f"{unpriced(cost.unpriced)} unpriced" if cost.unpriced else "some fees in it have no known price"
    return f"At least {dollars(cost.usd)}; {left_out}."


def unpriced(by_model: Mapping[str, int]) -> str:
    """ "1.2M tokens of some-model, 30k of another", the most first."""
    named = list(by_model.items())[:MOST_NAMED]
    parts = [f"{tokens(count)}{'' if place else ' tokens'} of {plain(model, 48)}" for place, (model, count) in
             enumerate(named)]  # fmt: skip
    more = len(by_model) - len(named)
    if more:
        parts.append(f"{tokens(sum(by_model.values()) - sum(count for _, count in named))} of {more} more")
    return ", ".join(parts)


def not_indexed(
    *,
    pending_bytes: int,
    skipped: Mapping[str, int],
    aside: Mapping[str, int],
    finished_at: datetime | None,
    now: datetime,
) -> list[str]:
    """What the figures lack, one sentence each; nothing where nothing is missing."""
    said = []
    if finished_at is None:
        said.append("The logs have not been read to their ends yet: the figures will grow.")
    elif pending_bytes:
        said.append(f"{_bytes(pending_bytes)} of logs are not counted yet; last read {ago(finished_at, now)}.")
    if skipped:
        said.append(f"{counted(sum(skipped.values()), 'line')} could not be read: {_reasons(skipped)}.")
    if aside:
        said.append(f"{counted(sum(aside.values()), 'event')} set aside, not counted: {_reasons(aside)}.")
    return said


def old_prices(models: Iterable[str], table: RateTable, day: date) -> list[str]:
    """A sentence where a price of these models, as logged, has not been compared with its source for long."""
    used = {table.name(each).id for each in models}
    old = [row for row in table.unchecked(day) if row.model in used]
    if not old:
        return []
    names = sorted({row.model for row in old})
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    days = (day - old[0].checked).days
    return [
        f"The prices of {', '.join(names[:MOST_NAMED])}{more} were last checked {days} days ago and may have changed."
    ]


def counted(count: int, what: str) -> str:
    """ "1 line", "2,400 lines"."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _reasons(reasons: Mapping[str, int]) -> str:
    most_first = sorted(reasons.items(), key=lambda each: (-each[1], each[0]))
    if len(most_first) == 1:
        return plain(most_first[0][0])
    return ", ".join(f"{count:,} {plain(reason)}" for reason, count in most_first)


def _bytes(count: int) -> str:
    for size, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count} bytes"
