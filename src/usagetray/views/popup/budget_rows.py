"""The section of the user's budgets: a bar for each, where its period is heading, and what is behind today's use."""

from __future__ import annotations

import math
from datetime import tzinfo

from usagetray.domain.budgets import BudgetState
from usagetray.domain.states import Level
from usagetray.language import tr
from usagetray.overview import Overview
from usagetray.views import budget_words
from usagetray.views.figures import used_percent
from usagetray.views.popup.spec import Head, Row, Section, Spoken
from usagetray.views.popup.spoken import sentences, spoken
from usagetray.views.words import MARKS

COLOURS = {Level.NORMAL: "ok", Level.WARNING: "warn", Level.CRITICAL: "crit"}


def budget_section(overview: Overview, zone: tzinfo) -> tuple[Section, ...]:
    """Empty where the user has set no budget."""
    if not overview.budgets:
        return ()
    head = Head(
        key="budgets",
        name=tr(budget_words.TITLE),
        aside="so far" if overview.is_counting else "",
        spoken=Spoken(name=tr(budget_words.TITLE), description=budget_words.notice_of_count(overview)),
    )
    rows = tuple(_row(f"budgets/{at}", state, overview, zone) for at, state in enumerate(overview.budgets))
    return (Section(key="budgets", level=max(each.level for each in overview.budgets), lines=(head, *rows)),)


def _row(key: str, state: BudgetState, overview: Overview, zone: tzinfo) -> Row:
    now, level = overview.generated_at, state.level
    mark = MARKS.get(level)
    heading, cause = budget_words.heading(state), budget_words.cause(state)
    until = budget_words.until(state, now, zone)
    exact = used_percent(state.share)
    age = budget_words.age(state, now)
    return Row(
        key=key,
        name=budget_words.name(state),
        scope=tr(budget_words.BASES[state.basis]),
        figure=budget_words.spent(state, short=True),
        unit=f"of {budget_words.limit(state)}",
        figure_colour="text3" if state.stale else "text",
        mark=mark or "",
        mark_colour=COLOURS[level],
        share=state.share,
        fill="dash" if state.share is None else "stale" if state.stale else "solid",
        fill_colour="text3" if state.stale else COLOURS[level],
        lefts=_lefts(state, heading, age),
        rights=(cause, until) if cause else (until, ""),
        why="\n".join(
            filter(
                None,
                (
                    f"{budget_words.name(state)}: {budget_words.of_limit(state)}, {until}",
                    age,
                    *budget_words.details(state),
                ),
            )
        ),
        spoken=Spoken(
            name=f"Budget {budget_words.name(state)}",
            percent=None if exact is None else min(math.floor(exact), 100),
            description=spoken(sentences(budget_words.of_limit(state), heading, cause, until, age)),
        ),
    )


def _lefts(state: BudgetState, heading: str, age: str) -> tuple[str, ...]:
    """In ever fewer letters: why there is no sum, how old it is, or where it is heading."""
    if state.spent is None:
        return (budget_words.spent(state),)
    if state.stale:
        return (age,)
    return (heading, budget_words.forecast(state)) if heading else ()
