"""The plan table: ours, with the user's own rows in place of those they replace."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from usagetray.domain.advice.plans import Plan, PlanTable, merged
from usagetray.edges.json_file import Document, Fields, read_json
from usagetray.errors import UserError

SHIPPED = Path(__file__).parents[1] / "data" / "plans.json"
OWN_NAME = "plans.json"
"""In the folder of the settings: the user's own rows, `{"plans": [...]}`."""

KEYS = (
    *("vendor", "plan_id", "name", "fee", "fee_range", "currency", "period", "per_seat", "multiplier", "windows"),
    *("quantities", "included_credit", "sale", "valid_from", "valid_to", "sources", "as_of", "checked", "confidence"),
    "note",
)


def plan_table(own: Path | None = None) -> PlanTable:
    """Never raises for the user's file: what is wrong in it is told in `problems`, and our rows hold."""
    shipped = read_json(SHIPPED)
    plans, problems = _rows(shipped, is_own=False), shipped.problems
    if own is not None and own.exists():
        try:
            document = read_json(own)
            plans = merged(plans, _rows(document, is_own=True))
            problems = document.problems
        except UserError as error:
            problems = (f"{error} The plans we know hold.",)
    return PlanTable(
        plans=plans,
        draws_on=MappingProxyType(dict(shipped.value["draws_on"])),
        vendor_names=MappingProxyType(dict(shipped.value["vendor_names"])),
        problems=problems,
    )


def _rows(document: Document, *, is_own: bool) -> tuple[Plan, ...]:
    if not isinstance(document.value, dict) or not isinstance(document.value.get("plans"), list):
        document.problem((), 'plans takes a list of plans, as in {"plans": [...]}; the plans we know hold.')
        return ()
    top = Fields(document, document.value, lost="left out")
    rows = (_row(each, is_own=is_own) for each in top.rows("plans"))
    return tuple(each for each in rows if each is not None)


def _row(row: Fields, *, is_own: bool) -> Plan | None:
    """A plan; None, with a sentence, where what every plan needs is missing."""
    row.lost = "left out"
    if is_own:
        row.only(*KEYS)
    vendor, plan_id, checked = row.text("vendor"), row.text("plan_id"), row.day("checked")
    for key, found in (("vendor", vendor), ("plan_id", plan_id)):
        if found is None and key not in row:
            row.wrong(key, "a text")
    if checked is None and "checked" not in row:
        row.wrong("checked", 'the day you looked it up, such as "2026-11-20"')
    before = len(row.document.found)
    fee = row.amount("fee")
    low, high = _range(row, "fee_range")
    period = row.text("period", ("week", "month", "year"))
    if len(row.document.found) > before or vendor is None or plan_id is None or checked is None:
        return None  # a wrong fee or period would be a wrong answer, so the row goes as a whole
    multiple = row.below("multiplier")
    credit = row.below("included_credit")
    week_low, week_high = _range(multiple, "weekly_range") if multiple is not None else (None, None)
    return Plan(
        vendor=vendor,
        id=plan_id,
        name=row.text("name") or plan_id,
        fee=fee,
        fee_low=low,
        fee_high=high,
        currency=row.text("currency"),
        period=period,
        per_seat=row.flag("per_seat") or False,
        base=multiple.text("base_plan") if multiple is not None else None,
        session=multiple.amount("session", above_zero=True) if multiple is not None else None,
        weekly=(week_low, week_high) if week_low and week_high else None,
        credit=credit.amount("amount") if credit is not None else None,
        sale=row.text("sale", ("on_sale", "renewals_only", "ended")) or "on_sale",
        valid_to=row.text("valid_to"),
        checked=checked,
        confidence=row.text("confidence", ("high", "medium", "low")) or "medium",
        note=row.text("note"),
        is_own=is_own,
    )


def _range(row: Fields, key: str) -> tuple[Decimal | None, Decimal | None]:
    """Two amounts, of which either may be null; (None, None) where there are none."""
    found = row.value.get(key)
    if found is None:
        return None, None
    if not isinstance(found, list) or len(found) != 2:
        row.wrong(key, 'two amounts such as ["20", "30"]')
        return None, None
    ends = Fields.listed(row.document, found, row.place(key), row.lost)
    low, high = ends.amount("1"), ends.amount("2")
    if low is not None and high is not None and low > high:
        row.wrong(key, "the lower amount first")
        return None, None
    return low, high
