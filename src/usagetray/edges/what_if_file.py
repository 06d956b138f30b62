"""A what-if file: use as the user states it, read key by key; each mistake is one sentence and costs only itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

from usagetray.domain.advice.stated import Stated, StatedModel, Value
from usagetray.domain.advice.tables import Tables
from usagetray.domain.rates import Rates
from usagetray.edges.json_file import Document, Fields
from usagetray.edges.what_if_plans import considered, named_plan
from usagetray.errors import UserError
from usagetray.usage import TokenCounts

TOP = ("usage", "plans", "owned", "seats", "value", "hybrid", "what_if", "bill_usd", "note")
USAGE = ("per", "models", "weeks", "sessions", "active_days", "hours", "date")
MODEL = (
    *("model", "prompt_tokens", "output_tokens", "read_share", "write_5m_share", "write_1h_share", "tokens"),
    *("requests", "rates_usd_per_mtok"),
)
CATEGORIES = ("input", "cache_write_5m", "cache_write_1h", "cache_read", "output")
WHAT_IF = ("prompt_cut", "output_cut", "tool_fee_usd", "batch_share", "cached_share", "route_to")
TIMES = {"month": Decimal(1), "week": Decimal(52) / Decimal(12)}


def stated_use(document: Document, known: Tables) -> Stated:
    """Raises `UserError` where nothing is stated that could be priced; other mistakes are the document's problems."""
    if not isinstance(document.value, Mapping):
        raise UserError(f'{document.name}: a what-if file is an object in braces, as in {{"usage": {{...}}}}.')
    top = Fields(document, document.value, lost="left out")
    top.only(*TOP)
    usage = top.below("usage")
    if usage is None:
        if "usage" not in top:
            top.wrong("usage", 'an object such as {"per": "month", "models": [...]}')
        raise UserError(_first_of(document))
    usage.only(*USAGE)
    day = usage.day("date") or known.day
    weeks = usage.rows("weeks")
    period = "week" if weeks else usage.text("per", ("month", "week")) or "month"
    models = _weeks(weeks, known, day) if weeks else _models(usage, known, day)
    if not models:
        if "models" not in usage and not weeks:
            usage.wrong("models", 'a list such as [{"model": "...", "prompt_tokens": 1000000, "output_tokens": 50000}]')
        raise UserError(_first_of(document))
    what_if = top.below("what_if") or Fields(document, {}, ("what_if",))
    what_if.only(*WHAT_IF)
    owned = named_plan(top, "owned", known)
    return Stated(
        models=models,
        period=period,
        weeks=len(weeks),
        times=TIMES[period],
        sessions=usage.amount("sessions"),
        active_days=usage.amount("active_days"),
        hours=usage.amount("hours"),
        bill=top.amount("bill_usd"),
        plans=considered(top, known, models, owned),
        owned=owned,
        seats=top.count("seats", least=1) or 1,
        value=_value(top),
        overflow=_overflow(top),
        prompt_cut=what_if.share("prompt_cut"),
        output_cut=what_if.share("output_cut"),
        tool_fee=what_if.amount("tool_fee_usd"),
        batch_share=what_if.share("batch_share"),
        cached_share=what_if.share("cached_share"),
        route_to=_routes(what_if, known, day),
    )


def _first_of(document: Document) -> str:
    """Where nothing is left to answer, the first mistake is the answer."""
    return document.problems[0] if document.problems else f"{document.name}: no use is stated in it."


# ---- usage -------------------------------------------------------------------------------------------------


def _models(usage: Fields, known: Tables, day: date) -> tuple[StatedModel, ...]:
    return tuple(each for row in usage.rows("models") if (each := _model(row, known, day)) is not None)


def _weeks(weeks: tuple[Fields, ...], known: Tables, day: date) -> tuple[StatedModel, ...]:
    """A mean week of those stated."""
    rows = [each for week in weeks for each in _models(week, known, day)]
    by_model: dict[tuple[str, Rates], list[StatedModel]] = {}
    for each in rows:
        by_model.setdefault((each.model, each.rates), []).append(each)
    return tuple(
        StatedModel(model=model, rates=rates, tokens=_mean(found, len(weeks)))
        for (model, rates), found in by_model.items()
    )


def _mean(rows: list[StatedModel], weeks: int) -> TokenCounts:
    whole = sum((each.tokens for each in rows), TokenCounts())
    return TokenCounts(**{name: _share(Decimal(getattr(whole, name)), Decimal(1) / weeks) for name in CATEGORIES})


