"""From an overview to the page "Now": which lines there are and what each says. Pure; nothing here needs Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, tzinfo

from usagetray.domain.states import State
from usagetray.language import tr
from usagetray.overview import Overview
from usagetray.views import cost_words, tightest
from usagetray.views.popup.budget_rows import budget_section
from usagetray.views.popup.sections import account_section, key_of, notes, offers
from usagetray.views.popup.spec import Card, Footer, Line, Page, Row, Waiting
from usagetray.views.popup.spoken import spoken
from usagetray.views.popup.window_rows import Wish
from usagetray.views.problems import TRY_NOW
from usagetray.views.verbs import verb
from usagetray.views.verdict import Verdict, verdict
from usagetray.views.way_out import way_out
from usagetray.views.words import account_name, updated

__all__ = ["Wish", "page", "reading_page", "unreadable_page"]

TONES = {"ok": ("okbg", "ok"), "warn": ("warnbg", "warn"), "crit": ("critbg", "crit"), "pay": ("paybg", "pay")}
"""Tone of a verdict -> tint of its card and colour of its mark; any other tone is grey."""


def page(
    overview: Overview, now: datetime, zone: tzinfo, wish: Wish, *, told: Mapping[str, bool] | None = None
) -> Page:
    """Everything "Now" shows at `now`, which may be later than the overview's own instant.

    `told`: by section, whether the user has just asked to be told when that account is back; the overview comes later.
    """
    overview = replace(overview, generated_at=now)
    said = verdict(overview, zone, wish.left)
    waiting = _waiting(overview, said, told or {})
    is_told = said.tone == "neutral" and len({account.state for account in overview.accounts}) == 1
    sections = [notes(overview.notices)] if overview.notices else []
    for at, account in enumerate(overview.accounts):
        sections.append(account_section(account, overview, zone, wish, first=at == 0, is_told=is_told))
    sections.extend(budget_section(overview, zone))
    sections.extend(offers(overview))
    lines = [line for section in sections for line in section.lines]
    return Page(
        card=_card(said, waiting),
        waiting=waiting,
        sections=tuple(sections),
        footer=_footer(overview, has_legend=any(map(_is_drawn, lines))),
        demo=overview.demo,
        refreshing=overview.refreshing,
    )


def _is_drawn(line: Line) -> bool:
    return isinstance(line, Row) and not line.compact and (line.even is not None or line.ahead is not None)


def _card(said: Verdict, waiting: Waiting | None) -> Card:
    tint, mark_colour = TONES.get(said.tone, ("sunk", "text2"))
    # What the switch below it and the section say need not stand in the card as well.
    elsewhere = {tr("Nothing is being charged while you wait."), waiting.elsewhere} if waiting is not None else set()
    return Card(
        tint=tint,
        mark=said.mark,
        mark_colour=mark_colour,
        title=said.title,
        detail=said.detail,
        big=said.big or "",
        big_note=said.big_note,
        extra=tuple(line for line in said.extra if line not in elsewhere),
    )


def _waiting(overview: Overview, said: Verdict, told: Mapping[str, bool]) -> Waiting | None:
    """Below the card that says until when an account is locked."""
    locked = tightest.tightest(overview.accounts, overview.generated_at)
    if said.big is None or locked is None:
        return None
    key, elsewhere = key_of(locked), way_out(locked, overview)
    others = [one for one in overview.accounts if elsewhere and account_name(one, overview.accounts) in elsewhere]
    return Waiting(
        name=tr("Tell me when it is back"),
        on=told.get(key, overview.manners.tells_back(locked.provider, locked.account)),
        key=key,
        verbs=tuple(verb("want_back", word, locked.provider, locked.account) for word in ("on", "off")),
        elsewhere=elsewhere,
        elsewhere_key=next(map(key_of, others), ""),
    )


def reading_page() -> Page:
    """Before the first reading has arrived."""
    card = Card(tint="sunk", mark="clock", mark_colour="text3", title=tr("Reading the figures…"))
    return Page(card=card, sections=(), footer=Footer(text="", spoken=tr("Refresh")))


def unreadable_page() -> Page:
    """When the store did not answer and nothing older is at hand."""
    card = Card(
        tint="sunk",
        mark="question",
        mark_colour="text2",
        title=tr("The figures can’t be read"),
        detail=tr("The store did not answer. Try again, or run “usagetray doctor”."),
    )
    footer = Footer(text=tr("Not read"), action=tr(TRY_NOW), spoken=tr(TRY_NOW))
    return Page(card=card, sections=(), footer=footer)


def _footer(overview: Overview, *, has_legend: bool) -> Footer:
    text = cost_words.reading(overview) or updated(overview)
    failing = any(account.state not in (State.FRESH, State.WINDOW_ENDED) for account in overview.accounts)
    action = tr(TRY_NOW) if failing and not overview.refreshing else ""
    return Footer(
        text=text,
        short=text.partition(" · ")[0],
        action=action,
        has_legend=has_legend and not action,
        spoken=tr("Refresh, {updated}", updated=spoken(text)),
    )
