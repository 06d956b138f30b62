"""Reports: sums of the ledger, grouped, priced and totalled. Every price is taken before anything is added up."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from usagetray.domain.pricing import Cost, Price, price, total
from usagetray.domain.rates import RateTable
from usagetray.quick_dataclass import dataclass
from usagetray.usage import Attempt, TokenCounts, UsageSum

ASSUMED_MODEL = "assumed_model"
"""The flag of counts whose log did not name the model."""
FAST = "-fast"


@dataclass(frozen=True, slots=True)
class Priced:
    """A sum that was priced as one attempt."""

    usage: UsageSum
    price: Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a group of sums comes to."""

    tokens: TokenCounts
    reasoning: int  # within output
    responses: int
    cost: Cost
    first_at: datetime | None  # None: of nothing
    last_at: datetime | None

    @property
    def hit_rate(self) -> float | None:
        """Share of the prompts that was read from a cache; None without prompts."""
        return self.tokens.cache_read / self.tokens.prompt if self.tokens.prompt else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFigures:
    model: str  # as logged, with "-fast" where it was served fast
    figures: Figures
    is_assumed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    key: str  # the period, session, project, model or program
    providers: tuple[str, ...]  # in alphabetical order
    figures: Figures
    models: tuple[ModelFigures, ...]  # in the order of first appearance
    first: UsageSum  # for what all of a row's sums share

    @property
    def by_cost(self) -> tuple[ModelFigures, ...]:
        """Dearest model first; among those without a price the one with most tokens."""
        return tuple(sorted(self.models, key=lambda each: _dearest(each.figures)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    rows: tuple[Row, ...]
    total: Figures


def priced(sums: Iterable[UsageSum], table: RateTable) -> tuple[Priced, ...]:
    return tuple(Priced(each, price(each.attempt, table)) for each in sums)


def report(lines: Iterable[Priced], key: Callable[[UsageSum], Hashable] | None = None) -> Report:
    """Rows in the order in which their keys first appear. `key`: what makes a row, else the period.

    A row's own key is the period, whatever it was grouped by.
    """
    groups: dict[Hashable, list[Priced]] = {}
    for line in lines:
        groups.setdefault(key(line.usage) if key else line.usage.period, []).append(line)
    rows = tuple(map(row, groups.values()))
    return Report(rows=rows, total=added([each.figures for each in rows]))


def renamed(lines: Iterable[Priced], period: Callable[[UsageSum], str]) -> tuple[Priced, ...]:
    """The same under other periods: to be grouped by something else."""
    return tuple(Priced(each.usage._replace(period=period(each.usage)), each.price) for each in lines)


def row(lines: Sequence[Priced]) -> Row:
    models: dict[str, list[Priced]] = {}
    for line in sorted(lines, key=lambda each: each.usage.first_at):
        models.setdefault(model_name(line.usage.attempt), []).append(line)
    found = tuple(
        ModelFigures(
            model=name,
            figures=figures(own),
            is_assumed=any(ASSUMED_MODEL in each.usage.attempt.flags for each in own),
        )
        for name, own in models.items()
    )
    return Row(
        key=lines[0].usage.period,
        providers=tuple(sorted({each.usage.provider for each in lines})),
        figures=added([each.figures for each in found]),
        models=found,
        first=lines[0].usage,
    )


def figures(lines: Sequence[Priced]) -> Figures:
    usages = [each.usage for each in lines]
    counts = [each.attempt.tokens for each in usages]
    return Figures(
        tokens=_sum(counts),
        reasoning=sum(each.reasoning for each in usages),
        responses=sum(each.responses for each in usages),
        cost=total(each.price for each in lines),
        first_at=min((each.first_at for each in usages), default=None),
        last_at=max((each.last_at for each in usages), default=None),
    )


def added(parts: Sequence[Figures]) -> Figures:
    return Figures(
        tokens=_sum([each.tokens for each in parts]),
        reasoning=sum(each.reasoning for each in parts),
        responses=sum(each.responses for each in parts),
        cost=total(each.cost for each in parts),
        first_at=min((each.first_at for each in parts if each.first_at), default=None),
        last_at=max((each.last_at for each in parts if each.last_at), default=None),
    )


def _sum(counts: Sequence[TokenCounts]) -> TokenCounts:
    return TokenCounts(
        input=sum(each.input for each in counts),
        cache_write_5m=sum(each.cache_write_5m for each in counts),
        cache_write_1h=sum(each.cache_write_1h for each in counts),
        cache_read=sum(each.cache_read for each in counts),
        output=sum(each.output for each in counts),
    )


def model_name(attempt: Attempt) -> str:
    """The model as logged; fast service is told apart, for it costs more."""
    is_fast = attempt.speed == "fast" and not attempt.model.endswith(FAST)
    return attempt.model + FAST if is_fast else attempt.model


def by_cost(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda each: _dearest(each.figures)))


def by_last_use(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The last used comes last."""
    return tuple(sorted(rows, key=lambda each: (each.figures.last_at, each.key)))


def _dearest(of: Figures) -> tuple[Decimal, int]:
    return -of.cost.usd, -of.tokens.total