def _model(row: Fields, known: Tables, day: date) -> StatedModel | None:
    row.only(*MODEL)
    model = row.text("model")
    if model is None:
        if "model" not in row:
            row.wrong("model", 'the id of a model such as "claude-sonnet-4-5"')
        return None
    tokens = _disjoint(row) if "tokens" in row else _by_shares(row)
    rates = _rates(row, model, known, day)
    if tokens is None or rates is None:
        return None
    shown = known.rates.name(model).shown
    return StatedModel(model=shown, tokens=tokens, rates=rates, requests=row.count("requests", least=1))


def _disjoint(row: Fields) -> TokenCounts | None:
    tokens = row.below("tokens")
    if tokens is None:
        return None
    tokens.only(*CATEGORIES)
    return TokenCounts(**{name: tokens.count(name) or 0 for name in CATEGORIES})


def _by_shares(row: Fields) -> TokenCounts | None:
    """The whole prompt, and which shares of it were read from a cache and written to one; the rest is plain."""
    prompt, output = row.count("prompt_tokens"), row.count("output_tokens")
    for key, found in (("prompt_tokens", prompt), ("output_tokens", output)):
        if found is None and key not in row:
            row.wrong(key, "a whole number from 0 up")
    shares = {key: row.share(key) or Decimal(0) for key in ("read_share", "write_5m_share", "write_1h_share")}
    if prompt is None or output is None:
        return None
    if sum(shares.values()) > 1:
        row.wrong("read_share", "a share that adds up to no more than 1 with those written: no token counts twice")
        return None
    read, write_5m, write_1h = (_share(Decimal(prompt), share) for share in shares.values())
    return TokenCounts(
        input=max(0, prompt - read - write_5m - write_1h),
        cache_write_5m=write_5m,
        cache_write_1h=write_1h,
        cache_read=read,
        output=output,
    )


def _share(of: Decimal, share: Decimal) -> int:
    return int((of * share).quantize(Decimal(1), ROUND_HALF_UP))


def _rates(row: Fields, model: str, known: Tables, day: date) -> Rates | None:
    if "rates_usd_per_mtok" not in row:
        found = known.base_rates(model, day)
        if found is None:
            row.wrong("model", "a model with a known price, or rates_usd_per_mtok beside it")
        return found
    stated = row.below("rates_usd_per_mtok")
    if stated is None:
        return None
    stated.only(*CATEGORIES)
    each, output = stated.amount("input"), stated.amount("output")
    for key, rate in (("input", each), ("output", output)):
        if rate is None and key not in stated:
            stated.wrong(key, 'dollars per million tokens such as "3"')
    if each is None or output is None:
        return None
    usual = {"cache_write_5m": each * 5 / 4, "cache_write_1h": each * 2, "cache_read": each / 10}
    rest = {name: stated.amount(name) if name in stated else rate for name, rate in usual.items()}
    return Rates(
        input=each, output=output, **{name: usual[name] if rate is None else rate for name, rate in rest.items()}
    )


# ---- the rest -----------------------------------------------------------------------------------------------


def _value(top: Fields) -> Value | None:
    """By the month: hours saved x what an hour is worth, or a share of a year's salary."""
    row = top.below("value")
    if row is None:
        return None
    row.only("hour_usd", "hours_saved_month", "salary_year_usd", "gain_low", "gain_high")
    hour, saved = row.amount("hour_usd"), row.amount("hours_saved_month")
    salary, low, high = row.amount("salary_year_usd"), row.share("gain_low"), row.share("gain_high")
    if hour is not None and saved is not None:
        return Value(low=hour * saved, high=hour * saved)
    if salary is not None and (low is not None or high is not None):
        ends = sorted(each for each in (low, high) if each is not None)
        return Value(low=salary * ends[0] / 12, high=salary * ends[-1] / 12)
    top.wrong("value", "hour_usd with hours_saved_month, or salary_year_usd with gain_low and gain_high")
    return None


def _overflow(top: Fields) -> tuple[Decimal, Decimal] | None:
    row = top.below("hybrid")
    if row is None:
        return None
    row.only("api_low_usd", "api_high_usd")
    low, high = row.amount("api_low_usd"), row.amount("api_high_usd")
    if low is None and high is None:
        top.wrong("hybrid", "api_low_usd and api_high_usd, dollars a month beside the plan")
        return None
    ends = sorted(each for each in (low, high) if each is not None)
    return ends[0], ends[-1]


def _routes(row: Fields, known: Tables, day: date) -> Mapping[str, Rates]:
    found = {}
    listed = row.value.get("route_to")
    names = row.texts("route_to") if isinstance(listed, list) else tuple(filter(None, (row.text("route_to"),)))
    for name in names:
        rates = known.base_rates(name, day)
        if rates is None:
            row.wrong("route_to", "models with a known price")
        else:
            found[known.rates.name(name).shown] = rates
    return MappingProxyType(found)
