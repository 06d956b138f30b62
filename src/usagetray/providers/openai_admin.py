"""OpenAI's API: what was billed, by day, project, API key and line item, asked for with an organisation's Admin key.

Source: GET /v1/organization/costs, documented by the vendor (its public OpenAPI description, read on 2026-11-20);
names from /v1/organization/projects. Amounts are in major units, numbers or numeric texts, some with an exponent.
Figures lag by minutes to hours. What is left of prepaid credits is told nowhere.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from urllib.parse import urlencode

from usagetray.errors import Cause, SourceError
from usagetray.model import Account, Money, Secret, Snapshot, SpendDay
from usagetray.providers import billed
from usagetray.providers.contract import Facts, Key, Provider, Strategy, Web
from usagetray.providers.parse import Answer

ID = "openai_admin"
NAME = "OpenAI API"
STRATEGY_ID = "costs"
COSTS = "/v1/organization/costs"
PROJECTS = "/v1/organization/projects?limit=100&include_archived=true"
GROUPS = ("line_item", "project_id", "api_key_id")
DAYS_PER_PAGE = 31
MODEL_AND_KIND = re.compile(r"(?P<model>[A-Za-z0-9][\w.:/-]*), (?P<kind>\S.*)")
"""How a line item names the tokens of a model: "gpt-5.5, cached input". Others are tools: "web search tool calls"."""
KEY = Key(name="admin_key", label="Admin key", env=("OPENAI_ADMIN_KEY",))
RULE = "It needs an organisation’s Admin key (sk-admin-…)."


def key(facts: Facts) -> Secret | None:
    return facts.secrets.get(KEY.name)


def fetch(facts: Facts, web: Web | None) -> tuple[Snapshot, ...]:
    secret = key(facts)
    if secret is None or web is None:
        raise SourceError(NAME, Cause.NOT_CONNECTED, "there is no Admin key")
    dropped: list[str] = []
    days = billed.told(
        NAME, lambda page: web.get_json(_query(facts, page), bearer=secret), "start_time", "end_time", dropped
    )
    spend = billed.spent(days, _cost)
    names = {
        known: name
        for rows in days.values()
        for row in rows
        if (known := row.text("project_id")) and (name := row.text("project_name"))
    }
    if {each.project for each in spend} & (billed.unnamed(spend, facts) - set(names)):
        projects = Answer(billed.or_none(lambda: web.get_json(PROJECTS, bearer=secret))).rows("data")
        pairs = [(row.text("id"), row.text("name")) for row in projects]
        names |= {known: name for known, name in pairs if known and name}
    said = Snapshot(
        provider_id=ID,
        strategy_id=STRATEGY_ID,
        account=Account(id="default", label=_organisation(days) or billed.known_label(facts)),
        captured_at=facts.now,
        names=billed.known_names(names, facts),
        dropped=tuple(dropped),
    )
    return billed.snapshot(said, spend, facts)


def _query(facts: Facts, page: str | None) -> str:
    asked = [
        ("start_time", str(int(billed.midnight(billed.since(facts)).timestamp()))),
        ("end_time", str(int(billed.midnight(facts.now.date() + billed.DAY).timestamp()))),
        ("bucket_width", "1d"),
        ("limit", str(DAYS_PER_PAGE)),
        *(("group_by", each) for each in GROUPS),
    ]
    return f"{COSTS}?{urlencode([*asked, ('page', page)] if page else asked)}"


def _cost(day: date, row: Answer) -> tuple[SpendDay, ...] | None:
    """None for a row that cannot be read. One without an amount costs nothing."""
    if row.sub("amount") is None:
        return () if row.raw("amount") is None else None
    amount = billed.amount_of(row, "amount", "value")
    currency = billed.currency_of(row, "amount", "currency")
    if amount is None or currency is None:
        return None
    line_item = row.text("line_item")
    tokens = MODEL_AND_KIND.fullmatch(line_item or "")
    return (
        SpendDay(
            day=day,
            amount=Money(amount=amount, currency=currency),
            model=tokens["model"] if tokens else None,
            key=row.text("api_key_id"),
            project=row.text("project_id"),
            line_item=line_item,
            kind=tokens["kind"] if tokens else None,
        ),
    )


def _organisation(days: billed.Days) -> str | None:
    """Older answers name it in each row."""
    return next((name for rows in days.values() for row in rows if (name := row.text("organization_name"))), None)


PROVIDER = Provider(
    id=ID,
    name=NAME,
    homes=None,
    strategies=(
        Strategy(
            id=STRATEGY_ID,
            label="OpenAI’s cost report",
            needs=(KEY,),
            fetch=fetch,
            consent=(
                "Keeps an Admin key of your organisation in your system’s key store and sends it to api.openai.com, "
                "and nowhere else, every 15 minutes, to read what was billed and the names of projects. That costs "
                "nothing and changes nothing; but an Admin key could change your organisation, so give one that you "
                "can withdraw. The key is never written to a file or a log."
            ),
            origin="https://api.openai.com",
            poll_every=timedelta(minutes=15),
            credential=key,
            when_refused=RULE,
        ),
    ),
    vendor="openai",
    official=True,
)
