"""Advice for scripts: figures under fixed names, amounts as decimal strings, shares from 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from usagetray.domain.advice.advise import Report
from usagetray.domain.advice.items import Advice
from usagetray.domain.advice.months import MonthEnd
from usagetray.domain.advice.own_use import Use
from usagetray.domain.advice.sections import Section

SCHEMA = 1
LONGEST = 12
"""Decimal places up to which an amount is told exactly; one that goes on for ever gets six."""


def figures(value: Any) -> Any:
    """Decimals as plain decimal strings, with cents where there is a fraction; days as ISO."""
    if isinstance(value, Mapping):
        return {str(key): figures(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [figures(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, Decimal):
        return value
    if -int(value.as_tuple().exponent) > LONGEST:
        value = value.quantize(Decimal("0.000001"), ROUND_HALF_UP)
    number, _, places = f"{value.normalize():f}".partition(".")
    return f"{number}.{places.ljust(2, '0')}" if places else number


def advice_json(
    report: Report | None, now: datetime, problems: Sequence[str], missing: Sequence[str]
) -> dict[str, Any]:
    """`report` None: nothing was counted yet; `missing` says what is not there."""
    return {
        "schema": SCHEMA,
        "generated_at": now.isoformat(),
        "days": report.days if report else 0,
        "confidence": report.confidence.value if report else "none",
        "doubts": [each.value for each in report.doubts] if report else [],
        "missing": [*(report.missing if report else ()), *missing],
        "covered": {vendor: _use(use) for vendor, use in report.covered.items()} if report else {},
        "billed": _use(report.billed) if report and report.billed else None,
        "month_end": {vendor: _month_end(each) for vendor, each in report.month_ends.items()} if report else {},
        "advice": [_advice(each) for each in report.advice] if report else [],
        "problems": list(problems),
    }


def _use(use: Use) -> dict[str, Any]:
    return figures(  # type: ignore[no-any-return]
        {
            "first_day": use.first,
            "last_day": use.until,
            "active_days": use.active_days,
            "sessions": use.sessions,
            "tokens": use.tokens,
            "unpriced_tokens": use.unpriced_tokens,
            "list_usd": use.usd,
            "list_month_usd": use.month,
            "by_category": use.by_category,
            "cached_share": use.cached_share,
            "output_share": use.output_share,
        }
    )


def _month_end(found: MonthEnd) -> dict[str, Any]:
    return figures(  # type: ignore[no-any-return]
        {
            "so_far_usd": found.so_far,
            "point_usd": found.point,
            "low_usd": found.low,
            "high_usd": found.high,
            "band": "10th to 90th percentile" if found.is_percentile else "two paces",
        }
    )


def _advice(item: Advice) -> dict[str, Any]:
    monthly = item.monthly
    return {
        "kind": item.kind.value,
        "about": item.about,
        "verdict": item.verdict.value,
        "monthly_usd": None
        if monthly is None
        else figures({"point": monthly.point, "low": monthly.low, "high": monthly.high}),
        "figures": figures(item.figures),
        "method": item.method,
        "confidence": item.confidence.value,
        "days": item.days,
        "missing": list(item.missing),
        "flips": None if item.flips is None else {"what": item.flips.what, "at": figures(item.flips.at)},
    }


def what_if_json(sections: Sequence[Section], problems: Sequence[str]) -> dict[str, Any]:
    said = {each.name: list(map(figures, each.rows)) if each.is_list else figures(each.rows[0]) for each in sections}
    return {"schema": SCHEMA, **said, "problems": list(problems)}
