"""Advice from one's own use: what the store, the settings and the tables say, put before the domain."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from usagetray.domain.advice.advise import Asked, advise
from usagetray.domain.advice.own_advice import OwnAdvice
from usagetray.domain.advice.plans import Plan, PlanTable
from usagetray.domain.advice.tables import Tables
from usagetray.edges.models import model_facts
from usagetray.edges.plans import OWN_NAME, plan_table
from usagetray.edges.store import open_reader
from usagetray.edges.tables import rate_table
from usagetray.errors import UserError
from usagetray.profile import Profile, local_zone
from usagetray.settings.reading import load
from usagetray.spine.own_use import OwnUse, own_use

DAYS = 92
"""How far back is looked, unless somebody asks otherwise."""


def known_tables(profile: Profile) -> Tables:
    """Prices, plans and models with the user's own rows, as of today."""
    today = profile.clock.now().astimezone(UTC).date()
    settings = load(profile.paths.config_file)
    return Tables(
        rates=rate_table(settings.rates, today=today),
        plans=plan_table(profile.paths.config_file.with_name(OWN_NAME)),
        models=model_facts(),
        day=today,
    )


def own_advice(
    profile: Profile,
    *,
    days: int = DAYS,
    plans: Sequence[str] = (),
    hour_value: Decimal | None = None,
    waits: Collection[str] = (),
) -> OwnAdvice:
    """From what the store holds of these days. `plans`: those the user says they have. Raises `UserError`."""
    known, now = known_tables(profile), profile.clock.now()
    store = open_reader(profile.paths.store_file)
    try:
        use = OwnUse() if store is None else own_use(store, _since(now, days), now, known.plans.draws_on)
    finally:
        if store is not None:
            store.close()
    has = owned(known.plans, use.plans, plans)
    report = advise(
        use.responses,
        Asked(
            rates=known.rates,
            plans=known.plans,
            models=known.models,
            at=now,
            zone=local_zone(),
            owned=has,
            cycles=use.cycles,
            hour_value=hour_value,
            waits=frozenset(waits),
        ),
    )
    return OwnAdvice(report=report, owned=has, tables=known, at=now)


def owned(table: PlanTable, read: Mapping[str, str], stated: Sequence[str]) -> dict[str, Plan]:
    """The plan of each vendor: as the user states it, else as its readings call it. Raises `UserError`."""
    found = {vendor: plan for vendor, label in read.items() if (plan := table.labelled(vendor, label)) is not None}
    for name in stated:
        plan = table.find(name)
        if plan is None:
            raise UserError(f'There is no plan called "{name[:40]}"; say it as in "max_5x" or "anthropic/max_5x".')
        found[plan.vendor] = plan
    return found


def _since(now: datetime, days: int) -> datetime:
    """Local midnight so many days ago: whole days only."""
    local = now.astimezone(local_zone())
    first = date.fromordinal(local.date().toordinal() - days)
    return datetime.combine(first, datetime.min.time(), local_zone())
