"""The plans that a what-if file considers: named from the table, stated with a fee of their own, or all there are."""

from __future__ import annotations

from collections.abc import Mapping

from usagetray.domain.advice.plans import Plan
from usagetray.domain.advice.stated import StatedModel
from usagetray.domain.advice.tables import Tables
from usagetray.edges.json_file import Fields

OWN_PLAN = ("name", "fee", "currency", "period", "vendor")


def considered(top: Fields, known: Tables, models: tuple[StatedModel, ...], owned: Plan | None) -> tuple[Plan, ...]:
    """Those the file names, or states with a fee of their own; without any, all of the vendor for one person."""
    found: list[Plan] = []
    listed = top.value.get("plans")
    if listed is not None and not isinstance(listed, list):
        top.wrong("plans", 'a list of names such as ["pro", "max_5x"]')
    rows = Fields.listed(top.document, listed if isinstance(listed, list) else (), ("plans",), "left out")
    for key, each in rows.value.items():
        plan = _own_plan(rows.below(key), known) if isinstance(each, Mapping) else named_plan(rows, key, known)
        if plan is not None:
            found.append(plan)
    if not found and listed is None:
        vendor = owned.vendor if owned is not None else _vendor(models, known)
        found = list(known.plans.for_one(vendor)) if vendor else []
    if owned is not None and owned.key not in {plan.key for plan in found}:
        found.append(owned)
    usd = [plan for plan in found if plan.currency == "USD"]
    for plan in found:
        if plan.currency != "USD":
            top.document.problem(
                ("plans",),
                f"{plan.name} is sold in {plan.currency or 'an unknown currency'}: it is not compared with dollars.",
            )
    return tuple(dict.fromkeys(usd))


def named_plan(row: Fields, key: str, known: Tables) -> Plan | None:
    name = row.text(key)
    if name is None:
        return None
    plan = known.plans.find(name)
    if plan is None:
        row.wrong(key, 'the name of a plan such as "max_5x" or "anthropic/max_5x", or one with a fee of its own')
    return plan


def _own_plan(row: Fields | None, known: Tables) -> Plan | None:
    """A plan that stands in no table: a name and a fee."""
    if row is None:
        return None
    row.only(*OWN_PLAN)
    name, fee = row.text("name"), row.amount("fee")
    period = row.text("period", ("week", "month", "year")) or "month"
    for key, found in (("name", name), ("fee", fee)):
        if found is None and key not in row:
            row.wrong(key, "a text" if key == "name" else 'an amount from 0 up such as "20"')
    if name is None or fee is None:
        return None
    return Plan(
        vendor=row.text("vendor") or "stated",
        id=name,
        name=name,
        fee=fee,
        currency=row.text("currency") or "USD",
        period=period,
        checked=known.day,
        is_own=True,
    )


def _vendor(models: tuple[StatedModel, ...], known: Tables) -> str | None:
    """Whose model costs most of it; where that is nobody's we know, the vendor that stands first."""
    dearest = max(models, key=lambda each: each.usd)
    return known.models.vendor_of(dearest.model) or next((plan.vendor for plan in known.plans.plans), None)
