"""`usagetray advise`: which plan is worth it and what could be saved, from one's own use or from a file."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from usagetray.domain.advice.advise import Asked, advise
from usagetray.domain.advice.plans import Plan, PlanTable
from usagetray.domain.advice.tables import Tables
from usagetray.domain.advice.what_if import what_if
from usagetray.domain.rates import Rates
from usagetray.edges.json_file import Document, read_json
from usagetray.edges.models import model_facts
from usagetray.edges.plans import OWN_NAME, plan_table
from usagetray.edges.store import open_reader
from usagetray.edges.tables import rate_table
from usagetray.edges.what_if_file import stated_use
from usagetray.errors import UserError
from usagetray.profile import Profile, local_zone
from usagetray.providers import with_logs
from usagetray.settings.reading import load
from usagetray.spine.indexing_once import bring_up_to_date
from usagetray.spine.own_use import OwnUse, own_use
from usagetray.views.advice_json import SCHEMA, advice_json, what_if_json
from usagetray.views.advice_text import advice_text
from usagetray.views.cli import out, out_json, say
from usagetray.views.cli.opening import opened
from usagetray.views.cli.worked import answers, is_worked
from usagetray.views.what_if_text import what_if_text
from usagetray.views.worked_text import worked_text

NOTHING_YET = (
    "None of your own use has been counted yet, so there is nothing to advise on;\n"
    "`usagetray advise --what-if FILE.json` answers for use that you state."
)


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    if arguments.what_if is not None:
        return _what_if(profile, arguments)
    return _own(profile, arguments)


def _tables(profile: Profile) -> Tables:
    today = profile.clock.now().astimezone(UTC).date()
    settings = load(profile.paths.config_file)
    return Tables(
        rates=rate_table(settings.rates, today=today),
        plans=plan_table(profile.paths.config_file.with_name(OWN_NAME)),
        models=model_facts(),
        day=today,
    )


# ---- stated use --------------------------------------------------------------------------------------------


def _what_if(profile: Profile, arguments: argparse.Namespace) -> int:
    tables = _tables(profile)
    document = read_json(arguments.what_if)
    if is_worked(document.value):
        return _worked(document, tables, arguments)
    stated = stated_use(document, tables)
    sections = what_if(stated, tables.models, _tiers(tables))
    problems = (*document.problems, *tables.plans.problems)
    if arguments.json:
        out_json(what_if_json(sections, problems))
    else:
        out(what_if_text(sections, problems))
    return 0


def _tiers(tables: Tables) -> dict[str, Rates]:
    named = [model for models in tables.models.tiers.values() for model in models]
    return {model: rates for model in named if (rates := tables.base_rates(model)) is not None}


def _worked(document: Document, tables: Tables, arguments: argparse.Namespace) -> int:
    """Questions of the form `{"kind": ..., "inputs": {...}}`: one, or a list under "cases"."""
    found = answers(document, tables)
    if not found and document.problems:
        raise UserError(document.problems[0])
    if not arguments.json:
        out(worked_text(found))
        for problem in document.problems:
            say(problem)
    elif "cases" in document.value:
        out_json({"schema": SCHEMA, "cases": found, "problems": list(document.problems)})
    else:
        out_json({"schema": SCHEMA, **found[0], "problems": list(document.problems)})
    return 0


# ---- one's own use -----------------------------------------------------------------------------------------


def _own(profile: Profile, arguments: argparse.Namespace) -> int:
    now, tables = profile.clock.now(), _tables(profile)
    bring_up_to_date(profile, with_logs())
    store = open_reader(profile.paths.store_file)
    use = OwnUse() if store is None else own_use(store, _since(now, arguments.days), tables.plans.draws_on)
    report = advise(
        use.responses,
        Asked(
            rates=tables.rates,
            plans=tables.plans,
            models=tables.models,
            at=now,
            zone=local_zone(),
            owned=_owned(tables.plans, use.plans, arguments.plan or ()),
            cycles=use.cycles,
            hour_value=arguments.hour_value,
            waits=frozenset(arguments.can_wait or ()),
        ),
    )
    if arguments.json:
        lacking = () if report is not None else ("own_use",)
        out_json(advice_json(report, now, tables.plans.problems, lacking))
    elif report is None:
        out(NOTHING_YET)
    else:
        out(advice_text(report, _names(tables.plans)))
        for problem in tables.plans.problems:
            say(problem)
    return 0


def _since(now: datetime, days: int) -> datetime:
    """Local midnight so many days ago: whole days only."""
    local = now.astimezone(local_zone())
    first = date.fromordinal(local.date().toordinal() - days)
    return datetime.combine(first, datetime.min.time(), local_zone())


def _owned(table: PlanTable, read: Mapping[str, str], stated: Sequence[str]) -> dict[str, Plan]:
    """The plan of each vendor: as the user states it, else as its readings call it. Raises `UserError`."""
    found = {vendor: plan for vendor, label in read.items() if (plan := table.labelled(vendor, label)) is not None}
    for name in stated:
        plan = table.find(name)
        if plan is None:
            raise UserError(f'There is no plan called "{name[:40]}"; say it as in "max_5x" or "anthropic/max_5x".')
        found[plan.vendor] = plan
    return found


def _names(table: PlanTable) -> dict[str, str]:
    return {**table.vendor_names, **{plan.key: plan.name for plan in table.plans}}
