"""What vendors and their providers call things, in the user's language; a name nobody here knows stays as it is."""

from __future__ import annotations

import re

from usagetray.language import tr, tr_later, tr_n

KNOWN = (
    tr_later("Session"), tr_later("Day"), tr_later("Week"), tr_later("Month"), tr_later("Limit"), tr_later("Tools"),
    tr_later("Month for code"),
    tr_later("all models"), tr_later("all use"), tr_later("Cowork and routines"), tr_later("code review"),
    tr_later("search and reader"), tr_later("premium requests"), tr_later("chat"), tr_later("completions"),
    tr_later("estimate"), tr_later("uncertain"), tr_later("not counted for this key"),
    tr_later("Key budget"), tr_later("Personal budget"), tr_later("Team budget"),
    tr_later("Share of the team’s budget"),
    tr_later("Credits"), tr_later("AI credits"), tr_later("Usage credits"), tr_later("Points"),
    tr_later("Spend cap"), tr_later("Key limit"), tr_later("Today"), tr_later("Extra use"),
    tr_later("Today (UTC day)"), tr_later("This week (UTC)"), tr_later("This month (UTC)"),
    tr_later("Team on-demand"), tr_later("On-demand"), tr_later("Team pool"), tr_later("Extra usage"),
    tr_later("Organisation"), tr_later("Personal"),
)  # fmt: skip


SPAN = re.compile(r"([0-9]{1,3}) (minute|hour|day)s?")


def label(text: str) -> str:
    """ "Week" as "Woche", "5 hours" as "5 Stunden", "Fable only" as "nur Fable"."""
    if found := SPAN.fullmatch(text):
        count = int(found[1])
        if found[2] == "minute":
            return tr_n("{count} minute", "{count} minutes", count)
        if found[2] == "hour":
            return tr_n("{count} hour", "{count} hours", count)
        return tr_n("{count} day", "{count} days", count)
    if found := re.fullmatch(r"Limit ([0-9]{1,3})", text):
        return tr("Limit {number}", number=found[1])
    if found := re.fullmatch(r"(.{1,40}) only", text):
        return tr("{name} only", name=found[1])
    return tr(text)


def limit(text: str) -> str | None:
    """ "5-hour limit" of "5 hours", as a sentence has it; None of what is named by a word."""
    found = SPAN.fullmatch(text)
    if found is None:
        return None
    if found[2] == "minute":
        return tr("{count}-minute limit", count=found[1])
    return tr("{count}-hour limit", count=found[1]) if found[2] == "hour" else tr("{count}-day limit", count=found[1])


def short(text: str) -> str | None:
    """ "5 h" of "5 hours"; None of what is not so many hours."""
    found = re.fullmatch(r"([0-9]{1,3}) hours?", text)
    return tr("{count} h", count=found[1]) if found else None
