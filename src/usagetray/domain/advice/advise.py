"""All advice from one's own use: responses, plans and window readings in, a ranked tuple out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from types import MappingProxyType

from usagetray.domain.advice import api_savings as api
from usagetray.domain.advice.confidence import Confidence, Doubt, Grounds, doubts_of
from usagetray.domain.advice.context import cut
from usagetray.domain.advice.holding import Holding, cents
from usagetray.domain.advice.items import Advice, Amount, Flip, Kind, Verdict
from usagetray.domain.advice.models import ModelFacts
from usagetray.domain.advice.months import MonthEnd, month_end
from usagetray.domain.advice.own_use import Line, Use, lines_of, use_of
from usagetray.domain.advice.plan_advice import plan_advice, use_figures
from usagetray.domain.advice.plan_choice import Cycle
from usagetray.domain.advice.plans import Plan, PlanTable
from usagetray.domain.advice.ranking import ranked
from usagetray.domain.rates import RateTable
from usagetray.quick_dataclass import dataclass
from usagetray.usage import Response

CUT = Decimal("0.2")
"""The example of a shorter context: a fifth fewer prompt tokens."""
NEWEST = timedelta(days=7)
WEEKS_TO_TELL = timedelta(days=21)
"""In fewer days one week is half of everything anyway."""


def is_own_program(response: Response) -> bool:
    """Recorded by a program of the user's: billed by the call, whatever plan there is."""
    return bool(response.app)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the advice is worked out from, besides the responses."""

    rates: RateTable
    plans: PlanTable
    models: ModelFacts
    at: datetime  # the instant it is judged at
    zone: tzinfo
    owned: Mapping[str, Plan] = field(default_factory=lambda: MappingProxyType({}))  # vendor -> the plan one has
    cycles: Mapping[str, Sequence[Cycle]] = field(default_factory=lambda: MappingProxyType({}))  # by vendor
    hour_value: Decimal | None = None  # of an hour locked out, as the user states it
    waits: frozenset[str] = frozenset()  # task types that can wait a day
    is_api: Callable[[Response], bool] = is_own_program


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the own use says. Under three days there are figures and no advice."""

    confidence: Confidence
    days: int  # from the first record to the last, of all tools
    covered: Mapping[str, Use]  # by vendor: what a plan covers or could
    billed: Use | None  # by the call
    month_ends: Mapping[str, MonthEnd]  # by vendor
    advice: tuple[Advice, ...]
    doubts: tuple[Doubt, ...]
    missing: tuple[str, ...] = ()


def advise(responses: Iterable[Response], asked: Asked) -> Report | None:
    """None without any response. The order of the responses makes no difference."""
    lines = lines_of(responses, asked.rates, asked.is_api)
    today = asked.at.astimezone(asked.zone).date()
    whole = use_of(lines, asked.zone, today)
    if whole is None:
        return None
    grounds = _grounds(whole, asked, today)
    by_vendor: defaultdict[str, list[Line]] = defaultdict(list)
    billed: list[Line] = []
    for line in lines:
        if line.is_covered:
            by_vendor[asked.plans.draws_on.get(line.response.provider, line.response.provider)].append(line)
        else:
            billed.append(line)
    covered = {vendor: _over_all_days(rows, whole, asked, today) for vendor, rows in sorted(by_vendor.items())}
    api_use = _over_all_days(billed, whole, asked, today) if billed else None
    found: list[Advice] = []
    if grounds.confidence is not Confidence.NONE:
        for vendor, use in covered.items():
            found += plan_advice(_holding(vendor, use, asked, grounds), asked.plans)
            found += _context(use, vendor, grounds, is_billed=False)
        found += _api(api_use, asked, grounds)
    return Report(
        confidence=grounds.confidence,
        days=grounds.days,
        covered=MappingProxyType(covered),
        billed=api_use,
        month_ends=MappingProxyType(dict(_month_ends(covered, asked, today))),
        advice=ranked(found, sum((use.month for use in covered.values()), api_use.month if api_use else Decimal(0))),
        doubts=grounds.doubts,
        missing=("recent_use",) if asked.at.date() - whole.until > NEWEST else (),
    )


def _grounds(whole: Use, asked: Asked, today: date) -> Grounds:
    age = asked.rates.age(today)
    return Grounds(
        days=whole.days,
        doubts=doubts_of(
            tokens=whole.tokens,
            unpriced_tokens=whole.unpriced_tokens,
            rates_checked=None if age is None else today - age,
            today=today,
            busiest_week=whole.busiest_week if whole.days >= WEEKS_TO_TELL.days else Decimal(0),
            whole=whole.usd,
        ),
    )


def _over_all_days(lines: Sequence[Line], whole: Use, asked: Asked, today: date) -> Use:
    """One part of the use over the days of all of it: a day with other tools only is an idle one, not a missing one."""
    part = use_of(lines, asked.zone, today)
    assert part is not None  # noqa: S101 - parts are made of at least one line
    return replace(part, first=whole.first, last=whole.last, until=whole.until)


