"""What calls billed one by one could cost less: longer cache lifetimes, caching at all, batches, smaller models.

Only for programs of one's own and sessions on a key: under a plan all this moves windows, not money.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from usagetray.domain.advice.caching import LIFETIMES, gaps_of, units
from usagetray.domain.advice.models import ModelFacts
from usagetray.domain.advice.own_use import Line
from usagetray.domain.pricing import Price, batched, rerouted, uncached
from usagetray.domain.rates import RateTable
from usagetray.quick_dataclass import dataclass
from usagetray.usage import Attempt, TokenCounts

RUN_GAP = timedelta(minutes=30)
RUN_LEAST = 20
"""Requests close together, so many of them, are one run of a job."""
REGULAR = Decimal("0.1")
"""Runs whose distances differ by less than this share of their mean come by the clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """What a change would have saved over all of the lines, dollars at list: least and most."""

    about: str
    low: Decimal
    high: Decimal
    requests: int
    choice: str = ""

    @property
    def point(self) -> Decimal:
        return (self.low + self.high) / 2


def usd_of(found: Price, line_price: Price) -> Decimal:
    """The alternative's dollars; where it has no price, those it is compared with, so that nothing is saved."""
    return found.usd if found.usd is not None else (line_price.usd or Decimal(0))


def cache_saved(lines: Iterable[Line], table: RateTable) -> tuple[Decimal, Decimal]:
    """What reading from caches saved, less what writing cost more; and the cost without any cache."""
    saved, without = Decimal(0), Decimal(0)
    for line in lines:
        for attempt, paid in zip(line.response.attempts, line.prices, strict=True):
            if paid.usd is None:
                continue
            plain = usd_of(uncached(attempt, table), paid)
            without += plain
            saved += plain - paid.usd
    return saved, without


# ---- lifetimes ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    at: datetime
    attempt: Attempt
    price: Price


def chains(lines: Iterable[Line], table: RateTable) -> Mapping[tuple[str, ...], tuple[Request, ...]]:
    """Requests that may share a prefix: one program, session, agent and model, in time order."""
    found: defaultdict[tuple[str, ...], list[Request]] = defaultdict(list)
    for line in lines:
        row = line.response
        for attempt, paid in zip(row.attempts, line.prices, strict=True):
            if paid.usd is not None:
                model = table.name(attempt.model).shown
                key = (row.provider, row.app, row.task, row.session, row.agent, model)
                found[key].append(Request(at=row.at, attempt=attempt, price=paid))
    return {key: tuple(sorted(rows, key=lambda each: each.at)) for key, rows in found.items() if len(rows) > 1}


def lifetime_saving(lines: Iterable[Line], table: RateTable) -> tuple[Saving, ...]:
    """By program: the shared prefix under the lifetime that suits its gaps, against the one it was written with.

    Equal prefixes cannot be proved from counts: the smallest cached count of consecutive requests is taken as the
    prefix for the upper end, none at all for the lower.
    """
    by_app: defaultdict[str, list[tuple[Decimal, str]]] = defaultdict(list)
    counts: defaultdict[str, int] = defaultdict(int)
    for key, rows in chains(lines, table).items():
        costs, used = _by_lifetime(rows, table)
        if used is None or not costs:
            continue
        best = min(costs, key=lambda name: (costs[name], name != used))
        about = _about(key)
        counts[about] += len(rows)
        if costs[used] > costs[best]:
            by_app[about].append((costs[used] - costs[best], best))
    return tuple(
        Saving(
            about=about,
            low=Decimal(0),
            high=sum((usd for usd, _ in found), Decimal(0)),
            requests=counts[about],
            choice=max(found)[1],
        )
        for about, found in sorted(by_app.items())
    )


def _by_lifetime(rows: Sequence[Request], table: RateTable) -> tuple[dict[str, Decimal], str | None]:
    """The prefix over the chain under each lifetime and none, and the lifetime it has now; None without writes."""
    cached = [row.attempt.tokens.cache_read + _written(row.attempt.tokens) for row in rows]
    prefix = min(min(pair) for pair in pairwise(cached))
    written = TokenCounts()
    for row in rows:
        written += row.attempt.tokens
    if prefix <= 0 or not _written(written):
        return {}, None
    used = "1h" if written.cache_write_1h > written.cache_write_5m else "5m"
    card = table.card(table.name(rows[0].attempt.model).id or "", rows[0].at.date())
    if card is None or not card.row.base.input:
        return {}, None
    rates = card.row.base
    each, read = prefix * rates.input / 1_000_000, rates.cache_read / rates.input
    gaps = gaps_of([row.at for row in rows])
    writes = {"5m": rates.cache_write_5m / rates.input, "1h": rates.cache_write_1h / rates.input}
    costs = {name: each * units(gaps, length, writes[name], read) for name, (length, _) in LIFETIMES.items()}
    return costs | {"none": each * len(rows)}, used


def _written(tokens: TokenCounts) -> int:
    return tokens.cache_write_5m + tokens.cache_write_1h


