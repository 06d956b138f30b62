"""`usagetray advise`: which plan is worth it and what could be saved, from one's own use or from a file."""

from __future__ import annotations

import argparse

from usagetray.domain.advice.own_advice import names
from usagetray.domain.advice.tables import Tables
from usagetray.domain.advice.what_if import what_if
from usagetray.domain.rates import Rates
from usagetray.edges.json_file import Document, read_json
from usagetray.edges.what_if_file import stated_use
from usagetray.errors import UnwritableError, UserError
from usagetray.language import ENGLISH, speak
from usagetray.profile import Profile
from usagetray.providers import with_logs
from usagetray.spine.advising import known_tables, own_advice
from usagetray.spine.indexing_once import bring_up_to_date
from usagetray.views.advice_json import SCHEMA, advice_json, what_if_json
from usagetray.views.advice_text import advice_text
from usagetray.views.cli import out, out_json, say
from usagetray.views.cli.opening import opened, read_on
from usagetray.views.cli.worked import answers, is_worked
from usagetray.views.what_if_text import what_if_text
from usagetray.views.worked_text import worked_text

NOTHING_YET = (
    "None of your own use has been counted yet, so there is nothing to advise on;\n"
    "`usagetray advise --what-if FILE.json` answers for use that you state."
)


def run(arguments: argparse.Namespace) -> int:
    profile = opened(arguments)
    speak(ENGLISH)  # as all reports do; the popup says the same in the user's language
    if arguments.what_if is not None:
        return _what_if(profile, arguments)
    return _own(profile, arguments)


# ---- stated use --------------------------------------------------------------------------------------------


def _what_if(profile: Profile, arguments: argparse.Namespace) -> int:
    tables = known_tables(profile)
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
    try:
        bring_up_to_date(profile, with_logs())
    except UnwritableError as error:
        read_on(profile, error)
    found = own_advice(
        profile,
        days=arguments.days,
        plans=arguments.plan or (),
        hour_value=arguments.hour_value,
        waits=arguments.can_wait or (),
    )
    problems = found.tables.plans.problems
    if arguments.json:
        lacking = () if found.report is not None else ("own_use",)
        out_json(advice_json(found.report, found.at, problems, lacking))
    elif found.report is None:
        out(NOTHING_YET)
    else:
        out(advice_text(found.report, names(found.tables.plans)))
        for problem in problems:
            say(problem)
    return 0