def _holding(vendor: str, use: Use, asked: Asked, grounds: Grounds) -> Holding:
    return Holding(
        vendor=vendor,
        use=use,
        owned=asked.owned.get(vendor),
        cycles=tuple(asked.cycles.get(vendor, ())),
        grounds=grounds,
        hour_value=asked.hour_value,
        at=asked.at,
    )


def _month_ends(covered: Mapping[str, Use], asked: Asked, today: date) -> Iterator[tuple[str, MonthEnd]]:
    clock = asked.at.astimezone(asked.zone).time()
    for vendor, use in covered.items():
        later = sum(
            (each.usd for each in use.lines if each.response.at.astimezone(asked.zone).time() > clock), Decimal(0)
        )
        found = month_end(use.by_day, use.first, today, later / use.usd if use.usd > 0 else Decimal(0))
        if found is not None:
            yield vendor, found


# ---- calls that are billed ---------------------------------------------------------------------------------


def _api(use: Use | None, asked: Asked, grounds: Grounds) -> Iterator[Advice]:
    if use is None or use.usd <= 0:
        return
    saved, without = api.cache_saved(use.lines, asked.rates)
    if saved:
        yield Advice(
            kind=Kind.CACHE_SAVED,
            about="",
            verdict=Verdict.FACT,
            figures={
                "saved_month_usd": cents(use.monthly(saved)),
                "without_month_usd": cents(use.monthly(without)),
                "cached_share": use.cached_share,
            },
            method="every_prompt_token_at_input",
            monthly=None,
            confidence=grounds.confidence,
            days=grounds.days,
        )
    kinds = (
        (Kind.CACHE_LIFETIME, "lifetimes_by_gaps", "shared_prefix", api.lifetime_saving(use.lines, asked.rates)),
        (Kind.CACHE_START, "lifetimes_by_gaps", "shared_prefix", api.cache_start(use.lines, asked.rates, asked.models)),
        (Kind.BATCH, "half_of_tokens", "reads_kept", api.batch_saving(use.lines, asked.rates, asked.waits)),
        (
            Kind.ROUTING,
            "same_attempts_other_card",
            "reads_kept",
            api.routing_saving(use.lines, asked.rates, asked.models),
        ),
    )
    for kind, method, depends, savings in kinds:
        for each in savings:
            yield _saving(kind, method, depends, each, use, grounds)
    yield from _context(use, "", grounds, is_billed=True)


def _saving(kind: Kind, method: str, depends: str, found: api.Saving, use: Use, grounds: Grounds) -> Advice:
    low, high, point = (use.monthly(each) for each in (found.low, found.high, found.point))
    verdict = Verdict.MAY if low <= 0 or kind is Kind.ROUTING else Verdict.YES
    if grounds.confidence is Confidence.EARLY:
        verdict = Verdict.UNKNOWN
    return Advice(
        kind=kind,
        about=found.about,
        verdict=verdict,
        figures={
            "requests": found.requests,
            "choice": found.choice or None,
            "low_month_usd": cents(low),
            "high_month_usd": cents(high),
        },
        method=method,
        monthly=Amount(point=point, low=low, high=high),
        confidence=grounds.confidence,
        days=grounds.days,
        missing=(depends,) if low <= 0 else (),
        flips=Flip(what=depends, at=_even_share(found)) if found.low < 0 < found.high else None,
    )


def _even_share(found: api.Saving) -> Decimal:
    """Between the ends, the share of the way at which nothing is saved any more."""
    return -found.low / (found.high - found.low)


def _context(use: Use, about: str, grounds: Grounds, *, is_billed: bool) -> Iterator[Advice]:
    """A fifth fewer prompt tokens: money where calls are billed, a later lockout under a plan."""
    output = use.by_category.get("output", Decimal(0))
    fees = use.by_category.get("web_search", Decimal(0))
    prompt = use.usd - output - fees
    if prompt <= 0:
        return
    whole = cut(prompt, output + fees, prompt_cut=CUT)
    uncached = cut(use.by_category.get("input", Decimal(0)), Decimal(0), prompt_cut=CUT)
    high, low = use.monthly(whole.saving), use.monthly(uncached.saving)
    yield Advice(
        kind=Kind.CONTEXT,
        about=about,
        verdict=Verdict.MAY if grounds.confidence is not Confidence.EARLY else Verdict.UNKNOWN,
        figures={
            "cut": CUT,
            "saving_share": whole.saving_share,
            "stretch": whole.stretch,
            "prompt_share_of_bill": prompt / use.usd,
            "low_month_usd": cents(low),
            "high_month_usd": cents(high),
            **({} if is_billed else {"equivalent_month_usd": use_figures(use)["equivalent_month_usd"]}),
        },
        method="prompt_scaled",
        monthly=Amount(point=high, low=low, high=high) if is_billed else None,
        confidence=grounds.confidence,
        days=grounds.days,
        flips=None,
    )