def cache_start(lines: Iterable[Line], table: RateTable, models: ModelFacts) -> tuple[Saving, ...]:
    """Programs that cache nothing, though their prompts are long enough: at most what the shortest of them shares."""
    found: defaultdict[str, list[Decimal]] = defaultdict(list)
    counts: defaultdict[str, int] = defaultdict(int)
    for key, rows in chains(lines, table).items():
        if any(row.attempt.tokens.prompt != row.attempt.tokens.input for row in rows):
            continue
        prefix = min(row.attempt.tokens.prompt for row in rows)
        smallest = models.smallest(key[-1])
        card = table.card(key[-1], rows[0].at.date())
        if smallest is None or prefix < smallest.advise_from or card is None or not card.row.base.input:
            continue
        rates = card.row.base
        gaps, each = gaps_of([row.at for row in rows]), prefix * rates.input / 1_000_000
        best = min(
            units(gaps, length, write, rates.cache_read / rates.input)
            for length, write in (
                (LIFETIMES["5m"][0], rates.cache_write_5m / rates.input),
                (LIFETIMES["1h"][0], rates.cache_write_1h / rates.input),
            )
        )
        if best < len(rows):
            found[_about(key)].append(each * (len(rows) - best))
            counts[_about(key)] += len(rows)
    return tuple(
        Saving(about=about, low=Decimal(0), high=sum(each, Decimal(0)), requests=counts[about])
        for about, each in sorted(found.items())
    )


def _about(key: Sequence[str]) -> str:
    """ "content-assistant / draft", or the tool whose sessions they are."""
    provider, app, task = key[:3]
    return " / ".join(filter(None, (app, task))) or provider


# ---- batches -----------------------------------------------------------------------------------------------


def batch_saving(lines: Iterable[Line], table: RateTable, waits: frozenset[str]) -> tuple[Saving, ...]:
    """By program and task: half of the tokens, for tasks the user says can wait and for jobs that run by the clock.

    Low: within a batch nothing is read from the cache.
    """
    by_task: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.response.app:
            by_task[_about((line.response.provider, line.response.app, line.response.task))].append(line)
    found = []
    for about, rows in sorted(by_task.items()):
        if rows[0].response.task not in waits and not _is_clockwork([row.response.at for row in rows]):
            continue
        low, high = Decimal(0), Decimal(0)
        for row in rows:
            for attempt, paid in zip(row.response.attempts, row.prices, strict=True):
                if paid.usd is None or paid.fast or attempt.tier == "batch":
                    continue
                high += paid.usd - usd_of(batched(attempt, table), paid)
                unread = replace(attempt, tokens=_without_reads(attempt.tokens))
                low += paid.usd - usd_of(batched(unread, table), paid)
        if high > 0:
            found.append(Saving(about=about, low=min(low, high), high=high, requests=len(rows)))
    return tuple(found)


def _without_reads(tokens: TokenCounts) -> TokenCounts:
    return replace(tokens, input=tokens.input + tokens.cache_read, cache_read=0)


def _is_clockwork(at: Sequence[datetime]) -> bool:
    """At least three runs of twenty requests, each as long after the one before."""
    ordered = sorted(at)
    runs: list[list[datetime]] = [[ordered[0]]]
    for earlier, later in pairwise(ordered):
        if later - earlier > RUN_GAP:
            runs.append([])
        runs[-1].append(later)
    if len(runs) < 3 or any(len(run) < RUN_LEAST for run in runs):
        return False
    distances = [Decimal(str((later[0] - earlier[0]).total_seconds())) for earlier, later in pairwise(runs)]
    mean = sum(distances, Decimal(0)) / len(distances)
    return all(abs(each - mean) <= REGULAR * mean for each in distances)


# ---- smaller models ----------------------------------------------------------------------------------------


def routing_saving(lines: Iterable[Line], table: RateTable, models: ModelFacts) -> tuple[Saving, ...]:
    """By model: the same attempts on the next smaller tier of its vendor. List price only: quality is another matter.

    High: cache reads kept, fewest tokens. Low: nothing read from a cache, most tokens.
    """
    by_model: defaultdict[str, list[tuple[Attempt, Price]]] = defaultdict(list)
    for line in lines:
        for attempt, paid in zip(line.response.attempts, line.prices, strict=True):
            if paid.usd:
                by_model[paid.model].append((attempt, paid))
    found = []
    for model, rows in sorted(by_model.items()):
        other = _next_tier(model, table, models, rows[-1][0])
        if other is None:
            continue
        least, most = models.token_range(model, other)
        smallest = models.smallest(other)
        paid_usd, kept, unread = Decimal(0), Decimal(0), Decimal(0)
        for attempt, paid in rows:
            bare = replace(attempt, tokens=TokenCounts(input=attempt.tokens.prompt, output=attempt.tokens.output))
            is_cached = smallest is None or attempt.prompt >= smallest.advise_from
            paid_usd += paid.usd or Decimal(0)
            kept += usd_of(rerouted(attempt if is_cached else bare, other, table), paid)
            unread += usd_of(rerouted(bare, other, table), paid)
        high = paid_usd - kept * least
        low = paid_usd - max(unread, kept) * most
        if high > 0:
            found.append(Saving(about=model, low=low, high=high, requests=len(rows), choice=other))
    return tuple(found)


def _next_tier(model: str, table: RateTable, models: ModelFacts, example: Attempt) -> str | None:
    """The dearest model among its vendor's present tiers that is cheaper than this one."""
    day = example.at.date() if example.at is not None else None
    card = table.card(model, day)
    if card is None:
        return None
    cheaper = []
    for other in models.tiers.get(models.vendor_of(model) or "", ()):
        row = table.card(other, None)
        if row is not None and row.row.base.output < card.row.base.output:
            cheaper.append((row.row.base.output, other))
    return max(cheaper)[1] if cheaper else None
