"""The section of the user's budgets: a bar for each, where its period is heading, and what is behind today's use."""

from __future__ import annotations

from datetime import datetime, tzinfo

from usagetray.domain.budgets import BudgetState
from usagetray.domain.states import Level
from usagetray.language import tr
from usagetray.model import Money
from usagetray.overview import Overview
from usagetray.views import budget_words
from usagetray.views.figures import money
from usagetray.views.popup.spec import Head, Row, Section, Spoken
from usagetray.views.popup.spoken import sentences, spoken
from usagetray.views.popup.window_rows import LEVEL_COLOURS, heard_percent, level_word
from usagetray.views.words import MARKS


def budget_section(overview: Overview, zone: tzinfo) -> tuple[Section, ...]:
    """Empty where the user has set no budget."""
    if not overview.budgets:
        return ()
    head = Head(
        key="budgets",
        name=tr(budget_words.TITLE),
        aside=tr("so far") if overview.is_counting else "",
        spoken=Spoken(name=tr(budget_words.TITLE), description=budget_words.notice_of_count(overview)),
    )
    rows = tuple(_row(f"budgets/{at}", state, overview, zone) for at, state in enumerate(overview.budgets))
    return (
        Section(
            key="budgets", level=max(budget_words.level_of(each) for each in overview.budgets), lines=(head, *rows)
        ),
    )


def _row(key: str, state: BudgetState, overview: Overview, zone: tzinfo) -> Row:
    now, level = overview.generated_at, budget_words.level_of(state)
    heading, cause = budget_words.heading(state), budget_words.cause(state)
    until = budget_words.until(state, now, zone)
    age = budget_words.age(state, now)
    colour, is_loud = LEVEL_COLOURS[level], level >= Level.WARNING and bool(heading)
    lasting = state.spent is not None and not state.stale
    return Row(
        key=key,
        name=budget_words.name(state),
        scope=tr(budget_words.BASES[state.basis]),
        figure=budget_words.spent(state, short=True),
        unit=tr("of {limit}", limit=budget_words.limit(state)),
        figure_colour="text3" if state.stale else "text",
        mark=MARKS.get(level, ""),
        mark_colour=colour,
        share=state.share,
        even=_elapsed(state, now) if lasting else None,
        ahead=_ahead(state) if lasting else None,
        fill="dash" if state.share is None else "stale" if state.stale else "solid",
        fill_colour="text3" if state.stale else colour,
        lefts=tuple(text[:1].upper() + text[1:] for text in _lefts(state, heading, age)),
        left_colour=colour if is_loud else "text2",
        left_strong=is_loud,
        rights=_rights(state, cause, until),
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
            name=tr("Budget {name}", name=budget_words.name(state)),
            percent=heard_percent(state.share, left=False),
            description=spoken(sentences(level_word(level), budget_words.of_limit(state), heading, cause, until, age)),
        ),
    )


def _elapsed(state: BudgetState, now: datetime) -> float:
    """Of the period: what even spending would have reached."""
    return min(max((now - state.starts_at) / (state.ends_at - state.starts_at), 0.0), 1.0)


def _ahead(state: BudgetState) -> float | None:
    return None if state.forecast is None else min(float(state.forecast.point / state.budget.amount), 1.0)


def _lefts(state: BudgetState, heading: str, age: str) -> tuple[str, ...]:
    """In ever fewer letters: why there is no sum, how old it is, or where it is heading."""
    if state.spent is None:
        return (budget_words.spent(state),)
    if state.stale:
        return (age,)
    return (heading, budget_words.forecast(state)) if heading else ()


def _rights(state: BudgetState, cause: str, until: str) -> tuple[str, ...]:
    """In ever fewer letters: what is behind today's use, or what is left of the budget; and until when."""
    if cause:
        return cause, until
    rest = None if state.spent is None or state.is_least else state.budget.amount - state.spent.amount
    if rest is None or rest <= 0:
        return until, ""
    left = tr("{sum} left", sum=money(Money(amount=rest, currency=state.budget.currency)))
    return tr("{left} {until}", left=left, until=until), left, ""
