"""What a vendor reports of itself, in one line and its age: beside a failure, never in its place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

from usagetray.language import tr, tr_later
from usagetray.overview import AccountView, IncidentView
from usagetray.views.figures import ago, instant, old
from usagetray.views.plain import plain
from usagetray.views.problems import Problem
from usagetray.views.words import provider_name, sentence

PART_STATES: Mapping[str, str] = {
    "degraded_performance": tr_later("slow or failing in part"),
    "partial_outage": tr_later("partly out of order"),
    "major_outage": tr_later("out of order"),
    "under_maintenance": tr_later("under maintenance"),
}
"""Of a part that is out of order without an incident of its own."""


def incident(account: AccountView, view: IncidentView, now: datetime, zone: tzinfo) -> Problem:
    """ "Claude reports: Elevated errors on Claude Code", and since when, how far it is, and how old that word is."""
    said, name = view.incident, provider_name(account)
    text = plain(said.name, 80)
    title = (
        tr("{name} reported: {text}", name=name, text=text)
        if view.stale
        else tr("{name} reports: {text}", name=name, text=text)
    )
    state = PART_STATES.get(said.status)
    if state is not None:
        title += f", {tr(state)}"
    status = "" if state is not None else plain(said.status.replace("_", " "), 24)
    since = tr("since {time}", time=instant(said.since_at, now, zone)) if said.since_at else ""
    where = ", ".join(plain(part, 40) for part in said.parts[:3]) if state is None else ""
    age = old(view.captured_at, now) if view.stale else ago(view.captured_at, now)
    about = sentence(", ".join(filter(None, (status, since))))
    source = tr("From its status page, {age}.", age=age)
    return Problem(
        title=title, detail=" ".join(filter(None, (about, f"{where}." if where else "", source))), mark="diamond"
    )


def is_alarming(account: AccountView) -> bool:
    """Whether the vendor says, freshly, that something the user needs is out of order."""
    return any(each.incident.is_alarming and not each.stale for each in account.incidents)
